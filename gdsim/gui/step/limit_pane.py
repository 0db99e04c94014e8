"""The stability limit of the selected run: a gauge, and an explanation in words."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from gdsim.core.analysis.curvature.stability import Stability
from gdsim.core.formulas.numerals import number
from gdsim.gui.arrows.stability import NEAR, last_step_of, stability_colour, stability_of, stability_verdict
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.paint.small_chart import Chart, dashed_pen
from gdsim.gui.paint.words import why_nothing
from gdsim.gui.paint.wrapped_text import WordsBox
from gdsim.gui.plain_text import capitalized
from gdsim.gui.step.limit_words import (
    alpha_words,
    hessian_words,
    limit_words,
    modes_words,
    notes_words,
    product_words,
    verdict_words,
)
from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame

# The end of the bar as a share of the limit, at which larger values are shown.
_END = 1.5
_TEXT, _NEEDLE, _NEEDLE_HALF, _BAR, _HEIGHT = 15.0, 9.0, 5.0, 14.0, 58
_MARK = 6.0


class LimitGauge(Chart):
    """A bar with three parts, which words and marks distinguish as well as colours."""

    def __init__(self) -> None:
        super().__init__(tr("Rate times curvature, as a share of the limit"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        FontScaler(self, QWidget.setFixedHeight, _HEIGHT)
        self._found: Stability | None = None

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def show_stability(self, found: Stability | None) -> None:
        self._found = found
        self.update()

    def picture_in_words(self) -> str:
        found = self._found
        if found is None or not found.has_gauge:
            return self.tr("There is nothing to compare with a limit.")
        return f"{capitalized(self._words(found))}."

    def _words(self, found: Stability) -> str:
        if found.gauge > 0.0:
            sides = {"beyond": self.tr("beyond it"), "near": self.tr("near it"), "below": self.tr("below it")}
            words = self.tr("{0} of the limit, {1}")
            return words.format(_share(found.gauge), sides[stability_verdict(found.gauge)])
        if found.curves_up_nowhere:
            return self.tr("the loss curves up in no direction")
        return self.tr("the rate is 0")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.painter()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.small_font()
        font.setPixelSize(11)
        painter.setFont(font)
        side = _NEEDLE_HALF + 1.0  # room for the needle at an end of the bar
        bar = QRectF(side, _TEXT + _NEEDLE + 1.0, self.room.width() - 2.0 * side, _BAR)
        if self._found is not None and self._found.has_gauge:
            self._paint_head(painter, self._found)
            self._paint_bar(painter, bar)
            self._paint_needles(painter, bar, self._found)
        painter.end()

    def _paint_head(self, painter: QPainter, found: Stability) -> None:
        gauge, theme = found.gauge, self.theme
        place = QRectF(0.0, 0.0, self.room.width(), _TEXT)
        colour = QColor(stability_colour(gauge, theme))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(_mark(stability_verdict(gauge), QPointF(_MARK + 1.0, _TEXT / 2.0)))
        painter.setPen(QColor(theme.text))
        place.setLeft(2.0 * _MARK + 6.0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._words(found))

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        theme = self.theme
        parts = ((0.0, NEAR, theme.settled), (NEAR, 1.0, theme.caution), (1.0, _END, theme.fault))
        painter.setPen(Qt.PenStyle.NoPen)
        for low, high, colour in parts:
            part = QRectF(
                bar.left() + low / _END * bar.width(), bar.top(), (high - low) / _END * bar.width(), _BAR
            )
            painter.fillRect(part, QColor(mixed_colour(theme.card, colour, 0.45)))
            if low >= 1.0:  # a hatch, so that it can be recognised without its colour
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.fillRect(part, Qt.BrushStyle.BDiagPattern)
        limit = bar.left() + bar.width() / _END
        painter.setPen(dashed_pen(theme.text, 2.0))
        painter.drawLine(QPointF(limit, bar.top() - 3.0), QPointF(limit, bar.bottom() + 3.0))
        painter.setPen(QColor(theme.muted))
        below = QRectF(bar.left(), bar.bottom() + 3.0, bar.width(), _TEXT)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        at = QRectF(limit - 60.0, below.top(), 120.0, _TEXT)
        painter.drawText(at, Qt.AlignmentFlag.AlignHCenter, self.tr("limit"))

    def _paint_needles(self, painter: QPainter, bar: QRectF, found: Stability) -> None:
        for mode in found.modes:
            share = mode.product / found.limit
            if math.isnan(share):
                continue
            across = bar.left() + min(max(share, 0.0), _END) / _END * bar.width()
            painter.setPen(dashed_pen(self.theme.card, 1.0))
            painter.setBrush(QColor(self.theme.text))
            tip = QPointF(across, bar.top() + 2.0)
            ends = (tip + QPointF(half, -_NEEDLE) for half in (-_NEEDLE_HALF, _NEEDLE_HALF))
            painter.drawPolygon(QPolygonF([tip, *ends]))


def _share(gauge: float) -> str:
    """Write a share of the limit, with more digits if it is near 1."""
    return number(gauge, 5 if NEAR < gauge < 2.0 - NEAR else 3)


def _mark(word: str, middle: QPointF) -> QPolygonF:
    """Return the mark of a verdict: a circle, a triangle, or a square on its corner."""
    corners = {"below": 16, "near": 3}.get(word, 4)
    turns = (2.0 * math.pi * (corner / corners) - math.pi / 2.0 for corner in range(corners))
    return QPolygonF([middle + QPointF(_MARK * math.cos(turn), _MARK * math.sin(turn)) for turn in turns])


# Product, limit, verdict, four directions, the last step, notes. The second derivatives are only written if
# there are no more than two directions.
_MOST_BOXES = 9


class LimitPane(QWidget):
    """Shows the limit at the position of the selected run, and the last step that it took."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Limit"))
        self.gauge = LimitGauge()
        self._boxes = [WordsBox() for _ in range(_MOST_BOXES)]
        inside = QWidget()
        for box in self._boxes:
            box.hide()
        fill_layout(QVBoxLayout(inside), self.gauge, *self._boxes, None)
        fill_layout(QVBoxLayout(self), Scrolled(inside))

    def show_frame(self, frame: Frame) -> None:
        found = stability_of(frame)
        self.gauge.show_stability(found)
        self.gauge.setVisible(found is not None and found.has_gauge)  # rather than an empty strip
        if found is None:
            parts = [why_nothing(frame)]
        else:
            parts = [product_words(found), limit_words(found), verdict_words(found)]
            parts += [*modes_words(found), hessian_words(found)]
            parts += [alpha_words(last_step_of(frame)), notes_words(found)]
        said = [part for part in parts if part]
        for place, box in enumerate(self._boxes):
            words = said[place] if place < len(said) else ""
            box.say(words)
            box.setVisible(bool(words))
            if not frame.playing:  # or the boxes below would move up and down
                box.settle()
