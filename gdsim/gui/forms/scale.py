"""The scale of a slider: from a place on it to a number worth reading, and from number to number."""

import math
from dataclasses import dataclass

# Ten steps to a decade, none of them an odd number.
_LADDER = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_DIGITS = 3
_LARGE_STEP = 10


@dataclass(frozen=True)
class SliderScale:
    """A range of numbers laid out along a line.

    Attributes
    ----------
    low, high : float
        The ends; both above zero when ``log``.
    log : bool
        Whether equal distances are equal factors.
    whole : bool
        Whether there are only whole numbers on it.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def fraction(self, value: float) -> float:
        """Return the place of a value, 0 to 1; the nearest end for a value outside."""
        inside = min(max(value, self.low), self.high)
        if self.log:
            return math.log(inside / self.low) / math.log(self.high / self.low)
        return (inside - self.low) / (self.high - self.low)

    def value(self, fraction: float) -> float:
        """Return the number at a place, to three significant digits (of the range, when it is not log)."""
        if fraction <= 0.0 or fraction >= 1.0:
            return self.low if fraction <= 0.0 else self.high
        if self.log:
            value = float(f"{self.low * (self.high / self.low) ** fraction:.{_DIGITS}g}")
        else:
            decimals = _DIGITS - 1 - math.floor(math.log10(self.high - self.low))
            value = round(self.low + fraction * (self.high - self.low), decimals)
        return self._inside(float(round(value)) if self.whole else value)

    def stepped(self, value: float, *, up: bool, large: bool = False) -> float:
        """Return the next round number; ten of them further, or a decade, for a large step.

        A value outside the range is kept, unless the step leads back into the range.
        """
        if (value >= self.high and up) or (value <= self.low and not up):
            return value
        if not self.low <= value <= self.high:
            return self._inside(value)
        factor_or_unit = self._log_step if self.log else self._linear_step
        return self._inside(factor_or_unit(value, up=up, large=large))

    def _log_step(self, value: float, *, up: bool, large: bool) -> float:
        if large:
            far = float(f"{value * _LARGE_STEP if up else value / _LARGE_STEP:.12g}")
            return float(round(far)) if self.whole else far
        decade = math.floor(math.log10(value))
        rungs = [float(f"{rung}e{place}") for place in range(decade - 1, decade + 2) for rung in _LADDER]
        if self.whole:
            rungs = [rung for rung in rungs if rung.is_integer()]
        if up:
            return next((rung for rung in rungs if rung > value), self.high)
        return next((rung for rung in reversed(rungs) if rung < value), self.low)

    def _linear_step(self, value: float, *, up: bool, large: bool) -> float:
        decade = math.floor(math.log10((self.high - self.low) / 20.0))
        decimals = 0 if self.whole else -decade
        unit = max(10.0**decade, 1.0) if self.whole else 10.0**decade
        unit *= _LARGE_STEP if large else 1
        # A hair of tolerance: 0.3 / 0.1 is not quite 3.
        count = math.floor(value / unit + 1e-9) + 1 if up else math.ceil(value / unit - 1e-9) - 1
        return round(count * unit, decimals)

    def _inside(self, value: float) -> float:
        return min(max(value, self.low), self.high)
