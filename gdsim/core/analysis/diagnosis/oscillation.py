"""Where a run goes too far or back again: overshoots, u-turns across the valley, hovering around the goal."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, Span, edges, joined, spans
from gdsim.core.analysis.memory_lessons import divisor_of
from gdsim.core.analysis.memory_weights import factors_of
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.formulas.language import Name
from gdsim.core.formulas.numerals import count, number, times
from gdsim.core.formulas.symbols import of_name

# A climb that adds less than this part to the loss does not show on the curve.
_LEAST_CLIMB = 0.01

# A turn counts when its corner lies up the wall by at least this part of the loss. Where the path only
# follows a bend of the valley, or settles, it lies on the floor.
_LEAST_HEIGHT = 5e-4
# Turns that follow one another at once, or with one step between them, are one zigzag.
_ZIGZAG_GAP = 1

# Hovering is looked for over so many times the length of the rule's memory, and at least so many steps and
# epochs.
_MEMORIES, _LEAST_STEPS, _LEAST_EPOCHS = 4.0, 20, 2
# To and fro: the ends of the path are nearer to each other than this part of its length.
_STRAIGHT = 0.1
# Constant: the steps of the second half are at least so long as this part of those of the first half; and
# so is η at the end of the path, measured by η at its beginning.
_CONSTANT = 0.5
# Steps are of the size of η, and so the rule's and not the gradient's, from this part of it on.
_LIKE_ETA = 0.05


# ------------------------------------------------------------------------------------- overshoots


def overshoots(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the climbs of the loss over all points that show, while the run is under way."""
    loss = evidence.record.loss
    rises = np.diff(loss) > 0.0
    feet, crests = edges(rises)
    shows = (loss[crests] > (1.0 + _LEAST_CLIMB) * loss[feet]) & (loss[crests] > evidence.arrived_below)
    shows &= ~_hovering_rows(evidence)[crests]
    # In updates, of which number k leads from row k to row k + 1.
    found = joined(feet[shows], crests[shows] - 1, evidence.wiggle)
    return tuple(_overshoot(evidence, span, rises) for span in found)


def _overshoot(evidence: Evidence, span: Span, rises: Flags) -> Finding:
    loss = evidence.record.loss
    first, last = span.first, span.last + 1
    before = float(loss[first])
    highest = float(loss[first : last + 1].max())
    risen = int(rises[first:last].sum())
    numbers = {"loss before": before, "highest loss": highest, "steps that raised it": risen}
    if risen == last - first:
        growth = f" ({times(highest / before)})" if before > 0.0 else ""
        steps = f"In {count(risen)} steps" if risen > 1 else "With one step"
        what = f"{steps} the loss rose from {number(before)} to {number(highest)}{growth}."
    else:
        what = f"Of {count(last - first)} steps {count(risen)} raised the loss, up to {number(highest)}."
    why = _why_it_overshot(evidence, first, last, numbers)
    return Finding(FindingKind.OVERSHOOT, first, last, f"{what} {why}", numbers)


def _why_it_overshot(evidence: Evidence, first: int, last: int, numbers: dict[str, float]) -> str:
    """Return why, as far as it was measured, and add the measures to the numbers."""
    if not evidence.uses_all_points:
        size = evidence.run.batching.batch_size(len(evidence.experiment.points))
        numbers["points in a step"] = size
        used = "one point" if size == 1 else f"{count(size)} points"
        return f"Each step uses {used} only, and may raise the loss of the others."
    if _goes_uphill(evidence, first, last):
        carrier = _carrier(evidence, first + 1, numbers) or "the step"
        return f"The gradient pointed back, but {carrier} carried on."
    longest = int(np.argmax(np.abs(evidence.moves[first])))
    name, move = evidence.parameter_names[longest], float(evidence.moves[first, longest])
    numbers[f"step in {name}"] = abs(move)
    why = f"The direction was right, but the step was too long: it moved {name} by {number(abs(move))}"
    rule = evidence.run.optimizer.update_rule
    memory, sign = evidence.gathering(rule.velocity, first + 1), rule.velocity_sign
    pulled = sign * float(memory.take[0] * evidence.record.gradient[first + 1, longest]) if memory else 0.0
    if not 0.0 < pulled * move < move * move:
        return f"{why}."
    numbers["by its gradient"] = abs(pulled)
    return f"{why}, of which its gradient made {number(abs(pulled))} and the velocity the rest."


