"""Stops that ask and then reveal, in a real window with a clicker."""

import json

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gdsim.gui.curves.curve_plot import CurvePlot
from gdsim.gui.exercises.quiz.quiz import Quiz
from tests.gui.lessons.test_lessons_in_the_window import opened, press
from tests.gui.windows import pixels_of

pytestmark = pytest.mark.usefixtures("all_undressed")
ASKS = {
    "title": "Guess",
    "scene": "valley",
    "show": ["Momentum"],
    "select": "Momentum",
    "caption": "The map alone.",
    "question": "How low does it get?",
    "answer": "Down to {loss(Momentum, end) :2}.",
    "look": "Turn it.",
    "hide": ["surface", "minimum", "future", "look", "formulas"],
    "reveal": [["surface"], ["minimum", "future", "look", "formulas"]],
    "formulas": ["x = 1"],
    "play": [10, 14],
}
OPENS = {
    "title": "Try",
    "scene": "valley",
    "caption": "An exercise.",
    "exercise": {"open": "quiz", "level": 3, "seed": 42},
}
ALONE = {"title": "Alone", "scene": "valley", "caption": "Two panes.", "only": ["contours", "points"]}


@pytest.fixture
def asking(qtbot, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"gdsim-lesson": 1, "title": "Mine", "stops": [ASKS, OPENS, ALONE]}))
    window, session = opened(qtbot)
    window.lessons.open(str(path), 0)
    qtbot.waitUntil(lambda: window.lessons.lesson is not None)
    qtbot.waitUntil(lambda: bool(window.lessons.bar.card.accessibleDescription()))
    qtbot.waitUntil(window.is_settled)
    window.show_now()
    return window, session


def spoken(window):
    return window.lessons.bar.card.accessibleDescription()


def ahead_of_cursor(window):
    """Return what is drawn to the right of the cursor, but for its own marker."""
    plot = window.cards.curves.findChild(CurvePlot)
    area = plot.box.sceneBoundingRect().toRect()
    cursor = round(plot.pixel_of(plot.now))
    return pixels_of(plot)[area.top() : area.bottom(), cursor + 12 : area.right()]


def has_a_line(pixels):
    return (np.ptp(pixels, axis=-1) > 60).any()  # all but curves is grey


def stage(window):
    return window.lessons.guide.index, window.lessons.guide.stage


def test_what_is_hidden_is_revealed_step_by_step_and_hidden_again_on_the_way_back(asking, qtbot):
    window, session = asking
    window.setUpdatesEnabled(True)
    cards, bar = window.cards, window.lessons.bar

    def assert_hidden():
        assert stage(window) == (0, 0)
        assert not cards.surface.isVisible()
        assert cards.surface_card.isVisible()
        assert "How low does it get?" in spoken(window)
        assert "Down to" not in spoken(window)
        assert "Turn it" not in spoken(window)
        assert not bar.formulas.isVisible()
        assert bar.reveal.text() == "Show more"
        window.show_now()
        assert not has_a_line(ahead_of_cursor(window))
        # It stands until it is answered.
        assert not session.playhead.playing
        assert session.playhead.cursor == 10

    assert_hidden()
    press(window, qtbot, Qt.Key.Key_PageDown)
    assert stage(window) == (0, 1)
    assert cards.surface.isVisible()
    cards.surface.grab()
    assert window.cards.surface.over.minimum_names.labels == ()
    assert "How low does it get?" in spoken(window)
    assert bar.reveal.text() == "Show the answer"
    qtbot.mouseClick(bar.reveal, Qt.MouseButton.LeftButton)
    assert stage(window) == (0, 2)
    assert "How low does it get?" not in spoken(window)
    assert "Down to" in spoken(window)
    assert "Turn it" in spoken(window)
    qtbot.waitUntil(bar.formulas.isVisible)
    assert not bar.reveal.isVisible()
    qtbot.waitUntil(lambda: session.playhead.cursor == 14 and not session.playhead.playing)
    window.show_now()
    assert has_a_line(ahead_of_cursor(window))
    qtbot.waitUntil(lambda: bool(window.cards.surface.over.minimum_names.labels))
    for _ in range(2):
        press(window, qtbot, Qt.Key.Key_PageUp)
    assert_hidden()


