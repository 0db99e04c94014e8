"""The list of runs: which there are, which is selected, which are hidden."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.forms.icon_button import IconButton
from gdsim.gui.forms.tips import tip
from gdsim.gui.runs.run_delegate import RunDelegate
from gdsim.gui.runs.run_model import RunModel
from gdsim.gui.runs.run_view import RunView
from gdsim.gui.style.theme import RunStyle, Theme


class RunList(QWidget):
    """Shows the runs and asks for changes of them.

    Attributes
    ----------
    tools : QWidget
        The buttons add, duplicate, colour, remove; made for the header of the card around the list.

    Signals
    -------
    selected(int)
    add_requested(str)
        Id of a rule.
    duplicate_requested(int), remove_requested(int)
    run_changed(int, Run, str)
        A run with another name, colour or visibility, and the edit's name for undo.
    """

    selected = Signal(int)
    add_requested = Signal(str)
    duplicate_requested = Signal(int)
    remove_requested = Signal(int)
    run_changed = Signal(int, object, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("runList")
        self._told = False
        self._model = RunModel(self)
        self._delegate = RunDelegate(self)
        self.view = RunView(self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(self._delegate)
        self.tools = QWidget(self)
        self._buttons = self._make_tools()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.view)
        self._model.renamed.connect(self._on_renamed)
        self.view.selectionModel().currentChanged.connect(self._on_current)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.eye_clicked.connect(self._toggle_hidden)
        self.view.remove_pressed.connect(self.remove_requested)
        self._enable_tools()

    def set_runs(self, runs: Sequence[Run], styles: Sequence[RunStyle], selected: int) -> None:
        """Show the runs, each with its style, and which one is selected."""
        self._told = True
        self._model.set_runs(runs, styles)
        self._told = False
        self.set_selected(selected)
        self.view.updateGeometry()
        self._enable_tools()

    def set_selected(self, index: int) -> None:
        """Show another run as the selected one."""
        row = self._model.index(index)
        if row.isValid() and row != self.view.currentIndex():
            self._told = True
            self.view.setCurrentIndex(row)
            self._told = False

    def set_theme(self, theme: Theme) -> None:
        """Paint in the theme's colours."""
        self._delegate.theme = theme
        for button in self._buttons:
            button.set_theme(theme)
        self.view.viewport().update()

    def menu_for(self, index: int) -> QMenu:
        """Return the menu of one run."""
        menu = QMenu(self)
        run = self._model.runs[index]
        menu.addAction(self.tr("Rename"), lambda: self.view.edit(self._model.index(index)))
        menu.addAction(self.tr("Duplicate"), lambda: self.duplicate_requested.emit(index))
        hide = self.tr("Show") if run.hidden else self.tr("Hide")
        menu.addAction(hide, lambda: self._toggle_hidden(index))
        menu.addSeparator()
        menu.addAction(self.tr("Colour…"), lambda: self._pick_colour(index))
        own = menu.addAction(self.tr("Colour of the rule"), lambda: self._recolour(index, ""))
        own.setEnabled(bool(run.colour))
        menu.addSeparator()
        menu.addAction(self.tr("Remove"), lambda: self.remove_requested.emit(index))
        return menu

    def _make_tools(self) -> tuple[IconButton, ...]:
        add = IconButton("plus", self.tr("Add a run"), self.tr("Choose the rule that the new run follows."))
        add.setMenu(self._add_menu())
        add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        duplicate = IconButton(
            "duplicate",
            self.tr("Duplicate"),
            self.tr("Add a copy of the selected run."),
        )
        colour = IconButton("palette", self.tr("Colour"), self.tr("Choose the colour of the selected run."))
        remove = IconButton("trash", self.tr("Remove"), self.tr("Remove the selected run (Delete)."))
        duplicate.clicked.connect(lambda: self.duplicate_requested.emit(self._current()))
        colour.clicked.connect(lambda: self._pick_colour(self._current()))
        remove.clicked.connect(lambda: self.remove_requested.emit(self._current()))
        layout = QHBoxLayout(self.tools)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addStretch(1)
        buttons = (add, duplicate, colour, remove)
        for button in buttons:
            layout.addWidget(button)
        return buttons

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key, rule in RULES.items():
            action = menu.addAction(rule.title)
            action.setData(key)
            action.setToolTip(tip(rule.summary))
        menu.triggered.connect(lambda action: self.add_requested.emit(action.data()))
        return menu

    def _current(self) -> int:
        return self.view.currentIndex().row()

    def _enable_tools(self) -> None:
        for button in self._buttons[1:]:
            button.setEnabled(bool(self._model.runs))

    def _open_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            menu = self.menu_for(index.row())
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.view.viewport().mapToGlobal(place))

    def _pick_colour(self, index: int) -> None:
        # Qt's own dialog looks and behaves alike everywhere, and follows the theme.
        dialog = QColorDialog(QColor(self._model.styles[index].colour), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(self.tr("Colour of {0}").format(self._model.runs[index].name))
        dialog.colorSelected.connect(lambda colour: self._recolour(index, colour.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _recolour(self, index: int, colour: str) -> None:
        self._change(index, replace(self._model.runs[index], colour=colour), self.tr("Colour run"))

    def _toggle_hidden(self, index: int) -> None:
        run = self._model.runs[index]
        name = self.tr("Show run") if run.hidden else self.tr("Hide run")
        self._change(index, replace(run, hidden=not run.hidden), name)

    def _on_renamed(self, index: int, run: Run) -> None:
        self._change(index, run, self.tr("Rename run"))

    def _change(self, index: int, run: Run, name: str) -> None:
        if run != self._model.runs[index]:
            self.run_changed.emit(index, run, name)

    def _on_current(self, current: QModelIndex) -> None:
        if not self._told and current.isValid():
            self.selected.emit(current.row())
