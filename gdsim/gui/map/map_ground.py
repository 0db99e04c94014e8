"""What lies below everything else on a map: loss colours, contour lines, the lowest place."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gdsim.core.surface.lowest import LowestKind
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.forms.tips import tip
from gdsim.gui.paint.drawing import with_gaps
from gdsim.gui.paint.plot import name_axis, plain_pen
from gdsim.gui.paint.still_plot import PlotView
from gdsim.gui.paint.words import minima_words
from gdsim.gui.style.colours import Colours, loss_colours
from gdsim.gui.style.theme import Look


class MapGround:
    """The items of an error surface on a plot of (w, b)."""

    def __init__(self, plot: PlotView) -> None:
        self._plot = plot
        self._plain = self._concealed = self._is_beyond = False
        self._image = MapImage()
        # Contours do not move while runs do.
        self._lines = pg.PlotCurveItem(connect="finite", antialias=True, skipFiniteCheck=False)
        self._lowest = pg.ScatterPlotItem(symbol="+", size=13, pxMode=True)
        self._lowest.setZValue(5)
        for item in (self._image, self._lines, self._lowest):
            plot.getViewBox().addItem(item, ignoreBounds=True)

    def set_look(self, look: Look) -> None:
        colour, alpha = (look.theme.text, 190) if self._plain else (look.theme.contour_line, 120)
        self._lines.setPen(plain_pen(colour, look.pen, alpha))
        self._lowest.setPen(plain_pen("#ffffff", 2.0 * look.pen))
        self._concealed = "minimum" in look.concealed
        self._show_lowest()

    def set_plain(self, plain: bool) -> None:
        """Draw lines alone, in the colour of texts, or everything; the next look shows it."""
        self._plain = plain
        self._image.setVisible(not plain)
        self._show_lowest()

    def _show_lowest(self) -> None:
        self._lowest.setVisible(not (self._plain or self._concealed or self._is_beyond))

    def show_surface(self, surface: LossSurface) -> None:
        ground = surface.ground
        w, b = ground.w, ground.b
        half_w, half_b = (w[1] - w[0]) / 2.0, (b[1] - b[0]) / 2.0
        # Samples are the middles of pixels.
        rect = QRectF(w[0] - half_w, b[0] - half_b, w[-1] - w[0] + 2 * half_w, b[-1] - b[0] + 2 * half_b)
        self._image.show_colours(np.swapaxes(loss_colours(surface), 0, 1), rect)
        self._lines.setData(*with_gaps(contour.lines for contour in ground.contours).T)
        for side, name in zip(("bottom", "left"), surface.plane.names, strict=True):
            name_axis(self._plot, side, name)
        places = ((surface.lowest.w, surface.lowest.b), *surface.known_minima)
        self._lowest.setData(*zip(*places, strict=True))
        self._lowest.setToolTip(tip(minima_words(surface)))
        # Where the loss falls on beyond the view range, and that is drawn, it is not the lowest of the map.
        at_border = surface.lowest.kind in (LowestKind.BORDER, LowestKind.ENDLESS)
        self._is_beyond = at_border and _draws_beyond(surface)
        self._show_lowest()


def _draws_beyond(surface: LossSurface) -> bool:
    """Return whether more of the plane is drawn on the side where the lowest place of the view range is."""
    asked, drawn, low = surface.view_range, surface.ground.view_range, surface.lowest
    return (
        (low.w <= asked.w_min > drawn.w_min)
        or (low.w >= asked.w_max < drawn.w_max)
        or (low.b <= asked.b_min > drawn.b_min)
        or (low.b >= asked.b_max < drawn.b_max)
    )


class MapImage(pg.GraphicsObject):
    """A picture over a part of the plane, whose pixels blend into each other when it is enlarged.

    What is beyond the map is left out: files that keep lines do not cut pictures off.
    """

    def __init__(self) -> None:
        super().__init__()
        self._image, self._rect = QImage(), QRectF()

    def show_colours(self, colours: Colours, rect: QRectF) -> None:
        """Show colours (height, width, 4), of which the first row is at the top of a rectangle."""
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
