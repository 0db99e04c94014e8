"""Tables of results, a row for each: they are chosen, and not edited."""

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from gdsim.gui.forms.tables import LEFT, RIGHT, set_up_table


def result_table(name: str, titles: Sequence[str], numbers: Sequence[int]) -> QTableWidget:
    """Return a table with such headings; those of the columns ``numbers`` stand at the right."""
    table = QTableWidget(0, len(titles))
    table.setObjectName("framed")
    set_up_table(table, name, 24)
    for column, title in enumerate(titles):
        heading = QTableWidgetItem(title)
        heading.setTextAlignment(RIGHT if column in numbers else LEFT)
        table.setHorizontalHeaderItem(column, heading)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    header.setStretchLastSection(True)
    return table


def result_cell(text: str, *, number: bool = False, strong: bool = False) -> QTableWidgetItem:
    """Return a cell; a number stands at the right."""
    cell = QTableWidgetItem(text)
    if number:
        cell.setTextAlignment(RIGHT)
    if strong:
        font = cell.font()
        font.setBold(True)
        cell.setFont(font)
    return cell
