"""The contents of a picture of maps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtGui import QImage

from gdsim.core.arrays import Array
from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import Outcome, OutcomePlan
from gdsim.core.exercises.run_settings import is_of_start
from gdsim.gui.exercises.maps.map_colours import PaintedMap
from gdsim.gui.translation import tr

# The largest ratio between the sides of a map drawn to scale.
_MOST_UNEQUAL = 6.0


class MapCurve(NamedTuple):
    """A line over a map, in pieces of (n, 2) shares of the image's sides from the bottom left."""

    label: str
    pieces: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class MapCell:
    """One map of a picture, with the axes for which its image was computed."""

    title: str
    colour: str
    image: QImage | None
    x: MapAxis
    y: MapAxis
    place: tuple[float, float] | None = None  # the run's own values of the two settings
    curves: tuple[MapCurve, ...] = ()


@dataclass(frozen=True, eq=False)
class MapSheet:
    """The maps of a picture, which all show the same range."""

    cells: tuple[MapCell, ...]
    x: MapAxis
    y: MapAxis
    kinds: tuple[Outcome, ...] = ()  # the outcomes named in the key
    basins: int = 1
    cursor: tuple[float, float] | None = None  # shares of the sides

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


def sheet_of(
    plans: Sequence[OutcomePlan], maps: Sequence[PaintedMap], colours: Mapping[str, str]
) -> MapSheet:
    """Return a sheet of plans with the maps computed so far; ``colours`` are keyed by the runs' names."""
    cells = []
    for place, plan in enumerate(plans):
        painted = maps[place] if place < len(maps) else None
        shown = plan if painted is None else painted.map.plan
        image = None if painted is None else painted.image()
        limits = () if painted is None else painted.map.limits
        label = tr("η·λ at the limit, at the minimum")
        curves = (MapCurve(label, limits),) if limits else ()
        run = plan.run
        cells.append(MapCell(run.shown_name, colours[run.name], image, shown.x, shown.y, plan.values, curves))
    kinds = tuple(kind for kind in Outcome if kind and any(painted.map.count(kind) for painted in maps))
    basins = max((len(painted.map.minima) for painted in maps), default=1)
    return MapSheet(tuple(cells), plans[0].x, plans[0].y, kinds, basins)
