"""Passing a link to a gdsim window that is already open. This module imports nothing that is slow.

The window listens on a Unix domain socket in a folder that only its user can read. Where Python has no such
sockets, as on Windows, it listens on a TCP port of the loopback interface; a file that only the user can read
holds the port and a key, and data without the key is ignored. If no window answers in time, the second
program opens a window of its own.
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
_LOOPBACK = "127.0.0.1"


def is_link(text: str) -> bool:
    """Return whether a text is a scene link rather than the name of a scene or a file."""
    # The Windows command line does not strip single quotation marks.
    return text.lstrip("'").lower().startswith(f"{SCHEME}:")


def address() -> Path | None:
    """Return the path at which this user's window on this display listens; None without a private folder."""
    # Only the user can read any of these folders.
    name = "XDG_RUNTIME_DIR" if _HAS_UNIX else "LOCALAPPDATA"
    folder = os.environ.get(name, os.environ.get("TMPDIR", "") if sys.platform == "darwin" else "")
    if not Path(folder).is_absolute():
        return None
    display = "\n".join(os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY"))
    return Path(folder, f"gdsim-{zlib.crc32(display.encode()):08x}.{'socket' if _HAS_UNIX else 'port'}")


def hand_over(text: str, seconds: float = PATIENCE_SECONDS) -> bool:
    """Pass a text to an open window, and return whether the window took it within ``seconds``."""
    place, end = address(), time.monotonic() + seconds
    data = text.encode(errors="replace")
    if place is None or len(data) > LONGEST:
        return False
    with contextlib.suppress(OSError, ValueError), _connect(place, seconds) as connection:
        _allow_foreground()
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(max(0.001, end - time.monotonic()))
        return connection.recv(len(TAKEN)) == TAKEN
    return False


def _connect(place: Path, seconds: float) -> socket.socket:
    if _HAS_UNIX:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(seconds)
            connection.connect(str(place))
        except BaseException:
            connection.close()
            raise
        return connection
    port, key = place.read_text(encoding="ascii").split()
    connection = socket.create_connection((_LOOPBACK, int(port)), seconds)
    # Closing resets the connection at once, so that the window ignores a text whose sender has given up.
    connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
    )
    connection.sendall(key.encode())
    return connection


def _allow_foreground() -> None:
    """Let the other window come to the front, which Windows allows only to the program started last."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - not needed elsewhere

        any_program = -1
        ctypes.windll.user32.AllowSetForegroundWindow(any_program)


class Listener(NamedTuple):
    """A socket on which other programs pass links."""

    place: Path
    server: socket.socket
    key: bytes  # Which a caller must send first; empty where the socket's folder keeps others out

    def text_of(self, data: bytes) -> str | None:
        """Return the text in all the data of one caller; None if the data does not begin with the key."""
        key, text = data[: len(self.key)], data[len(self.key) :]
        return text.decode(errors="replace") if key == self.key else None

    def close(self) -> None:
        """Stop listening, and delete the socket or port file."""
        self.server.close()
        with contextlib.suppress(OSError):
            self.place.unlink()


def listen() -> Listener | None:
    """Start listening; return None if another window listens already, or listening is not possible."""
    place = address()
    if place is None or _is_in_use(place):
        return None
    with contextlib.suppress(OSError):
        place.unlink(missing_ok=True)  # left by a program that was killed
        server, key = socket.socket(socket.AF_UNIX if _HAS_UNIX else socket.AF_INET), ""
        try:
            if _HAS_UNIX:
                server.bind(str(place))
                place.chmod(0o600)
            else:
                server.bind((_LOOPBACK, 0))
                key = os.urandom(32).hex()
            server.listen()
            server.settimeout(0.0)  # non-blocking
            if key:
                with os.fdopen(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                    file.write(f"{server.getsockname()[1]} {key}")
        except OSError:
            server.close()
            raise
        return Listener(place, server, key.encode())
    return None


def _is_in_use(place: Path) -> bool:
    with contextlib.suppress(OSError, ValueError), _connect(place, PATIENCE_SECONDS):
        return True
    return False
