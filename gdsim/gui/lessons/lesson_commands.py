"""The Learn menu: begin, continue, open and write a lesson, and walk through it with a clicker."""

import json
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from gdsim.core.files.checked_json import FileFault
from gdsim.core.settings import shown_name
from gdsim.gui.files.words import not_saved
from gdsim.gui.forms.tips import show_keys
from gdsim.gui.lessons.followed_file import FollowedFile
from gdsim.gui.preferences import Preferences
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

_KEY = "lessons"
# Lessons that were opened long ago are forgotten.
_MOST = 20
# No lesson has so many stops.
_FURTHEST = 100_000
_LECTURE = "lecture"
# The commands that need a lesson, and their buttons in its bar.
_WALKING = {"next_stop": "next", "previous_stop": "previous", "return_to_stop": "return", "end_lesson": "end"}
# Those that need one, and have no button.
_OF_A_LESSON = ("speaker_notes", "write_notes")


class Bookmark(NamedTuple):
    """A lesson, and the index of the stop where it was left."""

    key: str
    stop: int


class Bookmarks:
    """Where lessons were left, the last one first; kept in the preferences."""

    def __init__(self, settings: Preferences) -> None:
        self._settings = settings
        self._marks = _marks_in(settings.text(_KEY))

    @property
    def last(self) -> Bookmark | None:
        """The lesson opened last; None when there was none."""
        return self._marks[0] if self._marks else None

    def keep(self, key: str, stop: int) -> None:
        others = [mark for mark in self._marks if mark.key != key]
        self._marks = [Bookmark(key, stop), *others][:_MOST]
        self._settings.keep(_KEY, json.dumps(self._marks))


def _marks_in(text: str) -> list[Bookmark]:
    """Return what was kept; an empty list where the text is damaged."""
    try:
        pairs = json.loads(text)
        return [Bookmark(key, stop) for key, stop in pairs if isinstance(key, str) and _is_stop(stop)]
    except (ValueError, TypeError, RecursionError):
        return []


def _is_stop(stop: object) -> bool:
    return type(stop) is int and 0 <= stop < _FURTHEST


if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdsim.core.lessons.lesson import Lesson
    from gdsim.core.settings import Value
    from gdsim.gui.exercises.exercise import Exercise
    from gdsim.gui.lessons.fault_list import FaultList
    from gdsim.gui.lessons.guide import LessonGuide
    from gdsim.gui.lessons.lesson_bar import LessonBar
    from gdsim.gui.lessons.notes import NotesWindow
    from gdsim.gui.window.view_commands import ViewCommands


