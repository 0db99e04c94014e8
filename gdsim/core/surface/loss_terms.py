"""The loss as a weighted sum of terms, each the loss at one input: what a surface is drawn from."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, frozen
from gdsim.core.model.neuron import sigmoid

# Sigmoids evaluated at once, which bounds the memory.
_BLOCK = 1 << 20
# Inputs evaluated at once over a grid: a block that stays in the cache.
_GRID_BLOCK = 256
# exp(-w x) and exp(-b) can be multiplied instead of taking exp(-(w x + b)) while neither overflows.
_SAFE_EXPONENT = 340.0


class Blur(NamedTuple):
    """By how much condensed terms may differ from the exact loss, as a sum over cells of points.

    Attributes
    ----------
    bend, level, most : (C,) arrays
        A cell of points adds at most min(bend w^2 + level, most).
    """

    bend: Array
    level: Array
    most: Array

    def bound(self, w: float) -> float:
        """Return the largest error at weights from -w to w."""
        with np.errstate(over="ignore", invalid="ignore"):  # far out the first term may be infinite
            return float(np.fmin(self.bend * w**2 + self.level, self.most).sum())


_NO_BLUR = Blur(frozen([]), frozen([]), frozen([]))


class LossTerms(NamedTuple):
    """L(w, b) = 1/2 sum_k weight_k (sigmoid(w x_k + offset_k + b) - target_k)^2 + constant.

    Attributes
    ----------
    x, offset, weight, target : (K,) arrays
        ``offset`` is what the inputs that are not drawn add to the activation.
    constant : float
    blur : Blur
        Of no cells when the terms are exact.
    """

    x: Array
    offset: Array
    weight: Array
    target: Array
    constant: float
    blur: Blur = _NO_BLUR

    def part(self, first: int, end: int) -> "LossTerms":
        """Return some of the terms, without the constant and the blur that are those of all of them."""
        here = slice(first, end)
        return LossTerms(self.x[here], self.offset[here], self.weight[here], self.target[here], 0.0)

    def loss(self, w: Array, b: Array) -> Array:
        """Return L at points (w, b) of any one shape."""
        flat_w, flat_b = np.broadcast_arrays(w, b)
        shape, flat_w, flat_b = flat_w.shape, flat_w.ravel(), flat_b.ravel()
        out = np.empty(flat_w.size)
        size = max(1, _BLOCK // len(self.x))
        for first in range(0, len(out), size):
            part = slice(first, first + size)
            out[part] = self._loss(flat_w[part], flat_b[part])
        return out.reshape(shape)

    def _loss(self, w: Array, b: Array) -> Array:
        error = sigmoid(np.multiply.outer(w, self.x) + self.offset + b[:, np.newaxis])
        error -= self.target
        error *= error
        result: Array = 0.5 * (error @ self.weight) + self.constant
        return result


def grid_loss(terms: LossTerms, w: Array, b: Array) -> Array:
    """Return the loss at every (w_i, b_j): shape (W, B)."""
    out = np.full((len(w), len(b)), terms.constant)
    for first in range(0, len(terms.x), _GRID_BLOCK):
        part = slice(first, first + _GRID_BLOCK)
        out += _block_loss(terms.x[part], terms.offset[part], terms.weight[part], terms.target[part], w, b)
    return out


def _block_loss(x: Array, offset: Array, weight: Array, target: Array, w: Array, b: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        activation = np.multiply.outer(w, x) + offset
    separable = max(np.abs(activation).max(), np.abs(b).max()) < _SAFE_EXPONENT
    row = np.exp(-activation) if separable else activation
    column = np.exp(-b)[:, np.newaxis] if separable else b[:, np.newaxis]
    half = 0.5 * weight
    out = np.empty((len(w), len(b)))
    for index in range(len(w)):
        if separable:
            error = row[index] * column
            error += 1.0
            np.reciprocal(error, error)
        else:
            error = sigmoid(row[index] + column)
        error -= target
        error *= error
        out[index] = error @ half
    return out
