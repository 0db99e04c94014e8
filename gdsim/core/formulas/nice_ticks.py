"""Round numbers for steps and axes, and the texts of an axis's ticks."""

import math
import sys
from collections.abc import Sequence
from decimal import Decimal

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import last_place, rounded, superscript, with_true_minus
from gdsim.core.language.texts import localised

# Ticks are written with a power of ten from _LARGE on, or where their step is below _SMALL, unless that takes
# more room. On a logarithmic axis all ticks are, if one of them is below _SMALL or at least _LARGE.
_LARGE, _SMALL = 1e5, 1e-4
_USUAL_DIGITS = 6
_WHOLE_DECADE = 1.0 - 1e-9
# The exponent of the largest power of ten that is a float.
LARGEST_POWER = float(sys.float_info.max_10_exp)
# Smaller steps are subnormal, and lose digits.
_LEAST_STEP = sys.float_info.min


def round_number(digit: int, exponent: int) -> float:
    """Return a digit times a power of ten, correctly rounded: negative powers of ten are no exact floats."""
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

    Numbers that round to the same float, as between almost equal ends, are returned once.
    """
    span = high - low
    if not (math.isfinite(span) and span / max(most, 1) >= _LEAST_STEP and most > 0):
        return np.empty(0)
    power = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1.0, 2.0, 5.0, 10.0, 20.0):
        step = factor * power
        # The tolerance keeps a tick at the very end from being lost to rounding.
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first < most:
            ticks = np.arange(first, last + 1) * np.float64(step)
            # np.unique would load masked arrays, and the first painting would wait for them.
            return ticks[np.diff(ticks, prepend=-np.inf) > 0.0]
    return np.empty(0)


def tick_texts(ticks: Array, step: float = 0.0) -> list[str]:
    """Return round numbers as texts with equally many decimals, and with the same power of ten if any.

    The numbers are multiples of ``step``, by default of the distance between the first two.
    """
    if len(ticks) == 0:
        return []
    largest = float(np.abs(ticks).max())
    if not step and len(ticks) > 1:
        step = float(ticks[1] - ticks[0])
    last = _exponent(step) if step else last_place(rounded(largest, sys.float_info.dig))
    decimals, power = max(0, -last), _exponent(largest) if largest else 0
    texts = [f"{value + 0.0:.{decimals}f}" for value in ticks.tolist()]  # no negative zero
    if largest >= _LARGE or 0.0 < step < _SMALL:
        if power == last + 1:
            power = last  # 5·10⁶ and 15·10⁶ are read more easily than 0.5·10⁷ and 1.5·10⁷
        digits, times = max(0, power - last), f"·10{superscript(power)}"
        short = [
            f"{Decimal(value).scaleb(-power):.{digits}f}{times}" if value else "0" for value in ticks.tolist()
        ]
        texts = min(short, texts, key=lambda written: max(map(len, written)))
    return [localised(with_true_minus(text)) for text in texts]


def needs_no_powers(low: float, high: float) -> bool:
    """Return whether numbers between two decimal logarithms are written without powers of ten."""
    return math.log10(_SMALL) - 1e-9 <= low and high < math.log10(_LARGE)


def log_texts(ticks: Sequence[float]) -> list[str]:
    """Return the values with these decimal logarithms as texts: all plain, or all with powers of ten.

    The texts have enough digits to tell the values apart; within a decade, equally many decimals.
    """
    if not ticks:
        return []
    digits, low, high = _digits(np.sort(ticks)), min(ticks), max(ticks)
    if not needs_no_powers(low, high):
        return [_with_power(tick, digits) for tick in ticks]
    texts = [f"{10.0**tick:.{digits}g}" for tick in ticks]
    if high - low < _WHOLE_DECADE:
        decimals = max(len(text.partition(".")[2]) for text in texts)
        texts = [f"{float(text):.{decimals}f}" for text in texts]
    return [localised(text) for text in texts]


def _digits(ticks: Array) -> int:
    """Return how many digits tell values apart, at least the usual ones, from their sorted logarithms."""
    if len(ticks) <= 1:
        return _USUAL_DIGITS
    # The distance of the two nearest values, as a share of the upper one. It is computed from the logarithms,
    # because the values may be too small for floats; it is not exact, and may come out as 0.
    nearest = -math.expm1(-math.log(10.0) * float(np.diff(ticks).min())) or sys.float_info.epsilon
    return min(max(_USUAL_DIGITS, math.ceil(1.0 - math.log10(nearest))), sys.float_info.dig)


def _with_power(tick: float, most: int) -> str:
    exponent = math.floor(tick + 1e-9)
    digits = f"{10.0 ** (tick - exponent):.{most}g}"
    power = f"10{superscript(exponent)}"
    return power if digits == "1" else f"{localised(digits)}·{power}"


def _exponent(value: float) -> int:
    # The logarithm of a power of ten may be rounded down.
    return math.floor(math.log10(value) + 1e-9)
