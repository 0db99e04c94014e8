"""The Learn menu: begin, continue and open a lesson, and walk through it with a clicker."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QMainWindow

from gdsim.core.checked_json import FileFault
from gdsim.core.lesson.files import load_lesson
from gdsim.core.lesson.lesson import Lesson
from gdsim.gui.lessons.guide import LessonGuide
from gdsim.gui.lessons.lesson_bar import LessonBar
from gdsim.gui.lessons.progress import Progress
from gdsim.gui.view_commands import ViewCommands
from gdsim.session.background import Background
from gdsim.session.session import Session

_LECTURE = "lecture"
_WALKING = ("next_stop", "previous_stop", "return_to_stop", "end_lesson")


class LessonCommands(QObject):
    """The commands of lessons, and what is remembered of them.

    Parameters
    ----------
    window : QMainWindow
    session : Session
    view : ViewCommands
    leave : callable
        Calls its argument once the present document may go.
    settings : QSettings or None
        Where progress is kept.

    Signals
    -------
    refused(str)
        Why a lesson was not opened, as a sentence.

    Attributes
    ----------
    bar : LessonBar
        Belongs between the header and the columns.
    """

    refused = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        view: ViewCommands,
        leave: Callable[[Callable[[], object]], None],
        settings: QSettings | None,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._progress = Progress(settings)
        self._actions: dict[str, QAction] = {}
        self.bar = LessonBar()
        self._guide = LessonGuide(session, view, self.bar, leave, self)
        self._guide.arrived.connect(self._on_arrived)
        self._reading = Background(self)
        self._reading.answered.connect(self._on_read)

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Take the menu's entries, to switch off those that have nothing to do."""
        self._actions = actions
        self._show_state()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its name."""
        return {
            "lecture": lambda: self._open(_LECTURE, 0),
            "continue_lesson": self._continue,
            "open_lesson": self._ask,
            "next_stop": lambda: self._walk(self._guide.go_on),
            "previous_stop": lambda: self._walk(self._guide.go_back),
            "return_to_stop": self._guide.go_here,
            "end_lesson": self._guide.end,
        }

    def begin(self, lesson: Lesson, index: int = 0) -> None:
        """Show a lesson, from the stop of an index on."""
        self._guide.begin(lesson, index)

    def close(self) -> None:
        """End the lesson, and the work for it."""
        self._reading.close()
        self._guide.close()

    def _walk(self, step: Callable[[], None]) -> None:
        """Go to another stop, unless somebody is in the middle of typing."""
        field = QApplication.focusWidget()
        if not (isinstance(field, QLineEdit) and field.isModified() and not field.isReadOnly()):
            step()

    def _continue(self) -> None:
        mark = self._progress.last
        if mark:
            self._open(mark.key, mark.stop)

    def _ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Open lesson"), "", self.tr("Lessons (*.json)")
        )
        if name:
            self._open(name, 0)

    def _open(self, name: str, index: int) -> None:
        """Read a lesson with all its scenes, which may take longer than a frame, and show it."""
        self._reading.keep(())
        self._reading.ask(index, partial(_read, name))

    @Slot(object, object)
    def _on_read(self, index: int, read: Lesson | FileFault) -> None:
        if isinstance(read, FileFault):
            self.refused.emit(f"{str(read).rstrip('.')}.")
        else:
            self.begin(read, index)

    def _on_arrived(self, index: int) -> None:
        if self._guide.lesson is not None:
            self._progress.keep(self._guide.lesson.key, index)
        self._show_state()

    def _show_state(self) -> None:
        if not self._actions:
            return
        mark, lesson = self._progress.last, self._guide.lesson
        for name in _WALKING:
            # While there is no lesson, Page Down belongs to tables and lists.
            self._actions[name].setEnabled(lesson is not None)
        again = self._actions["continue_lesson"]
        again.setEnabled(mark is not None and lesson is None)
        again.setText(
            self.tr("&Continue at stop {n}").format(n=mark.stop + 1) if mark else self.tr("&Continue")
        )


def _read(name: str) -> Lesson | FileFault:
    try:
        return load_lesson(name)
    except FileFault as fault:
        return fault
