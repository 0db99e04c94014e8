"""The formulas beside a caption."""

import math

from PySide6.QtCore import QByteArray, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.gui.paint.drawing import painting
from gdsim.gui.paint.formula_picture import FORMULA_SIZE
from gdsim.gui.style.shown_theme import ThemeFollower, shown_theme
from gdsim.gui.style.text_size import scale_of

_GAP = 8.0
# The size of formulas relative to the text beside them.
_LARGER = 1.4
_WIDEST = 430


class FormulaBox(QWidget):
    """A column of formulas, which is scaled down if there is little room.

    Its accessible name is the text of the formulas.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pictures: tuple[bytes, ...] = ()
        self._texts: tuple[str, ...] = ()
        self._renderers: list[QSvgRenderer] = []
        self._folded = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        ThemeFollower(self, self._load)
        self.hide()

    def show_formulas(self, pictures: tuple[bytes, ...], texts: tuple[str, ...]) -> None:
        """Show formulas given as SVG in ``currentColor``; a formula with an empty SVG is shown as its text.

        Screen readers read the texts.
        """
        self.setAccessibleName("; ".join(texts))
        self._pictures, self._texts = pictures, texts
        self._load()
        self.setHidden(self._folded or not pictures)

    def set_folded(self, folded: bool) -> None:
        self._folded = folded
        self.setHidden(folded or not self._pictures)

    def _load(self) -> None:
        colour = shown_theme().text.encode()
        self._renderers = [
            QSvgRenderer(QByteArray(picture.replace(b"currentColor", colour))) for picture in self._pictures
        ]
        self.updateGeometry()
        self.update()

    def _sizes(self) -> list[QSizeF]:
        scale = self.fontInfo().pixelSize() * _LARGER / FORMULA_SIZE
        return [
            renderer.viewBoxF().size() * scale
            if renderer.isValid()
            else QSizeF(self.fontMetrics().size(0, text))
            for renderer, text in zip(self._renderers, self._texts, strict=False)
        ]

    def full_size(self) -> QSizeF:
        """Return the size of the column before it is scaled down."""
        sizes = self._sizes()
        height = sum(size.height() for size in sizes) + _GAP * max(0, len(sizes) - 1)
        return QSizeF(max((size.width() for size in sizes), default=0.0), height)

    def sizeHint(self) -> QSize:
        full = self.full_size()
        widest = round(_WIDEST * scale_of(self))
        return QSize(min(widest, math.ceil(full.width()) + 2), round(full.height()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        painter.setPen(QColor(shown_theme().text))
        full = self.full_size()
        share = min(1.0, self.width() / max(full.width(), 1.0), self.height() / max(full.height(), 1.0))
        top = (self.height() - full.height() * share) / 2.0
        for renderer, text, size in zip(self._renderers, self._texts, self._sizes(), strict=False):
            place = QRectF(0.0, top, size.width() * share, size.height() * share)
            if renderer.isValid():
                renderer.render(painter, place)
            else:
                painter.drawText(place.toRect(), Qt.AlignmentFlag.AlignVCenter, text)
            top += (size.height() + _GAP) * share
