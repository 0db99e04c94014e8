"""The cross-hair on the map, which follows the mouse on the map or the surface, or is moved by keys."""

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gdsim.gui.paint.drawing import painting, translucent
from gdsim.gui.style.theme import LIGHT, Look

_RING = 5.0


class MapPointer(QWidget):
    """A widget over the map with two thin lines through a place."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.place: QPointF | None = None  # in pixels of this widget
        self._look = Look(LIGHT)
        self.hide()

    def set_look(self, look: Look) -> None:
        self._look = look
        self.update()

    def show_at(self, place: QPointF | None) -> None:
        """Draw the lines through a pixel; nothing if it is None or not on the map."""
        self.place = place if place is not None and self.rect().contains(place.toPoint()) else None
        self.setVisible(self.place is not None)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.place is None:
            return
        painter = painting(self)
        theme, scale, at = self._look.theme, self._look.ui_scale, self.place
        ring = _RING * scale
        lines = [
            QLineF(0.0, at.y(), at.x() - ring, at.y()),
            QLineF(at.x() + ring, at.y(), self.width(), at.y()),
            QLineF(at.x(), 0.0, at.x(), at.y() - ring),
            QLineF(at.x(), at.y() + ring, at.x(), self.height()),
        ]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, alpha in ((theme.halo, 3.0, 120), (theme.text, 1.0, 220)):
            painter.setPen(QPen(translucent(colour, alpha), width * scale))
            painter.drawLines(lines)
            painter.drawEllipse(at, ring, ring)
