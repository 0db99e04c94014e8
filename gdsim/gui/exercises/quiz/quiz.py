"""The contour quiz: one question after the other, each answer explained."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.exercises.quiz.making import make_question
from gdsim.core.exercises.quiz.question import (
    LETTERS,
    LEVELS,
    Question,
    QuestionKind,
    Score,
    explanation,
    verdict,
)
from gdsim.core.settings import SEED, Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, say, sentence_label
from gdsim.gui.exercises.parts import filled, label_of, plain_button
from gdsim.gui.exercises.quiz.question_view import QuestionView, question_words
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import Scaled, resize_window
from gdsim.gui.style.theme import Theme
from gdsim.session.session import Session

_KEYS = {
    **{Qt.Key.Key_1 + index: index for index in range(len(LETTERS))},
    **{Qt.Key.Key_A + index: index for index in range(len(LETTERS))},
}
_SEED_WIDTH = 56
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class QuizState(NamedTuple):
    """Which question the quiz is at."""

    score: Score
    number: int
    seed: float
    question: Question | None
    chosen: int | None


class Quiz(Exercise):
    """Asks about error surfaces of random points; the same seed asks the same questions."""

    help_page = "quiz"

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Contour quiz"))
        self.score = Score()
        self.number = 0
        self.question: Question | None = None
        self.chosen: int | None = None
        self._asked = sentence_label("cardTitle")
        self.tally = PlainLabel()
        self.level = ComboBox(self.tr("Level"))
        self.seed = NumberField(self.tr("seed"), self.tr("The same seed asks the same questions."), SEED, 1)
        self.view = QuestionView()
        self.verdict, self.reason = sentence_label("strong"), sentence_label()
        self.next = plain_button(self.tr("&Next question (Enter)"))
        self._arrange()
        self._connect()
        self._show_score()
        resize_window(self, 1120, 640)
        self._ask()

    def _arrange(self) -> None:
        self.level.addItems([self.tr("Level {n}").format(n=level) for level in LEVELS])
        self.level.fit_entries()
        self.level.set_help(
            self.tr("How hard the questions are; three right answers in a row raise it by one.")
        )
        Scaled(self.seed, QWidget.setFixedWidth, _SEED_WIDTH)
        self.next.setObjectName("primary")
        top = filled(
            QHBoxLayout(), (self._asked, 1), self.tally, self.level, label_of(self.seed), self.seed, gap=10
        )
        bottom = filled(QHBoxLayout(), self.verdict, (self.reason, 1), self.next, gap=10)
        self.verdict.setWordWrap(False)
        self.view.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.reason.setMinimumHeight(2 * self.reason.fontMetrics().lineSpacing() + 6)
        self.outline.addLayout(top)
        self.outline.addWidget(self.view, 1)
        self.set_foot(bottom)

    def _connect(self) -> None:
        self.view.picked.connect(self.answer)
        self.level.activated.connect(self._on_level)
        self.seed.committed.connect(self._on_seed)
        self.next.clicked.connect(self.on_enter)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self.view.set_theme(theme)

    def save_state(self) -> QuizState:
        return QuizState(self.score, self.number, self.seed.value(), self.question, self.chosen)

    def restore_state(self, state: QuizState) -> None:
        self.score, self.number = state.score, state.number
        self.seed.set_value(state.seed)
        self._show_score()
        self._ask()
        if state.question is not None:
            self.tasks.cancel()
            self._on_made(state.question)
            if state.chosen is not None:
                self._show_answer(state.question, state.chosen)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        self.score = self.score.at(int(settings.get("level", self.score.level)))
        self._show_score()
        if "seed" in settings:
            self.seed.set_value(settings["seed"])
            self.number = 0
        self._ask()

    def show_up(self) -> None:
        super().show_up()
        if self.chosen is None:
            self.view.setFocus()

    # ------------------------------------------------------------------------------ asking

    def _ask(self) -> None:
        self.question, self.chosen = None, None
        self.next.setEnabled(False)
        self.level.setCurrentIndex(self.score.level - 1)
        make = partial(make_question, int(self.seed.value()), self.number, self.score.level)
        self.tasks.replace(make, self._on_made)

    def _on_made(self, question: Question) -> None:
        self.question = question
        self.view.show_question(question)
        say(self._asked, question_words(question.kind))
        say(self.verdict, "")
        say(self.reason, self._hint(question.kind))

    def _hint(self, kind: QuestionKind) -> str:
        keys = self.tr("Answer with a click, with 1 to 4, or with A to D.")
        if kind in (QuestionKind.SURFACE, QuestionKind.MAP):
            return keys + " " + self.tr("Surfaces can be turned with the mouse or the arrow keys.")
        return keys + " " + self.tr("From one line to the next the loss changes by the same amount.")

    def _on_level(self, index: int) -> None:
        self.score = self.score.at(LEVELS[index])
        self._ask()

    def _on_seed(self) -> None:
        self.number = 0
        self._ask()

    # ------------------------------------------------------------------------------ answering

    @Slot(int)
    def answer(self, index: int) -> None:
        """Choose an answer; only the first one counts."""
        question = self.question
        if question is None or self.chosen is not None:
            return
        self.score = self.score.answered(right=index == question.answer)
        self._show_score()
        self._show_answer(question, index)

    def _show_answer(self, question: Question, index: int) -> None:
        self.chosen = index
        self.view.show_answer(question, index)
        say(self.verdict, verdict(question, index))
        say(self.reason, explanation(question, index))
        self.next.setEnabled(True)
        self.next.setFocus()

    def on_enter(self) -> None:
        if self.chosen is not None:
            self.number += 1
            # A button that is switched off would hand the keys to the list of levels, which swallows answers.
            self.view.setFocus()
            self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = _KEYS.get(event.key())
        if index is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~_SHIFT:
            super().keyPressEvent(event)
        else:
            self.answer(index)

    def _show_score(self) -> None:
        score = self.score
        words = self.tr("{right} of {asked} right, {streak} in a row, best {longest}")
        self.tally.setText(
            words.format(right=score.right, asked=score.asked, streak=score.streak, longest=score.longest)
        )
        self.tally.setAccessibleName(self.tally.text())
