"""How high a loss is drawn: the loss itself, or its logarithm where it spans many powers of ten."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import nice_ticks, round_number

# Below this share of the highest loss the lowest one is drawn above a floor of 0. Losses that differ by less
# than this share are level.
_FROM_ZERO, _FLAT = 0.4, 1e-9
# Of a logarithm: the floor is no lower than this share of the top.
_DEEPEST = 1e-8


class HeightScale(NamedTuple):
    """A monotone map from losses to heights: 0 at ``low``, 1 at ``high``, and beyond them what it may be.

    With a ``base`` heights are the logarithm of how far a loss is above it: 0, unless losses are below that.
    """

    low: float
    high: float
    base: float | None = None

    def height(self, loss: npt.ArrayLike) -> Array:
        """Return the height of losses; -inf at the base of a logarithm and below it."""
        with np.errstate(all="ignore"):
            return self.height_unguarded(np.asarray(loss, dtype=np.float64))

    def height_unguarded(self, loss: Array) -> Array:
        """Return the same; NumPy may warn of what overflows or is no number."""
        if self.base is None:
            return (loss - self.low) / (self.high - self.low)
        low = math.log10(self.low - self.base)
        span = math.log10(self.high - self.base) - low
        above = np.where(loss <= self.base, 0.0, loss - self.base)
        return (np.log10(above) - low) / span

    def round_distances(self, most: int) -> Array:
        """Return at most ``most`` distances of losses to the base of a logarithm that are powers of ten.

        Where there is at most one, they are round numbers in even steps.
        """
        assert self.base is not None  # noqa: S101 - of a logarithm
        first = math.ceil(math.log10(self.low - self.base) - 1e-9)
        last = math.floor(math.log10(self.high - self.base) + 1e-9)
        stride = max(1, math.ceil((last - first + 1) / max(1, most)))
        powers = np.array([round_number(1, power) for power in range(first, last + 1, stride)])
        if first < last:
            return powers
        even = nice_ticks(self.low - self.base, self.high - self.base, most)
        return even if len(even) > len(powers) else powers


def height_scale(loss: Array, lowest: float, *, log: bool = False) -> HeightScale:
    """Return the scale of heights of a surface, whose lowest place may be between its samples.

    There is no logarithm of a surface that is level.
    """
    finite = loss[np.isfinite(loss)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    low = min(low, lowest) if math.isfinite(lowest) else low
    is_flat = high - low <= _FLAT * max(abs(high), abs(low))
    if log and not is_flat:
        base = min(low, 0.0)
        above = finite[finite > base] - base
        floor = max(float(above.min()), _DEEPEST * (high - base))
        if base + floor < high and math.log10(high - base) > math.log10(floor):
            return HeightScale(base + floor, high, base)
    # Heights above zero say more than heights above the lowest place, unless all are much the same.
    if is_flat or 0.0 < low <= _FROM_ZERO * high:
        low = min(low, 0.0)
    if is_flat:
        high = 1.25 * high if high > 0.0 else low + 1.0
    return HeightScale(low, high)
