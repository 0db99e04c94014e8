"""The curvature of the loss at a place: the Hessian, its eigenvectors, and the parabola that it gives."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.plane import W_AND_B, Axes, in_plane
from gdsim.core.model.point_loss import PointLoss

# From more points than this an even sample is taken, so that the display follows a dragged ball.
MOST_SAMPLED_POINTS = 1 << 14
# Terms and rows that are computed between two reports of progress.
_TERMS, _ROWS = 1 << 17, 2048
# The longer half axis in pixels, and the largest ratio of the two, to which a very flat direction is limited.
_LONGEST, _LONGEST_RATIO = 90.0, 8.0
# An eigenvalue below this share of the largest one, times the rows of the matrix, is only rounding.
_ROUNDING = 16.0 * float(np.finfo(np.float64).eps)


class Curvature(NamedTuple):
    """The second derivatives of the loss over all points, at one place."""

    place: Array  # (d + 1,)
    loss: float
    gradient: Array  # (d + 1,)
    hessian: Array  # (d + 1, d + 1)
    is_sampled: bool  # Whether it comes from a sample of the points, scaled up

    @property
    def is_finite(self) -> bool:
        finite = math.isfinite(self.loss) and np.isfinite(self.hessian).all()
        return bool(finite and np.isfinite(self.gradient).all())

    def in_plane(self, axes: Axes = W_AND_B) -> "Curvature":
        """Return the curvature along two parameters, with all others held."""
        held = self.hessian[np.ix_(axes, axes)]
        return self._replace(
            place=in_plane(self.place, axes), gradient=in_plane(self.gradient, axes), hessian=held
        )

    @property
    def axes(self) -> tuple[Array, Array]:
        """The principal curvatures in ascending order, and their directions as columns."""
        values, vectors = np.linalg.eigh(self.hessian)
        return without_rounding(values, np.abs(values).max(), len(values)), vectors

    @property
    def bottom(self) -> Array | None:
        """The lowest place of the parabola that touches the loss here, or None if it has none."""
        values, vectors = self.axes
        if not values[0] > 1e-12 * abs(values[-1]):  # level, to rounding
            return None
        lowest: Array = self.place - vectors @ ((vectors.T @ self.gradient) / values)
        return lowest if np.isfinite(lowest).all() else None


def without_rounding(values: Array, largest: Array | float, width: int) -> Array:
    """Return eigenvalues of matrices with ``width`` rows, with 0 for those that are only rounding.

    If there are fewer points than parameters, the loss is level along some direction. The eigenvalue along it
    is 0, but is computed as some 10⁻¹⁶ of the ``largest`` absolute value.
    """
    return np.where(np.abs(values) <= width * _ROUNDING * largest, 0.0, values)


def half_axes(plane: Curvature, scale: tuple[float, float]) -> Array | None:
    """Return the half axes of the ellipse that shows the curvature along two parameters, as 1 / √|λ|.

    They are rows in pixels, in the order of the curvatures, if a unit of each parameter is ``scale`` pixels
    long. Return None for a level place.
    """
    values, vectors = plane.axes
    size = np.abs(values)
    if not size.max() > 0.0:
        return None
    lengths = 1.0 / np.sqrt(np.maximum(size, size.max() / _LONGEST_RATIO**2))
    half: Array = (vectors * lengths).T * scale
    half *= _LONGEST / np.hypot(half[:, 0], half[:, 1]).max()
    return half


def sampled_points(data: PointLoss) -> PointLoss:
    """Return the loss over all points, or over an even sample of `MOST_SAMPLED_POINTS` of them."""
    points = len(data.targets)
    if points <= MOST_SAMPLED_POINTS:
        return data
    return data.rows(np.linspace(0, points - 1, MOST_SAMPLED_POINTS).astype(np.intp))


def row_blocks(rows: int, terms: int) -> Iterator[slice]:
    """Yield slices of rows with ``terms`` terms each, so that a slice takes some milliseconds."""
    size = max(1, min(_ROWS, _TERMS // terms))
    for first in range(0, rows, size):
        yield slice(first, min(first + size, rows))


def curvature_at(data: PointLoss, place: Array) -> Curvature:
    """Return the curvature of a loss at a place (d + 1,)."""
    few = sampled_points(data)
    times = few.points_represented
    with np.errstate(all="ignore"):
        return Curvature(
            place,
            times * float(few.loss(place)),
            times * few.gradient(place),
            times * few.hessian(place),
            few is not data,
        )


def alpha_of_step(data: PointLoss, before: Array, after: Array) -> float:
    """Return where a step ended on the parabola that fits the loss and the slope at both of its ends.

    0 is at the bottom of the parabola, 1 at the same height on its other side, and -1 at the start. After
    F. Schneider, F. Dangel, P. Hennig, Cockpit, NeurIPS 2021; the fit is by least squares. NaN if there is no
    bottom ahead, because the parabola curves down or the step goes uphill.
    """
    few = sampled_points(data)
    with np.errstate(all="ignore"):
        losses = few.loss(np.stack([before, after]))
        slopes = few.gradient(np.stack([before, after])) @ (after - before)
        rows = np.array([[1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 0.0], [0.0, 1.0, 2.0]])
        values = np.array([*losses, *slopes])
        if not np.isfinite(values).all() or not slopes[0] < 0.0:
            return math.nan
        # Only differences count, and they keep more digits without the common height.
        values[:2] -= losses[0]
        _, slope, bend = np.linalg.lstsq(rows, values, rcond=None)[0].tolist()
        return float(-2.0 * bend / slope - 1.0) if bend > 0.0 and slope < 0.0 else math.nan
