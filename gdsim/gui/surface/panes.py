"""The two 3D panes: one drawn with OpenGL, one painted for machines without a graphics device or display."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from gdsim.core.surface.surface import LossSurface
from gdsim.gui.surface.canvas import SurfaceCanvas
from gdsim.gui.surface.mesh import Mesh
from gdsim.gui.surface.quads import draw_quads
from gdsim.gui.surface.scene import Projection
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.gui.surface.gl import SurfaceRenderer

# Samples along each side: painted while something moves, painted at rest, and with OpenGL.
_COARSE, _FINE, _BY_OPENGL = 33, 61, 121
# So many changes, each within this time of the one before, count as a movement.
_MOVEMENT = 3
_REST_MS = 150


class MovementWatch(QObject):
    """Detector of movements: changes in quick succession, as while a view is turned."""

    rested = Signal()  # a movement is over

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._changes = 0
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._on_rest)

    @property
    def moving(self) -> bool:
        return self._changes >= _MOVEMENT

    def change(self) -> None:
        self._changes += 1
        self._rest.start()

    def _on_rest(self) -> None:
        moved, self._changes = self.moving, 0
        if moved:
            self.rested.emit()


class SurfacePainter(SurfaceCanvas):
    """A pane that paints the surface as quads, from the farthest to the nearest.

    While the view is turned or points are dragged, there are fewer quads. Changes while the pane is hidden
    do not count as a movement, so that exported pictures are never coarse.
    """

    def __init__(self) -> None:
        super().__init__()
        self._describe(self.tr("Drawn without OpenGL."))
        self.movement = MovementWatch(self)
        self.movement.rested.connect(self._refine)

    def show_surface(self, surface: LossSurface) -> None:
        self._note_change()
        super().show_surface(surface)

    def show_frame(self, frame: Frame) -> None:
        super().show_frame(frame)
        self._refine()

    def _camera_changed(self) -> None:
        self._note_change()
        super()._camera_changed()

    def _note_change(self) -> None:
        if self.isVisible():
            self.movement.change()

    @property
    def _samples(self) -> int:
        # On a slow machine the surfaces of a drag come too slowly to be detected as a movement.
        dragging = self._frame is not None and self._frame.dragging
        return _COARSE if self.movement.moving or dragging else _FINE

    def _refine(self) -> None:
        if self.mesh is not None and self.mesh.most < self._samples:
            self.repaint_surface()

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage:
        return draw_quads(mesh, view, pixel_ratio, dark=dark)


class SurfacePane(SurfaceCanvas):
    """A pane that draws the surface with OpenGL."""

    def __init__(self) -> None:
        super().__init__()
        self.renderer: SurfaceRenderer | None = None  # created with the first surface

    def show_surface(self, surface: LossSurface) -> None:
        if self.renderer is None:
            self.renderer = self._make_renderer()
        super().show_surface(surface)

    @property
    def _samples(self) -> int:
        return _BY_OPENGL

    def _make_renderer(self) -> "SurfaceRenderer":
        # PyOpenGL takes a tenth of a second to load, for which the window should not wait.
        from gdsim.gui.surface.gl import SurfaceRenderer  # noqa: PLC0415

        renderer = SurfaceRenderer()
        self._describe(self.tr("Drawn with OpenGL: {renderer}.").format(renderer=renderer.device))
        self.destroyed.connect(renderer.close)
        return renderer

    def _surface_image(self, mesh: Mesh, view: Projection, pixel_ratio: float, *, dark: bool) -> QImage:
        image = self.renderer.draw(mesh, view, pixel_ratio, dark=dark) if self.renderer else None
        # A context can be lost, for instance when a laptop switches its graphics card.
        return draw_quads(mesh, view, pixel_ratio, dark=dark) if image is None else image
