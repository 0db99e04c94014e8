"""The part of the horizontal axis that the curves show."""

from typing import NamedTuple, TypeVar

import numpy as np

from gdsim.core.arrays import Array

FloatOrArray = TypeVar("FloatOrArray", float, Array)

# The least number of steps or epochs that a view shows.
_LEAST = 2.0
# A view of at least this share of the axis counts as a view of all.
_ALL = 0.999
# Zoom factor of one notch of the wheel or one press of a key.
ZOOM = 1.25
# Margin at both ends as a share of the visible part. Always added, so that the first zoom moves nothing.
_MARGIN = 0.015
# Distance of the cursor from the edge of a view that has followed it, as a share of the view.
_BEHIND = 0.1


class TimeView(NamedTuple):
    """A part of the steps from 0 to ``length``, on a linear axis or on a logarithmic one, log₁₀(1 + step)."""

    length: float = 1.0
    log: bool = False
    part: tuple[float, float] | None = None  # the first and last visible step; None for all

    def across(self, step: FloatOrArray) -> FloatOrArray:
        return np.log10(1.0 + step) if self.log else step

    def step_at(self, place: float) -> float:
        return float(10.0**place - 1.0) if self.log else place

    @property
    def ends(self) -> tuple[float, float]:
        """The first and last visible step."""
        return self.part or (0.0, max(1.0, self.length))

    @property
    def places(self) -> tuple[float, float]:
        """The places on the axis of the first and last visible step."""
        first, last = self.ends
        return float(self.across(first)), float(self.across(last))

    @property
    def drawn(self) -> tuple[float, float]:
        """The visible part of the axis, with a margin at both ends."""
        first, last = self.places
        margin = _MARGIN * (last - first)
        return first - margin, last + margin

    def zoomed(self, around: float, factor: float) -> tuple[float, float] | None:
        """Return a part that is ``factor`` times as long, with the step ``around`` at the same place."""
        first, last = self.places
        middle = min(max(float(self.across(around)), first), last)
        return self._placed(middle + (first - middle) * factor, middle + (last - middle) * factor)

    def moved(self, by: float) -> tuple[float, float] | None:
        """Return the part shifted to the right by a distance on the axis."""
        return self._shifted(self.places[0] + by) if self.part else None

    def following(self, step: float) -> tuple[float, float] | None:
        """Return the current part if it shows a step, or else the part shifted until it does."""
        if self.part is None or self.ends[0] <= step <= self.ends[1]:
            return self.part
        first, last = self.places
        place = float(self.across(step))
        margin = _BEHIND * (last - first)
        return self._shifted(place - margin if place > last else place - (last - first) + margin)

    def between(self, one: float, other: float) -> tuple[float, float] | None:
        """Return the part between two steps, given in either order."""
        first, last = sorted((one, other))
        return self._placed(float(self.across(max(first, 0.0))), float(self.across(max(last, 0.0))))

    def _shifted(self, first: float) -> tuple[float, float] | None:
        start, end = self.places
        width, whole = end - start, float(self.across(max(1.0, self.length)))
        first = min(max(first, 0.0), max(0.0, whole - width))
        return self._placed(first, first + width)

    def _placed(self, first: float, last: float) -> tuple[float, float] | None:
        whole = float(self.across(max(1.0, self.length)))
        first, last = max(first, 0.0), min(last, whole)
        if last - first >= _ALL * whole:
            return None
        ends = self.step_at(first), self.step_at(last)
        return ends if ends[1] - ends[0] >= _LEAST else self.part
