"""A contour map with labelled marks."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication

from gdsim.core.formulas.numerals import number
from gdsim.core.model.plane import USUAL_PLANE
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.arrows.choice import ArrowChoice
from gdsim.gui.arrows.paint import ArrowShape, ArrowStyle, paint_shapes
from gdsim.gui.map.contour_pane import ContourPane
from gdsim.gui.map.equal_axes import SMALLEST_PLOT, EqualAxes
from gdsim.gui.paint.drawing import Marker
from gdsim.gui.paint.plot import plain_pen
from gdsim.gui.paint.still_plot import PlotMapping
from gdsim.gui.style.text_size import BASE_SIZE
from gdsim.gui.style.theme import Look, Theme
from gdsim.session.frame import Frame, RunView

# In pixels: the width of a pointer, the length of its head and the width of its halo, and the size of a dot.
_WIDTH, _HEAD, _HALO, _DOT = 2.5, 13.0, 1.8, 10.0
# The padding between a text and its border, in pixels.
_PADDING = 4.0
# The gap between a place and a text beside it, in pixels.
_BESIDE = 10.0
# How far from a mark a click still picks it, in pixels.
_REACH = 32.0
# How close to the border there may be no room for a text, as a share of the map's width.
_BORDER = 0.12


class MapMark(NamedTuple):
    """A text at a place, or, with an ``origin``, at the end of an arrow from there."""

    w: float
    b: float
    text: str
    origin: tuple[float, float] | None = None
    strong: bool = False
    side: int = 0  # of the place: -1 for the left, 1 for the right, 0 for above


class MarkedMap(ContourPane):
    """The contour map of the exercises, on which nothing can be dragged.

    Both axes have the same scale, so that directions and distances are true. A ``plain`` map has only lines,
    without colours, numbers of the loss or the minimum.
    """

    mark_picked = Signal(int)  # index of the mark that was clicked

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self.marks: tuple[MapMark, ...] = ()
        self._start.setVisible(False)
        self._plot.setMinimumWidth(SMALLEST_PLOT[0])
        self._plot.on_top = self._paint_texts  # the paths of runs would cover the texts
        self._equal = EqualAxes(self, self._box)
        self.picked.connect(self._on_picked)
        self.set_fills(False)
        self.set_arrows(ArrowChoice(on=False))
        self.set_plain(plain)

    def sizeHint(self) -> QSize:
        return QSize(360, 280)  # without the margins, which depend on the size of the widget

    def picture_in_words(self) -> str:
        """Return the positions of the marks, without anything that an exercise asks for."""
        words = self.tr("{mark} at {first} {w}, {second} {b}")
        first, second = (self.surface.plane if self.surface else USUAL_PLANE).names
        marks = [
            words.format(mark=one.text, first=first, w=number(one.w), second=second, b=number(one.b))
            for one in self.marks
        ]
        return (
            self.tr("Lines of equal loss. Marks: {0}.").format("; ".join(marks))
            if marks
            else self.tr("Lines of equal loss.")
        )

    def _describe(self) -> None:
        """Drop the main map's description, which tells the minimum and keys that do not work here."""
        self.setAccessibleDescription("")

    def set_plain(self, plain: bool) -> None:
        self.ground.set_plain(plain)
        self._bar.setVisible(not plain)
        super().set_look(self.look)

    def set_look(self, look: Look) -> None:
        if look != self.look:
            super().set_look(look)

    def show_surface(self, surface: LossSurface) -> None:
        if surface is not self.surface:  # an exercise may show the same surface again
            super().show_surface(surface)
        self._equal.set_view_range(surface.view_range)
        self.show_view_range(surface.view_range)

    def show_runs(self, views: Sequence[RunView], selected: int = 0) -> Frame:
        """Show runs, each up to its own step, in the plane of the surface; return their frame."""
        step = max((view.number for view in views), default=0)
        plane = self.surface.plane if self.surface else USUAL_PLANE
        frame = Frame(step, step, by_epoch=False, views=tuple(views), selected=selected, plane=plane)
        self.show_frame(frame)
        return frame

    def set_marks(self, marks: Sequence[MapMark]) -> None:
        self.marks = tuple(marks)
        self._plot.move()

    def _on_picked(self, w: float, b: float) -> None:
        """Report the mark nearest to a clicked place, if it is near enough."""
        pixel_w, pixel_b = self._box.viewPixelSize()
        away = [math.hypot((one.w - w) / pixel_w, (one.b - b) / pixel_b) for one in self.marks]
        if away and min(away) <= _REACH * self.look.ui_scale:
            self.mark_picked.emit(away.index(min(away)))

    def _show_start(self, frame: Frame) -> None:
        """Draw no start marker, because it could be dragged."""

    def text_box(self, mark: MapMark, place: PlotMapping) -> QRect:
        """Return the box of a mark's text, in pixels."""
        scale = self.look.ui_scale
        around = 2 * round(_PADDING * scale)
        box = QFontMetrics(self._font()).boundingRect(mark.text).adjusted(0, 0, around, around)
        middle = place.pixel(mark.w, mark.b).toPoint()
        if mark.side:
            middle += QPoint(self._side(mark) * (round(_BESIDE * scale) + box.width() // 2), 0)
        elif mark.origin is None:
            middle -= QPoint(0, round(0.8 * box.height()))
        box.moveCenter(middle)
        return box

    def _paint_moving(self, painter: QPainter, place: PlotMapping) -> None:
        """Paint the dots and arrows of the marks below the paths of runs."""
        theme, scale = self.look.theme, self.look.ui_scale
        pointers = [_pointer(mark, mark.origin, place, theme) for mark in self.marks if mark.origin]
        paint_shapes(painter, pointers, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dot = Marker("o", _DOT * scale, plain_pen(theme.halo, 2.0), theme.accent)
        dot.paint(painter, *(place.pixel(one.w, one.b) for one in self.marks if not one.origin))
        super()._paint_moving(painter, place)

    def _paint_texts(self, painter: QPainter, place: PlotMapping) -> None:
        theme = self.look.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        for mark in self.marks:
            box = self.text_box(mark, place)
            painter.setPen(plain_pen(theme.accent, 1.5))
            painter.setBrush(QColor(theme.accent if mark.strong else theme.card))
            painter.drawRect(box)
            painter.setPen(QColor(theme.on_accent if mark.strong else theme.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.text)

    def _font(self) -> QFont:
        font = QApplication.font()
        font.setPixelSize(round(BASE_SIZE * self.look.ui_scale))
        return font

    def _side(self, mark: MapMark) -> int:
        """Return the side of a mark's text, away from a nearby border of the map."""
        if self.surface is None:
            return mark.side
        across = (mark.w - self.surface.view_range.w_min) / self.surface.view_range.extent[0]
        return 1 if across < _BORDER else -1 if across > 1.0 - _BORDER else mark.side


def _pointer(mark: MapMark, origin: tuple[float, float], place: PlotMapping, theme: Theme) -> ArrowShape:
    """Return an arrow that stops short of the text."""
    start, end = place.pixels(np.array([origin, (mark.w, mark.b)]))
    style = ArrowStyle(theme.accent if mark.strong else theme.text, _WIDTH, head=_HEAD, halo=_HALO)
    return ArrowShape(np.array([start, start + 0.8 * (end - start)]), style)
