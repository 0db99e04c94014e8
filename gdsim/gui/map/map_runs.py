"""The runs on the contour map: lines with halos, a dot for every step, and markers at their heads."""

from bisect import bisect_right
from functools import partial

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from gdsim.core.arrays import Array, Rows
from gdsim.core.model.plane import in_plane
from gdsim.gui.paint.budget import Budget
from gdsim.gui.paint.drawing import Marker, painting, polyline_of
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.paint.thinning import FirstVisits, PathRows, Thinning, limited_places
from gdsim.gui.paint.trail import Layers, RunTrails, Trail, TrailLine, TrailStyle
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
_CORNER = QPointF(0.0, 0.0)


class MapRuns:
    """Painter of all runs, which move in every frame."""

    def __init__(self) -> None:
        self._styles: tuple[TrailStyle, ...] = ()
        self._frame: Frame | None = None
        self._trails = RunTrails(MapRows, MapTrail)
        self._others: list[MapTrail] = []  # all but the selected run

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
        chosen = self._advance(frame, place, budget)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for some, size in ((self._others, _HEAD), (chosen, _SELECTED_HEAD)):
            painter.setOpacity(_HALO_OPACITY)
            layers = self._trails.layers.get(some is chosen)
            if layers:
                painter.drawImage(_CORNER, layers.halos)
            for run in some:
                run.paint_halo(painter)
            painter.setOpacity(1.0)
            if frame.dragging and some is chosen:  # preview the whole run
                for run in chosen:
                    run.paint_whole(painter, run.rows.record.last_step, budget)
            if layers:
                painter.drawImage(_CORNER, layers.lines)
            for run in some:
                run.paint_line(painter)
            for run in some:
                run.paint_head(painter, size)

    def _advance(self, frame: Frame, place: PlotMapping, budget: Budget) -> "list[MapTrail]":
        """Advance all runs, and return the selected one, if it is shown."""
        self._trails.advance(frame, place, self._styles, budget)
        runs = self._trails.trails
        for index, run in runs.items():
            view = frame.views[index]
            run.head, run.is_beside = place.pixel(*view.place), frame.is_beside(view)
        chosen = [runs[frame.selected]] if frame.selected in runs else []
        self._others = list(runs.values())[: len(runs) - len(chosen)]
        return chosen

    def rooms_of_others(self) -> list[QRectF]:
        return [run.room for run in self._others]

    def paint_other_heads(self, painter: QPainter) -> None:
        """Paint the markers of the other runs again, above arrows, unless they touch the selected run's."""
        frame = self._frame
        chosen = self._trails.trails.get(frame.selected) if frame else None
        for run in self._others:
            if chosen is None or not run.has_head_near(chosen.head):
                run.paint_head(painter, _HEAD)


class MapRows(PathRows[PlotMapping]):
    """The steps of a run that are worth drawing at the scale of a map."""

    def __init__(self, place: PlotMapping, view: RunView) -> None:
        self._scale, self._axes = place.scale, view.axes
        unit = 1.0 / np.abs(place.scale)
        self.cell = _LINE_CELL * unit
        self.visits = FirstVisits(_DOT_CELL * unit, _MOST_DOTS)
        super().__init__(view.trajectory, Thinning(self.cell), self.visits)

    def fit(self, ground: PlotMapping, view: RunView) -> bool:
        is_of_run = self.record is view.trajectory and self._axes == view.axes
        return is_of_run and self._scale == ground.scale

    def places(self, rows: Rows | slice) -> Array:
        return in_plane(self.record.whole.p[rows], self._axes)


class MapTrail(Trail[PlotMapping, MapRows]):
    """The trail of one run on the map, with dots and a marker at its head."""

    def __init__(self, place: PlotMapping, style: TrailStyle, rows: MapRows, layers: Layers | None) -> None:
        # A bound method would close a reference cycle, which keeps images until the garbage collector runs.
        super().__init__(place, style, rows, partial(_line, place, rows), layers)
        self.head = QPointF()
        self.is_beside = False  # whether the run is not in the drawn plane
        # The steps that have dots, and the pixels of these.
        self._dots: Rows | None = None
        self._dot_steps: list[int] = []
        self._dot_places: list[QPointF] = []
        # Dots that are not on the trail's image yet; and that image, its last row, and its number of dots.
        self._new_dots: list[QPointF] = []
        self._dotted: tuple[QImage | None, int, int] = (None, 0, 0)

    def _take(self, style: TrailStyle) -> None:
        super()._take(style)
        colour, scale = style.run.colour, style.ui_scale
        pen = QPen(QColor(style.halo), 2.0, j=Qt.PenJoinStyle.RoundJoin)
        self._heads = {
            size: Marker(style.run.marker, size * scale, pen, colour) for size in (_HEAD, _SELECTED_HEAD)
        }
        self._dot_pen = QPen(QColor(colour), _DOT * scale, c=Qt.PenCapStyle.RoundCap)

    def advance(self, step: int, budget: Budget) -> Rows:
        rows = super().advance(step, budget)
        if budget.is_spent:
            return rows
        if self._dots is not self.rows.visits.rows:
            self._dots = self.rows.visits.rows
            self._dot_steps = self._dots.tolist()
            self._dot_places = polyline_of(_pixels(self.ground, self.rows.places(self._dots))).mid(0)
        count = bisect_right(self._dot_steps, step)
        self._new_dots = self._dot_places[self._dot_layer(rows) : count] if count <= _MOST_DOTS else []
        return rows

    def _dot_layer(self, rows: Rows) -> int:
        """Paint the dots of the trail's kept part onto its image; return their number."""
        lines, kept = self.lines, self.kept
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
        super().paint_line(painter)
        if self._new_dots:
            self._paint_dots(painter, self._new_dots)

    @property
    def room(self) -> QRectF:
        """The rectangle that the marker covers while the run is not selected."""
        half = 0.5 * _HEAD * self.style.ui_scale
        return QRectF(self.head, self.head).adjusted(-half, -half, half, half)

    def has_head_near(self, place: QPointF) -> bool:
        """Return whether the marker touches the selected run's marker at a place."""
        near = 0.5 * (_HEAD + _SELECTED_HEAD) * self.style.ui_scale
        return QLineF(self.head, place).length() < near

    def paint_head(self, painter: QPainter, size: float) -> None:
        if self.ground.area.adjusted(-size, -size, size, size).contains(self.head):
            head = self._heads[size]
            paint = head.paint_hollow if self.is_beside else head.paint
            paint(painter, self.head)

    def _paint_dots(self, painter: QPainter, places: list[QPointF]) -> None:
        painter.setPen(self._dot_pen)
        painter.drawPoints(places)


def _line(place: PlotMapping, path: MapRows, rows: Rows) -> TrailLine:
    places = path.places(rows)
    drawn, joined = limited_places(places, path.cell)
    ends = drawn.searchsorted(np.arange(len(rows)), side="right")
    return TrailLine(_pixels(place, places[drawn]), joined, np.zeros_like(joined), ends)


def _pixels(place: PlotMapping, places: Array) -> Array:
    size = np.array([place.width, place.height])
    return np.clip(place.pixels(places), -_BEYOND * size, (1.0 + _BEYOND) * size)
