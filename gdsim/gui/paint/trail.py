"""A run's line over a map or a surface: with a halo, with dashes, and faint where a hill hides it.

The painted part is kept in images, so that a frame of playback costs only as much as its new steps.
"""

import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.gui.paint.budget import Budget
from gdsim.gui.paint.drawing import painting, polyline_of, round_pen
from gdsim.gui.paint.thinning import PathRows
from gdsim.gui.style.theme import RunStyle
from gdsim.session.frame import Frame, RunView

# Pixels by which the halo extends beyond each side of the line.
_HALO = 1.2
# Paint reaches no farther from the middle of a line than its width plus this.
_ROOM = 3.0
_FAINT_WIDTH, _FAINT_ALPHA = 1.4, 100
# Opacities of halo and line in the preview of a whole run.
_WHOLE_HALO, _WHOLE = 0.5, 0.65
# The end of a line is repainted in every frame until it is this long, because many short pieces end to
# end would look frayed.
_KEPT_PX = 24.0
# Rows computed together, because a single row takes as long as many.
_AHEAD = 200
# Lines are painted in parts of at most so many points. Qt strokes a line as one shape, which takes a hundred
# times as long as its parts if the line crosses itself many times.
_FEW_POINTS = 64
# Longer scribbles have no halo, because their own lines would cover it.
_MOST_WITH_HALO = 1500


class TrailStyle(NamedTuple):
    run: RunStyle
    halo: str  # colour of the halo, which sets the line off from the surface
    width: float  # of the line, in pixels
    ui_scale: float = 1.0  # magnification of dots and markers

    def is_shaped_as(self, other: "TrailStyle") -> bool:
        """Return whether another style differs at most in its colours."""
        if self is other:
            return True
        run = other.run._replace(colour=self.run.colour)
        return self == other._replace(run=run, halo=self.halo)

    def line(self) -> QPen:
        """Return the pen for the visible parts of the line."""
        pen = round_pen(QColor(self.run.colour), self.width)
        if self.run.dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.run.dash)
        return pen

    def around(self) -> QPen:
        return round_pen(QColor(self.halo), self.width + 2.0 * _HALO)

    def faint(self) -> QPen:
        colour = QColor(self.run.colour)
        colour.setAlpha(_FAINT_ALPHA)
        pen = round_pen(colour, _FAINT_WIDTH)
        # Round caps of adjoining translucent pieces would overlap visibly.
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


class TrailLine(NamedTuple):
    """The line through some rows."""

    pixels: Array
    joined: Flags  # (m,): whether a line leads from the point before to the point
    behind: Flags  # (m,): whether a hill hides that line
    ends: Rows  # (n,): number of points of the line up to each of the rows


class Layers(NamedTuple):
    """The images that trails are painted on. They are separate so that all halos are below all lines."""

    halos: QImage
    lines: QImage

    @classmethod
    def blank(cls, make: Callable[[], QImage]) -> "Layers":
        return cls(make(), make())

    @classmethod
    def among(cls, shared: "dict[bool, Layers]", make: Callable[[], QImage], *, selected: bool) -> "Layers":
        """Return the layers of the selected run, or those that all other runs share."""
        return shared.get(selected) or shared.setdefault(selected, cls.blank(make))


class Ground(Protocol):
    """What trails are painted on. When it is replaced, because it is scaled or turned, they begin anew."""

    @property
    def layered(self) -> bool:
        """Whether trails may be painted into images."""

    @property
    def shares_layers(self) -> bool:
        """Whether all runs are painted on the same images."""

    def blank(self) -> QImage:
        """Return a transparent image as large as the pane."""


GroundT = TypeVar("GroundT", bound=Ground)
RowsT = TypeVar("RowsT", bound=PathRows[Any])
TrailT = TypeVar("TrailT", bound="Trail[Any, Any]")


