"""Very many points approximated by few, for the loss of any neuron: each is shared out among nodes around it.

This interpolates linearly what a point adds to the loss: along its input, along what the other inputs add to
its activation, and along its target. For squares and cross-entropy a node takes the mean of the targets
instead, which is exact. The error is at most half the largest second derivative times (t - left) (right - t).
Where the loss has an edge, which lies in one cell on each line of nodes, the error is at most the jump of the
slope times (t - left) (right - t) / (right - left).
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows, frozen
from gdsim.core.model.objective import BEND, SLOPE, TERM, NeuronObjective

# Up to this many different points are all kept.
EXACT_TERMS = 4096
# For the lecture's loss: the nodes along the input, and along each of two axes if other inputs add to the
# activation.
NODES = 2048
SIDE_NODES = 64
_SAMPLE = 1 << 16

# The most points that stand for all, so that a surface takes less than a second, and the most different
# targets that are kept, so that a few classes are exact.
MOST_TERMS, _TARGETS = 2048, 12
# Where the largest derivatives are looked for: activations up to this one, beyond which none is larger, the
# number of activations, and the number of targets.
_ACTIVATIONS, _PLACES, _LEVELS = 40.0, 4001, 33
# A margin, because the largest derivative may lie between two of these places.
_ROOM = 1.02
_STEEPEST = {"sigmoid": 0.25}  # The largest slope of an activation function; 1 for all others
_BOUNDED = ("sigmoid", "tanh")
# Losses for which points with equal activations can be replaced by one with their mean target, up to a
# constant.
_OF_MEANS = ("squared", "cross-entropy")
# Stands for the nodes along the target if there is only one, at the mean.
_MEANS = frozen([0.0])


class ErrorBound(NamedTuple):
    """A bound on how much a loss over few points may differ from the exact one, as a sum over cells."""

    # (C,) each: the points in a cell add at most min(bend w^2 + tilt |w| + level, most).
    bend: Array
    level: Array
    most: Array
    tilt: Array = frozen([0.0])  # Not 0 if the loss has edges; one number for all cells, or one for each

    def at(self, w: float) -> float:
        """Return the largest error at weights from -w to w."""
        with np.errstate(over="ignore", invalid="ignore"):  # far out the first term may be infinite
            return float(np.fmin(self.bend * w**2 + self.tilt * w + self.level, self.most).sum())


NO_ERROR = ErrorBound(frozen([]), frozen([]), frozen([]))


class SharedPoints(NamedTuple):
    """Few points, each with the weight of those that it stands for."""

    # x, offset, target, weight: (K,)
    x: Array
    offset: Array
    target: Array
    weight: Array
    error: ErrorBound = NO_ERROR
    constant: float = 0.0  # What the spread of the targets around their means adds to the loss

    def scaled(self, factor: float) -> "SharedPoints":
        error = ErrorBound(*(factor * part for part in self.error))
        return self._replace(weight=factor * self.weight, constant=factor * self.constant, error=error)


def sums_at_places(place: Rows, amount: Array, size: int) -> Array:
    """Return the sum of the amounts at each of ``size`` places."""
    return np.bincount(place, amount, size).astype(np.float64)


class NodeShares(NamedTuple):
    """Values, each shared out between the two nodes around it.

    Linear interpolation of g between two nodes errs by at most max |g''| / 2 * (x - left) (right - x).
    """

    sides: tuple[tuple[Rows, Array], ...]  # For each side: the node of each value, and the node's share
    # areas, counts, (K - 1,): between two nodes, the sum of (x - left) (right - x), and the number of values.
    areas: Array
    counts: Array


def share_among_nodes(values: Array, nodes: Array) -> NodeShares:
    """Return values (N,) shared out among nodes (K,), which must increase and span the values."""
    if len(nodes) == 1:
        return NodeShares(((np.zeros(len(values), np.intp), np.ones(len(values))),), np.empty(0), np.empty(0))
    cells = len(nodes) - 1
    right = np.clip(np.searchsorted(nodes, values), 1, cells)
    left = right - 1
    before, after = values - nodes[left], nodes[right] - values
    share = before / (before + after)
    with np.errstate(over="ignore"):
        areas = before * after
    return NodeShares(
        sides=((left, 1.0 - share), (right, share)),
        areas=sums_at_places(left, areas, cells),
        counts=sums_at_places(left, np.ones(len(values)), cells),
    )


def nodes_of(values: Array, most: int) -> Array:
    """Return about ``most`` nodes, dense where values are dense, and increasingly sparse towards outliers.

    A loss as a function of x has features of width 1 / w. Those that matter far out belong to a small w, so
    the nodes are evenly spaced near the median, and evenly in the logarithm far from it.
    """
    low, high = float(values.min()), float(values.max())
    sample = np.sort(values[:: max(1, len(values) // _SAMPLE)])
    if low == high:
        return np.array([low])
    lower, middle, upper = np.quantile(sample, (0.25, 0.5, 0.75))
    scale = max(upper - lower, 1e-200 * (high - low))
    first, last = np.arcsinh((np.array([low, high]) - middle) / scale).tolist()
    spread = middle + scale * np.sinh(np.linspace(first, last, most // 2))
    crowded = sample[np.linspace(0, len(sample) - 1, most // 2).astype(np.intp)]
    inner = np.concatenate([spread, crowded])
    return np.unique(np.concatenate([[low, high], inner[(inner > low) & (inner < high)]]))


def _shared_out(
    points: tuple[Array, Array, Array], nodes: tuple[Array, Array, Array]
) -> tuple[SharedPoints, list[NodeShares]]:
    """Share points (N,) out among nodes along inputs, offsets and targets; return the nodes and the shares.

    If targets are replaced by their mean, ``constant`` is the sum of their squared distances from it.
    """
    x, offset, y = points
    sides, heights, targets = nodes
    of_means = targets is _MEANS
    splits = [
        share_among_nodes(x, sides),
        share_among_nodes(offset, heights),
        share_among_nodes(np.zeros_like(y) if of_means else y, targets),
    ]
    corners = [
        ((i * len(heights) + j) * len(targets) + k, one * other * third)
        for (i, one), (j, other), (k, third) in product(*(one.sides for one in splits))
    ]
    size = len(sides) * len(heights) * len(targets)
    weight = sum((sums_at_places(place, share, size) for place, share in corners), np.zeros(size))
    used = weight > 0.0
    target, spread = np.tile(targets, len(sides) * len(heights)), 0.0
    if of_means:
        moment = sum((sums_at_places(place, share * y, size) for place, share in corners), np.zeros(size))
        target = np.divide(moment, weight, out=np.zeros(size), where=used)
        spread = sum(float(share @ (y - target[place]) ** 2) for place, share in corners)
    few = SharedPoints(
        x=np.repeat(sides, len(heights) * len(targets))[used],
        offset=np.tile(np.repeat(heights, len(targets)), len(sides))[used],
        target=target[used],
        weight=weight[used],
        constant=spread,
    )
    return few, splits


# ---------------------------------------------------------------------------------- the lecture's loss


def shared_of_lecture(x: Array, offset: Array, y: Array) -> SharedPoints:
    """Return few points that stand for those with these inputs and targets (N,) in half the sum of squares.

    Without offsets, points with equal inputs are merged, which is exact. Above `EXACT_TERMS` different
    inputs, or points with offsets, each point is shared out among the nodes around it.
    """
    if not offset.any():
        places = np.unique(x)
        if len(places) <= EXACT_TERMS:
            return _grouped(places, np.searchsorted(places, x), y)
        order = np.argsort(x)  # the nodes around sorted values are found faster
        return _interpolated(x[order], offset, y[order])
    if len(x) <= EXACT_TERMS:
        return SharedPoints(x, offset, y, np.ones(len(x)))
    return _interpolated(x, offset, y)


def _grouped(places: Array, inverse: Rows, y: Array) -> SharedPoints:
    size = len(places)
    weight = sums_at_places(inverse, np.ones(len(y)), size)
    target = sums_at_places(inverse, y, size) / weight
    spread = y - target[inverse]
    return SharedPoints(places, np.zeros(size), target, weight, constant=0.5 * float(spread @ spread))


def _interpolated(x: Array, offset: Array, y: Array) -> SharedPoints:
    flat = not offset.any()
    nodes = nodes_of(x, NODES if flat else SIDE_NODES)
    heights = np.zeros(1) if flat else nodes_of(offset, SIDE_NODES)
    few, (along, across, _) = _shared_out((x, offset, y), (nodes, heights, _MEANS))
    return few._replace(constant=0.5 * few.constant, error=_squared_bound(along, across, y))


def _squared_bound(along: NodeShares, across: NodeShares, y: Array) -> ErrorBound:
    ends = float(y.min()), float(y.max())
    half_bend = 0.5 * _steepest_bend(*ends)
    # However far a point is moved, its loss stays between those of f = 0 and f = 1.
    swing = max(0.5, *(abs(0.5 - end) for end in ends))
    none_along, none_across = np.zeros_like(along.areas), np.zeros_like(across.areas)
    return ErrorBound(
        bend=np.concatenate([half_bend * along.areas, none_across]),
        level=np.concatenate([none_along, half_bend * across.areas]),
        most=swing * np.concatenate([along.counts, across.counts]),
    )


def _steepest_bend(lowest: float, highest: float) -> float:
    """Return the maximum of |g''(z)| for g = 1/2 (sigmoid(z) - y)^2 and ``lowest`` <= y <= ``highest``."""
    f = np.linspace(0.0, 1.0, 2001)
    first = f * (1.0 - f)
    second = first * (1.0 - 2.0 * f)
    # g'' is linear in y, so its extremes are at the ends.
    return max(float(np.abs(first * first + (f - y) * second).max()) for y in (lowest, highest))


# ----------------------------------------------------------------------------------------- any loss


def shared_points(x: Array, offset: Array, y: Array, objective: NeuronObjective) -> SharedPoints:
    """Return at most about `MOST_TERMS` points that stand for those with these inputs and targets (N,)."""
    targets = _MEANS if objective.loss in _OF_MEANS else _few(y, _TARGETS)
    room = MOST_TERMS // len(targets)
    flat = not offset.any()
    side = room if flat else math.isqrt(room)
    nodes = _few(x, side), np.zeros(1) if flat else _few(offset, side), targets
    few, splits = _shared_out((x, offset, y), nodes)
    constant = objective.factor(len(y)) * few.constant if objective.loss == "squared" else 0.0
    return few._replace(constant=constant, error=_error_bound(nodes, splits, y, objective))


def is_coarse(offset: Array, y: Array, objective: NeuronObjective) -> bool:
    """Return whether points would be shared out along three axes, where a dozen nodes on each are too few."""
    is_flat = objective.loss in _OF_MEANS or not offset.any()
    return not is_flat and len(np.unique(y)) > _TARGETS


def _few(values: Array, most: int) -> Array:
    """Return the distinct values if they are few, else nodes around them."""
    different = np.unique(values)
    return different if len(different) <= most else nodes_of(values, most)


def _error_bound(
    nodes: tuple[Array, Array, Array], splits: list[NodeShares], y: Array, objective: NeuronObjective
) -> ErrorBound:
    share = 1.0 / len(y) if objective.shares(1, 1).mean else 1.0
    factor, bend = objective.factor(len(y)), share * _largest_bend(y, objective)
    # The second derivative with respect to the target.
    curved = factor if objective.loss == "huber" else 0.0
    # However far a point is moved along an axis, its loss stays between the lowest and the highest possible.
    swing = share * _largest_swing(y, objective)
    areas = [one.areas for one in splits]
    none = [np.zeros_like(area) for area in areas]
    tilt, level = 0.0, 0.0
    if objective.activation == "relu":  # an edge at z = 0, whatever the target is
        levels = np.linspace(float(y.min()), float(y.max()), _LEVELS)
        jump = share * float(np.abs(objective.at_points(np.full(_LEVELS, 1e-300), levels, SLOPE)).max())
        tilt += jump * float(_edges(nodes, splits, 0).sum(axis=2).max(axis=0, initial=0.0).sum())
        level += jump * float(_edges(nodes, splits, 1).sum(axis=2).max(axis=0, initial=0.0).sum())
    if objective.loss == "absolute":  # an edge where f = y
        jump = 2.0 * factor * _STEEPEST.get(objective.activation, 1.0)
        along, across, up = (
            float(_edges(nodes, splits, axis).max(axis=0, initial=0.0).sum()) for axis in range(3)
        )
        tilt += jump * along
        level += jump * across + 2.0 * factor * up
    return ErrorBound(
        bend=np.concatenate([0.5 * bend * areas[0], none[1], none[2], [0.0]]),
        level=np.concatenate([none[0], 0.5 * bend * areas[1], 0.5 * curved * areas[2], [level]]),
        most=swing * np.concatenate([*(np.maximum(one.counts, 1.0) for one in splits), [np.inf]]),
        tilt=np.concatenate([*none, [tilt]]),
    )


def _edges(nodes: tuple[Array, Array, Array], splits: list[NodeShares], axis: int) -> Array:
    """Return the error in each cell if the slope of the loss jumps by 1 within it.

    The shape is (C, J, K): the cells along ``axis``, and the nodes along the other two axes. On each line of
    cells an edge lies in only one of them.
    """
    others = [one for one in range(3) if one != axis]
    shape = (len(nodes[axis]) - 1, *(len(nodes[one]) for one in others))
    if not shape[0]:
        return np.zeros(shape)
    (left, _), (_, right) = splits[axis].sides
    amount = right * (1.0 - right) * np.diff(nodes[axis])[left]
    total = np.zeros(math.prod(shape))
    for (j, one), (k, other) in product(*(splits[place].sides for place in others)):
        total += sums_at_places((left * shape[1] + j) * shape[2] + k, amount * one * other, total.size)
    return total.reshape(shape)


def _largest_swing(y: Array, objective: NeuronObjective) -> float:
    """Return the most by which the loss of a point may differ between two z; may be infinite."""
    if objective.activation not in _BOUNDED or objective.loss == "cross-entropy":
        return np.inf
    z = np.array([-_ACTIVATIONS, _ACTIVATIONS])
    ends = np.array([float(y.min()), float(y.max())])
    # The loss of a point is convex in f and in y, so it is largest at an end of both.
    half = 0.5 if objective.shares(1, 1).half else 1.0
    return half * float(max(objective.at_points(z, np.full(2, one), TERM).max() for one in ends))


def _largest_bend(y: Array, objective: NeuronObjective) -> float:
    """Return the largest second derivative of the loss of a point with respect to z, away from edges."""
    z = np.linspace(-_ACTIVATIONS, _ACTIVATIONS, _PLACES)
    levels = np.linspace(float(y.min()), float(y.max()), _LEVELS)
    bends = (np.abs(objective.at_points(z, np.full(_PLACES, one), BEND)).max() for one in levels)
    return _ROOM * float(max(bends))
