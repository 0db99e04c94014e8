"""Work on a file in a thread of its own, which shows how far it is and can be stopped."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from gdsim.gui.export.mp4 import EncoderError

_LOOK_MS = 20


class Cancelled(Exception):  # noqa: N818 - reads as what it says
    """The work is not wanted any more."""


class Job(QObject):
    """One piece of work.

    The two threads share a number and two flags, each written by one of them; so no lock is needed.

    Parameters
    ----------
    work : callable
        Does it all; calls `advance` as it goes, which raises `Cancelled` to end it.

    Attributes
    ----------
    fault : exception or None
        What ended the work before its end, once it has ended.

    Signals
    -------
    progressed(float)
        Share of the work that is done.
    finished()
    failed(str)
        Why it was not done, as part of a sentence.
    cancelled()
    """

    progressed = Signal(float)
    finished = Signal()
    failed = Signal(str)
    cancelled = Signal()

    def __init__(self, work: Callable[["Job"], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._share = 0.0
        self._told = -1.0
        self._unwanted = threading.Event()
        self.fault: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._clock = QElapsedTimer()

    def start(self, look_ms: int = _LOOK_MS) -> None:
        """Begin."""
        self._clock.start()
        self._thread.start()
        self._timer.start(look_ms)

    def cancel(self) -> None:
        """Stop as soon as may be; nothing is left behind."""
        self._unwanted.set()

    def advance(self, share: float) -> None:
        """Tell how much is done, in the thread that does it.

        Raises
        ------
        Cancelled
            If the work is not wanted any more.
        """
        if self._unwanted.is_set():
            raise Cancelled
        self._share = share

    @property
    def unwanted(self) -> bool:
        """Whether it was cancelled."""
        return self._unwanted.is_set()

    @property
    def seconds_left(self) -> float | None:
        """How long it will still take, judged by what is done; None while that cannot be said."""
        spent = self._clock.elapsed() / 1000.0
        if self._share < 0.02 or spent < 1.0:
            return None
        return spent * (1.0 - self._share) / self._share

    def _run(self) -> None:
        try:
            self._work(self)
        except BaseException as fault:  # noqa: BLE001 - the window says what it was
            self.fault = fault

    def _look(self) -> None:
        if self._thread.is_alive():
            if self._share != self._told:
                self._told = self._share
                self.progressed.emit(self._share)
            return
        self._timer.stop()
        self._thread.join()
        self._tell_end()

    def _tell_end(self) -> None:
        fault = self.fault
        if fault is None:
            self.progressed.emit(1.0)
            self.finished.emit()
        elif isinstance(fault, Cancelled):
            self.cancelled.emit()
        else:
            self.failed.emit(reason_of(fault))


def reason_of(fault: BaseException) -> str:
    """Return why a file was not written, to stand after its name and a colon."""
    if isinstance(fault, OSError):
        return fault.strerror or str(fault)
    if isinstance(fault, EncoderError):
        return str(fault)
    if isinstance(fault, MemoryError):
        return "there is not enough memory"
    return f"{type(fault).__name__}: {fault}"
