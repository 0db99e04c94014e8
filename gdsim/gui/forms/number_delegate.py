"""Table cells with numbers: painted with as many digits as fit, and edited in a field that checks input."""

from typing import NamedTuple

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from gdsim.core.settings import NUMBER, Domain, Value
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.number_fields import NumberField, NumberRoom
from gdsim.gui.forms.tables import RIGHT, CellDelegate, Index
from gdsim.gui.style.shown_theme import shown_theme

NUMBER_ROLE = int(Qt.ItemDataRole.UserRole)
_MARGIN = 3  # at the left and right of a cell, as in the style
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_TABS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_LETTERS = (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText)
_RIGHT_IN_ONE_LINE = RIGHT | Qt.TextFlag.TextSingleLine
_EDITABLE = Qt.ItemFlag.ItemIsEditable
_State = QStyle.StateFlag
_FOCUSED, _ENABLED = _State.State_HasFocus.value, _State.State_Enabled.value
_MARKED = _FOCUSED | _State.State_Selected.value | _State.State_MouseOver.value


class NumberCell(NamedTuple):
    """The data from which a cell is painted."""

    number: float
    is_typed: bool
    has_sign: bool = False  # whether a positive number gets a plus sign
    decimals: int = 0  # most decimals in the column, to which the number is aligned
    whole: str = ""  # longest integer part in the column, if all its numbers get equally many decimals


class NumberDelegate(CellDelegate):
    """Delegate for floats in `NUMBER_ROLE`, shown with six significant digits, or as many as fit."""

    def __init__(self, parent: QObject | None = None, domain: Domain = NUMBER) -> None:
        super().__init__(parent)
        self._domain = domain
        self._font = QFont()
        self._numbers = NumberRoom(self._font)

    def cell(self, index: Index) -> "NumberCell | None":
        """Return the data of a cell with a number; None for any other cell."""
        number = index.data(NUMBER_ROLE)
        return NumberCell(number, _EDITABLE in index.flags()) if isinstance(number, float) else None

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state = option.state.value
        cell = None if state & _MARKED else self.cell(index)
        if cell is not None and state & _ENABLED:
            # Paints what the style would paint, but saves ten requests to the model.
            painter.setPen(QColor(shown_theme().text if cell.is_typed else shown_theme().muted))
            room = option.rect.adjusted(_MARGIN, 0, -_MARGIN, 0)
            painter.drawText(room, _RIGHT_IN_ONE_LINE, self._text(cell, option))
        else:
            super().paint(painter, option, index)
        painter.setPen(QColor(shown_theme().grid))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if state & _FOCUSED:
            painter.setPen(QColor(shown_theme().accent))
            painter.drawRect(option.rect.adjusted(0, 0, -1, -1))

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        cell = self.cell(index)
        if cell is not None:
            # Saves seven requests that the base class makes to the model.
            option.features = QStyleOptionViewItem.ViewItemFeature.HasDisplay
            option.displayAlignment = RIGHT
            option.textElideMode = Qt.TextElideMode.ElideNone  # the text fits
            option.text = self._text(cell, option)
        else:
            super().initStyleOption(option, index)
        if not (cell.is_typed if cell else _EDITABLE in index.flags()):
            palette, muted = option.palette, QColor(shown_theme().muted)
            for role in _LETTERS:
                palette.setColor(role, muted)

    def _text(self, cell: "NumberCell", option: QStyleOptionViewItem) -> str:
        if option.font != self._font:
            self._font = QFont(option.font)  # a copy, because the option owns its font
            self._numbers = NumberRoom(self._font)
        number, room = cell.number, int(option.rect.width()) - 2 * _MARGIN
        sign = "+" if cell.has_sign and number > 0.0 else ""
        if cell.whole:
            return self._numbers.in_column(number, room, cell.whole, sign)
        text = self._numbers.text(number, room, even=not cell.is_typed, sign=sign)
        return self._numbers.aligned(text, cell.decimals, room) if cell.decimals else text

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        name = index.model().headerData(index.column(), Qt.Orientation.Horizontal)
        field = NumberField(
            str(name), self.tr("Enter accepts, Escape keeps the old value."), self._domain, 0.0, parent
        )
        field.setObjectName("cell")
        field.gives_back = False  # the focus returns to the table
        field.setAlignment(RIGHT)  # like the number in the cell
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
        model.setData(index, value)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Keep the field open on Enter while its text is invalid; discard the text on Escape.

        Tab moves on even if the text is invalid; then the fault is shown, and the old value stays.
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
