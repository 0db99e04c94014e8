"""The drawable form of a surface: a grid of heights with shaded colours, and contour lines on it."""

import math
from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.surface.contour_tones import contour_tones
from gdsim.core.surface.floors import by_floors
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.paint.drawing import with_gaps
from gdsim.gui.style.colours import Colours, colours_of, distinct_colours, loss_colours
from gdsim.gui.surface.terrain import Terrain

# Direction to the light, and the height of the box used for shading.
_LIGHT = np.array([-0.42, -0.30, 0.86]) / math.sqrt(0.42**2 + 0.30**2 + 0.86**2)
_BOX_HEIGHT = 1.2
# Brightness in the shade, and how much the light adds. Subtle, because the colour shows the loss.
_SHADE, _SUN = 0.76, 0.30
_TONE_STEP = 0.05


@dataclass(frozen=True, eq=False)
class Mesh:
    """The surface as a grid of samples with colours and brightness, and its contour lines."""

    most: int  # requested number of samples along each side
    x: Array
    y: Array
    heights: Array  # (m, n): all in the unit box
    colours: Colours  # (m, n, 4): the colours of the loss
    light: Array  # (m, n): brightness, 1 on level ground
    lines: Array  # (k, 2, 3): both ends of every piece of every contour line
    line_ground: Colours  # (k, 3): the colours of the loss below the pieces

    def highlighted(self, strength: float) -> Colours:
        """Return the colours lit with a strength from 0 to 1; at 0 they are those of the map."""
        colours = self.colours.copy()
        bright = 1.0 + strength * (self.light[..., np.newaxis] - 1.0)
        colours[..., :3] = np.minimum(colours[..., :3] * bright, 255.0)
        return colours

    def line_tones(self, strength: float, *, dark: bool) -> Colours:
        """Return the colours (k, 3) of the contour pieces, on ground lit with a strength from 0 to 1."""
        middle = self.lines.mean(axis=1)
        rows, columns = (
            np.searchsorted((along[:-1] + along[1:]) / 2.0, middle[:, axis])
            for axis, along in enumerate((self.x, self.y))
        )
        # Rounded, so that there are few different tones.
        bright = 1.0 + strength * (np.round(self.light[rows, columns] / _TONE_STEP) * _TONE_STEP - 1.0)
        lit = np.minimum(self.line_ground * bright[:, np.newaxis], 255.0).astype(np.uint8)
        level = distinct_colours(self.line_ground)[1]
        first, each = distinct_colours(lit, level)
        return contour_tones(lit[first], dark=dark, lines=level[first])[each]


def mesh_of(surface: LossSurface, terrain: Terrain, most: int) -> Mesh:
    """Return the grid to draw, thinned to about ``most`` samples along each side.

    The rows and columns of the lowest and the highest place are always kept.
    """
    rows, columns = _kept(surface.loss, most)
    grid = np.ix_(rows, columns)
    x = np.linspace(-1.0, 1.0, len(surface.w))[rows]
    y = np.linspace(-1.0, 1.0, len(surface.b))[columns]
    heights = terrain.heights[grid]
    if surface.heights.base is not None:  # on a logarithmic scale, a thinned grid would step over floors
        lowest = _lowest_between(_lowest_between(terrain.heights, rows).T, columns).T
        heights = np.where(by_floors(heights), lowest, heights)
    lines, ground = _contour_pieces(surface, terrain)
    return Mesh(
        most=most,
        x=x,
        y=y,
        heights=heights,
        colours=surface.ground.inside(loss_colours(surface))[grid],
        light=_light(x, y, heights),
        lines=lines,
        line_ground=ground,
    )


def _kept(loss: Array, most: int) -> tuple[Rows, Rows]:
    ranked = np.nan_to_num(loss, nan=np.inf)
    extremes = np.array([np.unravel_index(at, loss.shape) for at in (np.argmin(ranked), np.argmax(ranked))])
    rows, columns = (
        np.unique(np.append(np.linspace(0, size - 1, min(most, size)).astype(np.intp), extremes[:, axis]))
        for axis, size in enumerate(loss.shape)
    )
    return rows, columns


def _lowest_between(heights: Array, rows: Rows) -> Array:
    """Return the lowest heights around each of some rows, up to halfway to its neighbours in ``rows``."""
    ends = (rows[:-1] + rows[1:] + 1) // 2
    return np.minimum.reduceat(heights, np.append(0, ends), axis=0)


def _light(x: Array, y: Array, heights: Array) -> Array:
    slope_x, slope_y = np.gradient(_BOX_HEIGHT * heights, x, y)
    facing = _LIGHT[2] - _LIGHT[0] * slope_x - _LIGHT[1] * slope_y
    facing /= np.sqrt(1.0 + slope_x**2 + slope_y**2)
    level = _SHADE + _SUN * _LIGHT[2]
    bright: Array = (_SHADE + _SUN * np.maximum(facing, 0.0)) / level
    return bright


def _contour_pieces(surface: LossSurface, terrain: Terrain) -> tuple[Array, Colours]:
    lines = with_gaps(contour.lines for contour in surface.contours)
    levels = np.repeat(
        [contour.level for contour in surface.contours],
        [len(contour.lines) + 1 for contour in surface.contours],
    )
    points = terrain.place(lines[:, 0], lines[:, 1], levels)
    drawn = np.isfinite(lines[:, 0])
    is_piece = drawn[:-1] & drawn[1:]
    pieces: Array = np.stack([points[:-1], points[1:]], axis=1)[is_piece]
    return pieces, colours_of(surface.shade.fraction(levels[:-1][is_piece]))[:, :3]
