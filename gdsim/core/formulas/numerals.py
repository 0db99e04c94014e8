"""Numbers as people write and read them, by themselves and in sentences."""

import math
import re
from collections.abc import Iterable
from typing import TypeAlias

from gdsim.core.language.texts import SaidError, chosen_language, delocalised, localised, said
from gdsim.core.language.translations import THOUSANDS
from gdsim.core.settings import quoted

MINUS, _INFINITE = "\N{MINUS SIGN}", "∞"
# How Python writes numbers that are not finite, and how they are shown.
_UNBOUNDED = {"inf": _INFINITE, "-inf": MINUS + _INFINITE, "nan": "NaN"}
IntOrFloat: TypeAlias = int | float

# The choices of significant digits for the numbers of a step; None for all digits.
STEP_DIGITS: tuple[int | None, ...] = (3, 4, 5, 6, 8, None)

_NUMERAL = re.compile(r"([+-]?)(\d*)(?:([.,])(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)
# Invisible characters that other programs put around numbers, such as marks of text direction.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Thousands separators of spreadsheets in some languages. An ordinary space separates numbers instead.
_SPACE_IN_NUMBER = re.compile(r"(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))", re.ASCII)
# No person types longer numbers, and Python refuses to read some thousands of digits.
_MOST_CHARACTERS = 400
# Significant digits of numbers in sentences, and the most where close numbers have to be told apart.
_DIGITS, _MOST_DIGITS = 3, 9
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Numbers below _SMALL, or from _LARGE on, are written with a power of ten.
_SMALL, _LARGE = 1e-4, 1e9
# Outputs nearer to 1 than this are written as 1 minus a difference.
_NEAR_ONE = 1e-3
# The hyphen of a number in a sentence: before its digits, or in its exponent.
_NEGATIVE = re.compile(r"(?<![\w.)\]-])-(?=\.?\d)|(?<=\de)-(?=\d)", re.ASCII)
_EXPONENT = re.compile(rf"(?<=\d)e({MINUS}?\d+)", re.ASCII)
# The equals sign between a name and its number. Longer formulas may be broken at other signs.
_EQUALS = re.compile(" = (?=[-+\u2212]?[\\d∞])")
_THOUSAND = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)


class NotANumber(SaidError):  # noqa: N818 - reads as what it says
    """Raised for a text that is no number, or an ambiguous one; the message ends in that text."""


class UnclearNumber(NotANumber):
    """Raised for a text that means one number to some people and another one to others."""


def read_number(text: str, *, comma_is_decimal: bool = False) -> IntOrFloat:
    """Return the number that a person wrote, as an int if it has neither a decimal sign nor an exponent.

    Accepts a decimal point or comma, an exponent, the typographic minus, narrow spaces between thousands, and
    invisible marks. Raises `NotANumber` for any other text, and `UnclearNumber` for ``1,000``, which means 1
    to some people and 1000 to others, unless ``comma_is_decimal``.
    """
    plain = with_ascii_minus(_SPACE_IN_NUMBER.sub("", _INVISIBLE.sub("", text).strip()))
    match = _NUMERAL.fullmatch(plain)
    if not match or not (match[2] or match[4]) or len(plain) > _MOST_CHARACTERS:
        raise NotANumber("must be a number, not {text}", text=quoted(text))
    if match[3] == "," and not comma_is_decimal and may_part_thousands(plain):
        raise UnclearNumber(
            "must be written with a decimal point or without the comma, not as {text}", text=quoted(text)
        )
    if match[3] is None and match[5] is None:
        return int(plain)
    return float(plain.replace(",", "."))


def may_part_thousands(text: str) -> bool:
    """Return whether the comma in a number may be a thousands separator, as in ``1,000``."""
    return _THOUSAND.fullmatch(text.strip().lstrip("+-\u2212")) is not None


def machine_readable(value: float) -> str:
    """Return `precise` in ASCII, as files and other programs read it: ``"-0.1"``, ``"1e-8"``."""
    return _tidied(repr(value))


