"""How a finding is painted: its kind and its steps, the sentence, and the numbers behind it."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gdsim.core.analysis.words import count_or_number
from gdsim.gui.paint.wrapped_text import BrokenText, broken, paint_lines
from gdsim.gui.style.finding_look import role_of
from gdsim.gui.style.stylesheet import mixed
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.gui.why.why_model import ROW_ROLE, WhyRow, measured

Index = QModelIndex | QPersistentModelIndex

_PADDING, _BAR, _GAP = 8, 3, 6
# What is not about the present step is shortened to so many lines, until it is chosen.
_FEW_LINES = 2


class WhyDelegate(QStyledItemDelegate):
    """Paints the rows of a `WhyModel`.

    Attributes
    ----------
    width : int
        The width that texts are broken to.
    chosen : int
        The place of the finding that is shown in full although it is about other steps; -1 for none.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self.width = 280
        self.chosen = -1
        self._broken: dict[tuple[str, str, int, int], BrokenText] = {}

    def forget(self) -> None:
        """Break all texts anew."""
        self._broken.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a row at the present width."""
        row: WhyRow = index.data(ROW_ROLE)
        if row.finding is None:
            return QSize(self.width, option.fontMetrics.height() + 8)
        sentence, numbers = self._texts(option, row)
        height = 2 * _GAP + option.fontMetrics.height() + 2 + sentence.height
        if numbers.lines:
            height += 3 + numbers.height
        return QSize(self.width, round(height) + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        row: WhyRow = index.data(ROW_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.finding is None:
            self._paint_heading(painter, option, row)
        else:
            self._paint_ground(painter, option, row)
            self._paint_finding(painter, option, row)
        painter.restore()

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, row: WhyRow) -> None:
        painter.setFont(_small(option.font))
        painter.setPen(QColor(self.theme.muted))
        place = option.rect.adjusted(2, 0, -2, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, row.heading)
        left = place.left() + painter.fontMetrics().horizontalAdvance(row.heading) + 8
        painter.setPen(QColor(self.theme.border))
        middle = place.center().y() + 1
        painter.drawLine(left, middle, place.right(), middle)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: WhyRow) -> None:
        state, flag = option.state, QStyle.StateFlag
        tone = self._tone(row)
        ground = mixed(self.theme.card, tone, 0.1) if row.now else self.theme.card
        if state & flag.State_MouseOver:
            ground = mixed(ground, self.theme.text, 0.05)
        box = QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -0.5)
        focused = bool(state & flag.State_HasFocus)
        painter.setPen(QColor(self.theme.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone if row.now else mixed(self.theme.card, tone, 0.45)))
        painter.drawRoundedRect(QRectF(box.left(), box.top() + 4, _BAR, box.height() - 8), 1.5, 1.5)

    def _paint_finding(self, painter: QPainter, option: QStyleOptionViewItem, row: WhyRow) -> None:
        if row.finding is None:
            return
        theme, place = self.theme, _inner(option.rect)
        metrics = option.fontMetrics
        head = QRect(place.left(), place.top(), place.width(), metrics.height())
        painter.setFont(_small(option.font))
        painter.setPen(QColor(theme.muted))
        steps = f"{row.finding.first:,}"
        if row.finding.last > row.finding.first:
            steps += f" – {row.finding.last:,}"
        painter.drawText(head, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, steps)
        painter.setFont(_strong(option.font))
        painter.setPen(QColor(mixed(self._tone(row), theme.text, 0.35) if row.now else theme.muted))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, row.finding.kind.value)
        sentence, numbers = self._texts(option, row)
        top = float(head.bottom() + 3)
        painter.setFont(option.font)
        painter.setPen(QColor(theme.text if self._is_full(row) else theme.muted))
        top = paint_lines(painter, place.left(), top, sentence)
        painter.setFont(_small(option.font))
        painter.setPen(QColor(theme.muted))
        paint_lines(painter, place.left(), top + 3, numbers)

    def _texts(self, option: QStyleOptionViewItem, row: WhyRow) -> tuple[BrokenText, BrokenText]:
        """Return the sentence and the numbers of a finding, in lines."""
        if row.finding is None:
            return BrokenText(), BrokenText()
        width = self.width - 2 * _PADDING - _BAR
        full = self._is_full(row)
        sentence = self._lines(row.finding.sentence, option.font, width, 0 if full else _FEW_LINES)
        numbers = measured(row.finding, count_or_number) if full else ""
        return sentence, self._lines(numbers, _small(option.font), width, 0)

    def _is_full(self, row: WhyRow) -> bool:
        return row.now or row.place == self.chosen

    def _lines(self, text: str, font: QFont, width: int, most: int) -> BrokenText:
        key = (text, font.toString(), width, most)
        if key not in self._broken:
            self._broken[key] = broken(text, font, width, most)
        return self._broken[key]

    def _tone(self, row: WhyRow) -> str:
        return str(getattr(self.theme, role_of(row.finding.kind))) if row.finding else self.theme.muted


def _inner(row: QRect) -> QRect:
    return row.adjusted(_PADDING + _BAR, _GAP + 1, -_PADDING, -_GAP)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(max(9, round(QFontMetricsF(font).height()) - 4))
    return small


def _strong(font: QFont) -> QFont:
    strong = QFont(font)
    strong.setWeight(QFont.Weight.DemiBold)
    return strong
