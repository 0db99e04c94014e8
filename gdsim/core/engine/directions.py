"""The directions of second-order methods, from the gradient and the curvature at a place.

Each is a small object: what it remembers of the steps before is its own, and may be taken over by a fork.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.rules.rule import Optimizer

# What a step and a change of the gradient must have in common, as a share of both, for BFGS to learn of it.
_LEAST_CURVATURE = 1e-10

Memory: TypeAlias = tuple[float, ...]


class Singular(ArithmeticError):  # noqa: N818 - reads as what it says
    """The equation for a direction has no solution."""


class Direction:
    """The direction of the negative gradient, and what all others have in common."""

    solves = 0  # Systems of equations, or eigenvalues, for each direction

    def __init__(self, optimizer: Optimizer, data: PointLoss, width: int) -> None:
        self.optimizer, self.data, self.width = optimizer, data, width

    def __call__(self, p: Array, gradient: Array) -> Array:
        """Return the direction at a place; raises `Singular` where there is none."""
        del p
        return -gradient

    def learn(self, step: Array, before: Array, after: Array) -> None:
        """Take note of a step, and of the gradients before and after it."""

    @property
    def memory(self) -> Memory:
        """What it remembers, as plain numbers."""
        return ()

    def recall(self, memory: Memory) -> None:
        """Go on from what was remembered; of another method that is nothing."""


class _Newton(Direction):
    """d = -H⁻¹g."""

    solves = 1

    def __call__(self, p: Array, gradient: Array) -> Array:
        return solved(self.matrix(p), gradient)

    def matrix(self, p: Array) -> Array:
        """Return what the direction is divided by."""
        return self.data.hessian(p)


class _DampedNewton(_Newton):
    """d = -(H + λI)⁻¹g."""

    def matrix(self, p: Array) -> Array:
        return self.data.hessian(p) + self.optimizer.number("damping") * np.eye(self.width)


class _SaddleFreeNewton(_Newton):
    """d = -|H|⁻¹g, where |H| has the sizes of the curvatures."""

    def matrix(self, p: Array) -> Array:
        try:
            values, vectors = np.linalg.eigh(self.data.hessian(p))
        except np.linalg.LinAlgError as error:
            raise Singular from error
        sized: Array = ((vectors * np.abs(values)) @ vectors.T).astype(np.float64, copy=False)
        return sized


class _GaussNewton(_Newton):
    """d = -G⁻¹g, where G = Σ s² x xᵀ."""

    def matrix(self, p: Array) -> Array:
        return gauss_newton_matrix(self.data, p)


class LevenbergMarquardt(Direction):
    """d = -(G + μI)⁻¹g; the loop tries one μ after the other."""

    solves = 1

    def __init__(self, optimizer: Optimizer, data: PointLoss, width: int) -> None:
        super().__init__(optimizer, data, width)
        self.mu = optimizer.number("mu")

    def __call__(self, p: Array, gradient: Array) -> Array:
        """Return the direction with the present μ."""
        return solved(gauss_newton_matrix(self.data, p) + self.mu * np.eye(self.width), gradient)

    @property
    def memory(self) -> Memory:
        """Its μ."""
        return (self.mu,)

    def recall(self, memory: Memory) -> None:
        """Go on with the μ of another run."""
        if len(memory) == 1:
            (self.mu,) = memory


class _Bfgs(Direction):
    """d = -Bg, where B is learnt from the steps."""

    def __init__(self, optimizer: Optimizer, data: PointLoss, width: int) -> None:
        super().__init__(optimizer, data, width)
        self._inverse = np.eye(width)

    def __call__(self, p: Array, gradient: Array) -> Array:
        del p
        direction: Array = -(self._inverse @ gradient)
        return direction

    def learn(self, step: Array, before: Array, after: Array) -> None:
        change = after - before
        along = float(step @ change)
        if not along > _LEAST_CURVATURE * float(np.linalg.norm(step) * np.linalg.norm(change)):
            return  # B would not stay positive
        turned = np.eye(self.width) - np.outer(step, change) / along
        self._inverse = turned @ self._inverse @ turned.T + np.outer(step, step) / along

    @property
    def memory(self) -> Memory:
        return tuple(self._inverse.ravel().tolist())

    def recall(self, memory: Memory) -> None:
        if len(memory) == self.width**2:
            self._inverse = np.array(memory).reshape(self.width, self.width)


class _ConjugateGradient(Direction):
    """d = -g + β d, β = max(0, g·(g - g₀)/g₀·g₀); -g where that would climb."""

    def __init__(self, optimizer: Optimizer, data: PointLoss, width: int) -> None:
        super().__init__(optimizer, data, width)
        self._last = np.zeros(width)
        self._before = np.zeros(width)

    def __call__(self, p: Array, gradient: Array) -> Array:
        del p
        size = float(self._before @ self._before)
        kept = max(0.0, float(gradient @ (gradient - self._before)) / size) if size > 0.0 else 0.0
        direction: Array = kept * self._last - gradient
        self._last = direction if float(gradient @ direction) < 0.0 else -gradient
        self._before = gradient
        return self._last

    @property
    def memory(self) -> Memory:
        return (*self._last.tolist(), *self._before.tolist())

    def recall(self, memory: Memory) -> None:
        if len(memory) == 2 * self.width:
            self._last, self._before = np.array(memory).reshape(2, self.width)


def direction_of(optimizer: Optimizer, data: PointLoss, width: int) -> Direction:
    """Return how a rule makes its directions; against the gradient where it is no second-order one."""
    return _METHODS.get(optimizer.id, Direction)(optimizer, data, width)


def solved(matrix: Array, gradient: Array) -> Array:
    """Return the d of ``matrix d = -gradient``; raises `Singular` where there is none."""
    try:
        direction: Array = np.linalg.solve(matrix, -gradient).astype(np.float64, copy=False)
    except np.linalg.LinAlgError as error:
        raise Singular from error
    if not np.isfinite(direction).all():
        raise Singular
    return direction


def gauss_newton_matrix(data: PointLoss, p: Array) -> Array:
    """Return the part of the Hessian that is made of first derivatives of the outputs."""
    if not isinstance(data, Neuron):
        raise TypeError("a function of w and b is no sum over points")
    return data.gauss_newton(p)


_METHODS: Mapping[str, Callable[[Optimizer, PointLoss, int], Direction]] = {
    "newton": _Newton,
    "damped-newton": _DampedNewton,
    "saddle-free-newton": _SaddleFreeNewton,
    "gauss-newton": _GaussNewton,
    "levenberg-marquardt": LevenbergMarquardt,
    "bfgs": _Bfgs,
    "conjugate-gradient": _ConjugateGradient,
}
