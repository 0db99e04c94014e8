"""What is drawn over the surface beside the runs: the curvature at one, the gradient field, a cut."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from gdsim.core.settings import Domain

CUT_ANGLE = Domain("a whole number of degrees from {low} to {high}", int, low=0.0, high=179.0)


class CutWay(StrEnum):
    """In which direction the surface is cut."""

    W = "w"  # Along the first of the parameters that are drawn
    B = "b"
    STEP = "step"  # That of the selected run's next step
    DOWN = "down"  # Against the gradient


# An angle is in degrees, from the direction of w towards that of b.
CutDirection: TypeAlias = CutWay | int


@dataclass(frozen=True)
class Drawn:
    """What is drawn at the selected run, and all over the map."""

    lens: bool = False  # Whether the map shows the curvature
    field: bool = False  # Whether arrows all over the map show the way down
    cut: CutDirection | None = None  # Along what the surface is cut through the run; None for no cut

    def __post_init__(self) -> None:
        if self.cut is not None and not isinstance(self.cut, CutWay):
            object.__setattr__(self, "cut", CUT_ANGLE.check(self.cut, "cut"))


NOTHING_DRAWN = Drawn()
