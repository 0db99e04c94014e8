"""The steps of one run, made by a compiled loop over plain floats.

A sum over at most `MOST_PLAIN` points is made in plain floats, in the order of the table, as by hand or in the
exported script; a sum over more is NumPy's. The two round differently in the last bit.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, count, cycle
from struct import Struct
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_source import FLOAT_BYTES, LoopShape, Sum, compiled_loop, compiled_sum
from gdsim.core.engine.sparse_loss import losses_at_some
from gdsim.core.engine.trajectory import Columns
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays
from gdsim.core.formulas.program import is_gradient
from gdsim.core.model.batching import shuffled_rows
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import Neuron, SumByNumpy
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, W

# Measured: over more points NumPy is as fast as plain floats.
MOST_PLAIN = 50
# Up to so many points each has lines of its own in the loop, which saves going through a list.
_UNROLLED = 8
_LARGEST_EXPONENT = 709.782712893384

# The loss and the gradient over some points, at parameters.
Evaluation = Callable[..., tuple[float, ...]]


class RunLoop:
    """A run under way: everything that changes from one update to the next.

    Parameters
    ----------
    run : Run
    data, held_out : Neuron
        Training and validation points; the latter may be empty.

    Attributes
    ----------
    done, total : int
        Updates made, and in all.
    """

    def __init__(self, run: Run, data: Neuron, held_out: Neuron) -> None:
        points = len(data.targets)
        self._run, self._rule, self._data, self._held_out = run, run.optimizer.update_rule, data, held_out
        self._batch_size = run.batching.batch_size(points)
        self._per_epoch = run.batching.updates_per_epoch(points)
        self.done, self.total = 0, run.epochs * self._per_epoch
        self._shape = shape = loop_shape(run, data)
        self._loop = compiled_loop(shape)
        self._pack = Struct(f"{len(shape.row)}d").pack_into
        self._state = (*run.start, *memory_at_start(run.optimizer, run.start))
        self._settings = _settings(run, shape)
        whole = shape.loss or shape.gradient
        self._points = None if shape.in_batches and not shape.loss else _in_form(whole, data)
        self._batches = _batches(run, data, shape) if shape.in_batches else None
        self._evaluate: Any = _by_numpy if shape.in_batches else SumByNumpy(*data.columns)
        self._exp: Callable[[float], float] = math.exp
        self._rises, self._validation_loss = 0, math.inf

    def start_row(self) -> Columns:
        """Return the record of the start, which had no update."""
        columns = Columns.room(1, (len(self._run.start),), len(self._rule.letters))
        for column in columns:
            column.fill(np.nan)
        columns.p[0] = self._run.start
        columns.loss[0] = loss_at(self._data, self._run.start)
        return columns

    def advance(self, size: int) -> Columns:
        """Make up to ``size`` updates and return their record; fewer, when there is no number to go on with."""
        rows, made = min(size, self.total - self.done), 0
        table = np.empty((rows, len(self._shape.row)))
        with np.errstate(all="ignore"):
            while made < rows and (not made or np.isfinite(table[made - 1]).all()):
                made += self._make(table, made, min(rows, made + self._steps_at_known_rates()))
            return self._columns(table[:made])

    def _steps_at_known_rates(self) -> int:
        """Return how many updates may be made before the validation loss decides on the rate again."""
        if not self._run.schedule.needs_validation:
            return self.total
        position = self.done % self._per_epoch
        if self.done and not position:
            loss = loss_at(self._held_out, self._state[: len(self._run.start)])
            self._rises += loss > self._validation_loss
            self._validation_loss = loss
        return self._per_epoch - position

    def _make(self, table: Array, first: int, last: int) -> int:
        """Make the updates of some rows, or as many as can be made at once; return how many, one at least."""
        width = FLOAT_BYTES * table.shape[1]
        offset, batch = self._loop(
            self._pack, table.data.cast("B"), first * width, last * width, self.done, *self._rates(),
            self._settings, self._points, self._state, self._batches, self._exp, self._evaluate,
        )  # fmt: skip
        made = int(offset) // width - first
        if made:
            self._count(made, table[first + made - 1])
        if first + made == last:
            return made
        # The next step raises. Perhaps only a sigmoid is saturated; if it is more, NumPy makes this step.
        if self._exp is math.exp:
            self._exp = guarded_exp
            if batch is not None:
                self._batches = chain([batch], self._batches or ())
            return made or self._make(table, first, last)
        if batch is None and self._batches is not None:
            batch = next(self._batches)
        table[first + made] = self._step_by_numpy(batch)
        self._count(1, table[first + made])
        return made + 1

    def _count(self, updates: int, row: Array) -> None:
        """Take note of updates that were made, up to the one that is recorded in a row."""
        d, letters = len(self._run.start), len(self._rule.letters)
        numbers = row.tolist()
        self._state = (*numbers[1 : d + 1], *numbers[2 * d + 1 : (2 + letters) * d + 1])
        self.done += updates

    def _rates(self) -> tuple[float, float]:
        """Return the rates from which the schedules in the loop start, or which stay until the next call."""
        run, state = self._run, ScheduleState(self.done, self.done // self._per_epoch, self._rises)
        eta = run.optimizer.eta if self._shape.eta else run.schedule.rate(run.optimizer.eta, state)
        return eta, initial_momentum(run.optimizer)

    def _step_by_numpy(self, batch: Any) -> list[float]:
        """Return the row of the next update, in the arithmetic of IEEE 754 where Python's floats raise."""
        run, shape, d = self._run, self._shape, len(self._run.start)
        now = ScheduleState(self.done, self.done // self._per_epoch, self._rises)
        p = np.array(self._state[:d])
        values: dict[str, Any] = {name: np.float64(value) for name, value in run.optimizer.numbers.items()}
        values[ETA] = np.float64(run.schedule.rate(run.optimizer.eta, now))
        values[GAMMA] = np.float64(run.momentum_schedule.rate(initial_momentum(run.optimizer), now))
        values |= {W: p, T: np.float64(self.done + 1)}
        values |= dict(zip(self._rule.letters, np.array(self._state[d:]).reshape(-1, d), strict=True))
        points = batch[1] if shape.counts_epochs else batch if shape.in_batches else self._points
        row: dict[str, Any] = {"_loss": 0.0}
        for line in self._rule.program.lines:
            if is_gradient(line.node):
                place = values[self._rule.gradients[line.target]].tolist()
                loss, *gradient = self._evaluation(points)(*place)
                row.setdefault("with first gradient", loss)
                values[line.target] = np.array(gradient)
            else:
                values[line.target] = evaluate_arrays(line.node, values)
        after = np.broadcast_to(values[W_NEXT], d).tolist()
        loss = row["with first gradient"]
        if shape.loss:
            loss = compiled_sum(d - 1, shape.loss)(self._points, *after, guarded_exp)[0]
        state = (letter + NEW for letter in self._rule.letters)
        recorded = [np.broadcast_to(values[name], d).tolist() for name in (self._rule.last_gradient, *state)]
        return [loss, *after, *chain(*recorded), *(float(values[name]) for name in shape.recorded)]

    def _evaluation(self, points: Any) -> Evaluation:
        sum_, d = self._shape.gradient, len(self._run.start)
        if sum_.by_numpy:
            return partial(self._evaluate, points) if self._shape.in_batches else self._evaluate
        return lambda *p: compiled_sum(d - 1, sum_)(points, *p, guarded_exp)

    def _columns(self, table: Array) -> Columns:
        """Return the record that a table of rows holds."""
        run, shape, d, letters = self._run, self._shape, len(self._run.start), len(self._rule.letters)
        p, rest = table[:, 1 : d + 1], table[:, d + 1 :]
        state = rest[:, d : (1 + letters) * d].reshape(len(table), letters, d).transpose(1, 0, 2)
        rates = {name: table[:, shape.row.index(name)] for name in shape.recorded}
        eta = rates.get(ETA, np.broadcast_to(run.optimizer.eta, len(table)))
        gamma = rates.get(GAMMA, np.broadcast_to(initial_momentum(run.optimizer), len(table)))
        return Columns(p, self._losses(table, p), rest[:, :d], eta, gamma, state)

    def _losses(self, table: Array, p: Array) -> Array:
        shape = self._shape
        if shape.loss:
            return table[:, 0]
        if shape.loss_with_gradient:  # each row has the loss before its update
            last = loss_at(self._data, p[-1].tolist())
            return np.append(table[1:, 0], last)
        first = self.done - len(table) + 1
        return losses_at_some(self._data, p, range(first, self.done + 1), self._batch_size, self.total)


def _by_numpy(columns: tuple[Array, ...], *p: float) -> tuple[float, ...]:
    return SumByNumpy(*columns)(*p)


def guarded_exp(value: float) -> float:
    """Return e^value; infinite where `math.exp` raises."""
    return math.inf if value > _LARGEST_EXPONENT else math.exp(value)


def loss_at(data: Neuron, p: tuple[float, ...] | list[float]) -> float:
    """Return the loss over all points as the loop has it, down to the last bit."""
    return _at(data)(*p)[0]


def gradient_at(data: Neuron, p: tuple[float, ...] | list[float]) -> tuple[float, ...]:
    """Return the gradient over all points as the loop has it, down to the last bit."""
    return _at(data)(*p)[1:]


def _at(data: Neuron) -> Evaluation:
    sum_ = _sum(len(data.targets))
    if sum_.by_numpy:
        return SumByNumpy(*data.columns)
    points = _in_form(sum_, data)
    return lambda *p: compiled_sum(len(p) - 1, sum_)(points, *p, guarded_exp)


def initial_momentum(optimizer: Optimizer) -> float:
    """Return the momentum that is set; NaN for a rule without one."""
    return optimizer.number(GAMMA) if optimizer.has_momentum else math.nan


def memory_at_start(optimizer: Optimizer, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return the memory before the first update: letter by letter, each for all parameters."""
    starts = {line.target: line.node for line in optimizer.update_rule.program.starts}
    return tuple(
        evaluate(starts[letter], {**optimizer.numbers, W: value}) if letter in starts else 0.0
        for letter in optimizer.update_rule.letters
        for value in start
    )


def loop_shape(run: Run, data: Neuron) -> LoopShape:
    """Return the shape of a run's loop."""
    points = len(data.targets)
    size = run.batching.batch_size(points)
    in_batches = size < points or run.batching.shuffles
    gradient = _sum(size)
    if in_batches and points % size:
        gradient = gradient._replace(unrolled=0)  # the last batch of an epoch is smaller
    rule = run.optimizer.update_rule
    shape = LoopShape(
        rule,
        data.inputs.shape[1] - 1,
        gradient,
        in_batches,
        eta=run.schedule.definition
        if run.schedule.definition.changes and not run.schedule.needs_validation
        else None,
        gamma=run.momentum_schedule.definition if run.momentum_schedule.definition.changes else None,
        recorded=tuple(
            one.definition.target for one in (run.schedule, run.momentum_schedule) if one.definition.changes
        ),
    )
    whole = _sum(points)
    return shape if shape.loss_with_gradient or whole.by_numpy else shape._replace(loss=whole)


def _sum(points: int) -> Sum:
    by_numpy = points > MOST_PLAIN
    return Sum(points if points <= _UNROLLED and not by_numpy else 0, by_numpy)


def _settings(run: Run, shape: LoopShape) -> tuple[float, ...]:
    """Return the numbers that the loop unpacks its settings from."""
    own = [value for name, value in run.optimizer.numbers.items() if name not in (ETA, GAMMA)]
    schedules = [
        one for one, kind in ((run.schedule, shape.eta), (run.momentum_schedule, shape.gamma)) if kind
    ]
    return (*own, *(value for one in schedules for value in one.values))


def _in_form(sum_: Sum, data: Neuron) -> Any:
    """Return points in the form in which a sum takes them."""
    if sum_.by_numpy:
        return data.columns
    points = list(zip(*(column.tolist() for column in data.columns), strict=True))
    return tuple(chain(*points)) if sum_.unrolled else points


def _batches(run: Run, data: Neuron, shape: LoopShape) -> Iterator[Any]:
    """Yield the points of each update, in the form in which the loop takes them."""
    n, size = len(data.targets), run.batching.batch_size(len(data.targets))
    starts = range(0, n, size)
    if not run.batching.shuffles:
        each = [_in_form(shape.gradient, data.rows(slice(first, first + size))) for first in starts]
        if not shape.counts_epochs:
            yield from cycle(each)
        for epoch in count():
            yield from ((epoch, batch) for batch in each)
    points = (
        None if shape.gradient.by_numpy else list(zip(*(one.tolist() for one in data.columns), strict=True))
    )
    for epoch in count():
        order = shuffled_rows(n, epoch, run.seed)
        rows = order.tolist() if points else order
        for first in starts:
            chosen = rows[first : first + size]
            if points is None:
                batch: Any = data.rows(chosen).columns
            else:
                batch = [points[row] for row in chosen]
                batch = tuple(chain(*batch)) if shape.gradient.unrolled else batch
            yield (epoch, batch) if shape.counts_epochs else batch
