"""Numbers as people write and read them."""

import re
from typing import TypeAlias

from gdsim.core.settings import one_line

Number: TypeAlias = "int | float"

# Significant digits that the numbers of a step can be shown with; None for all of them.
STEP_DIGITS: tuple[int | None, ...] = (3, 4, 5, 6, 8, None)

_NUMERAL = re.compile(r"([+-]?)(\d*)(?:([.,])(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)
# Longer ones are no numbers that a person typed; Python refuses to read some thousand digits.
_LONGEST = 400
# From here on every whole number is a float, and its trailing zeros say nothing.
_LARGE = 1e16
_TINY = 1e-4
_THOUSAND = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)


class NotANumber(ValueError):  # noqa: N818 - reads as what it says
    """A text that is no number, or not clearly one; its text is a sentence that ends in the text read."""


def read_number(text: str, *, comma_is_decimal: bool = False) -> Number:
    """Return the number that a person wrote; a whole one as an int.

    Takes a decimal point or comma, an exponent, and the typographic minus. Raises `NotANumber` if the text is
    anything else; also for ``1,000``, which means 1 to some people and 1000 to others, unless it is known
    that ``comma_is_decimal``.
    """
    plain = text.strip().strip("\ufeff").replace("\u2212", "-")
    match = _NUMERAL.fullmatch(plain)
    if not match or not (match[2] or match[4]) or len(plain) > _LONGEST:
        raise NotANumber(f"must be a number, not {_quoted(text)}")
    if match[3] == "," and not comma_is_decimal and may_part_thousands(plain):
        raise NotANumber(f"must be written with a point or without the comma, not as {_quoted(text)}")
    if match[3] is None and match[5] is None:
        return int(plain)
    return float(plain.replace(",", "."))


def may_part_thousands(text: str) -> bool:
    """Return whether the comma of a number may part thousands, as in ``1,000``."""
    return _THOUSAND.fullmatch(text.strip().lstrip("+-\u2212")) is not None


def precise(value: float) -> str:
    """Return the shortest text that reads back as the same number: ``"1"``, ``"0.1"``, ``"1e-8"``."""
    return _tidied(repr(value))


def rounded(value: float, digits: int = 6) -> str:
    """Return a number to some significant digits, without trailing zeros."""
    return _tidied(f"{value:.{digits}g}")


def scientific(value: float, digits: int = 6) -> str:
    """Return a number to some significant digits with an exponent, such as ``"1.541e-6"``."""
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").removesuffix(".")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def steady(value: float, digits: int = 6) -> str:
    """Return a number to some significant digits, zeros included, so that its width does not change."""
    if value == 0:
        return "0"
    size = abs(value)
    text = f"{value:#.{digits}g}" if _TINY <= size < 10.0**digits else f"{value:.{digits - 1}e}"
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa.rstrip('.')}e{int(exponent)}" if exponent else mantissa.rstrip(".")


def _tidied(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def _quoted(text: str) -> str:
    return f'"{one_line(text, 24)}"'
