from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gdsim.core.formulas.numerals import rounded
from gdsim.core.language.texts import speaking
from gdsim.core.language.translations import read_language
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.map_view import MapView, map_plan_of
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.sampling import sample_surface, sample_terms
from gdsim.core.surface.surface import GRID, LowestKind
from gdsim.gui.arrows.choice import ArrowChoice, Layer, drawing_of
from gdsim.gui.map.colour_bar import ColourBar
from gdsim.gui.map.contour_pane import ContourPane, StartMarker
from gdsim.gui.map.map_box import zoomed
from gdsim.gui.map.map_ground import MapImage
from gdsim.gui.paint.place_box import PlaceBox, PlaceReading, place_rows
from gdsim.gui.style.theme import DARK, LIGHT, run_styles
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import (
    drag,
    expose,
    has_near,
    is_to_scale,
    item_of,
    items_of,
    like,
    near,
    pixels_of,
    plot_of,
    rgb_of,
    settle,
    wheel,
    where,
)


@pytest.fixture
def valley():
    return scene("valley")


@pytest.fixture
def pane(qtbot, valley):
    pane = ContourPane()
    pane.resize(420, 460)
    pane.set_look(look_of(valley))
    pane.show_view_range(valley.view_range)
    pane.show_surface(sample_surface(valley.points, valley.view_range))
    pane.show_frame(frame_at(valley, 60))
    expose(qtbot, pane)
    return pane


def test_the_colour_bar_is_as_high_as_the_map_beside_it(pane):
    picture = pane.findChild(ColourBar).grab().toImage()
    blank = picture.pixelColor(5, picture.height() - 1)
    rows = [row for row in range(picture.height()) if picture.pixelColor(5, row) != blank]
    area = plot_of(pane).getViewBox().sceneBoundingRect()
    assert [rows[0], rows[-1] + 1] == pytest.approx([area.top(), area.bottom()], abs=1.0)


def test_a_click_tells_the_place_and_leaves_the_start_alone(pane, qtbot):
    starts = []
    pane.start_picked.connect(lambda *place: starts.append(place))
    pane.start_dragged.connect(lambda *place: starts.append(place))
    plot = plot_of(pane)
    with qtbot.waitSignal(pane.picked) as picked:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=where(plot, 6.0, -3.0))
    assert picked.args == pytest.approx([6.0, -3.0], abs=0.1)
    assert not starts


def test_a_click_with_control_picks_a_start(pane, qtbot):
    plot, control = plot_of(pane), Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(pane.start_picked) as picked:
        qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, control, where(plot, 6.0, -3.0))
    assert picked.args == pytest.approx([6.0, -3.0], abs=0.1)


# ------------------------------------------------------------------------------------- reading values


@pytest.fixture
def told(pane):
    """Return the places that a pane which reads values has told."""
    told = []
    pane.reads_values = True
    pane.pointed.connect(told.append)
    return told


def hover(qtbot, pane, w, b):
    qtbot.mouseMove(plot_of(pane).viewport(), where(plot_of(pane), w, b))
    QApplication.processEvents()


def test_hovering_tells_the_exact_loss_and_slope(pane, qtbot, valley, told):
    for w in (1.0, 3.0):  # the mouse may have stood at one of the places
        hover(qtbot, pane, w, 2.0)
        qtbot.waitUntil(lambda w=w: bool(told) and told[-1] and abs(told[-1].w - w) < 0.1)
    w, b, loss, slope = told[-1]
    x, y = valley.points.x[:, 0], valley.points.y
    f = 1 / (1 + np.exp(-(w * x + b)))
    pull = (f - y) * f * (1 - f)
    assert loss == pytest.approx(0.5 * np.sum((f - y) ** 2), rel=1e-12)
    assert slope == pytest.approx(np.hypot(np.sum(pull * x), np.sum(pull)), rel=1e-12)
    shown = dict(pane.place_box.rows)
    assert float(shown["w"].replace("−", "-")) == pytest.approx(w, abs=0.06)
    assert float(shown["b"].replace("−", "-")) == pytest.approx(b, abs=0.06)
    assert float(shown["L"]) == pytest.approx(loss, rel=1e-3)
    assert float(shown["slope"]) == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("size", [(420, 460), (260, 170)])
