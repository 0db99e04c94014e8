"""Which steps the curves show, and where on their axis."""

from typing import NamedTuple, TypeVar

import numpy as np

from gdsim.core.arrays import Array

Number = TypeVar("Number", float, Array)

# So many steps or epochs are shown at least.
_LEAST = 2.0
# A view that is so much of all there is, is all of it.
_ALL = 0.999
# By one notch of the wheel, or one press of a key.
ZOOM = 1.25
# Beside the steps that are shown, as a share of them; always, or the first zoom would move them.
_MARGIN = 0.015
# How far into the view the cursor comes when the view follows it.
_BEHIND = 0.1


class TimeView(NamedTuple):
    """A part of the steps from 0 to ``length``, on a linear axis, or on one of log₁₀(1 + step)."""

    length: float = 1.0
    log: bool = False
    part: tuple[float, float] | None = None  # The first and the last step that are shown; None for all

    def across(self, step: Number) -> Number:
        return np.log10(1.0 + step) if self.log else step

    def step_at(self, place: float) -> float:
        return float(10.0**place - 1.0) if self.log else place

    @property
    def ends(self) -> tuple[float, float]:
        """The first and the last step that are shown."""
        return self.part or (0.0, max(1.0, self.length))

    @property
    def places(self) -> tuple[float, float]:
        """Where they are on the axis."""
        first, last = self.ends
        return float(self.across(first)), float(self.across(last))

    @property
    def drawn(self) -> tuple[float, float]:
        """The part of the axis that is seen: where they are, and a margin at both ends."""
        first, last = self.places
        margin = _MARGIN * (last - first)
        return first - margin, last + margin

    def zoomed(self, around: float, factor: float) -> tuple[float, float] | None:
        """Return the part that is ``factor`` times as long, with ``around``, a step, at the same place."""
        first, last = self.places
        middle = min(max(float(self.across(around)), first), last)
        return self._placed(middle + (first - middle) * factor, middle + (last - middle) * factor)

    def moved(self, by: float) -> tuple[float, float] | None:
        """Return the part that lies by so much of the axis farther right."""
        return self._shifted(self.places[0] + by) if self.part else None

    def following(self, step: float) -> tuple[float, float] | None:
        """Return the part that shows a step: the present one, if it does."""
        if self.part is None or self.ends[0] <= step <= self.ends[1]:
            return self.part
        first, last = self.places
        place = float(self.across(step))
        margin = _BEHIND * (last - first)
        return self._shifted(place - margin if place > last else place - (last - first) + margin)

    def between(self, one: float, other: float) -> tuple[float, float] | None:
        """Return the part between two steps, in either order."""
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
