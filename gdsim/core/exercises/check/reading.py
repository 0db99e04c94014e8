"""Somebody's own values of a run, read from a text: of a notebook, of this program, or a few rows."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from gdsim.core.exercises.check.answer_sheet import MOST_ROWS, STEP, AnswerSheet, Line, Written, decimals_of
from gdsim.core.files.table.outline import outlined
from gdsim.core.files.table.reader import fault_at, number_in
from gdsim.core.files.table.rows import Block, TableRow, blocks, opened, rows
from gdsim.core.files.table.table import ColumnKind, Outline, TableFault, Wish, short
from gdsim.core.formulas.numerals import listed
from gdsim.core.model.experiment import Run
from gdsim.core.progress import Progress
from gdsim.core.settings import InvalidValue, printable, quoted

# Names of columns, after `_plain`, the likeliest first.
_STEPS = ("step", "steps", "k", "t", "iteration", "epoch", "epochs")
_EPOCHS = frozenset({"epoch", "epochs"})
_BIAS = ("b", "bias")
_ONE_WEIGHT = ("w", "w1", "weight")
_NO_NUMBER = frozenset({"nan", "inf", "+inf", "-inf", "infinity", "-infinity", "none"})
_MOST_NAMED = 4
# A float is not exactly what its decimals say.
_JUST_OVER = 1.01


@dataclass(frozen=True)
class Given:
    """What a text holds."""

    sheet: AnswerSheet
    remarks: tuple[str, ...]  # Sentences on how it was understood, where that is not plain


@dataclass(frozen=True)
class _Plan:
    """Which column is what; None where there is none."""

    step: int | None
    parameters: tuple[int, ...]
    run: int | None = None
    by_epoch: bool = False


def read_values(content: bytes | str, run: Run, names: tuple[str, ...], per_epoch: int) -> Progress[Given]:
    """Yield the share of a text that is read; return the values of a run at the end.

    Columns are found by the ``names`` of the d + 1 parameters, such as ``("w", "b")``. Without a row of
    names, the last d + 1 columns hold the parameters, and one more before them the steps. In a record of
    several runs the column ``run`` tells them apart. A text may count epochs, of ``per_epoch`` steps each.
    Raises `TableFault` at the first cell that is wrong, or if a column is missing.
    """
    stream, encoding = opened(content)
    supply = blocks(stream)
    first = next(supply, Block(1, []))
    outline = outlined(first, encoding, Wish())
    plan = (_plan_by_names if outline.dialect.header else _plan_by_places)(outline, names)
    collected = _Collected(outline, plan, run, names)
    done = 0
    yield 0.0
    for block in chain([first.after(outline.body_line)], supply):
        for row in rows(block, outline.dialect.delimiter):
            collected.take(row)
        done += sum(map(len, block.lines))
        yield min(1.0, done / len(content))
    return collected.given(per_epoch)


# ------------------------------------------------------------------------------------ the columns


def _plan_by_names(outline: Outline, names: tuple[str, ...]) -> _Plan:
    plain = [_plain(column.name) for column in outline.columns]
    wanted: list[tuple[str, ...]] = [_BIAS if name == "b" else (name,) for name in names]
    if len(names) == 2:  # noqa: PLR2004 - w and b
        wanted[0] = _ONE_WEIGHT
    places = [_first_of(one, plain) for one in wanted]
    missing = [name for name, place in zip(names, places, strict=True) if place is None]
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        there = _some([column.name for column in outline.columns])
        raise TableFault(f"has no {columns} {listed(missing)}; it has {there}")
    step = _first_of(_STEPS, plain)
    by_epoch = step is not None and plain[step] in _EPOCHS
    parameters = tuple(place for place in places if place is not None)
    return _Plan(step, parameters, _first_of(("run",), plain), by_epoch)


def _plan_by_places(outline: Outline, names: tuple[str, ...]) -> _Plan:
    numbers = outline.of_kind(ColumnKind.NUMBERS)
    spare = len(numbers) - len(names)
    if spare not in (0, 1):
        raise TableFault(
            f"has {len(numbers)} columns of numbers without names; "
            f"there must be {len(names)} for {listed(names)}, or one more for the step before them"
        )
    return _Plan(numbers[0] if spare else None, numbers[spare:])


def _plain(name: str) -> str:
    return re.sub(r"[\s_\[\]()]", "", name).lower()


def _some(names: Sequence[str]) -> str:
    """Return the first few of some names, in quotes."""
    more = " and more" if len(names) > _MOST_NAMED else ""
    return ", ".join(quoted(name) for name in names[:_MOST_NAMED] if name) + more


def _first_of(wanted: Sequence[str], names: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


# --------------------------------------------------------------------------------------- the rows


class _Collected:
    """The rows read so far, of the run that is looked for and of the first one there is."""

    def __init__(self, outline: Outline, plan: _Plan, run: Run, names: tuple[str, ...]) -> None:
        self._outline, self._plan, self._run, self._names = outline, plan, run, names
        self._lines: dict[str, list[Line]] = {}
        self._steps: dict[str, set[float]] = {}

    def take(self, row: TableRow) -> None:
        name = self._cell(row, self._plan.run) if self._plan.run is not None else ""
        lines = self._lines.setdefault(name, [])
        if name not in (next(iter(self._lines)), self._run.name):
            return
        if len(lines) >= MOST_ROWS:
            raise TableFault(f"is one more than the {MOST_ROWS:,} that are checked", row.line)
        values = [self._value(row, place) for place in self._plan.parameters]
        lines.append((self._step(row, name), *values))

    def given(self, per_epoch: int) -> Given:
        """Return what was read; raises `TableFault` if that is nothing, or of several other runs."""
        lines, remarks = self._of_run()
        if not lines:
            raise TableFault("holds no numbers")
        if self._plan.step is None:
            first = 0 if self._begins_at_start(lines) else 1
            which = "not the start of the run, so it is step 1" if first else "the start, so it is step 0"
            remarks.append(f"There is no column of steps; the first row is {which}.")
            lines = [(Written(float(step)), *line[1:]) for step, line in enumerate(lines, first)]
        elif self._plan.by_epoch and per_epoch > 1:
            remarks.append(f"The rows count epochs, and an epoch has {per_epoch:,} steps.")
            lines = [(Written(line[0].value * per_epoch), *line[1:]) for line in lines if line[0]]
        return Given(AnswerSheet(self._names).merged(AnswerSheet(self._names, tuple(lines))), tuple(remarks))

    def _of_run(self) -> tuple[list[Line], list[str]]:
        if self._plan.run is None:
            return self._lines.get("", []), []
        if self._run.name in self._lines:
            remark = f"Only the rows of the run {quoted(self._run.name)} were taken."
            return self._lines[self._run.name], [remark]
        if len(self._lines) == 1:
            (name,) = self._lines
            return self._lines[name], [f"All rows are of a run {quoted(name)}."]
        raise TableFault(f"has no run {quoted(printable(self._run.name))}; it has {_some(list(self._lines))}")

    def _begins_at_start(self, lines: list[Line]) -> bool:
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
            raise fault_at(row.line, column, self._outline, f"has step {step:.0f} a second time")
        seen.add(step)
        return Written(step)

    def _value(self, row: TableRow, column: int) -> Written:
        cell = self._cell(row, column)
        if cell.lower() in _NO_NUMBER:
            return Written(math.nan)
        return Written(number_in(row.line, column, cell, self._outline), decimals_of(cell))

    def _cell(self, row: TableRow, column: int) -> str:
        if column >= len(row.cells):
            name = short(self._outline.columns[column].name) or str(column + 1)
            raise TableFault(f"has no cell in the column {name}", row.line)
        return row.cells[column]
