from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.neuron.fit_points import DraggedPoints
from gdsim.gui.style.theme import DARK, LIGHT
from tests.core.records import computed
from tests.every import every
from tests.gui.frames import altered, frame_at, look_of, scene
from tests.gui.windows import double_click, drag, expose, item_of, plot_of, settle, where


@pytest.fixture
def neuron():
    return scene("first-neuron")


@pytest.fixture
def pane(qtbot, neuron):
    pane = FitPane()
    pane.resize(320, 260)
    pane.set_look(look_of(neuron))
    pane.show_points(neuron.points, neuron.validation)
    pane.show_frame(frame_at(neuron, 40))
    expose(qtbot, pane)
    return pane


def dots(pane):
    return item_of(plot_of(pane), DraggedPoints)


def highlighted(pane):
    return [tuple(place) for place in pane.highlighted().tolist()]


def words(pane):
    return pane.findChild(ElidedLabel)


def at_the_start(experiment, start):
    """Return the frame of a run that stands elsewhere than it can be put."""
    (record,) = computed(experiment)
    p = record.until(record.last_step).p.copy()
    p[0] = start
    frame = frame_at(experiment, 0, (record,))
    return replace(frame, views=(replace(frame.views[0], trajectory=altered(record, p=p)),))


@every("x", [(0.0, 1e-320), (1e-320, 3e-320), (5e-324, 5e-324), (-1e100, -1e100), (-1e17, -1e17 - 16.0)])
def test_points_that_are_nearly_at_one_place_are_painted(pane, neuron, recwarn, x):
    """An axis from 0 to 1e-320 has infinitely many pixels to a unit."""
    pane.show_points(PointSet(x, [0.2, 0.9]), neuron.validation)
    assert not pane.grab().isNull()
    assert [str(one.message) for one in recwarn.list] == []
    box = plot_of(pane).getViewBox()
    (low, high), _ = box.viewRange()
    assert low < min(x) < max(x) < high or low < min(x) == max(x) < high
    assert np.isfinite(box.viewPixelSize()).all()
    assert np.isfinite([dots(pane).mapToScene(one, 0.5).x() for one in x]).all()


def test_a_point_is_dragged_by_the_mouse(pane, qtbot):
    moves = []
    pane.point_moved.connect(lambda row, x, y: moves.append((row, x, y)))
    plot = plot_of(pane)
    with qtbot.waitSignal(pane.gesture_finished):
        drag(qtbot, plot, where(plot, 2.5, 0.9), where(plot, 1.5, 0.4))
    row, x, y = moves[-1]
    assert row == 1
    assert (x, y) == pytest.approx((1.5, 0.4), abs=0.05)


def test_the_picture_does_not_slide_away_under_a_drag(pane, qtbot, neuron):
    before = plot_of(pane).getViewBox().viewRange()
    dots(pane).dragged.emit(1, 5.0, 0.9)
    pane.show_points(neuron.points.replaced(1, [5.0], 0.9), neuron.validation)
    assert plot_of(pane).getViewBox().viewRange() == before
    dots(pane).drag_finished.emit()
    assert plot_of(pane).getViewBox().viewRange() != before


def test_a_double_click_adds_a_point(pane, qtbot):
    viewport = plot_of(pane).viewport()
    place = where(plot_of(pane), 1.0, 0.5)
    with qtbot.waitSignal(pane.point_added) as added:
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        double_click(qtbot, viewport, place)
    assert added.args == pytest.approx([1.0, 0.5], abs=0.05)


def test_the_curve_is_the_neuron(pane, neuron):
    view = frame_at(neuron, 40).views[0]
    runs, x, curves = pane.curves()
    y = curves[runs.index(0)]
    w, b = view.p
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-(w * x + b))), rtol=1e-12)


def test_residuals_join_each_point_with_the_curve_of_the_selected_run(pane, neuron):
    w, b = frame_at(neuron, 40).views[0].p
    x, y, f = pane.residuals().T
    np.testing.assert_allclose(x, neuron.points.x[:, 0])
    np.testing.assert_allclose(y, neuron.points.y)
    np.testing.assert_allclose(f, 1 / (1 + np.exp(-(w * x + b))), rtol=1e-12)


def test_many_points_are_sampled(pane):
    rng = np.random.default_rng(0)
    pane.show_points(PointSet(rng.normal(size=100_000), rng.uniform(size=100_000)), PointSet.empty())
    assert 1000 < len(item_of(plot_of(pane), DraggedPoints).getData()[0]) <= 2000


def test_a_neuron_of_several_inputs_is_drawn_over_its_activation(pane):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=(12, 3)), rng.uniform(size=12))
    experiment = Experiment(points, PointSet.empty(3), (Run(start=(1.0, 2.0, 3.0, 0.5), epochs=5),))
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    pane.show_frame(frame_at(experiment, 3))
    p = frame_at(experiment, 3).views[0].p
    np.testing.assert_allclose(pane.residuals()[:, 0], points.x @ p[:-1] + p[-1])
    np.testing.assert_allclose(dots(pane).data["x"], points.x @ p[:-1] + p[-1])


