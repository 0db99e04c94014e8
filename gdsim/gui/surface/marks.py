"""The box with its numbers and names, the markers of runs, the cross-hair and labels."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from gdsim.core.formulas.nice_ticks import nice_ticks, tick_texts
from gdsim.gui.arrows.paint import BEHIND
from gdsim.gui.paint.drawing import draw_pieces
from gdsim.gui.paint.place_box import PlaceReading
from gdsim.gui.style.fonts import SERIF
from gdsim.gui.style.theme import RunStyle, Theme
from gdsim.gui.surface.box_frame import Axis, BoxFrame, loss_ticks
from gdsim.gui.surface.projection import BoxMargins, Projection
from gdsim.gui.surface.terrain import Terrain, hidden_places
from gdsim.gui.surface.trails import SurfaceStage

_GAP = 7.0
_TICK = 4.0
_START_SIZE, _HEAD_SIZE, _SELECTED_SIZE = 7.0, 10.0, 14.0
_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip
_PADDING = 4.0
# Share of a marker's width that is cut off at each side, because round markers and diamonds have no corners.
_CORNER = 0.2
# Places along each line of the cross-hair, and the radius of its ring.
_CROSS_PLACES, _CROSS_RING = 61, 5.0


class Fonts(NamedTuple):
    """The fonts of the axes' numbers, of their names, and of labels beside markers."""

    numbers: QFont
    names: QFont
    labels: QFont


def fonts_like(font: QFont) -> Fonts:
    size = font.pointSizeF() if font.pointSizeF() > 0.0 else 0.75 * font.pixelSize()
    numbers, names, labels = QFont(font), QFont(SERIF), QFont(font)
    numbers.setPointSizeF(0.9 * size)
    names.setStyleHint(QFont.StyleHint.Serif)
    names.setPointSizeF(1.35 * size)
    names.setItalic(True)
    labels.setPointSizeF(0.85 * size)
    return Fonts(numbers, names, labels)


def margins_for(fonts: Fonts, terrain: Terrain, flatness: float) -> BoxMargins:
    """Return the margins that numbers and names need around the box; from the top, b is at its left."""
    numbers, names = QFontMetricsF(fonts.numbers), QFontMetricsF(fonts.names)

    def widest(texts: Sequence[str]) -> float:
        return max(map(numbers.horizontalAdvance, ("−0.5", *texts)))

    w_min, w_max, b_min, b_max = terrain.view_range
    loss = widest(loss_ticks(terrain.scale, 4)[1])
    b = widest(tick_texts(nice_ticks(b_min, b_max, 4)))
    floor = max(b, widest(tick_texts(nice_ticks(w_min, w_max, 4))))
    # Numbers along the floor reach into the room that a turned box needs.
    spared = floor - 24.0
    from_top = b + names.horizontalAdvance("b") + _GAP
    return BoxMargins(
        left=(1.0 - flatness) * max(loss, spared) + flatness * from_top + _GAP + 4.0,
        top=names.height() * (1.0 - 0.6 * flatness) + 4.0,
        right=(1.0 - flatness) * max(0.4 * floor, spared) + flatness * _GAP + 4.0,
        bottom=2.0 * numbers.height() + 8.0 + 2.0 * flatness * _GAP,
    )


def draw_box(painter: QPainter, view: Projection, frame: BoxFrame, theme: Theme) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for lines, colour in ((frame.grid, theme.grid), (frame.edges, theme.border)):
        painter.setPen(QPen(QColor(colour), 1.0))
        painter.drawLines([QLineF(*start, *end) for start, end in view.project(lines).tolist()])


def draw_axes(
    painter: QPainter, view: Projection, frame: BoxFrame, fonts: Fonts, theme: Theme
) -> list[QRectF]:
    """Draw the numbers and names around the box; return the rectangles they take."""
    taken: list[QRectF] = []
    for axis in frame.axes:
        reach = _draw_ticks(painter, view, axis, fonts.numbers, theme, taken)
        painter.setPen(QColor(theme.text))
        painter.setFont(fonts.names)
        rect = _beside(
            painter, axis.name, _pixel(view, axis.middle), axis.outward, 4.0 if axis.upright else reach
        )
        pane = QRectF(0.0, 0.0, view.width, view.height)
        if rect.intersects(pane):  # a large font in a small pane would cut the name off
            rect.moveLeft(min(max(rect.left(), 0.0), pane.right() - rect.width()))
            rect.moveTop(min(max(rect.top(), 0.0), pane.bottom() - rect.height()))
        painter.drawText(rect, _CENTRED, axis.name)
        taken.append(rect)
    return taken


def _draw_ticks(
    painter: QPainter, view: Projection, axis: Axis, font: QFont, theme: Theme, taken: list[QRectF]
) -> float:
    """Draw the ticks, and the numbers that find room; return how far out the numbers reach."""
    painter.setFont(font)
    reach = _GAP
    for tick in axis.ticks:
        place = _pixel(view, tick.place)
        across, down = tick.outward
        painter.setPen(QPen(QColor(theme.faint), 1.0))
        painter.drawLine(QLineF(place, place + QPointF(_TICK * across, _TICK * down)))
        rect = _beside(painter, tick.text, place, tick.outward, _GAP)
        if not any(rect.intersects(other) for other in taken):
            painter.setPen(QColor(theme.muted))
            painter.drawText(rect, _CENTRED, tick.text)
            taken.append(rect)
            reach = max(reach, 1.6 * _GAP + abs(across) * rect.width() + abs(down) * rect.height())
    return reach


