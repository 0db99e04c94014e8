"""Where the rate times the curvature is beyond the limit of the rule, also where the run had been at rest."""

import numpy as np

from gdsim.core.analysis.curvature.limit import growth_at
from gdsim.core.analysis.curvature.limit_curve import LimitCurve
from gdsim.core.analysis.curvature.linear_step import linear_step
from gdsim.core.analysis.diagnosis.evidence import MOST_SPANS, Evidence, Finding, FindingKind, RowSpan, spans
from gdsim.core.analysis.diagnosis.hovering import hovering_rows
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import integer_text, number, told_apart
from gdsim.core.language.texts import said, to_say, translated

# At least this many updates beyond the limit are worth mentioning, if one of them exceeds it by this factor.
# Those with at most this many below the limit in between form one stretch, of which at least this share must
# be beyond the limit, because a run that goes to and fro across it merely hovers.
_LEAST_UPDATES, _LEAST_EXCESS, _GAP, _LEAST_SHARE = 10, 1.01, 2, 0.8
# Below this share of the limit a run at rest has room to it.
_ROOM = 0.5


def beyond_limits(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where steps across the valley grow because rate times curvature is beyond the rule's limit."""
    curve = evidence.limit
    if curve is None:
        return ()
    gauge = _where_it_grows(evidence, curve)
    beyond = (gauge > 1.0) & ~hovering_rows(evidence)
    found = []
    for span in spans(beyond[:-1], gap=_GAP):
        share = np.nan_to_num(gauge[span.first : span.last + 1])
        updates = int((share > 1.0).sum())
        if evidence.is_searched and evidence.record.loss[span.last + 1] <= evidence.record.loss[span.first]:
            continue  # a limit does not apply to a rate that changes at each step
        lasts = updates >= max(_LEAST_UPDATES, _LEAST_SHARE * len(share))
        if lasts and share.max() >= _LEAST_EXCESS:
            worst = span.first + int(np.argmax(share))
            found.append(_beyond_limit(evidence, curve, span, updates, worst))
    return tuple(found)


def _where_it_grows(evidence: Evidence, curve: LimitCurve) -> Array:
    """Return the gauge, with 0 where it is above 1 but the rule settles nevertheless.

    A rule that repeats itself after several updates may settle in bands of rates beyond its limit.
    """
    record, optimizer, gauge = evidence.record, evidence.run.optimizer, curve.gauge
    rows = np.flatnonzero(gauge > 1.0)
    if not len(rows) or not linear_step(optimizer.update_rule).period:
        return gauge
    updates = np.minimum(rows + 1, evidence.last)
    t = (updates + record.counted[updates]).astype(np.float64)
    growth = growth_at(optimizer, record.eta[updates], record.gamma[updates], t, curve.product[rows])
    gauge[rows[growth <= 1.0]] = 0.0
    return gauge


def _beyond_limit(evidence: Evidence, curve: LimitCurve, span: RowSpan, beyond: int, worst: int) -> Finding:
    first, last = span
    product, limit = float(curve.product[worst]), float(curve.limit[worst])
    updates = last - first + 1
    when = (
        said("At all {updates} updates", updates=integer_text(updates))
        if beyond == updates
        else said(
            "At {beyond} of {updates} updates", beyond=integer_text(beyond), updates=integer_text(updates)
        )
    )
    start, title = evidence.first, translated(evidence.run.optimizer.title)
    sentence = said(
        "{when} from step {start} on, η times the largest curvature{held} is beyond the limit of {title}: "
        "it is {product} at step {start2}, and the limit is {limit}. Beyond it a small distance from the "
        "bottom of a parabola grows from step to step.",
        when=when,
        start=integer_text(start + first),
        held=_held(evidence),
        title=title,
        product=number(product),
        start2=integer_text(start + worst),
        limit=number(limit),
    )
    numbers = {"η · curvature": product, "limit": limit, to_say("updates beyond it"): beyond}
    return Finding(FindingKind.BEYOND_LIMIT, first, last + 1, sentence, numbers)


def _held(evidence: Evidence) -> str:
    """Return a note that the curvature is that of P⁻¹H, if rates depend on the path."""
    return " " + said("of P⁻¹H") if evidence.run.optimizer.update_rule.rate_follows_gradients else ""


def limits_that_came(evidence: Evidence) -> tuple[Finding, ...]:
    """Find where a run that had arrived passes its limit at the same η, because its own rates have grown."""
    curve, rule = evidence.limit, evidence.run.optimizer.update_rule
    if curve is None or not rule.has_own_rates or not rule.has_recorded_rate:
        return ()
    rests = spans(~evidence.under_way[:-1])[:MOST_SPANS]
    found = (_limit_that_came(evidence, curve, rest) for rest in rests)
    return tuple(one for one in found if one is not None)


def _calm_and_beyond(curve: LimitCurve, loss: Array, rest: RowSpan) -> tuple[int, int] | None:
    """Return the row where a run at rest was lowest with room to its limit, and where it later passed it."""
    gauge = np.nan_to_num(curve.gauge[rest.first : rest.last + 1])
    passes = np.flatnonzero((gauge[1:] > 1.0) & (gauge[:-1] <= 1.0)) + 1
    passes = passes[np.minimum.accumulate(gauge)[passes] < _ROOM]
    if not len(passes):
        return None
    there = rest.first + int(passes[0])
    before_it = loss[rest.first : there]
    calm = rest.first + int(np.argmin(np.where(gauge[: passes[0]] < _ROOM, before_it, np.inf)))
    return calm, there


def _limit_that_came(evidence: Evidence, curve: LimitCurve, rest: RowSpan) -> Finding | None:
    record, found = evidence.record, _calm_and_beyond(curve, evidence.record.loss, rest)
    if found is None:
        return None
    calm, there = found
    if record.eta[calm + 1] != record.eta[there + 1]:
        return None
    optimizer = evidence.run.optimizer
    before, after = (
        RecordedLines(optimizer, record, slice(row + 1, row + 2)).rate()[0] for row in (calm, there)
    )
    with np.errstate(all="ignore"):
        grown = np.nan_to_num(after / before)
    most = int(np.argmax(grown))
    if not grown[most] > 1.0:
        return None
    name, limit = evidence.written_names[most], float(curve.limit[there])
    products = float(curve.product[calm]), float(curve.product[there])
    numbers = {
        said("rate of {name} before", name=name): float(before[most]),
        said("rate of {name} after", name=name): float(after[most]),
        to_say("η · curvature before"): products[0],
        to_say("η · curvature after"): products[1],
        "limit": limit,
    }
    start = evidence.first
    rates = told_apart([float(before[most]), float(after[most])])
    low, high, bound = told_apart([*products, limit])
    sentence = said(
        "The limit caught up with a run at rest: η is {eta} at step {start} and at step {start2}, but "
        "{title}'s rate of {name} grew from {before} to {after}. So η times the largest curvature of P⁻¹H "
        "went from {products} to {products2}, past the limit of {limit}.",
        eta=number(float(record.eta[there + 1])),
        start=integer_text(start + calm),
        start2=integer_text(start + there),
        title=translated(optimizer.title),
        name=name,
        before=rates[0],
        after=rates[1],
        products=low,
        products2=high,
        limit=bound,
    )
    last = rest.last
    if evidence.under_way[rest.last + 1]:
        last = rest.last + 1
        loss = float(record.loss[last])
        numbers[said("loss at step {step}", step=integer_text(start + last))] = loss
        sentence += " " + said(
            "At step {start} the loss is up at {loss} again.",
            start=integer_text(start + last),
            loss=number(loss),
        )
    return Finding(FindingKind.LIMIT_CAME, calm, last, sentence, numbers)
