"""Leaving out of a long path what cannot be seen. Views are thinned, data never."""

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags

Indices = npt.NDArray[np.intp]

# Rows that are looked at together: what is made of them stays in the cache.
_PIECE = 1 << 15
# A path of more rows is a scribble: of its end all rows are drawn, and of the rest some steps.
MOST_ROWS = 2000
_END_ROWS, _SOME_STEPS = 500, 550
# How many of the rows that reach farther than all before them are drawn for certain.
_MOST_EXTREMES = 200


class Thinning:
    """Which points of a growing path are worth drawing: the first in each cell that it enters.

    Rows are looked at once, as the path grows; moving back and forth on it is a binary search.

    The size of a cell is in the path's own units: shape (2,).
    """

    def __init__(self, cell: Array) -> None:
        self._cell = cell
        self._seen = 0
        self._last = np.full(2, np.nan)
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)
        self._all: Indices = np.empty(0, dtype=np.intp)
        # Places in `_all` of the rows that reach farther than all before them.
        self._extremes: Indices = np.empty(0, dtype=np.intp)

    def upto(self, path: Array, step: int) -> Indices:
        """Return the rows to draw of ``path[: step + 1]``; what follows the last of them is in its cell.

        The ``path`` (n, 2) is all there is of it; between calls it may only grow.
        """
        while self._seen < len(path):
            self._look_at(path[: self._seen + _PIECE])
        return self._all[: np.searchsorted(self._all, step, side="right")]

    def few(self, rows: Indices) -> tuple[Indices, Flags]:
        """Return so many of some rows that they are soon painted, and which are joined to the one before.

        Of a scribble whole steps are left out, none of which reaches farther than those before it.
        """
        if len(rows) <= MOST_ROWS:
            return rows, np.arange(len(rows)) > 0
        first = len(rows) - _END_ROWS
        begin = np.zeros(first, dtype=np.bool_)
        begin[np.linspace(0, first - 2, _SOME_STEPS).astype(np.intp)] = True
        far = self._extremes - np.searchsorted(self._all, rows[0])
        far = far[(far > 0) & (far < first)]
        begin[far[:: -(-len(far) // _MOST_EXTREMES) or 1] - 1] = True
        places = np.flatnonzero(begin)
        some = np.stack([rows[places], rows[places + 1]], axis=1).ravel()
        joined = np.ones(len(some) + _END_ROWS, dtype=np.bool_)
        joined[: len(some) + 1 : 2] = False
        return np.concatenate([some, rows[first:]]), joined

    def _look_at(self, path: Array) -> None:
        cells = _cells(path[self._seen :], self._cell)
        before = np.vstack([self._last, cells[:-1]])
        # By columns: to reduce along a short axis is slow.
        entered = np.flatnonzero((cells[:, 0] != before[:, 0]) | (cells[:, 1] != before[:, 1]))
        far = np.flatnonzero(self._reaches_farther(cells[entered]))
        self._extremes = np.concatenate([self._extremes, len(self._all) + far])
        self._all = np.concatenate([self._all, self._seen + entered])
        self._seen, self._last = len(path), cells[-1]

    def _reaches_farther(self, cells: Array) -> Flags:
        """Return which of the cells (k, 2) lie outside the box around all before them."""
        flags = np.zeros(len(cells), dtype=np.bool_)
        for axis in range(2):
            high = np.maximum.accumulate(np.append(self._high[axis], cells[:, axis]))
            low = np.minimum.accumulate(np.append(self._low[axis], cells[:, axis]))
            flags |= (high[1:] > high[:-1]) | (low[1:] < low[:-1])
            self._high[axis], self._low[axis] = high[-1], low[-1]
        return flags


class FirstVisits:
    """The first row in each cell that a growing path ever enters: a dot there stands for all that follow.

    A path that has entered more than ``most`` cells has no dots, which would run into each other.
    """

    def __init__(self, cell: Array, most: int) -> None:
        self._cell = cell
        self._most = most
        self._entries = Thinning(cell)
        self._looked = 0
        self._known: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        # All that are known; where there are more than ``most``, not all.
        self.rows: Indices = np.empty(0, dtype=np.intp)

    def upto(self, path: Array, step: int) -> Indices:
        """Return the rows of ``path[: step + 1]`` where dots belong."""
        if len(self.rows) <= self._most:
            self._look_at(path)
        rows = self.rows[: np.searchsorted(self.rows, step, side="right")]
        return rows if len(rows) <= self._most else rows[:0]

    def _look_at(self, path: Array) -> None:
        entries = self._entries.upto(path, len(path) - 1)
        while self._looked < len(entries) and len(self.rows) <= self._most:
            new = entries[self._looked : self._looked + _PIECE]
            self._looked += len(new)
            self._add(new, path[new])

    def _add(self, rows: Indices, places: Array) -> None:
        # What is farther away than any map is large lies in the cells at its edge.
        cells = np.clip(_cells(places, self._cell), -(2.0**30), 2.0**30).astype(np.int64)
        codes, first = np.unique((cells[:, 0] << 32) + cells[:, 1], return_index=True)
        fresh = ~np.isin(codes, self._known, assume_unique=True)
        self._known = np.concatenate([self._known, codes[fresh]])
        self.rows = np.concatenate([self.rows, np.sort(rows[first[fresh]])])


def _cells(places: Array, size: Array) -> Array:
    """Return the cells of some places; infinite where the number of cells to there is too large."""
    cells = np.empty_like(places)
    with np.errstate(over="ignore"):
        # By columns: numpy is slow along a short axis.
        for axis in range(2):
            np.divide(places[:, axis], size[axis], out=cells[:, axis])
    return np.floor(cells, out=cells)
