"""What every pane of the window can be told. Panes are told, and never ask."""

from typing import Protocol

from PySide6.QtCore import SignalInstance

from gdsim.core.model.drawn import CutDirection
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.paint.place_box import Place
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame


class Pane(Protocol):
    """A view of the runs."""

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""

    def show_frame(self, frame: Frame) -> None:
        """Draw the runs as they stand at the cursor."""


class MapPane(Pane, Protocol):
    """A view of the runs on the error surface."""

    def show_surface(self, surface: LossSurface) -> None:
        """Draw another error surface."""

    def set_arrows(self, choice: ArrowChoice) -> None:
        """Draw other arrows of the selected run's update."""

    def set_cut(self, cut: CutDirection | None) -> None:
        """Draw the line along which the surface is cut, or none."""

    def point_at(self, place: Place | None) -> None:
        """Draw a cross-hair at a place, or none."""

    @property
    def pointed(self) -> SignalInstance:
        """Tell the place under the mouse, or None."""
        ...


class SurfaceView(MapPane, Protocol):
    """A 3D view of the surface, however it is drawn."""

    def reset_view(self) -> None:
        """Look from where one looked at first."""

    def twin(self) -> "SurfaceView":
        """Return another view that looks from the same place; it was told nothing yet."""

    def top_view(self) -> None:
        """Look straight down, as on the contour map."""

    def front_view(self) -> None:
        """Look from the front, a little above the floor: w goes to the right."""

    @property
    def planes(self) -> bool:
        """Whether planes cut the surface at the contour levels."""
        ...

    def set_planes(self, *, shown: bool) -> None:
        """Draw planes that cut the surface at the contour levels, or none."""

    def means(self) -> str:
        """Return by what means the surface is drawn, as a sentence."""
        ...

    def view_from(self, azimuth: float, elevation: float, distance: float | None = None) -> None:
        """Look from an angle in degrees; a distance of 1 fills the pane."""

    @property
    def camera_moved(self) -> SignalInstance:
        """Tell from where one looks now, in three numbers, as `view_from` takes them."""
        ...

    def looked_from(self) -> tuple[float, float, float]:
        """Return from where one looks, as `view_from` takes it."""
        ...
