"""The ground of a map, below everything else: loss colours, contour lines, and the lowest place."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from gdsim.core.surface.contours import Contour
from gdsim.core.surface.surface import LossSurface, LowestKind, Shade
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.plot import name_axis, plain_pen
from gdsim.gui.paint.still_plot import PlotMapping, PlotView
from gdsim.gui.paint.words import minima_words
from gdsim.gui.style.colours import Colours, loss_colours, tones_of
from gdsim.gui.style.theme import Look

# Opacity of contour lines without colours between them.
_PLAIN_ALPHA = 190
# Width of a cross, in pixels.
_CROSS = 13


class MapGroundItems:
    """The items of an error surface on a plot of (w, b)."""

    def __init__(self, plot: PlotView) -> None:
        self._plot = plot
        self._plain = self._concealed = self._is_beyond = False
        self._image = MapImage()
        self._lines = ContourLines()
        self._lowest = pg.ScatterPlotItem(symbol="+", size=_CROSS, pxMode=True)
        self._lowest.setZValue(5)
        for item in (self._image, self._lines, self._lowest):
            plot.getViewBox().addItem(item, ignoreBounds=True)

    def set_look(self, look: Look) -> None:
        self._lines.set_look(look, look.theme.text if self._plain else "")
        pen = plain_pen("#ffffff", 2.0 * look.pen)
        if pen != self._lowest.opts["pen"]:  # pyqtgraph renders all spots again, even for an equal pen
            self._lowest.setPen(pen)
        self._concealed = "minimum" in look.concealed
        self._show_lowest()

    def set_plain(self, plain: bool) -> None:
        """Draw only lines, in the text colour, or everything; line colours change with the next look."""
        self._plain = plain
        self._image.setVisible(not plain)
        self._show_lowest()

    def _show_lowest(self) -> None:
        self._lowest.setVisible(not (self._plain or self._concealed or self._is_beyond))

    def rooms_of_crosses(self, place: PlotMapping) -> list[QRectF]:
        if not self._lowest.isVisible():
            return []
        rooms = []
        for w, b in zip(*self._lowest.getData(), strict=True):
            room = QRectF(0.0, 0.0, _CROSS, _CROSS)
            room.moveCenter(place.pixel(w, b))
            rooms.append(room)
        return rooms

    def show_surface(self, surface: LossSurface) -> None:
        ground = surface.ground
        w, b = ground.w, ground.b
        half_w, half_b = (w[1] - w[0]) / 2.0, (b[1] - b[0]) / 2.0
        # Samples are at the centres of the image's pixels.
        rect = QRectF(w[0] - half_w, b[0] - half_b, w[-1] - w[0] + 2 * half_w, b[-1] - b[0] + 2 * half_b)
        self._image.show_colours(np.swapaxes(loss_colours(surface), 0, 1), rect)
        self._lines.show_contours(ground.contours, surface.shade)
        for side, name in zip(("bottom", "left"), surface.plane.names, strict=True):
            name_axis(self._plot, side, name)
        places = ((surface.lowest.w, surface.lowest.b), *surface.known_minima)
        self._lowest.setData(*(zip(*places, strict=True) if surface.has_lowest else ()))
        self._lowest.setToolTip(tip(minima_words(surface)))
        # If the loss keeps falling beyond the view range, and that part is drawn, the mark would be wrong.
        at_border = surface.lowest.kind in (LowestKind.BORDER, LowestKind.ENDLESS)
        self._is_beyond = at_border and _draws_beyond(surface)
        self._show_lowest()


def _draws_beyond(surface: LossSurface) -> bool:
    """Return whether the map draws more of the plane beyond the border with the lowest place."""
    asked, drawn, low = surface.view_range, surface.ground.view_range, surface.lowest
    return (
        (low.w <= asked.w_min > drawn.w_min)
        or (low.w >= asked.w_max < drawn.w_max)
        or (low.b <= asked.b_min > drawn.b_min)
        or (low.b >= asked.b_max < drawn.b_max)
    )


class MapImage(pg.GraphicsObject):
    """An image over a part of the plane, smoothed when it is enlarged.

    The part beyond the map is left out, because vector files do not clip images.
    """

    def __init__(self) -> None:
        super().__init__()
        self._image, self._rect = QImage(), QRectF()

    def show_colours(self, colours: Colours, rect: QRectF) -> None:
        """Show colours (height, width, 4) in a rectangle, with the first row at its top."""
        self.prepareGeometryChange()
        height, width, _ = colours.shape
        data = np.ascontiguousarray(colours)
        self._image = QImage(data.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
        self._rect = rect
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect

    def paint(self, painter: QPainter, *args: object) -> None:
        rect, image = self._rect, self._image
        seen = rect.intersected(self.getViewBox().viewRect())
        if seen.isEmpty():
            return
        across, down = image.width() / rect.width(), image.height() / rect.height()
        part = QRectF(
            (seen.left() - rect.left()) * across,
            (seen.top() - rect.top()) * down,
            seen.width() * across,
            seen.height() * down,
        )
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=True)
        painter.drawImage(seen, image, part)


class ContourLines(pg.GraphicsObject):
    """Contour lines, each in a tone that contrasts with the colour of its loss, or all in one colour."""

    def __init__(self) -> None:
        super().__init__()
        self._paths: tuple[QPainterPath, ...] = ()
        self._fractions = np.zeros(0)
        self._dark, self._width, self._colour = False, 1.0, ""
        self._pens: tuple[QPen, ...] = ()

    def set_look(self, look: Look, colour: str) -> None:
        """Draw all lines in one colour, or each in its own tone if the colour is empty."""
        self._dark, self._width, self._colour = look.theme.is_dark, look.pen, colour
        self._make_pens()

    def show_contours(self, contours: Sequence[Contour], shade: Shade) -> None:
        self.prepareGeometryChange()
        self._paths = tuple(pg.arrayToQPath(*contour.lines.T, connect="finite") for contour in contours)
        self._fractions = shade.fraction(np.array([contour.level for contour in contours]))
        self._make_pens()

    def _make_pens(self) -> None:
        if not self._paths:  # without a surface, loading the colours would be wasted
            self._pens = ()
        elif self._colour:
            self._pens = (plain_pen(self._colour, self._width, _PLAIN_ALPHA),) * len(self._paths)
        else:
            tones = tones_of(self._fractions, dark=self._dark).tolist()
            self._pens = tuple(plain_pen(QColor(*tone).name(), self._width) for tone in tones)
        self.update()

    def boundingRect(self) -> QRectF:
        around = QRectF()
        for path in self._paths:
            around |= path.controlPointRect()
        return around

    def paint(self, painter: QPainter, *args: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, pen in zip(self._paths, self._pens, strict=True):
            painter.setPen(pen)
            painter.drawPath(path)
