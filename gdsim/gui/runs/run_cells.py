"""The cells of the table of runs: their columns, what is known of a run, how they are edited."""

from typing import NamedTuple

from PySide6.QtCore import QAbstractItemModel, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QLineEdit, QStyleOptionViewItem, QWidget

from gdsim.core.settings import POSITIVE, Value
from gdsim.gui.forms.number_delegate import NUMBER_ROLE, NumberDelegate
from gdsim.gui.forms.tables import CellDelegate, Index
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.session.frame import RunView

RUN, RATE, STEP, W, B, LOSS, EYE = range(7)
# A name as it stands in the tree of runs, farther to the right where the run leaves another one.
SHOWN_ROLE = NUMBER_ROLE + 2
_LONGEST_NAME = 80


class State(NamedTuple):
    """Where a run stands at the cursor."""

    step: int
    weights: tuple[float, ...]
    bias: float
    loss: float  # The last one that was computed
    loss_step: int  # At which step; over very many points that is not every step
    cost: tuple[float, ...] = ()  # Gradients, losses and solves of a run that is searched

    @classmethod
    def of(cls, view: RunView) -> "State":
        *weights, bias = view.p.tolist()
        known = view.known_loss
        cost = tuple(view.past.cost[-1].tolist())
        return cls(view.number, tuple(weights), bias, known.value, view.clock.first + known.step, cost)

    @property
    def is_loss_older(self) -> bool:
        return self.loss_step != self.step


class NameDelegate(CellDelegate):
    renamed = Signal(int, str)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.text = index.data(SHOWN_ROLE)
        # Copies of a run differ in the end of their names.
        option.textElideMode = Qt.TextElideMode.ElideMiddle

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("cell")
        field.setMaxLength(_LONGEST_NAME)
        field.setAccessibleName(self.tr("Name of the run"))
        field.setPlaceholderText(self.tr("the rule's name"))
        return field

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Ask for another name; an empty one gives the run its rule's name again."""
        name = " ".join(editor.text().split()) if isinstance(editor, QLineEdit) else index.data()
        if name != index.data():
            self.renamed.emit(index.row(), name)


class RateDelegate(NumberDelegate):
    """Shows a learning rate as a field, since it can be typed, and edits it."""

    typed = Signal(int, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent, POSITIVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        painter.setPen(QColor(shown_theme().faint))
        painter.drawRoundedRect(option.rect.adjusted(1, 2, -1, -4), 4, 4)

    def take(self, value: Value, model: QAbstractItemModel, index: Index) -> None:
        self.typed.emit(index.row(), float(value))
