"""Plateau: the loss hardly falls, since the points that make it up are saturated."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, PointLook, saturated
from gdsim.core.analysis.diagnosis.false_valley import find_trap
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.held_up import held_up
from gdsim.core.analysis.diagnosis.spans import Span
from gdsim.core.analysis.diagnosis.words import about, count, number, percent, point_named
from gdsim.core.arrays import Array, Rows

# Fewer steps are a flat spot that is crossed in passing.
_LEAST_STEPS = 5
# More points than this are counted, not named.
_FEW = 2


def plateaus(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the stretches on which saturated points hold the loss up. A false valley is none of them."""
    trap = find_trap(evidence)
    end = trap.first if trap else evidence.last + 1
    return tuple(
        _finding(evidence, one)
        for one in held_up(evidence)
        if one.first < end and one.last - one.first >= _LEAST_STEPS
    )


def _finding(evidence: Evidence, span: Span) -> Finding:
    record, look = evidence.record, evidence.look
    output = look.neuron.output(record.p[span.first])
    stuck = _stuck(look, output)
    before, after = float(record.loss[span.first]), float(record.loss[span.last])
    numbers = {
        "saturated points": len(stuck),
        "share of the loss": float(look.stuck_share[np.searchsorted(look.rows, span.first)]),
        "largest f(1 − f)": float((output * (1.0 - output))[stuck].max(initial=0.0)),
        "loss at first": before,
        "loss at last": after,
    }
    who = _named(evidence, stuck, output) if len(stuck) <= _FEW else _counted(evidence, stuck, numbers)
    first, last = number(before), number(after)
    goes = f"goes from {first} to {last}" if first != last else f"stays at {first}"
    sentence = f"{who} In these {count(span.last - span.first)} steps the loss {goes}."
    return Finding(Kind.PLATEAU, span.first, span.last, sentence, numbers)


def _stuck(look: PointLook, output: Array) -> Rows:
    """Return the saturated points, as they are looked at, those with the largest errors first."""
    flags = saturated(output, look.neuron.targets)
    loss = np.where(flags, (output - look.neuron.targets) ** 2, 0.0)
    return np.argsort(-loss, kind="stable")[: int(flags.sum())]


def _named(evidence: Evidence, stuck: Rows, output: Array) -> str:
    """Return which points are saturated, and what that means for their gradient."""
    look = evidence.look
    names = [
        f"{point_named(evidence.experiment.points, int(row), float(f))}"
        for row, f in zip(look.picked[stuck], output[stuck], strict=True)
    ]
    f = float(output[stuck[0]])
    slope = f"multiplied by f(1 − f), here {number(f * (1.0 - f))} and at best 0.25"
    if len(names) == 1:
        return f"Point {names[0]} is saturated: its gradient is {slope}, so it hardly pulls."
    return f"Points {' and '.join(names)} are saturated: their gradients are {slope}, so they hardly pull."


def _counted(evidence: Evidence, stuck: Rows, numbers: dict[str, float]) -> str:
    """Return how many points are saturated, and what that means for their gradients."""
    looked = len(evidence.look.picked)
    who = f"{count(len(stuck))} of {count(looked)} points"
    if evidence.is_sampled:
        who = f"About {percent(len(stuck) / looked)} of the points (by a sample of {about(looked)})"
    return (
        f"{who} are saturated and hold {percent(numbers['share of the loss'])} of the loss: their gradients "
        f"are multiplied by f(1 − f), here at most {number(numbers['largest f(1 − f)'])} and at best 0.25."
    )
