"""The loss of every visible run over its steps, with the cursor; a click seeks."""

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.arrays import Array
from gdsim.gui.plots.envelope import envelope
from gdsim.gui.plots.loss_axis import LossAxis
from gdsim.gui.plots.plot import line_pen, make_plot, paint_plot, plain_pen
from gdsim.gui.theme import Look
from gdsim.session.frame import Frame, RunView

# Losses below this are rounding noise of a run that has arrived.
_FLOOR = 1e-18
# What lies ahead of the cursor is veiled, not hidden.
_VEIL = 175


class CurvePane(QWidget):
    """Loss curves.

    The curves are drawn once, as far as they are known; the part ahead of the cursor lies under a
    veil. So a frame of playback moves a rectangle and draws no curve.

    Signals
    -------
    seek_requested(int)
        A place was clicked, in steps or epochs, as the frame counts them.
    hovered(str)
        What stands under the mouse; empty when there is nothing.
    """

    seek_requested = Signal(int)
    hovered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Loss curves"))
        self.setAccessibleDescription(self.tr("Click to go to a step."))
        self._box = _SeekBox()
        self._axis = LossAxis()
        self._plot = make_plot("", "loss", self._box, self._axis)
        self._plot.setMinimumSize(260, 90)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._look: Look | None = None
        self._log = True
        self._curves: list[pg.PlotCurveItem] = []
        self._drawn: tuple[object, ...] = ()
        self._frame: Frame | None = None
        self._veil = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self._veil.setZValue(20)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.setZValue(21)
        self._heads = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._heads.setZValue(22)
        for item in (self._veil, self._cursor, self._heads):
            self._plot.addItem(item, ignoreBounds=True)
        self._box.seeked.connect(self._on_seek)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse)
        self._box.sigResized.connect(self._redraw)
        self.set_log(log=True)

    @property
    def log(self) -> bool:
        """Whether the loss is drawn on a logarithmic scale."""
        return self._log

    def set_log(self, *, log: bool) -> None:
        """Draw the loss on a logarithmic or a linear scale."""
        self._log = log
        self._axis.set_log(log=log)
        self._redraw()

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every run in its style."""
        self._look = look
        paint_plot(self._plot, look.theme, grid=True)
        veil = QColor(look.theme.card)
        veil.setAlpha(_VEIL)
        self._veil.setBrush(veil)
        self._cursor.setPen(plain_pen(look.theme.accent, 1.5))
        self._dress_curves()
        self._redraw()

    def show_frame(self, frame: Frame) -> None:
        """Move the cursor; draw the curves anew when they have grown."""
        self._frame = frame
        known = tuple((view.trajectory, len(view.trajectory), view.run.hidden) for view in frame.views)
        state = (known, frame.by_epoch, frame.length)
        if state != self._drawn:
            self._drawn = state
            self._draw_curves(frame)
        self._veil.setRegion((frame.cursor, max(frame.length, frame.cursor)))
        self._cursor.setValue(frame.cursor)
        self._show_heads(frame)

    def _draw_curves(self, frame: Frame) -> None:
        self._fit_curves(len(frame.views))
        columns = max(50, int(self._box.width()))
        lows, highs = [], []
        for curve, view in zip(self._curves, frame.views, strict=True):
            curve.setVisible(not view.run.hidden)
            if view.run.hidden:
                continue
            loss = self._scaled(view.whole.loss)
            rows = envelope(loss, columns)
            curve.setData(rows / _per_unit(frame, view), loss[rows])
            lows.append(float(loss[rows].min()))
            highs.append(float(loss[rows].max()))
        self._plot.setXRange(0, max(1, frame.length), padding=0.015)
        if lows:
            low, high = min(lows), max(highs)
            room = 0.06 * (high - low) or 0.1
            self._plot.setYRange(low - room, high + room, padding=0.0)

    def _show_heads(self, frame: Frame) -> None:
        if self._look is None:
            return
        shown = frame.shown
        styles = [self._look.styles[index] for index, _ in shown]
        self._heads.setData(
            x=[view.step / _per_unit(frame, view) for _, view in shown],
            y=[float(self._scaled(np.array([view.loss]))[0]) for _, view in shown],
            symbol=[style.marker for style in styles],
            brush=[pg.mkBrush(style.colour) for style in styles],
            pen=plain_pen(self._look.theme.card, 1.5),
            size=[11 if index == frame.selected else 9 for index, _ in shown],
        )

    def _scaled(self, loss: Array) -> Array:
        return np.log10(np.maximum(loss, _FLOOR)) if self._log else loss

    def _redraw(self) -> None:
        self._drawn = ()
        # The frame of another set of runs is on its way when their look is.
        if self._frame and self._look and len(self._frame.views) == len(self._look.styles):
            self.show_frame(self._frame)

    def _fit_curves(self, wanted: int) -> None:
        while len(self._curves) > wanted:
            self._plot.removeItem(self._curves.pop())
        if len(self._curves) < wanted:
            for _ in range(wanted - len(self._curves)):
                curve = pg.PlotCurveItem(antialias=True, skipFiniteCheck=True)
                # The curves stand still while the cursor moves.
                curve.setCacheMode(curve.CacheMode.DeviceCoordinateCache)
                self._plot.addItem(curve, ignoreBounds=True)
                self._curves.append(curve)
            self._dress_curves()

    def _dress_curves(self) -> None:
        if self._look:
            for curve, style in zip(self._curves, self._look.styles, strict=False):
                curve.setPen(line_pen(style, 2.0))

    def _on_seek(self, x: float) -> None:
        self.seek_requested.emit(max(0, round(x)))

    def _on_mouse(self, where: QPointF) -> None:
        if self._frame is None or not self._box.sceneBoundingRect().contains(where):
            self.hovered.emit("")
            return
        place = round(self._box.mapSceneToView(where).x())
        if not 0 <= place <= self._frame.length:
            self.hovered.emit("")
            return
        name = self.tr("epoch") if self._frame.by_epoch else self.tr("step")
        parts = [
            f"{view.run.name} {loss_at(self._frame, view, place):.4g}" for _, view in self._frame.shown[::-1]
        ]
        self.hovered.emit(f"{name} {place}:  " + "   ".join(parts[:4]))


def loss_at(frame: Frame, view: RunView, place: int) -> float:
    """Return a run's loss at a step or an epoch, as the frame counts."""
    loss = view.whole.loss
    return float(loss[min(int(place * _per_unit(frame, view)), len(loss) - 1)])


def _per_unit(frame: Frame, view: RunView) -> int:
    return view.per_epoch if frame.by_epoch else 1


class _SeekBox(pg.ViewBox):
    """A view box in which a click or a drag seeks."""

    seeked = Signal(float)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        """Seek."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.seeked.emit(self.mapToView(event.pos()).x())

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        """Scrub."""
        event.accept()
        self.seeked.emit(self.mapToView(event.pos()).x())

    def wheelEvent(self, event: object, axis: object = None) -> None:
        """Leave the range as it is."""
        event.ignore()  # type: ignore[attr-defined]
