"""Check my work: judging a student's values, and drawing them over the true run."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSplitter, QVBoxLayout, QWidget

from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Written, read_written
from gdsim.core.exercises.check.checked import CheckedSheet, check_sheet
from gdsim.core.exercises.check.columns import ColumnPlan, SheetPreview, previewing
from gdsim.core.exercises.check.reading import ValuesRead, read_values
from gdsim.core.exercises.check.report import report
from gdsim.core.files.table.reader import content_of
from gdsim.core.files.table.table import TableFault
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import NotANumber, precise
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.model.neuron import parameter_names
from gdsim.core.progress import Progress
from gdsim.core.settings import InvalidValue
from gdsim.gui.accessible import announce
from gdsim.gui.actions import UserActions
from gdsim.gui.clipboard import copied
from gdsim.gui.exercises.check.answer_sheet_table import AnswerSheetModel, AnswerSheetTable
from gdsim.gui.exercises.check.columns_dialog import ColumnsDialog
from gdsim.gui.exercises.check.overlay import OverlayCurve, OverlayMap, overlay_styles
from gdsim.gui.exercises.computing_exercise import Computing
from gdsim.gui.exercises.exercise import place_hats
from gdsim.gui.exercises.run_choice import RunChoice
from gdsim.gui.forms.file_dialog import ask_to_open
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, grid, plain_button
from gdsim.gui.forms.tips import native_keys
from gdsim.gui.plain_text import hint_label
from gdsim.gui.runs.run_legend import RunLegend
from gdsim.gui.style.text_size import FontScaler, look_for, resize_window
from gdsim.gui.style.theme import RunStyle, run_styles
from gdsim.session.document import History
from gdsim.session.session import Session
from gdsim.session.tasks import Callback

_NO_RUN = RunStyle("#808080", (), "o")
_SIZE = (960, 640)
_TABLE_WIDTH, _VERDICT_HEIGHT, _VERDICT_LEAST = 330, 112, 56
# With more points, a check takes long enough to say so.
_MANY = 50_000


class CheckDialog(Computing):
    """Dialog that checks the values again after every change to them, the run or the points.

    Values for another number of inputs are kept, with their undo history, until the points have that many
    inputs again.
    """

    help_page = "check-work"
    remembered = ("_opened", "_histories")

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Check my work"))
        self._names: tuple[str, ...] = ("w", "b")
        self._opened = session.document.opened  # the document that the values belong to
        self._histories: dict[tuple[str, ...], History[ValuesRead]] = {}  # by parameter names
        self._source = ""
        self._content: Path | str = ""
        self._is_reading = False
        self.checked: CheckedSheet | None = None
        self.runs = RunChoice(session)
        self.model = AnswerSheetModel(self)
        self.table = AnswerSheetTable(self.model)
        self.map, self.key, self.curve = OverlayMap(), RunLegend(with_step=False), OverlayCurve()
        self.nothing = hint_label(self.tr("The true run and your values are drawn here."))
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.verdict = QPlainTextEdit()
        self.verdict.setReadOnly(True)
        self.verdict.setTabChangesFocus(True)
        FontScaler(self.verdict, QWidget.setMaximumHeight, _VERDICT_HEIGHT)
        FontScaler(self.verdict, QWidget.setMinimumHeight, _VERDICT_LEAST)
        self.verdict.setAccessibleName(self.tr("Verdict"))
        self._make_buttons()
        self._arrange()
        self._connect()
        self.table.setCurrentIndex(self.model.index(0, 1))  # the step of a row is filled in automatically
        self.table.setFocus()

    def _make_buttons(self) -> None:
        self.fill = plain_button(
            self.tr("Fill in the first row"), self.tr("Writes the start of the run as step 0."), self._fill
        )
        self.paste_button = plain_button(
            self.tr("Paste"),
            self.tr("Takes rows from the clipboard; they replace rows of the same step."),
            self.paste,
        )
        self.open_button = plain_button(
            self.tr("Open a table…"),
            self.tr("A CSV or TSV file from your own program, or a record that “gdsim run --csv” wrote."),
            self._ask_file,
        )
        undo = native_keys(QKeySequence(QKeySequence.StandardKey.Undo))
        back = self.tr("Empties the table. {0} brings everything back.").format(undo)
        self.clear = plain_button(self.tr("Clear"), back, lambda: self.put(AnswerSheet(self._names)))
        self.again = plain_button(
            self.tr("Check again"), self.tr("Compares every full row with the true run."), self._begin
        )
        self.go = plain_button(
            self.tr("Go to this step"),
            self.tr("Shows the first wrong step in the window."),
            self._go,
            is_primary=True,
        )
        self.copy = plain_button(
            self.tr("Copy verdict"),
            self.tr("Copies the verdict to the clipboard."),
            lambda: QGuiApplication.clipboard().setText(self.verdict.toPlainText()),
        )

    def _arrange(self) -> None:
        left, right, pictures = QWidget(), QWidget(), QFrame()
        fields = grid(left, margins=(0, 0, 6, 0))
        fields.addWidget(self.table, 0, 0, 1, 2)
        for place, button in enumerate((self.fill, self.open_button, self.paste_button, self.clear)):
            fields.addWidget(button, 1 + place // 2, place % 2)
        pictures.setObjectName("card")
        fill_layout(
            QVBoxLayout(pictures),
            self.key,
            (self.map, 3),
            (self.curve, 2),
            (self.nothing, 1),
            gap=4,
            margins=(10, 8, 10, 8),
        )
        fill_layout(QVBoxLayout(right), pictures, margins=(6, 0, 0, 0))
        middle = QSplitter(Qt.Orientation.Horizontal)
        middle.setChildrenCollapsible(False)
        middle.addWidget(left)
        middle.addWidget(right)
        middle.setSizes([_TABLE_WIDTH, _SIZE[0] - _TABLE_WIDTH])
        middle.setStretchFactor(1, 1)
        fill_layout(self.outline, self.runs, (middle, 1), gap=10, margins=DIALOG_MARGINS)
        close = self.tr("Your values stay until you open another scene.")
        self._set_foot(self.verdict, buttons=(self.again, self.copy, self.go), close=close)
        resize_window(self, *_SIZE)

    def _connect(self) -> None:
        self.model.edited.connect(self.put)
        self.table.paste_pressed.connect(self.paste)
        self.table.rows_removed.connect(lambda rows: self.put(self.sheet.without(rows)))
        stopped = self.tr("Stopped. These values are not checked yet; “Check again” starts over.")
        self.work.stop_requested.connect(lambda: self.tell(stopped))
        self.pause_timer.timeout.connect(self._begin)
        keys = QKeySequence.StandardKey
        QShortcut(keys.Undo, self, lambda: self._become(self._history.undo()))
        QShortcut(keys.Redo, self, lambda: self._become(self._history.redo()))

    # --------------------------------------------------------------------------------- the document

    def follow(self) -> None:
        self.runs.follow()
        if self._opened != self.session.document.opened:  # the values belong to another scene
            self._opened, self._histories = self.session.document.opened, {}
        names = tuple(parameter_names(self.experiment.points.dimension))
        if names != self._names:
            self.stop_work()  # what is read has another number of columns
            self._names = names
            self.curve.set_names(tuple(map(letter_of, names)))
        self.show_look()
        for button in (self.fill, self.paste_button, self.open_button):
            button.setEnabled(self.run is not None)
        self._show_sheet()

    def show_look(self) -> None:
        runs = self.experiment.runs
        style = run_styles(runs, self.theme)[self.session.selected] if runs else _NO_RUN
        look = look_for(self, overlay_styles(style, self.theme))
        for picture in (self.map, self.curve, self.key):
            picture.set_look(look)

    # ------------------------------------------------------------------------------ typing

    @property
    def _history(self) -> History[ValuesRead]:
        return self._histories.get(self._names, History(ValuesRead(AnswerSheet(self._names))))

    @property
    def sheet(self) -> AnswerSheet:
        return self._history.present.sheet

    def put(self, sheet: AnswerSheet, remarks: tuple[str, ...] = ()) -> None:
        """Replace the values, with remarks on how they were read, as an undoable change."""
        self._become(self._history.push(ValuesRead(sheet, remarks), ""))

    def _become(self, history: History[ValuesRead]) -> None:
        self._histories[self._names] = history
        self._show_sheet()

    def _show_sheet(self) -> None:
        """Show the values, discard the old verdict, and check once typing pauses."""
        self.model.set_sheet(self.sheet)
        self.clear.setEnabled(bool(self.sheet.lines))
        self._show_checked(None)
        self.tell(self._waiting_words())
        if self.isVisible():
            self.pause_timer.start()

    @Slot()
    def _fill(self) -> None:
        if self.run is not None:
            line = (Written(0.0), *(read_written(precise(value)) for value in self.run.start))
            self.put(self.sheet.merged(AnswerSheet(self._names, (line,))))

    # ------------------------------------------------------------------------------ reading

    @Slot()
    def paste(self) -> None:
        """Paste the rows from the clipboard, or a single number into the current cell."""
        text, _, nothing = copied()
        if nothing:
            self.tell(nothing)
            return
        try:
            number = read_written(text)
        except (NotANumber, InvalidValue):
            self._read(text, "")
            return
        row, column = self.table.place
        self.model.setData(self.model.index(row, column), number)

    @Slot()
    def _ask_file(self) -> None:
        kinds = self.tr("Tables (*.csv *.tsv *.txt *.dat);;All files (*)")
        ask_to_open(self, self.tr("Open a table of your values"), kinds, self.read_file)

    def read_file(self, path: Path) -> None:
        """Replace the values with those in a file."""
        self._read(path, path.name)

    def _read(self, content: Path | str, source: str) -> None:
        """Preview a table, then read it; if its columns are ambiguous, ask the user about them first."""
        if self.run is not None:
            self._content, self._source = content, source
            self._work_at(partial(previewing, run=self.run, names=self._names), self._on_previewed)

    def _read_by(self, plan: ColumnPlan) -> None:
        if self.run is None or len(plan.parameters) != len(self._names):  # the scene has changed meanwhile
            self.stop_work()
            return
        per_epoch = self.experiment.updates_per_epoch(self.run)
        read = partial(read_values, run=self.run, names=self._names, per_epoch=per_epoch, plan=plan)
        self._work_at(read, self._on_read)

    def _work_at(self, read: Callable[[bytes | str], Progress[Any]], done: Callback) -> None:
        self.pause_timer.stop()
        self._is_reading = True
        self._compute(self.tr("reading"), partial(_reading, self._content, read), done)

    def _on_previewed(self, preview: SheetPreview) -> None:
        if preview.is_sure:
            self._read_by(preview.plan)
            return
        self.stop_work()
        dialog = ColumnsDialog(preview, self._names, self._source, self)
        dialog.chosen.connect(self._read_by)
        dialog.open()

    def _on_read(self, given: ValuesRead) -> None:
        self._is_reading = False
        self.put(given.sheet if self._source else self.sheet.merged(given.sheet), given.remarks)

    # ------------------------------------------------------------------------------ checking

    @Slot()
    def _begin(self) -> None:
        if self._is_reading:
            self.pause_timer.start()
            return
        self.stop_work()
        if not self._waiting_words():
            points = len(self.experiment.points)
            words = self.tr("checking over {n} points, which takes a while").format(
                n=numerals.integer_text(points)
            )
            work = partial(check_sheet, self.experiment, self.session.selected, self.sheet)
            self._compute(words if points > _MANY else self.tr("checking"), work, self._on_checked)

    def stop_work(self) -> None:
        self._is_reading = False
        super().stop_work()

    def _on_checked(self, checked: CheckedSheet) -> None:
        self._show_checked(checked)
        self.tell("\n".join(report(checked, self._history.present)))

    def _on_failed(self, fault: Exception) -> None:
        super()._on_failed(fault)
        if isinstance(fault, TableFault):
            words = fault.of(self._source) if self._source else str(fault)
            self.tell(self.tr("{0} The table is as it was.").format(words))

    # ------------------------------------------------------------------------------ the verdict

    def _show_checked(self, checked: CheckedSheet | None) -> None:
        self.checked = checked
        wrong = checked.wrong_step if checked else None
        for picture in (self.map, self.curve):
            picture.show_checked(checked)
        if self.map.frame is not None:
            self.key.show_frame(self.map.frame)
        for part in (self.key, self.map, self.curve):
            part.setVisible(checked is not None)
        self.nothing.setVisible(checked is None)
        self.go.setEnabled(wrong is not None)
        self.copy.setEnabled(checked is not None)
        self.again.setEnabled(bool(self.sheet.lines))
        row = None if wrong is None else self.sheet.row_of(wrong)
        self.model.set_marks(_right_rows(checked, self.sheet) if checked else frozenset(), row)
        if row is not None:
            self.table.scrollTo(self.model.index(row, 0))

    def _waiting_words(self) -> str:
        """Return what to do if there is nothing to check yet; empty if there is."""
        if self.run is None:
            return self.tr("There is no run to check against. Add one in the window first.")
        if len(self.sheet.unfinished) < len(self.sheet.lines):
            return ""
        sentence = self.tr(
            "Type the values of a few steps, paste rows from a spreadsheet or a notebook, or open a CSV file "
            "(columns: {columns}). Each step is compared with the true one as soon as its row is full."
        )
        return sentence.format(columns=", ".join((self.tr("step"), *self._names)))

    def tell(self, sentence: str) -> None:
        if sentence and sentence != self.verdict.toPlainText():
            announce(self.verdict, sentence)
        place_hats(self.verdict, sentence)
        self.verdict.setPlainText(sentence)

    @Slot()
    def _go(self) -> None:
        if self.checked is not None and self.checked.wrong_step is not None:
            self.update_requested.emit(self.checked.wrong_step)


def _reading(content: Path | str, read: Callable[[bytes | str], Progress[Any]]) -> Progress[Any]:
    """Read a file or a text, in the worker thread because a file may be long."""
    return (yield from read(content_of(content) if isinstance(content, Path) else content))


def _right_rows(checked: CheckedSheet, sheet: AnswerSheet) -> frozenset[int]:
    """Return the checked rows before the first wrong one."""
    wrong, last = checked.wrong_step, int(checked.judgement.submission.steps[-1])
    until = last + 1 if wrong is None else wrong
    whole = ((row, line[0]) for row, line in enumerate(sheet.lines) if None not in line)
    return frozenset(row for row, step in whole if step and step.value < until)
