"""The colours of the loss, the same on the surface, in the contour map and on its bar."""

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
    """Return the colours from the lowest loss to the highest: shape (256, 4), red, green, blue, opaque."""
    table = np.empty((_STEPS, 4), np.uint8)
    table[:, :3] = pg.colormap.get(_NAME).getLookupTable(nPts=_STEPS)[:, :3]
    table[:, 3] = 255
    table.flags.writeable = False
    return table


def colours_of(fractions: Array) -> Colours:
    """Return the colours of places on the scale, from 0 to 1: one more axis, of length 4."""
    steps = np.nan_to_num(np.asarray(fractions) * (_STEPS - 1), nan=_STEPS - 1.0)
    return colour_table()[np.clip(np.rint(steps), 0, _STEPS - 1).astype(np.intp)]


@lru_cache(maxsize=2)
def _tone_table(*, dark: bool) -> Colours:
    return contour_tones(colour_table()[:, :3], dark=dark)


def tones_of(fractions: Array, *, dark: bool) -> Colours:
    """Return the colours (n, 3) of contour lines at places (n,) on the scale."""
    steps = np.clip(np.rint(np.asarray(fractions) * (_STEPS - 1)), 0, _STEPS - 1).astype(np.intp)
    return _tone_table(dark=dark)[steps]


def numbered(colours: Colours, kinds: Rows | None = None) -> tuple[Rows, Rows]:
    """Tell colours (n, 3) apart: where each different one is first, and for each colour which of them it is.

    With ``kinds`` (n,), numbers from 0, so are equal colours of another kind.
    """
    numbers = colours.astype(np.int64) @ _DIGITS
    if kinds is not None:
        numbers += kinds << 24
    # Of rows of three numbers NumPy's own comparison takes ten times as long.
    _, first, each = np.unique(numbers, return_index=True, return_inverse=True)
    return first, each


# The surface and the contour map ask for the same.
@lru_cache(maxsize=1)
def loss_colours(surface: LossSurface) -> Colours:
    """Return the colour of every place of the ground that a map draws; not to be written to.

    The shape is (W, B, 4), margins included.
    """
    colours = colours_of(surface.shade.fraction(surface.ground.loss))
    colours.flags.writeable = False
    return colours
