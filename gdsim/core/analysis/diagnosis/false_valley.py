"""False valley: the loss stays where it is, since a point is saturated far from its target."""

import math
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, saturated
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.held_up import MOST, held_up
from gdsim.core.analysis.diagnosis.words import about, number, percent, point_named

# The loss stays: over the whole stretch it is this near to what it is at the end.
_LEVEL = 0.01
# For so many updates at least, and passes over the data, the rest of the record is too short to tell.
_LEAST_STEPS, _LEAST_EPOCHS = 10, 3
# The way out takes longer than so many times the whole run. A run of less than a hundred steps counts as one
# of a hundred: it was cut short, which says nothing of the place.
_PATIENCE, _SHORT_RUN = 3.0, 100


class Trap(NamedTuple):
    """Where a run is caught.

    Attributes
    ----------
    first : int
        The row from which it is held up.
    point : int
        Of the saturated points, the one with the largest error; as the table counts, from 0.
    pace : float
        How far a step moves this point's w·x + b towards its target.
    output, target, share : float
        What the point gives, what it should give, and the share of the loss with saturated points.
    """

    first: int
    point: int
    pace: float
    output: float
    target: float
    share: float

    @property
    def steps_out(self) -> float:
        """How many steps lead out at least: the slope grows e-fold with every 1 of w·x + b."""
        return 1.0 / self.pace if self.pace > 0.0 else math.inf


def false_valleys(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the place where the run is caught at the end of its record."""
    trap = find_trap(evidence)
    if trap is None:
        return ()
    slope, loss = trap.output * (1.0 - trap.output), float(evidence.record.loss[-1])
    numbers = {
        "loss": loss,
        "f": trap.output,
        "y": trap.target,
        "f(1 − f)": slope,
        "share of the loss": trap.share,
    }
    if math.isfinite(trap.steps_out):
        numbers["steps out, at least"] = trap.steps_out
    name = point_named(evidence.experiment.points, trap.point, trap.output)
    out = (
        f"The way out would take more than {about(trap.steps_out)} steps at this pace."
        if math.isfinite(trap.steps_out)
        else "The run does not even move towards the way out."
    )
    share = percent(trap.share)
    if evidence.is_sampled:
        share = f"about {share} (by a sample of {about(len(evidence.look.picked))} points)"
    sentence = (
        f"The loss comes to rest at {number(loss)}, for point {name} is saturated far from its target. "
        f"There f(1 − f) is {number(slope)}, so {share} of the loss sends almost no gradient. {out}"
    )
    return (Finding(Kind.FALSE_VALLEY, trap.first, evidence.last, sentence, numbers),)


def find_trap(evidence: Evidence) -> Trap | None:
    """Return where the run is caught; None when it is not, or when that cannot be told."""
    first = _level_from(evidence)
    least = max(_LEAST_STEPS, _LEAST_EPOCHS * evidence.per_epoch)
    if evidence.last - first < least or not evidence.under_way[-1]:
        return None
    look = evidence.look
    output = look.neuron.output(evidence.record.p[-1])
    loss = np.where(saturated(output, look.neuron.targets), (output - look.neuron.targets) ** 2, 0.0)
    if not loss.any():
        return None
    worst = int(np.argmax(loss))
    target = float(look.neuron.targets[worst])
    middle = (first + evidence.last) // 2
    way = (evidence.record.p[-1] - evidence.record.p[middle]) @ look.neuron.inputs[worst]
    pace = float(way) / (evidence.last - middle) * math.copysign(1.0, target - output[worst])
    # The stretch on which the loss sinks to where it stays belongs to it.
    begun = [span.first for span in held_up(evidence) if span.first <= first <= span.last + 1]
    trap = Trap(
        begun[-1] if begun else first,
        int(look.picked[worst]),
        pace,
        float(output[worst]),
        target,
        float(look.stuck_share[-1]),
    )
    run_length = max(evidence.experiment.total_steps(evidence.run), _SHORT_RUN)
    return trap if trap.steps_out > _PATIENCE * run_length else None


def _level_from(evidence: Evidence) -> int:
    """Return the row from which to the end the loss stays, and most of it lies with saturated points."""
    loss, look = evidence.record.loss, evidence.look
    moves = np.flatnonzero(~(np.abs(loss - loss[-1]) <= _LEVEL * loss[-1]))
    free = look.rows[np.flatnonzero(~(look.stuck_share >= MOST))]
    return max(int(moves[-1]) + 1 if len(moves) else 0, int(free[-1]) + 1 if len(free) else 0)
