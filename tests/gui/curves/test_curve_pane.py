"""The curves: every number of a run over its steps, with a cursor, a veil, and a click that seeks."""

from dataclasses import replace
from html import unescape

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLabel, QToolButton

from gdsim.core.analysis import series
from gdsim.core.analysis.series import CurveKind
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.curves import curve_store, redraw_pace
from gdsim.gui.curves.curve_header import CurveOptions
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.curves.timeline import TimelineMark
from gdsim.gui.paint.budget import all_at_once
from gdsim.gui.paint.thin_curve import ThinPen
from gdsim.gui.style.theme import DARK, LIGHT
from gdsim.session.frame import Frame
from tests.core.records import FIRST_NEURON, computed, repeated
from tests.every import every, in_turn
from tests.gui.frames import altered, frame_at, look_of, scene, scribbles
from tests.gui.painted import painted_texts
from tests.gui.windows import cut_off_texts, expose, focus, in_window, pixels_of, settle, where

MOMENTUM, ADAM = 1, 5


# The kinds of curves that have the steps as their axis.
# Those of the limit come later: see `test_limit_curves`.
OVER_STEPS = [kind for kind in CurveKind if kind not in (CurveKind.CUT, CurveKind.LIMIT)]


@pytest.fixture(scope="module")
def records_of():
    return {name: (scene(name), computed(scene(name))) for name in ("stochastic", "sparse", "valley")}


@pytest.fixture
def shown(qtbot, records_of):
    """Return a function that shows a scene at a step."""
    pane = CurvePane()
    qtbot.addWidget(pane)
    pane.resize(560, 200)

    def show(name, step=30, selected=0, kind=CurveKind.LOSS, **changes):
        experiment, records = records_of[name]
        pane.set_look(look_of(experiment))
        frame = replace(frame_at(experiment, step, records), selected=selected, **changes)
        pane.show_frame(frame)
        pane.set_kind(kind)
        if not pane.isVisible():
            expose(qtbot, pane)
        return pane, frame

    return show


def at(pane, x):
    return where(pane.over_time.plot.plot, x, sum(pane.over_time.plot.box.viewRange()[1]) / 2)


def drawn(pane):
    return [curve.getData()[1] for curve in pane.over_time.plot.curves]


def choose(pane, text):
    box = pane.header.choice
    index = box.findText(text)
    assert index >= 0, [box.itemText(i) for i in range(box.count())]
    box.setCurrentIndex(index)
    box.activated.emit(index)


def tab(pane, name):
    return next(one for one in pane.header.findChildren(QToolButton) if one.text() == name)


def forbid_drawing(pane, monkeypatch):
    monkeypatch.setattr(pane.over_time.plot, "draw", lambda *values: pytest.fail("drawn anew"))


def test_a_layout_that_passes_several_sizes_draws_the_curves_once(shown, monkeypatch):
    pane, _ = shown("valley")
    plot, drawn_widths = pane.over_time.plot, []
    draw = plot.draw
    monkeypatch.setattr(
        plot, "draw", lambda *given, **named: (drawn_widths.append(plot.width()), draw(*given, **named))
    )
    for width in (700, 640, 580):
        pane.resize(width, 200)
    pixels_of(pane)
    assert drawn_widths == [580]


# ------------------------------------------------------------------------------------- playback


def test_a_click_seeks(shown, qtbot):
    pane, _ = shown("stochastic")
    with qtbot.waitSignal(pane.seek_requested) as sought:
        qtbot.mouseClick(pane.over_time.plot.plot.viewport(), Qt.MouseButton.LeftButton, pos=at(pane, 12.1))
    assert sought.args == [12]


def test_what_lies_ahead_is_veiled(shown):
    pane, frame = shown("stochastic", step=10)
    assert (pane.over_time.plot.now, pane.over_time.plot.end) == (10, frame.length)
    veiled, cursor = pixels_of(pane.over_time.plot.plot), at(pane, 10).x()
    pane.show_frame(replace(frame, cursor=frame.length))
    changed = (pixels_of(pane.over_time.plot.plot) != veiled).any(axis=(0, 2))
    assert not changed[: cursor - 8].any()
    # But for the markers, which stand elsewhere, everything ahead is paler.
    ahead = slice(cursor + 8, at(pane, frame.length).x() - 8)
    assert changed[ahead].mean() > 0.5
    assert (pixels_of(pane.over_time.plot.plot)[:, ahead] <= veiled[:, ahead] + 1).all()


