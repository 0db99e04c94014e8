"""The points as a table model. Cells are computed when they are shown, so a million rows cost nothing."""

import math
from operator import mul
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.numerals import MINUS, precise, rounded
from gdsim.core.language.texts import chosen_language
from gdsim.core.model.neuron import activation, answers, written_inputs
from gdsim.core.model.objective import LECTURE, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.fields import Refused
from gdsim.gui.forms.number_delegate import NUMBER_ROLE, NumberCell
from gdsim.gui.forms.number_fields import read_value
from gdsim.gui.forms.tables import RIGHT, ROOT, Index, Role

# Whether the current update uses the point, but not all points.
HIGHLIGHTED_ROLE = NUMBER_ROLE + 20
# The numbers of more points than this are not aligned, because that takes a look at all of them.
_MOST_ALIGNED = 500
# Numbers below the first size, and from the second on, have an exponent, which needs more room.
_SMALL, _LARGE = 1e-4, 1e9
_HIGHLIGHTED_ROLES = (HIGHLIGHTED_ROLE, Role.AccessibleDescriptionRole)
_NUMBER_ROLES = frozenset({Role.DisplayRole, Role.EditRole, Role.ToolTipRole, NUMBER_ROLE})
_READ_ONLY = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
_TYPED = _READ_ONLY | Qt.ItemFlag.ItemIsEditable


