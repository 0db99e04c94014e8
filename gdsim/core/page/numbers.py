"""The numbers of a page: columns of doubles, concatenated, each stored once."""

import base64
import hashlib
import math

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array

# A column in a page: {"at": index of its first row}, or {"is": number} if all rows are equal; None means NaN.
Reference = dict[str, int | float | None]


class PageNumbers:
    """A store of columns in full precision."""

    def __init__(self) -> None:
        self._columns: list[Array] = []
        self._places: dict[bytes, int] = {}
        self._length = 0

    def keep(self, values: npt.ArrayLike) -> Reference:
        """Return a reference to a column, which is added unless it is stored already.

        It is also found as a stored column without its first or last row: the values before the updates are
        those after the updates, shifted by one row.
        """
        column = np.ascontiguousarray(values, dtype="<f8").ravel()
        first = float(column[0]) if len(column) else math.nan
        if not math.isinf(first) and _is_constant(column, first):
            return {"is": None if math.isnan(first) else first}
        place = self._places.get(_key(column))
        if place is None:
            place = self._length
            self._columns.append(column)
            self._length += len(column)
            for shift, part in enumerate((column[:-1], column[1:])):
                self._places.setdefault(_key(part), place + shift)
            self._places[_key(column)] = place
        return {"at": place}

    def keep_each(self, values: Array) -> list[Reference]:
        """Return references to the columns of an array (n, k)."""
        return [self.keep(column) for column in values.T]

    def to_text(self) -> str:
        """Return all columns as little-endian doubles in base64."""
        return base64.b64encode(b"".join(column.tobytes() for column in self._columns)).decode("ascii")


def _is_constant(column: Array, number: float) -> bool:
    """Return whether all rows equal ``number``; 0 and -0 are different."""
    is_same = np.array_equal(column, np.full(len(column), number), equal_nan=True)
    return is_same and (number != 0.0 or len(np.unique(np.signbit(column))) == 1)


def _key(column: Array) -> bytes:
    return hashlib.blake2b(column.tobytes(), digest_size=16).digest()
