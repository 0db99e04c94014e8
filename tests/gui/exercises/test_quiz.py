"""The contour quiz in a real window: right and wrong answers, by keys and by clicks, up to the next level."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage

from gdsim.core.exercises.quiz.making import make_question
from gdsim.core.exercises.quiz.question import ANSWER_LETTERS, QuestionKind
from gdsim.gui.exercises.quiz.question_view import QuestionView
from tests.gui.windows import cut_off_texts, expose, focus, plot_of, where
from tests.threads import running_threads

KINDS = len(QuestionKind)


@pytest.fixture
def quiz(exercise, qtbot):
    _, _, quiz = exercise("quiz", theme="dark")
    asked(qtbot, quiz)
    return quiz


def asked(qtbot, quiz):
    qtbot.waitUntil(lambda: quiz.question is not None and not quiz.view.findChild(QTimer).isActive())


def press(qtbot, quiz, letter_or_digit):
    focus(qtbot, quiz.view.cards[0].button)
    qtbot.keyClick(quiz.view.cards[0].button, letter_or_digit)


def choose_level(quiz, level):
    quiz.level.setCurrentIndex(level - 1)
    quiz.level.activated.emit(level - 1)


def colourfulness(widget):
    """Return the share of pixels that have a colour."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.array(image.constBits()).reshape(image.height(), image.width(), 4)[..., :3].astype(int)
    return float((np.ptp(pixels, axis=2) > 60).mean())


def go_on(qtbot, quiz):
    qtbot.keyClick(quiz.focusWidget(), Qt.Key.Key_Return)
    asked(qtbot, quiz)


def test_every_kind_is_answered_right_by_keys_and_explained(quiz, announced, qtbot):
    quiz.set_up({"seed": 6})  # which asks for the last kind twice in a row
    asked(qtbot, quiz)
    kinds = []
    for number in range(KINDS):
        question = quiz.question
        kinds.append(question.kind)
        assert not quiz.next.isEnabled()
        answer = question.answer
        announced()
        press(qtbot, quiz, ANSWER_LETTERS[answer].lower() if number % 2 else str(answer + 1))
        assert quiz.verdict.text() == f"{ANSWER_LETTERS[answer]} is right."
        assert len(quiz.reason.text()) > 40
        assert announced() == [f"{quiz.verdict.text()} {quiz.reason.text()}"]
        assert quiz.view.cards[answer].button.accessibleDescription() == "Right: your answer"
        qtbot.waitUntil(lambda: cut_off_texts(quiz) == [])
        go_on(qtbot, quiz)
        assert quiz.verdict.text() == ""
        assert announced() == [quiz.asked.text()]
    assert quiz.question.kind is kinds[-1]
    assert set(kinds) == set(QuestionKind)
    assert quiz.tally.text() == "5 of 5 right, 5 in a row, best 5"
    assert quiz.level.currentText() == "Level 2"


def test_keys_answer_at_once_and_after_every_question(quiz, qtbot):
    for asked_before in range(3):
        qtbot.waitUntil(lambda: quiz.focusWidget() is not None)
        qtbot.keyClick(quiz.focusWidget(), "2")
        assert quiz.score.asked == asked_before + 1
        go_on(qtbot, quiz)


def test_wrong_answers_are_explained_and_count_once(quiz, qtbot):
    for _ in range(KINDS):
        answer = quiz.question.answer
        wrong = (answer + 1) % 4
        qtbot.mouseClick(quiz.view.cards[wrong].button, Qt.MouseButton.LeftButton)
        assert (
            quiz.verdict.text()
            == f"{ANSWER_LETTERS[wrong]} is not right: the answer is {ANSWER_LETTERS[answer]}."
        )
        assert ANSWER_LETTERS[wrong] in quiz.reason.text()
        assert quiz.view.cards[answer].button.accessibleDescription() == "This one is right"
        before = quiz.score
        qtbot.mouseClick(quiz.view.cards[answer].button, Qt.MouseButton.LeftButton)
        assert quiz.score == before
        qtbot.mouseClick(quiz.next, Qt.MouseButton.LeftButton)
        asked(qtbot, quiz)
    assert quiz.tally.text() == "0 of 5 right, 0 in a row, best 0"
    assert quiz.level.currentText() == "Level 1"


