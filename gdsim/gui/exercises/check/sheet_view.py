"""The sheet on the screen: typing, keys, the marked row."""

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionViewItem, QTableView, QWidget

from gdsim.core.exercises.check.answer_sheet import STEP, Written, decimals_of
from gdsim.core.settings import NUMBER, Domain
from gdsim.gui.exercises.check.sheet_model import WRONG_ROLE, SheetModel
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.fields import CheckedField
from gdsim.gui.forms.number_delegate import NumberDelegate
from gdsim.gui.forms.number_fields import NumberField, read_value
from gdsim.gui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROW_HEIGHT = 24
_STEP_WIDTH, _NARROWEST = 58, 78
_JUDGED_WIDTH = 46
_BAR = 3.0


class CellField(CheckedField):
    """A field for a number that keeps its decimals, or for none."""

    foreign_keys = NumberField.foreign_keys

    def __init__(self, label: str, help_: str, domain: Domain, parent: QWidget) -> None:
        self._domain = domain
        super().__init__(label, help_, None, parent)

    def read(self, text: str) -> Written | None:
        """Return the number as it is written; None for an empty field."""
        if not text.strip():
            return None
        return Written(float(read_value(text, self._domain, self._label)), decimals_of(text))

    def written(self) -> str:
        """Return the number with its decimals."""
        return self._value.text if self._value else ""

    def shorter(self) -> Iterator[str]:
        """Return nothing shorter: while it is there, it is edited."""
        return iter(())


class SheetDelegate(NumberDelegate):
    """Paints the cells: the first wrong row on a ground of its own, with a bar at its left."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a field for a step or a parameter."""
        name = str(index.model().headerData(index.column(), Qt.Orientation.Horizontal))
        domain = NUMBER if index.column() else STEP
        help_ = self.tr("Enter or Tab accepts, Escape keeps the old value.")
        field = CellField(name, help_, domain, parent)
        field.setObjectName("cell")
        field.gives_back = False  # the keys are the table's again
        return field

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        wrong = bool(index.data(WRONG_ROLE))
        if wrong:
            painter.fillRect(option.rect, QColor(self.theme.fault_soft))
        super().paint(painter, option, index)
        if wrong and index.column() == 0:
            cell = QRectF(option.rect)
            painter.fillRect(QRectF(cell.left(), cell.top(), _BAR, cell.height()), QColor(self.theme.fault))


class SheetView(QTableView):
    """The table.

    Signals
    -------
    paste_pressed()
    rows_removed(list of int)
    """

    paste_pressed = Signal()
    rows_removed = Signal(object)

    def __init__(self, model: SheetModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("framed")
        self.setAccessibleName(self.tr("Your values"))
        self._sheet = model
        self._delegate = SheetDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        rows.setFixedWidth(_JUDGED_WIDTH)
        rows.setHighlightSections(False)
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(_STEP_WIDTH)
        model.modelReset.connect(self._lay_columns)
        model.refused.connect(self._on_refused)
        self._lay_columns()

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self._delegate.theme = theme
        self.viewport().update()

    def show_row(self, row: int) -> None:
        """Bring a row into sight."""
        self.scrollTo(self._sheet.index(row, 0))

    @property
    def place(self) -> tuple[int, int]:
        """The cell that the keys act on; by default the first parameter of the empty row."""
        index = self.currentIndex()
        return (index.row(), index.column()) if index.isValid() else (len(self._sheet.sheet.lines), 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, paste and remove rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_pressed.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.rows_removed.emit(self._chosen_rows())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _chosen_rows(self) -> list[int]:
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def _copy(self) -> None:
        lines = self._sheet.sheet.lines
        rows = [lines[row] for row in self._chosen_rows() if row < len(lines)]
        texts = ("\t".join(cell.text if cell else "" for cell in row) for row in rows)
        QGuiApplication.clipboard().setText("".join(f"{text}\n" for text in texts))

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        show_fault(self, sentence)

    @Slot()
    def _lay_columns(self) -> None:
        header = self.horizontalHeader()
        for column in range(self._sheet.columnCount()):
            stretch = column > 0 and self._sheet.columnCount() <= 4
            mode = QHeaderView.ResizeMode.Stretch if stretch else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            if not stretch:
                header.resizeSection(column, _NARROWEST if column else _STEP_WIDTH)
