"""The directions of second-order methods for many runs at once, computed as in `search_source`."""

from collections.abc import Callable, Generator, Mapping

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.array_algebra import dots, eigen, identities, solve_systems, with_damping
from gdsim.core.engine.array_searches import FoundSteps, Settings, Which
from gdsim.core.engine.ensemble import LONG, ArraySums
from gdsim.core.engine.loop_shape import adds_by_numpy
from gdsim.core.engine.search_source import LARGEST_MU, LEAST_CURVATURE, MU_FACTOR, SMALLEST_MU
from gdsim.core.engine.second_derivatives import hessian_of
from gdsim.core.engine.sum_source import compiled_curvature
from gdsim.core.formulas.code_printing import NUMPY
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.update_rule import ETA


class ArrayDirection:
    """The direction of steepest descent, and the base class of all other directions.

    Parameters p, gradients and directions have the shape (d + 1, m).
    """

    solves = 0  # Linear systems solved for each direction

    def __init__(self, data: PointLoss, width: int, settings: Settings) -> None:
        del data
        self._width, self._runs = width, len(settings[ETA])

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        """Return the directions at p; not finite where a linear system has no solution."""
        del p, settings
        return -gradient

    def learn(self, rows: Which, step: Array, change: Array) -> None:
        """Learn from the steps of some runs and the changes of their gradients, both (d + 1, k)."""

    def keep(self, runs: Flags) -> None:
        """Drop the state of the runs that the mask leaves out."""


class _Newton(ArrayDirection):
    """d = -H⁻¹g."""

    solves = 1
    without_outputs = False

    def __init__(self, data: PointLoss, width: int, settings: Settings) -> None:
        super().__init__(data, width, settings)
        self._curvature = array_curvature(data, without_outputs=self.without_outputs)

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        return solve_systems(self.matrix(p, settings), -gradient)

    def matrix(self, p: Array, settings: Settings) -> Array:
        """Return the curvature matrices that the directions are computed from: (d + 1, d + 1, m)."""
        del settings
        return self._curvature(p)


class _DampedNewton(_Newton):
    """d = -(H + λI)⁻¹g."""

    def matrix(self, p: Array, settings: Settings) -> Array:
        return with_damping(self._curvature(p), settings["damping"])


class _SaddleFreeNewton(_Newton):
    """d = -|H|⁻¹g, where |H| is H with the absolute values of its eigenvalues."""

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        direction = np.zeros_like(gradient)
        for value, vector in zip(*eigen(self.matrix(p, settings)), strict=True):
            direction -= dots(vector, gradient) / np.abs(value) * vector
        return direction


class _GaussNewton(_Newton):
    """d = -G⁻¹g, where G = Σ s² x xᵀ."""

    without_outputs = True


class LevenbergMarquardt(_GaussNewton):
    """d = -(G + μI)⁻¹g, with larger and larger μ until the loss falls."""

    def __init__(self, data: PointLoss, width: int, settings: Settings) -> None:
        super().__init__(data, width, settings)
        self._mu = settings["mu"].copy()

    def finding_steps(
        self, sums: ArraySums, p: Array, here: tuple[Array, Array], settings: Settings
    ) -> Generator[None, None, FoundSteps]:
        """Increase μ until a step lowers the loss; yield after each try.

        ``here`` is the loss and the gradient at p.
        """
        (loss, gradient), mu, steps = here, self._mu, FoundSteps(p)
        matrix, rows = self.matrix(p, settings), np.flatnonzero(mu <= LARGEST_MU)
        while len(rows):
            direction = solve_systems(with_damping(matrix[:, :, rows], mu[rows]), -gradient[:, rows])
            is_solved = np.isfinite(direction).all(axis=0)
            steps.solves[rows] += 1
            steps.losses[rows] += is_solved
            place = p[:, rows] + settings[ETA][rows] * direction
            there, slope = sums(place)
            lower = is_solved & (there < loss[rows])
            steps.find(rows[lower], place[:, lower], there[lower], slope[:, lower])
            mu[rows] = np.where(lower, np.maximum(mu[rows] / MU_FACTOR, SMALLEST_MU), mu[rows] * MU_FACTOR)
            rows = rows[~lower & (mu[rows] <= LARGEST_MU)]
            yield
        return steps

    def keep(self, runs: Flags) -> None:
        self._mu = self._mu[runs]


class _Bfgs(ArrayDirection):
    """d = -Bg, where B approximates H⁻¹ from past steps; it is reset to I where d would lead uphill."""

    def __init__(self, data: PointLoss, width: int, settings: Settings) -> None:
        super().__init__(data, width, settings)
        self._inverse = identities(width, self._runs)

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
    """d = -g + β d₀, β = max(0, g·(g - g₀)/g₀·g₀); -g where that would lead uphill."""

    def __init__(self, data: PointLoss, width: int, settings: Settings) -> None:
        super().__init__(data, width, settings)
        self._last_direction, self._last_gradient = np.zeros((2, width, self._runs))

    def __call__(self, p: Array, gradient: Array, settings: Settings) -> Array:
        del p, settings
        size = dots(self._last_gradient, self._last_gradient)
        share = np.maximum(0.0, dots(gradient, gradient - self._last_gradient) / size)
        direction = np.where(size > 0.0, share, 0.0) * self._last_direction - gradient
        climbs = ~(dots(gradient, direction) < 0.0)
        direction[:, climbs] = -gradient[:, climbs]
        self._last_direction, self._last_gradient = direction, gradient.copy()
        return direction

    def keep(self, runs: Flags) -> None:
        self._last_direction = self._last_direction[:, runs]
        self._last_gradient = self._last_gradient[:, runs]


def array_curvature(data: PointLoss, *, without_outputs: bool = False) -> Callable[[Array], Array]:
    """Return a function from parameters (d + 1, m) to the second derivatives of the loss (d + 1, d + 1, m).

    ``without_outputs`` leaves out the terms with the curvature of the outputs (Gauss-Newton). Points are
    summed in the same way as for the loss; see `ArraySums`.
    """
    if isinstance(data, Neuron) and len(data.targets) >= LONG:
        at_one = hessian_of(data, without_outputs=without_outputs)
        return lambda p: np.stack([at_one(place) for place in p.T.tolist()], axis=-1)
    if adds_by_numpy(len(data.targets), data.objective) and isinstance(data, Neuron):
        return lambda p: np.ascontiguousarray(
            np.moveaxis(data.hessian(p.T, without_outputs=without_outputs), 0, -1)
        )
    added = compiled_curvature(data.dimension, data.objective, without_outputs=without_outputs, printer=NUMPY)
    points = list(zip(*data.columns, strict=True)) if isinstance(data, Neuron) else []

    def at(p: Array) -> Array:
        matrix = np.empty((len(p), *p.shape))
        rows, columns = np.tril_indices(len(p))
        for i, j, values in zip(rows, columns, added(points, np.exp, *p), strict=True):
            matrix[i, j] = matrix[j, i] = values
        return matrix

    return at


def array_direction_class(optimizer: Optimizer) -> type[ArrayDirection]:
    """Return the class of a rule's directions: steepest descent for a first-order rule."""
    return _METHODS.get(optimizer.id, ArrayDirection)


_METHODS: Mapping[str, type[ArrayDirection]] = {
    "newton": _Newton,
    "damped-newton": _DampedNewton,
    "saddle-free-newton": _SaddleFreeNewton,
    "gauss-newton": _GaussNewton,
    "levenberg-marquardt": LevenbergMarquardt,
    "bfgs": _Bfgs,
    "conjugate-gradient": _ConjugateGradient,
}
