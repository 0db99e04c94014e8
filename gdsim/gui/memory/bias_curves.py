"""An average that starts at zero, and what its correction makes of it: curves over the first steps."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.analysis.memory_lessons import BiasCurves
from gdsim.core.arrays import Rows
from gdsim.gui.paint.small_chart import Axes, Chart, ChartScale, paint_key, pen
from gdsim.gui.style.theme import Theme

_TOP, _BOTTOM, _LEFT, _RIGHT = 16.0, 17.0, 46.0, 8.0
_MOST_POINTS = 400
_DOTTED, _DASHED = (1.4, 2.2), (4.0, 2.5)


class BiasChart(Chart):
    """m against m̂, or v against v̂, and the plain mean of the gradients.

    The curves are painted once; a frame of playback moves the cursor over their picture.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("The average with and without its correction"))
        self._curves: BiasCurves | None = None
        self._letter, self._power, self._t = "m", 1, 1
        self._picture: QPixmap | None = None

    def show_curves(self, curves: BiasCurves, letter: str, power: int) -> None:
        """Show other curves."""
        if curves is not self._curves or letter != self._letter:
            self._curves, self._letter, self._power = curves, letter, power
            self._redraw()

    def show_update(self, t: int) -> None:
        """Move the cursor."""
        self._t = t
        self.update()

    def set_theme(self, theme: Theme, ui_scale: float = 1.0) -> None:
        """Paint in other colours, and so many times as large as usual."""
        super().set_theme(theme, ui_scale)
        self._redraw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint the curves anew."""
        super().resizeEvent(event)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the curves, and the cursor on them."""
        if self._curves is None:
            return
        axes = self._axes(self._curves)
        if self._picture is None:
            self._picture = self._painted(self._curves, axes)
        painter = self.painter()
        painter.drawPixmap(0, 0, self._picture)
        if self._t <= len(self._curves.value):
            self._paint_cursor(painter, self._curves, axes)
        painter.end()

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _axes(self, curves: BiasCurves) -> Axes:
        values = np.concatenate([curves.value, curves.corrected, curves.mean, [0.0]])
        values = values[np.isfinite(values)]
        low, high = float(values.min()), float(values.max())
        room = 0.06 * (high - low) or 1.0
        width, height = self.room.toTuple()
        place = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, max(10.0, height - _TOP - _BOTTOM))
        return Axes(
            place, ChartScale(0.0, max(2.0, float(len(curves.value)))), ChartScale(low - room, high + room)
        )

    def _painted(self, curves: BiasCurves, axes: Axes) -> QPixmap:
        ratio = self.devicePixelRatioF() * self.ui_scale
        picture = QPixmap((self.room * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small_font())
        axes.paint(painter, self.theme)
        rows: Rows = np.unique(np.linspace(0, len(curves.value) - 1, _MOST_POINTS).astype(np.intp))
        painter.setClipRect(axes.place.adjusted(-1.0, -2.0, 2.0, 1.0))
        for line, column in zip(self._pens(), (curves.mean, curves.value, curves.corrected), strict=True):
            painter.setPen(line)
            painter.drawPolyline(axes.line((rows + 1).astype(np.float64), np.nan_to_num(column[rows])))
        painter.setClipping(False)
        painter.setFont(self.letter_font())
        g = "g" if self._power == 1 else "g²"
        names = (self.tr("mean of {0}").format(g), self._letter, f"{self._letter}\u0302")
        paint_key(painter, self.theme, axes.place.right(), 0.0, list(zip(names, self._pens(), strict=True)))
        painter.end()
        return picture

    def _pens(self) -> tuple[QPen, QPen, QPen]:
        theme = self.theme
        return (
            pen(theme.gradient, 1.5, _DOTTED),
            pen(theme.memory, 2.0, _DASHED),
            pen(theme.correction, 2.0),
        )

    def _paint_cursor(self, painter: QPainter, curves: BiasCurves, axes: Axes) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place, theme = axes.place, self.theme
        across = axes.point(float(self._t), 0.0).x()
        painter.setPen(pen(theme.accent, 1.2))
        painter.drawLine(QPointF(across, place.top()), QPointF(across, place.bottom()))
        painter.setPen(pen(theme.card, 1.5))
        for column, colour in ((curves.value, theme.memory), (curves.corrected, theme.correction)):
            painter.setBrush(QColor(colour))
            painter.drawEllipse(axes.point(float(self._t), float(column[self._t - 1])), 4.0, 4.0)
