"""The common setup of all 2D plots: axes, colours, and pens that are cheap to draw."""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias, TypeVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QApplication

from gdsim.core.formulas.nice_ticks import nice_ticks, tick_texts
from gdsim.gui.paint.drawing import translucent
from gdsim.gui.paint.still_plot import FrontAxis, PlotView, StillPlot
from gdsim.gui.style.text_size import BASE_SIZE
from gdsim.gui.style.theme import Look

PlotT = TypeVar("PlotT", bound=PlotView)
# Rectangle, alignment and text of a number, as pyqtgraph specifies them.
_Number: TypeAlias = tuple[QRectF, Qt.AlignmentFlag, str]

# Opacity of grid lines, out of 255.
GRID_ALPHA = 40
# In pixels; negative lengths point outwards.
TICK_LENGTH = -4
# Width and height that pyqtgraph's axes initially reserve for numbers.
_TEXT_ROOM = (30, 18)
_DIGIT = re.compile(r"\d")
# The usual maximum of numbers on an axis, and the limits beyond which they are written with an exponent.
_MOST_TICKS = 24
_SMALL, _LARGE = 1e-4, 1e4
# The least extent of an axis, absolute and as a share of the size of its numbers.
_NARROWEST, _NARROWEST_SHARE = 1e-290, 1e-14


def are_apart(low: float, high: float) -> bool:
    """Return whether two numbers are far enough apart to be the ends of an axis."""
    return high - low > max(_NARROWEST, _NARROWEST_SHARE * max(abs(low), abs(high)))


def ends_around(low: float, high: float) -> tuple[float, float]:
    """Return ends of an axis for numbers from ``low`` to ``high``, widened if these are nearly equal."""
    if are_apart(low, high):
        return low, high
    half = 0.5 * max(abs(low), abs(high))
    half = half if half > _NARROWEST else 0.5
    return low - half, high + half


class PlotAxis(FrontAxis):
    """An axis with the program's number format, as 1·10⁸ and −5, and with equal decimals: 0.0, 0.5, 1.0."""

    def __init__(self, side: str) -> None:
        self._step = 0.0  # common step of all numbers; 0 if each level of ticks uses its own step
        self._texts: dict[float, list[str]] = {}  # texts of the numbers of each level, by the level's step
        super().__init__(side)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        step = self._step or spacing
        # Include the largest number possible, so that all levels agree on powers of ten.
        last = max(map(abs, self.range)) // step * step
        self._texts[spacing] = tick_texts(np.array([*values, last]), step)[:-1]
        return list(self._texts[spacing])

    def keep_room_for(self, low: float, high: float) -> None:
        """Reserve the room that numbers from ``low`` to ``high`` may need.

        Otherwise the width of an upright axis would depend on the numbers that it has shown before.
        """
        largest, ticks = max(abs(low), abs(high)), nice_ticks(low, high, _MOST_TICKS)
        step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else high - low
        decimals = max(0, math.ceil(-math.log10(step) - 1e-9))
        text = f"−{largest:.{decimals}f}" if step > _SMALL and largest < _LARGE else "−8.88·10⁻⁸⁸"
        width = math.ceil(QFontMetricsF(self._font()).horizontalAdvance(_DIGIT.sub("8", text)))
        if self.style["autoExpandTextSpace"] or self.style["tickTextWidth"] != width:
            self.style["tickTextWidth"] = width
            self.setStyle(autoExpandTextSpace=False)

    def generateDrawSpecs(self, painter: QPainter) -> Any:  # noqa: ANN401 - as pyqtgraph has it
        self._step, self._texts = 0.0, {}
        specs = super().generateDrawSpecs(painter)
        if specs is None:
            return None
        axis, ticks, numbers = specs
        letter = QFontMetricsF(self._font()).horizontalAdvance("0")
        return axis, ticks, self._shown(numbers, painter, letter)

    def _shown(self, numbers: Sequence[_Number], painter: QPainter, letter: float) -> Sequence[_Number]:
        """Return the numbers to draw: of both levels with the decimals of the finer one, if they have room.

        Otherwise only those of the coarser level: all, every second one, and so on, until a letter fits
        between neighbours.
        """
        steps = self._levels_of(numbers)
        if not steps:
            return numbers
        coarse = self._texts[max(steps)]
        alike = numbers
        if len({math.floor(math.log10(step) + 1e-9) for step in steps}) > 1:
            self._step = min(steps)
            _, _, alike = super().generateDrawSpecs(painter)
        if min(steps) in self._levels_of(alike) and _have_gaps(alike, letter):
            return alike
        ordered = _in_order(number for number in numbers if number[2] in coarse)
        every = (ordered[::step] for step in range(1, len(ordered)))
        return next((kept for kept in every if _have_gaps(kept, letter)), ordered[:1])

    def _levels_of(self, numbers: Sequence[_Number]) -> list[float]:
        """Return the steps of the levels that have numbers drawn."""
        drawn = {text for *_, text in numbers}
        return [step for step, texts in self._texts.items() if not drawn.isdisjoint(texts)]

    def _font(self) -> QFont:
        font: QFont | None = self.style["tickFont"]
        return font or QApplication.font()


