"""Where a run turns round on the wall of its valley."""

from dataclasses import replace

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, RowSpan, joined
from gdsim.core.analysis.diagnosis.hovering import hovering_rows
from gdsim.core.analysis.diagnosis.step_parts import MOST_UPDATES, memory_named, parts_of_step
from gdsim.core.analysis.update import Update, update_of
from gdsim.core.arrays import Flags, Rows
from gdsim.core.formulas.numerals import integer_text, number
from gdsim.core.formulas.syntax import Name
from gdsim.core.language.texts import said, to_say, translated
from gdsim.core.rules.update_rule import W_NEXT
from gdsim.core.surface.valley import turns_back

# A turn is reported if its corner is up the wall by at least this share of the loss. Where the path only
# follows a bend of the valley, or settles, it is on the floor.
_LEAST_HEIGHT = 3e-4
# A turn is visible if its ways, to the corner and back from it within some steps, are at least this share of
# the width that the path has covered across the valley: a pixel, if that fills a map of 500 pixels.
_VISIBLE, _WITHIN = 1.0 / 500.0, 10
# A way is more than rounding if it is longer than this many roundings of its place.
_ROUNDINGS = 16.0
# Turns that follow one another directly, or with one step between them, are one zigzag.
_ZIGZAG_GAP = 1


