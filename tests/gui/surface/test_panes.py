"""Both ways of drawing the surface: they have one face, and show the same."""

import gc
import subprocess
import sys
import weakref
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.plane import Plane
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice, drawing_of
from gdsim.gui.paint.place_box import PlaceReading
from gdsim.gui.style.colours import colours_of, tones_of
from gdsim.gui.style.theme import DARK, LIGHT, THEMES
from gdsim.gui.surface import painter, surface_view
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.surface.projection import HOME, TOP
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.gui.surface.terrain import hidden_places
from tests.core.planes import of_w_and_b
from tests.core.records import computed
from tests.every import every
from tests.gui.frames import altered, frame_at, look_of, scene
from tests.gui.windows import double_click, expose, like, pixels_of, rgb_of, wheel

KINDS = ("painter", "opengl")


@pytest.fixture(scope="module")
def neuron():
    """The lecture's first neuron, with a run of plain descent and one of momentum."""
    runs = Run(RULES["gd"](), epochs=1000), Run(RULES["momentum"](), epochs=1000)
    experiment = replace(scene("first-neuron"), runs=runs)
    return experiment, computed(experiment), sample_surface(experiment.points, experiment.view_range)


def made(kind, request):
    if kind == "painter":
        return SurfacePainter()
    support = request.getfixturevalue("opengl")
    request.getfixturevalue("monkeypatch").setattr(surface_view, "probe_opengl", lambda: support)
    return SurfaceView(allowed=True)


def shown(pane, qtbot, size=(400, 460)):
    pane.resize(*size)
    expose(qtbot, pane)
    pane.clearFocus()  # it would have a ring
    return pane


@pytest.fixture(params=KINDS)
def empty(request, qtbot):
    """A pane that was told nothing yet."""
    return shown(made(request.param, request), qtbot)


@pytest.fixture
def pane(empty, neuron):
    """A pane with the surface of the first neuron, and the runs after 60 steps."""
    experiment, records, surface = neuron
    empty.set_look(look_of(experiment))
    empty.show_surface(surface)
    empty.show_frame(frame_at(experiment, 60, records))
    return empty


def at(pixels, place: QPointF):
    return pixels[int(place.y()), int(place.x())]


def between_marks(pane, view):
    """Return where a run's steps are shown, but for those that its markers and the minimum's name cover."""
    steps = zip(view.path.tolist(), view.past.loss.tolist(), strict=True)
    places = [pane.pixel_of(*p, loss) for p, loss in steps]
    ends = places[0], places[-1]
    free = [place for place in places if all((place - end).manhattanLength() > 14 for end in ends)]
    label = pane.over.minimum_names.labels[0]
    around = label.plate.united(QRectF(label.place, label.place)).adjusted(-8, -8, 8, 8)
    return [place for place in free if not around.contains(place)]


# ------------------------------------------------------------------ what is drawn


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_the_surface_stands_on_the_card_in_the_colours_of_the_loss(pane, neuron, theme):
    experiment, _, surface = neuron
    pane.set_look(look_of(experiment, theme))
    pixels = pixels_of(pane)
    corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners == rgb_of(theme.card)).all()
    colourful = np.ptp(pixels, axis=-1) > 60
    assert 0.15 < colourful.mean() < 0.8
    # Yellow on the hill, violet in the valley.
    i, j = np.unravel_index(np.argmax(surface.loss), surface.loss.shape)
    top = at(pixels, pane.pixel_of(surface.w[i], surface.b[j] - 0.3, surface.loss[i, j - 3]))
    assert top[0] > 150
    assert top[2] < 120


