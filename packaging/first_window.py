"""How long a program takes to open its window on X11, as the X server sees it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_POLL_S, _TIMEOUT_S = 0.004, 60.0
_VIEWABLE = 2
# Narrower windows are tooltips, or internal to the toolkit.
_LEAST_WIDTH = 600


class _Attributes(ctypes.Structure):
    """The struct XWindowAttributes of Xlib.h."""

    _fields_ = [
        ("x", ctypes.c_int), ("y", ctypes.c_int), ("width", ctypes.c_int), ("height", ctypes.c_int),
        ("border_width", ctypes.c_int), ("depth", ctypes.c_int), ("visual", ctypes.c_void_p),
        ("root", ctypes.c_ulong), ("class_", ctypes.c_int), ("bit_gravity", ctypes.c_int),
        ("win_gravity", ctypes.c_int), ("backing_store", ctypes.c_int), ("backing_planes", ctypes.c_ulong),
        ("backing_pixel", ctypes.c_ulong), ("save_under", ctypes.c_int), ("colormap", ctypes.c_ulong),
        ("map_installed", ctypes.c_int), ("map_state", ctypes.c_int), ("all_event_masks", ctypes.c_long),
        ("your_event_mask", ctypes.c_long), ("do_not_propagate_mask", ctypes.c_long),
        ("override_redirect", ctypes.c_int), ("screen", ctypes.c_void_p),
    ]  # fmt: skip


class _Display:
    """A display without a window manager, where top-level windows are children of the root window."""

    def __init__(self, name: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        # A window may be closed between two calls about it; Xlib's own error handler would exit.
        self._ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
        self._x.XSetErrorHandler(self._ignore)
        pointer = self._x.XOpenDisplay(name.encode())
        if not pointer:
            raise OSError(f"there is no display {name}")
        self._display = ctypes.c_void_p(pointer)
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def has_window(self) -> bool:
        """Return whether a window that is not narrow is visible."""
        return any(self._is_visible(window) for window in self._children())

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)

    def _children(self) -> Iterator[int]:
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        windows = ctypes.POINTER(ctypes.c_ulong)()
        results = [ctypes.byref(value) for value in (root, parent, windows, count)]
        self._x.XQueryTree(self._display, self._root, *results)
        yield from windows[: count.value]
        if count.value:
            self._x.XFree(windows)

    def _is_visible(self, window: int) -> bool:
        attributes = _Attributes()
        pointer = ctypes.byref(attributes)
        found = self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(window), pointer)
        return bool(found) and attributes.map_state == _VIEWABLE and attributes.width >= _LEAST_WIDTH


def seconds_to_window(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the seconds from the start of a program until its window is visible; then end the program.

    Raises
    ------
    TimeoutError
        If no window appears, the program exits without one, or another window does not close.
    """
    display = _Display(env["DISPLAY"])
    _wait_until_empty(display)
    began = time.monotonic()
    program = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not display.has_window():
            if time.monotonic() - began > _TIMEOUT_S or program.poll() is not None:
                raise TimeoutError(f"no window of {command[0]}")
            time.sleep(_POLL_S)
        return time.monotonic() - began
    finally:
        program.terminate()
        program.wait(20)
        _wait_until_empty(display)
        display.close()


def _wait_until_empty(display: _Display) -> None:
    """Wait until no window is visible, such as that of the program started before."""
    began = time.monotonic()
    while display.has_window():
        if time.monotonic() - began > _TIMEOUT_S:
            raise TimeoutError("a window does not close")
        time.sleep(_POLL_S)


def start_ratio(
    frozen: Sequence[str], source: Sequence[str], env: Mapping[str, str], rounds: int = 15
) -> float:
    """Return the frozen program's time to its window, divided by that of the program from source.

    The shortest times are compared, because other load on the machine can only make them longer.
    """
    pairs = [(seconds_to_window(frozen, env), seconds_to_window(source, env)) for _ in range(rounds + 1)]
    ours, theirs = zip(*pairs[1:], strict=True)  # the first round reads the files from disk
    return float(min(ours) / min(theirs))


def clean_environment(home: str, **more: str) -> dict[str, str]:
    """Return an environment with the display and a given home folder, and with no programs on the path."""
    kept = {
        name: os.environ[name] for name in ("DISPLAY", "SYSTEMROOT", "TEMP", "TMPDIR") if name in os.environ
    }
    nowhere = str(Path(home) / "nothing")
    # Qt prints a warning if the locale is not UTF-8, and macOS need not have C.UTF-8.
    language = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    homes = {"HOME": home, "USERPROFILE": home}  # USERPROFILE is for Windows
    return {**kept, "LANG": language, "PYTHONUTF8": "1", **homes, "PATH": nowhere, **more}
