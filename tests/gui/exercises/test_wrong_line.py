"""Find the wrong line in a real window: by key and by click, with the runs of both kinds of lines."""

import pytest
from PySide6.QtCore import Qt

from tests.gui.windows import cut_off_texts, focus


@pytest.fixture
def wrong_line(exercise, qtbot):
    _, _, dialog = exercise("wrong_line", theme="dark")
    asked(qtbot, dialog)
    return dialog


def asked(qtbot, dialog):
    qtbot.waitUntil(lambda: dialog.question is not None and dialog.chosen is None)


def test_the_wrong_line_is_found_by_its_number_and_explained(wrong_line, qtbot):
    for number in range(3):
        question = wrong_line.question
        assert question.rule.title in wrong_line.asked.text()
        assert not wrong_line.next.isEnabled()
        qtbot.waitUntil(lambda: wrong_line.focusWidget() is not None)
        qtbot.keyClick(wrong_line.focusWidget(), str(question.answer + 1))
        assert wrong_line.verdict.text() == f"Found: line {question.answer + 1} is wrong."
        assert question.sentence in wrong_line.reason.text()
        assert wrong_line.cards[question.answer].button.accessibleDescription() == "Wrong: found"
        assert wrong_line.losses.accessibleDescription().count("from") == 2
        qtbot.waitUntil(lambda: cut_off_texts(wrong_line) == [])
        assert wrong_line.tally.text() == f"{number + 1} of {number + 1} found"
        qtbot.keyClick(wrong_line.focusWidget(), Qt.Key.Key_Return)
        asked(qtbot, wrong_line)
        assert wrong_line.losses.accessibleDescription().count("from") == 1
        shown = [card for card in wrong_line.cards if card.isVisible()]
        assert len(shown) == len(wrong_line.question.lines)


def test_a_click_on_a_right_line_counts_once(wrong_line, qtbot):
    answer = wrong_line.question.answer
    other = (answer + 1) % len(wrong_line.question.lines)
    qtbot.mouseClick(wrong_line.cards[other].picture, Qt.MouseButton.LeftButton)
    assert wrong_line.verdict.text().startswith(f"Line {other + 1} is right")
    assert wrong_line.cards[other].button.accessibleDescription() == "This line is right"
    assert wrong_line.cards[answer].button.accessibleDescription() == "This one is wrong"
    qtbot.mouseClick(wrong_line.cards[answer].button, Qt.MouseButton.LeftButton)
    assert wrong_line.tally.text() == "0 of 1 found"


def test_the_seed_asks_the_same_and_closing_keeps_the_answer(wrong_line, qtbot):
    window, first = wrong_line.parent(), wrong_line.question
    focus(qtbot, wrong_line.seed)
    wrong_line.seed.selectAll()
    qtbot.keyClicks(wrong_line.seed, "9")
    qtbot.keyClick(wrong_line.seed, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wrong_line.question not in (None, first))
    question = wrong_line.question
    wrong_line.answer(question.answer)
    reason = wrong_line.reason.text()
    wrong_line.close()
    window.commands["wrong_line"].trigger()
    again = window.exercises.opened["wrong_line"]
    qtbot.waitUntil(lambda: again.chosen is not None)
    assert again.question.lines == question.lines
    assert again.reason.text() == reason
    assert again.tally.text() == "1 of 1 found"


def test_an_answer_belongs_to_its_question_while_that_is_made_again(wrong_line, qtbot):
    window = wrong_line.parent()

    def closed_and_opened():
        window.exercises.opened["wrong_line"].close()
        window.commands["wrong_line"].trigger()
        return window.exercises.opened["wrong_line"]

    wrong_line.answer(wrong_line.question.answer)
    closed_and_opened()
    again = closed_and_opened()  # before the question was there
    qtbot.waitUntil(lambda: again.chosen is not None)
    other = closed_and_opened()
    other.set_up({"seed": 5})
    qtbot.waitUntil(lambda: other.question is not None)
    assert other.chosen is None
    assert other.verdict.text() == ""


def test_a_lesson_sets_the_seed(wrong_line, qtbot):
    wrong_line.set_up({"seed": 5})
    asked(qtbot, wrong_line)
    assert wrong_line.seed.value() == 5
    assert wrong_line.number == 0


def test_lines_that_lead_to_no_number_are_asked_about_as_any_others(wrong_line, qtbot):
    """AdaGrad that gathers the gradient takes the root of a negative number."""
    wrong_line.setUpdatesEnabled(True)
    wrong_line.set_up({"seed": 0})
    asked(qtbot, wrong_line)
    question = wrong_line.question
    assert len(question.wrong.p) == 1
    assert question.rule.title in wrong_line.asked.text()
    assert not wrong_line.grab().isNull()
    wrong_line.answer(question.answer)
    assert not wrong_line.grab().isNull()
    assert (
        "The run of the lines shown diverges at step 1: a number became infinite or undefined."
        in wrong_line.reason.text()
    )
    assert "NaN" not in wrong_line.losses.accessibleDescription()
