"""Painting maps side by side, with their axes and a shared key."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QLinearGradient, QPainter, QPen, QPolygonF

from gdsim.core.arrays import Array
from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.outcome import Outcome, OutcomePlan
from gdsim.core.formulas.nice_ticks import nice_ticks, tick_texts
from gdsim.core.formulas.numerals import exact
from gdsim.core.formulas.symbols import setting_letter
from gdsim.core.language.texts import translated
from gdsim.gui.exercises.maps.map_colours import FLAT, RAMPS
from gdsim.gui.exercises.maps.map_sheet import MapSheet
from gdsim.gui.paint.small_chart import ChartScale
from gdsim.gui.style.theme import Theme
from gdsim.gui.translation import tr

_TITLE, _TICKS, _GAP = 20.0, 34.0, 14.0
_LEFT = 52.0
# From the map to the base line of the names above it, which are clear of a number at the top.
_ABOVE = 9.0
# Sizes in the key: the gap above a row; the widths of a single colour, a colour ramp and a line; the gaps
# before a text and before the next entry.
_ABOVE_KEY, _TONE, _TONES, _LINE, _TO_TEXT, _TO_NEXT = 6.0, 14.0, 34.0, 24.0, 5.0, 16.0
# The least distance between numbers along an axis, in pixels.
_APART_ACROSS, _APART_UP = 70.0, 28.0
# A range that is a smaller share of its values is labelled with offsets from a base value.
_NARROW = 0.01
_RING = 5.0


def places_of(room: QRectF, sheet: MapSheet, font: QFont) -> list[QRectF]:
    """Return the rectangles of the maps, in the number of columns that makes them largest."""
    count, shape = len(sheet.plans), sheet.shape
    if count == 0:
        return []
    key_height = _key_height(room.width(), sheet, QFontMetricsF(font))
    options = []
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        width = room.width() / columns - _LEFT - _GAP
        height = (room.height() - key_height) / rows - _TITLE - _TICKS
        smaller = min(width, height) if shape is None else min(width / shape, height)
        options.append((smaller, columns, rows, width, height))
    _, columns, rows, width, height = max(options)
    width, height = max(width, 8.0), max(height, 8.0)
    places = [
        QRectF(
            room.left() + (index % columns) * (width + _LEFT + _GAP) + _LEFT,
            room.top() + (index // columns) * (height + _TITLE + _TICKS) + _TITLE,
            width,
            height,
        )
        for index in range(count)
    ]
    return places if shape is None else [_in_shape(place, shape) for place in places]


def _in_shape(place: QRectF, shape: float) -> QRectF:
    """Return the largest centred part of a rectangle with an aspect ratio."""
    across = max(0.0, place.width() - shape * place.height()) / 2.0
    down = max(0.0, place.height() - place.width() / shape) / 2.0
    return place.adjusted(across, down, -across, -down)


def paint_sheet(painter: QPainter, room: QRectF, sheet: MapSheet, theme: Theme, font: QFont) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    for index, place in enumerate(places_of(room, sheet, font)):
        _paint_map(painter, index, sheet, place, theme)
    _paint_key(painter, room, sheet, theme)


def _paint_map(painter: QPainter, index: int, sheet: MapSheet, place: QRectF, theme: Theme) -> None:
    plan = sheet.plans[index]
    painter.fillRect(place, QColor(theme.page))
    painter.save()
    painter.setClipRect(place)
    if index < len(sheet.maps):
        painted = sheet.maps[index]
        there = _seen_at(painted.map.plan, sheet, place)
        painter.drawImage(there, painted.image())
        _paint_lines(painter, painted.map.limits, there, theme)
    x, y = plan.values
    _paint_ring(painter, _point(place, sheet.x.share(x), sheet.y.share(y)), theme)
    if sheet.cursor is not None:
        _paint_cursor(painter, place, sheet.cursor, theme)
    painter.restore()
    taken = _paint_axes(painter, sheet, place, theme)
    _paint_title(painter, plan.run.shown_name, sheet.colours[index], place, taken, theme)


def _seen_at(plan: OutcomePlan, sheet: MapSheet, place: QRectF) -> QRectF:
    """Return the target rectangle of the image of a plan, which may be of another range."""
    low, high = (
        _point(place, sheet.x.share(x), sheet.y.share(y))
        for x, y in ((plan.x.low, plan.y.low), (plan.x.high, plan.y.high))
    )
    return QRectF(QPointF(low.x(), high.y()), QPointF(high.x(), low.y()))


def _point(place: QRectF, across: float, up: float) -> QPointF:
    return QPointF(place.left() + across * place.width(), place.bottom() - up * place.height())


def _paint_lines(painter: QPainter, lines: Iterable[Array], place: QRectF, theme: Theme) -> None:
    """Paint lines of (n, 2) shares of the sides of a rectangle, from its bottom left."""
    for colour, width in ((theme.halo, 4.0), (theme.text, 1.6)):
        painter.setPen(QPen(QColor(colour), width))
        for line in lines:
            painter.drawPolyline(QPolygonF([_point(place, *pair) for pair in line.tolist()]))


def _paint_ring(painter: QPainter, where: QPointF, theme: Theme) -> None:
    if not (math.isfinite(where.x()) and math.isfinite(where.y())):
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((theme.halo, 4.0), (theme.text, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(where, _RING, _RING)


def _paint_cursor(painter: QPainter, place: QRectF, cursor: tuple[float, float], theme: Theme) -> None:
    where = _point(place, *cursor)
    for colour, width in ((theme.halo, 3.0), (theme.text, 1.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawLine(QPointF(where.x(), place.top()), QPointF(where.x(), place.bottom()))
        painter.drawLine(QPointF(place.left(), where.y()), QPointF(place.right(), where.y()))


class _Ticks(NamedTuple):
    """Numbers along an axis: positions as shares, texts, and the base if the texts are offsets from one."""

    shares: list[float]
    texts: list[str]
    base: float | None = None


def ticks_of(axis: MapAxis, most: int) -> _Ticks:
    """Return at most ``most`` ticks along an axis."""
    low, high = axis.low, axis.high
    if high - low < _NARROW * max(abs(low), abs(high)):
        base = _base_between(low, high)
        values = nice_ticks(low - base, high - base, most)
        pairs = zip(values.tolist(), tick_texts(values), strict=True)
        texts = ["0" if value == 0.0 else text if value < 0.0 else f"+{text}" for value, text in pairs]
        return _Ticks([axis.share(base + value) for value in values.tolist()], texts, base)
    if axis.log and high > 30.0 * low:
        values, texts = ChartScale(low, high, log=True).ticks(most)
    else:
        values = nice_ticks(low, high, most)
        texts = tick_texts(values)
    return _Ticks([axis.share(value) for value in values.tolist()], texts)


def _base_between(low: float, high: float) -> float:
    """Return the number with the fewest digits that is near the middle of a range."""
    middle = 0.5 * (low + high)
    tried = (float(f"{middle:.{digits}g}") for digits in range(1, 18))
    return next((one for one in tried if abs(one - middle) < 0.3 * (high - low)), middle)


def _paint_axes(painter: QPainter, sheet: MapSheet, place: QRectF, theme: Theme) -> float:
    """Paint the numbers and names of the axes; return the right end of the name above the map."""
    metrics, ink = QFontMetricsF(painter.font()), QColor(theme.muted)
    across = ticks_of(sheet.x, max(2, int(place.width() / _APART_ACROSS)))
    up = ticks_of(sheet.y, max(2, int(place.height() / _APART_UP)))
    painter.setPen(QColor(theme.faint))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(place)
    line = metrics.height()
    for share, text in zip(across.shares, across.texts, strict=True):
        at, width = _point(place, share, 0.0), metrics.horizontalAdvance(text)
        painter.setPen(QColor(theme.faint))
        painter.drawLine(at, at + QPointF(0.0, 3.0))
        painter.setPen(ink)
        left = min(max(at.x() - width / 2.0, place.left() - 8.0), place.right() + 8.0 - width)
        painter.drawText(QPointF(left, at.y() + 3.0 + metrics.ascent()), text)
    for share, text in zip(up.shares, up.texts, strict=True):
        at = _point(place, 0.0, share)
        painter.setPen(QColor(theme.faint))
        painter.drawLine(at, at - QPointF(3.0, 0.0))
        painter.setPen(ink)
        box = QRectF(place.left() - _LEFT, at.y() - line / 2.0, _LEFT - 6.0, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
    painter.setPen(QColor(theme.text))
    name = axis_name(sheet.x, across.base)
    box = QRectF(place.left(), place.bottom() + 3.0 + line, place.width(), line)
    painter.drawText(
        box, Qt.AlignmentFlag.AlignHCenter, metrics.elidedText(name, Qt.TextElideMode.ElideRight, box.width())
    )
    name = axis_name(sheet.y, up.base)
    # Above the numbers if it is as short, else from the left margin on.
    width = metrics.horizontalAdvance(name)
    left = place.left() + max(2.0 - _LEFT, -6.0 - width)
    painter.drawText(QPointF(left, place.top() - _ABOVE), name)
    return left + width


def axis_name(axis: MapAxis, base: float | None) -> str:
    """Return the letter of an axis, minus the base of its numbers if they have one."""
    letter = setting_letter(axis.setting)
    if base is None:
        return letter
    return f"{letter} − {exact(base)}" if base >= 0.0 else f"{letter} + {exact(-base)}"


def _paint_title(
    painter: QPainter, title: str, colour: str, place: QRectF, taken: float, theme: Theme
) -> None:
    """Paint the name of the run above its map, to the right of ``taken``."""
    metrics = QFontMetricsF(painter.font())
    strong = QFont(painter.font())
    strong.setBold(True)
    painter.save()
    painter.setFont(strong)
    room = place.right() - taken - _GAP - 16.0
    text = QFontMetricsF(strong).elidedText(title, Qt.TextElideMode.ElideRight, room)
    width = QFontMetricsF(strong).horizontalAdvance(text)
    left = place.right() - width
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(left, place.top() - _ABOVE), text)
    painter.fillRect(
        QRectF(left - 16.0, place.top() - _ABOVE - metrics.ascent() / 2.0, 12.0, 3.0), QColor(colour)
    )
    painter.restore()


class _KeyEntry(NamedTuple):
    """An entry of the key: a colour, a ramp of several, or a line if it has none."""

    text: str
    colours: tuple[str, ...] = ()

    @property
    def width(self) -> float:
        """The width of the sample before the text."""
        return _LINE if not self.colours else _TONE if len(self.colours) == 1 else _TONES


def _key_places(width: float, sheet: MapSheet, metrics: QFontMetricsF) -> list[tuple[_KeyEntry, float, int]]:
    """Lay out the entries of the key in rows; return each with its left end and its row."""
    entries = key_entries(sheet.kinds, sheet.basins)
    if sheet.has_limits:
        entries.append(_KeyEntry(tr("η·λ at the limit, at the minimum")))
    places, left, row = [], _LEFT, 0
    for entry in entries:
        taken = entry.width + _TO_TEXT + metrics.horizontalAdvance(entry.text)
        if left + taken > width and left > _LEFT:
            left, row = _LEFT, row + 1
        places.append((entry, left, row))
        left += taken + _TO_NEXT
    return places


def _key_height(width: float, sheet: MapSheet, metrics: QFontMetricsF) -> float:
    rows = max((row + 1 for _, _, row in _key_places(width, sheet, metrics)), default=1)
    return rows * (_ABOVE_KEY + metrics.height())


def _paint_key(painter: QPainter, room: QRectF, sheet: MapSheet, theme: Theme) -> None:
    metrics = QFontMetricsF(painter.font())
    height, top = metrics.height(), room.bottom() - _key_height(room.width(), sheet, metrics)
    for entry, left, row in _key_places(room.width(), sheet, metrics):
        place = QRectF(
            room.left() + left, top + row * (_ABOVE_KEY + height) + _ABOVE_KEY, entry.width, height
        )
        if entry.colours:
            _paint_swatch(painter, place.adjusted(0.0, 1.0, 0.0, -1.0), entry.colours, theme)
        else:
            across = np.array([[0.0, 0.5], [1.0, 0.5]])
            _paint_lines(painter, (across,), place, theme)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(place.right() + _TO_TEXT, place.top() + metrics.ascent()), entry.text)


def _paint_swatch(painter: QPainter, swatch: QRectF, colours: tuple[str, ...], theme: Theme) -> None:
    shade = QLinearGradient(swatch.topLeft(), swatch.topRight())
    for place, colour in enumerate(colours):
        shade.setColorAt(place / max(1, len(colours) - 1), QColor(colour))
    painter.fillRect(swatch, shade)
    painter.setPen(QPen(QColor(theme.faint), 1.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(swatch)


def key_entries(kinds: Sequence[Outcome], basins: int) -> list[_KeyEntry]:
    entries: list[_KeyEntry] = []
    for kind in kinds:
        if kind is not Outcome.SOLVED:
            entries.append(_KeyEntry(translated(kind.words), (FLAT[kind],)))
        elif basins < 2:
            entries.append(_KeyEntry(tr("solved, early to late"), RAMPS[0]))
        else:
            entries += [
                _KeyEntry(tr("solved in minimum {0}, early to late").format(one + 1), RAMPS[one % len(RAMPS)])
                for one in range(basins)
            ]
    return entries
