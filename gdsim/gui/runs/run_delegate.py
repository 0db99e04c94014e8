"""How a row of the list of runs is painted: line, name, settings, eye."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from gdsim.gui.forms.tips import plain
from gdsim.gui.paint.run_sample import SAMPLE_WIDTH, paint_sample
from gdsim.gui.runs.run_model import HIDDEN_ROLE, SETTINGS_ROLE, STYLE_ROLE
from gdsim.gui.style import icons as assets
from gdsim.gui.style.theme import LIGHT, Theme

ROW_HEIGHT = 26
_EYE = 16
_MARGIN = 6
_GAP = 8
_LONGEST_NAME = 80

Index = QModelIndex | QPersistentModelIndex


class RunDelegate(QStyledItemDelegate):
    """Paints and edits the rows of a `RunModel`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a row."""
        return QSize(160, max(ROW_HEIGHT, option.fontMetrics.height() + 10))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row."""
        painter.save()
        self._paint_ground(painter, option)
        hidden = bool(index.data(HIDDEN_ROLE))
        sample, text, eye = _parts(option.rect)
        paint_sample(painter, sample, index.data(STYLE_ROLE), faded=hidden)
        self._paint_texts(painter, option, text, index, hidden=hidden)
        icon = assets.icon("eye-off" if hidden else "eye", self.theme.muted, self.theme.faint)
        near = bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
        painter.setOpacity(1.0 if hidden or near else 0.55)
        icon.paint(painter, eye)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if not (selected or hovered or focused):
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self.theme.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.accent_soft if selected else self.theme.page))
        painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 6, 6)

    def _paint_texts(
        self, painter: QPainter, option: QStyleOptionViewItem, place: QRect, index: Index, *, hidden: bool
    ) -> None:
        name_font = QFont(option.font)
        name_font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(name_font)
        painter.setPen(QColor(self.theme.muted if hidden else self.theme.text))
        metrics, left = painter.fontMetrics(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        # The name comes first; the settings take what it leaves them.
        name = metrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, left, name)
        rest = place.adjusted(metrics.horizontalAdvance(name) + _GAP, 0, 0, 0)
        small = QFont(option.font)
        small.setPixelSize(max(9, option.fontMetrics.height() - 4))
        painter.setFont(small)
        painter.setPen(QColor(self.theme.muted))
        metrics, right = painter.fontMetrics(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if rest.width() > metrics.horizontalAdvance("η 1…"):
            settings = metrics.elidedText(
                index.data(SETTINGS_ROLE), Qt.TextElideMode.ElideRight, rest.width()
            )
            painter.drawText(rest, right, settings)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """Say what the eye is for; elsewhere show the row's own tooltip."""
        if index.isValid() and event.type() == QEvent.Type.ToolTip and on_eye(option.rect, event.pos()):
            words = self.tr("Show this run") if index.data(HIDDEN_ROLE) else self.tr("Hide this run")
            QToolTip.showText(event.globalPos(), plain(words), view)
            return True
        return super().helpEvent(event, view, option, index)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return the field for the name."""
        field = QLineEdit(parent)
        field.setObjectName("cell")
        field.setMaxLength(_LONGEST_NAME)
        field.setAccessibleName(self.tr("Name of the run"))
        field.setPlaceholderText(self.tr("the rule's name"))
        return field

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Lay the field over the name."""
        editor.setGeometry(_parts(option.rect)[1].adjusted(-4, 2, 0, -2))


def on_eye(row: QRect, place: QPoint) -> bool:
    """Return whether a place is on the eye of a row, or near enough for a hand."""
    return _parts(row)[2].adjusted(-4, -6, _MARGIN, 6).contains(place)


def _parts(row: QRect) -> tuple[QRect, QRect, QRect]:
    """Return where line, texts and eye stand in a row."""
    inner = row.adjusted(_MARGIN, 0, -_MARGIN, 0)
    sample = QRect(inner.left(), inner.top(), SAMPLE_WIDTH, inner.height())
    eye = QRect(inner.right() - _EYE + 1, inner.center().y() - _EYE // 2 + 1, _EYE, _EYE)
    text = QRect(inner)
    text.setLeft(sample.right() + 1 + _GAP)
    text.setRight(eye.left() - _GAP)
    return sample, text, eye
