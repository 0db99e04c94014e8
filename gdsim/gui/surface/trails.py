"""The trails of the runs over the surface, the stage they are painted on, and the steps worth drawing."""

import math
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.plane import in_plane
from gdsim.gui.paint.drawing import blank_picture
from gdsim.gui.paint.thinning import PathRows, Thinning, cells_of
from gdsim.gui.paint.trail import Layers, Trail, TrailLine, TrailStyle
from gdsim.gui.surface.projection import Projection
from gdsim.gui.surface.terrain import DrapedLine, Terrain, draped_line, hidden_places
from gdsim.session.frame import RunView

# The most points of a line that are tested for being hidden by hills.
_MOST_TESTED = 4000
# Cells along each side of the box, fine enough that rows in the same cell look alike. The older part of a
# very long path uses the coarse cells.
_CELLS, _COARSE_CELLS = 500, 100
_CELL = np.full(3, 2.0 / _CELLS)
# The longest line drawn at once, in half sides of the box; a longer one would only overlap itself. And the
# length that even the shortest step counts as.
_MOST_INK, _LEAST_INK = 600.0, 0.05
# The most rows drawn at once.
_MOST_ROWS = 4000


class ProjectedPlace(NamedTuple):
    """The pixel of a place in the box, and whether a hill hides it."""

    pixel: QPointF
    behind: bool


@dataclass(frozen=True, eq=False)
class SurfaceStage:
    """The surface, view and resolution that trails are painted for; a new stage repaints them."""

    terrain: Terrain
    view: Projection
    pixel_ratio: float
    layered: bool = True  # whether trails may be painted into images
    shares_layers: bool = False  # whether all runs are painted on the same images

    def blank(self, ground: QColor | None = None) -> QImage:
        return blank_picture(self.view.width, self.view.height, self.pixel_ratio, ground)

    def spots(self, p: Array, loss: Array) -> list[ProjectedPlace | None]:
        """Return the spots of parameters (n, d + 1) with their losses; None outside the view range."""
        places = place_of(self.terrain, p, loss)
        behind = hidden_places(self.terrain, places, self.view.eye).tolist()
        pixels = self.view.project(places.clip(-1.0, 1.0)).tolist()
        return [
            ProjectedPlace(QPointF(*pixel), is_behind) if -1.0 <= x <= 1.0 and -1.0 <= y <= 1.0 else None
            for (x, y, _), pixel, is_behind in zip(places.tolist(), pixels, behind, strict=True)
        ]


class SurfaceRows(PathRows[SurfaceStage]):
    """The rows of a run that are worth drawing over a surface."""

    def __init__(self, terrain: Terrain, record: Trajectory) -> None:
        self._terrain = terrain
        self._coarse = Thinning(np.full(3, 2.0 / _COARSE_CELLS))
        super().__init__(record, Thinning(_CELL), self._coarse)

    def fit(self, ground: SurfaceStage, view: RunView) -> bool:
        return self._terrain is ground.terrain and self.record is view.trajectory

    def places(self, rows: Rows | slice) -> Array:
        whole = self.record.whole
        return place_of(self._terrain, whole.p[rows], whole.loss[rows])

    def line(self, rows: Rows) -> DrapedLine:
        """Return the line through some consecutive rows from `known`."""
        if len(rows) > _MOST_ROWS:
            latest, older = rows[-_MOST_ROWS // 2 :], self._coarse.rows
            ends = np.searchsorted(older, (rows[0], latest[0]))
            rows = np.concatenate([older[slice(*ends)], latest])
        taken, steps = _few_steps(rows)
        places = self.places(taken)
        return draped_line(self._terrain, places, steps & _not_repeated(places, steps))


class SurfaceTrail(Trail[SurfaceStage, SurfaceRows]):
    """The trail of one run over the surface."""

    def __init__(
        self, stage: SurfaceStage, style: TrailStyle, rows: SurfaceRows, layers: Layers | None
    ) -> None:
        # A bound method would close a reference cycle, which keeps images until the garbage collector runs.
        super().__init__(stage, style, rows, partial(_line, stage, rows), layers)
        first = rows.record.until(0)
        (self.start,) = stage.spots(first.p, first.loss)


def _line(stage: SurfaceStage, path: SurfaceRows, rows: Rows) -> TrailLine:
    line = path.line(rows)
    ends = line.steps.searchsorted(np.arange(len(rows)))
    return TrailLine(stage.view.project(line.points), line.joined, _behind(stage, line.points), ends)


def _behind(stage: SurfaceStage, points: Array) -> Flags:
    """Return which points, or the pieces of line that lead to them, are behind a hill."""
    stride = -(-len(points) // _MOST_TESTED) or 1
    blocked = hidden_places(stage.terrain, points[::stride], stage.view.eye)
    blocked = np.repeat(blocked, stride)[: len(points)]
    blocked[1:] |= blocked[:-1]
    return blocked


def place_of(terrain: Terrain, p: Array, loss: Array) -> Array:
    """Return the places in the box of parameters (..., d + 1) with their recorded loss: shape (..., 3).

    Where no loss was computed, the place is on the surface.
    """
    plane = in_plane(p, terrain.axes)
    places = terrain.place(plane[..., 0], plane[..., 1], loss)
    unknown = np.isnan(loss)
    if unknown.any():
        places[unknown, 2] = terrain.height_at(places[unknown, 0], places[unknown, 1])
    return places


def _few_steps(rows: Rows) -> tuple[Rows, Flags]:
    """Limit the rows to the latest steps and some of the rest; also return which are joined to the next."""
    if len(rows) <= _MOST_ROWS:
        return rows, np.ones(len(rows) - 1, dtype=np.bool_)
    latest = len(rows) - _MOST_ROWS // 2
    begins = np.linspace(0, latest - 2, _MOST_ROWS // 4).astype(np.intp)
    taken = np.concatenate([rows[np.column_stack([begins, begins + 1]).ravel()], rows[latest:]])
    steps = np.ones(len(taken) - 1, dtype=np.bool_)
    steps[1 : 2 * len(begins) : 2] = False
    return taken, steps


def _not_repeated(places: Array, steps: Flags) -> Flags:
    """Limit the steps, if the line is too long, to distinct ones: the latest, and some of the rest."""
    way = np.clip(np.diff(places[:, :2], axis=0), -2.0, 2.0)
    ink = np.hypot(way[:, 0], way[:, 1]) + _LEAST_INK
    if ink[steps].sum() <= _MOST_INK:
        return steps
    cells = (np.clip(cells_of(places, _CELL), -2 * _CELLS, 2 * _CELLS) + 2 * _CELLS).astype(np.int64)
    code = (cells[:, 0] * 4096 + cells[:, 1]) * 4096 + cells[:, 2]
    # A hash with overflow, for which two different steps hardly ever collide.
    codes = code[:-1] * np.int64(0x9E3779B1) + code[1:]
    begins = np.flatnonzero(steps)
    new = np.sort(begins[np.unique(codes[begins], return_index=True)[1]])
    left = np.cumsum(ink[new][::-1])[::-1]
    latest, older = new[left <= _MOST_INK / 2.0], new[left > _MOST_INK / 2.0]
    stride = math.ceil(ink[older].sum() / (_MOST_INK / 2.0)) or 1
    keep = np.zeros(len(steps), dtype=np.bool_)
    keep[latest] = True
    keep[older[::stride]] = True
    return keep
