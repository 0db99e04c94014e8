"""The contour map: the error surface from above, with every visible run's way over it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.model.experiment import ViewRange
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.arrows.choice import ArrowChoice, Layer, drawing_of, highlighted_part, pulls_of, update_to_draw
from gdsim.gui.map.batch_contours import BatchContours
from gdsim.gui.map.colour_bar import ColourBar
from gdsim.gui.map.map_arrows import MapArrows
from gdsim.gui.map.map_box import MapBox
from gdsim.gui.map.map_ground import MapGround
from gdsim.gui.map.map_runs import MapRuns
from gdsim.gui.map.offscreen_markers import MapExits
from gdsim.gui.paint.plot import make_still_plot, paint_plot, plain_pen
from gdsim.gui.paint.plot_keys import FocusRing, shifted_way, stride
from gdsim.gui.paint.still_plot import InFront, PlotMapping
from gdsim.gui.paint.words import runs_words, surface_words
from gdsim.gui.style.text_size import Scaled
from gdsim.gui.style.theme import Look
from gdsim.session.frame import Frame


@read_as(Graphic)
class ContourPane(QWidget):
    """Loss colours, contour lines, runs, the minimum, and the start of the selected run."""

    start_picked = Signal(float, float)  # w, b: a place was clicked
    start_dragged = Signal(float, float)  # w, b: the start marker is being moved
    start_shifted = Signal(float, float)  # w, b: the start is to be moved by so much
    view_range_requested = Signal(object)  # ViewRange: the map was zoomed or moved
    gesture_finished = Signal()  # a drag ended
    hovered = Signal(float, float, float)  # w, b, loss
    left = Signal()  # the mouse left the map

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Contour map"))
        self.setAccessibleDescription(self._help())
        self._box = MapBox()
        self._plot = make_still_plot("w", "b", self._box)
        self._plot.setMinimumWidth(200)
        Scaled(self._plot, QWidget.setMinimumHeight, 96)
        self._bar = ColourBar()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._bar)
        FocusRing(self, self._plot)
        self.surface: LossSurface | None = None
        self.frame: Frame | None = None  # what it was told last
        self._choice = ArrowChoice()
        self._add_items()
        self._connect()

    def seen(self) -> str:
        """Return where the runs are, in words."""
        return runs_words(self.frame)

    def _help(self) -> str:
        return self.tr(
            "Click to set the start of the selected run, or move it by Shift and the arrow keys; zoom by the "
            "wheel, or by plus and minus."
        )

    def _add_items(self) -> None:
        self._ground = MapGround(self._plot)
        self._start = StartMarker(size=17, symbol="o", movable=True, label=None)
        self._start.setZValue(30)
        self._start.hide()
        self._shown_start: tuple[float, ...] | None = None
        self._plot.getViewBox().addItem(self._start, ignoreBounds=True)
        self._runs, self.arrows = MapRuns(), MapArrows()
        self._plot.moving = self._paint_moving
        self.batch_contours = BatchContours()
        self.batch_contours.attach(self._plot)
        self._exits = MapExits(self._plot)

    def set_remedy(self, words: str) -> None:
        """Say what brings runs that have left the map back onto it."""
        self._exits.remedy = words

    def _connect(self) -> None:
        self._box.picked.connect(self.start_picked)
        self._box.view_range_requested.connect(self.view_range_requested)
        self._box.gesture_finished.connect(self.gesture_finished)
        self._start.sigPositionChanged.connect(self._on_start_moved)
        self._start.sigPositionChangeFinished.connect(self.gesture_finished)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse)
        self._box.sigResized.connect(self._cover_map)

    def set_look(self, look: Look) -> None:
        theme, pen = look.theme, look.pen
        paint_plot(self._plot, look, grid=False)
        self._bar.set_theme(theme)
        self._ground.set_look(look)
        self._start.setPen(plain_pen("#ffffff", 2.5 * pen))
        self._start.setHoverPen(plain_pen(theme.accent, 3.0 * pen))
        self._start.setBrush(pg.mkBrush(0, 0, 0, 60))
        self._exits.set_look(look)
        for layer in (self.arrows, self.batch_contours):
            layer.set_theme(theme)
        self._runs.set_look(look)
        self._plot.forget()
        self._plot.move()

    def set_arrows(self, choice: ArrowChoice) -> None:
        self._choice = choice
        self.batch_contours.set_visible(Layer.BATCH_LOSS in choice.layers)
        self._show_arrows()

    def show_view_range(self, view_range: ViewRange) -> None:
        self._box.setRange(
            xRange=(view_range.w_min, view_range.w_max),
            yRange=(view_range.b_min, view_range.b_max),
            padding=0.0,
            update=True,
        )

    def show_surface(self, surface: LossSurface) -> None:
        self.surface = surface
        self._ground.show_surface(surface)
        self._bar.show_shade(surface.shade)
        self._plot.forget()
        self.setAccessibleDescription(f"{surface_words(surface)} {self._help()}")
        self._show_arrows()

    def show_frame(self, frame: Frame) -> None:
        self.frame = frame
        self._runs.show_frame(frame)
        self._plot.move()
        (w_low, w_high), (b_low, b_high) = self._box.viewRange()
        self._exits.show_frame(frame, (w_low, b_low), (w_high, b_high))
        self._show_start(frame)
        self._show_arrows()

    def _paint_moving(self, painter: QPainter, place: PlotMapping) -> None:
        for layer in (self._runs, self.arrows):
            layer.paint(painter, place)

    def _cover_map(self) -> None:
        self._exits.setGeometry(self._box.sceneBoundingRect().toRect())

    def _show_arrows(self) -> None:
        frame, surface = self.frame, self.surface
        if frame is None or surface is None:
            return
        # Magnified to the surface that is drawn, as on the 3D view of it.
        view_range = surface.view_range
        self.arrows.show(
            drawing_of(frame, self._choice, view_range),
            highlighted_part(frame),
            pulls_of(frame, self._choice, view_range),
        )
        self._plot.move()
        update = update_to_draw(frame, self._choice)
        if frame.playing:
            self.batch_contours.hide()
        else:
            self.batch_contours.show_when_paused(update, surface.view_range, surface.fixed)

    def _show_start(self, frame: Frame) -> None:
        start = frame.current.run.start if frame.current else None
        if start == self._shown_start or self._start.moving:
            return
        self._shown_start = start
        self._start.setVisible(start is not None)
        if start:
            self._start.blockSignals(True)
            self._start.setPos(start[0], start[-1])
            self._start.blockSignals(False)
        self._plot.move_front()

    def _on_start_moved(self) -> None:
        place = self._start.pos()
        self._shown_start = (place.x(), place.y())
        self.start_dragged.emit(place.x(), place.y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the start of the selected run by Shift and an arrow; zoom by plus and minus."""
        way = shifted_way(event)
        if way:
            w_range, b_range = self._box.viewRange()
            self.start_shifted.emit(way[0] * stride(*w_range), way[1] * stride(*b_range))
        elif not self._box.zoom_by_key(event.key()):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if shifted_way(event) and not event.isAutoRepeat():
            self.gesture_finished.emit()
        super().keyReleaseEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def _on_mouse(self, where: QPointF) -> None:
        if self.surface is None or not self._box.sceneBoundingRect().contains(where):
            self.left.emit()
            return
        place = self._box.mapSceneToView(where)
        loss = float(self.surface.loss_at(np.array(place.x()), np.array(place.y())))
        self.hovered.emit(place.x(), place.y(), loss)


class StartMarker(InFront, pg.TargetItem):
    """Where the selected run starts; it can be dragged."""
