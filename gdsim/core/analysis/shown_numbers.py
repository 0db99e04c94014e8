"""Numbers of a step as text: with a given number of digits, or more where two would look the same."""

import math

from gdsim.core.formulas.numerals import precise, rounded, with_trailing_zeros

# With this many digits any two floats differ.
_ALL = 17


def measured(value: float, digits: int | None) -> str:
    """Return a number that changes from step to step, always with ``digits`` digits; None for all of them."""
    value += 0.0  # turns -0.0 into 0.0
    return precise(value) if digits is None else with_trailing_zeros(value, digits)


def measured_apart(one: float, other: float, digits: int | None, blur: float = math.inf) -> tuple[str, str]:
    """Return two numbers with as many digits as `digits_to_tell` says."""
    digits = digits_to_tell(one, other, digits, blur)
    return measured(one, digits), measured(other, digits)


def digits_to_tell(one: float, other: float, digits: int | None, blur: float = math.inf) -> int | None:
    """Return ``digits``, or as many more as it takes to see that two numbers differ; None for all of them.

    Rounding may make their difference look larger or smaller by ``blur``, as a share of it.
    """
    change = other - one
    if change != 0.0 and math.isfinite(change):
        while digits is not None and not _shows_difference(one, other, digits, blur * abs(change)):
            digits = digits + 1 if digits < _ALL else None
    return digits


def _shows_difference(one: float, other: float, digits: int, most: float) -> bool:
    """Return whether two numbers differ as written, with an error of their difference of at most ``most``."""
    before, after = (
        with_trailing_zeros(one, digits, ascii_only=True),
        with_trailing_zeros(other, digits, ascii_only=True),
    )
    return before != after and abs(float(after) - float(before) - (other - one)) <= most


def scheduled(value: float, digits: int | None) -> str:
    """Return a rate that a schedule made, without trailing zeros."""
    return precise(value) if digits is None else rounded(value, digits)
