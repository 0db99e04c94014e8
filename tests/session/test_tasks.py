"""Tasks beside the window: done in another thread, told in this one, cancelled whenever one likes."""

import math
import subprocess
import sys
import threading
import weakref

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from gdsim.session import tasks
from gdsim.session.tasks import TaskQueue


@pytest.fixture
def queues(qtbot):
    """Return a function that makes a queue, which is closed after the test."""
    made = []

    def make(**options):
        made.append(TaskQueue(**options))
        return made[-1]

    yield make
    for queue in made:
        queue.close()


@pytest.fixture
def queue(queues):
    return queues()


@pytest.fixture
def told():
    """Return a list to be told something."""
    return []


def counting(count, result=None):
    for number in range(count):
        yield number / count
    return result


class Finite:
    """Work that ends with its first piece."""

    def __call__(self):
        yield 0.5
        return "done"


class Endless:
    """Work that ends only when it is put away; it counts its pieces."""

    def __init__(self):
        self.pieces, self.closed = 0, threading.Event()

    def __call__(self):
        try:
            while True:
                self.pieces += 1
                yield self.pieces
        finally:
            self.closed.set()


def test_work_is_done_in_another_thread_and_told_in_this_one(queue, qtbot, told):
    queue.submit(threading.current_thread, lambda did: told.append((did, threading.current_thread())))
    assert queue.is_busy
    qtbot.waitUntil(lambda: bool(told))
    ((did, here),) = told
    assert did is not here is threading.current_thread()
    assert not queue.is_busy


