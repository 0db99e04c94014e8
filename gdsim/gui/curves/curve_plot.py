"""The plot of the curves: axes, lines, ticks at the bottom, cursor, and the veil over the future."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent, MouseDragEvent
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gdsim.core.arrays import Array
from gdsim.gui.curves.curve_labels import EndLabel, EndLabels
from gdsim.gui.curves.curve_readout import CurveReading, Readout
from gdsim.gui.curves.time_view import ZOOM, TimeView
from gdsim.gui.forms.layouts import fill_layout
from gdsim.gui.paint.drawing import Marker, translucent
from gdsim.gui.paint.plot import TICK_LENGTH, make_still_plot, paint_plot, plain_pen, set_grid
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.paint.thin_curve import ThinCurve
from gdsim.gui.paint.value_axis import StepAxis, ValueAxis
from gdsim.gui.plain_text import PlainLabel
from gdsim.gui.style.text_size import FontScaler
from gdsim.gui.style.theme import LIGHT, Look, RunStyle

# Opacity of the veil over the part ahead of the cursor, through which curves remain visible.
_VEIL = 175
# Opacity of the band over the part that is being chosen with the mouse.
_BAND = 60
_NOTE = 11
_AXIS_WIDTH, _AXIS_HEIGHT = 52, 18
# Pixels above the plot, for the upper half of the number at the top of the axis.
_ABOVE = 5
# Height of one curve's ticks in pixels, and the share of the plot that the ticks of all curves may take.
_TICK, _TICKS_SHARE = 5.0, 0.22
_HEAD = 9.0
# Extra room above and below while the future is hidden, as a share of the range of the values.
_ROOM = 0.25
# Beyond this value pyqtgraph's ranges overflow.
_LARGEST = 1e150


class CurveBox(pg.ViewBox):
    """A view box that emits signals for mouse gestures instead of changing its range.

    All places are horizontal ones.
    """

    seeked = Signal(float)  # a place that was clicked, or dragged over while the whole axis is visible
    zoomed = Signal(float, float)  # a place, and by how many notches the wheel was turned there
    moved = Signal(float)  # the distance by which to move the view
    spanned = Signal(float, float, bool)  # the two ends of a drag with Shift; whether it has ended
    all_wanted = Signal()  # after a double click

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.is_zoomed = False

    def mouseClickEvent(self, event: MouseClickEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        event.accept()
        if event.double():
            self.all_wanted.emit()
        else:
            self.seeked.emit(self.mapToView(event.pos()).x())

    def mouseDragEvent(self, event: MouseDragEvent, axis: object = None) -> None:
        event.accept()
        here = self.mapToView(event.pos()).x()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.spanned.emit(self.mapToView(event.buttonDownPos()).x(), here, event.isFinish())
        elif self.is_zoomed:
            self.moved.emit(self.mapToView(event.lastPos()).x() - here)
        else:
            self.seeked.emit(here)

    def wheelEvent(self, event: object, axis: object = None) -> None:
        event.accept()  # type: ignore[attr-defined]
        place = self.mapToView(event.pos()).x()  # type: ignore[attr-defined]
        self.zoomed.emit(place, event.delta() / 120.0)  # type: ignore[attr-defined]


class Stroke(NamedTuple):
    x: Array
    y: Array
    style: RunStyle
    label: str  # rich text for its end
    ticks: Array  # (k,): places on the horizontal axis that get a tick in the curve's colour


class AxesRange(NamedTuple):
    time: TimeView  # of the horizontal axis
    unit: str  # of the horizontal axis; empty for an axis without numbers
    # The lowest value that a logarithmic vertical axis makes room for; None for a linear axis.
    floor: float | None

    def scaled(self, values: Array) -> Array:
        """Return the heights of values; NaN, which leaves a gap, for values without a logarithm."""
        if self.floor is None:
            return np.clip(values, -_LARGEST, _LARGEST)
        return np.log10(np.where(values > 0.0, values, np.nan))

    def height(self, value: float) -> float:
        if self.floor is None:
            return min(max(value, -_LARGEST), _LARGEST)
        return math.log10(value) if value > 0.0 else math.nan


class CurvePlot(QWidget):
    """A plot of curves that are not redrawn while the cursor and the veil move over them."""

    seeked = Signal(float)  # the step that was clicked
    hovered = Signal(float)  # the step under the mouse; NaN when the mouse has left
    part_wanted = Signal(object)  # the part of the axis to show, see `TimeView`; None for all
    outgrown = Signal()  # the plot is about to be painted, in another size than its curves are drawn for

    def __init__(self) -> None:
        super().__init__()
        self.box = CurveBox()
        self._axis = ValueAxis()
        self._ends = EndLabels()
        self._steps = StepAxis()
        self.plot = make_still_plot("", "", self.box, (self._axis, self._steps, self._ends))
        self.plot.setMinimumWidth(260)
        FontScaler(self.plot, QWidget.setMinimumHeight, 82)
        self._steps.setHeight(_AXIS_HEIGHT)
        fill_layout(QVBoxLayout(self), self.plot)
        self.curves: list[ThinCurve] = []
        self.behind: list[ThinCurve] = []
        self.ticks: list[ThinCurve] = []
        self.scale = AxesRange(TimeView(), "", None)
        self.note = ""  # words in the upper corner
        self.hides_future = False  # whether the part ahead of the cursor is hidden, not only veiled
        self.drawn_until = math.inf  # while the future is hidden, the place up to which the range is fitted
        self._span: tuple[float, float] | None = None  # the part of the axis being chosen with the mouse
        self._strokes: Sequence[Stroke] = ()
        self._lanes = 0  # rows of ticks at the bottom, one for each curve that has ticks
        self._look = Look(LIGHT)
        self._note_font = QFont()
        self.now = self.end = 0.0  # the cursor, and the end of the veil that begins there
        # Place and height of each curve at the cursor; NaN for an unknown height.
        self.heads: list[tuple[float, float]] = []
        self.hair: float | None = None  # the place of the vertical line at which values are read
        self._markers: list[Marker] = []
        self.zero = pg.InfiniteLine(angle=0, movable=False)
        self.box.addItem(self.zero, ignoreBounds=True)
        self.plot.moving = self._paint_place
        self.words = PlainLabel(parent=self.plot, name="hint")
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.readout = Readout(self.plot)
        self.box.seeked.connect(lambda place: self.seeked.emit(self.scale.time.step_at(place)))
        self.box.zoomed.connect(self._on_wheel)
        self.box.moved.connect(lambda by: self.part_wanted.emit(self.scale.time.moved(by)))
        self.box.spanned.connect(self._on_span)
        self.box.all_wanted.connect(lambda: self.part_wanted.emit(None))
        self._has_new_size = False
        self.box.sigResized.connect(self._on_resized)
        self.plot.scene().sigPrepareForPaint.connect(self._fit_size)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse)
        self.plot.viewport().installEventFilter(self)

    def _on_resized(self) -> None:
        self._has_new_size = True

    def _fit_size(self) -> None:
        """Have the curves redrawn for a new size, but not for each size that a layout passes through."""
        if self._has_new_size:
            self._has_new_size = False
            self.outgrown.emit()

    def set_look(self, look: Look) -> None:
        self._look, theme = look, look.theme
        paint_plot(self.plot, look, grid=True)
        self._veil, self._band = translucent(theme.card, _VEIL), translucent(theme.accent, _BAND)
        self._note_font.setPixelSize(round(_NOTE * look.ui_scale))
        self._line_pen = plain_pen(theme.accent, 1.5 * look.pen)
        self._hair_pen = plain_pen(theme.faint, look.pen)
        self.zero.setPen(plain_pen(theme.faint, look.pen, 150))
        self.readout.set_look(look)
        self._ends.set_look(look)
        if (height := round(_AXIS_HEIGHT * look.ui_scale)) != self._steps.fixedHeight:
            self._steps.setHeight(height)
        self.plot.leave_room_above(_ABOVE * look.ui_scale)
        self.plot.forget()

    def draw(
        self,
        strokes: Sequence[Stroke],
        scale: AxesRange,
        words: str = "",
        pale: Sequence[Stroke] = (),
        *,
        until: float = math.inf,
    ) -> None:
        """Draw curves, and behind them pale ones, which have neither names nor markers.

        The vertical range fits the values up to the place ``until``; while the future is hidden, it has some
        extra room.
        """
        self.scale, self.drawn_until = scale, until
        self.box.is_zoomed = scale.time.part is not None
        self._steps.set_log(log=scale.time.log)
        self._show_words(words)
        heights = [scale.scaled(stroke.y) for stroke in strokes]
        self._draw_ends(strokes, heights)
        ticked = _ticked(strokes, until)
        self._lanes = len(ticked)
        tall = max(20.0, self.box.height())
        lane = min(_TICK + 1.0, _TICKS_SHARE * tall / len(ticked)) if ticked else 0.0
        behind = [scale.scaled(stroke.y) for stroke in pale]
        shown = [y[one.x <= until] for one, y in zip([*strokes, *pale], [*heights, *behind], strict=True)]
        pixel = self._fit_range(shown, lane * len(ticked), tall)
        _fit(self.behind, len(pale), self.box, "finite")
        for curve in self.behind:
            curve.setZValue(-1.0)
        _fit(self.curves, len(strokes), self.box, "finite")
        every = zip([*self.behind, *self.curves], [*pale, *strokes], [*behind, *heights], strict=True)
        for curve, stroke, y in every:
            curve.show_places(scale.time.across(stroke.x), y)
        self._draw_ticks(ticked, lane, pixel)
        self._colour(strokes, pale)
        self.plot.place()  # lay out what has moved before the plot is painted, not after

    def recolour(self, strokes: Sequence[Stroke], pale: Sequence[Stroke]) -> None:
        """Restyle the curves with strokes that differ from the drawn ones only in style."""
        self._draw_ends(strokes, [self.scale.scaled(stroke.y) for stroke in strokes])
        self._colour(strokes, pale)

    def _colour(self, strokes: Sequence[Stroke], pale: Sequence[Stroke]) -> None:
        self._strokes, look = strokes, self._look
        for curve, stroke in zip([*self.behind, *self.curves], [*pale, *strokes], strict=True):
            curve.set_style(stroke.style, look.ui_scale)
        for curve, stroke in zip(self.ticks, _ticked(strokes, self.drawn_until), strict=True):
            curve.set_style(RunStyle(stroke.style.colour, (), ""), look.ui_scale)
        outline, size = plain_pen(look.theme.card, 1.5 * look.pen), _HEAD * look.ui_scale
        self._markers = [Marker(one.style.marker, size, outline, one.style.colour) for one in strokes]
        self.plot.forget()

    def _show_words(self, words: str) -> None:
        self.words.show_words(words)
        for axis, shown in ((self._axis, not words), (self._steps, bool(self.scale.unit))):
            if axis.style["showValues"] != shown:
                axis.setStyle(showValues=shown, tickLength=TICK_LENGTH if shown else 0)
            set_grid(axis, on=not words)

    def _draw_ends(self, strokes: Sequence[Stroke], heights: Sequence[Array]) -> None:
        known = [y[np.isfinite(y)] for y in heights]
        if self.hides_future:  # `name_heads` then writes each name beside the current value
            known = [y[:0] for y in heights]
        named = [
            EndLabel(float(y[-1]), stroke.label, stroke.style.colour)
            for stroke, y in zip(strokes, known, strict=True)
            if stroke.label and len(y)
        ]
        self._ends.set_labels(named, self.scale.unit)

    def _fit_range(self, heights: Sequence[Array], foot: float, tall: float) -> float:
        """Fit the vertical range to the heights, above a foot for ticks and below the note.

        The foot and the plot's height ``tall`` are in pixels. Return the height of a pixel on the axis.
        """
        drawn = [known for y in heights if len(known := y[np.isfinite(y)])]
        low = min((float(y.min()) for y in drawn), default=0.0)
        high = max((float(y.max()) for y in drawn), default=1.0)
        if self.scale.floor is not None and high > (floor := math.log10(self.scale.floor)):
            low = max(low, floor)  # a curve that falls lower leaves the plot at the bottom
            # A range that is only rounding error is that of a level line.
        room = 0.06 * (high - low)
        if room <= 1e-12 * max(abs(low), abs(high)):
            room = 0.1 if self.scale.floor is not None else 0.1 * abs(high) or 0.1
        low, high = low - room, high + room
        if self.hides_future:  # leave room, so that the range does not reveal future values
            low, high = _widened(low, high, log=self.scale.floor is not None)
        head = 1.5 * self._note_font.pixelSize() if self.note else 0.0
        pixel = (high - low) / max(10.0, tall - foot - head)
        high += head * pixel
        self._axis.set_values(log=self.scale.floor is not None, lowest=low)
        bottom = low - foot * pixel
        self._axis.make_room(round(_AXIS_WIDTH * self._look.ui_scale), bottom, high, tall)
        self.box.setXRange(*self.scale.time.drawn, padding=0.0)
        self.box.setYRange(bottom, high, padding=0.0)
        self.zero.setVisible(self.scale.floor is None and low < 0.0 < high)
        return pixel

    def _draw_ticks(self, ticked: Sequence[Stroke], lane: float, pixel: float) -> None:
        _fit(self.ticks, len(ticked), self.box, "pairs")
        foot = self.box.viewRange()[1][0]
        for row, (curve, stroke) in enumerate(zip(self.ticks, ticked, strict=True)):
            top = foot + (len(ticked) - row) * lane * pixel
            bottom = top - max(lane - 1.0, 1.0) * pixel
            places = self.scale.time.across(stroke.ticks)
            curve.show_places(np.repeat(places, 2), np.tile([bottom, top], len(stroke.ticks)))

    def show_place(self, cursor: float, end: float, heads: Sequence[tuple[float, float]]) -> None:
        """Move the cursor, the veil up to ``end``, and the curves' heads, given as place and value."""
        self.now, self.end = cursor, end
        self.heads = [(x, self.scale.height(value)) for x, value in heads]
        self.plot.move()

    def fits(self, cursor: float) -> bool:
        """Return whether the plot shows the curves up to the cursor and reveals nothing later."""
        low, high = self.box.viewRange()[1]
        known = [y for _, y in self.heads if not math.isnan(y)]
        has_lanes = self._lanes == len(_ticked(self._strokes, cursor))
        return self.drawn_until <= cursor and has_lanes and all(low <= y <= high for y in known)

    def name_heads(self, strokes: Sequence[Stroke]) -> None:
        """Write the name of each curve at its current height, because its end would reveal the future."""
        named = [
            EndLabel(y, stroke.label, stroke.style.colour)
            for stroke, (_, y) in zip(strokes, self.heads, strict=False)
            if stroke.label and y == y  # noqa: PLR0124 - not where the height is not known
        ]
        self._ends.set_labels(named, self.scale.unit)
        self.plot.forget()

    def _on_wheel(self, place: float, notches: float) -> None:
        time = self.scale.time
        self.part_wanted.emit(time.zoomed(time.step_at(place), ZOOM**-notches))

    def _on_span(self, one: float, other: float, is_done: bool) -> None:
        self._span = None if is_done else (one, other)
        self.plot.move()
        if is_done:
            time = self.scale.time
            self.part_wanted.emit(time.between(time.step_at(one), time.step_at(other)))

    def _paint_place(self, painter: QPainter, place: PlotMapping) -> None:
        if self.words.text():
            return
        log = self.scale.time.log  # faster than `across`, because this runs in every frame of playback
        area, left = place.area, place.pixel(math.log10(1.0 + self.now) if log else self.now, 0.0).x()
        if self.hides_future:
            painter.fillRect(area.adjusted(left - area.left(), 0.0, 1.0, 1.0), QColor(self._look.theme.card))
        else:
            right = max(left, place.pixel(math.log10(1.0 + self.end) if log else self.end, 0.0).x())
            painter.fillRect(QRectF(left, area.top(), right - left, area.height()), self._veil)
        if self._span:
            first, last = (place.pixel(x, 0.0).x() for x in self._span)
            painter.fillRect(QRectF(first, area.top(), last - first, area.height()), self._band)
        if self.hair is not None:
            painter.setPen(self._hair_pen)
            x = place.pixel(self.scale.time.across(self.hair), 0.0).x()
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(self._line_pen)
        painter.drawLine(QPointF(left, area.top()), QPointF(left, area.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for marker, (x, y) in zip(self._markers, self.heads, strict=False):
            if y == y:  # noqa: PLR0124 - not where the height is not known
                marker.paint(painter, place.pixel(math.log10(1.0 + x) if log else x, y))
        if self.note:
            self._paint_note(painter, area)

    def _paint_note(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self._note_font)
        painter.setPen(QColor(self._look.theme.muted))
        corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        place = area.adjusted(0.0, 2.0, -6.0, 0.0)
        painter.fillRect(painter.boundingRect(place, corner, self.note), QColor(self._look.theme.card))
        painter.drawText(place, corner, self.note)

    def read(self, x: float, title: str, readings: tuple[CurveReading, ...]) -> None:
        self.hair = x
        self.plot.move()
        self.readout.show_readings(title, readings, self.pixel_of(x))

    def read_nothing(self) -> None:
        if self.hair is not None:
            self.hair = None
            self.plot.move()
        self.readout.hide()

    def pixel_of(self, x: float) -> float:
        """Return the horizontal position of a step, in pixels of this widget."""
        (left, right), area = self.box.viewRange()[0], self.box.sceneBoundingRect()
        return float(area.left() + (self.scale.time.across(x) - left) / (right - left) * area.width())

    def ends(self) -> tuple[float, float]:
        """Return the left and right edges of the plot, in pixels of this widget."""
        area = self.box.sceneBoundingRect()
        return area.left(), area.right()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Leave:
            self.hovered.emit(np.nan)
        elif kind == QEvent.Type.Resize:
            self.words.setGeometry(self.plot.rect().adjusted(_AXIS_WIDTH, 0, -_AXIS_WIDTH, -_AXIS_HEIGHT))
        return False

    def _on_mouse(self, where: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(where)
        self.hovered.emit(self.scale.time.step_at(self.box.mapSceneToView(where).x()) if inside else np.nan)


def _ticked(strokes: Sequence[Stroke], until: float) -> list[Stroke]:
    return [one for one in strokes if len(one.ticks) and one.ticks.min() <= until]


def _widened(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """Widen a range to whole powers of ten, or by half of its length if the axis is linear."""
    if log:
        return math.floor(low), math.ceil(high)
    more = _ROOM * (high - low)
    return low - more, high + more


def _fit(curves: list[ThinCurve], wanted: int, box: pg.ViewBox, connect: str) -> None:
    while len(curves) > wanted:
        box.removeItem(curves.pop())
    while len(curves) < wanted:
        curves.append(ThinCurve(connect))
        box.addItem(curves[-1], ignoreBounds=True)