@every("kind", OVER_STEPS)
def test_a_frame_of_playback_draws_no_curve_anew(shown, records_of, monkeypatch, kind):
    pane, _ = shown("sparse", step=10, selected=ADAM, kind=kind)
    with monkeypatch.context() as patch:
        forbid_drawing(pane, patch)
        pane.show_frame(replace(frame_at(*_at(records_of, "sparse", 11)), selected=ADAM))
    assert pane.over_time.plot.now == 11


def _at(records_of, name, step):
    experiment, records = records_of[name]
    return experiment, step, records


@every("kind", OVER_STEPS)
def test_the_markers_stand_on_their_curves(shown, kind):
    pane, _ = shown("sparse", step=20, selected=ADAM, kind=kind)
    for curve, (x, y) in zip(pane.over_time.plot.curves, pane.over_time.plot.heads, strict=True):
        steps, values = curve.getData()
        assert x == 20
        assert y == pytest.approx(values[list(steps).index(20)])


def test_at_the_start_what_is_not_known_yet_has_no_marker(shown):
    pane, _ = shown("valley", step=0, kind=CurveKind.GRADIENT)
    assert np.isnan([y for _, y in pane.over_time.plot.heads]).all()
    assert not pane.grab().isNull()


# --------------------------------------------------------------------------------------- the tabs


def test_the_loss_is_drawn_on_both_scales(shown):
    pane, frame = shown("stochastic", selected=2)
    loss = frame.views[2].whole.loss
    np.testing.assert_allclose(drawn(pane)[-1], np.log10(loss))  # the selected run lies on top
    pane.over_time.set_options(pane.over_time.options._replace(log=False))
    np.testing.assert_allclose(drawn(pane)[-1], loss)


def test_the_size_of_the_gradient_is_drawn_for_every_visible_run(shown):
    pane, frame = shown("stochastic", kind=CurveKind.GRADIENT)
    assert len(drawn(pane)) == 3
    g = frame.views[0].whole.gradient[1:]
    np.testing.assert_allclose(drawn(pane)[-1], np.log10(np.hypot(*g.T)))


def test_components_are_those_of_the_selected_run_and_may_be_negative(shown):
    pane, frame = shown("stochastic", selected=MOMENTUM, kind=CurveKind.GRADIENT)
    choose(pane, "components")
    np.testing.assert_allclose(drawn(pane), frame.views[MOMENTUM].whole.gradient[1:].T)
    assert not pane.header.view_menu.log.isEnabled()
    assert "negative" in pane.header.view_menu.log.toolTip()
    styles = {(line.style.colour, line.style.dash) for line in pane.over_time.lines}
    assert len(styles) == 2
    assert [line.label for line in pane.over_time.lines] == ["∇w", "∇b"]


def test_one_component_is_drawn_for_all_runs(shown):
    pane, frame = shown("sparse", kind=CurveKind.PARAMETERS)
    choose(pane, "b, all runs")
    assert len(drawn(pane)) == len(frame.views)
    np.testing.assert_allclose(drawn(pane)[-1], frame.views[0].whole.p[:, 1])


def test_memory_is_drawn_with_its_corrections(shown):
    pane, frame = shown("sparse", selected=ADAM, kind=CurveKind.MEMORY)
    assert [line.series.name for line in pane.over_time.lines] == ["m_w", "m_b", "m̂_w", "m̂_b"]
    choose(pane, "v and v hat")
    t = np.arange(1, 301)
    state = frame.views[ADAM].whole.state[1, 1:, 0]
    np.testing.assert_allclose(drawn(pane)[2], np.log10(state / (1 - 0.999**t)))


