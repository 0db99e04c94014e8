"""The view of the table of points: keys, sizes, the clipboard."""

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

ROW_HEIGHT = 24
_SHOWN_ROWS = 6
# With more inputs the columns keep a width of their own, and the table scrolls.
_MOST_STRETCHED = 2
_COLUMN_WIDTH, _ROLE_WIDTH = 52, 38
_HEADER = 26
# How the width is shared between what is typed, f(x), and the error.
_TYPED_SHARE, _OUTPUT_SHARE, _ERROR_SHARE = 0.95, 1.0, 1.25


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
        self._dimension = 1
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
        for column in range(role + 1):
            self.setColumnHidden(column, False)  # with other inputs it was the role
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(role, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(role, _ROLE_WIDTH)
        self.setColumnHidden(role, not has_roles)
        self._dimension = dimension
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new width."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give the errors, which have a sign and often an exponent, more of the width."""
        typed, header = self._dimension + 1, self.horizontalHeader()
        if header.count() < typed + 2:
            return
        role = 0 if self.isColumnHidden(typed + 2) else _ROLE_WIDTH
        shares = [_TYPED_SHARE] * typed + [_OUTPUT_SHARE, _ERROR_SHARE]
        unit = (self.viewport().width() - role) / sum(shares)
        widths = [int(share * unit) for share in shares]
        if self._dimension > _MOST_STRETCHED:
            widths = [max(_COLUMN_WIDTH, width) for width in widths]
        else:
            widths[-1] += self.viewport().width() - role - sum(widths)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    def seen_rows(self) -> range:
        """Return the rows that are on the screen."""
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return range(0)
        # Below the last row there is none.
        return range(first, (last if last >= 0 else self.model().rowCount() - 1) + 1)

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
