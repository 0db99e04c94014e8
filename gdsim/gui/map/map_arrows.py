"""The arrows of the selected run's update on the contour map."""

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from gdsim.core.analysis.arrow_lengths import Drawing
from gdsim.gui.arrows.paint import ArrowShape, in_order, paint_shapes
from gdsim.gui.arrows.style import rates_style, shown_style
from gdsim.gui.map.map_pixels import around, corners, cut
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Theme

_TURN = np.linspace(0.0, 2.0 * np.pi, 97)
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)


class MapArrows:
    """Paints all arrows: they change together, in every frame."""

    def __init__(self) -> None:
        self._theme = LIGHT
        self._part = ""
        self._drawing: Drawing | None = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme

    def show_drawing(self, drawing: Drawing | None, part: str) -> None:
        """Draw the arrows of an update, or none; those of ``part`` are lit, unless it is empty."""
        self._drawing, self._part = drawing, part

    def paint(self, painter: QPainter, place: PlotMapping) -> None:
        """Paint at the very places."""
        if self._drawing is not None:
            shapes = _shapes(self._drawing, self._part, self._theme, place, around(place))
            paint_shapes(painter, shapes, self._theme)


def _shapes(drawing: Drawing, part: str, theme: Theme, place: PlotMapping, view: QRectF) -> list[ArrowShape]:
    shapes = []
    if drawing.scale is not None:
        ring = place.pixels(drawing.scale.center + drawing.scale.radii * _CIRCLE)
        shapes.append(ArrowShape(np.clip(ring, *corners(view)), rates_style(part, theme)))
    for arrow in in_order(drawing):
        line = cut(place.pixels(np.array([arrow.start, arrow.end])), view)
        if line is not None:
            shapes.append(ArrowShape(line, shown_style(arrow, part, theme)))
    return shapes
