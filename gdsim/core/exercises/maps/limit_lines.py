"""Contour lines over a map along which a function of the settings is 1, such as a rule's limit."""

import math
from collections.abc import Sequence

import contourpy
import numpy as np

from gdsim.core.analysis.curvature.limit import limit_of, limits_of
from gdsim.core.analysis.curvature.limit_curve import largest_curvatures
from gdsim.core.analysis.curvature.linear_step import linear_step
from gdsim.core.arrays import Array
from gdsim.core.exercises.maps.outcome import OutcomePlan
from gdsim.core.progress import Progress
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import ETA

# Places along each side at which the function is computed.
_PLACES = 49
_SHARES = np.linspace(0.0, 1.0, _PLACES)


def lines_of_limit(plan: OutcomePlan, place: tuple[float, ...]) -> Progress[tuple[Array, ...]]:
    """Find where the rate times the curvature at a place equals the rule's limit; see `lines_where_one`.

    There are no lines if the effective rate depends on the path, if the rate or the momentum has a schedule,
    if the step is searched for, or if an update sees only some of the points.
    """
    run, points = plan.run, len(plan.experiment.points)
    rule = run.optimizer.update_rule
    if run.is_searched:
        return ()
    if not {plan.x.setting.name, plan.y.setting.name} & set(run.optimizer.numbers):
        return ()
    own = linear_step(rule).holds_rate and rule.rate_follows_gradients
    changes = run.schedule.definition.changes or run.momentum_schedule.definition.changes
    if own or changes or run.batching.batch_size(points) < points:
        return ()
    hessian = plan.experiment.training.hessian(np.array(place))
    curvature = float(largest_curvatures(hessian[np.newaxis])[0])
    ends = [limit_of(run.optimizer.replace(eta=by * run.optimizer.eta)) for by in (0.1, 10.0)]
    if not math.isclose(*ends, rel_tol=1e-6):
        return ()  # the limit depends on the rate: finding it for each one would take seconds
    # Settings that differ only in the rate have the same limit, which is found once.
    optimizers: dict[tuple[tuple[str, float], ...], Optimizer] = {}
    rates, others = [], []
    for up in plan.y.at(_SHARES).tolist():
        for across in plan.x.at(_SHARES).tolist():
            chosen = {plan.x.setting.name: across, plan.y.setting.name: up}
            rates.append(chosen.pop(ETA, run.optimizer.eta))
            others.append(tuple(one for one in chosen.items() if one[0] in run.optimizer))
            if others[-1] not in optimizers:
                optimizers[others[-1]] = run.optimizer.replace(**dict(others[-1]))
        yield len(rates) / _PLACES**2
    limits = dict(zip(optimizers, limits_of(tuple(optimizers.values())), strict=True))
    shares = [rate * curvature / limits[other] for rate, other in zip(rates, others, strict=True)]
    return lines_where_one(np.reshape(shares, (_PLACES, _PLACES)))


def lines_where_one(values: Sequence[Sequence[float]] | Array) -> tuple[Array, ...]:
    """Return the lines along which values over a map are 1, as pieces of (n, 2) shares of the sides.

    The values are at evenly spaced places, in rows from the bottom. If they are the rate times the largest
    curvature, as a share of the rule's limit, no run beyond the line settles where it has that curvature.
    """
    across, up = (np.linspace(0.0, 1.0, count) for count in np.shape(values)[::-1])
    # Between places, the logarithm of a value proportional to the rate is nearly linear.
    with np.errstate(all="ignore"):
        heights = np.log(np.array(values))
    lines = contourpy.contour_generator(across, up, np.ma.masked_invalid(heights)).lines(0.0)
    return tuple(np.asarray(line) for line in lines)
