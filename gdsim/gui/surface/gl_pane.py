"""The error surface drawn by OpenGL. Import it only after `opengl.probe` has found OpenGL."""

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from gdsim.gui.surface.canvas import SurfaceCanvas
from gdsim.gui.surface.gl import SurfaceStudio
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.quads import draw_quads
from gdsim.gui.surface.scene import View


class SurfacePane(SurfaceCanvas):
    """The surface as OpenGL draws it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = SurfaceStudio()
        self._samples = 121 if self._studio.renderer and not self._studio.software else 61
        self._describe(self.tr("Drawn with OpenGL: {renderer}.").format(renderer=self._studio.renderer))
        self.destroyed.connect(self._studio.close)

    def _surface_image(self, mesh: Mesh, view: View, pixel_ratio: float, line: QColor) -> QImage:
        image = self._studio.picture(mesh, view, pixel_ratio, line)
        # A context can be lost, as when a laptop changes its graphics card.
        return draw_quads(mesh, view, pixel_ratio, line) if image is None else image
