"""Work beside the window: tasks in a thread of their own, with progress, that can be cancelled."""

import atexit
import threading
import time
from collections.abc import Callable
from inspect import isgenerator
from typing import Any, NamedTuple
from weakref import WeakSet

import numpy as np
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QObject, QThread, QTimer, Signal, Slot
from shiboken6 import isValid

# The person who waits is told of work that takes longer.
_PATIENCE_MS = 250
# A task goes on when the window has taken its report; or after this time, if something else holds it up.
WINDOW_FIRST_SECONDS = 0.05
# A window that waits is behind by so many reports at most: one that gets no processor would stay behind.
_MOST_ON_THEIR_WAY = 64

# So long is waited for work that was cancelled to come to the end of a piece.
LAST_SECONDS = 0.3

Callback = Callable[[Any], object]
# What work may fail with; anything else is a fault of the program.
EXPECTED = (ValueError, OSError, MemoryError)


def _nothing(_value: object) -> None:
    pass


def _no_work() -> None:
    pass


class Task:
    """Something that is done in another thread."""

    def __init__(
        self, work: Callable[[], Any], done: Callback, failed: Callback | None, progressed: Callback
    ) -> None:
        self._work, self._done, self._failed, self._progressed = work, done, failed, progressed
        self._steps: Any = None
        self.seconds = 0.0
        self.is_cancelled = False

    # Called in the thread of the window.

    def cancel(self) -> None:
        """Do no more of it, and call none of its callbacks."""
        self.is_cancelled = True
        self._forget()

    def receive(self, report: "Report") -> None:
        """Call the callback that a report is for; raise an exception that nobody expected."""
        if self.is_cancelled:
            return
        done, failed, progressed = self._done, self._failed, self._progressed
        if report.is_last:
            self._forget()
        if not report.is_last:
            progressed(report.value)
        elif not report.is_error:
            done(report.value)
        else:
            if failed is not None:
                failed(report.value)
            if failed is None or not isinstance(report.value, EXPECTED):
                raise report.value

    def _forget(self) -> None:
        # Callbacks refer to widgets, which must not be deleted in the other thread, if it holds the task
        # last. The work refers to what it is done on, which may be large, and keep the task.
        self._done = self._progressed = _nothing
        self._failed, self._work = None, _no_work

    # Called in the thread of the queue.

    def advance(self) -> "Report":
        """Do the next piece, and return what there is to report."""
        began = time.perf_counter()
        try:
            if self._steps is None:
                result: Any = self._work()
                if not isgenerator(result):
                    return Report(self, result, is_last=True)
                self._steps = result
            return Report(self, next(self._steps))
        except StopIteration as end:
            return Report(self, end.value, is_last=True)
        except Exception as error:  # noqa: BLE001 - told, or raised, in the window's thread
            return Report(self, error, is_last=True, is_error=True)
        finally:
            self.seconds += time.perf_counter() - began

    def close(self) -> None:
        """End a generator that is not at its end."""
        if self._steps is not None:
            self._steps.close()


class Report(NamedTuple):
    """What there is to say of a task: its progress, its result, or the exception that ended it."""

    task: Task
    value: Any
    is_last: bool = False
    is_error: bool = False


