"""Helpers for painting plots and surfaces: images, lines from arrays, letters with halos, and markers."""

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, cast

import numpy as np
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QBuffer, QIODevice, QLineF, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPaintDevice,
    QPaintEngine,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPolygonF,
    QTransform,
)
from shiboken6 import VoidPtr, wrapInstance

from gdsim.core.arrays import Array
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.theme import RunStyle, Theme

_FLOAT = 8  # bytes
_VECTOR_ENGINES = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)
SAMPLE_WIDTH = 28
_PEN_WIDTH = 2.0
# Periods of its dash pattern that a sample of a line shows at least.
_PERIODS = 1.25
# Size of the marker on a sample, as a share of the sample's height.
_MARKER_SHARE = 0.42
_PLATE_ALPHA = 225


def painting(device: QPaintDevice) -> QPainter:
    painter = QPainter(device)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def is_vector(painter: QPainter) -> bool:
    """Return whether the painter writes vector graphics."""
    return painter.paintEngine().type() in _VECTOR_ENGINES


def pixel_ratio_of(painter: QPainter) -> float:
    """Return the number of device pixels per unit of the painter."""
    return painter.deviceTransform().m11() / painter.worldTransform().m11()


def blank_picture(width: float, height: float, pixel_ratio: float, ground: QColor | None) -> QImage:
    """Return an image for a pane of some size, in one colour or transparent."""
    size = QSize(math.ceil(width * pixel_ratio), math.ceil(height * pixel_ratio))
    forms = QImage.Format
    image = QImage(size, forms.Format_RGB32 if ground else forms.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(pixel_ratio)
    image.fill(ground or Qt.GlobalColor.transparent)
    return image


def png_bytes(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide6 6.8 wants bytes, later ones text
    return bytes(buffer.data().data())


def paint_focus_ring(painter: QPainter, room: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(shown_theme().accent), 2.0))
    painter.drawRoundedRect(room.adjusted(1.0, 1.0, -1.0, -1.0), 5.0, 5.0)


def polyline(count: int) -> tuple[QPolygonF, Array]:
    """Return a polygon of so many points, and an array (count, 2) that shares their memory."""
    made = QPolygonF()
    made.resize(count)
    # pyqtgraph's function for this takes four times as many calls.
    memory: Any = VoidPtr(made.data(), 2 * count * _FLOAT, True)  # type: ignore[call-arg, arg-type]
    return made, np.ndarray((count, 2), np.float64, memory)


def polyline_of(pixels: Array) -> QPolygonF:
    """Return the polygon through pixels (n, 2); n may be 0."""
    if not len(pixels):
        return QPolygonF()  # an empty polygon has no memory to share
    made, places = polyline(len(pixels))
    places[:] = pixels
    return made


def with_gaps(lines: Iterable[Array]) -> Array:
    """Concatenate lines (n, 2), each followed by a row of NaN: shape (m, 2)."""
    gap = np.full((1, 2), np.nan)
    return np.concatenate([np.empty((0, 2)), *(part for line in lines for part in (line, gap))])


def circle(pieces: int) -> Array:
    """Return places around the unit circle, the last equal to the first: shape (pieces + 1, 2)."""
    turn = np.linspace(0.0, 2.0 * np.pi, pieces + 1)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


class LetterOutlines(NamedTuple):
    """The outlines of a text whose baseline begins at (0, 0)."""

    inside: QPainterPath
    outside: QPainterPath  # to the edge of the halo

    def translated(self, by: QPointF) -> "LetterOutlines":
        return LetterOutlines(self.inside.translated(by), self.outside.translated(by))

    def paint(self, painter: QPainter, colour: str, halo: str) -> None:
        painter.fillPath(self.outside, QColor(halo))
        painter.fillPath(self.inside, QColor(colour))


def letter_outlines(text: str, font: QFont, halo: float) -> LetterOutlines:
    """Return the outlines of a text with a halo, which is ``halo`` / 2 pixels wide around the letters."""
    written, key, place = LetterOutlines(QPainterPath(), QPainterPath()), font.toString(), 0.0
    for path in written:
        path.setFillRule(Qt.FillRule.WindingFill)  # so that overlaps of halos are filled
    for letter in text:
        paths, width = _letter(letter, key, halo)
        for path, more in zip(written, paths, strict=True):
            path.addPath(more.translated(place, 0.0))
        place += width
    return written


# Cached, because stroking a letter takes Qt several times as long as filling the stroke's outline.
@lru_cache(maxsize=512)
def _letter(letter: str, font_key: str, halo: float) -> tuple[LetterOutlines, float]:
    font, inside = QFont(), QPainterPath()
    font.fromString(font_key)
    inside.addText(QPointF(), font, letter)
    # Bevelled, because round corners, which would be too small to see, take longer to fill.
    around = QPainterPathStroker(QPen(Qt.GlobalColor.black, halo, j=Qt.PenJoinStyle.BevelJoin))
    outside = around.createStroke(inside).united(inside).simplified()
    return LetterOutlines(inside, outside), QFontMetricsF(font).horizontalAdvance(letter)


def paint_letters(
    painter: QPainter, place: QPointF, font: QFont, text: str, colour: str, halo: str, width: float
) -> None:
    """Write a text whose baseline begins at a place, with a halo around its letters."""
    letter_outlines(text, font, width).translated(place).paint(painter, colour, halo)


def translucent(colour: str, alpha: int) -> QColor:
    """Return a colour with an alpha from 0 to 255."""
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


def paint_plate(painter: QPainter, place: QRectF, theme: Theme) -> None:
    """Paint a plate behind words over a map or a surface, and set the pen to the text colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(translucent(theme.card, _PLATE_ALPHA))
    painter.drawRoundedRect(place, 4.0, 4.0)
    painter.setPen(QColor(theme.text))


def round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)


@lru_cache(maxsize=64)
def outline_pen(colour: str, width: float) -> QPen:
    """Return a shared, cached pen, which callers must not change."""
    return round_pen(QColor(colour), width)


def draw_pieces(painter: QPainter, ends: Array) -> None:
    """Draw straight lines, given as rows x1, y1, x2, y2: shape (n, 4)."""
    ends = np.ascontiguousarray(ends, dtype=np.float64)
    if len(ends):
        # A row has the memory layout of a QLineF. Creating an object per row would take longer than painting.
        painter.drawLines(cast("QLineF", wrapInstance(ends.ctypes.data, QLineF)), len(ends))


class Marker:
    """A symbol of pyqtgraph in one colour, to be painted at places."""

    def __init__(self, symbol: str, size: float, pen: QPen, colour: str) -> None:
        shape: QPainterPath = Symbols[symbol]
        self.shape = QTransform.fromScale(size, size).map(shape)
        self.colour = QColor(colour)
        self._pen = pen

    def paint(self, painter: QPainter, *places: QPointF) -> None:
        painter.setPen(self._pen)
        painter.setBrush(self.colour)
        for place in places:
            painter.drawPath(self.shape.translated(place))

    def paint_hollow(self, painter: QPainter, place: QPointF) -> None:
        """Paint the outline of the marker, filled with the colour of the pen."""
        shape = self.shape.translated(place)
        painter.setPen(self._pen)
        painter.setBrush(self._pen.brush())
        painter.drawPath(shape)
        painter.setPen(QPen(self.colour, self._pen.widthF()))
        painter.drawPath(shape)


def paint_sample(
    painter: QPainter, place: QRect, style: RunStyle, *, faded: bool = False, ground: str = ""
) -> None:
    """Paint a sample of a run's line across the middle of a rectangle.

    Given the colour of the ``ground``, also paint the run's marker, outlined in that colour.
    """
    pen = QPen(QColor(style.colour), _PEN_WIDTH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if style.dash:  # in a short sample, short enough to show where the second dash begins
        scale = min(1.0, place.width() / (_PERIODS * _PEN_WIDTH * sum(style.dash)))
        pen.setDashPattern([scale * part for part in style.dash])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setOpacity(0.35 if faded else 1.0)
    painter.setPen(pen)
    middle = place.center().y() + 1.0  # on the border of two rows of pixels, which keeps the line crisp
    painter.drawLine(QPointF(place.left(), middle), QPointF(place.right() + 1, middle))
    if ground:
        marker = Marker(style.marker, _MARKER_SHARE * place.height(), QPen(QColor(ground), 1.5), style.colour)
        marker.paint(painter, QPointF(place.left() + place.width() / 2.0, middle))
    painter.restore()
