"""The loss as a function of the two parameters that are drawn, for everything that draws or searches it."""

from typing import NamedTuple, Protocol

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.objective import BEND, SLOPE, TERM, FunctionObjective, NeuronObjective, Objective
from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.plane_function import PlaneFunction
from gdsim.core.model.points import PointSet, fair_sample
from gdsim.core.surface.binned_loss import (
    EXACT,
    EXACT_TERMS,
    ErrorBound,
    LossTerms,
    binned_loss,
    inputs_along,
    over_blocks,
)
from gdsim.core.surface.shared_points import MOST_TERMS, is_coarse, shared_points

# Numbers computed at once, which bounds the memory.
_BLOCK = 1 << 18
# At most the edges of so many points are looked at.
_EDGES = 64
# A sample errs by no more than so many standard errors but once in some hundred times.
_STANDARD_ERRORS = 3.0

SecondDerivatives = tuple[Array, Array, Array]


class PlaneLoss(Protocol):
    """The loss at any place of the plane, which may be the exact one or come near it."""

    @property
    def size(self) -> int:
        """How many points or nodes are looked at for each place."""

    def error_within(self, w: Array, b: Array) -> float:
        """Return by how much it may differ from the exact loss at places w (W,), b (B,)."""

    def loss(self, w: Array, b: Array) -> Array:
        """Return the loss at places of any one shape."""

    def on_grid(self, w: Array, b: Array) -> Array:
        """Return the loss at every (w_i, b_j): shape (W, B)."""

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
        """Return the gradient (m, 2) and the three second derivatives (m,) at places (m, 2)."""

    def rounding(self, place: Array) -> float:
        """Return by how much the loss at a place may be wrong, since it is computed in floats."""

    def edges(self) -> Array:
        """Return lines x·w + u·b = z along which the loss may have an edge, as (x, u, z): shape (k, 3)."""


def loss_on_plane(points: PointSet, objective: Objective, plane: Plane = USUAL_PLANE) -> PlaneLoss:
    """Return the loss over ``points`` as a function of two parameters."""
    if isinstance(objective, FunctionObjective):
        return FunctionOnPlane(PlaneFunction.over(points, objective))
    if _is_of_lecture(points, objective, plane):
        return binned_loss(points, plane, objective.factor(len(points)))
    return NeuronOnPlane.of(points, objective, plane).of_few()


def exact_loss_on_plane(
    points: PointSet, objective: NeuronObjective, plane: Plane
) -> "LossTerms | NeuronOnPlane":
    """Return the loss with a term for each of the points, however many."""
    if _is_of_lecture(points, objective, plane):
        x, offset = inputs_along(points, plane)
        terms = LossTerms(x, offset, np.ones(len(points)), points.y, 0.0)
        return terms.scaled(2.0 * objective.factor(len(points)))
    return NeuronOnPlane.of(points, objective, plane)


def _is_of_lecture(points: PointSet, objective: NeuronObjective, plane: Plane) -> bool:
    """Return whether it is the lecture's loss, of a weight and the bias."""
    return plane.axes[1] == points.dimension and objective.is_lecture_neuron


