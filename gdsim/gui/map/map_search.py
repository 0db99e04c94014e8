"""The line of the cut, and the tries of a search along the step, on the contour map."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from gdsim.core.arrays import Array
from gdsim.core.model.plane import W_AND_B, Axes, in_plane
from gdsim.gui.arrows.paint import ArrowShape, paint_shapes
from gdsim.gui.arrows.search_marks import cut_style, paint_tries
from gdsim.gui.map.map_arrows import clip_line, clipping_rect
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.theme import LIGHT, Look

if TYPE_CHECKING:
    from gdsim.core.analysis.searched import SearchedStep


class MapSearch:
    """Painter of the line of the cut, below the arrows, and of the tries of a search, above them."""

    def __init__(self) -> None:
        self._theme, self._ui_scale = LIGHT, 1.0
        self.line: Array | None = None
        self._axes: Axes = W_AND_B
        self.found: SearchedStep | None = None  # the step whose tries are painted

    def set_look(self, look: Look) -> None:
        self._theme, self._ui_scale = look.theme, look.ui_scale

    def show(self, line: Array | None, found: "SearchedStep | None", axes: Axes) -> None:
        """Set the line (2, 2) and the step whose tries are shown; None for none."""
        self.line, self.found, self._axes = line, found, axes

    def paint(self, painter: QPainter, place: PlotMapping) -> None:
        line = None if self.line is None else clip_line(place.pixels(self.line), clipping_rect(place))
        if line is not None:
            paint_shapes(painter, [ArrowShape(line, cut_style(self._theme))], self._theme)

    def paint_tries(self, painter: QPainter, place: PlotMapping) -> None:
        if self.found is None:
            return
        view = clipping_rect(place)
        pixels = place.pixels(in_plane(self.found.places, self._axes)).tolist()
        places = [QPointF(*one) for one in pixels]
        seen = [one if view.contains(one) else None for one in places]
        paint_tries(painter, seen, self.found.taken, self._theme, self._ui_scale)
