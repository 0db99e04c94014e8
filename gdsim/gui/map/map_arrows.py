"""The arrows of the selected run's update on the contour map."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QTransform

from gdsim.core.analysis.arrow_lengths import Drawing
from gdsim.gui.arrows.paint import ArrowShape, in_order, paint_shapes
from gdsim.gui.arrows.style import rates_style, shown_style
from gdsim.gui.map.map_pixels import around_view, corners, cut, pixels_of
from gdsim.gui.style.theme import LIGHT, Theme

# Room around the places for heads, widths and halos, in pixels.
_ROOM = 16.0
_TURN = np.linspace(0.0, 2.0 * np.pi, 97)
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)


class MapArrows(pg.GraphicsObject):
    """All arrows in one item: they change together, in every frame."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._part = ""
        self._drawing: Drawing | None = None
        self._bounds = QRectF()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme
        self.update()

    def show_drawing(self, drawing: Drawing | None, part: str) -> None:
        """Draw the arrows of an update, or none; those of ``part`` are lit, unless it is empty."""
        if drawing is None and self._drawing is None:
            return
        self.prepareGeometryChange()
        self._drawing, self._part = drawing, part
        self._bounds = _bounds(drawing)

    def viewTransformChanged(self) -> None:
        """Follow the scale of the map: there is room for heads, whose size is in pixels."""
        self.prepareGeometryChange()
        super().viewTransformChanged()  # or it would go on taking the map for what it was

    def boundingRect(self) -> QRectF:
        """Return where the arrows are, in the map's units."""
        view = self.viewRect()
        if self._bounds.isNull() or view is None:
            return QRectF()
        size = self.pixelVectors()
        if size[0] is None:
            return QRectF()
        across, up = _ROOM * size[0].x(), _ROOM * abs(size[1].y())
        room = self._bounds.adjusted(-across, -up, across, up)
        return room.intersected(view.adjusted(-across, -up, across, up))

    def paint(self, painter: QPainter, *args: object) -> None:
        """Paint in pixels, at the very places."""
        if self._drawing is None:
            return
        transform, view = painter.worldTransform(), around_view(painter)
        painter.save()
        painter.resetTransform()
        paint_shapes(painter, _shapes(self._drawing, self._part, self._theme, transform, view), self._theme)
        painter.restore()


def _shapes(
    drawing: Drawing, part: str, theme: Theme, transform: QTransform, view: QRectF
) -> list[ArrowShape]:
    shapes = []
    if drawing.scale is not None:
        around = pixels_of(drawing.scale.center + drawing.scale.radii * _CIRCLE, transform)
        shapes.append(ArrowShape(np.clip(around, *corners(view)), rates_style(part, theme)))
    for arrow in in_order(drawing):
        line = cut(pixels_of(np.stack([arrow.start, arrow.end]), transform), view)
        if line is not None:
            shapes.append(ArrowShape(line, shown_style(arrow, part, theme)))
    return shapes


def _bounds(drawing: Drawing | None) -> QRectF:
    """Return the smallest rectangle with all arrows in it, in the map's units."""
    if drawing is None:
        return QRectF()
    places = [place for arrow in drawing.arrows for place in (arrow.start, arrow.end)]
    if drawing.scale is not None:
        places += [drawing.scale.center - drawing.scale.radii, drawing.scale.center + drawing.scale.radii]
    if not places:
        return QRectF()
    (left, low), (right, high) = np.min(places, axis=0).tolist(), np.max(places, axis=0).tolist()
    return QRectF(left, low, right - left, high - low)
