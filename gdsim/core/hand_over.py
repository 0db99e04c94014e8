"""Handing a link over to the window of this program that is open already. It imports nothing that is slow.

The window listens at a socket in a folder of its user alone. Where Python has no such sockets, as on Windows,
and where nobody answers in time, the second program opens a window of its own.
"""

import contextlib
import hashlib
import os
import socket
import time
from pathlib import Path

SCHEME = "gdsim"
LONGEST = 1_000_000
PATIENCE_SECONDS = 0.4
TAKEN = b"taken"
_IS_SUPPORTED = hasattr(socket, "AF_UNIX")


def is_link(text: str) -> bool:
    """Return whether a text is the link of a scene, and not the name of one or a file."""
    return text.lower().startswith(f"{SCHEME}:")


def address() -> Path | None:
    """Return where the window of this user on this display listens; None where there is no such place."""
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if not _IS_SUPPORTED or not Path(folder).is_absolute():
        return None
    display = "\n".join(os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    return Path(folder, f"gdsim-{hashlib.sha256(display.encode()).hexdigest()[:12]}.socket")


def hand_over(text: str, seconds: float = PATIENCE_SECONDS) -> bool:
    """Return whether a window that is open has taken a text, which it opens."""
    place, end = address(), time.monotonic() + seconds
    data = text.encode(errors="replace")
    if place is None or len(data) > LONGEST:
        return False
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(seconds)
        line.connect(str(place))
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        line.settimeout(max(0.001, end - time.monotonic()))
        return line.recv(len(TAKEN)) == TAKEN
    return False


def listen() -> socket.socket | None:
    """Return a socket to which other programs hand over; None if a window listens already, or none can."""
    place = address()
    if place is None or _is_answered(place):
        return None
    with contextlib.suppress(OSError):
        place.unlink(missing_ok=True)  # of a program that was killed
        server = socket.socket(socket.AF_UNIX)
        try:
            server.bind(str(place))
            place.chmod(0o600)
            server.listen()
            server.settimeout(0.0)  # never waits
        except OSError:
            server.close()
            raise
        return server
    return None


def _is_answered(place: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
        line.settimeout(PATIENCE_SECONDS)
        line.connect(str(place))
        return True
    return False
