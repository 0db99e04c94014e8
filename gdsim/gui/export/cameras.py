"""Where the pictures of a clip come from: panes of their own, or what somebody else gives."""

from contextlib import ExitStack
from typing import Protocol

from PySide6.QtGui import QImage

from gdsim.gui.export.offscreen_panes import Subject, opened_panes
from gdsim.gui.export.picture import panes_image
from gdsim.gui.export.picture_spec import PictureSpec
from gdsim.session.session import Session


class Camera(Protocol):
    """Takes pictures of steps."""

    size: tuple[int, int]  # width and height of the pictures, in pixels

    def take(self, step: int) -> QImage | None: ...  # None while it is not ready

    def close(self) -> None: ...


class LiveCamera(Camera, Protocol):
    """Takes pictures of what is on the screen, also as it is."""

    def take_now(self) -> QImage: ...


class PanesCamera:
    """Takes pictures of panes of its own; the window is free meanwhile."""

    def __init__(self, session: Session, subject: Subject, spec: PictureSpec) -> None:
        self.size = spec.pixels
        self._session = session
        self._opened = ExitStack()
        self._panes = self._opened.enter_context(opened_panes(subject, spec, spec.pixel_ratio))

    def take(self, step: int) -> QImage:
        return panes_image(self._panes, self._session.frame_at(step))

    def close(self) -> None:
        self._opened.close()
