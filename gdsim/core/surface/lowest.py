"""The lowest place of a view range, and its kind: a minimum, or merely the lowest place in view.

The loss may have several minima, in valleys narrower than a cell of the grid. So the search starts from the
lowest samples of the grid and from places derived from the points: where the neuron fits two of them, where
its step lies between two of them, and the same along the borders.
"""

import math
from dataclasses import replace

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.neuron import sigmoid
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.descent import (
    COMPASS,
    HIGHEST,
    DescentBox,
    descending,
    eigen_axes,
    pattern_search,
    polished,
)
from gdsim.core.surface.neuron_on_plane import LectureOnPlane
from gdsim.core.surface.plane_loss import PlaneLoss
from gdsim.core.surface.surface import LowestKind, LowestPlace

# Starts of the search that are taken from one set of places, and points from which places are derived.
_STARTS, _SOURCES = 6, 32
_SCALES = 18
# A neuron is saturated beyond this activation.
_STEEP = 6.0
# Sigmoids computed in one block, which takes a few milliseconds.
_PIECE = 1 << 18
# If there are more than `_MANY` terms, `_SOME` of them are searched first, and this many ends with all terms.
_MANY, _SOME, _FOLLOWED = 512, 256, 4
# How far out the whole plane is searched, as a multiple of the starts.
_FAR = 1e4
# Places on an edge of the loss that are compared, and how often, closer together each time.
_ON_EDGE, _LOOKS_ON_EDGE = 65, 12
# How far around a place on the border a lower one is looked for, in widths of the view range, and in how many
# directions.
_BESIDE, _WAYS_AROUND = 0.05, 360
# How far around the view range a minimum is looked for, in its widths, where no bound of the loss is known.
_AROUND = 20.0
# A place is in a bowl where the next Newton step is no longer than this share of the view range, and where
# the determinant of the Hessian is more than this share of its larger product, hence no rounding error.
_THERE, _LEVEL = 1e-3, 1e-12
# The distances from a place at which the loss is probed, as shares of the view range: first, last and number.
# Falls are equal up to this share, and a fall is no rounding error above this share of the loss.
_NEARER, _EVEN, _BEYOND_ROUNDING = (1e-6, 1e-12, 4), 0.999, 1e-14
# A loss is below a bound if it is less than this share of it.
_BELOW = 1.0 - 1e-9


def lowest_sample(w: Array, b: Array, loss: Array) -> LowestPlace:
    """Return the lowest finite sample of a grid: w (W,), b (B,), loss (W, B)."""
    i, j = np.unravel_index(np.argmin(_known(loss)), loss.shape)
    return LowestPlace(float(w[i]), float(b[j]), float(loss[i, j]))


def finding_lowest(
    terms: PlaneLoss, w: Array, b: Array, loss: Array, exact: PlaneLoss | None = None
) -> Progress[LowestPlace]:
    """Find the lowest place within a grid of samples: w (W,), b (B,), loss (W, B).

    If there are very many terms, ``exact`` has all of them, and ``terms`` approximates it by few.
    """
    box = DescentBox(np.array([w[0], b[0]]), np.array([w[-1], b[-1]]))
    whole, sampled = exact or terms, lowest_sample(w, b, loss)
    starts = yield from part_of(_starts(terms, w, b, loss, box), 0.0, 0.3)
    place, value = yield from part_of(_lowest_end(terms, starts, box), 0.3, 0.6)
    if exact:
        place, value = yield from part_of(_lowest_end(exact, place[np.newaxis], box), 0.6, 0.8)
    if not isinstance(whole, LectureOnPlane):  # the lecture's loss has no edges
        place, value = yield from part_of(pattern_search(whole, place, value, box), 0.8, 0.9)
    elif sampled.loss < value:  # the search over few terms led elsewhere
        place, value = np.array([sampled.w, sampled.b]), sampled.loss
    place, value = yield from part_of(polished(whole, place, value, box), 0.9, 0.95)
    if value >= HIGHEST:
        return LowestPlace(math.nan, math.nan, math.nan, LowestKind.NOWHERE)
    suspects = (place, *_deepest_poles(whole, w, b, box))
    if bottomless := [one for one in suspects if _falls_without_end(whole, one, box)]:
        return _lowest_beside(bottomless[0], w, b, loss)._replace(kind=LowestKind.BOTTOMLESS)
    kind, bound = LowestKind.MINIMUM, bound_far_out(terms) if isinstance(terms, LectureOnPlane) else math.inf
    if _is_level(whole, place, value, box, len(w) - 1):
        kind = LowestKind.LEVEL
    elif _is_at_edge(whole, place, value, box):
        kind = LowestKind.EDGE
    elif box.borders(place) and (yield from _falls_on_outside(whole, place, value, box)):
        if isinstance(terms, LectureOnPlane):
            falling = _falling_below(terms, bound, np.vstack([place, starts]))
            attained = yield from part_of(falling, 0.95, 1.0)
            kind = LowestKind.BORDER if attained else LowestKind.ENDLESS
        else:
            ends = yield from part_of(_ends_in_bowl(whole, place, box), 0.95, 1.0)
            kind = LowestKind.BORDER if ends else LowestKind.BEYOND
    return LowestPlace(float(place[0]), float(place[1]), value, kind, bound)


