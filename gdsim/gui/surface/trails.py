"""The ways of the runs over the surface, and what they are painted on."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.gui.paint.drawing import blank_picture
from gdsim.gui.paint.trail import Layers, Trail, TrailLine, TrailStyle
from gdsim.gui.surface.paths import PathRows, place_of
from gdsim.gui.surface.scene import Projection
from gdsim.gui.surface.terrain import Terrain, hidden

# Every point of a line is held against the hills, or of very many points some.
_MOST_LOOKS = 4000


class Spot(NamedTuple):
    """A place in the box as it is seen: where, and whether a hill hides it."""

    pixel: QPointF
    behind: bool


@dataclass(frozen=True, eq=False)
class Stage:
    """What trails are painted on. On another stage they are painted anew."""

    terrain: Terrain
    view: Projection
    pixel_ratio: float
    # Whether what is painted may be kept as pixels.
    layered: bool = True
    shares_layers: bool = False  # whether all runs are painted on the same pictures

    def blank(self, ground: QColor | None = None) -> QImage:
        return blank_picture(self.view.width, self.view.height, self.pixel_ratio, ground)

    def spots(self, p: Array, loss: Array) -> list[Spot | None]:
        """Return where parameters (n, d + 1) with their losses are seen; None outside the range."""
        places = place_of(self.terrain, p, loss)
        behind = hidden(self.terrain, places, self.view.eye).tolist()
        pixels = self.view.project(places.clip(-1.0, 1.0)).tolist()
        return [
            Spot(QPointF(*pixel), is_behind) if -1.0 <= x <= 1.0 and -1.0 <= y <= 1.0 else None
            for (x, y, _), pixel, is_behind in zip(places.tolist(), pixels, behind, strict=True)
        ]


class SurfaceRun:
    """One run's line over the surface."""

    def __init__(self, stage: Stage, style: TrailStyle, rows: PathRows, layers: Layers | None) -> None:
        self.rows, self._stage = rows, stage
        # A trail that refers back to its owner would keep its pictures until the garbage collector comes.
        draw = partial(_line, stage, rows)
        self.trail = Trail(style, rows, draw, stage.blank if stage.layered else None, layers)
        first = rows.trajectory.until(0)
        (self.start,) = stage.spots(first.p, first.loss)

    def fits(self, stage: Stage, style: TrailStyle, trajectory: Trajectory) -> bool:
        """Return whether it is the line of a record on a stage, in a style but for its colours."""
        is_there = self._stage is stage and self.rows.trajectory is trajectory
        return is_there and self.trail.style.is_shaped_as(style)


def _line(stage: Stage, path: PathRows, rows: Rows) -> TrailLine:
    line = path.line(rows)
    ends = line.steps.searchsorted(np.arange(len(rows)))
    return TrailLine(stage.view.project(line.points), line.joined, _behind(stage, line.points), ends)


def _behind(stage: Stage, points: Array) -> Flags:
    """Return which points, with the way to them, are behind a hill."""
    stride = -(-len(points) // _MOST_LOOKS) or 1
    blocked = hidden(stage.terrain, points[::stride], stage.view.eye)
    blocked = np.repeat(blocked, stride)[: len(points)]
    blocked[1:] |= blocked[:-1]
    return blocked
