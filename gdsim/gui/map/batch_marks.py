"""The points of the selected run's update on the contour map: where each of them pulls."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath

from gdsim.core.analysis.batch_view import Pulls, PullScale
from gdsim.core.arrays import Array
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.paint import ArrowShape, paint_shapes
from gdsim.gui.arrows.style import ArrowStyle, layer_style, round_pen
from gdsim.gui.map.map_pixels import around_view, cut, pixels_of
from gdsim.gui.style.theme import LIGHT, Theme

# So many arrows can still bear the number of their point.
_MOST_NUMBERS = 8
_NUMBER_SIZE = 10
# Around the places there is room for heads and numbers, in pixels.
_ROOM = 26.0


class BatchMarks:
    """A layer of the map: where the points of an update pull, their sum, and the ghost of a sum over all."""

    def __init__(self) -> None:
        self._item = _PullItem()
        self._item.setZValue(19)

    def attach(self, plot: pg.PlotWidget) -> None:
        """Draw on a plot whose axes are the first weight and the bias."""
        plot.addItem(self._item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme."""
        self._item.theme = theme
        self._item.update()

    def show(self, pulls: tuple[Pulls, PullScale] | None) -> None:
        """Draw pulls on their scale, or none."""
        if pulls is None:
            self._item.forget()
        else:
            self._item.show_pulls(*pulls)


class _PullItem(pg.GraphicsObject):
    """All pulls in one item: they change together."""

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.scale_of_pulls: PullScale | None = None
        self._pulls: Pulls | None = None
        self._bounds = QRectF()

    def show_pulls(self, pulls: Pulls, scale: PullScale) -> None:
        self.prepareGeometryChange()
        self._pulls, self.scale_of_pulls = pulls, scale
        self._bounds = _bounds(pulls, scale)

    def forget(self) -> None:
        if self._pulls is not None:
            self.prepareGeometryChange()
            self._pulls = self.scale_of_pulls = None
            self._bounds = QRectF()

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()
        super().viewTransformChanged()  # or it would go on taking the map for what it was

    def boundingRect(self) -> QRectF:
        """Return where the pulls are, in the map's units: only there it is painted anew."""
        view, pixel = self.viewRect(), self.pixelVectors()
        if self._bounds.isNull() or view is None or pixel[0] is None:
            return QRectF()
        across, up = _ROOM * pixel[0].x(), _ROOM * abs(pixel[1].y())
        room = self._bounds.adjusted(-across, -up, across, up)
        return room.intersected(view.adjusted(-across, -up, across, up))

    def paint(self, painter: QPainter, *args: object) -> None:
        """Paint in pixels."""
        pulls, scale = self._pulls, self.scale_of_pulls
        if pulls is None or scale is None:
            return
        transform, view = painter.worldTransform(), around_view(painter)

        def line(way: Array) -> Array | None:
            with np.errstate(over="ignore", invalid="ignore"):
                ends = np.stack([scale.origin, scale.origin + scale.factor * way])
            return cut(pixels_of(ends, transform), view)

        painter.save()
        painter.resetTransform()
        single = len(pulls.each) > 1 or pulls.others > 0
        ways = [(pulls.total, _sum_style(self.theme))]
        if single:
            # The largest lie below the others.
            ways = [*((way, layer_style(Layer.POINTS, self.theme)) for way in pulls.each), *ways]
            if pulls.others and len(pulls.each):
                ways.insert(0, (pulls.rest, _rest_style(self.theme)))
        if pulls.full is not None and pulls.full is not pulls.total:
            ways.insert(0, (pulls.full, _ghost_style(self.theme)))
        lines = [(line(way), style) for way, style in ways]
        paint_shapes(painter, [ArrowShape(one, style) for one, style in lines if one is not None], self.theme)
        if len(pulls.each) <= _MOST_NUMBERS:
            self._paint_numbers(painter, [line(way) for way in pulls.each], pulls)
        painter.restore()

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
            painter.strokePath(path, round_pen(QColor(self.theme.halo), 3.0))
            painter.fillPath(path, QColor(self.theme.accent))


def _bounds(pulls: Pulls, scale: PullScale) -> QRectF:
    """Return the smallest rectangle with all pulls in it, in the map's units."""
    full = pulls.total if pulls.full is None else pulls.full
    ways = np.vstack([np.zeros(2), pulls.total, full, pulls.rest, pulls.each])
    with np.errstate(over="ignore", invalid="ignore"):
        tips = np.nan_to_num(scale.origin + scale.factor * ways)
    (left, low), (right, high) = tips.min(axis=0).tolist(), tips.max(axis=0).tolist()
    return QRectF(left, low, right - left, high - low)


def _rest_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.accent, 1.8, (1.1, 1.3), head=9.0, open=True)


def _sum_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.gradient, 3.4, head=13.0)


def _ghost_style(theme: Theme) -> ArrowStyle:
    return ArrowStyle(theme.muted, 2.4, (2.0, 1.6), head=12.0, open=True)
