"""The main window, which only connects: the user's actions go up to the session, values down to the panes."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMainWindow, QVBoxLayout, QWidget

from gdsim.core.files.bundled import bundled_titles
from gdsim.core.language.texts import chosen_language, translated
from gdsim.core.lessons.view import StopView
from gdsim.core.model.experiment import Experiment
from gdsim.core.settings import elided
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.actions import UserActions
from gdsim.gui.curves.timeline import marks_of
from gdsim.gui.exercises.commands import ExerciseCommands
from gdsim.gui.files.file_commands import FileCommands
from gdsim.gui.forms.fields import CheckedField, typed_field
from gdsim.gui.forms.file_work import FileWork
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.reading_order import move_focus
from gdsim.gui.forms.scrolling import reveal
from gdsim.gui.forms.tips import native_keys
from gdsim.gui.forms.window_visibility import WindowVisibility
from gdsim.gui.help.help_commands import HelpCommands
from gdsim.gui.language import language_menu
from gdsim.gui.lessons.lesson_commands import LessonCommands
from gdsim.gui.notices import Notices
from gdsim.gui.playback.player import PlaybackCommands
from gdsim.gui.preferences import Preferences, Store
from gdsim.gui.rules.known_rules import KnownRules
from gdsim.gui.style.stylesheet import show_theme
from gdsim.gui.style.text_size import room_for
from gdsim.gui.style.theme import LIGHT, THEMES
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.appearance import Appearance
from gdsim.gui.window.bare_parts import BarePart, BareParts
from gdsim.gui.window.drag_turns import DragTurns
from gdsim.gui.window.from_here import FromHereBar
from gdsim.gui.window.header import Header
from gdsim.gui.window.late_commands import (
    LateCommands,
    data_commands,
    export_beside,
    export_commands,
    formula_commands,
    share_commands,
)
from gdsim.gui.window.layout import resize_within
from gdsim.gui.window.maximise import MaximisedCard
from gdsim.gui.window.menu_command import add_commands, commands_in, name_edits
from gdsim.gui.window.menus import add_scenes, menus
from gdsim.gui.window.notice import Notice
from gdsim.gui.window.paste_commands import PasteCommands
from gdsim.gui.window.projector_mode import ProjectorMode
from gdsim.gui.window.run_commands import RunCommands
from gdsim.gui.window.showing import show_current_step, show_experiment, show_selected, show_surface
from gdsim.gui.window.simple_mode import SimpleMode
from gdsim.gui.window.stage import PaneStage
from gdsim.gui.window.view_commands import ViewCommands
from gdsim.gui.window.wiring import connect_cards, connect_commands
from gdsim.gui.window.workspace import Workspace
from gdsim.session.frame import Frame
from gdsim.session.session import Session

if TYPE_CHECKING:
    from gdsim.core.analysis.diagnosis import Finding
    from gdsim.gui.exercises.commands import KeptExercises
    from gdsim.gui.handin.hand_in import HandInCommands
    from gdsim.gui.lessons.guide import PlaceInLesson
    from gdsim.gui.window.window_look import WindowLook

_SMALLEST = (640, 400)
_USUAL = (1440, 900)


class HandedOver(NamedTuple):
    """The state of a window that is replaced by one in another language."""

    geometry: QByteArray
    view: StopView  # as the user left it, before a lesson
    lesson: "PlaceInLesson | None"
    exercises: "KeptExercises"


class MainWindow(QMainWindow):
    """The window of one session.

    Geometry, theme and view are remembered in ``settings``, unless it is None.
    """

    language_chosen = Signal(str)  # the code of the language
    ended = Signal()  # the window was closed, and no other one replaces it

    def __init__(
        self, app: QApplication, session: Session, surface: SurfaceView, settings: Store | None
    ) -> None:
        super().__init__()
        # Under a style sheet, which Qt evaluates at each step, widgets are slow to build. So it is set at the
        # end, and that of another window, which this one may replace, is removed.
        app.setStyleSheet("")
        self.session = session
        self.user_actions, self.player = UserActions(session, self), PlaybackCommands(session, self)
        self.points, self.formulas = (
            LateCommands(partial(make, self)) for make in (data_commands, formula_commands)
        )
        self.exercises = ExerciseCommands(self, session, self.user_actions, export_beside)
        self._app = app
        self._settings = Preferences(settings)
        theme = self._settings.option("theme", THEMES, LIGHT)
        show_theme(theme)  # before icons are drawn, which happens only once
        self._is_explaining = self._is_handed_over = False
        self._edited = 0, 0  # the run in the form: the number of opened documents, and its index
        self._left_field: QWidget | None = None  # the field that the focus left for the page, where it is now
        # The menu entries by the names of their `Command`s, and the functions that return their check marks.
        self.commands: dict[str, QAction] = {}
        self._switches: dict[str, Callable[[], bool]] = {}
        self.cards = Workspace(surface)
        self._turns = DragTurns(
            self.cards.panes,
            self.cards.maps,
            slow=(surface, self.cards.curves, self.cards.runs),
            beside={self.cards.legend: self.cards.contours},  # the legend says how long the map's arrows are
            parent=self,  # no turn comes after the panes are deleted
        )
        self.export, self.share = (
            LateCommands(partial(make, self, self._settings)) for make in (export_commands, share_commands)
        )
        self.paste = PasteCommands(self.points, self.share)
        self.maximised = MaximisedCard(self.cards, self)
        self.simple = SimpleMode(self.cards, self.maximised, self)
        self.view = ViewCommands(self, self.cards, session, self.simple)
        self.runs = RunCommands(self, session, self.user_actions, self.player, self.view)
        self.known_rules = KnownRules(self, self._settings)
        self.files = FileCommands(
            self,
            session,
            self._settings,
            self._import_points,
            self.open_link,
            self._open_picture,
            self.known_rules.allow,
        )
        self.lessons = LessonCommands(
            self,
            session,
            self.view,
            self.exercises.open,
            self._hand_in_commands,
            self.files.leave,
            self.known_rules.allow,
            self._settings,
        )
        self.header = Header({name: translated(title) for name, title in bundled_titles().items()})
        self.projector = ProjectorMode(self, self.cards.columns, self.header, self.cards.run_names)
        self.appearance = Appearance(self, app, theme, session, self.cards, self.projector)
        self.stage = PaneStage(self, self.cards, session, self.maximised, self.projector, self.simple)
        self.body = self._laid_out()  # everything but the menus
        # Overlays are to cover no control. In projector mode there is no header.
        bare = BareParts(self.body, BarePart(self.header.about), BarePart(self.cards.run_names, at_end=True))
        self.notice = Notice(bare)
        self.from_here = FromHereBar(bare, self.user_actions, self._settings)
        for part in (self.header, self.cards.run_names):
            part.give_way_to(self.notice, self.from_here)
        self.help = HelpCommands(self, self.body, self.cards, self.maximised, self._settings)
        self._make_menus()
        self._connect_session()
        self._connect_actions()
        self._restore()
        self._show_document()
        self.installEventFilter(self.appearance)
        # No control has the focus until the user gives it one.
        self.body.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.body.setFocus()

    def _hand_in_commands(self, notices: Notices) -> "HandInCommands":
        from gdsim.gui.handin.hand_in import HandInCommands  # noqa: PLC0415 - few lessons have tasks
        from gdsim.gui.handin.hand_out import HandOut  # noqa: PLC0415

        hand_out = HandOut(self, self.cards.surface, self.cards.curves, notices)
        return HandInCommands(
            self, self.session, self.user_actions, self.exercises.adopt, hand_out, self._settings, notices
        )

    def _laid_out(self) -> QWidget:
        body = QWidget()
        body.setObjectName("page")
        fill_layout(
            QVBoxLayout(body), self.header, self.files.bar, self.lessons.place, (self.cards.columns, 1), gap=0
        )
        room, smallest = room_for(self), QSize(*_SMALLEST)
        self.setCentralWidget(body)
        self.setMinimumSize(smallest.boundedTo(room))
        self.resize(QSize(*_USUAL).boundedTo(room))
        return body

    # ---------------------------------------------------------------- values come down

    def _connect_session(self) -> None:
        session = self.session
        session.experiment_changed.connect(self._show_document)
        session.experiment_changed.connect(self.from_here.hide_when_past)
        session.document.replaced.connect(self._close_dialogs)
        session.surface_changed.connect(self._on_surface)
        session.frame_changed.connect(self._on_frame)
        session.selected_changed.connect(self._on_selected)
        session.findings_changed.connect(self._on_findings)
        WindowVisibility(self).changed.connect(self._watch)
        session.surfaces.exact_progress.connect(self.cards.exact.show_progress)
        self.commands["exact"].setEnabled(False)  # a surface is exact unless there are very many points
        self.cards.exact.offered.connect(self.commands["exact"].setEnabled)

    @Slot()
    def _on_opened(self) -> None:
        self._show_document(self.session.experiment)
        self.cards.curves.over_time.show_part(None)
        self.notice.take_back()

    @Slot()
    def _close_dialogs(self) -> None:
        """Close dialogs about a document that was replaced, for example by a link that arrived."""
        from gdsim.gui.forms.file_work import ProgressDialog  # noqa: PLC0415 - the start opens no dialog

        for dialog in self.findChildren(QDialog):
            # Writing a file no longer depends on the document.
            if dialog.isModal() and dialog.isVisible() and not isinstance(dialog, ProgressDialog):
                dialog.reject()

    def _show_document(self, old: Experiment | None = None) -> None:
        """Show what differs from ``old``, or everything if it is None."""
        new, cards = self.session.experiment, self.cards
        show_experiment(cards, old, new)
        self.maximised.restore_displaced()
        if old is None or old.runs != new.runs:
            cards.runs.set_runs(new.runs, self.session.selected)
            self.appearance.show_look()
        self._show_run()
        document = self.session.document
        title = "" if document.file else new.title
        name_edits(self.commands, document.history.undo_name, document.history.redo_name)
        if old is None or old.about != new.about:
            self._show_description()
        undo, redo = self.commands["undo"], self.commands["redo"]
        self.header.show_document(_scene_key(title), elided(translated(title.strip())), undo, redo)

    @Slot()
    def _show_description(self) -> None:
        """Show the document's description of itself, except during a lesson."""
        in_lesson = self.lessons.lesson is not None
        about = "" if in_lesson else translated(self.session.experiment.about)
        self.cards.story.words.say(about)
        self.header.show_about(about)
        # A stop chooses its part of the plane, so the map need not say which runs have left it.
        self.cards.contours.set_exit_words(on=not in_lesson)

    @Slot()
    def _show_run(self) -> None:
        run, field = (self.session.document.opened, self.session.selected), typed_field()
        if run != self._edited and isinstance(field, CheckedField) and self.cards.editor.isAncestorOf(field):
            field.restore()  # the text was typed for another run
        self._edited = run
        show_selected(self.cards, self.session.experiment, self.session.selected_run, self.commands)

    @Slot(int)
    def _on_selected(self, index: int) -> None:
        self.cards.runs.set_selected(index)
        self._show_run()

    @Slot(object)
    def _on_surface(self, surface: LossSurface) -> None:
        self._turns.show_surface(surface, dragging=self.session.is_dragging)
        show_surface(self.cards, surface, self.session.experiment)

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        self._turns.show_frame(frame, sampling=frame.dragging and self.session.surfaces.is_sampling)
        show_current_step(self.cards, frame, self.session.playhead)

    @Slot(object)
    def _on_findings(self, findings: "tuple[Finding, ...] | None") -> None:
        self._is_explaining = findings is None and self.session.selected_run is not None
        self.cards.why.show_findings(findings)
        self.cards.curves.over_time.set_marks(marks_of(findings or ()))

    def show_now(self) -> None:
        self._on_frame(self.session.frame())

    def look_like(self, look: "WindowLook") -> None:
        self.appearance.set_theme(look.theme)
        self.resize(*look.size)
        if look.run is not None:
            self.session.select(look.run)
        self.view.look_at(look.curve, look.page, arrows=look.arrows)

    def is_settled(self) -> bool:
        """Return whether all runs, the surface, findings and limits are computed."""
        busy = self._is_explaining or self.cards.curves.over_time.limits.is_busy
        return self.session.is_settled and not busy

    # ---------------------------------------------------------------- actions go up

    def _connect_actions(self) -> None:
        for speaker in (self.user_actions, self.files, self.lessons, self.exercises, self.stage):
            speaker.refused.connect(self.notice.say)
        self.user_actions.refused.connect(self._show_run)  # discards the refused choice
        self.user_actions.done.connect(self.notice.take_back)
        for source in (self.user_actions, self.lessons, self.cards.runs, self.cards.step, self.cards.code):
            source.told.connect(self.notice.confirm)
        self.cards.editor.edit_finished.connect(self.user_actions.end_change)
        self.cards.runs.own_rule_requested.connect(self.formulas.command("new_rule"))
        for requested, name in (
            (self.cards.change_neuron.clicked, "neuron"),
            (self.cards.function.neuron_requested, "neuron"),
            (self.cards.function.function_requested, "function"),
        ):
            requested.connect(self.formulas.command(name))
        self.cards.editor.lines_requested.connect(self.formulas.command("edit_rule"))
        self.lessons.walked.connect(self._show_description)
        self.files.opening.lesson_given.connect(lambda path: self.lessons.open(str(path)))
        runs = self.cards.runs
        # First apply a number being typed, because clicking these buttons leaves the focus in its field.
        for requested in (
            runs.add_requested,
            runs.duplicate_requested,
            runs.remove_requested,
            runs.fork_requested,
        ):
            requested.connect(self.files.end_typing)
        connect_cards(self.cards, self.user_actions, self.player, self.session)
        runs.fork_requested.connect(self.runs.what_if)
        runs.compare_requested.connect(self.runs.compare)
        self.cards.curves.fork_requested.connect(self.runs.what_if_at)
        self.cards.table.paste_requested.connect(self.paste.into_table)
        self.exercises.update_requested.connect(self.view.show_update)
        self.exercises.step_covered.connect(self.view.cover_step)
        self.files.told.connect(self.notice.confirm)
        self.files.opened.connect(self._on_opened)
        self.files.working.connect(self.header.show_work)
        self.header.scene_chosen.connect(self.files.open_bundled)
        self.projector.changed.connect(self._on_controls)  # before the layout for the new font size
        self.projector.changed.connect(self.appearance.apply)
        self.view.pointed_at.connect(self.stage.point_at)
        self.view.concealed.connect(self.appearance.conceal)
        self.view.beside_changed.connect(self.stage.show_scene)
        self._app.focusChanged.connect(self._on_focus)
        self.stage.beside_changed.connect(self.appearance.show_look)
        self.appearance.look_told.connect(self.stage.set_look)
        self.simple.changed.connect(self._on_controls)

    @Slot(QWidget, QWidget)
    def _on_focus(self, old: QWidget | None, focused: QWidget | None) -> None:
        if focused not in (None, self.body):
            self._left_field = None
        elif isinstance(old, CheckedField):
            self._left_field = old
        reveal(focused)

    @Slot()
    def _on_controls(self) -> None:
        """Show or hide controls as a simple window and projector mode require."""
        self.header.show_simple(self.simple.on)
        self.cards.transport.set_compact(compact=self.simple.on or self.projector.on)

    # ---------------------------------------------------------------- commands

    def _make_menus(self) -> None:
        for index, (title, commands) in enumerate(menus(self).items()):
            if index == 1:
                add_scenes(self, self.menuBar().addMenu(self.tr("&Scene")))
            menu = self.menuBar().addMenu(title)
            menu.aboutToShow.connect(self.show_marks)
            self.commands |= add_commands(self, menu, commands)
            self._switches |= {entry.name: entry.is_on for entry in commands_in(commands) if entry.is_on}
        connect_commands(self.cards, self.header, self.commands)
        self.commands["language"].setMenu(language_menu(self, self.choose_language))
        self.help.set_actions(self.commands)
        self.files.set_actions(self.commands)
        self.lessons.set_actions(self.commands)

    @Slot()
    def show_marks(self) -> None:
        """Update the check marks in the menus."""
        for name, is_on in self._switches.items():
            self.commands[name].setChecked(is_on())

    def choose_language(self, code: str) -> None:
        if code != chosen_language().code:
            self.language_chosen.emit(code)

    def toggle_projector(self) -> None:
        # Both save the columns, and each must save them as the user left them.
        with self.maximised.set_aside():
            self.projector.toggle()
        self.stage.show()
        if self.projector.on:  # the menus are hidden
            keys = native_keys(self.commands["projector"].shortcut())
            self.notice.confirm(self.tr("{0} brings menus and settings back.").format(keys))
        else:
            self.notice.take_back()

    def resize_pane(self, orientation: Qt.Orientation, pixels: int) -> None:
        resize_within(self.cards.by_name[self.maximised.target_card()], orientation, pixels)

    def open_link(self, text: str) -> None:
        """Show the scene whose link is in a text, and ask whether to open it."""
        self.share.made.open_text(text)

    @Slot(str)
    def take_over(self, text: str) -> None:
        """Raise the window, and open a link that a second start of the program has handed over."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        self.open_link(text)

    def _open_picture(self, path: Path) -> None:
        self.share.made.open_picture(path)

    def _import_points(self, path: Path) -> None:
        self.points.made.import_file(path)

    # ---------------------------------------------------------------- the window itself

    def keyPressEvent(self, event: QKeyEvent) -> None:
        focused = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
            return
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste.into_window()
            return
        if event.key() == Qt.Key.Key_Escape and (self.help.tour.end() or self.maximised.restore()):
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Move the focus in reading order: after Enter in a field, from that field."""
        focus = self.focusWidget()
        return move_focus(self, self._left_field if focus in (None, self.body) else focus, forward=forward)

    @Slot(bool)
    def _watch(self, seen: bool) -> None:
        if not self._is_handed_over:  # another window is watched now
            self.session.set_watched(seen)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved work, then save the state of the window and stop all tasks."""
        if not self._is_handed_over and not self.files.may_close():
            event.ignore()
            return
        if not self._is_handed_over:
            self._leave()
            self.session.close()
            self.ended.emit()
        super().closeEvent(event)

    def hand_over(self) -> "HandedOver":
        """Leave the running session to another window, and return the state to show there."""
        geometry, lesson, exercises = self.saveGeometry(), self.lessons.where(), self.exercises.kept()
        self._is_handed_over = True
        self._leave()
        return HandedOver(geometry, self.view.current_view(), lesson, exercises)

    def take_over_from(self, handed: "HandedOver") -> None:
        """Show the session in the state of another window."""
        self.restoreGeometry(handed.geometry)
        self.show()
        self.view.show(handed.view)
        self.session.emit_all()
        if handed.lesson is not None:
            self.lessons.resume(handed.lesson)
        self.exercises.go_on(handed.exercises)

    def _leave(self) -> None:
        for work in self.findChildren(FileWork):  # before its queue is closed, because an encoder waits
            work.close()
        self.help.close()
        self.stage.show_scene(None)
        self.maximised.restore_all()
        self.projector.leave()
        self.lessons.close()  # before the view is saved, which a stop changes
        self._settings.keep("geometry", self.saveGeometry())
        self._settings.keep("theme", self.appearance.theme.name)
        self.view.save(self._settings)
        self.exercises.close()
        self.files.close()

    def _restore(self) -> None:
        self.view.prepare(self._settings)
        self.appearance.apply()
        self.view.restore(self._settings)
        self.restoreGeometry(self._settings.state("geometry"))


def _scene_key(title: str) -> str:
    return next((name for name, other in bundled_titles().items() if other == title), "")
