"""One run on the contour map: its line with a halo, a dot for every step, and where it is now."""

import math
from typing import NamedTuple

import numpy as np
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.gui.map.map_pixels import pixels_of
from gdsim.gui.paint.drawing import fineness, keeps_lines
from gdsim.gui.paint.line_layers import LineLayers, painting
from gdsim.gui.paint.strokes import Strokes, TrailStyle
from gdsim.gui.paint.thinning import MOST_ROWS, FirstVisits, Thinning
from gdsim.session.frame import RunView, in_plane

# In pixels: what can be told apart on a line, and of dots on it.
_LINE_CELL, _DOT_CELL = 1.5, 7.0
_DOT, _HEAD, _SELECTED_HEAD = 5.0, 11.0, 15.0
# How far outside a run is still drawn, in panes: its lines have to leave at the right angle.
_BEYOND = 20.0
# More dots than these run into each other.
_MOST_DOTS = 1000
# Steps that are painted at once.
_PIECES = 64


class MapStage(NamedTuple):
    """What runs are painted on. On another stage they are painted anew.

    Attributes
    ----------
    scale, shift : (float, float)
        From the map's units to pixels: the map is neither turned nor sheared.
    width, height : int
        Of the pane, in pixels.
    pixel_ratio : float
    layered : bool
        Whether what is painted may be kept as pixels.
    """

    scale: tuple[float, float]
    shift: tuple[float, float]
    width: int
    height: int
    pixel_ratio: float
    layered: bool = True

    @classmethod
    def of(cls, painter: QPainter) -> "MapStage":
        """Return where a painter paints the map."""
        place, pane = painter.worldTransform(), painter.viewport()
        return cls(
            (place.m11(), place.m22()),
            (place.dx(), place.dy()),
            pane.width(),
            pane.height(),
            fineness(painter),
            not keeps_lines(painter),
        )

    def blank(self) -> QImage:
        """Return a transparent image of the pane's size."""
        size = QSize(math.ceil(self.width * self.pixel_ratio), math.ceil(self.height * self.pixel_ratio))
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self.pixel_ratio)
        image.fill(Qt.GlobalColor.transparent)
        return image

    def pixels(self, places: Array) -> Array:
        """Return where places (m, 2) are, in pixels; a diverging run leaves every screen."""
        size = np.array([self.width, self.height])
        place = QTransform(self.scale[0], 0.0, 0.0, self.scale[1], *self.shift)
        return np.clip(pixels_of(places, place), -_BEYOND * size, (1.0 + _BEYOND) * size)


class MapRows:
    """Which steps of a run are worth drawing on a map of some scale.

    They outlive what is painted of them: to look through a long record takes its time.
    """

    def __init__(self, scale: tuple[float, float], trajectory: Trajectory) -> None:
        self._scale = scale
        self._trajectory = trajectory
        unit = 1.0 / np.abs(scale)
        self.line = Thinning(_LINE_CELL * unit)
        self.dots = FirstVisits(_DOT_CELL * unit, _MOST_DOTS)

    def fit(self, scale: tuple[float, float], trajectory: Trajectory) -> bool:
        """Return whether they are the steps of this run on a map of this scale."""
        return self._trajectory is trajectory and self._scale == scale


class MapPath(LineLayers):
    """A run on a stage, thinned to what can be seen there."""

    def __init__(self, stage: MapStage, view: RunView, style: TrailStyle, rows: MapRows) -> None:
        super().__init__(stage.blank, layered=stage.layered)
        self.rows = rows
        self._stage = stage
        self._style = style
        self._trajectory = view.trajectory
        self._plane = in_plane(view.whole.p)
        # Dots that are on the layer, and those that are not yet.
        self._dotted = 0
        self._dots: Rows = np.empty(0, dtype=np.intp)
        self._head = QPointF()

    def fits(self, stage: MapStage, view: RunView, style: TrailStyle) -> bool:
        """Return whether what is on the layers is the beginning of what is wanted."""
        same = self._trajectory is view.trajectory and (self._stage, self._style) == (stage, style)
        return same and self.begins(self.rows.line.upto(in_plane(view.whole.p), view.step))

    def advance(self, view: RunView) -> None:
        """Get ready to be painted as the run stands."""
        self._plane = in_plane(view.whole.p)
        rows = self.rows.line.upto(self._plane, view.step)
        # Piece by piece: a long way that crosses itself takes very long to paint at once.
        if self._stage.layered and len(rows) - self._kept <= MOST_ROWS:
            for end in range(self._kept + _PIECES, len(rows), _PIECES):
                self.grow(rows[:end])
        self.grow(rows)
        dots = self.rows.dots.upto(self._plane, view.step)
        on_layer = int(np.searchsorted(dots, rows[self._kept - 1], side="right"))
        if self._lines is not None and on_layer > self._dotted:
            with painting(self._lines) as painter:
                self._paint_dots(painter, dots[self._dotted : on_layer])
            self._dotted = on_layer
        self._dots = dots[self._dotted :]
        self._head = _point(self._stage.pixels(self._plane[view.step : view.step + 1]))

    def paint_line(self, painter: QPainter) -> None:
        """Paint the line and its dots."""
        super().paint_line(painter)
        self._paint_dots(painter, self._dots)

    def paint_head(self, painter: QPainter, *, selected: bool) -> None:
        """Paint the marker where the run is."""
        symbol: QPainterPath = Symbols[self._style.run.marker]
        size = (_SELECTED_HEAD if selected else _HEAD) * self._style.larger
        painter.setPen(QPen(QColor(self._style.halo), 2.0, j=Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(QColor(self._style.run.colour))
        painter.drawPath(QTransform(size, 0.0, 0.0, size, self._head.x(), self._head.y()).map(symbol))

    def _paint_dots(self, painter: QPainter, rows: Rows) -> None:
        if len(rows):
            pen = QPen(QColor(self._style.run.colour), _DOT * self._style.larger, c=Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPoints(QPolygonF([QPointF(*place) for place in self._pixels(rows).tolist()]))

    def _strokes(self, rows: Rows, phase: float) -> Strokes:
        rows, joined = self.rows.line.few(rows)
        return Strokes(self._pixels(rows), joined, np.zeros_like(joined), self._style, phase)

    def _pixels(self, rows: Rows) -> Array:
        return self._stage.pixels(self._plane[rows])


def _point(pixels: Array) -> QPointF:
    return QPointF(*pixels[0].tolist())
