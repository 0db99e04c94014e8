"""A sheet to write own values on: what is filled in so far, in whatever order."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from gdsim.core.exercises.check.attempt import Attempt
from gdsim.core.exercises.check.written import Written
from gdsim.core.settings import Domain, InvalidValue

STEP = Domain("a whole number from 0 to 10000000000", int, low=0.0, high=1e10)
# More rows are not somebody's own work any more.
MOST_ROWS = 100_000

# The number of a step, then the parameters after it; None where nothing is filled in.
Cell: TypeAlias = "Written | None"
Line: TypeAlias = "tuple[Cell, ...]"


@dataclass(frozen=True)
class Sheet:
    """Rows of a step and its parameters.

    Attributes
    ----------
    names : tuple of d + 1 str
        Of the parameters.
    lines : tuple of Line
        Each has d + 2 entries.
    """

    names: tuple[str, ...]
    lines: tuple[Line, ...] = ()

    def with_cell(self, row: int, column: int, cell: Cell) -> "Sheet":
        """Return the sheet with another cell; in the row after the last, with one row more.

        A value in a row without a number gives it the next one. A row that loses its last value is gone.

        Raises
        ------
        InvalidValue
            If a step is no whole number, or is in another row already.
        """
        empty: Line = (None,) * (len(self.names) + 1)
        line = list(self.lines[row] if row < len(self.lines) else empty)
        line[column] = cell
        if column == 0 and cell is not None:
            self._check_step(row, cell.value)
        if column and cell is not None and line[0] is None:
            line[0] = Written(self.next_step)
        emptied = not any(line[1:]) and (column > 0 or not line[0])
        lines = (*self.lines[:row], *([] if emptied else [tuple(line)]), *self.lines[row + 1 :])
        return replace(self, lines=lines)

    def without(self, rows: Iterable[int]) -> "Sheet":
        """Return the sheet without some rows."""
        gone = frozenset(rows)
        return replace(self, lines=tuple(line for row, line in enumerate(self.lines) if row not in gone))

    def merged(self, other: "Sheet") -> "Sheet":
        """Return the sheet with the rows of another one, which take the place of those of the same step."""
        new = {_step(line) for line in other.lines}
        kept = [line for line in self.lines if _step(line) not in new]
        return replace(self, lines=tuple(sorted([*kept, *other.lines], key=_step)))

    @property
    def next_step(self) -> float:
        """The number after the highest one; 0 on an empty sheet."""
        return max((line[0].value for line in self.lines if line[0]), default=-1.0) + 1.0

    @property
    def unfinished(self) -> tuple[int, ...]:
        """The rows that lack something."""
        return tuple(row for row, line in enumerate(self.lines) if None in line)

    def attempt(self) -> Attempt:
        """Return the rows that lack nothing, in the order of their steps.

        Raises
        ------
        ValueError
            If there are none.
        """
        whole = [tuple(filter(None, line)) for line in sorted(self.lines, key=_step) if None not in line]
        if not whole:
            raise ValueError("there must be at least one step, and a value of each parameter for it")
        values = np.array(whole, dtype=np.float64)
        decimals = values[:, 1:, 1].max(axis=0).astype(int).tolist()
        return Attempt.of(values[:, 0, 0].astype(np.intp), values[:, 1:, 0], decimals)

    def row_of(self, step: int) -> int | None:
        """Return the row of a step."""
        return next((row for row, line in enumerate(self.lines) if _step(line) == step), None)

    def _check_step(self, row: int, step: float) -> None:
        STEP.check(step, "step")
        if any(_step(line) == step and place != row for place, line in enumerate(self.lines)):
            raise InvalidValue("step", f"{step:.0f} is in the table already")


def _step(line: Line) -> float:
    """Return the number of a row; of one without, what comes after all numbers."""
    return line[0].value if line[0] else math.inf
