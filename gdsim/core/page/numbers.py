"""The numbers of a page: columns of doubles one behind the other, each of them once."""

import base64
import hashlib
import math

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array

# Where a page finds a column: {"at": place of its first row}, or {"is": number} if all rows have the same;
# that is None for no number.
Reference = dict[str, int | float | None]


class PageNumbers:
    """Columns with all digits of their numbers."""

    def __init__(self) -> None:
        self._columns: list[Array] = []
        self._places: dict[bytes, int] = {}
        self._length = 0

    def keep(self, values: npt.ArrayLike) -> Reference:
        """Return where a column is; it is added if it is not there, also as another one without an end.

        What was before an update is what was after the one before it, but for one row.
        """
        column = np.ascontiguousarray(values, dtype="<f8").ravel()
        first = float(column[0]) if len(column) else math.nan
        if not math.isinf(first) and _is_all(column, first):
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
        """Return where the columns of an array (n, k) are."""
        return [self.keep(column) for column in values.T]

    def to_text(self) -> str:
        """Return all columns in base64, little end first."""
        return base64.b64encode(b"".join(column.tobytes() for column in self._columns)).decode("ascii")


def _is_all(column: Array, number: float) -> bool:
    """Return whether all rows are one number; 0 and -0 are two."""
    is_same = np.array_equal(column, np.full(len(column), number), equal_nan=True)
    return is_same and (number != 0.0 or len(np.unique(np.signbit(column))) == 1)


def _key(column: Array) -> bytes:
    return hashlib.blake2b(column.tobytes(), digest_size=16).digest()
