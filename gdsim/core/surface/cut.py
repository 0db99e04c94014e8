"""Cuts through the surface: the loss and its slope along a straight line through a place."""

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.language.texts import said
from gdsim.core.model.map_overlays import CutDirection, CutWay
from gdsim.core.surface.field import gradient_field
from gdsim.core.surface.surface import MOST_TERMS, LossSurface

if TYPE_CHECKING:
    from gdsim.core.surface.plane_loss import PlaneLoss

# Places along a cut: fewer where the loss has many terms, so that a cut takes only a few milliseconds.
_MOST_PLACES, _FEWEST_PLACES, _PRODUCTS = 241, 61, 200_000
ALONG_W, ALONG_B = (1.0, 0.0), (0.0, 1.0)


class CutPoint(NamedTuple):
    """A position on a cut, the loss there, and its derivative along the cut."""

    at: float
    loss: float
    slope: float

    @property
    def is_finite(self) -> bool:
        return math.isfinite(self.loss) and math.isfinite(self.slope)


class Cut(NamedTuple):
    """The loss along a line, as a function of the position on it.

    The position is w itself on a cut along w, and b along b; otherwise it is the distance from ``through``.
    """

    through: tuple[float, float]  # (w, b) of a place on the line
    direction: tuple[float, float]  # A unit vector
    at: Array  # (n,): increasing
    loss: Array  # (n,)
    here: CutPoint
    steepest: CutPoint  # Among the places in ``at``


def direction_of_cut(
    cut: CutDirection, surface: LossSurface, place: tuple[float, float], step: Array
) -> tuple[float, float]:
    """Return the direction of a cut through a place at which a run takes the ``step`` (2,).

    It is (0, 0) for a cut along a step of zero, or along a gradient of zero.
    """
    match cut:
        case CutWay.W:
            return ALONG_W
        case CutWay.B:
            return ALONG_B
        case CutWay.STEP:
            return float(step[0]), float(step[1])
        case CutWay.DOWN:
            gradient = gradient_field(surface, np.array([place]))[0]
            return -float(gradient[0]), -float(gradient[1])
    turn = math.radians(cut)
    return math.cos(turn), math.sin(turn)


def cut_name(cut: CutDirection, names: tuple[str, str]) -> str:
    """Return the name of a cut, as ``"cut along the step"``, given the names of the two axes."""
    match cut:
        case CutWay.W:
            return said("cut along {name}", name=names[0])
        case CutWay.B:
            return said("cut along {name}", name=names[1])
        case CutWay.STEP:
            return said("cut along the step")
        case CutWay.DOWN:
            return said("cut along the negative gradient")
    return said("cut at {angle}° from {name}", angle=cut, name=names[0])