def test_a_rate_of_a_gradient_that_is_not_recorded_is_left_out_and_said_so(qtbot):
    lines = "look = w - 0.1*g\nh = grad(look)\nw_next = w - eta/(abs(g) + 0.1)*h"
    rule = replace(RULES["gd"], id="two", title="Two gradients", lines=lines)
    experiment = Experiment(
        FIRST_NEURON, PointSet.empty(), (Run(rule(), epochs=9), Run(RULES["gd"](), epochs=9))
    )
    pane = CurvePane()
    pane.set_look(look_of(experiment))
    pane.show_frame(frame_at(experiment, 5))
    pane.set_kind(CurveKind.RATE)
    in_window(qtbot, pane, width=600, height=300)
    words = pane.over_time.plot.findChild(QLabel)
    assert words.isVisible()
    assert words.text().startswith("The rate of Two gradients follows from a gradient that is not recorded")
    pane.set_kind(CurveKind.GRADIENT)
    assert not words.isVisible()
    assert pane.over_time.lines


def test_a_rule_without_memory_says_so_in_words(shown):
    pane, frame = shown("sparse", kind=CurveKind.MEMORY)
    words = pane.over_time.plot.findChild(QLabel)
    assert words.isVisible()
    assert words.text() == "Gradient descent remembers nothing: every step knows only its own gradient."
    assert drawn(pane) == []
    choose(pane, "v of w, all runs")
    assert not words.isVisible()
    assert len(drawn(pane)) == len(frame.views) - 1  # all but plain descent


def test_a_rule_with_one_rate_for_all_has_one_curve(shown):
    pane, frame = shown("sparse", kind=CurveKind.RATE)
    np.testing.assert_allclose(drawn(pane), np.log10([[0.1] * 300]))
    choose(pane, "η of w, all runs")
    assert len(drawn(pane)) == len(frame.views)


def test_what_was_chosen_stays_while_the_selected_run_has_it(shown, records_of):
    pane, frame = shown("sparse", selected=ADAM, kind=CurveKind.MEMORY)
    choose(pane, "v and v hat")
    pane.show_frame(replace(frame, selected=MOMENTUM))
    assert pane.header.choice.currentText() == "v"
    pane.show_frame(frame)
    assert pane.header.choice.currentText() == "v and v hat"


def test_a_selected_run_that_is_hidden_is_not_drawn(shown, records_of):
    experiment, _ = records_of["valley"]
    pane, frame = shown("valley", kind=CurveKind.PARAMETERS)
    views = (replace(frame.views[0], run=replace(experiment.runs[0], hidden=True)), *frame.views[1:])
    pane.show_frame(replace(frame, views=views))
    assert pane.over_time.plot.words.text() == "“Gradient descent” is hidden."
    pane.set_kind(CurveKind.LOSS)
    assert len(drawn(pane)) == 2


def test_tabs_are_reached_and_named(shown, qtbot):
    pane, _ = shown("valley")
    focus(qtbot, tab(pane, "Loss"))
    for name in ("Loss", "Gradient", "Parameters", "State", "Effective rate"):
        button = tab(pane, name)
        assert button.hasFocus()
        assert button.accessibleName() == f"Curves: {name}"
        qtbot.keyClick(button, Qt.Key.Key_Space)
        assert button.isChecked()
        qtbot.keyClick(button, Qt.Key.Key_Tab)
    assert pane.kind is CurveKind.RATE
    assert pane.accessibleName() == "Curves of the effective rate"


def test_nothing_is_cut_off_in_a_narrow_card(shown):
    pane, _ = shown("sparse", selected=ADAM)
    for kind in CurveKind:
        pane.set_kind(kind)
        assert not cut_off_texts(pane.header)


# ------------------------------------------------------------------------------------ reading off


def test_hovering_reads_every_line_and_leaving_none(shown, qtbot):
    pane, frame = shown("stochastic", selected=MOMENTUM)
    qtbot.mouseMove(pane.over_time.plot.plot.viewport(), at(pane, 20))
    qtbot.waitUntil(lambda: bool(pane.over_time.reading))
    assert pane.over_time.reading.startswith("step 20, update 2 of 2 in epoch 10:")
    for view in frame.views:
        assert f"{view.run.name} {view.whole.loss[20]:.5g}" in pane.over_time.reading
    assert pane.over_time.plot.readout.isVisible()
    assert pane.over_time.plot.hair == 20
    pane.over_time.plot.hovered.emit(np.nan)
    assert not pane.over_time.plot.readout.isVisible()