def test_from_the_top_it_has_the_very_colours_of_the_map(pane, neuron):
    experiment, _, surface = neuron
    pane.show_frame(replace(frame_at(experiment, 0, neuron[1]), views=()))
    pane.top_view()
    pixels = pixels_of(pane)
    rng = np.random.default_rng(0)
    w, b = rng.uniform(-5.5, 5.5, (2, 200))
    loss = surface.loss_at(w, b)
    wanted = colours_of(surface.shade.fraction(loss))[:, :3]
    found = [at(pixels, pane.pixel_of(*place)) for place in zip(w, b, loss, strict=True)]
    # Contour lines cover some.
    assert np.median(np.abs(np.array(found) - wanted).max(axis=1)) < 12


def test_contour_lines_run_where_the_loss_is_theirs(pane, neuron):
    experiment, records, surface = neuron
    pane.show_frame(replace(frame_at(experiment, 0, records), views=()))
    pane.top_view()
    pixels = pixels_of(pane)
    for contour in surface.contours[::3]:
        place = np.array([surface.shade.fraction(np.array(contour.level))])
        (plain,), (tone,) = colours_of(place)[:, :3].astype(float), tones_of(place, dark=False).astype(float)
        points = contour.lines[np.isfinite(contour.lines[:, 0])][4:-4:5]
        drawn = np.array([at(pixels, pane.pixel_of(w, b, contour.level)) for w, b in points])
        # How far from the colour of the loss to that of its line: the line is a pixel wide.
        assert np.mean((drawn - plain) @ (tone - plain)) > 0.25 * np.sum((tone - plain) ** 2)


@every("step", [0, 40, 60, 300])
def test_the_current_point_is_where_the_projection_says(pane, neuron, step):
    experiment, records, _ = neuron
    frame = frame_at(experiment, step, records)
    pane.show_frame(frame)
    current = frame.current
    place = pane.pixel_of(current.p[0], current.p[-1], current.loss)
    wanted = rgb_of(look_of(experiment).styles[frame.selected].colour)
    assert np.abs(at(pixels_of(pane), place) - wanted).max() <= 30


def test_the_selected_run_has_the_larger_marker_and_lies_on_top(pane, neuron):
    experiment, records, _ = neuron
    colours = [style.colour for style in look_of(experiment).styles]
    for selected in range(2):
        pane.show_frame(replace(frame_at(experiment, 0, records), selected=selected, update=None))
        pixels = pixels_of(pane)
        areas = [like(pixels, colour, 12).sum() for colour in colours]
        assert areas[selected] > 100
        assert areas[selected] > 2 * areas[1 - selected], "both stand at the start"


def test_a_run_leaves_a_line_of_its_colour_on_the_surface(pane, neuron):
    experiment, records, _ = neuron
    frame = frame_at(experiment, 75, records)
    pane.show_frame(replace(frame, views=frame.views[:1]))
    pixels = pixels_of(pane)
    places = between_marks(pane, frame.views[0])
    line = like(pixels, look_of(experiment).styles[0].colour, 40)
    halo = like(pixels, LIGHT.halo, 70)
    assert len(places) > 10
    assert np.mean([at(line, place) for place in places]) > 0.9
    around = [QPointF(x, y) for x in (-2.5, 0.0, 2.5) for y in (-2.5, 0.0, 2.5)]
    set_off = [any(at(halo, place + beside) for beside in around) for place in places]
    assert np.mean(set_off) > 0.8, "its halo sets it off"


def test_lines_differ_in_their_dashes_too(pane, neuron):
    experiment, records, _ = neuron
    frame = frame_at(experiment, 75, records)
    shares = []
    for index in range(2):
        alone = tuple(
            replace(view, run=replace(view.run, hidden=number != index))
            for number, view in enumerate(frame.views)
        )
        pane.show_frame(replace(frame, views=alone, selected=index))
        line = like(pixels_of(pane), look_of(experiment).styles[index].colour, 40)
        shares.append(np.mean([at(line, place) for place in between_marks(pane, frame.views[index])]))
    assert shares[0] > 0.95, "plain descent is a solid line"
    assert 0.25 < shares[1] < 0.9, "momentum is a dashed one"


