"""The view of the table of points: keys, sizes, the clipboard."""

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

ROW_HEIGHT = 24
_SHOWN_ROWS = 6
# With more inputs the columns keep a width of their own, and the table scrolls.
_MOST_STRETCHED = 2
_COLUMN_WIDTH, _ROLE_WIDTH = 52, 38
_HEADER = 26


class PointView(QTableView):
    """The table itself.

    Signals
    -------
    copy_pressed(), paste_pressed(), remove_pressed()
    """

    copy_pressed = Signal()
    paste_pressed = Signal()
    remove_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("points")
        self.setAccessibleName(self.tr("Points"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed | trigger.AnyKeyPressed)
        self.setWordWrap(False)
        self.setShowGrid(False)  # the delegate draws the lines between the rows
        self.setCornerButtonEnabled(False)
        # Tab leads on to the next control; between cells it moves only while one is edited.
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        # Fixed heights: otherwise Qt asks a million rows for theirs.
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        rows.setMinimumWidth(24)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        columns.setSectionsClickable(True)
        columns.setHighlightSections(False)
        rows.setHighlightSections(False)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model; its columns are never shown as selected."""
        super().setModel(model)
        if model is not None:
            # Asked whether a column is selected, Qt would go through the flags of a million cells.
            header = self.horizontalHeader()
            header.setSelectionModel(QItemSelectionModel(model, header))

    def lay_columns(self, dimension: int, *, has_roles: bool) -> None:
        """Make room for the inputs, y, f(x) and error, and for the role when there are two."""
        header, role = self.horizontalHeader(), dimension + 3
        header.setMinimumSectionSize(24)
        fit = dimension <= _MOST_STRETCHED
        for column in range(role):
            mode = QHeaderView.ResizeMode.Stretch if fit else QHeaderView.ResizeMode.Interactive
            header.setSectionResizeMode(column, mode)
            if not fit:
                header.resizeSection(column, _COLUMN_WIDTH)
        header.setSectionResizeMode(role, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(role, _ROLE_WIDTH)
        self.setColumnHidden(role, not has_roles)

    def sizeHint(self) -> QSize:
        """Return the size of a few rows; the rest is scrolled."""
        return QSize(260, _HEADER + _SHOWN_ROWS * ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return the size of two rows: the least there is to learn from."""
        return QSize(200, _HEADER + 2 * ROW_HEIGHT + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, paste and remove rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_pressed.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_pressed.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_pressed.emit()
        elif event.key() == Qt.Key.Key_Space:
            event.ignore()  # no number begins with a space; the key is the player's
        else:
            super().keyPressEvent(event)
