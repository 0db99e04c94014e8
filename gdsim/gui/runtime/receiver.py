"""Receiving links from later starts of the program, so that they open in the window that is running."""

import socket

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from gdsim.core.hand_over import LONGEST, TAKEN, listen

# The bytes that are read at once, and the bytes that the key may add to the longest text.
_PIECE, _MARGIN = 65_536, 100


class Receiver(QObject):
    """Listens until it is ended, unless another window listens already."""

    received = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connections: dict[socket.socket, tuple[QSocketNotifier, bytearray]] = {}
        self._listener = listen()
        if self._listener is not None:
            server = self._listener.server
            self._incoming = QSocketNotifier(server.fileno(), QSocketNotifier.Type.Read, self)
            self._incoming.activated.connect(self._on_incoming)

    def end(self) -> None:
        """Stop listening. A second call does nothing."""
        for connection in list(self._connections):
            self._disconnect(connection)
        listener, self._listener = self._listener, None
        if listener is not None:
            self._incoming.setEnabled(False)
            listener.close()

    def _on_incoming(self) -> None:
        if self._listener is None:
            return
        try:
            connection, _ = self._listener.server.accept()
        except OSError:  # the sender has disconnected
            return
        connection.settimeout(0.0)  # never blocks
        notifier = QSocketNotifier(connection.fileno(), QSocketNotifier.Type.Read, self)
        self._connections[connection] = notifier, bytearray()
        notifier.activated.connect(lambda *_: self._on_data(connection))

    def _on_data(self, connection: socket.socket) -> None:
        _, data = self._connections[connection]
        text = None
        try:
            piece = connection.recv(_PIECE)
            data += piece
            if not piece and data and self._listener is not None:
                text = self._listener.text_of(bytes(data))
                if text is not None:
                    # This fails if the sender no longer waits, and has opened the text elsewhere.
                    connection.sendall(TAKEN)
        except BlockingIOError:
            return
        except OSError:
            text, piece = None, b""
        if not piece or len(data) > LONGEST + _MARGIN:
            self._disconnect(connection)
        if text:
            self.received.emit(text)

    def _disconnect(self, connection: socket.socket) -> None:
        notifier, _ = self._connections.pop(connection)
        notifier.setEnabled(False)
        notifier.deleteLater()
        connection.close()
