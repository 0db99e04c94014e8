"""Where a run is held up by saturated points: a plateau on its way, or a false valley at its end."""

import numpy as np

from gdsim.core.analysis.diagnosis.evidence import Evidence, Finding, FindingKind, Span, spans
from gdsim.core.analysis.diagnosis.probes import LEVEL, MOST, MOST_POINTS
from gdsim.core.analysis.diagnosis.saturation import FLAT_SLOPE, Flatness, flatness_of, stuck_losses
from gdsim.core.analysis.update import update_of
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.formulas.numerals import (
    count,
    listed,
    near_one,
    number,
    percent,
    precise_number,
)
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet

# In one pass over the data the loss changes by less than this part. One pass, since as many single points
# move the parameters about as far as one step over all of them.
_HARDLY = 0.01
# A plateau of fewer steps is a flat spot that is crossed in passing.
_LEAST_STEPS = 5
# More points than this are counted, not named.
_FEW = 2
# Of more inputs a place is not written down.
_FEW_INPUTS = 3


def _held_up(evidence: Evidence) -> list[Span]:
    """Return where the loss hardly changes, and most of it lies with saturated points."""
    look = evidence.look
    flags = (look.stuck_share >= MOST) & (_is_flat(evidence) & evidence.under_way)[look.rows]
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
    end = _trap_from(evidence)
    return tuple(
        _plateau(evidence, one)
        for one in _held_up(evidence)
        if one.first < end and one.last - one.first >= _LEAST_STEPS and _hardly_changes(evidence, one)
    )


def _hardly_changes(evidence: Evidence, span: Span) -> bool:
    """Return whether the loss hardly changes over most of the epochs of a stretch, gaps included."""
    loss = evidence.record.loss[span.first : span.last + 1]
    ahead = min(evidence.per_epoch, len(loss) - 1)
    return bool(np.median(np.abs(loss[ahead:] - loss[:-ahead]) / loss[:-ahead]) <= _HARDLY)


def _plateau(evidence: Evidence, span: Span) -> Finding:
    record, look = evidence.record, evidence.look
    output, flatness = _neuron(evidence).output(record.p[span.first]), _flatness(evidence)
    stuck = _largest_stuck(evidence, output)
    before, after = float(record.loss[span.first]), float(record.loss[span.last])
    numbers = {
        "saturated points": len(stuck),
        "share of the loss": float(look.stuck_share[np.searchsorted(look.rows, span.first)]),
        f"largest {flatness.words}": float(flatness.slope(output)[stuck].max(initial=0.0)),
        "loss at first": before,
        "loss at last": after,
    }
    who = _named(evidence, stuck, output) if len(stuck) <= _FEW else _counted(evidence, numbers)
    slope, best = number(numbers[f"largest {flatness.words}"]), number(flatness.steepest)
    if len(stuck) == 1:
        rule = evidence.run.optimizer
        pulls = ", so it hardly pulls"
        if not rule.update_rule.is_proportional:
            pulls = f"; the steps of {rule.title} need not be as small"
        elif not _is_flat_where_asked(evidence, span.first, stuck):
            pulls = ""
        why = f"Its gradient is multiplied by {flatness.words}, here {slope} and at best {best}{pulls}."
    else:
        why = f"Their gradients are multiplied by {flatness.words}, here at most {slope} and at best {best}."
    loss = record.loss[span.first : span.last + 1]
    goes = f"goes from {number(before)} to {number(after)}"
    if number(before) == number(after):
        goes = f"stays at {number(before)}"
        if not (np.abs(loss - before) <= LEVEL * before).all():
            goes = f"leaves {number(before)} and comes back to it"
    sentence = f"{who} {why} In these {count(span.last - span.first)} steps the loss {goes}."
    sentence += _way_out(evidence, span, numbers)
    return Finding(FindingKind.PLATEAU, span.first, span.last, sentence, numbers)


