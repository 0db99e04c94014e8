"""The common setup of tables and lists, tables for typed numbers, and a delegate for their cells."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QListView,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from gdsim.gui.style.text_size import FontScaler

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_Move = QAbstractItemView.CursorAction
ROOT = QModelIndex()  # the parent of top-level items
# Keys that remove an entry of a list. On most Macs, the key labelled "delete" is Backspace.
REMOVING = (QKeySequence("Delete"), QKeySequence("Backspace"))
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def set_up_table(table: QTableView, name: str, row_height: int) -> None:
    """Give a table its accessible name, and rows of equal height without a grid.

    Tab moves on to the next control; it moves between cells only while a cell is edited.
    """
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # else Qt computes the height of every row
    FontScaler(rows, QHeaderView.setDefaultSectionSize, row_height)
    for header in (rows, table.horizontalHeader()):
        header.setHighlightSections(False)


def set_up_list(view: QListView, name: str) -> None:
    """Give a read-only list its accessible name; rows are as wide as the list."""
    view.setAccessibleName(name)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setTabKeyNavigation(False)


def on_removing(view: QWidget, act: Callable[[], None]) -> None:
    """Connect the keys that remove an entry of a list to an action."""
    for keys in REMOVING:
        QShortcut(keys, view, act, context=Qt.ShortcutContext.WidgetShortcut)


class TypedTable(QTableView):
    """A table for typing numbers, with signals to copy, paste and remove whole rows."""

    copy_pressed = Signal()
    paste_pressed = Signal()
    remove_pressed = Signal()

    def __init__(self, name: str, row_height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_up_table(self, name, row_height)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)

    def typed_columns(self) -> range:
        """Return the columns that Tab goes through while typing; an empty range leaves this to Qt."""
        return range(0)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Let Tab go to the next number to type, and stop at the last one."""
        step = {_Move.MoveNext: 1, _Move.MovePrevious: -1}.get(action)
        typed, now = self.typed_columns(), self.currentIndex()
        if step is None or not typed or not now.isValid():  # on focus, Qt asks for the first cell
            return super().moveCursor(action, modifiers)
        row, column = divmod(now.row() * len(typed) + now.column() - typed.start + step, len(typed))
        return self.model().index(row, typed[column])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_pressed.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_pressed.emit()
        else:
            super().keyPressEvent(event)


class CellDelegate(QStyledItemDelegate):
    """A delegate that commits a cell's editor at once when Enter is pressed.

    Qt does that only in the event loop. Text typed meanwhile, while the window is busy, would still go into
    the cell and change what was accepted.
    """

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if (
            isinstance(editor, QWidget)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, self.EndEditHint.SubmitModelCache)
            return True
        return super().eventFilter(editor, event)
