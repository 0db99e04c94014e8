"""Takes what another start of the program hands over, so that a link opens in the window that is there."""

import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from gdsim.core.hand_over import LONGEST, TAKEN, listen

# What is read at once, and what a key may add to the longest text.
_PIECE, _MARGIN = 65_536, 100


class Receiver(QObject):
    """Listens as long as it lives, where no other window does."""

    received = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: dict[socket.socket, tuple[QSocketNotifier, bytearray]] = {}
        self._listener = listen()
        if self._listener is not None:
            server = self._listener.server
            self._calls = QSocketNotifier(server.fileno(), QSocketNotifier.Type.Read, self)
            self._calls.activated.connect(self._on_call)

    def end(self) -> None:
        """Listen no longer. Ending twice is ending once."""
        for line in list(self._lines):
            self._hang_up(line)
        listener, self._listener = self._listener, None
        if listener is not None:
            self._calls.setEnabled(False)
            listener.close()

    def _on_call(self) -> None:
        if self._listener is None:
            return
        try:
            line, _ = self._listener.server.accept()
        except OSError:  # who called has hung up
            return
        line.settimeout(0.0)  # never waits
        notifier = QSocketNotifier(line.fileno(), QSocketNotifier.Type.Read, self)
        self._lines[line] = notifier, bytearray()
        notifier.activated.connect(lambda *_: self._on_data(line))

    def _on_data(self, line: socket.socket) -> None:
        _, data = self._lines[line]
        text = None
        try:
            piece = line.recv(_PIECE)
            data += piece
            if not piece and data and self._listener is not None:
                text = self._listener.text_of(bytes(data))
                if text is not None:
                    # This fails when nobody waits for it any more, and has opened it elsewhere.
                    line.sendall(TAKEN)
        except BlockingIOError:
            return
        except OSError:
            text, piece = None, b""
        if not piece or len(data) > LONGEST + _MARGIN:
            self._hang_up(line)
        if text:
            self.received.emit(text)

    def _hang_up(self, line: socket.socket) -> None:
        notifier, _ = self._lines.pop(line)
        notifier.setEnabled(False)
        notifier.deleteLater()
        line.close()
