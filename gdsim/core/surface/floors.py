"""Floors of valleys that are narrower than a cell of the grid.

Samples meet such a floor here and miss it there: a logarithm of their losses has teeth, and its lines are
islands.
"""

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.surface.descent import Box, axes
from gdsim.core.surface.plane_loss import PlaneLoss

# Steps across a valley: one is enough where it is a parabola.
_STEPS = 3


def with_floors(terms: PlaneLoss, w: Array, b: Array, loss: Array) -> Array:
    """Return losses (W, B) at places w (W,), b (B,); by floors the lowest that is found within half a cell.

    It is looked for straight across the valley.
    """
    i, j = np.nonzero(by_floors(loss))
    if not len(i):
        return loss
    place = start = np.column_stack([w[i], b[j]])
    cell = np.array([w[1] - w[0], b[1] - b[0]])
    near = Box(start - 0.5 * cell, start + 0.5 * cell)
    lowest = loss.copy()
    with np.errstate(all="ignore"):
        for _ in range(_STEPS):
            gradient, (ww, wb, bb) = terms.derivatives(place)
            bend, _, across = axes(ww * cell[0] ** 2, wb * cell[0] * cell[1], bb * cell[1] ** 2)
            slope = (gradient * cell * across).sum(axis=1)
            move = np.where(bend > 0.0, -slope / bend, 0.0)[:, np.newaxis] * across * cell
            place = np.clip(place + np.nan_to_num(move), near.low, near.high)
            found = terms.loss(place[:, 0], place[:, 1])
            lowest[i, j] = np.fmin(lowest[i, j], np.where(np.isfinite(found), found, np.nan))
    return lowest


def by_floors(heights: Array) -> Flags:
    """Return which of the heights (W, B) are no higher than their neighbours along w or b, or beside one.

    With those beside it a floor that runs askew is in one piece.
    """
    known = np.where(np.isfinite(heights), heights, np.inf)
    low = np.zeros(heights.shape, dtype=bool)
    low[1:-1] |= (known[1:-1] <= known[:-2]) & (known[1:-1] <= known[2:])
    low[:, 1:-1] |= (known[:, 1:-1] <= known[:, :-2]) & (known[:, 1:-1] <= known[:, 2:])
    edged = np.pad(low, 1)
    along = edged[:-2] | edged[1:-1] | edged[2:]
    beside: Flags = along[:, :-2] | along[:, 1:-1] | along[:, 2:]
    return beside