class NeuronOnPlane(NamedTuple):
    """A neuron over points, whose activation is x·(first) + u·(second) + offset."""

    # x, u, offset, target, (N,): what the two parameters that are drawn are multiplied by, and the rest.
    x: Array
    u: Array
    offset: Array
    target: Array
    objective: NeuronObjective
    penalised: tuple[float, float]  # l2 of each of the two; 0 of a bias
    constant: float  # The penalty of the weights that are not drawn
    total: int  # How many points they are, or stand for
    weight: Array | None = None  # (N,): as how many each counts, unless all do as one
    error: ErrorBound = EXACT
    is_sample: bool = False  # Whether the points are some of all: then the loss comes near with luck alone

    @classmethod
    def of(cls, points: PointSet, objective: NeuronObjective, plane: Plane) -> "NeuronOnPlane":
        """Return the loss over points in the plane of two parameters."""
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
        )

    def of_few(self) -> "NeuronOnPlane":
        """Return the loss over few points that stand for all; itself where they are few."""
        if self.size <= EXACT_TERMS:
            return self
        if not (self.u == 1.0).all() or is_coarse(self.offset, self.target, self.objective):
            # They would have to be shared out along more than two axes: a sample of them is nearer.
            rows = fair_sample(self.size, MOST_TERMS)
            some = self._replace(
                x=self.x[rows], u=self.u[rows], offset=self.offset[rows], target=self.target[rows]
            )
            return some._replace(weight=np.full(len(rows), self.size / len(rows)), is_sample=True)
        few = shared_points(self.x, self.offset, self.target, self.objective)
        return self._replace(
            x=few.x,
            u=np.ones(len(few.x)),
            offset=few.offset,
            target=few.target,
            weight=few.weight,
            error=few.error,
            constant=self.constant + few.constant,
        )

    def error_within(self, w: Array, b: Array) -> float:
        """Return by how much the loss may be wrong at places w (W,), b (B,); see `is_sample`."""
        if not self.is_sample:
            return self.error.at(float(np.abs(w).max()))
        with np.errstate(all="ignore"):
            z = self._activation(*np.broadcast_arrays(w[:, np.newaxis], b))
            spread = self.objective.at_points(z, self.target, TERM).std(axis=-1, ddof=1)
            rest = 1.0 - self.size / self.total
            wrong = self.objective.factor(self.total) * self.total * spread * np.sqrt(rest / self.size)
        return _STANDARD_ERRORS * float(wrong.max())

    def part(self, first: int, end: int) -> "NeuronOnPlane":
        """Return some of the points of an exact loss, without the penalty."""
        here = slice(first, end)
        return self._replace(
            x=self.x[here],
            u=self.u[here],
            offset=self.offset[here],
            target=self.target[here],
            penalised=(0.0, 0.0),
            constant=0.0,
        )

    def penalty(self, w: Array, b: Array) -> Array:
        """Return what the penalty adds to the loss at places."""
        first, second = self.penalised
        penalty: Array = 0.5 * (first * w**2 + second * b**2) + self.constant
        return penalty

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.x)

    def loss(self, w: Array, b: Array) -> Array:
        """Return the loss at places of any one shape."""
        with np.errstate(all="ignore"):
            loss = over_blocks(self._sum_of_terms, w, b, max(1, _BLOCK // max(1, self.size)))
            loss *= self.objective.factor(self.total)
            loss += self.penalty(w, b)
        return loss

    def on_grid(self, w: Array, b: Array) -> Array:
        """Return the loss at every (w_i, b_j): shape (W, B)."""
        return self.loss(w[:, np.newaxis], b)

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
        """Return the gradient (m, 2) and the three second derivatives (m,) at places (m, 2)."""
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
        """Return by how much the loss at a place may be wrong, since it is computed in floats."""
        loss = abs(float(self.loss(place[0], place[1])))
        gradient = self.derivatives(place[np.newaxis])[0][0]
        wrong = float(np.finfo(np.float64).eps) * (4.0 * loss + abs(float(gradient @ place)))
        return wrong if np.isfinite(wrong) else 0.0

    def edges(self) -> Array:
        """Return lines x·w + u·b = z along which the loss may have an edge, as (x, u, z): shape (k, 3)."""
        some = np.unique(np.linspace(0, self.size - 1, _EDGES).astype(np.intp))
        fitted = self.objective.fitting_activation(self.target[some])
        bends = {"absolute": [fitted], "huber": []}.get(self.objective.loss, [])
        if self.objective.activation == "relu":
            bends = [*bends, np.zeros(len(some))]
        lines = [np.column_stack([self.x[some], self.u[some], z - self.offset[some]]) for z in bends]
        return np.concatenate([np.empty((0, 3)), *lines])

    def _sum_of_terms(self, w: Array, b: Array) -> Array:
        term = self.objective.at_points(self._activation(w, b), self.target, TERM)
        total: Array = term.sum(axis=-1) if self.weight is None else term @ self.weight
        return total

    @property
    def _is_mean(self) -> bool:
        return self.objective.shares(1, 1).mean

    def _activation(self, w: Array, b: Array) -> Array:
        z: Array = np.multiply.outer(w, self.x) + np.multiply.outer(b, self.u) + self.offset
        return z


class FunctionOnPlane(NamedTuple):
    """A function of w and b."""

    function: PlaneFunction

    @property
    def size(self) -> int:
        """One place costs one value."""
        return 1

    def error_within(self, w: Array, b: Array) -> float:  # noqa: ARG002 - anywhere
        """Return 0: the values are exact."""
        return 0.0

    def loss(self, w: Array, b: Array) -> Array:
        """Return the value at places of any one shape."""
        return self.function.loss(np.stack(np.broadcast_arrays(w, b), axis=-1))

    def on_grid(self, w: Array, b: Array) -> Array:
        """Return the value at every (w_i, b_j): shape (W, B)."""
        return self.loss(w[:, np.newaxis], b)

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
        """Return the gradient (m, 2) and the three second derivatives (m,) at places (m, 2)."""
        gradient, hessian = self.function.derivatives(place)
        return gradient, (hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1])

    def rounding(self, place: Array) -> float:
        """Return by how much the value at a place may be wrong, since it is computed in floats."""
        # A sum may cancel: what it is made of is as large as the value a little away.
        around = place + 1e-3 * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        size = np.abs(self.loss(around[:, 0], around[:, 1])).max()
        wrong = float(np.finfo(np.float64).eps) * float(size)
        return wrong if np.isfinite(wrong) else 0.0

    def edges(self) -> Array:
        """Return no lines: where a function has edges is not known."""
        return np.empty((0, 3))
