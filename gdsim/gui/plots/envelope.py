"""Thinning of a curve for drawing: no peak is lost."""

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array

Indices = npt.NDArray[np.intp]


def envelope(values: Array, columns: int) -> Indices:
    """Return the rows of ``values`` to draw in ``columns`` pixels.

    The lowest and the highest of each column, in their order, with the first and the last row; all
    rows when there are few.
    """
    n = len(values)
    per_column = n // columns
    if per_column < 4:
        return np.arange(n)
    whole = n // per_column * per_column
    blocks = values[:whole].reshape(-1, per_column)
    starts = np.arange(0, whole, per_column)
    lowest, highest = starts + blocks.argmin(axis=1), starts + blocks.argmax(axis=1)
    return np.unique(np.concatenate([[0], lowest, highest, np.arange(whole, n), [n - 1]]))
