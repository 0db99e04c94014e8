"""The frame of the box: floor, back walls, and the places of ticks and names."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import log_texts, nice_ticks, tick_texts
from gdsim.core.formulas.numerals import number
from gdsim.core.surface.heights import HeightScale
from gdsim.gui.surface.projection import Projection
from gdsim.gui.surface.terrain import Terrain

# Least distance of two ticks, in pixels.
_GAP_PX = 30.0
_MOST_TICKS = 8
# One number alone gives no scale. A number that finds no room is left out later.
_FEWEST_TICKS = 2
# Least length in pixels of an upright axis, which is too short to read when seen from far above.
_SHORTEST_PX = 40.0
_UP = (0.0, -1.0)
_LEFT = (-1.0, 0.0)

BoxPlace = tuple[float, float, float]
Direction = tuple[float, float]


@dataclass(frozen=True)
class Tick:
    """A number at an axis: its text, its place in the box, and the direction in the pane out of the box."""

    text: str
    place: BoxPlace
    outward: Direction


@dataclass(frozen=True)
class Axis:
    """An axis with its name, the place and outward direction of the name, and its ticks."""

    name: str
    middle: BoxPlace
    outward: Direction
    ticks: tuple[Tick, ...]

    @property
    def upright(self) -> bool:
        return self.outward == _UP


@dataclass(frozen=True, eq=False)
class BoxFrame:
    """The grid and edges behind the surface, and the axes in front."""

    grid: Array  # (k, 2, 3): both ends of every line
    edges: Array
    axes: tuple[Axis, ...]


def frame_of(terrain: Terrain, view: Projection, names: tuple[str, str, str]) -> BoxFrame:
    """Return the frame of the box as a view shows it.

    The walls are those behind the surface; the axes run along the front edges, where nothing hides their
    numbers. Seen from straight above, w is at the bottom and b at the left, as on the contour map.
    """
    front = _front(view, 0.0)
    w_min, w_max, b_min, b_max = terrain.view_range
    corner = _left_corner(view, front)
    upright = _length(view, (*corner, 0.0), (*corner, 1.0)) >= _SHORTEST_PX
    if not upright:
        front = _front(view, 1.0)
    w, w_texts = _ticks(view, (w_min, w_max), (-1.0, front[1], 0.0), (1.0, front[1], 0.0))
    b, b_texts = _ticks(view, (b_min, b_max), (front[0], -1.0, 0.0), (front[0], 1.0, 0.0))
    axes = [
        _floor_axis(view, names[0], [(x, front[1], 0.0) for x in w], (0.0, front[1], 0.0), w_texts),
        _floor_axis(view, names[1], [(front[0], y, 0.0) for y in b], (front[0], 0.0, 0.0), b_texts),
    ]
    grid, edges = list(_floor_grid(w, b)), list(_floor_edges())
    if upright:
        most = _most_ticks(view, (*corner, 0.0), (*corner, 1.0))
        loss, texts = loss_ticks(terrain.scale, most)
        ticks = tuple(Tick(text, (*corner, z), _LEFT) for z, text in zip(loss, texts, strict=True))
        axes.append(Axis(names[2], (*corner, 1.0), _UP, ticks))
        grid += _wall_grid(w, b, loss, (-front[0], -front[1]))
        edges += _wall_edges((-front[0], -front[1]))
    return BoxFrame(np.array(grid).reshape(-1, 2, 3), np.array(edges), tuple(axes))


def _front(view: Projection, steep: float) -> Direction:
    """Return which side, 1 or -1, of w and of b is in front.

    The front side is the one lower in the pane, or the left one if the line between both sides rises by
    less than ``steep``.
    """
    sides = []
    for end in ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)):
        (x0, y0), (x1, y1) = view.project(np.array([(-end[0], -end[1], 0.0), end])).tolist()
        above_each_other = abs(y1 - y0) > 1.0 + steep * abs(x1 - x0)
        sides.append(1.0 if (y1 > y0 if above_each_other else x1 < x0) else -1.0)
    return sides[0], sides[1]


def _left_corner(view: Projection, front: Direction) -> Direction:
    """Return the left one of the two corners between a wall and the front, where the loss axis stands."""
    corners = ((front[0], -front[1]), (-front[0], front[1]))
    across = [float(view.project(np.array([*corner, 0.0]))[0]) for corner in corners]
    return corners[0] if across[0] < across[1] else corners[1]


def _ticks(
    view: Projection, ends: tuple[float, float], start: BoxPlace, end: BoxPlace
) -> tuple[list[float], list[str]]:
    """Return the positions of ticks along an edge of the floor, from -1 to 1, and their texts."""
    low, high = ends
    ticks = nice_ticks(low, high, _most_ticks(view, start, end))
    if len(ticks) < _FEWEST_TICKS:
        ticks = nice_ticks(low, high, _FEWEST_TICKS + 1)
    at = -1.0 + 2.0 * ((ticks - low) / (high - low))
    return at.tolist(), tick_texts(ticks)


def _most_ticks(view: Projection, start: BoxPlace, end: BoxPlace) -> int:
    return int(min(max(_length(view, start, end) / _GAP_PX, 2), _MOST_TICKS))


def loss_ticks(scale: HeightScale, most: int) -> tuple[list[float], list[str]]:
    """Return the heights of ticks in the box, from 0 to 1, and their texts.

    On a logarithmic scale the texts give the distance of the loss from the scale's base.
    """
    if scale.base is None:
        ticks = nice_ticks(scale.low, scale.high, most)
        return scale.height(ticks).tolist(), tick_texts(ticks)
    ticks = scale.round_distances(most)
    return scale.height(scale.base + ticks).tolist(), log_texts(np.log10(ticks).tolist())


def loss_name(scale: HeightScale) -> str:
    """Return the name of the upright axis: the loss, or its distance from the base of the scale."""
    if not scale.base:
        return "L"
    return f"L + {number(-scale.base, 3)}"


def _length(view: Projection, start: BoxPlace, end: BoxPlace) -> float:
    return math.dist(*view.project(np.array([start, end])).tolist())


def _floor_axis(
    view: Projection, name: str, places: list[BoxPlace], middle: BoxPlace, texts: list[str]
) -> Axis:
    ticks = tuple(
        Tick(text, place, _outward(view, place, middle)) for place, text in zip(places, texts, strict=True)
    )
    return Axis(name, middle, _outward(view, middle, middle), ticks)


def _outward(view: Projection, place: BoxPlace, middle: BoxPlace) -> Direction:
    """Return the direction in the pane in which the floor's grid leaves the box at ``place``."""
    inner = (place[0] - middle[0], place[1] - middle[1], 0.0)
    (x0, y0), (x1, y1) = view.project(np.array([inner, place])).tolist()
    length = math.hypot(x1 - x0, y1 - y0) or 1.0
    return (x1 - x0) / length, (y1 - y0) / length


