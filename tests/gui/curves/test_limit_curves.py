"""The tab of the limit: computed beside the window, and drawn when it is there."""

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gdsim.core.analysis.curvature.limit_curve import limit_curve
from gdsim.core.analysis.series import CurveKind
from gdsim.core.engine.trajectory import RunStop, StopReason, Trajectory
from gdsim.core.model.point_loss import point_loss
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.curve_strokes import limit_stroke
from gdsim.gui.curves.time_view import TimeView
from gdsim.gui.style.theme import THEMES, run_styles
from tests.gui.frames import frame_at, frame_of_rule, look_of, scene
from tests.gui.windows import in_window


@pytest.fixture
def pane(qtbot):
    pane = CurvePane()
    pane.set_look(look_of(scene("valley")))
    pane.set_kind(CurveKind.LIMIT)
    return in_window(qtbot, pane, 700, 320)


def shown(qtbot, pane, name, step=30):
    experiment = scene(name)
    pane.set_look(look_of(experiment))
    frame = frame_at(experiment, step)
    pane.show_frame(frame)
    qtbot.waitUntil(lambda: not pane.over_time.limits.is_busy)
    return frame


def test_every_run_has_its_share_of_the_limit(qtbot, pane):
    frame = shown(qtbot, pane, "valley")
    points = frame.update.points
    assert len(pane.over_time.lines) == len(frame.views) > 1
    for line, curve in zip(pane.over_time.lines, pane.over_time.plot.curves, strict=True):
        view = frame.views[line.run]
        gauge = run_to_end(limit_curve(point_loss(points), view.run, view.whole)).gauge
        _, heights = curve.getData()
        np.testing.assert_allclose(heights[gauge > 0.0], np.log10(gauge[gauge > 0.0]))
    assert pane.over_time.plot.words.text() == ""
    assert pane.picture_in_words().startswith("step 30")


def test_the_limit_itself_is_a_line_at_one(qtbot, pane):
    shown(qtbot, pane, "valley")
    (line,) = pane.over_time.plot.behind
    np.testing.assert_allclose(line.getData()[1], [0.0, 0.0])


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_line_of_the_limit_is_taken_for_no_run(theme):
    limit = limit_stroke(TimeView(1), theme).style
    runs = run_styles([Run(RULES[rule]()) for rule in LECTURE_RULES], theme)
    shades = [QColor(run.colour).getRgb() for run in runs if run.dash]
    assert limit.dash
    assert shades
    assert min(math.dist(QColor(limit.colour).getRgb(), shade) for shade in shades) > 100


def test_values_are_read_at_a_step(qtbot, pane):
    frame = shown(qtbot, pane, "valley")
    pane.over_time.set_options(pane.over_time.options._replace(log=False))
    place, view = 60, frame.views[pane.over_time.lines[0].run]
    pane.over_time.plot.hovered.emit(float(place))
    gauge = run_to_end(limit_curve(frame.update.data, view.run, view.whole)).gauge
    assert f"{gauge[place]:.5g}" in pane.over_time.reading.replace("−", "-")


def test_while_a_run_grows_it_is_said_that_the_curve_is_to_come(qtbot, pane):
    frame = frame_at(scene("valley"), 30)
    views = tuple(replace(view, trajectory=Trajectory.of(view.whole)) for view in frame.views)
    pane.set_look(look_of(scene("valley")))
    pane.show_frame(replace(frame, views=views))
    assert not pane.over_time.limits.is_busy
    assert "when the runs are complete" in pane.over_time.plot.words.text()


def test_where_the_selected_run_has_no_step_it_is_said_why_no_limit_is_computed(pane):
    experiment = scene("valley")
    frame = replace(frame_at(experiment, 0), update=None)
    gone = RunStop(StopReason.DIVERGED, 1)
    start = replace(frame.views[0], trajectory=Trajectory(frame.views[0].whole, 1, gone))
    pane.set_look(look_of(experiment))
    pane.show_frame(replace(frame, views=(start, *frame.views[1:])))
    assert pane.over_time.plot.words.text() == f"There is no step to show. {gone.sentence}"


def test_a_rule_without_a_limit_has_no_curve_and_says_so(pane):
    frame = frame_of_rule("lion")
    pane.set_look(look_of(replace(scene("valley"), runs=tuple(view.run for view in frame.views))))
    pane.show_frame(frame)
    assert pane.over_time.lines == ()
    assert "not proportional to the gradient" in pane.over_time.plot.words.text()


def test_a_picture_has_the_curves_that_are_computed(qtbot, pane):
    frame = shown(qtbot, pane, "valley")
    twin = pane.twin()
    qtbot.addWidget(twin)
    twin.set_look(look_of(scene("valley")))
    twin.show_frame(frame)
    assert [len(curve.getData()[0]) for curve in twin.over_time.plot.curves] == [
        len(curve.getData()[0]) for curve in pane.over_time.plot.curves
    ]


def test_a_pane_may_go_while_curves_are_computed(qtbot):
    pane = CurvePane()
    pane.set_look(look_of(scene("adam-forgets")))
    pane.show_frame(frame_at(scene("adam-forgets"), 30))
    pane.set_kind(CurveKind.LIMIT)
    assert pane.over_time.limits.is_busy
    gone = []
    pane.destroyed.connect(lambda: gone.append(True))
    pane.deleteLater()
    qtbot.waitUntil(lambda: bool(gone))
