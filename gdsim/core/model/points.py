"""The points that a neuron learns from, which the table shows."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags, Rows, frozen
from gdsim.core.language.texts import SaidError
from gdsim.core.settings import LARGEST


class PointsError(SaidError):
    """Points that no experiment can be made of; the text is a sentence for the user."""


@dataclass(frozen=True, eq=False, init=False)
class PointSet:
    """N points with inputs of dimension d. Compares by content."""

    x: Array  # (N, d)
    y: Array  # (N,)

    def __init__(self, x: npt.ArrayLike, y: npt.ArrayLike) -> None:
        x, y = frozen(x), frozen(y)
        if x.ndim == 1:  # one input for each point
            x = frozen(x[:, np.newaxis])
        if x.ndim != 2 or y.ndim != 1 or len(x) != len(y):  # noqa: PLR2004 - rows and columns
            raise PointsError("x and y must have the same length, not {x} and {y}", x=len(x), y=len(y))
        if x.shape[1] == 0:
            raise PointsError("a point needs at least one input")
        if not ((np.abs(x) <= LARGEST).all() and (np.abs(y) <= LARGEST).all()):  # also false for NaN
            raise PointsError("every x and y must be a number from -1e100 to 1e100")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)

    @classmethod
    def _unchecked(cls, x: Array, y: Array) -> "PointSet":
        """Wrap new arrays without a check, because their values come from sets that were checked."""
        x.flags.writeable = y.flags.writeable = False
        points = object.__new__(cls)
        object.__setattr__(points, "x", x)
        object.__setattr__(points, "y", y)
        return points

    @classmethod
    def empty(cls, dimension: int = 1) -> "PointSet":
        return cls(np.empty((0, dimension)), np.empty(0))

    @cached_property
    def with_ones(self) -> Array:
        """The inputs and a last column of ones: shape (N, d + 1); shared by all experiments over the set."""
        inputs = np.column_stack([self.x, np.ones(len(self))])
        inputs.flags.writeable = False
        return inputs

    @property
    def dimension(self) -> int:
        """The number of inputs d of each point."""
        return int(self.x.shape[1])

    def __len__(self) -> int:
        return len(self.y)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PointSet):
            return NotImplemented
        return self is other or (np.array_equal(self.x, other.x) and np.array_equal(self.y, other.y))

    def __hash__(self) -> int:
        # Adding 0.0 turns -0.0 into 0.0: the two are equal, but differ in their bits.
        return hash(((self.x + 0.0).tobytes(), (self.y + 0.0).tobytes()))

    def differing(self, other: "PointSet") -> Flags:
        """Return which points differ from those of a set of the same shape: (N,)."""
        return np.asarray((self.x != other.x).any(axis=1) | (self.y != other.y))

    def replaced(self, row: int, x: npt.ArrayLike, y: float) -> "PointSet":
        point = PointSet(np.reshape(np.asarray(x, dtype=np.float64), (1, -1)), [y])
        new_x, new_y = self.x.copy(), self.y.copy()
        new_x[row], new_y[row] = point.x[0], point.y[0]
        return PointSet._unchecked(new_x, new_y)

    def extended(self, other: "PointSet") -> "PointSet":
        return PointSet._unchecked(np.concatenate([self.x, other.x]), np.concatenate([self.y, other.y]))

    def without(self, rows: npt.ArrayLike) -> "PointSet":
        left_out = np.asarray(rows, dtype=np.intp)
        return PointSet._unchecked(np.delete(self.x, left_out, axis=0), np.delete(self.y, left_out))

    def taken(self, rows: npt.ArrayLike) -> "PointSet":
        """Return the given rows, in the given order."""
        index = np.asarray(rows, dtype=np.intp)
        return PointSet._unchecked(self.x[index], self.y[index])


def fair_sample(n: int, most: int) -> Rows:
    """Return at most ``most`` of ``n`` rows, in order; all of them when there are no more.

    One row is drawn from each of at most ``most`` equal stretches, so that a sorted table is sampled evenly,
    and a periodic one not always at the same phase. The same arguments give the same rows.
    """
    length = max(1, -(-n // most))
    first = np.arange(0, n, length)
    if length == 1:
        return first
    rows: Rows = np.minimum(first + np.random.default_rng(0).integers(0, length, len(first)), n - 1)
    return rows