def _starts(terms: PlaneLoss, w: Array, b: Array, loss: Array, box: DescentBox) -> Progress[Array]:
    """Return the starts (m, 2) of the search: low samples, and places derived from points or edges."""
    sampled = _lowest_samples(w, b, _known(loss))
    if not isinstance(terms, LectureOnPlane):
        return np.concatenate([sampled, _lowest_on_edges(terms, box)])
    named = yield from _candidate_places(_some_of(terms), box)
    return np.concatenate([sampled, *(_lowest_of(*one) for one in named)])


def _lowest_beside(place: Array, w: Array, b: Array, loss: Array) -> LowestPlace:
    i, j = (np.abs(side - at) <= 1.5 * (side[1] - side[0]) for side, at in zip((w, b), place, strict=True))
    return lowest_sample(w[i], b[j], loss[np.ix_(i, j)])


def _lowest_on_edges(terms: PlaneLoss, box: DescentBox) -> Array:
    """Return the lowest place on each of the best edges of a loss: (m, 2)."""
    edges = terms.edges()
    with np.errstate(all="ignore"):
        # The ends of each line: where it meets two opposite sides of the box, or these sides extended.
        steep = np.abs(edges[:, 1]) < np.abs(edges[:, 0])
        x, u, z = edges.T
        on_w = np.array([[(z - u * b) / x, np.full(len(z), b)] for b in (box.low[1], box.high[1])])
        on_b = np.array([[np.full(len(z), w), (z - x * w) / u] for w in (box.low[0], box.high[0])])
        one, other = np.where(steep, on_w, on_b).transpose(0, 2, 1)
    usable = np.isfinite(one).all(axis=1) & np.isfinite(other).all(axis=1)
    one, other = one[usable], other[usable]
    rows, middle, width = np.arange(len(one)), np.full(len(one), 0.5), 0.5
    for _ in range(_LOOKS_ON_EDGE):
        share = np.clip(middle[:, np.newaxis] + width * np.linspace(-1.0, 1.0, _ON_EDGE), 0.0, 1.0)
        places = one[:, np.newaxis] + share[..., np.newaxis] * (other - one)[:, np.newaxis]
        heights = _known(terms.loss(places[..., 0], places[..., 1]))
        heights[~box.holds(places.reshape(-1, 2)).reshape(share.shape)] = np.inf
        middle, width = share[rows, np.argmin(heights, axis=1)], 3.0 * width / _ON_EDGE
    found = np.clip(one + middle[:, np.newaxis] * (other - one), box.low, box.high)
    return _lowest_of(found, _known(terms.loss(found[:, 0], found[:, 1])))


def _known(loss: Array) -> Array:
    """Return losses with infinity in place of those that are not finite."""
    return np.where(np.isfinite(loss), loss, np.inf)


# --------------------------------------------------------------------------------------- where to begin


def _lowest_samples(w: Array, b: Array, loss: Array) -> Array:
    i, j = _dips(loss)
    return np.column_stack([w[i], b[j]])


def _dips(loss: Array) -> tuple[Rows, Rows]:
    """Return the rows and columns of the `_STARTS` lowest heights that have no lower neighbour."""
    edged = np.pad(loss, 1, constant_values=np.inf)
    along = np.minimum(np.minimum(edged[:-2], edged[1:-1]), edged[2:])
    around = np.minimum(np.minimum(along[:, :-2], along[:, 1:-1]), along[:, 2:])
    i, j = np.nonzero(loss <= around)
    order = np.argsort(loss[i, j], kind="stable")[:_STARTS]
    return i[order], j[order]


