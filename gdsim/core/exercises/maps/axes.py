"""What the axes of a map go through: a number of a run, from one value to another."""

import math
from dataclasses import dataclass, replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.language.words import said
from gdsim.core.settings import NUMBER, Setting

# A logarithmic axis ends there at the latest.
_TINY = 1e-30
# So long is a logarithmic axis at first, from its upper end down.
_POWERS = 1e-4
NARROWEST = 1e-12
"""The smallest share of its whole range that an axis may show: there floats still tell pixels apart."""


@dataclass(frozen=True)
class MapAxis:
    """One direction of a map: a setting from ``low`` to ``high``, as it is or in powers of ten."""

    setting: Setting
    low: float
    high: float
    log: bool = False

    @classmethod
    def of(cls, setting: Setting) -> "MapAxis":
        """Return the usual range of a setting; of a logarithmic one the upper powers of ten."""
        low = max(setting.low, _POWERS * setting.high) if setting.log else setting.low
        return cls(setting, low, setting.high, setting.log)

    def fault(self) -> str:
        """Return why no map has this axis, as the end of a sentence; empty when there is nothing wrong."""
        lowest, highest = self.setting.domain.ends
        if not (lowest <= self.low and self.high <= highest):
            return said("must be {words}", words=self.setting.domain.in_words)
        if not self.low < self.high:
            return said("must go from a smaller to a larger number")
        if self.log and self.low <= 0.0:
            return said("must be above 0 on a logarithmic scale")
        return ""

    def of_setting(self, setting: Setting | None) -> "MapAxis | None":
        """Return the same range of a setting as another run has it; None if that may not have all of it."""
        axis = replace(self, setting=setting) if setting is not None else None
        return axis if axis is not None and not axis.fault() else None

    def with_log(self, *, log: bool) -> "MapAxis":
        """Return it in powers of ten or not; a range from 0 begins a few powers below its end, then."""
        low = _POWERS * self.high if log and self.low <= 0.0 < self.high else self.low
        return replace(self, low=low, log=log)

    def at(self, share: Array) -> Array:
        """Return the values at some shares of the way along it."""
        low, high = self._ends
        values = low + share * (high - low)
        values = 10.0**values if self.log else values
        return np.rint(values) if self.setting.domain.kind is int else values

    def values(self, size: int) -> Array:
        """Return the value in the middle of each of some pixels."""
        return self.at((np.arange(size) + 0.5) / size)

    def share(self, value: float) -> float:
        """Return how far along it a value is; beyond 0 to 1 for one outside, NaN for one without a place."""
        if self.log and value <= 0.0:
            return math.nan
        low, high = self._ends
        return ((math.log10(value) if self.log else value) - low) / (high - low)

    def zoomed(self, share: float, factor: float) -> "MapAxis":
        """Return it with a range that is ``factor`` times as long, around the place at a share."""
        low, high = self._ends
        middle = low + share * (high - low)
        return self._between(
            middle - share * factor * (high - low), middle + (1.0 - share) * factor * (high - low)
        )

    def moved(self, share: float) -> "MapAxis":
        """Return it moved along by a share of its range, as far as the setting allows."""
        low, high = self._ends
        least, most = self._bounds
        way = min(max(share * (high - low), least - low), most - high)
        return self._between(low + way, high + way)

    def narrowness(self, whole: "MapAxis") -> float:
        """Return how long its range is as a share of that of the whole."""
        (low, high), (first, last) = self._ends, whole._ends  # noqa: SLF001 - of its own kind
        return (high - low) / (last - first)

    def towards(self, other: "MapAxis", share: float) -> "MapAxis":
        """Return the range at a share of a zoom from this one into another, at an even speed."""
        (low, high), (first, last) = self._ends, other._ends  # noqa: SLF001
        wide, narrow = high - low, last - first
        width = wide * (narrow / wide) ** share
        # The place that stands still on the way, where there is a zoom; without one the range slides.
        done = (wide - width) / (wide - narrow) if not math.isclose(wide, narrow) else share
        start = low + done * (first - low)
        return other if share >= 1.0 else self._between(start, start + width)

    @property
    def _ends(self) -> tuple[float, float]:
        return (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)

    @property
    def _bounds(self) -> tuple[float, float]:
        low, high = self.setting.domain.ends
        low, high = max(low, -NUMBER.high), min(high, NUMBER.high)
        return (math.log10(max(low, _TINY)), math.log10(high)) if self.log else (low, high)

    def _between(self, low: float, high: float) -> "MapAxis":
        least, most = self._bounds
        low, high = max(low, least), min(high, most)
        if not self.log:
            return replace(self, low=low, high=high)
        lowest, highest = self.setting.domain.ends
        return replace(self, low=max(10.0**low, lowest), high=min(10.0**high, highest))
