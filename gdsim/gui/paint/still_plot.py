"""A plot of items that stand still, and of what moves over them: a frame of playback paints only that."""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPainter, QPaintEvent, QPen, QPicture
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QSizePolicy, QWidget

from gdsim.core.arrays import Array
from gdsim.gui.paint.drawing import blank_picture, keeps_lines, pixel_ratio_of

# Pixels that are farther away need not be told apart.
_FAR = 1e9
_CORNER = QPointF(0.0, 0.0)
_CELLS = {"top": (0, 1), "left": (1, 0), "right": (1, 2), "bottom": (2, 1)}
# Above images, below what wants to draw over the axes.
_AXIS_Z = 0.5


class PlotView(pg.GraphicsView):
    """What a `pg.PlotWidget` is, without its title, buttons and menus.

    These are a hundred widgets, which nobody would see and the style sheet would be worked out for.
    """

    def __init__(self, box: pg.ViewBox, axes: Iterable[pg.AxisItem]) -> None:
        super().__init__()
        self._box = box
        self._axes = {axis.orientation: axis for axis in axes}
        room = pg.GraphicsWidget()
        layout = QGraphicsGridLayout(room)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.setRowStretchFactor(1, 1)
        layout.setColumnStretchFactor(1, 1)
        layout.addItem(box, 1, 1)
        for side, axis in self._axes.items():
            axis.linkToView(box)
            axis.setZValue(_AXIS_Z)
            axis.setFlag(QGraphicsItem.GraphicsItemFlag.ItemNegativeZStacksBehindParent)
            layout.addItem(axis, *_CELLS[side])
        self.setCentralItem(room)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFrameShape(self.Shape.NoFrame)
        self._layout = layout
        # Keys belong to playback, and a plot has no use for the focus.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # It takes nothing that is dropped, and would complain of what leaves it again.
        for widget in (self, self.viewport()):
            widget.setAcceptDrops(False)

    def leave_room_above(self, pixels: float) -> None:
        """Leave room for a number at the top of an axis, which reaches beyond its end."""
        self._layout.setContentsMargins(1, 1 + pixels, 1, 1)

    def getViewBox(self) -> pg.ViewBox:
        return self._box

    def getAxis(self, side: str) -> pg.AxisItem:
        return self._axes[side]


class PlotMapping(NamedTuple):
    """Where a plot lies on what it is painted on."""

    scale: tuple[float, float]  # from the plot's units to pixels: it is neither turned nor sheared
    shift: tuple[float, float]
    area: QRectF  # inside of the axes, in pixels
    width: int  # of the whole plot, in pixels
    height: int
    pixel_ratio: float = 1.0  # pixels of the device along one of these
    layered: bool = True  # whether what is painted may be kept as pixels
    shares_layers: bool = False  # whether all runs are painted on the same pictures

    def clip(self) -> QRectF:
        """Return the area with the pixels that its right and lower edges touch, as items are clipped."""
        return self.area.adjusted(0.0, 0.0, 1.0, 1.0)

    def pixels(self, places: Array) -> Array:
        """Return where places (..., 2) are, in pixels; what is no number is at 0."""
        with np.errstate(over="ignore", invalid="ignore"):
            pixels: Array = (places * self.scale + self.shift).clip(-_FAR, _FAR)
        pixels[np.isnan(pixels)] = 0.0
        return pixels

    def blank(self, ground: QColor | None = None) -> QImage:
        return blank_picture(self.width, self.height, self.pixel_ratio, ground)

    def pixel(self, x: float, y: float) -> QPointF:
        (across, up), (left, top) = self.scale, self.shift
        x, y = across * x + left, up * y + top
        if -_FAR < x < _FAR and -_FAR < y < _FAR:
            return QPointF(x, y)
        return QPointF(near_pixel(x), near_pixel(y))


def near_pixel(pixel: float) -> float:
    """Return a pixel, or one that is far away enough; 0 for what is no number."""
    if -_FAR < pixel < _FAR:
        return pixel
    return 0.0 if math.isnan(pixel) else math.copysign(_FAR, pixel)


