"""Cells that hold a number: as many digits as there is room for, and a field that refuses other texts."""

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from gdsim.core.settings import NUMBER, Domain, Value
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.cell_delegate import CellDelegate
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.number_fields import NumberField, NumberRoom
from gdsim.gui.style.theme import LIGHT, Theme

Index = QModelIndex | QPersistentModelIndex

NUMBER_ROLE = int(Qt.ItemDataRole.UserRole)
# Whether a positive number is shown with its sign.
SIGN_ROLE = NUMBER_ROLE + 1
_PADDING = 6
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_LETTERS = (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText)


class NumberDelegate(CellDelegate):
    """Shows a float that the model gives as `NUMBER_ROLE` to six significant digits, or as many as fit."""

    def __init__(self, parent: QObject | None = None, domain: Domain = NUMBER) -> None:
        super().__init__(parent)
        self.theme: Theme = LIGHT
        self._domain = domain
        self._font = QFont()
        self._numbers = NumberRoom(self._font)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        painter.setPen(QColor(self.theme.grid))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if QStyle.StateFlag.State_HasFocus in option.state:
            painter.setPen(QColor(self.theme.accent))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        number = index.data(NUMBER_ROLE)
        is_typed = Qt.ItemFlag.ItemIsEditable in index.flags()
        if isinstance(number, float):
            # The usual way asks the model for seven things more.
            option.features = QStyleOptionViewItem.ViewItemFeature.HasDisplay
            option.displayAlignment = _RIGHT
            option.textElideMode = Qt.TextElideMode.ElideNone  # what is written fits
            option.text = self._text(number, option, index, is_typed=is_typed)
            self._align(option, index)
        else:
            super().initStyleOption(option, index)
        if not is_typed:
            palette, muted = option.palette, QColor(self.theme.muted)
            for role in _LETTERS:
                palette.setColor(role, muted)

    def _text(self, number: float, option: QStyleOptionViewItem, index: Index, *, is_typed: bool) -> str:
        if option.font != self._font:
            self._font = QFont(option.font)  # its own goes with the option
            self._numbers = NumberRoom(self._font)
        sign = "+" if number > 0.0 and index.data(SIGN_ROLE) else ""
        return self._numbers.text(number, self._room(option), even=not is_typed, sign=sign)

    def _room(self, option: QStyleOptionViewItem) -> int:
        return int(option.rect.width()) - _PADDING

    def _align(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Set the number below those above it, where it is not written as they are."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        name = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        field = NumberField(
            str(name), self.tr("Enter accepts, Escape keeps the old value."), self._domain, 0.0, parent
        )
        field.setObjectName("cell")
        field.gives_back = False  # the focus goes back to the table
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, CheckedField) and not editor.isModified():
            editor.set_value(index.data(NUMBER_ROLE))
            editor.setText(editor.written())
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if not isinstance(editor, CheckedField):
            return
        fault = editor.fault() if editor.isModified() else ""
        if not fault:
            value = editor.read(editor.text()) if editor.isModified() else editor.value()
            if value != index.data(NUMBER_ROLE):
                self.take(value, model, index)
            return
        self._say_refused(fault)

    def take(self, value: Value, model: QAbstractItemModel, index: Index) -> None:
        """Give the model another number, which was typed."""
        model.setData(index, value)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Keep the field open on Enter while its text is refused; forget the text on Escape.

        Tab goes on in any case: it says what is refused, and the old value stays.
        """
        if (
            isinstance(editor, CheckedField)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and editor.isModified()
        ):
            if event.key() == Qt.Key.Key_Escape:
                editor.restore()
            elif event.key() in _ENTER and editor.fault():
                editor.find_fault()
                return True
            elif event.key() in _TABS and editor.fault():
                fault = editor.fault()
                editor.restore()
                is_taken = super().eventFilter(editor, event)
                self._say_refused(fault)
                return is_taken
        return super().eventFilter(editor, event)

    def _say_refused(self, fault: str) -> None:
        view = self.parent()
        if isinstance(view, QWidget):
            show_fault(view, self.tr("{0} The old value stays.").format(fault))
