"""How long a program takes to bring its window up, on X11, asked of the X server and not of the program."""

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

_LOOK_S, _PATIENCE_S = 0.004, 60.0
_VIEWABLE = 2
# Smaller ones are tips, or windows that the toolkit makes for itself.
_LEAST_WIDTH = 600


class _Attributes(ctypes.Structure):
    """XWindowAttributes as Xlib.h has it."""

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
    """A display without a window manager: the windows of programs are children of the root."""

    def __init__(self, name: str) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        # A window may go between two questions about it, which would end the process.
        self._ignore = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda *_: 0)
        self._x.XSetErrorHandler(self._ignore)
        place = self._x.XOpenDisplay(name.encode())
        if not place:
            raise OSError(f"there is no display {name}")
        self._display = ctypes.c_void_p(place)
        self._root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))

    def has_window(self) -> bool:
        """Return whether a window of some size is to be seen."""
        return any(self._is_seen(window) for window in self._children())

    def close(self) -> None:
        """Leave the display."""
        self._x.XCloseDisplay(self._display)

    def _children(self) -> Iterator[int]:
        root, parent, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_uint()
        windows = ctypes.POINTER(ctypes.c_ulong)()
        places = [ctypes.byref(value) for value in (root, parent, windows, count)]
        self._x.XQueryTree(self._display, self._root, *places)
        yield from windows[: count.value]
        if count.value:
            self._x.XFree(windows)

    def _is_seen(self, window: int) -> bool:
        attributes = _Attributes()
        place = ctypes.byref(attributes)
        found = self._x.XGetWindowAttributes(self._display, ctypes.c_ulong(window), place)
        return bool(found) and attributes.map_state == _VIEWABLE and attributes.width >= _LEAST_WIDTH


def seconds_to_window(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the seconds from starting a program to its window; the program is ended then.

    Raises
    ------
    TimeoutError
        If no window comes, the program ends before, or another window is there and does not go.
    """
    display = _Display(env["DISPLAY"])
    _wait_until_empty(display)
    began = time.monotonic()
    program = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not display.has_window():
            if time.monotonic() - began > _PATIENCE_S or program.poll() is not None:
                raise TimeoutError(f"no window of {command[0]}")
            time.sleep(_LOOK_S)
        return time.monotonic() - began
    finally:
        program.terminate()
        program.wait(20)
        _wait_until_empty(display)
        display.close()


def _wait_until_empty(display: _Display) -> None:
    """Wait until no window is to be seen, that of the program before for one."""
    began = time.monotonic()
    while display.has_window():
        if time.monotonic() - began > _PATIENCE_S:
            raise TimeoutError("there is a window that does not go")
        time.sleep(_LOOK_S)


def start_ratio(
    frozen: Sequence[str], source: Sequence[str], env: Mapping[str, str], rounds: int = 15
) -> float:
    """Return how long the frozen program takes to its window, in times of the one from source.

    The shortest times are compared: whatever else the machine does can only make them longer.
    """
    pairs = [(seconds_to_window(frozen, env), seconds_to_window(source, env)) for _ in range(rounds + 1)]
    ours, theirs = zip(*pairs[1:], strict=True)  # in the first round the files come from the disk
    return float(min(ours) / min(theirs))


def clean_environment(home: str, **more: str) -> dict[str, str]:
    """Return an environment in which nothing can be found but the display."""
    kept = {
        name: os.environ[name] for name in ("DISPLAY", "SYSTEMROOT", "TEMP", "TMPDIR") if name in os.environ
    }
    nowhere = str(Path(home) / "nothing")
    # Qt complains aloud of a system that is not in UTF-8, and macOS need not have the language C in it.
    language = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    homes = {"HOME": home, "USERPROFILE": home}  # the second is the name of the first on Windows
    return {**kept, "LANG": language, "PYTHONUTF8": "1", **homes, "PATH": nowhere, **more}
