"""The Learn menu: begin, continue, open and write a lesson, and walk through its stops."""

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from gdsim.core.files.scene_file import Stamp, stamp_of
from gdsim.gui.forms.fields import typed_field
from gdsim.gui.forms.file_dialog import ask_to_open
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.forms.tips import show_keys
from gdsim.gui.lessons.bookmarks import Bookmarks
from gdsim.gui.notices import Notices
from gdsim.gui.preferences import Preferences
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gdsim.core.lessons.lesson import Lesson
    from gdsim.core.settings import Value
    from gdsim.gui.exercises.exercise import Exercise
    from gdsim.gui.files.document_opener import Allow
    from gdsim.gui.handin.hand_in import HandInCommands
    from gdsim.gui.lessons.guide import LessonGuide, PlaceInLesson
    from gdsim.gui.lessons.lesson_bar import LessonBar
    from gdsim.gui.lessons.own_lesson import OwnLesson, StopMaker
    from gdsim.gui.lessons.speaker import Speaker
    from gdsim.gui.window.view_commands import ViewCommands

# The commands that need a lesson, and their buttons in its bar.
_WALKING = {"next_stop": "next", "previous_stop": "previous", "return_to_stop": "return", "end_lesson": "end"}
# The commands that need a lesson, and have no button.
_WITHOUT_BUTTON = ("speaker_notes", "write_notes", "hand_out")


