"""A piece of a run's line: the key that tells which run is which, by colour and by dashes."""

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gdsim.gui.style.theme import RunStyle

SAMPLE_WIDTH = 28
_PEN_WIDTH = 2.0


def paint_sample(painter: QPainter, place: QRect, style: RunStyle, *, faded: bool = False) -> None:
    """Paint a run's line through the middle of a rectangle, from its left to its right."""
    pen = QPen(QColor(style.colour), _PEN_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dash:
        pen.setDashPattern(style.dash)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(0.35 if faded else 1.0)
    painter.setPen(pen)
    middle = place.center().y() + 1.0  # on the border of two rows of pixels: crisp
    painter.drawLine(QPointF(place.left(), middle), QPointF(place.right() + 1, middle))
    painter.restore()