@every("kind", OVER_STEPS)
def test_the_box_of_values_fits_into_the_pane(shown, kind):
    pane, _ = shown("sparse", selected=ADAM, kind=kind)
    for step in (0, 150, 300):
        pane.over_time.plot.hovered.emit(float(step))
        box = pane.over_time.plot.readout
        assert box.isVisible()
        assert pane.over_time.plot.plot.rect().contains(box.geometry())
        assert not box.grab().isNull()


def test_long_names_of_many_runs_are_shortened_where_values_are_read(shown, records_of):
    pane, _ = shown("stochastic")
    experiment, _ = records_of["stochastic"]
    long = "a name <b>as long</b> as that"
    runs = [replace(run, name=f"Run {i} & {long}") for i, run in enumerate(experiment.runs * 4)]
    many = replace(experiment, runs=tuple(runs))
    pane.set_look(look_of(many))
    pane.show_frame(frame_at(many, 30))
    pane.over_time.plot.hovered.emit(20.0)
    readout = pane.over_time.plot.readout
    assert pane.over_time.plot.rect().contains(readout.geometry())
    texts = [unescape(name.text()) for name in readout.names]
    assert len(texts) == 12
    assert all(text.startswith("Run ") and " & a name" in text and text.endswith("…") for text in texts)


def test_epochs_are_counted_in_epochs(shown, qtbot):
    pane, frame = shown("stochastic", selected=MOMENTUM, by_epoch=True, cursor=15, length=30)
    x, _ = pane.over_time.plot.curves[0].getData()
    assert x[-1] == 30
    qtbot.mouseMove(pane.over_time.plot.plot.viewport(), at(pane, 10))
    qtbot.waitUntil(lambda: bool(pane.over_time.reading))
    assert pane.over_time.reading.startswith("epoch 10:")
    assert f"Momentum {frame.views[MOMENTUM].whole.loss[20]:.5g}" in pane.over_time.reading


# ------------------------------------------------------------------------------- rises and marks


def test_steps_that_raised_the_loss_are_marked_and_counted(shown):
    pane, frame = shown("stochastic", selected=MOMENTUM)
    loss = frame.views[MOMENTUM].whole.loss
    rose = np.flatnonzero(np.diff(loss) > 0.0) + 1
    x, _ = pane.over_time.plot.ticks[-1].getData()
    np.testing.assert_array_equal(x[::2], rose)
    assert pane.header.hint.whole() == "loss up in 13 of 60 steps"
    assert "Momentum: loss up in 13 of 60 steps." in pane.accessibleDescription()
    assert "Gradient descent: loss up in 0 of 60" in pane.accessibleDescription()
    assert len(pane.over_time.plot.ticks) == 2  # plain descent has none


def test_ticks_are_below_every_curve(shown):
    pane, _ = shown("stochastic")
    lowest = min(float(y.min()) for y in drawn(pane))
    assert max(float(tick.getData()[1].max()) for tick in pane.over_time.plot.ticks) <= lowest


def test_marks_stand_above_their_steps_and_seek(shown, qtbot):
    pane, frame = shown("stochastic", selected=MOMENTUM)
    strip = pane.over_time.strip
    assert not strip.isVisible()
    pane.over_time.set_marks([TimelineMark(20, 40, "u-turn", "accent", "It turned.")])
    qtbot.waitUntil(strip.isVisible)
    box = strip.box_of(0)
    assert box.left() == pytest.approx(at(pane, 20).x(), abs=1.5)
    with qtbot.waitSignal(pane.seek_requested) as sought:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert sought.args == [20]
    pane.show_frame(replace(frame, by_epoch=True, cursor=3, length=30))
    assert strip.box_of(0).left() == pytest.approx(at(pane, 10).x(), abs=1.5)
    with qtbot.waitSignal(pane.seek_requested) as sought:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.box_of(0).center().toPoint())
    assert sought.args == [10]
    # Of a mark that begins amid an epoch: the first epoch that ends within it, as on page Why.
    pane.over_time.set_marks([TimelineMark(21, 40, "u-turn", "accent", "It turned.")])
    with qtbot.waitSignal(pane.seek_requested) as sought:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.box_of(0).center().toPoint())
    assert sought.args == [11]
    pane.over_time.set_marks([])
    assert pane.over_time.strip.isVisible()  # so that the curves do not jump


