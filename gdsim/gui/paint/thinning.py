"""Thinning of long paths to the points that can be seen. It affects only what is drawn, never the data."""

from abc import ABC, abstractmethod
from functools import reduce
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.gui.paint.budget import Budget
from gdsim.session.frame import RunView

GroundT_contra = TypeVar("GroundT_contra", contravariant=True)

# Rows processed together, few enough that their arrays stay in the processor's cache.
_ROWS_AT_ONCE = 1 << 15
# A path of more places is drawn as a scribble: all places of its end, and some steps of the rest.
MOST_PLACES = 2000
_END_PLACES, _SOME_STEPS = 500, 550
# The most places that are always drawn because they reach farther than all before them.
_MOST_EXTREMES = 200


class Thinning:
    """The rows of a growing path that are worth drawing: the first one in each cell that it enters.

    The ``size`` (k,) of a cell is in the path's own units.
    """

    def __init__(self, size: Array) -> None:
        self.rows: Rows = np.empty(0, dtype=np.intp)
        self._size = size
        self._last = np.full(len(size), np.nan)

    def add(self, first: int, places: Array) -> Rows:
        """Examine the next places (m, k), from row ``first`` on; return which of these rows to draw."""
        cells = cells_of(places, self._size)
        changed = cells != np.vstack([self._last, cells[:-1]])
        # Column by column, because reducing along a short axis is slow.
        entered: Rows = first + np.flatnonzero(reduce(np.logical_or, changed.T))
        if entered.size:
            self.rows = np.concatenate([self.rows, entered])
        self._last = cells[-1]
        return entered


class FirstVisits:
    """The rows at which a growing path enters a cell for the first time, which are marked by dots.

    Once there are more than ``most``, which would run into each other, the rest is not examined.
    """

    def __init__(self, size: Array, most: int) -> None:
        self.rows: Rows = np.empty(0, dtype=np.intp)
        self._size, self._most = size, most
        self._entries = Thinning(size)
        self._known: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, first: int, places: Array) -> None:
        """Examine the next places (m, 2), from row ``first`` on."""
        if len(self.rows) > self._most:
            return
        rows = self._entries.add(first, places)
        # Clip cells farther away than the size of any map.
        cells = np.clip(cells_of(places[rows - first], self._size), -(2.0**30), 2.0**30).astype(np.int64)
        codes, places_of_codes = np.unique((cells[:, 0] << 32) + cells[:, 1], return_index=True)
        fresh = ~np.isin(codes, self._known, assume_unique=True)
        self._known = np.concatenate([self._known, codes[fresh]])
        self.rows = np.concatenate([self.rows, np.sort(rows[places_of_codes[fresh]])])


class PathRows(ABC, Generic[GroundT_contra]):
    """The rows of a growing record that are worth drawing on some ground.

    Kept when a trail is painted anew, because examining a long record is slow.
    """

    def __init__(self, record: Trajectory, line: Thinning, *others: Thinning | FirstVisits) -> None:
        self.record = record
        self._line, self._examiners = line, (line, *others)
        self._seen = 0

    @abstractmethod
    def places(self, rows: Rows | slice) -> Array:
        """Return the places (n, k) of some rows of the record."""

    @abstractmethod
    def fit(self, ground: GroundT_contra, view: RunView) -> bool:
        """Return whether these are the rows of a run that are worth drawing on some ground."""

    def known(self, step: int, budget: Budget) -> Rows:
        """Examine rows up to ``step`` or more, as far as the budget allows; return all worth drawing.

        Rows that follow ``step`` may be among them.
        """
        while self._seen <= min(step, self.record.last_step) and not budget.is_spent:
            places = self.places(slice(self._seen, self._seen + _ROWS_AT_ONCE))
            for one in self._examiners:
                one.add(self._seen, places)
            self._seen += len(places)
            budget.spend_rows(len(places))
        return self._line.rows


def limited_places(places: Array, size: Array) -> tuple[Rows, Flags]:
    """Limit the places (n, 2) of a path to what is painted quickly.

    Returns the indices of those to draw, and which are joined to the one before. Whole steps of a scribble
    are left out, preferably ones that reach no farther than earlier ones; ``size`` is that of a cell.
    """
    count = len(places)
    if count <= MOST_PLACES:
        return np.arange(count), np.arange(count) > 0
    first = count - _END_PLACES
    begin = np.zeros(first, dtype=np.bool_)
    begin[np.linspace(0, first - 2, _SOME_STEPS).astype(np.intp)] = True
    far = _farther(cells_of(places[:first], size))
    begin[far[:: -(-len(far) // _MOST_EXTREMES) or 1] - 1] = True
    begins = np.flatnonzero(begin)
    some = np.stack([begins, begins + 1], axis=1).ravel()
    joined = np.ones(len(some) + _END_PLACES, dtype=np.bool_)
    joined[: len(some) + 1 : 2] = False
    return np.concatenate([some, np.arange(first, count)]), joined


def _farther(cells: Array) -> Rows:
    """Return the indices of the cells (n, 2), but the first, outside the bounding box of all before them."""
    flags = np.zeros(len(cells) - 1, dtype=np.bool_)
    for column in cells.T:
        high, low = np.maximum.accumulate(column), np.minimum.accumulate(column)
        flags |= (high[1:] > high[:-1]) | (low[1:] < low[:-1])
    return 1 + np.flatnonzero(flags)


def cells_of(places: Array, size: Array) -> Array:
    """Return the cells of some places; infinite where the number of a cell overflows."""
    cells = np.empty_like(places)
    with np.errstate(over="ignore"):
        # Column by column, because NumPy is slow along a short axis.
        for axis in range(len(size)):
            np.divide(places[:, axis], size[axis], out=cells[:, axis])
    return np.floor(cells, out=cells)
