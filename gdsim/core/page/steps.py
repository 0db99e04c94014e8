"""The worked steps of a run for a page: each line of its rule once, and the numbers of every update.

A page inserts the numbers into the lines as `analysis.worked` does, so that both show the same text. Columns
have one row per update.
"""

from typing import Any

import numpy as np

from gdsim.core.analysis.update import Update, update_of
from gdsim.core.analysis.worked import (
    MOST_IN_PLACE,
    found_by,
    lines_in_letters,
    schedule_state,
    with_slope,
)
from gdsim.core.analysis.worked_text import sum_over
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.algebra import Term, sum_of_terms, terms_of_sum
from gdsim.core.formulas.numerals import exact
from gdsim.core.formulas.printing import PLAIN_TEXT, TEXT, Slot, in_language, template
from gdsim.core.formulas.program import is_direction, is_gradient, is_norm
from gdsim.core.formulas.symbols import of_letter
from gdsim.core.formulas.syntax import Binary, Call, Formula, Name, Node, Number
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import adds_slopes
from gdsim.core.model.run import Run
from gdsim.core.page.numbers import PageNumbers
from gdsim.core.progress import Progress
from gdsim.core.rules.schedules import Schedule
from gdsim.core.rules.searches import FIXED
from gdsim.core.rules.update_rule import ETA, GAMMA, W

# The number of updates that are worked out in some milliseconds.
_AT_ONCE = 32
Tree = dict[str, Any]


def working_out(
    experiment: Experiment, run: Run, record: RecordColumns, numbers: PageNumbers
) -> Progress[Tree]:
    """Return the lines of a run's rule and of its rates, with their values at every recorded update."""
    updates = len(record.loss) - 1
    steps, rates = _LineValues(experiment, run, updates), _rates(run, updates)
    for t in range(1, updates + 1):
        update = update_of(experiment, run, record, t)
        steps.add(update)
        for rate in rates:
            rate.add(update)
        if t % _AT_ONCE == 0:
            yield t / updates
    return {**steps.tree(numbers), "rates": [rate.tree(numbers) for rate in rates]}


class _LineValues:
    """The values of a rule's lines at every update."""

    def __init__(self, experiment: Experiment, run: Run, updates: int) -> None:
        self._run, self._objective, self._clock = run, experiment.objective, experiment.clock(run)
        self._adds_slopes = adds_slopes(experiment.objective, experiment.points)
        self._names = parameter_names(experiment.points.dimension)
        rule = run.optimizer.update_rule
        # One row more than there are updates: the values before each update, then those after the last.
        room = (updates + 1, len(self._names))
        self._old = {name: np.full(room, np.nan) for name in (W, *rule.letters)}
        self._new = {line.target: np.full(room, np.nan) for line in rule.program.lines}
        self._slopes = np.zeros(room)
        self._eta, self._gamma, self._fed = np.full((3, updates), np.nan)

    def add(self, update: Update) -> None:
        row, values = update.t - 1, update.values
        for columns in (self._old, self._new):
            for name, column in columns.items():
                column[row] = [one[name] for one in values]
        self._eta[row], self._gamma[row], self._fed[row] = update.eta, update.gamma, len(update.rows)
        if isinstance(update.objective, FunctionObjective):  # its points are slopes that are added to it
            x, y = update.points.x[update.rows, 0], update.points.y[update.rows]
            self._slopes[row] = float(x.mean()), float(y.mean())

    def tree(self, numbers: PageNumbers) -> Tree:
        run, rule, updates = self._run, self._run.optimizer.update_rule, len(self._eta)
        if updates:
            for name, column in self._old.items():
                after = next(one for one in self._new if rule.replaces(one) == name)
                column[updates] = self._new[after][updates - 1]
        old = {name: numbers.keep_each(column) for name, column in self._old.items()}
        new = {name: numbers.keep_each(column[:-1]) for name, column in self._new.items()}
        settings = run.optimizer.numbers
        return {
            "texts": {name: exact(value) for name, value in settings.items()},
            "settings": {name: settings.get(name) for name in (ETA, GAMMA)},
            "first": self._clock.first,
            "counted": self._clock.first - self._clock.t0,
            "gradient": rule.last_gradient,
            "eta": numbers.keep(self._eta),
            "gamma": numbers.keep(self._gamma),
            "fed": numbers.keep(self._fed),
            "sums": {
                points: [sum_over(points, self._objective, name) for name in ("w", "b")]
                for points in map(int, np.unique(self._fed))
            },
            "slopes": numbers.keep_each(self._slopes[:-1]),
            "values": old | new,
            "lines": [self._line(place, line) for place, line in enumerate(rule.program.lines)],
        }

    def _line(self, place: int, line: Formula) -> Tree:
        rule, writer = self._run.optimizer.update_rule, PLAIN_TEXT
        letters = [
            lines_in_letters(
                self._run.optimizer, name, writer, self._objective, adds_slopes=self._adds_slopes
            )[place]
            for name in self._names
        ]
        tree: Tree = {"part": rule.parts[place], "target": line.target, "letters": letters}
        if is_gradient(line.node):
            if isinstance(self._objective, FunctionObjective):
                lines = self._objective.lines
                tree |= {
                    "place": rule.gradients[line.target],
                    "derivatives": [_pieces(lines.by(name)) for name in self._names],
                    "sloped": [_pieces(with_slope(lines.by(name))) for name in self._names],
                }
        elif is_norm(line.node):
            vector = rule.norms[line.target]
            components = [Name(f"{vector}{index}") for index in range(len(self._names))]
            squares = sum_of_terms([Term("+", Binary("**", one, Number(2))) for one in components])
            tree |= {"norm": vector, "numbers": _pieces(Call("sqrt", (squares,)))}
        elif is_direction(line.node):
            gradient = rule.directions[line.target]
            tree |= {"direction": gradient, "most": MOST_IN_PLACE, "numbers": _pieces(line.node)}
        else:
            tree["numbers"] = _pieces(line.node)
        old = rule.replaces(line.target)
        # A sum with the old value shows both values with enough digits to be told apart.
        if old and Term("+", Name(old)) in terms_of_sum(line.node):
            tree["old"] = old
        return tree


