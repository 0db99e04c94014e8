"""A function of w and b over a set of slopes: its value, its gradient and its curvature.

Parameters p have the shape (..., 2): w, then b, at any number of places.
"""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.language import Node
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.points import PointSet

# The only point of a function without noise: no slope.
ORIGIN = PointSet([0.0], [0.0])


class PlaneFunction(NamedTuple):
    """The mean over points i of function(w, b) + x_i w + y_i b."""

    inputs: Array  # (N, 1): x
    targets: Array  # (N,): y
    objective: FunctionObjective

    @classmethod
    def over(cls, points: PointSet, objective: FunctionObjective) -> "PlaneFunction":
        """Return the function over ``points``, of one input."""
        return cls(points.x, points.y, objective)

    def rows(self, rows: slice | Rows) -> "PlaneFunction":
        """Return the function over only some of the points."""
        return self._replace(inputs=self.inputs[rows], targets=self.targets[rows])

    def loss(self, p: Array) -> Array:
        """Return the value at places: shape (...)."""
        slope_w, slope_b = self._slopes
        value = self._value(self.objective.lines.value, p)
        with np.errstate(all="ignore"):
            tilted: Array = value + (slope_w * p[..., 0] + slope_b * p[..., 1])
        return tilted

    def gradient(self, p: Array) -> Array:
        """Return the gradient: shape (..., 2)."""
        lines, slopes = self.objective.lines, self._slopes
        parts = [
            self._value(node, p) + slope for node, slope in zip((lines.dw, lines.db), slopes, strict=True)
        ]
        return np.stack(parts, axis=-1)

    def hessian(self, p: Array) -> Array:
        """Return the second derivatives: shape (..., 2, 2)."""
        lines = self.objective.lines
        ww, wb, bb = (self._value(node, p) for node in (lines.dww, lines.dwb, lines.dbb))
        return np.stack([np.stack([ww, wb], axis=-1), np.stack([wb, bb], axis=-1)], axis=-2)

    @property
    def columns(self) -> tuple[Array, ...]:
        """The slopes in w and in b, one array each."""
        return np.ascontiguousarray(self.inputs[:, 0]), self.targets

    @property
    def _slopes(self) -> tuple[float, float]:
        return float(np.mean(self.inputs)), float(np.mean(self.targets))

    @staticmethod
    def _value(node: Node, p: Array) -> Array:
        result = evaluate_arrays(node, {"w": p[..., 0], "b": p[..., 1]})
        return np.broadcast_to(result, p.shape[:-1])
