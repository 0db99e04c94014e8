"""The loss along w through a place of the surface, with b held, and how steep it is there."""

import math
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.surface.plane_loss import PlaneLoss
from gdsim.core.surface.surface import MOST_TERMS, LossSurface

# Places along w: fewer where the loss has many terms, so that it is done within a few milliseconds.
_MOST_PLACES, _FEWEST_PLACES, _PRODUCTS = 241, 61, 200_000


class Slope(NamedTuple):
    """A place of a cut, its loss, and the derivative of the loss by w."""

    w: float
    loss: float
    slope: float


class Cut(NamedTuple):
    """The loss as a function of w alone."""

    b: float
    w: Array  # (n,): increasing
    loss: Array  # (n,)
    here: Slope
    steepest: Slope  # of the places in ``w``


def cut_through(surface: LossSurface, w: float, b: float) -> Cut | None:
    """Return the cut through a place, over the width of the view range or as far as the place.

    Of a surface of very many terms it is taken from the samples; None where these do not reach, and for what
    is no number.
    """
    if not (math.isfinite(w) and math.isfinite(b)):
        return None
    if surface.terms.size > MOST_TERMS:
        return _of_samples(surface, w, b)
    view_range = surface.view_range
    count = min(max(_PRODUCTS // surface.terms.size, _FEWEST_PLACES), _MOST_PLACES)
    places = np.linspace(min(view_range.w_min, w), max(view_range.w_max, w), count)
    loss, slope = loss_along(surface.terms, np.append(places, w), b)
    return _cut(b, places, loss[:-1], slope[:-1], Slope(w, float(loss[-1]), float(slope[-1])))


def loss_along(terms: PlaneLoss, w: Array, b: float) -> tuple[Array, Array]:
    """Return the loss at places along w (n,), and its derivative by w there."""
    places = np.column_stack([w, np.full(len(w), b)])
    return terms.loss(w, places[:, 1]), terms.derivatives(places)[0][:, 0]


def _of_samples(surface: LossSurface, w: float, b: float) -> Cut | None:
    view_range = surface.view_range
    if not (view_range.w_min <= w <= view_range.w_max and view_range.b_min <= b <= view_range.b_max):
        return None
    after = min(max(int(np.searchsorted(surface.b, b)), 1), len(surface.b) - 1)
    share = (b - surface.b[after - 1]) / (surface.b[after] - surface.b[after - 1])
    loss = (1.0 - share) * surface.loss[:, after - 1] + share * surface.loss[:, after]
    slope = np.gradient(loss, surface.w)
    here = (float(np.interp(w, surface.w, values)) for values in (loss, slope))
    return _cut(b, surface.w, loss, slope, Slope(w, *here))


def _cut(b: float, w: Array, loss: Array, slope: Array, here: Slope) -> Cut:
    at = int(np.argmax(np.abs(slope)))
    return Cut(b, w, loss, here, Slope(float(w[at]), float(loss[at]), float(slope[at])))