def _candidate_places(terms: LectureOnPlane, box: DescentBox) -> Progress[list[tuple[Array, Array]]]:
    """Return sets of places derived from the points and inside a box, with their losses: (m, 2) and (m,)."""
    found = []
    for places in _places_of_points(terms, box):
        inside = places[box.holds(places)]
        losses = np.empty(len(inside))
        block = max(1, _PIECE // len(terms.x))
        for first in range(0, len(inside), block):
            here = slice(first, first + block)
            losses[here] = terms.loss(inside[here, 0], inside[here, 1])
            yield 0.0
        found.append((inside, losses))
    return found


def _places_of_points(terms: LectureOnPlane, box: DescentBox) -> list[Array]:
    chosen = np.unique(np.linspace(0, len(terms.x) - 1, _SOURCES).astype(np.intp))
    some = np.argsort(terms.x, kind="stable")[chosen]
    x, offset = terms.x[some], terms.offset[some]
    target = np.clip(terms.target[some], *sigmoid(np.array([-_STEEP, _STEEP])))
    z = np.log(target / (1.0 - target)) - offset  # the neuron fits a point if w x + b is this
    middle = float(np.median(offset))
    between = np.unique(x)
    between = 0.5 * (between[1:] + between[:-1])
    i, j = np.triu_indices(len(x), 1)
    with np.errstate(all="ignore"):
        w = (z[i] - z[j]) / (x[i] - x[j])
        found = [np.column_stack([w, z[i] - w * x[i]]), *_steps(np.unique(x), between, middle, box)]
        x, z = np.concatenate([x, between]), np.concatenate([z, np.full(len(between), -middle)])
        for side in (box.low, box.high):
            found.append(np.column_stack([np.full(len(x), side[0]), z - side[0] * x]))
            found.append(np.column_stack([(z - side[1]) / x, np.full(len(x), side[1])]))
    return found


def _steps(x: Array, between: Array, middle: float, box: DescentBox) -> list[Array]:
    """Return places whose step is at, between or beside the points x, from very steep to almost flat."""
    width = float(x[-1] - x[0]) or max(abs(float(x[0])), 1.0)
    gap = float(np.diff(x).min(initial=width))
    # A geometric sequence cannot begin with 0, to which the distance of the closest floats rounds.
    least = max(max(gap, 1e-4 * width) / 12.0, np.finfo(float).tiny)
    scales = np.geomspace(least, 4.0 * width, _SCALES)
    beyond = width * np.array([0.3, 1.0, 3.0])
    at = np.concatenate([x, between, x[0] - beyond, x[-1] + beyond])
    w = np.repeat(1.0 / scales, len(at))
    b = w * np.tile(at, _SCALES)
    # Neurons that ignore x, with w = 0.
    level = np.linspace(-_STEEP, _STEEP, 25) - middle
    even = np.column_stack([np.zeros(len(level)), np.clip(level, box.low[1], box.high[1])])
    return [np.column_stack([w, -b - middle]), np.column_stack([-w, b - middle]), even]


def _lowest_of(places: Array, losses: Array) -> Array:
    return places[np.argsort(losses, kind="stable")[:_STARTS]]


# ------------------------------------------------------------------------------------------- the descent


def _lowest_end(terms: PlaneLoss, starts: Array, box: DescentBox) -> Progress[tuple[Array, float]]:
    """Follow the loss down from all starts (m, 2); return the lowest end and its loss."""
    few = _some_of(terms) if isinstance(terms, LectureOnPlane) else terms
    if few is not terms and len(starts) > 1:
        ends, _ = yield from part_of(descending(few, starts, box), 0.0, 0.4)
        ends = np.concatenate([starts[:1], ends])
        values = terms.loss(ends[:, 0], ends[:, 1])
        starts = ends[np.argsort(values, kind="stable")[:_FOLLOWED]]
    ends, values = yield from part_of(descending(terms, starts, box), 0.4, 1.0)
    best = np.argmin(values)
    return ends[best], float(values[best])


def _some_of(terms: LectureOnPlane) -> LectureOnPlane:
    """Return few terms that stand for very many: some, evenly in the order of x, of the same total weight."""
    if terms.size <= _MANY:
        return terms
    order = np.argsort(terms.x, kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, _SOME).astype(np.intp)]
    weight = terms.weight[chosen] * (terms.weight.sum() / terms.weight[chosen].sum())
    return replace(terms.some(chosen), weight=weight)


