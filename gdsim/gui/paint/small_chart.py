"""Small charts painted by hand, cheap enough for every frame of playback."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import log_texts, nice_ticks, tick_texts
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.paint.drawing import polyline_of
from gdsim.gui.style.fonts import SERIF
from gdsim.gui.style.shown_theme import shown_theme
from gdsim.gui.style.text_size import scale_of
from gdsim.gui.style.theme import Theme

# Pixels between neighbouring numbers of a horizontal and of an upright axis.
_APART_ACROSS, _APART_UP = 55.0, 24.0
# Pixel coordinates are clipped to this size, because Qt warns of NaN for lines that go much further.
_FAR = 1e5
# Height of a row of the key, and the room that an entry needs beside its text.
KEY_HEIGHT, _KEY_ROOM = 15.0, 30.0
KeyEntry: TypeAlias = tuple[str, QPen]


class ChartScale(NamedTuple):
    """The scale of one axis: numbers from ``low`` to ``high``, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def share(self, value: "float | Array") -> "float | Array":
        """Return the position of a value: 0 at ``low``, 1 at ``high``."""
        if self.log:
            return (np.log10(value) - math.log10(self.low)) / (math.log10(self.high) - math.log10(self.low))
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int) -> tuple[Array, list[str]]:
        if not self.log:
            values = nice_ticks(self.low, self.high, most)
            return values, tick_texts(values)
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        step = max(1, math.ceil((last - first + 1) / max(1, most)))
        exponents = range(first, last + 1, step)
        return 10.0 ** np.array(exponents, dtype=np.float64), log_texts(exponents)


class ChartAxes(NamedTuple):
    """Two scales, and the rectangle that they span."""

    place: QRectF
    x: ChartScale
    y: ChartScale

    def point(self, x: float, y: float) -> QPointF:
        """Return the pixel of a place, with infinite, NaN and very large coordinates clipped."""
        across = self.place.left() + float(self.x.share(x)) * self.place.width()
        down = self.place.bottom() - float(self.y.share(y)) * self.place.height()
        return QPointF(*(one if abs(one) <= _FAR else math.copysign(_FAR, one) for one in (across, down)))

    def line(self, x: Array, y: Array) -> QPolygonF:
        """Return the line through places, clipped like `point`."""
        with np.errstate(over="ignore", invalid="ignore"):
            across = self.place.left() + np.asarray(self.x.share(x)) * self.place.width()
            down = self.place.bottom() - np.asarray(self.y.share(y)) * self.place.height()
        return polyline_of(np.nan_to_num(np.column_stack([across, down]), nan=_FAR).clip(-_FAR, _FAR))

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Paint the frame with its numbers, in the painter's font."""
        metrics = QFontMetricsF(painter.font())
        grid, ink = QColor(theme.grid), QColor(theme.muted)
        place = self.place
        # A limit of two often leaves only one round number.
        fewest = 3 if place.height() > 2.0 * _APART_UP else 2
        for value, text in zip(*self.y.ticks(max(fewest, int(place.height() / _APART_UP))), strict=True):
            height = self.point(self.x.low, value).y()
            painter.setPen(grid)
            painter.drawLine(QPointF(place.left(), height), QPointF(place.right(), height))
            painter.setPen(ink)
            box = QRectF(0.0, height - 8.0, place.left() - 5.0, 16.0)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        for value, text in zip(*self.x.ticks(max(2, int(place.width() / _APART_ACROSS))), strict=True):
            across = self.point(value, self.y.low).x()
            width = metrics.horizontalAdvance(text) + 2.0
            # Keep inside the frame, because the other axis has its lowest number at the left corner.
            left = max(place.left() - 3.0, min(across - width / 2.0, place.right() + 6.0 - width))
            painter.drawText(
                QRectF(left, place.bottom() + 2.0, width, 14.0), Qt.AlignmentFlag.AlignHCenter, text
            )
        painter.setPen(QColor(theme.faint))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        painter.drawLine(place.bottomLeft(), place.topLeft())


@read_as(Graphic)
class Chart(QWidget):
    """The base class of small charts.

    Charts paint in the default size; in projector mode, the painter scales everything up.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setMinimumSize(120, 60)

    @property
    def theme(self) -> Theme:
        return shown_theme()

    @property
    def ui_scale(self) -> float:
        return scale_of(self)

    @property
    def room(self) -> QSizeF:
        """The size of the widget in unscaled units."""
        return self.size().toSizeF() / self.ui_scale

    def painter(self) -> QPainter:
        """Return a painter that scales unscaled units to the text size in use."""
        painter = QPainter(self)
        painter.scale(self.ui_scale, self.ui_scale)
        return painter

    def small_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(10)
        return font

    def letter_font(self) -> QFont:
        """Return the font for letters with a hat, which the font of the numbers misplaces."""
        font = QFont(SERIF)
        font.setPixelSize(12)
        return font


def dashed_pen(colour: str, width: float, dashes: Sequence[float] = ()) -> QPen:
    """Return a pen; dashes are in units of its width."""
    made = QPen(QColor(colour), width)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashes:
        made.setDashPattern(list(dashes))
        made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made


def key_rows(font: QFont, width: float, entries: Iterable[KeyEntry]) -> list[list[KeyEntry]]:
    metrics = QFontMetricsF(font)
    rows: list[list[KeyEntry]] = [[]]
    used = 0.0
    for name, line in entries:
        needed = metrics.horizontalAdvance(name) + _KEY_ROOM
        if rows[-1] and used + needed > width:
            rows.append([])
            used = 0.0
        rows[-1].append((name, line))
        used += needed
    return rows


def paint_key(
    painter: QPainter, theme: Theme, right: float, top: float, rows: Sequence[Sequence[KeyEntry]]
) -> None:
    """Paint the rows of a key, aligned at ``right``."""
    metrics = QFontMetricsF(painter.font())
    for place, entries in enumerate(rows):
        at, above = right, top + place * KEY_HEIGHT
        for text, line in reversed(entries):
            width = metrics.horizontalAdvance(text)
            painter.setPen(QColor(theme.muted))
            painter.drawText(QPointF(at - width, above + metrics.ascent()), text)
            at -= width + 4.0
            painter.setPen(line)
            middle = above + metrics.height() / 2.0
            painter.drawLine(QPointF(at - 16.0, middle), QPointF(at, middle))
            at -= 26.0
