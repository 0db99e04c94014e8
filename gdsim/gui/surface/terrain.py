"""The error surface scaled into a unit box: w and b from -1 to 1, the loss from 0 to 1."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags, Rows, frozen
from gdsim.core.model.plane import W_AND_B, Axes
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.heights import HeightScale
from gdsim.core.surface.surface import LossSurface

# Coordinates in the box are clipped to this size, far outside the view range.
_FAR = 1e6
_LOWEST_PLACE, _HIGHEST_PLACE = np.array([-_FAR, -_FAR, 0.0]), np.array([_FAR, _FAR, 1.0])
# A place counts as hidden when the surface rises above the line of sight by this much, so that the
# unevenness of a slope does not hide what lies on it.
_TOLERANCE = 0.012
# Shares of a line of sight at which the surface is sampled: densely near the place, where small hills
# matter.
_SIGHT_SHARES = np.linspace(0.0, 1.0, 41)[1:, np.newaxis] ** 1.6
# Samples go no farther towards the eye than this share of the way.
_NEAR_EYE = 0.99
# Places on a line of sight that are compared with the surface to find where they meet.
_SIGHT_SAMPLES = 400
# A straight step is draped over the surface in pieces no longer than this.
_PIECE = 1.0 / 40.0
_MOST_PIECES = 80


@dataclass(frozen=True, eq=False)
class Terrain:
    """The error surface, scaled into the unit box."""

    view_range: ViewRange
    scale: HeightScale  # from the loss at the floor of the box to the loss at its top
    heights: Array  # (W, B): from 0 to 1
    axes: Axes = W_AND_B  # the two parameters that are drawn

    def place(self, w: npt.ArrayLike, b: npt.ArrayLike, loss: npt.ArrayLike) -> Array:
        """Return the places in the box of parameters and their losses, along a new last axis of length 3.

        A loss outside the box is clipped to its floor or top, and NaN to the top; a place far outside is
        brought nearer, but stays outside.
        """
        view_range = self.view_range
        w, b, loss = np.broadcast_arrays(w, b, loss)
        place = np.empty((*w.shape, 3))
        with np.errstate(all="ignore"):
            place[..., 0] = (w - view_range.w_min) * (2.0 / (view_range.w_max - view_range.w_min)) - 1.0
            place[..., 1] = (b - view_range.b_min) * (2.0 / (view_range.b_max - view_range.b_min)) - 1.0
            place[..., 2] = self.scale.height_unguarded(loss)
        place[np.isnan(place)] = _FAR
        return place.clip(_LOWEST_PLACE, _HIGHEST_PLACE, out=place)

    def parameters(self, x: float, y: float) -> tuple[float, float]:
        """Return w and b of a place on the floor."""
        view_range = self.view_range
        w, b = view_range.extent
        return view_range.w_min + 0.5 * (x + 1.0) * w, view_range.b_min + 0.5 * (y + 1.0) * b

    def height_at(self, x: Array, y: Array) -> Array:
        """Return the surface's height by bilinear interpolation; outside, the height of its edge."""
        rows, columns = self.heights.shape
        u = ((x + 1.0) * (0.5 * (rows - 1))).clip(0.0, rows - 1.0)
        v = ((y + 1.0) * (0.5 * (columns - 1))).clip(0.0, columns - 1.0)
        i = np.minimum(u.astype(np.intp), rows - 2)
        j = np.minimum(v.astype(np.intp), columns - 2)
        u, v = u - i, v - j
        flat = self.heights.ravel()
        corner = i * columns + j
        near = flat.take(corner) * (1.0 - v) + flat.take(corner + 1) * v
        corner += columns
        far = flat.take(corner) * (1.0 - v) + flat.take(corner + 1) * v
        between: Array = near * (1.0 - u) + far * u
        return between


def terrain_of(surface: LossSurface) -> Terrain:
    view_range = surface.view_range
    terrain = Terrain(view_range, surface.heights, np.empty(0), surface.plane.axes)
    return replace(
        terrain, heights=frozen(terrain.place(view_range.w_min, view_range.b_min, surface.drawn_loss)[..., 2])
    )


def hidden_places(terrain: Terrain, places: Array, eye: Array) -> Flags:
    """Return which of the places (n, 3) the surface hides from the eye: shape (n,)."""
    toward = eye - places
    with np.errstate(divide="ignore", invalid="ignore"):
        # Distance to where the line of sight leaves the box.
        leave = np.where(toward != 0.0, (np.where(toward > 0.0, 1.0, -1.0) - places) / toward, np.inf)
    ends = np.maximum(np.min(leave, axis=-1), 0.0)
    shares = _SIGHT_SHARES * np.minimum(ends, 1.0)
    x, y, z = (places[:, axis] + shares * toward[:, axis] for axis in range(3))
    above: Flags = (terrain.height_at(x, y) > z + _TOLERANCE).any(axis=0)
    return above


