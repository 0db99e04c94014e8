"""Numbers and points as sentences write them."""

import math
from collections.abc import Iterable

from gdsim.core.formulas.numerals import rounded
from gdsim.core.formulas.printing import MINUS
from gdsim.core.model.points import PointSet

_DIGITS = 3
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Numbers that are smaller, or at least as large, are written with a power of ten.
_SMALL, _LARGE = 1e-4, 1e9
# Outputs nearer to 1 than this are written by what is missing.
_NEAR_ONE = 1e-3


def number(value: float, digits: int = _DIGITS) -> str:
    """Return a number to a few digits as it is written on paper, such as ``"−0.012"`` or ``"2.3·10⁻⁷"``."""
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: f"{MINUS}∞"}.get(value, "NaN")
    size = abs(value)
    if size and not _SMALL <= size < _LARGE:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        text = f"{rounded(float(mantissa), digits)}·10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    else:
        exact = float(f"{value:.{digits - 1}e}") + 0.0  # of the two zeros the plain one
        text = f"{exact:,.0f}" if size >= 10.0**digits else rounded(exact, digits)
    return text.replace("-", MINUS)


def percent(share: float) -> str:
    """Return a share, of at least 0, as a percentage."""
    if 0.0 < share < _SMALL:
        return "less than 0.01 %"
    return f"{number(100.0 * share, 2 if share < 0.1 else 3)} %"  # noqa: PLR2004 - 1.2 %, 12.3 %


def times(factor: float) -> str:
    """Return a growth: as a percentage, or as a multiple when it is large."""
    return f"{number(factor, 2)} times as high" if factor >= 3.0 else f"+{percent(factor - 1.0)}"  # noqa: PLR2004 - +200 %


def output(value: float) -> str:
    """Return an output of the neuron, so that it can be told from 1."""
    missing = 1.0 - value
    return f"1 {MINUS} {number(missing)}" if 0.0 < missing < _NEAR_ONE else number(value)


def count(value: float) -> str:
    """Return a whole number with its thousands parted."""
    return f"{round(value):,}".replace("-", MINUS)


def count_or_number(value: float) -> str:
    """Return a count with all its digits, and what was measured to a few."""
    return count(value) if isinstance(value, int) else number(value)


def listed(words: Iterable[str]) -> str:
    """Return words as a list: ``"a, b and c"``."""
    *others, last = [*words] or [""]
    return f"{', '.join(others)} and {last}" if others else last


def point_named(points: PointSet, row: int, given: float) -> str:
    """Return a point as the table numbers it, with its x (if it is one number), output and target."""
    x = f"x = {number(float(points.x[row, 0]))}, " if points.dimension == 1 else ""
    return f"{row + 1:,} ({x}f = {output(given)}, y = {number(float(points.y[row]))})"
