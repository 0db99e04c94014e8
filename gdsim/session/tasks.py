"""Background work: cancellable tasks in a worker thread, with progress."""

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

# The user is told of work that takes longer.
_PATIENCE_MS = 250
# A task goes on once the GUI thread has painted what its report has changed, or after this time if that
# thread is busy: both hold the interpreter lock, which they would otherwise take from each other.
WINDOW_FIRST_SECONDS = 0.05
# The worker thread pauses when this many reports are pending, because a GUI thread that waits and gets little
# processor time would not catch up.
_MOST_IN_FLIGHT = 64

# How long to wait for cancelled work to come to the end of a piece.
LAST_SECONDS = 0.3

Callback = Callable[[Any], object]
# The exceptions that work may fail with; any other is a bug.
EXPECTED = (ValueError, OSError, MemoryError)


def _nothing(_value: object) -> None:
    pass


def _no_work() -> None:
    pass


class Task:
    """A piece of work that is done in the worker thread."""

    def __init__(
        self, work: Callable[[], Any], done: Callback, failed: Callback | None, progressed: Callback
    ) -> None:
        self._work, self._done, self._failed, self._progressed = work, done, failed, progressed
        self._steps: Any = None
        self.seconds = 0.0
        self.is_cancelled = False

    # Called in the GUI thread.

    def cancel(self) -> None:
        """Stop after the current piece, and call no more callbacks."""
        self.is_cancelled = True
        self._forget()

    def receive(self, report: "Report") -> None:
        """Call the callback for a report; raise an exception that is not `EXPECTED` or has no callback."""
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
        # Callbacks refer to widgets, which must not be deleted in the worker thread, even if that holds the
        # last reference to the task. The work refers to its data, which may be large or refer to the task.
        self._done = self._progressed = _nothing
        self._failed, self._work = None, _no_work

    # Called in the worker thread.

    def advance(self) -> "Report":
        """Do the next piece of work and return a report of it."""
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
        except Exception as error:  # noqa: BLE001 - reported, or raised in the GUI thread
            return Report(self, error, is_last=True, is_error=True)
        finally:
            self.seconds += time.perf_counter() - began

    def close(self) -> None:
        """Close the generator, if the work is one."""
        if self._steps is not None:
            self._steps.close()


class Report(NamedTuple):
    """A report of a task: its progress, its result, or the exception that ended it."""

    task: Task
    value: Any
    is_last: bool = False
    is_error: bool = False


