"""What a frame of playback costs, counted: the same on every machine."""

import pytest
from PySide6.QtCore import QEvent, QObject

from gdsim.core.lessons.view import PAGES
from tests.bench.in_window import (
    MANY,
    STEPS,
    STRIDE,
    Window,
    four_runs,
    frame_calls,
    open_many_runs,
    show_step,
)

MOST, MOST_WORKED_OUT = 3500, 6000
# A frame in so many steps: what it calls hardly differs along the record.
_STRIDE = 20 * STRIDE


@pytest.fixture(scope="module")
def opened(qapp):
    shown = Window(four_runs(STEPS))
    yield shown
    shown.close()


@pytest.fixture
def window(opened):
    opened.session.open(four_runs(STEPS))
    opened.window.view.open_page(PAGES[0])
    opened.settle()
    return opened


def test_a_frame_of_four_runs_makes_few_calls(window):
    assert frame_calls(window, _STRIDE) <= MOST


def test_a_frame_of_ten_runs_with_the_step_worked_out_makes_few_calls(window):
    open_many_runs(window, MANY)
    assert frame_calls(window, _STRIDE) <= MOST_WORKED_OUT


def test_the_page_of_the_code_costs_less_than_that_of_the_step(window):
    calls = {}
    for page in ("step", "code"):
        window.window.view.open_page(page)
        window.settle()
        calls[page] = frame_calls(window, _STRIDE)
    assert calls["code"] < calls["step"]


class LayoutWatch(QObject):
    """Counts how often a widget is asked for a new layout."""

    def __init__(self, widget):
        super().__init__(widget)
        self.requests = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event):
        self.requests += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_frame_asks_the_window_for_no_new_layout(window):
    main = window.window
    if not main.cards.legend.value().on:
        main.cards.legend.toggle()  # its words on the scale change now and then
    watch = LayoutWatch(main)
    for page in PAGES:
        main.view.open_page(page)
        window.settle()
        for step in range(594, 601):  # each asks what it stands in, one after the other
            show_step(window, step)
        watch.requests = 0
        for step in (601, 602, 608, 609, 610, 611):  # another last digit, and another one before that
            show_step(window, step)
        assert watch.requests == 0, page
