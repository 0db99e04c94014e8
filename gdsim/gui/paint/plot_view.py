"""A view box with axes at its sides, in a widget."""

from collections.abc import Iterable

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QSizePolicy

_CELLS = {"top": (0, 1), "left": (1, 0), "right": (1, 2), "bottom": (2, 1)}
# Above images, below what wants to draw over the axes.
_AXIS_Z = 0.5


class PlotView(pg.GraphicsView):
    """What a `pg.PlotWidget` is, without its title, buttons and menus.

    These are a hundred widgets, which nobody would see and the style sheet would be worked out for.
    """

    def __init__(self, box: pg.ViewBox, axes: Iterable[pg.AxisItem]) -> None:
        super().__init__()
        self._box = box
        self._axes = {axis.orientation: axis for axis in axes}
        room = pg.GraphicsWidget()
        layout = QGraphicsGridLayout(room)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.setRowStretchFactor(1, 1)
        layout.setColumnStretchFactor(1, 1)
        layout.addItem(box, 1, 1)
        for side, axis in self._axes.items():
            axis.linkToView(box)
            axis.setZValue(_AXIS_Z)
            axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
            layout.addItem(axis, *_CELLS[side])
        self.setCentralItem(room)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFrameShape(self.Shape.NoFrame)
        # Keys belong to playback, and a plot has no use for the focus.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def getViewBox(self) -> pg.ViewBox:
        """Return what lies inside of the axes."""
        return self._box

    def getAxis(self, side: str) -> pg.AxisItem:
        """Return the axis at a side."""
        return self._axes[side]
