"""Marks for what is outside a map: an arrow at the border, and words on a plate."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdsim.core.arrays import Array, Flags
from gdsim.gui.paint.drawing import paint_plate
from gdsim.gui.style.theme import LIGHT, Look, Theme

# In pixels: length and half width of the arrow, and the distance of its tip from the border.
_LENGTH, _HALF, _INSET = 12.0, 7.0, 2.0
_PADDING, _MARGIN = 4, 6
_FONT = 11
# Positions, as shares of the map, are clipped to this size.
_FAR = 1e9


class BorderGlass(QWidget):
    """A transparent widget over a map, on which arrows and words tell what is outside."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words = ""
        self.set_look(Look(LIGHT))
        self.hide()

    def set_look(self, look: Look) -> None:
        self._look = look
        font = self.font()
        font.setPixelSize(round(_FONT * look.ui_scale))
        self.setFont(font)
        self.update()


def border_of(way: Array, inside: Flags) -> Array:
    """Return where a path that ends outside the unit square last left it.

    The places of the ``way`` (n, 2) are shares of the map from its lower left corner; ``inside`` says
    which are on the map. The last one is not.
    """
    within = np.flatnonzero(inside)
    if not within.size:
        return _on_map(way[-1])
    # In shares of a narrow map, places far away may overflow to infinity.
    start, end = way[within[-1]], np.clip(way[within[-1] + 1], -_FAR, _FAR)
    # The smallest share of this line after which it crosses a border.
    with np.errstate(all="ignore"):
        shares = np.where(end > 1.0, (1.0 - start) / (end - start), -start / (end - start))
    share = shares[(end > 1.0) | (end < 0.0)].min()
    return _on_map(start + share * (end - start))


def _on_map(place: Array) -> Array:
    return np.clip(place, 0.0, 1.0)


def pixel_of(share: Array, size: QSizeF) -> QPointF:
    """Return the pixel of a place on a map, moved away from the border if it is too close."""
    x, y = share.tolist()
    return QPointF(
        min(max(x * size.width(), _INSET), size.width() - _INSET),
        min(max((1.0 - y) * size.height(), _INSET), size.height() - _INSET),
    )


def outwards(border: Array, place: Array, size: QSizeF) -> QPointF:
    """Return the unit vector in pixel coordinates from the border to a place outside."""
    with np.errstate(over="ignore", invalid="ignore"):
        way = np.clip(np.nan_to_num(place - border), -_FAR, _FAR) * (size.width(), -size.height())
    x, y = (way / (np.hypot(*way) or 1.0)).tolist()
    return QPointF(x, y)


def paint_arrow(painter: QPainter, tip: QPointF, way: QPointF, colour: str, halo: str) -> None:
    """Paint an arrowhead that points along the unit vector ``way``."""
    back = tip - way * _LENGTH
    across = QPointF(-way.y(), way.x()) * _HALF
    painter.setBrush(QColor(colour))
    painter.setPen(QPen(QColor(halo), 2.0, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolygon(QPolygonF([tip, back + across, back - across]))


def paint_words(painter: QPainter, place: QRectF, words: str, theme: Theme) -> None:
    room = place.adjusted(*(2 * (_MARGIN + _PADDING,)), *(2 * (-_MARGIN - _PADDING,)))
    flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
    text = painter.boundingRect(room, int(flags), words)
    paint_plate(painter, text.adjusted(-_PADDING, -_PADDING, _PADDING, _PADDING), theme)
    painter.drawText(text, int(flags), words)