def u_turns(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the corners of the path, up the walls, at which it turns back across the valley."""
    turns = turns_back(evidence.record.p, evidence.across)
    shows = (evidence.walls.height >= _LEAST_HEIGHT) & evidence.under_way & ~hovering_rows(evidence)
    corners = turns[shows[turns] & _are_visible(evidence, turns) & ~_bends(evidence, turns)]
    found = joined(corners, corners, max(_ZIGZAG_GAP, evidence.joining_gap))
    return tuple(_u_turn(evidence, span, turns) for span in found)


def _are_visible(evidence: Evidence, turns: Rows) -> Flags:
    """Return at which turns the ways across, from the turn before and to the next one, are visible."""
    p = evidence.record.p
    with np.errstate(over="ignore"):  # a step may be longer than any float
        place = p @ evidence.across
        moving = np.flatnonzero(np.diff(place))  # between two turns the position across may not change
        sign = np.sign(np.diff(place)[moving])
        ends = np.concatenate([[0], moving[1:][sign[:-1] != sign[1:]], [evidence.last]])
        begins = np.maximum(ends[np.searchsorted(ends, turns) - 1], turns - _WITHIN)
        comes = np.minimum(ends[np.searchsorted(ends, turns, side="right")], turns + _WITHIN)
        ways = np.minimum(np.abs(place[turns] - place[begins]), np.abs(place[comes] - place[turns]))
        reach = (np.maximum.accumulate(place) - np.minimum.accumulate(place))[comes]
    rounding = _ROUNDINGS * np.spacing(np.abs(p[turns]).max(axis=1))
    seen: Flags = ways >= np.maximum(_VISIBLE * reach, rounding)
    return seen


def _bends(evidence: Evidence, turns: Rows) -> Flags:
    """Return at which turns it is the valley that bends, and plain descent only follows.

    With η times the curvature below 1, a turn in a straight valley would lead back by less than it went.
    """
    if not evidence.run.optimizer.update_rule.is_plain_descent or not evidence.uses_all_points:
        return np.zeros(len(turns), dtype=np.bool_)
    before, after = np.abs(evidence.moves @ evidence.across)[[turns - 1, turns]]
    bends: Flags = (after > before) & (evidence.record.eta[turns] * evidence.walls.curvature[turns] <= 1.0)
    return bends


def _u_turn(evidence: Evidence, span: RowSpan, turns: Rows) -> Finding:
    first, last = span.first - 1, span.last + 1
    corners = turns[(turns >= span.first) & (turns <= span.last)]
    place = int(np.searchsorted(turns, span.first)) + 1
    there, back = np.abs(evidence.moves[span.first - 1 : span.first + 1] @ evidence.across).tolist()
    numbers = {to_say("across, before"): there, to_say("across, after"): back}
    numbers[to_say("height above the floor")] = float(evidence.walls.height[span.first])
    if len(corners) == 1:
        numbers[to_say("turns in all")] = len(turns)
        what = said(
            "Turn {place} of {turns}, at step {first}: one step went {there} across the valley, the next "
            "{back} back.",
            place=integer_text(place),
            turns=integer_text(len(turns)),
            first=integer_text(evidence.first + span.first),
            there=number(there),
            back=number(back),
        )
    else:
        numbers |= {to_say("turns"): len(corners), to_say("turns in all"): len(turns)}
        steps = integer_text(last - first)
        what = said(
            "In {steps} steps, the step across the valley changed sign {corners} times.",
            steps=steps,
            corners=integer_text(len(corners)),
        )
    why = _why_it_turned(evidence, corners, numbers)
    return Finding(FindingKind.U_TURN, first, last, f"{what} {why}".rstrip(), numbers)


def _why_it_turned(evidence: Evidence, corners: Rows, numbers: dict[str, float]) -> str:
    """Return a reason that holds at every one of the corners, and add the measurements to the numbers."""
    if not evidence.uses_all_points:
        return said("Each step uses only some of the points, which may pull in different directions.")
    gradients, gradients_before = evidence.gradients_at(corners), evidence.gradients_at(corners - 1)
    if gradients is None or gradients_before is None:
        return ""
    across, rule = evidence.across, evidence.run.optimizer.update_rule
    step = evidence.moves[corners - 1] @ across
    rises, rose = (gradients @ across) * step > 0.0, (gradients_before @ across) * step > 0.0
    if not rises.all():
        return ""
    if len(corners) <= MOST_UPDATES and all(_is_carried(evidence, corner) for corner in corners.tolist()):
        memory = memory_named(evidence, int(corners[0]), int(corners[-1]), numbers)
        return said(
            "T{memory} led the run up the wall, until the gradients there outweighed it.", memory=memory[1:]
        )
    if rose.all() and len(corners) <= MOST_UPDATES and _follow_older(evidence, corners):
        title = translated(evidence.run.optimizer.title)
        return said(
            "The gradient pointed back, but the direction of {title} depends on older gradients, too.",
            title=title,
        )
    if rose.any():
        return ""
    corner, loss = int(corners[0]), evidence.record.loss
    reach = float(evidence.record.eta[corner] * evidence.walls.curvature[corner])
    # This holds on a parabola. It need not if the surface differs, or if the step falls along the valley.
    is_told = reach > 1.0 and (reach > 2.0) == (loss[corner] > loss[corner - 1])  # noqa: PLR2004
    if rule.is_plain_descent and is_told:
        numbers["η · curvature"] = reach
        why = said(
            "At step {step} η times the curvature across the valley is {reach}",
            step=integer_text(evidence.first + corner),
            reach=number(reach),
        )
        return said("{why}: above 1 a step passes the bottom, above 2 it ends higher.", why=why)
    return said("The step passed the bottom and ended on the other wall.")


def _follow_older(evidence: Evidence, corners: Rows) -> bool:
    """Return whether the steps to all corners would differ with the memory that the run began with."""
    rule = evidence.run.optimizer.update_rule
    node = rule.direction or Name(W_NEXT)
    begun = _update(evidence, 1).state_before
    updates = [_update(evidence, corner) for corner in corners.tolist()]
    return all(
        (update.value(node) != replace(update, state_before=begun).value(node)).any() for update in updates
    )


def _update(evidence: Evidence, t: int) -> Update:
    return update_of(evidence.experiment, evidence.run, evidence.record, t)


def _is_carried(evidence: Evidence, corner: int) -> bool:
    """Return whether the memory made most of the step to a corner, and the gradient turned the step back."""
    to, back = parts_of_step(evidence, corner), parts_of_step(evidence, corner + 1)
    if to is None or back is None:
        return False
    (old, new), (kept, _) = (np.stack(parts) @ evidence.across for parts in (to, back))
    onward = np.sign(old + new)
    return bool(onward * old > abs(new) and onward * kept > 0.0)  # and yet the step goes back
