"""Telling a movement from a single change: while something moves, pictures are made faster and coarser."""

from PySide6.QtCore import QObject, QTimer, Signal

# So many changes, each so soon after the one before, are a movement.
_MOVEMENT = 3
_REST_MS = 150


class MovementWatch(QObject):
    """Counts changes.

    Signals
    -------
    rested()
        A movement is over.
    """

    rested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._changes = 0
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._on_rest)

    @property
    def moving(self) -> bool:
        """Whether the last change was one of many."""
        return self._changes >= _MOVEMENT

    def change(self) -> None:
        """Count a change."""
        self._changes += 1
        self._rest.start()

    def _on_rest(self) -> None:
        moved, self._changes = self.moving, 0
        if moved:
            self.rested.emit()
