"""How steps between places lie on the surface."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.gui.surface.terrain import Terrain

# A straight step is bent to the surface at pieces no longer than this.
_PIECE = 1.0 / 40.0
_MOST_PIECES = 80


class DrapedLine(NamedTuple):
    """A line on the surface.

    Attributes
    ----------
    points : (m, 3) array
        In the unit box.
    joined : (m,) array of bool
        Whether the line comes from the point before.
    steps : (m,) array
        To which of the steps each point belongs; where a line goes on, to the one that ends there.
    """

    points: Array
    joined: Flags
    steps: Rows


def lifted(terrain: Terrain, places: Array, steps: Flags) -> DrapedLine:
    """Return steps between places as they lie on the surface, cut off at the window's edge.

    At the places the line has their own height. Between them it follows the surface; where a place is
    off the surface, as in a slice through more than two parameters, so is the line, in proportion.

    Parameters
    ----------
    terrain : Terrain
    places : (n, 3) array
        In or out of the window.
    steps : (n - 1,) array of bool
        Which places are joined to the next one.
    """
    a, b = places[:-1], places[1:]
    enter, leave = _inside(a[:, :2], b[:, :2])
    drawn = steps & (enter < leave)
    length = np.hypot(b[:, 0] - a[:, 0], b[:, 1] - a[:, 1]) * np.where(drawn, leave - enter, 0.0)
    pieces = np.where(drawn, np.ceil(length / _PIECE).clip(1, _MOST_PIECES), 0).astype(np.intp)
    # A line that goes on has the last point of the line before as its first one.
    goes_on = np.zeros(len(drawn), dtype=np.bool_)
    goes_on[1:] = drawn[1:] & drawn[:-1] & (enter[1:] == 0.0) & (leave[:-1] == 1.0)
    count = np.where(drawn, pieces + 1 - goes_on, 0)
    at = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(at)) - np.repeat(np.cumsum(count) - count, count) + goes_on[at]
    share = enter[at] + (leave - enter)[at] * (number / pieces[at])
    points = a[at] + share[:, np.newaxis] * (b - a)[at]
    off_a, off_b = _off_surface(terrain, places)
    off = (1.0 - share) * off_a[at] + share * off_b[at]
    points[:, 2] = (terrain.height_at(points[:, 0], points[:, 1]) + off).clip(0.0, 1.0)
    return DrapedLine(points, number > 0, at)


def _inside(a: Array, b: Array) -> tuple[Array, Array]:
    """Return the shares of the way from ``a`` to ``b`` (n, 2) at which it enters and leaves the window.

    After Liang and Barsky; a way that misses the window enters after it leaves.
    """
    way = b - a
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (-1.0 - a) / way, (1.0 - a) / way
        first, last = np.minimum(to_low, to_high), np.maximum(to_low, to_high)
    # Where it does not move along an axis it is within the window all the way, or not at all.
    still, endless = way == 0.0, np.where(np.abs(a) <= 1.0, np.inf, -np.inf)
    first, last = np.where(still, -endless, first), np.where(still, endless, last)
    return np.maximum(first.max(axis=1), 0.0), np.minimum(last.min(axis=1), 1.0)


def _off_surface(terrain: Terrain, places: Array) -> tuple[Array, Array]:
    """Return how far both ends of every step are above the surface; outside it is as at the other end."""
    off = places[:, 2] - terrain.height_at(places[:, 0], places[:, 1])
    outside: Flags = np.abs(places[:, :2]).max(axis=1) > 1.0
    off[outside] = 0.0
    a, b = off[:-1], off[1:]
    return np.where(outside[:-1], b, a), np.where(outside[1:], a, b)
