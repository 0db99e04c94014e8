"""The answer sheet as a table with one step a row, and an empty row at the end to type the next."""

from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QStyleOptionViewItem, QWidget

from gdsim.core.exercises.check.answer_sheet import STEP, AnswerSheet, Written, decimals_of
from gdsim.core.formulas.numerals import with_true_minus
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.language.texts import localised
from gdsim.core.settings import NUMBER, Domain, InvalidValue
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.number_delegate import NUMBER_ROLE, NumberDelegate
from gdsim.gui.forms.number_fields import NumberField, read_value
from gdsim.gui.forms.tables import RIGHT, ROOT, Index, Role, TypedTable
from gdsim.gui.forms.tips import plain
from gdsim.gui.plain_text import as_sentence
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.translation import tr

# Item data role: whether the row is the first wrong one.
WRONG_ROLE = NUMBER_ROLE + 2
_EMPTY = AnswerSheet(("w", "b"))
_TEXT_ROLES = (Role.DisplayRole, Role.EditRole, Role.ToolTipRole)
_ROW_HEIGHT = 24
_STEP_WIDTH, _NARROWEST = 58, 78
_JUDGED_WIDTH = 46
_BAR = 3.0


class AnswerSheetModel(QAbstractTableModel):
    """Model of an answer sheet, and of the rows that are right or wrong."""

    edited = Signal(object)  # AnswerSheet: the sheet with a cell that was just typed
    refused = Signal(str)  # why a typed value is not accepted, as a sentence

    def __init__(self, parent: QWidget | None = None, *, is_open: bool = True) -> None:
        super().__init__(parent)
        self.is_open = is_open  # whether steps can be edited and rows added, not just values
        self.sheet = _EMPTY
        self._wrong: int | None = None
        self._right: frozenset[int] = frozenset()

    def set_sheet(self, sheet: AnswerSheet) -> None:
        """Replace the sheet. Added rows do not reset the model, so that a cell being edited stays open."""
        old, self._wrong, self._right = self.sheet, None, frozenset()
        more = len(sheet.lines) - len(old.lines)
        if sheet.names != old.names or more < 0:
            self.beginResetModel()
            self.sheet = sheet
            self.endResetModel()
            return
        if more:
            # New rows are inserted below the empty row, if there is one.
            self.beginInsertRows(ROOT, len(old.lines) + self.is_open, len(sheet.lines) - 1 + self.is_open)
            self.sheet = sheet
            self.endInsertRows()
        self.sheet = sheet
        self._announce()

    def set_marks(self, right: frozenset[int], wrong: int | None) -> None:
        self._right, self._wrong = right, wrong
        self._announce()

    def _announce(self) -> None:
        rows = self.rowCount()
        self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, rows - 1)

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.sheet.lines) + self.is_open

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self.sheet.names) + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.is_open or index.column() else flags

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        if role == Role.TextAlignmentRole:
            return int(RIGHT)
        if role == WRONG_ROLE:
            return index.row() == self._wrong
        if role == Role.AccessibleDescriptionRole:
            return self._judged(index.row())
        row = index.row()
        cell = self.sheet.lines[row][index.column()] if row < len(self.sheet.lines) else None
        if role == NUMBER_ROLE or cell is None:
            return cell
        text = _shown(cell) if role in _TEXT_ROLES else None
        return plain(text) if text and role == Role.ToolTipRole else text

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            sheet = self.sheet.with_cell(index.row(), index.column(), value)
        except InvalidValue as fault:
            self.refused.emit(as_sentence(str(fault)))
            return False
        self.edited.emit(sheet)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if orientation == Qt.Orientation.Vertical:
            if role == Role.FontRole and section == self._wrong:
                font = QFont()
                font.setBold(True)
                return font
            return self._judged(section) if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            return (self.tr("step"), *map(letter_of, self.sheet.names))[section]
        return int(RIGHT) if role == Role.TextAlignmentRole else None

    def _judged(self, row: int) -> str:
        if row == self._wrong:
            return self.tr("wrong")
        return self.tr("right") if row in self._right else ""


def _shown(number: Written) -> str:
    return localised(with_true_minus(number.text))


class CellField(CheckedField):
    """A field for a number with its decimals, which may be left empty."""

    foreign_keys = NumberField.foreign_keys

    def __init__(self, label: str, help_: str, domain: Domain, parent: QWidget) -> None:
        self._domain = domain
        super().__init__(label, help_, None, parent)

    def read(self, text: str) -> Written | None:
        if not text.strip():
            return None
        return Written(float(read_value(text, self._domain, self._label)), decimals_of(text))

    def written(self) -> str:
        return _shown(self._value) if self._value else ""


class AnswerSheetDelegate(NumberDelegate):
    """Delegate that paints the first wrong row with its own background and a bar on the left."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        name = str(index.model().headerData(index.column(), Qt.Orientation.Horizontal))
        domain = NUMBER if index.column() else STEP
        help_ = self.tr("Enter or Tab accepts, Escape keeps the old value.")
        field = CellField(name, help_, domain, parent)
        field.setObjectName("cell")
        field.gives_back = False  # the focus returns to the table
        return field

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        wrong = bool(index.data(WRONG_ROLE))
        if wrong:
            painter.fillRect(option.rect, QColor(shown_theme().fault_soft))
        super().paint(painter, option, index)
        if wrong and index.column() == 0:
            cell = QRectF(option.rect)
            painter.fillRect(
                QRectF(cell.left(), cell.top(), _BAR, cell.height()), QColor(shown_theme().fault)
            )


class AnswerSheetTable(TypedTable):
    rows_removed = Signal(object)  # list of int

    def __init__(self, model: AnswerSheetModel) -> None:
        super().__init__(tr("Your values"), _ROW_HEIGHT)
        self.setObjectName("framed")
        self._sheet = model
        self.setItemDelegate(AnswerSheetDelegate(self))
        self.setModel(model)
        self.copy_pressed.connect(self._copy)
        self.remove_pressed.connect(lambda: self.rows_removed.emit(self._chosen_rows()))
        FontScaler(self.verticalHeader(), QHeaderView.setFixedWidth, _JUDGED_WIDTH)
        FontScaler(self.horizontalHeader(), QHeaderView.setMinimumSectionSize, _STEP_WIDTH)
        model.modelReset.connect(self._lay_columns)
        model.refused.connect(partial(show_fault, self))
        self._lay_columns()

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the current cell; by default the first parameter of the empty row."""
        index = self.currentIndex()
        return (index.row(), index.column()) if index.isValid() else (len(self._sheet.sheet.lines), 1)

    def typed_columns(self) -> range:
        """Return the columns of values if steps cannot be typed; otherwise none."""
        return range(0) if self._sheet.is_open else range(1, 1 + len(self._sheet.sheet.names))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.edit(self.currentIndex(), self.EditTrigger.AllEditTriggers, event)  # only if editable
        else:
            super().keyPressEvent(event)

    def _chosen_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def _copy(self) -> None:
        lines = self._sheet.sheet.lines
        rows = [lines[row] for row in self._chosen_rows() if row < len(lines)]
        texts = ("\t".join(cell.text if cell else "" for cell in row) for row in rows)
        QGuiApplication.clipboard().setText("".join(f"{text}\n" for text in texts))

    @Slot()
    def _lay_columns(self) -> None:
        header = self.horizontalHeader()
        for column in range(self._sheet.columnCount()):
            stretch = column > 0 and self._sheet.columnCount() <= 4
            mode = QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            if not stretch:
                header.resizeSection(column, _NARROWEST if column else _STEP_WIDTH)