def _in_order(numbers: Iterable[_Number]) -> list[_Number]:
    return sorted(numbers, key=lambda number: (number[0].left(), number[0].top()))


def _have_gaps(numbers: Sequence[_Number], letter: float) -> bool:
    """Return whether a letter would fit between all neighbouring numbers."""
    wide = (
        (one.adjusted(0.0, 0.0, letter, 0.0), other)
        for (one, *_), (other, *_) in pairwise(_in_order(numbers))
    )
    return not any(one.intersects(other) for one, other in wide)


def make_plot(x_name: str, y_name: str) -> PlotView:
    return _configured(PlotView(pg.ViewBox(enableMenu=False), _axes({}).values()), x_name, y_name)


def make_still_plot(
    x_name: str, y_name: str, box: pg.ViewBox | None = None, axes: Sequence[pg.AxisItem] = ()
) -> StillPlot:
    """Return a plot for content that every frame of playback repaints; ``axes`` replace the default ones."""
    given = {axis.orientation: axis for axis in axes}
    plot = StillPlot(box or pg.ViewBox(enableMenu=False), _axes(given).values())
    return _configured(plot, x_name, y_name)


def _axes(given: dict[str, pg.AxisItem]) -> dict[str, pg.AxisItem]:
    """Return the axes of a plot by side, with default axes at the left and bottom if none are given."""
    return {side: PlotAxis(side) for side in ("left", "bottom") if side not in given} | given


def _configured(plot: PlotT, x_name: str, y_name: str) -> PlotT:
    plot.getViewBox().setMouseEnabled(x=False, y=False)
    for side, name in (("bottom", x_name), ("left", y_name)):
        axis = plot.getAxis(side)
        if name:
            axis.setLabel(name)
        axis.enableAutoSIPrefix(enable=False)
        axis.setTickDensity(0.7)
        axis.setStyle(tickLength=TICK_LENGTH, maxTickLevel=1, hideOverlappingLabels=True)
    return plot


def name_axis(plot: PlotView, side: str, name: str) -> None:
    axis = plot.getAxis(side)
    if axis.labelText != name:
        axis.setLabel(name)
        axis.resizeEvent()  # pyqtgraph centres a label only when the axis is resized


def paint_plot(plot: PlotView, look: Look, *, grid: bool) -> None:
    theme = look.theme
    plot.setBackground(theme.card)
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.recolour(pg.mkPen(theme.faint, width=look.pen), pg.mkPen(theme.muted))
        set_grid(axis, on=grid)
        _size_letters(axis, look.ui_scale)


def set_grid(axis: pg.AxisItem, *, on: bool) -> None:
    alpha = GRID_ALPHA if on else False
    if axis.grid != alpha:
        axis.setGrid(alpha)


def _size_letters(axis: pg.AxisItem, ui_scale: float) -> None:
    font = QApplication.font()
    font.setPixelSize(round(BASE_SIZE * ui_scale))
    if axis.orientation == "left":  # keep the name as far from the numbers in any size
        axis.label.document().setDocumentMargin(0.5 * font.pixelSize())
    if axis.label.font() == font:
        return
    # The widest number that pyqtgraph remembers never shrinks by itself.
    axis.textWidth, axis.textHeight = _TEXT_ROOM
    axis.setStyle(tickFont=font)
    axis.label.setFont(font)
    axis.resizeEvent(None)


def plain_pen(colour: str, width: float, alpha: int = 255) -> QPen:
    pen = QPen(translucent(colour, alpha), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
