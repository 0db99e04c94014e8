"""Where a run goes too far: steps that raised the loss, and why they did."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import (
    MOST_SIGMOIDS,
    Evidence,
    Finding,
    FindingKind,
    RowSpan,
    ends_of_true,
    joined,
)
from gdsim.core.analysis.diagnosis.hovering import hovering_rows
from gdsim.core.analysis.diagnosis.step_parts import MOST_UPDATES, memory_named, parts_of_step
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.formulas.numerals import growth_text, integer_text, number, told_apart
from gdsim.core.language.texts import counted, said, to_say

# A climb that adds less than this share to the loss does not show on the curve.
_LEAST_CLIMB = 0.01
# The loss is level if by its slope a whole step would lower it by less than this share. A smaller rise of the
# loss of a step's own points is no rise.
_LEVEL = 1e-9
# Fractions of a step that are tried.
_PARTS = 0.5 ** np.arange(1.0, 31.0)
# A smaller share of a step than this is not worth mentioning.
_LEAST_PART = 0.01
# The effect of steps on the loss of their own points is computed for at most this many steps.
_MOST_OWN = 500


def overshoots(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the visible climbs of the loss over all points while the run is under way."""
    loss = evidence.record.loss
    rises = np.diff(loss) > 0.0
    feet, crests = ends_of_true(rises)
    shows = (loss[crests] > _shown_above(evidence, feet, crests)) & (loss[crests] > evidence.arrived_below)
    shows &= ~hovering_rows(evidence)[crests]
    # Spans of updates; the one with index k leads from row k to row k + 1.
    found = joined(feet[shows], crests[shows] - 1, evidence.joining_gap)
    return tuple(_overshoot(evidence, span, rises) for span in found)


def _shown_above(evidence: Evidence, feet: Rows, crests: Rows) -> Array:
    """Return the losses that climbs have to reach to show on the curve."""
    loss = evidence.record.loss
    if evidence.has_floor:
        return (1.0 + _LEAST_CLIMB) * loss[feet]
    seen = np.maximum.accumulate(loss) - np.minimum.accumulate(loss)
    return loss[feet] + _LEAST_CLIMB * seen[crests]


def _overshoot(evidence: Evidence, span: RowSpan, rises: Flags) -> Finding:
    loss = evidence.record.loss
    first, last = span.first, span.last + 1
    before = float(loss[first])
    highest = float(loss[first : last + 1].max())
    raising = first + np.flatnonzero(rises[first:last])
    numbers = {
        to_say("loss before"): before,
        to_say("highest loss"): highest,
        to_say("steps that raised it"): len(raising),
    }
    if len(raising) == last - first:
        counts = before > evidence.noise  # below, there is only rounding
        low, high = told_apart([before, highest])
        start, growth = low if counts else said("nearly 0"), ""
        if counts and evidence.has_floor:
            growth = f" ({growth_text(highest / before)})"
        what = counted(
            len(raising),
            "In one step the loss rose from {start} to {highest}{growth}.",
            "In {n} steps the loss rose from {start} to {highest}{growth}.",
            start=start,
            highest=high,
            growth=growth,
        )
    else:
        what = said(
            "{raising} of {steps} steps raised the loss, up to {highest}.",
            steps=integer_text(last - first),
            raising=integer_text(len(raising)),
            highest=number(highest),
        )
    why = _why_it_overshot(evidence, raising, numbers) if before > evidence.noise else ""
    return Finding(FindingKind.OVERSHOOT, first, last, f"{what} {why}".rstrip(), numbers)


