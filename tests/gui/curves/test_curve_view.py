"""How the curves are looked at: zoomed in time, over the logarithm of steps, as means, without future."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gdsim.core.analysis.series import CurveKind, trailing_means
from gdsim.core.engine.trajectory import Trajectory
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.curve_store import CurveStore
from gdsim.gui.curves.curve_words import value_text
from gdsim.gui.curves.time_view import TimeView
from gdsim.gui.curves.timeline import TimelineMark
from tests.core.records import computed, repeated
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import double_click, expose, pixels_of, settle, wheel, where

MOMENTUM = 1


@pytest.fixture(scope="module")
def stochastic():
    experiment = scene("stochastic")
    return experiment, computed(experiment)


@pytest.fixture
def shown(qtbot, stochastic):
    experiment, records = stochastic
    pane = CurvePane()
    pane.resize(700, 240)
    pane.set_look(look_of(experiment))
    frame = frame_at(experiment, 30, records)
    pane.show_frame(frame)
    expose(qtbot, pane)
    return pane, frame


def at(pane, step):
    across = pane.over_time.plot.scale.time.across(float(step))
    return where(pane.over_time.plot.plot, across, sum(pane.over_time.plot.box.viewRange()[1]) / 2)


def turn_wheel(pane, step, notches):
    wheel(pane.over_time.plot.plot.viewport(), at(pane, step), notches)
    settle(pane.over_time.plot.plot)


def drag(pane, first, last, modifier=Qt.KeyboardModifier.NoModifier):
    viewport, left = pane.over_time.plot.plot.viewport(), Qt.MouseButton.LeftButton
    start, end = at(pane, first), at(pane, last)
    QTest.mousePress(viewport, left, modifier, start)
    for share in (0.3, 0.7, 1.0):
        QTest.mouseMove(viewport, start + (end - start) * share)
        QTest.qWait(30)  # pyqtgraph leaves out what comes faster
    QTest.mouseRelease(viewport, left, modifier, end)
    settle(pane.over_time.plot.plot)


# --------------------------------------------------------------------------------------------- zoom


@pytest.mark.parametrize("log", [False, True])
def test_the_wheel_zooms_about_the_mouse(shown, log):
    pane, _ = shown
    pane.over_time.set_options(pane.over_time.options._replace(log_time=log))
    settle(pane.over_time.plot.plot)
    pixel = at(pane, 20).x()
    turn_wheel(pane, 20, 3)
    first, last = pane.over_time.part
    assert 0 < first < 20 < last < 60
    assert abs(at(pane, 20).x() - pixel) <= 1
    turn_wheel(pane, 20, 2)
    assert abs(at(pane, 20).x() - pixel) <= 1
    turn_wheel(pane, 20, -9)
    assert pane.over_time.part is None


def test_dragging_with_shift_chooses_a_part(shown):
    pane, _ = shown
    drag(pane, 15, 35, Qt.KeyboardModifier.ShiftModifier)
    assert pane.over_time.part == pytest.approx((15, 35), abs=0.5)


def test_dragging_goes_to_steps_while_all_are_shown_and_else_moves_the_view(shown):
    pane, _ = shown
    sought = []
    pane.seek_requested.connect(sought.append)
    drag(pane, 40, 30)
    assert sought[-1] == 30
    sought.clear()
    pane.over_time.show_part((20, 40))
    drag(pane, 38, 28)
    assert pane.over_time.part == pytest.approx((30, 50), abs=0.7)
    drag(pane, 32, 49)
    assert pane.over_time.part == pytest.approx((13, 33), abs=0.9)
    assert sought == []


def test_a_double_click_shows_all(shown, qtbot):
    pane, _ = shown
    pane.over_time.show_part((20, 40))
    settle(pane.over_time.plot.plot)
    viewport = pane.over_time.plot.plot.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at(pane, 30))
    double_click(qtbot, viewport, at(pane, 30))
    qtbot.waitUntil(lambda: pane.over_time.part is None)


def test_where_playback_counts_otherwise_all_is_shown(shown):
    """Steps 20 to 25 are not the epochs 20 to 25."""
    pane, frame = shown
    pane.over_time.show_part((20, 25))
    pane.over_time.plot.hovered.emit(22.0)
    pane.show_frame(replace(frame, by_epoch=True, cursor=15, length=30))
    assert pane.over_time.part is None
    assert pane.over_time.reading == ""


def test_keys_zoom_and_the_view_follows_what_is_read(shown, qtbot):
    pane, _ = shown
    pane.setFocus()
    for _ in range(4):
        qtbot.keyClick(pane, Qt.Key.Key_Plus)
    first, last = pane.over_time.part
    assert first < 30 < last < 50
    for _ in range(30):
        qtbot.keyClick(pane, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pane.over_time.reading.startswith("step 59")
    assert pane.over_time.part[0] < 59 <= pane.over_time.part[1]
    assert pane.over_time.part[1] - pane.over_time.part[0] == pytest.approx(last - first)
    qtbot.keyClick(pane, Qt.Key.Key_Minus)
    assert pane.over_time.part[1] - pane.over_time.part[0] > last - first
    qtbot.keyClick(pane, Qt.Key.Key_0)
    assert pane.over_time.part is None


def test_the_view_follows_playback(shown, stochastic):
    pane, _ = shown
    pane.over_time.show_part((10, 20))
    pane.show_frame(replace(frame_at(stochastic[0], 25, stochastic[1]), playing=False))
    assert pane.over_time.part == (10, 20)
    pane.show_frame(replace(frame_at(stochastic[0], 26, stochastic[1]), playing=True))
    assert pane.over_time.part[0] < 26 < pane.over_time.part[1]
    assert pane.over_time.part[1] - pane.over_time.part[0] == pytest.approx(10)


def test_it_is_said_which_steps_are_shown(shown):
    pane, _ = shown
    pane.over_time.show_part((10, 25))
    assert pane.header.hint.whole() == "steps 10 to 25 of 60"
    assert "steps 10 to 25 of 60." in pane.accessibleDescription()
    menu = pane.header.view_menu
    assert menu.show_all.isEnabled()
    menu.show_all.trigger()
    assert pane.over_time.part is None
    assert not menu.show_all.isEnabled()
    menu.zoom_in.trigger()
    assert pane.over_time.part is not None


def test_each_switch_of_the_menu_changes_how_the_curves_are_drawn(shown):
    pane, _ = shown
    for option in ("log", "log_time", "means", "hides_future"):
        action = getattr(pane.header.view_menu, {"hides_future": "future"}.get(option, option))
        assert action.isEnabled()
        before = pane.over_time.options
        for changed in (before._replace(**{option: not getattr(before, option)}), before):
            action.trigger()
            assert pane.over_time.options == changed
            assert action.isChecked() is getattr(changed, option)


def test_of_a_part_its_values_alone_decide_how_high_the_plot_is(shown):
    pane, frame = shown
    pane.over_time.show_part((5, 15))
    low, high = pane.over_time.plot.box.viewRange()[1]
    losses = np.log10([view.whole.loss[4:17] for view in frame.views])
    assert low < losses.min() < losses.max() < high
    assert high - low < 3 * (losses.max() - losses.min())


def test_marks_stand_above_their_steps_in_a_part_too(shown, qtbot):
    pane, _ = shown
    pane.over_time.set_marks(
        [TimelineMark(2, 8, "a", "accent", "A."), TimelineMark(20, 50, "b", "accent", "B.")]
    )
    pane.over_time.show_part((10, 30))
    settle(pane.over_time.plot.plot)
    assert pane.over_time.strip.shown() == [1]
    box = pane.over_time.strip.box_of(1)
    assert box.left() == pytest.approx(at(pane, 20).x(), abs=1.5)
    assert box.right() == pytest.approx(pane.over_time.plot.ends()[1], abs=1.5)


def test_a_view_of_steps_that_are_there_no_more_ends(shown):
    pane, frame = shown
    pane.over_time.show_part((40, 60))
    pane.show_frame(replace(frame, length=50))
    assert pane.over_time.part is None


@given(
    st.floats(3, 1e7),
    st.booleans(),
    st.lists(st.tuples(st.floats(0, 1), st.floats(0.2, 4), st.floats(-1, 1)), max_size=8),
)
@settings(max_examples=60, deadline=None)
def test_any_zooming_stays_within_what_there_is(length, log, moves):
    view = TimeView(length, log)
    for around, factor, by in moves:
        view = view._replace(part=view.zoomed(around * length, factor))
        view = view._replace(part=view.moved(by * view.places[1]))
        first, last = view.ends
        assert -1e-9 <= first < last <= length * (1 + 1e-9)
        assert view.part is None or last - first >= 2.0 - 1e-6
        for step in (first, last):
            assert view.step_at(float(view.across(step))) == pytest.approx(step, rel=1e-9, abs=1e-9)


# ---------------------------------------------------------------------------------- thinned, zoomed


@pytest.fixture(scope="module")
def million(stochastic):
    """A record of a million steps, with a peak at one of them and a valley at another."""
    experiment, (record, *_) = stochastic
    rows = 1_000_000
    made = repeated(record.until(record.last_step), rows)
    loss = np.random.default_rng(0).uniform(0.2, 0.4, rows)
    loss[500_123], loss[777_777] = 30.0, 0.001
    trajectory = Trajectory(made._replace(loss=loss), rows, record.stop)
    one = replace(experiment, runs=experiment.runs[:1])
    return frame_at(one, 0, (trajectory,)).views[0], loss


@pytest.mark.parametrize(
    "within", [slice(499_000, 501_000), slice(400_000, 600_000), slice(0, 999_000), slice(777_000, 778_000)]
)
def test_no_peak_of_a_part_is_lost(million, within):
    view, loss = million
    store = CurveStore()
    steps, drawn = store.line(view, CurveKind.LOSS, 0, 700, within)
    np.testing.assert_array_equal(drawn, loss[steps])
    assert (np.diff(steps) > 0).all()
    inside = drawn[(steps >= within.start) & (steps < within.stop)]
    assert inside.max() == loss[within].max()
    assert inside.min() == loss[within].min()
    # About two values for a column of pixels: no coarser, and not many times finer.
    assert min(700, within.stop - within.start) <= len(inside) <= 4 * 700 + 1200


def test_few_steps_of_a_million_are_drawn_one_by_one(million):
    view, loss = million
    steps, drawn = CurveStore().line(view, CurveKind.LOSS, 0, 700, slice(500_100, 500_300))
    np.testing.assert_array_equal(steps, np.arange(500_100, 500_300))
    np.testing.assert_array_equal(drawn, loss[500_100:500_300])


def test_means_of_a_part_are_those_of_the_whole(million):
    view, loss = million
    view = replace(view, clock=view.clock._replace(per_epoch=1000))
    steps, drawn = CurveStore().line(view, CurveKind.LOSS, 0, 700, slice(500_900, 501_200), means=True)
    want = [loss[step - 999 : step + 1].mean() for step in steps]
    np.testing.assert_allclose(drawn, want, rtol=1e-12)


# ------------------------------------------------------------------------------------ logarithmic time


def test_on_a_logarithmic_axis_steps_stand_at_their_logarithms(shown):
    pane, _ = shown
    pane.over_time.set_options(pane.over_time.options._replace(log_time=True))
    x, _ = pane.over_time.plot.curves[0].getData()
    np.testing.assert_allclose(x, np.log10(1.0 + np.arange(61)))
    axis = pane.over_time.plot.plot.getAxis("bottom")
    ((_, ticks),) = axis.tickValues(*pane.over_time.plot.box.viewRange()[0], 700)
    assert axis.tickStrings(ticks, 1.0, 1.0) == ["0", "1", "2", "5", "10", "20", "50"]
    assert ticks == pytest.approx([math.log10(1 + step) for step in (0, 1, 2, 5, 10, 20, 50)])


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("part", [None, (100, 104), (99_990, 100_000), (3, 90_000)])
def test_numbers_of_steps_are_whole_and_each_stands_once(shown, log, part):
    axis = shown[0].over_time.plot.plot.getAxis("bottom")
    axis.set_log(log=log)
    view = TimeView(100_000, log, part)
    ((_, ticks),) = axis.tickValues(*view.places, 700)
    texts = axis.tickStrings(ticks, 1.0, 1.0)
    assert len(texts) == len(set(texts)) > 1
    for tick, text in zip(ticks, texts, strict=True):
        assert view.step_at(tick) == pytest.approx(int(text.replace(",", "")), abs=1e-6)


def test_a_click_goes_to_its_step_on_a_logarithmic_axis_too(shown, qtbot):
    pane, _ = shown
    pane.over_time.set_options(pane.over_time.options._replace(log_time=True))
    settle(pane.over_time.plot.plot)
    with qtbot.waitSignal(pane.seek_requested) as sought:
        qtbot.mouseClick(pane.over_time.plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(pane, 7))
    assert sought.args == [7]


# ------------------------------------------------------------------------------------------ means


@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 2**31))
@settings(max_examples=60, deadline=None)
def test_means_are_of_the_latest_values_that_are_known(length, width, seed):
    rng = np.random.default_rng(seed)
    values = 10.0 ** rng.uniform(-12, 3, (2, length))
    values[rng.random((2, length)) < 0.2] = np.nan
    for row, means in zip(values, trailing_means(values, width), strict=True):
        for at, mean in enumerate(means):
            known = [one for one in row[max(0, at - width + 1) : at + 1] if one == one]  # noqa: PLR0124
            assert mean == pytest.approx(math.fsum(known) / len(known), rel=1e-12) if known else mean != mean  # noqa: PLR0124


def test_means_are_drawn_before_the_pale_values_of_every_step(shown):
    pane, frame = shown
    pane.over_time.set_options(pane.over_time.options._replace(log=False))
    pane.over_time.set_options(pane.over_time.options._replace(means=True))
    view = frame.views[MOMENTUM]
    loss, width = view.whole.loss, view.clock.per_epoch
    line = [line.run for line in pane.over_time.lines].index(MOMENTUM)
    means = pane.over_time.plot.curves[line].getData()[1]
    np.testing.assert_allclose(means, [loss[max(0, t - width + 1) : t + 1].mean() for t in range(61)])
    assert len(pane.over_time.plot.behind) == sum(one.clock.per_epoch > 1 for one in frame.views)
    np.testing.assert_allclose(pane.over_time.plot.behind[line].getData()[1], loss)
    assert pane.over_time.plot.note == "lines: mean over the last epoch · pale, box: every step"
    said = pane.over_time.picture_in_words()
    name, cursor = view.run.shown_name, view.step
    assert f"{name} {value_text(float(loss[cursor]))}" in said
    assert f"{name} {value_text(float(means[cursor]))}" not in said
    pane.over_time.set_options(pane.over_time.options._replace(means=False))
    assert pane.over_time.plot.behind == []
    assert pane.over_time.plot.note == ""


def test_a_run_over_all_points_has_no_means(qtbot):
    experiment = scene("valley")
    pane = CurvePane()
    qtbot.addWidget(pane)
    pane.set_look(look_of(experiment))
    pane.over_time.set_options(pane.over_time.options._replace(means=True))
    pane.show_frame(frame_at(experiment, 5))
    assert pane.over_time.plot.behind == []
    assert not pane.header.view_menu.means.isEnabled()


# ---------------------------------------------------------------------------------------- the future


def test_nothing_tells_of_a_future_that_is_hidden(shown, stochastic):
    pane, _ = shown
    pane.over_time.set_marks(
        [TimelineMark(2, 50, "a", "accent", "A."), TimelineMark(40, 50, "b", "accent", "B.")]
    )
    pane.over_time.set_options(pane.over_time.options._replace(hides_future=True))
    pictures = []
    for lift in (1.0, 2.0):  # two pasts alike, and two futures that are not
        altered = []
        for record in stochastic[1]:
            whole = record.until(record.last_step)
            loss = whole.loss.copy()
            loss[31:-1] = 0.01 + lift * (loss[31:-1] - 0.01).clip(0.0, 0.1)
            altered.append(Trajectory(whole._replace(loss=loss), len(record), record.stop))
        pane.show_frame(frame_at(stochastic[0], 30, tuple(altered)))
        pictures.append(pixels_of(pane.over_time.plot.plot))
    assert (pictures[0] == pictures[1]).all()
    assert pane.header.hint.whole() == ""
    assert pane.over_time.strip.shown() == [0]
    assert pane.over_time.strip.box_of(0).right() == pytest.approx(at(pane, 30).x(), abs=1.5)
    assert "B." not in pane.over_time.strip.accessibleDescription()
    pane.over_time.plot.hovered.emit(31.0)
    assert pane.over_time.reading == ""
    pane.over_time.plot.hovered.emit(30.0)
    assert pane.over_time.reading


def test_the_scale_does_not_tell_of_a_future_that_is_hidden(shown, stochastic):
    pane, _ = shown
    pane.over_time.set_options(pane.over_time.options._replace(hides_future=True))
    experiment, records = stochastic
    for log in (True, False):
        pane.over_time.set_options(pane.over_time.options._replace(log=log))
        for step in (0, 10, 30, 60, 20, 0):  # also back again
            ranges = []
            for factor in (1.0, 1e-3, 1e3):  # the same past, and three futures
                altered = []
                for record in records:
                    whole = record.until(record.last_step)
                    loss = whole.loss.copy()
                    loss[step + 1 :] *= factor
                    altered.append(Trajectory(whole._replace(loss=loss), len(record), record.stop))
                pane.show_frame(frame_at(experiment, step, tuple(altered)))
                ranges.append(pane.over_time.plot.box.viewRange()[1])
                low, high = ranges[-1]
                assert all(low <= y <= high for _, y in pane.over_time.plot.heads)
            assert ranges[0] == ranges[1] == ranges[2], (log, step)


def test_names_of_curves_stand_at_their_present_values_while_the_future_is_hidden(shown, stochastic):
    pane, _ = shown
    pane.set_kind(CurveKind.PARAMETERS)
    pane.over_time.set_options(pane.over_time.options._replace(hides_future=True))
    for step in (5, 40):
        pane.show_frame(frame_at(*_at(stochastic, step)))
        labels = [value for value, *_ in pane.over_time.plot.plot.getAxis("right").labels]
        assert labels == pytest.approx([y for _, y in pane.over_time.plot.heads])


def _at(stochastic, step):
    return stochastic[0], step, stochastic[1]


def test_another_pane_looks_alike(shown, qtbot):
    pane, _ = shown
    pane.over_time.set_options(pane.over_time.options._replace(log_time=True, means=True, hides_future=True))
    pane.over_time.show_part((10, 20))
    twin = pane.twin()
    qtbot.addWidget(twin)
    assert (twin.over_time.options, twin.over_time.part) == (pane.over_time.options, (10, 20))
    assert twin.over_time.plot.hides_future
