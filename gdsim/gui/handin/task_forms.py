"""The forms in which tasks are answered, one for each kind of task; their fields are texts."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Cell, Written, decimals_of
from gdsim.core.exercises.check.reading import read_values
from gdsim.core.exercises.fill_in import StepSheet
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.table.table import TableFault
from gdsim.core.formulas.numerals import NotANumber, integer_text, precise
from gdsim.core.handin.answers import LONGEST_FIELD, Fields, number_of
from gdsim.core.handin.judging import answer_rows, field_count, left_out, sheet_of, word_count
from gdsim.core.handin.run_claims import rate_fault, reach_field, reach_refusal, reach_run
from gdsim.core.handin.sheet import OwnTask
from gdsim.core.language.texts import counted
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.run import Run
from gdsim.core.model.run_words import full_settings
from gdsim.core.progress import run_to_end
from gdsim.core.settings import InvalidValue
from gdsim.gui.clipboard import copied
from gdsim.gui.exercises.check.answer_sheet_table import AnswerSheetModel, AnswerSheetTable
from gdsim.gui.exercises.exercise import failure_words, say_aloud, show_named
from gdsim.gui.exercises.fill_in.given_numbers import GivenNumbers
from gdsim.gui.exercises.fill_in.result_rows import ResultRows
from gdsim.gui.forms.layouts import fill_layout, plain_button
from gdsim.gui.forms.scrolling import Scrolled
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.plain_text import PlainLabel, sentence_label
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

_LONGEST_PASTE = 20_000


class TaskForm(QWidget):
    """The base of the forms. A form does not judge an answer."""

    window_size = (620, 440)
    covers_step = False  # whether the page of the step would give the answer away

    changed = Signal()  # a person has filled something in

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__()
        self.own, self._session = own, session
        self._note = sentence_label("hint")

    def fields(self) -> Fields:
        raise NotImplementedError

    def set_fields(self, fields: Fields) -> None:
        """Fill in kept fields, without those that do not fit."""
        raise NotImplementedError

    def _fail(self, error: Exception) -> None:
        say_aloud(self._note, failure_words(error))


class RowsForm(TaskForm):
    """A table with a row for each step of the task."""

    covers_step = True

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self._names = parameter_names(own.stop.experiment.points.dimension)
        self.model = AnswerSheetModel(self, is_open=False)
        self.table = AnswerSheetTable(self.model)
        self.missing = sentence_label()  # which steps do not count yet
        self._show(AnswerSheet(self._names))
        self.table.setCurrentIndex(self.model.index(0, 1))
        say_aloud(self._note, self.tr("Type the values, or paste rows from a program of your own."))
        fill_layout(QVBoxLayout(self), (self.table, 1), self._note, self.missing)
        self.model.edited.connect(self._take)
        self.table.rows_removed.connect(lambda rows: self._take(self.model.sheet.without(rows)))
        self.table.paste_pressed.connect(self._paste)

    def fields(self) -> Fields:
        steps = range(1, int(self.own.task["steps"]) + 1)
        rows = [self._cells(self.model.sheet, step) for step in steps]
        return tuple(cell.text if cell else "" for row in rows for cell in row)

    def set_fields(self, fields: Fields) -> None:
        wanted = field_count(self.own)  # a file may hold more fields, or fewer
        try:
            self._show(answer_rows(self.own, (*fields[:wanted], *[""] * (wanted - len(fields)))))
        except NotANumber as fault:
            self._fail(fault)

    def _cells(self, sheet: AnswerSheet, step: int) -> tuple[Cell, ...]:
        row = sheet.row_of(step)
        return sheet.lines[row][1:] if row is not None else (None,) * len(self._names)

    def _show(self, sheet: AnswerSheet) -> None:
        steps = range(1, int(self.own.task["steps"]) + 1)
        lines = tuple((Written(float(step)), *self._cells(sheet, step)) for step in steps)
        shown = AnswerSheet(self._names, lines)
        self.model.set_sheet(shown)
        is_begun = any(cell is not None for line in lines for cell in line[1:])
        show_named(self.missing, " ".join(left_out(self.own, shown)) if is_begun else "")
        self.missing.setVisible(is_begun and bool(self.missing.text()))

    def _take(self, sheet: AnswerSheet) -> None:
        self._show(sheet)
        self.changed.emit()

    @Slot()
    def _paste(self) -> None:
        content = copied()
        refusal = content.nothing
        if len(content.text) > _LONGEST_PASTE:
            words = self.tr(
                "What was copied is longer than {most} letters; paste only the rows that are asked for."
            )
            refusal = words.format(most=integer_text(_LONGEST_PASTE))
        if refusal:
            say_aloud(self._note, refusal)
            return
        text = content.text
        row, column = self.table.place
        try:
            value = number_of(text)
            place = self.model.index(min(row, self.model.rowCount() - 1), max(column, 1))
            self.model.setData(place, Written(value, decimals_of(text)))
        except NotANumber:
            self._paste_rows(text)

    def _paste_rows(self, text: str) -> None:
        run = self.own.run
        per_epoch = self.own.stop.experiment.updates_per_epoch(run)
        try:
            given = run_to_end(read_values(text, run, self._names, per_epoch))
        except TableFault as fault:
            say_aloud(self._note, str(fault))
            return
        say_aloud(self._note, " ".join(given.remarks))
        self._take(self.model.sheet.merged(given.sheet))


class StepForm(TaskForm):
    """The lines of a step with a field for each result."""

    window_size = (940, 600)
    covers_step = True

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self._kept: Fields = ()
        self.sheet: StepSheet | None = None
        self.given, self.rows = GivenNumbers(), ResultRows(judges=False)
        self.rows.typed.connect(self.changed)
        line = fill_layout(QHBoxLayout(), self.given, (Scrolled(self.rows), 1), gap=18)
        fill_layout(QVBoxLayout(self), (line, 1), self._note)
        tasks.submit(partial(sheet_of, own), self._on_made, self._fail)

    def fields(self) -> Fields:
        return tuple(row.field.text() for row in self.rows.rows) if self.sheet else self._kept

    def set_fields(self, fields: Fields) -> None:
        self._kept = fields
        for row, text in zip(self.rows.rows, fields, strict=False):
            row.field.setText(text)

    def _on_made(self, sheet: StepSheet) -> None:
        self.sheet = sheet
        self.given.show_sheet(sheet)
        self.rows.show_sheet(sheet)
        self.set_fields(self._kept)
        self.rows.focus_open_row()


class RateForm(TaskForm):
    """A field for a learning rate, which the student tries out in the main window."""

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self.rate = QLineEdit()
        self.rate.setAccessibleName(self.tr("Your learning rate"))
        self.rate.setMaximumWidth(160)
        self.rate.textEdited.connect(self.changed)
        self.rate.textChanged.connect(self._tell_fault)
        self.fault = sentence_label("fault")
        self.take = plain_button(
            self.tr("Use the rate of the &selected run"),
            self.tr("The rate that the main window shows now."),
            self._take,
        )
        steps = counted(
            int(own.task["steps"]),
            "The run makes {n} step. Try rates in the main window, or with Find a rate.",
            "The run makes {n} steps. Try rates in the main window, or with Find a rate.",
        )
        say_aloud(self._note, steps)
        form = QFormLayout()
        form.addRow(self.tr("Learning rate η"), fill_layout(QHBoxLayout(), self.rate, self.take, None))
        fill_layout(QVBoxLayout(self), form, self.fault, self._note, None)
        self._tell_fault("")

    def fields(self) -> Fields:
        return (self.rate.text(),)

    def set_fields(self, fields: Fields) -> None:
        self.rate.setText(fields[0] if fields else "")

    @Slot(str)
    def _tell_fault(self, text: str) -> None:
        say_aloud(self.fault, rate_fault(text) if text.strip() else "")
        self.fault.setVisible(bool(self.fault.text()))

    @Slot()
    def _take(self) -> None:
        run = self._session.selected_run
        if run is not None:
            self.rate.setText(precise(run.optimizer.eta))
            self.changed.emit()


class ReachForm(TaskForm):
    """A run that reaches the loss, taken from the main window."""

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self._field = ""
        self.taken = sentence_label("strong")
        self.take = plain_button(
            self.tr("Hand in the &selected run"),
            self.tr("The run that is selected in the main window."),
            self._take,
        )
        words = self.tr("Change runs in the main window, or add some; then select the one that gets there.")
        hint = sentence_label()
        show_named(hint, words)
        fill_layout(
            QVBoxLayout(self), hint, fill_layout(QHBoxLayout(), self.take, None), self.taken, self._note, None
        )
        self._show(None)

    def fields(self) -> Fields:
        return (self._field,)

    def set_fields(self, fields: Fields) -> None:
        self._field = fields[0] if fields else ""
        try:
            self._show(reach_run(self._field, self.own.stop.experiment) if self._field else None)
        except (FileFault, InvalidValue) as fault:
            self._fail(fault)

    def _show(self, run: Run | None) -> None:
        words = self.tr("No run yet.")
        if run is not None:
            words = self.tr("Your run: {settings}").format(settings=full_settings(run))
        show_named(self.taken, words)

    @Slot()
    def _take(self) -> None:
        run = self._session.selected_run
        if run is None:
            say_aloud(self._note, self.tr("There is no run in the main window."))
            return
        refusal = reach_refusal(self.own, run)
        field = reach_field(run)
        if not refusal and len(field) > LONGEST_FIELD:
            refusal = self.tr("The run has too many settings to be handed in.")
        if not refusal and not self._knows_rule(run, field):
            refusal = self.tr("A rule of your own cannot be handed in; choose one from the menu.")
        say_aloud(self._note, refusal)
        if not refusal:
            self._field = field
            self._show(run)
            self.changed.emit()

    def _knows_rule(self, run: Run, field: str) -> bool:
        """Return whether the task knows the rule of a run, which may merely have the name of a known one."""
        try:
            return reach_run(field, self.own.stop.experiment).optimizer == run.optimizer
        except (FileFault, InvalidValue):
            return False


class WordsForm(TaskForm):
    """A text, and how many words it has."""

    def __init__(self, own: OwnTask, tasks: TaskQueue, session: Session) -> None:
        super().__init__(own, tasks, session)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Your answer"))
        self.text.setTabChangesFocus(True)
        self.count = PlainLabel(name="hint")
        set_tip(self.text, self.tr("At most {n} letters.").format(n=integer_text(LONGEST_FIELD)))
        fill_layout(QVBoxLayout(self), (self.text, 1), self.count)
        self.text.textChanged.connect(self._on_typed)
        self._show_count()

    def fields(self) -> Fields:
        return (self.text.toPlainText()[:LONGEST_FIELD],)

    def set_fields(self, fields: Fields) -> None:
        self.text.blockSignals(True)
        self.text.setPlainText(fields[0] if fields else "")
        self.text.blockSignals(False)
        self._show_count()

    @Slot()
    def _on_typed(self) -> None:
        self._show_count()
        self.changed.emit()

    def _show_count(self) -> None:
        written, wanted = word_count(self.text.toPlainText()), int(self.own.task["words"])
        words = counted(
            wanted, "{there} of at least {n} word", "{there} of at least {n} words", there=written
        )
        if len(self.text.toPlainText()) > LONGEST_FIELD:
            words = self.tr("Only the first {most} letters are handed in.").format(
                most=integer_text(LONGEST_FIELD)
            )
        self.count.setText(words)
