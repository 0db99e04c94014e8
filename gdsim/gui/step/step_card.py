"""The card of the current step: the rule, the same with numbers filled in, and the results."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from gdsim.core.analysis.update import GradientTerms, Update
from gdsim.core.analysis.worked import WorkedStep, worked
from gdsim.core.analysis.worked_text import as_latex, as_markdown, as_text
from gdsim.core.analysis.written_terms import terms_as_latex, terms_as_markdown, terms_as_text
from gdsim.core.formulas.numerals import STEP_DIGITS
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.step.step_body import StepBody
from gdsim.gui.step.step_rows import step_sentence
from gdsim.gui.step.update_card import UpdateCard
from gdsim.gui.style.theme import LIGHT, Look
from gdsim.session.frame import Frame

_DEFAULT_DIGITS = 4


class CopyButton(QPushButton):
    """Copies the current step, with all digits or with those that are shown.

    ``terms`` returns the terms of the gradient that are shown, or None.
    """

    told = Signal(str)  # what was copied

    def __init__(self, terms: Callable[[], GradientTerms | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._terms = terms
        self._update: Update | None = None
        self._digits: int | None = None
        self.setText(self.tr("Copy"))
        self.setAccessibleName(self.tr("Copy this step"))
        set_tip(
            self, self.tr("Copy the step: the rule, its numbers and results, and the terms that are shown.")
        )
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        for name, write, write_terms in (
            (self.tr("Plain text"), as_text, terms_as_text),
            (self.tr("Markdown"), as_markdown, terms_as_markdown),
            (self.tr("LaTeX"), as_latex, terms_as_latex),
        ):
            menu.addAction(name, partial(self._copy, write, write_terms))
        menu.addSeparator()
        self.all_digits = QAction(self.tr("With all digits"), menu, checkable=True, checked=True)
        menu.addAction(self.all_digits)
        self.setMenu(menu)
        self.setEnabled(False)

    def show_update(self, update: Update | None, digits: int | None) -> None:
        self._update, self._digits = update, digits
        if self.isEnabled() != (update is not None):
            self.setEnabled(update is not None)

    def _copy(
        self,
        write: Callable[[WorkedStep], str],
        write_terms: Callable[[Update, GradientTerms, int | None], str],
    ) -> None:
        update, terms = self._update, self._terms()
        if update is not None:
            digits = None if self.all_digits.isChecked() else self._digits
            text = write(worked(update, digits))
            if terms is not None:
                text += f"\n{write_terms(update, terms, digits)}"
            QGuiApplication.clipboard().setText(text)
            self.told.emit(self.tr("Copied the step."))


class StepCard(UpdateCard):
    """The body of the card 'This step'. Its accessible description is the step in sentences."""

    part_requested = Signal(str)  # the part that was clicked; empty if it was highlighted already
    told = Signal(str)  # what was copied

    def __init__(self) -> None:
        body = StepBody()
        super().__init__(body)
        self._body = body
        self.setAccessibleName(self.tr("This step"))
        self._look = Look(LIGHT)
        self.digits: int | None = _DEFAULT_DIGITS
        self._shown: tuple[Update, int | None, int] | None = None
        # digits_box, copy: beside the number of the step; a card may move them into its header
        self.digits_box = self._make_digits_box()
        self.copy = CopyButton(self._body.gradient.open_terms, self)
        self._body.part_requested.connect(self.part_requested)
        self.copy.told.connect(self.told)
        self._lay_out(self.digits_box, self.copy)
        self._say(self.tr("Nothing is computed yet."))

    def set_look(self, look: Look) -> None:
        if look == self._look:
            return
        self._look = look
        self._write_again()

    def set_digits(self, digits: int | None) -> None:
        if digits not in STEP_DIGITS or digits == self.digits:
            return
        self.digits = digits
        self.digits_box.setCurrentIndex(STEP_DIGITS.index(digits))
        self._write_again()

    def minimumSizeHint(self) -> QSize:
        return QSize(max(240, super().minimumSizeHint().width()), 120)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_again()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._write_again()

    def _write_again(self) -> None:
        self._shown = None
        self._show_again()

    def _show(self, frame: Frame, update: Update) -> None:
        self.copy.show_update(update, self.digits)
        shown = (update, self.digits, self._body.columns)
        if shown != self._shown:
            self._shown = shown
            step = worked(update, self.digits)
            self._show_steps(update)
            self._body.show_step(step, self._look, frame.selected)
            self.setAccessibleDescription(step_sentence(step))
        self._body.set_highlighted(frame.part)

    def _say(self, words: str) -> None:
        super()._say(words)
        self._shown = None
        self.copy.show_update(None, self.digits)
        self.setAccessibleDescription(words)

    def _make_digits_box(self) -> ComboBox:
        all_, some = self.tr("All digits"), self.tr("{0} digits")
        choices = [(some.format(digits) if digits else all_, digits) for digits in STEP_DIGITS]
        box = ComboBox(self.tr("Digits of this step's numbers"), choices=choices, parent=self)
        box.setCurrentIndex(STEP_DIGITS.index(self.digits))
        hint = self.tr(
            "How many digits are shown. With all of them, the numbers worked through by hand give exactly "
            "the results; only a direction d depends on more numbers than are shown."
        )
        set_tip(box, hint)
        box.fit_entries()
        box.activated.connect(lambda index: self.set_digits(STEP_DIGITS[index]))
        return box
