"""Contour lines of a sampled loss, and the levels at which they are drawn."""

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple, cast

import numpy as np

from gdsim.core.arrays import Array, Rows, frozen
from gdsim.core.formulas.nice_ticks import round_number, rounded_up

# The most even levels, of which there are always more than a third, and the fewest logarithmic levels.
_MOST_LINES = 24
_FEWEST_LINES = _MOST_LINES // 3


class Contour(NamedTuple):
    """A contour: its level, and its lines as (k, 2) points (w, b), separated by rows of NaN."""

    level: float
    lines: Array


def even_step(low: float, high: float) -> float:
    """Return the step between even levels: 1, 2 or 5 times a power of ten, or 0 if there are no levels."""
    wanted = (high - low) / _MOST_LINES
    return rounded_up(wanted) if math.isfinite(wanted) and wanted > 0.0 else 0.0


def even_levels(low: float, high: float) -> list[float]:
    """Return the multiples of `even_step` between two losses.

    Their lines are close together where the surface is steep, and far apart where it is not.
    """
    step = even_step(low, high)
    if not step:
        return []
    numbers = range(math.ceil(low / step), math.floor(high / step) + 1)
    # By decimals, because 3 * 0.1 is not the float 0.3.
    levels = [float(number * Decimal(repr(step))) for number in numbers]
    return [level for level in levels if low < level < high]


def log_levels(low: float, high: float, base: float) -> list[float]:
    """Return the losses between ``low`` and ``high`` that are 1, 2 or 5 times a power of ten above ``base``.

    If there are too many of them, only powers of ten are taken; if too few, all multiples from 1 to 9. If
    these are too few as well, as over less than about a decade, the list is empty.
    """
    first, last = (math.floor(math.log10(end - base)) for end in (low, high))
    usual = (1, 2, 5) if 3 * (last - first) <= _MOST_LINES else (1,)
    for digits in (usual, range(1, 10)):
        levels = [base + round_number(digit, power) for power in range(first, last + 1) for digit in digits]
        levels = [level for level in levels if low < level < high]
        if len(levels) >= _FEWEST_LINES:
            return levels
    return []


def contours_at(levels: Sequence[float], w: Array, b: Array, loss: Array) -> tuple[Contour, ...]:
    """Return the contours of a loss (W, B) from the lowest level up; levels without lines are left out."""
    import contourpy  # noqa: PLC0415 - not before the first surface, which is computed in the background

    generator = contourpy.contour_generator(
        w, b, loss.T, line_type=contourpy.LineType.ChunkCombinedNan, corner_mask=False
    )
    found = []
    for level in np.unique(levels).tolist():
        lines = generator.lines(level)[0][0]
        if lines is not None:
            found.append(Contour(level, frozen(lines)))
    return tuple(found)


def regions_above(levels: Sequence[float], w: Array, b: Array, loss: Array) -> list[list[Array]]:
    """Return for each level the rings (k, 2) that enclose the places where a loss (W, B) reaches it.

    A ring inside another one encloses a hole.
    """
    import contourpy  # noqa: PLC0415 - as above

    generator = contourpy.contour_generator(
        w, b, loss.T, fill_type=contourpy.FillType.ChunkCombinedOffset, corner_mask=False
    )
    top = math.nextafter(float(loss.max()), math.inf)
    found = []
    for level in levels:
        (points,), (offsets,) = cast(
            "tuple[list[Array | None], list[Rows | None]]", generator.filled(level, top)
        )
        rings = [] if points is None or offsets is None else np.split(points, offsets[1:-1])
        found.append([frozen(ring) for ring in rings])
    return found
