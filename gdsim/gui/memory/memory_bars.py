"""The weight of each past gradient, as bars: the newest at the right."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip

from gdsim.core.analysis.memory_weights import PastWeights
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number, percent
from gdsim.core.language.texts import counted
from gdsim.gui.forms.tips import tip
from gdsim.gui.memory.memory_words import gathered_words, gradients_so_far
from gdsim.gui.paint.small_chart import Chart
from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.translation import tr

MOST_BARS = 60
_TEXT, _STRIP, _GAP = 14.0, 7.0, 3.0
# The least width of a bar with its gap.
_NARROWEST = 4.0
# The share of a colour in its pale tone, which still stands out from the card.
_PALE = 0.67


class MemoryBars(Chart):
    """Bars for the last gradients, and a strip below them that shows their share of the whole memory."""

    def __init__(self) -> None:
        super().__init__(tr("How much each past gradient counts"))
        self.installEventFilter(self)
        self._weights: PastWeights | None = None
        # The number of gradients that stand out, and their share of the memory.
        self._length, self._share = 0, 0.0
        self._t = 0  # the number of the last update, as the rule counts them
        self._first = 0

    def show_weights(self, weights: PastWeights, length: int, share: float, first: int, before: int) -> None:
        """Show weights, of which the last ``length``, with this ``share`` of the memory, stand out.

        ``first`` is the step at which a fork took over the memory of its parent, or 0; ``before`` is the
        number of earlier updates that the rule counts, if a fork goes on with a memory.
        """
        self._weights, self._length, self._share = weights, length, share
        self._t, self._first = before + weights.t, first
        self.update()

    def picture_in_words(self) -> str:
        weights = self._weights
        if weights is None or not len(weights.last):
            return self.tr("There is no update yet.")
        return counted(
            self._length,
            "After update {t} the newest gradient has weight {weight}, which is {share} of the weight of "
            "{gradients}.",
            "After update {t} the newest gradient has weight {weight}, and the last {n} make up {share} of "
            "the weight of {gradients}.",
            t=numerals.integer_text(self._t),
            weight=number(float(weights.last[-1]) * weights.factor),
            share=percent(self._share),
            gradients=gradients_so_far(weights, self._first),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._weights is None:
            return
        painter = self.painter()
        painter.setFont(self.small_font())
        self._paint_texts(painter, self._weights)
        self._paint_bars(painter, self._weights)
        self._paint_strip(painter, self._weights)
        painter.end()

    def _bars(self) -> QRectF:
        low = self.room.height() - 2.0 * _TEXT - _STRIP - 2.0 * _GAP
        return QRectF(1.0, _TEXT + _GAP, self.room.width() - 2.0, low - _TEXT - _GAP)

    def _shown(self, weights: PastWeights) -> int:
        return min(len(weights.last), max(1, int(self._bars().width() / _NARROWEST)), MOST_BARS)

    def _slot(self) -> float:
        """Return the width of a bar and its gap, which is the same from the first update on."""
        return self._bars().width() / min(MOST_BARS, max(1, int(self._bars().width() / _NARROWEST)))

    def _paint_bars(self, painter: QPainter, weights: PastWeights) -> None:
        area, slot, shown = self._bars(), self._slot(), self._shown(weights)
        last = weights.last[-shown:]
        # Negative weights have bars below the zero line.
        low, high = min(0.0, float(last.min())), max(0.0, float(last.max()))
        span = high - low or 1.0
        zero = area.bottom() + low / span * area.height()
        theme = self.theme
        full, pale = QColor(theme.memory), QColor(mixed_colour(theme.card, theme.memory, _PALE))
        stretched = QColor(mixed_colour(theme.card, theme.correction, _PALE))
        # The correction stretches all bars by one factor, of which ``raw`` is the inverse.
        raw = 1.0 / weights.correction if weights.corrected else 1.0
        gap = 1.0 if slot < 8.0 else 2.0
        grown: list[QRectF] = []
        held: list[QRectF] = []
        others: list[QRectF] = []
        for index, weight in enumerate(last.tolist()):
            height = weight / span * area.height()
            left = area.right() - (shown - index) * slot
            bar = QRectF(left, zero - height * raw, slot - gap, height * raw).normalized()
            (held if shown - index <= self._length else others).append(bar)
            if raw < 1.0:
                grown.append(QRectF(left, zero - height, slot - gap, height * (1.0 - raw)).normalized())
        painter.setPen(Qt.PenStyle.NoPen)
        for bars, tone in ((grown, stretched), (held, full), (others, pale)):
            if bars:
                painter.setBrush(tone)
                painter.drawRects(bars)
        painter.setPen(QColor(theme.faint))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))

    def _paint_texts(self, painter: QPainter, weights: PastWeights) -> None:
        area, shown, factor = self._bars(), self._shown(weights), weights.factor
        painter.setPen(QColor(self.theme.muted))
        above = QRectF(0.0, 0.0, self.room.width(), _TEXT)
        words = self.tr("weight of each past {0}").format(gathered_words(weights.power))
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, words)
        if factor > 1.0:
            self._paint_swatch(painter, painter.fontMetrics().horizontalAdvance(words) + 12.0)
        newest = self.tr("newest: {0}").format(number(float(weights.last[-1]) * factor))
        painter.drawText(above, Qt.AlignmentFlag.AlignRight, newest)
        below = QRectF(0.0, area.bottom() + 1.0, self.room.width(), _TEXT)
        first = numerals.integer_text(self._t - shown + 1)
        width = painter.fontMetrics().horizontalAdvance(first)
        left = max(0.0, area.right() - shown * self._slot())
        last = self.tr("update {0}").format(numerals.integer_text(self._t))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, last)
        if left + width + 12 < self.room.width() - painter.fontMetrics().horizontalAdvance(last):
            painter.drawText(below.translated(left, 0.0), Qt.AlignmentFlag.AlignLeft, first)

    def _paint_swatch(self, painter: QPainter, left: float) -> None:
        tone = mixed_colour(self.theme.card, self.theme.correction, _PALE)
        painter.fillRect(QRectF(left, 3.0, 8.0, 8.0), QColor(tone))
        painter.drawText(QRectF(left + 11.0, 0.0, 80.0, _TEXT), self.tr("corrected"))

    def _paint_strip(self, painter: QPainter, weights: PastWeights) -> None:
        """Paint the shares of the gradients without a bar, those with one, and those that stand out."""
        theme = self.theme
        place = QRectF(0.0, self.room.height() - _TEXT - _STRIP, self.room.width(), _STRIP)
        shown = self._shown(weights)
        listed = weights.share(shown) if weights.size > 0.0 else 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.fillRect(place, QColor(mixed_colour(theme.card, theme.muted, 0.12)))
        painter.fillRect(
            place, QBrush(QColor(mixed_colour(theme.card, theme.muted, _PALE)), Qt.BrushStyle.BDiagPattern)
        )
        # If some of the gradients that stand out have no bar, all those with a bar stand out instead.
        held = (self._length, self._share) if self._length <= shown else (shown, listed)
        for share, tone in ((listed, mixed_colour(theme.card, theme.memory, _PALE)), (held[1], theme.memory)):
            width = share * place.width()
            painter.fillRect(QRectF(place.right() - width, place.top(), width, place.height()), QColor(tone))
        painter.setPen(QColor(theme.muted))
        below = QRectF(0.0, place.bottom() + 1.0, self.room.width(), _TEXT)
        older = weights.t - shown
        if older:
            words = self.tr("{0} older: {1}").format(
                numerals.integer_text(older), percent(max(0.0, 1.0 - listed))
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignLeft, words)
        words = self.tr("last {0}: {1}").format(numerals.integer_text(held[0]), percent(held[1]))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, words)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the tooltip of a bar.

        This is no override of `event`, in which an exception while painting would end the program.
        """
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self.words_at(QPointF(event.pos()) / self.ui_scale)
            QToolTip.showText(event.globalPos(), tip(words), self)
            return True
        return super().eventFilter(watched, event)

    def words_at(self, place: QPointF) -> str:
        """Return the tooltip of the bar at a place; empty beside the bars."""
        weights, area = self._weights, self._bars()
        if weights is None or not area.adjusted(0.0, 0.0, 0.0, _TEXT).contains(place):
            return ""
        back = int((area.right() - place.x()) / self._slot())
        if back >= self._shown(weights):
            return ""
        weight = float(weights.last[-1 - back])
        share = percent(abs(weight) / weights.size if weights.size > 0.0 else 0.0)
        words = self.tr("The gradient of update {0} has weight {1}: {2} of all.")
        return words.format(numerals.integer_text(self._t - back), number(weight * weights.factor), share)