# ---------------------------------------------------------------------------------- hard cases


@pytest.fixture
def lowered(shown, records_of):
    """Return a function that shows runs with other losses, and returns those of the first."""
    experiment, records = records_of["stochastic"]

    def show(lower):
        other = [altered(one, loss=lower(one.until(one.last_step).loss)) for one in records]
        pane, _ = shown("stochastic")
        pane.show_frame(frame_at(experiment, 30, other))
        assert not pane.grab().isNull()
        return pane, other[0].until(other[0].last_step).loss

    return show


def test_a_loss_of_zero_is_a_gap_on_the_logarithmic_scale(lowered):
    pane, loss = lowered(lambda loss: np.where(abs(np.arange(len(loss)) - 22) <= 2, 0.0, loss))
    first = drawn(pane)[-1]
    assert np.isnan(first[20:25]).all()
    np.testing.assert_allclose(np.delete(first, range(20, 25)), np.log10(np.delete(loss, range(20, 25))))
    pane.over_time.set_options(pane.over_time.options._replace(log=False))
    assert (drawn(pane)[-1][20:25] == 0.0).all()


def test_a_loss_below_0_is_drawn_wherever_the_run_went_for_it(lowered):
    # The surface that is drawn is nowhere below 0.
    pane, loss = lowered(lambda loss: loss - 1.3 * loss.min() - 0.5)
    assert (loss < 0.0).any()
    np.testing.assert_allclose(drawn(pane)[-1], loss)


def test_a_loss_below_what_rounding_leaves_is_no_level_line(lowered):
    pane, loss = lowered(lambda loss: np.where(np.arange(len(loss)) < 20, loss, 1e-30 * loss))
    np.testing.assert_allclose(drawn(pane)[-1], np.log10(loss))
    bottom, top = pane.over_time.plot.box.viewRange()[1]
    assert -26 < bottom < -18  # the rest of the plot keeps its room
    assert top > np.log10(loss[0])


def test_curves_of_rounding_errors_alone_have_all_the_room(lowered):
    pane, loss = lowered(lambda loss: 1e-30 * loss)
    bottom, top = pane.over_time.plot.box.viewRange()[1]
    assert bottom < np.log10(loss.min()) < np.log10(loss.max()) < top < -29


@every("log", [True, False])
def test_long_numbers_beside_losses_that_hardly_differ_have_room(lowered, qtbot, log):
    pane, _ = lowered(lambda loss: 1.25e7 + np.linspace(5.0, 0.0, len(loss)))
    pane.over_time.set_options(pane.over_time.options._replace(log=log))
    axis = pane.over_time.plot.plot.getAxis("left")
    ((_, ticks),) = axis.tickValues(*pane.over_time.plot.box.viewRange()[1], pane.over_time.plot.box.height())
    widest = max(map(QFontMetricsF(axis.font()).horizontalAdvance, axis.tickStrings(ticks, 1.0, 1.0)))
    assert len(ticks) > 1
    assert widest > 52  # the usual width
    qtbot.waitUntil(lambda: axis.width() > widest)


def test_losses_of_zero_alone_are_said_in_words(lowered):
    pane, _ = lowered(np.zeros_like)
    assert pane.over_time.plot.words.text() == "All values are 0, which a logarithmic scale cannot show."
    pane.over_time.set_options(pane.over_time.options._replace(log=False))
    assert not pane.over_time.plot.words.isVisible()


@every("value", [np.inf, np.nan])
def test_losses_none_of_which_is_finite_are_said_in_words(lowered, value):
    pane, _ = lowered(lambda loss: np.full_like(loss, value))
    for log in (True, False):
        pane.over_time.set_options(pane.over_time.options._replace(log=log))
        assert pane.over_time.plot.words.text() == "There is no finite number to draw here."


