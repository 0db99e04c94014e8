"""The gradient of an update as a sum over points, term by term."""

from dataclasses import dataclass

import numpy as np

from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array, Rows
from gdsim.core.model.neuron import sigmoid

MOST_SHOWN = 8


@dataclass(frozen=True, eq=False)
class GradientTerms:
    """Terms (f_i - y_i) f_i (1 - f_i) x_i, where the rule asked for its gradient."""

    rows: Rows  # (K,): which points the terms belong to
    x: Array  # (K, d)
    # target, output, (K,): y_i and f_i.
    target: Array
    output: Array
    # error, slope, (K,): f_i - y_i and f_i (1 - f_i).
    error: Array
    slope: Array
    products: Array  # (K, d + 1): the terms for each weight, then those for the bias
    others: int  # How many further terms there are, each smaller than all of these
    others_sum: Array  # (d + 1,): their sum

    @property
    def total(self) -> Array:
        """The sum of all terms: shape (d + 1,)."""
        total: Array = self.products.sum(axis=0) + self.others_sum
        return total

    @property
    def points(self) -> int:
        """How many points fed the update."""
        return len(self.rows) + self.others


def gradient_terms(update: Update, most: int = MOST_SHOWN) -> GradientTerms:
    """Return the terms of an update's gradient.

    Parameters
    ----------
    most : int
        Up to so many terms come all, in the order of the update; of more, so many of the largest, the
        largest first. A term is as large as the longest of its components.
    """
    rows = update.rows
    x, target = update.points.x[rows], update.points.y[rows]
    with np.errstate(over="ignore", invalid="ignore"):
        output = sigmoid(x @ update.asked_at[:-1] + update.asked_at[-1])
        error, slope = output - target, output * (1.0 - output)
        factor = error * slope  # the term of the bias; times x_i that of a weight
        shown = _largest(factor, x, most)
        others_sum = _sum_without(shown, factor, x)
        products = np.column_stack([factor[shown, np.newaxis] * x[shown], factor[shown]])
    return GradientTerms(
        rows=rows[shown],
        x=x[shown],
        target=target[shown],
        output=output[shown],
        error=error[shown],
        slope=slope[shown],
        products=products,
        others=len(rows) - len(shown),
        others_sum=others_sum,
    )


def _largest(factor: Array, x: Array, most: int) -> Rows:
    if len(factor) <= most:
        return np.arange(len(factor))
    size = np.abs(factor) * np.maximum(np.abs(x).max(axis=1), 1.0)
    largest: Rows = np.argpartition(-size, most)[:most]
    # Equal ones in the order of the update.
    order: Rows = largest[np.lexsort((largest, -size[largest]))]
    return order


def _sum_without(shown: Rows, factor: Array, x: Array) -> Array:
    rest = factor.copy()
    rest[shown] = 0.0
    return np.append(rest @ x, rest.sum())
