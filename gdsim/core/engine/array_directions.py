"""The directions of `directions` for many runs at once.

Runs of methods that turn axes, or try one direction after the other, are made one by one instead.
"""

from collections.abc import Callable, Mapping

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.array_searches import Settings, Which, dots
from gdsim.core.engine.directions import LEAST_CURVATURE
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.sum_source import compiled_curvature
from gdsim.core.formulas.printing import NUMPY
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.searching import is_second_order
from gdsim.core.rules.rule import Optimizer


class ArrayDirection:
    """The direction of the negative gradient, and what all others have in common.

    Places, gradients and directions have the shape (d + 1, m).
    """

    solves = 0  # Systems of equations for each direction

    def __init__(self, data: PointLoss, width: int, runs: int) -> None:
        del data, runs
        self._width = width

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        """Return the directions at places; not finite where a system has no solution."""
        del p, settings
        return -gradient

    def learn(self, rows: Which, step: Array, change: Array) -> None:
        """Take note of the steps that some runs made, and of how their gradients changed (d + 1, k)."""

    def keep(self, runs: Flags) -> None:
        """Go on with some of the runs alone."""


class _Newton(ArrayDirection):
    """d = -H⁻¹g."""

    solves = 1

    def __init__(self, data: PointLoss, width: int, runs: int) -> None:
        super().__init__(data, width, runs)
        self._curvature = array_curvature(data)

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        return solved(self.matrix(p, settings), -gradient)

    def matrix(self, p: Array, settings: Settings) -> Array:
        """Return what the directions are divided by: (d + 1, d + 1, m)."""
        del settings
        return self._curvature(p)


class _DampedNewton(_Newton):
    """d = -(H + λI)⁻¹g."""

    def matrix(self, p: Array, settings: Settings) -> Array:
        matrix = super().matrix(p, settings)
        diagonal = np.arange(self._width)
        matrix[diagonal, diagonal] += settings["damping"]
        return matrix


class _Bfgs(ArrayDirection):
    """d = -Bg, where B is learnt from the steps; it begins anew where d would climb."""

    def __init__(self, data: PointLoss, width: int, runs: int) -> None:
        super().__init__(data, width, runs)
        self._inverse = np.repeat(np.eye(width)[:, :, np.newaxis], runs, axis=2)

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        del p, settings
        direction = dots(self._inverse.swapaxes(0, 1), -gradient[:, np.newaxis])
        climbs = ~(dots(gradient, direction) < 0.0)
        self._inverse[:, :, climbs] = np.eye(self._width)[:, :, np.newaxis]
        direction[:, climbs] = -gradient[:, climbs]
        return direction

    def learn(self, rows: Which, step: Array, change: Array) -> None:
        along = dots(step, change)
        learns = along > LEAST_CURVATURE * np.sqrt(dots(step, step) * dots(change, change))
        rows = np.arange(self._inverse.shape[2])[rows][learns]
        step, change, along = step[:, learns], change[:, learns], along[learns]
        inverse = self._inverse[:, :, rows]
        curved = dots(inverse.swapaxes(0, 1), change[:, np.newaxis])
        share = (1.0 + dots(change, curved) / along) / along
        crossed = step[:, np.newaxis] * curved + curved[:, np.newaxis] * step
        inverse = inverse - crossed / along + share * step[:, np.newaxis] * step
        self._inverse[:, :, rows] = inverse

    def keep(self, runs: Flags) -> None:
        self._inverse = self._inverse[:, :, runs]


class _ConjugateGradient(ArrayDirection):
    """d = -g + β d, β = max(0, g·(g - g₀)/g₀·g₀); -g where that would climb."""

    def __init__(self, data: PointLoss, width: int, runs: int) -> None:
        super().__init__(data, width, runs)
        self._last, self._before = np.zeros((2, width, runs))

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        del p, settings
        size = dots(self._before, self._before)
        share = np.maximum(0.0, dots(gradient, gradient - self._before) / size)
        direction = np.where(size > 0.0, share, 0.0) * self._last - gradient
        climbs = ~(dots(gradient, direction) < 0.0)
        direction[:, climbs] = -gradient[:, climbs]
        self._last, self._before = direction, gradient.copy()
        return direction

    def keep(self, runs: Flags) -> None:
        self._last, self._before = self._last[:, runs], self._before[:, runs]


def solved(matrix: Array, right: Array) -> Array:
    """Return the d of ``matrix d = right`` for each of m systems, by elimination as `linear_algebra.solve`.

    Where there is none, a number of it is not finite.
    """
    rows, width = [*np.concatenate([matrix, right[:, np.newaxis]], axis=1)], len(right)
    d = np.empty_like(right)
    for i in range(width):
        for j in range(i + 1, width):
            larger = np.abs(rows[j][i]) > np.abs(rows[i][i])
            rows[i], rows[j] = np.where(larger, rows[j], rows[i]), np.where(larger, rows[i], rows[j])
        for j in range(i + 1, width):
            rows[j] = rows[j] - rows[j][i] / rows[i][i] * rows[i]
    for i in reversed(range(width)):
        left = rows[i][width]
        for j in range(i + 1, width):
            left = left - rows[i][j] * d[j]
        d[i] = left / rows[i][i]
    return d


def array_curvature(data: PointLoss) -> Callable[[Array], Array]:
    """Return a function of places (d + 1, m) that gives the second derivatives (d + 1, d + 1, m).

    Those of few points are added up as those of a run are, one after the other.
    """
    if adds_by_numpy(len(data.targets), data.objective) and isinstance(data, Neuron):
        return lambda p: np.ascontiguousarray(np.moveaxis(data.hessian(p.T), 0, -1))
    dimension = data.inputs.shape[1] - isinstance(data, Neuron)
    added = compiled_curvature(dimension, data.objective, printer=NUMPY)
    points = list(zip(*data.columns, strict=True)) if isinstance(data, Neuron) else []

    def at(p: Array) -> Array:
        matrix = np.empty((len(p), *p.shape))
        rows, columns = np.tril_indices(len(p))
        for i, j, values in zip(rows, columns, added(points, np.exp, *p), strict=True):
            matrix[i, j] = matrix[j, i] = values
        return matrix

    return at


_METHODS: Mapping[str, type[ArrayDirection]] = {
    "newton": _Newton,
    "damped-newton": _DampedNewton,
    "bfgs": _Bfgs,
    "conjugate-gradient": _ConjugateGradient,
}


def has_direction(optimizer: Optimizer) -> bool:
    """Return whether the directions of many runs of a rule are made as arrays."""
    return not is_second_order(optimizer) or optimizer.id in _METHODS


def direction_of(optimizer: Optimizer) -> type[ArrayDirection]:
    """Return how a rule makes its directions; against the gradient where it is no second-order one."""
    return _METHODS.get(optimizer.id, ArrayDirection)
