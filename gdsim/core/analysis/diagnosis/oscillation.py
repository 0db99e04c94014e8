"""Where a run goes too far or back again: overshoots, u-turns across the valley, hovering around the goal."""

from dataclasses import replace

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import (
    MOST_SIGMOIDS,
    Evidence,
    Finding,
    FindingKind,
    Span,
    edges,
    joined,
    spans,
)
from gdsim.core.analysis.memory_lessons import divisor_of
from gdsim.core.analysis.memory_weights import factors_of
from gdsim.core.analysis.update import Update, update_of
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.formulas.language import Name
from gdsim.core.formulas.numerals import count, number, times
from gdsim.core.formulas.symbols import of_name
from gdsim.core.language.words import counted, said, to_say, translated
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.rules.update_rule import NEW, W_NEXT
from gdsim.core.surface.valley import turns_back

# A climb that adds less than this part to the loss does not show on the curve.
_LEAST_CLIMB = 0.01
# Where a slope lets a whole step lower the loss by less than this part of it, the loss is level.
_LEVEL = 1e-9
# Parts of a step that are tried.
_PARTS = 0.5 ** np.arange(1.0, 31.0)
# Of a step a smaller part than this is not worth a word.
_LEAST_PART = 0.01

# A turn is told of when its corner lies up the wall by at least this part of the loss. Where the path only
# follows a bend of the valley, or settles, it lies on the floor.
_LEAST_HEIGHT = 3e-4
# Turns that follow one another at once, or with one step between them, are one zigzag.
_ZIGZAG_GAP = 1
# Of so many updates at most it is asked what made each of them.
_MOST_LOOKED_AT = 50

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
    shows = (loss[crests] > _shown_above(evidence, feet, crests)) & (loss[crests] > evidence.arrived_below)
    shows &= ~hovering_rows(evidence)[crests]
    # In updates, of which number k leads from row k to row k + 1.
    found = joined(feet[shows], crests[shows] - 1, evidence.wiggle)
    return tuple(_overshoot(evidence, span, rises) for span in found)


def _shown_above(evidence: Evidence, feet: Rows, crests: Rows) -> Array:
    """Return how high climbs have to come to show on the curve."""
    loss = evidence.record.loss
    if evidence.has_floor:
        return (1.0 + _LEAST_CLIMB) * loss[feet]
    seen = np.maximum.accumulate(loss) - np.minimum.accumulate(loss)
    return loss[feet] + _LEAST_CLIMB * seen[crests]


def _overshoot(evidence: Evidence, span: Span, rises: Flags) -> Finding:
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
        counts = before > evidence.noise  # what is left below is rounding
        start, growth = number(before) if counts else said("nearly 0"), ""
        if counts and evidence.has_floor:
            growth = f" ({times(highest / before)})"
        what = counted(
            len(raising),
            "With one step the loss rose from {start} to {highest}{growth}.",
            "In {n} steps the loss rose from {start} to {highest}{growth}.",
            start=start,
            highest=number(highest),
            growth=growth,
        )
    else:
        what = said(
            "Of {steps} steps {raising} raised the loss, up to {highest}.",
            steps=count(last - first),
            raising=count(len(raising)),
            highest=number(highest),
        )
    why = _why_it_overshot(evidence, raising, numbers) if before > evidence.noise else ""
    return Finding(FindingKind.OVERSHOOT, first, last, f"{what} {why}".rstrip(), numbers)


