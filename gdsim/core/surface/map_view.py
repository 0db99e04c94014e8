"""Which part of the plane a map draws, and at which heights it has lines."""

import math
from typing import NamedTuple

from gdsim.core.model.view_range import ViewRange

# A map of equal axes shows so many times as much of w or of b as was asked for, at most. Where that is not
# enough one of them would be a sliver in the middle.
_MOST_BEYOND = 6.0
# By so many samples at once a map grows, so that not every pixel of a pane asks for another surface.
_CELLS = 10


class MapView(NamedTuple):
    """How a map is drawn."""

    # Width of the map divided by its height, where a unit of w is as long as one of b and more of the plane
    # is drawn at the longer side. None where the map fills its pane, whatever the units are.
    aspect: float | None = None
    low_lines: bool = False  # Whether there are more lines near the bottom, not one for each step of loss


class MapPlan(NamedTuple):
    """How a surface is sampled for a map."""

    # w, b: how many samples there are on either side beyond the view range.
    w: int = 0
    b: int = 0
    low_lines: bool = False
    log: bool = False  # Whether heights, lines and colours are those of the logarithm of the loss


PLAIN = MapPlan()


def equal_axes(view_range: ViewRange, aspect: float) -> ViewRange:
    """Return the smallest part of the plane around a view range that fills a map with equal axes.

    The view range itself is returned where that would show much too much: the axes are not equal then.
    """
    w, b = view_range.extent
    beyond = aspect * b / w
    if not 1.0 / _MOST_BEYOND <= beyond <= _MOST_BEYOND:
        return view_range
    if beyond >= 1.0:
        more = (aspect * b - w) / 2.0
        whole = view_range._replace(w_min=view_range.w_min - more, w_max=view_range.w_max + more)
    else:
        more = (w / aspect - b) / 2.0
        whole = view_range._replace(b_min=view_range.b_min - more, b_max=view_range.b_max + more)
    return view_range if whole.fault() else whole


def plan_of(view_range: ViewRange, view: MapView, grid: int, *, log: bool = False) -> MapPlan:
    """Return how a view range with ``grid`` samples along each side is sampled for a map."""
    if view.aspect is None:
        return MapPlan(low_lines=view.low_lines, log=log)
    whole = equal_axes(view_range, view.aspect)
    sides = zip(whole.extent, view_range.extent, strict=True)
    w, b = (_whole_cells((all_ / part - 1.0) / 2.0 * (grid - 1)) for all_, part in sides)
    return MapPlan(w, b, view.low_lines, log)


def _whole_cells(cells: float) -> int:
    # What is a rounding error beyond the range needs no sample.
    return _CELLS * math.ceil((cells - 1e-6) / _CELLS)
