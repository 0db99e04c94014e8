"""The table of points, in which they are typed, pasted, sorted and removed."""

from collections.abc import Collection
from functools import partial

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.objective import LECTURE, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.buttons import ICON_SIZE
from gdsim.gui.forms.layouts import fill_layout, window_button
from gdsim.gui.forms.number_delegate import NumberCell, NumberDelegate
from gdsim.gui.forms.tables import Index, TypedTable
from gdsim.gui.points.point_model import PointModel
from gdsim.gui.style import icons as assets
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.stylesheet import mixed_colour
from gdsim.gui.style.text_size import FontScaler, scale_of
from gdsim.gui.translation import tr

_ROW_HEIGHT = 24
_SHOWN_ROWS = 6
# With more inputs than this, the columns have a least width, and the table scrolls.
_MOST_STRETCHED = 2
_COLUMN_WIDTH, _ROLE_WIDTH = 46, 38
_HEADER = 26
# The shares of the width: of a typed column, of f(x), and of the error.
_TYPED_SHARE, _OUTPUT_SHARE, _ERROR_SHARE = 0.82, 1.18, 1.43
_LONG_SHARE = 1.3  # of a typed column with an exponent
_BAR_WIDTH = 3.0
_TINT = 0.09


class PointTable(QWidget):
    """Shows the points with f(x) and error of the selected run, and requests changes of them.

    Table rows count training points first, then validation points.
    """

    # row, x, y, and the merge key: consecutive edits with the same key are undone as one; empty for none
    point_moved = Signal(int, object, float, str)
    paste_requested = Signal(int)  # the first selected row; -1 if there is none
    rows_removed = Signal(object)  # tuple of int
    point_added = Signal()
    role_changed = Signal(object, bool)  # tuple of int: rows, and whether they become validation points
    sort_requested = Signal(int, bool)  # the column of an input, or d for y; and whether in descending order
    refused = Signal(str)  # why something typed or pasted was refused

    def __init__(self) -> None:
        super().__init__()
        self._adding = False
        self._model = PointModel(self)
        self.view = PointView(self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(PointDelegate(self._model, self.view))
        self._add, self._remove, self._more = self._make_buttons()
        buttons = fill_layout(QHBoxLayout(), (self._add, 1), (self._remove, 1), (self._more, 1), gap=6)
        fill_layout(QVBoxLayout(self), (self.view, 1), buttons)
        self._connect()
        ThemeFollower(self, self._draw_icons)
        self._lay_columns()

    def set_points(
        self, points: PointSet, validation: PointSet, objective: NeuronObjective = LECTURE
    ) -> None:
        grown = len(points) > len(self._model.points)
        columns = (self._model.dimension, len(self._model.validation) > 0, self._model.long_columns)
        row, top = self.view.currentIndex().row(), self.view.verticalScrollBar().value()
        column = max(0, self.view.currentIndex().column())
        self._model.set_points(points, validation, objective)
        if columns != (points.dimension, len(validation) > 0, self._model.long_columns):
            self._lay_columns()
        if self._adding and grown:
            self._edit_new_point()
        elif row >= 0 and not self.view.currentIndex().isValid() and self._model.rowCount():
            last = self._model.rowCount() - 1
            self.view.setCurrentIndex(self._model.index(min(row, last), column))
            self.view.verticalScrollBar().setValue(top)
        self._adding = False

    def _lay_columns(self) -> None:
        model = self._model
        self.view.lay_columns(model.dimension, model.long_columns, has_roles=len(model.validation) > 0)

    def show_fit(self, p: Array | None) -> None:
        """Show f(x) and the error for parameters ``p`` (d + 1,), or nothing for None."""
        self._model.show_fit(p)

    def show_highlighted(self, rows: Rows | None) -> None:
        """Highlight the rows of the training points that an update uses; None if it uses all."""
        self._model.show_highlighted(rows, self.view.seen_rows())

    def scroll_to_highlighted(self) -> None:
        row = self._model.first_highlighted
        if 0 <= row < self._model.rowCount():
            self.view.scrollTo(self._model.index(row, 0))

    def _draw_icons(self) -> None:
        theme = shown_theme()
        for button, name in ((self._add, "plus"), (self._remove, "minus"), (self._more, "chevron-down")):
            button.setIcon(assets.icon(name, theme.text, theme.faint))

    def selected_rows(self) -> tuple[int, ...]:
        return tuple(self._selected().tolist())

    def _selected(self) -> Rows:
        # By ranges, because an index for each of a million selected rows would take seconds.
        selection = self.view.selectionModel().selection()
        chosen = np.zeros(self._model.rowCount(), dtype=np.bool_)
        for one in (selection.at(place) for place in range(selection.count())):
            chosen[one.top() : one.bottom() + 1] = True
        return np.flatnonzero(chosen)

    def menu(self) -> QMenu:
        rows, model = self._selected(), self._model
        validation = np.count_nonzero(rows >= len(model.points))
        menu = QMenu(self)
        copy = menu.addAction(self.tr("Copy rows"), self._copy)
        paste = menu.addAction(self.tr("Paste rows"), self._on_paste)
        # The shortcuts are only shown; the table handles the keys itself.
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        paste.setShortcut(QKeySequence.StandardKey.Paste)
        copy.setEnabled(len(rows) > 0)
        menu.addSeparator()
        there = menu.addAction(self.tr("Make validation points"), partial(self._change_role, True))
        there.setEnabled(bool(validation < len(rows)))
        back = menu.addAction(self.tr("Make training points"), partial(self._change_role, False))
        back.setEnabled(bool(validation))
        menu.addSeparator()
        for column in range(model.dimension + 1):
            name = model.headerData(column, Qt.Orientation.Horizontal)
            menu.addAction(self.tr("Sort by {0}").format(name), partial(self._sort, column))
        menu.addSeparator()
        go = menu.addAction(self.tr("Go to the rows of this update"), self.scroll_to_highlighted)
        go.setEnabled(0 <= model.first_highlighted < model.rowCount())
        return menu

    def _make_buttons(self) -> tuple[QPushButton, QPushButton, QPushButton]:
        buttons = []
        for text, name, sentence in (
            (self.tr("Add", "point"), self.tr("Add a point"), self.tr("Add a point after the others.")),
            (self.tr("Remove"), self.tr("Remove points"), self.tr("Remove the selected rows (Delete).")),
            (
                self.tr("Rows"),
                self.tr("Rows"),
                self.tr("Copy, paste or sort rows, or keep them for validation."),
            ),
        ):
            button = window_button(text, sentence, name=name)
            FontScaler(button, QPushButton.setIconSize, ICON_SIZE)
            buttons.append(button)
        add, remove, more = buttons
        return add, remove, more

    def _connect(self) -> None:
        self._add.clicked.connect(self._on_add)
        self._remove.clicked.connect(self._on_remove)
        self._more.clicked.connect(
            lambda: self._popup(self._more.mapToGlobal(QPoint(0, self._more.height())))
        )
        self.view.copy_pressed.connect(self._copy)
        self.view.paste_pressed.connect(self._on_paste)
        self.view.remove_pressed.connect(self._on_remove)
        self.view.doubleClicked.connect(self._on_double_clicked)
        self.view.horizontalHeader().sectionClicked.connect(self._sort)
        self.view.customContextMenuRequested.connect(
            lambda place: self._popup(self.view.viewport().mapToGlobal(place))
        )
        self._model.point_moved.connect(lambda row, x, y: self.point_moved.emit(row, x, y, ""))
        self._model.refused.connect(self.refuse)

    def _on_add(self) -> None:
        self._adding = True
        self.point_added.emit()
        self._adding = False

    def _edit_new_point(self) -> None:
        new = self._model.index(len(self._model.points) - 1, 0)
        self.view.setCurrentIndex(new)
        self.view.scrollTo(new)
        self.view.setFocus()
        self.view.edit(new)

    def _on_remove(self) -> None:
        rows = self.selected_rows()
        if rows:
            self.rows_removed.emit(rows)

    def _on_paste(self) -> None:
        self.paste_requested.emit(next(iter(self.selected_rows()), -1))

    def _change_role(self, validation: bool) -> None:
        self.role_changed.emit(self.selected_rows(), validation)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if index.column() == self._model.dimension + 3:
            self.role_changed.emit((index.row(),), not self._model.is_validation(index.row()))

    def _sort(self, column: int) -> None:
        """Sort by a column, in descending order if it ascends already."""
        if column <= self._model.dimension:
            self.sort_requested.emit(column, self._model.ascends(column))

    def _copy(self) -> None:
        # Imported with the first copy.
        from gdsim.core.files.table.table_points import rows_text  # noqa: PLC0415
        from gdsim.gui.points.words import copy_fault  # noqa: PLC0415

        rows = self._selected()
        fault = copy_fault(len(rows))
        if fault:
            self.refuse(fault)
        elif len(rows):
            QGuiApplication.clipboard().setText(rows_text(self._model.taken(rows)))

    def refuse(self, sentence: str) -> None:
        """Show a bubble that says why something typed or pasted is refused, and report it."""
        show_fault(self.view, sentence)
        self.refused.emit(sentence)

    def _popup(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)


class PointView(TypedTable):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Points"), _ROW_HEIGHT, parent)  # the delegate draws the lines between the rows
        self._dimension = 1
        self._long: Collection[int] = ()
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setMinimumWidth(24)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setSectionsClickable(True)

    def setModel(self, model: QAbstractItemModel | None) -> None:
        """Show a model, whose columns are never shown as selected."""
        super().setModel(model)
        if model is not None:
            # To know whether a column is selected, Qt would look at the flags of a million cells.
            header = self.horizontalHeader()
            header.setSelectionModel(QItemSelectionModel(model, header))

    def lay_columns(self, dimension: int, long: Collection[int], *, has_roles: bool) -> None:
        """Lay out the columns of the inputs, y, f(x) and the error, and of the role if there are two roles.

        ``long`` are the columns of numbers with an exponent.
        """
        header, role = self.horizontalHeader(), dimension + 3
        header.setMinimumSectionSize(24)
        for column in range(role + 1):
            self.setColumnHidden(column, False)  # it may be the hidden column of roles of another dimension
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(role, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(role, self._role_width())
        self.setColumnHidden(role, not has_roles)
        self._dimension, self._long = dimension, long
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Give f(x) a larger share of the width than typed columns, and the error, which has a sign, more."""
        typed, header = self._dimension + 1, self.horizontalHeader()
        if header.count() < typed + 2:
            return
        role = 0 if self.isColumnHidden(typed + 2) else self._role_width()
        shares = [_LONG_SHARE if column in self._long else _TYPED_SHARE for column in range(typed)]
        shares += [_OUTPUT_SHARE, _ERROR_SHARE]
        unit = (self.viewport().width() - role) / sum(shares)
        widths = [int(share * unit) for share in shares]
        if self._dimension > _MOST_STRETCHED:
            least = round(_COLUMN_WIDTH * scale_of(self))
            widths = [max(least, width) for width in widths]
        else:
            widths[-1] += self.viewport().width() - role - sum(widths)
        for column, width in enumerate(widths):
            header.resizeSection(column, width)

    def seen_rows(self) -> range:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        if first < 0:
            return range(0)
        # There may be no row at the bottom of the viewport.
        return range(first, (last if last >= 0 else self.model().rowCount() - 1) + 1)

    def sizeHint(self) -> QSize:
        return QSize(260, self._height(_SHOWN_ROWS))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self._height(2) + 2)

    def _height(self, rows: int) -> int:
        return round(_HEADER * scale_of(self)) + rows * self.verticalHeader().defaultSectionSize()

    def _role_width(self) -> int:
        return round(_ROLE_WIDTH * scale_of(self))

    def typed_columns(self) -> range:
        return range(self._dimension + 1)

    def event(self, event: QEvent) -> bool:
        """Keep the shortcut that selects everything from triggering a command of the window."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.SelectAll)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            event.ignore()  # no number begins with a space; the key plays and pauses
        else:
            super().keyPressEvent(event)


class PointDelegate(NumberDelegate):
    """Paints a highlighted row on a coloured background, with a bar at its left, and aligns typed numbers."""

    def __init__(self, model: PointModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model  # called directly, because cells are painted in each frame and roles cost time

    def cell(self, index: Index) -> NumberCell | None:
        return self._model.cell(index.row(), index.column())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if not self._model.is_highlighted(index.row()):
            super().paint(painter, option, index)
            return
        if not option.state & QStyle.StateFlag.State_Selected:
            theme = shown_theme()
            painter.fillRect(option.rect, QColor(mixed_colour(theme.card, theme.accent, _TINT)))
        super().paint(painter, option, index)
        if index.column() == 0:
            cell = QRectF(option.rect)
            painter.fillRect(
                QRectF(cell.left(), cell.top(), _BAR_WIDTH, cell.height()), QColor(shown_theme().accent)
            )