def test_the_box_at_the_mouse_is_never_cut_off(pane, qtbot, told, size):
    pane.resize(*size)
    settle(plot_of(pane))
    (w_low, w_high), (b_low, b_high) = plot_of(pane).getViewBox().viewRange()
    for across in (0.02, 0.5, 0.98):
        for up in (0.02, 0.5, 0.98):
            box, place = pane.place_box, (w_low + across * (w_high - w_low), b_low + up * (b_high - b_low))

            def is_told(place=place, box=box):
                hover(qtbot, pane, *place)
                return box.isVisible()

            qtbot.waitUntil(is_told)  # a display of its own may send the mouse away once
            assert pane.rect().contains(box.geometry())
            assert box.width() >= box.sizeHint().width()
            mouse = plot_of(pane).mapTo(pane, where(plot_of(pane), *told[-1][:2]))
            assert not box.geometry().contains(mouse)


def test_the_points_of_the_numbers_are_below_each_other(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(300, 200)
    box = PlaceBox(parent)
    texts = []
    for w in (-0.001, -12.34, 1.5):
        rows = place_rows(PlaceReading(w, 0.5, 0.123456, 3.2e-7), (0.01, 0.01))
        box.show_beside(QPointF(10, 10), rows)
        texts.append(dict(rows)["w"])
        with_wide = box.width()
    assert texts == ["0.00", "−12.34", "1.50"]
    assert dict(rows) == {"w": "1.50", "b": "0.50", "L": "0.1235", "slope": "3.200·10⁻⁷"}
    assert with_wide == box.sizeHint().width()


def test_the_numbers_of_a_place_have_the_decimal_sign_of_the_language_below_each_other(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    parent.resize(300, 200)
    box, place = PlaceBox(parent), PlaceReading(-12.34, 0.5, 0.123456, 3.2e-7)
    box.show_beside(QPointF(10, 10), place_rows(place, (0.01, 0.01)))
    in_english = box.width()
    with speaking(read_language("de")):
        rows = place_rows(place, (0.01, 0.01))
        assert [text for _, text in rows[:3]] == ["−12,34", "0,50", "0,1235"]
        box.show_beside(
            QPointF(10, 10), tuple(zip(("w", "b", "L", "slope"), (text for _, text in rows), strict=True))
        )
        assert abs(box.width() - in_english) <= 4  # with the signs anywhere it is narrower


def test_leaving_the_map_takes_box_and_cross_hair_away(pane, qtbot, told):
    hover(qtbot, pane, 3.0, 2.0)
    hover(qtbot, pane, 5.0, 2.0)
    assert pane.cross_hair == told[-1]
    QApplication.sendEvent(pane, QEvent(QEvent.Type.Leave))
    assert told[-1] is None
    assert not pane.place_box.isVisible()
    assert pane.cross_hair is None


def test_a_place_pointed_at_elsewhere_gets_the_cross_hair_and_no_box(pane, told):
    before = pixels_of(pane)
    pane.point_at(PlaceReading(4.0, -2.0, 0.1, 0.1))
    drawn = (pixels_of(pane) != before).any(axis=2)
    at = where(plot_of(pane), 4.0, -2.0) + plot_of(pane).pos()
    for along, place in ((drawn.mean(axis=0), at.x()), (drawn.mean(axis=1), at.y())):
        assert abs(along.argmax() - place) <= 2
        assert along.max() > 0.5
    assert not pane.place_box.isVisible()
    assert not told
    for nowhere in (PlaceReading(400.0, -2.0, 0.1, 0.1), None):
        pane.point_at(nowhere)
        assert (pixels_of(pane) == before).all()


def test_alt_and_arrows_read_values_from_where_the_run_is(pane, qtbot, valley, told):
    alt = Qt.KeyboardModifier.AltModifier
    at = frame_at(valley, 60).views[0].place
    qtbot.keyClick(pane, Qt.Key.Key_Right, alt)
    qtbot.keyClick(pane, Qt.Key.Key_Up, alt)
    assert told[-1].w > at[0]
    assert told[-1].b > at[1]
    assert told[-1][:2] == pytest.approx(at, abs=1.0)
    assert pane.place_box.isVisible()
    for _ in range(300):
        qtbot.keyClick(pane, Qt.Key.Key_Right, alt)
    assert told[-1].w == plot_of(pane).getViewBox().viewRange()[0][1]
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    assert told[-1] is None
    assert not pane.place_box.isVisible()


def test_exercises_read_no_values(pane, qtbot):
    told = []
    pane.pointed.connect(told.append)
    hover(qtbot, pane, 3.0, 2.0)
    qtbot.keyClick(pane, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert not told
    assert not pane.place_box.isVisible()


# --------------------------------------------------------------------------------------- equal axes


def drawn(pane):
    (w_low, w_high), (b_low, b_high) = plot_of(pane).getViewBox().viewRange()
    return ViewRange(w_low, w_high, b_low, b_high)


@pytest.mark.parametrize("size", [(420, 460), (700, 300), (300, 600)])
def test_a_unit_of_w_is_as_long_as_a_unit_of_b(pane, valley, size):
    pane.set_fills(False)
    pane.resize(*size)
    settle(plot_of(pane))
    assert is_to_scale(pane)
    across, up = plot_of(pane).place().scale
    assert across == pytest.approx(-up, rel=1e-9)
    assert pane.is_equal
    seen, asked = drawn(pane), valley.view_range
    assert seen.w_min <= asked.w_min
    assert seen.w_max >= asked.w_max
    assert seen.b_min <= asked.b_min
    assert seen.b_max >= asked.b_max
    assert not label(pane).isVisible()


def label(pane):
    return next(one for one in pane.findChildren(QLabel) if one.text() == "not to scale")


def test_a_map_that_nobody_sees_asks_for_no_other_surface(qtbot, valley):
    hidden = ContourPane()
    qtbot.addWidget(hidden)
    told = []
    hidden.aspect_changed.connect(told.append)
    for size in ((420, 460), (700, 300)):
        hidden.resize(*size)
        hidden.show_view_range(valley.view_range)
        hidden.grab()
    assert not told
    assert hidden.aspect is None
    expose(qtbot, hidden)
    settle(plot_of(hidden))
    assert told[-1] == hidden.aspect > 1.5


def test_a_map_that_fills_its_pane_says_that_it_is_not_to_scale(pane, valley):
    assert drawn(pane) == pytest.approx(valley.view_range)
    assert label(pane).isVisible()
    pane.set_fills(False)
    assert not label(pane).isVisible()


def test_a_sliver_is_not_drawn_to_scale(pane):
    sliver = ViewRange(-0.001, 0.001, -5.0, 5.0)
    pane.set_fills(False)
    pane.show_view_range(sliver)
    assert drawn(pane) == pytest.approx(sliver)
    assert label(pane).isVisible()


def test_zooming_keeps_the_axes_equal_and_what_is_asked_for_in_proportion(pane, qtbot, valley):
    pane.set_fills(False)
    asked = []
    pane.view_range_requested.connect(asked.append)
    pane.view_range_requested.connect(pane.show_view_range)
    settle(plot_of(pane))
    before = drawn(pane)
    for _ in range(3):
        wheel(plot_of(pane).viewport(), where(plot_of(pane), 4.0, -4.0))
    for _ in range(3):
        wheel(plot_of(pane).viewport(), where(plot_of(pane), 4.0, -4.0), notches=-1)
    assert asked[-1] == pytest.approx(valley.view_range)
    assert drawn(pane) == pytest.approx(before)
    drag(qtbot, plot_of(pane), where(plot_of(pane), 8.0, 2.0), where(plot_of(pane), 6.0, 4.0))
    assert asked[-1].extent == pytest.approx(valley.view_range.extent)
    assert drawn(pane).w_min - before.w_min == pytest.approx(2.0, abs=0.15)


def test_the_map_is_painted_to_the_borders_of_what_is_drawn(pane, valley):
    pane.set_fills(False)
    pane.resize(700, 300)
    settle(plot_of(pane))
    plan = map_plan_of(valley.view_range, MapView(pane.aspect), GRID)
    pane.show_surface(sample_terms(loss_on_plane(valley.points), valley.view_range, plan=plan))
    settle(plot_of(pane))
    area = plot_of(pane).place().area
    card = rgb_of(LIGHT.card)
    pixels = pixels_of(plot_of(pane))[int(area.top()) + 2 : int(area.bottom()) - 2]
    for column in (int(area.left()) + 3, int(area.right()) - 3):
        assert (np.abs(pixels[:, column] - card).max(axis=-1) > 20).mean() > 0.9


def test_zooming_keeps_the_last_picture_until_the_new_one_is_there(pane, valley):
    """It is drawn at its own places: larger, with its lines, and the rest of the map is empty."""
    at = where(plot_of(pane), 8.0, 4.0)
    before = pixels_of(plot_of(pane))[at.y(), at.x()]
    pane.show_view_range(zoomed(valley.view_range, 8.0, 4.0, 0.7))
    at = where(plot_of(pane), 8.0, 4.0)
    assert np.abs(pixels_of(plot_of(pane))[at.y(), at.x()] - before).max() < 25
    pane.show_view_range(zoomed(valley.view_range, 8.0, 4.0, 1.4))
    at = where(plot_of(pane), 8.0, 4.0)
    assert np.abs(pixels_of(plot_of(pane))[at.y(), at.x()] - before).max() < 25


# --------------------------------------------------------------------------------- moving and drawing


def test_the_start_marker_is_dragged(pane, qtbot, valley):
    places = []
    pane.start_dragged.connect(lambda w, b: places.append((w, b)))
    run, plot = valley.runs[0], plot_of(pane)
    with qtbot.waitSignal(pane.gesture_finished):
        drag(qtbot, plot, where(plot, run.start[0], run.start[-1]), where(plot, 5.0, -2.0))
    assert places[-1] == pytest.approx((5.0, -2.0), abs=0.15)


def test_dragging_the_map_asks_for_a_moved_window(pane, qtbot, valley):
    windows, plot = [], plot_of(pane)
    pane.view_range_requested.connect(windows.append)
    with qtbot.waitSignal(pane.gesture_finished):
        drag(qtbot, plot, where(plot, 8.0, 2.0), where(plot, 6.0, 4.0))
    moved, old = windows[-1], valley.view_range
    assert moved.w_min - old.w_min == pytest.approx(2.0, abs=0.15)
    assert moved.b_min - old.b_min == pytest.approx(-2.0, abs=0.15)
    assert moved.w_max - moved.w_min == pytest.approx(old.w_max - old.w_min)


def test_the_wheel_zooms_around_the_mouse(pane, qtbot):
    plot = plot_of(pane)
    with qtbot.waitSignal(pane.view_range_requested) as asked:
        wheel(plot.viewport(), where(plot, 4.0, -4.0))
    window = asked.args[0]
    assert window.w_min < 4.0 < window.w_max
    assert window.w_max - window.w_min == pytest.approx(14.0 / 1.15)


def test_zooming_keeps_the_place_under_the_mouse():
    window = zoomed(ViewRange(-2.0, 6.0, -3.0, 1.0), 0.0, 0.0, 0.5)
    assert window == ViewRange(-1.0, 3.0, -1.5, 0.5)


def test_the_current_point_is_drawn_where_the_run_is(pane, valley):
    frame = frame_at(valley, 60)
    view = frame.views[0]
    spot = where(plot_of(pane), view.p[0], view.p[-1]).toTuple()
    assert has_near(like(pixels_of(plot_of(pane)), look_of(valley).styles[0].colour, 20), spot, 3)


def test_runs_may_come_and_go(pane, valley):
    fewer = replace(valley, runs=valley.runs[:1])
    pane.set_look(look_of(fewer, DARK))
    pane.show_frame(frame_at(fewer, 5))
    more = replace(valley, runs=valley.runs * 3)
    pane.set_look(look_of(more))
    pane.show_frame(frame_at(more, 5))
    none = replace(valley, runs=())
    pane.set_look(look_of(none))
    pane.show_frame(frame_at(none, 0))
    assert not item_of(plot_of(pane), StartMarker).isVisible()


@pytest.mark.parametrize(
    "view_range", [ViewRange(-1e90, 1e90, -1e90, 1e90), ViewRange(1.0, 1.0 + 1e-7, 2.0, 2.0 + 1e-7)]
)
def test_extreme_view_ranges_are_drawn(pane, valley, view_range):
    pane.show_view_range(view_range)
    pane.show_surface(sample_surface(valley.points, view_range))
    pane.show_frame(frame_at(valley, 60))
    assert not pane.grab().isNull()


def painted(picture) -> QImage:
    return picture.toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_another_part_of_the_plane_is_painted_to_its_borders(pane, qtbot, valley):
    pane.show_view_range(ViewRange(-20.0, 20.0, -30.0, 20.0))
    pane.show_frame(frame_at(valley, 100))
    QApplication.processEvents()
    # What stands on the screen is what a widget that is painted anew would show.
    qtbot.waitUntil(lambda: painted(pane.screen().grabWindow(pane.winId())) == painted(pane.grab()))


def test_arrows_are_painted_where_the_map_was_not_before(pane, valley):
    pane.show_view_range(ViewRange(20.0, 21.0, 20.0, 21.0))
    QApplication.processEvents()
    pane.set_arrows(ArrowChoice(layers=frozenset({Layer.POINTS})))
    assert arrow_pixels(pane) == 0
    pane.show_view_range(valley.view_range)
    assert arrow_pixels(pane) > 5


def arrow_pixels(pane) -> int:
    """Return how many pixels have the very colour of the gradient's arrow."""
    return near(pane, LIGHT.gradient, 0)


def test_playback_paints_no_item_of_the_map_anew(pane, valley, monkeypatch):
    settle(plot_of(pane))
    monkeypatch.setattr(MapImage, "paint", lambda *_: pytest.fail("the map was painted anew"))
    for step in range(60, 70):
        pane.show_frame(frame_at(valley, step))
        pane.grab()


def test_what_changes_is_seen_at_once_without_waiting_for_the_event_loop(pane, valley):
    before = painted(pane.grab())
    pane.show_surface(sample_surface(valley.points.replaced(0, [1.0], 0.0), valley.view_range))
    assert painted(pane.grab()) != before


@pytest.mark.parametrize(
    ("view_range", "words"),
    [
        (ViewRange(), "Lowest in view, at the border: the loss keeps falling beyond it."),
        (ViewRange(-2.0, 8.0, -10.0, 10.0), "Minimum: the loss rises on all sides."),
    ],
)
def test_the_mark_of_the_lowest_place_says_what_it_is(pane, valley, view_range, words):
    pane.show_surface(sample_surface(valley.points, view_range))
    assert [one.toolTip() for one in items_of(plot_of(pane), pg.ScatterPlotItem) if words in one.toolTip()]
    assert words in pane.accessibleDescription()


def test_the_lowest_place_of_a_border_is_not_marked_where_the_map_shows_what_lies_beyond(pane, valley):
    part = ViewRange(-2.0, 1.0, 3.0, 6.0)  # the loss falls on, to the right and below
    surface = sample_surface(valley.points, part)
    assert surface.lowest.kind is LowestKind.BORDER
    mark = item_of(plot_of(pane), pg.ScatterPlotItem)
    pane.show_surface(surface)
    assert mark.isVisible()
    for view_range, aspect in ((part, 2.0), (part, 0.5)):
        plan = map_plan_of(view_range, MapView(aspect), GRID)
        wider = sample_terms(surface.terms, view_range, grid=GRID, plan=plan)
        pane.show_surface(wider)
        low, drawn = wider.lowest, wider.ground.view_range
        beyond = (low.w >= part.w_max < drawn.w_max) or (low.b <= part.b_min > drawn.b_min)
        assert mark.isVisible() is not beyond
    pane.show_surface(sample_surface(valley.points, valley.view_range))
    assert mark.isVisible()


def test_a_screen_reader_is_not_told_the_lowest_place_while_it_is_hidden(pane, valley):
    low = rounded(pane.surface.lowest.w, 3)
    assert low in pane.accessibleDescription()
    pane.set_look(look_of(valley)._replace(concealed=frozenset({"minimum"})))
    assert low not in pane.accessibleDescription()
    assert "lowest" not in pane.accessibleDescription()
    pane.set_look(look_of(valley))
    assert low in pane.accessibleDescription()


def test_arrows_leave_the_markers_of_other_runs_in_sight(pane, valley):
    experiment = replace(valley, runs=(valley.runs[1], valley.runs[0]))
    frame, style = frame_at(experiment, 31), run_styles(experiment.runs, LIGHT)[1]
    pane.set_look(look_of(experiment))
    x, y = where(plot_of(pane), *frame.views[1].place).toTuple()
    seen = []
    for on in (False, True):
        pane.set_arrows(ArrowChoice(on=on))
        pane.show_frame(frame)
        around = pixels_of(plot_of(pane))[y - 4 : y + 5, x - 4 : x + 5]
        seen.append(int(like(around, style.colour).sum()))
    drawn = drawing_of(frame, ArrowChoice(), pane.surface.view_range)
    assert drawn.times > 1.0  # they are hollow, and broad
    assert seen[1] >= max(seen[0], 30)
