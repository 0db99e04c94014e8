"""What scrolls in a column of the window."""

import pytest
from PySide6.QtWidgets import QLabel

from gdsim.gui.layout import at_top, scrolled


@pytest.mark.parametrize(("missing", "scrolls"), [(0, False), (1, True)])
def test_a_scroll_bar_comes_when_it_is_needed_and_not_before(qtbot, missing, scrolls):
    words = QLabel("Some words that would break into many more lines if there were less room for them")
    words.setWordWrap(True)
    column = at_top(words, QLabel("and one line more"))
    area = scrolled(column)
    qtbot.addWidget(area)
    width = 300
    area.resize(width, column.heightForWidth(width) - missing)
    area.show()
    qtbot.waitExposed(area)
    qtbot.waitUntil(lambda: area.verticalScrollBar().isVisible() == scrolls)
    assert column.height() >= column.heightForWidth(column.width())