def _is_flat_where_asked(evidence: Evidence, row: int, stuck: Rows) -> bool:
    """Return whether the neuron is flat for some points at the place where a rule asks for its gradient."""
    if not evidence.run.optimizer.update_rule.looks_ahead:
        return True
    update = update_of(evidence.experiment, evidence.run, evidence.record, row + 1)
    output, flatness = _neuron(evidence).output(update.asked_at)[stuck], _flatness(evidence)
    return bool((flatness.slope(output) < FLAT_SLOPE * flatness.steepest).all())


def _way_out(evidence: Evidence, span: Span, numbers: dict[str, float]) -> str:
    """Return a sentence on what leads out of a plateau at which a run ends, and add its numbers."""
    way_out = evidence.rest.way_out if evidence.rest and span.last == evidence.last else None
    if way_out is None or len(evidence.experiment.points) > MOST_POINTS:
        return ""
    numbers |= {"η that leads out": way_out.eta, "loss then": way_out.loss}
    return (
        f" From there plain gradient descent with η = {number(way_out.eta)} brings it to "
        f"{number(way_out.loss)} in {count(way_out.steps)} steps."
    )


def _largest_stuck(evidence: Evidence, output: Array) -> Rows:
    """Return the saturated points, as they are looked at, those with the largest errors first."""
    loss = stuck_losses(_neuron(evidence), output)
    return np.argsort(-loss, kind="stable")[: np.count_nonzero(loss)]


def _neuron(evidence: Evidence) -> Neuron:
    """Return the neuron over the points that were looked at."""
    data = evidence.look.data
    assert isinstance(data, Neuron)  # noqa: S101 - else no point is saturated
    return data


def _flatness(evidence: Evidence) -> Flatness:
    found = flatness_of(evidence.look.data)
    assert found is not None  # noqa: S101 - else no point is saturated
    return found


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


def false_valleys(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the place where the run is caught at the end of its record."""
    rest, last = evidence.rest, evidence.last
    if rest is None or rest.lower is None:
        return ()
    points, look, loss = evidence.experiment.points, evidence.look, float(evidence.record.loss[-1])
    output = _neuron(evidence).output(evidence.record.p[-1])
    worst = int(_largest_stuck(evidence, output)[0])
    point, f = int(look.picked[worst]), float(output[worst])
    lower = float(evidence.experiment.training.loss(rest.lower))
    numbers = {
        "loss": loss,
        "f": f,
        "y": float(points.y[point]),
        "f(1 − f)": f * (1.0 - f),
        "share of the loss": float(look.stuck_share[-1]),
        "loss elsewhere": lower,
    }
    share = percent(numbers["share of the loss"])
    if evidence.is_sampled:
        share = f"about {share} (by a sample of {number(len(look.picked), 2)} points)"
    sentence = (
        f"The loss comes to rest at {number(loss)}, because point {_point_named(points, point, f)} is "
        f"saturated {number(abs(f - numbers['y']))} away from its target. There f(1 − f) is "
        f"{number(numbers['f(1 − f)'])}, so {share} of the loss gives almost no gradient."
    )
    if rest.later:
        steps, later = rest.later
        numbers[f"loss {count(steps)} steps later"] = later
        sentence += f" Another {count(steps)} steps would leave it at {number(later)}."
    where = "Elsewhere"
    if points.dimension <= _FEW_INPUTS:
        places = zip(evidence.parameter_names, rest.lower.tolist(), strict=True)
        where = f"At {', '.join(f'{name} = {precise_number(value)}' for name, value in places)}"
    sentence += f" {where} the loss is {number(lower)}."
    return (Finding(FindingKind.FALSE_VALLEY, _trap_from(evidence), last, sentence, numbers),)


def _trap_from(evidence: Evidence) -> int:
    """Return the row from which on the run is caught; one behind the last when it is not."""
    rest = evidence.rest
    if rest is None or rest.lower is None:
        return evidence.last + 1
    # The steps in which the loss falls to where it stays belong to it.
    begun = [one.first for one in _held_up(evidence) if one.first <= rest.first <= one.last + 1]
    return begun[-1] if begun else rest.first
