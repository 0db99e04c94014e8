"""Slips in which points feed an update, and in what a new epoch begins with."""

from dataclasses import replace

import numpy as np

from gdsim.core.exercises.check.slip import Pending, Slip, in_batches
from gdsim.core.model.experiment import Run
from gdsim.core.model.neuron import Neuron


def _fed_by(pending: Pending, batch: Neuron) -> Pending:
    return replace(pending, batch=batch, gradient=batch.gradient)


def _all_points(pending: Pending) -> Pending:
    return _fed_by(pending, pending.data)


def _rows_in_table_order(pending: Pending) -> slice:
    """Return the rows that the update would use without shuffling."""
    n, regime = len(pending.data.targets), pending.run.regime
    size = regime.batch_size(n)
    first = (pending.rates.t - 1) % regime.updates_per_epoch(n) * size
    return slice(first, min(n, first + size))


def _table_order(pending: Pending) -> Pending:
    return _fed_by(pending, pending.data.rows(_rows_in_table_order(pending)))


def _backwards(pending: Pending) -> Pending:
    backwards = np.arange(len(pending.data.targets))[::-1]
    return _fed_by(pending, pending.data.rows(backwards[_rows_in_table_order(pending)]))


def _from_the_second(pending: Pending) -> Pending:
    rolled = np.roll(np.arange(len(pending.data.targets)), -1)
    return _fed_by(pending, pending.data.rows(rolled[_rows_in_table_order(pending)]))


def _one_point(pending: Pending) -> Pending:
    """Use one point after the other, as stochastic descent does."""
    row = (pending.rates.t - 1) % len(pending.data.targets)
    return _fed_by(pending, pending.data.rows(slice(row, row + 1)))


def _forgetful(pending: Pending) -> Pending:
    """Begin each epoch without memory."""
    per_epoch = pending.run.regime.updates_per_epoch(len(pending.data.targets))
    if (pending.rates.t - 1) % per_epoch:
        return pending
    return replace(pending, state=pending.run.optimizer.init(pending.p))


def _shuffles(run: Run, points: int) -> bool:
    return in_batches(run, points) and run.regime.shuffle


def _takes_table_order(run: Run, points: int) -> bool:
    return in_batches(run, points) and not run.regime.shuffle


def _is_whole(run: Run, points: int) -> bool:
    return not in_batches(run, points) and points > 1


def _remembers(run: Run, points: int) -> bool:
    return in_batches(run, points) and bool(run.optimizer.State._fields)


SLIPS = (
    Slip("all-points", "All points were used; this run's updates use some of them.", in_batches, _all_points),
    Slip(
        "one-point",
        "One point after the other was used; this run's updates use all of them.",
        _is_whole,
        _one_point,
    ),
    Slip(
        "table-order",
        "The points were taken in table order; this run shuffles them.",
        _shuffles,
        _table_order,
    ),
    Slip("backwards", "The points were taken from the last to the first.", _takes_table_order, _backwards),
    Slip(
        "from-the-second",
        "The points were taken from the second on; the first update uses the first.",
        _takes_table_order,
        _from_the_second,
    ),
    Slip(
        "forgetful",
        "The memory was set to 0 at the start of every epoch; it runs on.",
        _remembers,
        _forgetful,
    ),
)
