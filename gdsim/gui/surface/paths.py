"""The choice of a run's steps that are worth drawing. It thins what is drawn, never the data."""

import math
from typing import TYPE_CHECKING

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.plane import in_plane
from gdsim.gui.paint.thinning import PathRows, Thinning, cells_of
from gdsim.gui.surface.terrain import DrapedLine, Terrain, lifted
from gdsim.session.frame import RunView

if TYPE_CHECKING:
    from gdsim.gui.surface.trails import Stage

# Cells along each side of the box, fine enough that rows in the same cell look alike. The older part of a
# very long path uses the coarse cells.
_CELLS, _COARSE_CELLS = 500, 100
_CELL = np.full(3, 2.0 / _CELLS)
# The longest line drawn at once, in half sides of the box; a longer one would only overlap itself. And the
# length that even the shortest step counts as.
_MOST_INK, _LEAST_INK = 600.0, 0.05
# The most rows drawn at once.
_MOST_ROWS = 4000


class SurfaceRows(PathRows["Stage"]):
    """The rows of a run that are worth drawing over a surface."""

    def __init__(self, terrain: Terrain, record: Trajectory) -> None:
        self._terrain = terrain
        self._coarse = Thinning(np.full(3, 2.0 / _COARSE_CELLS))
        super().__init__(record, Thinning(_CELL), self._coarse)

    def fit(self, ground: "Stage", view: RunView) -> bool:
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
        return lifted(self._terrain, places, steps & _not_repeated(places, steps))


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
