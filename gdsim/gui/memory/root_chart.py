"""What AdaGrad's square root is good for: the step that gradients of every size get, with it and without."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.analysis.memory_lessons import RootLesson
from gdsim.core.arrays import Array
from gdsim.gui.paint.small_chart import Axes, Chart, ChartScale, paint_key, pen

_TOP, _BOTTOM, _LEFT, _RIGHT = 16.0, 30.0, 46.0, 8.0
_DASHED = (4.0, 2.5)
_TINY = 1e-300


class RootChart(Chart):
    """Step against size of the gradient, both as powers of ten, with the run's own w and b on the lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("Step against size of the gradient, with and without the root"))
        self._lesson: RootLesson | None = None

    def show_lesson(self, lesson: RootLesson) -> None:
        """Show another update's numbers."""
        self._lesson = lesson
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both lines, and w and b on them."""
        lesson = self._lesson
        if lesson is None:
            return
        painter = self.painter()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self.small_font())
        axes = self._axes(lesson)
        axes.paint(painter, self.theme)
        below = QRectF(axes.place.left(), axes.place.bottom() + 15.0, axes.place.width(), 14.0)
        painter.setPen(QColor(self.theme.muted))
        painter.drawText(below, self.tr("size of g"))
        painter.drawText(QPointF(0.0, 10.0), self.tr("step"))
        self._paint_lines(painter, axes, lesson)
        self._paint_parameters(painter, axes, lesson)
        painter.end()

    def _axes(self, lesson: RootLesson) -> Axes:
        sizes = _decades(lesson.typical, 1)
        steps = _decades(np.concatenate([lesson.with_root, lesson.without]), 0)
        width, height = self.room.toTuple()
        place = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, max(10.0, height - _TOP - _BOTTOM))
        return Axes(place, ChartScale(*sizes, log=True), ChartScale(*steps, log=True))

    def _paint_lines(self, painter: QPainter, axes: Axes, lesson: RootLesson) -> None:
        theme = self.theme
        with_pen, without_pen = pen(theme.memory, 2.0), pen(theme.fault, 2.0, _DASHED)
        sizes = np.array([axes.x.low, axes.x.high])
        painter.save()
        painter.setClipRect(axes.place)
        # Where all t gradients are of one size g, v is t · g².
        painter.setPen(with_pen)
        painter.drawPolyline(axes.line(sizes, np.full(2, lesson.eta / math.sqrt(lesson.t))))
        painter.setPen(without_pen)
        painter.drawPolyline(axes.line(sizes, lesson.eta / (lesson.t * sizes)))
        painter.restore()
        key = [(self.tr("with the root"), with_pen), (self.tr("without"), without_pen)]
        paint_key(painter, theme, axes.place.right(), 0.0, key)

    def _paint_parameters(self, painter: QPainter, axes: Axes, lesson: RootLesson) -> None:
        theme = self.theme
        for name, index in (("w" if len(lesson.typical) == 2 else "w1", 0), ("b", -1)):
            size = max(float(lesson.typical[index]), _TINY)
            for steps, colour in ((lesson.with_root, theme.memory), (lesson.without, theme.fault)):
                where = axes.point(size, max(float(steps[index]), _TINY))
                painter.setPen(pen(theme.card, 1.5))
                painter.setBrush(QColor(colour))
                painter.drawEllipse(where, 4.0, 4.0)
                painter.setPen(QColor(theme.text))
                above = steps is lesson.with_root
                painter.drawText(where + (QPointF(6.0, -5.0) if above else QPointF(-13.0, 11.0)), name)


def _decades(values: Array, spare: int) -> tuple[float, float]:
    """Return the powers of ten around some sizes, with as many to spare at either side."""
    sizes = values[np.isfinite(values) & (values > 0.0)]
    if len(sizes) == 0:
        return 0.1, 10.0
    low = math.floor(math.log10(float(sizes.min())) - 0.15) - spare
    high = math.ceil(math.log10(float(sizes.max())) + 0.15) + spare
    return 10.0 ** max(low, -290), 10.0 ** min(max(high, low + 1), 290)
