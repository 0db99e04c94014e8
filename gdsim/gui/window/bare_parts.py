"""Where something may lie over the page for a while: over parts that hold no control."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Signal
from PySide6.QtWidgets import QWidget

_EDGE = 4
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class BarePart(NamedTuple):
    widget: QWidget
    at_end: bool = False  # whether that lies at its right end, and else over its middle


class BareParts(QObject):
    """Parts of a page of which the first that is seen may be covered; the first of all where none is."""

    laid_out = Signal()  # anew, as all are when the projector is switched on

    def __init__(self, page: QWidget, *parts: BarePart) -> None:
        super().__init__(page)
        self.page, self._parts = page, parts
        for part in parts:
            part.widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _MOVES:
            self.laid_out.emit()
        return super().eventFilter(watched, event)

    @property
    def width(self) -> int:
        return self._first.widget.width()

    def place_for(self, size: QSize) -> QPoint:
        """Return where something of a size lies over a part of the page, and within the page."""
        widget, at_end = self._first
        place = QRect(widget.mapTo(self.page, QPoint()), widget.size())
        left = place.right() + 1 - size.width() if at_end else place.center().x() - size.width() // 2
        left = min(left, self.page.width() - size.width() - _EDGE)
        return QPoint(max(_EDGE, left), max(_EDGE, place.center().y() - size.height() // 2))

    @property
    def _first(self) -> BarePart:
        return next((part for part in self._parts if part.widget.isVisible()), self._parts[0])
