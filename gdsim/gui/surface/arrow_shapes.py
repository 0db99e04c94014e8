"""The arrows of the selected run's update, draped over the surface."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gdsim.core.analysis.arrow_lengths import DrawnArrows
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.arrays import Array
from gdsim.gui.arrows.paint import ArrowShape, ArrowStyle, rates_style, shown_arrows
from gdsim.gui.paint.drawing import circle
from gdsim.gui.style.theme import Theme
from gdsim.gui.surface.terrain import Terrain, draped_line, hidden_places
from gdsim.gui.surface.trails import SurfaceStage, place_of

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

_CIRCLE = circle(60)


class _Polyline(NamedTuple):
    """The course of an arrow or another line in the box: places (n, 3) joined by straight steps."""

    places: Array
    style: ArrowStyle
    factor: str = ""


def arrow_shapes(
    stage: SurfaceStage, drawing: DrawnArrows, update: "Update", part: str, theme: Theme
) -> list[ArrowShape]:
    """Return the shapes of an update's arrows in painting order.

    An arrow that leaves the view range is cut off at its edge and has no head.

    The losses of the update tell how far off the surface its arrows begin and end.
    """
    courses = _courses(stage.terrain, drawing, update, part, theme)
    if not courses:
        return []
    # Drape all arrows in one call, whose cost hardly depends on their lengths.
    counts = np.array([len(course.places) for course in courses])
    last = np.cumsum(counts) - 1
    steps = np.ones(last[-1], dtype=np.bool_)
    steps[last[:-1]] = False
    line = draped_line(stage.terrain, np.concatenate([course.places for course in courses]), steps)
    behind = hidden_places(stage.terrain, line.points, stage.view.eye)
    behind[1:] |= behind[:-1] & line.joined[1:]
    pixels = stage.view.project(line.points)
    ends = np.searchsorted(line.steps, last)
    shapes = []
    for course, begin, end in zip(courses, [0, *ends[:-1]], ends, strict=True):
        if begin < end:
            of = slice(begin, end)
            shapes.append(ArrowShape(pixels[of], course.style, line.joined[of], behind[of], course.factor))
    return shapes


def line_shapes(stage: SurfaceStage, ends: Array, style: ArrowStyle) -> list[ArrowShape]:
    """Return the shapes of a straight line of the plane (2, 2), draped over the surface."""
    places = stage.terrain.place(ends[:, 0], ends[:, 1], 0.0)
    places[:, 2] = stage.terrain.height_at(places[:, 0], places[:, 1])
    line = draped_line(stage.terrain, places, np.ones(1, dtype=np.bool_))
    if not len(line.points):
        return []
    behind = hidden_places(stage.terrain, line.points, stage.view.eye)
    behind[1:] |= behind[:-1]
    return [ArrowShape(stage.view.project(line.points), style, line.joined, behind)]


def _courses(
    terrain: Terrain, drawing: DrawnArrows, update: "Update", part: str, theme: Theme
) -> list[_Polyline]:
    arrows = shown_arrows(drawing, part, theme)
    ends = [place for arrow, *_ in arrows for place in (arrow.start, arrow.end)]
    scale = drawing.scale
    around = scale.center + scale.radii * _CIRCLE if scale else np.empty((0, 2))
    places = _above(terrain, np.concatenate([around, np.reshape(ends, (-1, 2))]), update)
    courses = [_Polyline(places[: len(around)], rates_style(part, theme))] if scale else []
    for number, (arrow, style, factor) in enumerate(arrows):
        first = len(around) + 2 * number
        course = places[first : first + 2]
        if arrow.kind is ArrowKind.STEP and drawing.times == 1.0:
            # The step ends at the run's next place, which may be off the surface if this is a slice.
            course[1] = place_of(terrain, update.after, np.array(update.loss_after))
        courses.append(_Polyline(course, style if _is_inside(course[1]) else style.headless(), factor))
    return courses


def _above(terrain: Terrain, plane: Array, update: "Update") -> Array:
    """Return places of the plane (n, 2) in the box, as far above the surface as the start of the update."""
    begin = place_of(terrain, update.before, np.array(update.loss_before))
    places = terrain.place(plane[:, 0], plane[:, 1], 0.0)
    every = np.vstack([begin, places])
    heights = terrain.height_at(every[:, 0], every[:, 1])
    places[:, 2] = heights[1:] + (begin[2] - heights[0] if _is_inside(begin) else 0.0)
    return places


def _is_inside(place: Array) -> bool:
    x, y, _ = place.tolist()
    return bool(abs(x) <= 1.0 and abs(y) <= 1.0)