def _why_it_overshot(evidence: Evidence, raising: Rows, numbers: dict[str, float]) -> str:
    """Return why, as far as it was measured, and add the measures to the numbers.

    ``raising`` are the rows at which the steps that raised the loss begin.
    """
    if not evidence.uses_all_points:
        return _few_points(evidence, numbers)
    gradients = evidence.gradients_at(raising)
    if gradients is None:
        return ""
    slopes = (gradients * evidence.moves[raising]).sum(axis=1)
    uphill = raising[slopes > 0.0]
    if len(uphill):
        carrier = _carrier(evidence, uphill + 1, gradients[slopes > 0.0], numbers)
        return _pointed_back("" if len(uphill) == len(raising) else count(len(uphill)), carrier)
    if not (slopes < -_LEVEL * np.abs(evidence.record.loss[raising])).all():
        return ""
    if evidence.has_kinks and not _part_lowers(evidence, raising):
        return ""
    first = int(raising[0])
    longest = int(np.argmax(np.abs(evidence.moves[first])))
    name, move = evidence.parameter_names[longest], float(evidence.moves[first, longest])
    numbers[said("step in {name}", name=name)] = abs(move)
    why = counted(
        len(raising),
        "The direction was right, but the step was too long: it moved {name} by {move}",
        "The directions were right, but the steps were too long: the first one moved {name} by {move}",
        name=name,
        move=number(abs(move)),
    )
    rule = evidence.run.optimizer.update_rule
    parts = _parts(evidence, first + 1) if rule.velocity else None
    carried, pulled = (float(part[longest]) for part in parts) if parts else (0.0, 0.0)
    if not (pulled * carried > 0.0 and abs(carried) >= _LEAST_PART * abs(move)):
        return f"{why}."
    numbers[to_say("by its gradient")] = abs(pulled)
    return said(
        "{why}, of which its gradient made {pulled} and the velocity the rest.",
        why=why,
        pulled=number(abs(pulled)),
    )


def _few_points(evidence: Evidence, numbers: dict[str, float]) -> str:
    size = evidence.run.batching.batch_size(len(evidence.experiment.points))
    numbers[to_say("points in a step")] = size
    if isinstance(evidence.experiment.objective, FunctionObjective):
        return counted(
            size,
            "Each step sees the slopes of one point only, and may raise the loss over all of them.",
            "Each step sees the slopes of at most {n} points only, and may raise the loss over all of them.",
        )
    return counted(
        size,
        "Each step uses one point only, and may raise the loss of the others.",
        "Each step uses at most {n} points only, and may raise the loss of the others.",
    )


def _pointed_back(some: str, carrier: str) -> str:
    """Return a sentence on the gradient at some of the steps, or at all of them, and on what carried on."""
    if some and carrier:
        return said(
            "In {some} of them the gradient pointed back, but {carrier} carried on.",
            some=some,
            carrier=carrier,
        )
    if some:
        return said("In {some} of them the gradient pointed back.", some=some)
    if carrier:
        return said("The gradient pointed back, but {carrier} carried on.", carrier=carrier)
    return said("The gradient pointed back.")


def _part_lowers(evidence: Evidence, raising: Rows) -> bool:
    """Return whether a part of each of some steps lowers the loss; also false where they are too many."""
    if len(raising) * len(_PARTS) * len(evidence.experiment.points) > MOST_SIGMOIDS:
        return False
    p = evidence.record.p[raising, np.newaxis] + _PARTS[:, np.newaxis] * evidence.moves[raising, np.newaxis]
    lower = evidence.experiment.training.loss(p) < evidence.record.loss[raising, np.newaxis]
    return bool(lower.any(axis=1).all())


def _parts(evidence: Evidence, update: int) -> tuple[Array, Array] | None:
    """Return what the old memory and what the new gradient made of a step; None when that is not known."""
    rule = evidence.run.optimizer.update_rule
    letter = rule.velocity or rule.average
    memory = evidence.gathering(letter, update)
    if memory is None or rule.other_terms is not None:
        return None
    lines = evidence.lines(update)
    new = lines.value(Name(letter + NEW))[0]
    # What the memory was multiplied by to make the step, which may be another for each parameter.
    by = np.divide(evidence.moves[update - 1], new, out=np.zeros_like(new), where=new != 0.0)
    old = float(memory.keep[0]) * lines.value(Name(letter))[0]
    return by * old, by * float(memory.take[0]) * evidence.record.gradient[update]


def _carrier(evidence: Evidence, updates: Rows, uphill: Array, numbers: dict[str, float]) -> str:
    """Return the memory that carried all of some steps along a direction each, with what it keeps."""
    if len(updates) > _MOST_LOOKED_AT:
        return ""
    for update, direction in zip(updates.tolist(), uphill, strict=True):
        parts = _parts(evidence, update)
        if parts is None or not parts[0] @ direction > 0.0:
            return ""
    return _memory_named(evidence, int(updates[0]), int(updates[-1]), numbers)


