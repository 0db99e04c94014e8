"""The contour map: the error surface from above, with the trail of every visible run."""

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QLineF, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gdsim.core.model.map_overlays import CutDirection, MapOverlays
from gdsim.core.model.plane import W_AND_B, in_plane
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.surface.map_view import equal_axes
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.accessible import Graphic, read_as
from gdsim.gui.arrows.choice import ArrowChoice, Layer, drawing_of, pulls_of, update_to_draw
from gdsim.gui.arrows.search_marks import cut_line, shown_tries
from gdsim.gui.forms.layouts import grid
from gdsim.gui.map.batch_contours import BatchContours
from gdsim.gui.map.colour_bar import ColourBar
from gdsim.gui.map.map_arrows import MapArrows
from gdsim.gui.map.map_box import MapBox
from gdsim.gui.map.map_field import MapField
from gdsim.gui.map.map_ground import MapGroundItems
from gdsim.gui.map.map_lens import MapLens
from gdsim.gui.map.map_runs import MapRuns
from gdsim.gui.map.map_search import MapSearch
from gdsim.gui.map.offscreen_markers import MapExits
from gdsim.gui.map.slice_note import SliceNote
from gdsim.gui.paint.budget import budget_of_picture
from gdsim.gui.paint.drawing import translucent
from gdsim.gui.paint.place_box import PlaceBox, PlaceReading, place_on, place_rows
from gdsim.gui.paint.plot import make_still_plot, paint_plot, plain_pen
from gdsim.gui.paint.plot_keys import FocusRing, arrow_way, shifted_way, stride, zoom_way
from gdsim.gui.paint.still_plot import InFront, PlotMapping
from gdsim.gui.paint.words import runs_words, surface_words
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.style.theme import LIGHT, Look
from gdsim.session.frame import Frame

# Pixels from the corner of the map to the words in it.
_INSET = 4
# Radius of the ring of the cross-hair, in pixels.
_RING = 5.0


