"""The parts of the page without controls, over which something may be shown for a while."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Signal
from PySide6.QtWidgets import QWidget

_MARGIN = 4
_LAYOUT_EVENTS = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class BarePart(NamedTuple):
    widget: QWidget
    at_end: bool = False  # whether an overlay is placed at the right end instead of over the middle


class BareParts(QObject):
    """The parts of a page that may be covered: the first visible one is used, else the first of all."""

    laid_out = Signal()  # a part was moved, resized, shown or hidden

    def __init__(self, page: QWidget, *parts: BarePart) -> None:
        super().__init__(page)
        self.page, self._parts = page, parts
        for part in parts:
            part.widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _LAYOUT_EVENTS:
            self.laid_out.emit()
        return super().eventFilter(watched, event)

    @property
    def width(self) -> int:
        return self._part.widget.width()

    def place_for(self, size: QSize) -> QPoint:
        """Return the position for an overlay of this size: over the part, and inside the page."""
        widget, at_end = self._part
        place = QRect(widget.mapTo(self.page, QPoint()), widget.size())
        left = place.right() + 1 - size.width() if at_end else place.center().x() - size.width() // 2
        left = min(left, self.page.width() - size.width() - _MARGIN)
        return QPoint(max(_MARGIN, left), max(_MARGIN, place.center().y() - size.height() // 2))

    @property
    def _part(self) -> BarePart:
        return next((part for part in self._parts if part.widget.isVisible()), self._parts[0])
