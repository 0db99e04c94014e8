"""Logarithms as heights, in the window."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gdsim.core.surface.heights import HeightScale
from gdsim.gui.paint.words import surface_words
from gdsim.gui.surface.box_frame import loss_name, loss_ticks
from tests.gui.lessons.test_lessons_in_the_window import opened
from tests.gui.main_windows import is_marked


@pytest.fixture
def rosenbrock(qtbot):
    return opened(qtbot, scene="rosenbrock")


def settled(window, session, qtbot, *, log):
    qtbot.waitUntil(lambda: window.is_settled() and (session.surface.heights.base is not None) is log)


def test_a_key_draws_logarithms_and_undo_takes_them_back(rosenbrock, qtbot):
    window, session = rosenbrock
    losses = session.surface.loss
    keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_H, keys)
    settled(window, session, qtbot, log=True)
    assert session.experiment.log_height
    assert is_marked(window, "log_height")
    button = window.cards.view_range_button
    button.open_popup()
    assert button.switches["log_height"].isChecked()
    surface = session.surface
    assert np.array_equal(surface.loss, losses)
    assert "Heights are logarithms." in window.cards.surface.accessibleDescription()
    assert surface_words(surface, frozenset({"minimum"})).endswith("Heights are logarithms.")
    window.commands["undo"].trigger()
    settled(window, session, qtbot, log=False)
    assert not is_marked(window, "log_height")
    window.commands["redo"].trigger()
    settled(window, session, qtbot, log=True)
    window.cards.view_range_button.switches["log_height"].click()
    settled(window, session, qtbot, log=False)
    assert not session.experiment.log_height


def test_a_run_stands_as_high_as_the_surface_below_it(rosenbrock, qtbot):
    window, session = rosenbrock
    window.commands["log_height"].trigger()
    settled(window, session, qtbot, log=True)
    pane = window.cards.surface
    scale = session.surface.heights
    for w, b in ((-1.2, 1.0), (0.5, 2.0), (1.5, -0.5)):
        loss = float(session.surface.loss_at(np.array(w), np.array(b)))
        assert loss == pytest.approx((1.0 - w) ** 2 + 100.0 * (b - w * w) ** 2)
        height = pane.current_stage().terrain.place(w, b, loss)[2]
        assert height == pytest.approx(np.log(loss / scale.low) / np.log(scale.high / scale.low))
    places, texts = loss_ticks(scale, 4)
    assert loss_name(scale) == "L"
    assert places == sorted(places)
    for place, text in zip(places, texts, strict=True):
        assert scale.height(float(text)) == pytest.approx(place)


def test_below_zero_the_axis_says_from_where_it_counts():
    assert loss_name(HeightScale(-1.03, 5.0, -1.0316)) == "L + 1.03"
    assert loss_name(HeightScale(0.1, 5.0)) == "L"
