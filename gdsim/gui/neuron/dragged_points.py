"""Points of a plot that follow the mouse."""

from collections.abc import Sequence

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QPen

from gdsim.core.arrays import Array
from gdsim.gui.paint.still_plot import InFront


class DraggedPoints(InFront, pg.ScatterPlotItem):
    """A scatter plot that says where one of its points is being dragged to.

    It moves no point by itself: whoever listens shows the points anew.

    Attributes
    ----------
    held_fast : bool
        Whether the points cannot be dragged: drags are left to what is behind them.

    Signals
    -------
    dragged(index, x, y)
    drag_finished()
    """

    dragged = Signal(int, float, float)
    drag_finished = Signal()

    def __init__(self) -> None:
        super().__init__(pxMode=True, antialias=True, hoverable=True)
        self.held_fast = False
        self._held: int | None = None
        self._offset = (0.0, 0.0)

    def set_points(
        self,
        x: Array,
        y: Array,
        *,
        size: int,
        symbols: Sequence[str],
        pen: QPen,
        brushes: Sequence[QBrush],
    ) -> None:
        """Draw other points."""
        self.setData(
            x=x, y=y, size=size, symbol=list(symbols), pen=pen, brush=list(brushes), data=list(range(len(x))),
            hoverSize=size + 3,
        )  # fmt: skip

    def move_to(self, x: Array, y: Array) -> None:
        """Move the points that are drawn; who moves them tells the plot."""
        if len(x) == len(self.data):
            self.data["x"], self.data["y"] = x, y
            self.bounds = [None, None]
            self.invalidate()

    def mouseDragEvent(self, event: MouseDragEvent) -> None:
        """Take hold of the point under the mouse, and report where it is dragged."""
        if self.held_fast or event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        if event.isStart():
            under = self.pointsAt(event.buttonDownPos())
            if len(under) == 0:
                event.ignore()
                return
            self._held = int(under[-1].data())
            grip = under[-1].pos() - event.buttonDownPos()
            self._offset = (grip.x(), grip.y())
        if self._held is None:
            event.ignore()
            return
        event.accept()
        place = event.pos()
        self.dragged.emit(self._held, place.x() + self._offset[0], place.y() + self._offset[1])
        if event.isFinish():
            self._held = None
            self.drag_finished.emit()
