"""Divergence: the numbers grow until the computer cannot hold them."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.words import number
from gdsim.core.engine.trajectory import StopReason

# A run-up longer than this says no more of the growth.
_LONGEST_RUN_UP = 50


def divergences(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the end of a run that diverged, and the steps that grew up to it."""
    stop = evidence.stop
    if stop is None or stop.reason is not StopReason.DIVERGED:
        return ()
    moves = evidence.moves[-_LONGEST_RUN_UP:]
    lengths = np.abs(moves).max(axis=1)
    shrinks = np.flatnonzero(np.diff(lengths) <= 0.0)
    grown = len(lengths) - 1 - (int(shrinks[-1]) + 1 if len(shrinks) else 0)
    longest = float(lengths[-1])
    numbers = {"longest step": longest}
    what = f"The last step moved a parameter by {number(longest)}"
    if grown:
        # By logarithms: the quotient itself may overflow.
        growth = float(np.exp((np.log(lengths[-1]) - np.log(lengths[-1 - grown])) / grown))
        if np.isfinite(growth):
            numbers["growth per step"] = growth
            what += (
                f", and each of the last {grown} was about {number(growth)} times as long as the one before"
            )
    sentence = f"{what}; at step {stop.step:,} a number grew too large for the computer. A smaller η helps."
    return (Finding(Kind.DIVERGENCE, max(0, evidence.last - grown - 1), evidence.last, sentence, numbers),)
