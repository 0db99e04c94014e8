"""Why a run ended, in words."""

from enum import Enum
from typing import NamedTuple


class StopReason(Enum):
    """The value is the sentence shown; ``{step}`` stands for the step it happened at."""

    FINISHED = "Finished after {step} steps."
    DIVERGED = "Diverged at step {step}: a number grew too large for the computer."
    STOPPED = "Stopped after {step} steps."
    FULL = "Stopped after {step} steps: the record is full."


class Stop(NamedTuple):
    """A run's end: why, and at which step."""

    reason: StopReason
    step: int

    @property
    def sentence(self) -> str:
        """The reason in words, with the step."""
        return self.reason.value.format(step=self.step)
