"""Read-only tables of results, one in each row."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from gdsim.gui.forms.tables import LEFT, RIGHT, set_up_table
from gdsim.gui.forms.tips import plain


class ResultTable(QTableWidget):
    """A table of texts; the columns ``numbers`` are right-aligned."""

    def __init__(self, name: str, titles: Sequence[str], numbers: Collection[int]) -> None:
        super().__init__(0, len(titles))
        self._numbers = numbers
        self.setObjectName("framed")
        set_up_table(self, name, 24)
        for column, title in enumerate(titles):
            heading = QTableWidgetItem(title)
            heading.setTextAlignment(RIGHT if column in numbers else LEFT)
            self.setHorizontalHeaderItem(column, heading)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)

    def show_rows(
        self,
        rows: Sequence[Sequence[str]],
        strong: Collection[int] = (),
        in_full: Mapping[int, Sequence[str]] = MappingProxyType({}),
    ) -> None:
        """Show texts, the ``strong`` rows in bold; tooltips have the texts ``in_full`` of their columns."""
        self.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setTextAlignment(RIGHT if column in self._numbers else LEFT)
                # A narrow column may elide the text.
                cell.setToolTip(plain(in_full[column][row] if column in in_full else text))
                font = cell.font()
                font.setBold(row in strong)
                cell.setFont(font)
                self.setItem(row, column, cell)