# Paints in pixels; what is outside of the axes is cut off.
Painting: TypeAlias = Callable[[QPainter, PlotMapping], None]


class InFront(pg.GraphicsItem):
    """A base of items that lie above what moves, if their plot is a `StillPlot`."""

    def paint(self, painter: QPainter, *args: object) -> None:
        if not isinstance(self.getViewWidget(), StillPlot):
            super().paint(painter, *args)

    def paint_in_front(self, painter: QPainter, viewport: QWidget) -> None:
        super().paint(painter, None, viewport)


class FrontAxis(InFront, pg.AxisItem):
    """An axis above what moves, which stays where it is when its colours change."""

    picture: QPicture | None  # what is drawn, unless that has changed

    def __init__(self, side: str) -> None:
        self._specs: Any = None  # what it draws: a line, its ticks, and numbers at them
        super().__init__(side)

    def generateDrawSpecs(self, painter: QPainter) -> Any:  # noqa: ANN401 - as pyqtgraph has it
        self._specs = super().generateDrawSpecs(painter)
        return self._specs

    def recolour(self, line: QPen, text: QPen) -> None:
        """Draw in other pens. To find the ticks and their numbers takes many times as long as that."""
        drawn = self.picture is not None and self._specs is not None
        self._pen = line
        self.setTextPen(text)  # in which the label is, too
        if drawn:
            self.picture = QPicture()
            _painted(self.picture, self._redraw)

    def _redraw(self, painter: QPainter) -> None:
        (_, *ends), ticks, numbers = self._specs
        pens: dict[int, QPen] = {}
        for pen in {id(pen): pen for pen, *_ in ticks}.values():  # each level fainter than the one before
            colour = self._pen.color()
            colour.setAlpha(pen.color().alpha())
            pens[id(pen)] = QPen(self._pen)
            pens[id(pen)].setColor(colour)
        ticks = [(pens[id(pen)], *places) for pen, *places in ticks]
        self._specs = (self._pen, *ends), ticks, numbers
        self.drawPicture(painter, *self._specs)


