"""Tables of results: what stands beside each other can be told apart, and stands below its heading."""

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gdsim.core.exercises.guesses import Guess
from gdsim.gui.exercises.guess_work.guess_list import GuessList
from gdsim.gui.exercises.result_table import ResultTable
from gdsim.gui.style.theme import LIGHT
from tests.gui.windows import in_window, like, pixels_of

SMALL = "9.312·10⁻¹⁵"


@pytest.fixture
def table(qtbot):
    table = in_window(qtbot, ResultTable("Rates", ["rate", "loss", "what it does"], numbers=[0, 1]))
    table.show_rows([("0.0001", SMALL, "falls")])
    QApplication.processEvents()
    return table


def letters(table, column):
    """Return the first and the last column of pixels with letters: of the heading, and of the cell below."""
    header, cells = table.horizontalHeader(), table.viewport()
    left, width = header.sectionViewportPosition(column), header.sectionSize(column)
    found = []
    for part, colour in ((header.viewport(), LIGHT.muted), (cells, LIGHT.text)):
        seen = like(pixels_of(part)[:, left : left + width], colour, 90).any(axis=0)
        found.append(left + np.flatnonzero(seen)[[0, -1]])
    return found


def test_neighbours_stand_apart(table):
    spans = [letters(table, column)[1] for column in range(3)]
    assert all(after[0] - before[1] >= 12 for before, after in pairwise(spans))


@pytest.mark.parametrize(("column", "end"), [(0, 1), (1, 1), (2, 0)])
def test_a_column_stands_below_its_heading(table, column, end):
    heading, cell = letters(table, column)
    assert abs(heading[end] - cell[end]) <= 2


def test_a_small_loss_of_a_guess_is_seen_whole(qtbot):
    guesses = in_window(qtbot, GuessList(), width=280)
    guesses.write_down(Guess(1.79, -2.28, 9.312e-15))
    QApplication.processEvents()
    cell = guesses.table.item(0, 2)
    assert cell.text() == SMALL
    assert guesses.table.sizeHintForColumn(2) <= guesses.table.columnWidth(2)
    assert guesses.table.horizontalScrollBar().maximum() == 0
