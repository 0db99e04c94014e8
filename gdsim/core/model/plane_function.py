"""A function of w and b over a set of slopes: its value, its gradient and its curvature.

Parameters p have the shape (..., 2): w, then b, at any number of places.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.evaluate import evaluate_together
from gdsim.core.formulas.syntax import Node
from gdsim.core.model.objective import FunctionObjective, Objective
from gdsim.core.model.points import PointSet

# The only point of a function without noise: slopes of 0.
ORIGIN = PointSet([0.0], [0.0])
# Places computed at once, so that temporary arrays stay in the cache.
_BLOCK = 1 << 14


def adds_slopes(objective: Objective, points: PointSet) -> bool:
    """Return whether the objective is a function with slopes of points added to its gradient."""
    return isinstance(objective, FunctionObjective) and points != ORIGIN


class PlaneFunction(NamedTuple):
    """The mean over points i of function(w, b) + x_i w + y_i b."""

    inputs: Array  # (N, 1): x
    targets: Array  # (N,): y
    objective: FunctionObjective

    @classmethod
    def over(cls, points: PointSet, objective: FunctionObjective) -> "PlaneFunction":
        return cls(points.x, points.y, objective)

    def rows(self, rows: slice | Rows) -> "PlaneFunction":
        return self._replace(inputs=self.inputs[rows], targets=self.targets[rows])

    def loss(self, p: Array) -> Array:
        """Return the value at places: shape (...)."""
        (value,) = self._values((self.objective.lines.value,), p)
        return self._tilted_value(value, p)

    def gradient(self, p: Array) -> Array:
        """Return the gradient: shape (..., 2)."""
        lines = self.objective.lines
        return self._tilted(self._values((lines.dw, lines.db), p))

    def loss_and_gradient(self, p: Array) -> tuple[Array, Array]:
        """Return both, sharing common subexpressions; see `loss` and `gradient`."""
        value, *gradient = self._values(self.objective.lines[:3], p)
        return self._tilted_value(value, p), self._tilted(gradient)

    def hessian(self, p: Array) -> Array:
        """Return the second derivatives: shape (..., 2, 2); NaN where the function has no value."""
        lines = self.objective.lines
        value, *second = self._values((lines.value, lines.dww, lines.dwb, lines.dbb), p)
        return _matrix(*(np.where(np.isnan(value), np.nan, one) for one in second))

    def derivatives(self, p: Array) -> tuple[Array, Array]:
        """Return the gradient and the second derivatives, sharing common subexpressions."""
        dw, db, *second = self._values(self.objective.lines[1:], p)
        return self._tilted((dw, db)), _matrix(*second)

    @property
    def dimension(self) -> int:
        """The number of inputs: always 1, because the parameters are w and b."""
        return 1

    @property
    def columns(self) -> tuple[Array, ...]:
        """The slopes in w and in b, one array each."""
        return np.ascontiguousarray(self.inputs[:, 0]), self.targets

    @property
    def points_represented(self) -> float:
        """How many points one of these represents: always 1, because the loss is a mean."""
        return 1.0

    @property
    def slopes(self) -> tuple[float, float]:
        """The mean slopes in w and in b, which are 0 unless the user typed the slopes."""
        return float(np.mean(self.inputs)), float(np.mean(self.targets))

    def _tilted_value(self, value: Array, p: Array) -> Array:
        slope_w, slope_b = self.slopes
        with np.errstate(all="ignore"):
            tilted: Array = value + (slope_w * p[..., 0] + slope_b * p[..., 1])
        return tilted

    def _tilted(self, gradient: Sequence[Array]) -> Array:
        return np.stack([part + slope for part, slope in zip(gradient, self.slopes, strict=True)], axis=-1)

    @staticmethod
    def _values(nodes: tuple[Node, ...], p: Array) -> tuple[Array, ...]:
        flat = p.reshape(-1, 2)
        w, b = np.ascontiguousarray(flat.T)
        out = np.empty((len(nodes), len(flat)))
        for first in range(0, len(flat), _BLOCK):
            here = slice(first, first + _BLOCK)
            for whole, part in zip(out, evaluate_together(nodes, {"w": w[here], "b": b[here]}), strict=True):
                whole[here] = part
        return tuple(out.reshape(len(nodes), *p.shape[:-1]))


def _matrix(ww: Array, wb: Array, bb: Array) -> Array:
    return np.stack([np.stack([ww, wb], axis=-1), np.stack([wb, bb], axis=-1)], axis=-2)
