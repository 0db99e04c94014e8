"""Writing a lesson: following its file, listing its faults, and adding stops to it."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QListWidget, QVBoxLayout, QWidget

from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.scene_file import Stamp
from gdsim.core.settings import shown_name
from gdsim.gui.forms.dialog import ScreenDialog
from gdsim.gui.forms.file_dialog import ask_to_save
from gdsim.gui.forms.file_work import unwritten_text
from gdsim.gui.lessons.followed_file import FollowedFile
from gdsim.gui.notices import Notices
from gdsim.gui.plain_text import text_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.lessons.lesson import Lesson
    from gdsim.core.lessons.task import LessonTask
    from gdsim.gui.window.view_commands import ViewCommands


def read_lesson(name: str) -> "Lesson":
    """Return a bundled lesson, or the lesson in a file; the reader is imported in the calling thread."""
    from gdsim.core.lessons.files import load_lesson  # noqa: PLC0415

    return load_lesson(name)


def fault_sentence(error: Exception) -> str:
    return f"{str(error).rstrip('.')}."


class OwnLesson(QObject):
    """Follows the file of the open lesson, and reads it again when it changes."""

    renewed = Signal(object)  # Lesson: the new content of the file
    faults_changed = Signal(int)  # the number of faults in the file; the lesson stays as it was

    def __init__(self, window: QWidget, notices: Notices) -> None:
        super().__init__(notices)
        self._window, self._notices = window, notices
        self._path: Path | None = None
        self._faults: tuple[str, ...] = ()
        self._list: FaultList | None = None
        self._tasks = TaskQueue(self)
        self._file = FollowedFile(self)
        self._file.changed.connect(self._read)

    def follow(self, path: Path | None, stamp: Stamp | None = None) -> None:
        """Follow a file, or none; ``stamp`` is that of the file before it was read."""
        if path != self._path:
            self._path = path
            self._tasks.cancel()
            self._file.follow(path, stamp)
            self._take_faults(())

    def close(self) -> None:
        self._tasks.close()
        self._file.follow(None)
        if self._list is not None:
            self._list.close()

    def _read(self) -> None:
        if self._path is not None:
            read = partial(read_lesson, str(self._path))
            self._tasks.replace(read, self._on_read, self.list_faults)

    def _on_read(self, lesson: "Lesson") -> None:
        self._take_faults(())
        self.renewed.emit(lesson)

    # ------------------------------------------------------------------ faults

    def refuse(self, error: Exception) -> None:
        """Say why a lesson was not opened; list its faults if there are several."""
        self._notices.refused.emit(fault_sentence(error))
        faults = _faults_of(error)
        if len(faults) > 1:
            self._show_list(faults)

    def list_faults(self, error: Exception) -> None:
        """Take the faults in the file of a lesson that stays as it was."""
        self._take_faults(_faults_of(error))

    def show_faults(self) -> None:
        self._show_list(self._faults)

    def _take_faults(self, faults: tuple[str, ...]) -> None:
        self._faults = faults
        self.faults_changed.emit(len(faults))
        if self._list is not None:
            self._list.show_faults(faults)

    def _show_list(self, faults: tuple[str, ...]) -> None:
        if self._list is None:
            self._list = FaultList(self._window)
            self._list.finished.connect(self._forget_list)
        self._list.show_faults(faults)
        self._list.show()
        self._list.raise_()

    def _forget_list(self) -> None:
        self._list = None


def _faults_of(error: Exception) -> tuple[str, ...]:
    return error.faults if isinstance(error, FileFault) else (str(error),)


class FaultList(ScreenDialog):
    """A list of faults that stays open while the user mends the file; it is deleted when it is closed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Faults in the lesson"), once=True)
        words = text_label(
            self.tr("Stops, and the items of lists, are counted from 1. The list is updated with the file.")
        )
        self.list = QListWidget()
        self.list.setObjectName("framed")
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("Faults"))
        layout = QVBoxLayout(self.content)
        layout.addWidget(words)
        layout.addWidget(self.list, 1)
        resize_window(self, 720, 320)

    def show_faults(self, faults: Sequence[str]) -> None:
        self.list.clear()
        self.list.addItems(list(faults))


class StopMaker(QObject):
    """Writes what the window shows as a stop of a lesson."""

    def __init__(self, window: QWidget, session: Session, view: "ViewCommands", notices: Notices) -> None:
        super().__init__(notices)
        self._window, self._session, self._view, self._notices = window, session, view, notices
        self._tasks = TaskQueue(self, in_order=True)
        self._last = Path("lesson.json")  # the file to which the last stop was written

    @property
    def step(self) -> int:
        """The current step of the selected run."""
        view = self._session.frame().current
        return view.number if view is not None else 0

    def ask_file(self, usual: Path | None, chosen: Callable[[Path], object]) -> None:
        """Ask for a new or an existing lesson file."""
        ask_to_save(
            self._window,
            tr("Add a stop to a lesson, or begin one"),
            tr("Lessons (*.json)"),
            usual or self._last,
            chosen,
            may_be_there=True,
        )

    def write(
        self,
        path: Path,
        title: str = "",
        words: str = "",
        task: "LessonTask | None" = None,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        """Append what the window shows as a stop to a new or an existing lesson file, then call ``then``."""
        from gdsim.core.lessons.lesson import PlaybackRange  # noqa: PLC0415 - see `LessonCommands`
        from gdsim.core.lessons.stop_writer import append_stop, stop_tree  # noqa: PLC0415

        session = self._session
        cursor = session.playhead.cursor
        make = partial(
            stop_tree,
            title=title or session.experiment.title or tr("What I see"),
            caption=words or tr("Write here what there is to say."),
            experiment=session.experiment,
            selected=session.selected,
            place=PlaybackRange(cursor, cursor, by_epoch=session.by_epoch),
            view=self._view.current_view(),
            task=task,
        )
        self._tasks.submit(
            lambda: append_stop(path, make()),
            partial(self._on_written, path, then, is_task=task is not None),
            partial(self._on_failed, path),
        )

    def close(self) -> None:
        self._tasks.close()

    def _on_written(self, path: Path, then: Callable[[], object], number: int, *, is_task: bool) -> None:
        self._last = path
        then()
        words = tr("Stop {n} was written to {name}. Edit its words there.")
        if is_task:
            words = tr("The task was written to {name}, as stop {n}.")
        self._notices.told.emit(words.format(n=number, name=shown_name(path)), path)

    def _on_failed(self, path: Path, error: Exception) -> None:
        is_fault = isinstance(error, FileFault)
        self._notices.refused.emit(fault_sentence(error) if is_fault else unwritten_text(path, error))
