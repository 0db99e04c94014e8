"""Why a run ended, in words."""

from enum import Enum
from typing import NamedTuple


class StopReason(Enum):
    """The value is the sentence shown; ``{step}`` is where it happened, ``{steps}`` how many that are."""

    FINISHED = "Finished after {steps}."
    DIVERGED = "Diverged at step {step}: a number grew too large for the computer."
    STOPPED = "Stopped after {steps}."
    FULL = "Stopped after {steps}: the record is full."


class Stop(NamedTuple):
    """A run's end: why, and at which step."""

    reason: StopReason
    step: int

    @property
    def sentence(self) -> str:
        """The reason in words, with the step."""
        return self.reason.value.format(step=self.step, steps=f"{self.step} step{'s' * (self.step != 1)}")
