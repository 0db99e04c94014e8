"""Fill in a step: working out the selected run's next update line by line."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.exercises.fill_in import StepSheet, step_sheet
from gdsim.core.exercises.quiz.question import Score
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import STEP_DIGITS
from gdsim.core.settings import Value
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.exercise import Exercise, failure_words, show_named
from gdsim.gui.exercises.fill_in.given_numbers import GivenNumbers
from gdsim.gui.exercises.fill_in.result_rows import ResultRows
from gdsim.gui.exercises.run_choice import RunChoice
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.layouts import fill_layout, keep_place, plain_button
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.plain_text import sentence_label, text_label
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame
from gdsim.session.session import Session

# "All digits" is left out, because nobody works with them by hand.
_DIGITS = tuple(digits for digits in STEP_DIGITS if digits is not None)
_USUAL_DIGITS = 4


class FillIn(Exercise):
    """Window that follows the selected run; page This step hides its numbers while it is open."""

    help_page = "fill-in"
    remembered = ("_score", "digits")
    covers_step = True

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Fill in a step"))
        self._score = Score()  # results filled in, and those right at the first try
        self._asked: tuple[object, ...] = ()
        # The step asked about in an earlier window, and for each result its text, its tries, and whether it
        # was shown.
        self._restored: tuple[tuple[object, ...], dict[tuple[str, str], tuple[str, int, bool]]] = ((), {})
        self.sheet: StepSheet | None = None
        self.runs = RunChoice(session)
        self._step = text_label(name="cardTitle")
        self.digits = ComboBox(
            self.tr("Digits of the numbers"),
            self.tr("How many digits the numbers have; a result may have one digit fewer."),
            [(self.tr("{0} digits").format(digits), digits) for digits in _DIGITS],
        )
        self.given = GivenNumbers()
        self.rows = ResultRows()
        self._sides = QWidget()
        self._tally = sentence_label()
        self.reveal = plain_button(
            self.tr("&Show this result"), self.tr("Once shown, the result counts as not found."), self._reveal
        )
        self.next = plain_button(self.tr("&Next step (Enter)"), act=self.on_enter, is_primary=True)
        self._arrange()
        self._connect()
        resize_window(self, 940, 640)

    def _arrange(self) -> None:
        self.digits.choose(_USUAL_DIGITS)
        self.digits.fit_entries()
        top = fill_layout(QHBoxLayout(), (self._step, 1), self.digits)
        self.outline.addWidget(self.runs)
        self.outline.addLayout(top)
        self.outline.addWidget(self._sides, 1)
        fill_layout(QHBoxLayout(self._sides), self.given, (Scrolled(self.rows), 1), gap=18)
        for part in (self._step, self._sides):
            keep_place(part)
        self.set_foot(fill_layout(QHBoxLayout(), (self._tally, 1), self.reveal, self.next))

    def _connect(self) -> None:
        self.digits.activated.connect(self.follow)
        self.rows.done.connect(self._on_done)
        self.session.frame_changed.connect(self._on_frame)

    def save_state(self) -> dict[str, Any]:
        found = {
            row.blank.key: (row.field.text(), row.tries, row.shown) for row in self.rows.rows if row.is_done
        }
        return super().save_state() | {"_restored": (self._asked, found)}

    def set_up(self, settings: Mapping[str, Value]) -> None:
        if "digits" in settings:
            fitting = [digits for digits in _DIGITS if digits <= settings["digits"]]
            self.digits.setCurrentIndex(len(fitting) - 1)

    @classmethod
    def refusal(cls, session: Session) -> str:
        return "" if session.experiment.runs else tr("Add a run first; then you can fill in its steps.")

    @property
    def _digits(self) -> int:
        return _DIGITS[self.digits.currentIndex()]

    # ------------------------------------------------------------------------------ asking

    def follow(self) -> None:
        self.runs.follow()
        self._show_score()
        self._on_frame(self.session.frame())

    @Slot(object)
    def _on_frame(self, frame: Frame) -> None:
        """Ask about the update from the step at which the run is paused."""
        if not self.isVisible():
            return
        view, update = frame.current, frame.update
        if frame.playing:
            self.show_note(
                self.tr("The run is playing; pause it in the main window to fill in its next step.")
            )
        elif view is None or update is None:
            self.show_note(
                self.tr("There is no step to fill in: the run has none, or it is not computed yet.")
            )
        else:
            self.show_note("")
        self._show_parts(frame)
        was_askable, can_ask = self.rows.isEnabled(), not self.note
        self.rows.setEnabled(can_ask)
        if can_ask and not was_askable:  # a disabled field has lost the focus
            self.rows.focus_open_row()
        if not can_ask or view is None or update is None:
            self._show_buttons()
            return
        asked = (update.run, update.points, update.objective, update.t, view.trajectory, self._digits)
        if asked != self._asked:
            self._asked = asked
            work = partial(step_sheet, update, self._digits)
            self.tasks.replace(work, self._on_made, lambda fault: self.show_note(failure_words(fault)))
        self._show_buttons()

    def _on_made(self, sheet: StepSheet) -> None:
        self.sheet = sheet
        words = self.tr("Step {0} → {1}: work out each line from the numbers given, and type the result.")
        self._step.setText(
            words.format(
                numerals.integer_text(sheet.update.step - 1), numerals.integer_text(sheet.update.step)
            )
        )
        self._show_parts(self.session.frame())
        self.given.show_sheet(sheet)
        self.rows.show_sheet(sheet)
        (asked, found), self._restored = self._restored, ((), {})
        for row in self.rows.rows if asked == self._asked else ():
            if row.blank.key in found:
                text, tries, shown = found[row.blank.key]
                row.restore(text, tries, shown=shown)
        if not sheet.blanks:
            self.show_note(self.tr("The numbers of this step are not finite; there is nothing to work out."))
        self._show_buttons()
        self.rows.focus_open_row()

    # ------------------------------------------------------------------------------ answering

    @Slot(bool)
    def _on_done(self, at_first: bool) -> None:
        self._score = self._score.answered(right=at_first)
        self._show_score()
        self._show_buttons()
        if self.rows.open_row is None:
            self.next.setFocus()
        else:
            self.rows.focus_open_row()

    @Slot()
    def _reveal(self) -> None:
        row = self.rows.open_row
        if row is not None:
            row.show_result()

    def on_enter(self) -> None:
        if not self.next.isEnabled():
            self.rows.focus_open_row()
            return
        self.session.set_by_epoch(by_epoch=False)
        self.session.play(lambda head: head.nudge(1))

    def _show_parts(self, frame: Frame) -> None:
        """Hide the step and its lines while there is nothing to show."""
        has_sheet = self.sheet is not None and frame.current is not None and frame.update is not None
        self._step.setVisible(has_sheet)
        self._sides.setVisible(has_sheet)

    def _show_buttons(self) -> None:
        is_open = self.rows.isEnabled() and self.rows.open_row is not None
        self.reveal.setEnabled(is_open)
        view = self.session.frame().current
        goes_on = (
            view is not None and self.sheet is not None and self.sheet.update.t < view.trajectory.last_step
        )
        self.next.setEnabled(self.rows.isEnabled() and not is_open and goes_on)

    def _show_score(self) -> None:
        right, filled = self._score.right, self._score.asked
        words = self.tr("{right} of {filled} results right at the first try") if filled else ""
        show_named(self._tally, words.format(right=right, filled=filled))
