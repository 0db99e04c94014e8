"""A pane with a camera that mouse, wheel and keys move."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gdsim.gui.paint.plot_keys import shifted_way, zoom_way
from gdsim.gui.surface.projection import FRONT, HOME, TOP, Camera

_DEGREES_PER_PIXEL = 0.4
_ZOOM_PER_STEP = 1.15
_TURN = 5.0


class CameraWidget(QWidget):
    """A widget that shows a 3D scene from a movable camera."""

    camera_moved = Signal(object)  # the new Camera

    def __init__(self) -> None:
        super().__init__()
        self._camera = HOME
        self._grip: QPointF | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def _camera_changed(self) -> None:
        self.update()

    @property
    def camera(self) -> Camera:
        return self._camera

    def set_camera(self, camera: Camera) -> None:
        if camera != self._camera:
            self._camera = camera
            self._camera_changed()
            self.camera_moved.emit(camera)

    def reset_view(self) -> None:
        self.set_camera(HOME)

    def top_view(self) -> None:
        self.set_camera(TOP)

    def front_view(self) -> None:
        self.set_camera(FRONT)

    def view_from(self, azimuth: float, elevation: float, distance: float | None = None) -> None:
        self.set_camera(self._camera.at(azimuth, elevation, distance))

    def orbit(self, dazimuth: float, delevation: float) -> None:
        self.set_camera(self._camera.orbit(dazimuth, delevation))

    def zoom(self, factor: float) -> None:
        self.set_camera(self._camera.zoom(factor))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Orbit while the left button is held, else hover (with mouse tracking)."""
        if self._grip is None:
            self.hover(event.position())
            return
        moved = event.position() - self._grip
        self._grip = event.position()
        self.orbit(-_DEGREES_PER_PIXEL * moved.x(), _DEGREES_PER_PIXEL * moved.y())

    def hover(self, mouse: QPointF) -> None:
        """React to the mouse over the pane while no button is held."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = None
            self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.reset_view()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom(_ZOOM_PER_STEP ** (event.angleDelta().y() / 120.0))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom with plus and minus, orbit with Shift and an arrow; arrows without Shift control playback."""
        way, turn = zoom_way(event), shifted_way(event)
        if way:
            self.zoom(_ZOOM_PER_STEP**way)
        elif turn:
            self.orbit(-_TURN * turn[0], _TURN * turn[1])
        else:
            super().keyPressEvent(event)
