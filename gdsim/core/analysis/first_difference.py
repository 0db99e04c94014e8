"""The first difference between two runs: the step, the line of the rule that caused it, and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

import numpy as np

from gdsim.core.analysis.update import Update, update_of
from gdsim.core.analysis.worked import gradient_in_numbers, update_in_letters
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.program import is_direction, is_gradient
from gdsim.core.formulas.symbols import symbol_text
from gdsim.core.formulas.syntax import Name, names_in
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.rules.carried import carried_letters
from gdsim.core.rules.rule import symbols
from gdsim.core.rules.update_rule import ETA

_ROWS_AT_ONCE = 1 << 15


class DifferenceKind(Enum):
    """What two runs first differ in."""

    APART = auto()  # They have no step in common
    NONE = auto()  # Nothing, as far as both are recorded
    PLACE = auto()  # Where they are at the first step that both have
    POINTS = auto()  # The points that feed an update
    LINE = auto()  # The result of a line that both rules have
    RULE = auto()  # A line that only one of the rules has, or that is not the same in both


@dataclass(frozen=True)
class DifferingNumber:
    """A number that differs between two runs."""

    letter: str
    values: tuple[float, float]


@dataclass(frozen=True)
class FirstDifference:
    """The first difference between two runs; pairs hold that of the first run and that of the second."""

    kind: DifferenceKind
    step: int  # The step that differs, or the last one that was compared
    parameter: str = ""  # The first one that differs: ``"w"``, ``"w1"`` or ``"b"``
    lines: tuple[str, str] = ("", "")  # In letters, for that parameter; empty if a rule lacks the line
    results: tuple[float, float] = (float("nan"), float("nan"))  # Of the lines, or where the runs are
    causes: tuple[
        DifferingNumber, ...
    ] = ()  # Inputs of the line that differ: settings, rates, memory, other lines
    rows: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())  # The points that feed the update of each run


def first_difference(
    experiment: Experiment, runs: tuple[Run, Run], records: tuple[RecordColumns, RecordColumns]
) -> Progress[FirstDifference]:
    """Return the first difference between two recorded runs, down to the last bit."""
    firsts = [experiment.clock(run).first for run in runs]
    begin = max(firsts)
    ends = [first + len(record.loss) for first, record in zip(firsts, records, strict=True)]
    if begin >= min(ends):
        return FirstDifference(DifferenceKind.APART, begin)
    p, q = (record.p[begin - first :] for first, record in zip(firsts, records, strict=True))
    if (p[0] != q[0]).any():
        index = int(np.argmax(p[0] != q[0]))
        here = float(p[0, index]), float(q[0, index])
        return FirstDifference(DifferenceKind.PLACE, begin, _name(experiment, index), results=here)
    rows = min(len(p), len(q))
    columns = [(p, q), *_shared_memory(runs, records, firsts, begin)]
    for first in range(1, rows, _ROWS_AT_ONCE):
        some = slice(first, min(first + _ROWS_AT_ONCE, rows))
        differs = np.zeros(some.stop - first, dtype=np.bool_)
        for one, other in columns:
            differs |= (one[some] != other[some]).any(axis=1)
        if differs.any():
            step = begin + first + int(np.argmax(differs))
            updates = [
                update_of(experiment, run, record, step - first_step)
                for run, record, first_step in zip(runs, records, firsts, strict=True)
            ]
            return _between(updates[0], updates[1])
        yield some.stop / rows
    return FirstDifference(DifferenceKind.NONE, begin + rows - 1)


def _shared_memory(
    runs: tuple[Run, Run], records: tuple[RecordColumns, RecordColumns], firsts: Sequence[int], begin: int
) -> list[tuple[Array, Array]]:
    """Return the memories that both runs have, from a step on: a pair of columns for each letter."""
    rules = [run.optimizer.update_rule for run in runs]
    return [
        (
            records[0].state[rules[0].letters.index(letter), begin - firsts[0] :],
            records[1].state[rules[1].letters.index(letter), begin - firsts[1] :],
        )
        for letter in carried_letters(*rules)
    ]


def _between(one: Update, other: Update) -> FirstDifference:
    """Return the first difference between two updates that begin at the same place and end differently."""
    if not np.array_equal(one.rows, other.rows):
        rows = tuple(one.rows.tolist()), tuple(other.rows.tolist())
        return FirstDifference(DifferenceKind.POINTS, one.step, rows=rows)
    programs = one.rule.program, other.rule.program
    for place, line in enumerate(programs[0].lines):
        target = line.target
        node = programs[1].by_target.get(target)
        if node is None:
            if isinstance(line.node, Name):  # another name for a number, as h for ∇w, changes nothing
                continue
            return _of_rules(one, other, place)
        values = [update.at(target) for update in (one, other)]
        if not np.array_equal(values[0], values[1], equal_nan=True):
            return (_of_line if node == line.node else _of_rules)(one, other, place)
    return _of_rules(one, other, len(programs[0].lines))


def _of_line(one: Update, other: Update, place: int) -> FirstDifference:
    line = one.rule.program.lines[place]
    values = [update.at(line.target) for update in (one, other)]
    index = int(np.argmax(values[0] != values[1]))
    name = parameter_names(len(one.before) - 1)[index]
    names = names_in(line.node)
    if is_direction(line.node):  # its line does not name the settings that it uses
        names |= frozenset(one.run.optimizer.numbers) - {ETA}
    return FirstDifference(
        DifferenceKind.LINE,
        one.step,
        name,
        (_letters(one, line.target, name), _letters(other, line.target, name)),
        (float(values[0][index]), float(values[1][index])),
        () if is_gradient(line.node) else _causes(one, other, names, index, name),
    )


def _of_rules(one: Update, other: Update, place: int) -> FirstDifference:
    """Return the first lines in which two rules differ, one of which may be missing."""
    lines = one.rule.program.lines
    target = lines[place].target if place < len(lines) else ""
    known = {line.target for line in lines}
    others = [line.target for line in other.rule.program.lines]
    # The line of the same name, or else the first one that the first rule lacks.
    there = target if target in others else next((name for name in others if name not in known), "")
    name = parameter_names(len(one.before) - 1)[0]
    return FirstDifference(
        DifferenceKind.RULE,
        one.step,
        name,
        (_letters(one, target, name) if target else "", _letters(other, there, name) if there else ""),
        (
            float(one.at(target)[0]) if target else float("nan"),
            float(other.at(there)[0]) if there else float("nan"),
        ),
    )


def _causes(
    one: Update, other: Update, names: frozenset[str], index: int, parameter: str
) -> tuple[DifferingNumber, ...]:
    known = symbols(one.run.optimizer, parameter)
    values = one.values[index], other.values[index]
    return tuple(
        DifferingNumber(symbol_text(known[name]), (values[0][name], values[1][name]))
        for name in sorted(names)
        if name in values[0] and name in values[1] and values[0][name] != values[1][name]
    )


def _letters(update: Update, target: str, parameter: str) -> str:
    lines = update_in_letters(update, parameter)
    place = [line.target for line in update.rule.program.lines].index(target)
    if not is_gradient(update.rule.program.lines[place].node):
        return lines[place]
    numbers = gradient_in_numbers(update, target, parameter, None)
    return " = ".join(filter(None, (lines[place], numbers)))


def _name(experiment: Experiment, index: int) -> str:
    return parameter_names(experiment.points.dimension)[index]