class _TrailPart(NamedTuple):
    """A part of a line without gaps that is either visible or hidden as a whole."""

    first: int  # first and last point
    last: int
    seen: bool
    phase: float  # of the dashes at the first point, in pixels


class _TrailPiece(NamedTuple):
    """A part, or a section of it, ready to be painted."""

    points: list[QPointF]
    seen: bool
    phase: float


class _Stretch:
    """A computed line, which can be painted between any two of its points."""

    def __init__(self, line: TrailLine, phase: float = 0.0, longest: int = _FEW_POINTS) -> None:
        self.points: list[QPointF] = polyline_of(line.pixels).mid(0) if len(line.pixels) else []
        self.ends: list[int] = line.ends.tolist()
        way = np.diff(line.pixels, axis=0, prepend=line.pixels[:1])
        along = np.cumsum(np.hypot(way[:, 0], way[:, 1]) * line.joined)
        # Length of the line up to each point.
        self.along: list[float] = along.tolist() or [0.0]
        self._parts = self._split(line, phase, longest)
        self._lasts = [part.last for part in self._parts]
        self.has_halo = len(self.points) <= _MOST_WITH_HALO

    def pieces(self, first: int, last: int) -> list[_TrailPiece]:
        made, points, along = [], self.points, self.along
        for part in self._parts[bisect_right(self._lasts, first) :]:
            if part.first >= last:
                break
            begin = max(first, part.first)
            end = min(last, part.last)
            phase = part.phase + along[begin] - along[part.first]
            made.append(_TrailPiece(points[begin : end + 1], part.seen, phase))
        return made

    def phase(self, last: int) -> float:
        """Return the phase of the dashes at a point; 0 after a gap or a hidden part."""
        pieces = self.pieces(last - 1, last)
        return pieces[0].phase + self.along[last] - self.along[last - 1] if pieces and pieces[0].seen else 0.0

    def _split(self, line: TrailLine, phase: float, longest: int) -> list[_TrailPart]:
        # Line from the point before: 0 none, 1 visible, 2 behind a hill.
        kinds = line.joined * (1 + line.behind)
        bounds = [*np.flatnonzero(np.diff(kinds, prepend=0)).tolist(), len(kinds)]
        parts = []
        for begin, end in pairwise(bounds):
            if kinds[begin]:
                base = (phase if begin == 1 else 0.0) - self.along[begin - 1]
                for first in range(begin - 1, end - 1, longest):
                    last = min(first + longest, end - 1)
                    parts.append(_TrailPart(first, last, bool(kinds[begin] == 1), base + self.along[first]))
        return parts


