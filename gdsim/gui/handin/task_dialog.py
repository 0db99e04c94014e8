"""The dialog that makes a task from what the window shows: its kind and settings, its title and its text."""

from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.language.texts import translated
from gdsim.core.lessons.caption import CaptionFault, read_caption
from gdsim.core.lessons.lesson import PlaybackRange, Stop
from gdsim.core.lessons.task import TASKS, task_fault
from gdsim.core.model.experiment import Experiment
from gdsim.gui.exercises.exercise import show_named
from gdsim.gui.forms.dialog import ScreenDialog, heading
from gdsim.gui.forms.form import KindForm
from gdsim.gui.forms.layouts import ABOVE_HEADING, DIALOG_MARGINS, fill_layout, label_for
from gdsim.gui.handin.words import task_words
from gdsim.gui.plain_text import sentence_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr

_LONGEST_TITLE = 200


class TypedTask(NamedTuple):
    """The texts that a person typed; empty for a text that the program has filled in."""

    title: str
    words: str


NOTHING_TYPED = TypedTask("", "")


class TaskDialog(ScreenDialog):
    """The dialog for a new task, with a preview of what the student will read."""

    chosen = Signal(str, str, object)  # the title and the words of the stop, and its task

    def __init__(
        self,
        experiment: Experiment,
        selected: int,
        step: int,
        parent: QWidget | None = None,
        typed: TypedTask = NOTHING_TYPED,
    ) -> None:
        super().__init__(parent, tr("Make a task of what I see"), once=True)
        self._experiment, self._selected, self._step = experiment, selected, step
        self.title = QLineEdit(typed.title or translated(experiment.title)[:_LONGEST_TITLE])
        self.title.setMaxLength(_LONGEST_TITLE)
        self.title.setModified(bool(typed.title))
        self.title.setAccessibleName(self.tr("title"))
        self.words = QPlainTextEdit(typed.words)
        self.words.setAccessibleName(self.tr("what is said"))
        self.words.setTabChangesFocus(True)
        self.words.setPlaceholderText(self.tr("What the student should know, and look at."))
        self.kind = KindForm(self.tr("task"), self.tr("What is to be handed in."), TASKS)
        self.kind.set_value(next(iter(TASKS.values()))())
        self.asked, self.fault = sentence_label(), sentence_label("fault")
        self._arrange()
        self.title.textChanged.connect(self._show)
        self.words.textChanged.connect(self._show)
        self.kind.value_changed.connect(self._show)
        self._show()
        resize_window(self, 560, 520)

    def _arrange(self) -> None:
        fill_layout(
            QVBoxLayout(self.content),
            label_for(self.title),
            self.title,
            label_for(self.words),
            (self.words, 1),
            self.kind,
            ABOVE_HEADING,
            heading(self.tr("What the student reads")),
            self.asked,
            self.fault,
            gap=6,
            margins=DIALOG_MARGINS,
        )
        self.take = self.end_with(self.tr("&Write it into a lesson…"), self._take)

    def typed(self) -> TypedTask:
        return TypedTask(self.title.text() if self.title.isModified() else "", self.words.toPlainText())

    @Slot()
    def _show(self) -> None:
        task = self.kind.value()
        fault = task_fault(task, self._experiment, self._selected, self._step)
        stop = Stop(
            "", self._experiment, selected=self._selected, place=PlaybackRange(0, self._step), task=task
        )
        show_named(self.asked, "" if fault else task_words(stop))
        words = self.tr("The task {fault}.").format(fault=fault) if fault else self._words_fault()
        show_named(self.fault, words)
        self.fault.setVisible(bool(words))
        self.take.setEnabled(not words and bool(self.title.text().strip()))

    def _words_fault(self) -> str:
        """Return a sentence that says why the words are no valid caption; empty if they are."""
        try:
            read_caption(self._text())
        except CaptionFault as fault:
            return self.tr("The words {fault}.").format(fault=str(fault).rstrip("."))
        return ""

    def _text(self) -> str:
        """Return the caption of the stop: the typed words, or else what the task asks."""
        return " ".join(self.words.toPlainText().split()) or self.asked.text()

    @Slot()
    def _take(self) -> None:
        task, title = self.kind.value(), self.title.text().strip()
        words = self._text()
        self.accept()
        self.chosen.emit(title, words, task)
