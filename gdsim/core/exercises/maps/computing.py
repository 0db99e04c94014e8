"""Computing a map: coarse first, then finer; on all cores, in pieces after which it may be stopped."""

import os
import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import Differences, Ensemble
from gdsim.core.exercises.maps.limit_lines import lines_of_limit
from gdsim.core.exercises.maps.minima import Minimum, minima_near
from gdsim.core.exercises.maps.outcome import STRIDES, Outcome, OutcomeMap, OutcomePlan, unsolved
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.point_loss import PointLoss

# Runs that are computed as one array: enough that NumPy's own work is most of it, few enough for the cache.
_BLOCK = 8192
# Of many points fewer runs: so many sigmoids at a step may be stopped soon enough.
_SIGMOIDS = 1 << 20
# From so many on there is a block for each of two cores.
_SPLIT = 6000
_FIRST = 8  # updates of a block's first piece
# A piece takes about so long; and so long after the last one a picture is shown that is not whole.
_PIECE_SECONDS, _PATIENCE_SECONDS = 0.01, 0.1
# Solved runs are taken out of an array when they are so much of it.
_DEAD_SHARE = 0.125
_MOST_CORES = 4


class MapNews(NamedTuple):
    """How far a computation is, and the maps where there is something new to see of them."""

    share: float
    maps: tuple[OutcomeMap, ...] = ()


def computing_maps(
    plans: Sequence[OutcomePlan], strides: Sequence[int] = STRIDES, cores: int | None = None
) -> Generator[MapNews, None, tuple[OutcomeMap, ...]]:
    """Compute maps, every 8th pixel of all of them first; return them when they are whole.

    The result does not depend on the number of cores, nor on how the work is cut.
    """
    pictures = [_Picture(plan) for plan in plans]
    total = sum(plan.size**2 * plan.steps for plan in plans) / min(strides) ** 2
    done, seen = 0.0, time.perf_counter()
    workers = cores or min(_MOST_CORES, os.cpu_count() or 1)
    with ThreadPoolExecutor(workers) as pool:
        for stride in strides:
            waiting = [block for one in pictures for block in one.blocks(stride)]
            while waiting:
                now, waiting = waiting[:workers], waiting[workers:]
                before = sum(block.left for block in now)
                list(pool.map(_Block.advance, now))
                done += before - sum(block.left for block in now)
                waiting = [block for block in now if block.left] + waiting
                news = MapNews(done / total)
                if stride == strides[0] and time.perf_counter() - seen > _PATIENCE_SECONDS:
                    news = MapNews(done / total, tuple(one.map(stride) for one in pictures))
                    seen = time.perf_counter()
                yield news
            if stride == strides[0]:
                _find_minima(pictures)
            yield MapNews(done / total, tuple(one.map(stride) for one in pictures))
    return tuple(one.map(min(strides)) for one in pictures)


def _find_minima(pictures: Sequence["_Picture"]) -> None:
    """Let all maps number the minima alike: they are over the same points."""
    ends = np.concatenate([one.ends() for one in pictures])
    minima = minima_near(pictures[0].data, ends)
    for one in pictures:
        one.minima = minima
        one.limits = lines_of_limit(one.plan, minima[0].place) if minima else ()


