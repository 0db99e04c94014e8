"""AdaGrad's rate that has decayed."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.words import number, percent
from gdsim.core.rules.optimizers.adagrad import AdaGrad

# A rate below this part of what it was at first counts as decayed: ten times as many steps for the same way.
_DECAYED = 0.1


def decayed_rates(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where AdaGrad's division has taken most of the rate of a parameter away."""
    rule = evidence.run.optimizer
    if not isinstance(rule, AdaGrad):
        return ()
    sums = evidence.record.state[0, 1:]
    scale = np.sqrt(sums + rule.eps) if rule.root else sums + rule.eps
    # Schedules left out: this is what the growing sum alone has done.
    share = scale[0] / scale
    decayed = (share < _DECAYED).any(axis=1)
    if not decayed.any():
        return ()
    first = int(np.argmax(decayed)) + 1
    worst = int(np.argmin(share[-1]))
    name = evidence.parameter_names[worst]
    at_first, now = rule.eta / scale[0, worst], rule.eta / scale[-1, worst]
    left = float(share[-1, worst])
    numbers = {
        f"rate of {name} at first": float(at_first),
        f"rate of {name} at the end": float(now),
        **{
            f"left for {other}": float(part)
            for other, part in zip(evidence.parameter_names, share[-1], strict=True)
        },
    }
    power = "the root of the sum" if rule.root else "the whole sum"
    sentence = (
        f"AdaGrad divides by {power} of all squared gradients, which only grows. From step {first:,} on a "
        f"rate is below a tenth of its first value; by step {evidence.last:,} that of {name} is "
        f"{percent(left)} of it ({number(float(at_first))} → {number(float(now))}), and it never comes back."
    )
    return (Finding(Kind.DECAYED_RATE, first, evidence.last, sentence, numbers),)
