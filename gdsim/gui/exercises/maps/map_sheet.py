"""What a picture of maps shows."""

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

# The longer side of a map is at most so many times the shorter one.
_MOST_UNEQUAL = 6.0


class MapCurve(NamedTuple):
    """A line over a map: its name, and pieces of (n, 2) shares of the sides of the image, from below left."""

    label: str
    pieces: tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class MapCell:
    """One map of a picture, and the axes that its image was computed for."""

    title: str
    colour: str
    image: QImage | None
    x: MapAxis
    y: MapAxis
    place: tuple[float, float] | None = None  # of the run itself, as values
    curves: tuple[MapCurve, ...] = ()


@dataclass(frozen=True, eq=False)
class MapSheet:
    """What is painted: maps that show the same range."""

    cells: tuple[MapCell, ...]
    x: MapAxis
    y: MapAxis
    kinds: tuple[Outcome, ...] = ()  # those that the key names
    basins: int = 1
    cursor: tuple[float, float] | None = None  # shares of the sides

    @property
    def shape(self) -> float | None:
        """Width of a map divided by its height; None where each side is as long as there is room.

        Parameters are of one kind, and a unit of one is as long as a unit of the other, unless that would
        make the map a sliver.
        """
        x, y = self.x, self.y
        if x.log or y.log or not (is_of_start(x.setting) and is_of_start(y.setting)):
            return None
        shape = (x.high - x.low) / (y.high - y.low)
        return shape if 1.0 / _MOST_UNEQUAL <= shape <= _MOST_UNEQUAL else None


def sheet_of(
    plans: Sequence[OutcomePlan], maps: Sequence[PaintedMap], colours: Mapping[str, str]
) -> MapSheet:
    """Return what there is of the maps of plans, over their range; runs have colours by their names."""
    cells = []
    for place, plan in enumerate(plans):
        made = maps[place] if place < len(maps) else None
        shown = plan if made is None else made.map.plan
        image = None if made is None else made.image()
        limits = () if made is None else made.map.limits
        label = tr("η·λ at the limit, at the minimum")
        curves = (MapCurve(label, limits),) if limits else ()
        run = plan.run
        cells.append(MapCell(run.shown_name, colours[run.name], image, shown.x, shown.y, plan.values, curves))
    kinds = tuple(kind for kind in Outcome if kind and any(made.map.count(kind) for made in maps))
    basins = max((len(made.map.minima) for made in maps), default=1)
    return MapSheet(tuple(cells), plans[0].x, plans[0].y, kinds, basins)
