"""The valley along the path: which way its walls face, how steep they are, and how high up the path lies."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Progress

_AT_ONCE = 1 << 17
# Places that are looked at, at most, by what they cost: so many sigmoids, or so many general eigenvectors.
_MOST_SIGMOIDS = 1 << 22
_MOST_SOLVED = 1 << 14


class Valley(NamedTuple):
    """The valley at each of n places.

    Its steepest direction is that of the curvature of Gauss and Newton, sum_i (f_i (1 - f_i))² x_i x_iᵀ: the
    curvature of the loss where the points are fitted, and unlike it positive everywhere.
    """

    curvature: Array  # (n,): along the steepest direction
    across: Array  # (n, d + 1): the steepest direction, a unit vector
    height: Array  # (n,): how far up the wall: slope² / (2 · curvature), as a share of the loss there


def valley_along(neuron: Neuron, p: Array) -> Progress[Valley]:
    """Measure the valley at parameters (n, d + 1); yield the share that is done, every 10 ms or so.

    Of very many places only some are measured; each of the others gets the values of the nearest one.
    """
    n, width = p.shape
    plane = width == 2  # noqa: PLR2004 - w, b
    most = min(_MOST_SIGMOIDS // len(neuron.targets), n if plane else _MOST_SOLVED)
    places = p[_knots(n, most)]
    measured = Valley(np.empty(len(places)), np.empty(places.shape), np.empty(len(places)))
    block = max(1, _AT_ONCE // len(neuron.targets))
    for first in range(0, len(places), block):
        here = slice(first, first + block)
        with np.errstate(all="ignore"):
            for column, part in zip(measured, _measure(neuron, places[here]), strict=True):
                column[here] = part
        yield first / len(places)
    if len(places) == n:
        return measured
    nearest = np.round(np.linspace(0, len(places) - 1, n)).astype(np.intp)
    return Valley(*(column[nearest] for column in measured))


def _knots(n: int, most: int) -> Rows:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, max(1, most)).astype(np.intp)


def _measure(neuron: Neuron, p: Array) -> Valley:
    output, inputs = neuron.output(p), neuron.inputs
    slope = output * (1.0 - output)
    error = output - neuron.targets
    width = inputs.shape[1]
    products = (inputs[:, :, np.newaxis] * inputs[:, np.newaxis, :]).reshape(-1, width * width)
    matrix = ((slope * slope) @ products).reshape(-1, width, width)
    solve = _steepest_of_two if width == 2 else _steepest  # noqa: PLR2004 - w, b
    curvature, across = solve(np.nan_to_num(matrix, posinf=0.0, neginf=0.0))
    pull = (((error * slope) @ inputs) * across).sum(axis=1)
    height = pull * pull / (curvature * (error * error).sum(axis=1))
    return Valley(curvature, across, np.nan_to_num(height, posinf=0.0))


def _steepest_of_two(matrix: Array) -> tuple[Array, Array]:
    """Return the larger eigenvalue and its vector, of symmetric matrices (n, 2, 2), in closed form."""
    a, b, c = matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 1]
    angle = 0.5 * np.arctan2(2.0 * b, a - c)
    curvature = 0.5 * (a + c + np.hypot(a - c, 2.0 * b))
    return curvature, np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _steepest(matrix: Array) -> tuple[Array, Array]:
    values, vectors = np.linalg.eigh(matrix)
    return values[:, -1], vectors[:, :, -1]