@read_as(Graphic)
class ContourPane(QWidget):
    """A map with loss colours, contour lines, runs, the minimum, and the start of the selected run."""

    picked = Signal(float, float)  # w, b of a clicked place
    start_picked = Signal(float, float)  # w, b of a place clicked with the Control key
    start_dragged = Signal(float, float)  # w, b of the start marker while it is dragged
    start_shifted = Signal(float, float)  # the distance in w and b by which to move the start
    view_range_requested = Signal(object)  # ViewRange, after the map was zoomed or moved
    gesture_finished = Signal()  # a drag, or moves by keys, ended
    pointed = Signal(object)  # PlaceReading under the mouse or at the cross-hair moved by keys; None for none
    aspect_changed = Signal(float)  # width of the map divided by its height

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Contour map"))
        self._box = MapBox()
        self._plot = make_still_plot("w", "b", self._box)
        self._plot.setMinimumWidth(200)
        FontScaler(self._plot, QWidget.setMinimumHeight, 84)
        self._bar = ColourBar()
        self.note = SliceNote()
        layout = grid(self)
        layout.addWidget(self._plot, 0, 0)
        layout.addWidget(self._bar, 0, 1)
        self.foot = QHBoxLayout()  # the row below the map of a slice
        self.foot.addWidget(self.note, 1)
        layout.addLayout(self.foot, 1, 0, 1, 2)
        layout.setColumnStretch(0, 1)
        layout.setRowStretch(0, 1)
        FocusRing(self, self._plot)
        self.surface: LossSurface | None = None
        self.frame: Frame | None = None
        self.reads_values = False  # whether mouse and keys read values; not in exercises that ask for these
        self._choice = ArrowChoice()
        self._cut: CutDirection | None = None
        self._view_range = LECTURE_VIEW_RANGE
        self._fills = True
        self._aspect = 1.0
        self.look = Look(LIGHT)
        self._concealed = frozenset[str]()
        self._shifting = False  # whether keys are moving the start
        # Width of the map divided by its height, as last visible, since a hidden map requests nothing.
        self.aspect: float | None = None
        self._describe()
        self._add_items()
        self._connect()

    def picture_in_words(self) -> str:
        found = self.search.found
        sentences = (
            runs_words(self.frame),
            found.sentence if found else "",
            self.lens.words,
            self.tr("Arrows all over the map point down, against the gradient.") if self.field.on else "",
        )
        return " ".join(filter(None, sentences))

    def _describe(self) -> None:
        shown = surface_words(self.surface, self._concealed) if self.surface else ""
        self.setAccessibleDescription(f"{shown} {self._help()}".strip())

    def _help(self) -> str:
        return self.tr(
            "Drag the ring to move the start of the selected run, or click with the Control key, or press "
            "Shift and the arrow keys; read values with the mouse, or with Alt and the arrow keys; zoom "
            "with the wheel, or with plus and minus."
        )

    def _add_items(self) -> None:
        self.ground = MapGroundItems(self._plot)
        self._start = StartMarker(size=17, symbol="o", movable=True, label=None)
        self._start.setZValue(30)
        self._start.hide()
        self._shown_start: list[float] | None = None
        self._plot.getViewBox().addItem(self._start, ignoreBounds=True)
        self._runs, self.arrows, self.lens = MapRuns(), MapArrows(), MapLens()
        self.field, self.search = MapField(), MapSearch()
        self._plot.moving = self._paint_moving
        self.batch_contours = BatchContours(self._plot)
        self._exits = MapExits(self._plot)
        self._unequal = PlainLabel(self.tr("not to scale"), self._plot, name="onMap")
        self._unequal.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._unequal.hide()
        self.cross_hair: PlaceReading | None = None
        self.place_box = PlaceBox(self)
        self._mouse: QPointF | None = None  # on the scene, while it is over the map
        self._pointed: PlaceReading | None = None

    def set_remedy(self, words: str) -> None:
        """Set the words that tell how to bring runs back that have left the map."""
        self._exits.remedy = words

    def set_exit_words(self, *, on: bool) -> None:
        """Set whether words on the map say which runs have left it, besides their arrows."""
        self._exits.says_words = on
        self._exits.update()

    def _connect(self) -> None:
        self._box.picked.connect(self.picked)
        self._box.start_picked.connect(self.start_picked)
        self._box.view_range_requested.connect(self.view_range_requested)
        self._box.gesture_finished.connect(self.gesture_finished)
        self._start.sigPositionChanged.connect(self._on_start_moved)
        self._start.sigPositionChangeFinished.connect(self.gesture_finished)
        self._plot.scene().sigMouseMoved.connect(self._on_mouse)
        self._box.sigResized.connect(self._cover_map)

    def set_look(self, look: Look) -> None:
        self.look, theme, pen = look, look.theme, look.pen
        paint_plot(self._plot, look, grid=False)
        self._bar.set_theme(theme)
        self.ground.set_look(look)
        self._start.setPen(plain_pen("#ffffff", 2.5 * pen))
        self._start.setHoverPen(plain_pen(theme.accent, 3.0 * pen))
        self._start.setBrush(pg.mkBrush(0, 0, 0, 60))
        self._exits.set_look(look)
        self.place_box.set_look(look)
        self._make_room_for_numbers()
        for layer in (self.batch_contours, self.field):
            layer.set_theme(theme)
        for runs in (self.arrows, self._runs, self.search, self.lens):
            runs.set_look(look)
        if look.concealed != self._concealed:
            self._concealed = look.concealed
            self._describe()
        self._plot.forget()
        self._plot.move()

    def set_arrows(self, choice: ArrowChoice) -> None:
        self._choice = choice
        self.batch_contours.set_visible(Layer.BATCH_LOSS in choice.layers)
        self._show_arrows()

    def set_drawn(self, drawn: MapOverlays) -> None:
        """Show or hide the cut, the curvature at the selected run and the gradient field."""
        self._cut, self.lens.on, self.field.on = drawn.cut, drawn.lens, drawn.field
        self._show_lens()
        self._show_arrows()
        self._plot.move()

    def show_view_range(self, view_range: ViewRange) -> None:
        self._view_range = self._box.asked = view_range
        self._make_room_for_numbers()
        self._fit()

    def set_fills(self, fills: bool) -> None:
        """Set whether the view range fills the pane, or axes are equal and more is drawn around it."""
        self._fills = fills
        self._fit()

    def _show_lens(self) -> None:
        current = self.frame.current if self.frame else None
        shown = self.lens.on and current is not None and not current.run.hidden
        found = None
        if shown and self.frame:
            from gdsim.gui.arrows.stability import stability_of  # noqa: PLC0415 - not before the first lens

            found = stability_of(self.frame)
        self.lens.show(found, self.frame.plane.axes if self.frame else W_AND_B)

    @property
    def is_equal(self) -> bool:
        """Whether a unit of w is drawn as long as a unit of b."""
        (w_min, w_max), (b_min, b_max) = self._box.viewRange()
        return math.isclose((w_max - w_min) / self._aspect, b_max - b_min, rel_tol=1e-6)

    def _fit(self) -> None:
        asked = self._view_range
        drawn = asked if self._fills else equal_axes(asked, self._aspect)
        self._box.setRange(
            xRange=(drawn.w_min, drawn.w_max), yRange=(drawn.b_min, drawn.b_max), padding=0.0, update=True
        )
        self._unequal.setVisible(not self.is_equal)
        self._show_exits()
        self._read_again()

    def _make_room_for_numbers(self) -> None:
        """Reserve the same room for the numbers beside the map, whatever it has shown before."""
        low, high = self._view_range.b_min, self._view_range.b_max
        self._plot.getAxis("left").keep_room_for(low - (high - low), high + (high - low))

    def show_surface(self, surface: LossSurface) -> None:
        self.surface = surface
        self.ground.show_surface(surface)
        self.field.show_surface(surface)
        self._bar.show_shade(surface.shade, surface.step, surface.heights)
        self._plot.forget()
        self._describe()
        self._show_arrows()
        self._read_again()

    def show_frame(self, frame: Frame) -> None:
        self.frame = frame
        self.note.show_frame(frame)
        self._runs.show_frame(frame)
        self._show_lens()
        self._plot.move()
        self._show_exits()
        self._show_start(frame)
        self._show_arrows()

    def _show_exits(self) -> None:
        if self.frame is not None:
            (w_low, w_high), (b_low, b_high) = self._box.viewRange()
            self._exits.show_frame(self.frame, (w_low, b_low), (w_high, b_high))

    def _paint_moving(self, painter: QPainter, place: PlotMapping) -> None:
        for layer in (self.field, self.lens, self.search):
            layer.paint(painter, place)
        budget = budget_of_picture()
        self._runs.paint(painter, place, budget)
        if budget.is_spent:
            self._plot.move()
        taken = [*self._runs.rooms_of_others(), *self.ground.rooms_of_crosses(place)]
        if self.arrows.paint(painter, place, taken):
            self._runs.paint_other_heads(painter)
        self.search.paint_tries(painter, place)
        self.lens.paint_numbers(painter, place, self.arrows.rooms_of_factors)

    def _cover_map(self) -> None:
        area = self._box.sceneBoundingRect()
        self._exits.setGeometry(area.toRect())
        self._bar.stand_beside(area.top(), area.bottom())
        self._unequal.adjustSize()
        self._unequal.move(area.toRect().topLeft() + QPoint(_INSET, _INSET))
        size = self._box.rect()  # the rectangle that the range is stretched over
        if size.isEmpty():
            return
        aspect = size.width() / size.height()
        if aspect != self._aspect:
            self._aspect = aspect
            self._fit()
        if self.isVisible() and aspect != self.aspect:
            self.aspect = aspect
            self.aspect_changed.emit(aspect)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._cover_map()

    def _show_arrows(self) -> None:
        frame, surface = self.frame, self.surface
        if frame is None or surface is None:
            return
        # Arrows are magnified for the surface that is drawn, as in the 3D pane.
        view_range = surface.view_range
        self.arrows.show(
            drawing_of(frame, self._choice, view_range),
            frame.part,
            pulls_of(frame, self._choice, view_range),
        )
        line = cut_line(self._cut, frame, surface)
        self.search.show(line, shown_tries(frame, self._choice), frame.plane.axes)
        self._plot.move()
        update = update_to_draw(frame, self._choice)
        if frame.playing:
            self.batch_contours.hide()
        else:
            ground = surface.ground
            self.batch_contours.show_when_paused(update, ground.view_range, frame.plane, log=ground.plan.log)

    def _show_start(self, frame: Frame) -> None:
        current = frame.current
        begins = current.begins if current else None
        start = in_plane(np.array(begins), current.axes).tolist() if current and begins else None
        if start == self._shown_start or self._start.moving:
            return
        self._shown_start = start
        self._start.setVisible(start is not None)
        if start:
            self._start.blockSignals(True)
            self._start.setPos(*start)
            self._start.blockSignals(False)
        self._plot.move_front()

    def _on_start_moved(self) -> None:
        place = self._start.pos()
        self._shown_start = [place.x(), place.y()]
        self.start_dragged.emit(place.x(), place.y())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the start by Shift and arrows, the cross-hair by Alt and arrows; zoom by plus and minus."""
        way = shifted_way(event)
        reading = arrow_way(event, Qt.KeyboardModifier.AltModifier) if self.reads_values else None
        w_range, b_range = self._box.viewRange()
        if way:
            self._shifting = True
            self.start_shifted.emit(way[0] * stride(*w_range), way[1] * stride(*b_range))
        elif reading:
            self._mouse = None
            w, b = self._read_from()
            self._point(w + reading[0] * stride(*w_range), b + reading[1] * stride(*b_range))
        elif event.key() == Qt.Key.Key_Escape and self._pointed is not None:
            self._stop_reading()
        elif zoom := zoom_way(event):
            self._box.zoom_by_key(zoom)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if not event.isAutoRepeat():
            self._end_shifting()
        super().keyReleaseEvent(event)

    def _end_shifting(self) -> None:
        if self._shifting:
            self._shifting = False
            self.gesture_finished.emit()

    # ------------------------------------------------------------------ reading values

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._stop_reading()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._end_shifting()
        if self._mouse is None:
            self._stop_reading()

    def _on_mouse(self, where: QPointF) -> None:
        if not self.reads_values or not self._box.sceneBoundingRect().contains(where):
            self._stop_reading()
            return
        self._mouse = where
        self._read_again()

    def _stop_reading(self) -> None:
        self._mouse = None
        if self._pointed is not None:
            self._pointed = None
            self.place_box.hide()
            self.point_at(None)
            self.pointed.emit(None)

    def _read_again(self) -> None:
        """Read the place under the mouse or cross-hair again, after the map has changed."""
        if self._mouse is not None:
            place = self._box.mapSceneToView(self._mouse)
            self._point(place.x(), place.y())
        elif self._pointed is not None:
            self._point(self._pointed.w, self._pointed.b)

    def _read_from(self) -> tuple[float, float]:
        """Return where reading by keys starts: the cross-hair, else the selected run, else the middle."""
        (w_min, w_max), (b_min, b_max) = self._box.viewRange()
        if self._pointed is not None:
            return self._pointed.w, self._pointed.b
        current = self.frame.current if self.frame else None
        if current and w_min <= current.place[0] <= w_max and b_min <= current.place[1] <= b_max:
            return current.place
        return (w_min + w_max) / 2.0, (b_min + b_max) / 2.0

    def _point(self, w: float, b: float) -> None:
        if self.surface is None:
            return
        (w_min, w_max), (b_min, b_max) = self._box.viewRange()
        w, b = min(max(w, w_min), w_max), min(max(b, b_min), b_max)
        self._pointed = place_on(self.surface, w, b)
        area = self._box.sceneBoundingRect()
        units = (w_max - w_min) / area.width(), (b_max - b_min) / area.height()
        rows = place_rows(self._pointed, units, self.surface.plane.names)
        scene = self._box.mapViewToScene(QPointF(w, b))
        self.place_box.show_beside(QPointF(self._plot.mapTo(self, scene.toPoint())), rows)
        self.point_at(self._pointed)
        self.pointed.emit(self._pointed)

    def point_at(self, place: PlaceReading | None) -> None:
        """Draw a cross-hair at a place on the map, or none."""
        (w_min, w_max), (b_min, b_max) = self._box.viewRange()
        is_on_map = place is not None and w_min <= place.w <= w_max and b_min <= place.b <= b_max
        self.cross_hair = place if is_on_map else None
        self._plot.on_top = self._paint_cross_hair if self.cross_hair else None
        self._plot.move()

    def _paint_cross_hair(self, painter: QPainter, place: PlotMapping) -> None:
        assert self.cross_hair is not None  # noqa: S101 - else this is not called
        theme, scale, area = self.look.theme, self.look.ui_scale, place.area
        at, ring = place.pixel(self.cross_hair.w, self.cross_hair.b), _RING * scale
        lines = [
            QLineF(area.left(), at.y(), at.x() - ring, at.y()),
            QLineF(at.x() + ring, at.y(), area.right(), at.y()),
            QLineF(at.x(), area.top(), at.x(), at.y() - ring),
            QLineF(at.x(), at.y() + ring, at.x(), area.bottom()),
        ]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width, alpha in ((theme.halo, 3.0, 120), (theme.text, 1.0, 220)):
            painter.setPen(QPen(translucent(colour, alpha), width * scale))
            painter.drawLines(lines)
            painter.drawEllipse(at, ring, ring)


class StartMarker(InFront, pg.TargetItem):
    """A draggable marker at the start of the selected run."""
