"""A run as a task: in pieces of a few milliseconds."""

import time
from collections.abc import Iterator

from gdsim.core.engine.runs import FIRST_CHUNK, LARGEST_CHUNK, Rows, filling
from gdsim.core.engine.trajectory import RunTable, Stop, StopReason, Trajectory
from gdsim.core.model.experiment import Experiment

# Long enough to be worth a report, short enough that the window is never held up for long.
_PIECE_SECONDS = 0.004
# A piece that something else held up is no reason to make tiny ones.
_GROWTH, _SHRINKAGE = 4, 16


class RunComputation:
    """One run of an experiment, computed step by step until it ends, is stopped, or its table is full.

    Parameters
    ----------
    experiment : Experiment
    index : int
        Of the run.
    rows : int
        How many rows there is room for.

    Attributes
    ----------
    trajectory : Trajectory
        Its rows are written by whoever goes through `pieces`, and counted by the window.
    """

    def __init__(self, experiment: Experiment, index: int, rows: int) -> None:
        self._experiment, self._index, self._room = experiment, index, rows
        self._table = RunTable(experiment.runs[index], len(experiment.points), rows)
        self.trajectory = Trajectory(self._table.columns(rows))
        self._is_stopped = False

    def stop(self) -> None:
        """Make no further steps. This may be called from another thread."""
        self._is_stopped = True

    def pieces(self) -> Iterator[Rows]:
        """Yield how many rows are written, every few milliseconds."""
        began = time.perf_counter()
        steps = filling(self._experiment, self._index, self._table)
        rows = next(steps)
        # The start takes longer than a step of a small data set, and about as long as one of a large one.
        size = most = max(1, min(int(_PIECE_SECONDS / (time.perf_counter() - began)), FIRST_CHUNK))
        while rows.stop is None:
            if self._is_stopped or rows.made == self._room:
                reason = StopReason.STOPPED if self._is_stopped else StopReason.FULL
                rows = rows._replace(stop=Stop(reason, rows.made - 1))
                break
            chunk_began, before = time.perf_counter(), rows.made
            rows = steps.send(min(size, self._room - rows.made))
            now = time.perf_counter()
            most = min(most * _GROWTH, LARGEST_CHUNK)
            fitting = int(_PIECE_SECONDS * max(1, rows.made - before) / (now - chunk_began))
            size = max(min(fitting, most), size // _SHRINKAGE, 1)
            if now - began > _PIECE_SECONDS and rows.stop is None:
                yield rows
                began = time.perf_counter()
        yield rows