class TaskQueue(QObject):
    """A queue of tasks that are done in one worker thread. The data that they use must not change meanwhile.

    Work that is a generator is done piece by piece: what it yields is reported, and it can be cancelled
    between two pieces. The task that has had the least time is next, so that all tasks make progress; with
    ``in_order`` a task begins when the one before it is done. A queue is closed when its owner is destroyed.
    """

    working = Signal(str)  # the words for work that takes a while; empty when it is over
    _reported = Signal(object)

    def __init__(self, owner: QObject | None = None, *, in_order: bool = False) -> None:
        # No parent, because children are deleted before they hear that their parent is destroyed, and the
        # thread must not report to a deleted queue.
        super().__init__()
        if owner is not None:
            owner.destroyed.connect(lambda: self.close())  # noqa: PLW0108 - the lambda keeps the queue alive
        self._in_order = in_order
        self._awaited: set[Task] = set()  # tasks whose last report is still to come; for the GUI thread alone
        self._tasks: list[Task] = []
        self._changed = threading.Condition()
        self._is_running = self._unread = self._is_closed = self._is_closed_for_good = False
        self._is_gui_waiting = self._is_taking = False
        self._in_flight = 0  # number of reports that the GUI thread has not received
        self._thread = _Thread(self._work)
        self._words = ""
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._patience.timeout.connect(self._emit_words)
        self._reported.connect(self._on_reported)
        # Fires once the GUI thread has painted what a report has changed.
        self._painted = QTimer(self, singleShot=True, interval=0)
        self._painted.timeout.connect(self._mark_read)
        app = QCoreApplication.instance()
        if app is not None:  # the program would crash if it ended while a thread runs
            app.aboutToQuit.connect(self.close_for_good)
        all_queues.add(self)

    @property
    def is_busy(self) -> bool:
        """Whether any task is not done and not cancelled."""
        return any(not task.is_cancelled for task in self._awaited)

    def submit(
        self,
        work: Callable[[], Any],
        done: Callback = _nothing,
        failed: Callback | None = None,
        progressed: Callback = _nothing,
        words: str = "",
    ) -> Task:
        """Do work in the background.

        ``work`` is called in the worker thread. It does everything itself, or returns a generator that does a
        piece of a few milliseconds before each yield. The callbacks are called in the GUI thread:
        ``progressed`` with what the generator yielded, usually the share that is done; ``done`` with what the
        work returned; ``failed`` with the exception that it raised. An exception is also raised in the GUI
        thread if it is not `EXPECTED`, or if there is no such callback. ``words`` are shown to the user if
        the work takes a while. Submitting reopens a closed queue, unless the program is ending; then nothing
        is done.
        """
        task = Task(work, done, failed, progressed)
        if self._is_closed_for_good:
            task.cancel()
            return task
        with self._changed:
            task.seconds = min((one.seconds for one in self._tasks), default=0.0)
            self._tasks.append(task)
            was_running, self._is_running = self._is_running, True
            self._is_closed = False
        # Tasks that were cancelled one by one report nothing more.
        self._awaited = {one for one in self._awaited if not one.is_cancelled} | {task}
        if words and not self._words:
            self._words = words
            self._patience.start()
        if not was_running:
            self._thread.wait()  # it may still be ending
            self._thread.start()
        return task

    def replace(
        self,
        work: Callable[[], Any],
        done: Callback = _nothing,
        failed: Callback | None = None,
        progressed: Callback = _nothing,
    ) -> Task:
        """Cancel all tasks, then do this work; see `submit`."""
        self.cancel()
        return self.submit(work, done, failed, progressed)

    def cancel(self) -> None:
        for task in self._awaited:
            task.cancel()
        self._awaited.clear()
        self._settle()

    def wait(self, is_enough: Callable[[], bool], seconds: float) -> None:
        """Block the GUI thread until ``is_enough()``, no task is left, or the time is over."""
        end = time.perf_counter() + seconds
        self._is_gui_waiting = True
        while self.is_busy and not is_enough() and (left := end - time.perf_counter()) > 0.0:
            with self._changed:
                self._changed.wait_for(lambda: self._unread, left)
                # Hold the worker, whose next reports could otherwise keep this thread busy for ever.
                self._unread, self._is_taking = False, True
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
            with self._changed:
                self._is_taking = False
                self._changed.notify_all()
        self._is_gui_waiting = False

    @Slot()
    def close(self) -> None:
        """Cancel everything and report nothing more. Closing twice has no further effect.

        A thread in the middle of a long piece is not waited for; see `is_anything_left`.
        """
        with self._changed:
            was_closed, self._is_closed = self._is_closed, True
        if was_closed:  # Qt may have deleted the queue's children meanwhile
            return
        self.cancel()
        if not self._thread.wait(QDeadlineTimer(round(1000 * LAST_SECONDS))):
            _left_behind.append(self)

    @Slot()
    def close_for_good(self) -> None:
        """Close the queue and accept no more tasks, because the program is ending."""
        self._is_closed_for_good = True
        self.close()

    def finish(self, task: Task) -> None:
        """Wait for a task if it has begun; cancel all others, report nothing more, and close the queue.

        For queues that work ``in_order``, where the first task is the one in work.
        """
        with self._changed:
            is_in_work = task in self._tasks[:1]
        for other in self._awaited.difference([task]):
            other.cancel()
        self._awaited.clear()
        self._settle()
        if is_in_work:
            self._thread.wait()
        self.close()
        task.cancel()

    def wait_for_thread(self) -> None:
        """Wait until the thread has ended, which requires that the queue is closed."""
        self._thread.wait()

    @property
    def is_at_work(self) -> bool:
        """Whether the worker thread is running, possibly for cancelled work."""
        return self._thread.isRunning()

    # ------------------------------------------------------------------------- in the worker thread

    def _work(self) -> None:
        while (task := self._next()) is not None:
            report = task.advance()
            if report.is_last:
                self._end(task)
            with self._changed:
                if self._is_closed:  # the queue itself may have been deleted
                    continue
                self._reported.emit(report)
                self._in_flight += 1
                # A GUI thread that waits for several tasks is not woken for each, which would slow both down.
                if not (self._is_gui_waiting and report.is_last and self._tasks):
                    self._unread = True
                    self._changed.notify_all()
                # The widgets that they refer to must not be deleted in this thread.
                del task, report
                self._changed.wait_for(self._may_go_on, WINDOW_FIRST_SECONDS)

    def _may_go_on(self) -> bool:
        if self._is_taking or self._in_flight >= _MOST_IN_FLIGHT:
            return False
        return not self._unread or self._is_gui_waiting or not self._awaited

    def _next(self) -> Task | None:
        """Return the next task; None if there is none, which ends the thread."""
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

    # ------------------------------------------------------------------------ in the GUI thread

    @Slot(object)
    def _on_reported(self, report: Report) -> None:
        if report.is_last:
            self._awaited.discard(report.task)
            if not self.is_busy:
                self._settle()
        try:
            report.task.receive(report)
        finally:
            with self._changed:
                self._in_flight -= 1
            self._painted.start()

    def _settle(self) -> None:
        self._patience.stop()
        self._mark_read()
        if self._words:
            self._words = ""
            self.working.emit("")

    def _mark_read(self) -> None:
        """Mark all reports as read, so that the worker thread goes on."""
        with self._changed:
            self._unread = False
            self._changed.notify_all()

    @Slot()
    def _emit_words(self) -> None:
        self.working.emit(self._words)


# Closed queues whose thread could not be stopped in time.
_left_behind: list[TaskQueue] = []
# Every queue that still exists in Python, even if Qt has deleted it.
all_queues: "WeakSet[TaskQueue]" = WeakSet()


def is_anything_left() -> bool:
    """Return whether the thread of a closed queue is still running, for which a normal exit would wait."""
    return any(queue.is_at_work for queue in _left_behind)


@atexit.register
def _end_all() -> None:
    # Qt aborts a process that destroys a running thread, as when nobody has closed the window.
    for queue in filter(isValid, list(all_queues)):
        queue.close_for_good()
    for queue in _left_behind:
        queue.wait_for_thread()


class _Thread(QThread):
    def __init__(self, function: Callable[[], None]) -> None:
        super().__init__()
        self._function = function

    def run(self) -> None:
        with np.errstate(all="ignore"):  # the setting is per thread
            self._function()