class LessonCommands(QObject):
    """The commands of lessons, and what is remembered of them.

    What shows a lesson is loaded with the first one: the window's start does not wait for it.

    Parameters
    ----------
    open_exercise : callable
        Opens the exercise of a name, with settings; returns its window, or None if it cannot be done.
    leave : callable
        Calls its argument once the present document may go.
    settings : Preferences
        Where progress is kept.

    Attributes
    ----------
    place : QWidget
        Where the bar of a lesson is shown; belongs between the header and the columns.
    """

    refused = Signal(str)  # why a lesson was not opened, as a sentence

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        view: "ViewCommands",
        open_exercise: "Callable[[str, Mapping[str, Value]], Exercise | None]",
        leave: Callable[[Callable[[], object]], None],
        settings: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._view = view
        self._open_exercise = open_exercise
        self._leave = leave
        self._theme, self._ui_scale = LIGHT, 1.0
        self._progress = Bookmarks(settings)
        self._actions: dict[str, QAction] = {}
        self.place = QWidget()
        layout = QVBoxLayout(self.place)
        layout.setContentsMargins(0, 0, 0, 0)
        self._reading = TaskQueue(self)
        self._following = TaskQueue(self)
        self._file = FollowedFile(self)
        self._file.changed.connect(self._read_again)
        self._faults: tuple[str, ...] = ()
        self.fault_list: FaultList | None = None
        self.notes: NotesWindow | None = None
        self._followed: Path | None = None
        self._written: Path | None = None  # the lesson to which a stop was written last

    @cached_property
    def bar(self) -> "LessonBar":
        from gdsim.gui.lessons.lesson_bar import LessonBar  # noqa: PLC0415

        bar = LessonBar()
        for command, button in _WALKING.items():
            show_keys(bar.buttons[button], self._actions[command])
        bar.faults_requested.connect(self.show_faults)
        self._dress(bar)
        layout = self.place.layout()
        assert layout is not None  # noqa: S101 - it was made with the place
        layout.addWidget(bar)
        return bar

    @cached_property
    def guide(self) -> "LessonGuide":
        from gdsim.gui.lessons.guide import LessonGuide  # noqa: PLC0415

        guide = LessonGuide(self._session, self._view, self.bar, self._open_exercise, self._leave, self)
        guide.arrived.connect(self._on_arrived)
        guide.told.connect(self._show_notes)
        return guide

    def _dress(self, bar: "LessonBar") -> None:
        bar.set_theme(self._theme)
        bar.set_ui_scale(self._ui_scale)

    def set_look(self, theme: Theme, ui_scale: float) -> None:
        self._theme, self._ui_scale = theme, ui_scale
        if "bar" in self.__dict__:
            self._dress(self.bar)

    @property
    def lesson(self) -> "Lesson | None":
        return self.guide.lesson if "guide" in self.__dict__ else None

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Take the menu's entries, to disable those that have nothing to do."""
        self._actions = actions
        self._show_state()

    def begin(self, lesson: "Lesson", index: int = 0) -> None:
        self.guide.begin(lesson, index)

    def close(self) -> None:
        self._reading.close()
        self._following.close()
        self._file.follow(None)
        for window in (self.notes, self.fault_list):
            if window is not None:
                window.close()
        if "guide" in self.__dict__:
            self.guide.close()

    def _walk(self, step: Callable[[], None]) -> None:
        """Go to another stop, unless somebody is in the middle of typing."""
        field = QApplication.focusWidget()
        if not (isinstance(field, QLineEdit) and field.isModified() and not field.isReadOnly()):
            step()

    def next_stop(self) -> None:
        self._walk(self.guide.go_on)

    def previous_stop(self) -> None:
        self._walk(self.guide.go_back)

    def return_to_stop(self) -> None:
        self.guide.go_here()

    def end(self) -> None:
        self.guide.end()

    def open_lecture(self) -> None:
        self.open(_LECTURE, 0)

    def go_on(self) -> None:
        mark = self._progress.last
        if mark:
            self.open(mark.key, mark.stop)

    def ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open lesson"), "", self.tr("Lessons (*.json)")
        )
        if name:
            self.open(name, 0)

    def open(self, name: str, index: int) -> None:
        """Read a lesson with all its scenes, which may take longer than a frame, and show it."""
        self._reading.replace(partial(_read, name), lambda lesson: self.begin(lesson, index), self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.refused.emit(f"{str(error).rstrip('.')}.")
        faults = getattr(error, "faults", ())
        if len(faults) > 1:  # one is said whole
            self._list_faults(faults)

    def _on_arrived(self, index: int) -> None:
        lesson = self.lesson
        if lesson is not None:
            self._progress.keep(lesson.key, index)
        path = Path(lesson.key) if lesson is not None and lesson.key != _LECTURE else None
        if path != self._followed:
            self._followed = path
            self._file.follow(path)
            self._show_number_of_faults(())
        if lesson is None and self.notes is not None:
            self.notes.close()
        self._show_state()

    # ------------------------------------------------------------------ the file that is edited meanwhile

    def _read_again(self) -> None:
        if self._followed is not None:
            name = str(self._followed)
            self._following.replace(partial(_read, name), self._renew, self._on_faulty)

    def _renew(self, lesson: "Lesson") -> None:
        self._show_number_of_faults(())
        self.guide.renew(lesson)

    def _on_faulty(self, error: Exception) -> None:
        self._show_number_of_faults(getattr(error, "faults", (str(error),)))

    def _show_number_of_faults(self, faults: tuple[str, ...]) -> None:
        self._faults = faults
        self.bar.show_faults(len(faults))
        if self.fault_list is not None:
            self.fault_list.show_faults(faults)

    def show_faults(self) -> None:
        """List all that is wrong with the file of the lesson."""
        self._list_faults(self._faults)

    def _list_faults(self, faults: tuple[str, ...]) -> None:
        from gdsim.gui.lessons.fault_list import FaultList  # noqa: PLC0415

        if self.fault_list is None:
            self.fault_list = FaultList(self._window)
            self.fault_list.finished.connect(self._forget_faults)
        self.fault_list.show_faults(faults)
        self.fault_list.show()
        self.fault_list.raise_()

    def _forget_faults(self) -> None:
        self.fault_list = None

    # ------------------------------------------------------------------ a stop of what is seen

    def make_stop(self) -> None:
        """Ask for a lesson file, new or there already, and write what is seen as its last stop."""
        own = self.lesson is not None and self.lesson.key != _LECTURE
        usual = self._written or (Path(self.lesson.key) if self.lesson and own else Path("lesson.json"))
        name, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Add a stop to a lesson, or begin one"),
            str(usual),
            self.tr("Lessons (*.json)"),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            path = Path(name)
            self.write_stop(path if path.suffix else path.with_suffix(".json"))

    def write_stop(self, path: Path) -> None:
        """Write what is seen as the last stop of a lesson file, which may be a new one."""
        from gdsim.core.lessons.lesson import PlaybackRange  # noqa: PLC0415
        from gdsim.core.lessons.stop_writer import append_stop, stop_tree  # noqa: PLC0415

        session = self._session
        head = session.playhead
        tree = partial(
            stop_tree,
            title=session.experiment.title or self.tr("What I see"),
            caption=self.tr("Write here what there is to say."),
            experiment=session.experiment,
            selected=session.selected,
            place=PlaybackRange(head.cursor, head.cursor, by_epoch=session.by_epoch),
            view=self._view.seen(),
        )
        self._reading.replace(
            lambda: append_stop(path, tree()),
            partial(self._on_stop_written, path),
            partial(self._on_unwritten, path),
        )

    def _on_stop_written(self, path: Path, number: int) -> None:
        self._written = path
        words = self.tr("Stop {n} was written to {name}. Edit its words there.")
        self.refused.emit(words.format(n=number, name=shown_name(path)))

    def _on_unwritten(self, path: Path, error: Exception) -> None:
        if isinstance(error, FileFault):
            self._on_failed(error)
        else:
            self.refused.emit(not_saved(path, error))

    # ------------------------------------------------------------------ for the speaker

    def toggle_notes(self) -> None:
        """Open the window with the speaker's notes, or close it."""
        from gdsim.gui.lessons.notes import NotesWindow  # noqa: PLC0415

        if self.notes is not None and self.notes.isVisible():
            self.notes.close()
            return
        if self.notes is None:
            self.notes = NotesWindow(self._window)
            for key, walk in ((Qt.Key.Key_PageDown, self.next_stop), (Qt.Key.Key_PageUp, self.previous_stop)):
                QShortcut(key, self.notes, walk)
        self._show_notes()
        self.notes.show()

    def _show_notes(self) -> None:
        lesson, guide = self.lesson, self.guide
        if self.notes is not None and lesson is not None:
            self.notes.show_stop(lesson, guide.index, guide.stage, guide.said(guide.index))

    def ask_notes_file(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Export the notes"), "notes.pdf", self.tr("PDF (*.pdf);;HTML (*.html)")
        )
        if name:
            path = Path(name)
            self.write_notes(path if path.suffix else path.with_suffix(".pdf"))

    def write_notes(self, path: Path) -> None:
        """Write what is said and noted at all stops, for printing."""
        from gdsim.gui.lessons.notes import write_notes  # noqa: PLC0415

        lesson = self.lesson
        if lesson is not None:
            words = self.tr("The notes were written to {name}.").format(name=shown_name(path))
            self._reading.replace(
                partial(write_notes, lesson, path),
                lambda _: self.refused.emit(words),
                partial(self._on_unwritten, path),
            )

    def _show_state(self) -> None:
        if not self._actions:
            return
        mark, lesson = self._progress.last, self.lesson
        for name in (*_WALKING, *_OF_A_LESSON):
            # While there is no lesson, Page Down belongs to tables and lists.
            self._actions[name].setEnabled(lesson is not None)
        again = self._actions["continue_lesson"]
        again.setEnabled(mark is not None and lesson is None)
        again.setText(
            self.tr("&Continue at stop {n}").format(n=mark.stop + 1) if mark else self.tr("&Continue")
        )


def _read(name: str) -> "Lesson":
    from gdsim.core.lessons.files import load_lesson  # noqa: PLC0415 - in the thread that reads

    return load_lesson(name)
