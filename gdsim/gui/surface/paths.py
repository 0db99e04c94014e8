"""Which of the steps of a run are worth drawing. Views are thinned, data never."""

import math

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.plane import in_plane
from gdsim.gui.paint.budget import Budget
from gdsim.gui.surface.terrain import DrapedLine, Terrain, lifted

# Cells along each side of the box: rows in the same cell cannot be told apart. Of a very long path the
# beginning is drawn less exactly.
_CELLS, _COARSE_CELLS = 500, 100
# Line that is drawn at once, in half sides of the box; what a step costs however short it is. More
# would lie on top of itself.
_MOST_INK, _LEAST_INK = 600.0, 0.05
# Rows that may be drawn for that.
_MOST_ROWS = 4000
# Rows that are looked at together: what is made of them stays in the cache.
_ROWS_AT_ONCE = 1 << 15


class PathRows:
    """Which rows of a growing trajectory are worth drawing: the first in each cell that it enters.

    Every row is looked at once; moving back and forth on the record is a binary search.
    """

    def __init__(self, terrain: Terrain, trajectory: Trajectory) -> None:
        self._terrain = terrain
        self.trajectory = trajectory
        self._seen = 0
        self._fine = _Entries(_CELLS)
        self._coarse = _Entries(_COARSE_CELLS)

    def fit(self, terrain: Terrain, trajectory: Trajectory) -> bool:
        """Return whether they are the rows of this trajectory over this surface."""
        return self._terrain is terrain and self.trajectory is trajectory

    def known(self, step: int, budget: Budget) -> Rows:
        """Return all rows worth drawing that are known: those up to ``step``, and some that follow.

        Where the budget is spent before, there are fewer.
        """
        while self._seen <= min(step, self.trajectory.last_step) and not budget.is_spent:
            new = slice(self._seen, self._seen + _ROWS_AT_ONCE)
            record = self.trajectory.until(self.trajectory.last_step)
            places = place_of(self._terrain, record.p[new], record.loss[new])
            self._fine.add(self._seen, places)
            self._coarse.add(self._seen, places)
            self._seen += len(places)
            budget.spend_rows(len(places))
        return self._fine.rows

    def line(self, rows: Rows) -> DrapedLine:
        """Return the line through some consecutive rows of those worth drawing."""
        if len(rows) > _MOST_ROWS:
            latest = rows[-_MOST_ROWS // 2 :]
            older = _until(self._coarse.rows, int(latest[0]) - 1)
            rows = np.concatenate([older[np.searchsorted(older, rows[0]) :], latest])
        taken, steps = _few_steps(rows)
        record = self.trajectory.until(int(rows[-1]))
        places = place_of(self._terrain, record.p[taken], record.loss[taken])
        return lifted(self._terrain, places, steps & _not_repeated(places, steps))


class _Entries:
    """The rows at which a path enters another cell, of so many along each side of the box."""

    def __init__(self, cells: int) -> None:
        self.rows: Rows = np.empty(0, dtype=np.intp)
        self._cells = cells
        self._last = np.full(3, np.nan)

    def add(self, first: int, places: Array) -> None:
        """Look at the next rows, of which the first has number ``first``."""
        cells = _cells(places, self._cells)
        before = np.vstack([self._last, cells[:-1]])
        # By columns: to reduce along a short axis is slow.
        changed = cells != before
        entered = np.flatnonzero(changed[:, 0] | changed[:, 1] | changed[:, 2])
        if entered.size:
            self.rows = np.concatenate([self.rows, first + entered])
        self._last = cells[-1]


def _until(rows: Rows, step: int) -> Rows:
    return rows[: np.searchsorted(rows, step, side="right")]


def place_of(terrain: Terrain, p: Array, loss: Array) -> Array:
    """Return where parameters (..., d + 1) with their recorded loss are in the box: shape (..., 3).

    Where no loss was computed the place is on the surface.
    """
    plane = in_plane(p, terrain.axes)
    places = terrain.place(plane[..., 0], plane[..., 1], loss)
    unknown = np.isnan(loss)
    if unknown.any():
        places[unknown, 2] = terrain.height_at(places[unknown, 0], places[unknown, 1])
    return places


def _cells(places: Array, cells: int) -> Array:
    """Return the cell of every place, counted from the middle of the box."""
    scaled = places * (cells / 2.0)
    return np.floor(scaled, out=scaled)


def _few_steps(rows: Rows) -> tuple[Rows, Flags]:
    """Return rows to look at, and which are joined to the next: of very many steps the latest, and some."""
    if len(rows) <= _MOST_ROWS:
        return rows, np.ones(len(rows) - 1, dtype=np.bool_)
    latest = len(rows) - _MOST_ROWS // 2
    begins = np.linspace(0, latest - 2, _MOST_ROWS // 4).astype(np.intp)
    taken = np.concatenate([rows[np.column_stack([begins, begins + 1]).ravel()], rows[latest:]])
    steps = np.ones(len(taken) - 1, dtype=np.bool_)
    steps[1 : 2 * len(begins) : 2] = False
    return taken, steps


def _not_repeated(places: Array, steps: Flags) -> Flags:
    """Return which steps to draw: of very much line nothing twice, the latest, and some of the rest."""
    way = np.clip(np.diff(places[:, :2], axis=0), -2.0, 2.0)
    ink = np.hypot(way[:, 0], way[:, 1]) + _LEAST_INK
    if ink[steps].sum() <= _MOST_INK:
        return steps
    cells = (np.clip(_cells(places, _CELLS), -2 * _CELLS, 2 * _CELLS) + 2 * _CELLS).astype(np.int64)
    code = (cells[:, 0] * 4096 + cells[:, 1]) * 4096 + cells[:, 2]
    # Mixed, and let overflow: two different steps hardly ever share a code.
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
