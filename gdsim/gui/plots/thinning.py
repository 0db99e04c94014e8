"""Leaving out of a long path what cannot be seen. Views are thinned, data never."""

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array

Indices = npt.NDArray[np.intp]


class Thinning:
    """Which points of a growing path are worth drawing: the first in each cell that it enters.

    Rows are looked at once, as the path grows; moving back and forth on it is a binary search.

    Parameters
    ----------
    cell : (2,) array
        Size of a cell, in the path's own units.
    """

    def __init__(self, cell: Array) -> None:
        self._cell = cell
        self._seen = 0
        self._last = np.full(2, np.nan)
        self._all: Indices = np.empty(0, dtype=np.intp)

    def upto(self, path: Array, step: int) -> Indices:
        """Return the rows to draw of ``path[: step + 1]``, always with its last one.

        Parameters
        ----------
        path : (n, 2) array
            The whole path there is; between calls it may only grow.
        step : int
            Last row wanted.
        """
        if len(path) > self._seen:
            self._look_at(path)
        rows = self._all[: np.searchsorted(self._all, step)]
        return np.append(rows, step)

    def _look_at(self, path: Array) -> None:
        cells = np.floor(path[self._seen :] / self._cell)
        before = np.vstack([self._last, cells[:-1]])
        entered = (cells != before).any(axis=1)
        self._all = np.concatenate([self._all, self._seen + np.flatnonzero(entered)])
        self._seen, self._last = len(path), cells[-1]
