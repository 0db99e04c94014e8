"""The performance profile of a race: the share of starts solved within a number of evaluations."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)

from gdsim.core.exercises.race.result import EntryResult, RaceResult
from gdsim.gui.exercises.race.race_words import within_words
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.plot_keys import FocusRing
from gdsim.gui.paint.small_chart import (
    KEY_HEIGHT,
    Chart,
    ChartAxes,
    ChartScale,
    KeyEntry,
    dashed_pen,
    key_rows,
    paint_key,
)
from gdsim.gui.style.theme import RunStyle
from gdsim.gui.translation import tr

_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 12.0, 22.0, 34.0
# The left end of the key.
_KEY_LEFT = 60.0
_SHARP = 2  # resolution of an exported picture relative to the window's
_STEP, _LARGE = 0.01, 0.1  # steps of an arrow key, as shares of the budget


class ProfileChart(Chart):
    """Chart with a step curve for each entry, and a line to read them, moved by mouse or arrow keys."""

    line_moved = Signal(float)  # the number of evaluations at the line

    def __init__(self) -> None:
        super().__init__(tr("Share solved within a given number of evaluations"))
        set_tip(self, self.tr("Mouse and arrow keys move a line; the shares at it are shown below."))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusRing(self, self, on_click=True)
        self.setMouseTracking(True)
        self.setMinimumHeight(140)
        self._result: RaceResult | None = None
        self._styles: tuple[RunStyle, ...] = ()
        self.at: float | None = None

    def show_result(self, result: RaceResult | None, styles: Sequence[RunStyle]) -> None:
        if result is not self._result:
            self.at = None
        self._result, self._styles = result, tuple(styles)
        self.update()

    def picture_in_words(self) -> str:
        if self._result is None:
            return self.tr("There is no result yet.")
        return within_words(
            self._result, self.at if self.at is not None else float(self._result.plan.terms.budget)
        )

    def sizeHint(self) -> QSize:
        return QSize(620, 260)

    def picture(self) -> QImage:
        """Render the chart without the line, at a higher resolution."""
        size = self.size() * _SHARP
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(QColor(self.theme.card))
        painter = QPainter(image)
        painter.scale(_SHARP * self.ui_scale, _SHARP * self.ui_scale)
        self._paint(painter, None)
        painter.end()
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        self._paint(painter, self.at)
        painter.end()

    def _paint(self, painter: QPainter, at: float | None) -> None:
        result = self._result
        painter.setFont(self.small_font())
        if result is None:
            painter.setPen(QColor(self.theme.muted))
            room = QRectF(QPointF(), self.room)
            words = self.tr("The profile of each rule appears here.")
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
            return
        axes = self._axes(result)
        axes.paint(painter, self.theme)
        self._paint_names(painter, axes.place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for entry, style in zip(result.entries, self._styles, strict=True):
            painter.setPen(dashed_pen(style.colour, 2.0, style.dash))
            painter.drawPolyline(_staircase(entry, axes, result.plan.terms.budget))
        paint_key(painter, self.theme, self.room.width() - _RIGHT, 3.0, self._key_rows(result))
        if at is not None:
            painter.setPen(dashed_pen(self.theme.muted, 1.0))
            painter.drawLine(axes.point(at, 0.0), axes.point(at, 100.0))

    def _key_rows(self, result: RaceResult) -> list[list[KeyEntry]]:
        drawn = zip(result.entries, self._styles, strict=True)
        entries = ((entry.name, dashed_pen(style.colour, 2.0, style.dash)) for entry, style in drawn)
        return key_rows(self.small_font(), self.room.width() - _RIGHT - _KEY_LEFT, entries)

    def _paint_names(self, painter: QPainter, place: QRectF) -> None:
        painter.setPen(QColor(self.theme.muted))
        below = QRectF(place.left(), place.bottom() + 16.0, place.width(), 16.0)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.tr("gradient evaluations"))
        height = QFontMetricsF(painter.font()).ascent()
        painter.drawText(QPointF(4.0, 3.0 + height), self.tr("solved, %"))

    def _axes(self, result: RaceResult) -> ChartAxes:
        room, top = self.room, _TOP + (len(self._key_rows(result)) - 1) * KEY_HEIGHT
        place = QRectF(_LEFT, top, room.width() - _LEFT - _RIGHT, room.height() - top - _BOTTOM)
        return ChartAxes(place, ChartScale(0.0, float(result.plan.terms.budget)), ChartScale(0.0, 100.0))

    # ------------------------------------------------------------------------------ reading

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._result is not None:
            place = self._axes(self._result).place
            share = (event.position().x() / self.ui_scale - place.left()) / place.width()
            self._move(share)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = {Qt.Key.Key_Left: -1.0, Qt.Key.Key_Right: 1.0}.get(Qt.Key(event.key()))
        if direction is None or self._result is None:
            super().keyPressEvent(event)
            return
        step = _LARGE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        now = 0.0 if self.at is None else self.at / self._result.plan.terms.budget
        self._move(now + direction * step)

    def _move(self, share: float) -> None:
        if self._result is not None:
            self.at = float(round(min(max(share, 0.0), 1.0) * self._result.plan.terms.budget))
            self.line_moved.emit(self.at)
            self.update()


def _staircase(entry: EntryResult, axes: ChartAxes, budget: int) -> QPolygonF:
    """Return the corners of an entry's curve, which rises where runs are solved, up to the budget."""
    corners, share = [axes.point(0.0, 0.0)], 0.0
    known, shares = entry.profile()
    for evaluations, higher in zip(known.tolist(), (100.0 * shares).tolist(), strict=True):
        corners += [axes.point(evaluations, share), axes.point(evaluations, higher)]
        share = higher
    return QPolygonF([*corners, axes.point(float(budget), share)])
