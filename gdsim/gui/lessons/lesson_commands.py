"""The Learn menu: begin, continue and open a lesson, and walk through it with a clicker."""

import json
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMainWindow, QVBoxLayout, QWidget

from gdsim.gui.forms.tips import show_keys
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
    from gdsim.core.lessons.lesson import Lesson
    from gdsim.gui.lessons.guide import LessonGuide
    from gdsim.gui.lessons.lesson_bar import LessonBar
    from gdsim.gui.window.view_commands import ViewCommands


class LessonCommands(QObject):
    """The commands of lessons, and what is remembered of them.

    What shows a lesson is loaded with the first one: the window's start does not wait for it.

    Parameters
    ----------
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
        from gdsim.gui.lessons.lesson_bar import LessonBar  # noqa: PLC0415

        bar = LessonBar()
        for command, button in _WALKING.items():
            show_keys(bar.buttons[button], self._actions[command])
        self._dress(bar)
        layout = self.place.layout()
        assert layout is not None  # noqa: S101 - it was made with the place
        layout.addWidget(bar)
        return bar

    @cached_property
    def guide(self) -> "LessonGuide":
        from gdsim.gui.lessons.guide import LessonGuide  # noqa: PLC0415

        guide = LessonGuide(self._session, self._view, self.bar, self._leave, self)
        guide.arrived.connect(self._on_arrived)
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
