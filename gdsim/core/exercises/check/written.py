"""A number as somebody wrote it: its decimals say how exact it is meant to be."""

import math
from typing import NamedTuple

from gdsim.core.formulas.numerals import precise, read_number
from gdsim.core.settings import NUMBER

# No float has more significant decimals than these.
MOST_DECIMALS = 17


class Written(NamedTuple):
    """A number, NaN for one that is none, and the decimals it was written with."""

    value: float
    decimals: int = 0

    @property
    def text(self) -> str:
        """The number with all its decimals."""
        text = precise(self.value)
        if "e" in text or not math.isfinite(self.value):
            return text
        whole, _, fraction = text.partition(".")
        fraction = fraction.ljust(self.decimals, "0")
        return f"{whole}.{fraction}" if fraction else whole


def read_written(text: str, *, comma_is_decimal: bool = False) -> Written:
    """Return the number that a text stands for.

    Raises
    ------
    NotANumber
        If it stands for none.
    InvalidValue
        If it is too large.
    """
    value = float(NUMBER.check(read_number(text, comma_is_decimal=comma_is_decimal)))
    return Written(value, decimals_of(text))


def decimals_of(text: str) -> int:
    """Return how many decimals the text of a number has, zeros at its end included."""
    mantissa, _, exponent = text.strip().lower().replace("\u2212", "-").replace(",", ".").partition("e")
    count = len(mantissa.partition(".")[2]) - int(exponent or 0)
    return min(max(count, 0), MOST_DECIMALS)
