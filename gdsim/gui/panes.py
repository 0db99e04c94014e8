"""The protocols of the panes. Panes receive data and never ask for it."""

from typing import Protocol

from gdsim.core.model.map_overlays import MapOverlays
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.paint.place_box import PlaceReading
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame


class Pane(Protocol):
    """A view of the runs, or of the selected one."""

    def show_frame(self, frame: Frame) -> None:
        """Draw the runs at the current step."""


class StyledPane(Pane, Protocol):
    """A view that draws every run in its style."""

    def set_look(self, look: Look) -> None:
        """Change theme, scale and styles of runs."""


class MapPane(StyledPane, Protocol):
    """A view of the runs on the error surface."""

    def show_surface(self, surface: LossSurface) -> None:
        """Replace the error surface."""

    def set_arrows(self, choice: ArrowChoice) -> None:
        """Choose the arrows that are drawn for the selected run's update."""

    def set_drawn(self, drawn: MapOverlays) -> None:
        """Draw the line of the cut and, on a map, the curvature and the gradient field, as chosen."""

    def point_at(self, place: PlaceReading | None) -> None:
        """Draw a cross-hair at a place, or none."""
