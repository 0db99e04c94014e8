"""Numbers as programs give them: lists, arrays, columns of tables."""

from reprlib import repr as short_repr

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array


def numbers_of(values: npt.ArrayLike, name: str) -> Array:
    """Return values as an array; a `ValueError` says that they are no numbers."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be numbers, as many in each row, not {short_repr(values)}") from None
