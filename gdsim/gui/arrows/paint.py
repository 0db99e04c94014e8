"""Painting arrows and other lines, set off from every colour below them."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gdsim.core.analysis.arrow_lengths import Drawing
from gdsim.core.analysis.arrows import Arrow, ArrowKind
from gdsim.core.arrays import Array, Flags
from gdsim.gui.arrows.style import ArrowStyle, round_pen
from gdsim.gui.paint.drawing import polyline_of
from gdsim.gui.style.theme import Theme

_HALO_ALPHA = 225
# A head takes this much of a short arrow at most, and is half as wide as this times its length.
_HEAD_SHARE, _HEAD_WIDTH = 0.7, 0.46
# A shaft is as wide as this share of its arrow at most.
_SLIMNESS = 0.3
# Where in a head its shaft ends: shares of the way from the tip to the base.
_INTO_OPEN, _INTO_FILLED = 0.15, 0.7
# What is behind a hill, as of the runs' lines.
_BEHIND, _FAINT_WIDTH = 0.4, 1.4


def in_order(drawing: Drawing) -> list[Arrow]:
    """Return the arrows from the lowest to the one on top: short ones above long ones, above all the step."""

    def height(arrow: Arrow) -> tuple[bool, bool, float]:
        length = math.dist(arrow.start.tolist(), arrow.end.tolist())
        return arrow.kind is ArrowKind.STEP, not arrow.ghost, -length

    return sorted(drawing.arrows, key=height)


class ArrowShape:
    """An arrow or another line as it is painted.

    Parameters
    ----------
    pixels : (m, 2) array
        From its start to its end, in pixels.
    style : ArrowStyle
    joined, behind : (m,) arrays of bool, or None
        Whether there is a line from the point before, and whether a hill hides it; None where there are
        no gaps and no hills.
    """

    def __init__(
        self, pixels: Array, style: ArrowStyle, joined: Flags | None = None, behind: Flags | None = None
    ) -> None:
        self._style = style
        self._behind = behind is not None and bool(behind[-1])
        self._head = QPolygonF()
        if style.head:
            pixels = self._behead(pixels)
        if joined is None or behind is None:
            self._seen, self._hidden = _path(pixels, None), QPainterPath()
            return
        # What is left of an arrow without its head may have fewer points.
        joined, behind = joined[: len(pixels)], behind[: len(pixels)]
        self._seen, self._hidden = _path(pixels, joined & ~behind), _path(pixels, joined & behind)

    def _behead(self, pixels: Array) -> Array:
        """Make the head; return the places of the shaft."""
        style, tip, places = self._style, pixels[-1], pixels.tolist()
        length = math.dist(places[0], places[-1])
        if (widest := max(1.0, _SLIMNESS * length)) < style.width:
            self._style = style = replace(style, width=widest)
        left = min(style.head, _HEAD_SHARE * length)
        at = len(places) - 1
        # Back along the line, which is no shorter than the way from start to end.
        while at > 1 and (piece := math.dist(places[at - 1], places[at])) < left:
            left, at = left - piece, at - 1
        piece = math.dist(places[at - 1], places[at])
        base = pixels[at] + (pixels[at - 1] - pixels[at]) * (left / piece if piece else 0.0)
        back = base - tip
        across = back[::-1] * (-_HEAD_WIDTH, _HEAD_WIDTH)
        self._head = polyline_of(np.array([base + across, tip, base - across]))
        # A shaft must not look out beside the tip.
        shaft = pixels[: at + 1].copy()
        shaft[at] = tip + back * (_INTO_OPEN if style.open else _INTO_FILLED)
        return shaft

    def paint_halo(self, painter: QPainter, halo: QColor) -> None:
        """Paint what sets the arrow off from what it lies on."""
        style = self._style
        painter.setOpacity(style.opacity)
        pen = round_pen(halo, style.width + 2.0 * style.halo)
        painter.strokePath(self._seen, pen)
        if not (self._head.isEmpty() or self._behind):
            pen.setWidthF(2.0 * style.halo + (style.width if style.open else 0.0))
            self._draw_head(painter, pen, QColor())

    def paint(self, painter: QPainter) -> None:
        """Paint the arrow; what is behind a hill, a little."""
        style = self._style
        painter.setOpacity(style.opacity * _BEHIND)
        if not self._hidden.isEmpty():
            painter.strokePath(self._hidden, replace(style, width=_FAINT_WIDTH, dash=()).pen)
        if not self._behind:
            painter.setOpacity(style.opacity)
        if not self._head.isEmpty():
            colour = QColor(style.colour)
            pen = round_pen(colour, style.width) if style.open else QPen(Qt.PenStyle.NoPen)
            self._draw_head(painter, pen, colour)
        painter.setOpacity(style.opacity)
        painter.strokePath(self._seen, style.pen)

    def _draw_head(self, painter: QPainter, pen: QPen, fill: QColor) -> None:
        painter.setPen(pen)
        if self._style.open:
            painter.drawPolyline(self._head)
            return
        painter.setBrush(fill if fill.isValid() else Qt.BrushStyle.NoBrush)
        painter.drawPolygon(self._head)


def paint_shapes(painter: QPainter, shapes: Sequence[ArrowShape], theme: Theme) -> None:
    """Paint arrows, the lowest first. All halos are below all arrows, so that none is cut in two."""
    halo = QColor(theme.halo)
    halo.setAlpha(_HALO_ALPHA)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for shape in shapes:
        shape.paint_halo(painter, halo)
    for shape in shapes:
        shape.paint(painter)
    painter.restore()


def _path(pixels: Array, joined: Flags | None) -> QPainterPath:
    """Return the line through pixels; ``joined[k]`` is whether it comes to pixel k from the one before."""
    path = QPainterPath()
    if joined is None or joined[1:].all():
        path.addPolygon(polyline_of(pixels))
    elif joined.any():
        for (x, y), comes in zip(pixels.tolist(), joined.tolist(), strict=True):
            path.lineTo(x, y) if comes else path.moveTo(x, y)
    return path
