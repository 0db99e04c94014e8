"""The base of exercises that ask one question after another: score, seed, verdict and answer keys."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.exercises.quiz.question import Score
from gdsim.core.settings import SEED, Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, say_aloud, show_named
from gdsim.gui.forms.layouts import fill_layout, labelled, plain_button
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.plain_text import PlainLabel, sentence_label
from gdsim.gui.style.text_size import FontScaler
from gdsim.session.session import Session

_SEED_WIDTH = 56
_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Questions(Exercise):
    """An exercise of multiple-choice questions, which are reproducible from a seed."""

    remembered: tuple[str, ...] = ("score", "number", "seed")
    keys: Mapping[int, int] = {}  # the answer that each key chooses

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.score, self.number = Score(), 0  # number: the questions before this one
        self.score_words = ""  # Format string with the fields of `Score`
        self.question: Any = None  # has the index of its ``answer``; None while it is made
        self.chosen: int | None = None  # the chosen answer; None while the question is open
        self._restored: int | None = None  # an answer from before the question was made again
        self.asked, self.tally = sentence_label("cardTitle"), PlainLabel()
        self.seed = NumberField(self.tr("seed"), self.tr("The same seed asks the same questions."), SEED, 1)
        self.verdict, self.reason = sentence_label("strong"), sentence_label()
        self.next = plain_button(self.tr("&Next question (Enter)"), act=self.on_enter, is_primary=True)
        self.seed.committed.connect(self._on_seed)

    def _arrange(self, answers: QWidget, *settings: QWidget) -> None:
        """Lay out the window around the answers, which have the focus while a question is open."""
        FontScaler(self.seed, QWidget.setFixedWidth, _SEED_WIDTH)
        self.verdict.setWordWrap(False)
        self.reason.setMinimumHeight(2 * self.reason.fontMetrics().lineSpacing() + 6)
        answers.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._answers = answers
        top = (*settings, *labelled(self.seed))
        self.set_head(fill_layout(QHBoxLayout(), (self.asked, 1), self.tally, *top, gap=10))
        self.set_foot(fill_layout(QHBoxLayout(), self.verdict, (self.reason, 1), self.next, gap=10))

    def show_up(self) -> None:
        super().show_up()
        if self.chosen is None:
            self._answers.setFocus()

    def save_state(self) -> dict[str, Any]:
        chosen = self._restored if self.chosen is None else self.chosen
        return super().save_state() | {"_restored": chosen}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        super().restore_state(state)
        self._show_score()
        self._ask(self._restored)

    def set_up(self, settings: Mapping[str, Value]) -> None:
        if "seed" in settings:
            self.seed.set_value(settings["seed"])
            self._on_seed()

    # ------------------------------------------------------------------------------ asking

    @abstractmethod
    def _make(self) -> None:
        """Start making the question for the seed and the number, and then `_take` it."""

    @abstractmethod
    def _show_question(self, question: Any) -> None: ...  # noqa: ANN401 - of the type that `_make` makes

    def _show_verdict(self, words: str) -> None:
        """Say whether the answer was right; an empty verdict takes no room."""
        say_aloud(self.verdict, words)
        self.verdict.setVisible(bool(words))

    def _ask(self, restored: int | None = None) -> None:
        self.question = self.chosen = None
        self._restored = restored
        self.next.setEnabled(False)
        self._make()

    def _take(self, question: object) -> None:
        """Ask a question that has been made, and restore its answer if it had one."""
        self.question = question
        self._show_verdict("")
        show_named(self.asked, "")  # so that the next question is announced even in the same words
        self._show_question(question)
        if self._restored is not None:
            self._close_question(self._restored)

    def on_enter(self) -> None:
        if self.chosen is not None:
            self.number += 1
            # Disabling the focused button would move the focus to a field, which would swallow digits.
            self._answers.setFocus()
            self._ask()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.keys.get(event.key())
        if index is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~_SHIFT:
            super().keyPressEvent(event)
        else:
            self.answer(index)

    def _on_seed(self) -> None:
        self.number = 0
        self._ask()

    # ------------------------------------------------------------------------------ answering

    @abstractmethod
    def _show_answer(self, question: Any, chosen: int) -> None: ...  # noqa: ANN401 - as above

    @Slot(int)
    def answer(self, index: int) -> None:
        """Choose an answer, unless one was chosen already."""
        if self.question is not None and self.chosen is None:
            self.score = self.score.answered(right=index == self.question.answer)
            self._show_score()
            self._close_question(index)

    def _close_question(self, index: int) -> None:
        """Show the chosen answer, and enable the button for the next question."""
        self.chosen = index
        self._show_answer(self.question, index)
        self.next.setEnabled(True)
        self.next.setFocus()

    def _show_score(self) -> None:
        show_named(self.tally, self.score_words.format(**asdict(self.score)) if self.score.asked else "")
