"""Making a clip: pictures are taken in the window's thread, one at a time, and written in another."""

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from gdsim.core.files.atomic import replacing
from gdsim.gui.export.clip_forms import ClipForm, write_clip
from gdsim.gui.export.clip_plan import ClipPlan
from gdsim.gui.export.frames import Clip, ClipFrame, rgb_of
from gdsim.session.tasks import TaskQueue

# Pictures that wait for the encoder; more would only be kept.
_WAITING = 2
# Between two pictures the window does what else there is to do.
_TURN_MS = 1
_PATIENCE_S = 0.05


class _Unwanted(Exception):  # noqa: N818 - no error, but the way out of an encoder
    """Nobody waits for the clip any more."""


class ClipJob(QObject):
    """Writes a clip.

    Parameters
    ----------
    take : callable
        Returns the picture of a step; called in the window's thread.
    plan : ClipPlan
    size : tuple of int
        Width and height of the pictures, in pixels.
    form : ClipForm
    out : Path

    Signals
    -------
    progressed(float)
        The share that is done.
    finished()
    failed(Exception)
        A `ValueError`, an `OSError` or a `MemoryError`; nothing is left behind.
    """

    progressed = Signal(float)
    finished = Signal()
    failed = Signal(object)

    def __init__(
        self,
        take: Callable[[int], QImage],
        plan: ClipPlan,
        size: tuple[int, int],
        form: ClipForm,
        out: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._take = take
        self._plan = plan
        self._size = size
        self._form = form
        self._out = out
        self._moments = plan.moments()
        self._taken = 0
        self._waiting: queue.Queue[tuple[QImage, int]] = queue.Queue(_WAITING)
        self._unwanted = threading.Event()
        self._tasks = TaskQueue(self)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take_next)

    def start(self) -> None:
        """Begin."""
        self._tasks.submit(self._write, self._on_finished, self._on_failed)
        self._timer.start(_TURN_MS)

    def close(self) -> None:
        """Stop, if it is not done, and leave nothing behind. Nothing is said of it any more."""
        self._timer.stop()
        self._unwanted.set()
        self._tasks.close()

    # ------------------------------------------------------------------------ in the window's thread

    @Slot()
    def _take_next(self) -> None:
        """Take the next picture, when the encoder is ready for it."""
        if self._waiting.full():
            return
        moment = next(self._moments, None)
        if moment is None:
            self._timer.stop()
            return
        try:
            self._waiting.put_nowait((self._take(moment.step), moment.ms))
        except MemoryError as fault:
            self.close()
            self.failed.emit(fault)
            return
        self._taken += 1
        self.progressed.emit(self._taken / self._plan.count)

    def _on_finished(self, _: object) -> None:
        self._timer.stop()
        self.finished.emit()

    def _on_failed(self, fault: Exception) -> None:
        self._timer.stop()
        self.failed.emit(fault)

    # ------------------------------------------------------------------------- in the encoder's thread

    def _write(self) -> None:
        try:
            with replacing(self._out) as unfinished:
                clip = Clip(*self._size, self._plan.count, self._plan.pace, self._frames())
                write_clip(self._form, clip, unfinished)
        except _Unwanted:
            return

    def _frames(self) -> Iterator[ClipFrame]:
        for _ in range(self._plan.count):
            image, ms = self._next()
            yield ClipFrame(rgb_of(image), ms)

    def _next(self) -> tuple[QImage, int]:
        while not self._unwanted.is_set():
            try:
                return self._waiting.get(timeout=_PATIENCE_S)
            except queue.Empty:
                continue
        raise _Unwanted
