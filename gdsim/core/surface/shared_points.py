"""Very many points as few, for the loss of any neuron: each is shared out between those around it.

That is linear interpolation of what a point adds to the loss, along its input, along what the other inputs
add to its activation, and along its target, unless the mean of targets does: of squares and cross-entropy
that is exact. It errs by at most half the largest second derivative times (t - left) (right - t), and where
the loss has an edge, which lies in one cell for each line of points, by the jump of its slope times that over
the distance.
"""

import math
from itertools import product
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.objective import BEND, SLOPE, TERM, NeuronObjective
from gdsim.core.surface.binned_loss import ErrorBound, Split, gathered, nodes_of, split

# So few points stand for all: a surface of them takes less than a second. Targets that are told apart; a few
# classes are exact.
MOST_TERMS, _TARGETS = 2048, 12
# Where the largest derivatives are looked for: beyond these activations none is larger.
_ACTIVATIONS, _PLACES, _LEVELS = 40.0, 4001, 33
# The largest one may lie between two of the places.
_ROOM = 1.02
_STEEPEST = {"sigmoid": 0.25}  # Of others 1
_BOUNDED = ("sigmoid", "tanh")
# Losses of which points with one activation are one with the mean target, but for a constant.
_OF_MEANS = ("squared", "cross-entropy")


class SharedPoints(NamedTuple):
    """Few points, each as heavy as those that it stands for."""

    # x, offset, target, weight: (K,)
    x: Array
    offset: Array
    target: Array
    weight: Array
    error: ErrorBound
    constant: float = 0.0  # What is left of the spread of the targets around their means


def shared_points(x: Array, offset: Array, y: Array, objective: NeuronObjective) -> SharedPoints:
    """Return about `MOST_TERMS` points at most that stand for those with these inputs and targets (N,)."""
    of_means = objective.loss in _OF_MEANS
    targets = np.array([0.0]) if of_means else _few(y, _TARGETS)
    room = MOST_TERMS // len(targets)
    flat = not offset.any()
    side = room if flat else math.isqrt(room)
    nodes, heights = _few(x, side), np.zeros(1) if flat else _few(offset, side)
    along, across = split(x, nodes), split(offset, heights)
    up = split(np.zeros_like(y) if of_means else y, targets)
    corners = [
        ((i * len(heights) + j) * len(targets) + k, one * other * third)
        for (i, one), (j, other), (k, third) in product(along.sides, across.sides, up.sides)
    ]
    size = len(nodes) * len(heights) * len(targets)
    weight = sum((gathered(place, share, size) for place, share in corners), np.zeros(size))
    used = weight > 0.0
    target, constant = np.tile(targets, len(nodes) * len(heights)), 0.0
    if of_means:
        moment = sum((gathered(place, share * y, size) for place, share in corners), np.zeros(size))
        target = np.divide(moment, weight, out=np.zeros(size), where=used)
    if objective.loss == "squared":
        spread = sum(float(share @ (y - target[place]) ** 2) for place, share in corners)
        constant = objective.factor(len(y)) * spread
    return SharedPoints(
        x=np.repeat(nodes, len(heights) * len(targets))[used],
        offset=np.tile(np.repeat(heights, len(targets)), len(nodes))[used],
        target=target[used],
        weight=weight[used],
        error=_error_bound((nodes, heights, targets), [along, across, up], y, objective),
        constant=constant,
    )


def is_coarse(offset: Array, y: Array, objective: NeuronObjective) -> bool:
    """Return whether points are shared out along three axes: a dozen nodes along each tell little."""
    is_flat = objective.loss in _OF_MEANS or not offset.any()
    return not is_flat and len(np.unique(y)) > _TARGETS


def _few(values: Array, most: int) -> Array:
    """Return the values themselves where they are few, else nodes around them."""
    different = np.unique(values)
    return different if len(different) <= most else nodes_of(values, most)


def _error_bound(
    nodes: tuple[Array, Array, Array], splits: list[Split], y: Array, objective: NeuronObjective
) -> ErrorBound:
    share = 1.0 / len(y) if objective.shares(1, 1).mean else 1.0
    factor, bend = objective.factor(len(y)), share * _largest_bend(y, objective)
    # By the target.
    curved = factor if objective.loss == "huber" else 0.0
    # However far a point is moved along an axis, its loss stays between the lowest and the highest there are.
    swing = share * _largest_swing(y, objective)
    areas = [one.areas for one in splits]
    none = [np.zeros_like(area) for area in areas]
    tilt, level = 0.0, 0.0
    if objective.activation == "relu":  # at z = 0, whatever the target is
        levels = np.linspace(float(y.min()), float(y.max()), _LEVELS)
        jump = share * float(np.abs(objective.at_points(np.full(_LEVELS, 1e-300), levels, SLOPE)).max())
        tilt += jump * float(_edges(nodes, splits, 0).sum(axis=2).max(axis=0, initial=0.0).sum())
        level += jump * float(_edges(nodes, splits, 1).sum(axis=2).max(axis=0, initial=0.0).sum())
    if objective.loss == "absolute":  # where f = y
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


def _edges(nodes: tuple[Array, Array, Array], splits: list[Split], axis: int) -> Array:
    """Return by how much points may be wrong where the slope of the loss jumps by 1 within their cell.

    The shape is (C, J, K): for each cell along an axis, and the nodes along the other two. Along each such
    line an edge lies in one of the cells alone.
    """
    others = [one for one in range(3) if one != axis]
    shape = (len(nodes[axis]) - 1, *(len(nodes[one]) for one in others))
    if not shape[0]:
        return np.zeros(shape)
    (left, _), (_, right) = splits[axis].sides
    amount = right * (1.0 - right) * np.diff(nodes[axis])[left]
    total = np.zeros(math.prod(shape))
    for (j, one), (k, other) in product(*(splits[place].sides for place in others)):
        total += gathered((left * shape[1] + j) * shape[2] + k, amount * one * other, total.size)
    return total.reshape(shape)


def _largest_swing(y: Array, objective: NeuronObjective) -> float:
    """Return the most by which what a point adds differs from one z to another; it may have no end."""
    if objective.activation not in _BOUNDED or objective.loss == "cross-entropy":
        return np.inf
    z = np.array([-_ACTIVATIONS, _ACTIVATIONS])
    ends = np.array([float(y.min()), float(y.max())])
    # What a point adds bends up in f: it is highest at an end of f, and of y.
    half = 0.5 if objective.shares(1, 1).half else 1.0
    return half * float(max(objective.at_points(z, np.full(2, one), TERM).max() for one in ends))


def _largest_bend(y: Array, objective: NeuronObjective) -> float:
    """Return the largest second derivative by z of what a point adds, where it has one."""
    z = np.linspace(-_ACTIVATIONS, _ACTIVATIONS, _PLACES)
    levels = np.linspace(float(y.min()), float(y.max()), _LEVELS)
    bends = (np.abs(objective.at_points(z, np.full(_PLACES, one), BEND)).max() for one in levels)
    return _ROOM * float(max(bends))
