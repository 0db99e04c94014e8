"""The neuron: the points, and the current curve of every visible run."""

import math

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.analysis.batch_view import highlighted_rows
from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number
from gdsim.core.model.neuron import activation, answers, written_inputs
from gdsim.core.model.objective import LECTURE, NeuronObjective
from gdsim.core.model.objective_words import reach_of
from gdsim.core.model.points import PointSet
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.neuron.fit_points import ChosenPoint, DraggedPoints, DrawnPoints
from gdsim.gui.paint.drawing import Marker, draw_pieces, polyline
from gdsim.gui.paint.plot import are_apart, make_still_plot, name_axis, paint_plot, plain_pen
from gdsim.gui.paint.plot_keys import FocusRing, shifted_way, stride
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.paint.thin_curve import ThinPen
from gdsim.gui.paint.words import run_words
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame, RunView

_SAMPLES = 240
_MOST_HIGHLIGHTED = 500
# Beyond this, the ranges of pyqtgraph overflow.
_FAR = 1e150
# The axis of activations spans at least -8 to 8, where a sigmoid bends. Activations beyond a million do not
# widen it, and the factor _EDGE leaves room for the mark of a point at the edge.
_REACH, _FURTHEST, _EDGE = 8.0, 1e6, 1.05
# The radius of the ring around the point that is chosen with the keyboard, in pixels.
_RING = 9.5
# If targets are further from 0 than this, a curve from 0 to 1 looks like a level line.
_FLAT = 50.0
# The pixel coordinates of lines are clipped to this size.
_FAR_PIXELS = 1e5


