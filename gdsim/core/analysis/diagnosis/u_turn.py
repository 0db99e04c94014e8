"""U-turn: the step across the valley changed sign."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence
from gdsim.core.analysis.diagnosis.finding import Finding, Kind
from gdsim.core.analysis.diagnosis.hovering import hovering_rows
from gdsim.core.analysis.diagnosis.spans import Span, joined
from gdsim.core.analysis.diagnosis.words import count, number
from gdsim.core.analysis.memory_weights import averaging
from gdsim.core.arrays import Array, Flags, Rows

# A turn counts when its corner lies up the wall by at least this part of the loss. Where the path only
# follows a bend of the valley, or settles, it lies on the floor.
_LEAST_HEIGHT = 5e-4
# Turns that follow one another at once, or with one step between them, are one zigzag.
_ZIGZAG_GAP = 1


def u_turns(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the corners of the path at which it turns back across the valley."""
    if evidence.last <= 1:
        return ()
    before, after = _across(evidence)
    high = evidence.valley.height[1:-1] >= _LEAST_HEIGHT
    turns = (
        (np.sign(before) * np.sign(after) < 0.0)
        & high
        & evidence.under_way[1:-1]
        & ~hovering_rows(evidence)[1:-1]
        & ~_bends(evidence, before, after)
    )
    corners = np.flatnonzero(turns) + 1
    found = joined(corners, corners, max(_ZIGZAG_GAP, evidence.wiggle))
    return tuple(_finding(evidence, span, corners, before, after) for span in found)


def _across(evidence: Evidence) -> tuple[Array, Array]:
    """Return, for rows 1 to n - 1, the steps to and from there across the valley as it lies there."""
    across, moves = evidence.valley.across[1:-1], evidence.moves
    return (moves[:-1] * across).sum(axis=1), (moves[1:] * across).sum(axis=1)


def _bends(evidence: Evidence, before: Array, after: Array) -> Flags:
    """Return where it is the valley that turns, and the path of plain descent only goes along.

    What passes the bottom with η times the curvature below 1 comes back by less than it went.
    """
    if not evidence.run.optimizer.update_rule.is_plain_descent or not evidence.uses_all_points:
        return np.zeros(len(before), dtype=np.bool_)
    reach = evidence.record.eta[1:-1] * evidence.valley.curvature[1:-1]
    bends: Flags = (np.abs(after) > np.abs(before)) & (reach <= 1.0)
    return bends


def _finding(evidence: Evidence, span: Span, corners: Rows, before: Array, after: Array) -> Finding:
    first, last = span.first - 1, span.last + 1
    place, end = np.searchsorted(corners, [span.first, span.last + 1])
    there, back = (abs(float(steps[span.first - 1])) for steps in (before, after))
    numbers = {"across, before": there, "across, after": back}
    numbers["height above the floor"] = float(evidence.valley.height[span.first])
    if end - place == 1:
        numbers["turns in all"] = len(corners)
        what = (
            f"Turn {count(end)} of {count(len(corners))}, at step {span.first:,}: one step went "
            f"{number(there)} across the valley, the next one comes {number(back)} back."
        )
    else:
        numbers["turns"] = int(end - place)
        steps = count(last - first)
        what = f"In {steps} steps, the step across the valley changed sign {count(end - place)} times."
    return Finding(Kind.U_TURN, first, last, f"{what} {_cause(evidence, span.first, numbers)}", numbers)


def _cause(evidence: Evidence, corner: int, numbers: dict[str, float]) -> str:
    """Return why the path turns, as far as the rule tells, and add the measures to the numbers."""
    rule = evidence.run.optimizer
    if not evidence.uses_all_points:
        return "Each step follows only its own points, and they pull different ways."
    if rule.update_rule.velocity:
        numbers["γ"] = gamma = float(evidence.record.gamma[corner])
        return (
            f"The velocity (γ = {number(gamma)}) had carried it up the wall; there the slope turned it round."
        )
    if rule.update_rule.average:
        letter, kept, symbol = averaging(rule)
        numbers[symbol] = kept
        return (
            f"The average {letter} ({symbol} = {number(kept)}) had led it up the wall, until newer gradients "
            f"outweighed it."
        )
    reach = float(evidence.record.eta[corner] * evidence.valley.curvature[corner])
    if rule.update_rule.is_plain_descent and reach > 1.0:
        numbers["η · curvature"] = reach
        far = number(reach)
        return f"η times the curvature is {far}: above 1 a step passes the bottom, above 2 it ends higher."
    return "The step was longer than the way to the bottom, so it ended on the other side."
