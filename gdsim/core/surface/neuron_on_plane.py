"""The loss of a neuron over points, as a function of the two parameters that are drawn."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.neuron import answers, sigmoid
from gdsim.core.model.objective import BEND, SLOPE, TERM, NeuronObjective
from gdsim.core.model.plane import Plane
from gdsim.core.model.points import PointSet, fair_sample
from gdsim.core.surface.shared_points import (
    EXACT_TERMS,
    MOST_TERMS,
    NO_ERROR,
    ErrorBound,
    SharedPoints,
    is_coarse,
    shared_of_lecture,
    shared_points,
)

# Numbers computed in one block, to bound memory; more of them for the lecture's neuron.
_BLOCK, _LECTURE_BLOCK = 1 << 18, 1 << 20
# Points evaluated at once over a grid, so that a block stays in the cache.
_GRID_BLOCK = 256
# Edges are taken from at most this many points.
_EDGES = 64
# The error of a sample exceeds this many standard errors only once in some hundred times.
_STANDARD_ERRORS = 3.0
# exp(-w x) and exp(-b) can be multiplied instead of taking exp(-(w x + b)) while neither overflows.
_SAFE_EXPONENT = 340.0
_EPS = float(np.finfo(np.float64).eps)
# The error of a number after a few roundings, as a share of the size of its summands.
_ROUNDINGS = 4.0 * _EPS

SecondDerivatives = tuple[Array, Array, Array]


def neuron_on_plane(points: PointSet, objective: NeuronObjective, plane: Plane) -> "NeuronOnPlane":
    """Return the exact loss, with a term for each of the points, however many."""
    is_lecture = plane.axes[1] == points.dimension and objective.is_lecture_neuron
    return (LectureOnPlane if is_lecture else NeuronOnPlane).of(points, objective, plane)


@dataclass(frozen=True, eq=False)
class NeuronOnPlane:
    """The loss of a neuron over points, a `PlaneLoss`. Its activation is x·(first) + u·(second) + offset."""

    # (N,) each: the factors of the two parameters that are drawn, the rest of the activation, and the target.
    x: Array
    u: Array
    offset: Array
    target: Array
    objective: NeuronObjective
    penalised: tuple[float, float]  # l2 for each of the two parameters; 0 for a bias
    constant: float  # The penalty of the weights that are not drawn
    total: int  # The number of points, or of those that they stand for
    weight: Array | None = None  # (N,): how many points each of them counts as; None if each counts as one
    error: ErrorBound = NO_ERROR
    is_sample: bool = False  # Whether the points are only a sample, so that the loss is an estimate

    @classmethod
    def of(cls, points: PointSet, objective: NeuronObjective, plane: Plane) -> Self:
        inputs = points.with_ones
        axes, others = plane.axes, list(plane.others)
        held = np.array(plane.held, dtype=np.float64)
        bias = points.dimension
        l2 = objective.l2
        weights = [value for index, value in zip(others, plane.held, strict=True) if index != bias]
        return cls(
            inputs[:, axes[0]],
            inputs[:, axes[1]],
            inputs[:, others] @ held,
            points.y,
            objective,
            (l2 * (axes[0] != bias), l2 * (axes[1] != bias)),
            0.5 * l2 * sum(value * value for value in weights),
            len(points),
            cls._weight(len(points), objective),
        )

    @classmethod
    def _weight(cls, points: int, objective: NeuronObjective) -> Array | None:  # noqa: ARG003 - the lecture's uses it
        """Return the weight of each point, or None if each counts as one."""
        return None

    def of_few(self) -> Self:
        """Return the loss over few points that stand for all, or this loss if its points are few."""
        if self.size <= EXACT_TERMS:
            return self
        if not (self.u == 1.0).all() or is_coarse(self.offset, self.target, self.objective):
            # They would have to be shared out along more than two axes; a sample is more accurate.
            rows = fair_sample(self.size, MOST_TERMS)
            weight = np.full(len(rows), self.size / len(rows))
            return replace(self.some(rows), weight=weight, is_sample=True)
        return self._shared(shared_points(self.x, self.offset, self.target, self.objective))

    def _shared(self, few: SharedPoints) -> Self:
        return replace(
            self,
            x=few.x,
            u=np.ones(len(few.x)),
            offset=few.offset,
            target=few.target,
            weight=few.weight,
            error=few.error,
            constant=self.constant + few.constant,
        )

    def error_within(self, w: Array, b: Array) -> float:
        """Return the most by which the loss may be wrong at w (W,), b (B,); an estimate for a sample."""
        if not self.is_sample:
            return self.error.at(float(np.abs(w).max()))
        with np.errstate(all="ignore"):
            z = self._activation(*np.broadcast_arrays(w[:, np.newaxis], b))
            spread = self.objective.at_points(z, self.target, TERM).std(axis=-1, ddof=1)
            rest = 1.0 - self.size / self.total
            wrong = self.objective.factor(self.total) * self.total * spread * np.sqrt(rest / self.size)
        return _STANDARD_ERRORS * float(wrong.max())

    def part(self, first: int, end: int) -> Self:
        """Return the loss of a slice of the points, without penalty and constant, which are those of all."""
        return replace(self.some(slice(first, end)), penalised=(0.0, 0.0), constant=0.0)

    def some(self, rows: slice | Rows) -> Self:
        """Return the loss of some of the points, with unchanged weights."""
        return replace(
            self,
            x=self.x[rows],
            u=self.u[rows],
            offset=self.offset[rows],
            target=self.target[rows],
            weight=None if self.weight is None else self.weight[rows],
        )

    def penalty(self, w: Array, b: Array) -> Array:
        """Return what penalty and constant add to the loss at places."""
        first, second = self.penalised
        return 0.5 * (first * w**2 + second * b**2) + self.constant

    @property
    def size(self) -> int:
        return len(self.x)

    @property
    def sample(self) -> tuple[int, int] | None:
        return (self.size, self.total) if self.is_sample else None

    @property
    def minima(self) -> tuple[tuple[float, float], ...]:
        """Empty, because the minima of a neuron have to be searched for."""
        return ()

    def loss(self, w: Array, b: Array) -> Array:
        with np.errstate(all="ignore"):
            loss = _over_blocks(self._sum_of_terms, w, b, max(1, _BLOCK // max(1, self.size)))
            loss *= self.objective.factor(self.total)
            loss += self.penalty(w, b)
        return loss

    def on_grid(self, w: Array, b: Array) -> Array:
        return self.loss(w[:, np.newaxis], b)

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
        x, u = self.x, self.u
        share = (1.0 if self.weight is None else self.weight) / (self.total if self._is_mean else 1.0)
        with np.errstate(all="ignore"):
            z = self._activation(place[:, 0], place[:, 1])
            slope = self.objective.at_points(z, self.target, SLOPE) * share
            bend = self.objective.at_points(z, self.target, BEND) * share
            gradient = np.column_stack([slope @ x, slope @ u]) + np.multiply(self.penalised, place)
            second = bend @ (x * x) + self.penalised[0], bend @ (x * u), bend @ (u * u) + self.penalised[1]
        return gradient, second

    def rounding(self, place: Array) -> float:
        # Loss and slope are 0 where the points are fitted exactly, and say nothing of rounding there. So each
        # activation is moved by its rounding error, and each target by that of its difference to the output.
        with np.errstate(all="ignore"):
            z = self._activation(place[0], place[1])
            size = np.abs(place[0] * self.x) + np.abs(place[1] * self.u) + np.abs(self.offset)
            term, held = self.objective.at_points(z, self.target, TERM), answers(self.objective, z)
            by_z, by_y = _ROUNDINGS * size, _ROUNDINGS * (np.abs(held) + np.abs(self.target))
            moved = [
                self.objective.at_points(z + one * by_z, self.target + other * by_y, TERM) - term
                for one in (-1.0, 1.0)
                for other in (-1.0, 1.0)
            ]
            each = np.abs(moved).max(axis=0)
            total = each.sum() if self.weight is None else each @ self.weight
            wrong = self.objective.factor(self.total) * float(total)
            wrong += _ROUNDINGS * abs(float(self.loss(place[0], place[1])))
        return wrong if np.isfinite(wrong) else 0.0

    def edges(self) -> Array:
        some = np.unique(np.linspace(0, self.size - 1, _EDGES).astype(np.intp))
        fitted = self.objective.fitting_activation(self.target[some])
        bends = {"absolute": [fitted], "huber": []}.get(self.objective.loss, [])
        if self.objective.activation == "relu":
            bends = [*bends, np.zeros(len(some))]
        lines = [np.column_stack([self.x[some], self.u[some], z - self.offset[some]]) for z in bends]
        return np.concatenate([np.empty((0, 3)), *lines])

    def poles(self, w: Array, b: Array) -> Array:  # noqa: ARG002 - the same everywhere
        """Return no places, because no loss of a neuron divides by anything."""
        return np.empty((0, 2))

    def _sum_of_terms(self, w: Array, b: Array) -> Array:
        term = self.objective.at_points(self._activation(w, b), self.target, TERM)
        return term.sum(axis=-1) if self.weight is None else term @ self.weight

    @property
    def _is_mean(self) -> bool:
        return self.objective.shares(1, 1).mean

    def _activation(self, w: Array, b: Array) -> Array:
        return np.multiply.outer(w, self.x) + np.multiply.outer(b, self.u) + self.offset


@dataclass(frozen=True, eq=False)
class LectureOnPlane(NeuronOnPlane):
    """The lecture's loss, L = 1/2 sum_k weight_k (f_k - target_k)² + constant, of a weight and the bias.

    Its values are those of `NeuronOnPlane`, computed much faster, because this loss is drawn most of all.
    """

    weight: Array  # (N,)

    @classmethod
    def _weight(cls, points: int, objective: NeuronObjective) -> Array:
        return np.full(points, 2.0 * objective.factor(points))

    def of_few(self) -> Self:
        """Return the loss over few points that stand for all; see `shared_of_lecture`."""
        few = shared_of_lecture(self.x, self.offset, self.target)
        return self._shared(few.scaled(2.0 * self.objective.factor(self.total)))

    def loss(self, w: Array, b: Array) -> Array:
        return _over_blocks(self._loss, w, b, max(1, _LECTURE_BLOCK // len(self.x)))

    def on_grid(self, w: Array, b: Array) -> Array:
        out = np.full((len(w), len(b)), self.constant)
        for first in range(0, len(self.x), _GRID_BLOCK):
            out += _block_loss(self.part(first, first + _GRID_BLOCK), w, b)
        return out

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
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
        with np.errstate(all="ignore"):
            size = np.abs(place[0] * self.x) + np.abs(self.offset) + np.abs(place[1])
            output = sigmoid(place[0] * self.x + self.offset + place[1])
            wrong = _EPS * output * (1.0 + (1.0 - output) * size)
            error = np.abs(output - self.target)
            total = self.weight @ ((error + wrong) * wrong) + _EPS * (
                self.weight @ (error * error) + self.constant
            )
        return float(np.nan_to_num(total)) if np.isfinite(total) else 0.0

    def _loss(self, w: Array, b: Array) -> Array:
        with np.errstate(over="ignore", invalid="ignore"):
            error = sigmoid(np.multiply.outer(w, self.x) + self.offset + b[:, np.newaxis])
        error -= self.target
        error *= error
        return 0.5 * (error @ self.weight) + self.constant


def _over_blocks(values: Callable[[Array, Array], Array], w: Array, b: Array, block: int) -> Array:
    """Return values at places that are broadcast against each other, computed ``block`` at a time."""
    w, b = np.broadcast_arrays(w, b)
    flat_w, flat_b, out = w.ravel(), b.ravel(), np.empty(w.size)
    for first in range(0, len(out), block):
        here = slice(first, first + block)
        out[here] = values(flat_w[here], flat_b[here])
    return out.reshape(w.shape)


def _block_loss(terms: LectureOnPlane, w: Array, b: Array) -> Array:
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
