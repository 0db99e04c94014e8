"""The part of the plane that is drawn."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.language.texts import localised, said
from gdsim.core.settings import LARGEST

# Ends that differ by less than this fraction of their size are the same place in a picture.
_NARROWEST = 1e-9


class ViewRange(NamedTuple):
    """The part of the (w, b) plane that is drawn; the lecture draws -6 to 6."""

    w_min: float = -6.0
    w_max: float = 6.0
    b_min: float = -6.0
    b_max: float = 6.0

    @classmethod
    def between(cls, low: Array, high: Array) -> "ViewRange":
        """Return the range from one corner (w, b) to the opposite one."""
        (w_min, b_min), (w_max, b_max) = low.tolist(), high.tolist()
        return cls(w_min, w_max, b_min, b_max)

    @property
    def extent(self) -> tuple[float, float]:
        """The widths of the range in w and in b."""
        return self.w_max - self.w_min, self.b_max - self.b_min

    @property
    def corners(self) -> Array:
        """The lowest and the highest (w, b): shape (2, 2)."""
        return np.array([self[0::2], self[1::2]])

    def fault(self, names: tuple[str, str] = ("w", "b")) -> str:
        """Return why no surface can be drawn over the range, with the names of its axes; empty if one can."""
        for name, low, high in zip(names, self[::2], self[1::2], strict=True):
            if not (abs(low) <= LARGEST and abs(high) <= LARGEST):
                return said("{name} must have ends from -1e100 to 1e100", name=name)
            if not low < high:
                return said(
                    "{name} must go from a smaller to a larger number, not from {low} to {high}",
                    name=name,
                    low=localised(f"{low:g}"),
                    high=localised(f"{high:g}"),
                )
            if high - low < _NARROWEST * max(1e-3, abs(low), abs(high)):
                return said(
                    "{name} must have ends that can be told apart, not {low} and {high}",
                    name=name,
                    low=localised(f"{low!r}"),
                    high=localised(f"{high!r}"),
                )
        return ""

    def holds(self, w: float, b: float) -> bool:
        """Return whether a place is in the range, ends included."""
        return self.w_min <= w <= self.w_max and self.b_min <= b <= self.b_max


LECTURE_VIEW_RANGE = ViewRange()
