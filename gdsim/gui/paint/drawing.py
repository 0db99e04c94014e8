"""What painters of plots and surfaces share: what they paint on, lines from arrays, and markers."""

import math
from typing import cast

import numpy as np
import pyqtgraph as pg
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QLineF, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPaintEngine, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from shiboken6 import wrapInstance

from gdsim.core.arrays import Array

_OF_LINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def keeps_lines(painter: QPainter) -> bool:
    """Return whether what is painted stays lines and letters, to be looked at in any size."""
    return painter.paintEngine().type() in _OF_LINES


def pixel_ratio_of(painter: QPainter) -> float:
    """Return how many pixels of the device are along one of the painter's."""
    return painter.deviceTransform().m11() / painter.worldTransform().m11()


def blank_picture(width: float, height: float, pixel_ratio: float, ground: QColor | None = None) -> QImage:
    """Return a picture for a pane of some size, of one colour or transparent."""
    size = QSize(math.ceil(width * pixel_ratio), math.ceil(height * pixel_ratio))
    forms = QImage.Format
    image = QImage(size, forms.Format_RGB32 if ground else forms.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(pixel_ratio)
    image.fill(ground or Qt.GlobalColor.transparent)
    return image


def polyline(count: int) -> tuple[QPolygonF, Array]:
    """Return a polygon of so many points, and the array (count, 2) in which they are."""
    made = pg.functions.create_qpolygonf(count)
    return made, pg.functions.ndarray_from_qpolygonf(made)


def polyline_of(pixels: Array) -> QPolygonF:
    """Return the polygon through pixels (n, 2)."""
    made, places = polyline(len(pixels))
    places[:] = pixels
    return made


def draw_pieces(painter: QPainter, ends: Array) -> None:
    """Draw straight lines, each from two numbers to two others: shape (n, 4)."""
    ends = np.ascontiguousarray(ends, dtype=np.float64)
    if len(ends):
        # Four numbers are a QLineF. To make an object of each would take longer than to paint them.
        painter.drawLines(cast("QLineF", wrapInstance(ends.ctypes.data, QLineF)), len(ends))


class Marker:
    """A symbol of pyqtgraph's in one colour, painted at places.

    Parameters
    ----------
    symbol : str
    size : float
        In pixels.
    pen : QPen
        Of its outline.
    colour : str
    """

    def __init__(self, symbol: str, size: float, pen: QPen, colour: str) -> None:
        shape: QPainterPath = Symbols[symbol]
        self.shape = QTransform.fromScale(size, size).map(shape)
        self.colour = QColor(colour)
        self._pen = pen

    def paint(self, painter: QPainter, *places: QPointF) -> None:
        """Paint it at pixels."""
        painter.setPen(self._pen)
        painter.setBrush(self.colour)
        for place in places:
            painter.drawPath(self.shape.translated(place))
