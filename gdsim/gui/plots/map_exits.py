"""Runs that have left the map: an arrow at the border where each of them did, and words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gdsim.core.arrays import Array, Flags
from gdsim.core.numerals import rounded
from gdsim.gui.theme import LIGHT, Look
from gdsim.session.frame import Frame, RunView, in_plane

# Steps that are looked at for the last one on the map; of a run that left earlier the border's nearest
# place is marked.
_LOOKED_AT = 4096
# The arrow's length and half its width, and how far from the border its tip is, in pixels.
_LENGTH, _HALF, _INSET = 12.0, 7.0, 2.0
_FONT, _PADDING, _MARGIN = 11, 4, 6


class Exit(NamedTuple):
    """Where a run is off the map.

    Attributes
    ----------
    run : int
        Its index.
    border, head : (2,) arrays
        Where it left, and where it is, as shares of the map from its lower left corner.
    """

    run: int
    border: Array
    head: Array


def exits_of(frame: Frame, low: Array, high: Array) -> tuple[Exit, ...]:
    """Return the visible runs that stand outside a map with the corners ``low`` and ``high``."""
    exits = []
    for index, view in frame.shown:
        first = max(0, view.step + 1 - _LOOKED_AT)
        with np.errstate(over="ignore", invalid="ignore"):
            way = (in_plane(view.past.p[first:]) - low) / (high - low)
        inside = np.abs(way - 0.5).max(axis=1) <= 0.5
        if not inside[-1]:
            exits.append(Exit(index, _border(way, inside), way[-1]))
    return tuple(exits)


def _border(way: Array, inside: Flags) -> Array:
    """Return where a way that ends outside the unit square left it last."""
    within = np.flatnonzero(inside)
    if not within.size:
        return _on_map(way[-1])
    start, end = way[within[-1]], way[within[-1] + 1]
    # Of the shares of this line after which a border is reached, the smallest.
    with np.errstate(all="ignore"):
        shares = np.where(end > 1.0, (1.0 - start) / (end - start), -start / (end - start))
    share = shares[(end > 1.0) | (end < 0.0)].min()
    return _on_map(start + share * (end - start))


def _on_map(place: Array) -> Array:
    nearest: Array = np.clip(place, 0.0, 1.0)
    return nearest


def exit_words(views: Sequence[RunView]) -> str:
    """Return which runs are outside, and what to do about it; nothing when none is."""
    if not views:
        return ""
    if len(views) > 1:
        words = _tr("{0} runs are outside the map – Fit (Ctrl+F)")
        return words.format(len(views))
    w, b = (rounded(float(value), 3).replace("-", "−") for value in views[0].p[[0, -1]])
    words = _tr("{0} is outside the map: w {1}, b {2} – Fit (Ctrl+F)")
    return words.format(views[0].run.name, w, b)


class MapExits(QWidget):
    """A pane of glass over the map, with the arrows and the words on it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._look = Look(LIGHT)
        self._exits: tuple[Exit, ...] = ()
        self.words = ""
        font = self.font()
        font.setPixelSize(_FONT)
        self.setFont(font)
        self.hide()

    def set_look(self, look: Look) -> None:
        """Draw in the colours of a theme, and every arrow in its run's."""
        self._look = look
        self.update()

    def show_frame(self, frame: Frame, low: Array, high: Array) -> None:
        """Show which runs of a frame are outside the map with the corners ``low`` and ``high``."""
        exits = exits_of(frame, low, high)
        if exits or self._exits:
            self._exits = exits
            self.words = exit_words([frame.views[one.run] for one in exits])
            self.setVisible(bool(exits))
            self.update()

    def places(self) -> list[QPointF]:
        """Return where the arrows' tips are, in pixels."""
        return [self._pixel(one.border) for one in self._exits]

    def _pixel(self, share: Array) -> QPointF:
        x, y = share.tolist()
        return QPointF(
            min(max(x * self.width(), _INSET), self.width() - _INSET),
            min(max((1.0 - y) * self.height(), _INSET), self.height() - _INSET),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words on a plate, and the arrows above it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_words(painter)
        for one in self._exits:
            if one.run < len(self._look.styles):
                self._paint_arrow(painter, one)

    def _paint_words(self, painter: QPainter) -> None:
        room = QRectF(self.rect()).adjusted(*(2 * (_MARGIN + _PADDING,)), *(2 * (-_MARGIN - _PADDING,)))
        flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        text = painter.boundingRect(room, int(flags), self.words)
        plate = QColor(self._look.theme.card)
        plate.setAlpha(225)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(text.adjusted(-_PADDING, -_PADDING, _PADDING, _PADDING), 4.0, 4.0)
        painter.setPen(QColor(self._look.theme.text))
        painter.drawText(text, int(flags), self.words)

    def _paint_arrow(self, painter: QPainter, one: Exit) -> None:
        tip = self._pixel(one.border)
        outwards = _outwards(one, self.width(), self.height())
        back = tip - outwards * _LENGTH
        across = QPointF(-outwards.y(), outwards.x()) * _HALF
        shape = QPolygonF([tip, back + across, back - across])
        painter.setBrush(QColor(self._look.styles[one.run].colour))
        painter.setPen(QPen(QColor(self._look.theme.halo), 2.0, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPolygon(shape)


def _outwards(one: Exit, width: float, height: float) -> QPointF:
    """Return the direction in the picture from the border to the run, of length 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        way = np.clip(np.nan_to_num(one.head - one.border), -1e9, 1e9) * (width, -height)
    x, y = (way / (np.hypot(*way) or 1.0)).tolist()
    return QPointF(x, y)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Contours", text)
