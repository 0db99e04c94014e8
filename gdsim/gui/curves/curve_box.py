"""The mouse on the curves: a click or a drag seeks."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import Qt, Signal


class CurveBox(pg.ViewBox):
    """A view box whose range no mouse changes.

    Signals
    -------
    seeked(float)
        A horizontal place.
    """

    seeked = Signal(float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Seek."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.seeked.emit(self.mapToView(event.pos()).x())

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        """Scrub."""
        event.accept()
        self.seeked.emit(self.mapToView(event.pos()).x())

    def wheelEvent(self, event: object, axis: object = None) -> None:
        """Leave the range as it is."""
        event.ignore()  # type: ignore[attr-defined]
