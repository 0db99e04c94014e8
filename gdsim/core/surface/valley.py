"""The valley along a path: which way its walls face, how steep they are, and where the path turns back."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Progress

_AT_ONCE = 1 << 17
# Sigmoids that are computed at most: of more places only some are measured.
_MOST_SIGMOIDS = 1 << 22


def curvatures(neuron: Neuron, place: Array) -> tuple[Array, Array]:
    """Return the curvatures of the loss at a place, the largest last, and their directions in columns.

    The curvature is that of Gauss and Newton, sum_i (f_i (1 - f_i))² x_i x_iᵀ: that of the loss where the
    points are fitted, and unlike it negative nowhere.
    """
    with np.errstate(all="ignore"):
        output = neuron.output(place)
        scaled = (output * (1.0 - output))[:, np.newaxis] * neuron.inputs
        matrix = np.nan_to_num(scaled.T @ scaled, posinf=0.0, neginf=0.0)
    values, vectors = np.linalg.eigh(matrix)
    return values, vectors


def across_valley(neuron: Neuron, p: Array, loss: Array) -> Array:
    """Return the direction across the valley in which a path (n, d + 1) lies: a unit vector (d + 1,).

    It is the steepest one at the lowest place of the path.
    """
    _, directions = curvatures(neuron, p[int(np.nanargmin(loss))])
    across: Array = directions[:, -1]
    return across


def turns_back(p: Array, across: Array) -> Rows:
    """Return the rows of a path at which the step across the valley changes its sign."""
    sign = np.sign(np.diff(p, axis=0) @ across)
    turns: Rows = np.flatnonzero(sign[:-1] * sign[1:] < 0.0) + 1
    return turns


class Walls(NamedTuple):
    """The walls of the valley at each of n places, measured across it."""

    curvature: Array  # (n,)
    height: Array  # (n,): how far up the wall: slope² / (2 · curvature), as a share of the loss there


def walls_along(neuron: Neuron, p: Array, across: Array) -> Progress[Walls]:
    """Measure the walls at parameters (n, d + 1); yield the share that is done, every 10 ms or so.

    Of very many places only some are measured; each of the others gets the values of the nearest one.
    """
    n, points = len(p), len(neuron.targets)
    places = p[_knots(n, max(1, _MOST_SIGMOIDS // points))]
    measured = Walls(*np.empty((2, len(places))))
    block = max(1, _AT_ONCE // points)
    for first in range(0, len(places), block):
        here = slice(first, first + block)
        with np.errstate(all="ignore"):
            for column, part in zip(measured, _measure(neuron, places[here], across), strict=True):
                column[here] = part
        yield first / len(places)
    nearest = np.round(np.linspace(0, len(places) - 1, n)).astype(np.intp)
    return Walls(*(column[nearest] for column in measured))


def _knots(n: int, most: int) -> Rows:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.intp)


def _measure(neuron: Neuron, p: Array, across: Array) -> Walls:
    output, towards = neuron.output(p), neuron.inputs @ across
    error, slope = output - neuron.targets, output * (1.0 - output) * towards
    curvature = (slope * slope).sum(axis=1)
    pull = (error * slope).sum(axis=1)
    height = pull * pull / (curvature * (error * error).sum(axis=1))
    return Walls(curvature, np.nan_to_num(height, posinf=0.0))