class Trail(Generic[GroundT, RowsT]):
    """The line of one run, whose painted part is kept in images while new steps are added.

    Halos have their own image below all lines, so that runs on the same path show through the gaps in each
    other's dashes.

    ``draw`` returns the line through some rows, or through a selection of them if it would be a scribble. On
    a ground without layers, as for vector output, the whole line is painted each time. With shared
    ``layers``, the trail is painted on these, and the caller paints the layers.
    """

    def __init__(
        self,
        ground: GroundT,
        style: TrailStyle,
        rows: RowsT,
        draw: Callable[[Rows], TrailLine],
        layers: Layers | None = None,
    ) -> None:
        self.ground, self.rows, self._draw = ground, rows, draw
        self._keeps, self._layers = ground.layered, layers
        self._take(style)
        self._whole: tuple[int, list[_TrailPiece]] = (0, [])  # number of rows, and the line through them
        self._reset()

    def fits(self, ground: GroundT, style: TrailStyle, view: RunView) -> bool:
        """Return whether this is the trail of a run, in a style that differs at most in its colours."""
        return self.ground is ground and self.style.is_shaped_as(style) and self.rows.fit(ground, view)

    def _take(self, style: TrailStyle) -> None:
        self.style, self._width = style, style.width
        self._pen, self._around, self._faint = style.line(), style.around(), style.faint()
        self._is_dashed = bool(style.run.dash)

    def recolour(self, style: TrailStyle) -> None:
        """Take a style that differs at most in its colours, and recolour the images, each of one colour."""
        if style is self.style:
            return
        self._take(style)
        for picture, colour in ((self._halos, style.halo), (self.lines, style.run.colour)):
            if picture is not None:
                painter = QPainter(picture)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
                painter.fillRect(self._area, QColor(colour))
                painter.end()

    def _reset(self) -> None:
        # Created when there is something to keep.
        self._halos: QImage | None = None
        self.lines: QImage | None = None
        # The painted area of the images, in pixels of the pane and of the images.
        self._area = self._source = QRectF()
        self._count = 0
        self._stretch: _Stretch | None = None
        # First and last row of the stretch.
        self._first = self._last = 0
        # Row and point up to which the images show the line, and the phase of the dashes there.
        self.kept = self._kept_point = 0
        self._phase = 0.0
        self._tail: list[_TrailPiece] = []

    def advance(self, step: int, budget: Budget) -> Rows:
        """Prepare painting up to a step; return the known rows.

        If the budget is spent, the trail stays as it is.
        """
        rows = self.rows.known(step, budget)
        if budget.is_spent:
            return rows
        count = int(rows.searchsorted(step, "right"))
        if count != self._count:
            if count <= self.kept or not self._keeps:
                self._reset()
            self._count = count
            while count - 1 > self._last:
                self._compute_stretch(rows, count)
                if self._stretch is not None:
                    budget.spend_points(len(self._stretch.points))
            self._finish(count)
        return rows

    def _compute_stretch(self, rows: Rows, count: int) -> None:
        """Compute the next stretch; the rest of the last one, if long enough, is painted into the images."""
        stretch = self._stretch
        if stretch is not None:
            last = len(stretch.along) - 1
            if (
                self._last - self._first >= _AHEAD
                or stretch.along[last] - stretch.along[self._kept_point] > _KEPT_PX
            ):
                self._keep(stretch, last, self._last)
        self._first = self.kept
        all_at_once = not self._keeps or count - 1 - self._first > _AHEAD
        self._last = count - 1 if all_at_once else min(self._first + _AHEAD, len(rows) - 1)
        line = self._draw(rows[self._first : self._last + 1])
        self._stretch = _Stretch(line, self._phase, _FEW_POINTS if self._keeps else sys.maxsize)
        self._kept_point = 0

    def _finish(self, count: int) -> None:
        stretch = self._stretch
        if stretch is None:
            return
        last = max(stretch.ends[count - 1 - self._first] - 1, self._kept_point)
        if self._keeps and stretch.along[last] - stretch.along[self._kept_point] > _KEPT_PX:
            self._keep(stretch, last, count - 1)
        self._tail = stretch.pieces(self._kept_point, last)

    def _keep(self, stretch: _Stretch, last: int, row: int) -> None:
        """Paint a stretch up to a point into the images."""
        pieces = stretch.pieces(self._kept_point, last)
        if pieces:
            if self._halos is None or self.lines is None:
                self._halos, self.lines = self._layers or Layers.blank(self.ground.blank)
            if stretch.has_halo:
                self._paint_halos(painter := painting(self._halos), pieces)
                painter.end()
            painter = painting(self.lines)
            self._paint_lines(painter, pieces)
            # Paint hidden parts below the visible ones.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationOver)
            self._paint_behind(painter, pieces)
            painter.end()
            self._extend(QPolygonF(stretch.points[self._kept_point : last + 1]).boundingRect())
            self._phase = stretch.phase(last) if self._is_dashed else 0.0
        self.kept, self._kept_point = row, last

    def _extend(self, area: QRectF) -> None:
        assert self.lines is not None  # noqa: S101 - callers have painted on it
        room, ratio = self._width + _ROOM, self.lines.devicePixelRatio()
        whole = QRectF(QPointF(0.0, 0.0), self.lines.deviceIndependentSize())
        self._area |= QRectF(area.adjusted(-room, -room, room, room).toAlignedRect()) & whole
        if ratio != int(ratio):  # a part might begin between two device pixels
            self._area = whole
        place, size = self._area.topLeft() * ratio, self._area.size() * ratio
        self._source = QRectF(place, size)

    def paint_halo(self, painter: QPainter) -> None:
        if self._halos is not None and self._layers is None:
            painter.drawImage(self._area, self._halos, self._source)
        if self._tail and self._stretch is not None and self._stretch.has_halo:
            self._paint_halos(painter, self._tail)

    def paint_line(self, painter: QPainter) -> None:
        if self.lines is not None and self._layers is None:
            painter.drawImage(self._area, self.lines, self._source)
        if self._tail:
            self._paint_behind(painter, self._tail)
            self._paint_lines(painter, self._tail)

    def paint_whole(self, painter: QPainter, last: int, budget: Budget) -> None:
        """Paint the whole line, up to the row ``last``, translucently."""
        rows = self.rows.known(last, budget)
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

    def _paint_halos(self, painter: QPainter, pieces: Sequence[_TrailPiece]) -> None:
        painter.setPen(self._around)
        for points, seen, _ in pieces:
            if seen:
                painter.drawPolyline(points)

    def _paint_lines(self, painter: QPainter, pieces: Sequence[_TrailPiece]) -> None:
        for points, seen, phase in pieces:
            if seen:
                if self._is_dashed:
                    self._pen.setDashOffset(phase / self._width)
                painter.setPen(self._pen)
                painter.drawPolyline(points)

    def _paint_behind(self, painter: QPainter, pieces: Sequence[_TrailPiece]) -> None:
        for points, seen, _ in pieces:
            if not seen:
                painter.setPen(self._faint)
                painter.drawPolyline(points)


