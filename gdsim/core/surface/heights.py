"""How high a loss is drawn: the loss itself, or its logarithm where it spans many powers of ten."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import nice_ticks, round_number

# If the lowest loss is at most this share of the highest, heights are measured from 0. If losses differ by no
# more than this share, the surface is level.
_FROM_ZERO, _FLAT = 0.4, 1e-9
# On a logarithmic scale the bottom is no lower than this share of the top.
_DEEPEST = 1e-8


class HeightScale(NamedTuple):
    """A monotone map from losses to heights: 0 at ``low``, 1 at ``high``, not clipped beyond them.

    With a ``base`` the scale is logarithmic in the distance of a loss from it. The base is 0, unless some
    losses are negative.
    """

    low: float
    high: float
    base: float | None = None

    def height(self, loss: npt.ArrayLike) -> Array:
        """Return the heights of losses; -inf at the base of a logarithm and below it."""
        with np.errstate(all="ignore"):
            return self.height_unguarded(np.asarray(loss, dtype=np.float64))

    def height_unguarded(self, loss: Array) -> Array:
        """Return the same as `height`, but let NumPy warn of overflows and invalid values."""
        if self.base is None:
            return (loss - self.low) / (self.high - self.low)
        low = math.log10(self.low - self.base)
        span = math.log10(self.high - self.base) - low
        above = np.where(loss <= self.base, 0.0, loss - self.base)
        return (np.log10(above) - low) / span

    def round_distances(self, most: int) -> Array:
        """Return at most ``most`` powers of ten, as distances of losses from the base of a logarithm.

        If the scale spans at most one power of ten, return round numbers in even steps if there are more.
        """
        assert self.base is not None  # noqa: S101 - only on a logarithmic scale
        first = math.ceil(math.log10(self.low - self.base) - 1e-9)
        last = math.floor(math.log10(self.high - self.base) + 1e-9)
        stride = max(1, math.ceil((last - first + 1) / max(1, most)))
        powers = np.array([round_number(1, power) for power in range(first, last + 1, stride)])
        if first < last:
            return powers
        even = nice_ticks(self.low - self.base, self.high - self.base, most)
        return even if len(even) > len(powers) else powers


def height_scale(loss: Array, lowest: float, *, log: bool = False) -> HeightScale:
    """Return the height scale of a surface, whose ``lowest`` loss may lie between its samples.

    The scale of a level surface is never logarithmic.
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
    # Heights above zero say more than heights above the lowest place, unless all are nearly the same.
    if is_flat or 0.0 < low <= _FROM_ZERO * high:
        low = min(low, 0.0)
    if is_flat:
        high = 1.25 * high if high > 0.0 else low + max(1.0, 0.25 * abs(low))
    return HeightScale(low, high)
