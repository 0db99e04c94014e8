"""The engine: turns the description of a run into its steps, as many at a time as requested.

A run is computed over the points of an experiment, and need not be one of the experiment's own.
"""

from collections.abc import Generator, Iterator
from typing import NamedTuple

from gdsim.core.engine.beginning import AnyLoop, Past, beginning, loop_of
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.trajectory import Chunk, RunStop, RunTable, Trajectory
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, run_to_end

# The most rows in a chunk, which bounds its memory and the time until it is ready.
LARGEST_CHUNK = 4096
# How many points updates and losses process in a few milliseconds.
_WORK_AT_ONCE = 1 << 16


class RowsMade(NamedTuple):
    """The progress of a run: how many rows are made, and why there will be no more, or None."""

    made: int
    stop: RunStop | None


def run_steps(experiment: Experiment, run: Run, size: int = LARGEST_CHUNK) -> Iterator[Chunk]:
    """Yield the record of a run in chunks of at most ``size`` rows, without keeping them.

    The first chunk is the start, row 0; the last one carries the `RunStop`. The past of a fork is computed
    before its first chunk.
    """
    points = len(experiment.points)
    loop = run_to_end(_loop_of(experiment, run))
    table = RunTable(run, points, 1)
    table.spent[:] = loop.spent
    loop.start(table)
    stop = loop.stop
    yield Chunk(run, 0, table.columns(1), stop)
    while stop is None:
        first, made = loop.done - loop.first + 1, 0
        table = RunTable(run, points, size)
        table.spent[:] = loop.spent
        while made < size and stop is None:
            more, stop = loop.advance(table, made, size - made)
            made += more
        yield Chunk(run, first, table.columns(made), stop)


def filling_record(
    experiment: Experiment, run: Run, table: RunTable, past: Past | None = None
) -> Generator[RowsMade, int, None]:
    """Write the record of a run into a table; yield the progress, and receive how many steps to make next.

    ``past`` is the record of a fork's parent. Without it the parent is computed first, and no row is made
    meanwhile.
    """
    before = _loop_of(experiment, run, past)
    loop: AnyLoop | None = None
    while loop is None:
        try:
            next(before)
            yield RowsMade(0, None)
        except StopIteration as end:
            loop = end.value
    table.spent[:] = loop.spent
    loop.start(table)
    rows = RowsMade(1, loop.stop)
    while rows.stop is None:
        size = yield rows
        made, stop = loop.advance(table, rows.made, min(size, LARGEST_CHUNK))
        rows = RowsMade(rows.made + made, stop)
    yield rows


def _loop_of(experiment: Experiment, run: Run, past: Past | None = None) -> Progress[AnyLoop]:
    data, held_out = experiment.training, experiment.held_out
    begins = yield from beginning(run, data, held_out, past)
    return loop_of(run, data, held_out, begins)


def steps_of_work(experiment: Experiment, run: Run, work: int) -> int:
    """Return how many steps of a run process about ``work`` points, losses included; at most a chunk."""
    points = len(experiment.points)
    batch = run.batching.batch_size(points)
    return max(1, min(LARGEST_CHUNK, work // (batch + points // loss_interval(points, batch))))


def first_steps(experiment: Experiment, run: Run, steps: int) -> Progress[Trajectory]:
    """Compute the first steps of a run, or all if it has fewer; yield the progress, return the record."""
    steps = min(steps, experiment.total_steps(run))
    table = RunTable(run, len(experiment.points), steps + 1)
    work = filling_record(experiment, run, table)
    rows, size = next(work), steps_of_work(experiment, run, _WORK_AT_ONCE)
    while rows.made <= steps and rows.stop is None:
        yield max(0, rows.made - 1) / max(1, steps)
        rows = work.send(min(size, steps + 1 - rows.made))
    return Trajectory(table.columns(steps + 1), rows.made, rows.stop)
