"""Round numbers, for steps and axes, and how those of an axis are written."""

import math
import sys
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import last_place, rounded, superscript, with_true_minus
from gdsim.core.language.words import localised

# Numbers in even steps are written with a power of ten from here on, or where the steps are smaller, unless
# that takes more room. Of a logarithm all are where one is smaller than the last, or as large as the first.
_LARGE, _SMALL = 1e5, 1e-4
_USUAL_DIGITS = 6
_WHOLE_DECADE = 1.0 - 1e-9
# Larger powers of ten are no floats.
LARGEST_POWER = float(sys.float_info.max_10_exp)
# A step below that has no digits of its own.
_LEAST_STEP = sys.float_info.min


def round_number(digit: int, exponent: int) -> float:
    """Return a digit times a power of ten: by way of text, since powers of ten below one are no floats."""
    return float(f"{digit}e{exponent}")


def rounded_up(value: float) -> float:
    """Return the smallest of 1, 2 or 5 times a power of ten that is not below a positive value."""
    exponent = math.floor(math.log10(value))
    numbers = [round_number(digit, exponent) for digit in (1, 2, 5, 10)]
    return next((number for number in numbers if number >= value), numbers[-1])


def rounded_down(value: float) -> float:
    """Return the largest of 1, 2 or 5 times a power of ten that is not above a positive value."""
    exponent = math.floor(math.log10(value))
    numbers = [round_number(digit, exponent) for digit in (5, 2, 1)]
    return next((number for number in numbers if number <= value), numbers[-1])


def nice_ticks(low: float, high: float, most: int) -> Array:
    """Return at most ``most`` round numbers from ``low`` to ``high``, in steps of 1, 2 or 5.

    Between ends that are almost the same float, those that are left are as far apart as floats are.
    """
    span = high - low
    if not (math.isfinite(span) and span / max(most, 1) >= _LEAST_STEP and most > 0):
        return np.empty(0)
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1.0, 2.0, 5.0, 10.0, 20.0):
        step = factor * power
        # A tick at the very end is not lost to rounding.
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            ticks = np.arange(first, last + 1) * np.float64(step)
            # Not by np.unique, which loads masked arrays: the first painting would wait for them.
            return ticks[np.diff(ticks, prepend=-np.inf) > 0.0]
    return np.empty(0)


def tick_texts(ticks: Array, step: float = 0.0) -> list[str]:
    """Return round numbers as text: all with as many decimals, and with the same power of ten if any.

    They are multiples of ``step``; without one, of the distance of the first two.
    """
    if len(ticks) == 0:
        return []
    largest = float(np.abs(ticks).max())
    if not step and len(ticks) > 1:
        step = float(ticks[1] - ticks[0])
    last = _exponent(step) if step else last_place(rounded(largest, sys.float_info.dig))
    decimals, power = max(0, -last), _exponent(largest) if largest else 0
    texts = [f"{value + 0.0:.{decimals}f}" for value in ticks.tolist()]  # of the two zeros the plain one
    if largest >= _LARGE or 0.0 < step < _SMALL:
        if power == last + 1:
            power = last  # 5·10⁶ and 15·10⁶ are read more easily than 0.5·10⁷ and 1.5·10⁷
        digits, times = max(0, power - last), f"·10{superscript(power)}"
        short = [
            f"{Decimal(value).scaleb(-power):.{digits}f}{times}" if value else "0" for value in ticks.tolist()
        ]
        texts = min(short, texts, key=lambda written: max(map(len, written)))
    return [localised(with_true_minus(text)) for text in texts]


def is_plain(low: float, high: float) -> bool:
    """Return whether the numbers between two logarithms are written without powers of ten."""
    return math.log10(_SMALL) - 1e-9 <= low and high < math.log10(_LARGE)


def log_texts(ticks: Sequence[float]) -> list[str]:
    """Return the values at some logarithms as text: all as they are, or all with powers of ten.

    They have the digits that tell them apart; of less than a decade as many decimals each.
    """
    if not ticks:
        return []
    digits, low, high = _digits(np.sort(ticks)), min(ticks), max(ticks)
    if not is_plain(low, high):
        return [_with_power(tick, digits) for tick in ticks]
    texts = [f"{10.0**tick:.{digits}g}" for tick in ticks]
    if high - low < _WHOLE_DECADE:
        decimals = max(len(text.partition(".")[2]) for text in texts)
        texts = [f"{float(text):.{decimals}f}" for text in texts]
    return [localised(text) for text in texts]


def _digits(ticks: Array) -> int:
    """Return how many digits round values have, where more than usual, by their sorted logarithms."""
    if len(ticks) <= 1:
        return _USUAL_DIGITS
    # The distance of the two nearest, as a share of the upper one. By logarithms, since the values themselves
    # may be too small for floats; it is not exact, and may be nothing.
    nearest = -math.expm1(-math.log(10.0) * float(np.diff(ticks).min())) or sys.float_info.epsilon
    return min(max(_USUAL_DIGITS, math.ceil(1.0 - math.log10(nearest))), sys.float_info.dig)


def _with_power(tick: float, most: int) -> str:
    exponent = math.floor(tick + 1e-9)
    digits = f"{10.0 ** (tick - exponent):.{most}g}"
    power = f"10{superscript(exponent)}"
    return power if digits == "1" else f"{localised(digits)}·{power}"


def _exponent(value: float) -> int:
    # The logarithm of a power of ten may come out a little low.
    return math.floor(math.log10(value) + 1e-9)
