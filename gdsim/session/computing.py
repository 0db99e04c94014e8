"""Runs and surfaces as tasks: in pieces of a few milliseconds."""

import time
from collections.abc import Iterator

from gdsim.core.engine.record_limit import RECORD_BYTES
from gdsim.core.engine.runs import FIRST_CHUNK, LARGEST_CHUNK, run_steps
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk
from gdsim.core.model.experiment import Experiment

# Long enough to be worth a report, short enough that the window is never held up for long.
_PIECE_SECONDS = 0.004
# A piece that something else held up is no reason to make tiny ones.
_GROWTH, _SHRINKAGE = 4, 16


class RunComputation:
    """One run of an experiment, computed step by step until it ends, is stopped, or its record is full.

    Parameters
    ----------
    experiment : Experiment
    index : int
        Of the run.
    room : int
        Bytes that its record may take.
    """

    def __init__(self, experiment: Experiment, index: int, room: int = RECORD_BYTES) -> None:
        self._experiment, self._index, self._room = experiment, index, room
        self._is_stopped = False

    def stop(self) -> None:
        """Make no further steps. This may be called from another thread."""
        self._is_stopped = True

    def pieces(self) -> Iterator[tuple[Chunk, ...]]:
        """Yield the chunks of the run, as many at a time as take some milliseconds."""
        began = time.perf_counter()
        steps = run_steps(self._experiment, self._index)
        chunk = next(steps)
        made, rows, taken = [chunk], 1, chunk.columns.nbytes
        # The start takes longer than a step of a small data set, and about as long as one of a large one.
        size = most = max(1, min(int(_PIECE_SECONDS / (time.perf_counter() - began)), FIRST_CHUNK))
        while chunk.stop is None:
            if self._is_stopped or taken >= self._room:
                reason = StopReason.STOPPED if self._is_stopped else StopReason.FULL
                made.append(Chunk(self._index, rows, chunk.columns.head(0), Stop(reason, rows - 1)))
                break
            chunk_began = time.perf_counter()
            chunk = steps.send(size)
            now, count = time.perf_counter(), len(chunk.columns.loss)
            made.append(chunk)
            rows, taken = rows + count, taken + chunk.columns.nbytes
            most = min(most * _GROWTH, LARGEST_CHUNK)
            fitting = int(_PIECE_SECONDS * max(1, count) / (now - chunk_began))
            size = max(min(fitting, most), size // _SHRINKAGE, 1)
            if now - began > _PIECE_SECONDS and chunk.stop is None:
                yield tuple(made)
                made, began = [], time.perf_counter()
        yield tuple(made)