def test_runs_may_come_and_go(shown, records_of):
    pane, _ = shown("stochastic")
    experiment, records = records_of["stochastic"]
    for kind in CurveKind:
        pane.set_kind(kind)
        for times, count in ((1, 1), (2, len(experiment.runs)), (0, 0)):
            some = replace(experiment, runs=experiment.runs[:count] * times)
            pane.set_look(look_of(some, DARK))
            pane.show_frame(frame_at(some, 3, records[:count] * times))
            assert all(line.run < len(some.runs) for line in pane.over_time.lines)
            assert not pane.grab().isNull()


@every(("kind", "options"), in_turn(OVER_STEPS, [{}, {"hides_future": True}, {"log": False}]))
def test_other_colours_look_as_curves_that_are_drawn_in_them(shown, records_of, kind, options):
    experiment, _ = records_of["stochastic"]
    pane, _ = shown("stochastic", selected=1, kind=kind)
    pane.over_time.set_options(CurveOptions()._replace(means=True, **options))
    settle(pane.over_time.plot.plot)  # of other curves it is laid out otherwise
    for theme in (DARK, LIGHT):
        pane.set_look(look_of(experiment, theme))
        recoloured = pixels_of(pane)
        pane.over_time.outdated.emit()
        assert np.array_equal(recoloured, pixels_of(pane))


def test_colours_that_come_while_a_frame_of_other_runs_is_on_its_way_wait_for_it(shown, records_of):
    pane, _ = shown("stochastic")
    fewer = replace(records_of["stochastic"][0], runs=records_of["stochastic"][0].runs[:1])
    for theme in (LIGHT, DARK):
        pane.set_look(look_of(fewer, theme))
    pane.show_frame(frame_at(fewer, 3))
    pixels = pixels_of(pane)
    pane.over_time.outdated.emit()
    assert np.array_equal(pixels, pixels_of(pane))


def test_a_frame_that_comes_before_its_look_waits_for_it(shown, records_of):
    pane, _ = shown("stochastic")
    experiment, _ = records_of["stochastic"]
    more = replace(experiment, runs=experiment.runs * 2)
    pane.show_frame(frame_at(more, 3))
    pane.set_look(look_of(more))
    assert len(drawn(pane)) == 6


@every("kind", OVER_STEPS)
def test_a_run_of_huge_numbers_is_drawn(shown, kind):
    wild = Run(RULES["momentum"](eta=1e80, gamma=0.99), start=(0.1, 0.2), epochs=30)
    points = PointSet([1.0, 1e90], [1e60, 0.9])
    experiment = Experiment(points, PointSet.empty(), (wild,))
    pane, _ = shown("stochastic", kind=kind)
    pane.set_look(look_of(experiment))
    pane.show_frame(frame_at(experiment, 1))
    for log in (True, False):
        pane.over_time.set_options(pane.over_time.options._replace(log=log))
        assert not pane.grab().isNull()


def test_without_runs_words_take_the_place_of_numbers(shown, records_of):
    pane, _ = shown("stochastic")
    none = replace(records_of["stochastic"][0], runs=())
    pane.set_look(look_of(none))
    pane.show_frame(frame_at(none, 0))
    assert pane.over_time.plot.words.isVisible()
    assert pane.over_time.plot.words.text().startswith("There are no runs.")
    axes = [pane.over_time.plot.plot.getAxis(side) for side in ("left", "bottom")]
    assert not any(axis.style["showValues"] for axis in axes)
    shown("stochastic")
    assert not pane.over_time.plot.words.isVisible()
    assert all(axis.style["showValues"] for axis in axes)


def test_before_any_run_has_begun_nothing_is_drawn(shown):
    pane, _ = shown("stochastic")
    pane.show_frame(Frame(0, 0, by_epoch=False, views=(), selected=0))
    assert drawn(pane) == []


# --------------------------------------------------------------------------------------- growth


