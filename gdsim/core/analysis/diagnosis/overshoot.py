"""Overshoot: steps after which the loss over all points is higher than before."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.hovering import hovering_rows
from gdsim.core.analysis.diagnosis.spans import Span, edges, joined
from gdsim.core.analysis.diagnosis.words import count, number, times
from gdsim.core.analysis.memory_weights import averaging
from gdsim.core.arrays import Flags

# A climb that adds less than this part to the loss does not show on the curve.
_LEAST_CLIMB = 0.01


def overshoots(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the climbs of the loss that show, while the run is under way."""
    loss = evidence.record.loss
    rises = np.diff(loss) > 0.0
    feet, crests = edges(rises)
    shows = (loss[crests] > (1.0 + _LEAST_CLIMB) * loss[feet]) & (loss[crests] > evidence.arrived_below)
    shows &= ~hovering_rows(evidence)[crests]
    # In updates, of which number k leads from row k to row k + 1.
    found = joined(feet[shows], crests[shows] - 1, evidence.wiggle)
    return tuple(_finding(evidence, span, rises) for span in found)


def _finding(evidence: Evidence, span: Span, rises: Flags) -> Finding:
    loss = evidence.record.loss
    first, last = span.first, span.last + 1
    before = float(loss[first])
    highest = float(loss[first : last + 1].max())
    risen = int(rises[first:last].sum())
    numbers = {"loss before": before, "highest loss": highest, "steps that raised it": int(risen)}
    if risen == last - first:
        growth = f" ({times(highest / before)})" if before > 0.0 else ""
        steps = f"In {count(risen)} steps" if risen > 1 else "With one step"
        what = f"{steps} the loss rose from {number(before)} to {number(highest)}{growth}."
    else:
        what = f"Of {count(last - first)} steps {count(risen)} raised the loss, up to {number(highest)}."
    return Finding(Kind.OVERSHOOT, first, last, f"{what} {_cause(evidence, first, last, numbers)}", numbers)


def _cause(evidence: Evidence, first: int, last: int, numbers: dict[str, float]) -> str:
    """Return why, as far as it was measured, and add the measures to the numbers."""
    if not evidence.uses_all_points:
        return _competing(evidence, numbers)
    if _goes_uphill(evidence, first, last):
        return _carried(evidence, first, numbers)
    if evidence.run.optimizer.update_rule.velocity:
        return _stretched(evidence, first, numbers)
    lengths = np.abs(evidence.moves[first])
    longest = int(np.argmax(lengths))
    name = evidence.parameter_names[longest]
    numbers[f"step in {name}"] = float(lengths[longest])
    return f"The way was right, but too long: one step moved {name} by {number(float(lengths[longest]))}."


def _competing(evidence: Evidence, numbers: dict[str, float]) -> str:
    size = evidence.run.batching.batch_size(len(evidence.experiment.points))
    numbers["points in a step"] = size
    if size == 1:
        return "Each step listens to one point only; what pleases it may harm the others."
    return f"Each step listens to {count(size)} points only; what pleases them may harm the others."


def _goes_uphill(evidence: Evidence, first: int, last: int) -> bool:
    """Return whether at least half of the steps went against the slope they were told of."""
    gradients = evidence.record.gradient[first + 1 : last + 1]
    along = (gradients * evidence.moves[first:last]).sum(axis=1)
    return bool((along > 0.0).mean() >= 0.5)  # noqa: PLR2004 - half


def _carried(evidence: Evidence, first: int, numbers: dict[str, float]) -> str:
    """Return what carries a rule uphill: its memory."""
    rule = evidence.run.optimizer.update_rule
    memory = "what the rule remembers led on"
    if rule.velocity:
        numbers["γ"] = float(evidence.record.gamma[first + 1])
        memory = f"the velocity, which keeps γ = {number(numbers['γ'])} of every step, carried it on"
    elif rule.average:
        letter, kept, symbol = averaging(evidence.run.optimizer)
        numbers[symbol] = kept
        memory = f"the average {letter}, which keeps {symbol} = {number(kept)} of its old value, still led on"
    return f"The slope already pointed back, but {memory}."


def _stretched(evidence: Evidence, first: int, numbers: dict[str, float]) -> str:
    """Return how much longer the velocity made the first of the steps."""
    move = float(np.abs(evidence.moves[first]).max())
    alone = float(np.abs(evidence.record.eta[first + 1] * evidence.record.gradient[first + 1]).max())
    numbers |= {"step": move, "η · slope": alone}
    return (
        f"The way was right, but too long: with the velocity it went {number(move)} at once, where the slope "
        f"alone (η · g) makes {number(alone)}."
    )
