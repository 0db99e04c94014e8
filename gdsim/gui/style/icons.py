"""Icons: our own SVG files, recoloured for the theme."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gdsim.core.resources import resource

_SIZE = 64


@lru_cache(maxsize=256)
def icon(name: str, colour: str, disabled: str) -> QIcon:
    """Return the icon ``resources/icons/name.svg`` in one colour, and in another one while it is disabled."""
    made = QIcon()
    svg = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    made.addPixmap(_pixmap(svg.replace("currentColor", colour)), QIcon.Mode.Normal)
    made.addPixmap(_pixmap(svg.replace("currentColor", disabled)), QIcon.Mode.Disabled)
    return made


def app_icon() -> QIcon:
    return QIcon(_pixmap(resource("gdsim.svg").read_text(encoding="utf-8")))


def _pixmap(svg: str) -> QPixmap:
    pixmap = QPixmap(_SIZE, _SIZE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, _SIZE, _SIZE))
    painter.end()
    return pixmap
