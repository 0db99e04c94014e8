"""A plot that caches its static items as images, so that a frame of playback repaints only what moves."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPainter, QPaintEvent, QPen, QPicture
from PySide6.QtWidgets import QGraphicsGridLayout, QGraphicsItem, QSizePolicy, QWidget

from gdsim.core.arrays import Array
from gdsim.gui.paint.drawing import blank_picture, is_vector, pixel_ratio_of

# Pixel coordinates are clipped to this size.
_FAR = 1e9
_CORNER = QPointF(0.0, 0.0)
_CELLS = {"top": (0, 1), "left": (1, 0), "right": (1, 2), "bottom": (2, 1)}
# Above images, below items that draw over the axes.
_AXIS_Z = 0.5


class PlotView(pg.GraphicsView):
    """A replacement for `pg.PlotWidget` without title, buttons and menus.

    Those are a hundred invisible widgets, for which Qt would evaluate the style sheet.
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
        # A plot handles no keys, so it takes no focus.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # A plot accepts no drops, and would warn when a drag leaves it again.
        for widget in (self, self.viewport()):
            widget.setAcceptDrops(False)

    def leave_room_above(self, pixels: float) -> None:
        """Leave room above the plot, for the number that reaches beyond the top of an axis."""
        self._layout.setContentsMargins(1, 1 + pixels, 1, 1)

    def getViewBox(self) -> pg.ViewBox:
        return self._box

    def getAxis(self, side: str) -> pg.AxisItem:
        return self._axes[side]


class PlotMapping(NamedTuple):
    """The mapping from the units of a plot to pixels of its paint device."""

    scale: tuple[float, float]  # pixels per unit; there is no rotation or shear
    shift: tuple[float, float]
    area: QRectF  # inside the axes, in pixels
    width: int  # of the whole plot, in pixels
    height: int
    pixel_ratio: float = 1.0  # device pixels per pixel
    layered: bool = True  # whether content may be painted into images
    shares_layers: bool = False  # whether all runs are painted on the same images

    def clip(self) -> QRectF:
        """Return the clip rectangle: the area and the pixels that its right and lower edges touch."""
        return self.area.adjusted(0.0, 0.0, 1.0, 1.0)

    def pixels(self, places: Array) -> Array:
        """Return the pixels of places (..., 2), clipped far outside; NaN becomes 0."""
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
    """Clip a pixel coordinate far outside; NaN becomes 0."""
    if -_FAR < pixel < _FAR:
        return pixel
    return 0.0 if math.isnan(pixel) else math.copysign(_FAR, pixel)


# A function that paints in pixels, clipped to the inside of the axes.
Painting: TypeAlias = Callable[[QPainter, PlotMapping], None]
# A function that paints one item in its own units.
FrontPainting: TypeAlias = Callable[[QPainter, QWidget], None]


class InFront(pg.GraphicsItem):
    """Base class of items that a `StillPlot` paints above the moving content."""

    def paint(self, painter: QPainter, option: object, viewport: QWidget | None = None) -> None:
        if not isinstance(self.getViewWidget(), StillPlot):
            self.paint_in_front(painter, viewport)

    def paint_in_front(self, painter: QPainter, viewport: QWidget | None) -> None:
        super().paint(painter, None, viewport)


class FrontAxis(InFront, pg.AxisItem):
    """An axis above the moving content, which can be recoloured without a new layout."""

    picture: Any  # what to draw: the axis line, ticks, and numbers; None if outdated

    def updateAutoSIPrefix(self) -> None:
        """Do nothing: no axis has a unit, and pyqtgraph would lay out the label at each change of range."""

    def labelString(self) -> str:
        return f"{self.labelText} "  # without a colour, for which Qt would have to lay out the text again

    def recolour(self, line: QPen, text: QPen) -> None:
        """Change the pens, which is many times faster than finding ticks and numbers again."""
        self._pen, self._textPen = line, text
        self.label.setDefaultTextColor(text.color())
        if self.picture is None:
            return
        (_, *ends), ticks, numbers = self.picture
        pens: dict[int, QPen] = {}
        for pen in {id(pen): pen for pen, *_ in ticks}.values():  # one per level, each fainter than the last
            colour = line.color()
            colour.setAlpha(pen.color().alpha())
            pens[id(pen)] = QPen(line)
            pens[id(pen)].setColor(colour)
        self.picture = (line, *ends), [(pens[id(pen)], *places) for pen, *places in ticks], numbers

    def paint_in_front(self, painter: QPainter, viewport: QWidget | None) -> None:
        self.paint_ticks(painter, viewport)
        self.paint_numbers(painter, viewport)

    def paint_ticks(self, painter: QPainter, viewport: QWidget | None) -> None:
        self.lay_out()
        if self.picture is not None:
            line, ticks, _ = self.picture
            self.drawPicture(painter, line, ticks, ())

    def paint_numbers(self, painter: QPainter, viewport: QWidget | None) -> None:
        """Paint the line of the axis and its numbers."""
        if self.picture is not None:
            line, _, numbers = self.picture
            self.drawPicture(painter, line, (), numbers)

    def lay_out(self) -> None:
        """Find what to draw, if that is outdated, and the room that it needs."""
        if self.picture is None:
            _painted(QPicture(), self._specify)

    def _specify(self, painter: QPainter) -> None:
        """Find ticks and numbers, with a painter of a neutral device."""
        if self.style["tickFont"] is not None:
            painter.setFont(self.style["tickFont"])
        self.picture = self.generateDrawSpecs(painter)


