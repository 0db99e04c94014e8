"""The lines of a rule, one below the other, with a field for each result."""

from collections.abc import Callable
from itertools import groupby

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gdsim.core.analysis.worked import update_in_letters
from gdsim.core.exercises.fill_in import Blank, ResultMark, StepSheet, judge_result
from gdsim.core.formulas.numerals import NotANumber
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.formulas.symbols import letter_of
from gdsim.gui.exercises.exercise import say_aloud
from gdsim.gui.forms.layouts import clear_layout, fill_layout
from gdsim.gui.forms.scrolling import reveal
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.paint.formula_picture import FormulaPicture, FormulaPictures
from gdsim.gui.plain_text import PlainLabel, sentence_label
from gdsim.gui.style.stylesheet import set_mark
from gdsim.gui.style.text_size import FontScaler

_FIELD_WIDTH, _LABEL_WIDTH = 130, 48


class ResultField(QLineEdit):
    """A field for a result, which is handed in with Enter or by leaving the field."""

    handed_in = Signal()
    entered = Signal()  # the field got the focus

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self.isReadOnly():
            self._hand_in()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        reveal(self)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.isModified() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._hand_in()

    def _hand_in(self) -> None:
        if self.text().strip():
            self.setModified(False)
            self.handed_in.emit()


class ResultRow(QWidget):
    """A field for one result, with feedback on it."""

    done = Signal()  # the right result was typed or shown
    entered = Signal()
    typed = Signal()

    def __init__(self, blank: Blank, hint: Callable[[Blank], str], *, judges: bool = True) -> None:
        super().__init__()
        self.blank = blank
        self._hint, self._judges = hint, judges
        self.tries = 0
        self.shown = False
        self.field = ResultField()
        self.field.setAccessibleName(blank.name)
        set_tip(self.field, self.tr("Work it out, type the number, and press Enter."))
        FontScaler(self.field, QWidget.setFixedWidth, _FIELD_WIDTH)
        # The formula above names the result; in a label, the hat of a letter would be placed too high.
        label = PlainLabel(self.tr("for {0}").format(letter_of(blank.parameter)))
        FontScaler(label, QWidget.setMinimumWidth, _LABEL_WIDTH)
        label.setBuddy(self.field)
        self.words = sentence_label("hint")
        fill_layout(QHBoxLayout(self), label, self.field, (self.words, 1))
        self.field.handed_in.connect(self._judge)
        self.field.entered.connect(self.entered)
        self.field.textEdited.connect(lambda: self._mark(""))
        self.field.textEdited.connect(self.typed)

    @property
    def is_done(self) -> bool:
        return self.field.isReadOnly()

    @property
    def at_first(self) -> bool:
        """Whether the first result handed in was right."""
        return self.is_done and self.tries == 1 and not self.shown

    def show_result(self) -> None:
        """Fill in the right result, which then does not count as found."""
        self.shown = True
        self.field.setText(self.blank.text)
        self._end(self.tr("Shown: {0}").format(self._hint(self.blank)).rstrip(": "))

    def restore(self, text: str, tries: int, *, shown: bool) -> None:
        """Fill in a result from an earlier window."""
        self.field.setText(text)
        self.tries, self.shown = tries, shown
        self._finish(self.tr("Shown") if shown else self.tr("Right"))

    def _judge(self) -> None:
        if self.is_done:
            return
        try:
            judged = judge_result(self.blank, self.field.text())
        except NotANumber as fault:
            self._mark(self.tr("The result {0}.").format(fault), fault=True)
            return
        if not self._judges:
            return
        if judged.mark is ResultMark.COARSE:
            self._mark(self.tr("Right so far; give more digits."))
            return
        self.tries += 1
        if judged.mark is ResultMark.RIGHT:
            self._end(self.tr("Right"))
            return
        numbers = self._hint(self.blank)
        words = [judged.hint or self.tr("Not right.")]
        if numbers:
            words.append(self.tr("With numbers: {0}").format(numbers))
        self._mark("\n".join(words), fault=True)
        self.field.selectAll()

    def _end(self, words: str) -> None:
        self._finish(words)
        self.done.emit()

    def _finish(self, words: str) -> None:
        self.field.setReadOnly(True)
        self.field.setModified(False)
        self._mark(words)

    def _mark(self, words: str, *, fault: bool = False) -> None:
        say_aloud(self.words, words)
        self.field.setAccessibleDescription(words)
        set_mark(self.field, "fault", on=fault)


class ResultRows(QWidget):
    """All lines of a sheet. If it ``judges``, each result is judged when it is handed in."""

    done = Signal(bool)  # a result is done, and whether it was right at the first try
    typed = Signal()

    def __init__(self, *, judges: bool = True) -> None:
        super().__init__()
        self._judges = judges
        self._sheet: StepSheet | None = None
        self._pictures = FormulaPictures(self)
        self._pictures.typeset.connect(self._show_pictures)
        self._formulas: list[tuple[FormulaPicture, str, str]] = []
        self.rows: tuple[ResultRow, ...] = ()
        self._current: ResultRow | None = None
        self._lines = fill_layout(QVBoxLayout(self), gap=8)

    def show_sheet(self, sheet: StepSheet | None) -> None:
        """Show the empty blanks of a sheet; nothing for None."""
        clear_layout(self._lines)
        self._sheet, self._current = sheet, None
        self._formulas.clear()
        rows: list[ResultRow] = []
        if sheet is not None:
            targets = list(sheet.update.rule.program.by_target)
            for target, blanks in groupby(sheet.blanks, key=lambda one: one.target):
                for place, blank in enumerate(blanks):
                    if place == 0 or sheet.has_own_line(blank):
                        lines = update_in_letters(sheet.update, blank.parameter, IN_LATEX)
                        self._add_formula(lines[targets.index(target)], blank.letters)
                    row = ResultRow(blank, self._with_numbers, judges=self._judges)
                    row.typed.connect(self.typed)
                    row.done.connect(self._on_done)
                    row.entered.connect(self._on_entered)
                    rows.append(row)
                    self._add(row)
        self._lines.addStretch()
        self.rows = tuple(rows)
        self._show_pictures()

    def _add_formula(self, latex: str, letters: str) -> None:
        picture = FormulaPicture()
        self._formulas.append((picture, latex.replace("&=", "="), letters))
        self._add(picture)

    def _add(self, widget: QWidget) -> None:
        self._lines.addWidget(widget)
        widget.show()  # at once, because an activated window gives no focus to a hidden field

    def _show_pictures(self) -> None:
        for picture, latex, letters in self._formulas:
            picture.show_formula(self._pictures.svg(latex), letters)

    @property
    def open_row(self) -> ResultRow | None:
        """The row to fill in next: the current one, or the first that is not done; None if all are."""
        if self._current is not None and not self._current.is_done:
            return self._current
        return next((row for row in self.rows if not row.is_done), None)

    def focus_open_row(self) -> None:
        row = self.open_row
        if row is not None:
            row.field.setFocus()

    def _with_numbers(self, blank: Blank) -> str:
        if self._sheet is None:
            return ""
        return self._sheet.numbers(blank, {row.blank.key for row in self.rows if row.is_done})

    def _on_entered(self) -> None:
        sender = self.sender()
        if isinstance(sender, ResultRow):
            self._current = sender

    def _on_done(self) -> None:
        row = self.sender()
        place = self.rows.index(self._current) if self._current in self.rows else 0
        after = (*self.rows[place:], *self.rows[:place])
        self._current = next((one for one in after if not one.is_done), None)
        self.done.emit(isinstance(row, ResultRow) and row.at_first)
