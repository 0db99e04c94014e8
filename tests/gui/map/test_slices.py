"""Any two of several parameters in the window: the chooser, the sliders, and what the panes then draw."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gdsim.core.analysis.series import CurveKind
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.model.plane import Slice
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.sampling import sample_surface
from gdsim.gui.map.contour_pane import StartMarker
from gdsim.gui.map.slice_editor import SliceButton
from gdsim.session import surfaces
from tests.gui.shared_window import shared
from tests.gui.windows import item_of, plot_of


def opened(qtbot, experiment):
    return shared(qtbot, experiment, painted=False)


@pytest.fixture
def four(qtbot):
    return opened(qtbot, load_scene(find_scene("four-inputs")))


def choose(box, text):
    box.setCurrentIndex(box.findText(text))
    box.activated.emit(box.currentIndex())


def labels(window):
    plot = plot_of(window.cards.contours)
    return plot.getAxis("bottom").labelText, plot.getAxis("left").labelText


def test_one_input_offers_no_slice(qtbot):
    window, session = opened(qtbot, load_scene(find_scene("valley")))
    assert window.cards.slice_button.isHidden()
    assert window.cards.contours.note.isHidden()
    assert session.surface.plane.is_all


def test_the_numbers_of_the_slice_do_not_widen_the_panes(four, qtbot):
    """While a run plays they would come and go, and at 1280 pixels the panes would have to scroll."""
    window, session = four
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: window.width() == 1300)
    least = set()
    for step in (0, 2, 40):
        session.play(lambda head, step=step: head.seek(step))
        qtbot.waitUntil(lambda: session.surface.plane.held == tuple(session.frame().current.p[1:-1].tolist()))
        window.show_now()
        least.add(window.cards.contours.minimumSizeHint().width())
    assert len(least) == 1


def test_the_slice_goes_with_the_selected_run(four, qtbot):
    window, session = four
    for run, step in ((0, 40), (3, 100), (3, 5)):
        session.select(run)
        session.play(lambda head, step=step: head.seek(step))
        p = session.frame().current.p
        qtbot.waitUntil(lambda p=p: session.surface.plane.held == tuple(p[1:-1].tolist()))
        frame = session.frame()
        assert not frame.is_beside(frame.current)
        points, view_range = session.experiment.points, session.experiment.view_range
        expected = sample_surface(points, view_range, frame.plane, surfaces.GRID)
        np.testing.assert_array_equal(session.surface.loss, expected.loss)
    assert "off the slice" in window.cards.contours.note.whole()
    assert "Gradient descent" in window.cards.contours.note.whole()


def test_two_weights_are_chosen_and_everything_draws_them(four, qtbot):
    window, session = four
    button = window.cards.slice_button
    session.play(lambda head: head.seek(30))
    button.click()
    choose(button.axes[0], "w₂")
    choose(button.axes[1], "w₃")
    qtbot.waitUntil(lambda: session.surface.plane.axes == (1, 2))
    qtbot.waitUntil(window.is_settled)
    assert session.experiment.slice == Slice((1, 2))
    assert labels(window) == ("w₂", "w₃")
    assert list(button.sliders) == [0, 3, 4]
    view = session.frame().current
    assert view.place == (view.p[1], view.p[2])
    contours = window.cards.contours
    # Maps that are told of runs that have grown take turns.
    marker = item_of(plot_of(contours), StartMarker)
    qtbot.waitUntil(lambda: marker.pos().toTuple() == view.run.start[1:3])
    contours.start_picked.emit(1.25, -0.5)
    assert session.selected_run.start[1:3] == (1.25, -0.5)
    for _ in range(3):
        window.commands["undo"].trigger()
    assert session.experiment.slice == Slice()
    qtbot.waitUntil(lambda: labels(window) == ("w₁", "b"))


def test_the_popup_is_filled_when_it_is_opened_and_stays_so_while_the_map_is_zoomed(qtbot):
    """Of a hundred inputs to fill it takes longer than ten frames."""
    button = SliceButton()
    qtbot.addWidget(button)
    button.show_slice(Slice(), 4, ViewRange())
    assert not button.sliders
    button.open_popup()
    sliders = button.sliders
    assert list(sliders) == [1, 2, 3]
    button.show_slice(Slice(), 4, ViewRange(-9.0, 3.0, -6.0, 6.0))
    assert button.sliders is sliders
    assert {slider.numbers() for slider in sliders.values()} == {(-9.0, 6.0)}
    button.popup.close()


def test_a_parameter_that_is_drawn_already_changes_places(four, qtbot):
    window, session = four
    button = window.cards.slice_button
    button.click()
    choose(button.axes[0], "b")
    assert session.experiment.slice.axes == (-1, 0)
    qtbot.waitUntil(lambda: labels(window) == ("b", "w₁"))


def test_a_slider_puts_the_slice_where_it_stays(four, qtbot):
    window, session = four
    button, contours = window.cards.slice_button, window.cards.contours
    session.play(lambda head: head.seek(30))
    p = session.frame().current.p
    qtbot.waitUntil(lambda: session.surface.plane.held == tuple(p[1:-1].tolist()))
    button.click()
    slider = button.sliders[2]
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    slider.settled.emit()
    held = session.experiment.slice.held
    assert not button.follows.isChecked()
    assert held[1] == slider.number() != p[2]
    assert (held[0], held[2]) == (p[1], p[3])
    qtbot.waitUntil(lambda: session.surface.plane.held == held)
    session.play(lambda head: head.seek(60))
    qtbot.waitUntil(lambda: session.frame().current.step == 60 and window.is_settled())
    assert session.surface.plane.held == held
    frame = session.frame()
    assert frame.is_beside(frame.current)
    away = np.linalg.norm(frame.current.p[1:4] - held)
    assert frame.distance(frame.current) == pytest.approx(away)
    qtbot.waitUntil(lambda: f"Gradient descent {away:.3g}" in contours.note.whole())
    field = button.fields[1]
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "0.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert session.experiment.slice.held == (0.5, *held[1:])
    button.follows.click()
    assert session.experiment.slice.follows
    window.commands["undo"].trigger()
    window.commands["undo"].trigger()
    assert session.experiment.slice.held == held
    window.commands["undo"].trigger()  # both steps of the slider are one
    assert session.experiment.slice == Slice()


def test_points_of_another_number_of_inputs_have_the_usual_slice(four, qtbot):
    window, session = four
    session.edit(replace(session.experiment, slice=Slice((1, 3), (0.0, 1.0, 0.5))), "Slice")
    qtbot.waitUntil(lambda: labels(window) == ("w₂", "w₄"))
    session.open(load_scene(find_scene("valley")))
    qtbot.waitUntil(lambda: labels(window) == ("w", "b") and window.is_settled())
    assert window.cards.slice_button.isHidden()
    assert session.surface.plane.is_all


def test_each_pane_works_in_every_slice(four, qtbot):
    window, session = four
    window.setUpdatesEnabled(True)
    window.commands["lens"].trigger()
    session.play(lambda head: head.seek(25))
    for axes in ((0, 1), (3, -1), (-1, 2)):
        session.edit(replace(session.experiment, slice=Slice(axes, (0.1, -0.2, 0.3))), "Slice")
        qtbot.waitUntil(lambda axes=axes: session.surface.plane.axes == tuple(one % 5 for one in axes))
        qtbot.waitUntil(window.is_settled)
        names = session.surface.plane.names
        window.view.look_at(CurveKind.CUT, "limit", arrows=True)
        assert not window.grab().isNull()
        assert f"L along {names[0]}" in window.cards.curves.cut.picture_in_words()
        assert window.cards.contours.accessibleDescription().startswith(f"{names[0]} from")
