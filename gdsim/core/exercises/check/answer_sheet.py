"""A student's own values of a run: numbers as written, the answer sheet, and the submission."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.numerals import last_place, machine_readable, read_number
from gdsim.core.language.texts import SaidError
from gdsim.core.settings import NUMBER, InvalidValue, whole

STEP = whole(0, 1e10)
# A longer table is not worked out by hand or by a student's own program.
MOST_ROWS = 100_000
# A float has at most 17 significant digits.
MOST_DECIMALS = 17
# Nobody writes more significant digits than this by hand.
MOST_BY_HAND = 10
_NOTHING = "there must be at least one step, and a value of each parameter for it"


class Written(NamedTuple):
    """A number as written; NaN if none was given. Its decimals say how precise it is meant to be."""

    value: float
    decimals: int = 0

    @property
    def text(self) -> str:
        """The number with all its decimals, in ASCII."""
        text = machine_readable(self.value)
        if "e" in text or not math.isfinite(self.value):
            return text
        whole, _, fraction = text.partition(".")
        fraction = fraction.ljust(self.decimals, "0")
        return f"{whole}.{fraction}" if fraction else whole


def read_written(text: str) -> Written:
    """Parse a number together with its decimals.

    Raises `NotANumber` if the text is not a number, and `InvalidValue` if it is too large.
    """
    value = float(NUMBER.check(read_number(text)))
    return Written(value, decimals_of(text))


def decimals_of(text: str) -> int:
    """Return the number of decimals, trailing zeros included: 3 for ``2.500``, −2 for ``1.5e3``."""
    return min(-last_place(text), MOST_DECIMALS)


@dataclass(frozen=True, eq=False)
class Submission:
    """Parameters after some steps of a run, as a student found them."""

    steps: Rows  # (m,): step numbers, counted from 0, ascending
    p: Array  # (m, d + 1): the parameters after each step; NaN where the student's program gave none
    # (m, d + 1): the rounding error each value may have, half a unit of its last digit.
    precision: Array

    @classmethod
    def of(cls, steps: Rows, p: Array, decimals: Sequence[int] | Rows = ()) -> "Submission":
        """Return a submission; raises `ValueError` if it has no values, or if its steps do not ascend from 0.

        ``decimals`` says with how many decimals each value is written, or the most in each column; by
        default, as many as each value needs. Because trailing zeros may have been dropped, every value is
        taken to have the most decimals of its column, but no more digits than the longest value there: in a
        column of four digits, ``9.998`` has three decimals and ``10.05`` two. A column that never changes
        tells nothing about its decimals, because ``-2.0`` is how a program writes -2, so it is given those
        of the other columns. If one column has very many digits, a program wrote the whole table.
        """
        if not len(steps) or len(steps) != len(p):
            raise ValueError(_NOTHING)
        if steps[0] < 0 or (np.diff(steps) <= 0).any():
            raise SaidError("steps must be numbered from 0 upwards, each once")
        if not len(decimals):
            decimals = np.array([[decimals_of(machine_readable(one)) for one in row] for row in p.tolist()])
        each = np.broadcast_to(np.array(decimals, dtype=float), p.shape)
        has_digits = np.isfinite(p) & (p != 0.0)
        before_point = np.floor(np.log10(np.abs(p), where=has_digits, out=np.zeros(p.shape))) + 1.0
        written = each.max(axis=0)
        longest = (before_point + each).max(axis=0, where=has_digits, initial=-np.inf)
        changes = (p != p[0]).any(axis=0)
        if len(p) > 1 and changes.any():
            digits = longest[changes].max()
            is_by_hand = digits <= MOST_BY_HAND
            is_written = changes & is_by_hand
            written = np.where(is_written, written, np.maximum(written, written[changes].max()))
            longest = np.where(is_written, longest, np.maximum(longest, digits) if is_by_hand else np.inf)
        used = np.where(has_digits, np.minimum(written, longest - before_point), written)
        return cls(steps, p, 0.5 * 10.0**-used)

    def from_start(self, start: tuple[float, ...], right: Array) -> "Submission":
        """Return the submission, with its values taken as exact if none of them ever leaves the start.

        ``-2.0`` in every row may then be how a program writes -2, so it is taken for exactly -2, unless the
        right values (m, d + 1) are all -2.0 to that decimal as well.
        """
        needed = [max(1, decimals_of(machine_readable(value))) for value in start]
        is_plain = (self.precision >= 0.5 * 10.0 ** -np.array(needed, dtype=float)).all()
        stays = (self.p == start).all() and not (np.abs(right - self.p) <= self.precision).all()
        if len(self.p) > 1 and stays and is_plain:
            return replace(self, precision=np.full(self.p.shape, 0.5 * 10.0**-MOST_DECIMALS))
        return self

    def until(self, step: int) -> "Submission":
        rows = self.steps <= step
        return Submission(self.steps[rows], self.p[rows], self.precision[rows])


# A row is a step number, then the parameters after that step; None where nothing is filled in.
Cell: TypeAlias = "Written | None"
AnswerRow: TypeAlias = "tuple[Cell, ...]"


@dataclass(frozen=True)
class AnswerSheet:
    """The rows filled in so far, in any order: each a step number and its parameters."""

    names: tuple[str, ...]  # Of the d + 1 parameters
    lines: tuple[AnswerRow, ...] = ()  # Each has d + 2 entries

    def with_cell(self, row: int, column: int, cell: Cell) -> "AnswerSheet":
        """Return the sheet with one cell changed; a cell in the row after the last adds a row.

        A value in a row without a step number gives the row the next number. A row that loses its last value
        is removed. Raises `InvalidValue` if a step is not a whole number, or is in another row already.
        """
        empty: AnswerRow = (None,) * (len(self.names) + 1)
        line = list(self.lines[row] if row < len(self.lines) else empty)
        line[column] = cell
        if column == 0 and cell is not None:
            self._check_step(row, cell.value)
        if column and cell is not None and line[0] is None:
            line[0] = Written(self.next_step)
        emptied = not any(line[1:]) and (column > 0 or not line[0])
        lines = (*self.lines[:row], *([] if emptied else [tuple(line)]), *self.lines[row + 1 :])
        return replace(self, lines=lines)

    def without(self, rows: Iterable[int]) -> "AnswerSheet":
        gone = frozenset(rows)
        return replace(self, lines=tuple(line for row, line in enumerate(self.lines) if row not in gone))

    def merged(self, other: "AnswerSheet") -> "AnswerSheet":
        """Return the union of two sheets, sorted by step; for a step in both, the other sheet's row wins."""
        new = {_step(line) for line in other.lines}
        kept = [line for line in self.lines if _step(line) not in new]
        return replace(self, lines=tuple(sorted([*kept, *other.lines], key=_step)))

    @property
    def next_step(self) -> float:
        """The step number after the highest one; 0 on an empty sheet."""
        return max((line[0].value for line in self.lines if line[0]), default=-1.0) + 1.0

    @property
    def unfinished(self) -> tuple[int, ...]:
        """Indices of the rows with an empty cell."""
        return tuple(row for row, line in enumerate(self.lines) if None in line)

    def submission(self) -> Submission:
        """Return the complete rows, sorted by step; raises `ValueError` if there are none."""
        whole = [tuple(filter(None, line)) for line in sorted(self.lines, key=_step) if None not in line]
        if not whole:
            raise ValueError(_NOTHING)
        values = np.array(whole, dtype=np.float64)
        return Submission.of(
            values[:, 0, 0].astype(np.intp), values[:, 1:, 0], values[:, 1:, 1].astype(np.intp)
        )

    def row_of(self, step: int) -> int | None:
        return next((row for row, line in enumerate(self.lines) if _step(line) == step), None)

    def _check_step(self, row: int, step: float) -> None:
        STEP.check(step, "step")
        if any(_step(line) == step and place != row for place, line in enumerate(self.lines)):
            raise InvalidValue("step", "{step} is already in the table", step=int(step))


def _step(line: AnswerRow) -> float:
    """Return the step number of a row; infinity for a row without one, so that it sorts last."""
    return line[0].value if line[0] else math.inf