def cut_through(
    surface: LossSurface, w: float, b: float, direction: tuple[float, float] = ALONG_W
) -> Cut | None:
    """Return the cut through a place, across the view range and extended as far as the place.

    On a surface of very many terms it is interpolated from the samples. Return None if the samples do not
    reach the place, if the place or every loss on the cut is not finite, if floats cannot tell the positions
    apart, or if the direction is zero.
    """
    unit = _unit(w, b, direction)
    if unit is None:
        return None
    ends = _ends(surface, w, b, unit)
    if surface.terms.size > MOST_TERMS:
        return _of_samples(surface, w, b, unit, ends)
    count = min(max(_PRODUCTS // surface.terms.size, _FEWEST_PLACES), _MOST_PLACES)
    along = np.linspace(min(ends[0], 0.0), max(ends[1], 0.0), count)
    loss, slope = loss_along(surface.terms, (w, b), unit, np.append(along, 0.0))
    return _cut((w, b), unit, along, loss, slope)


def ends_of_cut(surface: LossSurface, w: float, b: float, direction: tuple[float, float]) -> Array | None:
    """Return the two ends (2, 2) of the cut through a place, or None if place or direction is unusable."""
    unit = _unit(w, b, direction)
    if unit is None:
        return None
    first, last = _ends(surface, w, b, unit)
    along = np.array([min(first, 0.0), max(last, 0.0)])
    ends: Array = np.array([w, b]) + along[:, np.newaxis] * np.array(unit)
    return ends


def _unit(w: float, b: float, direction: tuple[float, float]) -> tuple[float, float] | None:
    """Return a direction as a unit vector, or None if it is zero, or if it or the place is not finite."""
    length = math.hypot(*direction)
    if not (math.isfinite(w) and math.isfinite(b) and math.isfinite(length) and length > 0.0):
        return None
    return direction[0] / length, direction[1] / length


def loss_along(
    terms: "PlaneLoss", through: tuple[float, float], direction: tuple[float, float], along: Array
) -> tuple[Array, Array]:
    """Return the loss at distances (n,) along a line, and its derivative with respect to the distance."""
    places = np.array(through) + along[:, np.newaxis] * np.array(direction)
    with np.errstate(over="ignore", invalid="ignore"):
        slope: Array = terms.derivatives(places)[0] @ np.array(direction)
    return terms.loss(places[:, 0], places[:, 1]), slope


def _ends(surface: LossSurface, w: float, b: float, direction: tuple[float, float]) -> tuple[float, float]:
    """Return the distances at which a line enters and leaves the view range; around 0 if it misses it."""
    view_range = surface.view_range
    low, high = -math.inf, math.inf
    sides = (
        (w, direction[0], view_range.w_min, view_range.w_max),
        (b, direction[1], view_range.b_min, view_range.b_max),
    )
    for place, way, first, last in sides:
        if abs(way) > 1e-12:  # noqa: PLR2004 - not parallel to this side
            near, far = sorted(((first - place) / way, (last - place) / way))
            low, high = max(low, near), min(high, far)
    if low < high:
        return low, high
    half = 0.5 * min(view_range.extent)  # the line misses the view range
    return -half, half


def _of_samples(
    surface: LossSurface, w: float, b: float, direction: tuple[float, float], ends: tuple[float, float]
) -> Cut | None:
    if not surface.view_range.holds(w, b):
        return None
    along = np.append(np.linspace(*ends, len(surface.w)), 0.0)
    loss = _between_samples(surface, w + along * direction[0], b + along * direction[1])
    slope = np.gradient(loss[:-1], along[:-1])
    return _cut((w, b), direction, along[:-1], loss, np.append(slope, np.interp(0.0, along[:-1], slope)))


def _between_samples(surface: LossSurface, w: Array, b: Array) -> Array:
    """Return the losses at places in the view range, by bilinear interpolation of the samples."""
    rows, shares = [], []
    for place, samples in ((w, surface.w), (b, surface.b)):
        after = np.clip(np.searchsorted(samples, place), 1, len(samples) - 1)
        rows.append(after)
        shares.append(np.clip((place - samples[after - 1]) / (samples[after] - samples[after - 1]), 0.0, 1.0))
    (i, j), (s, t), loss = rows, shares, surface.loss
    low = (1.0 - t) * loss[i - 1, j - 1] + t * loss[i - 1, j]
    high = (1.0 - t) * loss[i, j - 1] + t * loss[i, j]
    return (1.0 - s) * low + s * high


def _cut(
    through: tuple[float, float], direction: tuple[float, float], along: Array, loss: Array, slope: Array
) -> Cut | None:
    """Return a cut; the last elements of ``loss`` and ``slope`` belong to the place ``through``.

    Return None where floats cannot tell the positions apart, as may happen far outside the view range, and
    where no place of the cut has a finite loss and slope.
    """
    zero = {ALONG_W: through[0], ALONG_B: through[1]}.get(direction, 0.0)
    known = np.isfinite(loss[:-1]) & np.isfinite(slope[:-1])
    at = along + zero
    if not at[0] < at[-1] < math.inf or not known.any():
        return None
    steepest = int(np.argmax(np.where(known, np.abs(slope[:-1]), -1.0)))
    return Cut(
        through,
        direction,
        at,
        loss[:-1],
        CutPoint(zero, float(loss[-1]), float(slope[-1])),
        CutPoint(float(at[steepest]), float(loss[steepest]), float(slope[steepest])),
    )
