"""The arrows of the selected run's update on the contour map."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath

from gdsim.core.analysis.arrow_lengths import DrawnArrows
from gdsim.core.analysis.arrows import Arrow
from gdsim.core.analysis.batch_view import Pulls, PullScale
from gdsim.core.arrays import Array
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.paint import (
    ArrowShape,
    ArrowStyle,
    layer_style,
    paint_look_ahead,
    paint_shapes,
    rates_style,
    shown_arrows,
)
from gdsim.gui.arrows.words import times_text
from gdsim.gui.paint.drawing import circle, outline_pen, paint_letters
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Look, Theme

_CIRCLE = circle(96)
# Up to this number of arrows, each gets the number of its point.
_MOST_NUMBERS = 8
_NUMBER_SIZE = 10
# The right angle, in pixels: side of its square, half of the tangent, and the shortest arrow to get one.
_CORNER, _TANGENT, _SHORTEST_UPRIGHT = 14.0, 34.0, 22.0


def clipping_rect(place: PlotMapping) -> QRectF:
    """Return the rectangle to which arrows are cut, in pixels.

    It extends beyond the plot by the plot's size on each side, so that arrows leave it in the true direction.
    """
    across, down = place.width, place.height
    return QRectF(-across, -down, 3 * across, 3 * down)


def rect_corners(view: QRectF) -> Array:
    """Return the lowest and highest coordinates of a rectangle: shape (2, 2)."""
    return np.array([[view.left(), view.top()], [view.right(), view.bottom()]])


def clip_line(line: Array, view: QRectF) -> Array | None:
    """Clip a straight line (2, 2) to a rectangle by the Liang–Barsky algorithm; None if it is outside."""
    enter, leave = 0.0, 1.0
    # With single numbers, because arrays of length 2 are slower.
    for start, end, low, high in zip(*line.tolist(), *rect_corners(view).tolist(), strict=True):
        if start == end:
            if not low <= start <= high:
                return None
            continue
        near, far = sorted(((low - start) / (end - start), (high - start) / (end - start)))
        enter, leave = max(enter, near), min(leave, far)
    if not enter < leave:
        return None
    way = line[1] - line[0]
    return np.array([line[0] + enter * way, line[1] if leave == 1.0 else line[0] + leave * way])


def _is_to_scale(place: PlotMapping) -> bool:
    across, up = place.scale
    return math.isclose(abs(across), abs(up), rel_tol=1e-6)


class MapArrows:
    """Painter of the arrows of an update, and below them of the pulls of its points."""

    def __init__(self) -> None:
        self._theme, self._ui_scale = LIGHT, 1.0
        self._part = ""
        self._drawing: DrawnArrows | None = None
        self.rooms_of_factors: list[QRectF] = []  # as last painted
        self.pulls: tuple[Pulls, PullScale] | None = None

    def set_look(self, look: Look) -> None:
        self._theme, self._ui_scale = look.theme, look.ui_scale

    def show(self, drawing: DrawnArrows | None, part: str, pulls: tuple[Pulls, PullScale] | None) -> None:
        """Set what to draw of an update; the arrows of ``part`` are highlighted, unless it is empty."""
        self._drawing, self._part, self.pulls = drawing, part, pulls

    def paint(self, painter: QPainter, place: PlotMapping, taken: Sequence[QRectF] = ()) -> bool:
        """Paint pulls and arrows, with factors clear of ``taken``; return whether there are arrows."""
        view, drawing, self.rooms_of_factors = clipping_rect(place), self._drawing, []
        arrows = self._arrows(drawing, place, view) if drawing is not None else []
        if self.pulls is not None:
            taken = self._paint_pulls(painter, place, self.pulls, arrows, taken)
        if drawing is None:
            return False
        if drawing.upright is not None and _is_to_scale(place):
            self._paint_right_angle(painter, place, drawing.upright)
        self.rooms_of_factors = paint_shapes(painter, arrows, self._theme, self._ui_scale, taken)
        if drawing.look_ahead is not None:
            paint_look_ahead(painter, place.pixel(*drawing.look_ahead.tolist()), self._theme)
        return True

    def _arrows(self, drawing: DrawnArrows, place: PlotMapping, view: QRectF) -> list[ArrowShape]:
        shapes, part, theme = [], self._part, self._theme
        seen = QRectF(0.0, 0.0, place.width, place.height)
        if drawing.scale is not None:
            ring = place.pixels(drawing.scale.center + drawing.scale.radii * _CIRCLE)
            shapes.append(ArrowShape(np.clip(ring, *rect_corners(view)), rates_style(part, theme)))
        for arrow, style, factor in shown_arrows(drawing, part, theme):
            line = clip_line(place.pixels(np.array([arrow.start, arrow.end])), view)
            if line is not None:
                is_seen = clip_line(line, seen) is not None
                shapes.append(ArrowShape(line, style, factor=factor if is_seen else ""))
        return shapes

    def _paint_right_angle(self, painter: QPainter, place: PlotMapping, arrow: Arrow) -> None:
        """Draw the contour's tangent where the gradient's arrow begins, and the right angle between them."""
        (x0, y0), (x1, y1) = place.pixels(np.array([arrow.start, arrow.end])).tolist()
        length = math.dist((x0, y0), (x1, y1))
        if length < _SHORTEST_UPRIGHT:
            return  # no room for the angle
        across, down = (x1 - x0) / length, (y1 - y0) / length
        path = QPainterPath(QPointF(x0 - _TANGENT * down, y0 + _TANGENT * across))
        path.lineTo(x0 + _TANGENT * down, y0 - _TANGENT * across)
        path.moveTo(x0 + _CORNER * across, y0 + _CORNER * down)
        path.lineTo(x0 + _CORNER * (across + down), y0 + _CORNER * (down - across))
        path.lineTo(x0 + _CORNER * down, y0 - _CORNER * across)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.strokePath(path, outline_pen(self._theme.halo, 3.6))
        painter.strokePath(path, outline_pen(self._theme.text, 1.4))

    def _paint_pulls(
        self,
        painter: QPainter,
        place: PlotMapping,
        pulls_at_scale: tuple[Pulls, PullScale],
        above: Sequence[ArrowShape],
        taken: Sequence[QRectF],
    ) -> Sequence[QRectF]:
        """Paint the pulls of points, with the factor clear of arrows ``above``; return all taken rooms."""
        (pulls, scale), view = pulls_at_scale, clipping_rect(place)

        def line(way: Array) -> Array | None:
            with np.errstate(over="ignore", invalid="ignore"):
                ends = np.stack([scale.origin, scale.origin + scale.factor * way])
            return clip_line(place.pixels(ends), view)

        is_true = scale.times == 1.0
        factor = times_text(scale.times) if scale.own and not is_true else ""
        shapes = [
            ArrowShape(one, style, factor=factor if style.hollow else "")
            for way, style in _styled_pulls(pulls, self._theme, is_true=is_true)
            if (one := line(way)) is not None
        ]
        numbers: list[tuple[QPointF, str]] = []
        if len(pulls.each) <= _MOST_NUMBERS:
            numbers = self._numbers([line(way) for way in pulls.each], pulls.rows.tolist())
        font, theme = painter.font(), self._theme
        font.setPixelSize(round(_NUMBER_SIZE * self._ui_scale))
        font.setBold(True)
        metrics = QFontMetricsF(font)
        taken = [*taken, *(metrics.tightBoundingRect(text).translated(at) for at, text in numbers)]
        taken += paint_shapes(painter, shapes, theme, self._ui_scale, taken, above)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at, text in numbers:
            paint_letters(painter, at, font, text, theme.accent, theme.halo, 3.0)
        return taken

    def _numbers(self, lines: list[Array | None], rows: list[int]) -> list[tuple[QPointF, str]]:
        """Return the row number of each point's arrow, as text, and where it is written beyond the tip."""
        numbers = []
        for ends, row in zip(lines, rows, strict=True):
            if ends is None:
                continue
            way = ends[1] - ends[0]
            length = float(np.hypot(*way))
            x, y = ends[1] + (way / length * 9.0 * self._ui_scale if length else 0.0)
            numbers.append((QPointF(x - 3.0 * self._ui_scale, y + 4.0 * self._ui_scale), str(row + 1)))
        return numbers


def _styled_pulls(pulls: Pulls, theme: Theme, *, is_true: bool) -> Iterator[tuple[Array, ArrowStyle]]:
    """Yield the pulls to draw with their styles, from the bottom to the top."""
    single, whole = layer_style(Layer.POINTS, theme), ArrowStyle(theme.gradient, 3.4, head=13.0)
    if pulls.full is not None and pulls.full is not pulls.total:
        yield pulls.full, ArrowStyle(theme.muted, 2.4, (2.0, 1.6), head=12.0, open=True)
    if len(pulls.each) > 1 or pulls.others > 0:
        if pulls.others and len(pulls.each):
            yield pulls.rest, ArrowStyle(theme.accent, 1.8, (1.1, 1.3), head=9.0, open=True)
        for way in pulls.each:
            yield way, single if is_true else single._replace(open=True)
    yield pulls.total, whole if is_true else whole.hollowed()
