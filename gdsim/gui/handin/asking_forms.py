"""The forms of tasks with pictures: where a run lands, and questions about contour maps."""

from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.exercises.quiz.question import ANSWER_LETTERS, Question
from gdsim.core.formulas.numerals import NotANumber, machine_readable
from gdsim.core.handin.answers import Fields, chosen_answers, number_of
from gdsim.core.handin.judging import field_count, questions_of
from gdsim.core.handin.sheet import OwnTask
from gdsim.core.progress import Progress
from gdsim.core.surface.sampling import surface_of
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.exercises.exercise import show_named
from gdsim.gui.exercises.predict.landing_page import LandingPage
from gdsim.gui.exercises.quiz.question_view import QuestionView, question_words
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.handin.task_forms import TaskForm
from gdsim.gui.plain_text import PlainLabel, sentence_label
from gdsim.session.frame import RunView
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue


class _Shown(NamedTuple):
    surface: LossSurface
    record: Trajectory


class PlaceForm(TaskForm):
    """A map with the path of the run so far, and the student's mark."""

    window_size = (940, 620)
    covers_step = True

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self.page = LandingPage(tasks, own.stop.experiment, asked=int(own.task["ahead"]))
        self._kept: Fields = ("", "")
        self._is_shown = False
        self.page.moved.connect(self._on_moved)
        fill_layout(QVBoxLayout(self), (self.page, 1), self._note)
        tasks.submit(partial(_shown, own), self._on_shown, self._fail)

    def fields(self) -> Fields:
        return self._kept

    def set_fields(self, fields: Fields) -> None:
        self._kept = fields if len(fields) == field_count(self.own) else ("", "")
        try:
            w, b = map(number_of, self._kept)
        except NotANumber:
            return
        if self._is_shown:
            self.page.put_mark(w, b)

    @Slot()
    def _on_moved(self) -> None:
        if self.page.mark is not None:
            w, b = map(machine_readable, self.page.mark)
            self._kept = w, b
            self.changed.emit()

    def _on_shown(self, shown: _Shown) -> None:
        experiment, here = self.own.stop.experiment, min(self.own.here, shown.record.last_step)
        view = RunView.at(experiment, self.own.run, shown.record, here)
        self._is_shown = True
        self.page.show_surface(shown.surface)
        self.page.show_run(experiment, view)
        self.set_fields(self._kept)


def _shown(own: OwnTask) -> Progress[_Shown]:
    experiment = own.stop.experiment
    surface = surface_of(experiment, experiment.slice.plane(own.run.start))
    # The page asks only if the record reaches the step that is asked about.
    steps = own.here + int(own.task["ahead"])
    return _Shown(surface, (yield from first_steps(experiment, own.run, steps)))


class QuizForm(TaskForm):
    """The questions of a quiz, shown one at a time, which can be answered in any order."""

    window_size = (1120, 640)

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self.place = 0
        self._chosen: list[int | None] = [None] * int(own.task["questions"])
        self._questions: list[Question] = []
        self.view = QuestionView()
        self.asked, self.where = sentence_label("cardTitle"), PlainLabel()
        self.previous = plain_button(self.tr("&Previous question"), act=lambda: self.go(self.place - 1))
        self.next = plain_button(self.tr("&Next question"), act=lambda: self.go(self.place + 1))
        top = fill_layout(QHBoxLayout(), (self.asked, 1), self.where, self.previous, self.next)
        fill_layout(QVBoxLayout(self), top, (self.view, 1), self._note)
        self.view.picked.connect(self.answer)
        self._show()
        tasks.submit(lambda: list(questions_of(own)), self._on_made, self._fail)

    def fields(self) -> Fields:
        return tuple("" if one is None else ANSWER_LETTERS[one] for one in self._chosen)

    def set_fields(self, fields: Fields) -> None:
        if len(fields) == len(self._chosen):
            self._chosen = list(chosen_answers(fields))
            self._show_chosen()

    def _on_made(self, questions: list[Question]) -> None:
        self._questions = questions
        self._show()

    def answer(self, index: int) -> None:
        if self._questions:
            self._chosen[self.place] = index
            self._show_chosen()
            self.changed.emit()

    def go(self, place: int) -> None:
        self.place = max(0, min(place, len(self._chosen) - 1))
        self._show()

    def _show(self) -> None:
        count = len(self._chosen)
        self.where.setText(self.tr("{n} of {count}").format(n=self.place + 1, count=count))
        self.previous.setEnabled(self.place > 0)
        self.next.setEnabled(self.place + 1 < count)
        self.view.setEnabled(bool(self._questions))
        if self._questions:
            question = self._questions[self.place]
            show_named(self.asked, question_words(question.kind))
            self.view.show_question(question)
        self._show_chosen()

    def _show_chosen(self) -> None:
        if self._questions:
            self.view.show_chosen(self._chosen[self.place])
