"""Lines on the map, no further than they can be painted."""

import numpy as np
from PySide6.QtCore import QRectF

from gdsim.core.arrays import Array
from gdsim.gui.paint.still_plot import PlotMapping


def around(place: PlotMapping) -> QRectF:
    """Return what is worth painting, in pixels.

    Around what is seen there is drawn as much again: arrows have to leave at the right angle.
    """
    across, down = place.width, place.height
    return QRectF(-across, -down, 3 * across, 3 * down)


def corners(view: QRectF) -> Array:
    """Return the lowest and the highest pixels of a rectangle: shape (2, 2)."""
    return np.array([[view.left(), view.top()], [view.right(), view.bottom()]])


def cut(line: Array, view: QRectF) -> Array | None:
    """Return the part of a straight line (2, 2) that is within a rectangle, after Liang and Barsky."""
    enter, leave = 0.0, 1.0
    # Number by number: arrays of two take longer.
    for start, end, low, high in zip(*line.tolist(), *corners(view).tolist(), strict=True):
        if start == end:
            if not low <= start <= high:
                return None
            continue
        near, far = sorted(((low - start) / (end - start), (high - start) / (end - start)))
        enter, leave = max(enter, near), min(leave, far)
    if not enter < leave:
        return None
    way = line[1] - line[0]
    return np.array([line[0] + enter * way, line[1] if leave == 1.0 else line[0] + leave * way])