class PointModel(QAbstractTableModel):
    """Columns: the inputs, y, f(x), error, role. Training points come first, then validation points."""

    point_moved = Signal(int, object, float)  # row, typed x (a tuple), typed y
    refused = Signal(str)  # why a text was not accepted

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points = PointSet.empty()
        self.validation = PointSet.empty()
        # Attributes, because they are read many times in each frame.
        self.dimension, self._rows = self.points.dimension, 0
        self._objective = LECTURE
        self._p: Array | None = None
        self._fit_cache: dict[int, tuple[float, float]] = {}  # f(x) and error, cached by row
        self._integer_parts: tuple[str, str] | None = None  # the longest integer parts of f(x) and error
        self._highlighted: Rows | None = None
        self._highlight_cache: dict[int, bool] = {}
        # The most decimals of each typed column; empty if numbers are not aligned.
        self._decimals: tuple[int, ...] = ()
        self.long_columns = frozenset[int]()  # typed columns with an exponent

    def set_points(
        self, points: PointSet, validation: PointSet, objective: NeuronObjective = LECTURE
    ) -> None:
        """Show points and a neuron. The rows are kept if only their numbers change."""
        old, old_validation = self.points, self.validation
        self._fit_cache.clear()
        self._integer_parts = None
        if objective != self._objective:
            self._objective = objective
            self._announce(self.dimension + 1)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.dimension + 3)
        if points is old and validation is old_validation:
            return
        same_shape = points.x.shape == old.x.shape and validation.x.shape == old_validation.x.shape
        if not same_shape:
            self.beginResetModel()
        self.points, self.validation = points, validation
        self.dimension, self._rows = points.dimension, len(points) + len(validation)
        decimals, self._decimals = self._decimals, _decimals_of(points, validation)
        self.long_columns = _long_columns(points, validation)
        if points.dimension != old.dimension:
            self._p = None  # these parameters belong to another neuron
        if not same_shape:
            self.endResetModel()
        elif decimals != self._decimals:  # unchanged numbers are aligned differently
            self._announce(0)
        else:
            both = old.differing(points), old_validation.differing(validation)
            moved = np.flatnonzero(np.concatenate(both))
            self._announce(0, range(int(moved[0]), int(moved[-1]) + 1) if len(moved) else range(0))

    def show_fit(self, p: Array | None) -> None:
        """Show f(x) and the errors of the neuron with parameters ``p`` (d + 1,); nothing for None."""
        if p is not None and len(p) != self.dimension + 1:
            p = None  # a frame from before an edit
        if p is None and self._p is None:
            return
        self._p = p
        self._fit_cache.clear()
        self._integer_parts = None
        self._announce(self.dimension + 1)

    def show_highlighted(self, rows: Rows | None, seen: range) -> None:
        """Highlight the points that an update uses; None if it uses all.

        Changes are signalled only for the rows in ``seen``, which are on the screen. Views ask for the others
        when these come into view.
        """
        if rows is self._highlighted:
            return
        before = [self.is_highlighted(row) for row in seen]
        self._highlighted, self._highlight_cache = rows, {}
        changed = [
            row
            for row, highlighted in zip(seen, before, strict=True)
            if self.is_highlighted(row) != highlighted
        ]
        if changed:
            first, last = self.index(changed[0], 0), self.index(changed[-1], self.dimension + 3)
            self.dataChanged.emit(first, last, [HIGHLIGHTED_ROLE])

    def is_highlighted(self, row: int) -> bool:
        """Return whether the update uses a point, but not all points."""
        if self._highlighted is None:
            return False
        if row not in self._highlight_cache:
            self._highlight_cache[row] = bool((self._highlighted == row).any())
        return self._highlight_cache[row]

    @property
    def first_highlighted(self) -> int:
        """The first highlighted row; -1 if there is none."""
        return (
            -1 if self._highlighted is None or len(self._highlighted) == 0 else int(self._highlighted.min())
        )

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self.dimension + 4

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _TYPED if index.column() <= self.dimension else _READ_ONLY

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            return self._names()[section]
        if role == Role.ToolTipRole:
            return self._header_tip(section)
        return int(RIGHT) if role == Role.TextAlignmentRole and section < self.dimension + 3 else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role in _HIGHLIGHTED_ROLES:
            return self._highlight_data(row, role)
        if column == self.dimension + 3:
            return self._role_data(row, role)
        if role in _NUMBER_ROLES:
            number = self._number(row, column)
            if number is None or role == NUMBER_ROLE:
                return number
            return rounded(number) if role == Role.DisplayRole else precise(number)
        return int(RIGHT) if role == Role.TextAlignmentRole else None

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        if role != Role.EditRole or not index.isValid() or index.column() > self.dimension:
            return False
        try:
            number = float(read_value(str(value), NUMBER, self._names()[index.column()]))
        except Refused as refused:
            self.refused.emit(str(refused))
            return False
        point = [*self._row(index.row())]
        if number != point[index.column()]:
            point[index.column()] = number
            self.point_moved.emit(index.row(), tuple(point[:-1]), point[-1])
        return True

    def is_validation(self, row: int) -> bool:
        return row >= len(self.points)

    def ascends(self, column: int) -> bool:
        """Return whether the numbers of an input, or of y, ascend in each of the two sets."""
        sets = (self.points, self.validation)
        columns = (one.x[:, column] if column < self.dimension else one.y for one in sets)
        return all((values[1:] >= values[:-1]).all() for values in columns)

    def taken(self, rows: Rows) -> PointSet:
        """Return the points of some rows, which must ascend."""
        n = len(self.points)
        return self.points.taken(rows[rows < n]).extended(self.validation.taken(rows[rows >= n] - n))

    def _row(self, row: int) -> tuple[float, ...]:
        n = len(self.points)
        points, place = (self.points, row) if row < n else (self.validation, row - n)
        return (*points.x[place].tolist(), float(points.y[place]))

    def cell(self, row: int, column: int) -> NumberCell | None:
        """Return the number of a cell and its format; None if the cell holds no number."""
        place = column - self.dimension - 1
        number = None if place > 1 else self._number(row, column)
        if number is None:
            return None
        if place < 0:
            return NumberCell(number, is_typed=True, decimals=self._decimals[column] if self._decimals else 0)
        if self._integer_parts is None:
            self._integer_parts = self._integer_parts_of_fit()
        return NumberCell(number, is_typed=False, has_sign=place == 1, whole=self._integer_parts[place])

    def _integer_parts_of_fit(self) -> tuple[str, str]:
        if self._p is None or self._rows > _MOST_ALIGNED:
            return "0", f"{MINUS}0"
        both = [points for points in (self.points, self.validation) if len(points)]
        x, y = (np.concatenate(parts) for parts in zip(*((one.x, one.y) for one in both), strict=True))
        f = answers(self._objective, activation(x, self._p))
        return _integer_part(f), _integer_part(f - y, has_signs=True)

    def _number(self, row: int, column: int) -> float | None:
        place = column - self.dimension - 1
        if place < 0:
            return self._row(row)[column]
        if self._p is None:
            return None
        found = self._fit_cache.get(row)
        if found is None:
            *x, y = self._row(row)
            # With Python floats, because they overflow without a warning.
            activation = sum(map(mul, self._p.tolist(), (*x, 1.0)))
            f = float(answers(self._objective, np.array(activation)))
            found = self._fit_cache[row] = (f, f - y)
        return found[place]

    def _highlight_data(self, row: int, role: int) -> Any:  # noqa: ANN401
        highlighted = self.is_highlighted(row)
        if role == HIGHLIGHTED_ROLE:
            return highlighted
        return self.tr("used in this update") if highlighted else None

    def _role_data(self, row: int, role: int) -> Any:  # noqa: ANN401
        validation = self.is_validation(row)
        match role:
            case Role.DisplayRole | Role.EditRole:
                return self.tr("val") if validation else self.tr("train")
            case Role.ToolTipRole | Role.AccessibleTextRole:
                return self.tr("validation point") if validation else self.tr("training point")
            case Role.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignCenter)
        return None

    def _names(self) -> tuple[str, ...]:
        return (
            *written_inputs(self.dimension),
            "y",
            f"{self._output_letter}(x)",
            self.tr("error"),
            self.tr("role"),
        )

    @property
    def _output_letter(self) -> str:
        return "q" if self._objective.answers_probability else "f"

    def _header_tip(self, section: int) -> str:
        if section <= self.dimension:
            return self.tr("Click to sort the points by {0}.").format(self._names()[section])
        sentences = (
            self.tr("The output of the selected run's neuron at this step."),
            self.tr("{0}(x) − y at this step.").format(self._output_letter),
            self.tr("Whether the neuron learns from the point, or is only tested on it."),
        )
        return sentences[section - self.dimension - 1]

    def _announce(self, first_column: int, rows: range | None = None) -> None:
        rows = range(self._rows) if rows is None else rows
        if rows:
            first = self.index(rows[0], first_column)
            self.dataChanged.emit(first, self.index(rows[-1], self.dimension + 2))


