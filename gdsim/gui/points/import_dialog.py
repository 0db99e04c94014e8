"""The dialog that imports points: how a table was read, and what its columns become."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QProgressBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gdsim.core.files.table.table import Column, ColumnKind, Outline, RequestedFormat, Table, TableFault
from gdsim.core.files.table.table_points import NOTHING_ASIDE, SPLIT, PointColumns, points_of_columns
from gdsim.core.formulas import numerals
from gdsim.core.model.experiment import MOST_INPUTS
from gdsim.core.model.neuron import written_inputs
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.objective_words import unreachable_targets
from gdsim.core.settings import elided
from gdsim.gui.forms.dialog import ScreenDialog, heading, side_column
from gdsim.gui.forms.form import SettingsForm
from gdsim.gui.forms.layouts import DIALOG_MARGINS, fill_layout, keep_place, plain_button
from gdsim.gui.forms.tables import RIGHT, Role, set_up_table
from gdsim.gui.forms.tips import plain
from gdsim.gui.plain_text import hint_label, text_label
from gdsim.gui.points.import_choices import ColumnChoice, ReadingChoice
from gdsim.gui.points.placing import PlacingChoice
from gdsim.gui.points.words import column_name, reading_words
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import resize_window
from gdsim.gui.translation import tr
from gdsim.session.tasks import TaskQueue

_ROW_HEIGHT = 22
_NARROWEST, _WIDEST = 56, 160


class TablePreview(QTableView):
    """The first rows of a table, with a header that says whether a column is x, y, or left out."""

    def __init__(self) -> None:
        super().__init__()
        self._cells = QStandardItemModel(self)
        self.setModel(self._cells)
        self._columns: tuple[Column, ...] = ()
        self._uses: dict[int, str] | None = None
        self.setObjectName("framed")
        set_up_table(self, self.tr("The first rows"), _ROW_HEIGHT)
        self.setShowGrid(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        header = self.horizontalHeader()
        header.setDefaultAlignment(RIGHT)
        header.setMaximumSectionSize(_WIDEST)
        header.setMinimumSectionSize(_NARROWEST)
        ThemeFollower(self, self._colour)

    def show_outline(self, outline: Outline | None) -> None:
        rows, self._columns = (outline.rows, outline.columns) if outline else ((), ())
        self._cells.clear()
        self._cells.setColumnCount(len(self._columns))
        for cells in rows:
            self._cells.appendRow([_cell(text) for text in cells[: len(self._columns)]])
        self.show_uses(None)

    def show_uses(self, uses: dict[int, str] | None) -> None:
        """Show what columns become, such as ``"x₁"`` and ``"y"``, and all others as left out.

        None stands for uses that are not known.
        """
        self._uses = uses
        names = map(column_name, self._columns, range(len(self._columns)))
        self._cells.setHorizontalHeaderLabels(
            [f"{name}\n{self._use(place)}" for place, name in enumerate(names)]
        )
        self._colour()
        self.resizeColumnsToContents()

    def _use(self, column: int) -> str:
        if self._uses is None:
            return ""
        return f"→ {self._uses[column]}" if column in self._uses else self.tr("left out")

    def _colour(self) -> None:
        muted = QColor(shown_theme().muted)
        for column in range(self._cells.columnCount()):
            is_used = self._uses is None or column in self._uses
            for row in range(self._cells.rowCount()):
                cell: QStandardItem | None = self._cells.item(row, column)  # None in a short row
                if cell is not None:
                    cell.setData(None if is_used else muted, Role.ForegroundRole)


def _cell(text: str) -> QStandardItem:
    cell = QStandardItem(text)
    cell.setTextAlignment(RIGHT)
    cell.setToolTip(plain(text))
    return cell


@dataclass(frozen=True)
class TableSource:
    """The name of a table's file, empty for the clipboard, and its reader for a `RequestedFormat`."""

    name: str
    reading: Callable[[RequestedFormat], Generator[float, None, Table]]

    def sentence(self, fault: Exception) -> str:
        if isinstance(fault, TableFault):
            return fault.of(self.name) if self.name else str(fault)
        return str(fault)


