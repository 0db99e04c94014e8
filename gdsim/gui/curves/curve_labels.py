"""The right margin of the curves: the name of each curve at its end, and the unit of the axis."""

from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText

from gdsim.core.arrays import Array
from gdsim.gui.style.fonts import SERIF
from gdsim.gui.style.theme import LIGHT, Look

_LINE = 12.0
_LEFT, _UNIT_LEFT = 5.0, 18.0
_SMALL, _LARGE = 11, 12


class EndLabel(NamedTuple):
    """The name of a curve, and the value beside which it stands."""

    value: float
    html: str
    colour: str


class EndLabels(pg.AxisItem):
    """An axis at the right with names instead of numbers.

    Names that would overlap are moved apart.
    """

    def __init__(self) -> None:
        super().__init__("right")
        self.labels: list[tuple[float, QStaticText, str]] = []
        self._unit = ""
        self._look = Look(LIGHT)
        self._font = QFont(SERIF)
        self._font.setPixelSize(_LARGE)
        self.setWidth(_LEFT)

    def set_look(self, look: Look) -> None:
        """Repaint in the colours of the look; its sizes apply to labels that are set later."""
        self._look = look
        self._font.setPixelSize(round(_LARGE * look.ui_scale))
        self.update()

    def set_labels(self, labels: list[EndLabel], unit: str) -> None:
        self._unit = unit
        self.labels = [(label.value, self._static(label.html), label.colour) for label in labels]
        small = self._small_font()
        widths = [text.size().width() for _, text, _ in self.labels]
        unit_width = QFontMetricsF(small).horizontalAdvance(unit) + _UNIT_LEFT - _LEFT
        self.setWidth(_LEFT + 2.0 + max([*widths, unit_width]))
        self.update()

    def boundingRect(self) -> QRectF:
        margin: QRectF = self.mapRectFromParent(self.geometry())
        return margin.adjusted(0, -self._line, 0, 2 * self._line)

    def paint(self, painter: QPainter, *args: object) -> None:
        # In an SVG, the clip rectangle of the axis painted before would stay in force.
        painter.setClipRect(self.boundingRect())
        height = self.size().height()
        painter.setFont(self._font)
        for (_, text, colour), middle in zip(self.labels, self._middles(height), strict=False):
            painter.setPen(QColor(colour))
            painter.drawStaticText(QPointF(_LEFT, middle - text.size().height() / 2.0), text)
        painter.setFont(self._small_font())
        painter.setPen(QColor(self._look.theme.muted))
        painter.drawText(QPointF(_UNIT_LEFT, height + self._line + 1.0), self._unit)

    def _middles(self, height: float) -> list[float]:
        low, high = self.linkedView().viewRange()[1]
        share = [(high - value) / (high - low) for value, _, _ in self.labels]
        middles: list[float] = spread_labels(np.array(share) * height, height, self._line).tolist()
        return middles

    @property
    def _line(self) -> float:
        return _LINE * self._look.ui_scale

    def _small_font(self) -> QFont:
        font = QFont()
        font.setPixelSize(round(_SMALL * self._look.ui_scale))
        return font

    def _static(self, html: str) -> QStaticText:
        text = QStaticText(html)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.prepare(font=self._font)
        return text


def spread_labels(wanted: Array, height: float, apart: float) -> Array:
    """Return places from 0 to ``height`` that are at least ``apart`` from each other, close to the wanted.

    The order is kept. Where there is not enough room, the places are spaced as widely as possible.
    """
    count = len(wanted)
    if count == 0:
        return wanted
    apart = min(apart, height / count)
    order = np.argsort(wanted, kind="stable")
    placed = np.clip(wanted[order], apart / 2.0, height - apart / 2.0)
    steps = apart * np.arange(count)
    placed = np.maximum.accumulate(placed - steps) + steps
    # Places that were pushed out at the bottom push the others up.
    last = height - apart / 2.0 - steps[::-1]
    placed = np.minimum(placed, last)
    result = np.empty(count)
    result[order] = placed
    return result
