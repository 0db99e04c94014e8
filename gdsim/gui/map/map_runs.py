"""The runs on the contour map: lines with halos, a dot for every step, and markers at their heads."""

from bisect import bisect_right
from functools import partial

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.plane import Axes, in_plane
from gdsim.gui.paint.budget import Budget
from gdsim.gui.paint.drawing import Marker, painting, polyline_of
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.paint.thinning import FirstVisits, Thinning
from gdsim.gui.paint.trail import Layers, Trail, TrailLine, TrailStyle
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame, RunView

_WIDTH = 2.2
# Halos are slightly translucent.
_HALO_OPACITY = 0.75
# In pixels: the resolution of lines, and of dots on them.
_LINE_CELL, _DOT_CELL = 1.5, 7.0
_DOT, _HEAD, _SELECTED_HEAD = 5.0, 11.0, 15.0
# Pixels are clipped this many pane sizes outside the pane, so that lines leave it in the true direction.
_BEYOND = 20.0
# More dots would run into each other.
_MOST_DOTS = 1000
_ROWS_AT_ONCE = 1 << 15
_CORNER = QPointF(0.0, 0.0)


class MapRuns:
    """Painter of all runs, which move in every frame."""

    def __init__(self) -> None:
        self._styles: tuple[TrailStyle, ...] = ()
        self._frame: Frame | None = None
        self._place: PlotMapping | None = None
        self._runs: dict[int, _MapRun] = {}
        self._others: list[_MapRun] = []  # all but the selected run
        self._layers: dict[bool, Layers] = {}  # shared ones: of the unselected runs, and of the selected run

    def set_look(self, look: Look) -> None:
        width = _WIDTH * look.ui_scale
        self._styles = tuple(TrailStyle(one, look.theme.halo, width, look.ui_scale) for one in look.styles)

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame

    def paint(self, painter: QPainter, place: PlotMapping, budget: Budget) -> None:
        """Paint all runs, very long ones as far as the budget allows; if it is spent, more remains."""
        frame = self._frame
        if frame is None:
            return
        self._runs = runs = self._advanced(frame, place, budget)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = [runs[frame.selected]] if frame.selected in runs else []
        self._others = others = list(runs.values())[: len(runs) - len(chosen)]
        for some, size in ((others, _HEAD), (chosen, _SELECTED_HEAD)):
            painter.setOpacity(_HALO_OPACITY)
            layers = self._layers.get(some is chosen)
            if layers:
                painter.drawImage(_CORNER, layers.halos)
            for run in some:
                run.trail.paint_halo(painter)
            painter.setOpacity(1.0)
            if frame.dragging and some is chosen:  # preview the whole run
                for run in chosen:
                    run.trail.paint_whole(painter, run.rows.record.last_step, budget)
            if layers:
                painter.drawImage(_CORNER, layers.lines)
            for run in some:
                run.paint_line(painter)
            for run in some:
                run.paint_head(painter, size)

    def _advanced(self, frame: Frame, place: PlotMapping, budget: Budget) -> "dict[int, _MapRun]":
        """Return the runs advanced to the frame, in painting order."""
        begun = [pair for pair in frame.begun if pair[0] < len(self._styles)]
        if place is not self._place:
            self._layers = {}
        # The selected run is advanced first, so that it gets the budget, but painted last, on top.
        made = {
            index: self._run(index, view, place, budget, selected=index == frame.selected)
            for index, view in sorted(begun, key=lambda pair: pair[0] != frame.selected)
        }
        self._place = place
        return {index: made[index] for index, _ in begun}

    def rooms_of_others(self) -> list[QRectF]:
        return [run.room for run in self._others]

    def paint_other_heads(self, painter: QPainter) -> None:
        """Paint the markers of the other runs again, above arrows, unless they touch the selected run's."""
        frame = self._frame
        chosen = self._runs.get(frame.selected) if frame else None
        for run in self._others:
            if chosen is None or not run.has_head_near(chosen.head):
                run.paint_head(painter, _HEAD)

    def _run(
        self, index: int, view: RunView, place: PlotMapping, budget: Budget, *, selected: bool
    ) -> "_MapRun":
        """Return a run advanced to its current step, painted anew if the mapping or the style has changed."""
        run, style = self._runs.get(index), self._styles[index]
        if run is None or place is not self._place or not run.fits(style, view):
            rows = run.rows if run and run.rows.fit(place.scale, view) else None
            shares = place.shares_layers and place.layered
            layers = Layers.among(self._layers, place.blank, selected=selected) if shares else None
            run = _MapRun(style, rows or MapRows(place.scale, view), place, layers)
        run.recolour(style)
        run.advance(view, budget)
        run.is_beside = self._frame is not None and self._frame.is_beside(view)
        return run


