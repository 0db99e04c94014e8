"""Round numbers, for steps and axes, and how those of an axis are written."""

import math
import sys

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import with_power, with_true_minus
from gdsim.core.language.words import localised

# Numbers from here on, and steps below that, are written with an exponent.
_LARGE, _SMALL = 1e5, 1e-4
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


def tick_texts(ticks: Array) -> list[str]:
    """Return ticks as text: with the digits that tell them apart, and a true minus sign."""
    if len(ticks) == 0:
        return []
    step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else abs(float(ticks[0])) or 1.0
    largest = float(np.abs(ticks).max())
    # 1e-9: the logarithm of a power of ten may come out a little low.
    last_digit = math.floor(math.log10(step) + 1e-9)
    if largest >= _LARGE or step < _SMALL:
        digits = max(0, math.floor(math.log10(max(largest, step)) + 1e-9) - last_digit)
        texts = [_short_exponent(f"{value:.{digits}e}") if value else "0" for value in ticks]
    else:
        # Adding zero makes a negative zero positive.
        texts = [f"{value + 0.0:.{max(0, -last_digit)}f}" for value in ticks]
    return [with_power(localised(with_true_minus(text))) for text in texts]


def _short_exponent(text: str) -> str:
    digits, exponent = text.split("e")
    return f"{digits}e{int(exponent)}" if int(exponent) else digits
