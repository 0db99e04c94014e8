"""Equal axes for a map of a part of the plane that is known alone: there is nothing to draw around it."""

import pyqtgraph as pg
from PySide6.QtCore import QMargins, QObject, QSize
from PySide6.QtWidgets import QWidget

from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface.map_view import equal_axes

_LEAST, _USUAL = (100, 90), (360, 280)
# A plot must get as narrow as this, so that what is high and narrow is to scale.
NARROWEST = (120, 90)


class EqualAxes(QObject):
    """Leaves margins in a widget around a plot, so that a unit of w is as long as a unit of b.

    Where the map would become a sliver it fills its place, as that of the window does.
    """

    def __init__(self, widget: QWidget, box: pg.ViewBox) -> None:
        super().__init__(widget)
        self._widget, self._box = widget, box
        self._view_range = ViewRange()
        # The margins are no reason to stay as large as that: they go when there is less room.
        widget.setMinimumSize(widget.minimumSize().expandedTo(QSize(*_LEAST)))
        box.sigResized.connect(self._fit)

    def set_view_range(self, view_range: ViewRange) -> None:
        self._view_range = view_range
        self._fit()

    def size_hint(self) -> QSize:
        """Return what the widget is to ask for, without the margins, which follow from the room there is."""
        return QSize(*_USUAL)

    def drawn(self) -> ViewRange:
        """Return what to draw: the view range, and what belongs to the last pixel of its longer side."""
        size = self._box.rect()
        return self._view_range if size.isEmpty() else self._around(size.width() / size.height())

    def _around(self, aspect: float) -> ViewRange:
        return equal_axes(self._view_range, aspect)

    def _fit(self) -> None:
        layout, size = self._widget.layout(), self._box.rect()
        if layout is None:
            return
        now = layout.contentsMargins()
        least = layout.minimumSize().shrunkBy(now)
        spare = (self._widget.size() - least).expandedTo(QSize(0, 0))
        if now.left() + now.right() > spare.width() or now.top() + now.bottom() > spare.height():
            # There is less room than the margins are for: what the plot has does not tell how much.
            layout.setContentsMargins(0, 0, 0, 0)
            return
        if size.isEmpty():
            return
        width, height = size.width() + now.left() + now.right(), size.height() + now.top() + now.bottom()
        whole, (w, b) = self._around(width / height).extent, self._view_range.extent
        left = min(int(width * (1.0 - w / whole[0]) / 2.0), spare.width() // 2)
        above = min(int(height * (1.0 - b / whole[1]) / 2.0), spare.height() // 2)
        wanted = QMargins(left, above, left, above)
        if wanted != now:
            layout.setContentsMargins(wanted)
