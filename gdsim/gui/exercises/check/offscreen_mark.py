"""The first wrong value when it is off the map: its circle at the border, an arrow, and where it is."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import number
from gdsim.core.model.experiment import ViewRange
from gdsim.gui.paint.border_arrow import (
    ARROW_LENGTH,
    BorderGlass,
    border_of,
    outwards,
    paint_arrow,
    paint_words,
    pixel_of,
)
from gdsim.gui.paint.drawing import painting
from gdsim.gui.paint.plot import plain_pen

_RADIUS, _PEN = 9.0, 2.6
# Between the circle and the arrow, in pixels.
_GAP = 3.0


class FarMark(BorderGlass):
    """Hidden while the value is on the map."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._border, self._place = np.zeros(2), np.zeros(2)

    def show_place(
        self, view_range: ViewRange, expected: Array, place: Array, names: tuple[str, str] = ("w", "b")
    ) -> None:
        """Show where a ``place`` is that a map of ``view_range`` does not hold, and where it should be.

        Both are finite, of shape (2,), along axes of these ``names``.
        """
        low, high = np.array([view_range[0::2], view_range[1::2]])
        with np.errstate(over="ignore"):
            way = (np.array([expected, place]) - low) / (high - low)
        inside = np.abs(way - 0.5).max(axis=1) <= 0.5
        self._border, self._place = border_of(way, inside), way[-1]
        w, b = (number(float(value), 4) for value in place)
        words = self.tr("The first wrong value is outside the map: {2} {0}, {3} {1}")
        self.words = words.format(w, b, *names)
        self.show()
        self.update()

    def clear(self) -> None:
        self.words = ""
        self.hide()

    def circle(self) -> QPointF:
        """Return where the middle of the circle is, in pixels."""
        size = QSizeF(self.size())
        tip = pixel_of(self._border, size)
        inwards = tip - outwards(self._border, self._place, size) * (ARROW_LENGTH + _GAP + _RADIUS)
        share = np.array([inwards.x() / size.width(), 1.0 - inwards.y() / size.height()])
        return pixel_of(share, size, _RADIUS + _PEN)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        theme, size = self._look.theme, QSizeF(self.size())
        paint_words(painter, QRectF(self.rect()), self.words, theme)
        way = outwards(self._border, self._place, size)
        paint_arrow(painter, pixel_of(self._border, size), way, theme.fault, theme.halo)
        painter.setBrush(QColor(0, 0, 0, 0))
        for pen in (plain_pen(theme.halo, _PEN + 2.5), plain_pen(theme.fault, _PEN)):
            painter.setPen(pen)
            painter.drawEllipse(self.circle(), _RADIUS, _RADIUS)
        painter.end()
