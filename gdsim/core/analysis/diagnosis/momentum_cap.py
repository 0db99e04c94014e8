"""The momentum schedule at its cap."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.words import count, number, percent


def momentum_caps(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where a schedule's momentum has come to the largest value it may have."""
    schedule = evidence.run.momentum_schedule
    if not schedule.definition.cap:
        return ()
    cap = schedule.number(schedule.definition.cap)
    capped = evidence.record.gamma[1:] >= cap
    if not capped.any():
        return ()
    first = int(np.argmax(capped))
    numbers = {"γ": cap}
    sentence = (
        f"From step {first + 1:,} on the momentum is at its cap, γ = {number(cap)}: {percent(cap)} of every "
        f"step is carried into the next, so about the last {count(1.0 / (1.0 - cap))} gradients count."
    )
    return (Finding(Kind.MOMENTUM_CAP, first, evidence.last, sentence, numbers),)