def test_what_is_behind_a_hill_is_not_drawn_over_it(pane, neuron):
    experiment, records, _ = neuron
    frame = frame_at(experiment, 1000, records)
    view = frame.views[0]
    pane.show_frame(replace(frame, views=frame.views[:1]))
    pane.view_from(100.0, 12.0)
    stage = pane.current_stage()
    path, loss = view.path[20:80], view.past.loss[20:80]
    behind = hidden_places(stage.terrain, stage.terrain.place(*path.T, loss), stage.view.eye)
    places = [pane.pixel_of(*p, height) for p, height in zip(path[behind], loss[behind], strict=True)]
    assert len(places) > 5
    line = like(pixels_of(pane), look_of(experiment).styles[0].colour, 25)
    assert np.mean([at(line, place) for place in places]) < 0.1


def test_the_minimum_is_marked(pane, neuron):
    experiment, _, surface = neuron
    pane.show_frame(replace(frame_at(experiment, 0, neuron[1]), views=()))
    place = pane.pixel_of(*surface.lowest[:3])
    assert np.abs(at(pixels_of(pane), place) - rgb_of(LIGHT.text)).max() < 60


# Points and windows whose lowest place is each of what it can be, and what is said there.
LOWEST = {
    "minimum": (PointSet([0.5, 2.5], [0.2, 0.9]), ViewRange()),
    "lowest in view, at the border": (PointSet([0.5, 2.5], [0.2, 0.9]), ViewRange(-2.5, 0.0, -2.5, 0.0)),
    "lowest in view; the minimum is at infinity": (PointSet([-1.0, 1.0], [0.0, 1.0]), ViewRange()),
    "lowest in view, level here": (PointSet([1.0], [0.3]), ViewRange()),
}


@every(("words", "size"), product(LOWEST, [(220, 140), (500, 460)]))
def test_the_lowest_place_is_called_a_minimum_only_where_it_is_one(pane, words, size):
    pane.resize(*size)
    pane.show_surface(sample_surface(*LOWEST[words]))
    pixels_of(pane)
    assert " ".join(pane.over.minimum_names.labels[0].text.split()) == words
    assert QRectF(pane.rect()).contains(pane.over.minimum_names.labels[0].plate)
    assert ("Minimum: the loss rises on all sides." in pane.accessibleDescription()) == (words == "minimum")


def test_the_name_of_the_minimum_lies_above_the_runs(pane, neuron):
    experiment, _, surface = neuron
    record = neuron[1][0]
    turn = np.linspace(0.0, 40.0 * np.pi, len(record))  # round and round it, closer and closer
    way = np.linspace(3.5, 0.1, len(record))[:, np.newaxis] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    p = np.array([surface.lowest.w, surface.lowest.b]) + way
    spiral = altered(record, p=p, loss=Neuron.fitting(experiment.points).loss(p))
    frame = frame_at(replace(experiment, runs=experiment.runs[:1]), record.last_step, (spiral,))
    pane.show_frame(replace(frame, views=()))
    plate = pane.over.minimum_names.labels[0].plate.toRect().adjusted(2, 2, -2, -2)
    area = (slice(plate.top(), plate.bottom()), slice(plate.left(), plate.right()))
    plain = pixels_of(pane)
    pane.show_frame(frame)
    pane.set_arrows(ArrowChoice(on=False))
    changed = np.abs(pixels_of(pane) - plain).max(axis=-1) > 60
    around = changed[plate.top() - 12 : plate.bottom() + 12, plate.left() - 12 : plate.right() + 12]
    assert around.mean() > 0.1
    assert changed[area].mean() < 0.02


def test_a_hidden_run_is_not_drawn(pane, neuron):
    experiment, records, _ = neuron
    frame = frame_at(experiment, 60, records)
    hide = tuple(replace(view, run=replace(view.run, hidden=True)) for view in frame.views)
    pane.show_frame(replace(frame, views=hide))
    without = pixels_of(pane)
    pane.show_frame(replace(frame, views=()))
    assert (pixels_of(pane) == without).all()