def _why_it_overshot(evidence: Evidence, raising: Rows, numbers: dict[str, float]) -> str:
    """Return the reason, as far as it can be measured, and add the measurements to the numbers.

    ``raising`` are the rows at which the steps that raised the loss begin.
    """
    if not evidence.uses_all_points:
        return " ".join(
            filter(None, (_few_points(evidence, numbers), _own_points(evidence, raising, numbers)))
        )
    gradients = evidence.gradients_at(raising)
    if gradients is None:
        return ""
    slopes = (gradients * evidence.moves[raising]).sum(axis=1)
    uphill = raising[slopes > 0.0]
    if len(uphill):
        carrier = _carrier(evidence, uphill + 1, gradients[slopes > 0.0], numbers)
        back = said("The gradient pointed back")
        if len(uphill) < len(raising):
            back = said("In {some} of them the gradient pointed back", some=integer_text(len(uphill)))
        if carrier:
            return said("{back}, but {carrier} carried the run on.", back=back, carrier=carrier)
        return f"{back}."
    if not (slopes < -_LEVEL * np.abs(evidence.record.loss[raising])).all():
        return ""
    if evidence.has_kinks and not _part_lowers(evidence, raising):
        return ""
    first = int(raising[0])
    longest = int(np.argmax(np.abs(evidence.moves[first])))
    name, move = evidence.written_names[longest], float(evidence.moves[first, longest])
    numbers[said("step in {name}", name=name)] = abs(move)
    why = counted(
        len(raising),
        "The direction was right, but the step was too long: it moved {name} by {move}",
        "The directions were right, but the steps were too long: the first one moved {name} by {move}",
        name=name,
        move=number(abs(move)),
    )
    rule = evidence.run.optimizer.update_rule
    parts = parts_of_step(evidence, first + 1) if rule.velocity else None
    carried, pulled = (float(part[longest]) for part in parts) if parts else (0.0, 0.0)
    if not (pulled * carried > 0.0 and abs(carried) >= _LEAST_PART * abs(move)):
        return f"{why}."
    numbers[to_say("by its gradient")] = abs(pulled)
    return said(
        "{why}, {pulled} of it by its gradient and the rest by the velocity.",
        why=why,
        pulled=number(abs(pulled)),
    )


def _few_points(evidence: Evidence, numbers: dict[str, float]) -> str:
    size = evidence.run.batching.batch_size(len(evidence.experiment.points))
    numbers[to_say("points in a step")] = size
    return counted(
        size,
        "Each step uses one point only, and may raise the loss of the others.",
        "Each step uses at most {n} points, and may raise the loss of the others.",
    )


def _own_points(evidence: Evidence, raising: Rows, numbers: dict[str, float]) -> str:
    """Return a sentence on the steps, if any, that raised even the loss of the points that they used."""
    run, data, clock = evidence.run, evidence.experiment.training, evidence.experiment.clock(evidence.run)
    points = len(evidence.experiment.points)
    if len(raising) > _MOST_OWN or len(raising) * run.batching.batch_size(points) > MOST_SIGMOIDS:
        return ""
    raised = 0
    for row in raising.tolist():
        used = data.rows(run.batching.rows(points, clock.first + row + 1 - clock.epoch0, run.seed))
        before, after = used.loss(evidence.record.p[row : row + 2]).tolist()
        raised += after - before > _LEVEL * abs(float(evidence.record.loss[row]))
    if not raised:
        return ""
    numbers[to_say("steps that raised the loss of their own points")] = raised
    return counted(
        len(raising),
        "The step that raised the loss also raised the loss of its own points.",
        "{own} of the {n} steps that raised the loss also raised the loss of their own points.",
        own=integer_text(raised),
    )


def _part_lowers(evidence: Evidence, raising: Rows) -> bool:
    """Return whether a fraction of each of the steps lowers the loss; False also for too many steps."""
    if len(raising) * len(_PARTS) * len(evidence.experiment.points) > MOST_SIGMOIDS:
        return False
    p = evidence.record.p[raising, np.newaxis] + _PARTS[:, np.newaxis] * evidence.moves[raising, np.newaxis]
    lower = evidence.experiment.training.loss(p) < evidence.record.loss[raising, np.newaxis]
    return bool(lower.any(axis=1).all())


def _carrier(evidence: Evidence, updates: Rows, uphill: Array, numbers: dict[str, float]) -> str:
    """Return the memory that carried each step along its uphill direction, with what it keeps; or nothing."""
    if len(updates) > MOST_UPDATES:
        return ""
    for update, direction in zip(updates.tolist(), uphill, strict=True):
        parts = parts_of_step(evidence, update)
        if parts is None or not parts[0] @ direction > 0.0:
            return ""
    return memory_named(evidence, int(updates[0]), int(updates[-1]), numbers)
