"""Lines that are cheap to paint, however they wind."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF, QTransform

from gdsim.core.arrays import Array
from gdsim.gui.paint.drawing import is_vector, pixel_ratio_of
from gdsim.gui.style.theme import RunStyle

# Qt draws a line one device pixel wide forty times as fast as a wider one, whose outline it has to compute
# first. So a wider line is drawn as several thin ones, offset so that they cover it in any direction.


Draw = Callable[[QPainterPath | QPolygonF], None]


class ThinPen:
    """Painter of lines of one or two pixels in the style of a run."""

    def __init__(self, style: RunStyle, width: int = 2, ui_scale: float = 1.0) -> None:
        self.width = max(1, round(width * ui_scale))
        self._dash = style.dash
        self._pen = QPen(QColor(style.colour), 1.0)
        self._pen.setCosmetic(True)
        if style.dash:
            self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        self._thin_pen: tuple[float, QPen] = (0.0, self._pen)

    def paint(
        self, painter: QPainter, line: QPainterPath | QPolygonF, pixel_ratio: float, *, layered: bool = True
    ) -> None:
        """Paint a line as thin ones on a device with this pixel ratio, or as one wide line if not layered."""
        draw: Draw = painter.drawPolyline if isinstance(line, QPolygonF) else painter.drawPath  # type: ignore[assignment]
        if not layered:
            painter.setPen(self._wide())
            draw(line)
            return
        if self._thin_pen[0] != pixel_ratio:
            self._thin_pen = pixel_ratio, self._thin(pixel_ratio)
        painter.setPen(self._thin_pen[1])
        place = painter.worldTransform()
        for beside in _offsets(self.width, pixel_ratio):
            painter.setWorldTransform(place * beside)
            draw(line)
        painter.setWorldTransform(place)

    def _thin(self, pixel_ratio: float) -> QPen:
        pen = QPen(self._pen)
        if self._dash:
            pen.setDashPattern([length * self.width * pixel_ratio for length in self._dash])
        return pen

    def _wide(self) -> QPen:
        pen = QPen(self._pen)
        pen.setWidthF(self.width)
        if self._dash:
            pen.setDashPattern(self._dash)
        return pen


class ThinCurve(pg.PlotCurveItem):
    """A curve of one or two pixels in the style of a run."""

    def __init__(self, connect: str = "all", width: int = 2) -> None:
        super().__init__(antialias=True, skipFiniteCheck=connect != "finite", connect=connect)
        self._usual_width = width
        self._pen: ThinPen | None = None

    def set_style(self, style: RunStyle, ui_scale: float = 1.0) -> None:
        """Set colour, dashes and a factor for the width."""
        before, self._pen = self._pen, ThinPen(style, self._usual_width, ui_scale)
        if before is None or before.width != self._pen.width:
            # The base class computes its bounding rectangle from this pen.
            self.setPen(style.colour, width=self._pen.width)
        else:
            self.update()

    def show_places(self, x: Array, y: Array) -> None:
        """Draw a line through some places; the path is kept if they have not changed."""
        if self.xData is None or not (_are_same(x, self.xData) and _are_same(y, self.yData)):
            self.setData(x, y)

    def paint(self, painter: QPainter, *args: object) -> None:
        if self.xData is None or len(self.xData) == 0 or self._pen is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._pen.paint(painter, self.getPath(), pixel_ratio_of(painter), layered=not is_vector(painter))


def _are_same(some: Array, others: Array) -> bool:
    return np.array_equal(some, others, equal_nan=True)


@lru_cache(maxsize=8)
def _offsets(width: int, pixel_ratio: float) -> tuple[QTransform, ...]:
    """Return the offsets, in a diagonal cross, at which thin lines together make one of a given width."""
    count = max(1, round(width * pixel_ratio))
    along = [(index - (count - 1) / 2.0) / pixel_ratio for index in range(count)]
    places = {(one, side * one): None for one in along for side in (1.0, -1.0)}
    return tuple(QTransform.fromTranslate(*place) for place in places)
