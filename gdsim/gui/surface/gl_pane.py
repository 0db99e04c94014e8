"""The error surface drawn by OpenGL. Use it only after `opengl.probe` has found OpenGL."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.surface.canvas import SurfaceCanvas
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.quads import draw_quads
from gdsim.gui.surface.scene import Projection

if TYPE_CHECKING:
    from gdsim.gui.surface.gl import SurfaceStudio


class SurfacePane(SurfaceCanvas):
    """The surface as OpenGL draws it.

    Attributes
    ----------
    studio : SurfaceStudio or None
        What draws it, once there is something to draw.
    """

    _samples = 121

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio: SurfaceStudio | None = None

    def show_surface(self, surface: LossSurface) -> None:
        """Draw another error surface."""
        if self.studio is None:
            self.studio = self._open_studio()
        super().show_surface(surface)

    def _open_studio(self) -> "SurfaceStudio":
        # PyOpenGL takes a tenth of a second to load, which the window need not wait for.
        from gdsim.gui.surface.gl import SurfaceStudio  # noqa: PLC0415

        studio = SurfaceStudio()
        self._describe(self.tr("Drawn with OpenGL: {renderer}.").format(renderer=studio.renderer))
        self.destroyed.connect(studio.close)
        return studio

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, line: QColor) -> QImage:
        image = self.studio.picture(mesh, view, pixel_ratio, line) if self.studio else None
        # A context can be lost, as when a laptop changes its graphics card.
        return draw_quads(mesh, view, pixel_ratio, line) if image is None else image
