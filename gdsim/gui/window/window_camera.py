"""Pictures of the whole window, as the user sees it."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage, QPalette

from gdsim.gui.export.offscreen_panes import kept_lines, lay_out, share_layers
from gdsim.gui.export.picture import image_of
from gdsim.gui.paint.budget import all_at_once

if TYPE_CHECKING:
    from gdsim.gui.window.main_window import MainWindow


class WindowCamera:
    """Takes pictures of the whole window at given steps, and finally returns to the step shown before.

    ``scale`` is the number of pixels of the picture per pixel of the window.
    """

    def __init__(self, window: "MainWindow", scale: int = 1) -> None:
        self._window, self._session = window, window.session
        self._scale = scale
        self._began, self._opened = self._session.playhead, self._session.document.opened
        self._session.play(lambda head: head.pause())
        size = window.size() * scale
        self.size = size.width(), size.height()

    def take(self, step: int) -> QImage:
        self._session.play(lambda head: head.seek(step))
        with all_at_once():
            return self._picture()

    def _picture(self) -> QImage:
        window = self._window
        self._session.sample_for_picture()
        # The new position may have changed the layout.
        window.show_now()
        lay_out()
        background = window.palette().color(QPalette.ColorRole.Window)
        if self._scale == 1:
            return image_of(window, self.size, 1.0, background)
        window.appearance.set_pixel_ratio(float(self._scale))
        share_layers(window, len(self._session.experiment.runs), self.size)
        try:
            with kept_lines(window):
                return image_of(window, self.size, float(self._scale), background)
        finally:
            window.appearance.set_pixel_ratio(1.0)
            share_layers(window, 0, self.size)

    def close(self) -> None:
        if self._session.document.opened != self._opened:  # another document has its own step
            return
        self._session.play(lambda head: head.seek(self._began.position))
