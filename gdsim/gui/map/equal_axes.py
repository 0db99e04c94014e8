"""Equal axes for maps that cannot draw more than their view range, so that margins are left instead."""

import pyqtgraph as pg
from PySide6.QtCore import QMargins, QObject, QSize
from PySide6.QtWidgets import QWidget

from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.map_view import equal_axes

_LEAST = 100, 90
# Plots must be able to become this narrow, so that high and narrow view ranges can be drawn to scale.
SMALLEST_PLOT = (120, 90)


class EqualAxes(QObject):
    """Margins in a widget around a plot that make a unit of w as long as a unit of b.

    A map that would become a sliver fills its place instead, as in the main window.
    """

    def __init__(self, widget: QWidget, box: pg.ViewBox) -> None:
        super().__init__(widget)
        self._widget, self._box = widget, box
        self._view_range = ViewRange()
        # A fixed minimum, because margins must not keep the widget large when there is less room.
        widget.setMinimumSize(widget.minimumSize().expandedTo(QSize(*_LEAST)))
        box.sigResized.connect(self._fit)

    def set_view_range(self, view_range: ViewRange) -> None:
        self._view_range = view_range
        self._fit()

    def _fit(self) -> None:
        layout, size = self._widget.layout(), self._box.rect()
        if layout is None:
            return
        now = layout.contentsMargins()
        least = layout.minimumSize().shrunkBy(now)
        spare = (self._widget.size() - least).expandedTo(QSize(0, 0))
        if now.left() + now.right() > spare.width() or now.top() + now.bottom() > spare.height():
            # The widget is now too small for the margins, and the plot's size does not tell by how much.
            layout.setContentsMargins(0, 0, 0, 0)
            return
        if size.isEmpty():
            return
        width, height = size.width() + now.left() + now.right(), size.height() + now.top() + now.bottom()
        whole, (w, b) = equal_axes(self._view_range, width / height).extent, self._view_range.extent
        left = min(int(width * (1.0 - w / whole[0]) / 2.0), spare.width() // 2)
        above = min(int(height * (1.0 - b / whole[1]) / 2.0), spare.height() // 2)
        wanted = QMargins(left, above, left, above)
        if wanted != now:
            layout.setContentsMargins(wanted)
