"""What the tables have in common."""

from PySide6.QtWidgets import QHeaderView, QTableView

from gdsim.gui.style.text_size import Scaled


def set_up_table(table: QTableView, name: str, row_height: int) -> None:
    """Give a table its name, and rows of one height without a grid.

    Tab leads on to the next control; between cells it moves only while one is edited.
    """
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setCornerButtonEnabled(False)
    table.setTabKeyNavigation(False)
    rows = table.verticalHeader()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)  # else Qt asks a million rows for their heights
    Scaled(rows, QHeaderView.setDefaultSectionSize, row_height)
    for header in (rows, table.horizontalHeader()):
        header.setHighlightSections(False)
