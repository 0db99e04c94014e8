"""A place of the plane under the mouse, and the small box beside the mouse with its values."""

import math
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gdsim.core.formulas.numerals import MINUS, with_power, with_trailing_zeros
from gdsim.core.language.texts import chosen_language, localised
from gdsim.core.surface.surface import LossSurface
from gdsim.gui.paint.drawing import painting
from gdsim.gui.style.theme import LIGHT, Look, Theme
from gdsim.gui.translation import tr

_DIGITS = 4
# Coordinates of at least this size are written with an exponent.
_LARGE = 1e6
# In pixels at the default text size: from the mouse to the box, from its border to the texts, and between
# names and numbers.
_AWAY, _PADDING, _GAP = 14.0, 6.0, 10.0


class PlaceReading(NamedTuple):
    """A place of the plane, with the loss and the slope there."""

    w: float
    b: float
    loss: float
    slope: float  # the size of the gradient


def place_on(surface: LossSurface, w: float, b: float) -> PlaceReading:
    return PlaceReading(w, b, *surface.loss_and_slope_at(w, b))


def place_rows(
    place: PlaceReading, units: tuple[float, float], names: tuple[str, str] = ("w", "b")
) -> tuple[tuple[str, str], ...]:
    """Return the names and numbers of a place; ``units`` are the lengths of a pixel along both axes."""
    numbers = (
        (names[0], _to_pixel(place.w, units[0])),
        (names[1], _to_pixel(place.b, units[1])),
        ("L", with_power(with_trailing_zeros(place.loss, _DIGITS))),
        (tr("slope"), with_power(with_trailing_zeros(place.slope, _DIGITS))),
    )
    return tuple((name, text.replace("-", MINUS)) for name, text in numbers)


def _to_pixel(value: float, unit: float) -> str:
    """Format a coordinate with the decimals that a pixel resolves."""
    decimals = max(0, math.ceil(-math.log10(unit))) if unit > 0.0 else 0
    if abs(value) >= _LARGE or decimals > _DIGITS + 2:
        return with_power(with_trailing_zeros(value, _DIGITS + 2))
    return localised(f"{round(value, decimals) + 0.0:.{decimals}f}")  # adding 0 turns −0 into 0


class PlaceBox(QWidget):
    """A box over a pane, beside the mouse but within the pane, with numbers aligned at their points."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._pane = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.rows: tuple[tuple[str, str], ...] = ()
        self._theme: Theme = LIGHT
        self._scale = 1.0
        self.hide()

    def set_look(self, look: Look) -> None:
        self._theme, self._scale = look.theme, look.ui_scale
        self.update()

    def show_beside(self, mouse: QPointF, rows: tuple[tuple[str, str], ...]) -> None:
        self.rows = rows
        room, size = self._pane.rect(), self.sizeHint()
        away = _AWAY * self._scale
        corner = QPoint(
            _beside(mouse.x(), size.width(), room.width(), away),
            _beside(mouse.y(), size.height(), room.height(), away),
        )
        self.setGeometry(QRect(corner, size))
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        names, whole, parts = self._columns()
        padding = 2.0 * _PADDING * self._scale
        width = names + _GAP * self._scale + whole + parts + padding
        return QSize(math.ceil(width), math.ceil(len(self.rows) * self._line() + padding))

    def _columns(self) -> tuple[int, int, int]:
        """Return the widths of the names, and of the numbers' parts before and after their points."""
        width = self.fontMetrics().horizontalAdvance
        halves = [_halves(text) for _, text in self.rows]
        return (
            max((width(name) for name, _ in self.rows), default=0),
            max((width(whole) for whole, _ in halves), default=0),
            max((width(part) for _, part in halves), default=0),
        )

    def _line(self) -> int:
        return self.fontMetrics().height()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        painter.setPen(QPen(QColor(self._theme.border), 1.0))
        painter.setBrush(QColor(self._theme.card))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4.0, 4.0)
        names, whole, parts = self._columns()
        padding, line = round(_PADDING * self._scale), self._line()
        point = padding + names + round(_GAP * self._scale) + whole
        vertical = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        for row, (name, text) in enumerate(self.rows):
            top = padding + row * line
            left, right = _halves(text)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(QRect(padding, top, names, line), vertical | Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(QColor(self._theme.text))
            for room, side, part in (
                (QRect(point - whole, top, whole, line), Qt.AlignmentFlag.AlignRight, left),
                (QRect(point, top, parts, line), Qt.AlignmentFlag.AlignLeft, right),
            ):
                painter.drawText(room, vertical | side, part)


def _halves(text: str) -> tuple[str, str]:
    """Split a number before its decimal point, or before its power of ten if there is no point."""
    ends = [text.index(sign) for sign in (chosen_language().decimal_sign, "·") if sign in text]
    end = min(ends, default=len(text))
    return text[:end], text[end:]


def _beside(mouse: float, size: int, room: int, away: float) -> int:
    """Return where a box begins along one direction: after the mouse, or before it if there is no room."""
    start = mouse + away
    if start + size > room:
        start = mouse - away - size
    return round(max(0.0, min(start, room - size)))
