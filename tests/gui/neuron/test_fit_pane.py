from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.style.theme import DARK, LIGHT
from tests.gui.frames import frame_at, look_of, scene


@pytest.fixture
def neuron():
    return scene("first-neuron")


@pytest.fixture
def pane(qtbot, neuron):
    pane = FitPane()
    qtbot.addWidget(pane)
    pane.resize(320, 260)
    pane.set_look(look_of(neuron))
    pane.show_points(neuron.points, neuron.validation)
    pane.show_frame(frame_at(neuron, 40))
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def where(pane, x, y):
    return pane._plot.mapFromScene(pane._plot.getViewBox().mapViewToScene(QPointF(x, y)))


def test_a_point_is_dragged_by_the_mouse(pane, qtbot):
    moves = []
    pane.point_moved.connect(lambda row, x, y: moves.append((row, x, y)))
    viewport = pane._plot.viewport()
    start, end = where(pane, 2.5, 0.9), where(pane, 1.5, 0.4)
    with qtbot.waitSignal(pane.gesture_finished):
        qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
        for part in (0.4, 0.8, 1.0):
            qtbot.mouseMove(viewport, start + (end - start) * part)
            QApplication.processEvents()
        qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)
    row, x, y = moves[-1]
    assert row == 1
    assert (x, y) == pytest.approx((1.5, 0.4), abs=0.05)


def test_the_picture_does_not_slide_away_under_a_drag(pane, qtbot, neuron):
    before = pane._plot.getViewBox().viewRange()
    pane._on_dragged(1, 5.0, 0.9)
    pane.show_points(neuron.points.replaced(1, [5.0], 0.9), neuron.validation)
    assert pane._plot.getViewBox().viewRange() == before
    pane._on_drag_finished()
    assert pane._plot.getViewBox().viewRange() != before


def test_a_double_click_adds_a_point(pane, qtbot):
    viewport = pane._plot.viewport()
    place = where(pane, 1.0, 0.5)
    with qtbot.waitSignal(pane.point_added) as added:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=place)
    assert added.args == pytest.approx([1.0, 0.5], abs=0.05)


def test_the_curve_is_the_neuron(pane, neuron):
    view = frame_at(neuron, 40).views[0]
    x, y = pane._curves[0].getData()
    w, b = view.p
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-(w * x + b))), rtol=1e-12)


def test_residuals_join_each_point_with_the_curve_of_the_selected_run(pane, neuron):
    w, b = frame_at(neuron, 40).views[0].p
    x, y = pane._residuals.getData()
    np.testing.assert_allclose(x, np.repeat(neuron.points.x[:, 0], 2))
    np.testing.assert_allclose(y[::2], neuron.points.y)
    np.testing.assert_allclose(y[1::2], 1 / (1 + np.exp(-(w * x[1::2] + b))), rtol=1e-12)


def test_many_points_are_sampled(pane):
    rng = np.random.default_rng(0)
    pane.show_points(PointSet(rng.normal(size=100_000), rng.uniform(size=100_000)), PointSet.empty())
    assert 1000 < pane.sample_size <= 2000


def test_a_neuron_of_several_inputs_is_drawn_over_its_activation(pane):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=(12, 3)), rng.uniform(size=12))
    experiment = Experiment(points, PointSet.empty(3), (Run(start=(1.0, 2.0, 3.0, 0.5), epochs=5),))
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    pane.show_frame(frame_at(experiment, 3))
    p = frame_at(experiment, 3).views[0].p
    x, _ = pane._residuals.getData()
    np.testing.assert_allclose(x[::2], points.x @ p[:-1] + p[-1])


def test_residuals_are_no_run_of_their_own(pane, neuron):
    for theme in (LIGHT, DARK):
        look = look_of(neuron, theme)
        pane.set_look(look)
        colour = pane._residuals.opts["pen"].color().name()
        assert colour == theme.muted
        assert colour not in {style.colour for style in look.styles}


@pytest.mark.parametrize("w", [1e300, -1e300])
def test_numbers_beyond_all_floats_draw_without_a_warning(pane, w):
    points = PointSet([1e100, -1e100, 3.0], [1e100, -1e100, 0.0])
    experiment = Experiment(points, PointSet.empty(), (Run(start=(0.0, 0.0), epochs=1),))
    frame = frame_at(experiment, 0)
    frame.views[0].trajectory._store.p[0] = w, 0.0
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    pane.show_frame(frame)
    assert not pane.grab().isNull()
    ends = [0.0, 1.0] if w > 0 else [1.0, 0.0]
    assert pane._curves[0].getData()[1][[0, -1]].tolist() == ends
    assert pane._residuals.getData()[1][1::2].tolist() == [*ends[::-1], ends[1]]


def test_activations_that_are_no_numbers_are_out_of_sight(pane):
    points = PointSet([[1e100, 1e100], [1.0, 2.0]], [0.1, 0.2])
    experiment = Experiment(points, PointSet.empty(2), (Run(start=(0.0, 0.0, 0.0), epochs=1),))
    frame = frame_at(experiment, 0)
    frame.views[0].trajectory._store.p[0] = 1e300, -1e300, 0.0
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    pane.show_frame(frame)
    assert not pane.grab().isNull()
    x, _ = pane._residuals.getData()
    assert abs(x[0]) > 1e100