def _goes_uphill(evidence: Evidence, first: int, last: int) -> bool:
    """Return whether at least half of the steps went along their gradient, not against it."""
    gradients = evidence.record.gradient[first + 1 : last + 1]
    along = (gradients * evidence.moves[first:last]).sum(axis=1)
    return bool((along > 0.0).mean() >= 0.5)  # noqa: PLR2004 - half


def _carrier(evidence: Evidence, update: int, numbers: dict[str, float]) -> str:
    """Return the memory that a rule steps along, with what it keeps; an empty text without one."""
    rule = evidence.run.optimizer.update_rule
    letter = rule.velocity or rule.average
    memory = evidence.gathering(letter, update)
    if memory is None:
        return ""
    keep, _ = factors_of(memory, evidence.run.optimizer, letter)
    numbers[keep.letter or "share kept"] = keep.value
    kept = f"{keep.letter} = {number(keep.value)}" if keep.letter else number(keep.value)
    if rule.velocity:
        return f"the velocity, which keeps {kept} of the step before,"
    kind = "average" if memory.is_average else "memory"
    return f"the {kind} {of_name(letter).text}, which keeps {kept} of its old value,"


# ---------------------------------------------------------------------------------------- u-turns


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
        & ~_hovering_rows(evidence)[1:-1]
        & ~_bends(evidence, before, after)
    )
    corners = np.flatnonzero(turns) + 1
    found = joined(corners, corners, max(_ZIGZAG_GAP, evidence.wiggle))
    return tuple(_u_turn(evidence, span, corners, before, after) for span in found)


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


def _u_turn(evidence: Evidence, span: Span, corners: Rows, before: Array, after: Array) -> Finding:
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
    why = _why_it_turned(evidence, span.first, numbers)
    return Finding(FindingKind.U_TURN, first, last, f"{what} {why}", numbers)


def _why_it_turned(evidence: Evidence, corner: int, numbers: dict[str, float]) -> str:
    """Return why the path turns, as far as the rule tells, and add the measures to the numbers."""
    if not evidence.uses_all_points:
        return "Each step uses some of the points only, and they may pull in different directions."
    carrier = _carrier(evidence, corner, numbers) if _is_carried(evidence, corner) else ""
    if carrier:
        return f"T{carrier[1:]} led the run up the wall, until the gradients there outweighed it."
    if _is_steered_by_memory(evidence, corner):
        title = evidence.run.optimizer.title
        return f"The gradient pointed back, but the direction of {title} follows from older gradients too."
    reach = float(evidence.record.eta[corner] * evidence.valley.curvature[corner])
    if evidence.run.optimizer.update_rule.is_plain_descent and reach > 1.0:
        numbers["η · curvature"] = reach
        why = f"η times the curvature is {number(reach)}"
        return f"{why}: above 1 a step passes the bottom, above 2 it ends higher."
    return "The step was too long for the valley: it ended on its wall."


def _is_carried(evidence: Evidence, update: int) -> bool:
    """Return whether the old memory made more of a step across the valley than the new gradient."""
    rule = evidence.run.optimizer.update_rule
    letter = rule.velocity or rule.average
    memory = evidence.gathering(letter, update)
    if memory is None:
        return False
    lines = evidence.lines(update)
    # One rate for both parts, which may be another for each parameter.
    across = evidence.valley.across[update] * lines.value(rule.rate)[0]
    old = float(memory.keep[0]) * float(lines.value(Name(letter))[0] @ across)
    return abs(old) > abs(float(memory.take[0]) * float(evidence.record.gradient[update] @ across))


