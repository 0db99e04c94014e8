"""How the cells of the state are painted: the run's line and name, then numbers of a steady width."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from gdsim.gui.forms.number_delegate import NUMBER_ROLE, NumberDelegate
from gdsim.gui.paint.run_sample import paint_sample
from gdsim.gui.runs.state_model import RUN, SELECTED_ROLE, STYLE_ROLE

Index = QModelIndex | QPersistentModelIndex
_SAMPLE = 18
_GAP = 6
# What the style marks in a way of its own.
_MARKED = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_MouseOver
_NUMBER = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXT_MARGIN = 3


class StateDelegate(NumberDelegate):
    """Paints the cells of a `StateModel`; the selected run on a ground of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent, even=True)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Write in full black: unlike the points, nothing here can be typed."""
        super().initStyleOption(option, index)
        option.palette.setColor(QPalette.ColorRole.Text, QColor(self.theme.text))
        if index.column() == RUN:
            option.textElideMode = Qt.TextElideMode.ElideMiddle  # the end tells copies apart

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell; the run's line before its name."""
        style = index.data(STYLE_ROLE) if index.column() == RUN else None
        if index.data(SELECTED_ROLE):
            painter.fillRect(option.rect, QColor(self.theme.accent_soft))
        if style is None:
            plain = not option.state & _MARKED
            if plain and isinstance(index.data(NUMBER_ROLE), float):
                self._paint_number(painter, option, index)
            else:
                super().paint(painter, option, index)
            return
        sample = QRect(option.rect.left() + 4, option.rect.top(), _SAMPLE, option.rect.height())
        text = QStyleOptionViewItem(option)
        text.rect = option.rect.adjusted(_SAMPLE + _GAP, 0, 0, 0)
        super().paint(painter, text, index)
        paint_sample(painter, sample, style)
        self.paint_line(painter, option.rect)

    def _paint_number(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell as the style does, in half the time: these change in every frame."""
        text = self.number_text(index, option.fontMetrics, option.rect.width()) or ""
        painter.setFont(option.font)
        painter.setPen(QColor(self.theme.text))
        place = option.rect.adjusted(_TEXT_MARGIN, 0, -_TEXT_MARGIN, 0)
        painter.drawText(place, int(_NUMBER), text)
        self.paint_line(painter, option.rect)
