"""The engine: turns the description of a run into its steps.

It is a plain generator. It has never heard of signals, clocks or sleep: whoever drives it decides
how many steps come next, by sending that number in.
"""

import math
from collections.abc import Generator, Iterator
from itertools import islice

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.sparse_loss import loss_interval, steps_with_loss
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk, Columns
from gdsim.core.model.experiment import Experiment, Run, start_array
from gdsim.core.model.neuron import Neuron
from gdsim.core.rules.optimizers.base import AnyState, MomentumRule, Rates
from gdsim.core.rules.schedules import Moment, Rate

FIRST_CHUNK = 16
# Rows in one chunk at most: bounds the memory of a chunk and the delay of an answer.
LARGEST_CHUNK = 4096


def chunks(experiment: Experiment) -> Generator[Chunk, int | None, None]:
    """Yield the record of every run of ``experiment``, a chunk of each in turn.

    First come the starts of all runs. The consumer may send the size of the next chunk; the numbers
    do not depend on it.
    """
    flying = [flight(experiment, index) for index in range(len(experiment.runs))]
    size: int | None = None
    for run in flying:
        size = yield next(run)
    while flying:
        for run in list(flying):
            chunk = run.send(size)
            if chunk.stop:
                flying.remove(run)
            size = yield chunk


def flight(experiment: Experiment, index: int) -> Generator[Chunk, int | None, None]:
    """Yield the record of one run of ``experiment``.

    The first chunk is the start, row 0; the last one carries the `Stop`. The consumer may send the
    size of the next chunk.
    """
    run = experiment.runs[index]
    data, held_out = Neuron.fitting(experiment.points), Neuron.fitting(experiment.validation)
    record = simulate(run, data, held_out, start_array(run))
    columns, stop = next(record)
    first = 0
    while True:
        size = yield Chunk(index, first, columns, stop)
        if stop:
            return
        first += len(columns.loss)
        columns, stop = record.send(size)


def simulate(
    run: Run, data: Neuron, held_out: Neuron, start: Array
) -> Generator[tuple[Columns, Stop | None], int | None, None]:
    """Yield the record of one run, or of a batch of runs that differ in their start only.

    Parameters
    ----------
    run : Run
        Its own start is not used.
    data, held_out : Neuron
        Training and validation points; the latter may be empty.
    start : (..., d + 1) array
        Where to start; leading axes are a batch of runs.

    Yields
    ------
    columns : Columns
        First the start alone, then as many steps as were sent in.
    stop : Stop or None
        Set on the last of them. A batch stops as diverged when all of its runs have.
    """
    steps = _Steps(run, data, held_out, start)
    columns = steps.start_row()
    stop: Stop | None = None
    while True:
        size = yield columns, stop
        if stop:
            return
        first = steps.done + 1
        columns = steps.advance(min(size or FIRST_CHUNK, LARGEST_CHUNK))
        stop = _divergence(columns, first, steps.has_loss(first, len(columns.loss)))
        if stop:
            columns = columns.head(stop.step - first)
        elif steps.done == steps.total:
            stop = Stop(StopReason.FINISHED, steps.total)


class _Asked:
    """The current batch's gradient as a function that remembers its last answer."""

    __slots__ = ("answer", "batch")

    def __init__(self, batch: Neuron, like: Array) -> None:
        self.batch = batch
        self.answer = np.full_like(like, np.nan)

    def __call__(self, p: Array) -> Array:
        self.answer = self.batch.gradient(p)
        return self.answer


