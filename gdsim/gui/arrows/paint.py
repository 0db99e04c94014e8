"""Painting arrows and other lines with a halo, which sets them off from any colour below."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QApplication

from gdsim.core.analysis.arrow_lengths import DrawnArrows
from gdsim.core.analysis.arrows import Arrow, ArrowKind
from gdsim.core.arrays import Array, Flags
from gdsim.core.rules.update_rule import MEMORY
from gdsim.gui.arrows.choice import Layer
from gdsim.gui.arrows.words import times_text
from gdsim.gui.paint.drawing import (
    LetterOutlines,
    letter_outlines,
    outline_pen,
    polyline_of,
    round_pen,
    translucent,
)
from gdsim.gui.style.theme import Theme

_HALO_ALPHA = 225
# The greatest share of an arrow that its head takes, and half the width of a head as a share of its length.
_HEAD_SHARE, _HEAD_WIDTH = 0.7, 0.46
# The greatest width of a shaft, as a share of the length of its arrow.
_WIDEST_SHAFT = 0.3
# Where the shaft ends in an open or a filled head, as a share of the way from the tip to the base.
_INTO_OPEN, _INTO_FILLED = 0.15, 0.7
# The opacity of what a hill hides, and the width of a hidden line.
BEHIND, _FAINT_WIDTH = 0.4, 1.4
# A highlighted arrow and its outline are enlarged by these factors; other arrows get this opacity.
_LIT, _LIT_OUTLINE, _DIM = 1.3, 1.6, 0.22
# A hollow arrow: the width of its outline, how much wider it is than a solid one, and its least width.
_OUTLINE = 1.4
_WIDER = 2.8
_LEAST_HOLLOW = 5.2
# The factor at a head: the size of its letters, and its distance from the tip.
_LETTERS = 12
_FROM_TIP = 15.0
_LOOK_AHEAD = 5.0
# A hollow arrow begins outside the marker of its run so as not to cover it, except a short arrow.
_MARKER, _SHORT = 8.0, 24.0
# The least distance of a factor from the border of the pane, and from another factor.
_MARGIN, _BETWEEN_FACTORS = 3.0, 4.0
# The offsets that are tried for a factor, in widths of its text to the right and in lines down.
_OFFSETS = tuple(product((0.0, 0.75, -0.75, 1.25, -1.25, 2.0, -2.0), (0, 1, -1, 2, -2)))


class ArrowStyle(NamedTuple):
    colour: str  # ``"#rrggbb"``
    width: float  # of its shaft, in pixels
    dash: tuple[float, ...] = ()  # lengths of lines and gaps in units of the width; empty for a solid shaft
    head: float = 0.0  # length of the head in pixels; 0 for none
    open: bool = False  # whether the head is two lines, not a triangle
    hollow: float = 0.0  # width of the outline of a hollow arrow, which is not drawn to scale; 0 if solid
    halo: float = 1.3  # width of the halo on either side, in pixels
    opacity: float = 1.0

    def hollowed(self) -> "ArrowStyle":
        """Return this style for an arrow that is not drawn to scale."""
        if self.open or not self.head:
            return self  # such an arrow has no inside
        wider = max(self.width + _WIDER, _LEAST_HOLLOW)
        return self._replace(hollow=_OUTLINE, width=wider, head=self.head + 3.0)

    def headless(self) -> "ArrowStyle":
        """Return this style for an arrow that goes on beyond the place where its line ends."""
        return self._replace(head=0.0)


class _Pens(NamedTuple):
    """The pens and brushes of a style, which are cached because Qt takes long to make a pen."""

    halo: QPen
    head_halo: QPen
    line: QPen
    head: QPen
    fill: QBrush
    inside: QPen  # of a hollow arrow
    ground: QBrush


@lru_cache(maxsize=256)
def _pens(style: ArrowStyle, ground: str) -> _Pens:
    colour, inside, halo = QColor(style.colour), QColor(ground), translucent(ground, _HALO_ALPHA)
    line = round_pen(colour, style.width)
    if style.dash:
        line.setCapStyle(Qt.PenCapStyle.FlatCap)
        line.setDashPattern(style.dash)
    around_head = style.width if style.open else 2.0 * style.hollow
    return _Pens(
        halo=round_pen(halo, style.width + 2.0 * style.halo),
        head_halo=round_pen(halo, 2.0 * style.halo + around_head),
        line=line,
        head=round_pen(colour, around_head),
        fill=QBrush(colour),
        inside=round_pen(inside, max(style.width - 2.0 * style.hollow, 0.6)),
        ground=QBrush(inside),
    )


# The parts of a step are broad and coloured. The step lies above them, narrow and dark (or bright), so that
# both are visible where they coincide.
@lru_cache(maxsize=64)
def arrow_style(kind: ArrowKind, theme: Theme, *, ghost: bool = False) -> ArrowStyle:
    styles = {
        ArrowKind.LOOK: ArrowStyle(theme.correction, 5.2, (1.0, 0.5), head=15.0),
        ArrowKind.GRADIENT: ArrowStyle(theme.gradient, 5.2, head=16.0),
        ArrowKind.CARRIED: ArrowStyle(theme.memory, 5.2, (1.5, 0.6), head=16.0),
        ArrowKind.AVERAGE: ArrowStyle(theme.memory, 5.2, (1.5, 0.6), head=16.0),
        ArrowKind.RATES: ArrowStyle(theme.text, 1.2, (4.0, 3.0), halo=0.7),
        ArrowKind.PLAIN: ArrowStyle(theme.muted, 2.0, (1.1, 1.3), head=10.0, open=True),
        ArrowKind.CORRECTION: ArrowStyle(theme.correction, 2.4, head=9.0, open=True),
        ArrowKind.STEP: ArrowStyle(theme.text, 2.0, head=10.0),
        ArrowKind.UPHILL: ArrowStyle(theme.gradient, 2.6, head=13.0, open=True),
    }
    if ghost and kind is ArrowKind.GRADIENT:
        return ArrowStyle(theme.gradient, 2.0, (1.1, 1.3))
    return styles[kind]


class ShownArrow(NamedTuple):
    arrow: Arrow
    style: ArrowStyle
    factor: str  # the magnification that is written at its head; empty for none


# Cached because the map and the surface ask for the same.
@lru_cache(maxsize=1)
def shown_arrows(drawing: DrawnArrows, part: str, theme: Theme) -> tuple[ShownArrow, ...]:
    """Return the arrows from bottom to top: short ones lie above long ones, and the step above all.

    Arrows that are not drawn to scale are hollow.
    """

    def height(arrow: Arrow) -> tuple[bool, bool, float]:
        length = math.dist(arrow.start.tolist(), arrow.end.tolist())
        return arrow.kind is ArrowKind.STEP, not arrow.ghost, -length

    factors = _factors(drawing)
    shown = []
    for arrow in sorted(drawing.arrows, key=height):
        style = arrow_style(arrow.kind, theme, ghost=arrow.ghost)
        if not drawing.is_true(arrow):
            style = _hollow(style)
        style = _highlighted(style, highlighted=arrow.part == part, part=part)
        shown.append(ShownArrow(arrow, style, factors.get(arrow, "")))
    return tuple(shown)


@lru_cache(maxsize=64)
def _hollow(style: ArrowStyle) -> ArrowStyle:
    return style.hollowed()


def _factors(drawing: DrawnArrows) -> dict[Arrow, str]:
    """Return the factors to write, by the arrow that bears them: each factor is written at one arrow."""
    found: dict[Arrow, str] = {}
    for raw, times in ((False, drawing.times), (True, drawing.raw_times)):
        arrows = [one for one in drawing.arrows if one.raw is raw and not one.ghost]
        if times not in (None, 1.0) and arrows:
            found[next((one for one in arrows if one.kind is ArrowKind.STEP), arrows[-1])] = times_text(times)
    return found


def layer_style(layer: Layer, theme: Theme) -> ArrowStyle:
    """Return the style of a layer: of the pull of a point, a contour of the batch loss, or a try."""
    if layer is Layer.POINTS:
        return ArrowStyle(theme.accent, 1.8, head=9.0)
    if layer is Layer.TRIES:
        return ArrowStyle(theme.text, 1.4)
    return ArrowStyle(theme.accent, 1.0, (5.0, 4.0))


def rates_style(part: str, theme: Theme) -> ArrowStyle:
    return _highlighted(arrow_style(ArrowKind.RATES, theme), highlighted=part == MEMORY, part=part)


def _highlighted(style: ArrowStyle, *, highlighted: bool, part: str) -> ArrowStyle:
    if not part:
        return style
    if not highlighted:
        return style._replace(opacity=_DIM)
    return style._replace(
        width=_LIT * style.width, head=_LIT * style.head, hollow=_LIT_OUTLINE * style.hollow
    )


class ArrowShape:
    """An arrow or another line, ready to be painted.

    For each of the ``pixels`` (m, 2), ``joined`` says whether a line leads to it from the pixel before, and
    ``behind`` whether a hill hides it. Both are None if there are no gaps and no hills.
    """

    def __init__(
        self,
        pixels: Array,
        style: ArrowStyle,
        joined: Flags | None = None,
        behind: Flags | None = None,
        factor: str = "",
    ) -> None:
        self._style = style
        self.factor = factor  # the magnification to write at the tip; empty for none
        if factor:
            self._ends = pixels[0].tolist(), pixels[-1].tolist()
        if style.hollow:
            pixels, dropped = _outside_marker(pixels)
            if dropped and joined is not None and behind is not None:
                joined, behind = joined[dropped:].copy(), behind[dropped:]
                joined[0] = False
        self._behind = behind is not None and bool(behind[-1])
        self._head: QPainterPath | None = None
        if style.head:
            pixels = self._cut_off_head(pixels)
        if joined is None or behind is None:
            self._seen, self._hidden = _path(pixels, None), QPainterPath()
            return
        # The shaft may have fewer points than the whole arrow.
        joined, behind = joined[: len(pixels)], behind[: len(pixels)]
        self._seen, self._hidden = _path(pixels, joined & ~behind), _path(pixels, joined & behind)

    def _cut_off_head(self, pixels: Array) -> Array:
        """Make the head, and return the points of the shaft."""
        style, tip, places = self._style, pixels[-1], pixels.tolist()
        length = math.dist(places[0], places[-1])
        if (widest := max(1.0, _WIDEST_SHAFT * length)) < style.width:
            self._style = style = style._replace(width=widest)
        left = min(style.head, _HEAD_SHARE * length)
        at = len(places) - 1
        # Go back along the line, which is at least as long as the distance from start to end.
        while at > 1 and (piece := math.dist(places[at - 1], places[at])) < left:
            left, at = left - piece, at - 1
        piece = math.dist(places[at - 1], places[at])
        base = pixels[at] + (pixels[at - 1] - pixels[at]) * (left / piece if piece else 0.0)
        back = base - tip
        across = back[::-1] * (-_HEAD_WIDTH, _HEAD_WIDTH)
        self._head = QPainterPath()
        self._head.addPolygon(polyline_of(np.array([base + across, tip, base - across])))
        if not style.open:
            self._head.closeSubpath()
        # The shaft ends inside the head, because it would stick out at the tip.
        shaft = pixels[: at + 1].copy()
        shaft[at] = tip + back * (_INTO_OPEN if style.open else _INTO_FILLED)
        return shaft

    def pens(self, ground: str) -> _Pens:
        return _pens(self._style, ground)

    def paint_halo(self, painter: QPainter, pens: _Pens) -> None:
        faint = self._style.opacity != 1.0
        if faint:
            painter.setOpacity(self._style.opacity)
        painter.strokePath(self._seen, pens.halo)
        if self._head and not self._behind:
            painter.strokePath(self._head, pens.head_halo)
        if faint:
            painter.setOpacity(1.0)

    def paint(self, painter: QPainter, pens: _Pens, ground: str) -> None:
        """Paint the arrow; fill a hollow one with the ground colour, and show faintly what a hill hides."""
        style, is_plain = self._style, self._style.opacity == 1.0 and not self._behind
        if not self._hidden.isEmpty():
            painter.setOpacity(style.opacity * BEHIND)
            painter.strokePath(self._hidden, _pens(style._replace(width=_FAINT_WIDTH, dash=()), ground).line)
            painter.setOpacity(1.0)
        if not is_plain:
            painter.setOpacity(style.opacity * (BEHIND if self._behind else 1.0))
        if self._head:
            if style.open or style.hollow:
                painter.strokePath(self._head, pens.head)
            if not style.open:
                painter.fillPath(self._head, pens.fill)
        if not is_plain:
            painter.setOpacity(style.opacity)
        painter.strokePath(self._seen, pens.line)
        if style.hollow:
            painter.strokePath(self._seen, pens.inside)
            if self._head and not self._behind:
                painter.fillPath(self._head, pens.ground)
        if not is_plain:
            painter.setOpacity(1.0)

    def lies_on(self, rect: QRectF) -> bool:
        """Return whether any part of the arrow that no hill hides overlaps a rectangle."""
        half = self._style.width / 2.0
        shaft = rect.adjusted(-half, -half, half, half)
        if self._seen.controlPointRect().intersects(shaft) and self._seen.intersects(shaft):
            return True
        return self._head is not None and not self._behind and self._head.intersects(rect)

    def paint_factor(
        self, painter: QPainter, theme: Theme, room: QRectF, letters: int, is_taken: Callable[[QRectF], bool]
    ) -> QRectF:
        """Write the factor in the arrow's colour, and return its rectangle.

        It stands beyond the tip, or near that if the pane ends there or the place is taken.
        """
        (x0, y0), (x1, y1) = self._ends
        written, half_width, half_height = _written(self.factor, letters)
        length = math.dist((x0, y0), (x1, y1)) or 1.0
        across, down = (x1 - x0) / length, (y1 - y0) / length
        # Beside a horizontal arrow the text is farther from the tip, by half of its width.
        away = _FROM_TIP * letters / _LETTERS + abs(across) * (half_width - 5.0)
        inside = room.adjusted(
            half_width + _MARGIN, half_height + _MARGIN, -half_width - _MARGIN, -half_height - _MARGIN
        )
        size = QSizeF(2.0 * half_width, 2.0 * half_height)
        places = _places(inside, x1 + away * across, y1 + away * down, size)
        place = first = next(places)
        if is_taken(first):
            place = next((one for one in places if not is_taken(one)), first)
        painter.setOpacity(BEHIND if self._behind else 1.0)
        written.translated(place.center()).paint(painter, self._style.colour, theme.halo)
        painter.setOpacity(1.0)
        return place


def _places(area: QRectF, x: float, y: float, size: QSizeF) -> Iterator[QRectF]:
    """Yield rectangles with their centre in an area: the nearest to (x, y) first, then others around it."""
    left, top, right, bottom = area.left(), area.top(), area.right(), area.bottom()
    wide, high = size.width(), size.height()
    x, y = max(left, min(x, right)), max(top, min(y, bottom))
    for columns, lines in _OFFSETS:
        across = max(left, min(x + columns * (wide + _BETWEEN_FACTORS), right))
        down = max(top, min(y + lines * (high + _BETWEEN_FACTORS), bottom))
        yield QRectF(across - wide / 2.0, down - high / 2.0, wide, high)


def paint_shapes(
    painter: QPainter,
    shapes: Sequence[ArrowShape],
    theme: Theme,
    ui_scale: float = 1.0,
    taken: Sequence[QRectF] = (),
    above: Sequence[ArrowShape] = (),
) -> list[QRectF]:
    """Paint arrows, the lowest first, and return the rectangles of their factors.

    All halos lie below all arrows, so that no halo cuts an arrow. Where possible, the factors avoid the
    rectangles that are ``taken``, and the arrows that will be painted ``above``.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = theme.halo
    pens = [shape.pens(ground) for shape in shapes]
    for shape, with_pens in zip(shapes, pens, strict=True):
        shape.paint_halo(painter, with_pens)
    for shape, with_pens in zip(shapes, pens, strict=True):
        shape.paint(painter, with_pens, ground)
    magnified = [shape for shape in shapes if shape.factor]
    written: list[QRectF] = []
    if magnified:
        room = painter.clipBoundingRect() if painter.hasClipping() else QRectF(painter.viewport())

        def is_taken(place: QRectF) -> bool:
            with_halo = place.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN)
            if any(map(with_halo.intersects, (*taken, *written))):
                return True
            return any(shape.lies_on(place) for shape in (*shapes, *above))

        letters = round(_LETTERS * ui_scale)
        # The factors are placed one after the other, so that each avoids those before it.
        written.extend(shape.paint_factor(painter, theme, room, letters, is_taken) for shape in magnified)
    painter.restore()
    return written


