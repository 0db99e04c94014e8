"""What a diagnosis says: a kind, the steps it spans, a sentence, and the numbers behind it."""

from dataclasses import dataclass, field
from enum import Enum


class FindingKind(Enum):
    """What a run can be found doing; the value is its name for a person."""

    PLATEAU = "Plateau"
    FALSE_VALLEY = "False valley"
    OVERSHOOT = "Overshoot"
    U_TURN = "U-turn"
    DIVERGENCE = "Divergence"
    DECAYED_RATE = "Decayed rate"
    HOVERING = "Hovering"
    FIRST_STEPS = "First steps"
    MOMENTUM_CAP = "Momentum at its cap"


@dataclass(frozen=True)
class Finding:
    """Something a run does over some of its steps, and why."""

    kind: FindingKind
    # first, last: the stretch of the path it is about, from step to step. What a single update does spans two
    # steps: the one before it, where it can be watched, and the one after it.
    first: int
    last: int
    sentence: str  # With the numbers
    # What was measured, each by its name, in the order to be shown; counts as int.
    numbers: dict[str, float] = field(default_factory=dict, hash=False)

    def covers(self, step: int) -> bool:
        """Return whether it is about what is seen at a step."""
        return self.first <= step <= self.last
