"""The contents of a picture of maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import Outcome, OutcomePlan
from gdsim.core.exercises.run_settings import is_of_start
from gdsim.gui.exercises.maps.map_colours import PaintedMap

# The largest ratio between the sides of a map drawn to scale.
_MOST_UNEQUAL = 6.0


@dataclass(frozen=True, eq=False)
class MapSheet:
    """The maps of a picture, which all show the same range."""

    plans: Sequence[OutcomePlan]
    maps: Sequence[PaintedMap]  # of the plans, or of earlier ones with another range; empty before the first
    colours: Sequence[str]  # of the runs
    x: MapAxis
    y: MapAxis
    cursor: tuple[float, float] | None = None  # shares of the sides

    @cached_property
    def kinds(self) -> list[Outcome]:
        """The outcomes named in the key."""
        return [kind for kind in Outcome if kind and any(painted.map.count(kind) for painted in self.maps)]

    @property
    def basins(self) -> int:
        return max((len(painted.map.minima) for painted in self.maps), default=1)

    @property
    def has_limits(self) -> bool:
        return any(painted.map.limits for painted in self.maps)

    @property
    def shape(self) -> float | None:
        """The aspect ratio of a map, width by height; None if the map fills the room.

        Two parameters on linear axes are drawn to the same scale, unless that would make the map a sliver.
        """
        x, y = self.x, self.y
        if x.log or y.log or not (is_of_start(x.setting) and is_of_start(y.setting)):
            return None
        shape = (x.high - x.low) / (y.high - y.low)
        return shape if 1.0 / _MOST_UNEQUAL <= shape <= _MOST_UNEQUAL else None
