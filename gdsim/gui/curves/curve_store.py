"""Condensed records of growing runs, from which curves and parts of curves are drawn quickly."""

from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np

from gdsim.core.analysis.series import CurveKind, Rises, extract, series_of, trailing_means
from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.rules.rule import Optimizer
from gdsim.gui.curves.limit_curves import LimitCurves
from gdsim.gui.paint.budget import Budget
from gdsim.session.frame import RunView

# Returns the values of m series over a slice of n steps: shape (m, n).
Read = Callable[[slice], Array]

# Number of steps read at a time.
_PIECE = 1 << 16


class Sketch:
    """Minima and maxima of some series of one run, in blocks of steps that double as the run grows.

    Every step is read about once, however often the run grows and is drawn. In a short run, every step
    is a block of its own.

    Pairs of blocks are merged when there would be more than ``most_blocks``, which is over twice as many
    as a curve has columns of pixels.
    """

    def __init__(self, count: int, most_blocks: int = 1 << 15) -> None:
        self._most_blocks = most_blocks
        self._size = 1
        self._seen = 0
        # Value and step of the minimum and of the maximum in each block.
        self._values = np.empty((2, count, most_blocks))
        self._steps = np.empty((2, count, most_blocks), dtype=np.intp)

    def grow(self, length: int, read: Read, budget: Budget, least: int = 0) -> None:
        """Read the new steps up to ``length``, in pieces of at least ``least`` steps.

        When the budget is spent, the rest is left for the next call.
        """
        if length <= self._seen:
            return
        while -(-length // self._size) > self._most_blocks:
            self._merge()
        # A block that was not full is read again.
        first = self._seen - self._seen % self._size
        piece = -(-max(_PIECE, least) // self._size) * self._size
        for start in range(first, length, piece):
            if budget.is_spent:
                return
            end = min(start + piece, length)
            self._take(start, read(slice(start, end)))
            self._seen = end
            budget.spend_rows(end - start)

    def is_fine(self, steps: slice, columns: int) -> bool:
        """Return whether the blocks within some steps are fine enough for so many columns of pixels."""
        return self._size == 1 or steps.stop - steps.start >= 2 * columns * self._size

    def line(self, index: int, columns: int, within: slice | None = None) -> tuple[Rows, Array]:
        """Return steps and values of series ``index``, about two for each column of pixels, with every peak.

        ``within`` may bring along a few steps beyond its ends. Values that are not finite are left out.
        """
        within = within or slice(0, self._seen)
        first, last = within.start // self._size, -(-min(within.stop, self._seen) // self._size)
        values, steps = self._values[:, index, first:last], self._steps[:, index, first:last]
        blocks = values.shape[1]
        together = blocks // max(1, columns)
        if together > 1:
            whole = blocks - blocks % together
            grouped = values[:, :whole].reshape(2, -1, together)
            places = np.stack([grouped[0].argmin(axis=1), grouped[1].argmax(axis=1)])
            places += np.arange(0, whole, together)
            rest = np.broadcast_to(np.arange(whole, blocks), (2, blocks - whole))
            places = np.concatenate([places, rest], axis=1)
            values, steps = np.take_along_axis(values, places, 1), np.take_along_axis(steps, places, 1)
        order, first = np.unique(steps, return_index=True)
        drawn = values.ravel()[first]
        good = np.isfinite(drawn)
        return order[good], drawn[good]

    def _take(self, start: int, new: Array) -> None:
        """Put values into their blocks, from step ``start``, which must begin a block."""
        count, length = new.shape
        blocks = -(-length // self._size)
        padded = np.full((count, blocks * self._size), np.nan)
        padded[:, :length] = new
        padded = padded.reshape(count, blocks, self._size)
        good = np.isfinite(padded)
        lowest = np.where(good, padded, np.inf)
        highest = np.where(good, padded, -np.inf)
        block = start // self._size
        here = slice(block, block + blocks)
        begins = start + np.arange(blocks) * self._size
        for side, (values, places) in enumerate(
            ((lowest, lowest.argmin(axis=2)), (highest, highest.argmax(axis=2)))
        ):
            self._steps[side, :, here] = begins + places
            self._values[side, :, here] = np.take_along_axis(values, places[..., np.newaxis], 2)[..., 0]

    def _merge(self) -> None:
        full = self._seen // self._size
        pairs = full // 2
        count = self._values.shape[1]
        values = self._values[:, :, : 2 * pairs].reshape(2, count, pairs, 2)
        steps = self._steps[:, :, : 2 * pairs].reshape(2, count, pairs, 2)
        better = np.stack([values[0].argmin(axis=2), values[1].argmax(axis=2)])[..., np.newaxis]
        self._values[:, :, :pairs] = np.take_along_axis(values, better, 3)[..., 0]
        self._steps[:, :, :pairs] = np.take_along_axis(steps, better, 3)[..., 0]
        self._size *= 2
        # Steps of an odd block at the end, and of a block that was not full, are read again.
        self._seen = min(self._seen, pairs * self._size)


class CurveStore:
    """Sketches of every record that has been drawn, each kept as long as its record."""

    def __init__(self, limits: LimitCurves | None = None) -> None:
        self._limits = limits
        self.budget = Budget.unlimited()  # limits the steps that are read for the current picture
        self._sketches: WeakKeyDictionary[Trajectory, dict[tuple[CurveKind, Optimizer, bool], Sketch]] = (
            WeakKeyDictionary()
        )
        self._rises: WeakKeyDictionary[Trajectory, Rises] = WeakKeyDictionary()
        # Sketches of parts in such a close view that they are read from the record again.
        self._near: WeakKeyDictionary[Trajectory, dict[tuple[object, ...], Sketch]] = WeakKeyDictionary()

    def line(
        self,
        view: RunView,
        kind: CurveKind,
        place: int,
        columns: int,
        within: slice | None = None,
        *,
        means: bool = False,
    ) -> tuple[Rows, Array]:
        """Return steps and values of a series to draw in so many columns of pixels.

        ``within`` are the steps in view, None for all; ``means`` asks for means over the latest epoch.
        """
        if kind is CurveKind.LIMIT and self._gauge(view) is None:
            return np.empty(0, dtype=np.intp), np.empty(0)
        sketch = self._sketch(view, kind, means=means)
        length = len(view.trajectory)
        steps = slice(max(0, within.start), min(within.stop, length)) if within else slice(0, length)
        if steps.stop - steps.start == length or sketch.is_fine(steps, columns):
            return sketch.line(place, columns, steps)
        rows, values = self._near_sketch(view, kind, steps, means=means).line(place, columns)
        return rows + steps.start, values

    def rising(self, view: RunView, columns: int, within: slice | None) -> Rows:
        """Return steps that raised the loss, at least one for each column of pixels that has any."""
        steps, flags = self.line(view, CurveKind.LOSS, 1, columns, within)
        return steps[flags > 0.0]

    def count_rises(self, view: RunView) -> int:
        return self._rises_of(view).count

    def _rises_of(self, view: RunView) -> Rises:
        known = self._rises.setdefault(view.trajectory, Rises())
        known.grow(view.whole.loss)
        return known

    def _sketch(self, view: RunView, kind: CurveKind, *, means: bool) -> Sketch:
        kept = self._sketches.setdefault(view.trajectory, {})
        key = (kind, view.run.optimizer, means)
        sketch = kept.get(key) or kept.setdefault(key, Sketch(self._count(view, kind)))
        least = view.clock.per_epoch if means else 0  # a mean looks back over so many steps
        sketch.grow(len(view.trajectory), self._reader(view, kind, means=means), self.budget, least)
        return sketch

    def _near_sketch(self, view: RunView, kind: CurveKind, steps: slice, *, means: bool) -> Sketch:
        """Return a sketch of some steps alone, counted from their first; kept until the steps change."""
        kept = self._near.setdefault(view.trajectory, {})
        key = (kind, view.run.optimizer, means, steps.start, steps.stop)
        if key not in kept:
            if any(other[-2:] != key[-2:] for other in kept):
                kept.clear()
            read, sketch = self._reader(view, kind, means=means), Sketch(self._count(view, kind))
            sketch.grow(
                steps.stop - steps.start,
                lambda some: read(slice(some.start + steps.start, some.stop + steps.start)),
                Budget.unlimited(),
                view.clock.per_epoch if means else 0,
            )
            kept[key] = sketch
        return kept[key]

    def _count(self, view: RunView, kind: CurveKind) -> int:
        series = series_of(kind, view.run.optimizer, view.whole.p.shape[-1] - 1)
        return len(series) + (kind is CurveKind.LOSS)

    def _reader(self, view: RunView, kind: CurveKind, *, means: bool) -> Read:
        width = view.clock.per_epoch
        raised = self._rises_of(view).flags if kind is CurveKind.LOSS else None

        def read(steps: slice) -> Array:
            # Begin at an epoch, so that sums are the same wherever reading starts.
            first = max(0, steps.start // width - 1) * width if means else steps.start
            values = self._values(view, kind, slice(first, steps.stop))
            if means:
                values = trailing_means(values, width)[:, steps.start - first :]
            return values if raised is None else np.vstack([values, raised[steps]])

        return read

    def values_at(self, view: RunView, kind: CurveKind, step: int) -> Array:
        """Return the values of all series of a kind at a row, or at the last row if beyond it: shape (m,).

        At a negative row, before a fork begins, they are NaN.
        """
        if step < 0:
            return np.full(len(series_of(kind, view.run.optimizer, view.whole.p.shape[-1] - 1)), np.nan)
        step = min(step, view.trajectory.last_step)
        return self._values(view, kind, slice(step, step + 1))[:, 0]

    def _values(self, view: RunView, kind: CurveKind, steps: slice) -> Array:
        if kind is not CurveKind.LIMIT:
            return extract(kind, view.run.optimizer, view.whole, steps)
        gauge = self._gauge(view)
        return np.full((1, steps.stop - steps.start), np.nan) if gauge is None else gauge[np.newaxis, steps]

    def _gauge(self, view: RunView) -> Array | None:
        return self._limits.gauge(view) if self._limits else None
