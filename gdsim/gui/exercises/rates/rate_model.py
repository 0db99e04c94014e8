"""The rates that were tried as a table."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from gdsim.core.exercises.rate_ladder import Trial, best
from gdsim.core.formulas.numerals import precise, rounded
from gdsim.gui.forms.tips import plain

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_ROOT = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class RateModel(QAbstractTableModel):
    """One row for each rate, the smallest first; the best one is said to be it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trials: tuple[Trial, ...] = ()
        self._best: Trial | None = None

    def set_trials(self, trials: tuple[Trial, ...]) -> None:
        """Show other trials."""
        self.beginResetModel()
        self.trials, self._best = trials, best(trials)
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of rates."""
        return 0 if parent.isValid() else len(self.trials)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return what is shown of a cell."""
        if not index.isValid():
            return None
        trial, column = self.trials[index.row()], index.column()
        if role == Role.FontRole and trial is self._best:
            font = QFont()
            font.setBold(True)
            return font
        if role == Role.TextAlignmentRole and column < 2:
            return _RIGHT
        if role == Role.ToolTipRole and column == 1:
            return plain(precise(float(trial.loss[-1])))
        return (
            (precise(trial.rate), self._loss(trial), self._outcome(trial))[column]
            if role == Role.DisplayRole
            else None
        )

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        """Return the name of a column."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.DisplayRole:
            return (self.tr("rate η"), self.tr("loss at the end"), self.tr("what it does"))[section]
        side = Qt.AlignmentFlag.AlignRight if section < 2 else Qt.AlignmentFlag.AlignLeft
        return int(side | Qt.AlignmentFlag.AlignVCenter) if role == Role.TextAlignmentRole else None

    def _loss(self, trial: Trial) -> str:
        return "–" if trial.diverged else rounded(trial.last, 4)

    def _outcome(self, trial: Trial) -> str:
        words = trial.outcome.value
        if trial.diverged:
            return self.tr("{words} after step {n}").format(words=words, n=trial.steps)
        return self.tr("the best: {words}").format(words=words) if trial is self._best else words
