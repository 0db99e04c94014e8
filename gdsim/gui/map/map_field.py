"""The field of arrows against the gradient all over the contour map."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from gdsim.core.surface.field import field_arrows
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.paint.drawing import draw_pieces, outline_pen
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Theme


class MapField:
    """Painter of a field of arrows, which is recomputed when the surface or the visible part changes."""

    def __init__(self) -> None:
        self._theme = LIGHT
        self._surface: LossSurface | None = None
        self._place: PlotMapping | None = None
        self._lines = np.empty((0, 4))
        self.on = False

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def show_surface(self, surface: LossSurface) -> None:
        self._surface, self._place = surface, None

    def paint(self, painter: QPainter, place: PlotMapping) -> None:
        if not self.on or self._surface is None:
            return
        if place != self._place:
            area = place.area
            room = (area.left(), area.top()), (area.right(), area.bottom())
            self._place, self._lines = place, field_arrows(self._surface, place.scale, place.shift, *room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.halo, 3.0), (self._theme.text, 1.2)):
            painter.setPen(outline_pen(colour, width))
            draw_pieces(painter, self._lines)
