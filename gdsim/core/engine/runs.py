"""The engine: turns the description of a run into its steps.

It knows nothing of signals, clocks or sleep: whoever drives it says how many steps come next.
"""

from collections.abc import Generator
from typing import TypeAlias

import numpy as np

from gdsim.core.arrays import Flags
from gdsim.core.engine.loop import RunLoop
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk, Columns, Trajectory
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Progress

FIRST_CHUNK = 64
# Rows in one chunk at most: bounds the memory of a chunk and the delay of an answer.
LARGEST_CHUNK = 4096

# Yields the record of a run in chunks, of as many steps as are sent in.
RunSteps: TypeAlias = Generator[Chunk, int | None, None]


def run_steps(experiment: Experiment, index: int) -> RunSteps:
    """Yield the record of one run of ``experiment``.

    The first chunk is the start, row 0; the last one carries the `Stop`. The consumer may send the size of the
    next chunk; the numbers do not depend on it.
    """
    data, held_out = Neuron.fitting(experiment.points), Neuron.fitting(experiment.validation)
    loop = RunLoop(experiment.runs[index], data, held_out)
    size = yield Chunk(index, 0, loop.start_row())
    stop: Stop | None = None
    while stop is None:
        first = loop.done + 1
        columns = loop.advance(min(size or FIRST_CHUNK, LARGEST_CHUNK))
        step = first_not_finite(columns)
        if step is not None:
            stop = Stop(StopReason.DIVERGED, first + step)
            columns = columns.head(step)
        elif loop.done == loop.total:
            stop = Stop(StopReason.FINISHED, loop.total)
        size = yield Chunk(index, first, columns, stop)


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
    steps = min(steps, experiment.total_steps(experiment.runs[index]))
    work = run_steps(experiment, index)
    record = Trajectory(steps + 1)
    record.append(next(work))
    piece = FIRST_CHUNK
    while record.last_step < steps and record.stop is None:
        yield record.last_step / steps
        record.append(work.send(min(piece, steps - record.last_step)))
    return record
