"""The colour scale of the loss, shared by the surface, the contour map and the colour bar."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg

from gdsim.core.arrays import Array, Rows
from gdsim.core.surface.contour_tones import contour_tones
from gdsim.core.surface.surface import LossSurface

Colours = npt.NDArray[np.uint8]

_NAME = "viridis"
_STEPS = 256
_DIGITS = np.array([1 << 16, 1 << 8, 1])


@lru_cache(maxsize=1)
def colour_table() -> Colours:
    """Return the colours from lowest to highest loss, as opaque RGBA: shape (256, 4)."""
    table = np.empty((_STEPS, 4), np.uint8)
    table[:, :3] = pg.colormap.get(_NAME).getLookupTable(nPts=_STEPS)[:, :3]
    table[:, 3] = 255
    table.flags.writeable = False
    return table


def colours_of(fractions: Array) -> Colours:
    """Return the RGBA colours of fractions of the scale (0 to 1), in an additional last axis."""
    steps = np.nan_to_num(np.asarray(fractions) * (_STEPS - 1), nan=_STEPS - 1.0)
    return colour_table()[np.clip(np.rint(steps), 0, _STEPS - 1).astype(np.intp)]


@lru_cache(maxsize=2)
def _tone_table(*, dark: bool) -> Colours:
    return contour_tones(colour_table()[:, :3], dark=dark)


def tones_of(fractions: Array, *, dark: bool) -> Colours:
    """Return the RGB colours (n, 3) of contour lines at fractions (n,) of the scale."""
    steps = np.clip(np.rint(np.asarray(fractions) * (_STEPS - 1)), 0, _STEPS - 1).astype(np.intp)
    return _tone_table(dark=dark)[steps]


def distinct_colours(colours: Colours, kinds: Rows | None = None) -> tuple[Rows, Rows]:
    """Return the first index of each distinct colour, and the inverse indices, as `numpy.unique` does.

    ``colours`` has shape (n, 3). With ``kinds`` (n,), integers from 0, equal colours of different kinds are
    distinct.
    """
    numbers = colours.astype(np.int64) @ _DIGITS
    if kinds is not None:
        numbers += kinds << 24
    # np.unique over rows (axis=0) takes ten times as long.
    _, first, each = np.unique(numbers, return_index=True, return_inverse=True)
    return first, each


# The surface and the contour map ask for the same colours.
@lru_cache(maxsize=1)
def loss_colours(surface: LossSurface) -> Colours:
    """Return the colour at every sample of the ground that a map draws, margins included.

    A read-only array of shape (W, B, 4).
    """
    colours = colours_of(surface.shade.fraction(surface.ground.loss))
    colours.flags.writeable = False
    return colours
