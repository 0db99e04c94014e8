"""The trails of the runs over the surface, and the stage they are painted on."""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.gui.paint.drawing import blank_picture
from gdsim.gui.paint.trail import Layers, Trail, TrailLine, TrailStyle
from gdsim.gui.surface.paths import SurfaceRows, place_of
from gdsim.gui.surface.scene import Projection
from gdsim.gui.surface.terrain import Terrain, hidden

# The most points of a line that are tested for being hidden by hills.
_MOST_TESTED = 4000


class Spot(NamedTuple):
    """The pixel of a place in the box, and whether a hill hides it."""

    pixel: QPointF
    behind: bool


@dataclass(frozen=True, eq=False)
class Stage:
    """The surface, view and resolution that trails are painted for; a new stage repaints them."""

    terrain: Terrain
    view: Projection
    pixel_ratio: float
    layered: bool = True  # whether trails may be painted into images
    shares_layers: bool = False  # whether all runs are painted on the same images

    def blank(self, ground: QColor | None = None) -> QImage:
        return blank_picture(self.view.width, self.view.height, self.pixel_ratio, ground)

    def spots(self, p: Array, loss: Array) -> list[Spot | None]:
        """Return the spots of parameters (n, d + 1) with their losses; None outside the view range."""
        places = place_of(self.terrain, p, loss)
        behind = hidden(self.terrain, places, self.view.eye).tolist()
        pixels = self.view.project(places.clip(-1.0, 1.0)).tolist()
        return [
            Spot(QPointF(*pixel), is_behind) if -1.0 <= x <= 1.0 and -1.0 <= y <= 1.0 else None
            for (x, y, _), pixel, is_behind in zip(places.tolist(), pixels, behind, strict=True)
        ]


class SurfaceTrail(Trail[Stage, SurfaceRows]):
    """The trail of one run over the surface."""

    def __init__(self, stage: Stage, style: TrailStyle, rows: SurfaceRows, layers: Layers | None) -> None:
        # A bound method would close a reference cycle, which keeps images until the garbage collector runs.
        super().__init__(stage, style, rows, partial(_line, stage, rows), layers)
        first = rows.record.until(0)
        (self.start,) = stage.spots(first.p, first.loss)


def _line(stage: Stage, path: SurfaceRows, rows: Rows) -> TrailLine:
    line = path.line(rows)
    ends = line.steps.searchsorted(np.arange(len(rows)))
    return TrailLine(stage.view.project(line.points), line.joined, _behind(stage, line.points), ends)


def _behind(stage: Stage, points: Array) -> Flags:
    """Return which points, or the pieces of line that lead to them, are behind a hill."""
    stride = -(-len(points) // _MOST_TESTED) or 1
    blocked = hidden(stage.terrain, points[::stride], stage.view.eye)
    blocked = np.repeat(blocked, stride)[: len(points)]
    blocked[1:] |= blocked[:-1]
    return blocked
