"""Computing maps from coarse to fine, on all cores, in pieces after which the work may be stopped."""

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
# The least time between two incomplete maps that are shown.
_PATIENCE_SECONDS = 0.1


class MapNews(NamedTuple, Generic[MapT]):
    """The progress of a computation, with the maps whenever there is something new to show."""

    share: float
    maps: tuple[MapT, ...] = ()


def computing_maps(
    plans: Sequence[OutcomePlan], cores: int | None = None
) -> Generator[MapNews[OutcomeMap], None, tuple[OutcomeMap, ...]]:
    """Compute maps from coarse to fine, all of them at each stride; return them when they are complete.

    The result depends neither on the number of cores nor on how the work is divided.
    """
    partial_maps = [_PartialMap(plan) for plan in plans]
    strides = max((plan.strides for plan in plans), key=len)
    enough = STRIDES[0]  # the minima are found once the pixels of this stride have ended
    total, done = sum(plan.size**2 * plan.steps for plan in plans), 0.0
    workers = cores or worker_count(max(len(plan.experiment.points) for plan in plans))
    with ThreadPoolExecutor(workers) as pool:
        for stride in strides:
            for work_done, maps in _computing(
                partial_maps, stride, pool, workers, shown=stride == strides[0]
            ):
                done += work_done
                yield MapNews(done / total, maps)
            if stride == enough:
                _find_minima(partial_maps)
            yield MapNews(done / total, _maps(partial_maps, stride))
            if stride == enough:
                for _ in chain.from_iterable(one.finding_limits() for one in partial_maps):
                    yield MapNews(done / total)
    return _maps(partial_maps, strides[-1])


def _computing(
    partial_maps: Sequence["_PartialMap"], stride: int, pool: ThreadPoolExecutor, workers: int, *, shown: bool
) -> Iterator[tuple[float, tuple[OutcomeMap, ...]]]:
    """Compute the pixels of one stride, yielding the amount of work done in each piece.

    If ``shown``, the incomplete maps come along now and then.
    """
    seen = time.perf_counter()
    blocks = [block for one in partial_maps for block in one.blocks(stride)]
    for work_done in advancing(blocks, pool, workers):
        if shown and time.perf_counter() - seen > _PATIENCE_SECONDS:
            seen = time.perf_counter()
            yield work_done, _maps(partial_maps, stride)
        else:
            yield work_done, ()


def _maps(partial_maps: Sequence["_PartialMap"], stride: int) -> tuple[OutcomeMap, ...]:
    return tuple(one.map(stride) for one in partial_maps)


def _find_minima(partial_maps: Sequence["_PartialMap"]) -> None:
    """Find the minima once for all maps, which share the same points, so that they number them alike."""
    ends = np.concatenate([one.ends() for one in partial_maps])
    minima = minima_near(partial_maps[0].data, ends)
    for one in partial_maps:
        one.minima = minima


class _PartialMap:
    """The pixels of a map in progress, as flat arrays."""

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
        """Yield the work for the pixels of one stride that have not been started."""
        size = self.plan.size
        rows = np.arange(0, size, stride)
        pixels = (rows[:, np.newaxis] * size + rows).ravel()
        pixels = pixels[~self._begun[pixels]]
        self._begun[pixels] = True
        if not len(pixels):
            return
        plan, points = self.plan, len(self.plan.experiment.points)
        for part in np.array_split(pixels, block_count(len(pixels), points)):
            yield RunBlock(part, plan.steps, plan.solved_below, self._runs, self._store_ends)

    def map(self, stride: int) -> OutcomeMap:
        """Return the current map at one stride."""
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
        """Find the lines along which the rule's limit is reached at the lowest minimum."""
        if self.minima:
            self.limits = yield from lines_of_limit(self.plan, self.minima[0].place)

    def ends(self) -> Array:
        """Return the places (m, d + 1) of the runs that are solved or at rest."""
        ends: Array = self.p[(self.kind == Outcome.SOLVED) | (self.kind == Outcome.RESTS)]
        return ends

    # -------------------------------------------------------------------------------- runs and their ends

    def _runs(self, pixels: Rows) -> Runs:
        """Return the runs of the given pixels, whose indices go row by row from the bottom."""
        plan, count = self.plan, len(pixels)
        run = plan.run_at(-1, -1)  # the run's own values may be 0, for which its rule leaves lines out
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

    def _store_ends(self, runs: Runs, which: Flags, pixels: Rows, end: RunEnd) -> None:
        p, is_stopped = runs.p[which], end is RunEnd.STOPPED
        self.steps[pixels], self.loss[pixels], self.p[pixels] = runs.done - is_stopped, runs.loss[which], p
        # The kind is set last, so that a map taken meanwhile has complete pixels only.
        if end in _KINDS:
            self.kind[pixels] = _KINDS[end]
        else:
            self.kind[pixels] = unsolved(self.data, p, runs.gradient[which], is_stopped=is_stopped)


_KINDS = {RunEnd.SOLVED: Outcome.SOLVED, RunEnd.DIVERGED: Outcome.DIVERGED}
