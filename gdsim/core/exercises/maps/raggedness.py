"""How ragged the edge between the classes of a map is: boxes that it goes through, by their size."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Flags
from gdsim.core.progress import Progress

# The largest boxes are this share of a side: of larger ones there are too few to count.
_LARGEST_SHARE = 8
# In pixels. A smaller box holds too few of them to tell whether an edge goes through it.
_SIZES = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
# With fewer sizes no line is fitted.
_FEWEST = 3


class BoxCount(NamedTuple):
    """How many boxes the edge goes through, and the line through the logarithms of that."""

    sizes: tuple[int, ...]  # in pixels
    counts: tuple[float, ...]  # in the mean over all places of the first box
    dimension: float  # minus the slope of the line: 1 of a smooth edge, towards 2 of one that fills the map
    error: float  # by how much the counts miss the line, in the mean, as a share of them


def edge_of(classes: npt.NDArray[np.uint8]) -> Flags:
    """Return the pixels that are not of one class with those above, to the right, and between these two."""
    edge = np.zeros(classes.shape, bool)
    here, right, above = classes[:-1, :-1], classes[:-1, 1:], classes[1:, :-1]
    edge[:-1, :-1] = (here != right) | (here != above) | (here != classes[1:, 1:])
    return edge


def box_count(classes: npt.NDArray[np.uint8]) -> BoxCount | None:
    """Return the box count of the edge between the classes of a square map; None with hardly an edge."""
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
    """Count one map after the other."""
    counts = []
    for place, classes in enumerate(maps):
        yield place / len(maps)
        counts.append(box_count(classes))
    return counts


def _mean_count(edge: Flags, size: int) -> float:
    """Return how many boxes of a size have some of the edge, in the mean over all places of the first box.

    Boxes at the border go on at the opposite one, so that as many begin at each pixel.
    """
    side = len(edge)
    sums = np.zeros((side + size + 1, side + size + 1), np.int64)
    sums[1:, 1:] = np.pad(edge, (0, size), mode="wrap").cumsum(0, np.int64).cumsum(1)
    near, far = slice(0, side), slice(size, size + side)
    held = sums[far, far] - sums[near, far] - sums[far, near] + sums[near, near]
    return float(np.count_nonzero(held)) / size**2
