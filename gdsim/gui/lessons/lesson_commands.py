"""The Learn menu: begin, continue and open a lesson, and walk through it with a clicker."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from gdsim.gui.lessons.progress import Bookmarks
from gdsim.gui.preferences import Preferences
from gdsim.gui.style.theme import LIGHT, Theme
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.lessons.lesson import Lesson
    from gdsim.gui.lessons.guide import LessonGuide
    from gdsim.gui.lessons.lesson_bar import LessonBar
    from gdsim.gui.window.view_commands import ViewCommands

_LECTURE = "lecture"
_WALKING = ("next_stop", "previous_stop", "return_to_stop", "end_lesson")


class LessonCommands(QObject):
    """The commands of lessons, and what is remembered of them.

    What shows a lesson is loaded with the first one: the window's start does not wait for it.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    view : "ViewCommands"
    leave : callable
        Calls its argument once the present document may go.
    settings : Preferences
        Where progress is kept.

    Signals
    -------
    refused(str)
        Why a lesson was not opened, as a sentence.

    Attributes
    ----------
    place : QWidget
        Where the bar of a lesson is shown; belongs between the header and the columns.
    """

    refused = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        view: "ViewCommands",
        leave: Callable[[Callable[[], object]], None],
        settings: Preferences,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._view = view
        self._leave = leave
        self._theme, self._ui_scale = LIGHT, 1.0
        self._progress = Bookmarks(settings)
        self._actions: dict[str, QAction] = {}
        self.place = QWidget()
        layout = QVBoxLayout(self.place)
        layout.setContentsMargins(0, 0, 0, 0)
        self._reading = TaskQueue(self)

    @cached_property
    def bar(self) -> "LessonBar":
        """The bar that shows a lesson."""
        from gdsim.gui.lessons.lesson_bar import LessonBar  # noqa: PLC0415

        bar = LessonBar()
        self._dress(bar)
        layout = self.place.layout()
        assert layout is not None  # noqa: S101 - it was made with the place
        layout.addWidget(bar)
        return bar

    @cached_property
    def guide(self) -> "LessonGuide":
        """What walks through a lesson."""
        from gdsim.gui.lessons.guide import LessonGuide  # noqa: PLC0415

        guide = LessonGuide(self._session, self._view, self.bar, self._leave, self)
        guide.arrived.connect(self._on_arrived)
        return guide

    def _dress(self, bar: "LessonBar") -> None:
        bar.set_theme(self._theme)
        bar.set_ui_scale(self._ui_scale)

    def set_look(self, theme: Theme, ui_scale: float) -> None:
        """Show lessons in the colours of a theme, with letters so many times as large as usual."""
        self._theme, self._ui_scale = theme, ui_scale
        if "bar" in self.__dict__:
            self._dress(self.bar)

    @property
    def lesson(self) -> "Lesson | None":
        """The lesson that is shown."""
        return self.guide.lesson if "guide" in self.__dict__ else None

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Take the menu's entries, to switch off those that have nothing to do."""
        self._actions = actions
        self._show_state()

    def begin(self, lesson: "Lesson", index: int = 0) -> None:
        """Show a lesson, from the stop of an index on."""
        self.guide.begin(lesson, index)

    def close(self) -> None:
        """End the lesson, and the work for it."""
        self._reading.close()
        if "guide" in self.__dict__:
            self.guide.close()

    def _walk(self, step: Callable[[], None]) -> None:
        """Go to another stop, unless somebody is in the middle of typing."""
        field = QApplication.focusWidget()
        if not (isinstance(field, QLineEdit) and field.isModified() and not field.isReadOnly()):
            step()

    def next_stop(self) -> None:
        """Go to the next stop."""
        self._walk(self.guide.go_on)

    def previous_stop(self) -> None:
        """Go to the stop before."""
        self._walk(self.guide.go_back)

    def return_to_stop(self) -> None:
        """Show the stop again as it was."""
        self.guide.go_here()

    def end(self) -> None:
        """End the lesson."""
        self.guide.end()

    def open_lecture(self) -> None:
        """Show the lecture from its beginning."""
        self.open(_LECTURE, 0)

    def go_on(self) -> None:
        """Go on where a lesson was left last."""
        mark = self._progress.last
        if mark:
            self.open(mark.key, mark.stop)

    def ask(self) -> None:
        """Ask for the file of a lesson."""
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

    def _on_arrived(self, index: int) -> None:
        if self.lesson is not None:
            self._progress.keep(self.lesson.key, index)
        self._show_state()

    def _show_state(self) -> None:
        if not self._actions:
            return
        mark, lesson = self._progress.last, self.lesson
        for name in _WALKING:
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
