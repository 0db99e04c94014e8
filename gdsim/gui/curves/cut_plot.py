"""The loss along a line through the selected run, with slope triangles."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gdsim.core.analysis.searched import SearchedStep
from gdsim.core.arrays import Array
from gdsim.core.formulas.nice_ticks import rounded_down, rounded_up
from gdsim.core.formulas.numerals import number
from gdsim.core.model.map_overlays import CutDirection, CutWay
from gdsim.core.model.plane import W_AND_B
from gdsim.core.surface.cut import Cut, CutPoint, cut_through
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.search_marks import cut_direction_at, paint_tries
from gdsim.gui.curves.curve_header import HeaderContent
from gdsim.gui.curves.curve_words import CUTS, cut_names
from gdsim.gui.paint.drawing import Marker, translucent
from gdsim.gui.paint.plot import plain_pen
from gdsim.gui.paint.plot_keys import has_no_modifiers, zoom_way
from gdsim.gui.paint.small_chart import Chart, ChartAxes, ChartScale, dashed_pen
from gdsim.gui.style.text_size import BASE_SIZE, FontScaler
from gdsim.gui.style.theme import Look
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame

# The usual width of a triangle as a share of the plot's width, its greatest height as a share of the plot's
# height, and how far its slanted side extends beyond the corners, as a share of the triangle's width.
_SHARE, _HIGHEST, _BEYOND = 1.0 / 14.0, 0.5, 0.6
_LEFT, _BOTTOM, _RIGHT, _GAP = 52.0, 34.0, 14.0, 6.0
_SWATCH = 16.0
# A surface whose heights differ by no more than this share of their size is level.
_LEVEL = 1e-12
_BETWEEN = 18.0
# In pixels: below the first height the texts are shortened, and below the second the slopes are left out.
_LOW, _LOWEST = 200.0, 130.0
# Degrees by which a key turns a cut.
_TURN = 5
# In less room than this, the numbers on the axes would overlap.
_LEAST_SIZE = 30.0


class CutPlot(Chart):
    """The loss curve along a cut, with triangles that show the derivative as ΔL over Δw.

    One triangle is at the selected run, the other where the curve is steepest. The cut is computed on each
    paint, so that a hidden pane costs nothing.
    """

    wanted = Signal(object)  # the CutDirection that the user asks for
    told = Signal()  # the choices or the chosen one have changed

    def __init__(self) -> None:
        super().__init__(tr("Cut through the surface"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(260)
        FontScaler(self, QWidget.setMinimumHeight, 82)
        self._look: Look | None = None
        self.direction: CutDirection = CutWay.W
        self.chosen: CutDirection | None = None  # last chosen by the user, for the next time
        self._surface: LossSurface | None = None
        self._heights = ChartScale(0.0, 1.0)
        self._frame: Frame | None = None

    def sizeHint(self) -> QSize:
        return QSize(400, 200)

    def set_look(self, look: Look) -> None:
        self._look = look
        if self._frame is not None and self._frame.selected >= len(look.styles):
            self._frame = None  # the frame of the new set of runs is on its way
        self.update()

    def show_surface(self, surface: LossSurface) -> None:
        self._surface = surface
        self.told.emit()
        finite = surface.loss[np.isfinite(surface.loss)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
        low = 0.0 if 0.0 < low <= 0.4 * high else low
        room = 0.05 * (high - low)
        if room <= _LEVEL * max(abs(low), abs(high)):  # the heights differ by rounding errors only
            room = 0.1 * abs(high) or 1.0
        self._heights = ChartScale(low - room, high + room)
        self.update()

    def show_frame(self, frame: Frame) -> None:
        self._frame = frame
        self.update()

    def set_direction(self, direction: CutDirection) -> None:
        self.direction = direction
        self.told.emit()
        self.update()

    @property
    def head(self) -> HeaderContent:
        """The directions in which the surface can be cut."""
        is_named = isinstance(self.direction, CutWay)
        return HeaderContent(
            cut_names(self._names), CUTS.index(self.direction) if is_named else len(CUTS) - 1
        )

    @property
    def description(self) -> str:
        return tr(
            "The loss along a line through the selected run, with the slope there and where it is "
            "steepest. At an angle, plus and minus turn the line."
        )

    def choose(self, index: int) -> None:
        self._want(CUTS[index])

    def take_key(self, event: QKeyEvent) -> bool:
        """Turn a cut at an angle by plus and minus; return whether the key was handled."""
        way = zoom_way(event) if has_no_modifiers(event) else 0
        if not way or isinstance(self.direction, CutWay):
            return False
        self._want((self.direction + way * _TURN) % 180)
        return True

    def _want(self, direction: CutDirection) -> None:
        self.chosen = direction
        self.wanted.emit(direction)

    def cut(self) -> Cut | None:
        """Return the cut to draw; None without a visible run, or if the surface cannot be cut there."""
        frame, surface = self._frame, self._surface
        current = frame.current if frame else None
        if frame is None or surface is None or current is None or current.run.hidden:
            return None
        return cut_through(surface, *current.place, cut_direction_at(self.direction, frame, surface))

    def picture_in_words(self) -> str:
        cut = self.cut()
        if cut is None:
            return ""
        found = self.found()
        words = f"{self._place(cut)}. {'. '.join(self._words(cut))}."
        return f"{words} {found.sentence}" if found else words

    def found(self) -> SearchedStep | None:
        """Return the search that found the current step if the cut is along this step, else None."""
        frame = self._frame
        if self.direction is not CutWay.STEP or frame is None or frame.update is None:
            return None
        return frame.search if len(frame.update.before) == len(W_AND_B) else None

    def untried_end(self, cut: Cut, found: SearchedStep) -> tuple[float, float] | None:
        """Return where on the cut a step without tries ends, and the loss there."""
        at = _along(found.before, cut) + found.accepted * found.length
        if found.tries or not cut.at[0] <= at <= cut.at[-1]:
            return None
        return at, float(np.interp(at, cut.at, cut.loss))

    def _place(self, cut: Cut) -> str:
        first, second = self._names
        w, b = (number(value) for value in cut.through)
        across, up = (number(value) for value in cut.direction)
        match self.direction:
            case CutWay.W:
                return self.tr("L along {0}, at {1} = {2}").format(first, second, b)
            case CutWay.B:
                return self.tr("L along {0}, at {1} = {2}").format(second, first, w)
            case CutWay.STEP:
                words = self.tr("L along the step, ({0}, {1}) from the run")
            case CutWay.DOWN:
                words = self.tr("L along the negative gradient, ({0}, {1}) from the run")
            case _:
                words = self.tr("L at {2}° from {3}, ({0}, {1}) from the run; plus and minus turn it")
        return words.format(across, up, self.direction, first)

    @property
    def _names(self) -> tuple[str, str]:
        return self._surface.plane.names if self._surface else ("w", "b")

    def _words(self, cut: Cut, *, short: bool = False) -> tuple[str, str]:
        names = dict(zip((CutWay.W, CutWay.B), self._names, strict=True))
        letter = names.get(self.direction, "s") if isinstance(self.direction, CutWay) else "s"

        def words(name: str, at: CutPoint) -> str:
            if not at.is_finite:
                return self.tr("{0}: no slope").format(name)
            width = self._width(cut, at)
            numbers = (number(value) for value in (at.slope * width, width, at.slope))
            whole = self.tr("{0}: ∆L / ∆{4} = {1} / {2} = {3}")
            return (self.tr("{0}: ∆L / ∆{4} = {3}") if short else whole).format(name, *numbers, letter)

        return words(self.tr("here"), cut.here), words(self.tr("steepest"), cut.steepest)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, self.painter()
        if look is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(BASE_SIZE)
        painter.setFont(font)
        cut = self.cut()
        if cut is None:
            self._paint_words(painter, self._absence(), look)
            return
        metrics = QFontMetricsF(font)
        head = self._paint_head(painter, cut, metrics, look)
        room = self.room
        place = QRectF(_LEFT, head, room.width() - _LEFT - _RIGHT, room.height() - head - _BOTTOM)
        is_named = place.height() >= 2.0 * _LEAST_SIZE
        if not is_named:  # the plot gets the room of the words below it
            place.setHeight(place.height() + metrics.height())
        if place.width() < _LEAST_SIZE or place.height() < _LEAST_SIZE:
            return
        axes = ChartAxes(place, ChartScale(float(cut.at[0]), float(cut.at[-1])), self._heights)
        axes.paint(painter, look.theme)
        if is_named:
            painter.setPen(QColor(look.theme.muted))
            words = metrics.elidedText(
                self._place(cut), Qt.TextElideMode.ElideRight, room.width() - 2.0 * _GAP
            )
            width = metrics.horizontalAdvance(words)
            left = place.center().x() - width / 2.0
            left = max(_GAP, min(left, room.width() - _GAP - width))
            painter.drawText(QPointF(left, room.height() - metrics.descent()), words)
        painter.setClipRect(place.adjusted(-1.0, -1.0, 1.0, 1.0))
        self._paint_curve(painter, axes, cut, look)
        found = self.found()
        if found is not None:
            paint_search(painter, axes, found, _along(found.before, cut), look)
            if (end := self.untried_end(cut, found)) is not None:
                paint_tries(painter, [axes.point(*end)], 0, look.theme, numbered=False)

    def _absence(self) -> str:
        current = self._frame.current if self._frame else None
        if current is None or current.run.hidden:
            return self.tr("There is no run to cut the surface at.")
        return self.tr(
            "There is nothing to cut here: the run does not move, is far outside, or the loss has no "
            "value around it."
        )

    def _paint_words(self, painter: QPainter, words: str, look: Look) -> None:
        painter.setPen(QColor(look.theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(QPointF(), self.room), flags, words)

    def _paint_head(self, painter: QPainter, cut: Cut, metrics: QFontMetricsF, look: Look) -> float:
        """Write both slopes and a search's result above the plot; return where the plot may begin."""
        left, top = _LEFT, 2.0
        found = self.found()
        if found is not None:
            painter.setPen(QColor(look.theme.text))
            width = self.room.width() - left - _RIGHT
            sentence, room = found.sentence, QRectF(left, top, width, self.room.height())
            if self.room.height() < _LOW:  # save rows for the plot
                sentence = metrics.elidedText(sentence, Qt.TextElideMode.ElideRight, width)
            painter.drawText(room, Qt.TextFlag.TextWordWrap, sentence)
            top += metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, sentence).height()
            if self.room.height() < _LOWEST:  # the triangles still show both slopes
                return top + _GAP
        texts = self._words(cut)
        beside = 2.0 * (_SWATCH + 4.0) + _BETWEEN + sum(map(metrics.horizontalAdvance, texts))
        widest = _SWATCH + 4.0 + max(map(metrics.horizontalAdvance, texts))
        saves_row = left + beside > self.room.width() - _RIGHT and self.room.height() < _LOW
        if saves_row or left + widest > self.room.width() - _RIGHT:
            texts = self._words(cut, short=True)
        for words, colour in zip(texts, _colours(look), strict=True):
            width = _SWATCH + 4.0 + metrics.horizontalAdvance(words)
            if left > _LEFT and left + width > self.room.width() - _RIGHT:
                left, top = _LEFT, top + metrics.height()
            middle = top + metrics.height() / 2.0
            painter.setPen(dashed_pen(colour, 2.5))
            painter.drawLine(QPointF(left, middle), QPointF(left + _SWATCH, middle))
            painter.setPen(QColor(look.theme.text))
            painter.drawText(QPointF(left + _SWATCH + 4.0, top + metrics.ascent()), words)
            left += width + _BETWEEN
        return top + metrics.height() + _GAP

    def _paint_curve(self, painter: QPainter, axes: ChartAxes, cut: Cut, look: Look) -> None:
        current = self._frame.current if self._frame else None
        assert current is not None  # noqa: S101 - else there would be no cut
        assert self._frame is not None  # noqa: S101
        style = look.styles[self._frame.selected]
        painter.setPen(dashed_pen(style.colour, 2.2))
        ends = np.flatnonzero(np.diff(np.isnan(cut.loss))) + 1
        for at, loss in zip(np.split(cut.at, ends), np.split(cut.loss, ends), strict=True):
            if not math.isnan(loss[0]):  # leave a gap where the loss has no value
                painter.drawPolyline(axes.line(at, loss))
        here, steepest = _colours(look)
        if abs(cut.steepest.at - cut.here.at) >= _usual_width(cut):
            _paint_triangle(painter, axes, cut.steepest, self._width(cut, cut.steepest), steepest)
        if not cut.here.is_finite:
            return
        _paint_triangle(painter, axes, cut.here, self._width(cut, cut.here), here)
        marker = Marker(style.marker, 12.0, plain_pen(look.theme.halo, 2.0), style.colour)
        marker.paint(painter, axes.point(cut.here.at, cut.here.loss))

    def _width(self, cut: Cut, at: CutPoint) -> float:
        """Return the width of a triangle, which is 1, 2 or 5 times a power of ten."""
        width, slope = _usual_width(cut), abs(at.slope)
        highest = _HIGHEST * (self._heights.high - self._heights.low)
        return width if slope * width <= highest else rounded_down(highest / slope)


