"""The valley along a path: the direction across it, its walls, and where the path turns back."""

from typing import NamedTuple, TypeGuard

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.progress import Progress

_AT_ONCE = 1 << 17
# The most sigmoids that are computed; with more places, only some are measured.
_MOST_SIGMOIDS = 1 << 22


def is_lecture_neuron(data: PointLoss) -> TypeGuard[Neuron]:
    """Return whether neuron and loss are the lecture's, up to a factor."""
    return isinstance(data, Neuron) and data.objective.is_lecture_neuron


def curvatures(data: PointLoss, place: Array) -> tuple[Array, Array]:
    """Return the curvatures of the loss at a place, in ascending order, and their directions as columns.

    For the lecture's neuron they are those of the Gauss-Newton matrix, sum_i (f_i (1 - f_i))² x_i x_iᵀ, which
    equals the Hessian where the points are fitted, and is never negative. For other losses they are those of
    the Hessian.
    """
    with np.errstate(all="ignore"):
        if is_lecture_neuron(data):
            output = data.output(place)
            scaled = (output * (1.0 - output))[:, np.newaxis] * data.inputs
            matrix = scaled.T @ scaled * (2.0 * data.objective.factor(len(data.targets)))
        else:
            matrix = data.hessian(place)
        matrix = np.nan_to_num(matrix * data.points_represented, posinf=0.0, neginf=0.0)
    values, vectors = np.linalg.eigh(matrix)
    return values, vectors


def across_valley(data: PointLoss, p: Array, loss: Array) -> Array:
    """Return the direction across the valley in which a path (n, d + 1) lies: a unit vector (d + 1,).

    It is the direction of largest curvature at the lowest place of the path; zeros if that is not positive.
    """
    sizes, directions = curvatures(data, p[int(np.nanargmin(loss))])
    return directions[:, -1] * (sizes[-1] > 0.0 or is_lecture_neuron(data))


def turns_back(p: Array, across: Array) -> Rows:
    """Return the rows of a path at which the step across the valley changes sign."""
    sign = np.sign(np.diff(p, axis=0) @ across)
    return np.flatnonzero(sign[:-1] * sign[1:] < 0.0) + 1


class Walls(NamedTuple):
    """The walls of the valley at each of n places, measured across it."""

    curvature: Array  # (n,)
    # (n,): the height above the floor, slope² / (2 · curvature), as a share of the loss; 0 where the
    # curvature is not positive.
    height: Array


def walls_along(data: PointLoss, p: Array, across: Array, lowest: float) -> Progress[Walls]:
    """Measure the walls at parameters (n, d + 1); yield the share that is done, every 10 ms or so.

    The loss is measured from ``lowest``. If there are very many places, only some are measured, and each of
    the others gets the values of the nearest one.
    """
    n, points = len(p), len(data.targets)
    places = p[_knots(n, max(1, _MOST_SIGMOIDS // points))]
    measured = Walls(*np.empty((2, len(places))))
    block = max(1, _AT_ONCE // (points * (1 if is_lecture_neuron(data) else len(across))))
    for first in range(0, len(places), block):
        here = slice(first, first + block)
        with np.errstate(all="ignore"):
            for column, part in zip(measured, _measure(data, places[here], across, lowest), strict=True):
                column[here] = part
        yield first / len(places)
    nearest = np.round(np.linspace(0, len(places) - 1, n)).astype(np.intp)
    return Walls(*(column[nearest] for column in measured))


def _knots(n: int, most: int) -> Rows:
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.intp)


def _measure(data: PointLoss, p: Array, across: Array, lowest: float) -> Walls:
    if is_lecture_neuron(data):
        output, towards = data.output(p), data.inputs @ across
        error, slope = output - data.targets, output * (1.0 - output) * towards
        curvature = (slope * slope).sum(axis=1)
        pull = (error * slope).sum(axis=1)
        height = pull * pull / (curvature * (error * error).sum(axis=1))
        curvature *= 2.0 * data.objective.factor(len(data.targets))
    else:
        curvature = np.einsum("i,kij,j->k", across, data.hessian(p), across)
        pull = data.gradient(p) @ across
        height = pull * pull / (2.0 * curvature * (data.loss(p) - lowest))
        height[~(curvature > 0.0)] = 0.0
    return Walls(curvature * data.points_represented, np.nan_to_num(height, posinf=0.0))
