"""One run on the contour map: its line with a halo, a dot for every step, and where it is now."""

import numpy as np
import pyqtgraph as pg

from gdsim.core.arrays import Array
from gdsim.core.trajectory import Trajectory
from gdsim.gui.plots.plot import line_pen, plain_pen
from gdsim.gui.plots.thinning import FirstVisits, Thinning
from gdsim.gui.theme import Look, RunStyle
from gdsim.session.frame import RunView, in_plane

# In pixels: what can be told apart on a line, and of dots on it.
_LINE_CELL = 1.5
_DOT_CELL = 7.0
# From so many pieces on a line is painted piece by piece: as one shape it takes twenty times as long.
_MANY_PIECES = 400
# More dots than this run into each other.
_MOST_DOTS = 1000


class MapPath:
    """The items of one run."""

    def __init__(self, plot: pg.PlotWidget) -> None:
        self._old = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True, connect="pairs")
        self._halo = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True)
        self._line = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True)
        self._dots = pg.ScatterPlotItem(pxMode=True, size=5, antialias=True)
        self._head = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._items = (self._old, self._halo, self._line, self._dots, self._head)
        for item in self._items:
            plot.addItem(item, ignoreBounds=True)
        self._trajectory: Trajectory | None = None
        self._line_thinning: Thinning | None = None
        self._dot_thinning: FirstVisits | None = None

    def removed_from(self, plot: pg.PlotWidget) -> None:
        """Take the items off the plot."""
        for item in self._items:
            plot.removeItem(item)

    def setVisible(self, visible: bool) -> None:
        """Show or hide the run."""
        for item in self._items:
            item.setVisible(visible)

    def set_style(self, style: RunStyle, look: Look) -> None:
        """Draw in another style."""
        halo, finer = look.theme.halo, look.finer
        self._halo.setPen(plain_pen(halo, 4.5 * finer, 190))
        self._line.setPen(line_pen(style, 2.2 * finer))
        self._old.setPen(plain_pen(style.colour, finer))
        self._dots.setPen(None)
        self._dots.setBrush(pg.mkBrush(style.colour))
        self._head.setSymbol(style.marker)
        self._head.setPen(plain_pen(halo, 2.0 * finer))
        self._head.setBrush(pg.mkBrush(style.colour))

    def forget(self) -> None:
        """Thin anew: the map has another scale."""
        self._trajectory = None

    def show_view(self, view: RunView, pixel: Array, limits: Array, *, selected: bool) -> None:
        """Draw the run as it stands.

        Parameters
        ----------
        view : RunView
        pixel : (2,) array
            Size of a pixel in the map's units.
        limits : (2, 2) array
            Lowest and highest (w, b) worth drawing: a diverging run leaves every screen.
        selected : bool
        """
        if (
            self._trajectory is not view.trajectory
            or self._line_thinning is None
            or self._dot_thinning is None
        ):
            self._trajectory = view.trajectory
            self._line_thinning = Thinning(_LINE_CELL * pixel)
            self._dot_thinning = FirstVisits(_DOT_CELL * pixel, _MOST_DOTS)
        whole = in_plane(view.whole.p)
        steps = self._line_thinning.steps(whole, view.step)
        line = np.clip(whole[steps.rows], *limits)
        x, y = np.ascontiguousarray(line[:, 0]), np.ascontiguousarray(line[:, 1])
        for item in (self._halo, self._line):
            item.setSegmentedLineMode("on" if len(x) > _MANY_PIECES else "auto")
            item.setData(x, y)
        old = np.clip(whole[steps.some.ravel()], *limits)
        self._old.setData(np.ascontiguousarray(old[:, 0]), np.ascontiguousarray(old[:, 1]))
        dots = np.clip(whole[self._dot_thinning.upto(whole, view.step)], *limits)
        self._dots.setData(dots[:, 0], dots[:, 1])
        self._head.setData(line[-1:, 0], line[-1:, 1], size=15 if selected else 11)
        for item, height in zip(self._items, (9, 10, 11, 12, 13), strict=True):
            item.setZValue(height + (4 if selected else 0))