def test_points_of_several_inputs_stand_where_the_axis_says_without_a_curve_of_the_selected_run(pane):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=(12, 3)), rng.uniform(size=12))
    run = Run(start=(1.0, 2.0, 3.0, 0.5), epochs=5, hidden=True)
    experiment = Experiment(points, PointSet.empty(3), (run,))
    axis = plot_of(pane).getAxis("bottom")
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    for step in (0, 3):
        frame = frame_at(experiment, step)
        pane.show_frame(frame)
        activation = points.x @ frame.views[0].p[:-1] + frame.views[0].p[-1]
        np.testing.assert_allclose(dots(pane).data["x"], activation)
        assert axis.labelText == "w·x + b"
    pane.set_look(look_of(experiment, DARK))  # while nothing is played
    np.testing.assert_allclose(dots(pane).data["x"], activation)
    pane.show_frame(replace(frame, views=(), selected=0))
    np.testing.assert_allclose(dots(pane).data["x"], points.x[:, 0])
    assert axis.labelText == "x₁"


@every(("start", "reach"), [((-2.0, -2.0, 0.0), 8.0), ((-4.0, -2.0, 0.0), 16.0), ((30.0, 0.0, 9.0), 128.0)])
def test_no_point_of_several_inputs_lies_outside_of_the_plot(qtbot, start, reach):
    points = PointSet([[3.0, 0.5], [0.0, 1.0]], [0.9, 0.1])
    experiment = Experiment(points, PointSet.empty(2), (Run(start=start, epochs=1),))
    pane = FitPane()
    qtbot.addWidget(pane)
    pane.set_look(look_of(experiment))
    pane.show_points(points, PointSet.empty(2))
    pane.show_frame(frame_at(experiment, 0))
    assert plot_of(pane).getViewBox().viewRange()[0] == [-reach, reach]


def test_points_of_several_inputs_are_dragged_where_they_stand_now(pane, qtbot):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=(12, 3)), rng.uniform(size=12))
    experiment = Experiment(points, PointSet.empty(3), (Run(start=(1.0, 2.0, 3.0, 0.5), epochs=30),))
    records = computed(experiment)
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    for step in (0, 30):
        pane.show_frame(frame_at(experiment, step, records))
        pane.grab()
    p = frame_at(experiment, 30, records).views[0].p
    x = points.x @ p[:-1] + p[-1]
    row = int(np.abs(x).argmin())
    start = where(plot_of(pane), x[row], points.y[row])
    with qtbot.waitSignal(pane.point_moved) as moved:
        drag(qtbot, plot_of(pane), start, start - QPoint(0, 16))
    assert moved.args[:2] == [row, None]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_residuals_are_no_run_of_their_own(pane, neuron, theme):
    look = look_of(neuron, theme)
    pane.set_look(look)
    assert theme.muted not in {style.colour for style in look.styles}
    # Nothing but the upper point's residual is as far above the curve.
    x, y, f = pane.residuals()[1].tolist()
    place, image = where(plot_of(pane), x, (y + f) / 2.0), plot_of(pane).grab().toImage()
    muted = np.array(QColor(theme.muted).getRgb())
    found = [image.pixelColor(place.x() + beside, place.y()).getRgb() for beside in (-1, 0, 1)]
    assert np.abs(found - muted).max(axis=1).min() < 12


@pytest.mark.parametrize("w", [1e300, -1e300])
def test_numbers_beyond_all_floats_draw_without_a_warning(pane, w):
    points = PointSet([1e100, -1e100, 3.0], [1e100, -1e100, 0.0])
    experiment = Experiment(points, PointSet.empty(), (Run(start=(0.0, 0.0), epochs=1),))
    frame = at_the_start(experiment, (w, 0.0))
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    pane.show_frame(frame)
    assert not pane.grab().isNull()
    ends = [0.0, 1.0] if w > 0 else [1.0, 0.0]
    assert pane.curves()[2][0, [0, -1]].tolist() == ends
    assert pane.residuals()[:, 2].tolist() == [*ends[::-1], ends[1]]


def test_activations_that_are_no_numbers_are_out_of_sight(pane):
    points = PointSet([[1e100, 1e100], [1.0, 2.0]], [0.1, 0.2])
    experiment = Experiment(points, PointSet.empty(2), (Run(start=(0.0, 0.0, 0.0), epochs=1),))
    frame = at_the_start(experiment, (1e300, -1e300, 0.0))
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    pane.show_frame(frame)
    assert not pane.grab().isNull()
    assert abs(pane.residuals()[0, 0]) > 1e100


def test_targets_that_leave_the_curve_no_height_are_said(pane, neuron):
    assert not words(pane).isVisible()
    pane.show_points(PointSet([0.5, 1e50], [0.2, 1e99]), PointSet.empty())
    assert words(pane).isVisible()
    assert words(pane).whole() == "Compared with 1·10⁹⁹ the curve, from 0 to 1, looks flat."
    low, high = plot_of(pane).getViewBox().viewRange()[1]
    assert low < -4e97 < 1.04e99 < high
    pane.show_points(neuron.points, neuron.validation)
    assert not words(pane).isVisible()


