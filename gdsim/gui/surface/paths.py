"""The choice of a run's steps that are worth drawing. It thins what is drawn, never the data."""

import math

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.plane import in_plane
from gdsim.gui.paint.budget import Budget
from gdsim.gui.surface.terrain import DrapedLine, Terrain, lifted

# Cells along each side of the box, fine enough that rows in the same cell look alike. The older part of a
# very long path uses the coarse cells.
_CELLS, _COARSE_CELLS = 500, 100
# The longest line drawn at once, in half sides of the box; a longer one would only overlap itself. And the
# length that even the shortest step counts as.
_MOST_INK, _LEAST_INK = 600.0, 0.05
# The most rows drawn at once.
_MOST_ROWS = 4000
# Rows processed together, few enough that their arrays stay in the processor's cache.
_ROWS_AT_ONCE = 1 << 15


class PathRows:
    """The rows of a growing trajectory that are worth drawing: the first one in each cell that it enters.

    Every row is examined only once.
    """

    def __init__(self, terrain: Terrain, trajectory: Trajectory) -> None:
        self._terrain = terrain
        self.trajectory = trajectory
        self._seen = 0
        self._fine = _Entries(_CELLS)
        self._coarse = _Entries(_COARSE_CELLS)

    def fit(self, terrain: Terrain, trajectory: Trajectory) -> bool:
        return self._terrain is terrain and self.trajectory is trajectory

    def known(self, step: int, budget: Budget) -> Rows:
        """Examine rows up to ``step`` or more, as far as the budget allows; return all worth drawing.

        Rows that follow ``step`` may be among them.
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
        """Return the line through some consecutive rows from `known`."""
        if len(rows) > _MOST_ROWS:
            latest = rows[-_MOST_ROWS // 2 :]
            older = _rows_until(self._coarse.rows, int(latest[0]) - 1)
            rows = np.concatenate([older[np.searchsorted(older, rows[0]) :], latest])
        taken, steps = _few_steps(rows)
        record = self.trajectory.until(int(rows[-1]))
        places = place_of(self._terrain, record.p[taken], record.loss[taken])
        return lifted(self._terrain, places, steps & _not_repeated(places, steps))


class _Entries:
    """The rows at which a path enters another cell, with so many cells along each side of the box."""

    def __init__(self, cells: int) -> None:
        self.rows: Rows = np.empty(0, dtype=np.intp)
        self._cells = cells
        self._last = np.full(3, np.nan)

    def add(self, first: int, places: Array) -> None:
        """Add the next rows, given by their places; the first has number ``first``."""
        cells = _cells(places, self._cells)
        before = np.vstack([self._last, cells[:-1]])
        # Column by column, because reducing along a short axis is slow.
        changed = cells != before
        entered = np.flatnonzero(changed[:, 0] | changed[:, 1] | changed[:, 2])
        if entered.size:
            self.rows = np.concatenate([self.rows, first + entered])
        self._last = cells[-1]


def _rows_until(rows: Rows, step: int) -> Rows:
    return rows[: np.searchsorted(rows, step, side="right")]


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


def _cells(places: Array, cells: int) -> Array:
    """Return the cell of every place, counted from the middle of the box."""
    scaled = places * (cells / 2.0)
    return np.floor(scaled, out=scaled)


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
    cells = (np.clip(_cells(places, _CELLS), -2 * _CELLS, 2 * _CELLS) + 2 * _CELLS).astype(np.int64)
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
