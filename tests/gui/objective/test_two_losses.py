"""The surface of another loss beside that of the document, under one camera."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gdsim.core.model.objective import NeuronObjective
from gdsim.core.surface.sampling import sample_surface
from gdsim.session import surfaces
from tests.core.records import scene
from tests.every import every
from tests.gui.lessons.test_lessons_in_the_window import opened, press
from tests.gui.main_windows import is_marked, shown_cards


@pytest.fixture
def compared(qtbot):
    window, session = opened(qtbot, scene="valley")
    return window, session, beside(window, qtbot)


def beside(window, qtbot):
    window.commands["two_losses"].trigger()
    QApplication.processEvents()
    qtbot.waitUntil(lambda: window.stage.beside.session.is_settled)
    return window.stage.beside


def test_the_same_points_have_two_surfaces_and_the_window_says_what_follows(compared):
    window, session, card = compared
    assert shown_cards(window) == {"surface", "playback"}
    assert card.surface.isVisible()
    assert not card.contours.isVisible()
    assert not card.curves.isVisible()
    assert card.session.experiment.points == session.experiment.points
    assert card.session.experiment.runs == session.experiment.runs
    expected = sample_surface(
        session.experiment.points,
        session.experiment.view_range,
        grid=surfaces.GRID,
        objective=NeuronObjective(loss="cross-entropy"),
    )
    assert np.array_equal(card.session.surface.loss, expected.loss)
    said = card.why.text()
    assert "Left (Squared error): The gradient has the slope f·(1 − f) as a factor" in said
    assert "Right (Cross-entropy): The slope f·(1 − f) of the sigmoid cancels" in said
    assert "without the plateau of the squared error" in said
    assert is_marked(window, "two_losses")


def test_both_are_looked_at_by_one_camera(compared, qtbot):
    window, _, card = compared
    first, other = window.cards.surface, card.surface
    assert first.camera.place == other.camera.place
    first.orbit(33.3, -7.1)
    assert other.camera.place == first.camera.place
    other.zoom(1.3)
    assert first.camera.place == other.camera.place
    qtbot.keyClick(other, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert first.camera.place == other.camera.place
    window.commands["top_view"].trigger()
    assert other.camera.place == first.camera.place
    assert other.camera.place[1] == 90.0


def test_both_have_the_same_arrows_and_planes(compared, qtbot):
    window, _, card = compared
    for shown in (True, False, True):
        window.commands["planes"].trigger()
        assert window.cards.surface.planes is shown
        assert card.surface.planes is shown
    for on in (False, True, False):
        window.commands["arrows"].trigger()
        assert window.cards.surface.arrows.on is on
        assert card.surface.arrows == window.cards.surface.arrows
    window.commands["two_losses"].trigger()
    again = beside(window, qtbot)
    assert not again.surface.arrows.on
    assert again.surface.planes


def test_it_follows_the_document_and_plays_in_step(compared, qtbot):
    window, session, card = compared
    session.play(lambda head: head.seek(17))
    qtbot.waitUntil(lambda: card.session.playhead.cursor == 17)
    session.select(2)
    assert card.session.selected == 2
    window.user_actions.move_point(0, 0, 1.9, merge="")
    qtbot.waitUntil(lambda: card.session.is_settled)
    assert card.session.experiment.points == session.experiment.points
    qtbot.waitUntil(lambda: card.session.playhead.cursor == session.playhead.cursor)
    assert card.session.selected == 2
    card.choice.setCurrentIndex(card.choice.findData("absolute"))
    card.choice.activated.emit(card.choice.currentIndex())
    qtbot.waitUntil(lambda: card.session.is_settled)
    assert card.session.experiment.objective == NeuronObjective(loss="absolute")
    assert "Right (Absolute error)" in card.why.text()
    assert card.title.whole() == "Absolute error (the same points)"
    assert session.experiment.objective == NeuronObjective()
    # A new run and another colour are drawn there too.
    window.user_actions.duplicate_run(0)
    pink = replace(session.experiment.runs[0], colour="#ff00ff")
    window.user_actions.replace_run(0, pink, "Colour")
    qtbot.waitUntil(lambda: card.session.is_settled)
    styles, wanted = (
        {line.run: line.style for line in curves.over_time.lines}
        for curves in (card.curves, window.cards.curves)
    )
    assert styles == wanted
    assert len(styles) == len(session.experiment.runs)
    assert styles[0].colour == "#ff00ff"
    # A mean is compared with a mean.
    of_mean = NeuronObjective(reduction="mean", l2=0.01)
    session.open(replace(session.experiment, objective=of_mean))
    assert card.session.experiment.objective == replace(of_mean, loss="absolute")


@every("way", ["click", "command", "escape", "lesson", "function"])
def test_it_goes_and_can_come_again(compared, qtbot, way):
    window, session, first = compared
    card = window.stage.beside or beside(window, qtbot)
    assert card.isVisible()
    match way:
        case "click":
            qtbot.mouseClick(card.away, Qt.MouseButton.LeftButton)
        case "command":
            assert card is not first
            window.commands["two_losses"].trigger()
        case "escape":
            press(window, qtbot, Qt.Key.Key_Escape)
        case "function":
            session.open(scene("himmelblau"))
        case "lesson":
            window.lessons.open("landscapes")
            qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    QApplication.processEvents()
    assert not is_marked(window, "two_losses")
    if way == "lesson":  # whose first stop has a scene beside it
        window.lessons.end()
    else:
        assert window.stage.beside is None
        assert {"surface", "contours", "curves"} <= shown_cards(window)


def test_a_function_has_no_other_loss(qtbot):
    window, _ = opened(qtbot, scene="himmelblau")
    window.commands["two_losses"].trigger()
    assert window.notice.text() == "A function of w and b has no points, so there is no other loss over them."
    assert not is_marked(window, "two_losses")
    assert window.stage.beside is None
