"""A pane with a camera, moved by mouse, wheel and keys."""

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from gdsim.gui.paint.plot_keys import shifted_way, zoom_way
from gdsim.gui.surface.scene import HOME, Camera, HasCamera

_DEGREES_PER_PIXEL = 0.4
_ZOOM_PER_STEP = 1.15
_TURN = 5.0


class CameraWidget(HasCamera, QWidget):
    """Something to look at from all sides."""

    camera_moved = Signal(object)  # Camera: from where one looks now

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

    def orbit(self, dazimuth: float, delevation: float) -> None:
        self.set_camera(self._camera.orbit(dazimuth, delevation))

    def zoom(self, factor: float) -> None:
        self.set_camera(self._camera.zoom(factor))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn while a button is held; without one, moves come to those that track the mouse."""
        if self._grip is None:
            self.hover(event.position())
            return
        moved = event.position() - self._grip
        self._grip = event.position()
        self.orbit(-_DEGREES_PER_PIXEL * moved.x(), _DEGREES_PER_PIXEL * moved.y())

    def hover(self, mouse: QPointF) -> None:
        """Take note of where the mouse is."""

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
        """Zoom with plus and minus, turn with Shift and an arrow; the arrows alone are the player's."""
        way, turn = zoom_way(event), shifted_way(event)
        if way:
            self.zoom(_ZOOM_PER_STEP**way)
        elif turn:
            self.orbit(-_TURN * turn[0], _TURN * turn[1])
        else:
            super().keyPressEvent(event)
