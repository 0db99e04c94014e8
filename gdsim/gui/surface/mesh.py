"""What is drawn of a surface: a grid of heights and shaded colours, and contour lines on it."""

import math
from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.paint.drawing import with_gaps
from gdsim.gui.style.colours import Colours, loss_colours
from gdsim.gui.surface.terrain import Terrain

# Where the light comes from, and how high the box looks to it.
_LIGHT = np.array([-0.42, -0.30, 0.86]) / math.sqrt(0.42**2 + 0.30**2 + 0.86**2)
_BOX_HEIGHT = 1.2
# Brightness in the shade, and how much the light adds: subtle, since the colour tells the loss.
_SHADE, _SUN = 0.76, 0.30


@dataclass(frozen=True, eq=False)
class Mesh:
    """The surface as a grid of at most so many samples, with colours and light."""

    most: int  # the samples along each side that were asked for
    x: Array
    y: Array
    heights: Array  # (m, n): all in the unit box
    colours: Colours  # (m, n, 4): the colours of the loss
    light: Array  # (m, n): how bright each sample is, 1 on level ground
    lines: Array  # (k, 2, 3): both ends of every piece of every contour line

    def highlighted(self, strength: float) -> Colours:
        """Return the colours with some of the light on them; with none they are those of the map."""
        colours = self.colours.copy()
        bright = 1.0 + strength * (self.light[..., np.newaxis] - 1.0)
        colours[..., :3] = np.minimum(colours[..., :3] * bright, 255.0)
        return colours


def mesh_of(surface: LossSurface, terrain: Terrain, most: int) -> Mesh:
    """Return the grid to draw, thinned to about ``most`` samples along each side.

    The rows and columns of the lowest and the highest place always stay.
    """
    rows, columns = _kept(surface.loss, most)
    grid = np.ix_(rows, columns)
    x = np.linspace(-1.0, 1.0, len(surface.w))[rows]
    y = np.linspace(-1.0, 1.0, len(surface.b))[columns]
    heights = terrain.heights[grid]
    return Mesh(
        most=most,
        x=x,
        y=y,
        heights=heights,
        colours=surface.ground.inside(loss_colours(surface))[grid],
        light=_light(x, y, heights),
        lines=_contour_pieces(surface, terrain),
    )


def _kept(loss: Array, most: int) -> tuple[Rows, Rows]:
    ranked = np.nan_to_num(loss, nan=np.inf)
    extremes = np.array([np.unravel_index(at, loss.shape) for at in (np.argmin(ranked), np.argmax(ranked))])
    rows, columns = (
        np.unique(np.append(np.linspace(0, size - 1, min(most, size)).astype(np.intp), extremes[:, axis]))
        for axis, size in enumerate(loss.shape)
    )
    return rows, columns


def _light(x: Array, y: Array, heights: Array) -> Array:
    slope_x, slope_y = np.gradient(_BOX_HEIGHT * heights, x, y)
    facing = _LIGHT[2] - _LIGHT[0] * slope_x - _LIGHT[1] * slope_y
    facing /= np.sqrt(1.0 + slope_x**2 + slope_y**2)
    level = _SHADE + _SUN * _LIGHT[2]
    bright: Array = (_SHADE + _SUN * np.maximum(facing, 0.0)) / level
    return bright


def _contour_pieces(surface: LossSurface, terrain: Terrain) -> Array:
    lines = with_gaps(contour.lines for contour in surface.contours)
    heights = [np.full(len(contour.lines) + 1, contour.level) for contour in surface.contours]
    points = terrain.place(lines[:, 0], lines[:, 1], np.concatenate([np.empty(0), *heights]))
    drawn = np.isfinite(lines[:, 0])
    pieces: Array = np.stack([points[:-1], points[1:]], axis=1)[drawn[:-1] & drawn[1:]]
    return pieces
