"""Thinning of long paths to the points that can be seen. It affects only what is drawn, never the data."""

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags

Indices = npt.NDArray[np.intp]

# Rows processed together, few enough that their arrays stay in the processor's cache.
_PIECE = 1 << 15
# A path of more rows is drawn as a scribble: all rows of its end, and some steps of the rest.
MOST_ROWS = 2000
_END_ROWS, _SOME_STEPS = 500, 550
# The most rows that are always drawn because they reach farther than all before them.
_MOST_EXTREMES = 200


class Thinning:
    """The points of a growing path that are worth drawing: the first one in each cell that it enters.

    Every row is examined only once, as the path grows; any step is then found by binary search.

    The size of a cell is in the path's own units: shape (2,).
    """

    def __init__(self, cell: Array) -> None:
        self._cell = cell
        self._seen = 0
        self._last = np.full(2, np.nan)
        self._low, self._high = np.full(2, np.inf), np.full(2, -np.inf)
        self._all: Indices = np.empty(0, dtype=np.intp)
        # Indices into `_all` of the rows that reach farther than all before them.
        self._extremes: Indices = np.empty(0, dtype=np.intp)

    def upto(self, path: Array, step: int) -> Indices:
        """Return the rows of ``path[: step + 1]`` to draw; all rows after the last one are in its cell.

        Pass the whole ``path`` (n, 2), which may only grow between calls.
        """
        while self._seen < len(path):
            self._examine(path[: self._seen + _PIECE])
        return self._all[: np.searchsorted(self._all, step, side="right")]

    def few(self, rows: Indices) -> tuple[Indices, Flags]:
        """Limit some rows to what is painted quickly; also return which are joined to the one before.

        Whole steps of a scribble are left out, preferably ones that reach no farther than earlier ones.
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

    def _examine(self, path: Array) -> None:
        cells = _cells(path[self._seen :], self._cell)
        before = np.vstack([self._last, cells[:-1]])
        # Column by column, because reducing along a short axis is slow.
        entered = np.flatnonzero((cells[:, 0] != before[:, 0]) | (cells[:, 1] != before[:, 1]))
        far = np.flatnonzero(self._reaches_farther(cells[entered]))
        self._extremes = np.concatenate([self._extremes, len(self._all) + far])
        self._all = np.concatenate([self._all, self._seen + entered])
        self._seen, self._last = len(path), cells[-1]

    def _reaches_farther(self, cells: Array) -> Flags:
        """Return which of the cells (k, 2) lie outside the bounding box of all before them."""
        flags = np.zeros(len(cells), dtype=np.bool_)
        for axis in range(2):
            high = np.maximum.accumulate(np.append(self._high[axis], cells[:, axis]))
            low = np.minimum.accumulate(np.append(self._low[axis], cells[:, axis]))
            flags |= (high[1:] > high[:-1]) | (low[1:] < low[:-1])
            self._high[axis], self._low[axis] = high[-1], low[-1]
        return flags


class FirstVisits:
    """The rows at which a growing path enters a cell for the first time, which are marked by dots.

    A path that has entered more than ``most`` cells gets no dots, because they would run into each other.
    """

    def __init__(self, cell: Array, most: int) -> None:
        self._cell = cell
        self._most = most
        self._entries = Thinning(cell)
        self._examined = 0
        self._known: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        # All first visits so far; incomplete once there are more than ``most``.
        self.rows: Indices = np.empty(0, dtype=np.intp)

    def upto(self, path: Array, step: int) -> Indices:
        """Return the rows of ``path[: step + 1]`` where dots belong."""
        if len(self.rows) <= self._most:
            self._examine(path)
        rows = self.rows[: np.searchsorted(self.rows, step, side="right")]
        return rows if len(rows) <= self._most else rows[:0]

    def _examine(self, path: Array) -> None:
        entries = self._entries.upto(path, len(path) - 1)
        while self._examined < len(entries) and len(self.rows) <= self._most:
            new = entries[self._examined : self._examined + _PIECE]
            self._examined += len(new)
            self._add(new, path[new])

    def _add(self, rows: Indices, places: Array) -> None:
        # Clip cells farther away than the size of any map.
        cells = np.clip(_cells(places, self._cell), -(2.0**30), 2.0**30).astype(np.int64)
        codes, first = np.unique((cells[:, 0] << 32) + cells[:, 1], return_index=True)
        fresh = ~np.isin(codes, self._known, assume_unique=True)
        self._known = np.concatenate([self._known, codes[fresh]])
        self.rows = np.concatenate([self.rows, np.sort(rows[first[fresh]])])


def _cells(places: Array, size: Array) -> Array:
    """Return the cells of some places; infinite where the number of a cell overflows."""
    cells = np.empty_like(places)
    with np.errstate(over="ignore"):
        # Column by column, because NumPy is slow along a short axis.
        for axis in range(2):
            np.divide(places[:, axis], size[axis], out=cells[:, axis])
    return np.floor(cells, out=cells)
