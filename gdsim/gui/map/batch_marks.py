"""The points of the selected run's update on the contour map: where each of them pulls."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from gdsim.core.analysis.batch_view import Pulls, PullScale
from gdsim.core.arrays import Array
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.paint import ArrowShape, paint_shapes
from gdsim.gui.arrows.style import ArrowStyle, layer_style, round_pen
from gdsim.gui.map.map_pixels import around, cut
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Theme

# So many arrows can still bear the number of their point.
_MOST_NUMBERS = 8
_NUMBER_SIZE = 10


class BatchMarks:
    """Paints where the points of an update pull, their sum, and the ghost of a sum over all.

    Attributes
    ----------
    shown : (Pulls, PullScale) or None
    """

    def __init__(self) -> None:
        self._theme = LIGHT
        self.shown: tuple[Pulls, PullScale] | None = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._theme = theme

    def show(self, pulls: tuple[Pulls, PullScale] | None) -> None:
        """Draw pulls on their scale, or none."""
        self.shown = pulls

    def paint(self, painter: QPainter, place: PlotMapping) -> None:
        """Paint at the very places."""
        if self.shown is None:
            return
        (pulls, scale), view, theme = self.shown, around(place), self._theme

        def line(way: Array) -> Array | None:
            with np.errstate(over="ignore", invalid="ignore"):
                ends = np.stack([scale.origin, scale.origin + scale.factor * way])
            return cut(place.pixels(ends), view)

        single = len(pulls.each) > 1 or pulls.others > 0
        ways = [(pulls.total, _sum_style(theme))]
        if single:
            # The largest lie below the others.
            ways = [*((way, layer_style(Layer.POINTS, theme)) for way in pulls.each), *ways]
            if pulls.others and len(pulls.each):
                ways.insert(0, (pulls.rest, _rest_style(theme)))
        if pulls.full is not None and pulls.full is not pulls.total:
            ways.insert(0, (pulls.full, _ghost_style(theme)))
        lines = [(line(way), style) for way, style in ways]
        paint_shapes(painter, [ArrowShape(one, style) for one, style in lines if one is not None], theme)
        if len(pulls.each) <= _MOST_NUMBERS:
            self._paint_numbers(painter, [line(way) for way in pulls.each], pulls)

    def _paint_numbers(self, painter: QPainter, lines: list[Array | None], pulls: Pulls) -> None:
        """Write at the tip of each pull which row of the table it belongs to."""
        font = painter.font()
        font.setPixelSize(_NUMBER_SIZE)
        font.setBold(True)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for ends, row in zip(lines, pulls.rows.tolist(), strict=True):
            if ends is None:
                continue
            way = ends[1] - ends[0]
            length = float(np.hypot(*way))
            place = ends[1] + (way / length * 9.0 if length else 0.0)
            path = QPainterPath()
            path.addText(QPointF(place[0] - 3.0, place[1] + 4.0), font, str(row + 1))
            painter.strokePath(path, round_pen(QColor(self._theme.halo), 3.0))
            painter.fillPath(path, QColor(self._theme.accent))


def _rest_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.accent, 1.8, (1.1, 1.3), head=9.0, open=True)


def _sum_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.gradient, 3.4, head=13.0)


def _ghost_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.muted, 2.4, (2.0, 1.6), head=12.0, open=True)
