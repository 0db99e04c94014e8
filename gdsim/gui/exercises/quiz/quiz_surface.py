"""An error surface as a quiz shows it: it can be turned and clicked, and may give nothing away."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtWidgets import QWidget

from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.painter_pane import SurfacePainter
from gdsim.gui.surface.scene import Projection

# A press and a release so close together, in pixels, are a click, not a turn.
_CLICK = 4.0
# The grey of level ground, and how much stronger than on a coloured surface the light is.
_GREY, _CONTRAST = 178.0, 2.6


class QuizSurface(SurfacePainter):
    """The surface without its lowest place marked; plain, also without colours and contour lines.

    Signals
    -------
    clicked()
    """

    clicked = Signal()
    _marks_minimum = False
    # Always few: several are painted when a question comes.
    _samples = 41

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_plain = False
        self._pressed = QPointF()
        self.setMinimumSize(150, 120)

    def set_plain(self, plain: bool) -> None:
        """Show grey alone, or the colours of the loss with its contour lines."""
        if plain != self._is_plain:
            self._is_plain = plain
            self.repaint_surface()

    def _hurry(self) -> None:
        """Stay as it is: there is nothing finer to come back to."""

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, line: QColor) -> QImage:
        return super()._surface_image(_grey(mesh) if self._is_plain else mesh, view, pixel_ratio, line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the surface."""
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click."""
        super().mouseReleaseEvent(event)
        if (event.position() - self._pressed).manhattanLength() <= _CLICK:
            self.clicked.emit()


def _grey(mesh: Mesh) -> Mesh:
    """Return a mesh whose shape alone can be seen."""
    colours = np.full_like(mesh.colours, 255)
    colours[..., :3] = np.clip(_GREY * mesh.light[..., np.newaxis] ** _CONTRAST, 40.0, 245.0)
    return replace(mesh, colours=colours, light=np.ones_like(mesh.light), lines=mesh.lines[:0])
