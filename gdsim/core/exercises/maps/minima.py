"""The minima that runs end in: places with a zero gradient and positive curvature all around."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.model.point_loss import PointLoss

# Near a minimum, Newton's step is shorter than this share of the size of the place; on a plateau it is not,
# because there the curvature vanishes together with the slope.
_NEAR = 0.01
_PLACES, _ROUNDS = 64, 40
# As shares of the size of a place: how close two places are the same, and when Newton's method has converged.
# Between them the longest step.
_SAME, _LONGEST, _CONVERGED = 1e-3, 1.0, 1e-7


class Minimum(NamedTuple):
    place: tuple[float, ...]
    loss: float


def in_a_minimum(data: PointLoss, p: Array) -> Flags:
    """Return which places (m, d + 1) are practically in a minimum."""
    step, is_convex = _newton_step(data, p)
    near: Flags = is_convex & (np.linalg.norm(step, axis=-1) < _NEAR * _size(p))
    return near


def minima_near(data: PointLoss, p: Array) -> tuple[Minimum, ...]:
    """Return the minima that Newton's method finds from some of the places (m, d + 1), the lowest first."""
    if not len(p):
        return ()
    places = p[np.linspace(0, len(p) - 1, min(len(p), _PLACES)).astype(np.intp)]
    good = np.zeros(len(places), bool)
    for _ in range(_ROUNDS):
        step, is_convex = _newton_step(data, places)
        length = np.linalg.norm(step, axis=-1, keepdims=True)
        good = is_convex & (length[:, 0] < _CONVERGED * _size(places))
        # Where the Hessian is not positive definite, Newton's step does not lead to a minimum.
        shorter = np.minimum(1.0, _LONGEST / np.maximum(length, 1e-300))
        places = np.where(is_convex[:, np.newaxis] & ~good[:, np.newaxis], places + shorter * step, places)
        if good.all():
            break
    found: list[Minimum] = []
    losses = data.loss(places)
    for index in np.argsort(losses, kind="stable"):
        here = places[index]
        known = (np.linalg.norm(here - np.array(one.place)) < _SAME * _size(here) for one in found)
        if good[index] and not any(known):
            found.append(Minimum(tuple(here.tolist()), float(losses[index])))
    return tuple(found)


def _size(p: Array) -> Array:
    size: Array = 1.0 + np.linalg.norm(p, axis=-1)
    return size


def _newton_step(data: PointLoss, p: Array) -> tuple[Array, Flags]:
    """Return Newton's step (m, d + 1) from each place, and whether the Hessian there is positive definite.

    Where it is not, the step is 0.
    """
    if not len(p):
        return p, np.zeros(0, bool)
    with np.errstate(all="ignore"):
        gradient, hessian = data.gradient(p), data.hessian(p)
        hessian = np.nan_to_num(hessian, nan=0.0, posinf=0.0, neginf=0.0)
        eigenvalues, eigenvectors = np.linalg.eigh(hessian)
        largest = np.abs(eigenvalues).max(axis=-1, keepdims=True)
        is_convex = (eigenvalues > 1e-9 * largest).all(axis=-1) & (largest[:, 0] > 0.0)
        along = np.einsum("mij,mi->mj", eigenvectors, gradient) / np.where(
            is_convex[:, np.newaxis], eigenvalues, 1.0
        )
        step = -np.einsum("mij,mj->mi", eigenvectors, along)
    return np.where(is_convex[:, np.newaxis], step, 0.0), is_convex