def test_the_picture_does_not_depend_on_how_one_came_to_a_step(pane, neuron, qtbot):
    experiment, records, _ = neuron
    pane.show_frame(frame_at(experiment, 100, records))
    once = pixels_of(pane)
    for step in (*range(0, 90, 9), 300, *range(95, 101)):
        pane.show_frame(frame_at(experiment, step, records))
        pixels_of(pane)
    differs = np.abs(pixels_of(pane) - once).max(axis=-1) > 80
    assert differs.sum() < 60


def test_a_step_paints_nothing_of_the_surface_anew(pane, neuron, monkeypatch):
    experiment, records, _ = neuron
    pixels_of(pane)
    forbid_drawing(monkeypatch)
    for step in range(0, 200, 10):
        pane.show_frame(frame_at(experiment, step, records))
        pixels_of(pane)


def forbid_drawing(monkeypatch):
    def fail(*_, **__):
        pytest.fail("the surface was drawn again")

    monkeypatch.setattr(painter, "draw_quads", fail)
    if opengl := sys.modules.get("gdsim.gui.surface.gl"):
        monkeypatch.setattr(opengl.SurfaceRenderer, "draw", fail)


# ------------------------------------------------------------------ both alike


def test_both_show_the_same(request, qtbot, neuron):
    experiment, records, surface = neuron
    pictures, places = [], []
    panes = [shown(made(kind, request), qtbot) for kind in KINDS]  # held, or they may go
    for pane in panes:
        pane.set_look(look_of(experiment))
        pane.show_surface(surface)
        pane.show_frame(frame_at(experiment, 80, records))
        for angles in ((-60.0, 30.0), (130.0, 20.0), (-90.0, 90.0)):
            pane.view_from(*angles)
            pictures.append(pixels_of(pane))
            places.append(pane.pixel_of(1.0, -2.0, 0.3))
    half = len(places) // 2
    assert places[:half] == places[half:]
    for one, other in zip(pictures[:half], pictures[half:], strict=True):
        assert np.abs(one - other).mean() < 6.0
        assert (np.abs(one - other).max(axis=-1) > 90).mean() < 0.02


@pytest.mark.parametrize("look", ["top_view", "front_view", "reset_view"])
def test_what_is_told_before_there_is_a_surface_is_seen_with_it(qtbot, neuron, look):
    experiment, records, surface = neuron

    def tell(pane):
        pane.set_look(look_of(experiment, DARK))
        pane.set_arrows(ArrowChoice(on=False))
        pane.set_drawn(MapOverlays(cut=30))
        pane.set_planes(shown=True)
        pane.view_from(20.0, 40.0)
        getattr(pane, look)()
        pane.show_frame(frame_at(experiment, 60, records))

    early, late, untold = (shown(SurfaceView(allowed=False), qtbot) for _ in range(3))
    tell(early)
    for pane in (early, late, untold):
        pane.show_surface(surface)
    untold.set_look(look_of(experiment, DARK))
    untold.show_frame(frame_at(experiment, 60, records))
    tell(late)
    assert early.camera.place == late.camera.place
    qtbot.waitUntil(lambda: np.array_equal(pixels_of(early), pixels_of(late)))  # what moved comes to rest
    assert (pixels_of(early) != pixels_of(untold)).any()


# ------------------------------------------------------------------ the camera


def test_a_drag_turns_the_surface_and_a_double_click_turns_it_back(pane, qtbot):
    before = pixels_of(pane)
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(pane, left, pos=QPoint(200, 200))
    for x in (220, 240, 260):
        qtbot.mouseMove(pane, QPoint(x, 230))
        QApplication.processEvents()
    qtbot.mouseRelease(pane, left, pos=QPoint(260, 230))
    assert pane.camera.azimuth < HOME.azimuth
    assert pane.camera.elevation > HOME.elevation
    assert (pixels_of(pane) != before).mean() > 0.1
    turned = pane.camera
    qtbot.mouseMove(pane, QPoint(100, 100))
    assert pane.camera == turned, "a mouse without a button turns nothing"
    double_click(qtbot, pane, QPoint(200, 200))
    assert pane.camera == HOME


