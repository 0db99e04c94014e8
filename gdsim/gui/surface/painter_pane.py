"""The error surface drawn without OpenGL: for machines without a graphics device, or without a display."""

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.surface.canvas import SurfaceCanvas
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.movement import MovementWatch
from gdsim.gui.surface.quads import draw_quads
from gdsim.gui.surface.scene import Projection

# Samples along each side while something moves, and when it rests.
_COARSE, _FINE = 41, 61


class SurfacePainter(SurfaceCanvas):
    """The surface as quads, painted one after the other from the farthest to the nearest.

    While it is turned, or the points are dragged, it has fewer quads.
    """

    _samples = _FINE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._describe(self.tr("Drawn without OpenGL."))
        self.movement = MovementWatch(self)
        self.movement.rested.connect(self._refine)

    def show_surface(self, surface: LossSurface) -> None:
        """Draw another error surface."""
        self._hurry()
        super().show_surface(surface)

    def _camera_changed(self) -> None:
        self._hurry()
        super()._camera_changed()

    def _hurry(self) -> None:
        self.movement.change()
        self._samples = _COARSE if self.movement.moving else _FINE

    def _refine(self) -> None:
        self._samples = _FINE
        self.repaint_surface()

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, line: QColor) -> QImage:
        return draw_quads(mesh, view, pixel_ratio, line)