def test_targets_that_leave_the_curve_no_height_are_said(pane, neuron):
    assert not pane._words.isVisible()
    pane.show_points(PointSet([0.5, 1e50], [0.2, 1e99]), PointSet.empty())
    assert pane._words.isVisible()
    assert pane._words.whole() == "Beside 1e99 the curve, from 0 to 1, looks flat."
    low, high = pane._plot.getViewBox().viewRange()[1]
    assert low < -4e97 < 1.04e99 < high
    pane.show_points(neuron.points, neuron.validation)
    assert not pane._words.isVisible()


def test_runs_may_come_and_go(pane, neuron):
    for runs in (neuron.runs[:1], neuron.runs * 2, ()):
        experiment = replace(neuron, runs=runs)
        pane.set_look(look_of(experiment))
        pane.show_frame(frame_at(experiment, 3))
        assert len(pane._curves) == len(runs)


def lit(pane):
    return list(zip(pane._lit.data["x"].tolist(), pane._lit.data["y"].tolist(), strict=True))


def with_regime(experiment, regime):
    return replace(experiment, runs=(replace(experiment.runs[0], batching=regime, epochs=5),))


def test_the_point_that_feeds_the_update_is_lit_and_the_others_are_dimmed(pane, neuron):
    rim = pane._scatter.opts["pen"].color().name()
    one = with_regime(neuron, STOCHASTIC())
    pane.show_frame(frame_at(one, 3))
    assert lit(pane) == [(2.5, 0.9)]
    assert pane._scatter.opts["pen"].color().name() != rim
    pane.show_frame(frame_at(one, 4))
    assert lit(pane) == [(0.5, 0.2)]
    pane.show_frame(frame_at(neuron, 4))  # all of them are used: none stands out
    assert lit(pane) == []
    assert pane._scatter.opts["pen"].color().name() == rim


def test_a_lit_point_can_still_be_dragged(pane, qtbot, neuron):
    pane.show_frame(frame_at(with_regime(neuron, STOCHASTIC()), 3))
    viewport, start = pane._plot.viewport(), where(pane, 2.5, 0.9)
    with qtbot.waitSignal(pane.point_moved) as moved:
        qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
        for step in (8, 16):
            qtbot.mouseMove(viewport, start - QPoint(step, 0))
            QApplication.processEvents()
    assert moved.args[0] == 1
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=start)


def test_another_lit_point_draws_the_points_not_anew(pane, neuron, monkeypatch):
    one = with_regime(neuron, STOCHASTIC())
    pane.show_frame(frame_at(one, 3))
    monkeypatch.setattr(pane._scatter, "set_points", lambda *values, **named: pytest.fail("drawn anew"))
    pane.show_frame(frame_at(one, 4))


def test_lit_points_move_along_the_activation(pane):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=(12, 3)), rng.uniform(size=12))
    run = Run(start=(1.0, 2.0, 3.0, 0.5), epochs=5, batching=MINI_BATCH(size=4))
    experiment = Experiment(points, PointSet.empty(3), (run,))
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    frame = frame_at(experiment, 1)
    pane.show_frame(frame)
    p = frame.views[0].p
    np.testing.assert_allclose(pane._lit.data["x"], points.x[4:8] @ p[:-1] + p[-1])


def test_a_frame_of_more_points_than_there_are_lights_none(pane, neuron):
    frame = frame_at(with_regime(neuron, STOCHASTIC()), 3)
    pane.show_points(neuron.points.without([1]), neuron.validation)
    pane.show_frame(frame)
    assert lit(pane) == []


def test_what_is_left_out_is_said(pane, neuron):
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=100_000), rng.uniform(size=100_000))
    pane.show_points(many, many.taken(np.arange(50)))
    x, _ = pane._residuals.getData()
    said = f"{pane.sample_size:,} of 100,050 points drawn, {len(x) // 2} errors"
    assert pane.sample_text() == pane._words.whole() == said
    assert pane._words.isVisible()
    pane.show_points(neuron.points, neuron.validation)
    assert not pane._words.isVisible()


def test_a_cloud_takes_a_few_pictures_of_points_not_one_for_each(pane):
    """Otherwise a cloud costs a hundred times as much to show."""
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=5000), rng.uniform(size=5000))
    pane.show_points(many, many.taken(np.arange(500)))
    assert len({id(brush) for brush in pane._scatter.data["brush"]}) == 2
    assert len({id(pen) for pen in pane._scatter.data["pen"]}) == 1


def test_a_point_of_a_cloud_can_be_dragged(pane, qtbot):
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=100_000), rng.uniform(size=100_000))
    pane.show_points(many, PointSet.empty())
    with qtbot.waitSignal(pane.point_moved) as moved:
        pane._on_dragged(17, 0.25, 0.75)
    row, x, y = moved.args
    assert (row, x, y) == (int(pane._drawn.rows[17]), 0.25, 0.75)
    assert many.y[row] == pane._drawn.y[17]


def test_a_frame_of_points_with_other_inputs_draws_no_curve(pane, neuron):
    pane.show_points(PointSet(np.ones((3, 2)), np.ones(3)), PointSet.empty(2))
    assert not any(curve.isVisible() for curve in pane._curves)
