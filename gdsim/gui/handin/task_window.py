"""The window of a task: what is asked, a form for the answer, and whether an answer is kept."""

from PySide6.QtCore import QElapsedTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.handin.answers import LONGEST_FIELD, Answer, Fields
from gdsim.core.handin.sheet import OwnTask
from gdsim.core.language.texts import counted
from gdsim.core.settings import elided
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, say_aloud, show_named
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.handin.asking_forms import PlaceForm, QuizForm
from gdsim.gui.handin.task_forms import RateForm, ReachForm, RowsForm, StepForm, TaskForm, WordsForm
from gdsim.gui.plain_text import PlainLabel, sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.session.session import Session

_FORMS: dict[str, type[TaskForm]] = {
    "predict": PlaceForm,
    "quiz": QuizForm,
    "check_work": RowsForm,
    "find_rate": RateForm,
    "reach": ReachForm,
    "fill_in": StepForm,
    "explain": WordsForm,
}


class TaskWindow(Exercise):
    """A window for one task of a student. Answers are not judged here, but when they are graded."""

    help_page = "hand-in"
    # Fields, int: an answer to keep, and for how many seconds the task was open since the last answer
    kept = Signal(object, int)
    code_requested = Signal()

    def __init__(
        self,
        session: Session,
        user_actions: UserActions,
        own: OwnTask,
        count: int,
        name: str,
        words: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, user_actions, parent)
        self.own = own
        self._answer: Answer | None = None
        self._is_changed = False
        title = self.tr("Task {n} of {count}: {title}")
        self.setWindowTitle(title.format(n=own.number, count=count, title=elided(own.stop.title)))
        self.asked, self.worth = sentence_label("cardTitle"), PlainLabel(name="hint")
        self.state = sentence_label()
        self.form: TaskForm = _FORMS[own.task.id](own, self.tasks, session)
        self.covers_step = self.form.covers_step
        self.keep = plain_button(
            self.tr("&Keep this answer"),
            self.tr("The answer is written into your file; a later answer replaces it."),
            self.hand_over,
            is_primary=True,
        )
        self.code = plain_button(
            self.tr("Copy all as a &code"),
            self.tr("All your answers, as a code to paste into a message."),
            self.code_requested,
        )
        self._arrange(name, words)
        self.form.changed.connect(self._on_changed_form)
        resize_window(self, *self.form.window_size)
        self._open_for = QElapsedTimer()
        self._open_for.start()

    def _arrange(self, name: str, words: str) -> None:
        show_named(self.asked, words)
        worth = counted(self.own.marks, "{n} mark, for {name}", "{n} marks, for {name}", name=name)
        self.worth.setText(worth)
        self.outline.addLayout(fill_layout(QHBoxLayout(), (self.asked, 1), self.worth))
        self.outline.addWidget(self.form, 1)
        self.set_foot(fill_layout(QHBoxLayout(), (self.state, 1), self.code, self.keep))

    def show_answer(self, answer: Answer | None) -> None:
        self._answer = answer
        if answer is not None:
            self.form.set_fields(answer.fields)
        self._is_changed = False
        self.show_state("")

    def show_draft(self, fields: Fields) -> None:
        """Fill in fields that were not kept."""
        self.form.set_fields(fields)
        self._on_changed_form()

    @property
    def draft(self) -> Fields | None:
        """The fields if they have changed since an answer was kept, otherwise None."""
        return self._fields() if self._is_changed else None

    def _fields(self) -> Fields:
        # A file with a longer field could not be read again.
        return tuple(text[:LONGEST_FIELD] for text in self.form.fields())

    def show_state(self, words: str) -> None:
        """Say what has become of the answer; for empty words, say whether an answer is kept."""
        if words:
            say_aloud(self.state, words)
        elif self._answer is None:
            show_named(self.state, self.tr("Nothing is kept yet."))
        else:
            show_named(self.state, self.tr("This is the answer that was kept."))

    @Slot()
    def hand_over(self) -> None:
        """Emit `kept` with the fields, unless they are all empty."""
        fields = self._fields()
        if not any(text.strip() for text in fields):
            self.show_state(self.tr("There is nothing to keep yet."))
            return
        seconds = self._open_for.elapsed() // 1000
        self._open_for.restart()
        self.kept.emit(fields, seconds)

    @Slot()
    def _on_changed_form(self) -> None:
        self._is_changed = True
        show_named(self.state, self.tr("Changed, and not kept yet."))