class _Picture:
    """The pixels of a map while it is computed, one behind the other."""

    def __init__(self, plan: OutcomePlan) -> None:
        self.plan = plan
        count, width = plan.size**2, len(plan.run.start)
        self.data = plan.experiment.training
        self.held_out = plan.experiment.held_out
        self.kind = np.zeros(count, np.uint8)
        self.steps = np.zeros(count, np.int32)
        self.loss = np.zeros(count)
        self.p = np.zeros((count, width))
        self.minima: tuple[Minimum, ...] = ()
        self.limits: tuple[Array, ...] = ()
        self._begun = np.zeros(count, bool)

    def blocks(self, stride: int) -> Iterator["_Block"]:
        """Yield what there is to do for every so many-th pixel that is not done."""
        size = self.plan.size
        rows = np.arange(0, size, stride)
        pixels = (rows[:, np.newaxis] * size + rows).ravel()
        pixels = pixels[~self._begun[pixels]]
        self._begun[pixels] = True
        most = max(1, min(_BLOCK, _SIGMOIDS // len(self.plan.experiment.points)))
        count = max(-(-len(pixels) // most), 2 if len(pixels) >= _SPLIT else 1)
        return (_Block(self, part) for part in np.array_split(pixels, count) if len(part))

    def map(self, stride: int) -> OutcomeMap:
        """Return the map as it is, of every so many-th pixel."""
        size = self.plan.size
        pixels = np.arange(size**2).reshape(size, size)[::stride, ::stride]
        return OutcomeMap(
            self.plan,
            self.kind[pixels],
            self.steps[pixels],
            self.loss[pixels],
            self.p[pixels],
            self.minima,
            self.limits,
        )

    def ends(self) -> Array:
        """Return where runs are that are solved or at rest."""
        ends: Array = self.p[(self.kind == Outcome.SOLVED) | (self.kind == Outcome.RESTS)]
        return ends


class _Block:
    """Some runs of a map, made as one array."""

    def __init__(self, picture: _Picture, pixels: Rows) -> None:
        self._picture, self._pixels = picture, pixels
        self._ensemble: Ensemble | None = None
        self._alive = np.ones(len(pixels), bool)
        points = len(picture.plan.experiment.points)
        self._at_once = max(1, min(_FIRST, _SIGMOIDS // (len(pixels) * points)))
        self.left = len(pixels) * picture.plan.steps  # updates to make, at most

    def advance(self) -> None:
        """Make some updates, of about a hundredth of a second."""
        began = time.perf_counter()
        plan = self._picture.plan
        if self._ensemble is None:
            self._ensemble = ensemble_of(plan, self._pixels, self._picture.data, self._picture.held_out)
            self._take(self._ensemble)
        runs = self._ensemble
        end = min(plan.steps, runs.done + self._at_once)
        while runs.done < end and self._alive.any():
            runs.advance()
            self._take(runs)
        if runs.done == plan.steps or not self._alive.any():
            self._end(runs)
            self.left, self._ensemble = 0, None
            return
        self.left = len(self._pixels) * (plan.steps - runs.done)
        seconds = max(time.perf_counter() - began, 1e-6)
        self._at_once = max(1, min(2 * self._at_once, int(self._at_once * _PIECE_SECONDS / seconds)))

    def _take(self, runs: Ensemble) -> None:
        """Note which runs are solved or have diverged at this step; go on with the others."""
        loss = runs.loss
        solved = loss < self._picture.plan.solved_below
        some_diverged = not runs.all_finite or bool(np.isinf(loss).any())
        if not (some_diverged or solved.any()):
            return
        if some_diverged:
            bad = self._alive & (~runs.finite | np.isinf(loss))
            self._note(runs, bad, Outcome.DIVERGED)
        self._note(runs, self._alive & solved, Outcome.SOLVED)
        if np.count_nonzero(self._alive) <= (1.0 - _DEAD_SHARE) * len(self._alive):
            self._pixels = self._pixels[self._alive]
            runs.keep(self._alive)
            self._alive = np.ones(len(self._pixels), bool)

    def _note(self, runs: Ensemble, which: Flags, kind: Outcome) -> None:
        if not which.any():
            return
        picture, pixels = self._picture, self._pixels[which]
        picture.steps[pixels], picture.loss[pixels] = runs.done, runs.loss[which]
        picture.p[pixels] = runs.p[which]
        picture.kind[pixels] = kind  # last: whoever looks meanwhile sees whole pixels
        self._alive &= ~which

    def _end(self, runs: Ensemble) -> None:
        alive = self._alive
        if not alive.any():
            return
        picture, pixels, p = self._picture, self._pixels[alive], runs.p[alive]
        picture.steps[pixels], picture.loss[pixels], picture.p[pixels] = runs.done, runs.loss[alive], p
        picture.kind[pixels] = unsolved(picture.data, p, runs.gradient[alive])


def ensemble_of(plan: OutcomePlan, pixels: Rows, data: PointLoss, held_out: PointLoss) -> Ensemble:
    """Return the runs of some pixels of a map, which are counted row by row from the lowest."""
    run = plan.run_at(-1, -1)  # its own lines may leave out what a setting of 0 does not need
    starts = np.tile(np.array(run.start), (len(pixels), 1))
    names = parameter_names(len(run.start) - 1)
    groups: dict[str, dict[str, Array]] = {"": {}, "schedule": {}, "momentum_schedule": {}}
    rows, columns = np.divmod(pixels, plan.size)
    for axis, places in ((plan.x, columns), (plan.y, rows)):
        values = axis.values(plan.size)[places]
        group, _, name = axis.setting.key.rpartition(".")
        if group == "start":
            starts[:, names.index(name)] = values
        else:
            groups[group][name] = values
    return Ensemble(run, data, starts, Differences(*groups.values()), held_out)