def _beside(painter: QPainter, text: str, place: QPointF, outward: tuple[float, float], gap: float) -> QRectF:
    """Return the rectangle of a text in a direction from a place, with ``gap`` between them."""
    size = painter.fontMetrics().size(0, text)
    across, down = outward
    reach = gap + abs(across) * size.width() / 2.0 + abs(down) * size.height() / 2.0
    rect = QRectF(0.0, 0.0, size.width(), size.height())
    rect.moveCenter(place + QPointF(across * reach, down * reach))
    return rect


class RunMarks:
    """Painter of both ends of a run's path: a ring at its start, the run's marker at its head."""

    def __init__(self, style: RunStyle, theme: Theme, ui_scale: float) -> None:
        self._halo, self._colour = QColor(theme.halo), QColor(style.colour)
        self._ring, self._radius = QPen(self._colour, 2.0), ui_scale * _START_SIZE / 2.0
        self._near = ui_scale * (_HEAD_SIZE + _SELECTED_SIZE) / 2.0
        self._around = QPen(self._halo, 4.0, j=Qt.PenJoinStyle.RoundJoin)
        shape: QPainterPath = Symbols[style.marker]
        sizes = (ui_scale * _HEAD_SIZE, ui_scale * _SELECTED_SIZE)
        self._shapes = tuple(QTransform.fromScale(size, size).map(shape) for size in sizes)

    def paint_start(self, painter: QPainter, place: QPointF, *, behind: bool) -> None:
        if behind:
            painter.setOpacity(BEHIND)
        painter.setBrush(self._halo)
        painter.setPen(self._ring)
        painter.drawEllipse(place, self._radius, self._radius)
        if behind:
            painter.setOpacity(1.0)

    def room(self, place: QPointF) -> QRectF:
        """Return the rectangle that the marker of an unselected run covers at a place."""
        return self._shapes[False].boundingRect().translated(place)

    def inside(self, place: QPointF) -> QRectF:
        """Return the marker's rectangle without the margins whose corners round markers leave free."""
        room = self.room(place)
        across, down = _CORNER * room.width(), _CORNER * room.height()
        return room.adjusted(across, down, -across, -down)

    def touches(self, place: QPointF, chosen: QPointF) -> bool:
        """Return whether the marker at a place touches the selected run's marker, at ``chosen``."""
        return QLineF(place, chosen).length() < self._near

    def paint_head(self, painter: QPainter, place: QPointF, *, selected: bool, behind: bool) -> None:
        if behind:
            painter.setOpacity(BEHIND)
        shape = self._shapes[selected].translated(place)
        painter.strokePath(shape, self._around)
        painter.fillPath(shape, self._colour)
        if behind:
            painter.setOpacity(1.0)


def _pixel(view: Projection, place: tuple[float, float, float]) -> QPointF:
    return QPointF(*view.project(np.array(place)).tolist())


class PlaceLabel(NamedTuple):
    """A text beside a place on the surface."""

    w: float
    b: float
    loss: float
    text: str
    side: int = 1  # -1 at the left of the place, 1 at the right


def draw_cross_hair(painter: QPainter, stage: SurfaceStage, place: PlaceReading, theme: Theme) -> None:
    """Draw two lines over the surface that cross at a place, with a ring around it."""
    x, y, _ = stage.terrain.place(place.w, place.b, place.loss).tolist()
    if abs(x) > 1.0 or abs(y) > 1.0:
        return
    along = np.linspace(-1.0, 1.0, _CROSS_PLACES)
    courses = [
        (along, np.full_like(along, y)),
        (np.full_like(along, x), along),
        (np.array([x]), np.array([y])),
    ]
    plane = np.concatenate([np.column_stack(course) for course in courses])
    places = np.column_stack([plane, stage.terrain.height_at(plane[:, 0], plane[:, 1])])
    seen = ~hidden_places(stage.terrain, places, stage.view.eye)
    pixels = stage.view.project(places)
    joined = seen[:-1] & seen[1:]
    joined[[_CROSS_PLACES - 1, 2 * _CROSS_PLACES - 1]] = False
    ends = np.column_stack([pixels[:-1], pixels[1:]])[joined]
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.halo, 3.0), (theme.text, 1.2)):
        tone = QColor(colour)
        tone.setAlphaF(0.85 if width < 2.0 else 0.5)
        painter.setPen(QPen(tone, width))
        draw_pieces(painter, ends)
        painter.drawEllipse(QPointF(*pixels[-1].tolist()), _CROSS_RING, _CROSS_RING)


def draw_labels(
    painter: QPainter, stage: SurfaceStage, labels: tuple[PlaceLabel, ...], font: QFont, theme: Theme
) -> None:
    painter.setFont(font)
    metrics = painter.fontMetrics()
    for label in labels:
        pixel = stage.view.project(stage.terrain.place(label.w, label.b, label.loss))
        width = max(metrics.horizontalAdvance(label.text) + 2.0 * _PADDING, float(metrics.height()))
        plate = QRectF(0.0, 0.0, width, float(metrics.height()))
        plate.moveCenter(QPointF(float(pixel[0]) + label.side * width, float(pixel[1])))
        painter.setPen(QPen(QColor(theme.accent), 1.0))
        painter.setBrush(QColor(theme.card))
        painter.drawRoundedRect(plate, 4.0, 4.0)
        painter.setPen(QColor(theme.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, label.text)
