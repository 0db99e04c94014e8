"""The steps of one run, made by a compiled loop over plain floats.

A sum over at most `MOST_PLAIN` points is made in plain floats, in the order of the table, as by hand or in the
exported script; a sum over more is NumPy's. The two round differently in the last bit.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, count, cycle
from struct import Struct
from typing import Any, TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop_source import (
    FLOAT_BYTES,
    LoopShape,
    Sum,
    compiled_loop,
    compiled_sum,
    initial_momentum,
    loop_shape,
    sum_over,
)
from gdsim.core.engine.sparse_loss import losses_at_some
from gdsim.core.engine.trajectory import RunTable
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays
from gdsim.core.formulas.program import is_gradient
from gdsim.core.model.batching import shuffled_rows
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import Neuron, SumByNumpy
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.rules.update_rule import ETA, GAMMA, NEW, W_NEXT, T, W

_LARGEST_EXPONENT = 709.782712893384

# The loss and the gradient over some points, at parameters.
Evaluation = Callable[..., tuple[float, ...]]
# Points in the form in which a sum takes them: columns of numbers, a tuple of all numbers, or a list of rows.
Points: TypeAlias = "tuple[Array, ...] | tuple[float, ...] | list[tuple[float, ...]]"


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
        self._shape = shape = loop_shape(run, points)
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

    def start(self, table: RunTable) -> None:
        """Write the start, which had no update, into the first row."""
        row = table.cells[0]
        row.fill(np.nan)
        row[1 : 1 + len(self._run.start)] = self._run.start
        table.loss[0] = loss_at(self._data, self._run.start)

    def advance(self, table: RunTable, row: int, size: int) -> int:
        """Make up to ``size`` updates, and write them into a table from a row on.

        Returns
        -------
        int
            How many were made: fewer, when the run ends, or there is no number to go on with.
        """
        rows, made = min(size, self.total - self.done), 0
        cells = table.cells[row : row + rows]
        with np.errstate(all="ignore"):
            while made < rows and (not made or np.isfinite(cells[made - 1]).all()):
                made += self._make(cells, made, min(rows, made + self._steps_at_known_rises()))
            self._write_losses(table, row, made)
        return made

    def _steps_at_known_rises(self) -> int:
        """Return how many updates may be made before it is asked again whether the validation loss rose."""
        if not self._run.schedule.needs_validation:
            return self.total
        position = self.done % self._per_epoch
        if self.done and not position:
            loss = loss_at(self._held_out, self._state[: len(self._run.start)])
            self._rises += int(loss > self._validation_loss)
            self._validation_loss = loss
        return self._per_epoch - position

    def _make(self, cells: Array, first: int, last: int) -> int:
        """Make the updates of some rows, or as many as can be made at once; return how many, one at least."""
        width = FLOAT_BYTES * len(self._shape.row)
        offset, batch = self._loop(
            self._pack, cells.data.cast("B"), first * width, last * width, float(self.done), float(self._rises),
            self._run.optimizer.eta, initial_momentum(self._run.optimizer), self._settings,
            self._points, self._state, self._batches, self._exp, self._evaluate,
        )  # fmt: skip
        made = offset // width - first
        if made:
            self._count(made, cells[first + made - 1])
        if first + made == last:
            return made
        # The next step raises. Perhaps only a sigmoid is saturated; if it is more, NumPy makes this step.
        if self._exp is math.exp:
            self._exp = guarded_exp
            if batch is not None:
                self._batches = chain([batch], self._batches or ())
            return made or self._make(cells, first, last)
        if batch is None and self._batches is not None:
            batch = next(self._batches)
        cells[first + made] = self._step_by_numpy(batch)
        self._count(1, cells[first + made])
        return made + 1

    def _count(self, updates: int, row: Array) -> None:
        """Take note of updates that were made, up to the one that is recorded in a row."""
        d, letters = len(self._run.start), len(self._rule.letters)
        numbers = row.tolist()
        self._state = (*numbers[1 : d + 1], *numbers[2 * d + 1 : (2 + letters) * d + 1])
        self.done += updates

    def _step_by_numpy(self, batch: Any) -> list[float]:  # noqa: ANN401 - what `_batches` yields
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

    def _evaluation(self, points: Any) -> Evaluation:  # noqa: ANN401 - as `_in_form` makes them
        sum_, d = self._shape.gradient, len(self._run.start)
        if sum_.by_numpy:
            return partial(self._evaluate, points) if self._shape.in_batches else self._evaluate
        return lambda *p: compiled_sum(d - 1, sum_)(points, *p, guarded_exp)

    def _write_losses(self, table: RunTable, row: int, made: int) -> None:
        """Write the losses that the loop has not written: the last one, or all of them."""
        shape = self._shape
        if shape.loss_with_gradient:  # each row has the loss before its update
            table.loss[row + made - 1] = loss_at(self._data, self._state[: len(self._run.start)])
        elif not shape.loss:
            steps = range(self.done - made + 1, self.done + 1)
            p = table.cells[row : row + made, 1 : 1 + len(self._run.start)]
            table.loss[row : row + made] = losses_at_some(self._data, p, steps, self._batch_size, self.total)


def _by_numpy(columns: tuple[Array, ...], *p: float) -> tuple[float, ...]:
    return SumByNumpy(*columns)(*p)


def guarded_exp(value: float) -> float:
    """Return e^value; infinite where `math.exp` raises."""
    return math.inf if value > _LARGEST_EXPONENT else math.exp(value)


def loss_at(data: Neuron, p: tuple[float, ...] | list[float]) -> float:
    """Return the loss over all points as the loop has it, down to the last bit."""
    return _at(data, p)[0]


def gradient_at(data: Neuron, p: tuple[float, ...] | list[float]) -> tuple[float, ...]:
    """Return the gradient over all points as the loop has it, down to the last bit."""
    return _at(data, p)[1:]


def _at(data: Neuron, p: tuple[float, ...] | list[float]) -> tuple[float, ...]:
    sum_ = sum_over(len(data.targets))
    if not sum_.by_numpy:
        return compiled_sum(len(p) - 1, sum_)(_in_form(sum_, data), *p, guarded_exp)
    with np.errstate(all="ignore"):
        return SumByNumpy(*data.columns)(*p)


def memory_at_start(optimizer: Optimizer, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return the memory before the first update: letter by letter, each for all parameters."""
    starts = {line.target: line.node for line in optimizer.update_rule.program.starts}
    return tuple(
        evaluate(starts[letter], {**optimizer.numbers, W: value}) if letter in starts else 0.0
        for letter in optimizer.update_rule.letters
        for value in start
    )


def _settings(run: Run, shape: LoopShape) -> tuple[float, ...]:
    """Return the numbers that the loop unpacks its settings from."""
    own = [value for name, value in run.optimizer.numbers.items() if name not in (ETA, GAMMA)]
    schedules = [
        one for one, kind in ((run.schedule, shape.eta), (run.momentum_schedule, shape.gamma)) if kind
    ]
    return (*own, *(float(value) for one in schedules for value in one.values))


def _in_form(sum_: Sum, data: Neuron) -> Points:
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
            yield from ((float(epoch), batch) for batch in each)
    points = (
        None if shape.gradient.by_numpy else list(zip(*(one.tolist() for one in data.columns), strict=True))
    )
    for epoch in count():
        order = shuffled_rows(n, epoch, run.seed)
        rows = order.tolist() if points else order
        for first in starts:
            chosen = rows[first : first + size]
            if points is None:
                batch: Points = data.rows(chosen).columns
            else:
                batch = [points[row] for row in chosen]
                batch = tuple(chain(*batch)) if shape.gradient.unrolled else batch
            yield (float(epoch), batch) if shape.counts_epochs else batch