@read_as(Graphic)
class FitPane(QWidget):
    """Points that can be dragged, the runs' curves, and the selected run's residuals.

    The points that the selected run's update uses are highlighted, and the others dimmed, unless it uses all.

    With more than one input, the horizontal axis is the activation w·x + b of the selected run, so that the
    neuron is one curve for all runs, and a drag changes y only.
    """

    # Row, x, y: a point is being dragged; x is the first input, or None if a drag changes y only.
    point_moved = Signal(int, object, float)
    point_added = Signal(float, float)  # x, y: an empty place was double-clicked
    gesture_finished = Signal()

    def __init__(self, box: pg.ViewBox | None = None) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("The neuron: points and curves"))
        self.setAccessibleDescription(self._help())
        self._plot = make_still_plot("x", "y", box)
        self._plot.setMinimumWidth(180)
        FontScaler(self._plot, QWidget.setMinimumHeight, 120)
        self._words = ElidedLabel(name="hint")
        self._words.hide()
        fill_layout(QVBoxLayout(self), (self._plot, 1), self._words, gap=6)
        FocusRing(self, self._plot)
        self.chosen = ChosenPoint()  # the point that is chosen with the keyboard, in a ring
        self._points = self._validation = PointSet.empty()
        self._objective = LECTURE
        self._drawn = DrawnPoints(self._points, self._validation)
        self._look: Look | None = None
        self._is_dragging = False
        self._reach = _REACH  # the axis of activations goes from minus this to this
        self._frame: Frame | None = None
        self._is_dimmed = False
        # The polygons of the curves, and the mapping for which their x coordinates were computed.
        self._place: PlotMapping | None = None
        self._lines: list[tuple[QPolygonF, Array]] = []
        self._pens: list[ThinPen] = []
        self._scatter = DraggedPoints()
        self._plot.getViewBox().addItem(self._scatter)
        self._plot.moving, self._plot.on_top = self._paint_curves, self._paint_highlighted
        self._scatter.dragged.connect(self._on_dragged)
        self._scatter.drag_finished.connect(self._end_dragging)
        self._plot.scene().sigMouseClicked.connect(self._on_clicked)

    def set_look(self, look: Look) -> None:
        self._look = look
        self._pens = [ThinPen(style, ui_scale=look.ui_scale) for style in look.styles]
        paint_plot(self._plot, look, grid=True)
        self._show_points()
        self._plot.forget()
        self._plot.move()

    def picture_in_words(self) -> str:
        """Describe the neuron of the selected run in words; empty if it is not drawn."""
        return f"{run_words(self._current)}." if self._current else ""

    def show_points(
        self, points: PointSet, validation: PointSet, objective: NeuronObjective = LECTURE
    ) -> None:
        self._points, self._validation, self._objective = points, validation, objective
        before, self._drawn = self._drawn, DrawnPoints(points, validation)
        self._title_horizontal_axis()
        if not self._is_dragging:
            self._fit_range()
        if np.array_equal(before.held_out, self._drawn.held_out):  # fast, for the drag of a point
            self._scatter.move_to(self._horizontal(), self._drawn.y)
            self._plot.move_front()
        else:
            self._show_points()
        self._show_chosen()
        if self._frame:
            self.show_frame(self._frame)
        said = " ".join(filter(None, (self.sample_text(), self._flat_text())))
        self._words.set_whole(said)
        self._words.setVisible(bool(said))

    def sample_text(self) -> str:
        """Say how many of the points and errors are drawn; empty if all are."""
        drawn, errors = self._drawn, len(self._drawn.with_error)
        if errors == drawn.total:
            return ""
        if len(drawn) == drawn.total:
            return self.tr("{0} of {1} errors drawn").format(
                numerals.integer_text(errors), numerals.integer_text(drawn.total)
            )
        words = self.tr("{0} of {1} points drawn, {2} errors")
        return words.format(
            numerals.integer_text(len(drawn)),
            numerals.integer_text(drawn.total),
            numerals.integer_text(errors),
        )

    def _flat_text(self) -> str:
        """Say that the curve looks flat; empty unless some targets are far from 0."""
        furthest = max(float(np.abs(one.y).max(initial=0.0)) for one in (self._points, self._validation))
        reach = reach_of(self._objective)
        if furthest < _FLAT or not np.isfinite(reach.high):
            return ""
        words = self.tr("Compared with {0} the curve, from {1} to {2}, looks flat.")
        return words.format(number(furthest, 3), number(reach.low, 6), number(reach.high, 6))

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        if (self._highlighted_rows() is not None) != self._is_dimmed:
            self._is_dimmed = not self._is_dimmed
            self._show_points()
        if not self._has_one_input:
            across = self._horizontal()
            self._fit_activations(across)
            self._scatter.move_to(across, self._drawn.y)
            self._plot.move_front()
            self._title_horizontal_axis()
        self._plot.move()

    def _horizontal(self) -> Array:
        """Return the horizontal coordinates (k,) of the points that are drawn."""
        placing = self._placing_run
        return self._drawn.x[:, 0] if placing is None else _drawable(activation(self._drawn.x, placing.p))

    def _title_horizontal_axis(self) -> None:
        """Title the horizontal axis; without a run, there is no activation for several inputs."""
        name = "w·x + b" if self._placing_run is not None else written_inputs(self._points.dimension)[0]
        name_axis(self._plot, "bottom", name)

    def _fit_activations(self, z: Array) -> None:
        """Fit the axis to the activations z; its range is doubled or halved, so that it seldom changes."""
        sizes = np.abs(z)
        furthest = _EDGE * float(sizes.max(initial=0.0, where=sizes < _FURTHEST))
        reach = _REACH * 2.0 ** max(0, math.ceil(math.log2(max(furthest, 1.0) / _REACH)))
        if reach != self._reach and not self._is_dragging:
            self._reach = reach
            self._plot.getViewBox().setXRange(-reach, reach, padding=0.0)

    @property
    def _has_one_input(self) -> bool:
        return self._points.dimension == 1

    def _matches_points(self, view: RunView) -> bool:
        """Return whether a run has a weight for each input; a frame from before an edit may have others."""
        return len(view.p) == self._points.dimension + 1

    @property
    def _placing_run(self) -> RunView | None:
        """The selected run, if its activations place points of several inputs; its curve may be hidden."""
        current = self._frame.current if self._frame else None
        return current if current and not self._has_one_input and self._matches_points(current) else None

    @property
    def _current(self) -> RunView | None:
        current = self._frame.current if self._frame else None
        shown = (
            current is not None and current.begun and not current.run.hidden and self._matches_points(current)
        )
        return current if shown else None

    def curves(self) -> tuple[tuple[int, ...], Array, Array]:
        """Return the runs whose curves are drawn, the selected one last, with samples x (n,) and y (m, n)."""
        views = self._frame.begun if self._frame else ()
        drawn = (
            [(index, view.p) for index, view in views] if views and self._matches_points(views[0][1]) else []
        )
        low, high = self._plot.getViewBox().viewRange()[0]
        x = np.linspace(low, high, _SAMPLES)
        if not drawn:
            return (), x, np.empty((0, _SAMPLES))
        p = np.array([one for _, one in drawn])
        if self._has_one_input:
            with np.errstate(over="ignore", invalid="ignore"):
                y = answers(self._objective, p[:, :1] * x + p[:, 1:])
        else:
            y = np.broadcast_to(answers(self._objective, x), (len(p), _SAMPLES))
        return tuple([index for index, _ in drawn]), x, y

    def residuals(self) -> Array:
        """Return x, y and f(x) of the lines from points to the selected run's curve: shape (n, 3)."""
        current, drawn = self._current, self._drawn
        if current is None:
            return np.empty((0, 3))
        with_error = drawn.with_error
        z = activation(drawn.x[with_error], current.p)
        across = drawn.x[with_error, 0] if self._has_one_input else _drawable(z)
        return np.stack([across, drawn.y[with_error], _drawable(answers(self._objective, z))], axis=1)

    def highlighted(self) -> Array:
        """Return the points that feed the selected run's update, shape (n, 2); none if all points do."""
        rows = self._highlighted_rows()
        if rows is None:
            return np.empty((0, 2))
        points, placing = self._points.taken(rows[:_MOST_HIGHLIGHTED]), self._placing_run
        across = points.x[:, 0] if placing is None else _drawable(activation(points.x, placing.p))
        return np.stack([across, points.y], axis=1)

    def _highlighted_rows(self) -> Rows | None:
        frame = self._frame
        rows = highlighted_rows(frame.update) if frame and frame.update else None
        if rows is None or frame is None or frame.current is None:
            return None
        # After an edit, the rows may still be those of the points before.
        fits = self._matches_points(frame.current) and rows.max(initial=0) < len(self._points)
        return rows if fits else None

    def _paint_curves(self, painter: QPainter, place: PlotMapping) -> None:
        look = self._look
        if look is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_residuals(painter, place, look)
        runs, x, y = self.curves()
        if place is not self._place or len(self._lines) < len(runs):
            self._place = place
            self._lines = [polyline(_SAMPLES) for _ in runs]
            for _, pixels in self._lines:
                pixels[:, 0] = place.scale[0] * x + place.shift[0]
        with np.errstate(over="ignore", invalid="ignore"):
            heights = np.clip(place.scale[1] * y + place.shift[1], -_FAR_PIXELS, _FAR_PIXELS)
        for run, (line, pixels), height in zip(runs, self._lines, heights, strict=False):
            if run < len(self._pens):
                pixels[:, 1] = height
                self._pens[run].paint(painter, line, place.pixel_ratio, layered=place.layered)

    def _paint_residuals(self, painter: QPainter, place: PlotMapping, look: Look) -> None:
        # Many lines are thin, because lines of one pixel are painted many times as fast.
        width = (1.0 if self._drawn.is_crowd else 1.6) * look.pen
        painter.setPen(plain_pen(look.theme.muted, width))
        ends = self.residuals()[:, [0, 1, 0, 2]].reshape(-1, 2, 2)
        pixels = np.clip(place.pixels(ends), -_FAR_PIXELS, _FAR_PIXELS)
        draw_pieces(painter, pixels.reshape(-1, 4))

    def _paint_highlighted(self, painter: QPainter, place: PlotMapping) -> None:
        look, places = self._look, self.highlighted()
        if look is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size, width = self._point_size(look)
        if len(places):
            marker = Marker("o", size + 1, plain_pen(look.theme.text, width), look.theme.accent)
            marker.paint(painter, *(place.pixel(*one) for one in places.tolist()))
        chosen = self.chosen.point
        if chosen is not None:
            x, placing = chosen.x[0], self._placing_run
            if placing is not None:
                x = float(activation(np.array([chosen.x]), placing.p)[0])
            painter.setPen(plain_pen(look.theme.accent, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place.pixel(x, chosen.y), _RING, _RING)

    def _point_size(self, look: Look) -> tuple[int, float]:
        """Return the size of points and the width of their outline."""
        size, width = (6, 1.2) if self._drawn.is_crowd else (11, 2.0)
        return round(size * look.ui_scale), width * look.pen

    def _show_points(self) -> None:
        if self._look is None or len(self._drawn) == 0:
            return
        theme, drawn = self._look.theme, self._drawn
        size, width = self._point_size(self._look)
        # Points share two brushes, because the plot draws and caches a picture for each brush.
        card, soft = pg.mkBrush(theme.card), pg.mkBrush(theme.accent_soft)
        self._scatter.set_points(
            self._horizontal(),
            drawn.y,
            size=size,
            symbols=["s" if one else "o" for one in drawn.held_out],
            pen=plain_pen(theme.faint if self._is_dimmed else theme.text, width),
            brushes=[soft if one else card for one in drawn.held_out],
        )
        self._plot.move_front()

    def _fit_range(self) -> None:
        sets = [points for points in (self._points, self._validation) if len(points)]
        if not sets:
            return
        floor = -1.0 if reach_of(self._objective).low == -1.0 else 0.0
        low = min(floor, *(float(one.y.min(initial=0.0)) for one in sets))
        high = max(1.0, *(float(one.y.max(initial=1.0)) for one in sets))
        margin = 0.05 * (high - low)
        self._plot.getViewBox().setYRange(low - margin, high + margin, padding=0.02)
        if self._has_one_input:
            low = float(min(one.x.min() for one in sets))
            high = float(max(one.x.max() for one in sets))
            margin = 0.6 * (high - low) if are_apart(low, high) else max(1.0, 0.5 * abs(high))
            self._plot.getViewBox().setXRange(low - margin, high + margin, padding=0.0)
        else:
            self._plot.getViewBox().setXRange(-self._reach, self._reach, padding=0.0)

    def _on_dragged(self, index: int, x: float, y: float) -> None:
        self._is_dragging = True
        self.point_moved.emit(int(self._drawn.rows[index]), x if self._has_one_input else None, y)

    def _end_dragging(self) -> None:
        if not self._is_dragging:
            return
        self._is_dragging = False
        self._fit_range()
        self.gesture_finished.emit()
        if self._frame:
            self.show_frame(self._frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way, one = shifted_way(event), self.chosen.point
        if way and one:
            ranges = self._plot.getViewBox().viewRange()
            x = one.x[0] + way[0] * stride(*ranges[0]) if self._has_one_input else None
            self._is_dragging = True
            self.point_moved.emit(one.row, x, one.y + way[1] * stride(*ranges[1]))
        elif self.chosen.choose_by_key(event, self._drawn.total):
            self._show_chosen()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._end_dragging()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._end_dragging()
        self.chosen.deselect()
        self._show_chosen()
        super().focusOutEvent(event)

    def _show_chosen(self) -> None:
        self.chosen.find_among(self._points, self._validation)
        self._plot.move()
        self.setAccessibleDescription(f"{self.chosen.words()} {self._help()}".strip())

    def _help(self) -> str:
        return self.tr(
            "Drag a point to move it; double-click to add one. The up and down keys choose a point, Shift "
            "and the arrow keys move it."
        )

    def _on_clicked(self, event: MouseClickEvent) -> None:
        if not event.double() or event.button() != Qt.MouseButton.LeftButton or not self._has_one_input:
            return
        where: QPointF = self._plot.getViewBox().mapSceneToView(event.scenePos())
        self.point_added.emit(where.x(), where.y())


def _drawable(z: Array) -> Array:
    """Replace NaN, and clip values that are too large for a plot, so that they lie far outside."""
    return np.clip(np.nan_to_num(z, nan=_FAR), -_FAR, _FAR)
