"""The loss as a function of the two parameters that are drawn, for everything that draws or searches it."""

from typing import NamedTuple, Protocol

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.gallery import known_function
from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective
from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.plane_function import PlaneFunction
from gdsim.core.model.points import PointSet
from gdsim.core.surface.neuron_on_plane import SecondDerivatives, neuron_on_plane
from gdsim.core.surface.poles import poles


class PlaneLoss(Protocol):
    """The loss at any place of the plane, exact or approximated."""

    @property
    def size(self) -> int:
        """The number of terms that are added up for each place."""

    @property
    def sample(self) -> tuple[int, int] | None:
        """How many points were sampled, and out of how many; None if the loss is not of a sample."""

    @property
    def minima(self) -> tuple[tuple[float, float], ...]:
        """The places (w, b) of the lowest value, if they are known without a search."""

    def error_within(self, w: Array, b: Array) -> float:
        """Return the most by which this loss may differ from the exact one at places w (W,), b (B,)."""

    def loss(self, w: Array, b: Array) -> Array:
        """Return the loss at places w, b, which are broadcast against each other."""

    def on_grid(self, w: Array, b: Array) -> Array:
        """Return the loss at every (w_i, b_j): shape (W, B)."""

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
        """Return the gradient (m, 2) and the three second derivatives (m,) at places (m, 2)."""

    def rounding(self, place: Array) -> float:
        """Return the most by which the loss at a place (2,) may be wrong because of rounding."""

    def edges(self) -> Array:
        """Return the lines x·w + u·b = z along which the loss may have an edge, as rows (x, u, z): (k, 3)."""

    def poles(self, w: Array, b: Array) -> Array:
        """Return the places on the lines of a grid near which the loss may be unbounded: shape (m, 2)."""


def loss_on_plane(points: PointSet, objective: Objective = LECTURE, plane: Plane = USUAL_PLANE) -> PlaneLoss:
    """Return the loss over ``points`` as a function of two parameters."""
    if isinstance(objective, FunctionObjective):
        return FunctionOnPlane(PlaneFunction.over(points, objective))
    return neuron_on_plane(points, objective, plane).of_few()


class FunctionOnPlane(NamedTuple):
    function: PlaneFunction

    @property
    def size(self) -> int:
        """1, because a function has no points."""
        return 1

    @property
    def sample(self) -> None:
        """None, because a function has no points to sample."""

    @property
    def minima(self) -> tuple[tuple[float, float], ...]:
        known = None if any(self.function.slopes) else known_function(self.function.objective)
        return known.minima if known else ()

    def error_within(self, w: Array, b: Array) -> float:  # noqa: ARG002 - the same everywhere
        return 0.0

    def loss(self, w: Array, b: Array) -> Array:
        return self.function.loss(np.stack(np.broadcast_arrays(w, b), axis=-1))

    def on_grid(self, w: Array, b: Array) -> Array:
        return self.loss(w[:, np.newaxis], b)

    def derivatives(self, place: Array) -> tuple[Array, SecondDerivatives]:
        gradient, hessian = self.function.derivatives(place)
        return gradient, (hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1])

    def rounding(self, place: Array) -> float:
        # The terms of a sum may cancel. How large they are shows in the values a little away.
        around = place + 1e-3 * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
        size = np.abs(self.loss(around[:, 0], around[:, 1])).max()
        wrong = float(np.finfo(np.float64).eps) * float(size)
        return wrong if np.isfinite(wrong) else 0.0

    def edges(self) -> Array:
        """Return no lines, because the edges of a function are not known."""
        return np.empty((0, 3))

    def poles(self, w: Array, b: Array) -> Array:
        return poles(self.function.objective.lines.value, w, b)
