"""The gradient of the loss at many places of the plane, and the arrows that show it all over a map."""

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.surface.surface import LossSurface

# Up to this many terms times places are computed exactly, in a few milliseconds; beyond, samples are used.
_MOST_PRODUCTS = 400_000
# In pixels: the spacing of arrows, the length of the longest, and of the shortest that is drawn.
_APART, _LONGEST, _SHORTEST = 34.0, 26.0, 3.0
# Lengths are proportional to this power of the slope, because otherwise plateaus would show no arrows.
_POWER = 1.0 / 3.0
# The length of an arrowhead as a share of its arrow.
_HEAD = 0.32


def gradient_field(surface: LossSurface, places: Array) -> Array:
    """Return the gradient along w and b at places (m, 2): shape (m, 2).

    With very many terms it is the difference quotient at the nearest sample, or NaN outside of the samples.
    """
    if surface.terms.size * len(places) <= _MOST_PRODUCTS:
        return surface.terms.derivatives(places)[0]
    ground = surface.ground
    with np.errstate(all="ignore"):
        slopes = np.stack([*np.gradient(ground.loss, ground.w, ground.b)], axis=-1)
    inside = np.ones(len(places), dtype=np.bool_)
    nearest = []
    for axis, values in enumerate((ground.w, ground.b)):
        share = (places[:, axis] - values[0]) / (values[-1] - values[0]) * (len(values) - 1)
        inside &= (share >= 0.0) & (share <= len(values) - 1)
        nearest.append(np.clip(np.round(share), 0, len(values) - 1).astype(np.intp))
    return np.where(inside[:, np.newaxis], slopes[nearest[0], nearest[1]], np.nan)


def field_arrows(
    surface: LossSurface,
    scale: tuple[float, float],
    shift: tuple[float, float],
    first: tuple[float, float],
    last: tuple[float, float],
) -> Array:
    """Return arrows against the gradient all over a picture that extends from ``first`` to ``last``.

    A place p is at the pixel scale·p + shift. The result (n, 4) lists shafts and heads as straight lines
    (x1, y1, x2, y2) in pixels.
    """
    across, down = (_evenly(low, high) for low, high in zip(first, last, strict=True))
    middles = np.stack(np.meshgrid(across, down, indexing="ij"), axis=-1).reshape(-1, 2)
    places = (middles - shift) / scale
    with np.errstate(all="ignore"):
        ways = -gradient_field(surface, places)
        slope = np.hypot(ways[:, 0], ways[:, 1])
        ways = ways * scale
        ways /= np.hypot(ways[:, 0], ways[:, 1])[:, np.newaxis]
        lengths = _LONGEST * (slope / np.nanmax(slope, initial=0.0)) ** _POWER
    known = np.isfinite(ways).all(axis=1) & np.isfinite(lengths) & (lengths >= _SHORTEST)
    middles, ways, lengths = middles[known], ways[known], lengths[known, np.newaxis]
    tips = middles + 0.5 * lengths * ways
    aside = np.stack([-ways[:, 1], ways[:, 0]], axis=1)
    back = tips - _HEAD * lengths * ways
    sides = (back + sign * 0.6 * _HEAD * lengths * aside for sign in (-1.0, 1.0))
    shafts = np.concatenate([middles - 0.5 * lengths * ways, tips], axis=1)
    return np.concatenate([shafts, *(np.concatenate([side, tips], axis=1) for side in sides)])


def _evenly(first: float, last: float) -> Array:
    count = max(1, int((last - first) / _APART))
    return first + (np.arange(count) + 0.5) * (last - first) / count
