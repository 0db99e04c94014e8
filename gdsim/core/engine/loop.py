"""Computing a run: the arguments of its compiled loop, and the fallback where the loop raises."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, count, cycle, islice
from struct import Struct
from typing import NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.loop_shape import Sum, adds_by_numpy, loop_shape
from gdsim.core.engine.loop_source import compiled_loop
from gdsim.core.engine.sparse_loss import losses_at_some
from gdsim.core.engine.sum_by_numpy import SumByNumpy
from gdsim.core.engine.sum_source import compiled_sum
from gdsim.core.engine.trajectory import RunStop, RunTable, StopReason
from gdsim.core.formulas.code_printing import GUARDED
from gdsim.core.formulas.evaluate import RAISED, evaluate, guarded_exp
from gdsim.core.model.batching import shuffled_rows
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run, RunClock
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import RISE
from gdsim.core.rules.update_rule import W

# Points in the form that a sum takes; see `sum_lines`.
Points: TypeAlias = Callable[..., tuple[float, ...]] | tuple[float, ...] | list[tuple[float, ...]]


class Beginning(NamedTuple):
    p: tuple[float, ...]
    memory: tuple[float, ...]  # Letter by letter, each for all parameters
    # How often the validation loss has risen, and what it was at the end of the last epoch.
    rises: int = 0
    validation_loss: float = math.inf
    stop: RunStop | None = None  # Why no update can follow
    searched: tuple[float, ...] = ()  # What a second-order method remembers; see `directions`
    spent: tuple[float, float] = (0.0, 0.0)  # Gradient evaluations, and points whose gradient was taken


class RunLoop:
    """The changing state of a run: ``done`` of its ``total`` updates are made.

    Both are counted from the start; a fork begins with its parent's updates done.
    """

    def __init__(self, run: Run, data: PointLoss, held_out: PointLoss, begins: Beginning) -> None:
        points = len(data.targets)
        self._run, self._rule, self._data = run, run.optimizer.update_rule, data
        self._held_out = sum_function(held_out) if run.schedule.needs_validation else None
        self._width = len(run.start)
        self._batch_size = run.batching.batch_size(points)
        self._clock = clock = run.clock(points)
        self.done, self.total = clock.first, max(clock.first, clock.end_of(run.epochs))
        self._shape = shape = loop_shape(run, points, data.objective)
        self._loop = compiled_loop(shape)
        row = Struct(f"{len(shape.row)}d")
        self._pack, self._row_bytes = row.pack_into, row.size
        self._state = (*begins.p, *begins.memory)
        self._settings = _settings(run)
        self._points = points_for_sum(shape.whole, data) if shape.whole else None
        self._batches = _batches(run, data, shape.gradient, clock) if shape.in_batches else iter(())
        self._exp: Callable[[float], float] = math.exp
        self._rises, self._validation_loss = begins.rises, begins.validation_loss
        self.spent = begins.spent
        # Why there is no update to make, or None.
        self.stop = begins.stop or (
            RunStop(StopReason.FINISHED, self.done) if self.done == self.total else None
        )

    @property
    def standing(self) -> Beginning:
        """The state in which a run that goes on from here would begin."""
        d = self._width
        return Beginning(self._state[:d], self._state[d:], self._rises, self._validation_loss)

    @property
    def first(self) -> int:
        return self._clock.first

    def start(self, table: RunTable) -> None:
        """Write the start, which follows no update, into the first row; for a fork its memory, too."""
        d, row = self._width, table.cells[0]
        row.fill(np.nan)
        row[1 : 1 + d] = self._state[:d]
        if self._run.fork:
            row[2 * d + 1 : 2 * d + 1 + len(self._state) - d] = self._state[d:]
        if self._shape.records_rises:
            row[-1] = self._rises
        table.loss[0] = loss_at(self._data, self._state[:d])

    def advance(self, table: RunTable, row: int, size: int) -> tuple[int, RunStop | None]:
        """Make up to ``size`` updates, and write them into a table, beginning at ``row``.

        Return the number of rows before the first one that is not finite, and why no more can be made, or
        None.
        """
        rows, made = min(size, self.total - self.done), 0
        cells = table.cells[row : row + rows]
        with np.errstate(all="ignore"):
            while made < rows and (not made or np.isfinite(cells[made - 1]).all()):
                made += self._make_updates(cells[made : made + self._updates_before_validation()])
            self._write_losses(table, row, made)
        good = self._finite_rows(cells[:made], table.loss[row : row + made])
        if not good.all():
            first_bad = int(np.argmin(good))
            return first_bad, RunStop(StopReason.DIVERGED, self.done - made + 1 + first_bad)
        return made, RunStop(StopReason.FINISHED, self.total) if self.done == self.total else None

    def _make_updates(self, cells: Array) -> int:
        """Fill ``cells`` with updates until one raises; return how many were made."""
        run = self._run
        rates = run.optimizer.eta, run.optimizer.gamma
        clock = self._clock
        counts = self.done, clock.per_epoch, self._rises, clock.epoch0, clock.t0
        end, batch = self._loop(
            self._pack,
            cells.data.cast("B"),
            (*self._state, *rates, *map(float, counts), *self._settings),
            self._points,
            self._batches,
            self._exp,
        )
        made: int = end // self._row_bytes
        self._take_over(cells[:made])
        if made == len(cells):
            return made
        # The first time, guard exp alone, because only a saturated sigmoid may have raised, and the guarded
        # loop is slower.
        if self._exp is not math.exp:
            self._loop = compiled_loop(self._shape, GUARDED)
        self._exp = guarded_exp
        self._batches = self._batches if batch is None else chain([batch], self._batches)
        return made

    def _take_over(self, cells: Array) -> None:
        """Take over the state after the last of these updates, and count a rise of the validation loss."""
        if not len(cells):
            return
        d, letters = self._width, len(self._rule.letters)
        numbers = cells[-1].tolist()
        self._state = (*numbers[1 : d + 1], *numbers[2 * d + 1 : (2 + letters) * d + 1])
        self.done += len(cells)
        if self._held_out and self._updates_before_validation() == self._clock.per_epoch:
            loss = self._held_out(self._state[:d])[0]
            self._rises += int(loss > RISE * self._validation_loss)
            self._validation_loss = loss

    def _updates_before_validation(self) -> int:
        """Return how many updates may be made before the validation loss has to be evaluated."""
        per_epoch = self._clock.per_epoch
        return per_epoch - (self.done - self._clock.epoch0) % per_epoch if self._held_out else self.total

    def _write_losses(self, table: RunTable, row: int, made: int) -> None:
        """Write the losses that the loop has not written: the last one, or all of them."""
        shape = self._shape
        if shape.loss_with_gradient:  # each row has the loss before its update
            table.loss[row + made - 1] = loss_at(self._data, self._state[: self._width])
        elif not shape.loss:
            steps = range(self.done - made + 1, self.done + 1)
            p = table.cells[row : row + made, 1 : 1 + self._width]
            table.loss[row : row + made] = losses_at_some(
                self._data, p, steps, self._batch_size, self.total, self._clock.epoch0
            )

    def _finite_rows(self, cells: Array, loss: Array) -> Flags:
        """Return which rows have finite parameters and memory, and a loss that is finite or not computed."""
        d, letters = self._width, len(self._rule.letters)
        p, state = cells[:, 1 : d + 1], cells[:, 2 * d + 1 : (2 + letters) * d + 1]
        # Where only some losses are computed, NaN stands for the others.
        every = self._shape.loss is not None or self._shape.loss_with_gradient
        known = np.isfinite(loss) if every else ~np.isinf(loss)
        return known & np.isfinite(p).all(axis=1) & np.isfinite(state).all(axis=1)


def loss_at(data: PointLoss, p: Sequence[float]) -> float:
    """Return the loss over all points, bit for bit as the loop computes it."""
    return sum_function(data)(p)[0]


def gradient_at(data: PointLoss, p: Sequence[float], size: int = 0) -> tuple[float, ...]:
    """Return the gradient over all points, bit for bit as the loop computes it.

    ``size`` is the batch size of the run, if it has one: even the smaller last batch of an epoch is summed in
    the way that suits this size.
    """
    return sum_function(data, size)(p)[1:]


def sum_function(data: PointLoss, size: int = 0) -> Callable[[Sequence[float]], tuple[float, ...]]:
    """Return a function from parameters to the loss and its gradient over all points; see `gradient_at`.

    Where Python's floats would raise, the results follow IEEE 754.
    """
    points = size if adds_by_numpy(size, data.objective) else len(data.targets)
    sum_ = Sum.over(points, data.objective, data.total if isinstance(data, Neuron) else 0)
    return _sum_function(sum_, points_for_sum(sum_, data), data.dimension)


def _sum_function(
    sum_: Sum, points: Points | None, dimension: int
) -> Callable[[Sequence[float]], tuple[float, ...]]:
    plain = compiled_sum(dimension, sum_)

    def at(p: Sequence[float]) -> tuple[float, ...]:
        try:
            # float raises for the complex root of a negative number.
            return tuple(map(float, plain(points, guarded_exp, *p)))
        except RAISED:
            return compiled_sum(dimension, sum_, GUARDED)(points, guarded_exp, *p)

    def of_arrays(p: Sequence[float]) -> tuple[float, ...]:
        with np.errstate(all="ignore"):
            return plain(points, guarded_exp, *p)

    return of_arrays if sum_.by_numpy else at


def memory_at_start(optimizer: Optimizer, start: tuple[float, ...]) -> tuple[float, ...]:
    """Return the memory before the first update: letter by letter, each for all parameters."""
    starts = optimizer.update_rule.starts
    return tuple(
        evaluate(starts[letter], {**optimizer.numbers, W: value}) if letter in starts else 0.0
        for letter in optimizer.update_rule.letters
        for value in start
    )


def _settings(run: Run) -> tuple[float, ...]:
    """Return the settings of the rule and of its changing schedules, in the order of `LoopShape.numbers`."""
    own = (run.optimizer.numbers[name] for name in run.optimizer.update_rule.constants)
    changing = [one for one in (run.schedule, run.momentum_schedule) if one.definition.changes]
    return (*own, *(float(value) for one in changing for value in one.values))


def points_for_sum(sum_: Sum, data: PointLoss) -> Points:
    """Return points in the form that a sum takes; see `sum_lines`."""
    if sum_.by_numpy and isinstance(data, Neuron):
        return SumByNumpy(data)
    points = _listed(data)
    return tuple(chain(*points)) if sum_.unrolled else points


def _listed(data: PointLoss) -> list[tuple[float, ...]]:
    """Return points as (x1, .., xd, y)."""
    return list(zip(*(column.tolist() for column in data.columns), strict=True))


def _batches(run: Run, data: PointLoss, sum_: Sum, clock: RunClock) -> Iterator[Points]:
    """Yield the points of each remaining update, in the form that the sum takes."""
    epoch0, begun = clock.epoch(clock.first), (clock.first - clock.epoch0) % clock.per_epoch
    n, size = len(data.targets), run.batching.batch_size(len(data.targets))
    points = [] if sum_.by_numpy else _listed(data)

    def epoch(order: Rows) -> Iterator[Points]:
        if sum_.by_numpy and isinstance(data, Neuron):
            return (SumByNumpy(data.rows(order[first : first + size])) for first in range(0, n, size))
        rows = order.tolist()
        batches = ([points[row] for row in rows[first : first + size]] for first in range(0, n, size))
        return (tuple(chain(*batch)) for batch in batches) if sum_.unrolled else batches

    if run.batching.shuffles:
        orders = (shuffled_rows(n, number, run.seed) for number in count(epoch0))
        return islice(chain.from_iterable(epoch(order) for order in orders), begun, None)
    return islice(cycle(epoch(np.arange(n))), begun, None)
