"""Arrows against the gradient all over the contour map: where a step of gradient descent would go."""

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter

from gdsim.core.arrays import Array
from gdsim.core.surface.field import gradient_field
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.paint.drawing import draw_pieces, round_pen
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Theme

# Pixels from one arrow to the next, and the longest one; a shorter one than the last is a dot.
_APART, _LONGEST, _SHORTEST = 34.0, 26.0, 3.0
# Lengths are as this power of the slope: plateaus would show nothing else.
_POWER = 1.0 / 3.0
_HEAD = 0.32


class MapField:
    """Paints a field of arrows. They are computed when the surface or what is drawn of it changes."""

    def __init__(self) -> None:
        self._theme = LIGHT
        self._surface: LossSurface | None = None
        self._place: PlotMapping | None = None
        self._lines = np.empty((0, 4))
        self.on = False

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def show_surface(self, surface: LossSurface) -> None:
        self._surface, self._place = surface, None

    def paint(self, painter: QPainter, place: PlotMapping) -> None:
        if not self.on or self._surface is None:
            return
        if place != self._place:
            self._place, self._lines = place, arrow_lines(self._surface, place)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._theme.halo, 3.0), (self._theme.text, 1.2)):
            painter.setPen(round_pen(QColor(colour), width))
            draw_pieces(painter, self._lines)


def arrow_lines(surface: LossSurface, place: PlotMapping) -> Array:
    """Return the straight lines of all arrows in pixels, each from two numbers to two others: (n, 4)."""
    area = place.area
    across = _evenly(area.left(), area.right())
    down = _evenly(area.top(), area.bottom())
    middles = np.stack(np.meshgrid(across, down, indexing="ij"), axis=-1).reshape(-1, 2)
    places = (middles - place.shift) / place.scale
    with np.errstate(all="ignore"):
        ways = -gradient_field(surface, places)
        slope = np.hypot(ways[:, 0], ways[:, 1])
        ways = ways * place.scale
        ways /= np.hypot(ways[:, 0], ways[:, 1])[:, np.newaxis]
        lengths = _LONGEST * (slope / np.nanmax(slope, initial=0.0)) ** _POWER
    known = np.isfinite(ways).all(axis=1) & np.isfinite(lengths) & (lengths >= _SHORTEST)
    middles, ways, lengths = middles[known], ways[known], lengths[known, np.newaxis]
    tips = middles + 0.5 * lengths * ways
    aside = np.stack([-ways[:, 1], ways[:, 0]], axis=1)
    back = tips - _HEAD * lengths * ways
    sides = (back + sign * 0.6 * _HEAD * lengths * aside for sign in (-1.0, 1.0))
    shafts = np.concatenate([middles - 0.5 * lengths * ways, tips], axis=1)
    return np.concatenate([shafts, *(np.concatenate([side, tips], axis=1) for side in sides)])


def _evenly(first: float, last: float) -> Array:
    count = max(1, int((last - first) / _APART))
    return first + (np.arange(count) + 0.5) * (last - first) / count
