"""A run's line over a map or a surface: with a halo, in dashes, and faint where it is behind a hill.

What is painted stays on pictures of its own, so that a frame of playback costs what its steps add.
"""

import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.gui.paint.budget import Budget
from gdsim.gui.paint.drawing import painting, polyline_of, round_pen
from gdsim.gui.style.theme import RunStyle

# The halo stands out at both sides of the line by this much.
_HALO = 1.2
# Around the middle of a line there is paint within its width and this.
_ROOM = 3.0
_FAINT_WIDTH, _FAINT_ALPHA = 1.4, 100
# How strongly all of a line is painted where it has not come to yet.
_WHOLE_HALO, _WHOLE = 0.5, 0.65
# The end of a line is painted anew in every frame until it is so long, since many short pieces laid
# end to end look frayed.
_KEPT_PX = 24.0
# Rows that are worked out together: for a single one that takes as long as for many.
_AHEAD = 200
# Qt strokes a line as one shape, and takes a hundred times as long as for its parts when it crosses itself
# again and again, as a line of so few points cannot.
_FEW_POINTS = 64
# The halo of more points would be below themselves.
_MOST_WITH_HALO = 1500


class TrailStyle(NamedTuple):
    run: RunStyle
    halo: str  # colour of what sets the line off from the surface
    width: float  # of the line, in pixels
    ui_scale: float = 1.0  # how many times as large as usual its dots and markers are

    def is_shaped_as(self, other: "TrailStyle") -> bool:
        """Return whether a trail in another style differs from one in this at most in its colours."""
        if self is other:
            return True
        run = other.run._replace(colour=self.run.colour)
        return self == other._replace(run=run, halo=self.halo)

    def line(self) -> QPen:
        """Return the pen of what is seen of the line."""
        pen = round_pen(QColor(self.run.colour), self.width)
        if self.run.dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.run.dash)
        return pen

    def around(self) -> QPen:
        """Return the pen that sets the line off from the surface."""
        return round_pen(QColor(self.halo), self.width + 2.0 * _HALO)

    def faint(self) -> QPen:
        colour = QColor(self.run.colour)
        colour.setAlpha(_FAINT_ALPHA)
        pen = round_pen(colour, _FAINT_WIDTH)
        # Where one piece follows another, round ends would lie on each other and show.
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class TrailLine(NamedTuple):
    """The line through some rows."""

    pixels: Array
    joined: Flags  # (m,): whether there is a line from the point before, and whether a hill hides that
    behind: Flags
    ends: Rows  # (n,): how many of the points belong to the line up to each of the rows


class Layers(NamedTuple):
    """What lines are painted on: all halos are below all lines."""

    halos: QImage
    lines: QImage

    @classmethod
    def blank(cls, make: Callable[[], QImage]) -> "Layers":
        return cls(make(), make())

    @classmethod
    def among(cls, shared: "dict[bool, Layers]", make: Callable[[], QImage], *, selected: bool) -> "Layers":
        """Return those of the selected run, or those that all others share."""
        return shared.get(selected) or shared.setdefault(selected, cls.blank(make))


class KnownRows(Protocol):
    """Finds the rows of a growing record that are worth drawing."""

    def known(self, step: int, budget: Budget) -> Rows:
        """Return all that are known, in order: those up to a step, and perhaps some that follow.

        Where the budget is spent before, there are fewer.
        """


class _Part(NamedTuple):
    """A part of a line without gaps, all of it seen, or all behind a hill."""

    first: int  # of its points
    last: int
    seen: bool
    phase: float  # of the dashes at its beginning, in pixels


class _Piece(NamedTuple):
    """A part, or some of it, as it is painted."""

    points: list[QPointF]
    seen: bool
    phase: float


