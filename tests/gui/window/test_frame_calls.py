"""How much a frame of playback asks of Python, counted: the same on every machine."""

import pytest

from tests.bench.in_window import STEPS, STRIDE, Window, four_runs, frame_calls

MOST = 3700


@pytest.fixture
def window(qapp):
    shown = Window(four_runs(STEPS))
    yield shown
    shown.close()


def test_a_frame_of_four_runs_makes_few_calls(window):
    assert frame_calls(window, STRIDE) <= MOST
