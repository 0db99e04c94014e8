"""A neuron over a set of points: its output, its loss, and the gradient and curvature of the loss.

Parameters p have the shape (..., d + 1): the weights w, then the bias b, at any number of places.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.model.objective import BEND, FLAT_BEND, LECTURE, SLOPE, TERM, NeuronObjective, Shares
from gdsim.core.model.points import PointSet

# Sigmoids evaluated at once: large enough to be fast, small enough to stay in the cache.
_BLOCK = 1 << 16
# Up to so many products of pairs of inputs, at all points, are computed once and kept for all places.
MOST_SQUARES = 1 << 22


def parameter_names(dimension: int) -> tuple[str, ...]:
    """Return the names of the parameters for keys, files and typed input: ``w, b``, or ``w1 .. wd, b``."""
    return (*_numbered("w", dimension), "b")


def input_names(dimension: int) -> tuple[str, ...]:
    """Return the names of the inputs for files: ``x``, or ``x1 .. xd``."""
    return _numbered("x", dimension)


def written_names(dimension: int) -> tuple[str, ...]:
    """Return the names of the parameters for display: ``w, b``, or ``w₁, w₂, b``."""
    return tuple(map(letter_of, parameter_names(dimension)))


def written_inputs(dimension: int) -> tuple[str, ...]:
    """Return the names of the inputs for display: ``x``, or ``x₁, x₂``."""
    return tuple(map(letter_of, input_names(dimension)))


def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return (letter,) if count == 1 else tuple(f"{letter}{place}" for place in range(1, count + 1))


def activation(x: Array, p: Array) -> Array:
    """Return w.x + b for inputs x (n, d) and parameters p (d + 1,), without overflow warnings: shape (n,)."""
    with np.errstate(over="ignore", invalid="ignore"):
        z: Array = x @ p[:-1] + p[-1]
    return z


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)) for z of any shape, without overflow warnings.

    Where exp(-z) overflows, the result is 0: the limit, and the nearest float.
    """
    with np.errstate(over="ignore"):
        return _sigmoid(z)


def _sigmoid(z: Array) -> Array:
    out = np.negative(z, np.empty_like(z))
    np.exp(out, out)
    out += 1.0
    return np.reciprocal(out, out)


def answers(objective: NeuronObjective, z: Array) -> Array:
    """Return what is compared with the targets at activations z; see `NeuronObjective.answer`."""
    return sigmoid(z) if objective.activation == "sigmoid" else objective.answer(z)


