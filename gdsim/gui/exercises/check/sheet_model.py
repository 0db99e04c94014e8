"""The sheet of own values as a table: a step in each row, and an empty row below to type the next one."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.check.answer_sheet import AnswerSheet
from gdsim.core.settings import InvalidValue
from gdsim.gui.forms.number_delegate import NUMBER_ROLE
from gdsim.gui.forms.tips import plain

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ROOT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
# Whether a row is the first wrong one.
WRONG_ROLE = NUMBER_ROLE + 2
_NOBODY = AnswerSheet(("w", "b"))


class SheetModel(QAbstractTableModel):
    """Shows a sheet, and what is right and wrong in it.

    Signals
    -------
    sheet_typed(AnswerSheet)
        A cell was typed: this is the sheet with it.
    refused(str)
        Why it cannot be there, as a sentence.
    """

    sheet_typed = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = _NOBODY
        self._wrong: int | None = None
        self._right: frozenset[int] = frozenset()

    def set_sheet(self, sheet: AnswerSheet) -> None:
        """Show another sheet. A row that is added leaves the others, and a cell being typed in, alone."""
        old, self._wrong, self._right = self.sheet, None, frozenset()
        more = len(sheet.lines) - len(old.lines)
        if sheet.names != old.names or more < 0:
            self.beginResetModel()
            self.sheet = sheet
            self.endResetModel()
            return
        if more:
            # The empty row moves down.
            self.beginInsertRows(_ROOT, len(old.lines) + 1, len(sheet.lines))
            self.sheet = sheet
            self.endInsertRows()
        self.sheet = sheet
        self._announce()

    def set_marks(self, right: frozenset[int], wrong: int | None) -> None:
        """Say which rows are right, and which one is the first that is wrong."""
        self._right, self._wrong = right, wrong
        self._announce()

    def _announce(self) -> None:
        rows = self.rowCount()
        self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, rows - 1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rows, the empty one included."""
        return 0 if parent.isValid() else len(self.sheet.lines) + 1

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns: the step, and the parameters."""
        return 0 if parent.isValid() else len(self.sheet.names) + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let everything be typed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return a cell as it was written."""
        if not index.isValid():
            return None
        if role == Role.TextAlignmentRole:
            return _RIGHT
        if role == WRONG_ROLE:
            return index.row() == self._wrong
        if role == Role.AccessibleDescriptionRole:
            return self._judged(index.row())
        row = index.row()
        cell = self.sheet.lines[row][index.column()] if row < len(self.sheet.lines) else None
        if role == NUMBER_ROLE or cell is None:
            return cell
        text = cell.text if role in (Role.DisplayRole, Role.EditRole, Role.ToolTipRole) else None
        return plain(text) if text and role == Role.ToolTipRole else text

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Give out the sheet with another cell."""
        if role != Role.EditRole or not index.isValid():
            return False
        try:
            sheet = self.sheet.with_cell(index.row(), index.column(), value)
        except InvalidValue as fault:
            words = str(fault)
            self.refused.emit(f"{words[:1].upper()}{words[1:]}.")
            return False
        self.sheet_typed.emit(sheet)
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return the name of a column, or what is said of a row."""
        if orientation == Qt.Orientation.Vertical:
            if role == Role.FontRole and section == self._wrong:
                font = QFont()
                font.setBold(True)
                return font
            return self._judged(section) if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            return (self.tr("step"), *self.sheet.names)[section]
        return _RIGHT if role == Role.TextAlignmentRole else None

    def _judged(self, row: int) -> str:
        if row == self._wrong:
            return self.tr("wrong")
        return self.tr("right") if row in self._right else ""
