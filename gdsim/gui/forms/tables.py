"""What tables have in common: how they are set up, and how a cell that is edited takes what was typed."""

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

from gdsim.gui.style.text_size import Scaled

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_Move = QAbstractItemView.CursorAction
ROOT = QModelIndex()  # of what has no parent
# What removes an entry of a list; on many a Mac the second is the key that says "delete".
REMOVING = (QKeySequence("Delete"), QKeySequence("Backspace"))
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def set_up_table(table: QTableView, name: str, row_height: int) -> None:
    """Give a table its name, and rows of one height without a grid.

    Tab leads on to the next control; between cells it moves only while one is edited.
    """
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # else Qt asks a million rows for their heights
    Scaled(rows, QHeaderView.setDefaultSectionSize, row_height)
    for header in (rows, table.horizontalHeader()):
        header.setHighlightSections(False)


def set_up_list(view: QListView, name: str) -> None:
    """Give a list of rows that are read and chosen its name; rows are as wide as it is."""
    view.setAccessibleName(name)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setTabKeyNavigation(False)


def on_removing(view: QWidget, act: Callable[[], None]) -> None:
    """Do something when an entry of a list is to be removed by its keys."""
    for keys in REMOVING:
        QShortcut(keys, view, act, context=Qt.ShortcutContext.WidgetShortcut)


class TypedTable(QTableView):
    """A table of numbers that are typed: whole rows are copied, pasted and removed."""

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
        """Return the columns whose numbers are typed one after the other; none where Qt knows the next."""
        return range(0)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Let Tab, which moves while a number is typed, go to the next one, and rest at the last one."""
        step = {_Move.MoveNext: 1, _Move.MovePrevious: -1}.get(action)
        typed, now = self.typed_columns(), self.currentIndex()
        if step is None or not typed or not now.isValid():  # Qt asks for the first cell when the focus comes
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
    """Takes what was typed into a cell when Enter is pressed.

    Qt waits for the event loop with that. What a person types on while the window is busy would still go into
    the cell, in place of what was accepted.
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
