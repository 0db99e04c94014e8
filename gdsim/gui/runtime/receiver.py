"""Takes what another start of the program hands over, so that a link opens in the window that is there."""

import contextlib
import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from gdsim.core.hand_over import LONGEST, TAKEN, address, listen

_PIECE = 65_536


class Receiver(QObject):
    """Listens as long as it lives, where no other window does.

    Signals
    -------
    received(str)
    """

    received = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[socket.socket, tuple[QSocketNotifier, bytearray]] = {}
        self._server = listen()
        if self._server is not None:
            self._calls = QSocketNotifier(self._server.fileno(), QSocketNotifier.Type.Read, self)
            self._calls.activated.connect(self._on_call)

    def end(self) -> None:
        """Listen no longer. Ending twice is ending once."""
        for line in list(self._lines):
            self._hang_up(line)
        server, self._server = self._server, None
        if server is not None:
            self._calls.setEnabled(False)
            server.close()
            place = address()
            if place is not None:
                with contextlib.suppress(OSError):
                    place.unlink()

    def _on_call(self) -> None:
        if self._server is None:
            return
        try:
            line, _ = self._server.accept()
        except OSError:  # who called has hung up
            return
        line.settimeout(0.0)  # never waits
        notifier = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read, self)
        self._lines[line] = notifier, bytearray()
        notifier.activated.connect(lambda *_: self._on_data(line))

    def _on_data(self, line: socket.socket) -> None:
        _, data = self._lines[line]
        try:
            piece = line.recv(_PIECE)
            data += piece
            is_whole = not piece and len(data) > 0
            if is_whole:
                line.sendall(TAKEN)  # fails when nobody waits for it any more, and has opened it elsewhere
        except BlockingIOError:
            return
        except OSError:
            is_whole, piece = False, b""
        if not piece or len(data) > LONGEST:
            self._hang_up(line)
        if is_whole:
            self.received.emit(data.decode(errors="replace"))

    def _hang_up(self, line: socket.socket) -> None:
        notifier, _ = self._lines.pop(line)
        notifier.setEnabled(False)
        notifier.deleteLater()
        line.close()
