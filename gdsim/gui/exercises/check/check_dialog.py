"""Own values of a run are typed or brought in, laid over the true run, and judged."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Written, read_written
from gdsim.core.exercises.check.checking import Checked, check
from gdsim.core.exercises.check.reading import Given, read_values
from gdsim.core.files.table.reader import content_of
from gdsim.core.files.table.table import TableFault
from gdsim.core.formulas.numerals import NotANumber, precise
from gdsim.core.model.neuron import parameter_names
from gdsim.core.progress import Progress
from gdsim.core.settings import InvalidValue
from gdsim.gui.actions import UserActions
from gdsim.gui.exercises.check.check_layout import CheckLayout
from gdsim.gui.exercises.check.check_words import right_rows, verdict_words, waiting_words, work_words
from gdsim.gui.exercises.check.kept_sheets import KeptSheets
from gdsim.gui.exercises.exercise import Exercise, failure_words
from gdsim.gui.style.theme import RunStyle, Theme, run_styles
from gdsim.session.session import Session

_NO_RUN = RunStyle("#808080", (), "o")


class CheckDialog(Exercise):
    """Whatever is changed, here or in the window, is checked again by itself."""

    help_page = "check-work"

    def __init__(self, session: Session, user_actions: UserActions, parent: QWidget | None = None) -> None:
        super().__init__(session, user_actions, parent)
        self.setWindowTitle(self.tr("Check my work"))
        self._sheets = KeptSheets()
        self._remarks: tuple[str, ...] = ()
        self._source = ""
        self._is_reading = False
        self.checked: Checked | None = None
        self.cards = CheckLayout(self, self.outline, self.work)
        self._connect()

    def _connect(self) -> None:
        cards = self.cards
        cards.runs.chosen.connect(self.session.select)
        cards.model.sheet_typed.connect(self._on_typed)
        cards.table.paste_pressed.connect(self.paste)
        cards.table.rows_removed.connect(self._remove)
        cards.fill.clicked.connect(self._fill)
        cards.paste.clicked.connect(self.paste)
        cards.open.clicked.connect(self._ask_file)
        cards.clear.clicked.connect(self._clear)
        cards.go.clicked.connect(self._go)
        cards.copy.clicked.connect(self._copy)
        cards.again.clicked.connect(self._begin)
        cards.close.clicked.connect(self.close)
        self.work.stop_requested.connect(self._stop)
        self.calm.timeout.connect(self._begin)
        keys = QKeySequence.StandardKey
        for key, act in ((keys.Undo, self._undo), (keys.Redo, self._redo)):
            QShortcut(key, self).activated.connect(act)

    # ---------------------------------------------------------------------------- what it is about

    def follow(self) -> None:
        """Check against another experiment or run."""
        self.cards.runs.show_runs(self.experiment.runs, self.session.selected)
        names = tuple(parameter_names(self.experiment.points.dimension))
        if names != self._sheets.names:
            self._sheets.turn_to(names)
            self.cards.curve.set_names(names)
        self._show_look()
        for button in (self.cards.fill, self.cards.paste, self.cards.open):
            button.setEnabled(self.run is not None)
        self._show_sheet()

    def set_theme(self, theme: Theme) -> None:
        """Show everything in the colours of a theme."""
        super().set_theme(theme)
        self.cards.table.set_theme(theme)
        self._show_look()

    def _show_look(self) -> None:
        runs = self.experiment.runs
        style = run_styles(runs, self.theme)[self.session.selected] if runs else _NO_RUN
        for picture in (self.cards.map, self.cards.curve, self.cards.key):
            picture.set_look(self.theme, style)

    # -------------------------------------------------------------------------------- what is typed

    @property
    def sheet(self) -> AnswerSheet:
        """The values there are."""
        return self._sheets.present

    def put(self, sheet: AnswerSheet, remarks: tuple[str, ...] = ()) -> None:
        """Take other values, and remarks on how they were read; those before can be had back."""
        self._remarks = remarks
        self._sheets.put(sheet)
        self._show_sheet()

    def _show_sheet(self) -> None:
        """Show the values, drop what was said of other ones, and look at these once there is calm."""
        self.cards.model.set_sheet(self.sheet)
        self.cards.clear.setEnabled(bool(self.sheet.lines))
        self._show_checked(None)
        self._say(waiting_words(self.sheet, has_run=self.run is not None))
        if self.isVisible():
            self.calm.start()

    @Slot(object)
    def _on_typed(self, sheet: AnswerSheet) -> None:
        self.put(sheet)

    @Slot()
    def _undo(self) -> None:
        self._sheets.undo()
        self._show_sheet()

    @Slot()
    def _redo(self) -> None:
        self._sheets.redo()
        self._show_sheet()

    @Slot(object)
    def _remove(self, rows: list[int]) -> None:
        self.put(self.sheet.without(rows))

    @Slot()
    def _clear(self) -> None:
        self.put(AnswerSheet(self.sheet.names))

    @Slot()
    def _fill(self) -> None:
        """Write the start of the run into the row of step 0."""
        if self.run is not None:
            line = (Written(0.0), *(read_written(precise(value)) for value in self.run.start))
            self.put(self.sheet.merged(AnswerSheet(self.sheet.names, (line,))))

    # -------------------------------------------------------------------------------- what comes in

    @Slot()
    def paste(self) -> None:
        """Take the rows in the clipboard, or a single number into the cell."""
        text = QGuiApplication.clipboard().text()
        try:
            number = read_written(text)
        except (NotANumber, InvalidValue):
            self._read(text, "")
            return
        row, column = self.cards.table.place
        self.cards.model.setData(self.cards.model.index(row, column), number)

    @Slot()
    def _ask_file(self) -> None:
        kinds = self.tr("Tables (*.csv *.tsv *.txt *.dat);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Open a table of your values"), "", kinds)
        if name:
            self.read_file(Path(name))

    def read_file(self, path: Path) -> None:
        """Take the values in a file, in place of those there are."""
        self._read(path, path.name)

    def _read(self, content: Path | str, source: str) -> None:
        if self.run is None:
            return
        per_epoch = self.experiment.updates_per_epoch(self.run)
        self.calm.stop()
        self._source, self._is_reading = source, True
        self.work.begin(self.tr("reading"))
        read = partial(read_values, run=self.run, names=self.sheet.names, per_epoch=per_epoch)
        self._start(partial(_reading, content, read))

    # ------------------------------------------------------------------------------------- checking

    @Slot()
    def _begin(self) -> None:
        """Check the rows that are full."""
        if self._is_reading:
            self.calm.start()
            return
        self.rest()
        if not waiting_words(self.sheet, has_run=self.run is not None):
            self.work.begin(work_words(len(self.experiment.points)))
            self._start(partial(check, self.experiment, self.session.selected, self.sheet))

    def _start(self, work: Callable[[], object]) -> None:
        self.tasks.replace(work, self._on_finished, self._on_failed, self.work.show_share)

    def rest(self) -> None:
        """Stop all work."""
        self._is_reading = False
        self.calm.stop()
        self.tasks.cancel()
        self.work.end()

    @Slot()
    def _stop(self) -> None:
        self.rest()
        self._say(self.tr("Stopped. Nothing is said of these values yet; “Check again” begins anew."))

    def _on_finished(self, result: object) -> None:
        self.work.end()
        if isinstance(result, Given):
            self._is_reading = False
            self.put(result.sheet if self._source else self.sheet.merged(result.sheet), result.remarks)
        elif isinstance(result, Checked):
            self._show_checked(result)
            self._say(verdict_words(result, self.sheet, self._remarks))

    def _on_failed(self, fault: Exception) -> None:
        self.rest()
        if isinstance(fault, TableFault):
            words = fault.of(self._source) if self._source else str(fault)
            self._say(self.tr("{0} The table is as it was.").format(words))
        else:
            self._say(failure_words(fault))

    def _show_checked(self, checked: Checked | None) -> None:
        self.checked = checked
        cards, wrong = self.cards, checked.wrong_step if checked else None
        for picture in (cards.map, cards.curve):
            picture.show_checked(checked)
        cards.go.setEnabled(wrong is not None)
        cards.copy.setEnabled(checked is not None)
        cards.again.setEnabled(bool(self.sheet.lines))
        row = None if wrong is None else self.sheet.row_of(wrong)
        cards.model.set_marks(right_rows(checked, self.sheet) if checked else frozenset(), row)
        if row is not None:
            cards.table.show_row(row)

    def _say(self, words: str) -> None:
        self.cards.verdict.setPlainText(words)

    @Slot()
    def _go(self) -> None:
        if self.checked is not None and self.checked.wrong_step is not None:
            self.update_requested.emit(self.checked.wrong_step)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.cards.verdict.toPlainText())


def _reading(content: Path | str, read: partial[Progress[Given]]) -> Progress[Given]:
    """Read a file or a text; in the thread, since a file may be long."""
    return (yield from read(content_of(content) if isinstance(content, Path) else content))
