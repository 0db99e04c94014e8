"""File work off the window's thread: one errand after the other, and the answer comes back as a call."""

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

# Work that is done sooner is not worth a word.
_PATIENCE_MS = 250


@dataclass(frozen=True)
class _Errand:
    task: Callable[[], object]
    done: Callable[[object], object]
    failed: Callable[[Exception], object]
    words: str


@dataclass(frozen=True)
class _Outcome:
    errand: _Errand
    value: object
    error: Exception | None


class Errands(QObject):
    """Runs tasks in a thread of their own, one at a time and in their order.

    Signals
    -------
    working(str)
        What has been going on for a while; empty when it is over.
    """

    working = Signal(str)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: deque[_Errand] = deque()
        self._thread: threading.Thread | None = None
        self._words = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._tell)
        # To a bound method of an object of this thread: that brings the outcome over.
        self._ended.connect(self._on_ended)

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._thread is not None

    def submit(
        self,
        task: Callable[[], object],
        done: Callable[[object], object],
        failed: Callable[[Exception], object],
        words: str = "",
    ) -> None:
        """Do a task after those that were submitted earlier.

        Parameters
        ----------
        task : callable
            Runs in another thread; what it uses must not change.
        done, failed : callable
            Called in this thread with what the task returned or raised.
        words : str
            What to tell the person who waits; empty for work in silence.
        """
        self._queue.append(_Errand(task, done, failed, words))
        if self._thread is None:
            self._begin()

    def finish(self) -> None:
        """Let the errand under way end, and forget all others and every answer."""
        self._queue.clear()
        self._patience.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            self._ended.disconnect(self._on_ended)
            thread.join()

    def _begin(self) -> None:
        errand = self._queue.popleft()
        self._words = errand.words
        if errand.words:
            self._patience.start()
        self._thread = threading.Thread(target=self._run, args=(errand,), name="gdsim files")
        self._thread.start()

    def _run(self, errand: _Errand) -> None:
        try:
            outcome = _Outcome(errand, errand.task(), None)
        except Exception as error:  # noqa: BLE001 - every failure is for the one who asked
            outcome = _Outcome(errand, None, error)
        with contextlib.suppress(RuntimeError):  # whoever asked is gone
            self._ended.emit(outcome)

    @Slot(object)
    def _on_ended(self, outcome: _Outcome) -> None:
        self._thread = None
        self._patience.stop()
        if self._words:
            self.working.emit("")
        if outcome.error is None:
            outcome.errand.done(outcome.value)
        else:
            outcome.errand.failed(outcome.error)
        if self._queue and self._thread is None:
            self._begin()

    @Slot()
    def _tell(self) -> None:
        self.working.emit(self._words)
