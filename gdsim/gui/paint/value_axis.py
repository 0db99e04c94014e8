"""Axes with round numbers: of values, and of steps, each on a linear or a logarithmic scale."""

import math

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontInfo, QFontMetricsF

from gdsim.core.arrays import Array
from gdsim.core.formulas import numerals
from gdsim.core.formulas.nice_ticks import LARGEST_POWER, log_texts, needs_no_powers, nice_ticks, tick_texts
from gdsim.gui.paint.still_plot import FrontAxis
from gdsim.gui.style.text_size import BASE_SIZE

# Pixels between neighbouring values and steps at the normal text size, and the share that is still allowed.
_APART, _STEPS_APART, _CLOSEST = 22.0, 62.0, 0.7
# Below this number of decades a logarithmic scale has round numbers instead of powers of ten.
_FEW_DECADES = 1.3
# Above this number of decades there are no numbers between the powers of ten, unless they are plain.
_SOME_DECADES = 3.0
# Pixels by which numbers at the ends may reach into the margin, across and up.
_OVERHANG, _RISE = 12, 4
# Pixels between the widest number and the axis, with some for rounding.
_BESIDE_NUMBERS = 10


class ValueAxis(FrontAxis):
    """A vertical axis whose positions are values or their decimal logarithms."""

    def __init__(self) -> None:
        super().__init__("left")
        self._log = False
        self._lowest = -math.inf

    def set_values(self, *, log: bool, lowest: float) -> None:
        """Set whether positions are logarithms, and the lowest position that gets a number."""
        if (log, lowest) != (self._log, self._lowest):
            self._log, self._lowest = log, lowest
            self.picture = None
            self.update()

    def make_room(self, usual: float, low: float, high: float, size: float) -> None:
        """Set the usual width, or a larger one for long numbers, which would not be drawn without room."""
        ((_, ticks),) = self.tickValues(low, high, size)
        metrics = QFontMetricsF(self.style["tickFont"] or self.font())
        widths = [metrics.horizontalAdvance(text) for text in self.tickStrings(ticks, 1.0, 1.0)]
        width = max(usual, math.ceil(max(widths, default=0.0)) + _BESIDE_NUMBERS)
        if width != self.fixedWidth:
            self.setWidth(width)

    def boundingRect(self) -> QRectF:
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -_RISE, 0, _RISE)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        first = min(max(low, self._lowest), high)
        most = max(2, int(size * (high - first) / (high - low) / (_APART * _scale_of(self))))
        ticks = log_ticks(first, high, most) if self._log else nice_ticks(first, high, most)
        return [(1.0, ticks.tolist())]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return log_texts(values) if self._log else tick_texts(np.array(values))


class StepAxis(FrontAxis):
    """A horizontal axis of whole numbers n, or of log₁₀(1 + n), whose last number may overhang."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._log = False

    def set_log(self, *, log: bool) -> None:
        if log != self._log:
            self._log = log
            self.picture = None
            self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        most = max(2, int(size / (_STEPS_APART * _scale_of(self))))
        ticks = _log_steps(low, high, most) if self._log else nice_ticks(low, high, most)
        whole = ticks[(ticks == np.rint(ticks)) & (ticks >= 0.0)]
        return [(1.0, (np.log10(1.0 + whole) if self._log else whole).tolist())]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        steps = 10.0 ** np.array(values) - 1.0 if self._log else np.array(values)
        return [numerals.integer_text(step) for step in steps]

    def boundingRect(self) -> QRectF:
        rect: QRectF = super().boundingRect()
        return rect.adjusted(-_OVERHANG, 0, _OVERHANG, 0)


def _scale_of(axis: FrontAxis) -> float:
    font = axis.style["tickFont"]
    return QFontInfo(font).pixelSize() / BASE_SIZE if font else 1.0


def _log_steps(low: float, high: float, most: int) -> Array:
    """Return round numbers between two positions on an axis of log₁₀(1 + number)."""
    first, last = 10.0**low - 1.0, 10.0**high - 1.0
    if high - low < _FEW_DECADES:
        steps = nice_ticks(first, last, most)
        whole = steps[(steps == np.rint(steps)) & (steps >= 0.0)]
        places = _well_spaced(np.log10(1.0 + whole), _CLOSEST * (high - low) / most)
        return np.rint(10.0**places - 1.0)
    digits = (1.0, 2.0, 5.0) if 3 * (high - low) <= most else (1.0,)
    powers = 10.0 ** np.arange(0, math.ceil(high) + 1, max(1, math.ceil((high - low) / most)))
    steps = np.sort(np.concatenate([[0.0], *(digit * powers for digit in digits)]))
    shown: Array = steps[(steps >= first - 1e-9 * last) & (steps <= last * (1.0 + 1e-9))]
    return shown


def log_ticks(low: float, high: float, most: int) -> Array:
    """Return the logarithms of about ``most`` round values or fewer, between two logarithms."""
    decades = high - low
    if decades < _FEW_DECADES:
        values = nice_ticks(10.0**low, 10.0**high, most) if high < LARGEST_POWER else np.array([])
        return _well_spaced(np.log10(values[values > 0.0]), _CLOSEST * decades / most)
    if 3 * decades <= most and (decades <= _SOME_DECADES or needs_no_powers(low, high)):
        return np.concatenate([_multiples(low, high, 1, offset) for offset in np.log10([1.0, 2.0, 5.0])])
    step = math.ceil(decades / most)
    while step > 1 and math.floor(high / step) <= math.ceil(low / step):
        step -= 1  # a single number does not show the length of a decade
    return _multiples(low, high, step, 0.0)


def _multiples(low: float, high: float, step: int, offset: float) -> Array:
    exponents = np.arange(math.ceil((low - offset) / step), math.floor((high - offset) / step) + 1)
    return exponents * np.float64(step) + offset


def _well_spaced(ticks: Array, least: float) -> Array:
    """Drop ticks too close to a neighbour, because round numbers crowd at the top of a decade."""
    kept: list[float] = []
    for tick in ticks[::-1]:
        if not kept or kept[-1] - tick >= least:
            kept.append(float(tick))
    return np.array(kept[::-1])
