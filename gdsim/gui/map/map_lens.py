"""The curvature at the selected run on the contour map: axes, ellipse, and the parabola's lowest place."""

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import number, percent
from gdsim.core.model.plane import W_AND_B, Axes
from gdsim.gui.map.map_arrows import clip_line, clipping_rect
from gdsim.gui.paint.drawing import circle, outline_pen, paint_letters, polyline_of
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Look
from gdsim.gui.translation import tr

if TYPE_CHECKING:
    from gdsim.core.analysis.curvature.curvature import Curvature
    from gdsim.core.analysis.curvature.stability import Stability

_CIRCLE = circle(96)
_FALLING = (4.0, 3.0)
_CROSS = 6.0
_LABEL_SIZE, _APART = 12, 12.0
# Margin around other letters, for their halos.
_MARGIN = 3.0
_DIGITS = 4


class MapLens:
    """Painter of the curvature of the loss at the selected run, with half axes proportional to 1 / √|λ|."""

    def __init__(self) -> None:
        self._theme, self._ui_scale = LIGHT, 1.0
        self._found: Stability | None = None
        self._axes: Axes = W_AND_B
        self.on = False

    def set_look(self, look: Look) -> None:
        self._theme, self._ui_scale = look.theme, look.ui_scale

    def show(self, found: "Stability | None", axes: Axes = W_AND_B) -> None:
        """Set the curvature to show, and the axes of the map; None shows nothing."""
        self._found, self._axes = found, axes

    @property
    def words(self) -> str:
        """A sentence about what is drawn; empty if nothing is."""
        found = self._found
        if not self.on or found is None or not found.modes:
            return ""
        product = number(found.product, _DIGITS)
        if not math.isfinite(found.gauge):
            return tr("Curvature at the run: η·λ = {0}.").format(product)
        sentence = tr("Curvature at the run: η·λ = {0}, {1} of the limit of its rule.")
        return sentence.format(product, percent(found.gauge))

    def paint(self, painter: QPainter, place: PlotMapping) -> None:
        plane, half = self._drawn(place)
        if plane is None or half is None or self._found is None:
            return
        from gdsim.gui.arrows.stability import stability_colour  # noqa: PLC0415 - not before the first lens

        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ball = place.pixels(plane.place)
        colour = QColor(stability_colour(self._found.gauge, self._theme))
        self._paint_ellipse(painter, ball, half, plane.axes[0], colour)
        self._paint_bottom(painter, place, plane, ball, colour)

    def paint_numbers(self, painter: QPainter, place: PlotMapping, taken: Iterable[QRectF] = ()) -> None:
        """Write the curvatures at the ends of the axes, clear of the rectangles that are ``taken``.

        Call it last, so that everything else at the run is below them.
        """
        plane, half = self._drawn(place)
        if plane is None or half is None:
            return
        ball = place.pixels(plane.place)
        rooms = [one.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN) for one in taken]
        for axis, value in zip(half, plane.axes[0].tolist(), strict=True):
            rooms.append(self._paint_value(painter, ball + axis, axis, value, place.area, rooms))

    def _drawn(self, place: PlotMapping) -> "tuple[Curvature | None, Array | None]":
        """Return the curvature in the plane of the map, and the half axes of its ellipse; None for none."""
        found = self._found
        if not self.on or found is None or not found.curvature.is_finite:
            return None, None
        from gdsim.core.analysis.curvature.curvature import half_axes  # noqa: PLC0415 - as above

        plane = found.curvature.in_plane(self._axes)
        return plane, half_axes(plane, place.scale)

    def _paint_ellipse(
        self, painter: QPainter, ball: Array, half: Array, values: Array, colour: QColor
    ) -> None:
        """Paint axes and ellipse, dashing axes along which the loss curves down, and then the ellipse."""
        outline = polyline_of(ball + _CIRCLE @ half)
        for pen in self._pens(colour, falls=bool((values < 0.0).any())):
            painter.setPen(pen)
            painter.drawPolyline(outline)
        for axis, value in zip(half, values.tolist(), strict=True):
            for pen in self._pens(colour, falls=value < 0.0):
                painter.setPen(pen)
                painter.drawPolyline(polyline_of(np.stack([ball - axis, ball + axis])))

    def _pens(self, colour: QColor, *, falls: bool) -> tuple[QPen, QPen]:
        line = QPen(colour, 2.0 * self._ui_scale)
        if falls:
            line.setDashPattern(_FALLING)
        return outline_pen(self._theme.halo, 4.5 * self._ui_scale), line

    def _paint_value(
        self, painter: QPainter, end: Array, axis: Array, value: float, area: QRectF, taken: list[QRectF]
    ) -> QRectF:
        """Write the curvature at the end of its axis, or at the edge of the plot.

        Keeps clear of the rectangles that are ``taken``; returns the rectangle that it takes itself.
        """
        font, size = painter.font(), round(_LABEL_SIZE * self._ui_scale)
        font.setPixelSize(size)
        length = float(np.hypot(*axis)) or 1.0
        across, down = (end + _APART * self._ui_scale * axis / length).tolist()
        text = f"λ = {number(value, 2)}"
        width = QFontMetricsF(font).horizontalAdvance(text) + 4.0
        left = across - (width if axis[0] < 0.0 else 0.0)
        left = max(min(left, area.right() - width), area.left() + 4.0)
        down = max(min(down + 4.0, area.bottom() - 4.0), area.top() + size)
        room = room_beside(QRectF(left, down - size, width, size + 2.0), area, taken)
        theme, begins = self._theme, QPointF(left, room.top() + size)
        paint_letters(painter, begins, font, text, theme.text, theme.halo, 3.5)
        return room

    def _paint_bottom(
        self, painter: QPainter, place: PlotMapping, plane: "Curvature", ball: Array, colour: QColor
    ) -> None:
        """Mark the lowest place of the parabola, and paint the line to it."""
        bottom = plane.bottom
        if bottom is None:
            return
        there = place.pixels(bottom)
        way = clip_line(np.stack([ball, there]), clipping_rect(place))
        if way is None:
            return
        arms = np.array([[_CROSS, 0.0], [0.0, _CROSS]])
        for pen in self._pens(colour, falls=False):
            painter.setPen(pen)
            for arm in arms:
                painter.drawLine(QPointF(*(there - arm)), QPointF(*(there + arm)))
        painter.setPen(QPen(colour, 1.5 * self._ui_scale, Qt.PenStyle.DotLine))
        painter.drawPolyline(polyline_of(way))


def room_beside(room: QRectF, area: QRectF, taken: list[QRectF]) -> QRectF:
    """Return the nearest free room above or below what is taken; the same room if none is free."""
    rooms = [room]
    for one in taken:  # one pixel away, because rounding could make touching rooms overlap
        up, down = one.top() - room.bottom() - 1.0, one.bottom() - room.top() + 1.0
        rooms += [room.translated(0.0, up), room.translated(0.0, down)]
    free = [one for one in rooms if area.contains(one) and not any(map(one.intersects, taken))]
    return min(free, key=lambda one: abs(one.top() - room.top()), default=room)
