"""The runs as a list model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from gdsim.core.model.experiment import Run
from gdsim.gui.forms.tips import tip
from gdsim.gui.runs.run_text import full_settings, short_settings
from gdsim.gui.style.theme import RunStyle

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole

STYLE_ROLE = int(Role.UserRole)
SETTINGS_ROLE = int(Role.UserRole) + 1
HIDDEN_ROLE = int(Role.UserRole) + 2
_ROOT = QModelIndex()


class RunModel(QAbstractListModel):
    """One row for each run. Editing a row renames its run.

    Signals
    -------
    renamed(int, Run)
    """

    renamed = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[Run, ...] = ()
        self.styles: tuple[RunStyle, ...] = ()

    def set_runs(self, runs: Sequence[Run], styles: Sequence[RunStyle]) -> None:
        """Show other runs; the same number of them keeps the rows."""
        same_length = len(runs) == len(self.runs)
        if not same_length:
            self.beginResetModel()
        self.runs, self.styles = tuple(runs), tuple(styles)
        if not same_length:
            self.endResetModel()
        elif runs:
            self.dataChanged.emit(self.index(0), self.index(len(runs) - 1))

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the number of runs."""
        return 0 if parent.isValid() else len(self.runs)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every run can be selected and renamed."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own type
        """Return what is shown of a run."""
        if not index.isValid():
            return None
        run = self.runs[index.row()]
        match role:
            case Role.DisplayRole | Role.EditRole:
                shown: object = run.name
            case Role.ToolTipRole:
                shown = tip(full_settings(run), run.name)
            case Role.AccessibleTextRole:
                hidden = self.tr(", hidden") if run.hidden else ""
                shown = f"{run.name}: {full_settings(run)}{hidden}"
            case _:
                shown = {
                    STYLE_ROLE: self.styles[index.row()],
                    SETTINGS_ROLE: short_settings(run),
                    HIDDEN_ROLE: run.hidden,
                }.get(role)
        return shown

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: ANN401
        """Ask for another name; an empty one gives the run its rule's name again."""
        if role != Role.EditRole or not index.isValid():
            return False
        run = self.runs[index.row()]
        name = " ".join(str(value).split())
        if name != run.name:
            self.renamed.emit(index.row(), replace(run, name=name))
        return True
