"""The loss as a weighted sum over few places, for drawing it many thousand times.

Points that share an input are one term: L = 1/2 sum_k n_k (f(x_k) - mean y_k)^2 + constant, which
is exact. Above `EXACT_TERMS` different inputs each point is shared out between the nodes around it,
in proportion, which is linear interpolation of its loss between the nodes.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows, frozen
from gdsim.core.model.neuron import sigmoid
from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.points import PointSet

EXACT_TERMS = 4096
# Nodes for inputs on a line, and along each side when the other inputs add a second direction.
NODES = 2048
SIDE_NODES = 64
_SAMPLE = 1 << 16
# Sigmoids evaluated at once, which bounds the memory.
_BLOCK = 1 << 20
# Inputs evaluated at once over a grid: a block that stays in the cache.
_GRID_BLOCK = 256
# exp(-w x) and exp(-b) can be multiplied instead of taking exp(-(w x + b)) while neither overflows.
_SAFE_EXPONENT = 340.0
_EPS = float(np.finfo(np.float64).eps)


class ErrorBound(NamedTuple):
    """By how much a loss over few places may differ from the exact one, as a sum over cells of points."""

    # bend, tilt, level, most, (C,): a cell of points adds at most min(bend w^2 + tilt |w| + level, most).
    bend: Array
    level: Array
    most: Array
    tilt: Array = frozen([0.0])  # Where the loss has edges; one number for all cells, or one for each

    def at(self, w: float) -> float:
        """Return the largest error at weights from -w to w."""
        with np.errstate(over="ignore", invalid="ignore"):  # far out the first term may be infinite
            return float(np.fmin(self.bend * w**2 + self.tilt * w + self.level, self.most).sum())


EXACT = ErrorBound(frozen([]), frozen([]), frozen([]))


class LossTerms(NamedTuple):
    """L(w, b) = 1/2 sum_k weight_k (sigmoid(w x_k + offset_k + b) - target_k)^2 + constant."""

    # x, offset, weight, target, (K,): ``offset`` is what the inputs that are not drawn add to the activation.
    x: Array
    offset: Array
    weight: Array
    target: Array
    constant: float
    error: ErrorBound = EXACT  # Of no cells when the terms are exact

    def scaled(self, factor: float) -> "LossTerms":
        """Return the loss multiplied by a factor."""
        error = ErrorBound(*(factor * part for part in self.error))
        return self._replace(weight=factor * self.weight, constant=factor * self.constant, error=error)

    def part(self, first: int, end: int) -> "LossTerms":
        """Return some of the terms, without the constant and the error bound, which are those of all."""
        here = slice(first, end)
        return LossTerms(self.x[here], self.offset[here], self.weight[here], self.target[here], 0.0)

    def loss(self, w: Array, b: Array) -> Array:
        """Return L at points (w, b) of any one shape."""
        return over_blocks(self._loss, w, b, max(1, _BLOCK // len(self.x)))

    def on_grid(self, w: Array, b: Array) -> Array:
        """Return the loss at every (w_i, b_j): shape (W, B)."""
        out = np.full((len(w), len(b)), self.constant)
        for first in range(0, len(self.x), _GRID_BLOCK):
            out += _block_loss(self.part(first, first + _GRID_BLOCK), w, b)
        return out

    def error_within(self, w: Array, b: Array) -> float:  # noqa: ARG002 - b shifts all points alike
        """Return by how much the loss may be wrong at places w (W,), b (B,)."""
        return self.error.at(float(np.abs(w).max()))

    @property
    def size(self) -> int:
        """The number of terms."""
        return len(self.x)

    def derivatives(self, place: Array) -> tuple[Array, tuple[Array, Array, Array]]:
        """Return the gradient (m, 2) and the three second derivatives (m,) at places (m, 2)."""
        with np.errstate(all="ignore"):
            output = sigmoid(np.multiply.outer(place[:, 0], self.x) + self.offset + place[:, 1:])
            slope = output * (1.0 - output)
            error = output - self.target
            first = error * slope * self.weight
            second = (slope + error * (1.0 - 2.0 * output)) * slope * self.weight
            x = self.x
            bent = second @ np.array([x * x, x, np.ones_like(x)]).T
        return np.array([first @ x, first.sum(axis=1)]).T, (bent[:, 0], bent[:, 1], bent[:, 2])

    def rounding(self, place: Array) -> float:
        """Return by how much the loss at a place may be wrong, since it is computed in floats."""
        with np.errstate(all="ignore"):
            size = np.abs(place[0] * self.x) + np.abs(self.offset) + np.abs(place[1])
            output = sigmoid(place[0] * self.x + self.offset + place[1])
            wrong = _EPS * output * (1.0 + (1.0 - output) * size)
            error = np.abs(output - self.target)
            total = self.weight @ ((error + wrong) * wrong) + _EPS * (
                self.weight @ (error * error) + self.constant
            )
        return float(np.nan_to_num(total)) if np.isfinite(total) else 0.0

    def edges(self) -> Array:
        """Return no lines: it is smooth."""
        return np.empty((0, 3))

    def _loss(self, w: Array, b: Array) -> Array:
        error = sigmoid(np.multiply.outer(w, self.x) + self.offset + b[:, np.newaxis])
        error -= self.target
        error *= error
        result: Array = 0.5 * (error @ self.weight) + self.constant
        return result


def over_blocks(values: Callable[[Array, Array], Array], w: Array, b: Array, block: int) -> Array:
    """Return values at places of any one shape, so many of them computed at once."""
    w, b = np.broadcast_arrays(w, b)
    flat_w, flat_b, out = w.ravel(), b.ravel(), np.empty(w.size)
    for first in range(0, len(out), block):
        here = slice(first, first + block)
        out[here] = values(flat_w[here], flat_b[here])
    return out.reshape(w.shape)


def _block_loss(terms: LossTerms, w: Array, b: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        activation = np.multiply.outer(w, terms.x) + terms.offset
    separable = max(np.abs(activation).max(), np.abs(b).max()) < _SAFE_EXPONENT
    row = np.exp(-activation) if separable else activation
    column = np.exp(-b)[:, np.newaxis] if separable else b[:, np.newaxis]
    half = 0.5 * terms.weight
    out = np.empty((len(w), len(b)))
    for index in range(len(w)):
        if separable:
            error = row[index] * column
            error += 1.0
            np.reciprocal(error, error)
        else:
            error = sigmoid(row[index] + column)
        error -= terms.target
        error *= error
        out[index] = error @ half
    return out


# ------------------------------------------------------------------------------------ from points


def binned_loss(points: PointSet, plane: Plane = USUAL_PLANE, factor: float = 0.5) -> LossTerms:
    """Return the loss over ``points`` in a plane of a weight and the bias, the bias upwards.

    ``factor`` is what the sum of the squared errors is multiplied by.
    """
    terms = _halved_sum(points, plane)
    return terms if factor == 0.5 else terms.scaled(2.0 * factor)  # noqa: PLR2004 - the lecture's


def inputs_along(points: PointSet, plane: Plane) -> tuple[Array, Array]:
    """Return the input that the weight of a plane multiplies, and what the others add: shapes (N,)."""
    others = points.x[:, list(plane.others)]
    return points.x[:, plane.axes[0]], others @ np.array(plane.held, dtype=np.float64)


def _halved_sum(points: PointSet, plane: Plane) -> LossTerms:
    x, offset = inputs_along(points, plane)
    if not offset.any():
        places = np.unique(x)
        if len(places) <= EXACT_TERMS:
            return _grouped(places, np.searchsorted(places, x), points.y)
        order = np.argsort(x)  # neighbours are found faster for one after the other
        return _interpolated(x[order], offset, points.y[order])
    if len(points) <= EXACT_TERMS:
        return LossTerms(x, offset, np.ones(len(x)), points.y, 0.0)
    return _interpolated(x, offset, points.y)


def _grouped(places: Array, inverse: Rows, y: Array) -> LossTerms:
    size = len(places)
    weight = gathered(inverse, np.ones(len(y)), size)
    target = gathered(inverse, y, size) / weight
    spread = y - target[inverse]
    return LossTerms(places, np.zeros(size), weight, target, 0.5 * float(spread @ spread))


def gathered(place: Rows, amount: Array, size: int) -> Array:
    """Return the sum of the amounts at each of ``size`` places."""
    return np.bincount(place, amount, size).astype(np.float64)


class Split(NamedTuple):
    """Every value shared out between the two nodes around it.

    Linear interpolation of g between two nodes errs by at most max |g''| / 2 * (x - left) (right - x).
    """

    sides: tuple[tuple[Rows, Array], ...]  # Indices and shares: the nodes, and each value's share of them
    # areas, counts, (K - 1,): between two nodes: the sum of (x - left) (right - x), and the number of values.
    areas: Array
    counts: Array


def split(values: Array, nodes: Array) -> Split:
    """Return values (N,) shared out between nodes (K,), which increase and reach as far."""
    if len(nodes) == 1:
        return Split(((np.zeros(len(values), np.intp), np.ones(len(values))),), np.empty(0), np.empty(0))
    cells = len(nodes) - 1
    right = np.clip(np.searchsorted(nodes, values), 1, cells)
    left = right - 1
    before, after = values - nodes[left], nodes[right] - values
    share = before / (before + after)
    with np.errstate(over="ignore"):
        areas = before * after
    return Split(
        sides=((left, 1.0 - share), (right, share)),
        areas=gathered(left, areas, cells),
        counts=gathered(left, np.ones(len(values)), cells),
    )


def _interpolated(x: Array, offset: Array, y: Array) -> LossTerms:
    flat = not offset.any()
    nodes = nodes_of(x, NODES if flat else SIDE_NODES)
    heights = np.zeros(1) if flat else nodes_of(offset, SIDE_NODES)
    along, across = split(x, nodes), split(offset, heights)
    corners = [
        (place * len(heights) + height, share * other)
        for place, share in along.sides
        for height, other in across.sides
    ]
    size = len(nodes) * len(heights)
    weight = sum((gathered(place, share, size) for place, share in corners), np.zeros(size))
    moment = sum((gathered(place, share * y, size) for place, share in corners), np.zeros(size))
    target = np.divide(moment, weight, out=np.zeros(size), where=weight > 0.0)
    spread = sum(float(share @ (y - target[place]) ** 2) for place, share in corners)
    used = weight > 0.0
    return LossTerms(
        x=np.repeat(nodes, len(heights))[used],
        offset=np.tile(heights, len(nodes))[used],
        weight=weight[used],
        target=target[used],
        constant=0.5 * spread,
        error=_error_bound(along, across, y),
    )


def _error_bound(along: Split, across: Split, y: Array) -> ErrorBound:
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


def nodes_of(values: Array, most: int) -> Array:
    """Return nodes, close where values are many, and ever wider apart towards values far away.

    A loss as a function of x has features as wide as 1 / w. Those that matter far out belong to
    small w, so the spread is even near the middle, and even in the logarithm far from it.
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


def _steepest_bend(lowest: float, highest: float) -> float:
    """Return the maximum of |g''(z)| for g = 1/2 (sigmoid(z) - y)^2 and y between the two."""
    f = np.linspace(0.0, 1.0, 2001)
    first = f * (1.0 - f)
    second = first * (1.0 - 2.0 * f)
    # g'' is linear in y, so its extremes are at the ends.
    return max(float(np.abs(first * first + (f - y) * second).max()) for y in (lowest, highest))
