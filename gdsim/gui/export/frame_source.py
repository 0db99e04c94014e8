"""Where the pictures of a clip come from: panes, or the window itself."""

from typing import Protocol

from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QWidget

from gdsim.gui.export.offscreen_panes import OffscreenPanes, Subject, close_panes, lay_out, open_panes
from gdsim.gui.export.picture import image_of, panes_image
from gdsim.gui.export.picture_spec import PictureSpec
from gdsim.gui.export.vector_mode import kept_lines
from gdsim.session.session import Session


class Camera(Protocol):
    """Takes pictures of steps."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures."""

    def take(self, step: int) -> QImage:
        """Return the picture of a step."""

    def close(self) -> None:
        """Take no more pictures."""


class PanesCamera:
    """Takes pictures of panes of its own, while the window goes its own way.

    Parameters
    ----------
    session : Session
    subject : Subject
    spec : PictureSpec
    """

    def __init__(self, session: Session, subject: Subject, spec: PictureSpec) -> None:
        self._session = session
        self._panes = OffscreenPanes(subject, spec, spec.pixel_ratio)
        open_panes(self._panes)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures."""
        return self._panes.spec.pixels

    def take(self, step: int) -> QImage:
        """Return the picture of a step."""
        self._panes.show_frame(self._session.frame_at(step))
        lay_out()
        return panes_image(self._panes)

    def close(self) -> None:
        """Let the panes go."""
        close_panes(self._panes)


class Showing(Protocol):
    """What a window does for a camera."""

    def show_now(self) -> None:
        """Show this moment at once."""

    def set_pixel_ratio(self, pixel_ratio: float) -> None:
        """Draw for a device that has so many pixels along one of the window's."""


class WindowCamera:
    """Takes pictures of the whole window, which plays along and then returns to where it was.

    Parameters
    ----------
    window : QWidget
    showing : Showing
        The same window, as one that can be told what to show.
    session : Session
    scale : int
        Pixels of the picture along one of the window's.
    """

    def __init__(self, window: QWidget, showing: Showing, session: Session, scale: int = 1) -> None:
        self._window = window
        self._showing = showing
        self._session = session
        self._scale = scale
        self._began = session.playhead
        session.play(lambda head: head.pause())
        size = window.size() * scale
        self.size = size.width(), size.height()

    def take(self, step: int) -> QImage:
        """Return the picture of a step."""
        self._session.play(lambda head: head.seek(step))
        return self.take_now()

    def take_now(self) -> QImage:
        """Return the picture of this moment."""
        window = self._window
        # Whatever the position brought up, such as a layout that shifts, is done before the shutter opens.
        self._showing.show_now()
        lay_out()
        background = window.palette().color(QPalette.ColorRole.Window)
        if self._scale == 1:
            return image_of(window, self.size, 1.0, background)
        self._showing.set_pixel_ratio(float(self._scale))
        try:
            with kept_lines(window):
                return image_of(window, self.size, float(self._scale), background)
        finally:
            self._showing.set_pixel_ratio(1.0)

    def close(self) -> None:
        """Stand where the window stood."""
        self._session.play(lambda head: head.seek(self._began.position))
