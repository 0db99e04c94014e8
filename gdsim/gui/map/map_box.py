"""The mouse on the contour map: click, wheel and drag become requests."""

import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, Qt, Signal

from gdsim.core.model.experiment import Window

# One notch of a wheel.
_ZOOM = 1.15
# The window becomes so many times as large.
_ZOOM_KEYS = {
    Qt.Key.Key_Plus: 1.0 / _ZOOM,
    Qt.Key.Key_Equal: 1.0 / _ZOOM,
    Qt.Key.Key_Minus: _ZOOM,
    Qt.Key.Key_Underscore: _ZOOM,
}


class MapBox(pg.ViewBox):
    """A view box that asks for another window instead of taking one.

    Signals
    -------
    picked(w, b)
        A place was clicked with the left button.
    window_requested(Window)
    gesture_finished()
    """

    picked = Signal(float, float)
    window_requested = Signal(object)
    gesture_finished = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self._grabbed: tuple[QPointF, Window] | None = None

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Pick a place."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        place = self.mapToView(event.pos())
        self.picked.emit(place.x(), place.y())

    def wheelEvent(self, event: object, axis: object = None) -> None:
        """Zoom around the mouse."""
        event.accept()  # type: ignore[attr-defined]
        notches = event.delta() / 120.0  # type: ignore[attr-defined]
        around = self.mapToView(event.pos())  # type: ignore[attr-defined]
        self._request(zoomed(self._window(), around.x(), around.y(), _ZOOM**-notches))

    def zoom_by_key(self, key: int) -> bool:
        """Zoom around the middle by plus or minus; return whether it was one of them."""
        factor = _ZOOM_KEYS.get(Qt.Key(key))
        if factor is None:
            return False
        now = self._window()
        w, b = (now.w_min + now.w_max) / 2.0, (now.b_min + now.b_max) / 2.0
        self._request(zoomed(now, w, b, factor))
        self.gesture_finished.emit()
        return True

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        """Move the map with any button."""
        event.accept()
        if event.isStart() or self._grabbed is None:
            self._grabbed = event.buttonDownPos(), self._window()
        origin, window = self._grabbed
        moved = event.pos() - origin
        size = self.rect()
        dw = -moved.x() / size.width() * (window.w_max - window.w_min)
        db = moved.y() / size.height() * (window.b_max - window.b_min)
        self._request(Window(window.w_min + dw, window.w_max + dw, window.b_min + db, window.b_max + db))
        if event.isFinish():
            self._grabbed = None
            self.gesture_finished.emit()

    def _request(self, window: Window) -> None:
        if not window.fault():
            self.window_requested.emit(window)

    def _window(self) -> Window:
        (w_min, w_max), (b_min, b_max) = self.viewRange()
        return Window(float(w_min), float(w_max), float(b_min), float(b_max))


def zoomed(window: Window, w: float, b: float, factor: float) -> Window:
    """Return the window made larger by ``factor`` around a place that stays where it is."""
    return Window(
        w + (window.w_min - w) * factor,
        w + (window.w_max - w) * factor,
        b + (window.b_min - b) * factor,
        b + (window.b_max - b) * factor,
    )