class _Stretch:
    """A line that is worked out, and can be painted from any of its points to any other."""

    def __init__(self, line: TrailLine, phase: float = 0.0, longest: int = _FEW_POINTS) -> None:
        self.points: list[QPointF] = polyline_of(line.pixels).mid(0) if len(line.pixels) else []
        self.ends: list[int] = line.ends.tolist()
        way = np.diff(line.pixels, axis=0, prepend=line.pixels[:1])
        along = np.cumsum(np.hypot(way[:, 0], way[:, 1]) * line.joined)
        # How long it is up to each point; of none it has no length either.
        self.along: list[float] = along.tolist() or [0.0]
        self._parts = self._parted(line, phase, longest)
        self._lasts = [part.last for part in self._parts]
        self.has_halo = len(self.points) <= _MOST_WITH_HALO

    def pieces(self, first: int, last: int) -> list[_Piece]:
        """Return what there is to paint from one of the points to another."""
        made, points, along = [], self.points, self.along
        for part in self._parts[bisect_right(self._lasts, first) :]:
            if part.first >= last:
                break
            begin = max(first, part.first)
            end = min(last, part.last)
            phase = part.phase + along[begin] - along[part.first]
            made.append(_Piece(points[begin : end + 1], part.seen, phase))
        return made

    def phase(self, last: int) -> float:
        """Return the phase of the dashes at a point; after a gap they begin as they did at first."""
        pieces = self.pieces(last - 1, last)
        return pieces[0].phase + self.along[last] - self.along[last - 1] if pieces and pieces[0].seen else 0.0

    def _parted(self, line: TrailLine, phase: float, longest: int) -> list[_Part]:
        # 0 without a line from the point before, 1 where it is seen, 2 where it is behind a hill.
        kinds = line.joined * (1 + line.behind)
        bounds = [*np.flatnonzero(np.diff(kinds, prepend=0)).tolist(), len(kinds)]
        parts = []
        for begin, end in pairwise(bounds):
            if kinds[begin]:
                base = (phase if begin == 1 else 0.0) - self.along[begin - 1]
                for first in range(begin - 1, end - 1, longest):
                    last = min(first + longest, end - 1)
                    parts.append(_Part(first, last, bool(kinds[begin] == 1), base + self.along[first]))
        return parts


