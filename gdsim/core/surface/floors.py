"""Floors of valleys that are narrower than a cell of the grid.

Some samples hit such a floor and others miss it, so the logarithm of the loss would be jagged there, and its
contour lines would break up into islands.
"""

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.surface.descent import DescentBox, eigen_axes
from gdsim.core.surface.plane_loss import PlaneLoss

# Newton steps across a valley: one is enough where its profile is a parabola.
_STEPS = 3
# Terms times places in all, which take a third of a second, and in one block, which stays in the cache.
_MOST_PRODUCTS, _BLOCK = 4_000_000, 1 << 16


def with_floors(terms: PlaneLoss, w: Array, b: Array, loss: Array) -> Array:
    """Return losses (W, B) at w (W,), b (B,), replaced near floors by the lowest found within half a cell.

    The search goes straight across the valley. With very many terms it starts at the lowest places only.
    """
    i, j = np.nonzero(by_floors(loss))
    most = _MOST_PRODUCTS // terms.size
    if len(i) > most:
        deepest = np.argpartition(loss[i, j], most)[:most]
        i, j = i[deepest], j[deepest]
    cell = np.array([w[1] - w[0], b[1] - b[0]])
    whole = DescentBox(np.array([w[0], b[0]]), np.array([w[-1], b[-1]]))
    lowest, block = loss.copy(), max(1, _BLOCK // terms.size)
    for first in range(0, len(i), block):
        rows, columns = i[first : first + block], j[first : first + block]
        found = _lowest_near(terms, np.column_stack([w[rows], b[columns]]), cell, whole)
        lowest[rows, columns] = np.fmin(lowest[rows, columns], found)
    return lowest


def _lowest_near(terms: PlaneLoss, start: Array, cell: Array, whole: DescentBox) -> Array:
    """Return the lowest loss found within half a cell of places (m, 2) and within ``whole``, or NaN."""
    low, high = np.maximum(start - 0.5 * cell, whole.low), np.minimum(start + 0.5 * cell, whole.high)
    place, near = start, DescentBox(low, high)
    lowest = np.full(len(start), np.nan)
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            gradient, (ww, wb, bb) = terms.derivatives(place)
            bend, _, across = eigen_axes(ww * cell[0] ** 2, wb * cell[0] * cell[1], bb * cell[1] ** 2)
            slope = (gradient * cell * across).sum(axis=1)
            move = np.where(bend > 0.0, -slope / bend, 0.0)[:, np.newaxis] * across * cell
            place = np.clip(place + np.nan_to_num(move), near.low, near.high)
            found = terms.loss(place[:, 0], place[:, 1])
            lowest = np.fmin(lowest, np.where(np.isfinite(found), found, np.nan))
    return lowest


def by_floors(heights: Array) -> Flags:
    """Return which of the heights (W, B) are on a floor or next to one.

    A height on a floor is below one neighbour along w or b and not above the other, so level ground has none.
    Neighbours are included to keep a diagonal floor in one piece.
    """
    known = np.where(np.isfinite(heights), heights, np.inf)
    low = np.zeros(heights.shape, dtype=bool)
    low[1:-1] |= _is_low(known[:-2], known[1:-1], known[2:])
    low[:, 1:-1] |= _is_low(known[:, :-2], known[:, 1:-1], known[:, 2:])
    edged = np.pad(low, 1)
    along = edged[:-2] | edged[1:-1] | edged[2:]
    beside: Flags = along[:, :-2] | along[:, 1:-1] | along[:, 2:]
    return beside


def _is_low(before: Array, here: Array, after: Array) -> Flags:
    low: Flags = (here <= before) & (here <= after) & ((here < before) | (here < after))
    return low
