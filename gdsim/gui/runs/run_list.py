"""The list of runs: their state at the cursor, the selected one, the hidden ones, and why one ended."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QGuiApplication, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from gdsim.core.engine.trajectory import StopReason
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import machine_readable
from gdsim.core.language.texts import counted, translated
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import FURTHER_RULES, LECTURE_RULES
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.gui.forms.buttons import IconButton, give_menu
from gdsim.gui.forms.layouts import fill_layout, window_button
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.drawing import blank_picture, painting
from gdsim.gui.paint.words import run_words, why_nothing
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.runs.run_cells import RUN
from gdsim.gui.runs.run_table import RunTableView
from gdsim.gui.style.text_size import scale_of
from gdsim.gui.style.theme import LIGHT, Look, Theme, offered_colours
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView

_SIZE, _ROUND = 14, 3.0


class ColourMenu(QMenu):
    """Offers colours that everybody can tell apart, any other colour, and the colour of the run's rule."""

    colour_chosen = Signal(str)  # ``"#rrggbb"``, or empty for the colour of the rule
    other_requested = Signal()

    def __init__(self, run: Run, colour: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Colour"))
        self.ensurePolished()
        group = QActionGroup(self)
        for one, name in zip(offered_colours(theme), colour_names(theme), strict=True):
            action = self.addAction(_swatch(self, one, theme), name, partial(self.colour_chosen.emit, one))
            action.setCheckable(True)
            action.setChecked(one == colour)
            font = self.font()
            font.setBold(one == colour)  # because its swatch takes the place of the check mark
            action.setFont(font)
            action.setIconVisibleInMenu(True)
            group.addAction(action)
        self.addSeparator()
        self.addAction(self.tr("Other…"), self.other_requested.emit)
        own = self.addAction(self.tr("Colour of the rule"), partial(self.colour_chosen.emit, ""))
        own.setEnabled(bool(run.colour))


def colour_names(theme: Theme) -> tuple[str, ...]:
    red, blue, green = (tr("Red"), tr("Blue"), tr("Green"))
    purple, pink = tr("Purple"), tr("Pink")
    if theme.name == "dark":
        yellow, sky = tr("Yellow"), tr("Sky blue")
        dark, violet = tr("Dark green"), tr("Violet")
        return (tr("White"), red, blue, yellow, green, purple, sky, dark, violet, pink)
    orange, steel = tr("Orange"), tr("Grey blue")
    brown, violet = tr("Brown"), tr("Violet")
    return (tr("Black"), red, blue, orange, green, purple, steel, brown, violet, pink)


def _swatch(widget: QWidget, colour: str, theme: Theme) -> QIcon:
    size = round(_SIZE * scale_of(widget))
    picture = blank_picture(size, size, widget.devicePixelRatioF(), None)
    painter = painting(picture)
    painter.setPen(QColor(theme.faint))
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(1, 1, size - 2, size - 2, _ROUND, _ROUND)
    painter.end()
    return QIcon(QPixmap.fromImage(picture))


_MOST_FAULTS = 3


class RunList(QWidget):
    """Shows the runs at the cursor and requests changes of them.

    Its accessible name is a sentence about the selected run.
    """

    selected = Signal(int)
    add_requested = Signal(str)  # id of a rule
    own_rule_requested = Signal()
    duplicate_requested = Signal(int)
    fork_requested = Signal(int)
    compare_requested = Signal(int)
    remove_requested = Signal(int)
    paste_requested = Signal()  # to paste an optimizer
    told = Signal(str)  # what was copied
    # int, Run, str: a run with another name, rate, colour or visibility, and the edit's name for undo.
    run_changed = Signal(int, object, str)
    _outdated = Signal()  # an open menu may now be that of another run

    def __init__(self) -> None:
        super().__init__()
        self._look = Look(LIGHT)
        self.view = RunTableView(self)
        self._older, self._faults, self._ending = map(sentence_label, ("hint", "fault", "hint"))
        # The buttons to add, duplicate, colour and remove runs, for the header of the card around the list.
        self.tools = QWidget(self)
        self._buttons = self._make_tools()
        notes = (self._older, self._faults, self._ending)
        for note in notes:
            note.hide()  # until there is something to say
        fill_layout(QVBoxLayout(self), self.tools, self.view, *notes, gap=4)
        self.view.renamed.connect(self._on_renamed)
        self.view.rate_typed.connect(self._on_rate)
        self.view.chosen.connect(self.selected)
        self.view.customContextMenuRequested.connect(self._open_menu)
        self.view.eye_clicked.connect(self._toggle_hidden)
        self.view.remove_pressed.connect(self.remove_requested)
        self.view.paste_pressed.connect(self.paste_requested)
        self._enable_tools()

    def set_runs(self, runs: Sequence[Run], selected: int) -> None:
        self._outdated.emit()
        self.view.set_runs(runs)
        self.view.set_selected(selected)
        self._enable_tools()

    def set_own_rules(self, rules: Sequence[Rule]) -> None:
        self._own_rules.clear()
        _add_rules(self._own_rules, {rule.id: rule for rule in rules})
        self._own_rules.menuAction().setVisible(bool(rules))

    def set_selected(self, index: int) -> None:
        self.view.set_selected(index)

    def set_look(self, look: Look) -> None:
        self._look = look
        self.view.set_look(look)

    def show_frame(self, frame: Frame) -> None:
        self.view.show_frame(frame)
        faults = [_ending_words(view) for _, view in sorted(frame.shown) if _has_failed(view)]
        if len(faults) > _MOST_FAULTS:
            more = len(faults) - _MOST_FAULTS
            faults[_MOST_FAULTS:] = [counted(more, "and {n} more run", "and {n} more runs")]
        self._faults.show_words("\n".join(faults))
        current = frame.current
        self._older.show_words(self._older_losses())
        over = current is not None and _is_over(current) and not _has_failed(current)
        self._ending.show_words(_ending_words(current) if current and over else "")
        sentence = run_words(current) if current else why_nothing(frame)
        if sentence != self.accessibleName():
            self.setAccessibleName(sentence)

    def text(self) -> str:
        """Return the state of the runs at the cursor with all digits, tab-separated for a spreadsheet."""
        known = [(row, state) for row, state in enumerate(self.view.states) if state]
        width = max((len(state.weights) for _, state in known), default=1)
        lines = [["run", "step", *parameter_names(width), "loss"]]
        for row, state in known:
            name = self.view.precise_text(row, RUN)
            loss = "" if state.is_loss_older else machine_readable(state.loss)
            lines.append([name, str(state.step), *map(machine_readable, (*state.weights, state.bias)), loss])
        return "".join("\t".join(line) + "\n" for line in lines)

    def _older_losses(self) -> str:
        older = [
            self.tr("{0} at step {1}").format(run.shown_name, numerals.integer_text(state.loss_step))
            for run, state in zip(self.view.runs, self.view.states, strict=True)
            if state and state.is_loss_older
        ]
        return self.tr("* last loss over all points: {0}").format(", ".join(older)) if older else ""

    def menu_for(self, index: int) -> QMenu:
        menu = QMenu(self)
        run = self.view.runs[index]
        menu.addAction(self.tr("Rename"), lambda: self.view.rename(index))
        menu.addAction(self.tr("Duplicate"), lambda: self.duplicate_requested.emit(index))
        menu.addAction(self.tr("What if, from this step…"), lambda: self.fork_requested.emit(index))
        menu.addAction(self.tr("Compare with…"), lambda: self.compare_requested.emit(index))
        hide = self.tr("Show") if run.hidden else self.tr("Hide")
        menu.addAction(hide, lambda: self._toggle_hidden(index))
        menu.addSeparator()
        menu.addMenu(self._colour_menu(index, menu))
        menu.addSeparator()
        menu.addAction(self.tr("Remove"), lambda: self.remove_requested.emit(index))
        return menu

    def _make_tools(self) -> tuple[IconButton, ...]:
        add = IconButton("plus", self.tr("Add a run"), self.tr("Choose the rule that the new run follows."))
        add.setText(self.tr("Add"))
        add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        give_menu(add, self._add_menu())
        duplicate = IconButton("duplicate", self.tr("Duplicate"), self.tr("Add a copy of the selected run."))
        colour = IconButton("palette", self.tr("Colour"), self.tr("Choose the colour of the selected run."))
        remove = IconButton("trash", self.tr("Remove"), self.tr("Remove the selected run (Delete)."))
        duplicate.clicked.connect(lambda: self.duplicate_requested.emit(self._current()))
        colour.clicked.connect(lambda: self._pick_colour(colour))
        remove.clicked.connect(lambda: self.remove_requested.emit(self._current()))
        buttons = (add, duplicate, colour, remove)
        self._copier = window_button(
            self.tr("Copy"),
            self.tr("Copy where the runs are, with all digits, for a spreadsheet."),
            self._copy,
            name=self.tr("Copy the state of all runs"),
        )
        fill_layout(QHBoxLayout(self.tools), None, *buttons, self._copier, gap=2)
        return buttons

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        _add_rules(menu, LECTURE_RULES)
        menu.addSeparator()
        _add_rules(menu.addMenu(self.tr("Further rules")), FURTHER_RULES)
        _add_rules(menu.addMenu(self.tr("Second order, for contrast")), SECOND_ORDER_RULES)
        for library, title in LIBRARIES.items():
            of_library = menu.addMenu(title)
            of_library.setToolTipsVisible(True)
            of_library.aboutToShow.connect(partial(self._fill_library_menu, of_library, library))
        menu.addSeparator()
        self._own_rules = menu.addMenu(self.tr("Rules of this document"))
        self._own_rules.menuAction().setVisible(False)
        menu.addAction(self.tr("Your own rule…")).triggered.connect(
            lambda _checked=False: self.own_rule_requested.emit()
        )
        menu.triggered.connect(self._on_added)
        return menu

    def _on_added(self, action: QAction) -> None:
        if action.data():  # submenus have none, nor has the action that opens a dialog
            self.add_requested.emit(action.data())

    def _fill_library_menu(self, menu: QMenu, library: str) -> None:
        """Fill the menu of a library's optimizers when it is first opened."""
        for key, rule in library_rules(library).items() if menu.isEmpty() else ():
            action = menu.addAction(key.rpartition(".")[2])
            action.setData(key)
            action.setToolTip(tip(translated(rule.summary)))

    def _current(self) -> int:
        return self.view.currentIndex().row()

    def _enable_tools(self) -> None:
        for button in (*self._buttons[1:], self._copier):
            button.setEnabled(bool(self.view.runs))

    def _open_menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            self._popup(self.menu_for(index.row()), self.view.viewport().mapToGlobal(place))

    def _popup(self, menu: QMenu, place: QPoint) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        self._outdated.connect(menu.close)
        menu.popup(place)

    def _colour_menu(self, index: int, parent: QWidget) -> ColourMenu:
        menu = ColourMenu(self.view.runs[index], self._look.styles[index].colour, self._look.theme, parent)
        menu.colour_chosen.connect(partial(self._on_colour, index))
        menu.other_requested.connect(partial(self._mix_colour, index))
        return menu

    def _pick_colour(self, button: QWidget) -> None:
        menu = self._colour_menu(self._current(), self)
        self._popup(menu, button.mapToGlobal(button.rect().bottomLeft()))

    def _mix_colour(self, index: int) -> None:
        # Qt's own dialog looks and behaves the same on all platforms, and follows the theme.
        run = self.view.runs[index]
        dialog = QColorDialog(QColor(self._look.styles[index].colour), self)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(self.tr("Colour of {0}").format(run.shown_name))
        dialog.colorSelected.connect(lambda colour: self._recolour(index, colour.name(), run.style))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_colour(self, index: int, colour: str) -> None:
        self._recolour(index, colour, self.view.runs[index].style if colour else None)

    def _recolour(self, index: int, colour: str, style: int | None) -> None:
        run = replace(self.view.runs[index], colour=colour, style=style)
        self._change(index, run, self.tr("Colour run"))

    def _toggle_hidden(self, index: int) -> None:
        run = self.view.runs[index]
        name = self.tr("Show run") if run.hidden else self.tr("Hide run")
        self._change(index, replace(run, hidden=not run.hidden), name)

    def _on_renamed(self, index: int, name: str) -> None:
        self._change(index, self.view.runs[index].renamed(name), self.tr("Rename run"))

    def _on_rate(self, index: int, rate: float) -> None:
        run = self.view.runs[index]
        self._change(index, replace(run, optimizer=run.optimizer.replace(eta=rate)), self.tr("Change η"))

    def _change(self, index: int, run: Run, name: str) -> None:
        if run != self.view.runs[index]:
            self.run_changed.emit(index, run, name)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        count = sum(state is not None for state in self.view.states)
        self.told.emit(counted(count, "Copied the numbers of {n} run.", "Copied the numbers of {n} runs."))


def _add_rules(menu: QMenu, rules: Mapping[str, Rule]) -> None:
    for key, rule in rules.items():
        action = menu.addAction(translated(rule.title))
        action.setData(key)
        action.setToolTip(tip(translated(rule.summary)))
    menu.setToolTipsVisible(True)


def _is_over(view: RunView) -> bool:
    # The step at which a run diverged is not in the record, so the last recorded step counts.
    return view.trajectory.stop is not None and view.step >= view.trajectory.last_step


def _has_failed(view: RunView) -> bool:
    stop = view.trajectory.stop
    return _is_over(view) and stop is not None and stop.reason is StopReason.DIVERGED


def _ending_words(view: RunView) -> str:
    return f"{view.run.shown_name}: {view.trajectory.stop.sentence if view.trajectory.stop else ''}"