class Trail:
    """One run's line: what is painted stays, and new steps are added.

    The halo has its own picture, since all halos are below all lines: where runs go the same way, each
    shows through the gaps in the dashes of the one above.

    ``draw`` returns the line through some rows; where that is a scribble, through some of them. ``blank``
    returns a transparent picture as large as the pane; None has all of the line painted each time, as a
    line. Where it shares ``layers`` with other trails it is painted on these, and somebody else paints them.
    """

    def __init__(
        self,
        style: TrailStyle,
        rows: KnownRows,
        draw: Callable[[Rows], TrailLine],
        blank: Callable[[], QImage] | None,
        layers: "Layers | None" = None,
    ) -> None:
        self._rows, self._draw, self._blank = rows, draw, blank
        self._keeps, self._layers = blank is not None, layers
        self._take(style)
        self._whole: tuple[int, list[_Piece]] = (0, [])  # of so many rows
        self._begin()

    def _take(self, style: TrailStyle) -> None:
        self.style, self._width = style, style.width
        self._pen, self._around, self._faint = style.line(), style.around(), style.faint()
        self._is_dashed = bool(style.run.dash)

    def recolour(self, style: TrailStyle) -> None:
        """Take a style that differs at most in its colours. What is painted has one in each picture."""
        if style is self.style:
            return
        self._take(style)
        for picture, colour in ((self._halos, style.halo), (self.lines, style.run.colour)):
            if picture is not None:
                painter = QPainter(picture)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
                painter.fillRect(self._area, QColor(colour))
                painter.end()

    def _begin(self) -> None:
        # Made when there is something to keep.
        self._halos: QImage | None = None
        self.lines: QImage | None = None
        # Where the pictures are painted on.
        self._area = self._part = QRectF()
        self._count = 0
        self._stretch: _Stretch | None = None
        # Rows with which the stretch begins and ends.
        self._first = self._last = 0
        # The row up to which the pictures show the line, its point, and the phase of the dashes there.
        self.kept = self._from = 0
        self._phase = 0.0
        self._end: list[_Piece] = []

    def advance(self, step: int, budget: Budget) -> Rows:
        """Get ready to be painted up to a step; return the rows that are known.

        Where the budget is spent it stays as it is.
        """
        rows = self._rows.known(step, budget)
        if budget.is_spent:
            return rows
        count = int(rows.searchsorted(step, "right"))
        if count != self._count:
            if count <= self.kept or not self._keeps:
                self._begin()
            self._count = count
            while count - 1 > self._last:
                self._go_on(rows, count)
                if self._stretch is not None:
                    budget.spend_points(len(self._stretch.points))
            self._finish(count)
        return rows

    def _go_on(self, rows: Rows, count: int) -> None:
        """Work out the next stretch. What is left of the one before goes into the pictures."""
        stretch = self._stretch
        if stretch is not None:
            last = len(stretch.along) - 1
            if (
                self._last - self._first >= _AHEAD
                or stretch.along[last] - stretch.along[self._from] > _KEPT_PX
            ):
                self._keep(stretch, last, self._last)
        self._first = self.kept
        all_at_once = not self._keeps or count - 1 - self._first > _AHEAD
        self._last = count - 1 if all_at_once else min(self._first + _AHEAD, len(rows) - 1)
        line = self._draw(rows[self._first : self._last + 1])
        self._stretch = _Stretch(line, self._phase, sys.maxsize if self._blank is None else _FEW_POINTS)
        self._from = 0

    def _finish(self, count: int) -> None:
        stretch = self._stretch
        if stretch is None:
            return
        last = max(stretch.ends[count - 1 - self._first] - 1, self._from)
        if self._keeps and stretch.along[last] - stretch.along[self._from] > _KEPT_PX:
            self._keep(stretch, last, count - 1)
        self._end = stretch.pieces(self._from, last)

    def _keep(self, stretch: _Stretch, last: int, row: int) -> None:
        """Paint a stretch up to a point into the pictures."""
        assert self._blank is not None  # noqa: S101 - nothing is kept without pictures
        pieces = stretch.pieces(self._from, last)
        if pieces:
            if self._halos is None or self.lines is None:
                self._halos, self.lines = self._layers or Layers.blank(self._blank)
            if stretch.has_halo:
                self._paint_halos(painter := painting(self._halos), pieces)
                painter.end()
            painter = painting(self.lines)
            self._paint_lines(painter, pieces)
            # What came out from behind a hill lies above what is behind it.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
            self._paint_behind(painter, pieces)
            painter.end()
            self._extend(QPolygonF(stretch.points[self._from : last + 1]).boundingRect())
            self._phase = stretch.phase(last) if self._is_dashed else 0.0
        self.kept, self._from = row, last

    def _extend(self, area: QRectF) -> None:
        assert self.lines is not None  # noqa: S101 - they are what is extended
        room, ratio = self._width + _ROOM, self.lines.devicePixelRatio()
        whole = QRectF(QPointF(0.0, 0.0), self.lines.deviceIndependentSize())
        self._area |= QRectF(area.adjusted(-room, -room, room, room).toAlignedRect()) & whole
        if ratio != int(ratio):  # a part would begin between two pixels
            self._area = whole
        place, size = self._area.topLeft() * ratio, self._area.size() * ratio
        self._part = QRectF(place, size)

    def paint_halo(self, painter: QPainter) -> None:
        if self._halos is not None and self._layers is None:
            painter.drawImage(self._area, self._halos, self._part)
        if self._end and self._stretch is not None and self._stretch.has_halo:
            self._paint_halos(painter, self._end)

    def paint_line(self, painter: QPainter) -> None:
        if self.lines is not None and self._layers is None:
            painter.drawImage(self._area, self.lines, self._part)
        if self._end:
            self._paint_behind(painter, self._end)
            self._paint_lines(painter, self._end)

    def paint_whole(self, painter: QPainter, last: int, budget: Budget) -> None:
        """Paint faintly all of the line, up to its last step."""
        rows = self._rows.known(last, budget)
        if self._whole[0] != len(rows):
            line = self._draw(rows)
            self._whole = len(rows), _Stretch(line).pieces(0, len(line.pixels) - 1)
        before = painter.opacity()
        for opacity, pen in ((_WHOLE_HALO, self._around), (_WHOLE, self._pen)):
            painter.setOpacity(opacity)
            painter.setPen(pen)
            for points, _, _ in self._whole[1]:
                painter.drawPolyline(points)
        painter.setOpacity(before)

    def _paint_halos(self, painter: QPainter, pieces: Sequence[_Piece]) -> None:
        painter.setPen(self._around)
        for points, seen, _ in pieces:
            if seen:
                painter.drawPolyline(points)

    def _paint_lines(self, painter: QPainter, pieces: Sequence[_Piece]) -> None:
        for points, seen, phase in pieces:
            if seen:
                if self._is_dashed:
                    self._pen.setDashOffset(phase / self._width)
                painter.setPen(self._pen)
                painter.drawPolyline(points)

    def _paint_behind(self, painter: QPainter, pieces: Sequence[_Piece]) -> None:
        for points, seen, _ in pieces:
            if not seen:
                painter.setPen(self._faint)
                painter.drawPolyline(points)
