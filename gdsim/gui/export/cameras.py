"""Cameras, which take the pictures that are written to files."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from gdsim.gui.export.offscreen_panes import PictureSubject, opened_panes
from gdsim.gui.export.picture import drawn_lines, panes_image
from gdsim.gui.export.picture_spec import PictureFormat, PictureSpec
from gdsim.gui.forms.file_work import DIALOG_DELAY_MS
from gdsim.gui.paint.budget import shared_budget
from gdsim.session.frame import Frame

# The pause between two calls of `Camera.take`, in which the event loop handles other events.
TURN_PAUSE_MS = 1


class FrameCamera(Protocol):
    size: tuple[int, int]  # width and height of the pictures, in pixels

    def take(self, step: int) -> QImage | None: ...  # None while the picture is not ready

    def close(self) -> None: ...


class PanesCamera:
    """A camera with its own offscreen panes, which show the frames that ``frame_at`` returns.

    The window stays usable meanwhile. Each call of `take` paints only a part of a very long run, and returns
    None until the run is complete.
    """

    def __init__(self, frame_at: Callable[[int], Frame], subject: PictureSubject, spec: PictureSpec) -> None:
        self.size = spec.pixels
        self._frame_at = frame_at
        self._opened = ExitStack()
        self._panes = self._opened.enter_context(opened_panes(subject, spec, spec.pixel_ratio))

    def take(self, step: int) -> QImage | None:
        with shared_budget() as budget:
            image = panes_image(self._panes, self._frame_at(step))
        return None if budget.is_spent else image

    def close(self) -> None:
        self._opened.close()


class LinesCamera(PanesCamera):
    """A camera that also draws its panes as vector graphics, for which ``encode`` returns the file.

    It paints an image first, so that very long runs are scanned before the vector graphics are drawn.
    """

    def __init__(
        self, frame: Frame, subject: PictureSubject, spec: PictureSpec, file_format: PictureFormat
    ) -> None:
        super().__init__(lambda _: frame, subject, replace(spec, scale=1))
        self._experiment, self._format = subject.experiment, file_format
        self.encode: Callable[[], bytes] = bytes  # empty until the picture is taken

    def take(self, step: int) -> QImage | None:
        image = super().take(step)
        if image is not None:
            self.encode = drawn_lines(self._panes, self._experiment, self._format)
        return image


class Shot(QObject):
    """Takes a picture of one step, over as many turns of the event loop as needed, and closes the camera."""

    delayed = Signal()  # the picture takes long
    taken = Signal(QImage)
    failed = Signal(object)  # MemoryError

    def __init__(self, camera: FrameCamera, step: int, parent: QObject) -> None:
        super().__init__(parent)
        self._camera, self._step = camera, step
        self._timer = QTimer(self, singleShot=True, interval=TURN_PAUSE_MS)
        self._timer.timeout.connect(self.take)
        self._patience = QTimer(self, singleShot=True, interval=DIALOG_DELAY_MS)
        self._patience.timeout.connect(self.delayed)
        self._patience.start()

    @Slot()
    def take(self) -> None:
        try:
            image = self._camera.take(self._step)
        except MemoryError as fault:
            self.close()
            self.failed.emit(fault)
            return
        if image is None:
            self._timer.start()
            return
        self.close()
        self.taken.emit(image)

    def close(self) -> None:
        self._timer.stop()
        self._patience.stop()
        self._camera.close()
        self.deleteLater()
