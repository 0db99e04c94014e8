"""Which columns of a table become the inputs, and which one y."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from gdsim.core.files.table.points import guessed
from gdsim.core.files.table.table import ColumnKind, Table
from gdsim.gui.forms.combo import ComboBox
from gdsim.gui.forms.form import column, row
from gdsim.gui.points.words import column_name

_SHOWN = 5
_ROW_HEIGHT = 22


class ColumnChoice(QWidget):
    """A list to tick the inputs in, and a box to choose y from. Columns of numbers alone are offered.

    Signals
    -------
    changed()
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._inputs = _TickList()
        self._inputs.setObjectName("framed")
        self._inputs.setAccessibleName(self.tr("Inputs x"))
        self._inputs.setToolTip(self.tr("Tick every column that is an input of the neuron."))
        self._inputs.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._inputs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._target = ComboBox(self.tr("Target y"))
        self._target.set_help(self.tr("The column that the neuron is to learn."))
        layout = column(self)
        layout.addWidget(row(self.tr("inputs x"), self._inputs))
        layout.addWidget(row(self.tr("target y"), self._target))
        self._inputs.itemChanged.connect(lambda _: self.changed.emit())
        self._target.activated.connect(self._on_target)

    def show_table(self, table: Table) -> None:
        """Offer the columns of a table; those of one with the same names stay as they were chosen."""
        outline = table.outline
        names = tuple(
            column_name(outline.columns[place], place) for place in outline.of_kind(ColumnKind.NUMBERS)
        )
        if names == self._names:
            return
        self._names = names
        choice = guessed(table)
        with QSignalBlocker(self._inputs), QSignalBlocker(self._target):
            self._inputs.clear()
            self._target.clear()
            for place, name in enumerate(names):
                item = QListWidgetItem(name)
                item.setFlags(
                    Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
                )
                item.setCheckState(_ticked(place in choice.x))
                self._inputs.addItem(item)
                self._target.addItem(name)
            self._target.setCurrentIndex(choice.y)
        self._inputs.updateGeometry()

    @property
    def inputs(self) -> tuple[int, ...]:
        """The columns that are ticked, among those of numbers."""
        states = (self._inputs.item(place).checkState() for place in range(self._inputs.count()))
        return tuple(place for place, state in enumerate(states) if state == Qt.CheckState.Checked)

    @property
    def target(self) -> int:
        """The column that becomes y, among those of numbers."""
        return self._target.currentIndex()

    def _on_target(self, place: int) -> None:
        """Take y out of the inputs; with two columns the other one is the input."""
        with QSignalBlocker(self._inputs):
            self._inputs.item(place).setCheckState(Qt.CheckState.Unchecked)
            if self._inputs.count() == 2:
                self._inputs.item(1 - place).setCheckState(Qt.CheckState.Checked)
        self.changed.emit()


class _TickList(QListWidget):
    """A list as high as a few of its entries."""

    def sizeHint(self) -> QSize:
        """Return the size of its entries, or of a few of them."""
        return QSize(120, min(max(2, self.count()), _SHOWN) * _ROW_HEIGHT + 8)

    def minimumSizeHint(self) -> QSize:
        """Return the same: what does not fit is scrolled inside."""
        return self.sizeHint()


def _ticked(yes: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if yes else Qt.CheckState.Unchecked