class TaskQueue(QObject):
    """Does tasks in one thread. What they use must not change while they run.

    Work that is a generator is done piece by piece; what it yields is reported, and it can be cancelled
    between two pieces. Of several tasks the one that has had the least time is next, so that all go on;
    with ``in_order`` a task begins when the one before it is done.
    """

    working = Signal(str)  # what has been going on for a while; empty when it is over
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None, *, in_order: bool = False) -> None:
        super().__init__(parent)
        self._in_order = in_order
        self._awaited: set[Task] = set()  # whose last report is still to come; of the window's thread
        self._tasks: list[Task] = []
        self._changed = threading.Condition()
        self._is_running = self._unread = self._is_closed = self._is_over = False
        self._is_window_still = self._is_taking = False
        self._on_their_way = 0  # reports that the window has not taken
        self._thread = _Thread(self._work)
        self._words = ""
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._tell)
        self._reported.connect(self._on_reported)
        app = QCoreApplication.instance()
        if app is not None:  # a program that ends while a thread runs would crash
            app.aboutToQuit.connect(self.close_for_good)
        _queues.add(self)

    @classmethod
    def closed_with(cls, owner: QObject) -> "TaskQueue":
        """Return a queue that is closed when its owner goes.

        It belongs to nobody: what belongs to an owner goes first, and the thread must not report to that.
        """
        queue = cls()
        owner.destroyed.connect(lambda: queue.close())  # noqa: PLW0108 - it keeps the queue
        return queue

    @property
    def is_busy(self) -> bool:
        """Whether there is something that is not done."""
        return any(not task.is_cancelled for task in self._awaited)

    def submit(
        self,
        work: Callable[[], Any],
        done: Callback = _nothing,
        failed: Callback | None = None,
        progressed: Callback = _nothing,
        words: str = "",
    ) -> Task:
        """Do something beside the window.

        The work is called in the thread of the queue. It does all there is to do, or returns a generator that
        does a piece, of a few milliseconds, before each yield. The callbacks are called in the window's
        thread: ``progressed`` with what the generator yielded, usually the share that is done; ``done`` with
        what the work returned; ``failed`` with the exception that it raised. That is raised in the window's
        thread as well, if it is none of the `EXPECTED`, or there is no such callback. The words are told to
        the person who waits, if it takes a while. A queue that was closed is open again, unless the program
        ends: then nothing is done.
        """
        task = Task(work, done, failed, progressed)
        if self._is_over:
            task.cancel()
            return task
        with self._changed:
            task.seconds = min((one.seconds for one in self._tasks), default=0.0)
            self._tasks.append(task)
            was_running, self._is_running = self._is_running, True
            self._is_closed = False
        # Those that were cancelled one by one report nothing more.
        self._awaited = {one for one in self._awaited if not one.is_cancelled} | {task}
        if words and not self._words:
            self._words = words
            self._patience.start()
        if not was_running:
            self._thread.wait()  # it may still be about to end
            self._thread.start()
        return task

    def replace(
        self,
        work: Callable[[], Any],
        done: Callback = _nothing,
        failed: Callback | None = None,
        progressed: Callback = _nothing,
    ) -> Task:
        """Do something in place of all that is not done; see `submit`."""
        self.cancel()
        return self.submit(work, done, failed, progressed)

    def cancel(self) -> None:
        """Cancel all tasks."""
        for task in self._awaited:
            task.cancel()
        self._awaited.clear()
        self._come_to_rest()

    def wait(self, is_enough: Callable[[], bool], seconds: float) -> None:
        """Block the window until what was reported is enough, but not longer than some time."""
        end = time.perf_counter() + seconds
        self._is_window_still = True
        while self.is_busy and not is_enough() and (left := end - time.perf_counter()) > 0.0:
            with self._changed:
                self._changed.wait_for(lambda: self._unread, left)
                # A thread that reports as fast as this one takes it would never let it come to an end.
                self._unread, self._is_taking = False, True
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
            with self._changed:
                self._is_taking = False
                self._changed.notify_all()
        self._is_window_still = False

    @Slot()
    def close(self) -> None:
        """Cancel everything, and report nothing more. Closing twice is closing once.

        A thread that is in the middle of a long piece is not waited for: see `is_anything_left`.
        """
        with self._changed:
            was_closed, self._is_closed = self._is_closed, True
        if was_closed:  # Qt may have deleted what belongs to it meanwhile
            return
        self.cancel()
        if not self._thread.wait(QDeadlineTimer(round(1000 * LAST_SECONDS))):
            _left_behind.append(self)

    @Slot()
    def close_for_good(self) -> None:
        """Close the queue and take no more tasks: the program ends."""
        self._is_over = True
        self.close()

    def finish(self, task: Task) -> None:
        """Let a task come to its end if it is in work; cancel all others, and report nothing more."""
        with self._changed:
            is_in_work = task in self._tasks[:1]
        for other in self._awaited.difference([task]):
            other.cancel()
        self._awaited.clear()
        self._come_to_rest()
        if is_in_work:
            self._thread.wait()
        self.close()
        task.cancel()

    def wait_for_thread(self) -> None:
        """Wait until the thread has ended; for that its queue has to be closed."""
        self._thread.wait()

    @property
    def is_at_work(self) -> bool:
        """Whether its thread runs, be it for work that was cancelled."""
        return self._thread.isRunning()

    # ------------------------------------------------------------------------- in the other thread

    def _work(self) -> None:
        while (task := self._next()) is not None:
            report = task.advance()
            if report.is_last:
                self._end(task)
            with self._changed:
                if self._is_closed:  # the queue may not even be there any more
                    continue
                self._reported.emit(report)
                self._on_their_way += 1
                # A window that waits for several tasks is not woken for each: that takes time from both.
                if not (self._is_window_still and report.is_last and self._tasks):
                    self._unread = True
                    self._changed.notify_all()
                # Widgets that they refer to must not be deleted in this thread.
                del task, report
                self._changed.wait_for(self._may_go_on, WINDOW_FIRST_SECONDS)

    def _may_go_on(self) -> bool:
        if self._is_taking or self._on_their_way >= _MOST_ON_THEIR_WAY:
            return False
        return not self._unread or self._is_window_still or not self._awaited

    def _next(self) -> Task | None:
        """Return the task that is next; None when nothing is left to do, which ends the thread."""
        for task in [one for one in self._tasks if one.is_cancelled]:
            self._end(task)
        with self._changed:
            if not self._tasks:
                self._is_running = False
                return None
            return self._tasks[0] if self._in_order else min(self._tasks, key=lambda task: task.seconds)

    def _end(self, task: Task) -> None:
        task.close()
        with self._changed:
            self._tasks.remove(task)

    # ------------------------------------------------------------------------ in the window's thread

    @Slot(object)
    def _on_reported(self, report: Report) -> None:
        if report.is_last:
            self._awaited.discard(report.task)
            if not self.is_busy:
                self._come_to_rest()
        try:
            report.task.receive(report)
        finally:
            with self._changed:
                self._on_their_way -= 1
            self._take()

    def _come_to_rest(self) -> None:
        self._patience.stop()
        self._take()
        if self._words:
            self._words = ""
            self.working.emit("")

    def _take(self) -> None:
        """Let the thread go on."""
        with self._changed:
            self._unread = False
            self._changed.notify_all()

    @Slot()
    def _tell(self) -> None:
        self.working.emit(self._words)


# Queues that were closed while their thread could not be stopped.
_left_behind: list[TaskQueue] = []
_queues: "WeakSet[TaskQueue]" = WeakSet()


def is_anything_left() -> bool:
    """Return whether a thread of a closed queue still runs. A process that ends as usual waits for it."""
    return any(queue.is_at_work for queue in _left_behind)


@atexit.register
def _end_all() -> None:
    # Qt aborts a process that takes down a running thread, be it that nobody closed the window.
    for queue in filter(isValid, list(_queues)):
        queue.close_for_good()
    for queue in _left_behind:
        queue.wait_for_thread()


class _Thread(QThread):
    def __init__(self, function: Callable[[], None]) -> None:
        super().__init__()
        self._function = function

    def run(self) -> None:
        with np.errstate(all="ignore"):  # each thread has its own
            self._function()