def test_a_surface_and_a_map_are_picked_by_a_click_but_not_by_a_turn(quiz, qtbot):
    picked = set()
    while len(picked) < 2:
        question = quiz.question
        if question.kind is QuestionKind.SURFACE:
            view = quiz.view.surfaces[2]
            qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=view.rect().center())
            qtbot.mouseMove(view, view.rect().center() * 1.5)
            qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=view.rect().center() * 1.5)
            assert quiz.chosen is None
            qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
        elif question.kind is QuestionKind.MAP:
            viewport = plot_of(quiz.view.maps[2]).viewport()
            qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=viewport.rect().center())
        else:
            press(qtbot, quiz, "3")
        assert quiz.chosen == 2
        picked |= {question.kind} & {QuestionKind.SURFACE, QuestionKind.MAP}
        go_on(qtbot, quiz)


def test_a_mark_on_the_map_is_picked_by_a_click_near_it(quiz, qtbot):
    asked_of_marks = {QuestionKind.STEEPEST, QuestionKind.GENTLEST, QuestionKind.DOWNHILL}
    while quiz.question.kind not in asked_of_marks:
        press(qtbot, quiz, "1")
        go_on(qtbot, quiz)
    flat = quiz.view.map
    plot = plot_of(flat)
    places = [where(plot, one.w, one.b) for one in flat.marks]
    away = max(
        (QPoint(x, y) for x in range(5, plot.width(), 20) for y in range(5, plot.height(), 20)),
        key=lambda place: min((place - one).manhattanLength() for one in places),
    )
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=away)
    assert quiz.chosen is None
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=places[2])
    assert quiz.chosen == 2


def test_the_seed_asks_the_same_questions_and_the_level_others(quiz, qtbot):
    first = quiz.question
    assert np.array_equal(first.subject.loss, make_question(1, 0, 1).subject.loss)
    choose_level(quiz, 4)
    asked(qtbot, quiz)
    assert quiz.question.level == 4
    focus(qtbot, quiz.seed)
    quiz.seed.selectAll()
    qtbot.keyClicks(quiz.seed, "9")
    qtbot.keyClick(quiz.seed, Qt.Key.Key_Return)
    asked(qtbot, quiz)
    assert np.array_equal(quiz.question.subject.loss, make_question(9, 0, 4).subject.loss)


def test_harder_surfaces_have_no_colours(quiz, qtbot):
    """A plain map has none either: the colours of one are never those of the other."""
    quiz.setUpdatesEnabled(True)
    colourful = {}
    for level in (1, 5):
        choose_level(quiz, level)
        asked(qtbot, quiz)
        while quiz.question.kind is not QuestionKind.SURFACE:
            press(qtbot, quiz, "1")
            quiz.score = quiz.score.at(level)
            go_on(qtbot, quiz)
        colourful[level] = colourfulness(quiz.view.surfaces[0])
        assert colourfulness(quiz.view.map) < 0.001
    assert colourful[1] > 0.05
    assert colourful[5] < 0.001


def test_two_halves_as_narrow_as_the_answers_can_be_fit_beside_each_other(qtbot):
    view = QuestionView()
    answers = view.layout().itemAt(1).widget().minimumSizeHint().width()
    width = 2 * answers + view.layout().spacing()
    view.resize(width, 600)
    expose(qtbot, view)
    assert view.width() == width
    assert view.minimumSizeHint().width() <= width


def test_closing_keeps_the_score(quiz, qtbot):
    window, question = quiz.parent(), quiz.question
    press(qtbot, quiz, "1")
    score, reason = quiz.score, quiz.reason.text()
    qtbot.keyClick(quiz, Qt.Key.Key_Escape)
    quiz.reject()  # as a second key does that is pressed before it is deleted
    assert not window.exercises.opened
    window.commands["quiz"].trigger()
    quiz = window.exercises.opened["quiz"]
    assert quiz.isVisible()
    assert quiz.score == score
    assert quiz.question is question
    assert quiz.reason.text() == reason


def test_closing_the_main_window_while_a_question_is_made_ends_the_thread(quiz):
    choose_level(quiz, 2)
    quiz.parent().close()
    assert running_threads() == []
    assert not quiz.isVisible()
