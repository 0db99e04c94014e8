"""Painting a run's line: with a halo, in dashes, and faint where it is behind a hill."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from shiboken6 import wrapInstance

from gdsim.core.arrays import Array, Flags
from gdsim.gui.style.theme import RunStyle

# The halo stands out at both sides of the line by this much.
_HALO = 1.2
# Around the middle of a line there is paint within its width and this.
_ROOM = 3.0
_FAINT_WIDTH, _FAINT_ALPHA = 1.4, 100
# Pixels and pieces of line from which on it is painted piece by piece. Qt strokes a path as one shape, and
# takes a hundred times as long as for its pieces when the path crosses itself again and again, as a path
# of few pieces cannot.
_HEAVY_PX, _FEW_PIECES, _HEAVY_PIECES = 4000.0, 100, 400
# From so many pieces on the line is a scribble: its halo would be below itself.
_SCRIBBLE_PIECES = 1500


@dataclass(frozen=True)
class TrailStyle:
    """How a trail is painted.

    Attributes
    ----------
    run : RunStyle
    halo : str
        Colour of what sets the line off from the surface.
    width : float
        Of the line, in pixels.
    larger : float
        How many times as large as usual its dots and markers are.
    """

    run: RunStyle
    halo: str
    width: float
    larger: float = 1.0

    @property
    def dashes(self) -> Array:
        """Where dashes and gaps end, in pixels; empty for a solid line."""
        return np.cumsum(np.array(self.run.dash, dtype=np.float64)) * self.width

    def line(self, phase: float) -> QPen:
        """Return the pen of what is seen of the line; ``phase`` pixels of the dashes are over."""
        pen = _round_pen(QColor(self.run.colour), self.width)
        if self.run.dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.run.dash)
            pen.setDashOffset(phase / self.width)
        return pen

    def around(self) -> QPen:
        """Return the pen that sets the line off from the surface."""
        return _round_pen(QColor(self.halo), self.width + 2.0 * _HALO)

    def faint(self) -> QPen:
        """Return the pen of what is behind a hill."""
        colour = QColor(self.run.colour)
        colour.setAlpha(_FAINT_ALPHA)
        pen = _round_pen(colour, _FAINT_WIDTH)
        # Where one piece follows another, round ends would lie on each other and show.
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class Strokes:
    """A part of a trail, ready to be painted.

    Parameters
    ----------
    pixels : (m, 2) array
    joined, behind : (m,) arrays of bool
        Whether there is a line from the point before, and whether a hill hides it.
    style : TrailStyle
    phase : float
        How much of the dashes' period is over at its beginning, in pixels.
    """

    def __init__(self, pixels: Array, joined: Flags, behind: Flags, style: TrailStyle, phase: float) -> None:
        self._style = style
        self._phase = phase
        self._pixels = pixels
        self._seen = joined & ~behind
        self._behind = joined & behind
        way = np.diff(pixels, axis=0)
        self._lengths = np.hypot(way[:, 0], way[:, 1]) * joined[1:]
        self.length = float(self._lengths.sum())
        long = self.length > _HEAVY_PX and len(pixels) > _FEW_PIECES
        self._heavy = long or len(pixels) > _HEAVY_PIECES
        self._path = QPainterPath() if self._heavy else _path(pixels, self._seen)

    @property
    def area(self) -> QRectF:
        """Where it leaves paint, at most."""
        if not self._pixels.size:
            return QRectF()
        (left, top), (right, bottom) = self._pixels.min(axis=0).tolist(), self._pixels.max(axis=0).tolist()
        room = self._style.width + _ROOM
        return QRectF(left, top, right - left, bottom - top).adjusted(-room, -room, room, room)

    @property
    def last_phase(self) -> float:
        """How much of the dashes' period is over at its end, in pixels."""
        dashes = self._style.dashes
        if not dashes.size or not self._seen.size:
            return 0.0
        # After a gap dashes begin as they did at first.
        begin = int(np.flatnonzero(~self._seen)[-1])
        return (self._phase + float(self._lengths[begin:].sum())) % float(dashes[-1])

    def paint_halo(self, painter: QPainter) -> None:
        """Paint what goes below the line."""
        if len(self._pixels) <= _SCRIBBLE_PIECES:
            self._stroke(painter, self._seen, self._style.around())

    def paint_line(self, painter: QPainter) -> None:
        """Paint what is seen of the line."""
        dashed = self._seen & self._dashed() if self._heavy else self._seen
        self._stroke(painter, dashed, self._style.line(self._phase))

    def paint_behind(self, painter: QPainter) -> None:
        """Paint what is not seen of the line, a little."""
        if self._behind.any():
            painter.setPen(self._style.faint())
            _draw_pieces(painter, self._pixels, self._behind)

    def _stroke(self, painter: QPainter, joined: Flags, pen: QPen) -> None:
        if not self._heavy:
            painter.strokePath(self._path, pen)
            return
        pen.setStyle(Qt.PenStyle.SolidLine)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        _draw_pieces(painter, self._pixels, joined)

    def _dashed(self) -> Flags:
        """Return which pieces of the line belong to dashes: near enough, as pieces are short."""
        dashes = self._style.dashes
        on = np.ones(len(self._pixels), dtype=np.bool_)
        if dashes.size:
            middle = self._phase + np.cumsum(self._lengths) - self._lengths / 2.0
            on[1:] = np.searchsorted(dashes, middle % dashes[-1], side="right") % 2 == 0
        return on


def _round_pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)


def _draw_pieces(painter: QPainter, pixels: Array, joined: Flags) -> None:
    ends = np.concatenate([pixels[:-1], pixels[1:]], axis=1, dtype=np.float64)[joined[1:]]
    if len(ends):
        # Four numbers are a QLineF. To make an object of each would take longer than to paint them.
        painter.drawLines(cast("QLineF", wrapInstance(ends.ctypes.data, QLineF)), len(ends))


def _path(pixels: Array, joined: Flags) -> QPainterPath:
    """Return the lines between joined pixels; ``joined[k]`` is the line from k - 1 to k."""
    if not joined.any():
        return QPainterPath()
    # pyqtgraph counts a line with the point where it begins.
    connect = np.append(joined[1:], np.False_).astype(np.int32)
    path: QPainterPath = pg.functions.arrayToQPath(pixels[:, 0], pixels[:, 1], connect=connect)
    return path
