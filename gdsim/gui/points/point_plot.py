"""A small picture of points that may be taken."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.model.points import PointSet
from gdsim.gui.paint.plot import make_plot, paint_plot, plain_pen
from gdsim.gui.style.theme import Look, Theme

# More points than this are a cloud: a fair sample of them shows it as well.
_MOST = 2000
_SMALL = 200


class PointPlot(QWidget):
    """y over the first input."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The points"))
        self._theme = theme
        self._plot = make_plot("x", "y")
        self._plot.setMinimumSize(320, 240)
        paint_plot(self._plot, Look(theme), grid=True)
        self._dots = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._plot.getViewBox().addItem(self._dots)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)

    @property
    def shown(self) -> int:
        """How many points are drawn."""
        return len(self._dots.data)

    def show_points(self, points: PointSet) -> None:
        """Draw other points."""
        rows = np.arange(0, len(points), max(1, -(-len(points) // _MOST)))
        small = len(rows) > _SMALL
        self._dots.setData(
            points.x[rows, 0],
            points.y[rows],
            size=5 if small else 9,
            pen=plain_pen(self._theme.text, 1.0 if small else 1.6),
            brush=pg.mkBrush(self._theme.card),
        )
        self._plot.getAxis("bottom").setLabel("x" if points.dimension == 1 else "x1")
        box = self._plot.getViewBox()
        box.setYRange(min(-0.05, float(points.y.min())), max(1.05, float(points.y.max())), padding=0.02)
        box.setXRange(float(points.x[:, 0].min()), float(points.x[:, 0].max()), padding=0.06)
