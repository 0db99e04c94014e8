"""Which steps a clip shows, and for how long each."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

# The last picture stands still for a moment before the clip begins again.
HOLD_MS = 1500


class Moment(NamedTuple):
    """A picture of a clip: its step, and how many milliseconds it is shown."""

    step: int
    ms: int


@dataclass(frozen=True)
class ClipPlan:
    """A range of steps, played at some speed.

    Attributes
    ----------
    first, last : int
        Steps, or epochs, as the frames count them.
    speed : float
        Steps a second.
    rate : float
        Pictures a second at most; there are fewer when there are fewer steps.
    """

    first: int
    last: int
    speed: float
    rate: float = 20.0

    @property
    def pace(self) -> float:
        """Pictures a second."""
        return min(self.rate, self.speed)

    @property
    def count(self) -> int:
        """How many pictures there are: at least the last step's."""
        return 1 + math.ceil((self.last - self.first) / self.speed * self.pace - 1e-9)

    @property
    def seconds(self) -> float:
        """How long the clip is, with the pause at its end."""
        return (self.count - 1) / self.pace + HOLD_MS / 1000.0

    def moments(self) -> Iterator[Moment]:
        """Yield the pictures in their order."""
        shown_ms = 0
        for index in range(self.count - 1):
            end_ms = round(1000.0 * (index + 1) / self.pace)
            yield Moment(self.first + round(index * self.speed / self.pace), end_ms - shown_ms)
            shown_ms = end_ms
        yield Moment(self.last, HOLD_MS)

    @classmethod
    def lasting(cls, first: int, last: int, seconds: float, rate: float) -> "ClipPlan":
        """Return a clip that takes about so many seconds, or less when there are few steps."""
        return cls(first, last, max(rate, (last - first) / seconds), rate)