class ImportDialog(ScreenDialog):
    """Shows the first rows of a table, and makes points of all rows.

    ``dimension`` is that of the document's points, and ``neuron`` is what will learn from the new points.
    """

    # PointSet, PointSet, bool: training points, validation points, and whether they replace the old points
    points_chosen = Signal(object, object, bool)

    def __init__(
        self,
        source: TableSource,
        dimension: int,
        neuron: NeuronObjective,
        tasks: TaskQueue,
        parent: QWidget | None = None,
    ) -> None:
        name = elided(source.name) or tr("the clipboard")
        super().__init__(parent, tr("Points from {source}").format(source=name), once=True)
        self._source, self._neuron, self._tasks = source, neuron, tasks
        self._table: Table | None = None
        self._understood = text_label()
        self._preview = TablePreview()
        self._reading = ReadingChoice()
        self._columns = ColumnChoice()
        self._split = SettingsForm(SPLIT)
        self._by_role = QCheckBox(self.tr("As the column “role” says"))
        self.placing = PlacingChoice(dimension)
        self._remark, self._fault = hint_label(), text_label(name="fault")
        # The index of the column with a fault, which can be left out if nobody needs it.
        self._faulty: int | None = None
        self._leave_out = plain_button(
            self.tr("Leave the column out"), self.tr("Read only the other columns."), self._without_column
        )
        self._progress = QProgressBar()
        self._by_role.hide()
        self._arrange()
        self._connect()
        self.finished.connect(tasks.cancel)
        resize_window(self, 880, 600)
        self._read()

    # ------------------------------------------------------------------------------- layout

    def _arrange(self) -> None:
        self._fault.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(self.tr("Reading progress"))
        keep_place(self._progress)
        side = side_column(
            heading(self.tr("Format of the table")),
            self._reading,
            heading(self.tr("Columns")),
            self._columns,
            heading(self.tr("Validation points")),
            self._by_role,
            self._split,
            heading(self.tr("New points")),
            self.placing,
        )
        middle = fill_layout(QHBoxLayout(), (self._preview, 1), side, gap=16)
        whole = QVBoxLayout(self.content)
        fill_layout(whole, self._understood, (middle, 1), gap=10, margins=DIALOG_MARGINS)
        self.use = self.end_with(
            self.tr("Use the points"),
            self._make_points,
            self._remark,
            fill_layout(QHBoxLayout(), (self._fault, 1), self._leave_out, gap=6),
            self._progress,
        )

    def _connect(self) -> None:
        self._reading.changed.connect(self._read)
        self._columns.changed.connect(self._show_choice)
        self._by_role.toggled.connect(self._show_choice)

    # ------------------------------------------------------------------------------------ reading

    def _read(self) -> None:
        """Read the table again; no points can be used until that is done."""
        self._table = None
        self._fault.hide()
        self._leave_out.hide()
        self._remark.hide()
        self.use.setEnabled(False)
        self._columns.setEnabled(False)
        if self._understood.text() == "":
            self._understood.setText(self.tr("Reading…"))
        self._start(partial(self._source.reading, self._reading.wish))

    def _start(self, work: Callable[[], object]) -> None:
        self._progress.setRange(0, 0)
        self._progress.show()
        self._tasks.replace(work, self._on_finished, self._on_failed, self._on_progress)

    def _on_progress(self, share: float) -> None:
        self._progress.setRange(0, 1000)
        self._progress.setValue(int(1000 * share))

    def _on_finished(self, result: object) -> None:
        self._progress.hide()
        if isinstance(result, Table):
            self._show_table(result)
        elif isinstance(result, tuple):
            self.points_chosen.emit(*result, self.placing.replaces)
            self.accept()

    def _on_failed(self, fault: Exception) -> None:
        self._progress.hide()
        if isinstance(fault, TableFault):
            self._show_outline(fault.outline)
            self._offer_to_leave_out(fault)
        self._show_fault(self._source.sentence(fault))

    def _offer_to_leave_out(self, fault: TableFault) -> None:
        """Offer to leave out the column with a fault, if points can be made of the others."""
        numbers = fault.outline.of_kind(ColumnKind.NUMBERS) if fault.outline else ()
        self._faulty = fault.column - 1 if fault.column else None
        self._leave_out.setVisible(self._faulty in numbers and len(numbers) > 2)

    def _without_column(self) -> None:
        if self._faulty is not None:
            self._preview.setFocus()  # the button will hide, and Qt would move the focus to Cancel
            self._reading.leave_out(self._faulty)

    def _show_table(self, table: Table) -> None:
        self._table = table
        self._columns.show_table(table)
        self._columns.setEnabled(True)
        self._show_outline(table.outline, len(table))
        has_roles = table.held_out is not None
        if self._by_role.isHidden() == has_roles:
            self._by_role.setChecked(has_roles)
        self._by_role.setVisible(has_roles)
        self._show_choice()

    def _show_outline(self, outline: Outline | None, count: int | None = None) -> None:
        self._preview.show_outline(outline)
        self._understood.setText(reading_words(outline, count) if outline else "")
        if outline:
            self._reading.show_dialect(outline.dialect)

    # ----------------------------------------------------------------------------------- choosing

    def _show_choice(self) -> None:
        """Show what the columns become, and whether points can be made of them."""
        if self._table is None:
            return
        inputs, target = self._columns.inputs, self._columns.target
        places = self._table.outline.of_kind(ColumnKind.NUMBERS)
        named = zip(inputs, written_inputs(len(inputs)), strict=True)
        uses = {places[column]: name for column, name in named}
        uses[places[target]] = self.tr("x and y") if target in inputs else "y"
        by_role = self._goes_by_role(self._table)
        if by_role:
            uses |= dict.fromkeys(self._table.outline.of_kind(ColumnKind.ROLES), self.tr("role"))
        self._preview.show_uses(uses)
        self._split.setEnabled(not by_role)
        self.placing.fit(len(inputs))
        self._remark.show_words(unreachable_targets(self._table.numbers[:, target], self._neuron))
        self._show_fault(self._choice_fault(inputs, target))

    def _goes_by_role(self, table: Table) -> bool:
        return table.held_out is not None and self._by_role.isChecked()

    def _choice_fault(self, inputs: tuple[int, ...], target: int) -> str:
        if not inputs:
            return self.tr("Tick at least one column as an input x.")
        if len(inputs) > MOST_INPUTS:
            words = self.tr("At most {most} columns can be inputs x, and {n} are ticked; untick some.")
            return words.format(most=MOST_INPUTS, n=numerals.integer_text(len(inputs)))
        if target in inputs:
            return self.tr("A column cannot be both x and y; untick it, or choose another y.")
        return ""

    def _show_fault(self, fault: str) -> None:
        self._fault.show_words(fault)
        self.use.setEnabled(not fault and self._table is not None)

    def _make_points(self) -> None:
        """Make the points of the table in the worker thread, because a million take a while."""
        if self._table is None:
            return
        by_role = self._goes_by_role(self._table)
        split = NOTHING_ASIDE if by_role else self._split.value()
        choice = PointColumns(self._columns.inputs, self._columns.target, split, by_role)
        self.use.setEnabled(False)
        self._start(partial(points_of_columns, self._table, choice))
