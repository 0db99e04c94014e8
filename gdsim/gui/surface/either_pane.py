"""The 3D pane that this machine can draw, found out when there is something to draw.

Asking for OpenGL loads a driver, which takes longer than all the rest of a window.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.model.drawn import CutDirection
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.forms.layouts import filled
from gdsim.gui.paint.place_box import Place
from gdsim.gui.style.theme import Look
from gdsim.gui.surface.opengl import probe
from gdsim.gui.surface.scene import HOME
from gdsim.session.frame import Frame

if TYPE_CHECKING:
    from gdsim.gui.surface.canvas import SurfaceCanvas


class EitherPane(QWidget):
    """Stands for one of the two 3D panes, and hands everything on to it.

    The mouse over it reads values.
    """

    pointed = Signal(object)  # Place under the mouse; None for none
    camera_moved = Signal(float, float, float)  # azimuth, elevation, distance

    def __init__(self, *, allowed: bool) -> None:
        super().__init__()
        self._allowed = allowed
        self._pane: SurfaceCanvas | None = None
        self._look: Look | None = None
        self._frame: Frame | None = None
        self._choice = ArrowChoice()
        self._cut: CutDirection | None = None
        self._camera = HOME
        self._planes = False
        self._room = filled(QVBoxLayout(self))

    def set_look(self, look: Look) -> None:
        self._look = look
        if self._pane:
            self._pane.set_look(look)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if self._pane:
            self._pane.show_frame(frame)

    def set_arrows(self, choice: ArrowChoice) -> None:
        self._choice = choice
        if self._pane:
            self._pane.set_arrows(choice)

    def set_cut(self, cut: CutDirection | None) -> None:
        self._cut = cut
        if self._pane:
            self._pane.set_cut(cut)

    @property
    def planes(self) -> bool:
        return self._planes

    def set_planes(self, *, shown: bool) -> None:
        self._planes = shown
        if self._pane:
            self._pane.set_planes(shown=shown)

    def show_surface(self, surface: LossSurface) -> None:
        if self._pane is None:
            self._pane = self._chosen()
        self._pane.show_surface(surface)

    def point_at(self, place: Place | None) -> None:
        if self._pane:
            self._pane.point_at(place)

    def reset_view(self) -> None:
        if self._pane:
            self._pane.reset_view()

    def top_view(self) -> None:
        if self._pane:
            self._pane.top_view()

    def front_view(self) -> None:
        if self._pane:
            self._pane.front_view()

    def means(self) -> str:
        return self._pane.means() if self._pane else self.tr("not drawn yet.")

    def twin(self) -> "EitherPane":
        other = EitherPane(allowed=self._allowed)
        other._camera = self._pane.camera if self._pane else self._camera
        other.set_planes(shown=self._planes)
        return other

    def looked_from(self) -> tuple[float, float, float]:
        return self._pane.looked_from() if self._pane else self._camera.place

    def view_from(self, azimuth: float, elevation: float, distance: float | None = None) -> None:
        if self._pane:
            self._pane.view_from(azimuth, elevation, distance)
        else:
            self._camera = self._camera.at(azimuth, elevation, distance)

    def _chosen(self) -> "SurfaceCanvas":
        pane = self._make()
        self._room.addWidget(pane)
        pane.setMouseTracking(True)
        pane.pointed.connect(self.pointed)
        pane.set_camera(self._camera)
        pane.camera_moved.connect(self.camera_moved)
        pane.set_arrows(self._choice)
        pane.set_cut(self._cut)
        pane.set_planes(shown=self._planes)
        if self._look:
            pane.set_look(self._look)
        if self._frame:
            pane.show_frame(self._frame)
        return pane

    def _make(self) -> "SurfaceCanvas":
        if self._allowed and probe().available:
            from gdsim.gui.surface.panes import SurfacePane  # noqa: PLC0415 - only after the probe

            return SurfacePane()
        from gdsim.gui.surface.panes import SurfacePainter  # noqa: PLC0415

        return SurfacePainter()
