"""A line of a rule as a picture, in the colour of the theme."""

from PySide6.QtCore import QByteArray, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.resources import resource

# The letters of the pictures are so high; they are shown a little larger than the text around them.
_DRAWN, _LARGER = 16.0, 1.25
_ROOM = 4


def rule_svg(name: str, colour: str) -> bytes:
    """Return the SVG ``resources/rules/name.svg`` in a colour; empty where there is none."""
    file = resource("rules", f"{name}.svg")
    if not file.is_file():
        return b""
    return file.read_text(encoding="utf-8").replace("currentColor", colour).encode()


class FormulaPicture(QWidget):
    """Shows one line of a rule's picture, or its text where the rule has no picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, int, str, str] = ("", 0, "", "")
        self._renderer = QSvgRenderer(self)
        self._element = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_line(self, picture: str, line: int, text: str, colour: str) -> None:
        """Show a line of a picture.

        Parameters
        ----------
        picture : str
            Name of the file in resources/rules.
        line : int
            From 0.
        text : str
            The same in letters, for a screen reader, or where there is no picture.
        colour : str
        """
        if (picture, line, text, colour) == self._shown:
            return
        self._shown = picture, line, text, colour
        self._element = f"line-{line}"
        svg = rule_svg(picture, colour)
        if not (svg and self._renderer.load(QByteArray(svg)) and self._renderer.elementExists(self._element)):
            self._element = ""
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the picture."""
        size = self._size()
        return QSize(round(size.width()), max(round(size.height()), self.fontMetrics().height()) + _ROOM)

    def minimumSizeHint(self) -> QSize:
        """Return the same height, for any width: a picture too wide is made smaller."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, at the left."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = self._size()
        if not self._element:
            painter.setPen(QColor(self._shown[3]))
            painter.drawText(self.rect(), self._shown[2])
            return
        share = min(1.0, self.width() / max(size.width(), 1.0))
        top = (self.height() - size.height() * share) / 2
        place = QRectF(0.0, top, size.width() * share, size.height() * share)
        self._renderer.render(painter, self._element, place)

    def _size(self) -> QSizeF:
        if not self._element:
            return QSizeF(self.fontMetrics().size(0, self._shown[2]))
        bounds = self._renderer.boundsOnElement(self._element)
        scale = self.fontInfo().pixelSize() * _LARGER / _DRAWN
        return QSizeF(bounds.width() * scale, bounds.height() * scale)