def _paint_triangle(painter: QPainter, axes: ChartAxes, at: CutPoint, width: float, colour: str) -> None:
    """Paint a triangle on the tangent, with its middle at the point of contact."""

    def point(share: float, height: float) -> QPointF:
        return axes.point(at.at + share * width, at.loss + height * width * at.slope)

    left, corner, right = point(-0.5, -0.5), point(0.5, -0.5), point(0.5, 0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(translucent(colour, 60))
    painter.drawPolygon([left, corner, right])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(dashed_pen(colour, 1.2))
    painter.drawLine(point(-0.5 - _BEYOND, -0.5 - _BEYOND), point(0.5 + _BEYOND, 0.5 + _BEYOND))
    painter.setPen(dashed_pen(colour, 2.5))
    painter.drawPolyline([left, corner, right])


def _along(place: Array, cut: Cut) -> float:
    return float((place - np.array(cut.through)) @ np.array(cut.direction))


def _usual_width(cut: Cut) -> float:
    """Return the width of a triangle before its height is limited."""
    return rounded_up(_SHARE * float(cut.at[-1] - cut.at[0]) * (1.0 - 1e-9))


def _colours(look: Look) -> tuple[str, str]:
    """Return the colours of the triangle at the run, and of the steepest one."""
    return look.theme.accent, look.theme.gradient


# The width of the cone on either side, as a share of the plot's width.
_CONE = 0.06


def paint_search(painter: QPainter, axes: ChartAxes, found: SearchedStep, begin: float, look: Look) -> None:
    """Paint a search that starts at ``begin`` on the horizontal axis and runs to the right."""
    if not found.length > 0.0:
        return
    slope = found.start.slope / found.length  # per unit of the axis, which is a distance in w and b
    painter.save()
    if not math.isnan(found.c1):
        _paint_line(painter, axes, found, begin, found.c1 * slope, look)
    accepted = found.tries[found.taken] if found.taken is not None else None
    if accepted is not None and not math.isnan(found.c2):
        _paint_cone(painter, axes, begin + accepted.t * found.length, accepted.loss, found.c2 * slope, look)
    tried = zip(found.tries, found.losses.tolist(), strict=True)
    places = [
        axes.point(begin + one.t * found.length, loss) if math.isfinite(loss) else None for one, loss in tried
    ]
    paint_tries(painter, places, found.taken, look.theme)
    painter.restore()


def _paint_line(
    painter: QPainter, axes: ChartAxes, found: SearchedStep, begin: float, slope: float, look: Look
) -> None:
    """Paint the line on or below which a step must end to be accepted."""
    end = axes.x.high
    line = dashed_pen(look.theme.muted, 1.4)
    line.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(line)
    first, last = (
        axes.point(begin, found.start.loss),
        axes.point(end, found.start.loss + slope * (end - begin)),
    )
    painter.drawLine(first, last)
    painter.setPen(QColor(look.theme.muted))
    painter.drawText(
        last + QPointF(-QFontMetricsF(painter.font()).horizontalAdvance("c₁ ") - 2.0, -4.0), "c₁"
    )


def _paint_cone(painter: QPainter, axes: ChartAxes, at: float, loss: float, slope: float, look: Look) -> None:
    """Paint the range of slopes that the curve may have where the step ends."""
    width = _CONE * (axes.x.high - axes.x.low)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(translucent(look.theme.muted, 70))
    for side in (-width, width):
        corners = (axes.point(at + side, loss + side * sign * slope) for sign in (-1.0, 1.0))
        painter.drawPolygon([axes.point(at, loss), *corners])
