from dataclasses import replace

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gdsim.core.model.experiment import ViewRange
from gdsim.core.surface.surface import sample_surface
from gdsim.gui.arrows.choice import ArrowChoice, Layer
from gdsim.gui.map.contour_pane import ContourPane, StartMarker
from gdsim.gui.map.map_box import zoomed
from gdsim.gui.map.map_ground import MapImage
from gdsim.gui.style.theme import DARK, LIGHT
from tests.gui.frames import frame_at, look_of, scene
from tests.gui.windows import (
    drag,
    has_near,
    item_of,
    items_of,
    like,
    near,
    pixels_of,
    plot_of,
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
    qtbot.addWidget(pane)
    pane.resize(420, 460)
    pane.set_look(look_of(valley))
    pane.show_view_range(valley.view_range)
    pane.show_surface(sample_surface(valley.points, valley.view_range))
    pane.show_frame(frame_at(valley, 60))
    with qtbot.waitExposed(pane):
        pane.show()
    return pane


def test_a_click_picks_the_place_under_the_mouse(pane, qtbot):
    with qtbot.waitSignal(pane.start_picked) as picked:
        qtbot.mouseClick(
            plot_of(pane).viewport(), Qt.MouseButton.LeftButton, pos=where(plot_of(pane), 6.0, -3.0)
        )
    assert picked.args == pytest.approx([6.0, -3.0], abs=0.1)


def test_hovering_tells_the_exact_loss(pane, qtbot, valley):
    told = []
    pane.hovered.connect(lambda *place: told.append(place))
    for w in (1.0, 3.0):  # the mouse may have stood at one of the places
        qtbot.mouseMove(plot_of(pane).viewport(), where(plot_of(pane), w, 2.0))
        qtbot.waitUntil(lambda w=w: bool(told) and abs(told[-1][0] - w) < 0.1)
    w, b, loss = told[-1]
    x, y = valley.points.x[:, 0], valley.points.y
    assert loss == pytest.approx(0.5 * np.sum((1 / (1 + np.exp(-(w * x + b))) - y) ** 2), rel=1e-12)


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
    assert arrow_pixels(pane) > 20


def arrow_pixels(pane) -> int:
    """Return how many pixels have the very colour of the gradient's arrow."""
    return near(pane, LIGHT.gradient, 0)


def test_playback_paints_no_item_of_the_map_anew(pane, valley, monkeypatch):
    settle(plot_of(pane))
    monkeypatch.setattr(MapImage, "paint", lambda *_: pytest.fail("the map was painted anew"))
    for step in range(60, 90):
        pane.show_frame(frame_at(valley, step))
        pane.grab()


def test_what_changes_is_seen_at_once_without_waiting_for_the_event_loop(pane, valley):
    before = painted(pane.grab())
    pane.show_surface(sample_surface(valley.points.replaced(0, [1.0], 0.0), valley.view_range))
    assert painted(pane.grab()) != before


@pytest.mark.parametrize(
    ("view_range", "words"),
    [
        (ViewRange(), "Lowest in view, at the border: the loss falls on beyond it."),
        (ViewRange(-2.0, 8.0, -10.0, 10.0), "Minimum: the loss rises on all sides."),
    ],
)
def test_the_mark_of_the_lowest_place_says_what_it_is(pane, valley, view_range, words):
    pane.show_surface(sample_surface(valley.points, view_range))
    assert [one.toolTip() for one in items_of(plot_of(pane), pg.ScatterPlotItem) if words in one.toolTip()]
    assert words in pane.accessibleDescription()