def lowest_in_sight(terrain: Terrain, x: Array, y: Array, eye: Array) -> Array:
    """Return the lowest height at which the eye sees places above x and y (n,): shape (n,).

    It is the surface's own height where no hill is in front of it.
    """
    toward_x, toward_y = eye[0] - x, eye[1] - y
    with np.errstate(divide="ignore", invalid="ignore"):
        leaves = [
            np.where(toward != 0.0, (np.sign(toward) - place) / toward, np.inf)
            for toward, place in ((toward_x, x), (toward_y, y))
        ]
    ends = np.minimum(*leaves).clip(0.0, _NEAR_EYE)
    shares = _SIGHT_SHARES * ends
    heights = terrain.height_at(x + shares * toward_x, y + shares * toward_y)
    # A line of sight that begins at this height just touches the surface at the sample.
    touching = (heights - shares * eye[2]) / (1.0 - shares)
    lowest: Array = np.maximum(touching.max(axis=0), terrain.height_at(x, y))
    return lowest


def first_hit(terrain: Terrain, top: Array, floor: Array) -> Array | None:
    """Return x and y of the place where a line of sight first meets the surface; None if it misses.

    The line goes from ``top`` (3,), at the height of the top of the box, down to ``floor`` (3,).
    """
    enter, leave = (float(share[0]) for share in _inside(top[np.newaxis, :2], floor[np.newaxis, :2]))
    if not enter < leave:
        return None
    shares = np.linspace(enter, leave, _SIGHT_SAMPLES)
    x, y, z = (top + shares[:, np.newaxis] * (floor - top)).T
    above = z - terrain.height_at(x, y)
    # A line from outside may come in below the surface's edge and meet the surface from below.
    crossed = np.flatnonzero((above[1:] > 0.0) != (above[:-1] > 0.0))
    if not crossed.size:
        return None
    at = int(crossed[0])
    part = above[at] / (above[at] - above[at + 1])
    return np.array([x[at] + part * (x[at + 1] - x[at]), y[at] + part * (y[at + 1] - y[at])])


class DrapedLine(NamedTuple):
    points: Array  # (m, 3): in the unit box
    joined: Flags  # (m,): whether a line joins the point to the one before
    # (m,): the step that each point belongs to; a point between two joined steps belongs to the first.
    steps: Rows


def draped_line(terrain: Terrain, places: Array, steps: Flags) -> DrapedLine:
    """Drape steps between places over the surface, and cut them off at the edge of the view range.

    Through the places, the line goes at their own heights. Between them it follows the surface, at a
    distance interpolated between both places' distances, which differ from 0 in a slice through more than
    two parameters.

    The ``places`` (n, 3) may be in or out of the view range; ``steps`` (n - 1,) says which are joined to the
    next one.
    """
    a, b = places[:-1], places[1:]
    enter, leave = _inside(a[:, :2], b[:, :2])
    drawn = steps & (enter < leave)
    length = np.hypot(b[:, 0] - a[:, 0], b[:, 1] - a[:, 1]) * np.where(drawn, leave - enter, 0.0)
    pieces = np.where(drawn, np.ceil(length / _PIECE).clip(1, _MOST_PIECES), 0).astype(np.intp)
    # A step that continues the one before shares its first point with it.
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
    """Return the shares of the lines from ``a`` to ``b`` (n, 2) at which they enter and leave the view range.

    Clips as Liang and Barsky do; a line that misses the view range enters after it leaves.
    """
    way = b - a
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (-1.0 - a) / way, (1.0 - a) / way
        first, last = np.minimum(to_low, to_high), np.maximum(to_low, to_high)
    # A line parallel to an axis's edges is between them along its whole length, or nowhere.
    still, endless = way == 0.0, np.where(np.abs(a) <= 1.0, np.inf, -np.inf)
    first, last = np.where(still, -endless, first), np.where(still, endless, last)
    return np.maximum(first.max(axis=1), 0.0), np.minimum(last.min(axis=1), 1.0)


def _off_surface(terrain: Terrain, places: Array) -> tuple[Array, Array]:
    """Return how far both ends of every step are above the surface; an end outside copies the other end."""
    off = places[:, 2] - terrain.height_at(places[:, 0], places[:, 1])
    outside: Flags = np.abs(places[:, :2]).max(axis=1) > 1.0
    off[outside] = 0.0
    a, b = off[:-1], off[1:]
    return np.where(outside[:-1], b, a), np.where(outside[1:], a, b)
