"""The layer of the map with contours of the loss over the points of the selected run's update."""

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QTimer
from shiboken6 import isValid

from gdsim.core.model.plane import USUAL_PLANE, Plane
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.paint import layer_style
from gdsim.gui.paint.drawing import with_gaps
from gdsim.gui.paint.plot import plain_pen
from gdsim.gui.paint.still_plot import PlotView
from gdsim.gui.paint.thin_curve import ThinCurve
from gdsim.gui.style.theme import RunStyle, Theme
from gdsim.session.tasks import TaskQueue

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

# Nothing is drawn for updates with more points than this.
AFFORDABLE = 4096
_GRID, _COARSE_GRID = 81, 41
# From this number of points on, the contours are computed on a coarse grid.
_MANY = 512
# Playback counts as paused after this time.
_PAUSE_MS = 120
# Width in pixels of the seam that sets the lines off from the colours of the loss.
_SEAM = 3.0


class _Request(NamedTuple):
    """A request for contours over a part of a plane, of the loss over the points of an update."""

    update: "Update"
    view_range: ViewRange
    plane: Plane
    log: bool  # whether the levels are evenly spaced in the logarithm of the loss

    def sampled(self) -> LossSurface:
        from gdsim.core.surface.sampling import sample_surface  # noqa: PLC0415 - seldom needed

        update, view_range, plane, log = self
        grid = _GRID if len(update.rows) < _MANY else _COARSE_GRID
        points = update.points.taken(update.rows)
        return sample_surface(points, view_range, plane, grid, update.objective, log=log, seeks_lowest=False)

    def matches(self, other: "_Request | None") -> bool:
        """Return whether another request gives the same contours."""
        if other is None or self[1:] != other[1:]:
            return False
        now, then = self.update, other.update
        same = now.points is then.points and now.objective == then.objective
        return same and np.array_equal(now.rows, then.rows)


class BatchContours:
    """A layer of the map: contours of the loss over only the points of an update.

    They are computed in the background once playback has paused for a moment, and hidden when it continues.
    """

    def __init__(self, plot: PlotView) -> None:
        self._curve = ThinCurve("finite", width=1)
        self._curve.setZValue(3)
        self._seam = pg.PlotCurveItem(connect="finite", antialias=True, skipFiniteCheck=False)
        self._seam.setParentItem(self._curve)
        self._seam.setFlag(pg.GraphicsObject.GraphicsItemFlag.ItemStacksBehindParent)
        self._curve.hide()
        self._wanted: _Request | None = None
        self._drawn: _Request | None = None
        self._visible = False
        self._tasks = TaskQueue(plot)  # after whose destruction nothing may be drawn
        self._timer = QTimer(plot, singleShot=True)
        self._timer.timeout.connect(self._compute)
        plot.getViewBox().addItem(self._curve, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        style = layer_style(Layer.BATCH_LOSS, theme)
        self._curve.set_style(RunStyle(style.colour, style.dash, ""))
        self._seam.setPen(plain_pen(theme.halo, _SEAM))

    @property
    def is_waiting(self) -> bool:
        return isValid(self._timer) and (self._timer.isActive() or self._tasks.is_busy)

    def set_visible(self, visible: bool) -> None:
        """Show or hide the layer; a hidden layer computes nothing."""
        self._visible = visible
        if not visible:
            self.hide()

    def hide(self) -> None:
        """Hide the contours and cancel a pending request."""
        self._stop()
        self._curve.hide()

    def _stop(self) -> None:
        if self._wanted is not None:
            self._wanted = None
            self._timer.stop()
            self._tasks.cancel()

    def show_when_paused(
        self, update: "Update | None", view_range: ViewRange, plane: Plane = USUAL_PLANE, *, log: bool = False
    ) -> None:
        """Draw the contours for an update's points after a short pause, unless another request comes first.

        Nothing is drawn for all points, whose contours the map shows anyway, or for more than `AFFORDABLE`.
        """
        few = update is not None and len(update.rows) <= min(AFFORDABLE, len(update.points) - 1)
        if not self._visible or update is None or not few:
            self.hide()
            return
        wanted = _Request(update, view_range, plane, log)
        if wanted.matches(self._drawn):
            self._stop()
            self._curve.show()
        elif not wanted.matches(self._wanted):
            self.hide()
            self._wanted = wanted
            self._timer.start(_PAUSE_MS)

    def _compute(self) -> None:
        if self._wanted is not None:
            self._tasks.replace(self._wanted.sampled, partial(self._draw, self._wanted))

    def _draw(self, drawn: _Request, surface: LossSurface) -> None:
        self._wanted, self._drawn = None, drawn
        # Every other line is enough on top of the contours of all points.
        lines = with_gaps(contour.lines for contour in surface.contours[::2]).T
        for curve in (self._seam, self._curve):
            curve.setData(*lines)
        self._curve.show()
