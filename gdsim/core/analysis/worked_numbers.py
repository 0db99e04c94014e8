"""The numbers of a worked step as text: to some digits, or to all of them."""

import math

from gdsim.core.formulas.numerals import precise, rounded, steady

# As many digits tell any two floats apart.
_ALL = 17


def measured(value: float, digits: int | None) -> str:
    """Return a number that changes from step to step, always to as many digits; None for all of them."""
    value += 0.0  # of the two zeros the plain one
    if digits is None or not math.isfinite(value):
        return _unbounded(value) or precise(value)
    return steady(value, digits)


def told_apart(one: float, other: float, digits: int | None) -> tuple[str, str]:
    """Return two numbers with as many more digits as it takes to see that they differ."""
    pair = measured(one, digits), measured(other, digits)
    if digits is None or one == other or pair[0] != pair[1]:
        return pair
    return told_apart(one, other, digits + 1 if digits < _ALL else None)


def scheduled(value: float, digits: int | None) -> str:
    """Return a rate, without zeros that say nothing."""
    return _unbounded(value) or (precise(value) if digits is None else rounded(value, digits))


def chosen(value: float) -> str:
    """Return a setting as the person wrote it, or a count."""
    return str(value) if isinstance(value, int) else precise(value)


def _unbounded(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "" if math.isfinite(value) else "∞" if value > 0 else "-∞"
