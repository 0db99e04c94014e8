"""The part of the plane that a map draws, and how its contour lines are chosen."""

import math
from typing import NamedTuple

from gdsim.core.model.view_range import ViewRange

# A map with equal axes shows at most this many times the range of w or b that was asked for. If it showed
# more, the view range would be a sliver in the middle.
_MOST_BEYOND = 6.0
# A map grows by this many samples at a time, so that not every pixel of a resized pane needs another surface.
_CELLS = 10


class MapView(NamedTuple):
    # Width divided by height of a map on which a unit of w is as long as one of b, and which therefore draws
    # more of the plane along its longer side. None where the view range is stretched to fill the pane.
    aspect: float | None = None
    low_lines: bool = False  # Whether levels are denser near the bottom, instead of at even steps of loss


class MapPlan(NamedTuple):
    """How a surface is sampled for a map."""

    # w, b: how many samples are added on either side of the view range.
    w: int = 0
    b: int = 0
    low_lines: bool = False
    log: bool = False  # Whether heights, lines and colours are those of the logarithm of the loss


PLAIN = MapPlan()


def equal_axes(view_range: ViewRange, aspect: float) -> ViewRange:
    """Return the smallest part of the plane around a view range that fills a map with equal axes.

    Return the view range itself, without equal axes, where that part would be far too large.
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


def map_plan_of(view_range: ViewRange, view: MapView, grid: int, *, log: bool = False) -> MapPlan:
    """Return the plan of a map of a view range that has ``grid`` samples along each side."""
    if view.aspect is None:
        return MapPlan(low_lines=view.low_lines, log=log)
    whole = equal_axes(view_range, view.aspect)
    sides = zip(whole.extent, view_range.extent, strict=True)
    w, b = (_whole_cells((all_ / part - 1.0) / 2.0 * (grid - 1)) for all_, part in sides)
    return MapPlan(w, b, view.low_lines, log)


def _whole_cells(cells: float) -> int:
    # An excess within rounding error needs no further samples.
    return _CELLS * math.ceil((cells - 1e-6) / _CELLS)