@lru_cache(maxsize=64)
def _written(text: str, letters: int) -> tuple[LetterOutlines, float, float]:
    """Return a text centred on (0, 0), with ``letters`` of this pixel size, and half its width and height."""
    font = QFont(QApplication.font())
    font.setPixelSize(letters)
    font.setBold(True)
    written = letter_outlines(text, font, 3.5)
    box = written.inside.boundingRect()
    return written.translated(-box.center()), box.width() / 2.0, box.height() / 2.0


def paint_look_ahead(painter: QPainter, place: QPointF, theme: Theme) -> None:
    """Mark the place where the gradient was evaluated, because magnified arrows do not lead there."""
    size = _LOOK_AHEAD
    diamond = QPolygonF([place + QPointF(x, y) for x, y in ((size, 0), (0, size), (-size, 0), (0, -size))])
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(theme.halo))
    for colour, width in ((theme.halo, 4.0), (theme.memory, 1.8)):
        painter.setPen(outline_pen(colour, width))
        painter.drawPolygon(diamond)
    painter.restore()


def _outside_marker(pixels: Array) -> tuple[Array, int]:
    """Return a line without its part below the marker at its start, and the number of points dropped."""
    places = pixels.tolist()
    if not math.dist(places[0], places[-1]) > _SHORT:
        return pixels, 0
    after, far, near = 0, 0.0, 0.0
    while far < _MARKER:
        after, near = after + 1, far
        far = math.dist(places[0], places[after])
    left = pixels[after - 1 :].copy()
    left[0] += (_MARKER - near) / (far - near) * (left[1] - left[0])
    return left, after - 1


def _path(pixels: Array, joined: Flags | None) -> QPainterPath:
    """Return the line through pixels; ``joined[k]`` says whether it leads from pixel k - 1 to pixel k."""
    path = QPainterPath()
    if joined is None or joined[1:].all():
        path.addPolygon(polyline_of(pixels))
    elif joined.any():
        for (x, y), is_joined in zip(pixels.tolist(), joined.tolist(), strict=True):
            path.lineTo(x, y) if is_joined else path.moveTo(x, y)
    return path