def _memory_named(evidence: Evidence, first: int, last: int, numbers: dict[str, float]) -> str:
    """Return the memory that a rule steps along, with what it keeps at two updates and those between."""
    rule = evidence.run.optimizer.update_rule
    letter = rule.velocity or rule.average
    memories = [evidence.gathering(letter, update) for update in (first, last)]
    (keep, value), (_, at_last) = (
        factors_of(memory, evidence.run.optimizer, letter)[0] for memory in memories if memory
    )
    numbers[keep or said("share kept")] = value
    kept = (
        number(value)
        if value == at_last
        else said("{value} to {at_last}", value=number(value), at_last=number(at_last))
    )
    kept = f"{keep} = {kept}" if keep else kept
    if rule.velocity:
        return said("the velocity, which keeps {kept} of the step before,", kept=kept)
    text = of_name(letter).text
    if memories[0] and memories[0].is_average:
        return said("the average {text}, which keeps {kept} of its old value,", text=text, kept=kept)
    return said("the memory {text}, which keeps {kept} of its old value,", text=text, kept=kept)


# ---------------------------------------------------------------------------------------- u-turns


def u_turns(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the corners of the path, up the walls, at which it turns back across the valley."""
    turns = turns_back(evidence.record.p, evidence.across)
    shows = (evidence.walls.height >= _LEAST_HEIGHT) & evidence.under_way & ~hovering_rows(evidence)
    corners = turns[shows[turns] & ~_bends(evidence, turns)]
    found = joined(corners, corners, max(_ZIGZAG_GAP, evidence.wiggle))
    return tuple(_u_turn(evidence, span, turns) for span in found)


def _bends(evidence: Evidence, turns: Rows) -> Flags:
    """Return at which turns it is the valley that bends, and plain descent only follows.

    What passes the bottom with η times the curvature below 1 comes back by less than it went.
    """
    if not evidence.run.optimizer.update_rule.is_plain_descent or not evidence.uses_all_points:
        return np.zeros(len(turns), dtype=np.bool_)
    before, after = np.abs(evidence.moves @ evidence.across)[[turns - 1, turns]]
    bends: Flags = (after > before) & (evidence.record.eta[turns] * evidence.walls.curvature[turns] <= 1.0)
    return bends


def _u_turn(evidence: Evidence, span: Span, turns: Rows) -> Finding:
    first, last = span.first - 1, span.last + 1
    corners = turns[(turns >= span.first) & (turns <= span.last)]
    place = int(np.searchsorted(turns, span.first)) + 1
    there, back = np.abs(evidence.moves[span.first - 1 : span.first + 1] @ evidence.across).tolist()
    numbers = {to_say("across, before"): there, to_say("across, after"): back}
    numbers[to_say("height above the floor")] = float(evidence.walls.height[span.first])
    if len(corners) == 1:
        numbers[to_say("turns in all")] = len(turns)
        what = said(
            "Turn {place} of {turns}, at step {first}: one step went {there} across the valley, "
            "the next one comes {back} back.",
            place=count(place),
            turns=count(len(turns)),
            first=count(evidence.first + span.first),
            there=number(there),
            back=number(back),
        )
    else:
        numbers |= {to_say("turns"): len(corners), to_say("turns in all"): len(turns)}
        steps = count(last - first)
        what = said(
            "In {steps} steps, the step across the valley changed sign {corners} times.",
            steps=steps,
            corners=count(len(corners)),
        )
    why = _why_it_turned(evidence, corners, numbers)
    return Finding(FindingKind.U_TURN, first, last, f"{what} {why}".rstrip(), numbers)


def _why_it_turned(evidence: Evidence, corners: Rows, numbers: dict[str, float]) -> str:
    """Return what holds at every one of some corners, and add the measures to the numbers."""
    if not evidence.uses_all_points:
        return said("Each step uses some of the points only, and they may pull in different directions.")
    gradients, gradients_before = evidence.gradients_at(corners), evidence.gradients_at(corners - 1)
    if gradients is None or gradients_before is None:
        return ""
    across, rule = evidence.across, evidence.run.optimizer.update_rule
    step = evidence.moves[corners - 1] @ across
    rises, rose = (gradients @ across) * step > 0.0, (gradients_before @ across) * step > 0.0
    if not rises.all():
        return ""
    if len(corners) <= _MOST_LOOKED_AT and all(_is_carried(evidence, corner) for corner in corners.tolist()):
        memory = _memory_named(evidence, int(corners[0]), int(corners[-1]), numbers)
        return said(
            "T{memory} led the run up the wall, until the gradients there outweighed it.", memory=memory[1:]
        )
    if rose.all() and len(corners) <= _MOST_LOOKED_AT and _follow_older(evidence, corners):
        title = translated(evidence.run.optimizer.title)
        return said(
            "The gradient pointed back, but the direction of {title} follows from older gradients too.",
            title=title,
        )
    if rose.any():
        return ""
    reach = float(evidence.record.eta[corners[0]] * evidence.walls.curvature[corners[0]])
    if rule.is_plain_descent and reach > 1.0:
        numbers["η · curvature"] = reach
        why = said("η times the curvature is {reach}", reach=number(reach))
        return said("{why}: above 1 a step passes the bottom, above 2 it ends higher.", why=why)
    return said("The step passed the bottom and ended on the other wall.")


def _follow_older(evidence: Evidence, corners: Rows) -> bool:
    """Return whether the steps to some corners would be others with the memory that the run began with."""
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
    """Return whether the memory made most of the step to a corner, and the gradient of the one back."""
    to, back = _parts(evidence, corner), _parts(evidence, corner + 1)
    if to is None or back is None:
        return False
    (old, new), (kept, _) = (np.stack(parts) @ evidence.across for parts in (to, back))
    onward = np.sign(old + new)
    return bool(onward * old > abs(new) and onward * kept > 0.0)  # and yet the step goes back


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
    found = spans(np.cumsum(change)[:-1] > 0.0, gap=window)
    return [span for span in found if _is_hovering(evidence, span)]


def hovering_rows(evidence: Evidence) -> Flags:
    """Return for each row whether the run hovers there: of turns and rises nothing more is to be said."""
    flags = np.zeros(evidence.last + 1, dtype=np.bool_)
    for span in _hovering_spans(evidence):
        flags[span.first : span.last + 1] = True
    return flags


def _hovers(evidence: Evidence, window: int) -> Flags:
    """Return for each row whether the ``window`` steps that begin there go to and fro, and η hardly falls."""
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


def _is_hovering(evidence: Evidence, span: Span) -> bool:
    """Return whether windows that hover hold together what is said of them."""
    first, last = span
    p, lengths = evidence.record.p, _lengths(evidence.moves[first:last])
    net = float(np.linalg.norm(p[last] - p[first]))
    like_eta = [
        np.median(part) >= _LIKE_ETA * evidence.record.eta[first + 1]
        for part in np.split(lengths, [len(lengths) // 2])
    ]
    return net < _STRAIGHT * float(lengths.sum()) and all(like_eta)


def _lengths(vectors: Array) -> Array:
    lengths: Array = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    return lengths


def _hovering(evidence: Evidence, span: Span) -> Finding:
    record, (first, last) = evidence.record, span
    lengths = _lengths(evidence.moves[first:last])
    net = float(np.linalg.norm(record.p[last] - record.p[first]))
    halves = [len(lengths) // 2]
    steps = [float(np.median(part)) for part in np.split(lengths, halves)]
    losses = [float(np.median(part)) for part in np.split(record.loss[first + 1 : last + 1], halves)]
    before, eta = record.eta[[first + 1, last]].tolist()
    numbers = {
        to_say("path length"): float(lengths.sum()),
        "distance": net,
        to_say("typical step"): steps[1],
        "η": eta,
        to_say("typical loss"): losses[1],
    }
    rate = number(eta)
    if before != eta:
        rate = said("{before}, which the schedule takes to {eta},", before=number(before), eta=number(eta))
    sentence = said(
        "The path goes to and fro: it is {path_length} long and ends {net} from where it "
        "began. {title} divides by the size of recent gradients, so small gradients do not "
        "make small steps: with η = {rate} a typical step is {steps} long in the first half "
        "and {steps2} in the second, and a typical loss {losses} and {losses2}.",
        path_length=number(numbers["path length"]),
        net=number(net),
        title=translated(evidence.run.optimizer.title),
        rate=rate,
        steps=number(steps[0]),
        steps2=number(steps[1]),
        losses=number(losses[0]),
        losses2=number(losses[1]),
    )
    return Finding(FindingKind.HOVERING, first, last, sentence, numbers)
