"""One update on a batch of points: which points it used, and where each of them pulls."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdsim.core.analysis.arrow_lengths import DrawnArrows, length_share, magnification
from gdsim.core.analysis.arrows import Arrow, ArrowKind, is_raw, pull_rate
from gdsim.core.arrays import Array, Rows
from gdsim.core.model.objective import SLOPE, FunctionObjective
from gdsim.core.model.plane_function import ORIGIN, PlaneFunction
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.update_rule import GRADIENT

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

MOST_PULLS = 32
# If a pull is longer than this share of the view range, all pulls are drawn on a scale of their own.
_LONGEST = 0.6


class Pulls(NamedTuple):
    """The negative gradients of single points, which show where each point would move the parameters."""

    at: Array  # (2,): where all of them were taken, in the plane that is drawn
    rows: Rows  # (k,): the points of the update that have the largest pulls, the largest first
    each: Array  # (k, 2): their pulls
    rest: Array  # (2,): the sum of the pulls of the update's other points
    others: int  # How many these are
    total: Array  # (2,): the sum over the points of the update: minus the gradient that it used
    full: Array | None  # (2,): minus the gradient over all points; None if they were too many to compute it


def highlighted_rows(update: "Update") -> Rows | None:
    """Return the points that fed an update, or None if all did, so that none stands out."""
    return update.rows if len(update.rows) < len(update.points.y) else None


def point_pulls(update: "Update", *, affordable: int | None = None) -> Pulls:
    """Return where the points pull, all at ``update.gradient_place``, with the largest pulls one by one.

    If the update used more points than are ``affordable`` during playback, no single pulls are computed.
    """
    points, at = update.points, update.gradient_place
    count, uses_all = len(update.rows), len(update.rows) == len(points)
    total = -update.drawn(update.gradient)
    rows, each = update.rows[:0], np.empty((0, 2))
    if affordable is None or count <= affordable:
        rows = np.arange(count) if uses_all else update.rows
        each = _pulls(update, points if uses_all else points.taken(rows))
        # Stable, so that equal pulls keep their order, and none flickers.
        largest = np.argsort(-np.hypot(each[:, 0], each[:, 1]), kind="stable")[:MOST_PULLS]
        rows, each = rows[largest], each[largest]
    full: Array | None = total
    if not uses_all:
        few = affordable is None or len(points) <= affordable
        with np.errstate(all="ignore"):
            full = -update.drawn(update.data.gradient(at)) if few else None
    others = count - len(rows)
    rest = total - each.sum(axis=0) if others else np.zeros(2)
    return Pulls(update.drawn(at), rows, each, rest, others, total, full)


def _pulls(update: "Update", points: PointSet) -> Array:
    """Return minus what each of the points adds to the update's gradient, in the drawn plane: (K, 2).

    The penalty on large weights is divided evenly among the points.
    """
    p, count = update.gradient_place, len(update.rows)
    objective = update.objective
    with np.errstate(all="ignore"):
        if isinstance(objective, FunctionObjective):
            slopes = np.column_stack([points.x[:, 0], points.y])
            return -(PlaneFunction.over(ORIGIN, objective).gradient(p) + slopes) / count
        share = objective.shares(count, len(update.points))
        slope = -objective.at_points(points.x @ p[:-1] + p[-1], points.y, SLOPE)
        if share.mean:
            slope = slope / count
        inputs = update.drawn(points.with_ones)
        weights = update.drawn(np.append(p[:-1], 0.0))  # the bias is not penalised
        return slope[:, np.newaxis] * inputs - share.l2 * weights / count


def place_in_epoch(step: int, per_epoch: int) -> tuple[int, int]:
    """Return the number of a step within its epoch, and of that epoch, both from 1; (0, 0) for the start."""
    if step < 1:
        return 0, 0
    epoch, update = divmod(step - 1, per_epoch)
    return update + 1, epoch + 1


class PullScale(NamedTuple):
    """The scale on which pulls are drawn."""

    origin: Array  # (2,): where they begin
    factor: float  # The drawn length of a gradient of 1
    # The magnification: the factor relative to 1, or to the learning rate if a step is the gradient times it.
    times: float
    own: bool  # Whether this scale differs from that of the update's other arrows


@np.errstate(over="ignore", invalid="ignore")
def pull_scale(
    update: "Update", pulls: Pulls, drawing: DrawnArrows | None, view_range: ViewRange
) -> PullScale:
    """Return a scale on which pulls can be seen: that of the update's other arrows, if possible.

    On that scale the pulls add up to the arrow of the gradient.
    """
    vectors = [*pulls.each, pulls.total, pulls.total if pulls.full is None else pulls.full]
    raw = is_raw(update.rule)
    unit = pull_rate(update)
    of_arrows = None if drawing is None else drawing.raw_times if raw else drawing.times
    if drawing is not None and drawing.times is not None and of_arrows is not None:
        # The arrows are magnified around the place where the update begins.
        before = update.drawn(update.before)
        origin = before + drawing.times * (pulls.at - before)
        longest = max(length_share(of_arrows * unit * one, view_range) for one in vectors)
        if longest <= _LONGEST:
            return PullScale(origin, of_arrows * unit, of_arrows, own=False)
    times = magnification(
        [Arrow(ArrowKind.GRADIENT, GRADIENT, pulls.at, pulls.at + unit * one) for one in vectors], view_range
    ).times
    return PullScale(pulls.at, times * unit, times, own=True)