def _is_steered_by_memory(evidence: Evidence, update: int) -> bool:
    """Return whether a step went across the valley against its gradient's pull, as older gradients can do."""
    across = evidence.valley.across[update]
    step, gradient = evidence.moves[update - 1] @ across, evidence.record.gradient[update] @ across
    return evidence.run.optimizer.update_rule.steers_by_memory and bool(step * gradient > 0.0)


# --------------------------------------------------------------------------------------- hovering


def hoverings(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where a rule that divides by recent gradients goes to and fro, with steps that do not shrink."""
    return tuple(_hovering(evidence, span) for span in _hovering_spans(evidence))


def _hovering_spans(evidence: Evidence) -> list[Span]:
    """Return the rows of the record over which the run hovers."""
    rule, divisor = evidence.run.optimizer.update_rule, divisor_of(evidence.run.optimizer)
    # The gradient itself, divided by at least its size: what comes of it is as long as η, or longer.
    if divisor is None or rule.direction != Name(rule.last_gradient):
        return []
    if divisor.power < 1.0 or divisor.keep >= 1.0:
        return []
    memory_length = 1.0 / (1.0 - divisor.keep)
    window = max(_MEMORIES * memory_length, _LEAST_STEPS, _LEAST_EPOCHS * evidence.per_epoch)
    if window > evidence.last:
        return []
    window = round(window)
    hovers = _hovers(evidence, window)
    # A window that hovers speaks for all of its rows.
    change = np.zeros(evidence.last + 2)
    change[: len(hovers)] += hovers
    change[window + 1 :] -= hovers
    return spans(np.cumsum(change)[:-1] > 0.0, gap=window)


def _hovering_rows(evidence: Evidence) -> Flags:
    """Return for each row whether the run hovers there: of turns and rises nothing more is to be said."""
    flags = np.zeros(evidence.last + 1, dtype=np.bool_)
    for span in _hovering_spans(evidence):
        flags[span.first : span.last + 1] = True
    return flags


def _hovers(evidence: Evidence, window: int) -> Flags:
    """Return for each row whether the ``window`` steps that begin there go to and fro at a constant rate."""
    p, eta = evidence.record.p, evidence.record.eta
    travelled = np.concatenate([[0.0], np.cumsum(_lengths(evidence.moves))])
    whole = travelled[window:] - travelled[:-window]
    half = window // 2
    second = travelled[window:] - travelled[half : len(travelled) - window + half]
    net = _lengths(p[window:] - p[:-window])
    rate = eta[1 : len(eta) - window + 1]
    hovers: Flags = (
        (net < _STRAIGHT * whole)
        & (second > _CONSTANT * (whole - second))
        & (whole > window * _LIKE_ETA * rate)
        & (eta[window:] > _CONSTANT * rate)
    )
    return hovers


def _lengths(vectors: Array) -> Array:
    lengths: Array = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths


def _hovering(evidence: Evidence, span: Span) -> Finding:
    record, (first, last) = evidence.record, span
    length = float(_lengths(evidence.moves[first:last]).sum())
    net = float(_lengths((record.p[last] - record.p[first])[np.newaxis])[0])
    typical, loss = length / (last - first), float(np.median(record.loss[first : last + 1]))
    before, eta = record.eta[[first + 1, last]].tolist()
    numbers = {
        "path length": length,
        "distance": net,
        "typical step": typical,
        "η": eta,
        "typical loss": loss,
    }
    rate = number(eta) if before == eta else f"{number(before)} to {number(eta)}"
    sentence = (
        f"The path goes to and fro: it is {number(length)} long and ends {number(net)} from where it began. "
        f"{evidence.run.optimizer.title} divides by the size of recent gradients, so small gradients do not "
        f"make small steps: with η = {rate} they stay about {number(typical)} long, and the loss stays about "
        f"{number(loss)}."
    )
    return Finding(FindingKind.HOVERING, first, last, sentence, numbers)
