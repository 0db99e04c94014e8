"""The neuron: points, and the sigmoid of every visible run as it stands."""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.arrays import Array, Rows
from gdsim.core.batch_view import lit_rows
from gdsim.core.neuron import sigmoid
from gdsim.core.points import PointSet
from gdsim.gui.plots.dragged_points import DraggedPoints
from gdsim.gui.plots.plot import line_pen, make_plot, paint_plot, plain_pen
from gdsim.gui.theme import Look
from gdsim.session.frame import Frame

_SAMPLES = 240
# More points than this are a cloud: a fair sample of them shows it as well.
_MOST_POINTS = 2000
_MOST_LIT = 500


class FitPane(QWidget):
    """Points that can be dragged, the runs' sigmoids, and the selected run's residuals.

    The points that the selected run's update uses are lit, and the others dimmed, unless it uses all.

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
        self.setAccessibleDescription(self.tr("Drag a point to move it; double-click to add one."))
        self._plot = make_plot("x", "y", box)
        self._plot.setMinimumSize(180, 130)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._points = PointSet.empty()
        self._rows = np.empty(0, dtype=np.intp)
        self._training = 0
        self._look: Look | None = None
        self._curves: list[pg.PlotCurveItem] = []
        self._dragging = False
        self._frame: Frame | None = None
        self._residuals = pg.PlotCurveItem(connect="pairs", antialias=True)
        self._scatter = DraggedPoints()
        # Above the points, so that other lit ones cost nothing but the place of these.
        self._lit = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._lit.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self._lit_rows: Rows | None = None
        for height, item in ((4, self._residuals), (20, self._scatter), (21, self._lit)):
            item.setZValue(height)
            self._plot.addItem(item)
        self._scatter.dragged.connect(self._on_dragged)
        self._scatter.drag_finished.connect(self._on_drag_finished)
        self._plot.scene().sigMouseClicked.connect(self._on_clicked)

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""
        self._look = look
        paint_plot(self._plot, look.theme, grid=True)
        self._residuals.setPen(plain_pen(look.theme.fault, 1.6))
        self._dress_curves()
        self._show_points()

    def show_points(self, points: PointSet, validation: PointSet) -> None:
        """Draw other points: training points first, then validation points."""
        both = points.extended(validation)
        self._training = len(points)
        self._points = both
        step = max(1, -(-len(both) // _MOST_POINTS))
        self._rows = np.arange(0, len(both), step)
        self._plot.setLabel("bottom", "x" if both.dimension == 1 else "w·x + b")
        if not self._dragging:
            self._fit_range()
        self._show_points()
        if self._frame:
            self.show_frame(self._frame)

    @property
    def sample_size(self) -> int:
        """How many of the points are drawn."""
        return len(self._rows)

    def show_frame(self, frame: Frame) -> None:
        """Draw the sigmoids as they stand at the cursor."""
        self._frame = frame
        self._fit_curves(len(frame.views))
        x = self._sample_x()
        for curve, view in zip(self._curves, frame.views, strict=True):
            curve.setVisible(not view.run.hidden)
            if not view.run.hidden:
                p = view.p
                curve.setData(x, sigmoid(p[0] * x + p[-1]) if self._flat else sigmoid(x))
        for index, curve in enumerate(self._curves):
            curve.setZValue(8 if index == frame.selected else 6)
        self._show_residuals(frame)
        self._show_lit(frame)

    @property
    def _flat(self) -> bool:
        return self._points.dimension == 1

    def _show_residuals(self, frame: Frame) -> None:
        current = frame.current
        if current is None or current.run.hidden or len(current.p) != self._points.dimension + 1:
            self._residuals.setData([], [])
            return
        points = self._points.taken(self._rows)
        activation = points.x @ current.p[:-1] + current.p[-1]
        across = points.x[:, 0] if self._flat else activation
        if not self._flat:
            self._scatter.move_to(across, points.y)
        ends = np.stack([points.y, sigmoid(activation)], axis=1)
        self._residuals.setData(np.repeat(across, 2), ends.ravel())

    def _show_lit(self, frame: Frame) -> None:
        """Light the points that the update uses."""
        current, rows = frame.current, lit_rows(frame.update) if frame.update else None
        if current is None or (rows is not None and rows.max(initial=0) >= self._training):
            rows = None  # of the points before the last edit
        if (rows is None) != (self._lit_rows is None):
            self._lit_rows = rows
            self._show_points()
        self._lit_rows = rows
        if rows is None or current is None:
            self._lit.setData([], [])
            return
        points = self._points.taken(rows[:_MOST_LIT])
        across = points.x[:, 0] if self._flat else points.x @ current.p[:-1] + current.p[-1]
        self._lit.setData(across, points.y)

    def _show_points(self) -> None:
        if self._look is None or len(self._points) == 0:
            return
        theme = self._look.theme
        points = self._points.taken(self._rows)
        held_out = self._rows >= self._training
        small = len(self._rows) > 200
        size, width = (6, 1.2) if small else (11, 2.0)
        self._scatter.set_points(
            points.x[:, 0],
            points.y,
            size=size,
            symbols=["s" if one else "o" for one in held_out],
            pen=plain_pen(theme.text if self._lit_rows is None else theme.faint, width),
            brushes=[pg.mkBrush(theme.accent_soft if one else theme.card) for one in held_out],
        )
        self._lit.setSize(size + 1)
        self._lit.setPen(plain_pen(theme.text, width))
        self._lit.setBrush(pg.mkBrush(theme.accent))

    def _fit_range(self) -> None:
        if len(self._points) == 0:
            return
        y = self._points.y
        self._plot.setYRange(
            min(-0.05, float(y.min()) - 0.05), max(1.05, float(y.max()) + 0.05), padding=0.02
        )
        if self._flat:
            low, high = float(self._points.x.min()), float(self._points.x.max())
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
                curve = pg.PlotCurveItem(antialias=True)
                self._plot.addItem(curve, ignoreBounds=True)
                self._curves.append(curve)
            self._dress_curves()

    def _dress_curves(self) -> None:
        if self._look:
            for curve, style in zip(self._curves, self._look.styles, strict=False):
                curve.setPen(line_pen(style, 2.0))

    def _on_dragged(self, index: int, x: float, y: float) -> None:
        self._dragging = True
        self.point_moved.emit(int(self._rows[index]), x if self._flat else None, y)

    def _on_drag_finished(self) -> None:
        self._dragging = False
        self._fit_range()
        self.gesture_finished.emit()
        if self._frame:
            self.show_frame(self._frame)

    def _on_clicked(self, event: MouseClickEvent) -> None:
        if not event.double() or event.button() != Qt.MouseButton.LeftButton or not self._flat:
            return
        where: QPointF = self._plot.getViewBox().mapSceneToView(event.scenePos())
        self.point_added.emit(where.x(), where.y())
