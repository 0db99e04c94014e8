"""The first steps of one run, in pieces."""

from gdsim.core.engine.engine import LARGEST_CHUNK, flight
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.experiment import Experiment
from gdsim.core.progress import Pieces

# Points that are looked at in one piece of the work, and as how many the rest of an update counts.
_PIECE, _OVERHEAD = 60_000, 300


def flying(experiment: Experiment, index: int, steps: int) -> Pieces[Trajectory]:
    """Yield the share that is computed; return the record at the end.

    Parameters
    ----------
    experiment : Experiment
    index : int
        Of the run.
    steps : int
        A run that has fewer makes all of its own; one that diverges ends there.
    """
    steps = min(steps, experiment.total_steps(experiment.runs[index]))
    piece = max(1, min(_PIECE // (len(experiment.points) + _OVERHEAD), LARGEST_CHUNK))
    work = flight(experiment, index)
    record = Trajectory(steps + 1)
    record.append(next(work))
    while record.last_step < steps and record.stop is None:
        yield record.last_step / steps
        record.append(work.send(min(piece, steps - record.last_step)))
    return record
