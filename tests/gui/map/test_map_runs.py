"""The runs on the map are painted on layers; what is on them must not depend on how playback came there."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.gui.map.map_runs import MapRows, MapRuns
from gdsim.gui.paint.budget import budget_of_picture
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import DARK
from tests.core.records import computed
from tests.every import every
from tests.gui.frames import altered, frame_at, look_of, scene
from tests.gui.windows import has_near, like, pixels_of

SIZE = 240
CARD = "#808080"


@pytest.fixture
def valley():
    return scene("valley")


def placed(window) -> PlotMapping:
    """Return where the window's places are on a square picture."""
    across, down = SIZE / (window.w_max - window.w_min), -SIZE / (window.b_max - window.b_min)
    shift = -across * window.w_min, -down * window.b_max
    return PlotMapping((across, down), shift, QRectF(0.0, 0.0, SIZE, SIZE), SIZE, SIZE)


def picture(runs, place):
    image = QImage(SIZE, SIZE, QImage.Format.Format_RGB32)
    image.fill(QColor(CARD))
    painter = QPainter(image)
    runs.paint(painter, place, budget_of_picture())
    painter.end()
    return pixels_of(image)


def shown(experiment, steps):
    runs = MapRuns()
    runs.set_look(look_of(experiment))
    records, place = computed(experiment), placed(experiment.view_range)
    for step in steps:
        runs.show_frame(frame_at(experiment, step, records))
        last = picture(runs, place)
    return last


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("way", [range(0, 301, 3), (300, 12, 299, 300), (600, 300)])
def test_a_step_looks_the_same_however_one_came_there(valley, way):
    at_once, step_by_step = shown(valley, [300]), shown(valley, way)
    painted = np.abs(at_once - int(CARD[1:3], 16)).max(axis=2) > 0
    assert painted.sum() > 1000
    # Where parts of a line meet, and in the dashes that begin there, single pixels may differ.
    assert np.abs(at_once - step_by_step).max(axis=2)[painted].mean() < 1.0


@pytest.mark.usefixtures("qapp")
def test_every_shown_run_ends_in_its_marker_and_a_hidden_one_is_not_painted(valley):
    runs = (valley.runs[0], replace(valley.runs[1], hidden=True))
    both, one = shown(valley, [200]), shown(replace(valley, runs=runs), [200])
    place = placed(valley.view_range)
    look = look_of(valley)
    for index, view in enumerate(frame_at(valley, 200).views[:2]):
        x, y = place.pixel(*view.place).toTuple()
        colour = look.styles[index].colour
        assert has_near(like(both, colour, 13), (x, y), 3)
        if index == 1:
            assert not has_near(like(one, colour, 13), (x, y), 3)


@pytest.mark.usefixtures("qapp")
def test_a_very_long_way_is_painted_in_pieces(valley, monkeypatch):
    """Qt takes seconds to stroke one that crosses itself again and again as a single shape."""
    pieces = []
    draw = QPainter.drawPolyline

    def counting(painter, points):
        pieces.append(len(points))
        draw(painter, points)

    monkeypatch.setattr(QPainter, "drawPolyline", counting)
    wild = replace(valley, runs=(Run(RULES["momentum"](eta=100.0, gamma=0.99), epochs=4000),))
    shown(wild, [4000])
    assert 0 < max(pieces) < 100


@pytest.mark.usefixtures("qapp")
@every("way", [(3000,), (2900, 3000), (3000, 2990, 2995), (3000, 1500)])
def test_of_a_scribble_that_is_first_seen_at_its_end_some_steps_are_painted(valley, way):
    calm = replace(valley, runs=(Run(RULES["gd"](eta=0.1), epochs=3000),))
    (record,) = computed(calm)
    window = valley.view_range
    low, high = (window.w_min, window.b_min), (window.w_max, window.b_max)
    wild = altered(record, p=np.random.default_rng(5).uniform(low, high, (3001, 2)))
    runs, place = MapRuns(), placed(window)
    runs.set_look(look_of(calm))
    for step in way:
        runs.show_frame(frame_at(calm, step, (wild,)))
        painted = picture(runs, place)
    assert (painted != int(CARD[1:3], 16)).any(axis=2).mean() > 0.5


@pytest.mark.usefixtures("qapp")
def test_a_step_of_playback_paints_the_end_of_a_long_way_alone(valley, monkeypatch):
    points = []
    draw = QPainter.drawPolyline

    def counting(painter, some):
        points.append(len(some))
        draw(painter, some)

    runs, records, place = MapRuns(), computed(valley), placed(valley.view_range)
    runs.set_look(look_of(valley))
    for step in range(201):
        runs.show_frame(frame_at(valley, step, records))
        if step == 200:
            monkeypatch.setattr(QPainter, "drawPolyline", counting)
        picture(runs, place)
    assert sum(points) < 25 * len(valley.runs)


@pytest.mark.usefixtures("qapp")
def test_runs_are_painted_where_and_in_the_colours_that_they_are_told(valley):
    runs, records, place = MapRuns(), computed(valley), placed(valley.view_range)
    runs.set_look(look_of(valley))
    runs.show_frame(frame_at(valley, 300, records))
    first = picture(runs, place)
    moved = place._replace(shift=(place.shift[0] + 20.0, place.shift[1]))
    assert np.abs(picture(runs, moved)[:, 60:] - first[:, 40:-20]).max() < 10
    runs.set_look(look_of(valley, DARK))
    assert (picture(runs, place) != first).any()
    runs.set_look(look_of(valley))
    np.testing.assert_allclose(picture(runs, place), first, atol=2)


def test_rows_outlive_what_is_painted_of_them(valley):
    view, other = frame_at(valley, 3).views[:2]
    place = placed(valley.view_range)
    rows = MapRows(place, view)
    assert rows.fit(place._replace(shift=(1.0, 2.0)), view)
    assert not rows.fit(place._replace(scale=(10.0, -9.0)), view)
    assert not rows.fit(place, other)
    assert not rows.fit(place, replace(view, axes=(-1, 0)))
