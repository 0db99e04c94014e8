"""The points of a plot, which can be dragged and chosen."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent, QPen

from gdsim.core.arrays import Array
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import joined_numbers, rounded
from gdsim.core.model.points import PointSet, fair_sample
from gdsim.gui.paint.still_plot import InFront
from gdsim.gui.translation import tr

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
# Of more points than this, a fair sample is drawn, which shows the cloud as well.
MOST_DRAWN_POINTS = 2000
# More points than this are drawn smaller, with thin lines.
_CROWD = 200
# More lines to the curve than this would look like a patch of colour.
MOST_ERRORS = 150


class OnePoint(NamedTuple):
    row: int  # in the table, where training points come before validation points
    total: int  # the number of all points
    x: tuple[float, ...]
    y: float

    @classmethod
    def of(cls, row: int, points: PointSet, validation: PointSet) -> "OnePoint":
        count = len(points)
        some, place = (points, row) if row < count else (validation, row - count)
        return cls(row, count + len(validation), tuple(some.x[place].tolist()), float(some.y[place]))


class ChosenPoint:
    def __init__(self) -> None:
        self._row: int | None = None
        self.point: OnePoint | None = None

    def deselect(self) -> None:
        self._row = None

    def choose_by_key(self, event: QKeyEvent, count: int) -> bool:
        """Choose the point above or below in the table, or none; return whether the key was used."""
        step, row = _STEPS.get(Qt.Key(event.key())), self._row
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape and row is not None:
            self._row = None
            return True
        if step is None or not plain or count == 0:
            return False
        self._row = (0 if step > 0 else count - 1) if row is None else (row + step) % count
        return True

    def find_among(self, points: PointSet, validation: PointSet) -> None:
        """Look up the chosen point; if its row no longer exists, choose none."""
        if self._row is not None and self._row >= len(points) + len(validation):
            self._row = None
        self.point = None if self._row is None else OnePoint.of(self._row, points, validation)

    def words(self) -> str:
        """Return the point and its place as a sentence; empty if none is chosen."""
        one = self.point
        if one is None:
            return ""
        sentence = tr("Point {0} of {1}: x {2}, y {3}.")
        return sentence.format(
            numerals.integer_text(one.row + 1),
            numerals.integer_text(one.total),
            joined_numbers(map(rounded, one.x)),
            rounded(one.y),
        )


class DrawnPoints:
    """The points that are drawn: training points, then validation points, or a fair sample of many."""

    def __init__(self, points: PointSet, validation: PointSet) -> None:
        n = len(points)
        self.total = n + len(validation)  # the number of all points
        self.rows = fair_sample(self.total, MOST_DRAWN_POINTS)  # (k,): their rows in the table
        self.held_out = self.rows >= n  # (k,): whether each is a validation point
        # (m,): the indices of the drawn points that get a line to the curve.
        self.with_error = fair_sample(len(self.rows), MOST_ERRORS)
        training, rest = self.rows[~self.held_out], self.rows[self.held_out] - n
        self.x = np.concatenate([points.x[training], validation.x[rest]])
        self.y = np.concatenate([points.y[training], validation.y[rest]])

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def is_crowd(self) -> bool:
        return len(self.rows) > _CROWD


class DraggedPoints(InFront, pg.ScatterPlotItem):
    """A scatter plot that reports the place to which one of its points is dragged.

    It does not move the point itself; the receiver of the signal has to.
    """

    dragged = Signal(int, float, float)  # index, x, y
    drag_finished = Signal()

    def __init__(self) -> None:
        super().__init__(pxMode=True, antialias=True, hoverable=True)
        self.is_locked = False  # whether points cannot be dragged, and drags are left to the items below
        self._held: int | None = None
        self._offset = (0.0, 0.0)

    def set_points(
        self, x: Array, y: Array, *, size: int, symbols: Sequence[str], pen: QPen, brushes: Sequence[QBrush]
    ) -> None:
        self.setData(
            x=x, y=y, size=size, symbol=list(symbols), pen=pen, brush=list(brushes), data=list(range(len(x))),
            hoverSize=size + 3,
        )  # fmt: skip

    def move_to(self, x: Array, y: Array) -> None:
        """Move the drawn points without a repaint, for which the caller calls `StillPlot.move_front`."""
        if len(x) == len(self.data):
            self.data["x"], self.data["y"] = x, y
            self.bounds = [None, None]
            self.invalidate()

    def mouseDragEvent(self, event: MouseDragEvent) -> None:
        if self.is_locked or event.button() != Qt.MouseButton.LeftButton:
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