@pytest.fixture
def growing(shown, records_of):
    """Return a pane, and a function that shows a run of so many rows."""
    experiment, (record, *_) = records_of["valley"]
    one = replace(experiment, runs=experiment.runs[:1])
    trajectory = Trajectory(record.until(record.last_step))
    pane, _ = shown("valley")
    pane.set_look(look_of(one))

    def grow(rows, stop=None):
        trajectory.grow(rows, stop)
        pane.show_frame(frame_at(one, 5, (trajectory,)))
        return len(drawn(pane)[0])

    return pane, grow


def test_what_is_shown_already_is_not_drawn_anew(shown, monkeypatch):
    pane, _ = shown("stochastic")
    forbid_drawing(pane, monkeypatch)
    pane.set_kind(pane.kind)
    pane.over_time.set_options(pane.over_time.options)


def test_growing_runs_are_drawn_now_and_then_and_in_full_at_their_end(growing, records_of, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(redraw_pace.time, "perf_counter", lambda: now[0])
    pane, grow = growing
    assert grow(80) == 80
    assert grow(82) == 80  # a little growth may wait
    assert grow(90) == 90  # much may not,
    now[0] += 1.0
    assert grow(91) == 91  # nor after some time,
    assert pane.over_time.plot.scale.time.length == 90
    assert grow(93) == 91
    _, (record, *_) = records_of["valley"]
    assert grow(101, record.stop) == 101  # nor the end


def test_after_an_edit_the_picture_stays_until_the_new_run_is_there(shown, records_of, monkeypatch):
    now = [100.0]
    monkeypatch.setattr(redraw_pace.time, "perf_counter", lambda: now[0])
    experiment, (record, *_) = records_of["valley"]
    one = replace(experiment, runs=experiment.runs[:1])
    whole = record.until(record.last_step)
    pane, _ = shown("valley")
    pane.set_look(look_of(one))
    pane.show_frame(frame_at(one, 5, (record,)))
    hint, length = pane.header.hint.whole(), pane.over_time.plot.scale.time.length

    begun = Trajectory(whole)
    for rows in (1, 17):
        begun.grow(rows, None)
        pane.show_frame(frame_at(one, 5, (begun,)))
        assert (pane.header.hint.whole(), pane.over_time.plot.scale.time.length) == (hint, length)
    now[0] += 1.0  # of a long run it is shown how far it has come
    pane.show_frame(frame_at(one, 5, (begun,)))
    assert pane.over_time.plot.scale.time.length == 16
    begun.grow(101, record.stop)
    pane.show_frame(frame_at(one, 5, (begun,)))
    assert pane.over_time.plot.scale.time.length == length


def test_curves_that_have_grown_are_painted_once(growing, monkeypatch):
    pane, grow = growing
    grow(60)
    settle(pane.over_time.plot.plot)
    painted = []
    monkeypatch.setattr(ThinPen, "paint", lambda self, *_rest, **_more: painted.append(self))
    grow(100)
    settle(pane.over_time.plot.plot)
    assert len(painted) == len(pane.over_time.plot.curves) == 1


def test_steps_that_raised_the_loss_are_looked_for_once(growing, monkeypatch):
    compared, rises = [], series.rises
    monkeypatch.setattr(series, "rises", lambda loss: compared.append(len(loss) - 1) or rises(loss))
    _, grow = growing
    grow(60)
    grow(100)
    assert sum(compared) == 99


def test_frames_of_long_runs_read_one_step_and_draw_nothing(shown, records_of, monkeypatch):
    experiment, (record, *_) = records_of["valley"]
    whole, rows = record.until(record.last_step), 300_000
    trajectory = Trajectory(repeated(whole, rows), rows, record.stop)
    many = replace(experiment, runs=experiment.runs[:1] * 10)
    pane, _ = shown("valley", kind=CurveKind.GRADIENT)
    pane.set_look(look_of(many))
    with all_at_once():
        pane.show_frame(frame_at(many, 0, (trajectory,) * 10))
    forbid_drawing(pane, monkeypatch)
    read = []

    def extract(*values):
        read.append(values[-1].stop - values[-1].start)
        return curve_store_extract(*values)

    curve_store_extract = curve_store.extract
    monkeypatch.setattr(curve_store, "extract", extract)
    pane.show_frame(frame_at(many, 5000, (trajectory,) * 10))
    assert read == [1] * 10


@pytest.fixture
def crowd(qtbot):
    """Many points, over which the loss is not computed at every step."""
    rng = np.random.default_rng(1)
    run = Run(RULES["momentum"](eta=0.05), STOCHASTIC(), epochs=1)
    experiment = Experiment(PointSet(rng.normal(size=9000), rng.uniform(size=9000)), PointSet.empty(), (run,))
    pane = CurvePane()
    pane.resize(560, 200)
    pane.set_look(look_of(experiment))
    expose(qtbot, pane)
    return pane, experiment, computed(experiment)


def test_between_two_losses_the_marker_stands_at_the_last_one(crowd):
    pane, experiment, records = crowd
    loss = records[0].until(9000).loss
    frame = frame_at(experiment, 4013, records)
    pane.show_frame(frame)
    interval = frame.views[0].loss_interval
    step = 4013 - 4013 % interval
    assert interval > 1
    assert np.isnan(loss[4013])
    ((x, y),) = pane.over_time.plot.heads
    assert x == step
    assert 10**y == pytest.approx(loss[step])
    assert pane.header.hint.whole() == f"loss every {interval} steps"
    assert not pane.over_time.plot.ticks  # which steps raised the loss is not known


def test_under_the_mouse_an_earlier_loss_is_told_with_its_step(crowd, qtbot):
    pane, experiment, records = crowd
    frame = frame_at(experiment, 4013, records)
    pane.show_frame(frame)
    step = 4013 - 4013 % frame.views[0].loss_interval
    pane.over_time.plot.hovered.emit(4013.0)
    assert pane.over_time.reading.endswith(f"at {step:,}.")
    pane.over_time.plot.hovered.emit(float(step))
    assert " at " not in pane.over_time.reading


def test_the_small_marks_are_named(shown):
    pane, _ = shown("valley")
    words = pane.header.hint.toolTip()
    assert "Ticks below the curves: steps that raised the loss" in words
    assert "Marks above the curves: what the page Why says" in words
    pane.set_kind(CurveKind.GRADIENT)
    assert "Ticks" not in pane.header.hint.toolTip()
    assert "Marks above the curves" in pane.header.hint.toolTip()


@pytest.fixture
def read(monkeypatch):
    """Return a list of how many steps were read at once, each time that curves are read."""
    counts, extract = [], curve_store.extract

    def noted(kind, optimizer, record, steps):
        counts.append(steps.stop - steps.start)
        return extract(kind, optimizer, record, steps)

    monkeypatch.setattr(curve_store, "extract", noted)
    return counts


def test_another_pane_reads_no_run_again(qtbot, read):
    experiment, records = scene("valley"), computed(scene("valley"))
    pane = CurvePane()
    for one in (pane, pane.twin()):
        qtbot.addWidget(one)
        one.set_look(look_of(experiment))
        one.show_frame(frame_at(experiment, 30, records))
        if one is pane:
            assert max(read) == len(records[0])
            read.clear()
    assert read == []


def test_very_long_runs_are_read_over_several_pictures(qtbot, read):
    experiment, frame = scribbles(12, 40_000)
    pane = CurvePane()
    qtbot.addWidget(pane)
    pane.set_look(look_of(experiment))
    pane.show_frame(frame)
    assert 100_000 < sum(read) < 400_000
    qtbot.waitUntil(lambda: sum(read) >= 12 * 40_001)
    qtbot.waitUntil(lambda: all(len(curve.getData()[0]) > 100 for curve in pane.over_time.plot.curves))


def test_the_last_step_has_its_number_in_a_pane_of_any_width(shown, records_of):
    long = replace(scene("valley"), runs=(Run(RULES["gd"](), epochs=5000),))
    records_of["long"] = long, computed(long)
    pane, _ = shown("long", step=0)
    for width in range(480, 960, 40):
        pane.resize(width, 200)
        settle(pane.over_time.plot.plot)
        assert "5,000" in {one.text for one in painted_texts(pane)}, width
