"""Writing a clip: pictures are taken one by one in the GUI thread, and encoded in a worker thread."""

import queue
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from gdsim.core.files.atomic import replacing
from gdsim.core.settings import shown_name
from gdsim.gui.export.cameras import TURN_PAUSE_MS, FrameCamera, Shot
from gdsim.gui.export.clip import Clip, ClipFormat, ClipFrame, ClipPlan, rgb_of
from gdsim.gui.export.picture import writing_picture
from gdsim.gui.forms.file_work import FileWork
from gdsim.session.tasks import TaskQueue

# The most pictures that wait for the encoder; more would only take memory.
_MOST_WAITING = 2
# How often the encoder looks whether it was cancelled while it waits for a picture.
_POLL_S = 0.05


class _Cancelled(Exception):  # noqa: N818 - not an error: it unwinds the encoder
    pass


class ClipJob(QObject):
    """Writes a clip whose pictures have a ``size`` in pixels.

    ``take`` is called in the GUI thread; it returns the picture of a step, or None while it is not ready.
    """

    progressed = Signal(float)  # the share that is done
    finished = Signal()
    # Exception: a `ValueError`, an `OSError` or a `MemoryError`; nothing is left behind
    failed = Signal(object)

    def __init__(
        self,
        take: Callable[[int], QImage | None],
        plan: ClipPlan,
        size: tuple[int, int],
        file_format: ClipFormat,
        out: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._take = take
        self._plan = plan
        self._size = size
        self._format = file_format
        self._out = out
        self._moments = plan.moments()
        self._moment = next(self._moments, None)  # the next one to take
        self._taken = 0
        self._waiting: queue.Queue[tuple[QImage, int]] = queue.Queue(_MOST_WAITING)
        self._cancelled = threading.Event()
        self._tasks = TaskQueue(self)
        self._timer = QTimer(self, singleShot=True, interval=TURN_PAUSE_MS)
        self._timer.timeout.connect(self._take_next)

    def start(self) -> None:
        self._tasks.submit(self._write, self._on_finished, self._on_failed)
        self._timer.start()

    def close(self) -> None:
        """Cancel an unfinished clip, leaving no file; no signal is emitted any more."""
        self._timer.stop()
        self._cancelled.set()
        self._tasks.close()

    # ------------------------------------------------------------------------ in the GUI thread

    @Slot()
    def _take_next(self) -> None:
        if self._moment is None:
            return
        image = None
        if not self._waiting.full():
            try:
                image = self._take(self._moment.step)
            except MemoryError as fault:
                self.close()
                self.failed.emit(fault)
                return
        self._timer.start()  # not after an error, which would recur
        if image is None:
            return
        self._waiting.put_nowait((image, self._moment.ms))
        self._moment = next(self._moments, None)
        self._taken += 1
        self.progressed.emit(self._taken / self._plan.count)

    def _on_finished(self, _: object) -> None:
        self._timer.stop()
        self.finished.emit()

    def _on_failed(self, fault: Exception) -> None:
        self._timer.stop()
        self.failed.emit(fault)

    # ------------------------------------------------------------------------ in the worker thread

    def _write(self) -> None:
        try:
            with replacing(self._out) as unfinished:
                clip = Clip(*self._size, self._plan.count, self._plan.pace, self._frames())
                write_clip(self._format, clip, unfinished)
        except _Cancelled:
            return

    def _frames(self) -> Iterator[ClipFrame]:
        for _ in range(self._plan.count):
            image, ms = self._next()
            yield ClipFrame(rgb_of(image), ms)

    def _next(self) -> tuple[QImage, int]:
        while not self._cancelled.is_set():
            try:
                return self._waiting.get(timeout=_POLL_S)
            except queue.Empty:
                continue
        raise _Cancelled


class ClipWork(FileWork):
    """Writes one file at a time, a picture or a clip."""

    _job: ClipJob | None = None
    _camera: FrameCamera | None = None
    _shot: Shot | None = None

    def write_picture(self, title: str, shot: Shot, encode: Callable[[QImage], bytes], path: Path) -> None:
        self.begin(title, path)
        self._shot = shot
        shot.taken.connect(partial(self._write_taken, encode, path))
        shot.failed.connect(self.on_failed)
        shot.take()

    def _write_taken(self, encode: Callable[[QImage], bytes], path: Path, image: QImage) -> None:
        self._shot = None
        work = partial(writing_picture, path, partial(encode, image))
        self._tasks.submit(work, self.on_written, self.on_failed, self.on_share)

    def write_clip(
        self, title: str, camera: FrameCamera, plan: ClipPlan, file_format: ClipFormat, path: Path
    ) -> None:
        """Write a clip with a camera, which is closed afterwards."""
        self.begin(title, path)
        self._camera = camera
        self._job = ClipJob(camera.take, plan, camera.size, file_format, path, self)
        self._job.progressed.connect(self.on_share)
        self._job.finished.connect(self.on_written)
        self._job.failed.connect(self.on_failed)
        self._job.start()

    def break_off(self, words: str) -> None:
        """Cancel a clip in progress, and say so in ``words``, where {name} is the file's name."""
        if self._job is not None:
            self.close()
            self._notices.refused.emit(words.format(name=shown_name(self._target)))

    def end(self) -> None:
        shot, self._shot = self._shot, None
        if shot:
            shot.close()
        job, self._job = self._job, None
        if job:
            job.close()
            job.deleteLater()
        camera, self._camera = self._camera, None
        if camera:
            camera.close()
        super().end()


def write_clip(file_format: ClipFormat, clip: Clip, out: Path) -> None:
    """Write a clip.

    Raises `OSError` if the file cannot be written and `EncoderError` if ffmpeg is missing or fails.
    """
    # Imported late because Pillow is slow to load.
    if file_format is ClipFormat.GIF:
        from gdsim.gui.export.gif import write_gif as write  # noqa: PLC0415
    elif file_format is ClipFormat.APNG:
        from gdsim.gui.export.apng import write_apng as write  # noqa: PLC0415
    elif file_format is ClipFormat.WEBP:
        from gdsim.gui.export.webp import write_webp as write  # noqa: PLC0415
    else:
        from gdsim.gui.export.mp4 import write_mp4 as write  # noqa: PLC0415
    write(clip, out)
