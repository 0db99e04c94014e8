"""What every pane of the window can be told. Panes are told, and never ask."""

from typing import Protocol

from gdsim.core.model.drawn import Drawn
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.paint.place_box import Place
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame


class Pane(Protocol):
    """A view of the runs, or of the selected one."""

    def show_frame(self, frame: Frame) -> None:
        """Draw the runs as they stand at the cursor."""


class StyledPane(Pane, Protocol):
    """A view that draws every run in its style."""

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""


class MapPane(StyledPane, Protocol):
    """A view of the runs on the error surface."""

    def show_surface(self, surface: LossSurface) -> None:
        """Draw another error surface."""

    def set_arrows(self, choice: ArrowChoice) -> None:
        """Draw other arrows of the selected run's update."""

    def set_drawn(self, drawn: Drawn) -> None:
        """Draw the line along which the surface is cut, and on a map the rest of this, or nothing of it."""

    def point_at(self, place: Place | None) -> None:
        """Draw a cross-hair at a place, or none."""