def _decimals_of(*sets: PointSet) -> tuple[int, ...]:
    """Return the most decimals of each input and of y; empty for very many points."""
    if not 0 < sum(map(len, sets)) <= _MOST_ALIGNED:
        return ()
    rows = np.concatenate([np.column_stack([points.x, points.y]) for points in sets if len(points)])
    return tuple(max(map(_decimals, column), default=0) for column in rows.T.tolist())


def _long_columns(*sets: PointSet) -> frozenset[int]:
    """Return the columns of inputs and y that hold a number with an exponent."""
    columns = [column for points in sets if len(points) for column in enumerate([*points.x.T, points.y])]
    sizes = [(place, np.abs(values[values != 0.0])) for place, values in columns]
    return frozenset(place for place, size in sizes if ((size < _SMALL) | (size >= _LARGE)).any())


def _integer_part(values: Array, *, has_signs: bool = False) -> str:
    """Return the longest integer part of numbers, with its sign; empty if one is not finite."""
    size = float(np.abs(values).max())
    if not math.isfinite(size):
        return ""
    # Rounded to the fewest digits that a column shows, because 9.9996 may become 10.000.
    whole = int(float(f"{size:.4g}"))
    return f"{MINUS if has_signs or values.min() < 0.0 else ''}{whole}"


def _decimals(value: float) -> int:
    text = rounded(value)
    return 0 if "e" in text else len(text.partition(chosen_language().decimal_sign)[2])