def test_the_lowest_place_is_marked_on_the_map_when_it_is_revealed_or_the_lesson_ends(asking, qtbot):
    window, _ = asking
    window.setUpdatesEnabled(True)
    press(window, qtbot, Qt.Key.Key_PageDown)
    hidden = pixels_of(window.cards.contours)
    press(window, qtbot, Qt.Key.Key_PageDown)
    window.session.play(lambda head: head.pause().seek(10))
    window.show_now()
    shown = pixels_of(window.cards.contours)
    # Nothing but the mark has changed.
    rows, columns = np.nonzero((hidden != shown).any(axis=-1))
    assert 0 < len(rows) < 1000
    assert max(np.ptp(rows), np.ptp(columns)) < 30
    press(window, qtbot, Qt.Key.Key_PageUp)
    press(window, qtbot, Qt.Key.Key_F5)
    assert stage(window) == (0, 1)  # what was revealed stays so
    window.lessons.guide.go(0)
    assert stage(window) == (0, 0)
    window.lessons.guide.end()
    assert window.cards.surface.isVisible()
    qtbot.waitUntil(lambda: has_a_line(ahead_of_cursor(window)))
    qtbot.waitUntil(lambda: bool(window.cards.surface.over.minimum_names.labels))


def test_keys_read_no_value_of_the_future_while_it_is_hidden(asking, qtbot):
    window, _ = asking
    curves = window.cards.curves
    curves.setFocus()
    shift = Qt.KeyboardModifier.ShiftModifier
    for _ in range(2):  # the first reads where the cursor is
        qtbot.keyClick(curves, Qt.Key.Key_Left, shift)
    assert curves.over_time.reading.startswith("step 9")
    for _ in range(3):
        qtbot.keyClick(curves, Qt.Key.Key_Right, shift)
    assert "step 11" not in curves.over_time.reading
    assert "loss up" not in curves.header.hint.text()


def test_a_stop_opens_its_exercise_with_its_settings_and_a_clicker_goes_on_from_there(asking, qtbot):
    window, _ = asking
    window.lessons.guide.go(1)
    assert window.lessons.bar.reveal.text() == "Open the exercise"
    press(window, qtbot, Qt.Key.Key_PageDown)
    quiz = window.exercises.opened["quiz"]
    assert isinstance(quiz, Quiz)
    assert (quiz.score.level, quiz.seed.value(), stage(window)) == (3, 42, (1, 1))
    qtbot.waitUntil(lambda: quiz.question is not None)
    with qtbot.waitActive(quiz):
        quiz.activateWindow()
    qtbot.keyClick(QApplication.focusWidget() or quiz, Qt.Key.Key_PageDown)
    assert stage(window) == (2, 0)
    assert "quiz" not in window.exercises.opened
    # Back at the stop it is not opened unasked.
    with qtbot.waitActive(window):
        window.activateWindow()
    press(window, qtbot, Qt.Key.Key_PageUp)
    assert stage(window) == (1, 0)
    assert "quiz" not in window.exercises.opened


def test_a_stop_shows_its_panes_alone_as_large_as_they_can_be(asking, qtbot):
    window, _ = asking
    cards = window.cards
    before = {name: card.geometry() for name, card in cards.by_name.items()}
    window.lessons.guide.go(2)
    QApplication.processEvents()
    shown = {name for name, card in cards.by_name.items() if card.isVisible()}
    assert shown == {"contours", "points", "playback"}
    for name in ("contours", "points"):
        assert cards.by_name[name].width() > 0.45 * window.width()
    # The order of reading is that of the window.
    assert cards.points_card.mapTo(window, cards.points_card.rect().topLeft()).x() < window.width() / 2
    window.lessons.guide.go(1)
    for _ in range(3):
        QApplication.processEvents()
    assert {name: card.geometry() for name, card in cards.by_name.items()} == before
