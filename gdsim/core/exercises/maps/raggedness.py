"""How ragged the edge between the classes of a map is, measured by box counting."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Flags
from gdsim.core.progress import Progress

# The largest boxes are a side divided by this; larger ones are too few to count.
_LARGEST_SHARE = 8
# Box sizes in pixels; a smaller box has too few pixels to tell whether an edge goes through it.
_SIZES = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
# The fewest sizes to which a line is fitted.
_FEWEST = 3


class BoxCount(NamedTuple):
    """The number of boxes that the edge goes through at each size, and the line fitted to the logarithms."""

    sizes: tuple[int, ...]  # in pixels
    counts: tuple[float, ...]  # mean over all offsets of the grid of boxes
    dimension: float  # minus the slope: 1 for a smooth edge, up to 2 for one that fills the map
    error: float  # mean deviation of the counts from the line, as a share


def edge_of(classes: npt.NDArray[np.uint8]) -> Flags:
    """Return the pixels whose class differs from the pixel above, to the right, or diagonally between."""
    edge = np.zeros(classes.shape, bool)
    here, right, above = classes[:-1, :-1], classes[:-1, 1:], classes[1:, :-1]
    edge[:-1, :-1] = (here != right) | (here != above) | (here != classes[1:, 1:])
    return edge


def box_count(classes: npt.NDArray[np.uint8]) -> BoxCount | None:
    """Return the box count of the edge in a square map; None if it has hardly any edge, or is too small."""
    edge = edge_of(classes)
    side = len(classes)
    sizes = [size for size in _SIZES if size <= side // _LARGEST_SHARE]
    if edge.sum() < side // 2 or len(sizes) < _FEWEST:
        return None
    counts = [_mean_count(edge, size) for size in sizes]
    x, y = np.log(sizes), np.log(counts)
    slope, start = np.polyfit(x, y, 1)
    error = float(np.abs(np.expm1(y - (start + slope * x))).mean())
    return BoxCount(tuple(sizes), tuple(counts), -float(slope), error)


def box_counts(maps: Sequence[npt.NDArray[np.uint8]]) -> Progress[list[BoxCount | None]]:
    """Return the `box_count` of each map, yielding between them."""
    counts = []
    for place, classes in enumerate(maps):
        yield place / len(maps)
        counts.append(box_count(classes))
    return counts


def _mean_count(edge: Flags, size: int) -> float:
    """Return the mean number of boxes with edge pixels, over all offsets of the grid of boxes.

    Boxes wrap around at the border, so that one begins at every pixel.
    """
    side = len(edge)
    sums = np.zeros((side + size + 1, side + size + 1), np.int64)
    sums[1:, 1:] = np.pad(edge, (0, size), mode="wrap").cumsum(0, np.int64).cumsum(1)
    near, far = slice(0, side), slice(size, size + side)
    held = sums[far, far] - sums[near, far] - sums[far, near] + sums[near, near]
    return float(np.count_nonzero(held)) / size**2