def test_runs_may_come_and_go(pane, neuron):
    for runs in (neuron.runs[:1], neuron.runs * 2, ()):
        experiment = replace(neuron, runs=runs)
        pane.set_look(look_of(experiment))
        pane.show_frame(frame_at(experiment, 3))
        assert sorted(pane.curves()[0]) == list(range(len(runs)))
        assert not pane.grab().isNull()


def batched(experiment, batching):
    return replace(experiment, runs=(replace(experiment.runs[0], batching=batching, epochs=5),))


def test_the_point_that_feeds_the_update_is_highlighted_and_the_others_are_dimmed(pane, neuron):
    rim = dots(pane).opts["pen"].color().name()
    one = batched(neuron, STOCHASTIC())
    pane.show_frame(frame_at(one, 3))
    assert highlighted(pane) == [(2.5, 0.9)]
    assert dots(pane).opts["pen"].color().name() != rim
    pane.show_frame(frame_at(one, 4))
    assert highlighted(pane) == [(0.5, 0.2)]
    pane.show_frame(frame_at(neuron, 4))  # all of them are used: none stands out
    assert highlighted(pane) == []
    assert dots(pane).opts["pen"].color().name() == rim


def test_a_highlighted_point_can_still_be_dragged(pane, qtbot, neuron):
    pane.show_frame(frame_at(batched(neuron, STOCHASTIC()), 3))
    start = where(plot_of(pane), 2.5, 0.9)
    with qtbot.waitSignal(pane.point_moved) as moved:
        drag(qtbot, plot_of(pane), start, start - QPoint(16, 0))
    assert moved.args[0] == 1


def test_another_highlighted_point_draws_the_points_not_anew(pane, neuron, monkeypatch):
    one = batched(neuron, STOCHASTIC())
    pane.show_frame(frame_at(one, 3))
    settle(plot_of(pane))
    for name in ("set_points", "paint_in_front"):
        monkeypatch.setattr(dots(pane), name, lambda *values, **named: pytest.fail("drawn anew"))
    pane.show_frame(frame_at(one, 4))
    pane.grab()


def test_highlighted_points_move_along_the_activation(pane):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=(12, 3)), rng.uniform(size=12))
    run = Run(start=(1.0, 2.0, 3.0, 0.5), epochs=5, batching=MINI_BATCH(size=4))
    experiment = Experiment(points, PointSet.empty(3), (run,))
    pane.set_look(look_of(experiment))
    pane.show_points(points, experiment.validation)
    frame = frame_at(experiment, 1)
    pane.show_frame(frame)
    p = frame.views[0].p
    np.testing.assert_allclose([x for x, _ in highlighted(pane)], points.x[4:8] @ p[:-1] + p[-1])


def test_a_frame_of_more_points_than_there_are_highlights_none(pane, neuron):
    frame = frame_at(batched(neuron, STOCHASTIC()), 3)
    pane.show_points(neuron.points.without([1]), neuron.validation)
    pane.show_frame(frame)
    assert highlighted(pane) == []


def test_what_is_left_out_is_said(pane, neuron):
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=100_000), rng.uniform(size=100_000))
    pane.show_points(many, many.taken(np.arange(50)))
    drawn, _ = item_of(plot_of(pane), DraggedPoints).getData()
    said = f"{len(drawn):,} of 100,050 points drawn, {len(pane.residuals())} errors"
    assert pane.sample_text() == words(pane).whole() == said
    assert words(pane).isVisible()
    pane.show_points(neuron.points, neuron.validation)
    assert not words(pane).isVisible()


def test_a_cloud_takes_a_few_pictures_of_points_not_one_for_each(pane):
    """Otherwise a cloud costs a hundred times as much to show."""
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=5000), rng.uniform(size=5000))
    pane.show_points(many, many.taken(np.arange(500)))
    assert len({id(brush) for brush in dots(pane).data["brush"]}) == 2
    assert len({id(pen) for pen in dots(pane).data["pen"]}) == 1


def test_a_point_of_a_cloud_can_be_dragged(pane, qtbot):
    rng = np.random.default_rng(0)
    many = PointSet(rng.normal(size=100_000), rng.uniform(size=100_000))
    pane.show_points(many, PointSet.empty())
    with qtbot.waitSignal(pane.point_moved) as moved:
        dots(pane).dragged.emit(17, 0.25, 0.75)
    row, x, y = moved.args
    assert (x, y) == (0.25, 0.75)
    assert (many.x[row, 0], many.y[row]) == (dots(pane).data["x"][17], dots(pane).data["y"][17])


def test_a_frame_of_points_with_other_inputs_draws_no_curve(pane, neuron):
    pane.show_points(PointSet(np.ones((3, 2)), np.ones(3)), PointSet.empty(2))
    assert pane.curves()[0] == ()
