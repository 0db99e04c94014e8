"""The columns of the window, and what scrolls in them."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QSplitter, QWidget

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.language.translations import languages
from gdsim.core.lessons.files import load_lesson
from gdsim.core.lessons.view import PAGES
from gdsim.gui.language import speak
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.window.layout import SIDES, ColumnSplitter
from gdsim.gui.window.main_window import MainWindow
from gdsim.session.session import Session
from tests.gui.main_windows import show_unpainted
from tests.gui.painted import painted_texts
from tests.gui.shared_window import shared
from tests.gui.windows import cut_off_texts


def test_a_scroll_bar_comes_when_it_is_needed_and_not_before(qtbot):
    window, _ = shared(qtbot, load_scene(find_scene("mini-batch")), painted=False)
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
    card.setMaximumHeight(2**24 - 1)  # as at first


def test_columns_come_back_to_their_widths_with_the_room_for_them(qtbot):
    window, _ = shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)

    def widths_at(width):
        window.resize(width, 800)
        qtbot.waitUntil(lambda: window.cards.columns.width() == width)
        return window.cards.columns.sizes()

    wide = widths_at(1440)
    assert widths_at(1200)[2] < wide[2]
    window.toggle_projector()
    assert widths_at(1440)[2] == 0
    window.toggle_projector()
    assert widths_at(1440) == wide


def test_widths_that_a_person_chose_stay(qtbot):
    window, _ = shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    window.resize(1280, 720)
    columns = window.cards.columns
    qtbot.waitUntil(lambda: columns.width() == 1280)
    columns.moveSplitter(columns.width() - 600, 2)
    chosen = columns.sizes()
    assert chosen[2] > 500
    window.cards.run_card.setMinimumWidth(290)  # a layout anew
    QApplication.processEvents()
    assert columns.sizes() == chosen


@pytest.mark.usefixtures("in_english")
@pytest.mark.parametrize("code", languages())
def test_a_small_notebook_has_room_for_all_columns_in_every_language(qtbot, qapp, code):
    speak(qapp, code)
    window, _ = shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)
    window.resize(1280, 720)
    cards = window.cards
    columns, tabs = cards.columns, [cards.run_card.tab(index) for index in range(len(PAGES))]
    qtbot.waitUntil(lambda: all(columns.is_open(side) for side in SIDES))
    views = cards.curve_card.parentWidget()
    qtbot.waitUntil(lambda: views.width() >= views.minimumSizeHint().width())
    qtbot.waitUntil(lambda: not cut_off_texts(window))
    within = cards.run_card.rect()
    for tab in tabs:
        assert within.contains(QRect(tab.mapTo(cards.run_card, QPoint()), tab.size()))
    runs = cards.runs.view.viewport()
    names = {one.text for one in painted_texts(window) if one.widget is runs}
    assert names >= {run.shown_name for run in window.session.experiment.runs}  # they are whole
    # In a wide window the tabs of the longer words stand in one line, too.
    window.resize(1600, 900)
    columns.setSizes([300, 800, 480])
    qtbot.waitUntil(lambda: len({tab.y() for tab in tabs}) == 1)


def test_a_window_that_begins_with_a_lesson_has_its_usual_columns_after_it(qtbot):
    widths = []
    for with_lesson in (False, True):
        session = Session(load_scene(find_scene("first-neuron")))
        window = MainWindow(QApplication.instance(), session, SurfaceView(allowed=False), None)
        qtbot.addWidget(window, before_close_func=lambda _, session=session: session.close())
        window.resize(1440, 900)
        columns = window.cards.columns
        if with_lesson:
            window.lessons.begin(load_lesson("lecture"))
            show_unpainted(window)
            assert not columns.is_open("right")
            window.lessons.end()
        else:
            show_unpainted(window)
        widths.append(columns.sizes())
    assert widths[0] == widths[1]


def test_a_state_of_something_else_leaves_columns_columns(qtbot):
    columns, other = (
        ColumnSplitter(QWidget(), QWidget(), QWidget(), QWidget()),
        QSplitter(Qt.Orientation.Vertical),
    )
    for splitter in (columns, other):
        qtbot.addWidget(splitter)
    for _ in range(3):
        other.addWidget(QWidget())
    other.setHandleWidth(100_000)
    width = columns.handleWidth()
    columns.restore_widths(other.saveState())
    assert columns.orientation() == Qt.Orientation.Horizontal
    assert columns.handleWidth() == width
    assert not columns.childrenCollapsible()
