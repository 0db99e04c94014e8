"""Computing a map: coarse first, then finer; on all cores, in pieces after which it may be stopped."""

import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import Ensemble, RunEnd
from gdsim.core.engine.run_blocks import RunBlock, Runs, advancing, block_count, worker_count
from gdsim.core.engine.searched_ensemble import SearchedEnsemble
from gdsim.core.exercises.maps.limit_lines import lines_of_limit
from gdsim.core.exercises.maps.minima import Minimum, minima_near
from gdsim.core.exercises.maps.outcome import STRIDES, Outcome, OutcomeMap, OutcomePlan, unsolved
from gdsim.core.exercises.run_settings import differences_in
from gdsim.core.model.neuron import parameter_names
from gdsim.core.progress import Progress

MapT = TypeVar("MapT")
# So long after the last one a picture is shown that is not whole.
_PATIENCE_SECONDS = 0.1


class MapNews(NamedTuple, Generic[MapT]):
    """How far a computation is, and the maps where there is something new to see of them."""

    share: float
    maps: tuple[MapT, ...] = ()


def computing_maps(
    plans: Sequence[OutcomePlan], cores: int | None = None
) -> Generator[MapNews[OutcomeMap], None, tuple[OutcomeMap, ...]]:
    """Compute maps, every so many-th pixel of all of them first; return them when they are whole.

    The result does not depend on the number of cores, nor on how the work is cut.
    """
    pictures = [_Picture(plan) for plan in plans]
    strides = max((plan.strides for plan in plans), key=len)
    enough = STRIDES[0]  # some runs have to end before it is told in which minima they do
    total, done = sum(plan.size**2 * plan.steps for plan in plans), 0.0
    workers = cores or worker_count(max(len(plan.experiment.points) for plan in plans))
    with ThreadPoolExecutor(workers) as pool:
        for stride in strides:
            for made, maps in _computing(pictures, stride, pool, workers, shown=stride == strides[0]):
                done += made
                yield MapNews(done / total, maps)
            if stride == enough:
                _find_minima(pictures)
            yield MapNews(done / total, _maps(pictures, stride))
            if stride == enough:
                for _ in chain.from_iterable(one.finding_limits() for one in pictures):
                    yield MapNews(done / total)
    return _maps(pictures, strides[-1])


def _computing(
    pictures: Sequence["_Picture"], stride: int, pool: ThreadPoolExecutor, workers: int, *, shown: bool
) -> Iterator[tuple[float, tuple[OutcomeMap, ...]]]:
    """Compute every so many-th pixel, and yield how much was done, now and then with the maps as they are.

    Only maps that are ``shown`` before they are whole come along.
    """
    seen = time.perf_counter()
    blocks = [block for one in pictures for block in one.blocks(stride)]
    for made in advancing(blocks, pool, workers):
        if shown and time.perf_counter() - seen > _PATIENCE_SECONDS:
            seen = time.perf_counter()
            yield made, _maps(pictures, stride)
        else:
            yield made, ()


def _maps(pictures: Sequence["_Picture"], stride: int) -> tuple[OutcomeMap, ...]:
    return tuple(one.map(stride) for one in pictures)


def _find_minima(pictures: Sequence["_Picture"]) -> None:
    """Let all maps number the minima alike: they are over the same points."""
    ends = np.concatenate([one.ends() for one in pictures])
    minima = minima_near(pictures[0].data, ends)
    for one in pictures:
        one.minima = minima


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

    def blocks(self, stride: int) -> Iterator[RunBlock]:
        """Yield what there is to do for every so many-th pixel that is not done."""
        size = self.plan.size
        rows = np.arange(0, size, stride)
        pixels = (rows[:, np.newaxis] * size + rows).ravel()
        pixels = pixels[~self._begun[pixels]]
        self._begun[pixels] = True
        if not len(pixels):
            return
        plan, points = self.plan, len(self.plan.experiment.points)
        for part in np.array_split(pixels, block_count(len(pixels), points)):
            yield RunBlock(part, plan.steps, plan.solved_below, self._runs, self._note)

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

    def finding_limits(self) -> Progress[None]:
        """Find where the limit of the rule is passed at the lowest minimum."""
        if self.minima:
            self.limits = yield from lines_of_limit(self.plan, self.minima[0].place)

    def ends(self) -> Array:
        """Return where runs are that are solved or at rest."""
        ends: Array = self.p[(self.kind == Outcome.SOLVED) | (self.kind == Outcome.RESTS)]
        return ends

    # --------------------------------------------------------------------------- its runs, and their ends

    def _runs(self, pixels: Rows) -> Runs:
        """Return the runs of some pixels, which are counted row by row from the lowest."""
        plan, count = self.plan, len(pixels)
        run = plan.run_at(-1, -1)  # its own lines may leave out what a setting of 0 does not need
        rows, columns = np.divmod(pixels, plan.size)
        places = ((plan.x, columns), (plan.y, rows))
        values = {axis.setting.name: axis.values(plan.size)[place] for axis, place in places}
        names = parameter_names(len(run.start) - 1)
        given = (values.get(f"start.{name}", at) for name, at in zip(names, run.start, strict=True))
        starts = np.column_stack([np.broadcast_to(one, count) for one in given])
        differences = differences_in(values)
        if run.is_searched:
            return SearchedEnsemble(run, self.data, starts, differences)
        return Ensemble(run, self.data, starts, differences, self.held_out)

    def _note(self, runs: Runs, which: Flags, pixels: Rows, end: RunEnd) -> None:
        p, is_stopped = runs.p[which], end is RunEnd.STOPPED
        self.steps[pixels], self.loss[pixels], self.p[pixels] = runs.done - is_stopped, runs.loss[which], p
        # The kind comes last: whoever looks meanwhile sees whole pixels.
        if end in _KINDS:
            self.kind[pixels] = _KINDS[end]
        else:
            self.kind[pixels] = unsolved(self.data, p, runs.gradient[which], is_stopped=is_stopped)


_KINDS = {RunEnd.SOLVED: Outcome.SOLVED, RunEnd.DIVERGED: Outcome.DIVERGED}
