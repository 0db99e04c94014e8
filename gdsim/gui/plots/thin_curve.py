"""A curve that costs little to paint, however it winds."""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from gdsim.gui.theme import RunStyle

# Qt draws a line of one pixel forty times as fast as one of two, whose outline it has to find first. So a
# line of two pixels is four lines of one, half a pixel beside the middle.
_OFFSETS = {1: ((0.0, 0.0),), 2: tuple((dx, dy) for dx in (-0.5, 0.5) for dy in (-0.5, 0.5))}


class ThinCurve(pg.PlotCurveItem):
    """A line of one or two pixels in the style of a run. It is kept as a picture until it changes."""

    def __init__(self, connect: str = "all", width: int = 2) -> None:
        super().__init__(antialias=True, skipFiniteCheck=connect != "finite", connect=connect)
        self._width = width
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        self._pen = QPen(Qt.PenStyle.NoPen)

    def set_style(self, style: RunStyle) -> None:
        """Draw in another colour, with other dashes."""
        self._pen = QPen(QColor(style.colour), 1.0)
        self._pen.setCosmetic(True)
        if style.dash:
            self._pen.setDashPattern([self._width * length for length in style.dash])
            self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self.setPen(
            style.colour, width=self._width
        )  # by which the base class finds out how much room it takes

    def paint(self, painter: QPainter, *args: object) -> None:
        """Paint the line."""
        if self.xData is None or len(self.xData) == 0:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        path, place = self.getPath(), painter.worldTransform()
        for dx, dy in _OFFSETS[self._width]:
            painter.setWorldTransform(place * QTransform.fromTranslate(dx, dy))
            painter.drawPath(path)
        painter.setWorldTransform(place)
