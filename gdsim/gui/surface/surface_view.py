"""The 3D pane that suits this machine, chosen when there is a surface to draw.

Probing OpenGL loads a driver, which takes longer than all the rest of a window. Even the painter without
OpenGL takes 16 ms to import, for which the first display of the window does not wait.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.model.drawn import Drawn
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.forms.layouts import filled
from gdsim.gui.paint.place_box import Place
from gdsim.gui.style.theme import Look
from gdsim.gui.surface.opengl import probe
from gdsim.gui.surface.scene import HOME, Camera, HasCamera
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.gui.surface.canvas import SurfaceCanvas


class SurfaceView(HasCamera, QWidget):
    """A stand-in for one of the two 3D panes, to which it forwards everything once there is a surface.

    It tracks the mouse, so that hovering reads values.
    """

    pointed = Signal(object)  # Place under the mouse; None for none
    camera_moved = Signal(object)  # the new Camera
    arrows_changed = Signal(object)  # ArrowChoice
    planes_changed = Signal(bool)  # whether planes are shown

    def __init__(self, *, allowed: bool) -> None:
        super().__init__()
        self._allowed = allowed
        self._pane: SurfaceCanvas | None = None
        self._told: dict[str, Callable[[SurfaceCanvas], None]] = {}  # calls held back until there is a pane
        self._camera = HOME  # until there is a pane
        self.planes = False
        self.arrows = ArrowChoice()
        self._room = filled(QVBoxLayout(self))

    def _tell(self, what: str, tell: "Callable[[SurfaceCanvas], None]") -> None:
        """Forward a call to the pane now or once it exists; of held-back calls of a kind, only the last."""
        if self._pane is None:
            self._told[what] = tell
        else:
            tell(self._pane)

    def set_look(self, look: Look) -> None:
        self._tell("look", lambda pane: pane.set_look(look))

    def show_frame(self, frame: Frame) -> None:
        self._tell("frame", lambda pane: pane.show_frame(frame))

    def set_arrows(self, choice: ArrowChoice) -> None:
        self.arrows = choice
        self._tell("arrows", lambda pane: pane.set_arrows(choice))
        self.arrows_changed.emit(choice)

    def set_drawn(self, drawn: Drawn) -> None:
        self._tell("drawn", lambda pane: pane.set_drawn(drawn))

    def set_planes(self, *, shown: bool) -> None:
        self.planes = shown
        self._tell("planes", lambda pane: pane.set_planes(shown=shown))
        self.planes_changed.emit(shown)

    def point_at(self, place: Place | None) -> None:
        self._tell("place", lambda pane: pane.point_at(place))

    def show_surface(self, surface: LossSurface) -> None:
        if self._pane is None:
            self._pane = self._chosen()
        self._pane.show_surface(surface)

    def means(self) -> str:
        return self._pane.means() if self._pane else self.tr("not drawn yet.")

    def twin(self) -> "SurfaceView":
        other = SurfaceView(allowed=self._allowed)
        other.set_camera(self.camera)
        other.set_planes(shown=self.planes)
        other.set_arrows(self.arrows)
        return other

    @property
    def camera(self) -> Camera:
        return self._pane.camera if self._pane else self._camera

    def set_camera(self, camera: Camera) -> None:
        self._camera = camera
        self._tell("camera", lambda pane: pane.set_camera(camera))

    def _chosen(self) -> "SurfaceCanvas":
        pane = self._make()
        self._room.addWidget(pane)
        pane.setMouseTracking(True)
        for tell in self._told.values():
            tell(pane)
        self._told.clear()
        pane.pointed.connect(self.pointed)
        pane.camera_moved.connect(self.camera_moved)
        return pane

    def _make(self) -> "SurfaceCanvas":
        if self._allowed and probe().available:
            from gdsim.gui.surface.panes import SurfacePane  # noqa: PLC0415 - only after the probe

            return SurfacePane()
        from gdsim.gui.surface.panes import SurfacePainter  # noqa: PLC0415

        return SurfacePainter()
