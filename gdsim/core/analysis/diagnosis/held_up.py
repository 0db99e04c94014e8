"""Where a run is held up by saturated points: a plateau on its way, or a false valley at its end."""

import math
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, Span, saturated, spans
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.formulas.numerals import count, listed, near_one, number, percent
from gdsim.core.model.points import PointSet

# In one pass over the data the loss changes by less than this part. One pass, since as many single points
# move the parameters about as far as one step over all of them.
_HARDLY = 0.01
# Most of the loss lies with saturated points.
_MOST = 0.5
# A plateau of fewer steps is a flat spot that is crossed in passing.
_LEAST_STEPS = 5
# More points than this are counted, not named.
_FEW = 2

# In a false valley the loss is all the time as near as this part to what it is at the end.
_LEVEL = 0.01
# For so many updates at least, and passes over the data: a shorter end of the record tells nothing.
_LEAST_LEVEL_STEPS, _LEAST_EPOCHS = 10, 3
# Leaving it takes longer than so many times the whole run. A run of less than a hundred steps counts as one
# of a hundred: that it was cut short says nothing of the place.
_PATIENCE, _SHORT_RUN = 3.0, 100


def _held_up(evidence: Evidence) -> list[Span]:
    """Return where the loss hardly changes, and most of it lies with saturated points."""
    look = evidence.look
    flags = (look.stuck_share >= _MOST) & (_is_flat(evidence) & evidence.under_way)[look.rows]
    every = int(look.rows[1]) if len(look.rows) > 1 else 1
    found = spans(flags, gap=max(1, evidence.per_epoch // every))
    return [Span(int(look.rows[one.first]), int(look.rows[one.last])) for one in found]


def _is_flat(evidence: Evidence) -> Flags:
    """Return for each row whether the loss hardly changes over the epoch that begins there."""
    loss = evidence.record.loss
    ahead = min(evidence.per_epoch, evidence.last)
    flat = np.abs(loss[ahead:] - loss[:-ahead]) <= _HARDLY * loss[:-ahead]
    # The last rows have no whole epoch ahead of them: the last whole one speaks for them.
    whole: Flags = np.concatenate([flat, np.full(ahead, flat[-1])])
    return whole


# --------------------------------------------------------------------------------------- plateaus


def plateaus(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the stretches before a false valley, if any, on which saturated points hold the loss up."""
    trap = _find_trap(evidence)
    end = trap.first if trap else evidence.last + 1
    return tuple(
        _plateau(evidence, one)
        for one in _held_up(evidence)
        if one.first < end and one.last - one.first >= _LEAST_STEPS
    )


def _plateau(evidence: Evidence, span: Span) -> Finding:
    record, look = evidence.record, evidence.look
    output = look.neuron.output(record.p[span.first])
    stuck = _largest_stuck(evidence, output)
    before, after = float(record.loss[span.first]), float(record.loss[span.last])
    numbers = {
        "saturated points": len(stuck),
        "share of the loss": float(look.stuck_share[np.searchsorted(look.rows, span.first)]),
        "largest f(1 − f)": float((output * (1.0 - output))[stuck].max(initial=0.0)),
        "loss at first": before,
        "loss at last": after,
    }
    who = _named(evidence, stuck, output) if len(stuck) <= _FEW else _counted(evidence, numbers)
    slope = number(numbers["largest f(1 − f)"])
    goes = f"goes from {number(before)} to {number(after)}"
    if number(before) == number(after):
        goes = f"stays at {number(before)}"
    if len(stuck) == 1:
        rule = evidence.run.optimizer
        pulls = ", so it hardly pulls"
        if not rule.update_rule.is_proportional:
            pulls = f"; the steps of {rule.title} need not be as small"
        why = f"Its gradient is multiplied by f(1 − f), here {slope} and at best 0.25{pulls}."
    else:
        why = f"Their gradients are multiplied by f(1 − f), here at most {slope} and at best 0.25."
    sentence = f"{who} {why} In these {count(span.last - span.first)} steps the loss {goes}."
    return Finding(FindingKind.PLATEAU, span.first, span.last, sentence, numbers)


def _largest_stuck(evidence: Evidence, output: Array) -> Rows:
    """Return the saturated points, as they are looked at, those with the largest errors first."""
    loss = _stuck_losses(evidence, output)
    return np.argsort(-loss, kind="stable")[: np.count_nonzero(loss)]


def _stuck_losses(evidence: Evidence, output: Array) -> Array:
    """Return the squared errors of the saturated points; 0 for the others."""
    targets = evidence.look.neuron.targets
    losses: Array = np.where(saturated(output, targets), (output - targets) ** 2, 0.0)
    return losses


def _named(evidence: Evidence, stuck: Rows, output: Array) -> str:
    points, picked = evidence.experiment.points, evidence.look.picked
    names = [_point_named(points, int(picked[one]), float(output[one])) for one in stuck]
    if len(names) == 1:
        return f"Point {names[0]} is saturated."
    return f"Points {listed(names)} are saturated."


def _point_named(points: PointSet, row: int, given: float) -> str:
    """Return a point as the table numbers it, with its x (if it is one number), output and target."""
    x = f"x = {number(float(points.x[row, 0]))}, " if points.dimension == 1 else ""
    return f"{row + 1:,} ({x}f = {near_one(given)}, y = {number(float(points.y[row]))})"


def _counted(evidence: Evidence, numbers: dict[str, float]) -> str:
    stuck, looked = numbers["saturated points"], len(evidence.look.picked)
    who = f"{count(stuck)} of {count(looked)} points"
    if evidence.is_sampled:
        who = f"About {percent(stuck / looked)} of the points (by a sample of {number(looked, 2)})"
    return f"{who} are saturated and hold {percent(numbers['share of the loss'])} of the loss."


# ----------------------------------------------------------------------------------- false valleys


class _Trap(NamedTuple):
    """Where a run is caught."""

    first: int  # The row from which it is held up
    point: int  # Of the saturated points, the one with the largest error; as the table counts, from 0
    pace: float  # How far a step moves this point's w·x + b towards its target
    output: float  # Of that point
    share: float  # The share of the loss that saturated points hold

    @property
    def steps_out(self) -> float:
        """How many steps lead out at least: the slope grows e-fold with every 1 of w·x + b."""
        return 1.0 / self.pace if self.pace > 0.0 else math.inf


def false_valleys(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the place where the run is caught at the end of its record."""
    trap = _find_trap(evidence)
    if trap is None:
        return ()
    points, slope, loss = evidence.experiment.points, trap.output * (1.0 - trap.output), evidence.record.loss
    numbers = {
        "loss": float(loss[-1]),
        "f": trap.output,
        "y": float(points.y[trap.point]),
        "f(1 − f)": slope,
        "share of the loss": trap.share,
    }
    out = "The run does not even move out of it."
    if math.isfinite(trap.steps_out):
        numbers["steps out, at least"] = trap.steps_out
        out = f"At this pace it would take more than {number(trap.steps_out, 2)} steps to leave it."
    share = percent(trap.share)
    if evidence.is_sampled:
        share = f"about {share} (by a sample of {number(len(evidence.look.picked), 2)} points)"
    sentence = (
        f"The loss comes to rest at {number(float(loss[-1]))}, because point "
        f"{_point_named(points, trap.point, trap.output)} is saturated far from its target. "
        f"There f(1 − f) is {number(slope)}, so {share} of the loss gives almost no gradient. {out}"
    )
    return (Finding(FindingKind.FALSE_VALLEY, trap.first, evidence.last, sentence, numbers),)


def _find_trap(evidence: Evidence) -> _Trap | None:
    """Return where the run is caught; None when it is not, or when that cannot be told."""
    first = _level_from(evidence)
    least = max(_LEAST_LEVEL_STEPS, _LEAST_EPOCHS * evidence.per_epoch)
    if evidence.last - first < least or not evidence.under_way[-1]:
        return None
    look, p = evidence.look, evidence.record.p
    output = look.neuron.output(p[-1])
    losses = _stuck_losses(evidence, output)
    if not losses.any():
        return None
    worst = int(np.argmax(losses))
    middle = (first + evidence.last) // 2
    moved = float((p[-1] - p[middle]) @ look.neuron.inputs[worst])
    towards = math.copysign(1.0, look.neuron.targets[worst] - output[worst])
    # The steps in which the loss falls to where it stays belong to it.
    begun = [span.first for span in _held_up(evidence) if span.first <= first <= span.last + 1]
    trap = _Trap(
        first=begun[-1] if begun else first,
        point=int(look.picked[worst]),
        pace=towards * moved / (evidence.last - middle),
        output=float(output[worst]),
        share=float(look.stuck_share[-1]),
    )
    run_length = max(evidence.experiment.total_steps(evidence.run), _SHORT_RUN)
    return trap if trap.steps_out > _PATIENCE * run_length else None


def _level_from(evidence: Evidence) -> int:
    """Return the row from which to the end the loss stays, and most of it lies with saturated points."""
    loss, look = evidence.record.loss, evidence.look
    moves = np.flatnonzero(~(np.abs(loss - loss[-1]) <= _LEVEL * loss[-1]))
    free = look.rows[np.flatnonzero(~(look.stuck_share >= _MOST))]
    return max(int(moves[-1]) + 1 if len(moves) else 0, int(free[-1]) + 1 if len(free) else 0)
