"""Making a clip: pictures are taken in the window's thread, one at a time, and written in another."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from gdsim.core.atomic import replacing
from gdsim.gui.export.clip_forms import ENCODERS, ClipForm
from gdsim.gui.export.clip_plan import ClipPlan
from gdsim.gui.export.frames import ClipFrame, Film, rgb_of
from gdsim.gui.export.job import Job

# Pictures that wait for the encoder; more would only be kept.
_WAITING = 2
# Between two pictures the window does what else there is to do.
_TURN_MS = 1
_PATIENCE_S = 0.1


class ClipJob(Job):
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
    """

    def __init__(
        self,
        take: Callable[[int], QImage],
        plan: ClipPlan,
        size: tuple[int, int],
        form: ClipForm,
        out: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(self._write, parent)
        self._take = take
        self._plan = plan
        self._size = size
        self._form = form
        self._out = out
        self._moments = plan.moments()
        self._waiting: queue.Queue[tuple[QImage, int]] = queue.Queue(_WAITING)
        self._timer.timeout.connect(self._take_next)

    def start(self, look_ms: int = _TURN_MS) -> None:
        """Begin."""
        super().start(look_ms)

    def _take_next(self) -> None:
        """Take the next picture, when the encoder is ready for it."""
        if self._waiting.full() or self.unwanted or not self._thread.is_alive():
            return
        moment = next(self._moments, None)
        if moment is not None:
            self._waiting.put_nowait((self._take(moment.step), moment.ms))

    def _write(self, job: Job) -> None:
        with replacing(self._out) as unfinished:
            film = Film(*self._size, self._plan.count, self._plan.pace, self._frames(job))
            ENCODERS[self._form](film, unfinished)

    def _frames(self, job: Job) -> Iterator[ClipFrame]:
        for index in range(self._plan.count):
            image, ms = self._next(job, index / self._plan.count)
            yield ClipFrame(rgb_of(image), ms)

    def _next(self, job: Job, share: float) -> tuple[QImage, int]:
        while True:
            job.advance(share)
            try:
                return self._waiting.get(timeout=_PATIENCE_S)
            except queue.Empty:
                continue