class Neuron(NamedTuple):
    """A neuron f(w.x + b), with the points to fit and the objective that turns its errors into a loss.

    The lecture's neuron has code of its own, without a temporary array for each operation of a formula: it is
    two to three times as fast, and rounds alike.
    """

    inputs: Array  # (N, d + 1): the points' x, and a last column of ones: the input of the bias
    targets: Array  # (N,): the points' y
    objective: NeuronObjective = LECTURE
    total: int = 0  # Size of the whole set that these points are taken from; 0 if these are all

    @classmethod
    def fitting(cls, points: PointSet, objective: NeuronObjective = LECTURE) -> "Neuron":
        return cls(points.with_ones, points.y, objective)

    def rows(self, rows: slice | Rows) -> "Neuron":
        return self._replace(
            inputs=self.inputs[rows], targets=self.targets[rows], total=self.total or len(self.targets)
        )

    def output(self, p: Array) -> Array:
        """Return f(x_i) for every point: shape (..., N)."""
        z = self._activation(p)
        if self.objective.activation != "sigmoid":
            return evaluate_arrays(self.objective.program.by_target["f"], {"z": z})
        with np.errstate(over="ignore"):
            return _sigmoid(z)

    def loss(self, p: Array) -> Array:
        """Return the loss over the points: shape (...). The lecture's is 1/2 sum_i (f(x_i) - y_i)^2."""
        flat = p.reshape(-1, p.shape[-1])
        out = np.empty(len(flat))
        with np.errstate(over="ignore", invalid="ignore"):
            for here in self._blocks(len(flat)):
                out[here] = self._terms(self._activation(flat[here])).sum(axis=-1)
        return self._scaled_loss(out, flat).reshape(p.shape[:-1])

    def gradient(self, p: Array) -> Array:
        """Return the gradient of the loss: shape (..., d + 1). The caller sets ``np.errstate`` for overflow.

        The lecture's is grad_w = sum_i (f_i - y_i) f_i (1 - f_i) x_i, and the same with x_i = 1 for the bias.
        """
        if p.ndim == 1:
            return self._scaled_gradient(self._slopes(self._activation(p)) @ self.inputs, p)
        flat = p.reshape(-1, p.shape[-1])
        out = np.empty_like(flat)
        for here in self._blocks(len(flat)):
            out[here] = self._slopes(self._activation(flat[here])) @ self.inputs
        return self._scaled_gradient(out, flat).reshape(p.shape)

    def loss_and_gradient(self, p: Array) -> tuple[Array, Array]:
        """Return both at places (m, d + 1), sharing the computed outputs; see `loss` and `gradient`."""
        loss, gradient = np.empty(len(p)), np.empty_like(p)
        for here in self._blocks(len(p)):
            terms, slopes = self._terms_and_slopes(self._activation(p[here]))
            loss[here], gradient[here] = terms.sum(axis=-1), slopes @ self.inputs
        return self._scaled_loss(loss, p), self._scaled_gradient(gradient, p)

    def hessian(self, p: Array, *, without_outputs: bool = False) -> Array:
        """Return the second derivatives of the loss: shape (..., d + 1, d + 1).

        They are sum_i h_i x_i x_iᵀ, where h_i is the second derivative of a point's loss by z. For the
        lecture's loss, h_i is s_i² + (f_i - y_i) s_i (1 - 2 f_i), with s_i = f_i (1 - f_i); 1 - f_i and
        f_i - y_i keep all of their digits even where f_i is nearly 1. ``without_outputs`` drops the curvature
        of the outputs (Gauss-Newton); for the lecture's loss, h_i is then s_i².
        """
        width = p.shape[-1]
        flat = p.reshape(-1, width)
        out = np.empty((len(flat), width * width))
        with np.errstate(all="ignore"):
            if len(self.targets) <= _BLOCK and self.inputs.size * width <= MOST_SQUARES:
                pairs = self.inputs[:, :, np.newaxis] * self.inputs[:, np.newaxis, :]
                squares = pairs.reshape(-1, width * width)
                for here in self._blocks(len(flat)):
                    out[here] = (
                        self.second_derivatives_by_z(flat[here], without_outputs=without_outputs) @ squares
                    )
            else:
                for place, matrix in zip(flat, out, strict=True):
                    bends = self.second_derivatives_by_z(place, without_outputs=without_outputs)
                    matrix[:] = ((self.inputs.T * bends) @ self.inputs).ravel()
        share = self._shares
        if share.mean:
            out /= len(self.targets)
        out[:, : width * (width - 1) : width + 1] += share.l2  # the diagonal, except for the bias
        return out.reshape(*p.shape, width)

    def second_derivatives_by_z(self, p: Array, *, without_outputs: bool) -> Array:
        """Return the second derivative by z of what each point adds to the loss: shape (..., N)."""
        n = len(self.targets)
        if n > _BLOCK:  # in blocks whose temporary arrays fit into the cache
            blocks = (slice(first, first + _BLOCK) for first in range(0, n, _BLOCK))
            parts = [
                self.rows(here).second_derivatives_by_z(p, without_outputs=without_outputs) for here in blocks
            ]
            return np.concatenate(parts, axis=-1)
        z = self._activation(p)
        if self.objective.is_lecture and not without_outputs:
            return self._lecture_bend(z)
        return self._line_values(z, FLAT_BEND if without_outputs else BEND)

    @property
    def dimension(self) -> int:
        """The number d of inputs."""
        return int(self.inputs.shape[1]) - 1

    @property
    def columns(self) -> tuple[Array, ...]:
        """The inputs without the column of ones, one array for each, then the targets."""
        return (*(np.ascontiguousarray(column) for column in self.inputs.T[:-1]), self.targets)

    @property
    def points_represented(self) -> float:
        """How many points of the whole set one of these represents in the loss; 1 if the loss is a mean."""
        points = len(self.targets)
        return 1.0 if self._shares.mean else (self.total or points) / points

    @property
    def _shares(self) -> Shares:
        return self.objective.shares(len(self.targets), self.total or len(self.targets))

    def _blocks(self, places: int) -> Iterator[slice]:
        block = max(1, _BLOCK // max(1, len(self.targets)))
        return (slice(first, first + block) for first in range(0, places, block))

    def _scaled_loss(self, loss: Array, p: Array) -> Array:
        """Turn sums over the points into the loss at places (m, d + 1), in place."""
        share = self._shares
        if share.mean:
            loss /= max(1, len(self.targets))
        if share.half:
            loss *= 0.5
        if share.l2:
            with np.errstate(over="ignore"):
                # Added in order, as a run does; from eight terms on, NumPy's sum uses another order.
                loss += 0.5 * share.l2 * np.add.accumulate(p[:, :-1] ** 2, axis=-1)[:, -1]
        return loss

    def _scaled_gradient(self, gradient: Array, p: Array) -> Array:
        share = self._shares
        if share.mean:
            gradient /= len(self.targets)
        if share.l2:
            gradient[..., :-1] += share.l2 * p[..., :-1]
        return gradient

    def _terms(self, z: Array) -> Array:
        """Return what each point adds to the loss at activations (..., N)."""
        if not self.objective.is_lecture_neuron:
            return self._line_values(z, TERM)
        error = _sigmoid(z)
        error -= self.targets
        error *= error
        return error

    def _slopes(self, z: Array) -> Array:
        """Return the derivatives of `_terms` by z."""
        return (
            self._lecture_error_and_slope(z)[1] if self.objective.is_lecture else self._line_values(z, SLOPE)
        )

    def _terms_and_slopes(self, z: Array) -> tuple[Array, Array]:
        if not self.objective.is_lecture:
            return self._terms(z), self._slopes(z)
        error, slope = self._lecture_error_and_slope(z)
        error *= error
        return error, slope

    def _lecture_error_and_slope(self, z: Array) -> tuple[Array, Array]:
        output = _sigmoid(z)
        error = output - self.targets
        slope = error * output
        np.subtract(1.0, output, output)
        slope *= output
        return error, slope

    def _lecture_bend(self, z: Array) -> Array:
        output = _sigmoid(z)
        bend = output - self.targets
        slope = np.exp(z)
        slope += 1.0
        np.reciprocal(slope, slope)
        lost = 1.0 - output
        lost -= slope
        lost *= z > 0.0
        bend += lost
        slope *= output
        bend *= slope
        output *= 2.0
        np.subtract(1.0, output, output)
        bend *= output
        slope *= slope
        bend += slope
        return bend

    def _line_values(self, z: Array, wanted: str) -> Array:
        """Return the value of one of the objective's lines for each point: shape (..., N)."""
        return self.objective.at_points(z, self.targets, wanted)

    def _activation(self, p: Array) -> Array:
        # Elementwise rather than a matrix product, because the order in which BLAS adds depends on the number
        # of places, and a result must not depend on the size of the chunk that it was computed in.
        columns = self.inputs.T
        z: Array = p[..., :1] * columns[0]
        for index in range(1, len(columns) - 1):
            z += p[..., index : index + 1] * columns[index]
        z += p[..., -1:]
        return z
