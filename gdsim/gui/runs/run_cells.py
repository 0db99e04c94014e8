"""The cells of the table of runs: the columns, the state of a run, and the delegates that edit them."""

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
# The name as it is shown, indented by its depth in the tree of forks.
SHOWN_ROLE = NUMBER_ROLE + 2
_LONGEST_NAME = 80


class RunRowState(NamedTuple):
    """The state of a run at the cursor."""

    step: int
    weights: tuple[float, ...]
    bias: float
    loss: float  # the last one that was computed
    loss_step: int  # the step of that loss, which over very many points is not computed at each step
    cost: tuple[float, ...] = ()  # gradients, losses and solves of a searched run so far

    @classmethod
    def of(cls, view: RunView) -> "RunRowState":
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
        # The middle is elided because copies of a run differ in the end of their names.
        option.textElideMode = Qt.TextElideMode.ElideMiddle

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        field = QLineEdit(parent)
        field.setObjectName("cell")
        field.setMaxLength(_LONGEST_NAME)
        field.setAccessibleName(self.tr("Name of the run"))
        field.setPlaceholderText(self.tr("the rule's name"))
        return field

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Request another name; an empty one gives the run the name of its rule again."""
        name = " ".join(editor.text().split()) if isinstance(editor, QLineEdit) else index.data()
        if name != index.data():
            self.renamed.emit(index.row(), name)


class RateDelegate(NumberDelegate):
    """Edits a learning rate, and paints it in a frame to show that it can be edited."""

    typed = Signal(int, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent, POSITIVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        painter.setPen(QColor(shown_theme().faint))
        painter.drawRoundedRect(option.rect.adjusted(1, 2, -1, -4), 4, 4)

    def take(self, value: Value, model: QAbstractItemModel, index: Index) -> None:
        self.typed.emit(index.row(), float(value))
