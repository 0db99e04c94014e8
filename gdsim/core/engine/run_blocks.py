"""Ensembles in pieces: on all cores, stopped soon, without the runs that are at their end."""

import math
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from operator import methodcaller
from typing import NamedTuple, Protocol

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import RunEnd
from gdsim.core.engine.search_loop import SearchLoop
from gdsim.core.engine.second_derivatives import Derivatives
from gdsim.core.engine.trajectory import Stop, StopReason
from gdsim.core.model.experiment import Run
from gdsim.core.model.point_loss import PointLoss

# Runs that are computed as one array: enough that NumPy's own work is most of it, few enough for the cache.
_BLOCK = 8192
# Of many points fewer runs: so many sigmoids at a step may be stopped soon enough.
_SIGMOIDS = 1 << 20
_PIECE_SECONDS = 0.01
_MOST_CORES = 4


class Runs(Protocol):
    """Some runs that are made as one array."""

    dead_share: float  # Those that have ended are left out when they are so much of it
    done: int  # updates

    @property
    def p(self) -> Array:
        """Where they are: (m, d + 1)."""
        ...

    @property
    def loss(self) -> Array:
        """The loss (m,) where they are."""
        ...

    @property
    def gradient(self) -> Array:
        """The gradient (m, d + 1) where they are."""
        ...

    @property
    def ended(self) -> Mapping[RunEnd, Flags]:
        """Which of them cannot go on after the last update, beside those that are solved."""
        ...

    def advancing(self) -> Iterator[None]:
        """Make one update of each of them; yield where others may go on, or stop it."""
        ...

    def keep(self, runs: Flags) -> None:
        """Go on with some of them alone."""


class Block(ABC):
    """Some runs that are made piece by piece."""

    left = 0  # updates to make, at most

    @abstractmethod
    def advance(self) -> None:
        """Make some updates, of about a hundredth of a second."""


class RunBlock(Block):
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
        """Make all updates; yield in each."""
        runs = self._make(self._rows)
        self._take(runs)
        while runs.done < self._updates and self._alive.any():
            self.left = len(self._rows) * (self._updates - runs.done)
            yield from runs.advancing()
            self._take(runs)
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


class SearchEnd(NamedTuple):
    """How a run ended whose steps were looked for."""

    end: RunEnd
    steps: int
    p: tuple[float, ...]
    loss: float
    cost: tuple[int, ...]  # What it asked for, in the order of `COSTS`


_ENDS = {StopReason.FINISHED: RunEnd.OVER, StopReason.DIVERGED: RunEnd.DIVERGED}


class SearchedBlock(Block):
    """Some runs whose steps are looked for, made one after the other.

    A run ends where it is solved, diverges, stops, or has made all its updates or asked for as many gradients
    as it may; ``note`` is told of its row, and how it ended. They are all over the same points.
    """

    def __init__(
        self,
        rows: Rows,
        updates: int,
        solved_below: float,
        data: PointLoss,
        run_of: Callable[[int], Run],
        note: Callable[[int, SearchEnd], None],
        gradients: float = math.inf,
    ) -> None:
        self._rows, self._updates, self._solved_below = rows.tolist(), updates, solved_below
        self._run_of, self._note = run_of, note
        self._data, self._at, self._gradients = data, Derivatives(data), gradients
        self._place = 0
        self._loop: SearchLoop | None = None
        self.left = len(rows) * updates

    def advance(self) -> None:
        """Make some updates, of about a hundredth of a second."""
        until = time.perf_counter() + _PIECE_SECONDS
        while self.left and time.perf_counter() < until:
            if self._loop is None:
                self._loop = SearchLoop(self._run_of(self._rows[self._place]), self._data, at=self._at)
            ended = self._ended(self._loop, until)
            if ended is not None:
                self._note(self._rows[self._place], ended)
                self._place, self._loop = self._place + 1, None
            made = self._loop.done if self._loop else 0
            self.left = (len(self._rows) - self._place) * self._updates - made

    def _ended(self, loop: SearchLoop, until: float) -> SearchEnd | None:
        """Make updates of a run; return how it ended, or None where the time was over before."""
        loss, cost = loop.loss, tuple(loop.cost)
        while True:
            if loss < self._solved_below:
                return SearchEnd(RunEnd.SOLVED, loop.done, loop.p, loss, cost)
            if loop.done == self._updates or cost[0] >= self._gradients:
                return SearchEnd(RunEnd.OVER, loop.done, loop.p, loss, cost)
            if time.perf_counter() > until:
                return None
            p, made = loop.p, loop.update()
            if isinstance(made, Stop):
                end = _ENDS.get(made.reason, RunEnd.STOPPED)
                return SearchEnd(end, made.step, loop.p, loss, tuple(loop.cost))
            if loop.cost[0] > self._gradients:  # the last one would cost more than there is
                return SearchEnd(RunEnd.OVER, loop.done - 1, p, loss, cost)
            loss, cost = made.loss, tuple(loop.cost)


def block_count(runs: int, points: int) -> int:
    """Return how many blocks so many runs over so many points make."""
    return max(1, -(-runs // max(1, min(_BLOCK, _SIGMOIDS // points))))


def core_count() -> int:
    """Return how many blocks are made at the same time."""
    return min(_MOST_CORES, os.cpu_count() or 1)


def advancing(blocks: Iterable[Block], pool: Executor, workers: int) -> Generator[int, None, None]:
    """Make blocks of runs, some at the same time; yield how many updates each piece has done."""
    waiting = list(blocks)
    while waiting:
        now, waiting = waiting[:workers], waiting[workers:]
        before = sum(block.left for block in now)
        list(pool.map(methodcaller("advance"), now))
        waiting = [block for block in now if block.left] + waiting
        yield before - sum(block.left for block in now)
