"""The panes by keyboard: reached by Tab, seen to have the keys, and used without a mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.gui.curves.curve_pane import CurvePane
from gdsim.gui.exercises.key_frame import KeyFrame
from gdsim.gui.exercises.maps.map_canvas import MapCanvas
from gdsim.gui.exercises.race.profile_chart import ProfileChart
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.neuron.fit_pane import FitPane
from gdsim.gui.paint.plot_keys import FocusRing, stride
from gdsim.gui.style.theme import LIGHT
from gdsim.gui.surface.painter import SurfacePainter
from tests.every import every
from tests.gui.shared_window import shared
from tests.gui.windows import in_window, plot_of

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot):
    return shared(qtbot, load_scene(find_scene("first-neuron")), painted=False)


def panes(window):
    return tuple(window.findChild(kind) for kind in (FitPane, SurfacePainter, ContourPane, CurvePane))


def ring_of(pane):
    # The curves have one for each of their plots.
    rings = pane.findChildren(FocusRing)
    return next((one for one in rings if one.isVisible()), rings[0])


def by_tab(qtbot, window, pane):
    for _ in range(200):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if pane.hasFocus():
            return
    pytest.fail("Tab does not come there")


def test_tab_reaches_every_pane_and_a_ring_shows_it(window, qtbot):
    main, _ = window
    for pane in panes(main):
        assert not ring_of(pane).isVisible()
        by_tab(qtbot, main, pane)
        ring = ring_of(pane)
        assert ring.isVisible()
        assert ring.size() == ring.parentWidget().size()
        main.setUpdatesEnabled(True)
        image = ring.parentWidget().grab().toImage()
        main.setUpdatesEnabled(False)
        assert image.pixelColor(1, image.height() // 2).name() == LIGHT.accent
        qtbot.keyClick(pane, Qt.Key.Key_Tab)
        assert not ring.isVisible()


@every("make", [lambda: KeyFrame(QWidget(), "name", "help"), lambda: MapCanvas("maps"), ProfileChart])
def test_what_the_arrows_move_after_a_click_shows_its_ring(make, qtbot):
    pane = make()
    in_window(qtbot, pane, width=400, height=300)
    pane.clearFocus()
    qtbot.mouseClick(pane, Qt.MouseButton.LeftButton)
    assert pane.hasFocus()
    assert ring_of(pane).isVisible()


def test_a_click_on_the_surface_shows_no_ring(window, qtbot):
    """There plain arrows play, as they do elsewhere in the window."""
    surface = window[0].findChild(SurfacePainter)
    qtbot.mouseClick(surface, Qt.MouseButton.LeftButton)
    assert surface.hasFocus()
    assert not ring_of(surface).isVisible()


def test_the_arrows_alone_play_whichever_pane_has_the_keys(window, qtbot):
    main, session = window
    for pane in panes(main):
        pane.setFocus()
        qtbot.keyClick(pane, Qt.Key.Key_Home)
        qtbot.keyClick(pane, Qt.Key.Key_Right)
        assert session.playhead.cursor == 1
        qtbot.keyClick(pane, Qt.Key.Key_Left)
        assert session.playhead.cursor == 0


def test_the_panes_say_what_they_show(window):
    main, _ = window
    for pane in panes(main):
        assert pane.accessibleName()
    _, surface, contours, _ = panes(main)
    for pane in (contours, surface):
        text = pane.accessibleDescription()
        assert text.startswith("w from −6 to 6, b from −6 to 6. The highest loss drawn is 0.7")
        assert "Shift and the arrow keys" in text


def test_the_start_is_moved_by_keys_and_undone_as_one(window, qtbot):
    main, session = window
    contours = main.findChild(ContourPane)
    contours.setFocus()
    qtbot.keyPress(contours, Qt.Key.Key_Right, SHIFT)
    main.show_now()
    qtbot.keyPress(contours, Qt.Key.Key_Right, SHIFT)
    main.show_now()
    qtbot.keyRelease(contours, Qt.Key.Key_Right, SHIFT)
    qtbot.keyClick(contours, Qt.Key.Key_Up, SHIFT)
    step = stride(-6.0, 6.0)
    assert session.experiment.runs[0].start == pytest.approx((-2.0 + 2 * step, -2.0 + step))
    session.document.undo()
    assert session.experiment.runs[0].start == pytest.approx((-2.0 + 2 * step, -2.0))
    session.document.undo()
    assert session.experiment.runs[0].start == (-2.0, -2.0)


@pytest.mark.parametrize("kind", [ContourPane, FitPane])
def test_a_move_by_keys_ends_when_a_key_or_the_focus_goes(window, qtbot, kind):
    main, session = window
    pane = main.findChild(kind)
    for key_goes in (True, False):
        pane.setFocus()
        qtbot.keyClick(pane, Qt.Key.Key_Down)  # chooses a point
        qtbot.keyPress(pane, Qt.Key.Key_Right, SHIFT)
        assert session.is_dragging
        if key_goes:
            qtbot.keyRelease(pane, Qt.Key.Key_Shift)  # before the arrow is let go
        else:
            main.findChild(CurvePane).setFocus()
        assert not session.is_dragging


def test_the_map_is_zoomed_by_keys(window, qtbot):
    main, session = window
    contours = main.findChild(ContourPane)
    contours.setFocus()
    qtbot.keyClick(contours, Qt.Key.Key_Plus)
    near = session.experiment.view_range
    assert near.w_min == -near.w_max > -6.0
    qtbot.keyClick(contours, Qt.Key.Key_Minus)
    assert session.experiment.view_range == pytest.approx((-6.0, 6.0, -6.0, 6.0))


def test_a_point_is_chosen_and_moved_by_keys(window, qtbot):
    main, session = window
    main.setUpdatesEnabled(True)
    fit = main.findChild(FitPane)
    fit.setFocus()
    qtbot.keyClick(fit, Qt.Key.Key_Right, SHIFT)  # none is chosen yet
    assert session.experiment.points.x[:, 0].tolist() == [0.5, 2.5]
    for _ in range(2):
        qtbot.keyClick(fit, Qt.Key.Key_Down)
    assert fit.accessibleDescription().startswith("Point 2 of 2: x 2.5, y 0.9.")
    before = plot_of(fit).getViewBox().viewRange()
    qtbot.keyPress(fit, Qt.Key.Key_Left, SHIFT)
    assert plot_of(fit).getViewBox().viewRange() == before
    qtbot.keyRelease(fit, Qt.Key.Key_Left, SHIFT)
    step = stride(*before[0])
    assert session.experiment.points.x[1, 0] == pytest.approx(2.5 - step, abs=step / 2)
    assert session.experiment.points.x[1, 0] < 2.5
    chosen = fit.chosen.point
    assert (chosen.x, chosen.y) == ((session.experiment.points.x[1, 0],), 0.9)
    with_ring = plot_of(fit).grab().toImage()
    session.document.undo()
    assert session.experiment.points.x[1, 0] == 2.5
    qtbot.keyClick(fit, Qt.Key.Key_Escape)
    assert fit.chosen.point is None
    session.document.redo()
    assert plot_of(fit).grab().toImage() != with_ring


def test_values_are_read_by_keys(window, qtbot):
    main, session = window
    session.play(lambda head: head.seek(40))
    main.show_now()
    curves = main.findChild(CurvePane)
    curves.setFocus()
    for _ in range(3):
        qtbot.keyClick(curves, Qt.Key.Key_Right, SHIFT)
    assert curves.over_time.plot.readout.isVisible()
    assert curves.accessibleDescription().startswith("step 42: ")
    loss = session.frame().views[0].whole.loss[42]
    assert f"Gradient descent {loss:.5g}" in curves.over_time.reading
    qtbot.keyClick(curves, Qt.Key.Key_Return)
    assert session.playhead.cursor == 42
    qtbot.keyClick(curves, Qt.Key.Key_Escape)
    assert not curves.over_time.plot.readout.isVisible()
    assert curves.over_time.reading == ""


@pytest.mark.parametrize(("low", "high"), [(-6.0, 6.0), (0.0, 1e-9), (-1e90, 1e90), (5.0, 5.0000001)])
def test_presses_go_over_round_numbers(low, high):
    step = stride(low, high)
    assert 35 < (high - low) / step < 200
    assert f"{step:e}"[0] in "125"
    assert float(f"{step:.0e}") == step
