"""A unit of w is as long as a unit of b on every map of an exercise, whatever its size."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QDialog, QHBoxLayout, QWidget

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import OutcomePlan
from gdsim.core.exercises.run_settings import rates_of, starts_of
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.exercises.maps.map_paint import places_of
from gdsim.gui.exercises.maps.map_sheet import MapSheet
from gdsim.gui.exercises.marked_map import MapMark, MarkedMap
from gdsim.gui.style.theme import LIGHT, Look
from tests.gui.shared_window import shared
from tests.gui.windows import is_to_scale, plot_of, units_of

SIZES = ((760, 460), (470, 560), (420, 400))


class Around(QWidget):
    """Gives a map all of its room."""

    def __init__(self):
        super().__init__()
        self.map = MarkedMap()
        self.map.set_look(Look(LIGHT))
        QHBoxLayout(self).addWidget(self.map)


@pytest.fixture
def around(qtbot):
    made = Around()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "view_range",
    [
        ViewRange(),
        ViewRange(-2.0, 4.0, -9.0, 3.0),
        ViewRange(0.0, 5.0, -1.0, 1.0),
        ViewRange(0.0, 1.0, 0.0, 2.8),
    ],
)
def test_a_map_shows_its_range_to_scale(around, qtbot, size, view_range):
    points = load_scene(find_scene("first-neuron")).points
    shown = around.map
    around.resize(*size)
    shown.show_surface(sample_surface(points, view_range))
    box = plot_of(shown).getViewBox()

    def is_fitted():
        w, b = units_of(shown)
        (w_low, w_high), (b_low, b_high) = box.viewRange()
        # Nothing beyond the range but what belongs to the last pixel of one of its sides.
        beyond = (w_high - w_low - view_range.extent[0]) * w + (b_high - b_low - view_range.extent[1]) * b
        return w == pytest.approx(b, rel=1e-6) and -0.01 < beyond < 4.0

    qtbot.waitUntil(is_fitted)
    assert shown.is_equal


def test_a_text_beside_a_place_stays_on_the_map(around, qtbot):
    shown = around.map
    around.resize(600, 460)
    shown.show_surface(sample_surface(load_scene(find_scene("first-neuron")).points, ViewRange()))
    places = ((-5.9, 0.0, -1), (5.9, 0.0, 1), (0.0, 3.0, -1), (0.0, -3.0, 1))
    shown.set_marks([MapMark(w, b, "1", side=side) for w, b, side in places])
    place = plot_of(shown).place()
    boxes = [shown.text_box(mark, place) for mark in shown.marks]
    middles = [place.pixel(w, b).x() for w, b, _ in places]
    assert [box.left() > middle for box, middle in zip(boxes, middles, strict=True)] == [
        True,
        False,
        False,
        True,
    ]
    assert all(place.area.contains(box) for box in boxes)


def test_margins_give_way_where_there_is_less_room(around, qtbot):
    shown = around.map
    around.resize(900, 300)
    shown.show_surface(sample_surface(load_scene(find_scene("first-neuron")).points, ViewRange()))
    box = plot_of(shown).getViewBox()
    qtbot.waitUntil(lambda: shown.layout().contentsMargins().left() > 200)
    around.resize(300, 300)
    qtbot.waitUntil(lambda: around.width() == 300 and box.width() > 100)
    qtbot.waitUntil(lambda: units_of(shown)[0] == pytest.approx(units_of(shown)[1], rel=1e-6))


def test_what_would_be_a_sliver_fills_its_place(around, qtbot):
    points = load_scene(find_scene("first-neuron")).points
    shown = around.map
    around.resize(500, 400)
    shown.show_surface(sample_surface(points, ViewRange(-60.0, 60.0, 0.0, 2.0)))
    qtbot.waitUntil(lambda: plot_of(shown).getViewBox().height() > 200)
    assert not shown.is_equal


@pytest.mark.parametrize("name", ["quiz", "predict", "wrong_line"])
def test_exercises_begin_with_equal_axes(qtbot, name):
    first = load_scene(find_scene("first-neuron"))
    window, session = shared(qtbot, replace(first, view_range=ViewRange(-6.0, 6.0, -9.0, 5.0)))
    session.play(lambda head: head.seek(60))
    window.commands[name].trigger()
    dialog = next(one for one in window.findChildren(QDialog) if one.isVisible())
    qtbot.waitUntil(
        lambda: any(is_to_scale(one) for one in dialog.findChildren(MarkedMap) if one.isVisible())
    )
    assert all(is_to_scale(one) for one in dialog.findChildren(MarkedMap) if one.isVisible())
    dialog.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 3])
def test_maps_of_starts_are_to_scale_and_those_of_settings_fill_their_room(qapp, size, count):
    experiment = load_scene(find_scene("first-neuron"))
    experiment = replace(experiment, view_range=ViewRange(-6.0, 6.0, -9.0, 5.0))
    w, b = (MapAxis.of(one) for one in starts_of(experiment))
    eta = MapAxis.of(rates_of(experiment.runs[0])[0])
    room = QRectF(0.0, 0.0, *map(float, size))

    def places(x, y):
        plans = (OutcomePlan(experiment, experiment.runs[0], x, y, 10, 1e-3),) * count
        return places_of(room, MapSheet(plans, (), (), x, y), qapp.font())

    for place in places(w, b):
        assert place.width() / 12.0 == pytest.approx(place.height() / 14.0)
        assert room.contains(place)
    for place, filled in zip(places(w, b), places(w, eta), strict=True):
        if count == 1:
            assert filled.contains(place)
            assert min(filled.width() - place.width(), filled.height() - place.height()) == pytest.approx(0.0)
    assert places(w, eta) == places(replace(w, high=8.0), eta)