class StillPlot(PlotView):
    """A plot whose items are painted into two pictures, which are kept until an item changes.

    What moves is painted between them. To go through all items for every frame takes many times as long.
    """

    def __init__(self, box: pg.ViewBox, axes: Iterable[pg.AxisItem]) -> None:
        self.moving: Painting | None = None  # paints what moves, between the two pictures
        self.on_top: Painting | None = None  # and above both
        self.shares_layers = False  # whether all runs are painted on the same pictures, as for a large one
        self._place: PlotMapping | None = None
        self._former: PlotMapping | None = None  # what the place was before it was forgotten
        self._below: QImage | None = None
        self._above: QImage | None = None
        # The axes alone, and what they were painted from.
        self._axes_above: tuple[QImage, list[object]] | None = None
        self._over: list[QRectF] = []  # where other items lie in front
        super().__init__(box, axes)
        # Its picture has a ground: what lies below need not be painted for every frame.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # The first comes with the next event, the second when the range is worked out, in time for painting.
        self.scene().changed.connect(self._on_changed)
        self.getViewBox().sigTransformChanged.connect(self.forget)

    def forget(self) -> None:
        """Take note that items have changed. Qt says so itself, but not before it handles events."""
        self._place = self._below = self._above = None

    def move(self) -> None:
        self.viewport().update()

    def move_front(self) -> None:
        """Have the items in front painted as they are now: of another place alone Qt is not told."""
        self._above = None
        self.viewport().update()

    def place(self) -> PlotMapping:
        self.scene().prepareForPaint()
        return self._place or self._placed(1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.scene().prepareForPaint()
        _painted(self.viewport(), self._paint)

    def _paint(self, painter: QPainter) -> None:
        pixel_ratio, place, size = pixel_ratio_of(painter), self._place, self.viewport().size()
        if place is None or place[3:6] != (size.width(), size.height(), pixel_ratio):
            self.forget()
            place = self._placed(pixel_ratio)
            if place == self._former:  # what was painted for it holds
                place = self._former
            self._place = self._former = place
        if self._below is None:
            self._below = place.blank(self.backgroundBrush().color())
            room = self.viewport().rect()
            _painted(self._below, lambda below: super(StillPlot, self).render(below, QRectF(room), room))
        if self._above is None:
            self._above = self._painted_axes(place).copy()
            _painted(self._above, lambda above: self._paint_front(above, place, self._others))
        painter.drawImage(_CORNER, self._below)
        _paint_inside(self.moving, painter, place)
        painter.drawImage(_CORNER, self._above)
        _paint_inside(self.on_top, painter, place)

    def render(self, painter: QPainter, target: QRectF, source: QRect) -> None:
        """Paint everything at once, such as into a file that keeps lines."""
        super().render(painter, target, source)
        place = self._placed(pixel_ratio_of(painter), layered=not keeps_lines(painter))
        _paint_inside(self.moving, painter, place)
        axes = [axis for axis in self._axes.values() if isinstance(axis, InFront)]
        self._paint_front(painter, place, [*axes, *self._others])
        _paint_inside(self.on_top, painter, place)

    def _painted_axes(self, place: PlotMapping) -> QImage:
        """Return the axes as they are; painted anew when they changed, since that takes long."""
        front = [axis for axis in self._axes.values() if isinstance(axis, InFront)]

        def state() -> list[object]:
            return [place, *(part for axis in front for part in (axis.picture, axis.pos(), axis.isVisible()))]

        if self._axes_above is None or self._axes_above[1] != state() or None in state():
            picture = place.blank()
            _painted(picture, lambda painter: self._paint_front(painter, place, front))
            self._axes_above = picture, state()
        return self._axes_above[0]

    @property
    def _others(self) -> list[InFront]:
        """The items in front that are no axes, from the back to the front."""
        items = self.scene().items(Qt.SortOrder.AscendingOrder)
        return [item for item in items if isinstance(item, InFront) and item not in self._axes.values()]

    def _paint_front(self, painter: QPainter, place: PlotMapping, items: Iterable[InFront]) -> None:
        onto, viewport = self.viewportTransform(), self.viewport()
        for item in items:
            if item.isVisible():
                painter.save()
                if item.isClipped():
                    painter.setClipRect(place.clip())
                painter.setTransform(item.deviceTransform(onto), True)
                item.paint_in_front(painter, viewport)
                painter.restore()

    def _placed(self, pixel_ratio: float, *, layered: bool = True) -> PlotMapping:
        box, onto, size = self.getViewBox(), self.viewportTransform(), self.viewport().size()
        units = box.childGroup.deviceTransform(onto)
        area = box.deviceTransform(onto).mapRect(box.rect())
        scale, shift = (units.m11(), units.m22()), (units.dx(), units.dy())
        return PlotMapping(
            scale, shift, area, size.width(), size.height(), pixel_ratio, layered, self.shares_layers
        )

    def _on_changed(self, changed: list[QRectF]) -> None:
        """Forget what has changed: where only items in front have moved, what is below them stays."""
        before = self._over
        self._over = [item.sceneBoundingRect() for item in self._others if item.isVisible()]
        over = [rect.adjusted(-1.0, -1.0, 1.0, 1.0) for rect in (*before, *self._over)]
        if all(any(rect.contains(one) for rect in over) for one in changed):
            self._above = None
        else:
            self.forget()


def _paint_inside(paint: Painting | None, painter: QPainter, place: PlotMapping) -> None:
    if paint is None:
        return
    clip = place.clip()
    if not clip.isEmpty():  # very large letters may leave no room
        painter.save()
        painter.setClipRect(clip)
        paint(painter, place)
        painter.restore()


def _painted(device: QPaintDevice, paint: Callable[[QPainter], None]) -> None:
    painter = QPainter(device)
    try:
        paint(painter)
    finally:
        painter.end()  # one that is left on its device by a fault would bring down the program
