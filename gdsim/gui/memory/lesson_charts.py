"""The lecture's two arguments as charts: why Adam corrects its averages, and why AdaGrad takes a root."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent

from gdsim.core.analysis.memory_lessons import BiasCurves, RootLesson
from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number
from gdsim.core.model.neuron import written_names
from gdsim.gui.memory.memory_words import gathered_words
from gdsim.gui.paint.drawing import painting, pixel_ratio_of
from gdsim.gui.paint.small_chart import Chart, ChartAxes, ChartScale, dashed_pen, paint_key
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import tr

_TOP, _LEFT, _RIGHT = 16.0, 46.0, 8.0
# The room below a chart for the numbers of its axis, and for the numbers and the title.
_NUMBERS, _TITLED = 17.0, 30.0
_MOST_POINTS = 400
_DOTTED, _DASHED = (1.4, 2.2), (4.0, 2.5)
_TINY = 1e-300


class BiasChart(Chart):
    """A chart of m and m̂, or v and v̂, with the plain mean of the gradients.

    The picture of the curves is cached, so that a frame of playback only moves the cursor over it.
    """

    def __init__(self) -> None:
        super().__init__(tr("The average with and without its correction"))
        self._curves: BiasCurves | None = None
        self._letter, self._power, self._t = "m", 1, 1
        self._picture: QPixmap | None = None
        self._painted_in: tuple[Theme, float] | None = None  # its theme and pixel ratio

    def show_curves(self, curves: BiasCurves, letter: str, power: int) -> None:
        if curves is not self._curves or letter != self._letter:
            self._curves, self._letter, self._power = curves, letter, power
            self._redraw()

    def picture_in_words(self) -> str:
        curves = self._curves
        if curves is None:
            return self.tr("There is no update yet.")
        place = min(self._t, len(curves.value)) - 1
        words = self.tr("After update {t} the average {letter} is {value}, and corrected {corrected}.")
        return words.format(
            t=numerals.integer_text(place + 1),
            letter=self._letter,
            value=number(float(curves.value[place])),
            corrected=number(float(curves.corrected[place])),
        )

    def show_update(self, t: int) -> None:
        self._t = t
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._curves is None:
            return
        axes = self._axes(self._curves)
        painter = self.painter()
        ratio = pixel_ratio_of(painter) * self.ui_scale
        if self._picture is None or self._painted_in != (self.theme, ratio):
            self._painted_in = self.theme, ratio
            self._picture = self._painted(self._curves, axes, ratio)
        painter.drawPixmap(0, 0, self._picture)
        if self._t <= len(self._curves.value):
            self._paint_cursor(painter, self._curves, axes)
        painter.end()

    def _redraw(self) -> None:
        self._picture = None
        self.update()

    def _axes(self, curves: BiasCurves) -> ChartAxes:
        values = np.concatenate([curves.value, curves.corrected, curves.mean, [0.0]])
        values = values[np.isfinite(values)]
        low, high = float(values.min()), float(values.max())
        room = 0.06 * (high - low) or 1.0
        width, height = self.room.toTuple()
        place = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, max(10.0, height - _TOP - _NUMBERS))
        return ChartAxes(
            place, ChartScale(0.0, max(2.0, float(len(curves.value)))), ChartScale(low - room, high + room)
        )

    def _painted(self, curves: BiasCurves, axes: ChartAxes, ratio: float) -> QPixmap:
        picture = QPixmap((self.room * ratio).toSize())
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = painting(picture)
        painter.setFont(self.small_font())
        axes.paint(painter, self.theme)
        rows: Rows = np.unique(np.linspace(0, len(curves.value) - 1, _MOST_POINTS).astype(np.intp))
        painter.setClipRect(axes.place.adjusted(-1.0, -2.0, 2.0, 1.0))
        for line, column in zip(self._pens(), (curves.mean, curves.value, curves.corrected), strict=True):
            painter.setPen(line)
            painter.drawPolyline(axes.line((rows + 1).astype(np.float64), np.nan_to_num(column[rows])))
        painter.setClipping(False)
        painter.setFont(self.letter_font())
        mean = self.tr("mean of {0}").format(gathered_words(self._power))
        names = (mean, self._letter, f"{self._letter}\u0302")
        paint_key(painter, self.theme, axes.place.right(), 0.0, [list(zip(names, self._pens(), strict=True))])
        painter.end()
        return picture

    def _pens(self) -> tuple[QPen, QPen, QPen]:
        theme = self.theme
        return (
            dashed_pen(theme.gradient, 1.5, _DOTTED),
            dashed_pen(theme.memory, 2.0, _DASHED),
            dashed_pen(theme.correction, 2.0),
        )

    def _paint_cursor(self, painter: QPainter, curves: BiasCurves, axes: ChartAxes) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place, theme = axes.place, self.theme
        across = axes.point(float(self._t), 0.0).x()
        painter.setPen(dashed_pen(theme.accent, 1.2))
        painter.drawLine(QPointF(across, place.top()), QPointF(across, place.bottom()))
        painter.setPen(dashed_pen(theme.card, 1.5))
        for column, colour in ((curves.value, theme.memory), (curves.corrected, theme.correction)):
            painter.setBrush(QColor(colour))
            painter.drawEllipse(axes.point(float(self._t), float(column[self._t - 1])), 4.0, 4.0)


class RootChart(Chart):
    """A log-log chart of the step against the size of the gradient, with the run's w and b as dots."""

    def __init__(self) -> None:
        super().__init__(tr("Step against size of the gradient, with and without the root"))
        self._lesson: RootLesson | None = None

    def picture_in_words(self) -> str:
        lesson = self._lesson
        if lesson is None:
            return self.tr("There is no update yet.")
        words = self.tr(
            "A typical gradient of {name}, {size}, makes a step of {root} with the root, {none} without."
        )
        names = written_names(len(lesson.typical) - 1)
        return " ".join(
            words.format(name=name, size=number(size), root=number(root), none=number(none))
            for name, size, root, none in zip(
                names,
                lesson.typical.tolist(),
                lesson.with_root.tolist(),
                lesson.without.tolist(),
                strict=True,
            )
        )

    def show_lesson(self, lesson: RootLesson) -> None:
        self._lesson = lesson
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
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

    def _axes(self, lesson: RootLesson) -> ChartAxes:
        sizes = _decades(lesson.typical, 1)
        steps = _decades(np.concatenate([lesson.with_root, lesson.without]), 0)
        width, height = self.room.toTuple()
        place = QRectF(_LEFT, _TOP, width - _LEFT - _RIGHT, max(10.0, height - _TOP - _TITLED))
        return ChartAxes(place, ChartScale(*sizes, log=True), ChartScale(*steps, log=True))

    def _paint_lines(self, painter: QPainter, axes: ChartAxes, lesson: RootLesson) -> None:
        theme = self.theme
        with_pen, without_pen = dashed_pen(theme.memory, 2.0), dashed_pen(theme.fault, 2.0, _DASHED)
        sizes = np.array([axes.x.low, axes.x.high])
        painter.save()
        painter.setClipRect(axes.place)
        # If all t gradients have the same size g, v is t · g².
        painter.setPen(with_pen)
        painter.drawPolyline(axes.line(sizes, np.full(2, lesson.eta / math.sqrt(lesson.t))))
        painter.setPen(without_pen)
        painter.drawPolyline(axes.line(sizes, lesson.eta / (lesson.t * sizes)))
        painter.restore()
        key = [(self.tr("with the root"), with_pen), (self.tr("without"), without_pen)]
        paint_key(painter, theme, axes.place.right(), 0.0, [key])

    def _paint_parameters(self, painter: QPainter, axes: ChartAxes, lesson: RootLesson) -> None:
        theme = self.theme
        names = written_names(len(lesson.typical) - 1)
        for name, index in ((names[0], 0), (names[-1], -1)):
            size = max(float(lesson.typical[index]), _TINY)
            for steps, colour in ((lesson.with_root, theme.memory), (lesson.without, theme.fault)):
                where = axes.point(size, max(float(steps[index]), _TINY))
                painter.setPen(dashed_pen(theme.card, 1.5))
                painter.setBrush(QColor(colour))
                painter.drawEllipse(where, 4.0, 4.0)
                painter.setPen(QColor(theme.text))
                above = steps is lesson.with_root
                painter.drawText(where + (QPointF(6.0, -5.0) if above else QPointF(-13.0, 11.0)), name)


def _decades(values: Array, spare: int) -> tuple[float, float]:
    """Return the powers of ten around some sizes, with ``spare`` more decades on either side."""
    sizes = values[np.isfinite(values) & (values > 0.0)]
    if len(sizes) == 0:
        return 0.1, 10.0
    low = math.floor(math.log10(float(sizes.min())) - 0.15) - spare
    high = math.ceil(math.log10(float(sizes.max())) + 0.15) + spare
    return 10.0 ** max(low, -290), 10.0 ** min(max(high, low + 1), 290)
