"""What is drawn over the surface besides the runs: the curvature at a run, the gradient field, a cut."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from gdsim.core.settings import Domain

CUT_ANGLE = Domain("a whole number of degrees from {low} to {high}", int, low=0.0, high=179.0)


class CutWay(StrEnum):
    """The direction of the cut through the surface."""

    W = "w"  # Along the first drawn parameter
    B = "b"
    STEP = "step"  # Along the selected run's next step
    DOWN = "down"  # Against the gradient


# An int is an angle in degrees, from the w axis towards the b axis.
CutDirection: TypeAlias = CutWay | int


@dataclass(frozen=True)
class MapOverlays:
    """What is drawn at the selected run and all over the map, besides the runs."""

    lens: bool = False  # Whether the map shows the curvature
    field: bool = False  # Whether arrows all over the map show the direction of descent
    cut: CutDirection | None = None  # The direction of the cut through the selected run; None for no cut

    def __post_init__(self) -> None:
        if self.cut is not None and not isinstance(self.cut, CutWay):
            object.__setattr__(self, "cut", CUT_ANGLE.check(self.cut, "cut"))


NOTHING_DRAWN = MapOverlays()