class MapRows:
    """The steps of a run that are worth drawing at a given map scale.

    Kept between repaints because scanning a long record is slow.
    """

    def __init__(self, scale: tuple[float, float], view: RunView) -> None:
        self.record: Trajectory = view.trajectory
        self._axes: Axes = view.axes
        self._scale = scale
        unit = 1.0 / np.abs(scale)
        self.thinning = Thinning(_LINE_CELL * unit)
        self.visits = FirstVisits(_DOT_CELL * unit, _MOST_DOTS)
        self._line = np.empty(0, dtype=np.intp)
        self._seen = 0

    def are_of(self, view: RunView) -> bool:
        """Return whether these are the steps of a run, along the same axes."""
        return self.record is view.trajectory and self._axes == view.axes

    def fit(self, scale: tuple[float, float], view: RunView) -> bool:
        """Return whether these are the steps of a run, at a map scale."""
        return self.are_of(view) and self._scale == scale

    @property
    def plane(self) -> Array:
        """The iterates of the run in the drawn plane: shape (n, 2)."""
        return in_plane(self.record.whole.p, self._axes)

    def known(self, step: int, budget: Budget) -> Rows:
        while self._seen <= min(step, self.record.last_step) and not budget.is_spent:
            seen = min(self._seen + _ROWS_AT_ONCE, len(self.record))
            plane = self.plane[:seen]
            self._line = self.thinning.upto(plane, seen - 1)
            self.visits.upto(plane, seen - 1)
            budget.spend_rows(seen - self._seen)
            self._seen = seen
        return self._line


class _MapRun:
    """One run on the map, thinned to what is visible there."""

    def __init__(self, style: TrailStyle, rows: MapRows, place: PlotMapping, layers: Layers | None) -> None:
        self.rows = rows
        self._ui_scale = style.ui_scale
        # A bound method would close a reference cycle, which keeps images until the garbage collector runs.
        draw = partial(_line, place, rows)
        self.trail = Trail(style, rows, draw, place.blank if place.layered else None, layers)
        self._place = place
        self._set_style(style)
        self.head = QPointF()
        self.is_beside = False  # whether the run is not in the drawn plane
        # The steps that have dots, and the pixels of these.
        self._dots: Rows | None = None
        self._dot_steps: list[int] = []
        self._dot_places: list[QPointF] = []
        # Dots that are not on the trail's image yet; and that image, its last row, and its number of dots.
        self._new_dots: list[QPointF] = []
        self._dotted: tuple[QImage | None, int, int] = (None, 0, 0)

    def _set_style(self, style: TrailStyle) -> None:
        colour, scale = style.run.colour, style.ui_scale
        pen = QPen(QColor(style.halo), 2.0, j=Qt.PenJoinStyle.RoundJoin)
        self._heads = {
            size: Marker(style.run.marker, size * scale, pen, colour) for size in (_HEAD, _SELECTED_HEAD)
        }
        self._dot_pen = QPen(QColor(colour), _DOT * scale, c=Qt.PenCapStyle.RoundCap)

    def fits(self, style: TrailStyle, view: RunView) -> bool:
        """Return whether this is the given run, in a style that differs at most in its colours."""
        return self.trail.style.is_shaped_as(style) and self.rows.are_of(view)

    def recolour(self, style: TrailStyle) -> None:
        if style is not self.trail.style:
            self.trail.recolour(style)  # also recolours the dots on its image
            self._set_style(style)

    def advance(self, view: RunView, budget: Budget) -> None:
        self.head = self._place.pixel(*view.place)
        rows = self.trail.advance(view.step, budget)
        if budget.is_spent:
            return
        if self._dots is not self.rows.visits.rows:
            self._dots = self.rows.visits.rows
            self._dot_steps = self._dots.tolist()
            self._dot_places = polyline_of(_pixels(self._place, self.rows, self._dots)).mid(0)
        count = bisect_right(self._dot_steps, view.step)
        self._new_dots = self._dot_places[self._dot_layer(rows) : count] if count <= _MOST_DOTS else []

    def _dot_layer(self, rows: Rows) -> int:
        """Paint the dots of the trail's kept part onto its image; return their number."""
        lines, kept = self.trail.lines, self.trail.kept
        layer, upto, count = self._dotted
        if lines is not layer:
            count = 0
        elif kept == upto:
            return count
        on_layer = bisect_right(self._dot_steps, int(rows[kept])) if lines else 0
        if lines is not None and on_layer > count:
            painter = painting(lines)
            self._paint_dots(painter, self._dot_places[count:on_layer])
            painter.end()
        self._dotted = lines, kept, on_layer
        return on_layer

    def paint_line(self, painter: QPainter) -> None:
        self.trail.paint_line(painter)
        if self._new_dots:
            self._paint_dots(painter, self._new_dots)

    @property
    def room(self) -> QRectF:
        """The rectangle that the marker covers while the run is not selected."""
        half = 0.5 * _HEAD * self._ui_scale
        return QRectF(self.head, self.head).adjusted(-half, -half, half, half)

    def has_head_near(self, place: QPointF) -> bool:
        """Return whether the marker touches the selected run's marker at a place."""
        near = 0.5 * (_HEAD + _SELECTED_HEAD) * self._ui_scale
        return QLineF(self.head, place).length() < near

    def paint_head(self, painter: QPainter, size: float) -> None:
        if self._place.area.adjusted(-size, -size, size, size).contains(self.head):
            head = self._heads[size]
            paint = head.paint_hollow if self.is_beside else head.paint
            paint(painter, self.head)

    def _paint_dots(self, painter: QPainter, places: list[QPointF]) -> None:
        painter.setPen(self._dot_pen)
        painter.drawPoints(places)


def _line(place: PlotMapping, path: MapRows, rows: Rows) -> TrailLine:
    few, joined = path.thinning.few(rows)
    ends = few.searchsorted(rows, side="right")
    return TrailLine(_pixels(place, path, few), joined, np.zeros_like(joined), ends)


def _pixels(place: PlotMapping, path: MapRows, rows: Rows) -> Array:
    size = np.array([place.width, place.height])
    return np.clip(place.pixels(path.plane[rows]), -_BEYOND * size, (1.0 + _BEYOND) * size)
