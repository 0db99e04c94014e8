"""Mouse gestures on the contour map, which become requests."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, Qt, Signal

from gdsim.core.model.view_range import ViewRange

# Zoom factor of one notch of the wheel.
_ZOOM = 1.15


class MapBox(pg.ViewBox):
    """A view box that requests a view range by a signal instead of changing its own."""

    picked = Signal(float, float)  # w, b of a place clicked with the left button
    start_picked = Signal(float, float)  # w, b of a place clicked with the Control key
    view_range_requested = Signal(object)  # ViewRange
    gesture_finished = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self._grabbed: tuple[QPointF, ViewRange] | None = None
        # The view range without what fills the map beyond it. Zoom and drag requests start from this range.
        self.asked: ViewRange | None = None

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        place = self.mapToView(event.pos())
        with_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        (self.start_picked if with_control else self.picked).emit(place.x(), place.y())

    def wheelEvent(self, event: object, axis: object = None) -> None:
        event.accept()  # type: ignore[attr-defined]
        notches = event.delta() / 120.0  # type: ignore[attr-defined]
        around = self.mapToView(event.pos())  # type: ignore[attr-defined]
        self._request(zoomed(self._asked(), around.x(), around.y(), _ZOOM**-notches))

    def zoom_by_key(self, way: int) -> None:
        """Zoom in around the middle, or out if ``way`` is negative."""
        now = self._asked()
        w, b = (now.w_min + now.w_max) / 2.0, (now.b_min + now.b_max) / 2.0
        self._request(zoomed(now, w, b, _ZOOM if way < 0 else 1.0 / _ZOOM))
        self.gesture_finished.emit()

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        event.accept()
        if event.isStart() or self._grabbed is None:
            self._grabbed = event.buttonDownPos(), self._asked()
        origin, view_range = self._grabbed
        moved = event.pos() - origin
        size = self.rect()
        across, up = self._drawn().extent
        dw, db = -moved.x() / size.width() * across, moved.y() / size.height() * up
        self._request(
            ViewRange(
                view_range.w_min + dw, view_range.w_max + dw, view_range.b_min + db, view_range.b_max + db
            )
        )
        if event.isFinish():
            self._grabbed = None
            self.gesture_finished.emit()

    def _request(self, view_range: ViewRange) -> None:
        if not view_range.fault():
            self.view_range_requested.emit(view_range)

    def _asked(self) -> ViewRange:
        return self._drawn() if self.asked is None else self.asked

    def _drawn(self) -> ViewRange:
        (w_min, w_max), (b_min, b_max) = self.viewRange()
        return ViewRange(float(w_min), float(w_max), float(b_min), float(b_max))


def zoomed(view_range: ViewRange, w: float, b: float, factor: float) -> ViewRange:
    """Return the view range enlarged by ``factor`` around a place that stays fixed."""
    return ViewRange(
        w + (view_range.w_min - w) * factor,
        w + (view_range.w_max - w) * factor,
        b + (view_range.b_min - b) * factor,
        b + (view_range.b_max - b) * factor,
    )
