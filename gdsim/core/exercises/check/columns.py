"""The columns of a student's table: found by the usual names, guessed from others, or chosen by hand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise

from gdsim.core.files.table.outline import outlined
from gdsim.core.files.table.rows import rows
from gdsim.core.files.table.table import ColumnKind, Outline, RequestedFormat, TableFault
from gdsim.core.formulas.numerals import listed
from gdsim.core.language.texts import counted, said
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.settings import quoted

# Usual column names as `_plain` leaves them, the likeliest first.
_STEPS = ("step", "steps", "k", "t", "iteration", "epoch", "epochs")
_EPOCHS = frozenset({"epoch", "epochs"})
_BIAS = ("b", "bias")
_ONE_WEIGHT = ("w", "w1", "weight")
# Words within other column names, to guess by.
_STEP_WORDS = frozenset({*_STEPS, "iter", "iterations", "i", "n", "update", "updates"})
_BIAS_WORDS = frozenset({*_BIAS, "b0", "intercept", "offset"})
_WEIGHT_WORDS = frozenset({*_ONE_WEIGHT, "weights", "w0", "slope"})
_RUN_WORDS = frozenset(
    {"run", "runs", "optimizer", "optimiser", "rule", "method", "algorithm", "algo", "name", "model", "label"}
)
_MOST_NAMED = 4
# A column with more distinct values is not taken as one that names runs.
_MOST_RUN_NAMES = 200


@dataclass(frozen=True)
class ColumnPlan:
    """The index of each column by what it holds; None if there is no such column."""

    step: int | None
    parameters: tuple[int, ...]
    run: int | None = None
    run_name: str = ""  # The run whose rows are taken; empty for the run being checked
    by_epoch: bool = False


@dataclass(frozen=True)
class SheetPreview:
    """A table at a glance, and a guess at what its columns hold."""

    outline: Outline
    runs: Mapping[int, tuple[str, ...]]  # The distinct values of each column that may name runs
    plan: ColumnPlan
    is_sure: bool  # Whether the guess follows from the names alone

    def name(self, column: int) -> str:
        """Return the name of a column, or its number if it has no name."""
        return self.outline.columns[column].name or said("column {column}", column=column + 1)


def usual_column_plan(outline: Outline, names: tuple[str, ...]) -> ColumnPlan:
    """Return the plan of a table whose columns have the usual names, or no names but the usual order.

    Raises `TableFault` if a column is missing, or if a table without names has the wrong number of them.
    """
    return (_plan_by_names if outline.dialect.header else _plan_by_places)(outline, names)


def previewing(content: bytes | str, run: Run, names: tuple[str, ...]) -> Progress[SheetPreview]:
    """Read a whole text, yielding the share read so far, and return a guess at what it holds.

    Raises `TableFault` if it has fewer columns of numbers than there are parameter ``names``.
    """
    outline, blocks = outlined(content, RequestedFormat())
    telling = {
        place: dict[str, None]()
        for place, column in enumerate(outline.columns)
        if column.kind is ColumnKind.WORDS or _words(column.name) & _RUN_WORDS
    }
    yield 0.0
    for block, share in blocks:
        for row in rows(block, outline.dialect.delimiter) if telling else ():
            for place, values in telling.items():
                if place < len(row.cells) and len(values) <= _MOST_RUN_NAMES:
                    values[row.cells[place]] = None
        yield share
    runs = {place: tuple(values) for place, values in telling.items() if 0 < len(values) <= _MOST_RUN_NAMES}
    return _guessed(outline, runs, run, names)


# ------------------------------------------------------------------------------------ the usual names


def _plan_by_names(outline: Outline, names: tuple[str, ...]) -> ColumnPlan:
    plain = [_plain(column.name) for column in outline.columns]
    wanted: list[tuple[str, ...]] = [_BIAS if name == "b" else (name,) for name in names]
    if len(names) == 2:  # noqa: PLR2004 - w and b
        wanted[0] = _ONE_WEIGHT
    places = [_first_of(one, plain) for one in wanted]
    missing = [name for name, place in zip(names, places, strict=True) if place is None]
    if missing:
        there = first_names([column.name for column in outline.columns])
        raise TableFault(
            counted(
                len(missing),
                "has no column {missing}; it has {there}",
                "has no columns {missing}; it has {there}",
                missing=listed(missing),
                there=there,
            )
        )
    step = _first_of(_STEPS, plain)
    by_epoch = step is not None and plain[step] in _EPOCHS
    parameters = tuple(place for place in places if place is not None)
    return ColumnPlan(step, parameters, _first_of(("run",), plain), by_epoch=by_epoch)


def _plan_by_places(outline: Outline, names: tuple[str, ...]) -> ColumnPlan:
    numbers = outline.of_kind(ColumnKind.NUMBERS)
    spare = len(numbers) - len(names)
    if spare not in (0, 1):
        raise TableFault(
            "has {numbers} columns of numbers without names; there must be {names} for {names2}, or one "
            "more in front for the step",
            numbers=len(numbers),
            names=len(names),
            names2=listed(names),
        )
    return ColumnPlan(numbers[0] if spare else None, numbers[spare:])


def _plain(name: str) -> str:
    return re.sub(r"[\s_\[\]()]", "", name).lower()


def first_names(names: Sequence[str]) -> str:
    """Return the first few names, in quotes."""
    more = " " + said("and more") if len(names) > _MOST_NAMED else ""
    return ", ".join(quoted(name) for name in names[:_MOST_NAMED] if name) + more


def _first_of(wanted: Sequence[str], names: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)


# --------------------------------------------------------------------------------------- guessing


def _guessed(
    outline: Outline, runs: Mapping[int, tuple[str, ...]], run: Run, names: tuple[str, ...]
) -> SheetPreview:
    try:
        plan, is_sure = usual_column_plan(outline, names), True
    except TableFault:
        if len(outline.of_kind(ColumnKind.NUMBERS)) < len(names):
            raise
        plan, is_sure = _plan_by_words(outline, run, names), False
    if plan.step is None:
        free = [place for place in outline.of_kind(ColumnKind.NUMBERS) if place not in plan.parameters]
        step = _best(free, outline, _STEP_WORDS, run)
        if step is not None:
            plan, is_sure = replace(plan, step=step), False
    column = plan.run if plan.run is not None else _column_of_runs(outline, runs)
    if column is None:
        return SheetPreview(outline, runs, plan, is_sure)
    values = runs.get(column, ())
    plain = column == plan.run and (run.name in values or len(values) <= 1)
    name = "" if plain else run.name if run.name in values else _most_alike(values, run)
    plan = replace(plan, run=column, run_name=name)
    return SheetPreview(outline, runs, plan, is_sure and plain)


def _column_of_runs(outline: Outline, runs: Mapping[int, tuple[str, ...]]) -> int | None:
    """Return the column that has several values and a name such as "run"; None if there is none."""
    several = (place for place, values in runs.items() if len(values) > 1)
    return next((place for place in several if _words(outline.columns[place].name) & _RUN_WORDS), None)


def _plan_by_words(outline: Outline, run: Run, names: tuple[str, ...]) -> ColumnPlan:
    """Guess by words within the column names, as in ``w (Momentum)``, and otherwise by their order."""
    free = list(outline.of_kind(ColumnKind.NUMBERS))
    step = _best(free, outline, _STEP_WORDS, run) if len(free) > len(names) else None
    if step is None and len(free) > len(names):
        step = next((place for place in free if _counts(outline, place)), None)
    if step is not None:
        free.remove(step)
    found: list[int | None] = []
    for name in names:
        words = _BIAS_WORDS if name == "b" else _WEIGHT_WORDS if name == "w" else frozenset({name})
        place = _best(free, outline, words, run)
        found.append(place)
        if place is not None:
            free.remove(place)
    parameters = tuple(free.pop(0) if place is None else place for place in found)
    by_epoch = step is not None and bool(_words(outline.columns[step].name) & _EPOCHS)
    return ColumnPlan(step, parameters, by_epoch=by_epoch)


def _counts(outline: Outline, column: int) -> bool:
    """Return whether the first cells of a column are increasing whole numbers, as steps are."""
    cells = [row[column] for row in outline.rows if column < len(row)]
    steps = [float(cell) for cell in cells if cell.isascii() and cell.isdigit()]
    return len(steps) == len(cells) > 1 and all(one < next_one for one, next_one in pairwise(steps))


def _best(free: Iterable[int], outline: Outline, words: frozenset[str], run: Run) -> int | None:
    """Return the column with one of ``words`` in its name; of several, the one named most like the run."""
    fitting = [place for place in free if _words(outline.columns[place].name) & words]
    return max(fitting, key=lambda place: _likeness(outline.columns[place].name, run), default=None)


def _words(name: str) -> frozenset[str]:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return frozenset(re.findall(r"[^\W_]+", parted.lower()))


def _most_alike(values: Sequence[str], run: Run) -> str:
    return max(values, key=lambda value: _likeness(value, run), default="")


def _likeness(text: str, run: Run) -> float:
    rule = run.optimizer.definition
    known = (run.name, rule.title, rule.id)
    return max(SequenceMatcher(None, text.lower(), one.lower()).ratio() for one in known)
