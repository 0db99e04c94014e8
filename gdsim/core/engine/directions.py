"""The directions of second-order methods, from the gradient and the curvature at a place.

Each is a small object: what it remembers of the steps before is its own, and may be taken over by a fork.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from gdsim.core.engine.linear_algebra import (
    Matrix,
    Singular,
    Vector,
    dot,
    eigen,
    finite,
    identity,
    solve,
    times,
    with_damping,
)
from gdsim.core.engine.second_derivatives import Derivatives
from gdsim.core.rules.rule import Optimizer

# What a step and a change of the gradient must have in common, as a share of both, for BFGS to learn of it.
LEAST_CURVATURE = 1e-10

Memory: TypeAlias = tuple[float, ...]


class Direction:
    """The direction of the negative gradient, and what all others have in common."""

    solves = 0  # Systems of equations, or eigenvalues, for each direction

    def __init__(self, optimizer: Optimizer, at: Derivatives, width: int) -> None:
        self.optimizer, self.at, self.width = optimizer, at, width

    def __call__(self, p: Sequence[float], gradient: Sequence[float]) -> Vector:
        """Return the direction at a place; raises `Singular` where there is none."""
        del p
        return [-g for g in gradient]

    def learn(self, step: Vector, before: Sequence[float], after: Sequence[float]) -> None:
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

    def __call__(self, p: Sequence[float], gradient: Sequence[float]) -> Vector:
        return solve(self.matrix(p), [-g for g in gradient])

    def matrix(self, p: Sequence[float]) -> Matrix:
        """Return what the direction is divided by."""
        return self.at.curvature(p)


class _DampedNewton(_Newton):
    """d = -(H + λI)⁻¹g."""

    def matrix(self, p: Sequence[float]) -> Matrix:
        return with_damping(self.at.curvature(p), self.optimizer.number("damping"))


class _SaddleFreeNewton(_Newton):
    """d = -|H|⁻¹g, where |H| has the sizes of the curvatures."""

    def __call__(self, p: Sequence[float], gradient: Sequence[float]) -> Vector:
        values, vectors = eigen(self.matrix(p))
        d = [0.0] * self.width
        for value, vector in zip(values, vectors, strict=True):
            if value == 0.0:
                raise Singular
            share = dot(vector, gradient) / abs(value)
            d = [one - share * along for one, along in zip(d, vector, strict=True)]
        return finite(d)


class _GaussNewton(_Newton):
    """d = -G⁻¹g, where G = Σ s² x xᵀ."""

    def matrix(self, p: Sequence[float]) -> Matrix:
        return self.at.flat_curvature(p)


class LevenbergMarquardt(_GaussNewton):
    """d = -(G + μI)⁻¹g; the loop tries one μ after the other."""

    def __init__(self, optimizer: Optimizer, at: Derivatives, width: int) -> None:
        super().__init__(optimizer, at, width)
        self.mu = optimizer.number("mu")
        self._flat: tuple[Sequence[float], Matrix] | None = None  # G where it was asked for last

    def matrix(self, p: Sequence[float]) -> Matrix:
        """Return G + μI."""
        if self._flat is None or self._flat[0] is not p:
            self._flat = p, super().matrix(p)
        return with_damping(self._flat[1], self.mu)

    @property
    def memory(self) -> Memory:
        """The present μ; a fork may go on with it."""
        return (self.mu,)

    def recall(self, memory: Memory) -> None:
        """Go on with the μ of another run."""
        if len(memory) == 1:
            (self.mu,) = memory


class _Bfgs(Direction):
    """d = -Bg, where B is learnt from the steps; it begins anew where d would climb."""

    def __init__(self, optimizer: Optimizer, at: Derivatives, width: int) -> None:
        super().__init__(optimizer, at, width)
        self._inverse = identity(width)

    def __call__(self, p: Sequence[float], gradient: Sequence[float]) -> Vector:
        del p
        direction = times(self._inverse, [-g for g in gradient])
        if dot(gradient, direction) < 0.0:
            return direction
        self._inverse = identity(self.width)
        return [-g for g in gradient]

    def learn(self, step: Vector, before: Sequence[float], after: Sequence[float]) -> None:
        change = [one - other for one, other in zip(after, before, strict=True)]
        along = dot(step, change)
        # Else B would not stay positive definite.
        if along > LEAST_CURVATURE * math.sqrt(dot(step, step) * dot(change, change)):
            self._inverse = _learnt(self._inverse, step, change, along)

    @property
    def memory(self) -> Memory:
        return tuple(one for row in self._inverse for one in row)

    def recall(self, memory: Memory) -> None:
        if len(memory) == self.width**2:
            self._inverse = [
                list(memory[first : first + self.width]) for first in range(0, len(memory), self.width)
            ]


def _learnt(inverse: Matrix, step: Vector, change: Vector, along: float) -> Matrix:
    """Return B after a step: B - (s (By)ᵀ + (By) sᵀ) / sᵀy + (1 + yᵀBy / sᵀy) s sᵀ / sᵀy."""
    curved = times(inverse, change)
    share = (1.0 + dot(change, curved) / along) / along
    return [
        [
            one - (step[i] * curved[j] + curved[i] * step[j]) / along + share * step[i] * step[j]
            for j, one in enumerate(row)
        ]
        for i, row in enumerate(inverse)
    ]


class _ConjugateGradient(Direction):
    """d = -g + β d, β = max(0, g·(g - g₀)/g₀·g₀); -g where that would climb."""

    def __init__(self, optimizer: Optimizer, at: Derivatives, width: int) -> None:
        super().__init__(optimizer, at, width)
        self._last, self._before = [0.0] * width, [0.0] * width

    def __call__(self, p: Sequence[float], gradient: Sequence[float]) -> Vector:
        del p
        size, kept = dot(self._before, self._before), 0.0
        if size > 0.0:
            change = [one - other for one, other in zip(gradient, self._before, strict=True)]
            kept = max(0.0, dot(gradient, change) / size)
        direction = [kept * last - g for last, g in zip(self._last, gradient, strict=True)]
        if not dot(gradient, direction) < 0.0:
            direction = [-g for g in gradient]
        self._last, self._before = direction, list(gradient)
        return direction

    @property
    def memory(self) -> Memory:
        return (*self._last, *self._before)

    def recall(self, memory: Memory) -> None:
        if len(memory) == 2 * self.width:
            self._last, self._before = list(memory[: self.width]), list(memory[self.width :])


def direction_of(optimizer: Optimizer, at: Derivatives, width: int) -> Direction:
    """Return what makes the directions of a rule: those of a first-order rule are against the gradient."""
    return _METHODS.get(optimizer.id, Direction)(optimizer, at, width)


_METHODS: Mapping[str, Callable[[Optimizer, Derivatives, int], Direction]] = {
    "newton": _Newton,
    "damped-newton": _DampedNewton,
    "saddle-free-newton": _SaddleFreeNewton,
    "gauss-newton": _GaussNewton,
    "levenberg-marquardt": LevenbergMarquardt,
    "bfgs": _Bfgs,
    "conjugate-gradient": _ConjugateGradient,
}