MIDDLE = QPointF(200.0, 200.0)


def test_the_wheel_zooms_within_limits(pane):
    wheel(pane, MIDDLE)
    assert pane.camera.distance < 1.0
    wheel(pane, MIDDLE, 100)
    nearest = pane.camera
    wheel(pane, MIDDLE)
    assert pane.camera == nearest
    wheel(pane, MIDDLE, -300)
    assert (np.ptp(pixels_of(pane), axis=-1) > 60).mean() > 0.01, "still in sight"


def test_keys_zoom_and_turn_but_leave_the_arrows_to_the_player(pane, qtbot):
    qtbot.keyClick(pane, Qt.Key.Key_Plus)
    assert pane.camera.distance < 1.0
    qtbot.keyClick(pane, Qt.Key.Key_Minus)
    assert pane.camera.distance == pytest.approx(1.0)
    qtbot.keyClick(pane, Qt.Key.Key_Right)
    assert pane.camera.azimuth == HOME.azimuth
    qtbot.keyClick(pane, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert pane.camera.azimuth != HOME.azimuth
    pane.reset_view()
    assert pane.camera == HOME


def test_the_top_view_is_the_contour_map(pane):
    pane.top_view()
    assert pane.camera == TOP
    middle, w, b = (pane.pixel_of(*place, 0.3) for place in ((0.0, 0.0), (3.0, 0.0), (0.0, 3.0)))
    assert w.x() > middle.x() + 30
    assert w.y() == pytest.approx(middle.y())
    assert b.y() < middle.y() - 30
    assert b.x() == pytest.approx(middle.x())


@pytest.mark.parametrize("size", [(320, 300), (900, 640)])
def test_it_fills_a_pane_of_any_size(pane, qtbot, size):
    pane.resize(*size)
    qtbot.waitUntil(lambda: (pane.width(), pane.height()) == size)
    drawn = np.ptp(pixels_of(pane), axis=-1) > 60
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    filled = np.ptp(columns) / size[0], np.ptp(rows) / size[1]
    assert max(filled) > 0.7
    assert columns[0] > 5
    assert columns[-1] < size[0] - 5
    assert abs(columns.mean() - size[0] / 2) < 0.12 * size[0]


# ------------------------------------------------------------------ odd surfaces, odd moments


def test_it_can_be_told_things_in_any_order(empty, neuron):
    experiment, records, surface = neuron
    assert pixels_of(empty).shape == (460, 400, 3)
    empty.show_frame(frame_at(experiment, 5, records))
    pixels_of(empty)
    empty.show_surface(surface)
    pixels_of(empty)
    empty.set_look(look_of(experiment, DARK))
    assert (np.ptp(pixels_of(empty), axis=-1) > 60).mean() > 0.1
    with_one_style = look_of(experiment)._replace(styles=look_of(experiment).styles[:1])
    empty.set_look(with_one_style)
    pixels_of(empty)
    empty.resize(1, 1)
    pixels_of(empty)


def odd_surfaces():
    flat = sample_surface(PointSet([0.0, 0.0], [0.5, 0.5]), ViewRange(50.0, 60.0, 50.0, 60.0))
    usual = sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), ViewRange())
    holes = usual.loss.copy()
    holes[3:9, 3:9], holes[20] = np.nan, np.inf
    none = np.full((121, 121), np.nan)
    return {
        "flat": flat,
        "huge": sample_surface(
            PointSet([0.5, 2.5e-98], [1e100, 0.9]), ViewRange(-1e100, 1e100, 1e5, 100001.0)
        ),
        "steep": sample_surface(PointSet([1e6, -1e6], [0.1, 0.9]), ViewRange()),
        "nothing": replace(usual, loss=none, ground=usual.ground._replace(loss=none), contours=()),
        "holes": replace(usual, loss=holes, ground=usual.ground._replace(loss=holes)),
        "small": sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), ViewRange(), grid=3),
    }