class StillPlot(PlotView):
    """A plot whose items are cached in two images until an item changes.

    The moving content is painted between the images. Painting all items in every frame would take many
    times as long.
    """

    def __init__(self, box: pg.ViewBox, axes: Iterable[pg.AxisItem]) -> None:
        self.moving: Painting | None = None  # paints the moving content, between the two images
        self.on_top: Painting | None = None  # paints above both images
        self.shares_layers = False  # whether all runs are painted on the same images
        self._place: PlotMapping | None = None
        self._former: PlotMapping | None = None  # the last mapping, kept by `forget`
        self._below: QImage | None = None
        self._above: QImage | None = None
        # The image of the axes alone, and the state that it was painted from.
        self._axes_above: tuple[QImage, list[object]] | None = None
        self._over: list[QRectF] = []  # rectangles of the other items in front
        super().__init__(box, axes)
        # The images fill the viewport, so Qt need not paint a background in every frame.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        # The first signal comes with the next event, the second once the range is computed, before painting.
        self.scene().changed.connect(self._on_changed)
        self.getViewBox().sigTransformChanged.connect(self.forget)

    def forget(self) -> None:
        """Discard the cached images at once; Qt's own signal of a change arrives only with the next event."""
        self._place = self._below = self._above = None

    def move(self) -> None:
        self.viewport().update()

    def move_front(self) -> None:
        """Repaint the items in front, which is needed when they move without Qt noticing."""
        self._above = None
        self.viewport().update()

    def place(self) -> PlotMapping:
        self.scene().prepareForPaint()
        return self._place or self._placed(1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self.scene().prepareForPaint()
        if self._below is None or self._above is None:
            self._settle()
        _painted(self.viewport(), self._paint)

    def _settle(self) -> None:
        """Give the numbers on the axes the room that they need, which Qt would do after painting the plot."""
        for axis in self._front_axes:
            axis.lay_out()
        self._layout.activate()
        self.scene().prepareForPaint()

    def _paint(self, painter: QPainter) -> None:
        pixel_ratio, place, size = pixel_ratio_of(painter), self._place, self.viewport().size()
        if place is None or place[3:6] != (size.width(), size.height(), pixel_ratio):
            self.forget()
            place = self._placed(pixel_ratio)
            if place == self._former:  # keep the same object, for which trails were painted
                place = self._former
            self._place = self._former = place
        if self._below is None:
            self._below = place.blank(self.backgroundBrush().color())
            room = self.viewport().rect()
            _painted(self._below, lambda below: super(StillPlot, self).render(below, QRectF(room), room))
        if self._above is None:
            self._above = self._painted_axes(place).copy()
            others = {item: item.paint_in_front for item in self._others}
            _painted(self._above, lambda above: self._paint_front(above, place, others))
        painter.drawImage(_CORNER, self._below)
        _paint_inside(self.moving, painter, place)
        painter.drawImage(_CORNER, self._above)
        _paint_inside(self.on_top, painter, place)

    def render(self, painter: QPainter, target: QRectF, source: QRect) -> None:
        """Paint everything without the cached images, for instance into a vector file."""
        super().render(painter, target, source)
        place = self._placed(pixel_ratio_of(painter), layered=not is_vector(painter))
        _paint_inside(self.moving, painter, place)
        front = (*self._front_axes, *self._others)
        self._paint_front(painter, place, {item: item.paint_in_front for item in front})
        _paint_inside(self.on_top, painter, place)

    def _painted_axes(self, place: PlotMapping) -> QImage:
        """Return the image of the axes, which are slow to paint and so are cached until they change."""
        front = self._front_axes

        def state() -> list[object]:
            return [place, *(part for axis in front for part in (axis.picture, axis.pos(), axis.isVisible()))]

        def paint(painter: QPainter) -> None:
            # To copy translucent lines onto the blank image is ten times as fast as to blend them.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            self._paint_front(painter, place, {axis: axis.paint_ticks for axis in front})
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            self._paint_front(painter, place, {axis: axis.paint_numbers for axis in front})

        if self._axes_above is None or self._axes_above[1] != state() or None in state():
            picture = place.blank()
            _painted(picture, paint)
            self._axes_above = picture, state()
        return self._axes_above[0]

    @property
    def _front_axes(self) -> list[FrontAxis]:
        return [axis for axis in self._axes.values() if isinstance(axis, FrontAxis)]

    @property
    def _others(self) -> list[InFront]:
        """The items in front other than axes, from back to front."""
        items = self.scene().items(Qt.SortOrder.AscendingOrder)
        return [item for item in items if isinstance(item, InFront) and item not in self._axes.values()]

    def _paint_front(
        self, painter: QPainter, place: PlotMapping, paintings: Mapping[InFront, FrontPainting]
    ) -> None:
        onto, viewport = self.viewportTransform(), self.viewport()
        for item, paint in paintings.items():
            if item.isVisible():
                painter.save()
                if item.isClipped():
                    painter.setClipRect(place.clip())
                painter.setTransform(item.deviceTransform(onto), True)
                paint(painter, viewport)
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
        """Discard outdated images; the one below stays if only items in front have moved."""
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
    if not clip.isEmpty():  # a very large font may leave no room
        painter.save()
        painter.setClipRect(clip)
        paint(painter, place)
        painter.restore()


def _painted(device: QPaintDevice, paint: Callable[[QPainter], None]) -> None:
    painter = QPainter(device)
    try:
        paint(painter)
    finally:
        painter.end()  # Qt crashes if an exception leaves a painter active on its device
