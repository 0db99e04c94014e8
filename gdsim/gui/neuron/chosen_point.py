"""The point that the keys have hold of: a ring around it, and its place in words."""

from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import rounded
from gdsim.core.model.neuron import activation
from gdsim.core.model.points import PointSet
from gdsim.gui.paint.plot import plain_pen
from gdsim.gui.style.theme import Theme

_SIZE = 19
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class OnePoint(NamedTuple):
    """A point of the table.

    Attributes
    ----------
    row, total : int
        Its row, training points before validation points, and how many there are.
    x : tuple of float
    y : float
    """

    row: int
    total: int
    x: tuple[float, ...]
    y: float

    @classmethod
    def of(cls, row: int, points: PointSet, validation: PointSet) -> "OnePoint":
        """Return a row of the table."""
        count = len(points)
        some, place = (points, row) if row < count else (validation, row - count)
        return cls(row, count + len(validation), tuple(some.x[place].tolist()), float(some.y[place]))


class ChosenPoint(pg.ScatterPlotItem):
    """A ring around one point, or around none."""

    def __init__(self) -> None:
        super().__init__(pxMode=True, antialias=True, size=_SIZE, brush=None)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(22)
        self._row: int | None = None
        self.point: OnePoint | None = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self.setPen(plain_pen(theme.accent, 2.0))

    def let_go(self) -> None:
        """Choose none."""
        self._row = None

    def choose_by_key(self, event: QKeyEvent, count: int) -> bool:
        """Choose the point above or below in the table, or none; return whether the key did that."""
        step, row = _STEPS.get(Qt.Key(event.key())), self._row
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape and row is not None:
            self._row = None
            return True
        if step is None or not plain or count == 0:
            return False
        self._row = (0 if step > 0 else count - 1) if row is None else (row + step) % count
        return True

    def show_among(self, points: PointSet, validation: PointSet, p: Array | None) -> None:
        """Draw the ring around its point; over the activation of parameters ``p`` where they are given."""
        if self._row is not None and self._row >= len(points) + len(validation):
            self._row = None
        one = self.point = None if self._row is None else OnePoint.of(self._row, points, validation)
        if one is None:
            self.setData([], [])
            return
        across = [one.x[0]] if p is None else activation(np.array([one.x]), p)
        self.setData(across, [one.y])

    def words(self) -> str:
        """Return the point and its place as a sentence; nothing when none is chosen."""
        one = self.point
        if one is None:
            return ""
        sentence = QCoreApplication.translate("Neuron", "Point {0} of {1}: x {2}, y {3}.")
        return sentence.format(one.row + 1, one.total, ", ".join(map(rounded, one.x)), rounded(one.y))
