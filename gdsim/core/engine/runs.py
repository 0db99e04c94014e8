"""The engine: turns the description of a run into its steps.

It knows nothing of signals, clocks or sleep: whoever drives it says how many steps come next.
"""

from collections.abc import Generator
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Flags
from gdsim.core.engine.loop import RunLoop
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk, Columns, RunTable, Trajectory
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Progress

FIRST_CHUNK = 64
# Rows in one chunk at most: bounds the memory of a chunk and the delay of an answer.
LARGEST_CHUNK = 4096
# Points that updates and losses look at in a few milliseconds.
_WORK_AT_ONCE = 1 << 16


class Rows(NamedTuple):
    """How far a run has come: so many rows are there, and why there will be no more."""

    made: int
    stop: Stop | None


def run_steps(experiment: Experiment, index: int) -> Generator[Chunk, int | None, None]:
    """Yield the record of one run of ``experiment``, chunk by chunk, none of which is kept.

    The first chunk is the start, row 0; the last one carries the `Stop`. The consumer may send the size of the
    next chunk; the numbers do not depend on it.
    """
    run, points, loop = experiment.runs[index], len(experiment.points), _loop_of(experiment, index)
    table = RunTable(run, points, 1)
    loop.start(table)
    size = yield Chunk(index, 0, table.columns(1))
    stop: Stop | None = None
    while stop is None:
        first = loop.done + 1
        size = min(size or FIRST_CHUNK, LARGEST_CHUNK)
        table = RunTable(run, points, size)
        columns = table.columns(loop.advance(table, 0, size))
        good, stop = _good_rows(loop, columns)
        size = yield Chunk(index, first, columns.head(good), stop)


def filling(experiment: Experiment, index: int, table: RunTable) -> Generator[Rows, int, None]:
    """Write the record of one run into a table; yield how far it has come, and be sent how many steps come next."""
    loop = _loop_of(experiment, index)
    loop.start(table)
    rows = Rows(1, None)
    columns = table.columns(len(table.loss))
    while rows.stop is None:
        size = yield rows
        made = loop.advance(table, rows.made, min(size, LARGEST_CHUNK))
        good, stop = _good_rows(loop, columns.part(rows.made, rows.made + made))
        rows = Rows(rows.made + good, stop)
    yield rows


def steps_of_work(experiment: Experiment, run: Run, work: int) -> int:
    """Return how many steps of a run look at about so many points, with their losses; at most a chunk of them."""
    points = len(experiment.points)
    batch = run.batching.batch_size(points)
    return max(1, min(LARGEST_CHUNK, work // (batch + points // loss_interval(points, batch))))


def _loop_of(experiment: Experiment, index: int) -> RunLoop:
    data, held_out = Neuron.fitting(experiment.points), Neuron.fitting(experiment.validation)
    return RunLoop(experiment.runs[index], data, held_out)


def _good_rows(loop: RunLoop, columns: Columns) -> tuple[int, Stop | None]:
    """Return how many of the rows just made are numbers, and whether the run ends with them."""
    bad = first_not_finite(columns)
    if bad is not None:
        return bad, Stop(StopReason.DIVERGED, loop.done - len(columns.loss) + 1 + bad)
    return len(columns.loss), Stop(StopReason.FINISHED, loop.total) if loop.done == loop.total else None


def first_not_finite(columns: Columns) -> int | None:
    """Return the first row in which a number is infinite or none at all; losses may be missing."""
    if all(np.isfinite(column).all() for column in (columns.loss, columns.p, columns.state)):
        return None
    good: Flags = np.isfinite(columns.p).all(axis=-1) & ~np.isinf(columns.loss)
    good &= np.isfinite(columns.state).all(axis=(0, -1))
    return None if good.all() else int(np.argmin(good))


def first_steps(experiment: Experiment, index: int, steps: int) -> Progress[Trajectory]:
    """Yield the share that is computed; return the record of the first steps of a run at the end.

    Parameters
    ----------
    experiment : Experiment
    index : int
        Of the run.
    steps : int
        A run that has fewer makes all of its own; one that diverges ends there.
    """
    run = experiment.runs[index]
    steps = min(steps, experiment.total_steps(run))
    table = RunTable(run, len(experiment.points), steps + 1)
    work = filling(experiment, index, table)
    rows, size = next(work), steps_of_work(experiment, run, _WORK_AT_ONCE)
    while rows.made <= steps and rows.stop is None:
        yield (rows.made - 1) / steps
        rows = work.send(min(size, steps + 1 - rows.made))
    return Trajectory(table.columns(steps + 1), rows.made, rows.stop)
