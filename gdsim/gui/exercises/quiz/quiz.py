"""The window of the contour quiz, which explains each answer."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.quiz.making import make_question
from gdsim.core.exercises.quiz.question import (
    ANSWER_LETTERS,
    QUIZ_LEVELS,
    Question,
    QuestionKind,
    explanation,
    verdict,
)
from gdsim.core.settings import Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.questions import Questions
from gdsim.gui.exercises.quiz.question_view import QuestionView, question_words
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.style.text_size import resize_window
from gdsim.session.session import Session

_KEYS = {
    **{Qt.Key.Key_1 + index: index for index in range(len(ANSWER_LETTERS))},
    **{Qt.Key.Key_A + index: index for index in range(len(ANSWER_LETTERS))},
}


class Quiz(Questions):
    """Window with questions about the error surfaces of random points."""

    help_page = "quiz"
    remembered = (*Questions.remembered, "question")  # the level may have changed since it was made
    keys = _KEYS
    question: Question | None

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Contour quiz"))
        self.score_words = self.tr("{right} of {asked} right, {streak} in a row, best {longest}")
        self.level = ComboBox(
            self.tr("Level"),
            self.tr("How hard the questions are; three right answers in a row raise it by one."),
        )
        self.view = QuestionView()
        self.level.addItems([self.tr("Level {n}").format(n=level) for level in QUIZ_LEVELS])
        self.level.fit_entries()
        self._arrange(self.view, self.level)
        self.outline.addWidget(self.view, 1)
        self.view.picked.connect(self.answer)
        self.level.activated.connect(self._on_level)
        resize_window(self, 1120, 640)
        self._ask()

    def restore_state(self, state: Mapping[str, Any]) -> None:
        super().restore_state(state)
        if state["question"] is not None:
            self.tasks.cancel()
            self._take(state["question"])

    def set_up(self, settings: Mapping[str, Value]) -> None:
        self.score = self.score.at(int(settings.get("level", self.score.level)))
        self._show_score()
        self._ask()
        super().set_up(settings)

    # ------------------------------------------------------------------------------ asking

    def _make(self) -> None:
        self.level.setCurrentIndex(self.score.level - 1)
        make = partial(make_question, int(self.seed.value()), self.number, self.score.level)
        self.tasks.replace(make, self._take)

    def _show_question(self, question: Question) -> None:
        self.view.show_question(question)
        say_aloud(self.asked, question_words(question.kind))
        show_named(self.reason, self._hint(question.kind))

    def _hint(self, kind: QuestionKind) -> str:
        keys = self.tr("Answer with a click, with 1 to 4, or with A to D.")
        if kind in (QuestionKind.SURFACE, QuestionKind.MAP):
            return keys + " " + self.tr("Surfaces can be turned with the mouse or the arrow keys.")
        return keys + " " + self.tr("From one line to the next the loss changes by the same amount.")

    def _on_level(self, index: int) -> None:
        self.score = self.score.at(QUIZ_LEVELS[index])
        self._ask()

    # ------------------------------------------------------------------------------ answering

    def _show_answer(self, question: Question, chosen: int) -> None:
        self.view.show_answer(question, chosen)
        self._show_verdict(verdict(question, chosen))
        say_aloud(self.reason, explanation(question, chosen))
