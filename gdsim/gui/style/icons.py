"""Icons: our own SVG files, recoloured for the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gdsim.core.resources import resource

_SIZE = 64


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return the icon ``resources/icons/name.svg`` in one colour, with another one for its disabled state."""
    made, drawn = QIcon(), _drawn(name)
    made.addPixmap(_coloured(drawn, colour), QIcon.Mode.Normal)
    made.addPixmap(_coloured(drawn, disabled), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    return QIcon(_pixmap(resource("gdsim.svg").read_text(encoding="utf-8")))


@lru_cache(maxsize=256)
def _drawn(name: str) -> QPixmap:
    """Return an icon in black."""
    svg = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    return _pixmap(svg.replace("currentColor", "#000000"))


def _pixmap(svg: str) -> QPixmap:
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, _SIZE, _SIZE))
    painter.end()
    return pixmap


def _coloured(drawn: QPixmap, colour: str) -> QPixmap:
    pixmap = QPixmap(drawn)
    painter = QPainter(pixmap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), QColor(colour))
    painter.end()
    return pixmap