class _Steps:
    """A run in flight: everything that changes from one update to the next."""

    def __init__(self, run: Run, data: Neuron, held_out: Neuron, start: Array) -> None:
        self.run = run
        self.data = data
        self.held_out = held_out
        self.p = start
        self.state: AnyState = run.optimizer.init(start)
        self.done = 0
        points = len(data.targets)
        self.total = run.epochs * run.regime.updates_per_epoch(points)
        self._batch_size = run.regime.batch_size(points)
        self._always = loss_interval(points, self._batch_size) == 1
        self._batches = self._epochs()
        self._asked = _Asked(data, start)
        rule = run.optimizer
        self._gamma = rule.gamma if isinstance(rule, MomentumRule) else math.nan
        self._rises: Rate = 0.0
        self._validation_loss: Rate = math.inf

    def start_row(self) -> Columns:
        """Return the record of the start, which had no update."""
        columns = self._room(1)
        for column in columns:
            column.fill(np.nan)
        columns.p[0] = self.p
        columns.loss[0] = self.data.loss(self.p)
        return columns

    def advance(self, size: int) -> Columns:
        """Make up to ``size`` updates and return their record."""
        columns, first = self._room(min(size, self.total - self.done)), self.done + 1
        with np.errstate(all="ignore"):
            for row, (epoch, batch) in enumerate(islice(self._batches, len(columns.loss))):
                self._update(columns, row, epoch, batch)
            known = self.has_loss(first, len(columns.loss))
            if known is None:
                columns.loss[:] = self.data.loss(columns.p)
            else:
                columns.loss.fill(np.nan)
                columns.loss[known] = self.data.loss(columns.p[known])
        return columns

    def has_loss(self, first: int, count: int) -> Flags | None:
        """Return at which of some steps the loss is computed; None when it always is."""
        if self._always:
            return None
        return steps_with_loss(
            range(first, first + count), len(self.data.targets), self._batch_size, self.total
        )

    def _update(self, columns: Columns, row: int, epoch: int, batch: Neuron) -> None:
        run, asked = self.run, self._asked
        asked.batch = batch
        eta = run.schedule.rate(run.optimizer.eta, Moment(self.done, epoch, self._rises))
        gamma = run.momentum_schedule.momentum(self._gamma, self.done)
        self.done += 1
        self.p, self.state = run.optimizer.step(asked, self.p, self.state, Rates(eta, gamma, self.done))
        columns.p[row] = self.p
        columns.gradient[row] = asked.answer
        columns.eta[row] = eta[..., 0] if isinstance(eta, np.ndarray) else eta
        columns.gamma[row] = gamma
        for index, variable in enumerate(self.state):
            columns.state[index, row] = variable

    def _epochs(self) -> Iterator[tuple[int, Neuron]]:
        for epoch in range(self.run.epochs):
            if epoch and self.run.schedule.needs_validation:
                self._look_at_validation()
            for batch in self.run.regime.batches(self.data, epoch, self.run.seed):
                yield epoch, batch

    def _look_at_validation(self) -> None:
        loss = self.held_out.loss(self.p)[..., np.newaxis]  # one for each run, not for each parameter
        self._rises = self._rises + np.greater(loss, self._validation_loss).astype(np.float64)
        self._validation_loss = loss

    def _room(self, n: int) -> Columns:
        return Columns.room(n, self.p.shape, len(self.run.optimizer.State._fields))


def _divergence(columns: Columns, first: int, has_loss: Flags | None) -> Stop | None:
    """Return the stop at the first row from which no run of the batch has finite numbers.

    Losses that were not computed tell nothing.
    """
    computed = columns.loss if has_loss is None else columns.loss[has_loss]
    # The usual case, without reducing along short axes, which is slow.
    if all(np.isfinite(column).all() for column in (computed, columns.p, columns.state)):
        return None
    good = np.isfinite(columns.loss)
    if has_loss is not None:
        good[~has_loss] = True
    good &= np.logical_and.reduce(np.isfinite(columns.p), axis=-1)
    good &= np.logical_and.reduce(np.isfinite(columns.state), axis=(0, -1))
    alive: Flags = np.logical_or.reduce(good.reshape(len(good), -1), axis=1)
    if alive.all():
        return None
    return Stop(StopReason.DIVERGED, first + int(np.argmin(alive)))
