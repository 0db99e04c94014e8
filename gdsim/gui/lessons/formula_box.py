"""The formulas that stand beside a caption."""

from PySide6.QtCore import QByteArray, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.gui.lessons.composing import FORMULA_SIZE
from gdsim.gui.theme import LIGHT, Theme

_GAP = 8.0
# The letters of a formula are a little larger than those of the text beside it.
_LARGER = 1.4
_WIDEST = 430


class FormulaBox(QWidget):
    """Shows formulas one under the other, smaller where there is little room.

    Its accessible name is the formulas in words and signs.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._pictures: tuple[bytes, ...] = ()
        self._renderers: list[QSvgRenderer] = []
        self._folded = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colour of a theme."""
        self._theme = theme
        self._load()

    def show_formulas(self, pictures: tuple[bytes, ...], texts: tuple[str, ...]) -> None:
        """Show other formulas.

        Parameters
        ----------
        pictures : tuple of bytes
            SVG in the colour ``currentColor``.
        texts : tuple of str
            The same for a screen reader.
        """
        self.setAccessibleName("; ".join(texts))
        self._pictures = pictures
        self._load()
        self.setHidden(self._folded or not pictures)

    def set_folded(self, folded: bool) -> None:
        """Take no room, or that of the formulas."""
        self._folded = folded
        self.setHidden(folded or not self._pictures)

    def _load(self) -> None:
        colour = self._theme.text.encode()
        self._renderers = [
            QSvgRenderer(QByteArray(picture.replace(b"currentColor", colour))) for picture in self._pictures
        ]
        self.updateGeometry()
        self.update()

    def _scale(self) -> float:
        return self.fontInfo().pixelSize() * _LARGER / FORMULA_SIZE

    def _size(self) -> tuple[float, float]:
        """Return width and height of all formulas in their full size."""
        sizes = [renderer.viewBoxF().size() * self._scale() for renderer in self._renderers]
        height = sum(size.height() for size in sizes) + _GAP * max(0, len(sizes) - 1)
        return max((size.width() for size in sizes), default=0.0), height

    def sizeHint(self) -> QSize:
        """Return room for the widest formula."""
        width, height = self._size()
        return QSize(min(_WIDEST, round(width) + 2), round(height))

    def minimumSizeHint(self) -> QSize:
        """Return the same width, and any height."""
        return QSize(self.sizeHint().width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the formulas, all at one size, in the middle of the height."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, height = self._size()
        share = min(1.0, self.width() / max(width, 1.0), self.height() / max(height, 1.0))
        top = (self.height() - height * share) / 2.0
        for renderer in self._renderers:
            size = renderer.viewBoxF().size() * self._scale() * share
            renderer.render(painter, QRectF(0.0, top, size.width(), size.height()))
            top += size.height() + _GAP * share
