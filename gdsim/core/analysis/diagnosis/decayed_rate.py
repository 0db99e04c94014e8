"""A rate that has decayed, since it is divided by a sum that forgets nothing."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.words import number, percent
from gdsim.core.analysis.memory_lessons import divides_by_all_squares, divides_by_root
from gdsim.core.analysis.recorded import RecordedLines

# A rate below this part of what it was at first counts as decayed: ten times as many steps for the same way.
_DECAYED = 0.1


def decayed_rates(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where the division by a growing sum has taken most of the rate of a parameter away."""
    optimizer = evidence.run.optimizer
    if not divides_by_all_squares(optimizer) or evidence.last < 1:
        return ()
    # Schedules left out: this is what the growing sum alone has done.
    record = evidence.record._replace(eta=np.broadcast_to(optimizer.eta, len(evidence.record.eta)))
    rates = RecordedLines(optimizer, record, slice(1, None)).rate()
    share = rates / rates[0]
    decayed = (share < _DECAYED).any(axis=1)
    if not decayed.any():
        return ()
    first = int(np.argmax(decayed)) + 1
    worst = int(np.argmin(share[-1]))
    name = evidence.parameter_names[worst]
    at_first, now = float(rates[0, worst]), float(rates[-1, worst])
    left = float(share[-1, worst])
    numbers = {
        f"rate of {name} at first": at_first,
        f"rate of {name} at the end": now,
        **{
            f"left for {other}": float(part)
            for other, part in zip(evidence.parameter_names, share[-1], strict=True)
        },
    }
    power = "the root of the sum" if divides_by_root(optimizer) else "the whole sum"
    sentence = (
        f"{optimizer.title} divides by {power} of all squared gradients, which only grows. From step {first:,} on "
        f"a rate is below a tenth of its first value; by step {evidence.last:,} that of {name} is "
        f"{percent(left)} of it ({number(at_first)} → {number(now)}), and it never comes back."
    )
    return (Finding(Kind.DECAYED_RATE, first, evidence.last, sentence, numbers),)