def _floor_grid(w: list[float], b: list[float]) -> Iterator[tuple[BoxPlace, BoxPlace]]:
    for x in w:
        yield (x, -1.0, 0.0), (x, 1.0, 0.0)
    for y in b:
        yield (-1.0, y, 0.0), (1.0, y, 0.0)


def _floor_edges() -> Iterator[tuple[BoxPlace, BoxPlace]]:
    for side in (-1.0, 1.0):
        yield (-1.0, side, 0.0), (1.0, side, 0.0)
        yield (side, -1.0, 0.0), (side, 1.0, 0.0)


def _wall_grid(
    w: list[float], b: list[float], heights: list[float], back: Direction
) -> Iterator[tuple[BoxPlace, BoxPlace]]:
    for x in w:
        yield (x, back[1], 0.0), (x, back[1], 1.0)
    for y in b:
        yield (back[0], y, 0.0), (back[0], y, 1.0)
    for z in heights:
        yield (-1.0, back[1], z), (1.0, back[1], z)
        yield (back[0], -1.0, z), (back[0], 1.0, z)


def _wall_edges(back: Direction) -> Iterator[tuple[BoxPlace, BoxPlace]]:
    yield (-1.0, back[1], 1.0), (1.0, back[1], 1.0)
    yield (back[0], -1.0, 1.0), (back[0], 1.0, 1.0)
    for x, y in ((back[0], back[1]), (-back[0], back[1]), (back[0], -back[1])):
        yield (x, y, 0.0), (x, y, 1.0)
