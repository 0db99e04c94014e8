"""A page that is not seen is not made, and a page that is hidden costs nothing; both catch up."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from gdsim.core.lessons.view import PAGES
from gdsim.gui.window.run_pages import LatePage
from gdsim.session.frame import Frame
from tests.core.records import scene
from tests.gui.shared_window import shared
from tests.gui.windows import expose


class Page(QWidget):
    """Writes down what it is told."""

    def __init__(self):
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.told = []

    def show_frame(self, frame):
        self.told.append(frame.cursor)


class Late(LatePage):
    """Counts how often its page is made."""

    made = 0

    def _make(self):
        self.made += 1
        return Page()


def frame(cursor):
    return Frame(cursor, 9, False, (), 0)


@pytest.fixture
def pages(qtbot):
    window, stack, late = QWidget(), QStackedWidget(), Late()
    stack.addWidget(QWidget())
    stack.addWidget(late)
    layout = QVBoxLayout(window)
    for widget in (QLineEdit(), stack, QLineEdit()):
        layout.addWidget(widget)
    expose(qtbot, window)
    return window, stack, late


def test_a_page_is_made_when_it_is_first_seen_and_told_the_latest(pages):
    _window, stack, late = pages
    for at in (1, 2):
        late.show_frame(frame(at))
    assert late.page is None
    stack.setCurrentWidget(late)
    assert late.page.told == [2]
    assert late.page.isVisible()


def test_a_hidden_page_is_not_told_until_it_is_seen_again(pages):
    _window, stack, late = pages
    stack.setCurrentWidget(late)
    late.show_frame(frame(1))
    stack.setCurrentIndex(0)
    for at in (2, 3):
        late.show_frame(frame(at))
    assert late.page.told == [1]
    stack.setCurrentWidget(late)
    assert late.page.told == [1, 3]
    assert late.made == 1


def test_what_is_dropped_on_a_page_is_left_to_the_window(qtbot):
    window, _ = shared(qtbot, scene("valley"), painted=False)
    for page in PAGES:
        window.view.open_page(page)
        qtbot.waitUntil(window.is_settled)
    taking = [one for one in window.findChildren(QWidget) if one.acceptDrops() and one.window() is window]
    assert taking == []