class RunTrails(Generic[GroundT, RowsT, TrailT]):
    """The trails of the runs of a frame. ``examine`` begins the rows of a run, ``begin`` its trail."""

    def __init__(
        self,
        examine: Callable[[GroundT, RunView], RowsT],
        begin: Callable[[GroundT, TrailStyle, RowsT, Layers | None], TrailT],
    ) -> None:
        self._examine, self._begin = examine, begin
        self._ground: GroundT | None = None
        self.trails: dict[int, TrailT] = {}  # by the indices of the runs, in painting order
        self.layers: dict[bool, Layers] = {}  # shared ones: of the unselected runs, and of the selected run

    def advance(self, frame: Frame, ground: GroundT, styles: Sequence[TrailStyle], budget: Budget) -> None:
        """Advance the trails to a frame, as far as the budget allows.

        Runs without a style are left out, because their frame or their look is still on its way.
        """
        begun = [pair for pair in frame.begun if pair[0] < len(styles)]
        if ground is not self._ground:
            self._ground, self.layers = ground, {}
        made = {}
        # The selected run is advanced first, so that it gets the budget, but painted last, on top.
        for index, view in sorted(begun, key=lambda pair: pair[0] != frame.selected):
            style, trail = styles[index], self.trails.get(index)
            if trail is None or not trail.fits(ground, style, view):
                trail = self._anew(trail, ground, style, view, selected=index == frame.selected)
            trail.recolour(style)
            trail.advance(view.step, budget)
            made[index] = trail
        self.trails = {index: made[index] for index, _ in begun}

    def _anew(
        self, old: TrailT | None, ground: GroundT, style: TrailStyle, view: RunView, *, selected: bool
    ) -> TrailT:
        rows = old.rows if old and old.rows.fit(ground, view) else self._examine(ground, view)
        shares = ground.shares_layers and ground.layered
        layers = Layers.among(self.layers, ground.blank, selected=selected) if shares else None
        return self._begin(ground, style, rows, layers)
