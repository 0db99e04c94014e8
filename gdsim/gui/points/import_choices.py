"""The choices when a table is imported: how it is read, and which columns become x and y."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from gdsim.core.files.table.table import ColumnKind, Dialect, RequestedFormat, Table
from gdsim.core.files.table.table_points import guessed_columns
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.form import form_column, form_row
from gdsim.gui.forms.tips import set_tip
from gdsim.gui.points.words import column_name
from gdsim.gui.style.text_size import scale_of

_MOST_ROWS = 5
_ROW_HEIGHT = 22


class ReadingChoice(QWidget):
    """Shows how the program reads the table, and takes corrections."""

    changed = Signal()  # the table has to be read again

    def __init__(self) -> None:
        super().__init__()
        self.wish = RequestedFormat()
        # By the names of what is chosen, in a `RequestedFormat` and in a `Dialect`.
        self._choices = {
            "delimiter": ComboBox(
                self.tr("Columns separated by"),
                self.tr("What separates the columns."),
                [
                    (self.tr("Tabs"), "\t"),
                    (self.tr("Semicolons"), ";"),
                    (self.tr("Commas"), ","),
                    (self.tr("Spaces"), " "),
                ],
            ),
            "decimal": ComboBox(
                self.tr("Decimal mark"),
                self.tr("The mark before the decimals of a number."),
                [(self.tr("Point: 0.5"), "."), (self.tr("Comma: 0,5"), ",")],
            ),
            "header": ComboBox(
                self.tr("First row"),
                self.tr("Whether the first row names the columns."),
                [(self.tr("Names of the columns"), True), (self.tr("Numbers"), False)],
            ),
        }
        labels = self.tr("separator"), self.tr("decimals"), self.tr("first row")
        layout = form_column(self)
        for label, (name, combo) in zip(labels, self._choices.items(), strict=True):
            layout.addWidget(form_row(label, combo))
            combo.activated.connect(lambda _index, name=name: self._choose(name))

    def show_dialect(self, dialect: Dialect) -> None:
        for name, combo in self._choices.items():
            combo.choose(getattr(dialect, name))

    def _choose(self, name: str) -> None:
        # With another delimiter the other choices are dropped, because they were made for other cells.
        kept = RequestedFormat() if name == "delimiter" else self.wish
        self._request(replace(kept, **{name: self._choices[name].currentData()}))

    def leave_out(self, column: int) -> None:
        self._request(replace(self.wish, left_out=self.wish.left_out | {column}))

    def _request(self, wish: RequestedFormat) -> None:
        if wish != self.wish:
            self.wish = wish
            self.changed.emit()


class ColumnChoice(QWidget):
    """A list for ticking the inputs, and a box for choosing y; both offer only columns of numbers."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._inputs = _TickList()
        self._inputs.setObjectName("framed")
        self._inputs.setAccessibleName(self.tr("Inputs x"))
        set_tip(self._inputs, self.tr("Tick every column that is an input of the neuron."))
        self._inputs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._inputs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._target = ComboBox(self.tr("Target y"), self.tr("The column that the neuron learns to predict."))
        layout = form_column(self)
        layout.addWidget(form_row(self.tr("inputs x"), self._inputs))
        layout.addWidget(form_row(self.tr("target y"), self._target))
        self._inputs.itemChanged.connect(lambda _: self.changed.emit())
        self._target.activated.connect(self._on_target)

    def show_table(self, table: Table) -> None:
        """Offer the columns of a table; keep the choices if the columns have the same names as before."""
        outline = table.outline
        names = tuple(
            column_name(outline.columns[place], place) for place in outline.of_kind(ColumnKind.NUMBERS)
        )
        if names == self._names:
            return
        self._names = names
        choice = guessed_columns(table)
        with QSignalBlocker(self._inputs):
            self._inputs.clear()
            self._target.clear()
            for place, name in enumerate(names):
                item = QListWidgetItem(name)
                item.setFlags(
                    Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                )
                item.setCheckState(Qt.CheckState.Checked if place in choice.x else Qt.CheckState.Unchecked)
                self._inputs.addItem(item)
                self._target.addItem(name)
            self._target.setCurrentIndex(choice.y)
        self._inputs.updateGeometry()

    @property
    def inputs(self) -> tuple[int, ...]:
        """The indices of the ticked columns among the columns of numbers."""
        states = (self._inputs.item(place).checkState() for place in range(self._inputs.count()))
        return tuple(place for place, state in enumerate(states) if state == Qt.CheckState.Checked)

    @property
    def target(self) -> int:
        """The index of y among the columns of numbers."""
        return self._target.currentIndex()

    def _on_target(self, place: int) -> None:
        """Untick y among the inputs; with two columns, tick the other one."""
        with QSignalBlocker(self._inputs):
            self._inputs.item(place).setCheckState(Qt.CheckState.Unchecked)
            if self._inputs.count() == 2:
                self._inputs.item(1 - place).setCheckState(Qt.CheckState.Checked)
        self.changed.emit()


class _TickList(QListWidget):
    """A list as high as a few of its entries."""

    def sizeHint(self) -> QSize:
        return QSize(120, min(max(2, self.count()), _MOST_ROWS) * round(_ROW_HEIGHT * scale_of(self)) + 8)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
