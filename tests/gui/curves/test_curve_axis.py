"""The horizontal axis of the curves: steps or epochs, points seen, gradient evaluations."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdsim.core.model.batching import BATCH, MINI_BATCH
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.searches import SEARCHES
from gdsim.gui.curves.curve_axis import AxisUnit, CurveAxis
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.curve_values import CurveValues
from tests.core.records import computed
from tests.gui.frames import frame_at, look_of
from tests.gui.windows import expose, settle

# Two updates an epoch, of two points and of one, with two gradients each; and one update over all points.
RUNS = (
    Run(RULES["sam"](), MINI_BATCH(size=2), epochs=10, name="SAM"),
    Run(RULES["gd"](), BATCH(), epochs=30, name="GD"),
)
POINTS = PointSet([0.5, 1.0, 2.5], [0.2, 0.5, 0.9])
EXPERIMENT = Experiment(POINTS, PointSet.empty(), RUNS)


@pytest.fixture(scope="module")
def frame():
    return frame_at(EXPERIMENT, 5, computed(EXPERIMENT))


@pytest.fixture
def pane(qtbot, frame):
    pane = CurvePane()
    pane.resize(700, 240)
    pane.set_look(look_of(EXPERIMENT))
    pane.show_frame(frame)
    expose(qtbot, pane)
    return pane


def steps_drawn(pane):
    curves = pane.over_time
    drawn = (curve.getData() for curve in curves.plot.curves)
    return {line.name: x for line, (x, _) in zip(curves.lines, drawn, strict=True)}


def test_curves_lie_over_what_their_steps_have_cost(pane, frame):
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
    assert np.array_equal(steps_drawn(pane)["SAM"], 2.0 * np.arange(21))
    assert np.array_equal(steps_drawn(pane)["GD"], np.arange(31))
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.POINTS))
    fed = np.cumsum([0, *[2, 1] * 10])
    assert np.array_equal(steps_drawn(pane)["SAM"], 2 * fed)
    assert np.array_equal(steps_drawn(pane)["GD"], 3 * np.arange(31))
    assert pane.over_time.plot.scale.time.length == 90
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.CLOCK))
    assert np.array_equal(steps_drawn(pane)["SAM"], np.arange(21))
    assert pane.over_time.plot.scale.unit == "step"


def test_a_search_costs_what_its_record_counts(pane):
    parent = Run(search=SEARCHES["wolfe"](c2=0.1), start=(-2.0, -2.0), epochs=12, name="Wolfe")
    fork = Run(RULES["sam"](), epochs=12, fork=Fork(RUNS[1], 4), name="fork")
    left = Run(parent.optimizer, search=parent.search, epochs=12, fork=Fork(fork, 6), name="left")
    experiment = Experiment(POINTS, PointSet.empty(), (parent, RUNS[1], fork, left))
    records = computed(experiment)
    frame = frame_at(experiment, 5, records)
    pane.set_look(look_of(experiment))
    pane.show_frame(frame)
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
    counted = records[0].whole.cost[:, 0]
    assert counted[-1] > 12
    assert np.array_equal(steps_drawn(pane)["Wolfe"], counted)
    # Four of gradient descent and two updates of SAM, with two gradients each, are its past.
    assert np.array_equal(steps_drawn(pane)["left"], 8 + records[3].whole.cost[:, 0])
    axis = CurveAxis(frame, AxisUnit.POINTS)
    assert axis.step_at(3.0 * counted[7]) == 7
    assert np.array_equal(axis.place_of(frame.views[0], np.arange(13.0)), 3.0 * counted)


def test_the_past_of_a_fork_costs_what_a_search_asked_for_in_it(pane):
    wolfe = Run(search=SEARCHES["wolfe"](c2=0.1), start=(-2.0, -2.0), epochs=12, name="Wolfe")
    rule = Run(RULES["sam"](), MINI_BATCH(size=2), epochs=12, fork=Fork(wolfe, 5), name="SAM")
    again = Run(wolfe.optimizer, search=wolfe.search, epochs=12, fork=Fork(rule, 8), name="again")
    for runs in ((wolfe, rule, again), (again,)):  # also of runs that are there no more
        experiment = Experiment(POINTS, PointSet.empty(), runs)
        records = computed(experiment)
        frame = frame_at(experiment, 9, records)
        views = (replace(view, clock=experiment.clock(view.run)) for view in frame.views)
        pane.set_look(look_of(experiment))
        frame = replace(frame, views=tuple(views))
        pane.show_frame(frame)
        pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
        x = steps_drawn(pane)
        own = records[-1].whole.cost[:, 0]
        if len(runs) > 1:
            before = records[0].whole.cost[5, 0]
            assert before > 5
            assert np.array_equal(x["SAM"][:4], before + 2.0 * np.arange(4))
            axis = CurveAxis(frame, AxisUnit.POINTS)
            rows = np.arange(5.0)
            places = axis.place_of(axis.frame.views[1], rows)
            assert np.array_equal(places, 3.0 * before + 2.0 * np.array([0.0, 2.0, 3.0, 5.0, 6.0]))
            assert [axis.row_at(axis.frame.views[1], place) for place in places] == rows.tolist()
        assert np.array_equal(x["again"], before + 6.0 + own)


def test_the_values_of_a_place_are_those_of_the_steps_before_it(pane, frame):
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
    pane.over_time.plot.hovered.emit(7.0)
    sam, gd = (view.whole.loss for view in frame.views)
    assert pane.over_time.reading.startswith("7 gradient evaluations: ")
    axis = CurveAxis(frame, AxisUnit.EVALUATIONS)
    values = CurveValues(pane.over_time.store, pane.over_time.kind, pane.over_time.lines)
    assert values.texts(axis, 7.0) == values.texts(axis, 7.9)
    values = [float(text) for text in values.texts(axis, 7.0)]
    wanted = {"SAM": sam[3], "GD": gd[7]}
    for line, value in zip(pane.over_time.lines, values, strict=True):
        assert value == pytest.approx(wanted[line.name], rel=1e-4)


def test_the_cursor_and_a_click_are_those_of_the_selected_run(pane, frame, qtbot):
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
    assert pane.over_time.plot.now == 10.0
    with qtbot.waitSignal(pane.seek_requested) as sought:
        pane.over_time.plot.seeked.emit(14.2)
    assert sought.args == [7]
    pane.show_frame(replace(frame, selected=1))
    assert pane.over_time.plot.now == 5.0
    with qtbot.waitSignal(pane.seek_requested) as sought:
        pane.over_time.plot.seeked.emit(14.2)
    assert sought.args == [14]


def test_a_click_goes_to_the_epoch_where_playback_counts_epochs(pane, frame, qtbot):
    pane.show_frame(replace(frame, by_epoch=True, cursor=3, length=30))
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.POINTS))
    assert pane.over_time.plot.now == 18.0
    with qtbot.waitSignal(pane.seek_requested) as sought:
        pane.over_time.plot.seeked.emit(24.0)
    assert sought.args == [4]


def test_keys_read_one_step_of_the_selected_run_after_the_other(pane, qtbot):
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.POINTS))
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(pane, Qt.Key.Key_Right, shift)
    assert pane.over_time.reading.startswith("16 points seen")  # at the cursor: 2 * (2 + 1 + 2 + 1 + 2)
    QTest.keyClick(pane, Qt.Key.Key_Right, shift)
    assert pane.over_time.reading.startswith("18 points seen")
    with qtbot.waitSignal(pane.seek_requested) as sought:
        QTest.keyClick(pane, Qt.Key.Key_Return)
    assert sought.args == [6]


def test_where_the_future_is_hidden_the_axis_is_that_of_playback(pane, frame):
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
    pane.over_time.set_options(pane.over_time.options._replace(hides_future=True))
    assert pane.over_time.plot.scale.unit == "step"
    assert not pane.header.view_menu.axis.isEnabled()
    pane.over_time.set_options(pane.over_time.options._replace(hides_future=False))
    assert pane.over_time.plot.scale.unit == "gradient evaluations"
    assert pane.header.view_menu.units[AxisUnit.EVALUATIONS].isChecked()


def test_the_menu_chooses_it(pane):
    pane.header.view_menu.units[AxisUnit.POINTS].trigger()
    assert pane.over_time.options.unit is AxisUnit.POINTS
    pane.over_time.show_part((10.0, 40.0))
    assert "points seen 10 to 40 of 90" in pane.accessibleDescription()
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.EVALUATIONS))
    assert pane.over_time.part is None


def test_all_is_drawn_where_there_is_no_run(qtbot):
    empty = replace(EXPERIMENT, runs=())
    pane = CurvePane()
    pane.over_time.set_options(pane.over_time.options._replace(unit=AxisUnit.POINTS))
    pane.set_look(look_of(empty))
    pane.show_frame(frame_at(empty, 0, ()))
    expose(qtbot, pane)
    settle(pane.over_time.plot.plot)
    assert pane.over_time.plot.scale.unit == ""
