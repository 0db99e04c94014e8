"""Markers for runs that have left the map: arrows where they crossed the border, and words."""

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import number
from gdsim.core.model.plane import USUAL_PLANE, Plane, in_plane
from gdsim.gui.paint.border_arrow import BorderGlass, border_of, outwards, paint_arrow, paint_words, pixel_of
from gdsim.gui.paint.drawing import painting
from gdsim.gui.translation import tr
from gdsim.session.frame import Frame, RunView

# The number of latest steps in which the last one on the map is sought. For a run that left earlier, the
# nearest place of the border is marked.
_MOST_STEPS = 4096
# w and b of a corner of the map.
Corner: TypeAlias = tuple[float, float]


class MapExit(NamedTuple):
    """A run that is off the map."""

    run: int  # its index
    # Where it left and where it is, as shares of the map from its lower left corner: shape (2,).
    border: Array
    head: Array


def exits_of(frame: Frame, low: Corner, high: Corner) -> tuple[MapExit, ...]:
    """Return the visible runs that are outside a map with the corners ``low`` and ``high``."""
    exits = []
    for index, view in frame.begun:
        w, b = view.place
        if low[0] <= w <= high[0] and low[1] <= b <= high[1]:
            continue
        first = max(0, view.step + 1 - _MOST_STEPS)
        with np.errstate(over="ignore", invalid="ignore"):
            way = (in_plane(view.past.p[first:], view.axes) - low) / np.subtract(high, low)
        inside = np.abs(way - 0.5).max(axis=1) <= 0.5
        if not inside[-1]:
            exits.append(MapExit(index, border_of(way, inside), way[-1]))
    return tuple(exits)


def exit_words(views: Sequence[RunView], remedy: str = "", plane: Plane = USUAL_PLANE) -> str:
    """Say which runs are outside, and what brings them back; empty if none is."""
    if not views:
        return ""
    if len(views) > 1:
        words = tr("{0} runs are outside the map").format(len(views))
        return f"{words} – {remedy}" if remedy else words
    # No line break between a letter and its number.
    place = [
        f"{name}\N{NO-BREAK SPACE}{number(at)}" for name, at in zip(plane.names, views[0].place, strict=True)
    ]
    words = tr("{0} is outside the map: {1}, {2}")
    words = words.format(views[0].run.shown_name, *place)
    return f"{words} – {remedy}" if remedy else words


class MapExits(BorderGlass):
    """A glass over the map with arrows and words for the runs that have left it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.exits: tuple[MapExit, ...] = ()  # the runs that are off the map
        self.remedy = ""  # the command that brings them back onto the map, with its keys
        self.says_words = True  # whether words are shown besides the arrows

    def show_frame(self, frame: Frame, low: Corner, high: Corner) -> None:
        exits = exits_of(frame, low, high)
        if exits or self.exits:
            self.exits = exits
            outside = [frame.views[one.run] for one in exits]
            self.words = exit_words(outside, self.remedy, frame.plane)
            self.setVisible(bool(exits))
            self.update()

    def places(self) -> list[QPointF]:
        return [pixel_of(one.border, QSizeF(self.size())) for one in self.exits]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painting(self)
        theme, size = self._look.theme, QSizeF(self.size())
        if self.says_words:
            paint_words(painter, QRectF(self.rect()), self.words, theme)
        for one, tip in zip(self.exits, self.places(), strict=True):
            if one.run < len(self._look.styles):
                way = outwards(one.border, one.head, size)
                paint_arrow(painter, tip, way, self._look.styles[one.run].colour, theme.halo)
