"""Small multiples of the loss curves of all rates tried, on shared scales."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from gdsim.core.exercises.rate_ladder import Trial, best_lowering_trial, written_losses
from gdsim.core.formulas.numerals import exact
from gdsim.core.language.texts import counted, translated
from gdsim.gui.accessible import GraphicGroup, read_as
from gdsim.gui.forms.flow import Flow
from gdsim.gui.forms.layouts import clear_layout
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.small_chart import Chart, ChartAxes, ChartScale, dashed_pen
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import BASE_SIZE, FontScaler, scale_of

_TOP, _BOTTOM, _LEFT, _RIGHT = 30.0, 20.0, 42.0, 10.0
_SIZE = QSize(190, 132)
# A logarithmic scale covers at most this many decades; lower losses are as good as 0.
_DECADES = 16
# Its top is at most about this many decades above the start, so that a diverging run leaves the others room.
_ABOVE_START = 4
_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_NARROWEST = 200


@dataclass(frozen=True)
class Scales:
    """The scales shared by all charts."""

    steps: ChartScale
    loss: ChartScale


def shared_scales(trials: Iterable[Trial], *, log: bool) -> Scales:
    """Return the shared scales; with ``log``, a diverging run does not squeeze the others.

    If a loss is negative, the scale is linear even with ``log``, and ends at most as far above the starts as
    the lowest loss is below them.
    """
    curves = [trial.loss for trial in trials]
    values = np.concatenate(curves) if curves else np.array([0.1, 1.0])
    values = values[np.isfinite(values)]
    steps = ChartScale(0.0, max([1.0, *(float(len(curve) - 1) for curve in curves)]))
    starts = [float(curve[0]) for curve in curves if math.isfinite(curve[0])]
    low, high = (float(end) for end in (values.min(initial=0.0), values.max(initial=0.0)))
    if not log or low < 0.0:
        if log and starts:
            high = min(high, max(0.0, 2.0 * max(starts) - low))
        return Scales(steps, ChartScale(1.05 * low, 1.05 * high or 1.0))
    positive = values[values > 0.0]
    if not len(positive):
        return Scales(steps, ChartScale(0.1, 1.0, log=True))
    top = math.ceil(math.log10(float(positive.max())) + 0.02)
    if max(starts, default=0.0) > 0.0:
        top = min(top, math.ceil(math.log10(max(starts))) + _ABOVE_START)
    bottom = max(math.floor(math.log10(float(positive.min())) - 0.02), top - _DECADES)
    return Scales(steps, ChartScale(10.0**bottom, 10.0**top, log=True))


class RateChart(Chart):
    """A chart of one trial that can be clicked like a button."""

    pressed = Signal(float)  # the user chose this rate
    focused = Signal(float)  # the chart of this rate got the focus

    def __init__(self, trial: Trial, loss: str, scales: Scales, *, is_best: bool) -> None:
        super().__init__("")
        self.trial = trial
        self.scales, self._is_best, self._is_current = scales, is_best, False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FontScaler(self, QWidget.setMinimumSize, _SIZE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        name = counted(
            trial.steps,
            "η {rate}: loss {loss} after {n} step, {outcome}",
            "η {rate}: loss {loss} after {n} steps, {outcome}",
            rate=exact(trial.rate),
            loss=loss,
            outcome=translated(trial.outcome.value),
        )
        self.setAccessibleName(self.tr("{name}; the best").format(name=name) if is_best else name)
        set_tip(self, self.tr("Click or press Enter to give the run this rate."))

    def set_current(self, current: bool) -> None:
        self._is_current = current
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self.theme
        lively = self._is_current or self.hasFocus()
        painter.setPen(dashed_pen(theme.accent if lively else theme.border, 2.0 if lively else 1.0))
        painter.setBrush(QColor(theme.accent_soft if self._is_best else theme.card))
        painter.drawRoundedRect(QRectF(QPointF(), self.room).adjusted(1.5, 1.5, -1.5, -1.5), 6.0, 6.0)
        self._paint_title(painter)
        painter.setFont(self.small_font())
        room = self.room
        place = QRectF(_LEFT, _TOP, room.width() - _LEFT - _RIGHT, room.height() - _TOP - _BOTTOM)
        axes = ChartAxes(place, self.scales.steps, self.scales.loss)
        axes.paint(painter, theme)
        painter.setClipRect(place.adjusted(-2.0, -2.0, 2.0, 2.0))
        painter.setPen(
            dashed_pen(theme.accent if self._is_best else theme.text, 2.4 if self._is_best else 1.6)
        )
        painter.setBrush(Qt.BrushStyle.NoBrush)
        steps = np.flatnonzero(np.isfinite(self.trial.loss))
        loss = np.maximum(self.trial.loss[steps], self.scales.loss.low)
        painter.drawPolyline(axes.line(steps.astype(np.float64), loss))
        if self.trial.diverged and len(steps):  # there is no finite loss if even the first overflows
            end = min(float(loss[-1]), self.scales.loss.high)
            self._paint_end(painter, axes.point(float(steps[-1]), end))
        painter.end()

    def _paint_title(self, painter: QPainter) -> None:
        font = QFont(self.font())
        font.setPixelSize(BASE_SIZE)  # the painter scales it
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.text))
        above = QRectF(10.0, 7.0, self.room.width() - 20.0, 18.0)
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, f"η {exact(self.trial.rate)}")
        font.setBold(False)
        painter.setFont(font)
        words = self.tr("best") if self._is_best else ""
        painter.drawText(
            above, Qt.AlignmentFlag.AlignRight, self.tr("diverges") if self.trial.diverged else words
        )

    def _paint_end(self, painter: QPainter, at: QPointF) -> None:
        painter.setPen(dashed_pen(self.theme.fault, 2.2))
        for side in (1.0, -1.0):
            painter.drawLine(at + QPointF(-4.0, -4.0 * side), at + QPointF(4.0, 4.0 * side))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit(self.trial.rate)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS:
            self.pressed.emit(self.trial.rate)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(self.trial.rate)


@read_as(GraphicGroup)
class RateCharts(QScrollArea):
    """A flow of charts, as many in a row as fit."""

    pressed = Signal(float)  # as in `RateChart`
    focused = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plain")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Loss curves"))
        self._trials: tuple[Trial, ...] = ()
        self._log = True
        self.charts: tuple[RateChart, ...] = ()
        body = QWidget()
        self._flow = Flow(body, gap=8, fills=True)
        self.setWidget(body)
        self._current: float | None = None

    def picture_in_words(self) -> str:
        count = len(self.charts)
        if not count:
            return self.tr("No rate has been tried yet.")
        return counted(count, "One curve.", "{n} curves, all on one scale.")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.charts:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(shown_theme().muted))
            words = self.tr("The loss curve of each rate appears here.")
            painter.drawText(
                self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words
            )

    def set_log(self, log: bool) -> None:
        self._log = log
        self.show_trials(self._trials)

    def show_trials(self, trials: tuple[Trial, ...]) -> None:
        self._trials = trials
        focused = [chart.trial.rate for chart in self.charts if chart.hasFocus()]
        scales, lowest = shared_scales(trials, log=self._log), best_lowering_trial(trials)
        clear_layout(self._flow)
        self.charts = tuple(
            RateChart(trial, loss, scales, is_best=trial is lowest)
            for trial, loss in zip(trials, written_losses(trials), strict=True)
        )
        for chart in self.charts:
            chart.pressed.connect(self.pressed)
            chart.focused.connect(self.focused)
            self._flow.addWidget(chart)
        self._place_now()
        for chart in self.charts:
            if chart.trial.rate in focused:
                chart.setFocus()

    def set_current(self, rate: float | None) -> None:
        self._current = rate
        for chart in self.charts:
            chart.set_current(chart.trial.rate == rate)
        self._show_current()

    def _show_current(self) -> None:
        for chart in self.charts:
            if chart.trial.rate == self._current:
                self.ensureWidgetVisible(chart)

    def _place_now(self) -> None:
        """Lay out the charts before anything is painted; Qt would first paint them on top of each other."""
        if self.isVisible():
            for chart in self.charts:
                chart.show()
            QApplication.sendPostedEvents(self.widget(), QEvent.Type.LayoutRequest.value)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_current()

    def sizeHint(self) -> QSize:
        return QSize(round((3 * _NARROWEST + 20) * scale_of(self)), 300)
