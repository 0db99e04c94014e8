"""Where saturated points hold a run up: on a plateau along its way, or in a false valley at its end."""

import numpy as np

from gdsim.core.analysis.curvature.curvature import curvature_at
from gdsim.core.analysis.diagnosis.evidence import (
    Evidence,
    Finding,
    FindingKind,
    RowSpan,
    spans,
    what_the_loss_does,
)
from gdsim.core.analysis.diagnosis.probes import MOST, MOST_POINTS
from gdsim.core.analysis.diagnosis.saturation import Flatness, flatness_of, stuck_losses
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.formulas.numerals import exact, integer_text, listed, near_one, number, percent
from gdsim.core.language.texts import counted, said, to_say, translated
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.search_checks import goes_to_any_level_point

# The loss hardly changes if it does so by less than this share in one pass over the data. The measure is a
# pass, because that many single points move the parameters about as far as one step over all of them.
_HARDLY = 0.01
# A plateau of fewer steps is merely a flat spot that is crossed.
_LEAST_STEPS = 5
# A point that adds less than this share of what the largest one adds does not hold the loss up.
_FAR = 0.01
# A level point this near, as a share of the size of the parameters, has been reached.
_AT_REST = 1e-6
# More points than this are counted, not named.
_FEW = 2


def _held_up(evidence: Evidence) -> list[RowSpan]:
    """Return where the loss hardly changes and most of it comes from saturated points."""
    saturation = evidence.saturation
    flags = (saturation.stuck_share >= MOST) & (_is_flat(evidence) & evidence.under_way)[saturation.rows]
    every = int(saturation.rows[1]) if len(saturation.rows) > 1 else 1
    found = spans(flags, gap=max(1, evidence.per_epoch // every))
    return [RowSpan(int(saturation.rows[one.first]), int(saturation.rows[one.last])) for one in found]


def _is_flat(evidence: Evidence) -> Flags:
    """Return for each row whether the loss hardly changes over the epoch that begins there."""
    loss = evidence.record.loss
    ahead = min(evidence.per_epoch, evidence.last)
    flat = np.abs(loss[ahead:] - loss[:-ahead]) <= _HARDLY * loss[:-ahead]
    # The last rows have no whole epoch ahead of them and take the flag of the last row that has one.
    return np.concatenate([flat, np.full(ahead, flat[-1])])


# --------------------------------------------------------------------------------------- plateaus


def plateaus(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the stretches before a false valley, if any, on which saturated points hold the loss up."""
    end = _trap_from(evidence)
    return tuple(
        _plateau(evidence, one)
        for one in _held_up(evidence)
        if one.first < end and one.last - one.first >= _LEAST_STEPS and _hardly_changes(evidence, one)
    )


def _hardly_changes(evidence: Evidence, span: RowSpan) -> bool:
    """Return whether the loss hardly changes over most of the epochs of a stretch, gaps included."""
    loss = evidence.record.loss[span.first : span.last + 1]
    ahead = min(evidence.per_epoch, len(loss) - 1)
    return bool(np.median(np.abs(loss[ahead:] - loss[:-ahead]) / loss[:-ahead]) <= _HARDLY)


def _plateau(evidence: Evidence, span: RowSpan) -> Finding:
    record, saturation = evidence.record, evidence.saturation
    output, flatness = _neuron(evidence).output(record.p[span.first]), _flatness(evidence)
    stuck, largest = _largest_stuck(evidence, output), said("largest {flatness}", flatness=flatness.words)
    before, after = float(record.loss[span.first]), float(record.loss[span.last])
    numbers = {
        to_say("saturated points"): len(stuck),
        to_say("share of the loss"): float(
            saturation.stuck_share[np.searchsorted(saturation.rows, span.first)]
        ),
        largest: float(flatness.slope(output)[stuck].max(initial=0.0)),
        to_say("loss at first"): before,
        to_say("last loss"): after,
    }
    who = _named(evidence, stuck, output) if len(stuck) <= _FEW else _counted(evidence, numbers)
    why = _why_held_up(evidence, span.first, stuck, numbers[largest])
    sentence = f"{who} {why} {what_the_loss_does(record.loss[span.first : span.last + 1])}"
    sentence += _way_out(evidence, span, numbers)
    return Finding(FindingKind.PLATEAU, span.first, span.last, sentence, numbers)


def _why_held_up(evidence: Evidence, row: int, stuck: Rows, largest: float) -> str:
    """Return a sentence on what multiplies the gradients of saturated points: its largest value in a row."""
    flatness = _flatness(evidence)
    return counted(
        len(stuck),
        "Its gradient is multiplied by {flatness}, which is {slope} at step {step} and {best} at best.",
        "Their gradients are multiplied by {flatness}, which is at most {slope} at step {step} and {best} "
        "at best.",
        flatness=flatness.words,
        step=integer_text(evidence.first + row),
        slope=number(largest),
        best=number(flatness.steepest),
    )


def _way_out(evidence: Evidence, span: RowSpan, numbers: dict[str, float]) -> str:
    """Return a sentence on what leads out of a plateau at which a run ends, and add its numbers."""
    way_out = evidence.rest.way_out if evidence.rest and span.last == evidence.last else None
    if way_out is None or len(evidence.experiment.points) > MOST_POINTS:
        return ""
    numbers |= {to_say("η that leads out"): way_out.eta, to_say("loss then"): way_out.loss}
    return " " + said(
        "From there plain gradient descent with η = {eta} brings it to {loss} in {steps} steps.",
        eta=number(way_out.eta),
        loss=number(way_out.loss),
        steps=integer_text(way_out.steps),
    )


def _largest_stuck(evidence: Evidence, output: Array) -> Rows:
    """Return the saturated ones among the examined points, those with the largest errors first."""
    loss = stuck_losses(_neuron(evidence), output)
    return np.argsort(-loss, kind="stable")[: np.count_nonzero(loss)]


def _far_stuck(evidence: Evidence, output: Array) -> Rows:
    """Return the saturated points that add at least `_FAR` of what the largest one adds, largest first."""
    loss = stuck_losses(_neuron(evidence), output)
    far = int(np.count_nonzero(loss >= _FAR * loss.max()))
    return _largest_stuck(evidence, output)[:far]


def _neuron(evidence: Evidence) -> Neuron:
    """Return the neuron over the examined points."""
    data = evidence.saturation.data
    assert isinstance(data, Neuron)  # noqa: S101 - else no point is saturated
    return data


def _flatness(evidence: Evidence) -> Flatness:
    found = flatness_of(evidence.saturation.data)
    assert found is not None  # noqa: S101 - else no point is saturated
    return found


def _named(evidence: Evidence, stuck: Rows, output: Array) -> str:
    points, picked = evidence.experiment.points, evidence.saturation.picked
    names = [_point_named(points, int(picked[one]), float(output[one])) for one in stuck]
    if len(names) == 1:
        return said("Point {names} is saturated.", names=names[0])
    return said("Points {names} are saturated.", names=listed(names))


def _point_named(points: PointSet, row: int, given: float) -> str:
    """Return a point by its number in the table, with its x (if that is one number), output and target."""
    x = f"x = {number(float(points.x[row, 0]))}, " if points.dimension == 1 else ""
    return f"{integer_text(row + 1)} ({x}f = {near_one(given)}, y = {number(float(points.y[row]))})"


def _counted(evidence: Evidence, numbers: dict[str, float]) -> str:
    stuck, looked = numbers["saturated points"], len(evidence.saturation.picked)
    share = percent(numbers["share of the loss"])
    if evidence.is_sampled:
        return said(
            "About {stuck} of the points (from a sample of {looked}) are saturated and make up {share} of "
            "the loss.",
            stuck=percent(stuck / looked),
            looked=number(looked, 2),
            share=share,
        )
    return said(
        "{stuck} of {looked} points are saturated and make up {share} of the loss.",
        stuck=integer_text(stuck),
        looked=integer_text(looked),
        share=share,
    )


# ----------------------------------------------------------------------------------- false valleys


def false_valleys(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where the run is caught at the end of its record."""
    rest, last = evidence.rest, evidence.last
    if rest is None or rest.lower is None:
        return ()
    loss = float(evidence.record.loss[-1])
    output = _neuron(evidence).output(evidence.record.p[-1])
    stuck = _far_stuck(evidence, output)
    lower = float(evidence.experiment.training.loss(rest.lower))
    numbers: dict[str, float] = {"loss": loss}
    curvatures = _curvatures_at_rest(evidence)
    if curvatures is not None:
        numbers[to_say("least curvature")] = float(curvatures[0])
        sentence = _why_newton_rests(evidence, curvatures)
    else:
        if len(stuck) == 1:
            numbers |= {"f": float(output[stuck[0]]), "y": float(_neuron(evidence).targets[stuck[0]])}
        else:
            numbers[to_say("saturated points")] = len(stuck)
        numbers |= {
            said("largest {flatness}", flatness="f(1 − f)"): float((output * (1.0 - output))[stuck].max()),
            to_say("share of the loss"): float(evidence.saturation.stuck_share[-1]),
        }
        sentence = _why_it_rests(evidence, stuck, output)
    numbers[to_say("loss elsewhere")] = lower
    if rest.later:
        steps, later = rest.later
        numbers[said("loss {steps} steps later", steps=integer_text(steps))] = later
        sentence += " " + said(
            "Another {steps} steps would leave it at {later}.", steps=integer_text(steps), later=number(later)
        )
    if where := evidence.place_text(rest.lower, exact):
        sentence += " " + said("At {where} the loss is {lower}.", where=where, lower=number(lower))
    else:
        sentence += " " + said("Elsewhere the loss is {lower}.", lower=number(lower))
    return (Finding(FindingKind.FALSE_VALLEY, _trap_from(evidence), last, sentence, numbers),)


def _curvatures_at_rest(evidence: Evidence) -> Array | None:
    """Return the principal curvatures where Newton has come to rest at a saddle or a top, else None.

    On a plateau the loss may curve down as well, but the level point of its parabola is far away.
    """
    if not goes_to_any_level_point(evidence.run.optimizer):
        return None
    place = evidence.record.p[-1]
    here = curvature_at(evidence.experiment.training, place)
    if not here.is_finite:
        return None
    curvatures, axes = here.axes
    if not curvatures[0] < 0.0 or (curvatures == 0.0).any():
        return None
    away = np.linalg.norm((axes.T @ here.gradient) / curvatures)
    return curvatures if away <= _AT_REST * max(1.0, float(np.linalg.norm(place))) else None


def _why_newton_rests(evidence: Evidence, curvatures: Array) -> str:
    """Return a sentence on the saddle or the top at which the run ends."""
    place = said("a saddle") if curvatures[-1] > 0.0 else said("a top")
    if where := evidence.place_text(evidence.record.p[-1], number):
        place = f"{place}, {where}"
    return said(
        "The loss comes to rest at {loss} at {place}: the slope is 0 there, but the loss curves down in a "
        "direction ({curvature}). {title} goes to level points of any kind.",
        loss=number(float(evidence.record.loss[-1])),
        place=place,
        curvature=number(float(curvatures[0])),
        title=translated(evidence.run.optimizer.title),
    )


def _why_it_rests(evidence: Evidence, stuck: Rows, output: Array) -> str:
    """Return a sentence on the points that are saturated at the end, far from their targets."""
    picked, points = evidence.saturation.picked, evidence.experiment.points
    largest = number(float((output * (1.0 - output))[stuck].max()))
    share = percent(float(evidence.saturation.stuck_share[-1]))
    if evidence.is_sampled:
        sample = number(len(picked), 2)
        share = said("about {share} (from a sample of {picked} points)", share=share, picked=sample)
    loss = number(float(evidence.record.loss[-1]))
    point, f = int(picked[stuck[0]]), float(output[stuck[0]])
    named, away = _point_named(points, point, f), number(abs(f - float(points.y[point])))
    if len(stuck) == 1:
        return said(
            "The loss comes to rest at {loss}, because point {point_named} is saturated {f} away "
            "from its target. There f(1 − f) is {f_1_f}, so {share} of the loss gives almost no "
            "gradient.",
            loss=loss,
            point_named=named,
            f=away,
            f_1_f=largest,
            share=share,
        )
    some = said(
        "{stuck} of {looked} points", stuck=integer_text(len(stuck)), looked=integer_text(len(picked))
    )
    if evidence.is_sampled:
        some = said("about {stuck} of the points", stuck=percent(len(stuck) / len(picked)))
    return said(
        "The loss comes to rest at {loss}, because {some} are saturated far from their targets, the "
        "furthest {f} away: point {point_named}. Their f(1 − f) is at most {f_1_f}, so {share} of the loss "
        "gives almost no gradient.",
        loss=loss,
        some=some,
        f=away,
        point_named=named,
        f_1_f=largest,
        share=share,
    )


def _trap_from(evidence: Evidence) -> int:
    """Return the row from which on the run is caught, or one past the last row if it is not."""
    rest = evidence.rest
    if rest is None or rest.lower is None:
        return evidence.last + 1
    # The steps in which the loss falls to its final level are included.
    begun = [one.first for one in _held_up(evidence) if one.first <= rest.first <= one.last + 1]
    return begun[-1] if begun else rest.first
