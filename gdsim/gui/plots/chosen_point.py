"""The point that the keys have hold of: a ring around it, and its place in words."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent

from gdsim.core.arrays import Array
from gdsim.core.neuron import activation
from gdsim.core.numerals import rounded
from gdsim.core.points import PointSet
from gdsim.gui.plots.plot import plain_pen
from gdsim.gui.theme import Theme

_SIZE = 19
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class ChosenPoint(pg.ScatterPlotItem):
    """A ring around one point, or around none.

    Attributes
    ----------
    row : int or None
        Of the point, training points before validation points.
    """

    def __init__(self) -> None:
        super().__init__(pxMode=True, antialias=True, size=_SIZE, brush=None)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(22)
        self.row: int | None = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self.setPen(plain_pen(theme.accent, 2.0))

    def choose_by_key(self, event: QKeyEvent, count: int) -> bool:
        """Choose the point above or below in the table, or none; return whether the key did that."""
        step = _STEPS.get(Qt.Key(event.key()))
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape and self.row is not None:
            self.row = None
            return True
        if step is None or not plain or count == 0:
            return False
        self.row = (0 if step > 0 else count - 1) if self.row is None else (self.row + step) % count
        return True

    def show_among(self, points: PointSet, p: Array | None) -> None:
        """Draw the ring around its point; over the activation of parameters ``p`` where they are given."""
        if self.row is not None and self.row >= len(points):
            self.row = None
        if self.row is None:
            self.setData([], [])
            return
        one = points.taken(np.array([self.row]))
        self.setData(one.x[:, 0] if p is None else activation(one.x, p), one.y)

    def words(self, points: PointSet) -> str:
        """Return the point and its place as a sentence; nothing when none is chosen."""
        if self.row is None:
            return ""
        x = ", ".join(rounded(float(value)) for value in points.x[self.row])
        sentence = QCoreApplication.translate("Neuron", "Point {0} of {1}: x {2}, y {3}.")
        return sentence.format(self.row + 1, len(points), x, rounded(float(points.y[self.row])))
