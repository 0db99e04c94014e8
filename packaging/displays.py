"""The display of this session, and virtual ones. Used by dev.py."""

from __future__ import annotations

import contextlib
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from shell import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def has_display(env: Mapping[str, str]) -> bool:
    """Return whether a window can be opened. A DISPLAY without an X server does not count."""
    if sys.platform != "linux":
        return True
    wayland = env.get("WAYLAND_DISPLAY")
    if wayland and (Path(env.get("XDG_RUNTIME_DIR", "/")) / wayland).exists():
        return True
    return answers(env.get("DISPLAY", ""))


def answers(display: str) -> bool:
    """Return whether an X server listens at a display such as ``:0`` or ``host:10.0``."""
    found = re.fullmatch(r"([^:/]*):(\d+)(?:\.\d+)?", display)
    if found is None:
        return False
    host, number = found[1], int(found[2])
    family, address = (
        (socket.AF_INET, (host, 6000 + number))
        if host not in ("", "unix")
        else (socket.AF_UNIX, f"/tmp/.X11-unix/X{number}")  # noqa: S108 - where X servers listen
    )
    with socket.socket(family) as probe:
        probe.settimeout(3)
        try:
            probe.connect(address)
        except OSError:
            return False
    return True


@contextlib.contextmanager
def virtual_display() -> Iterator[dict[str, str]]:
    """Run Xvfb while the block runs, and yield an environment in which Qt uses it."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1600x1000x24", "+extension", "GLX", "-noreset", "-nolisten", "tcp"]
    with tempfile.TemporaryFile() as log:
        # In a session of its own, so that Ctrl-C does not stop it before the programs that use it.
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *screen],
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        os.close(writing)
        try:
            # Xvfb writes its display number once it listens, and closes the pipe when it exits.
            ready = select.select([reading], [], [], 60)[0]
            number = os.read(reading, 16).decode().strip() if ready else ""
            if not number:
                log.seek(0)
                raise Failure(f"the virtual display did not start: {log.read().decode().strip()}")
            env = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
            env.pop("WAYLAND_DISPLAY", None)
            yield env
        finally:
            os.close(reading)
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


def display(*, virtual: bool) -> contextlib.AbstractContextManager[dict[str, str]]:
    """Return a context manager that yields the environment of a virtual display, or of the present one."""
    return virtual_display() if virtual else contextlib.nullcontext(dict(os.environ))
