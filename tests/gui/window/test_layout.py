"""The columns of the window, and what scrolls in them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QSplitter, QWidget

from gdsim.core.files.scene import find_scene, load_scene
from gdsim.gui.window.layout import Columns
from tests.gui.main_windows import opened


def test_a_scroll_bar_comes_when_it_is_needed_and_not_before(qtbot):
    window, _ = opened(qtbot, load_scene(find_scene("mini-batch")))
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.width() == 1280)
    area = window.cards.editor.parentWidget()
    while not isinstance(area, QScrollArea):
        area = area.parentWidget()
    card, column, bar = window.cards.run_card, area.widget(), area.verticalScrollBar()
    qtbot.waitUntil(lambda: column.height() == area.viewport().height())
    # What it says of a rule breaks into more lines where there is less room than here.
    spare = area.viewport().height() - column.heightForWidth(area.viewport().width())
    assert spare >= 0
    assert not bar.isVisible()
    card.setMaximumHeight(card.height() - spare - 20)
    qtbot.waitUntil(bar.isVisible)
    assert column.height() >= column.heightForWidth(column.width())


def test_a_state_of_something_else_leaves_columns_columns(qtbot):
    columns, other = Columns(QWidget(), QWidget(), QWidget(), QWidget()), QSplitter(Qt.Orientation.Vertical)
    for splitter in (columns, other):
        qtbot.addWidget(splitter)
    for _ in range(3):
        other.addWidget(QWidget())
    other.setHandleWidth(100_000)
    width = columns.handleWidth()
    columns.bring_back(other.saveState())
    assert columns.orientation() == Qt.Orientation.Horizontal
    assert columns.handleWidth() == width
    assert not columns.childrenCollapsible()
