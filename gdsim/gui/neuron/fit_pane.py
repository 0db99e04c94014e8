"""The neuron: points, and the sigmoid of every visible run as it stands."""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.analysis.batch_view import lit_rows
from gdsim.core.arrays import Array, Rows
from gdsim.core.formulas.numerals import rounded
from gdsim.core.model.neuron import activation, sigmoid
from gdsim.core.model.points import PointSet
from gdsim.gui.forms.elided_label import ElidedLabel
from gdsim.gui.neuron.chosen_point import ChosenPoint
from gdsim.gui.neuron.dragged_points import DraggedPoints
from gdsim.gui.neuron.drawn_points import DrawnPoints
from gdsim.gui.paint.focus_ring import FocusRing
from gdsim.gui.paint.plot import make_plot, name_axis, paint_plot, plain_pen
from gdsim.gui.paint.plot_keys import shifted_way, stride
from gdsim.gui.paint.thin_curve import ThinCurve
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame

_SAMPLES = 240
_MOST_HIGHLIGHTED = 500
# Beyond this pyqtgraph's ranges overflow.
_FAR = 1e150
# Beside targets further from 0 than this a curve from 0 to 1 cannot be told from a level line.
_FLAT = 50.0


class FitPane(QWidget):
    """Points that can be dragged, the runs' sigmoids, and the selected run's residuals.

    The points that the selected run's update uses are highlighted, and the others dimmed, unless it uses all.

    With more than one input the horizontal axis is the activation w.x + b of the selected run, so
    that all of the neuron is one sigmoid, and a drag changes y alone.

    Signals
    -------
    point_moved(row, x, y)
        A point is being dragged; x is the first input, or None where a drag changes y alone.
    point_added(x, y)
        An empty place was double-clicked.
    gesture_finished()
    """

    point_moved = Signal(int, object, float)
    point_added = Signal(float, float)
    gesture_finished = Signal()

    def __init__(self, parent: QWidget | None = None, box: pg.ViewBox | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("The neuron: points and sigmoids"))
        self.setAccessibleDescription(self._help())
        self._plot = make_plot("x", "y", box)
        self._plot.setMinimumSize(180, 130)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot, 1)
        self._words = ElidedLabel("")
        self._words.setObjectName("hint")
        self._words.hide()
        layout.addWidget(self._words)
        FocusRing(self, self._plot)
        self._chosen = ChosenPoint()
        self._plot.addItem(self._chosen)
        self._points = self._validation = PointSet.empty()
        self._drawn = DrawnPoints(self._points, self._validation)
        self._look: Look | None = None
        self._curves: list[ThinCurve] = []
        self._dragging = False
        self._frame: Frame | None = None
        self._residuals = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._scatter = DraggedPoints()
        # Above the points, so that other highlighted ones cost nothing but the place of these.
        self._highlighted = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._highlighted.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._highlighted_rows: Rows | None = None
        for height, item in ((4, self._residuals), (20, self._scatter), (21, self._highlighted)):
            item.setZValue(height)
            self._plot.addItem(item)
        self._scatter.dragged.connect(self._on_dragged)
        self._scatter.drag_finished.connect(self._on_drag_finished)
        self._plot.scene().sigMouseClicked.connect(self._on_clicked)

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""
        self._look = look
        self._chosen.set_theme(look.theme)
        paint_plot(self._plot, look, grid=True)
        self._dress_residuals()
        self._dress_curves()
        self._show_points()

    def show_points(self, points: PointSet, validation: PointSet) -> None:
        """Draw other points: training points first, then validation points."""
        self._points, self._validation = points, validation
        self._drawn = DrawnPoints(points, validation)
        name_axis(self._plot, "bottom", "x" if self._flat else "w·x + b")
        self._dress_residuals()
        if not self._dragging:
            self._fit_range()
        self._show_points()
        self._show_chosen()
        if self._frame:
            self.show_frame(self._frame)
        said = " ".join(filter(None, (self.sample_text(), self._flat_text())))
        self._words.set_whole(said)
        self._words.setVisible(bool(said))

    @property
    def sample_size(self) -> int:
        """How many of the points are drawn."""
        return len(self._drawn)

    def sample_text(self) -> str:
        """Return how many of the points and errors are drawn, in words; nothing when all are."""
        drawn, errors = self._drawn, len(self._drawn.with_error)
        if errors == drawn.total:
            return ""
        if len(drawn) == drawn.total:
            return self.tr("{0} of {1} errors drawn").format(f"{errors:,}", f"{drawn.total:,}")
        words = self.tr("{0} of {1} points drawn, {2} errors")
        return words.format(f"{len(drawn):,}", f"{drawn.total:,}", f"{errors:,}")

    def _flat_text(self) -> str:
        """Return that the curve cannot be told from a level line, where targets are so far apart."""
        furthest = max(float(np.abs(one.y).max(initial=0.0)) for one in (self._points, self._validation))
        if furthest < _FLAT:
            return ""
        return self.tr("Beside {0} the curve, from 0 to 1, looks flat.").format(rounded(furthest, 3))

    def show_frame(self, frame: Frame) -> None:
        """Draw the sigmoids as they stand at the cursor."""
        self._frame = frame
        self._fit_curves(len(frame.views))
        x = self._sample_x()
        for curve, view in zip(self._curves, frame.views, strict=True):
            p = view.p
            # After an edit the last frame may still be one of points with other inputs.
            shown = not view.run.hidden and len(p) == self._points.dimension + 1
            curve.setVisible(shown)
            if shown:
                curve.setData(x, sigmoid(activation(x[:, np.newaxis], p)) if self._flat else sigmoid(x))
        for index, curve in enumerate(self._curves):
            curve.setZValue(8 if index == frame.selected else 6)
        self._show_residuals(frame)
        self._show_highlighted(frame)

    @property
    def _flat(self) -> bool:
        return self._points.dimension == 1

    def _show_residuals(self, frame: Frame) -> None:
        current = frame.current
        if current is None or current.run.hidden or len(current.p) != self._points.dimension + 1:
            self._residuals.setData([], [])
            return
        drawn = self._drawn
        z = activation(drawn.x, current.p)
        across = drawn.x[:, 0] if self._flat else _drawable(z)
        if not self._flat:
            self._scatter.move_to(across, drawn.y)
        few = drawn.with_error
        ends = np.stack([drawn.y[few], sigmoid(z[few])], axis=1)
        self._residuals.setData(np.repeat(across[few], 2), ends.ravel())

    def _show_highlighted(self, frame: Frame) -> None:
        """Highlight the points that the update uses."""
        current, rows = frame.current, lit_rows(frame.update) if frame.update else None
        # After an edit they may be those of other points.
        if (
            current is None
            or len(current.p) != self._points.dimension + 1
            or (rows is not None and rows.max(initial=0) >= len(self._points))
        ):
            rows = None
        if (rows is None) != (self._highlighted_rows is None):
            self._highlighted_rows = rows
            self._show_points()
        self._highlighted_rows = rows
        if rows is None or current is None:
            self._highlighted.setData([], [])
            return
        points = self._points.taken(rows[:_MOST_HIGHLIGHTED])
        across = points.x[:, 0] if self._flat else _drawable(activation(points.x, current.p))
        self._highlighted.setData(across, points.y)

    def _show_points(self) -> None:
        if self._look is None or len(self._drawn) == 0:
            return
        theme, drawn = self._look.theme, self._drawn
        size, width = (6, 1.2) if drawn.is_crowd else (11, 2.0)
        size, width = round(size * self._look.larger), width * self._look.pen
        # One brush for all that look alike: of each brush the plot draws and keeps a picture.
        card, soft = pg.mkBrush(theme.card), pg.mkBrush(theme.accent_soft)
        self._scatter.set_points(
            drawn.x[:, 0],
            drawn.y,
            size=size,
            symbols=["s" if one else "o" for one in drawn.held_out],
            pen=plain_pen(theme.text if self._highlighted_rows is None else theme.faint, width),
            brushes=[soft if one else card for one in drawn.held_out],
        )
        self._highlighted.setSize(size + 1)
        self._highlighted.setPen(plain_pen(theme.text, width))
        self._highlighted.setBrush(pg.mkBrush(theme.accent))

    def _dress_residuals(self) -> None:
        """Draw them fine when they are many: lines of one pixel are painted many times as fast."""
        if self._look:
            width = (1.0 if self._drawn.is_crowd else 1.6) * self._look.pen
            self._residuals.setPen(plain_pen(self._look.theme.muted, width))

    def _fit_range(self) -> None:
        sets = [points for points in (self._points, self._validation) if len(points)]
        if not sets:
            return
        low = min(0.0, *(float(one.y.min(initial=0.0)) for one in sets))
        high = max(1.0, *(float(one.y.max(initial=1.0)) for one in sets))
        margin = 0.05 * (high - low)
        self._plot.setYRange(low - margin, high + margin, padding=0.02)
        if self._flat:
            low = float(min(one.x.min() for one in sets))
            high = float(max(one.x.max() for one in sets))
            margin = 0.6 * (high - low) if high > low else max(1.0, 0.5 * abs(high))
            self._plot.setXRange(low - margin, high + margin, padding=0.0)
        else:
            self._plot.setXRange(-8.0, 8.0, padding=0.0)

    def _sample_x(self) -> Array:
        low, high = self._plot.getViewBox().viewRange()[0]
        return np.linspace(low, high, _SAMPLES)

    def _fit_curves(self, wanted: int) -> None:
        while len(self._curves) > wanted:
            self._plot.removeItem(self._curves.pop())
        if len(self._curves) < wanted:
            for _ in range(wanted - len(self._curves)):
                curve = ThinCurve(still=False)
                self._plot.addItem(curve, ignoreBounds=True)
                self._curves.append(curve)
            self._dress_curves()

    def _dress_curves(self) -> None:
        if self._look:
            for curve, style in zip(self._curves, self._look.styles, strict=False):
                curve.set_style(style, self._look.larger)

    def _on_dragged(self, index: int, x: float, y: float) -> None:
        self._dragging = True
        self.point_moved.emit(int(self._drawn.rows[index]), x if self._flat else None, y)

    def _on_drag_finished(self) -> None:
        self._dragging = False
        self._fit_range()
        self.gesture_finished.emit()
        if self._frame:
            self.show_frame(self._frame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose a point by the up and down keys, move it by Shift and an arrow, let it go by Escape."""
        way, one = shifted_way(event), self._chosen.point
        if way and one:
            ranges = self._plot.getViewBox().viewRange()
            x = one.x[0] + way[0] * stride(*ranges[0]) if self._flat else None
            self._dragging = True
            self.point_moved.emit(one.row, x, one.y + way[1] * stride(*ranges[1]))
        elif self._chosen.choose_by_key(event, self._drawn.total):
            self._show_chosen()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the gesture when the key is let go."""
        if self._dragging and not event.isAutoRepeat():
            self._on_drag_finished()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let the chosen point go."""
        self._chosen.let_go()
        self._show_chosen()
        super().focusOutEvent(event)

    def _show_chosen(self) -> None:
        current = self._frame.current if self._frame else None
        self._chosen.show_among(
            self._points, self._validation, None if self._flat or current is None else current.p
        )
        self.setAccessibleDescription(f"{self._chosen.words()} {self._help()}".strip())

    def _help(self) -> str:
        return self.tr(
            "Drag a point to move it; double-click to add one. The up and down keys choose a point, Shift "
            "and the arrow keys move it."
        )

    def _on_clicked(self, event: MouseClickEvent) -> None:
        if not event.double() or event.button() != Qt.MouseButton.LeftButton or not self._flat:
            return
        where: QPointF = self._plot.getViewBox().mapSceneToView(event.scenePos())
        self.point_added.emit(where.x(), where.y())


def _drawable(z: Array) -> Array:
    """Return activations as places: what is no number, or too large for a plot, is far outside."""
    return np.clip(np.nan_to_num(z, nan=_FAR), -_FAR, _FAR)