# --------------------------------------------------------------------------------------------- what it is


def _deepest_poles(terms: PlaneLoss, w: Array, b: Array, box: DescentBox) -> Array:
    """Return those poles on the lines of a grid that have the lowest losses beside them: shape (m, 2)."""
    places = terms.poles(w, b)
    beside = places[:, np.newaxis] + _NEARER[0] * box.span * COMPASS
    heights = _known(terms.loss(beside[..., 0], beside[..., 1]))
    return _lowest_of(places, heights.min(axis=1))


def _falls_without_end(terms: PlaneLoss, place: Array, box: DescentBox) -> bool:
    """Return whether the loss falls towards a place by no less each time the distance shrinks a hundredfold.

    Towards a minimum it falls by less each time, towards a pole by more, and for a logarithm by the same
    amount. Nearer to a pole than floats can tell, it may be -inf. Only directions that stay in the box count.
    """
    ways = COMPASS[box.holds(place + _NEARER[0] * box.span * COMPASS)]
    nearer = place + np.geomspace(*_NEARER)[:, np.newaxis, np.newaxis] * box.span * ways
    heights = terms.loss(nearer[..., 0], nearer[..., 1])
    with np.errstate(all="ignore"):
        falls = heights[:-1] - heights[1:]
        even = (falls[1:] >= _EVEN * falls[:-1]) & (falls[1:] > _BEYOND_ROUNDING * np.abs(heights[1:-1]))
    even |= heights[2:] == -np.inf
    return bool((even.all(axis=0) & (falls[0] > 0.0)).any())


def _is_at_edge(terms: PlaneLoss, place: Array, value: float, box: DescentBox) -> bool:
    """Return whether the loss is undefined beside a place, and nowhere lower just outside the box."""
    beside = place + _NEARER[0] * box.span * COMPASS
    heights, is_outside = terms.loss(beside[:, 0], beside[:, 1]), ~box.holds(beside)
    return bool(np.isnan(heights).any() and not (heights[is_outside] < value).any())


def _is_level(terms: PlaneLoss, place: Array, value: float, box: DescentBox, cells: int) -> bool:
    """Return whether the loss is constant, to rounding, from a place to another one a grid cell away."""
    _, (ww, wb, bb) = terms.derivatives(place[np.newaxis])
    cell = box.span / cells
    with np.errstate(all="ignore"):
        _, _, along = eigen_axes(ww * cell[0] ** 2, wb * cell[0] * cell[1], bb * cell[1] ** 2)
    (across, up), room = np.nan_to_num(along[0]), terms.rounding(place)
    ways = np.array([[across, up], [-up, across], [1.0, 0.0], [0.0, 1.0]])
    ways = np.concatenate([ways[ways.any(axis=1)], _along_edges(terms, cell)])  # at a tip there are no axes
    ways = np.concatenate([ways, -ways]) * cell
    whole, half = place + ways, place + 0.5 * ways
    inside = box.holds(whole)
    level = np.ones(len(ways), dtype=bool)
    for there in (whole, half):
        level &= terms.loss(there[:, 0], there[:, 1]) - value <= room
    return bool((level & inside).any())


def _along_edges(terms: PlaneLoss, cell: Array) -> Array:
    """Return the directions of the edges of the loss, in cells: shape (k, 2).

    Between two of them the loss may be level in a direction that no second derivative shows.
    """
    x, u, _ = terms.edges().T
    ways = np.column_stack([-u / cell[0], x / cell[1]])
    ways = ways[ways.any(axis=1)]
    return np.asarray(ways / np.hypot(*ways.T)[:, np.newaxis])


def _falls_on_outside(terms: PlaneLoss, place: Array, value: float, box: DescentBox) -> Progress[bool]:
    """Return whether the loss is lower a little way from a place on the border of a box, outside of it."""
    near = DescentBox(place - _BESIDE * box.span, place + _BESIDE * box.span)
    _, reached = yield from _lowest_end(terms, place[np.newaxis], near)
    if not isinstance(terms, LectureOnPlane):  # along an edge no derivative shows the way
        around = np.linspace(0.0, 2.0 * np.pi, _WAYS_AROUND, endpoint=False)
        along = _along_edges(terms, box.span)
        ways = np.concatenate([np.column_stack([np.cos(around), np.sin(around)]), along, -along])
        tried = place + np.geomspace(1e-6, _BESIDE, 3)[:, np.newaxis, np.newaxis] * box.span * ways
        reached = min(reached, float(_known(terms.loss(tried[..., 0], tried[..., 1])).min()))
    return reached < value - terms.rounding(place)


