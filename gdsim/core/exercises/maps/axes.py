"""The axes of a map, along each of which one setting of the run varies."""

import math
from dataclasses import dataclass, replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.language.texts import said
from gdsim.core.settings import NUMBER, Setting

# The smallest value on a logarithmic axis.
_TINY = 1e-30
# The default lower end of a logarithmic axis, as a share of its upper end.
_LOG_SPAN = 1e-4
NARROWEST_AXIS = 1e-12
"""The smallest share of its whole range that an axis may show, where floats still tell pixels apart."""


@dataclass(frozen=True)
class MapAxis:
    """One axis of a map: a setting from ``low`` to ``high``, on a linear or a logarithmic scale."""

    setting: Setting
    low: float
    high: float
    log: bool = False

    @classmethod
    def of(cls, setting: Setting) -> "MapAxis":
        """Return an axis over the setting's usual range; on a log scale, at most its upper four decades."""
        low = max(setting.low, _LOG_SPAN * setting.high) if setting.log else setting.low
        return cls(setting, low, setting.high, setting.log)

    def fault(self) -> str:
        """Return what is wrong with the axis, as the end of a sentence; empty if it is valid."""
        lowest, highest = self.setting.domain.ends
        if not (lowest <= self.low and self.high <= highest):
            return said("must be {words}", words=self.setting.domain.in_words)
        if not self.low < self.high:
            return said("must go from a smaller to a larger number")
        if self.log and self.low <= 0.0:
            return said("must be above 0 on a logarithmic scale")
        return ""

    def of_setting(self, setting: Setting | None) -> "MapAxis | None":
        """Return the axis for another run's setting; None if that setting may not have the whole range."""
        axis = replace(self, setting=setting) if setting is not None else None
        return axis if axis is not None and not axis.fault() else None

    def with_log(self, *, log: bool) -> "MapAxis":
        """Return the axis on a log or linear scale; a log range from 0 is cut to its upper four decades."""
        low = _LOG_SPAN * self.high if log and self.low <= 0.0 < self.high else self.low
        return replace(self, low=low, log=log)

    def at(self, share: Array) -> Array:
        """Return the values at the given shares of the axis."""
        low, high = self._ends
        values = low + share * (high - low)
        values = 10.0**values if self.log else values
        return np.rint(values) if self.setting.domain.kind is int else values

    def values(self, size: int) -> Array:
        """Return the value at the centre of each of ``size`` pixels."""
        return self.at((np.arange(size) + 0.5) / size)

    def share(self, value: float) -> float:
        """Return the position of a value as a share of the axis; NaN if it is not above 0 on a log scale.

        The share of a value outside the axis is below 0 or above 1.
        """
        if self.log and value <= 0.0:
            return math.nan
        low, high = self._ends
        return ((math.log10(value) if self.log else value) - low) / (high - low)

    def zoomed(self, share: float, factor: float) -> "MapAxis":
        """Return the axis with its range scaled by ``factor`` around the position ``share``."""
        low, high = self._ends
        middle = low + share * (high - low)
        return self._between(
            middle - share * factor * (high - low), middle + (1.0 - share) * factor * (high - low)
        )

    def moved(self, share: float) -> "MapAxis":
        """Return the axis shifted by a share of its range, as far as the setting allows."""
        low, high = self._ends
        least, most = self._bounds
        shift = min(max(share * (high - low), least - low), most - high)
        return self._between(low + shift, high + shift)

    def narrowness(self, whole: "MapAxis") -> float:
        """Return the length of this range as a share of the whole range."""
        (low, high), (first, last) = self._ends, whole._ends  # noqa: SLF001 - of its own kind
        return (high - low) / (last - first)

    def towards(self, other: "MapAxis", share: float) -> "MapAxis":
        """Return the range at a share of a zoom from this axis to another, at a constant zoom speed."""
        (low, high), (first, last) = self._ends, other._ends  # noqa: SLF001
        wide, narrow = high - low, last - first
        width = wide * (narrow / wide) ** share
        # A zoom keeps one place fixed; between ranges of equal length the range slides instead.
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
