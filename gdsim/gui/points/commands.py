"""The commands that import, generate, standardise and export points."""

from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from gdsim.core.files.table.reader import read_table, reading_table, reading_table_file
from gdsim.core.files.table.table import ColumnKind, RequestedFormat, Table, TableFault
from gdsim.core.files.table.table_points import (
    guessed_columns,
    points_of_columns,
    table_text,
    writing_points_file,
)
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number
from gdsim.core.model.objective import LECTURE, FunctionObjective, NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.standardising import Scaling, scaling
from gdsim.gui.actions import UserActions
from gdsim.gui.clipboard import ClipboardContent, copied
from gdsim.gui.forms.file_dialog import ask_to_open
from gdsim.gui.forms.file_work import FileWork
from gdsim.gui.notices import Notices
from gdsim.gui.plain_text import PlainMessageBox
from gdsim.gui.points.words import copy_fault, counted_points
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue

# A longer text is read in the worker thread.
_LONGEST_PASTE = 100_000


class DataCommands(Notices):
    """Opens the dialogs of points, and turns their results into edits."""

    def __init__(self, window: QWidget, session: Session, user_actions: UserActions) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._user_actions = user_actions
        self._reading = TaskQueue(self)
        self.writing = FileWork(window, self)

    # ---------------------------------------------------------------------------------- importing

    def ask_file(self) -> None:
        kinds = self.tr("Tables (*.csv *.tsv *.txt *.dat);;All files (*)")
        ask_to_open(self._window, self.tr("Import points"), kinds, self.import_file)

    def import_file(self, path: Path) -> None:
        self._preview(path.name, partial(reading_table_file, path), replaces=True)

    def paste(self, row: int = -1, there: ClipboardContent | None = None) -> None:
        """Paste the rows on the clipboard over the rows from ``row`` on, or after all rows if it is -1.

        ``there`` is the content of the clipboard, if it is known already. A dialog shows the rows first if
        their meaning is not clear.
        """
        there = copied() if there is None else there
        if there.nothing:
            self.refused.emit(there.nothing)
            return
        text, table = there.text, None
        if len(text) <= _LONGEST_PASTE:
            try:
                table = read_table(text)
            except TableFault as fault:
                if not fault.unclear:
                    self.refused.emit(str(fault))
                    return
        if table is not None and self._needs_no_preview(table):
            self._paste_points(row, *points_of_columns(table, guessed_columns(table)))
        else:
            self._preview("", partial(reading_table, text), replaces=False)

    def _paste_points(self, row: int, points: PointSet, validation: PointSet) -> None:
        """Paste points, and report what has changed, because the changed rows may be out of view."""
        actions, count = self._user_actions, len(points) + len(validation)
        experiment = self._session.experiment
        if row < 0 or len(validation):  # pasted roles decide where the points go
            words = self.tr("Added {0} at the end.")
            if isinstance(experiment.objective, FunctionObjective):
                words = self.tr("A neuron over {0} has replaced the function.")
            if actions.put_points(points, validation, False, self.tr("Add points")):
                self.told.emit(words.format(counted_points(count)), None)
            return
        here = min(count, len(experiment.points) + len(experiment.validation) - row)
        if actions.overwrite_points(row, points):
            words = self.tr("row {0}") if here == 1 else self.tr("rows {0} to {1}")
            rows = words.format(numerals.integer_text(row + 1), numerals.integer_text(row + here))
            words = self.tr("Pasted over {rows}.").format(rows=rows)
            if count > here:
                more = self.tr("Pasted over {rows}, and added {more} at the end.")
                words = more.format(rows=rows, more=counted_points(count - here))
            self.told.emit(words, None)

    def _needs_no_preview(self, table: Table) -> bool:
        fits = (
            len(guessed_columns(table).x) + 1
            == len(table.names)
            == self._session.experiment.points.dimension + 1
        )
        return fits and table.outline.dialect.sure and not table.outline.of_kind(ColumnKind.WORDS)

    def _preview(
        self, name: str, read: Callable[[RequestedFormat], Generator[float, None, Table]], *, replaces: bool
    ) -> None:
        from gdsim.gui.points.import_dialog import ImportDialog, TableSource  # noqa: PLC0415

        source = TableSource(name, read)
        now = self._session.experiment
        # New points replace a function by the lecture's neuron.
        neuron = now.objective if isinstance(now.objective, NeuronObjective) else LECTURE
        dialog = ImportDialog(source, now.points.dimension, neuron, self._reading, self._window)
        dialog.placing.set_replaces(replaces)
        dialog.points_chosen.connect(partial(self._use, self.tr("Import points")))
        dialog.open()

    def _use(self, edit: str, points: PointSet, validation: PointSet, replaces: bool) -> None:
        self._user_actions.put_points(points, validation, replaces, edit)

    def generate(self) -> None:
        from gdsim.gui.points.generate_dialog import GenerateDialog  # noqa: PLC0415

        dimension = self._session.experiment.points.dimension
        dialog = GenerateDialog(dimension, self._reading, self._window)
        dialog.points_chosen.connect(partial(self._use, self.tr("Generate points")))
        dialog.open()

    # ------------------------------------------------------------------------------- standardising

    def standardise(self) -> None:
        """Ask whether to shift and divide x, showing the numbers."""
        found = scaling(self._session.experiment.points)
        if found.is_nothing:
            self.refused.emit(
                self.tr("x has mean 0 and standard deviation 1 already.")
                if found.spreads.all()
                else self.tr(
                    "x has mean 0 and standard deviation 1 already, or is 0 in all of the training points."
                )
            )
            return
        box = PlainMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("Standardise x"))
        box.setText(found.sentence)
        box.setInformativeText(
            self.tr(
                "Then the training points have mean 0 and standard deviation 1. Validation points are "
                "shifted and divided by the same numbers; y, the runs and the view stay. You can undo this."
            )
            if found.spreads.all()
            else self.tr(
                "Then the training points have mean 0, and standard deviation 1 where an input is not the "
                "same in all of them. Validation points are shifted and divided by the same numbers; y, the "
                "runs and the view stay. You can undo this."
            )
        )
        accept = box.addButton(self.tr("Standardise"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(accept)
        box.accepted.connect(partial(self._user_actions.standardise, self._edit_name(found)))
        box.open()

    def _edit_name(self, found: Scaling) -> str:
        """Return the name of the edit, with the numbers if there is one input."""
        if len(found.shift) > 1:
            return self.tr("Standardise x")
        name = self.tr("Standardise x (shifted by {shift}, divided by {divisor})")
        return name.format(shift=number(float(found.shift[0]), 6), divisor=number(float(found.divisor[0]), 6))

    # ---------------------------------------------------------------------------------- exporting

    def copy(self) -> None:
        """Copy all points to the clipboard, below a row of column names."""
        experiment = self._session.experiment
        count = len(experiment.points) + len(experiment.validation)
        fault = copy_fault(count)
        if fault:
            self.refused.emit(fault)
            return
        QGuiApplication.clipboard().setText(table_text(experiment.points, experiment.validation))
        self.told.emit(self.tr("Copied {0}.").format(counted_points(count)), None)

    def ask_target(self) -> None:
        experiment = self._session.experiment
        work = partial(writing_points_file, points=experiment.points, validation=experiment.validation)
        self.writing.ask(self.tr("Export points"), self.tr("Tables (*.csv)"), Path("points.csv"), work)
