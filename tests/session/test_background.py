"""Work in the background: answered in order, in this thread, and not at all when nobody wants it any more."""

import threading

import pytest
from gdsim.session.background import Background


@pytest.fixture
def background(qtbot):
    made = Background()
    yield made
    made.close()


def test_tasks_run_elsewhere_and_are_answered_here(background, qtbot):
    here, answers = threading.get_ident(), []
    background.answered.connect(
        lambda key, value: answers.append((key, value, threading.get_ident() == here))
    )
    background.ask("a", threading.get_ident)
    background.ask(("b", 1), lambda: "done")
    qtbot.waitUntil(lambda: len(answers) == 2)
    (first, where, in_this_thread), second = answers
    assert first == "a"
    assert where != here
    assert in_this_thread
    assert second == (("b", 1), "done", True)


def test_what_nobody_wants_any_more_is_left_out(background, qtbot):
    began, go_on, done, answers = threading.Event(), threading.Event(), [], []
    background.answered.connect(lambda key, value: answers.append(key))

    def slow():
        began.set()
        return go_on.wait(5.0)

    background.ask("slow", slow)
    background.ask("unwanted", lambda: done.append(1))
    background.ask("wanted", lambda: 1)
    assert began.wait(5.0)
    background.keep(["wanted"])
    go_on.set()
    qtbot.waitUntil(lambda: answers == ["wanted"])
    assert done == []


def test_what_was_forgotten_at_work_is_no_answer_to_a_later_question(background, qtbot):
    began, go_on, answers = threading.Event(), threading.Event(), []
    background.answered.connect(lambda key, value: answers.append((key, value)))

    def old():
        began.set()
        go_on.wait(5.0)
        return "old"

    background.ask("same", old)
    assert began.wait(5.0)
    background.keep([])
    background.ask("same", lambda: "new")
    go_on.set()
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [("same", "new")]


def test_what_is_under_way_is_not_done_twice(background, qtbot):
    done, answers = [], []
    background.answered.connect(lambda key, value: answers.append(key))
    for _ in range(3):
        background.ask("one", lambda: done.append(1))
    background.ask("other", lambda: None)
    qtbot.waitUntil(lambda: answers == ["one", "other"])
    assert done == [1]


def test_closing_waits_for_the_task_in_work(qtbot):
    background, began, ended = Background(), threading.Event(), []

    def work():
        began.set()
        ended.append(1)

    background.ask("one", work)
    assert began.wait(5.0)
    background.close()
    background.close()
    assert ended == [1]


def test_a_background_that_was_never_asked_closes(qtbot):
    Background().close()
    assert threading.active_count() >= 1