class _Rate:
    """The values of a schedule's lines at every update, with explanations."""

    def __init__(self, schedule: Schedule, initial: float, updates: int) -> None:
        self._schedule, self._initial, self._updates = schedule, initial, updates
        self._columns: dict[str, Array] = {}
        self._reasons: dict[str, int] = {}
        self._reason = np.full(updates, np.nan)

    def add(self, update: Update) -> None:
        row, now = update.t - 1, schedule_state(update)
        if not self._columns or self._schedule.definition.changes:
            for name, value in self._schedule.numbers(self._initial, now).items():
                self._columns.setdefault(name, np.full(self._updates, np.nan))[row] = value
        why = self._schedule.explanation(now)
        self._reason[row] = self._reasons.setdefault(why, len(self._reasons))

    def tree(self, numbers: PageNumbers) -> Tree:
        kind = self._schedule.definition
        lines = [
            {
                "letter": PLAIN_TEXT.symbol(kind.symbols[line.target]),
                "letters": PLAIN_TEXT.line(line, kind.symbols),
                "target": line.target,
                "numbers": _pieces(line.node) if kind.changes else None,
            }
            for line in kind.program.lines
        ]
        # A constant rate has only the values of the first update.
        columns = ((name, column if kind.changes else column[:1]) for name, column in self._columns.items())
        return {
            "name": kind.target,
            "lines": lines,
            "measured": False,
            "computed": list(kind.program.by_target) if kind.changes else [],
            "values": {name: numbers.keep(column) for name, column in columns},
            "reasons": list(self._reasons),
            "reason": numbers.keep(self._reason),
        }


class _FoundRate:
    """The learning rates that the search of a run found, one per update."""

    def __init__(self, run: Run, updates: int) -> None:
        self._search, self._eta = run.search, np.full(updates, np.nan)

    def add(self, update: Update) -> None:
        self._eta[update.t - 1] = update.eta

    def tree(self, numbers: PageNumbers) -> Tree:
        letter = PLAIN_TEXT.symbol(of_letter("η"))
        return {
            "name": ETA,
            "lines": [{"letter": letter, "letters": letter, "target": ETA, "numbers": None}],
            "measured": True,
            "computed": [],
            "values": {ETA: numbers.keep(self._eta)},
            "reasons": [found_by(self._search)],
            "reason": numbers.keep(np.zeros(len(self._eta))),
        }


def _rates(run: Run, updates: int) -> list[_Rate] | list[_FoundRate]:
    if run.search.definition != FIXED:
        return [_FoundRate(run, updates)]
    rates = [_Rate(run.schedule, run.optimizer.eta, updates)]
    if run.optimizer.has_momentum:
        rates.append(_Rate(run.momentum_schedule, run.optimizer.number(GAMMA), updates))
    return rates


def _pieces(node: Node) -> list[str | list[str | int]]:
    """Split a right side into texts and slots for numbers: the name, and the least precedence that fits."""
    return [
        [piece.name, piece.least] if isinstance(piece, Slot) else in_language(piece)
        for piece in template(node, TEXT)
    ]