@every("name", odd_surfaces())
def test_any_surface_can_be_drawn(empty, name, capfd):
    surface = odd_surfaces()[name]
    window = surface.view_range
    middle = ((window.w_min + window.w_max) / 2, (window.b_min + window.b_max) / 2)
    experiment = Experiment(PointSet([0.5], [0.2]), PointSet.empty(), (Run(start=middle, epochs=3),), window)
    empty.set_look(look_of(experiment))
    empty.show_surface(surface)
    empty.show_frame(frame_at(experiment, 2))
    for show in (empty.reset_view, empty.top_view):
        show()
        assert (pixels_of(empty) != rgb_of(LIGHT.card)).any(axis=-1).mean() > 0.1
    assert capfd.readouterr() == ("", "")


def test_with_several_inputs_the_slice_is_drawn_and_named(empty, capfd):
    experiment = Experiment(
        PointSet([[0.5, 1.0], [2.5, -1.0]], [0.2, 0.9]),
        PointSet.empty(2),
        (Run(start=(-2.0, 0.5, -2.0), epochs=200),),
    )
    empty.set_look(look_of(experiment))
    empty.show_surface(sample_surface(experiment.points, experiment.view_range, of_w_and_b((0.5,))))
    frame = frame_at(experiment, 200)
    empty.show_frame(frame)
    current = frame.current
    colour = rgb_of(look_of(experiment).styles[0].colour)
    place = empty.pixel_of(current.p[0], current.p[-1], current.loss)
    assert np.abs(at(pixels_of(empty), place) - colour).max() < 130, "at its own loss, on the slice or off"
    assert capfd.readouterr() == ("", "")


def test_the_look_ahead_is_marked_with_several_inputs(empty, capfd):
    points = PointSet([[0.5, 1.0, 2.0], [2.5, -1.0, 0.5]], [0.2, 0.9])
    run = Run(RULES["nesterov"](), start=(-2.0, 0.5, 1.0, -2.0), epochs=200)
    experiment = Experiment(points, PointSet.empty(3), (run,))
    surface = sample_surface(points, experiment.view_range, Plane((0, 3), (0.5, 1.0)))
    empty.set_look(look_of(experiment))
    empty.show_surface(surface)
    frame = frame_at(experiment, 60)
    update = replace(frame.update, axes=(0, 3))
    ahead = drawing_of(replace(frame, update=update), ArrowChoice(), experiment.view_range).look_ahead
    assert ahead.tolist() == update.gradient_place[[0, 3]].tolist()
    empty.set_arrows(ArrowChoice(kinds=frozenset()))
    empty.show_frame(replace(frame, update=update))
    place = empty.pixel_of(*ahead, surface.loss_at(*ahead))
    x, y = round(place.x()), round(place.y())
    around = pixels_of(empty)[y - 8 : y + 9, x - 8 : x + 9]
    assert (np.abs(around - rgb_of(LIGHT.memory)).max(axis=-1) < 40).sum() > 8
    assert capfd.readouterr() == ("", "")


def test_a_run_that_leaves_the_window_is_cut_off_at_its_edge(empty, neuron):
    experiment, records, _ = neuron
    window = ViewRange(-3.0, 0.5, -3.0, 0.0)
    empty.set_look(look_of(experiment))
    empty.show_surface(sample_surface(experiment.points, window))
    frame = frame_at(experiment, 1000, records)
    one = replace(frame, views=frame.views[:1])
    empty.show_frame(replace(one, views=()))
    without = pixels_of(empty)
    empty.show_frame(one)
    changed = (pixels_of(empty) != without).any(axis=-1)
    box = [empty.pixel_of(w, b, loss) for w in (-3.0, 0.5) for b in (-3.0, 0.0) for loss in (0.0, 0.8)]
    rows, columns = np.nonzero(changed)
    assert columns.size > 100
    assert columns.max() <= max(place.x() for place in box) + 6
    assert rows.max() <= max(place.y() for place in box) + 6


