"""A student's values of a run, read from text: a notebook's, this program's, or a few typed rows."""

import math
from dataclasses import dataclass

import numpy as np

from gdsim.core.exercises.check.answer_sheet import (
    MOST_ROWS,
    STEP,
    AnswerRow,
    AnswerSheet,
    Written,
    decimals_of,
)
from gdsim.core.exercises.check.columns import ColumnPlan, first_names, usual_column_plan
from gdsim.core.files.table.outline import outlined, without_thousands
from gdsim.core.files.table.reader import fault_at, number_in
from gdsim.core.files.table.rows import TableRow, rows
from gdsim.core.files.table.table import Outline, RequestedFormat, TableFault, short_column_name
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.language.texts import said
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.settings import InvalidValue, printable, quoted

_NO_NUMBER = frozenset({"nan", "inf", "+inf", "-inf", "infinity", "-infinity", "none"})
# Tolerance factor, because a float is not exactly what its decimals say.
_JUST_OVER = 1.01


@dataclass(frozen=True)
class ValuesRead:
    """Values as typed or read."""

    sheet: AnswerSheet
    remarks: tuple[str, ...] = ()  # How the values were understood, where that is not obvious


def read_values(
    content: bytes | str, run: Run, names: tuple[str, ...], per_epoch: int, plan: ColumnPlan | None = None
) -> Progress[ValuesRead]:
    """Read the values of a run from a text, yielding the share read so far.

    Without a ``plan``, columns are found by the ``names`` of the d + 1 parameters, such as ``("w", "b")``.
    In a table without a row of names, the last d + 1 columns of numbers hold the parameters, and one more
    before them the steps. If the table holds several runs, the column ``run`` tells them apart. Rows may
    count epochs of ``per_epoch`` steps instead of steps.

    Raises `TableFault` at the first wrong cell, or if a column is missing.
    """
    outline, blocks = outlined(content, RequestedFormat())
    collected = _Collected(outline, plan or usual_column_plan(outline, names), run, names)
    yield 0.0
    for block, share in blocks:
        for row in rows(block, outline.dialect.delimiter):
            collected.take(row)
        yield share
    return collected.given(per_epoch)


# --------------------------------------------------------------------------------------- the rows


class _Collected:
    """The rows read so far, of the run being checked and of the first run in the table."""

    def __init__(self, outline: Outline, plan: ColumnPlan, run: Run, names: tuple[str, ...]) -> None:
        self._outline, self._plan, self._run, self._names = outline, plan, run, names
        self._wanted = plan.run_name or run.name
        self._lines: dict[str, list[AnswerRow]] = {}
        self._steps: dict[str, set[float]] = {}

    def take(self, row: TableRow) -> None:
        name = self._cell(row, self._plan.run) if self._plan.run is not None else ""
        lines = self._lines.setdefault(name, [])
        if name not in (next(iter(self._lines)), self._wanted):
            return
        if len(lines) >= MOST_ROWS:
            raise TableFault(
                "is one more than the {most_rows} that are checked",
                most_rows=integer_text(MOST_ROWS),
                line=row.line,
            )
        values = [self._value(row, place) for place in self._plan.parameters]
        lines.append((self._step(row, name), *values))

    def given(self, per_epoch: int) -> ValuesRead:
        """Return the values read; raises `TableFault` if there are none, or only those of other runs."""
        lines, remarks = self._of_run()
        if not lines:
            raise TableFault("holds no numbers")
        if self._plan.step is None:
            first = 0 if self._begins_at_start(lines) else 1
            remarks.append(
                said(
                    "There is no column of steps; the first row is not the start of the run, so it is step 1."
                )
                if first
                else said("There is no column of steps; the first row is the start, so it is step 0.")
            )
            lines = [(Written(float(step)), *line[1:]) for step, line in enumerate(lines, first)]
        elif self._plan.by_epoch and per_epoch > 1:
            remarks.append(
                said(
                    "The rows count epochs, and an epoch has {per_epoch} steps.",
                    per_epoch=integer_text(per_epoch),
                )
            )
            lines = [(Written(line[0].value * per_epoch), *line[1:]) for line in lines if line[0]]
        return ValuesRead(
            AnswerSheet(self._names).merged(AnswerSheet(self._names, tuple(lines))), tuple(remarks)
        )

    def _of_run(self) -> tuple[list[AnswerRow], list[str]]:
        if self._plan.run is None:
            return self._lines.get("", []), []
        if self._wanted in self._lines:
            remark = said("Only the rows of the run {wanted} were taken.", wanted=quoted(self._wanted))
            return self._lines[self._wanted], [remark]
        if len(self._lines) == 1:
            (name,) = self._lines
            return self._lines[name], [said("All rows belong to a run {name}.", name=quoted(name))]
        raise TableFault(
            "has no run {wanted}; it has {list}",
            wanted=quoted(printable(self._wanted)),
            list=first_names(list(self._lines)),
        )

    def _begins_at_start(self, lines: list[AnswerRow]) -> bool:
        numbered = tuple((Written(float(step)), *line[1:]) for step, line in enumerate(lines))
        submission = AnswerSheet(self._names, numbered).submission()
        off = np.abs(submission.p[0] - np.array(self._run.start))
        return bool((off <= _JUST_OVER * submission.precision).all())

    def _step(self, row: TableRow, run: str) -> Written | None:
        column = self._plan.step
        if column is None:
            return None
        value = number_in(row.line, column, self._cell(row, column), self._outline)
        try:
            step = float(STEP.check(value))
        except InvalidValue as fault:
            raise fault_at(row.line, column, self._outline, fault.reason) from None
        seen = self._steps.setdefault(run, set())
        if step in seen:
            raise fault_at(row.line, column, self._outline, "has step {step} a second time", step=int(step))
        seen.add(step)
        return Written(step)

    def _value(self, row: TableRow, column: int) -> Written:
        cell = self._cell(row, column)
        if cell.lower() in _NO_NUMBER:
            return Written(math.nan)
        plain = without_thousands(cell, self._outline.dialect.decimal)
        return Written(number_in(row.line, column, cell, self._outline), decimals_of(plain))

    def _cell(self, row: TableRow, column: int) -> str:
        if column >= len(row.cells):
            name = short_column_name(self._outline.columns[column].name) or str(column + 1)
            raise TableFault("has no cell in the column {name}", name=name, line=row.line)
        return row.cells[column]
