"""One piece of work at a time in a thread of its own, with progress, that can be stopped."""

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, QThread, Signal, Slot

# Yields the share that is done, every few milliseconds, and returns the result.
Work: TypeAlias = "Generator[float, None, Any]"

# The pause after each piece lets the window take the interpreter lock.
_PAUSE_SECONDS = 0.001


@dataclass
class _Orders:
    """What both threads know: the number of the work that somebody waits for."""

    wanted: int = 0


class _Worker(QObject):
    """Lives in the thread."""

    progressed = Signal(int, float)
    finished = Signal(int, object)
    failed = Signal(int, object)

    def __init__(self, orders: _Orders) -> None:
        super().__init__()
        self._orders = orders

    @Slot(int, object)
    def work(self, number: int, begin: Callable[[], Work]) -> None:
        """Do a piece of work as long as somebody waits for it."""
        pieces: Work | None = None
        try:
            pieces = begin()
            while number == self._orders.wanted:
                self.progressed.emit(number, next(pieces))
                time.sleep(_PAUSE_SECONDS)
        except StopIteration as end:
            self.finished.emit(number, end.value)
        except (ValueError, OSError, MemoryError) as fault:
            self.failed.emit(number, fault)
        finally:
            if pieces is not None:
                pieces.close()  # now, so that what is unfinished is put away


class Chore(QObject):
    """Does work that a person waits for. Work that is begun takes the place of work that is not done.

    Signals
    -------
    progressed(float)
        The share that is done.
    finished(object)
        What the work returned.
    failed(Exception)
        What it raised: a `ValueError`, an `OSError` or a `MemoryError`.
    """

    progressed = Signal(float)
    finished = Signal(object)
    failed = Signal(object)
    _wanted = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._orders = _Orders()
        self._count = 0
        self._thread = QThread()
        self._worker = _Worker(self._orders)
        self._worker.moveToThread(self._thread)
        self._wanted.connect(self._worker.work)
        self._worker.progressed.connect(self._on_progressed)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)

    @property
    def is_busy(self) -> bool:
        """Whether there is work that is not done."""
        return self._orders.wanted > 0

    def begin(self, work: Callable[[], Work]) -> None:
        """Call ``work`` in the thread, and go through what it returns."""
        self._count += 1
        self._orders.wanted = self._count
        self._thread.start()  # the first time; later it does nothing
        self._wanted.emit(self._count, work)

    def cancel(self) -> None:
        """Stop the work, if any; nothing is said of it any more."""
        self._orders.wanted = 0

    def close(self) -> None:
        """End the thread. Closing twice is closing once; work that is begun later starts it again."""
        self.cancel()
        self._thread.quit()
        self._thread.wait()

    @Slot(int, float)
    def _on_progressed(self, number: int, share: float) -> None:
        if number == self._orders.wanted:
            self.progressed.emit(share)

    @Slot(int, object)
    def _on_finished(self, number: int, result: object) -> None:
        if number == self._orders.wanted:
            self.cancel()
            self.finished.emit(result)

    @Slot(int, object)
    def _on_failed(self, number: int, fault: Exception) -> None:
        if number == self._orders.wanted:
            self.cancel()
            self.failed.emit(fault)
