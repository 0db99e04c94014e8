"""Runs that leave the map say so."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.map.offscreen_markers import MapExits, exit_words, exits_of
from gdsim.gui.paint.border_arrow import border_of
from tests.core.records import computed
from tests.gui.frames import altered, frame_at, look_of, scene
from tests.gui.windows import expose, plot_of

SMALL = ViewRange(-3.0, 1.0, -3.0, 1.0)
LOW, HIGH = np.array([-3.0, -3.0]), np.array([1.0, 1.0])


@pytest.fixture(scope="module")
def neuron():
    experiment = replace(scene("first-neuron"), view_range=SMALL)
    return experiment, computed(experiment)


def at(neuron, step):
    experiment, records = neuron
    return frame_at(experiment, step, records)


def test_runs_on_the_map_have_not_left_it(neuron):
    assert exits_of(at(neuron, 0), LOW, HIGH) == ()


def test_a_run_left_where_its_line_crosses_the_border(neuron):
    frame = at(neuron, 900)
    exits = exits_of(frame, LOW, HIGH)
    assert {one.run for one in exits} == {0, 1, 2}
    for one in exits:
        path = frame.views[one.run].path
        step = int(np.flatnonzero((path >= LOW).all(axis=1) & (path <= HIGH).all(axis=1))[-1])
        start, end = path[step], path[step + 1]
        crossing = LOW + one.border * (HIGH - LOW)
        along = (crossing - start) @ (end - start) / ((end - start) @ (end - start))
        assert 0.0 <= along <= 1.0
        np.testing.assert_allclose(start + along * (end - start), crossing, atol=1e-12)
        assert np.isclose(one.border, 0.0).any() or np.isclose(one.border, 1.0).any()
        np.testing.assert_allclose(LOW + one.head * (HIGH - LOW), path[-1])


def test_a_run_that_was_never_on_the_map_is_at_its_nearest_border(neuron):
    (one, *_) = exits_of(at(neuron, 0), np.array([3.0, -3.0]), np.array([5.0, 1.0]))
    np.testing.assert_allclose(one.border, [0.0, 0.25])


def test_a_run_far_beyond_the_map_is_drawn(qtbot, neuron):
    experiment, records = neuron
    pane = shown(qtbot, neuron, 900)
    p = records[0].until(records[0].last_step).p.copy()
    p[900] = 1e300, -1e300
    pane.show_frame(frame_at(experiment, 900, (altered(records[0], p=p), *records[1:])))
    assert not pane.grab().isNull()
    assert 0 in {one.run for one in pane.findChild(MapExits).exits}


@pytest.mark.parametrize(
    ("end", "border"),
    [((np.inf, 0.5), (1.0, 0.5)), ((0.5, -np.inf), (0.5, 0.0)), ((np.inf, np.inf), (1.0, 1.0))],
)
def test_a_run_that_is_as_far_away_as_floats_go_has_left_a_narrow_map_somewhere(end, border):
    way = np.array([(0.5, 0.5), end])
    np.testing.assert_allclose(border_of(way, np.array([True, False])), border)


def test_a_hidden_run_is_not_missed(neuron):
    frame = at(neuron, 900)
    hidden = tuple(replace(view, run=replace(view.run, hidden=True)) for view in frame.views)
    assert exits_of(replace(frame, views=hidden), LOW, HIGH) == ()


def test_one_run_is_named_with_its_place_and_several_are_counted(neuron):
    frame = at(neuron, 900)
    w, b = frame.views[1].p
    words = exit_words(frame.views[1:2], "Fit")
    assert words == f"Momentum is outside the map: w\xa0{w:.3g}, b\xa0{b:.3g} – Fit".replace(
        "b\xa0-", "b\xa0−"
    )
    assert exit_words(frame.views, "Fit") == "3 runs are outside the map – Fit"
    assert exit_words(frame.views) == "3 runs are outside the map"
    assert exit_words(()) == ""


def shown(qtbot, neuron, step):
    experiment, _ = neuron
    pane = ContourPane()
    pane.resize(420, 460)
    pane.set_look(look_of(experiment))
    pane.show_view_range(SMALL)
    pane.show_surface(sample_surface(experiment.points, SMALL))
    expose(qtbot, pane)
    pane.show_frame(at(neuron, step))
    return pane


def test_the_words_may_be_left_to_who_chose_the_part_of_the_plane(qtbot, neuron):
    pane = shown(qtbot, neuron, 900)
    exits = pane.findChild(MapExits)
    pictures = []
    for on in (True, False, True):
        pane.set_exit_words(on=on)
        pictures.append(exits.grab().toImage())
    assert exits.exits
    assert pictures[0] == pictures[2] != pictures[1]


def test_an_arrow_in_the_colour_of_the_run_stands_at_the_border(qtbot, neuron):
    pane = shown(qtbot, neuron, 900)
    glass = pane.findChild(MapExits)
    assert glass.isVisible()
    image = plot_of(pane).grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    ratio = image.devicePixelRatio()
    middle = np.array([glass.width() / 2, glass.height() / 2])
    for one, tip in zip(glass.exits, glass.places(), strict=True):
        inwards = middle - (tip.x(), tip.y())
        inwards = np.where(np.isclose(one.border, 0.0) | np.isclose(one.border, 1.0), np.sign(inwards), 0.0)
        place = np.array([tip.x(), tip.y()]) + 7.0 * inwards + (glass.x(), glass.y())
        got = QColor(image.pixel(*(int(value * ratio) for value in place)))
        wanted = QColor(look_of(neuron[0]).styles[one.run].colour)
        apart = max(abs(x - y) for x, y in zip(got.getRgb(), wanted.getRgb(), strict=True))
        assert apart < 70 or one is not glass.exits[-1]  # others may lie below the selected run's
    pane.show_frame(at(neuron, 0))
    assert not glass.isVisible()
