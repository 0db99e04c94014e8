"""Handing a link over to the window of this program that is open already. It imports nothing that is slow.

The window listens at a socket in a folder of its user alone. Where Python has no such sockets, as on Windows,
it listens to this machine alone, and a file of its user has the port and a key, without which nothing is
taken. Where nobody answers in time, the second program opens a window of its own.
"""

import contextlib
import os
import socket
import struct
import sys
import time
import zlib
from pathlib import Path
from typing import NamedTuple

SCHEME = "gdsim"
LONGEST = 1_000_000
PATIENCE_SECONDS = 0.4
TAKEN = b"taken"
_HAS_UNIX = hasattr(socket, "AF_UNIX")
_THIS_MACHINE = "127.0.0.1"


def is_link(text: str) -> bool:
    """Return whether a text is the link of a scene, and not the name of one or a file."""
    # The command line of Windows leaves single quotation marks where they are.
    return text.lstrip("'").lower().startswith(f"{SCHEME}:")


def address() -> Path | None:
    """Return the file by which the window of this user on this display is found; None without a place."""
    # Each of them is read by its user alone.
    name = "XDG_RUNTIME_DIR" if _HAS_UNIX else "LOCALAPPDATA"
    folder = os.environ.get(name, os.environ.get("TMPDIR", "") if sys.platform == "darwin" else "")
    if not Path(folder).is_absolute():
        return None
    display = "\n".join(os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    return Path(folder, f"gdsim-{zlib.crc32(display.encode()):08x}.{'socket' if _HAS_UNIX else 'port'}")


def hand_over(text: str, seconds: float = PATIENCE_SECONDS) -> bool:
    """Return whether a window that is open has taken a text, which it opens."""
    place, end = address(), time.monotonic() + seconds
    data = text.encode(errors="replace")
    if place is None or len(data) > LONGEST:
        return False
    with contextlib.suppress(OSError, ValueError), _called(place, seconds) as line:
        _let_come_to_the_front()
        line.sendall(data)
        line.shutdown(socket.SHUT_WR)
        line.settimeout(max(0.001, end - time.monotonic()))
        return line.recv(len(TAKEN)) == TAKEN
    return False


def _called(place: Path, seconds: float) -> socket.socket:
    if _HAS_UNIX:
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(seconds)
            line.connect(str(place))
        except BaseException:
            line.close()
            raise
        return line
    port, key = place.read_text(encoding="ascii").split()
    line = socket.create_connection((_THIS_MACHINE, int(port)), seconds)
    # Hung up, it is at once broken for the window, which takes nothing that nobody waits for any more.
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    line.sendall(key.encode())
    return line


def _let_come_to_the_front() -> None:
    """Let the window that takes it come to the front: Windows grants that to the program started last."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - not needed elsewhere

        any_program = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_program)


class Listener(NamedTuple):
    """A socket to which other programs hand over."""

    place: Path
    server: socket.socket
    key: bytes  # What a caller has to know; empty where the folder of the socket keeps others out

    def text_of(self, data: bytes) -> str | None:
        """Return what a caller has handed over, as a whole; None for one who is not to be heard."""
        key, text = data[: len(self.key)], data[len(self.key) :]
        return text.decode(errors="replace") if key == self.key else None

    def close(self) -> None:
        """Listen no longer, and leave nothing behind."""
        self.server.close()
        with contextlib.suppress(OSError):
            self.place.unlink()


def listen() -> Listener | None:
    """Return what other programs hand over to; None if a window listens already, or none can."""
    place = address()
    if place is None or _is_answered(place):
        return None
    with contextlib.suppress(OSError):
        place.unlink(missing_ok=True)  # of a program that was killed
        server, key = socket.socket(socket.AF_UNIX if _HAS_UNIX else socket.AF_INET), ""
        try:
            if _HAS_UNIX:
                server.bind(str(place))
                place.chmod(0o600)
            else:
                server.bind((_THIS_MACHINE, 0))
                key = os.urandom(32).hex()
            server.listen()
            server.settimeout(0.0)  # never waits
            if key:
                with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                    file.write(f"{server.getsockname()[1]} {key}")
        except OSError:
            server.close()
            raise
        return Listener(place, server, key.encode())
    return None


def _is_answered(place: Path) -> bool:
    with contextlib.suppress(OSError, ValueError), _called(place, PATIENCE_SECONDS):
        return True
    return False
