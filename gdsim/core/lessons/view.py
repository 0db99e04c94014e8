"""The view of the window at a stop of a lesson or in a picture."""

from typing import NamedTuple

from gdsim.core.analysis.arrow_lengths import Lengths
from gdsim.core.analysis.arrows import ArrowKind
from gdsim.core.analysis.series import CurveKind

# The pages of the selected run in the right column, and the layers drawn along with the arrows of an update.
PAGES = ("settings", "step", "code", "why", "memory", "limit")
LAYERS = ("points", "batch-loss", "tries")
# The parts of the window that a stop may point at.
PANES = ("points", "neuron", "function", "runs", "surface", "contours", "curves", "playback", "page")


class Arrows(NamedTuple):
    """Which arrows of the step are drawn."""

    on: bool = True
    # kinds, layers: None for the default ones.
    kinds: frozenset[ArrowKind] | None = None
    layers: frozenset[str] | None = None
    lengths: Lengths = Lengths.FIT


class Sight(NamedTuple):
    """The position of the camera: angles in degrees; at a distance of 1 the surface fills its pane."""

    azimuth: float = -60.0
    elevation: float = 30.0
    distance: float = 1.0


FROM_TOP = Sight(-90.0, 90.0)


class StopView(NamedTuple):
    page: str = PAGES[0]
    memory: str = ""  # The letter whose memory the page of that name shows; empty for the first
    curve: CurveKind = CurveKind.LOSS
    log: bool = True  # Whether the curves are on a logarithmic scale
    arrows: Arrows = Arrows()
    part: str = ""  # The part of the update that is highlighted; empty for all of it
    sight: Sight = Sight()
    planes: bool = False  # Whether planes cut the surface at the contour levels
    panes: frozenset[str] = frozenset()  # The members of `PANES` that are pointed at
    only: frozenset[str] = frozenset()  # The members of `PANES` that are shown; empty for all
