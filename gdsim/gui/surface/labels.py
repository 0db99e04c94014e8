"""Short texts at places of the surface."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from gdsim.gui.style.theme import Theme
from gdsim.gui.surface.trails import Stage

_PADDING = 4.0


class PlaceLabel(NamedTuple):
    """A text at a place of the plane and its loss."""

    w: float
    b: float
    loss: float
    text: str
    side: int = 1  # of its place: -1 at the left, 1 at the right


def draw_labels(
    painter: QPainter, stage: Stage, labels: tuple[PlaceLabel, ...], font: QFont, theme: Theme
) -> None:
    """Draw texts on small plates beside their places."""
    painter.setFont(font)
    metrics = painter.fontMetrics()
    for label in labels:
        pixel = stage.view.project(stage.terrain.place(label.w, label.b, label.loss))
        width = max(metrics.horizontalAdvance(label.text) + 2.0 * _PADDING, float(metrics.height()))
        plate = QRectF(0.0, 0.0, width, float(metrics.height()))
        plate.moveCenter(QPointF(float(pixel[0]) + label.side * width, float(pixel[1])))
        painter.setPen(QPen(QColor(theme.accent), 1.0))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(plate, 4.0, 4.0)
        painter.setPen(QColor(theme.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label.text)
