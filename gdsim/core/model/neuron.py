"""The objective: a sigmoid neuron, its loss over a set of points, and the gradient of the loss.

Parameters p have the shape (..., d + 1): the weights w, then the bias b, at any number of places.
"""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.numerals import rounded
from gdsim.core.formulas.program import read_program
from gdsim.core.model.points import PointSet

# The neuron at one point, where z = w·x + b. The loss is half the sum of the squared errors over all points,
# and its gradient the sum of slope·x, with x = 1 for the bias. `Neuron` computes the same with NumPy.
NEURON = read_program("""
    f = 1 / (1 + exp(-z))
    error = f - y
    slope = error*f*(1 - f)
""")

# Sigmoids evaluated at once: large enough to be fast, small enough to stay in the cache.
_BLOCK = 1 << 16


def parameter_names(dimension: int) -> tuple[str, ...]:
    """Return the names of the parameters: ``w, b`` for one input, ``w1 .. wd, b`` for more."""
    weights = ("w",) if dimension == 1 else tuple(f"w{index}" for index in range(1, dimension + 1))
    return (*weights, "b")


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


class Neuron(NamedTuple):
    """f(x) = sigmoid(w.x + b), together with the points it is to fit."""

    inputs: Array  # (N, d + 1): the points' x, and a last column of ones: the input of the bias
    targets: Array  # (N,): the points' y

    @classmethod
    def fitting(cls, points: PointSet) -> "Neuron":
        """Return the neuron that learns from ``points``."""
        return cls(np.column_stack([points.x, np.ones(len(points))]), points.y)

    def rows(self, rows: slice | Rows) -> "Neuron":
        """Return the neuron that sees only some of the points."""
        return Neuron(self.inputs[rows], self.targets[rows])

    def output(self, p: Array) -> Array:
        """Return f(x_i) for every point: shape (..., N)."""
        with np.errstate(over="ignore"):
            return _sigmoid(self._activation(p))

    def loss(self, p: Array) -> Array:
        """Return L = 1/2 sum_i (f(x_i) - y_i)^2: shape (...)."""
        lead = p.shape[:-1]
        flat = p.reshape(-1, p.shape[-1])
        block = max(1, _BLOCK // max(1, len(self.targets)))
        out = np.empty(len(flat))
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, len(flat), block):
                error = _sigmoid(self._activation(flat[first : first + block]))
                error -= self.targets
                error *= error
                out[first : first + block] = error.sum(axis=-1)
        out *= 0.5
        return out.reshape(lead)

    def gradient(self, p: Array) -> Array:
        """Return the gradient of the loss: shape (..., d + 1). The caller sets ``np.errstate`` for overflow.

        grad_w = sum_i (f_i - y_i) f_i (1 - f_i) x_i, and the same with x_i = 1 for the bias.
        """
        if p.ndim == 1:
            return self._gradient(p)
        flat = p.reshape(-1, p.shape[-1])
        block = max(1, _BLOCK // max(1, len(self.targets)))
        out = np.empty_like(flat)
        for first in range(0, len(flat), block):
            out[first : first + block] = self._gradient(flat[first : first + block])
        return out.reshape(p.shape)

    def _gradient(self, p: Array) -> Array:
        output = _sigmoid(self._activation(p))
        slope = output - self.targets
        slope *= output
        np.subtract(1.0, output, output)
        slope *= output
        return slope @ self.inputs

    def hessian(self, p: Array) -> Array:
        """Return the second derivatives of the loss: shape (..., d + 1, d + 1).

        They are sum_i h_i x_i x_iᵀ, with h_i = s_i² + (f_i - y_i) s_i (1 - 2 f_i) and s_i = f_i (1 - f_i).
        """
        width = p.shape[-1]
        flat = p.reshape(-1, width)
        squares = (self.inputs[:, :, np.newaxis] * self.inputs[:, np.newaxis, :]).reshape(-1, width * width)
        block = max(1, _BLOCK // max(1, len(self.targets)))
        out = np.empty((len(flat), width * width))
        with np.errstate(over="ignore", invalid="ignore"):
            for first in range(0, len(flat), block):
                output = _sigmoid(self._activation(flat[first : first + block]))
                slope = output * (1.0 - output)
                factor = slope * (slope + (output - self.targets) * (1.0 - 2.0 * output))
                out[first : first + block] = factor @ squares
        return out.reshape(*p.shape, width)

    @property
    def columns(self) -> tuple[Array, ...]:
        """The inputs without the ones, one array each, then the targets."""
        return (*(np.ascontiguousarray(column) for column in self.inputs.T[:-1]), self.targets)

    def _activation(self, p: Array) -> Array:
        # Elementwise, not a matrix product: BLAS adds in an order that depends on how many places there are,
        # and a number must not change with the size of the chunk it was computed in.
        columns = self.inputs.T
        z: Array = p[..., :1] * columns[0]
        for index in range(1, len(columns) - 1):
            z += p[..., index : index + 1] * columns[index]
        z += p[..., -1:]
        return z


class SumByNumpy:
    """The loss and its gradient over the points of `Neuron.columns`, at one place after the other."""

    def __init__(self, *columns: Array) -> None:
        *self._inputs, self._targets = columns
        # Room for what is computed, which is the same at every place.
        self._output, self._error, self._slope = np.empty((3, len(self._targets)))

    def __call__(self, *p: float) -> tuple[float, ...]:
        """Return the loss and its gradient at parameters p."""
        output, error, slope, (first, *inputs) = self._output, self._error, self._slope, self._inputs
        np.multiply(first, p[0], output)
        for x, w in zip(inputs, p[1:-1], strict=True):
            output += w * x
        output += p[-1]
        np.negative(output, output)
        np.exp(output, output)
        output += 1.0
        np.divide(1.0, output, output)
        np.subtract(output, self._targets, error)
        np.multiply(error, output, slope)
        np.subtract(1.0, output, output)
        slope *= output
        gradient = [float(slope.dot(x)) for x in self._inputs]
        error *= error
        return 0.5 * float(np.add.reduce(error)), *gradient, float(np.add.reduce(slope))


def unreachable_targets(y: Array) -> str:
    """Return the sentence about the values y (N,) outside 0 to 1; empty when there are none.

    A sigmoid stays between 0 and 1, so each such value leaves at least half its squared distance from
    there in the loss.
    """
    # Of a million values within reach this takes a millisecond; the rest is for those that are not.
    if len(y) == 0 or (y.min() >= 0.0 and y.max() <= 1.0):
        return ""
    distance = np.maximum(np.maximum(-y, y - 1.0), 0.0)
    count = int(np.count_nonzero(distance))
    words = ("value of y lies", "it") if count == 1 else ("values of y lie", "them")
    least = rounded(0.5 * float(distance @ distance), 3)
    return (
        f"{count:,} {words[0]} outside 0 to 1. "
        f"A sigmoid cannot reach {words[1]}, so the loss cannot fall below {least}."
    )