# ------------------------------------------------------------------ for all users, and the end


def test_it_has_a_name_and_says_how_it_is_drawn(pane):
    assert pane.accessibleName()
    assert "Drag" in pane.accessibleDescription()
    assert "OpenGL" in pane.accessibleDescription()
    assert pane.minimumWidth() > 100
    assert pane.sizeHint().isValid()


def test_a_larger_font_is_followed(pane):
    before = pixels_of(pane)
    font = pane.font()
    font.setPointSizeF(1.6 * font.pointSizeF())
    pane.setFont(font)
    assert (pixels_of(pane) != before).any(axis=-1).mean() > 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_closing_leaves_nothing_behind(kind, request, neuron, capfd):
    pane = made(kind, request)
    pane.set_look(look_of(neuron[0]))
    pane.show_surface(neuron[2])
    pane.show_frame(frame_at(neuron[0], 60, neuron[1]))
    pixels_of(pane)
    renderer = pane.renderer if kind == "opengl" else None
    gone = [weakref.ref(pane), weakref.ref(pane.current_stage())]
    pane.close()
    pane.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert renderer is None or renderer.context is None
    del pane
    gc.collect()
    assert [ref() for ref in gone] == [None, None]
    assert capfd.readouterr() == ("", "")


END = """
from PySide6.QtWidgets import QApplication
from gdsim.gui.surface import opengl, surface_view
opengl.prepare_opengl()
app = QApplication([])
support = opengl.load_driver()
surface_view.probe_opengl = lambda: support
from gdsim.gui.surface.surface_view import SurfaceView
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.view_range import ViewRange
from gdsim.core.model.points import PointSet
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.style.theme import LIGHT, Look
pane = SurfaceView(allowed=True)
pane.set_look(Look(LIGHT))
pane.show_surface(sample_surface(PointSet([0.5, 2.5], [0.2, 0.9]), ViewRange()))
pane.show()
app.processEvents()
assert not pane.grab().isNull()
"""


