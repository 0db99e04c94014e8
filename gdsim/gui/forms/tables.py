"""What tables have in common: how they are set up, and how a cell that is edited takes what was typed."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
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
ROOT = QModelIndex()  # of what has no parent
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