class LessonCommands(Notices):
    """The commands of lessons, and their bookmarks.

    The modules that show a lesson are imported with the first lesson, so that the start does not wait for
    them. For ``open_exercise`` and ``leave`` see `LessonGuide`; ``make_hand_in`` imports and creates the
    commands for handing in; ``allow`` calls a function once the user has seen typed formulas.
    """

    walked = Signal()  # a stop is shown, or the lesson has ended

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        view: "ViewCommands",
        open_exercise: "Callable[[str, Mapping[str, Value]], Exercise | None]",
        make_hand_in: "Callable[[Notices], HandInCommands]",
        leave: Callable[[Callable[[], object]], None],
        allow: "Allow",
        settings: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._view = view
        self._open_exercise, self._make_hand_in = open_exercise, make_hand_in
        self._leave, self._allow = leave, allow
        self._progress = Bookmarks(settings)
        self._actions: dict[str, QAction] = {}
        # Holds the bar of a lesson; the window puts it between the header and the columns.
        self.place = QWidget()
        self._place_layout = fill_layout(QVBoxLayout(self.place))
        self._reading = TaskQueue(self)
        self._awaited: PlaceInLesson | None = None  # while its lesson is being read
        self._stamp: Stamp | None = None  # the stamp of the lesson's file before it was read

    @cached_property
    def bar(self) -> "LessonBar":
        from gdsim.gui.lessons.lesson_bar import LessonBar  # noqa: PLC0415

        bar = LessonBar()
        for command, button in _WALKING.items():
            show_keys(bar.buttons[button], self._actions[command])
        bar.faults_requested.connect(self.own.show_faults)
        self.own.faults_changed.connect(bar.show_faults)
        self._place_layout.addWidget(bar)
        return bar

    @cached_property
    def guide(self) -> "LessonGuide":
        from gdsim.gui.lessons.guide import LessonGuide  # noqa: PLC0415

        guide = LessonGuide(
            self._session, self._view, self.bar, self._open_exercise, self._open_task, self._leave, self
        )
        guide.arrived.connect(self._on_arrived)
        self.own.renewed.connect(
            lambda lesson: self._allow(lesson.typed, lambda: guide.renew(self._with_own_data(lesson)))
        )
        return guide

    @cached_property
    def hand_in(self) -> "HandInCommands":
        hand_in = self._make_hand_in(self)
        hand_in.begun.connect(self._on_begun)
        return hand_in

    @cached_property
    def own(self) -> "OwnLesson":
        from gdsim.gui.lessons.own_lesson import OwnLesson  # noqa: PLC0415

        return OwnLesson(self._window, self)

    @cached_property
    def maker(self) -> "StopMaker":
        from gdsim.gui.lessons.own_lesson import StopMaker  # noqa: PLC0415

        return StopMaker(self._window, self._session, self._view, self)

    @cached_property
    def speaker(self) -> "Speaker":
        from gdsim.gui.lessons.speaker import Speaker  # noqa: PLC0415

        walks = {Qt.Key.Key_PageDown: self.next_stop, Qt.Key.Key_PageUp: self.previous_stop}
        return Speaker(self._window, self.guide, walks, self)

    @property
    def lesson(self) -> "Lesson | None":
        return self.guide.lesson if "guide" in self.__dict__ else None

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Set the actions of the menu, which are disabled while they have no effect."""
        self._actions = actions
        self._show_state()

    def begin(self, lesson: "Lesson", index: int = 0) -> None:
        self._allow(lesson.typed, lambda: self.guide.begin(self._with_own_data(lesson), index))

    def _with_own_data(self, lesson: "Lesson") -> "Lesson":
        """Return a lesson with the data of the student who hands it in, if there is one."""
        return self.hand_in.with_own_data(lesson) if lesson.tasks else lesson

    def _open_task(self, place: int) -> "Exercise | None":
        return self.hand_in.open(place)

    def _on_begun(self) -> None:
        """Show the student's data, and open the task if the stop is at its last stage."""
        lesson = self.hand_in.lesson
        if lesson is not None and self.lesson is not None and self.lesson.key == lesson.key:
            self.guide.renew(self._with_own_data(lesson))
            stop = self.guide.stop
            if stop is not None and stop.task is not None and self.guide.stage == stop.last_stage:
                self.guide.open_again()

    def close(self) -> None:
        self._reading.close()
        # Only the parts that were used exist.
        for name in ("own", "maker", "speaker", "hand_in", "guide"):
            if name in self.__dict__:
                getattr(self, name).close()

    def _walk(self, step: Callable[[], None]) -> None:
        """Go to another stop, unless the user is typing into a field."""
        if typed_field() is None:
            step()

    def next_stop(self) -> None:
        self._walk(self.guide.go_on)

    def previous_stop(self) -> None:
        self._walk(self.guide.go_back)

    def return_to_stop(self) -> None:
        self.guide.go_here()

    def end(self) -> None:
        self.guide.end()

    def go_on(self) -> None:
        mark = self._progress.last
        if mark:
            self.open(mark.key, mark.stop)

    def ask(self) -> None:
        kinds = self.tr("Lessons (*.json)")
        ask_to_open(self._window, self.tr("Open lesson"), kinds, lambda path: self.open(str(path)))

    def open(self, name: str, index: int = 0) -> None:
        """Read a lesson in a worker thread, because its scenes may take longer than a frame, and show it."""
        self._awaited, self._stamp = None, stamp_of(Path(name))
        read = partial(_read, name)
        self._reading.replace(read, lambda lesson: self.begin(lesson, index), self.own.refuse)

    def where(self) -> "PlaceInLesson | None":
        """Return the position in the lesson, for another window to continue there; None without a lesson."""
        if self.lesson is None:
            return self._awaited
        return self.guide.place(self.hand_in.handing_in if "hand_in" in self.__dict__ else None)

    def resume(self, where: "PlaceInLesson") -> None:
        """Read a lesson again, and continue at the position and with the answers of another window.

        If its file has faults by now, the lesson stays as it was.
        """
        key = where.lesson.key
        self._awaited, self._stamp = where, stamp_of(Path(key))

        def go_on(lesson: "Lesson") -> None:
            self._awaited = None
            if where.handing_in is not None:
                self.hand_in.handing_in = where.handing_in
            self.guide.resume(self._with_own_data(lesson), where)

        def stay(error: Exception) -> None:
            go_on(where.lesson)
            self.own.list_faults(error)

        def begin(lesson: "Lesson") -> None:
            self._allow(lesson.typed, lambda: go_on(lesson))  # its file may have been edited meanwhile

        self._reading.replace(partial(_read, key), begin, stay)

    def make_stop(self) -> None:
        self.maker.ask_file(self._own_file, self.maker.write)

    def make_task(self) -> None:
        self.hand_in.make_task(self.maker, self._own_file)

    def begin_hand_in(self) -> None:
        self.hand_in.ask()

    def ask_hand_out(self) -> None:
        if self.lesson is not None:
            self.hand_in.hand_out.export(self.lesson)

    def toggle_notes(self) -> None:
        self.speaker.toggle()

    def ask_notes_file(self) -> None:
        self.speaker.ask()

    @property
    def _own_file(self) -> Path | None:
        """The file of the open lesson; None for a bundled lesson, or without a lesson."""
        from gdsim.core.lessons.files import BUNDLED_LESSONS  # noqa: PLC0415 - imported with the first lesson

        lesson = self.lesson
        return Path(lesson.key) if lesson is not None and lesson.key not in BUNDLED_LESSONS else None

    def _on_arrived(self, index: int) -> None:
        if self.lesson is not None:
            self._progress.keep(self.lesson.key, index)
        self.own.follow(self._own_file, self._stamp)
        self._show_state()
        self.walked.emit()

    def _show_state(self) -> None:
        if not self._actions:
            return
        mark, lesson = self._progress.last, self.lesson
        for name in (*_WALKING, *_WITHOUT_BUTTON):
            # Without a lesson, Page Down belongs to tables and lists.
            self._actions[name].setEnabled(lesson is not None)
        self._actions["hand_in"].setEnabled(lesson is not None and bool(lesson.tasks))
        again = self._actions["continue_lesson"]
        again.setEnabled(mark is not None and lesson is None)
        again.setText(
            self.tr("&Continue at stop {n}").format(n=mark.stop + 1) if mark else self.tr("&Continue")
        )


def _read(name: str) -> "Lesson":
    from gdsim.gui.lessons.own_lesson import read_lesson  # noqa: PLC0415 - imported in the worker thread

    return read_lesson(name)
