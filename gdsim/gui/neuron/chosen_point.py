"""The point that the keys have hold of, and its place in words."""

from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent

from gdsim.core.formulas.numerals import rounded
from gdsim.core.model.points import PointSet

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


class ChosenPoint:
    """One point of the table, or none."""

    def __init__(self) -> None:
        self._row: int | None = None
        self.point: OnePoint | None = None

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

    def find_among(self, points: PointSet, validation: PointSet) -> None:
        """Find the chosen point; when there are fewer points than before, it may be gone."""
        if self._row is not None and self._row >= len(points) + len(validation):
            self._row = None
        self.point = None if self._row is None else OnePoint.of(self._row, points, validation)

    def words(self) -> str:
        """Return the point and its place as a sentence; nothing when none is chosen."""
        one = self.point
        if one is None:
            return ""
        sentence = QCoreApplication.translate("Neuron", "Point {0} of {1}: x {2}, y {3}.")
        return sentence.format(one.row + 1, one.total, ", ".join(map(rounded, one.x)), rounded(one.y))
