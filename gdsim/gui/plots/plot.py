"""What all 2D plots of the window share: their frame, their colours, and pens that are cheap to draw."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gdsim.gui.theme import Look

# How strongly the lines of a grid are drawn, of 255.
GRID = 40
# Outwards, in pixels.
TICK_LENGTH = -4


def make_plot(
    x_name: str,
    y_name: str,
    view_box: pg.ViewBox | None = None,
    axes: Sequence[pg.AxisItem] = (),
) -> pg.PlotWidget:
    """Return an empty plot that does nothing of its own on clicks, drags and keys."""
    plot = pg.PlotWidget(viewBox=view_box, axisItems={axis.orientation: axis for axis in axes})
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(x=False, y=False)
    for side, name in (("bottom", x_name), ("left", y_name)):
        if name:
            plot.setLabel(side, name)
    # Keys belong to playback, and a plot has no use for the focus.
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    plot.setFrameShape(pg.PlotWidget.Shape.NoFrame)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.enableAutoSIPrefix(enable=False)
        axis.setTickDensity(0.7)
        axis.setStyle(tickLength=TICK_LENGTH, maxTickLevel=1, hideOverlappingLabels=True)
        # An axis with its grid lies below all that moves, and changes seldom.
        axis.setCacheMode(axis.CacheMode.DeviceCoordinateCache)
    return plot


def name_axis(plot: pg.PlotWidget, side: str, name: str) -> None:
    """Write a name at an axis, unless it stands there: pyqtgraph would lay everything out anew."""
    if plot.getAxis(side).labelText != name:
        plot.setLabel(side, name)


def paint_plot(plot: pg.PlotWidget, look: Look, *, grid: bool) -> None:
    """Give a plot the colours of a theme."""
    theme = look.theme
    plot.setBackground(theme.card)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.faint, width=look.finer))
        axis.setTextPen(pg.mkPen(theme.muted))
        axis.setGrid(GRID if grid else False)
        axis.label.setDefaultTextColor(QColor(theme.muted))


def plain_pen(colour: str, width: float, alpha: int = 255) -> QPen:
    """Return a solid pen."""
    tone = QColor(colour)
    tone.setAlpha(alpha)
    pen = QPen(tone, width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
