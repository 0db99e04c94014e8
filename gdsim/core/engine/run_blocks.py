"""Ensembles computed block by block: on several cores, quick to stop, without the runs that have ended."""

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from operator import methodcaller
from typing import Protocol

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import LONG, RunEnd
from gdsim.core.engine.loop_shape import MOST_PLAIN

# The most runs in one array: enough for NumPy's own work to take most of the time, and few enough for the
# array to stay in the processor's cache and for malloc to reuse its memory for the next one.
_MOST_RUNS = 6144
# With many points a block has fewer runs, because work is interrupted between steps: this limits the sigmoids
# of one step.
_MOST_SIGMOIDS = 1 << 20
_PIECE_SECONDS = 0.01
_MOST_CORES = 4


class Runs(Protocol):
    """Several runs whose updates are made together, as one array."""

    dead_share: float  # Ended runs are dropped once they make up this share
    done: int  # updates

    @property
    def p(self) -> Array:
        """The parameters of each run: (m, d + 1)."""
        ...

    @property
    def loss(self) -> Array:
        """The loss of each run: (m,)."""
        ...

    @property
    def gradient(self) -> Array:
        """The gradient at each run's parameters: (m, d + 1)."""
        ...

    @property
    def ended(self) -> Mapping[RunEnd, Flags]:
        """Masks of the runs that cannot go on after the last update, apart from solved ones."""
        ...

    def advancing(self) -> Iterator[None]:
        """Make one update of each run; yield where the work may be interrupted."""
        ...

    def keep(self, runs: Flags) -> None:
        """Drop the runs that the mask leaves out."""


class RunBlock:
    """Runs computed as one array until each is solved, has ended, or has made all its updates.

    ``rows`` are the caller's indices of the runs, and ``make`` returns these runs at their starts. ``note``
    is called for runs that come to their end: with the array, the mask of those in it, their rows, and how
    they ended.
    """

    def __init__(
        self,
        rows: Rows,
        updates: int,
        solved_below: float,
        make: Callable[[Rows], Runs],
        note: Callable[[Runs, Flags, Rows, RunEnd], None],
    ) -> None:
        self._rows, self._updates, self._solved_below = rows, updates, solved_below
        self._make, self._note = make, note
        self._alive = np.ones(len(rows), bool)
        self._work = self._working()
        self.left = len(rows) * updates

    def advance(self) -> None:
        """Make updates for about a hundredth of a second."""
        until = time.perf_counter() + _PIECE_SECONDS
        with np.errstate(all="ignore"):  # set in a generator, it would leak into the caller
            for _ in self._work:
                if time.perf_counter() > until:
                    return
        self.left = 0

    def _working(self) -> Iterator[None]:
        """Make all updates; yield within each of them and in between."""
        runs = self._make(self._rows)
        yield
        self._note_ended(runs)
        while runs.done < self._updates and self._alive.any():
            self.left = len(self._rows) * (self._updates - runs.done)
            yield from runs.advancing()
            self._note_ended(runs)
            yield
        self._end(runs, self._alive, RunEnd.OVER)

    def _note_ended(self, runs: Runs) -> None:
        """Note which runs are solved or have ended at this step, and drop them once they are many."""
        ended = dict(runs.ended)
        if RunEnd.DIVERGED in ended:
            self._end(runs, self._alive & ended.pop(RunEnd.DIVERGED), RunEnd.DIVERGED)
        for end, which in {RunEnd.SOLVED: runs.loss < self._solved_below, **ended}.items():
            self._end(runs, self._alive & which, end)
        dead = np.count_nonzero(~self._alive)
        if dead and dead >= runs.dead_share * len(self._alive):
            self._rows = self._rows[self._alive]
            runs.keep(self._alive)
            self._alive = np.ones(len(self._rows), bool)

    def _end(self, runs: Runs, which: Flags, end: RunEnd) -> None:
        if which.any():
            self._note(runs, which, self._rows[which], end)
            self._alive = self._alive & ~which


def block_count(runs: int, points: int) -> int:
    return max(1, -(-runs // max(1, min(_MOST_RUNS, _MOST_SIGMOIDS // points))))


def worker_count(points: int) -> int:
    """Return how many blocks over this many points are computed at the same time.

    With few points NumPy's operations are so short that threads would wait for each other; with very many
    points NumPy uses threads of its own (measured).
    """
    return min(_MOST_CORES, os.cpu_count() or 1) if MOST_PLAIN < points < LONG else 1


def advancing(blocks: Iterable[RunBlock], pool: Executor, workers: int) -> Generator[int, None, None]:
    """Compute blocks, ``workers`` at a time; yield how many updates each piece has made."""
    waiting = list(blocks)
    while waiting:
        now, waiting = waiting[:workers], waiting[workers:]
        before = sum(block.left for block in now)
        list(pool.map(methodcaller("advance"), now))
        waiting = [block for block in now if block.left] + waiting
        yield before - sum(block.left for block in now)