def precise(value: float) -> str:
    """Return the shortest text that reads back as the same number: ``"1"``, ``"−0.1"``, ``"1e−8"``."""
    text = machine_readable(value or 0.0)  # no negative zero, here and below
    return _UNBOUNDED.get(text) or localised(with_true_minus(text))


def rounded(value: float, digits: int = 6) -> str:
    """Return a number to some significant digits, without trailing zeros."""
    # Few calls, here and in `with_trailing_zeros`, because each frame of playback writes many numbers.
    text = f"{value or 0.0:.{digits}g}"
    if "n" in text:
        return _UNBOUNDED[text]
    return localised((_tidied(text) if "e" in text else text).replace("-", MINUS))


def scientific(value: float, digits: int = 6) -> str:
    """Return a number to some significant digits with an exponent, such as ``"1.541e−6"``."""
    mantissa, _, exponent = f"{value or 0.0:.{digits - 1}e}".partition("e")
    if not exponent:
        return _UNBOUNDED[mantissa]
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").removesuffix(".")
    return localised(with_true_minus(f"{mantissa}e{int(exponent)}"))


def with_trailing_zeros(
    value: float, digits: int = 6, *, plain_from: float = _SMALL, ascii_only: bool = False
) -> str:
    """Return a number to some significant digits, with trailing zeros so that its width stays the same.

    Numbers smaller than ``plain_from`` have exponents. With ``ascii_only`` other programs can read the text.
    """
    if value == 0:
        return "0"
    size = -value if value < 0 else value
    text = f"{value:#.{digits}g}" if plain_from <= size < 10.0**digits else f"{value:.{digits - 1}e}"
    if "e" in text:
        mantissa, _, exponent = text.partition("e")
        text = f"{mantissa.rstrip('.')}e{int(exponent)}"
    elif text[-1] == ".":
        text = text[:-1]
    if ascii_only:
        return text
    return _UNBOUNDED.get(text) or localised(text.replace("-", MINUS) if "-" in text else text)


def with_power(text: str) -> str:
    """Return a text with the exponents of its numbers written as powers of ten: ``"1.5·10⁻⁶"``."""
    return _EXPONENT.sub(lambda found: f"·10{superscript(int(with_ascii_minus(found[1])))}", text)


def with_true_minus(text: str) -> str:
    """Return the text of a number with a minus sign in place of each hyphen."""
    return text.replace("-", MINUS)


def with_ascii_minus(text: str) -> str:
    """Return a text with a hyphen in place of each minus sign, as other programs read it."""
    return text.replace(MINUS, "-")


def last_place(text: str) -> int:
    """Return the power of ten of the last digit in the text of a number: −2 for 1.25, 3 for 5e3."""
    mantissa, _, exponent = with_ascii_minus(text.strip().lower()).replace(",", ".").partition("e")
    return int(exponent or 0) - len(mantissa.partition(".")[2])


def as_programs_read(text: str) -> str:
    """Return the text of a number, as shown in the chosen language, in the form that other programs read."""
    return with_ascii_minus(delocalised(text)).replace(_INFINITE, "inf")


def read_typed(text: str) -> IntOrFloat:
    """Return the number that a person wrote in the window, as `read_number` does.

    Where the chosen language has a decimal comma, ``1,000`` is 1. Raises `UnclearNumber` for ``1.000`` there,
    which may be 1 or 1000.
    """
    plain = text.replace(THOUSANDS, "")
    if chosen_language().decimal_sign != ",":
        return read_number(plain)
    if may_part_thousands(plain.replace(".", ",")) and "." in plain:
        raise UnclearNumber(
            "must be written with a decimal comma or without the point, not as {text}", text=quoted(text)
        )
    return read_number(plain, comma_is_decimal=True)


