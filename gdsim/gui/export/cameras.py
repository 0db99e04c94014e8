"""Where pictures for files come from: panes of their own, or what somebody else gives."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from gdsim.gui.export.offscreen_panes import Subject, opened_panes
from gdsim.gui.export.picture import drawn_lines, panes_image
from gdsim.gui.export.picture_spec import PictureFormat, PictureSpec
from gdsim.gui.forms.file_work import PATIENCE_MS
from gdsim.gui.paint.budget import shared_budget
from gdsim.session.frame import Frame

# Between two pictures, or two turns of one, the window handles its other events.
PAUSE_MS = 1


class Camera(Protocol):
    """Takes pictures of steps."""

    size: tuple[int, int]  # width and height of the pictures, in pixels

    def take(self, step: int) -> QImage | None: ...  # None while it is not ready

    def close(self) -> None: ...


class PanesCamera:
    """Takes pictures of panes of its own, which show what ``frame_at`` returns; the window is free meanwhile.

    Of very long runs a part is painted at each call, and there is no picture before the last one.
    """

    def __init__(self, frame_at: Callable[[int], Frame], subject: Subject, spec: PictureSpec) -> None:
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
    """Draws panes as lines as well, once they have been painted: then very long runs are looked through."""

    def __init__(self, frame: Frame, subject: Subject, spec: PictureSpec, file_format: PictureFormat) -> None:
        super().__init__(lambda _: frame, subject, replace(spec, scale=1))
        self._experiment, self._format = subject.experiment, file_format
        self.encode: Callable[[], bytes] = bytes  # makes the file, once the picture is taken

    def take(self, step: int) -> QImage | None:
        image = super().take(step)
        if image is not None:
            self.encode = drawn_lines(self._panes, self._experiment, self._format)
        return image


class Shot(QObject):
    """Takes a picture of a step, over as many turns of the event loop as it needs, and closes the camera."""

    delayed = Signal()  # it takes long
    taken = Signal(QImage)
    failed = Signal(object)  # MemoryError

    def __init__(self, camera: Camera, step: int, parent: QObject) -> None:
        super().__init__(parent)
        self._camera, self._step = camera, step
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.take)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
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
