"""File work off the window's thread."""

import threading

import pytest
from gdsim.session.errands import Errands


@pytest.fixture
def errands(qtbot):
    made = Errands()
    yield made
    made.finish()


def test_errands_are_done_in_their_order_and_answered_in_this_thread(errands, qtbot):
    answers = []
    for number in range(3):
        errands.submit(
            lambda number=number: (number, threading.current_thread()),
            lambda result: answers.append((*result, threading.current_thread())),
            answers.append,
        )
    qtbot.waitUntil(lambda: len(answers) == 3)
    assert [number for number, *_ in answers] == [0, 1, 2]
    here = threading.current_thread()
    assert all(did is not here and told is here for _, did, told in answers)
    assert not errands.is_busy


def test_a_failure_is_an_answer_and_the_next_errand_follows(errands, qtbot):
    answers = []
    errands.submit(lambda: 1 // 0, answers.append, lambda error: answers.append(type(error)))
    errands.submit(lambda: "fine", answers.append, answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert answers == [ZeroDivisionError, "fine"]


def test_long_work_is_told_and_short_work_is_not(errands, qtbot):
    told, gate, answers = [], threading.Event(), []
    errands.working.connect(told.append)
    errands.submit(lambda: None, answers.append, answers.append, "Short…")
    qtbot.waitUntil(lambda: bool(answers))
    assert "Short…" not in told
    errands.submit(gate.wait, answers.append, answers.append, "Saving…")
    qtbot.waitUntil(lambda: "Saving…" in told)
    gate.set()
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert told[-1] == ""


def test_finishing_lets_the_errand_under_way_end_and_forgets_the_rest(errands, qtbot):
    gate, did, answers = threading.Event(), [], []
    errands.submit(lambda: (gate.wait(), did.append("first")), answers.append, answers.append)
    errands.submit(lambda: did.append("second"), answers.append, answers.append)
    threading.Timer(0.05, gate.set).start()
    errands.finish()
    errands.finish()
    assert did == ["first"]
    assert not errands.is_busy
    qtbot.wait(1)
    assert answers == []


def test_an_answer_may_ask_for_more(errands, qtbot):
    answers = []

    def again(result):
        answers.append(result)
        if result < 3:
            errands.submit(lambda: result + 1, again, answers.append)

    errands.submit(lambda: 1, again, answers.append)
    qtbot.waitUntil(lambda: answers == [1, 2, 3])
