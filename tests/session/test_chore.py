"""Work in a thread of its own: progress, results, faults, and an end when nobody waits any more."""

import threading

import pytest
from gdsim.session.chore import Chore


@pytest.fixture
def chore(qtbot):
    chore = Chore()
    yield chore
    chore.close()


def counting(to, result="done"):
    for piece in range(to):
        yield piece / to
    return result


class Endless:
    """Work that goes on until it is closed."""

    def __init__(self):
        self.closed = threading.Event()
        self.thread = None

    def __call__(self):
        self.thread = threading.current_thread()
        try:
            while True:
                yield 0.5
        finally:
            self.closed.set()


def test_work_is_done_elsewhere_and_told_here(chore, qtbot):
    shares, threads = [], []

    def work():
        threads.append(threading.current_thread())
        return (yield from counting(5))

    chore.progressed.connect(shares.append)
    with qtbot.waitSignal(chore.finished) as finished:
        chore.begin(work)
        assert chore.is_busy
    assert finished.args == ["done"]
    assert shares == [0.0, 0.2, 0.4, 0.6, 0.8]
    assert threads[0] is not threading.current_thread()
    assert not chore.is_busy


@pytest.mark.parametrize("fault", [ValueError("no"), OSError("full"), MemoryError()])
def test_a_fault_is_told_and_the_next_work_is_done(chore, qtbot, fault):
    def failing():
        yield 0.0
        raise fault

    with qtbot.waitSignal(chore.failed) as failed:
        chore.begin(failing)
    assert failed.args == [fault]
    assert not chore.is_busy
    with qtbot.waitSignal(chore.finished):
        chore.begin(lambda: counting(1))


def test_cancelled_work_ends_and_says_nothing(chore, qtbot):
    endless, said = Endless(), []
    for signal in (chore.finished, chore.failed):
        signal.connect(said.append)
    with qtbot.waitSignal(chore.progressed):
        chore.begin(endless)
    chore.cancel()
    assert endless.closed.wait(5.0)
    with qtbot.waitSignal(chore.finished):
        chore.begin(lambda: counting(1, "the next"))
    assert said == ["the next"]


def test_new_work_takes_the_place_of_the_old(chore, qtbot):
    endless = Endless()
    with qtbot.waitSignal(chore.progressed):
        chore.begin(endless)
    with qtbot.waitSignal(chore.finished) as finished:
        chore.begin(lambda: counting(1, "new"))
    assert finished.args == ["new"]
    assert endless.closed.is_set()


def test_closing_ends_the_work_in_the_middle(qtbot):
    chore, endless = Chore(), Endless()
    with qtbot.waitSignal(chore.progressed):
        chore.begin(endless)
    chore.close()
    chore.close()
    assert endless.closed.is_set()
    assert not chore.is_busy


def test_a_chore_that_was_never_begun_has_no_thread(qtbot):
    chore = Chore()
    assert not chore._thread.isRunning()
    chore.close()
