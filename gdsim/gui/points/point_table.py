"""The table of points: typed, pasted, sorted, removed."""

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.points import PointSet
from gdsim.gui.forms.bubble import show_fault
from gdsim.gui.forms.tips import tip
from gdsim.gui.points.point_delegate import PointDelegate
from gdsim.gui.points.point_menu import PointMenu
from gdsim.gui.points.point_model import PointModel
from gdsim.gui.points.point_view import PointView
from gdsim.gui.style import icons as assets
from gdsim.gui.style.theme import Theme


class PointTable(QWidget):
    """Shows the points with f(x) and error of the selected run, and asks for changes of them.

    Table rows count training points first, then validation points.

    Signals
    -------
    point_moved(int, tuple, float, str)
        Row, x, y, and the key under which edits are undone as one (empty: what is typed stands alone).
    paste_requested()
    rows_removed(tuple of int)
    point_added()
    role_changed(tuple of int, bool)
        Rows, and whether they become validation points.
    sort_requested(int, bool)
        An input, or y as column d; and whether the largest comes first.
    refused(str)
        Why something typed or pasted was refused.
    """

    point_moved = Signal(int, object, float, str)
    paste_requested = Signal()
    rows_removed = Signal(object)
    point_added = Signal()
    role_changed = Signal(object, bool)
    sort_requested = Signal(int, bool)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pointTable")
        self._adding = False
        self._sorted: tuple[int, bool] | None = None
        self._model = PointModel(self)
        self.view = PointView(self)
        self.view.setModel(self._model)
        self._delegate = PointDelegate(self.view)
        self.view.setItemDelegate(self._delegate)
        self._add, self._remove, self._more = self._make_buttons()
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self._add, self._remove, self._more):
            buttons.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.view, 1)
        layout.addLayout(buttons)
        self._connect()
        self.view.lay_columns(self._model.dimension, has_roles=False)

    def set_points(self, points: PointSet, validation: PointSet) -> None:
        """Show other points."""
        grown = len(points) > len(self._model.points)
        columns = (self._model.dimension, len(self._model.validation) > 0)
        row, top = self.view.currentIndex().row(), self.view.verticalScrollBar().value()
        column = max(0, self.view.currentIndex().column())
        self._model.set_points(points, validation)
        if columns != (points.dimension, len(validation) > 0):
            self.view.lay_columns(points.dimension, has_roles=len(validation) > 0)
        if self._adding and grown:
            self._edit_new_point()
        elif row >= 0 and not self.view.currentIndex().isValid() and self._model.rowCount():
            last = self._model.rowCount() - 1
            self.view.setCurrentIndex(self._model.index(min(row, last), column))
            self.view.verticalScrollBar().setValue(top)
        self._adding = False

    def show_fit(self, p: Array | None) -> None:
        """Show f(x) and the error for parameters ``p`` of shape (d + 1,); nothing for None."""
        self._model.show_fit(p)

    def show_highlighted(self, rows: Rows | None) -> None:
        """Light the points that feed an update, as rows of the training points; None when all do."""
        self._model.show_highlighted(rows, self.view.seen_rows())

    def scroll_to_lit(self) -> None:
        """Bring the first lit point into view."""
        row = self._model.first_highlighted
        if 0 <= row < self._model.rowCount():
            self.view.scrollTo(self._model.index(row, 0))

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self._delegate.theme = theme
        for button, name in ((self._add, "plus"), (self._remove, "minus"), (self._more, "chevron-down")):
            button.setIcon(assets.icon(name, theme.text, theme.faint))

    def selected_rows(self) -> tuple[int, ...]:
        """Return the selected rows, in order."""
        # By ranges: one index for each of a million selected rows would take seconds.
        selection = self.view.selectionModel().selection()
        chosen = np.zeros(self._model.rowCount(), dtype=np.bool_)
        for one in (selection.at(place) for place in range(selection.count())):
            chosen[one.top() : one.bottom() + 1] = True
        return tuple(np.flatnonzero(chosen).tolist())

    def menu(self) -> PointMenu:
        """Return the menu of what can be done with the selected rows."""
        rows, model = self.selected_rows(), self._model
        names = [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.dimension + 1)]
        held_out = sum(map(model.is_validation, rows))
        menu = PointMenu(names, len(rows) - held_out, held_out, self)
        menu.copy_chosen.connect(self._copy)
        menu.paste_chosen.connect(self.paste_requested)
        menu.role_chosen.connect(self._change_role)
        menu.sort_chosen.connect(self._sort)
        menu.addSeparator()
        highlighted = menu.addAction(self.tr("Go to the rows of this update"), self.scroll_to_lit)
        highlighted.setEnabled(0 <= model.first_highlighted < model.rowCount())
        return menu

    def _make_buttons(self) -> tuple[QPushButton, QPushButton, QPushButton]:
        buttons = []
        for text, name, sentence in (
            (self.tr("Add"), self.tr("Add a point"), self.tr("Add a point after the others.")),
            (self.tr("Remove"), self.tr("Remove points"), self.tr("Remove the selected rows (Delete).")),
            (self.tr("More"), self.tr("More"), self.tr("Copy, paste, sort, and validation points.")),
        ):
            button = QPushButton(text)
            button.setAccessibleName(name)
            button.setToolTip(tip(sentence))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
        self.view.paste_pressed.connect(self.paste_requested)
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
        if self.selected_rows():
            self.rows_removed.emit(self.selected_rows())

    def _change_role(self, validation: bool) -> None:
        self.role_changed.emit(self.selected_rows(), validation)

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if index.column() == self._model.dimension + 3:
            self.role_changed.emit((index.row(),), not self._model.is_validation(index.row()))

    def _sort(self, column: int) -> None:
        """Sort by a column; the other way round when it was clicked before."""
        if column > self._model.dimension:
            return
        descending = self._sorted == (column, False)
        self._sorted = (column, descending)
        self.sort_requested.emit(column, descending)

    def _copy(self) -> None:
        rows = self.selected_rows()
        if rows:
            from gdsim.core.files.table.points import rows_text  # noqa: PLC0415 - with the first copy

            QGuiApplication.clipboard().setText(rows_text(self._model.taken(rows)))

    def refuse(self, sentence: str) -> None:
        """Say why something typed or pasted is refused."""
        show_fault(self.view, sentence)
        self.refused.emit(sentence)

    def _popup(self, place: QPoint) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)
