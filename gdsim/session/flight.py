"""One run in flight, and how many of its steps fit into a given time."""

import time

from gdsim.core.engine.engine import engine
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk
from gdsim.core.model.experiment import Experiment


class Flight:
    """Drives the engine's generator for one run.

    Attributes
    ----------
    number : int
        What the window knows it by.
    start : Chunk
        Row 0.
    rows, size : int
        Rows made so far, and the bytes they take.
    row_seconds : float
        What a row takes.
    """

    def __init__(self, number: int, experiment: Experiment, index: int) -> None:
        began = time.perf_counter()
        self.number = number
        self.rows = self.size = 0
        self._steps = engine.flight(experiment, index)
        self.start = self._counted(next(self._steps))
        # The start takes longer than a step of a small data set, and about as long as one of a large one.
        self.row_seconds = time.perf_counter() - began
        self._most = engine.FIRST_CHUNK

    def advance(self, seconds: float) -> Chunk:
        """Return the next rows: about as many as can be made in some seconds, and one at least."""
        # One chunk that something held up is no reason to make tiny ones.
        wanted = max(int(seconds / self.row_seconds), self._most // 16, 1)
        began = time.perf_counter()
        chunk = self._counted(self._steps.send(min(wanted, self._most)))
        rows = max(1, len(chunk.columns.loss))
        self.row_seconds = max((time.perf_counter() - began) / rows, 1e-9)
        self._most = min(4 * rows, engine.LARGEST_CHUNK)
        return chunk

    def cut(self, reason: StopReason) -> Chunk:
        """End the run where it is: a chunk without rows."""
        self._steps.close()
        nothing = self.start.columns.head(0)
        return Chunk(self.start.run, self.rows, nothing, Stop(reason, self.rows - 1))

    def _counted(self, chunk: Chunk) -> Chunk:
        self.rows += len(chunk.columns.loss)
        self.size += sum(column.nbytes for column in chunk.columns)
        return chunk
