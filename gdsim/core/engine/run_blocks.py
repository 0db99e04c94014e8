"""Ensembles in pieces: on all cores, stopped soon, without the runs that are at their end."""

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

# Runs that are computed as one array: so many that NumPy's own work takes most of the time, so few that the
# array stays in the cache, and that malloc keeps its memory for the next one.
_BLOCK = 6144
# Of many points fewer runs: so many sigmoids at a step may be stopped soon enough.
_SIGMOIDS = 1 << 20
_PIECE_SECONDS = 0.01
_MOST_CORES = 4


class Runs(Protocol):
    """Several runs whose updates are made together, as one array."""

    dead_share: float  # Those that have ended are left out when they are so much of it
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
        """Which of them cannot go on after the last update, beside those that are solved."""
        ...

    def advancing(self) -> Iterator[None]:
        """Make one update of each of them; yield where others may go on, or stop it."""
        ...

    def keep(self, runs: Flags) -> None:
        """Drop all runs but some."""


class RunBlock:
    """Some runs, made as one array until they are solved or end, or have made all their updates.

    ``rows`` are numbers by which they are known, and ``make`` returns them at their starts. ``note`` is told
    of those that have come to their end: which of the array's they are, their rows, and how they ended.
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
        """Make some updates, of about a hundredth of a second."""
        until = time.perf_counter() + _PIECE_SECONDS
        with np.errstate(all="ignore"):  # that of a generator would be that of whoever goes on with it
            for _ in self._work:
                if time.perf_counter() > until:
                    return
        self.left = 0

    def _working(self) -> Iterator[None]:
        """Make all updates; yield within each of them and in between."""
        runs = self._make(self._rows)
        yield
        self._take(runs)
        while runs.done < self._updates and self._alive.any():
            self.left = len(self._rows) * (self._updates - runs.done)
            yield from runs.advancing()
            self._take(runs)
            yield
        self._end(runs, self._alive, RunEnd.OVER)

    def _take(self, runs: Runs) -> None:
        """Note which runs are solved or have ended at this step; go on with the others."""
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
    """Return how many blocks so many runs over so many points make."""
    return max(1, -(-runs // max(1, min(_BLOCK, _SIGMOIDS // points))))


def worker_count(points: int) -> int:
    """Return how many blocks over so many points are made at the same time.

    Where each of NumPy's operations is short, threads would wait for each other; over very many points NumPy
    uses threads of its own (measured).
    """
    return min(_MOST_CORES, os.cpu_count() or 1) if MOST_PLAIN < points < LONG else 1


def advancing(blocks: Iterable[RunBlock], pool: Executor, workers: int) -> Generator[int, None, None]:
    """Make blocks of runs, some at the same time; yield how many updates each piece has done."""
    waiting = list(blocks)
    while waiting:
        now, waiting = waiting[:workers], waiting[workers:]
        before = sum(block.left for block in now)
        list(pool.map(methodcaller("advance"), now))
        waiting = [block for block in now if block.left] + waiting
        yield before - sum(block.left for block in now)
