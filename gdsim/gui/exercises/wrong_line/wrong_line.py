"""Find the wrong line: the lines of a rule with one mistake, and what the mistake leads to."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gdsim.core.exercises.wrong_line import (
    POINTS,
    START,
    WrongLineQuestion,
    explanation,
    make_wrong_line,
    verdict,
)
from gdsim.core.language.texts import translated
from gdsim.core.model.run import Run
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.answer_card import AnswerCard
from gdsim.gui.exercises.exercise import say_aloud, show_named
from gdsim.gui.exercises.loss_chart import LossChart
from gdsim.gui.exercises.marked_map import MarkedMap
from gdsim.gui.exercises.questions import Questions
from gdsim.gui.forms.card import Card
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.paint.formula_picture import FormulaPicture, FormulaPictures
from gdsim.gui.style.text_size import look_for, resize_window
from gdsim.gui.style.theme import RunStyle
from gdsim.gui.translation import tr
from gdsim.session.frame import RunView
from gdsim.session.session import Session

_DASH = (3.0, 2.0)
_KEYS = {Qt.Key.Key_1 + index: index for index in range(9)}


class LineCard(AnswerCard):
    def __init__(self, index: int) -> None:
        self.picture = FormulaPicture()
        button = plain_button(f"{index + 1}", tr("Key {n}").format(n=index + 1))
        super().__init__(index, button, self.picture)

    def show_line(self, *, wrong: bool, chosen: bool) -> None:
        """Show whether this line is the wrong one, if it is or was chosen."""
        if wrong:
            self._show(self.tr("Wrong: found") if chosen else self.tr("This one is wrong"), "accent")
        else:
            self._show(self.tr("This line is right") if chosen else "", "fault" if chosen else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pick()


class FindWrongLine(Questions):
    """Window with questions about the rules of the catalogue."""

    help_page = "wrong-line"
    keys = _KEYS
    question: WrongLineQuestion | None

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Find the wrong line"))
        self.score_words = self.tr("{right} of {asked} found")
        self.cards: tuple[LineCard, ...] = ()
        self._pictures = FormulaPictures(self)
        self.map, self.losses = MarkedMap(), LossChart()
        self.lines = QWidget()
        self._lines = fill_layout(QVBoxLayout(self.lines), None)
        self._arrange(self.lines)
        contours = Card(self.tr("Where these lines lead"), self.map)
        losses = Card(self.tr("Loss"), self.losses)
        pictures = fill_layout(QVBoxLayout(), (contours, 3), (losses, 2))
        self.outline.addLayout(
            fill_layout(QHBoxLayout(), (Scrolled(self.lines), 1), (pictures, 1), gap=10), 1
        )
        self._pictures.typeset.connect(self._show_lines)
        resize_window(self, 1040, 640)
        self._ask()

    def show_look(self) -> None:
        self._show_runs()

    # ------------------------------------------------------------------------------ asking

    def _make(self) -> None:
        self.tasks.replace(partial(_made, int(self.seed.value()), self.number), self._on_made)

    def _on_made(self, made: tuple[WrongLineQuestion, LossSurface]) -> None:
        question, surface = made
        self.map.show_surface(surface)
        self._take(question)

    def _show_question(self, question: WrongLineQuestion) -> None:
        words = self.tr("{rule}: one of these lines is wrong. Which one?")
        say_aloud(self.asked, words.format(rule=translated(question.rule.title)))
        show_named(
            self.reason, self.tr("Answer with a click, or with its number. The path is that of these lines.")
        )
        self._make_cards(len(question.lines))
        self._show_lines()
        self._show_runs()

    def _make_cards(self, count: int) -> None:
        while len(self.cards) < count:
            card = LineCard(len(self.cards))
            card.picked.connect(self.answer)
            self._lines.insertWidget(self._lines.count() - 1, card)
            self.cards = (*self.cards, card)
        for index, card in enumerate(self.cards):
            card.setVisible(index < count)
            card.show_open()

    def _show_lines(self) -> None:
        if self.question is None:
            return
        lines = zip(self.cards, self.question.lines, self.question.latex, strict=False)
        for number, (card, text, latex) in enumerate(lines, 1):
            card.picture.show_formula(self._pictures.svg(latex.replace("&=", "=")), text)
            card.button.setAccessibleName(self.tr("Line {n}: {line}").format(n=number, line=text))

    def _show_runs(self) -> None:
        """Show the run of the lines shown and, after the answer, that of the right lines."""
        question, theme = self.question, self.theme
        styles = (RunStyle(theme.fault, _DASH, "s"), RunStyle(theme.accent, (), "o"))
        names = (self.tr("The run of these lines"), self.tr("The run of the right lines"))
        self.map.set_look(look_for(self, styles))
        if question is None:
            return
        records = (question.wrong, question.right)[: 1 if self.chosen is None else 2]
        runs = (Run(start=START, name=name) for name in names)
        views = tuple(RunView.at_end(run, record) for run, record in zip(runs, records, strict=False))
        self.map.show_runs(views)
        curves = zip(names, (record.loss for record in records), styles, strict=False)
        self.losses.show_curves(*curves)

    # ------------------------------------------------------------------------------ answering

    @Slot(int)
    def answer(self, index: int) -> None:
        if self.question is not None and index < len(self.question.lines):
            super().answer(index)

    def _show_answer(self, question: WrongLineQuestion, chosen: int) -> None:
        for place, card in enumerate(self.cards):
            card.show_line(wrong=place == question.answer, chosen=place == chosen)
        self._show_verdict(verdict(question, chosen))
        say_aloud(self.reason, explanation(question))
        self._show_runs()


def _made(seed: int, place: int) -> tuple[WrongLineQuestion, LossSurface]:
    question = make_wrong_line(seed, place)
    return question, sample_surface(POINTS, question.view_range)
