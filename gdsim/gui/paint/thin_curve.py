"""A curve that costs little to paint, however it winds."""

from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTransform

from gdsim.gui.paint.drawing import fineness, keeps_lines
from gdsim.gui.paint.still_curve import StillCurve
from gdsim.gui.style.theme import RunStyle

# Qt draws a line as thin as a pixel of the screen forty times as fast as a wider one, whose outline it has
# to find first. So a wider line is some thin ones, side by side whichever way it goes.


class ThinCurve(StillCurve):
    """A line of one or two pixels in the style of a run.

    Parameters
    ----------
    connect : str
        Which points are joined, as pyqtgraph calls it.
    width : int
    still : bool
        Whether it changes seldom, and is kept as a picture until then.
    """

    def __init__(self, connect: str = "all", width: int = 2, *, still: bool = True) -> None:
        super().__init__(antialias=True, skipFiniteCheck=connect != "finite", connect=connect)
        self._usual_width = self._width = width
        if not still:
            self.setCacheMode(self.CacheMode.NoCache)
        self._pen = QPen(Qt.PenStyle.NoPen)
        self._dash: tuple[float, ...] = ()

    def set_style(self, style: RunStyle, larger: float = 1.0) -> None:
        """Draw in another colour, with other dashes, and so many times as wide as usual."""
        self._width = max(1, round(self._usual_width * larger))
        self._pen = QPen(QColor(style.colour), 1.0)
        self._pen.setCosmetic(True)
        self._dash = style.dash
        if style.dash:
            self._pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        # By this the base class finds out how much room it takes.
        self.setPen(style.colour, width=self._width)

    def paint(self, painter: QPainter, *args: object) -> None:
        """Paint the line."""
        if self.xData is None or len(self.xData) == 0:
            return
        if keeps_lines(painter):
            self._paint_wide(painter)
            return
        finer = fineness(painter)
        pen = QPen(self._pen)
        if self._dash:
            pen.setDashPattern([length * self._width * finer for length in self._dash])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        path, place = self.getPath(), painter.worldTransform()
        for dx, dy in _offsets(self._width, finer):
            painter.setWorldTransform(place * QTransform.fromTranslate(dx, dy))
            painter.drawPath(path)
        painter.setWorldTransform(place)

    def _paint_wide(self, painter: QPainter) -> None:
        """Paint one line of the whole width."""
        pen = QPen(self._pen)
        pen.setWidthF(self._width)
        if self._dash:
            pen.setDashPattern(self._dash)
        painter.setPen(pen)
        painter.drawPath(self.getPath())


@lru_cache(maxsize=8)
def _offsets(width: int, finer: float) -> tuple[tuple[float, float], ...]:
    """Return where thin lines make one of some width, if the screen is so many times finer: a cross."""
    count = max(1, round(width * finer))
    along = [(index - (count - 1) / 2.0) / finer for index in range(count)]
    return tuple({(one, side * one): None for one in along for side in (1.0, -1.0)})