def _ends_in_bowl(terms: PlaneLoss, place: Array, box: DescentBox) -> Progress[bool]:
    """Return whether following the loss down from a place, also far outside a box, ends in a minimum."""
    around = DescentBox(place - _AROUND * box.span, place + _AROUND * box.span)
    end, _ = yield from _lowest_end(terms, place[np.newaxis], around)
    gradient, (ww, wb, bb) = terms.derivatives(end[np.newaxis])
    hessian = np.array([[ww[0], wb[0]], [wb[0], bb[0]]])
    if around.borders(end) or not np.isfinite(hessian).all():
        return False
    with np.errstate(all="ignore"):
        bends = ww[0] > 0.0 and ww[0] * bb[0] * (1.0 - _LEVEL) > wb[0] ** 2
    # Far out on a plateau the curvature is positive as well, but the Newton step remains long.
    return bool(bends) and bool((np.abs(np.linalg.solve(hessian, gradient[0])) <= _THERE * box.span).all())


def bound_far_out(terms: LectureOnPlane) -> float:
    """Return the lowest limit of the loss as w and b grow without bound.

    There the neuron is a step function: 0 on one side of an input and 1 on the other. Only its output at the
    step itself can be anything.
    """
    order = np.argsort(terms.x, kind="stable")
    x, target, weight = terms.x[order], terms.target[order], 0.5 * terms.weight[order]
    zeros, ones = weight * target**2, weight * (1.0 - target) ** 2
    first = np.flatnonzero(np.r_[True, np.diff(x) > 0.0])  # of each group of one input
    at_step = _at_step(terms.offset[order], target, weight, first)
    lowest = np.inf
    for before, after in ((zeros, ones), (ones, zeros)):
        left = np.r_[0.0, np.cumsum(np.add.reduceat(before, first))]
        right = np.r_[np.cumsum(np.add.reduceat(after, first)[::-1])[::-1], 0.0]
        lowest = min(lowest, float((left[:-1] + at_step + right[1:]).min()))
    return lowest + terms.constant


def _at_step(offset: Array, target: Array, weight: Array, first: Rows) -> Array:
    """Return the least that each group of points with equal inputs adds when the step lies at their input."""
    least = weight * (target - np.clip(target, 0.0, 1.0)) ** 2
    sums: Array = np.add.reduceat(least, first)
    ends = np.r_[first[1:], len(target)]
    for group in np.flatnonzero(ends - first > 1):
        here = slice(first[group], ends[group])
        inside = np.clip(target[here], 1e-9, 1.0 - 1e-9)
        z = np.log(inside / (1.0 - inside)) - offset[here]
        tried = np.linspace(z.min() - 1.0, z.max() + 1.0, 257)
        error = sigmoid(tried[:, np.newaxis] + offset[here]) - target[here]
        sums[group] = ((error * error) @ weight[here]).min()
    return sums


def _falling_below(terms: LectureOnPlane, bound: float, starts: Array) -> Progress[bool]:
    """Return whether the loss is below a bound somewhere in the plane, so that it has a global minimum."""
    if (terms.x == terms.x[0]).all():  # only w x + b matters: the loss is lowest at a finite value or at ±inf
        both = (float(terms.weight @ (terms.target - end) ** 2) for end in (0.0, 1.0))
        return bound < (0.5 * min(both) + terms.constant) * _BELOW
    limit = bound * _BELOW
    if (terms.loss(starts[:, 0], starts[:, 1]) < limit).any():
        return True
    far = _FAR * (1.0 + np.abs(starts).max(axis=0))
    everywhere = DescentBox(-far, far)
    named = yield from part_of(_candidate_places(_some_of(terms), everywhere), 0.0, 0.3)
    more = np.concatenate([starts, *(_lowest_of(*one) for one in named)])
    _, value = yield from part_of(_lowest_end(terms, more, everywhere), 0.3, 1.0)
    return value < limit
