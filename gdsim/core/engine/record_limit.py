"""How many steps of a run there is room for in memory."""

from gdsim.core.engine.trajectory import row_bytes
from gdsim.core.model.experiment import Experiment, Run

# What the records of all runs may take together; a step of a small neuron takes some 80 bytes.
RECORD_BYTES = 400_000_000


def rows_with_room(experiment: Experiment, run: Run, runs: int) -> int:
    """Return how many rows there is room for on the record of one of some runs that share it."""
    return RECORD_BYTES // max(1, runs) // row_bytes(run, len(experiment.points))


def steps_with_room(experiment: Experiment, run: Run) -> int:
    """Return about how many steps of a run are recorded, when every run has an equal share of the room."""
    distinct: list[Run] = []
    for one in experiment.runs:
        if not any(one.computes_like(other) for other in distinct):
            distinct.append(one)
    return rows_with_room(experiment, run, len(distinct))
