"""The first rows of a table as they are written, and what each column becomes."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from gdsim.core.files.table.table import Column, Outline
from gdsim.gui.forms.tables import RIGHT, ROOT, Index, Role, set_up_table
from gdsim.gui.forms.tips import plain
from gdsim.gui.points.words import column_name
from gdsim.gui.style.theme import LIGHT, Theme

_ROW_HEIGHT = 22
_NARROWEST, _WIDEST = 56, 160


class PreviewModel(QAbstractTableModel):
    """At most a hundred rows; the header says which column is x, which is y, and which is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, ...], ...] = ()
        self._columns: tuple[Column, ...] = ()
        self._uses: dict[int, str] | None = None
        self.theme: Theme = LIGHT

    def set_outline(self, outline: Outline | None) -> None:
        self.beginResetModel()
        self._rows = outline.rows if outline else ()
        self._columns = outline.columns if outline else ()
        self._uses = None
        self.endResetModel()

    def set_uses(self, uses: dict[int, str]) -> None:
        """Show what columns become, such as ``"x₁"`` and ``"y"``; others are left out."""
        self._uses = uses
        if self._columns:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
            if self._rows:
                corner = self.index(len(self._rows) - 1, len(self._columns) - 1)
                self.dataChanged.emit(self.index(0, 0), corner, [Role.ForegroundRole])

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if not index.isValid():
            return None
        if role == Role.TextAlignmentRole:
            return int(RIGHT)
        if role == Role.ForegroundRole:
            used = self._uses is None or index.column() in self._uses
            return None if used else QColor(self.theme.muted)
        if role in (Role.DisplayRole, Role.ToolTipRole):
            cells = self._rows[index.row()]
            text = cells[index.column()] if index.column() < len(cells) else ""
            return text if role == Role.DisplayRole else plain(text)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1) if role == Role.DisplayRole else None
        if role == Role.DisplayRole:
            return f"{column_name(self._columns[section], section)}\n{self._use(section)}"
        return int(RIGHT) if role == Role.TextAlignmentRole else None

    def _use(self, column: int) -> str:
        if self._uses is None:
            return ""
        return f"→ {self._uses[column]}" if column in self._uses else self.tr("left out")


class Preview(QTableView):
    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("framed")
        set_up_table(self, self.tr("The first rows"), _ROW_HEIGHT)
        self.setShowGrid(True)
        self._model = PreviewModel(self)
        self.setModel(self._model)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.horizontalHeader().setMaximumSectionSize(_WIDEST)
        self.horizontalHeader().setMinimumSectionSize(_NARROWEST)

    def show_outline(self, outline: Outline | None) -> None:
        """Show the first rows of a table; nothing for None."""
        self._model.set_outline(outline)
        self.resizeColumnsToContents()

    def show_uses(self, uses: dict[int, str]) -> None:
        self._model.set_uses(uses)
        self.resizeColumnsToContents()

    def set_theme(self, theme: Theme) -> None:
        self._model.theme = theme