def with_true_minuses(sentence: str) -> str:
    """Return a sentence about values of files with a minus sign in place of the hyphen in each number."""
    return _NEGATIVE.sub(MINUS, sentence)


def _tidied(text: str) -> str:
    mantissa, _, exponent = text.partition("e")
    mantissa = mantissa.removesuffix(".0")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


# --------------------------------------------------------------------------------------- numbers in sentences


def number(value: float, digits: int = _DIGITS) -> str:
    """Return a number to a few digits as one writes it on paper, such as ``"−0.012"`` or ``"2.3·10⁻⁷"``."""
    if not math.isfinite(value):
        return rounded(value)
    short = float(f"{value:.{digits - 1}e}") + 0.0  # no negative zero
    size = abs(short)  # of the rounded number: 999.9 becomes 1,000
    if size and not _SMALL <= size < _LARGE:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        text = f"{rounded(float(mantissa), digits)}·10{superscript(int(exponent))}"
    else:
        text = localised(f"{short:,.0f}") if size >= 10.0**digits else rounded(short, digits)
    return with_true_minus(text)


def exact(value: float) -> str:
    """Return `precise` as one writes it on paper: ``"−0.1"``, ``"1·10⁻⁸"``."""
    return with_power(precise(value))


def told_apart(values: Iterable[float], digits: int = _DIGITS) -> list[str]:
    """Return numbers as `number` writes them, with more digits if different numbers would look the same."""
    values = [*values]
    finite = set(filter(math.isfinite, values))
    while len({number(value, digits) for value in finite}) < len(finite) and digits < _MOST_DIGITS:
        digits += 1
    return [number(value, digits) for value in values]


def percent(share: float) -> str:
    """Return a share as a percentage; it must not be negative."""
    if 0.0 < share < _SMALL:
        return said("less than {share}", share=in_percent(localised("0.01")))
    digits = 2 if share < 0.1 else 3  # noqa: PLR2004 - 1.2 %, 12.3 %
    return in_percent(told_apart((100.0 * share, 100.0), digits)[0])  # never 100 % for less than all


def in_percent(text: object) -> str:
    """Return a number with a percent sign, joined by a no-break space."""
    return f"{text}\N{NO-BREAK SPACE}%"


def growth_text(factor: float) -> str:
    """Return a factor of growth in words: as a percentage, or as a multiple if it is large."""
    return said("{n} times as high", n=number(factor, 2)) if factor >= 3.0 else f"+{percent(factor - 1.0)}"  # noqa: PLR2004 - +200 %


def near_one(value: float) -> str:
    """Return a number such that it is distinguishable from 1: ``"1 − 4·10⁻⁷"``."""
    missing = 1.0 - value
    return f"1 {MINUS} {number(missing)}" if 0.0 < missing < _NEAR_ONE else number(value)


def integer_text(value: float) -> str:
    """Return a number rounded to an integer, with thousands separators."""
    text = f"{round(value):,}"
    return localised(text if value >= 0 else text.replace("-", MINUS))


def superscript(exponent: int) -> str:
    """Return an integer in superscript digits: ``"⁻⁷"``."""
    return str(exponent).translate(_SUPERSCRIPT)


def joined_numbers(numbers: Iterable[str]) -> str:
    """Return the texts of numbers joined: ``"1.5, 2"``, or ``"1,5; 2"`` if the decimal sign is a comma."""
    return ("; " if chosen_language().decimal_sign == "," else ", ").join(numbers)


def count_or_number(value: float) -> str:
    """Return an int with all its digits, and a float to a few significant digits."""
    return integer_text(value) if isinstance(value, int) else number(value)


def listed(words: Iterable[str]) -> str:
    """Return words as a list: ``"a, b and c"``."""
    *others, last = [*words] or [""]
    return said("{others} and {last}", others=", ".join(others), last=last) if others else last


def unbroken_equals(text: str) -> str:
    """Return a text in which no line break can separate a name from its number."""
    return _EQUALS.sub("\u00a0=\u00a0", text)
