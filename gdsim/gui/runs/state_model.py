"""The state of the visible runs as a table model."""

from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gdsim.core.formulas.numerals import precise, rounded
from gdsim.gui.forms.number_delegate import NUMBER_ROLE
from gdsim.gui.forms.tips import tip
from gdsim.gui.style.theme import RunStyle
from gdsim.session.frame import Frame, RunView

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

STYLE_ROLE = NUMBER_ROLE + 10
SELECTED_ROLE = NUMBER_ROLE + 11
RUN, STEP, W, B, LOSS = range(5)
_ROOT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class StateRow(NamedTuple):
    """One visible run at the cursor.

    Attributes
    ----------
    loss : float
        The last one that was computed.
    loss_step : int
        At which step; over very many points that is not every step.
    """

    run: int
    name: str
    step: int
    weights: tuple[float, ...]
    bias: float
    loss: float
    loss_step: int

    @classmethod
    def of(cls, index: int, view: RunView) -> "StateRow":
        """Return the row of a run."""
        *weights, bias = view.p.tolist()
        known = view.known_loss
        return cls(index, view.run.name, view.step, tuple(weights), bias, known.value, known.step)

    @property
    def is_loss_older(self) -> bool:
        """Whether the loss was not computed at this step."""
        return self.loss_step != self.step


class StateModel(QAbstractTableModel):
    """Columns: run, step, w, b, loss."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[StateRow, ...] = ()
        self.styles: tuple[RunStyle, ...] = ()
        self.selected = 0

    def show_frame(self, frame: Frame) -> None:
        """Show the visible runs of a frame; the rows are kept when only their numbers change."""
        visible = ((index, view) for index, view in enumerate(frame.views) if not view.run.hidden)
        rows = tuple(StateRow.of(index, view) for index, view in visible)
        if rows == self.rows and frame.selected == self.selected:
            return
        same_runs = len(rows) == len(self.rows)
        if not same_runs:
            self.beginResetModel()
        step, looks = self.common_step, self._looks()
        self.rows, self.selected = rows, frame.selected
        if self.common_step != step:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, RUN, RUN)
        if not same_runs:
            self.endResetModel()
        elif rows:
            # What a run is called and how it looks seldom changes.
            first = STEP if self._looks() == looks else RUN
            self.dataChanged.emit(self.index(0, first), self.index(len(rows) - 1, LOSS))

    def _looks(self) -> tuple[object, ...]:
        return (self.selected, *((row.run, row.name) for row in self.rows))

    @property
    def common_step(self) -> int:
        """The step that all visible runs stand at; -1 when they differ."""
        steps = {row.step for row in self.rows}
        return steps.pop() if len(steps) == 1 else -1

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of visible runs."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else LOSS + 1

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return the name of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Role.DisplayRole:
            run = self.tr("at step {0}").format(self.common_step) if self.common_step >= 0 else self.tr("run")
            return (run, self.tr("step"), "w", "b", self.tr("loss"))[section]
        return _alignment(section) if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return what is shown of a cell."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        match role:
            case Role.DisplayRole:
                shown: object = self._text(row, column)
            case Role.ToolTipRole:
                shown = tip(self.precise_text(row, column), row.name)
            case Role.TextAlignmentRole:
                shown = _alignment(column)
            case _:
                shown = self._own_role(row, column, role)
        return shown

    def precise_text(self, row: StateRow, column: int) -> str:
        """Return a cell's text with all digits."""
        if column == RUN:
            return row.name
        if column == STEP:
            return str(row.step)
        if column == LOSS and row.is_loss_older:
            return self.tr("{0} at step {1}").format(precise(row.loss), f"{row.loss_step:,}")
        numbers = {W: row.weights, B: (row.bias,), LOSS: (row.loss,)}[column]
        return ", ".join(map(precise, numbers))

    def _text(self, row: StateRow, column: int) -> str:
        if column == W and len(row.weights) > 1:
            return ", ".join(rounded(weight, 3) for weight in row.weights)
        if column == LOSS and row.is_loss_older:
            return f"{rounded(row.loss, 4)}*"
        number = self._number(row, column)
        return self.precise_text(row, column) if number is None else rounded(number)

    def _number(self, row: StateRow, column: int) -> float | None:
        """Return the one number of a cell; None when it holds a text, or several numbers."""
        if column == W:
            return row.weights[0] if len(row.weights) == 1 else None
        return {B: row.bias, LOSS: None if row.is_loss_older else row.loss}.get(column)

    def _own_role(self, row: StateRow, column: int, role: int) -> object:
        if role == NUMBER_ROLE:
            return self._number(row, column)
        if role == STYLE_ROLE and column == RUN and row.run < len(self.styles):
            return self.styles[row.run]
        return row.run == self.selected if role == SELECTED_ROLE else None


def _alignment(column: int) -> int:
    return _LEFT if column == RUN else _RIGHT
