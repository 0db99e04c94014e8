"""What a picture will look like, a little later than its settings."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_PAUSE_MS = 120


class Preview(QWidget):
    """Shows a picture as large as there is room for.

    Parameters
    ----------
    draw : callable
        Returns the picture of this moment.
    """

    def __init__(self, draw: Callable[[], QImage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Preview"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(280, 200)
        self._draw = draw
        self._image = QImage()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.draw_now)

    @property
    def image(self) -> QImage:
        """The picture that is shown."""
        return self._image

    def sizeHint(self) -> QSize:
        """Return a size at which one sees what it is."""
        return QSize(560, 400)

    def draw_soon(self) -> None:
        """Draw anew when nothing has been changed for a moment."""
        self._pause.start()

    def draw_now(self) -> None:
        """Draw anew."""
        self._image = self._draw()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture with a border, in the middle."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = QSizeF(self._image.size())
        if size.width() > self.width() or size.height() > self.height():
            size.scale(QSizeF(self.size()), Qt.AspectRatioMode.KeepAspectRatio)
        corner = QPointF((self.width() - size.width()) / 2, (self.height() - size.height()) / 2)
        place = QRectF(corner, size)
        painter.drawImage(place, self._image)
        painter.setPen(self.palette().mid().color())
        painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5))