def test_a_program_may_end_with_a_pane_still_open(qapp):
    done = subprocess.run([sys.executable, "-c", END], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# ------------------------------------------------------------------ each by itself


def test_the_painter_has_fewer_quads_while_it_is_turned_and_more_when_it_rests(qtbot, neuron):
    pane = shown(SurfacePainter(), qtbot)
    pane.set_look(look_of(neuron[0]))
    pane.show_surface(neuron[2])
    pixels_of(pane)
    resting = pane.mesh.x.size
    for _ in range(4):
        pane.orbit(5.0, 0.0)
        pixels_of(pane)
    assert pane.mesh.x.size < resting

    def is_fine_again():
        pixels_of(pane)
        assert pane.mesh.x.size == resting

    qtbot.waitUntil(is_fine_again)


def test_when_opengl_is_lost_the_surface_is_painted(request, qtbot, neuron):
    experiment, _, surface = neuron
    pane = shown(made("opengl", request), qtbot)
    pane.set_look(look_of(experiment))
    pane.show_surface(surface)
    pane.renderer.close()
    pane.repaint_surface()
    assert (np.ptp(pixels_of(pane), axis=-1) > 60).mean() > 0.15


# ------------------------------------------------------------------ what is pointed at


@pytest.fixture
def reading(neuron, qtbot):
    """A painted pane that reads values, and what it tells."""
    experiment, records, surface = neuron
    pane = shown(SurfacePainter(), qtbot)
    pane.setMouseTracking(True)
    pane.set_look(look_of(experiment))
    pane.show_surface(surface)
    pane.show_frame(frame_at(experiment, 60, records))
    told = []
    pane.pointed.connect(told.append)
    return pane, told


def test_the_mouse_over_the_surface_reads_the_place_that_is_seen_there(reading, qtbot, neuron):
    (pane, told), (experiment, *_) = reading, neuron
    w, b = 3.0, -4.5
    x, y = experiment.points.x[:, 0], experiment.points.y
    f = 1 / (1 + np.exp(-(w * x + b)))
    loss = 0.5 * np.sum((f - y) ** 2)
    for pixel in (QPoint(30, 200), pane.pixel_of(w, b, loss).toPoint()):
        qtbot.mouseMove(pane, pixel)
    qtbot.waitUntil(lambda: bool(told) and told[-1] is not None)
    assert told[-1][:2] == pytest.approx((w, b), abs=0.1)
    assert told[-1].loss == pytest.approx(loss, abs=0.01)
    shown_numbers = dict(pane.place_box.rows)
    assert float(shown_numbers["L"]) == pytest.approx(told[-1].loss, rel=1e-3)
    assert pane.rect().contains(pane.place_box.geometry())


def test_under_a_mouse_that_rests_another_surface_and_another_view_are_read_anew(reading, neuron):
    pane, told = reading
    experiment, _, surface = neuron
    mouse = QPointF(200.0, 250.0)
    pane.hover(mouse)
    before = told[-1]
    other = sample_surface(experiment.points.replaced(0, [0.5], 0.9), experiment.view_range)
    pane.show_surface(other)
    assert told[-1].loss == pytest.approx(float(other.loss_at(*told[-1][:2])))
    pane.show_surface(surface)
    assert told[-1] == before
    pane.zoom(2.0)
    assert told[-1] != before
    assert told[-1][:2] == pane.place_at(mouse)
    assert pane.cross_hair == told[-1]


def test_leaving_resizing_or_turning_the_surface_ends_the_reading(reading, qtbot):
    pane, told = reading
    for end in (
        lambda: QApplication.sendEvent(pane, QEvent(QEvent.Type.Leave)),
        lambda: pane.resize(420, 440),
        lambda: qtbot.mousePress(pane, Qt.MouseButton.LeftButton),
    ):
        pane.hover(QPointF(200, 250))
        assert pane.place_box.isVisible()
        end()
        assert told[-1] is None
        assert not pane.place_box.isVisible()
        assert pane.cross_hair is None
    qtbot.mouseRelease(pane, Qt.MouseButton.LeftButton)


def test_a_place_pointed_at_on_the_map_is_seen_on_the_surface(reading, neuron):
    pane, told = reading
    before = pixels_of(pane)
    loss = float(neuron[2].loss_at(4.0, 3.0))
    pane.point_at(PlaceReading(4.0, 3.0, loss, 0.0))
    changed = np.abs(pixels_of(pane) - before).max(axis=-1) > 30
    at = pane.pixel_of(4.0, 3.0, loss)
    x, y = round(at.x()), round(at.y())
    assert changed[y - 8 : y + 9, x - 8 : x + 9].sum() > 20
    assert changed.sum() > 200
    assert not told
    pane.point_at(PlaceReading(40.0, 3.0, loss, 0.0))
    assert np.array_equal(pixels_of(pane), before)


def test_a_frame_of_other_inputs_than_the_surface_waits_for_its_own(pane):
    several, one = scene("four-inputs"), scene("first-neuron")
    pane.set_look(look_of(one))
    pane.show_surface(sample_surface(several.points, several.view_range, Plane((0, 2), (0.0,) * 3)))
    pane.show_frame(frame_at(one, 10))
    bare = pixels_of(pane)
    pane.show_frame(replace(frame_at(one, 10), views=()))
    assert np.array_equal(pixels_of(pane), bare)
