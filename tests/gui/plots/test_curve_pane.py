from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt

from gdsim.gui.plots.curve_pane import CurvePane
from gdsim.gui.theme import DARK
from tests.gui.flights import flown, frame_at, look_of, scene


@pytest.fixture
def stochastic():
    return scene("stochastic")


@pytest.fixture
def pane(qtbot, stochastic):
    pane = CurvePane()
    qtbot.addWidget(pane)
    pane.resize(500, 220)
    pane.set_look(look_of(stochastic))
    pane.show_frame(frame_at(stochastic, 30))
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def where(pane, x):
    box = pane._box
    middle = sum(box.viewRange()[1]) / 2
    return pane._plot.mapFromScene(box.mapViewToScene(QPointF(x, middle)))


def test_a_click_seeks(pane, qtbot):
    with qtbot.waitSignal(pane.seek_requested) as sought:
        qtbot.mouseClick(pane._plot.viewport(), Qt.MouseButton.LeftButton, pos=where(pane, 12.1))
    assert sought.args == [12]


def test_curves_show_the_recorded_loss_on_both_scales(pane, stochastic):
    loss = frame_at(stochastic, 30).views[0].whole.loss
    _, y = pane._curves[0].getData()
    np.testing.assert_allclose(y, np.log10(loss))
    pane.set_log(log=False)
    _, y = pane._curves[0].getData()
    np.testing.assert_allclose(y, loss)


def test_what_lies_ahead_is_veiled(pane, stochastic):
    frame = frame_at(stochastic, 10)
    pane.show_frame(frame)
    assert pane._veil.getRegion() == (10, frame.length)
    assert pane._cursor.value() == 10


def test_a_frame_of_playback_draws_no_curve_anew(pane, stochastic, monkeypatch):
    records = flown(stochastic)
    pane.show_frame(frame_at(stochastic, 10, records))
    monkeypatch.setattr(pane, "_draw_curves", lambda frame: pytest.fail("drawn anew"))
    pane.show_frame(frame_at(stochastic, 11, records))


def test_epochs_are_counted_in_epochs(pane, stochastic, qtbot):
    frame = frame_at(stochastic, 30)
    by_epoch = replace(frame, by_epoch=True, cursor=15, length=30)
    pane.show_frame(by_epoch)
    x, _ = pane._curves[0].getData()
    assert x[-1] == frame.views[0].whole.loss.size // 2


def test_hovering_tells_the_losses(pane, qtbot, stochastic):
    with qtbot.waitSignal(pane.hovered) as hovered:
        qtbot.mouseMove(pane._plot.viewport(), where(pane, 20))
    assert "step 20" in hovered.args[0]
    loss = frame_at(stochastic, 20).views[0].loss
    assert f"{loss:.4g}" in hovered.args[0]


def test_a_loss_of_zero_has_a_place_on_the_logarithmic_scale(pane, stochastic):
    frame = frame_at(stochastic, 30)
    frame.views[0].trajectory._store.loss[20:] = 0.0
    pane.show_frame(frame)
    _, y = pane._curves[0].getData()
    assert np.isfinite(y).all()


def test_runs_may_come_and_go(pane, stochastic):
    for runs in (stochastic.runs[:1], stochastic.runs * 2, ()):
        experiment = replace(stochastic, runs=runs)
        pane.set_look(look_of(experiment, DARK))
        pane.show_frame(frame_at(experiment, 3))
        assert len(pane._curves) == len(runs)
