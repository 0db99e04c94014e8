"""Painting arrows and other lines, set off from every colour below them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from gdsim.core.analysis.arrow_lengths import Drawing
from gdsim.core.analysis.arrows import Arrow, ArrowKind
from gdsim.core.arrays import Array, Flags
from gdsim.core.rules.update_rule import MEMORY
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.paint.drawing import polyline_of, round_pen
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
_LIT, _DIM = 1.3, 0.22


@dataclass(frozen=True)
class ArrowStyle:
    """What an arrow looks like."""

    colour: str  # ``"#rrggbb"``
    width: float  # of its shaft, in pixels
    dash: tuple[float, ...] = ()  # lengths of lines and gaps in units of the width; empty for a solid shaft
    head: float = 0.0  # length of the head in pixels; 0 for none
    open: bool = False  # whether the head is two lines, not a triangle
    halo: float = 1.3  # how far it is set off from what it lies on, at both sides
    opacity: float = 1.0

    @cached_property
    def pen(self) -> QPen:
        pen = round_pen(QColor(self.colour), self.width)
        if self.dash:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern(self.dash)
        return pen

    def headless(self) -> "ArrowStyle":
        """Return the style of an arrow that does not end where it seems to."""
        return replace(self, head=0.0)


# What goes into a step is broad and coloured; the step lies above, narrow and dark (or bright), so that
# both are seen where they go the same way.
@lru_cache(maxsize=64)
def arrow_style(kind: ArrowKind, theme: Theme, *, ghost: bool = False) -> ArrowStyle:
    styles = {
        ArrowKind.GRADIENT: ArrowStyle(theme.gradient, 5.2, head=16.0),
        ArrowKind.CARRIED: ArrowStyle(theme.memory, 5.2, (1.5, 0.6), head=16.0),
        ArrowKind.AVERAGE: ArrowStyle(theme.memory, 5.2, (1.5, 0.6), head=16.0),
        ArrowKind.RATES: ArrowStyle(theme.text, 1.2, (4.0, 3.0), halo=0.7),
        ArrowKind.PLAIN: ArrowStyle(theme.muted, 2.0, (1.1, 1.3), head=10.0, open=True),
        ArrowKind.CORRECTION: ArrowStyle(theme.correction, 2.4, head=9.0, open=True),
        ArrowKind.STEP: ArrowStyle(theme.text, 2.0, head=10.0),
    }
    if ghost and kind is ArrowKind.GRADIENT:
        return ArrowStyle(theme.gradient, 2.0, (1.1, 1.3))
    return styles[kind]


def shown_style(arrow: Arrow, part: str, theme: Theme) -> ArrowStyle:
    return _highlighted(
        arrow_style(arrow.kind, theme, ghost=arrow.ghost), highlighted=arrow.part == part, part=part
    )


def layer_style(layer: Layer, theme: Theme) -> ArrowStyle:
    """Return what a line of a layer looks like: one point's pull, or a contour of the batch's loss."""
    if layer is Layer.POINTS:
        return ArrowStyle(theme.accent, 1.8, head=9.0)
    return ArrowStyle(theme.accent, 1.0, (5.0, 4.0))


def rates_style(part: str, theme: Theme) -> ArrowStyle:
    return _highlighted(arrow_style(ArrowKind.RATES, theme), highlighted=part == MEMORY, part=part)


def _highlighted(style: ArrowStyle, *, highlighted: bool, part: str) -> ArrowStyle:
    if not part:
        return style
    if not highlighted:
        return replace(style, opacity=_DIM)
    return replace(style, width=_LIT * style.width, head=_LIT * style.head)


def in_order(drawing: Drawing) -> list[Arrow]:
    """Return the arrows from the lowest to the one on top: short ones above long ones, above all the step."""

    def height(arrow: Arrow) -> tuple[bool, bool, float]:
        length = math.dist(arrow.start.tolist(), arrow.end.tolist())
        return arrow.kind is ArrowKind.STEP, not arrow.ghost, -length

    return sorted(drawing.arrows, key=height)


class ArrowShape:
    """An arrow or another line as it is painted.

    ``joined`` and ``behind`` say of each of the ``pixels`` (m, 2) whether there is a line from the one
    before, and whether a hill hides it; None where there are no gaps and no hills.
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
