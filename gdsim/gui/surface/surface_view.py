"""The surface in the window, drawn with OpenGL where a graphics device allows it, else painted."""

from typing import TYPE_CHECKING, Self

from PySide6.QtGui import QImage

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.opengl import probe_opengl
from gdsim.gui.surface.painter import SurfacePainter
from gdsim.gui.surface.projection import Projection

if TYPE_CHECKING:
    from gdsim.gui.surface.gl import SurfaceRenderer

# Samples along each side with OpenGL.
_SAMPLES = 121


class SurfaceView(SurfacePainter):
    """A pane that reads values under the mouse, and uses OpenGL if that is ``allowed`` and possible."""

    def __init__(self, *, allowed: bool) -> None:
        super().__init__()
        self._allowed = allowed
        self.renderer: SurfaceRenderer | None = None
        self.setMouseTracking(True)

    def show_surface(self, surface: LossSurface) -> None:
        # With the first surface, because loading a driver takes longer than all the rest of a window.
        if self._surface is None and self._allowed and probe_opengl().available:
            from gdsim.gui.surface.gl import SurfaceRenderer  # noqa: PLC0415 - slow to load, too

            self.renderer = SurfaceRenderer()
            self.destroyed.connect(self.renderer.close)
        super().show_surface(surface)

    def drawing_method(self) -> str:
        if self._surface is None:
            return self.tr("not drawn yet.")
        if self.renderer is None:
            return super().drawing_method()
        return self.tr("Drawn with OpenGL: {renderer}.").format(renderer=self.renderer.device)

    def twin(self) -> Self:
        return self._made_like(type(self)(allowed=self._allowed))

    @property
    def _samples(self) -> int:
        return _SAMPLES if self.renderer else super()._samples

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage:
        # A context can be lost, for instance when a laptop switches its graphics card.
        image = self.renderer.draw(mesh, view, pixel_ratio, dark=dark) if self.renderer else None
        return super()._surface_image(mesh, view, pixel_ratio, dark=dark) if image is None else image