def test_work_may_compute_what_is_infinite(queue, qtbot, told):
    """Warnings are errors here."""
    queue.submit(lambda: float(np.float64(1e308) * 10.0), told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == [math.inf]


def test_work_in_pieces_tells_each_of_them_and_then_its_result(queue, qtbot, told):
    queue.submit(lambda: counting(4, "done"), told.append, progressed=told.append)
    qtbot.waitUntil(lambda: "done" in told)
    assert told == [0.0, 0.25, 0.5, 0.75, "done"]


@pytest.mark.parametrize("error", [ValueError("no"), OSError("full"), MemoryError()])
@pytest.mark.parametrize("in_pieces", [False, True])
def test_an_expected_failure_is_told_and_the_next_work_is_done(queue, qtbot, told, error, in_pieces):
    def fails_later():
        yield 0.0
        raise error

    def fails():
        raise error

    queue.submit(fails_later if in_pieces else fails, told.append, told.append)
    qtbot.waitUntil(lambda: bool(told))
    queue.submit(lambda: "next", told.append, told.append)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == [error, "next"]


@pytest.mark.parametrize("error", [KeyError("bug"), ValueError("nobody asks for it")])
def test_what_nobody_expects_is_raised_in_this_thread(queue, qtbot, told, error):
    def fails():
        raise error

    failed = told.append if isinstance(error, KeyError) else None
    with qtbot.captureExceptions() as raised:
        queue.submit(fails, told.append, failed)
        qtbot.waitUntil(lambda: bool(raised))
    assert raised[0][1] is error
    assert told == ([error] if failed else [])  # whoever waits for the end of it waits no more
    assert not queue.is_busy


def test_cancelled_work_is_put_away_and_says_nothing(queue, qtbot, told):
    endless = Endless()
    task = queue.submit(endless, told.append, told.append)
    qtbot.waitUntil(lambda: endless.pieces > 3)
    task.cancel()
    assert not queue.is_busy
    assert endless.closed.wait(5.0)
    queue.submit(lambda: "next", told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["next"]


def test_new_work_takes_the_place_of_the_old(queue, qtbot, told):
    endless = Endless()
    queue.submit(endless, told.append)
    qtbot.waitUntil(lambda: endless.pieces > 3)
    queue.replace(lambda: "new", told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["new"]
    assert endless.closed.wait(5.0)


def test_an_answer_may_ask_for_more(queue, qtbot, told):
    def again(result):
        told.append(result)
        if result < 3:
            queue.submit(lambda: result + 1, again)

    queue.submit(lambda: 1, again)
    qtbot.waitUntil(lambda: told == [1, 2, 3])


def test_tasks_go_on_together(queue, qtbot):
    """The slow one takes as long for a piece as the quick one for many; both get half of the time."""
    quick, slow = Endless(), Endless()

    def slowly():
        for piece in slow():
            yield piece
            threading.Event().wait(0.002)

    queue.submit(slowly)
    queue.submit(quick)
    qtbot.waitUntil(lambda: slow.pieces > 5 and quick.pieces > 5 * slow.pieces)


def test_in_order_a_task_begins_when_the_one_before_it_is_done(queues, qtbot, told):
    queue = queues(in_order=True)
    for name in "abc":
        queue.submit(lambda name=name: counting(20, name), told.append, progressed=lambda _: told.append(""))
    qtbot.waitUntil(lambda: "c" in told)
    assert told == [*[""] * 20, "a", *[""] * 20, "b", *[""] * 20, "c"]


def test_long_work_is_said_and_short_work_is_not(queues, qtbot, told):
    queue, said, gate = queues(in_order=True), [], threading.Event()
    queue.working.connect(said.append)
    queue.submit(lambda: None, told.append, words="Short…")
    qtbot.waitUntil(lambda: bool(told))
    assert "Short…" not in said
    queue.submit(gate.wait, told.append, words="Saving…")
    qtbot.waitUntil(lambda: "Saving…" in said)
    gate.set()
    qtbot.waitUntil(lambda: len(told) == 2)
    assert said[-1] == ""


def test_closing_ends_the_work_in_the_middle(queue, qtbot, told):
    endless = Endless()
    queue.submit(endless, told.append)
    qtbot.waitUntil(lambda: endless.pieces > 3)
    queue.close()
    queue.close()
    assert endless.closed.is_set()
    assert not queue.is_busy
    queue.submit(lambda: "again", told.append)
    qtbot.waitUntil(lambda: told == ["again"])


def test_what_cannot_be_stopped_is_left_behind(queue, qtbot, told, monkeypatch):
    """Such as a library that computes for minutes: a window that closes does not wait for it."""
    monkeypatch.setattr(tasks, "LAST_SECONDS", 0.01)
    begun, gate, ended = threading.Event(), threading.Event(), threading.Event()

    def stubborn():
        begun.set()
        gate.wait()
        yield "never told"

    def others():
        yield from counting(3)
        ended.set()

    queue.submit(stubborn, told.append, told.append, told.append)
    assert begun.wait(5.0)
    queue.close()
    assert tasks.is_anything_left()
    assert not queue.is_busy
    queue.submit(others, told.append, words="")
    gate.set()
    qtbot.waitUntil(lambda: None in told)
    assert ended.is_set()
    assert told == [None]
    queue.close()
    assert not tasks.is_anything_left()


def test_a_queue_may_be_deleted_while_its_thread_cannot_be_stopped(qtbot, monkeypatch):
    monkeypatch.setattr(tasks, "LAST_SECONDS", 0.01)
    begun, gate = threading.Event(), threading.Event()

    def stubborn():
        begun.set()
        gate.wait()

    owner = QObject()
    TaskQueue(owner).submit(stubborn)
    assert begun.wait(5.0)
    shiboken6.delete(owner)
    assert tasks.is_anything_left()
    gate.set()
    qtbot.waitUntil(lambda: not tasks.is_anything_left())


def test_finishing_lets_the_task_in_work_end_and_forgets_the_rest(queues, qtbot, told):
    queue, gate, did, begun = queues(in_order=True), threading.Event(), [], threading.Event()

    def first():
        begun.set()
        gate.wait()
        did.append("first")

    task = queue.submit(first, told.append)
    queue.submit(lambda: did.append("second"), told.append)
    assert begun.wait(5.0)
    threading.Timer(0.05, gate.set).start()
    queue.finish(task)
    queue.finish(task)
    assert did == ["first"]
    assert not queue.is_busy
    queue.submit(lambda: "later", told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["later"]


def test_what_is_waited_for_is_told_before_the_wait_is_over(queue, told):
    endless = Endless()
    queue.submit(endless, progressed=told.append)
    queue.wait(lambda: len(told) > 5, 5.0)
    assert len(told) > 5


def test_a_window_that_waits_is_not_run_over_by_reports(queue, told):
    many = threading.Event()

    def hasty():
        for number in range(10_000):
            if number == 1000:
                many.set()
            yield number

    def take(number):
        told.append(number)
        if len(told) == 1:
            many.wait(0.1)

    queue.submit(hasty, progressed=take)
    queue.wait(lambda: bool(told), 60.0)
    assert told
    assert not many.is_set()


def test_a_wait_is_over_when_there_is_nothing_left_to_wait_for(queue, told):
    queue.submit(lambda: "done", told.append)
    queue.wait(lambda: False, 5.0)
    assert told == ["done"]


def test_a_window_that_waits_for_several_tasks_is_woken_once_they_are_done(queue, told):
    gate, asked = threading.Event(), []

    def has_all():
        gate.set()  # from here on this thread waits
        asked.append(len(told))
        return False

    queue.submit(gate.wait)
    for number in range(5):
        queue.submit(lambda number=number: number, told.append)
    queue.wait(has_all, 60.0)
    assert told == [0, 1, 2, 3, 4]
    assert asked == [0]


def test_nothing_is_waited_for_longer_than_one_may(queue, told):
    gate = threading.Event()
    queue.submit(gate.wait, told.append)
    queue.wait(lambda: False, 0.01)
    assert not told
    gate.set()


def test_a_window_that_is_busy_holds_a_task_up_but_does_not_stop_it(queue, told):
    """This thread takes no reports here: the task goes on without it."""
    done = threading.Event()

    def work():
        yield from range(5)
        done.set()

    queue.submit(work, progressed=told.append)
    assert done.wait(60.0)
    assert not told


class Counter(QWidget):
    """Paints, and tells, the number that it was given last."""

    def __init__(self, painted):
        super().__init__()
        self._painted, self.number = painted, -1

    def show_number(self, number):
        self.number = number
        self.update()

    def paintEvent(self, event):
        self._painted.append(f"painted {self.number}")


def test_a_task_goes_on_when_the_window_has_painted_what_it_reported(queue, qtbot, told, monkeypatch):
    monkeypatch.setattr(tasks, "WINDOW_FIRST_SECONDS", 60.0)  # however slow this machine is
    counter = Counter(told)
    qtbot.addWidget(counter)
    with qtbot.waitExposed(counter):
        counter.show()
    told.clear()

    def work():
        for number in range(5):
            told.append(f"made {number}")
            yield number

    queue.submit(work, progressed=counter.show_number)
    qtbot.waitUntil(lambda: not queue.is_busy)
    assert told == [f"{what} {number}" for number in range(5) for what in ("made", "painted")]


class Mortal:
    """Hears of a result, and tells in which thread it dies: a widget may do so in the window's alone."""

    def __init__(self, died):
        self._died = died

    def hear(self, _result):
        pass

    def __del__(self):
        self._died.append(threading.current_thread())


def test_what_was_told_of_a_task_dies_in_the_thread_of_the_window(queue, qtbot, told):
    for _ in range(5):
        queue.submit(lambda: None, Mortal(told).hear)
        qtbot.waitUntil(lambda: not queue.is_busy)
    qtbot.waitUntil(lambda: len(told) == 5)
    assert set(told) == {threading.main_thread()}


def test_what_would_have_been_told_of_a_cancelled_task_dies_there_too(queue, qtbot, told):
    begun, go_on = threading.Event(), threading.Event()

    def work():
        begun.set()
        go_on.wait()

    for count in range(1, 6):
        begun.clear()
        go_on.clear()
        queue.submit(work, Mortal(told).hear)
        begun.wait()
        queue.cancel()
        assert len(told) == count  # while the work still goes on
        go_on.set()
    assert set(told) == {threading.main_thread()}


def test_a_queue_of_a_program_that_ends_does_nothing_more(queue, told):
    queue.close_for_good()
    task = queue.submit(lambda: "late", told.append)
    assert task.is_cancelled
    assert not queue.is_busy
    assert not queue.is_at_work


def test_a_queue_that_was_closed_may_be_closed_when_what_belongs_to_it_is_gone(queue):
    queue.close()
    shiboken6.delete(queue.findChild(QTimer))
    queue.close()


ENDS = """
import sys
from PySide6.QtCore import QCoreApplication
from gdsim.session.tasks import TaskQueue
app = QCoreApplication(sys.argv)
queue = TaskQueue(None if sys.argv[1] == "nobody" else app)
def forever():
    while True:
        yield 0.5
queue.submit(forever, progressed=lambda _: app.quit())
app.processEvents()
print("the end")
"""


@pytest.mark.parametrize("whose", ["nobody", "the application"])
def test_a_program_may_end_while_a_task_goes_on(whose):
    ended = subprocess.run(
        [sys.executable, "-X", "dev", "-c", ENDS, whose], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "the end\n", "")


@pytest.mark.parametrize("how", ["ends", "is cancelled", "is cancelled before it begins"])
def test_what_work_refers_to_is_let_go_as_soon_as_the_work_is_over(queue, qtbot, told, how):
    """Without the garbage collector, which runs after a test only: the work may hold a million points."""
    go_on = threading.Event()
    if how == "is cancelled before it begins":
        queue.submit(go_on.wait)
    work = Endless() if how != "ends" else Finite()
    held, task = weakref.ref(work), queue.submit(work, progressed=told.append)
    work.task = task
    del work
    if how == "is cancelled":
        qtbot.waitUntil(lambda: len(told) > 3)
    if how != "ends":
        task.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: not queue.is_busy)
    queue.submit(lambda: None, told.append)
    qtbot.waitUntil(lambda: None in told and held() is None)
