"""Fields for numbers of a domain."""

import math
from collections.abc import Iterator
from functools import cache, partial
from itertools import chain

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QWidget

from gdsim.core.formulas.numerals import (
    MINUS,
    NotANumber,
    UnclearNumber,
    precise,
    read_typed,
    rounded,
    scientific,
    steady,
    with_true_minuses,
)
from gdsim.core.language.words import chosen_language, localised, said
from gdsim.core.settings import NUMBER, Domain, InvalidValue, Value, quoted
from gdsim.gui.forms.fields import CheckedField, Refused, first_fitting
from gdsim.gui.plain_text import capitalized
from gdsim.gui.translation import tr

# Cells and fields have e−5 for an exponent, not ·10⁻⁵ as sentences and pictures have: so it can be typed,
# and a third shorter where the width of a column decides how many digits there are.
_MOST_DIGITS = 6
# Numbers in a column have equally many decimals, if that shows so many digits of the largest.
_FEWEST_DIGITS = 4
# If it also shows three digits of a number, and one before the point.
_ENOUGH, _ONE_DIGIT = 100.0, 9.999
_LONGEST_QUOTE = 24
# Between these an exponent makes no number shorter.
_LOWEST_USUAL, _HIGHEST_USUAL = 0.01, 999.0
# From here on an exponent is as long as the zeros in its place.
_LOWEST_PLAIN = 0.001
# Smaller numbers have an exponent however many digits they have.
_SMALL = 9.9e-5
# From the first on sentences write numbers without one; so do tables where so many digits fit.
_PLAIN_IN_SENTENCES, _AS_IN_SENTENCES = 1e-4, 3
# In place of a number of which not even one digit and the exponent fit.
_NO_ROOM = "\u2026"
# Blanks as wide as a point and as a digit, and what keeps Qt from leaving blanks at an end away.
_AS_POINT, _AS_DIGIT, _END = "\N{PUNCTUATION SPACE}", "\N{FIGURE SPACE}", "\N{WORD JOINER}"
# Keys of playback that are no part of any number.
_PLAYBACK_KEYS = frozenset({Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight})


class NumberField(CheckedField):
    foreign_keys = _PLAYBACK_KEYS | {Qt.Key.Key_Space}

    def __init__(
        self, label: str, help_: str, domain: Domain, value: Value, parent: QWidget | None = None
    ) -> None:
        self._domain = domain
        super().__init__(label, help_, value, parent)

    def set_domain(self, domain: Domain) -> None:
        """Take other numbers from now on; the present one is among them."""
        self._domain = domain

    def read(self, text: str) -> Value:
        return read_value(text, self._domain, self._label)

    def written(self) -> str:
        return precise(self._value)

    def shorter(self) -> Iterator[str]:
        """Return the number to fewer and fewer digits."""
        return shortened(self._value)


class NumbersField(CheckedField):
    """A field for several numbers, separated by spaces."""

    foreign_keys = _PLAYBACK_KEYS

    def read(self, text: str) -> tuple[float, ...]:
        words = text.replace(";", " ").split()
        if len(words) != len(self._value):
            sentence = self.tr("{0} must have {1} numbers with spaces between them, not {2}.")
            raise Refused(sentence.format(capitalized(self._label), len(self._value), len(words)))
        return tuple(float(read_value(word, NUMBER, self._label)) for word in words)

    def written(self) -> str:
        return " ".join(map(precise, self._value))

    def shorter(self) -> Iterator[str]:
        """Return the numbers to fewer and fewer digits."""
        return (" ".join(texts) for texts in zip(*map(shortened, self._value), strict=True))


def shortened(value: float, *, even: bool = False, most: int = _MOST_DIGITS) -> Iterator[str]:
    """Return a number to fewer and fewer digits, each time plainly and then with an exponent.

    ``even`` keeps trailing zeros, for numbers that change many times a second.
    """
    usual = steady if even else rounded
    for digits in range(min(most, _MOST_DIGITS), 0, -1):
        text = usual(value, digits)
        yield text
        # An exponent is for what is long without one: -2 is not written as -2e0.
        if not _LOWEST_USUAL <= value < _HIGHEST_USUAL and not -_HIGHEST_USUAL < value <= -_LOWEST_USUAL:
            short = scientific(value, digits)
            text = short if len(short) < len(rounded(value, digits)) else text
        yield text


class NumberRoom:
    """Writes numbers to six significant digits, or to as many as there is room for."""

    def __init__(self, font: QFont) -> None:
        self._width_of = QFontMetrics(font).horizontalAdvance
        self._digit = self._width_of("0" * 10) / 10
        self._decimals = cache(self._decimals_in)

    def _decimals_in(self, room: int, whole: str = f"{MINUS}0") -> int:
        """Return how many decimals there is room for after what stands before the point; 0 for too few."""
        digits = len(whole.lstrip(f"+{MINUS}"))
        fitting = int((room - self._width_of(f"{whole}.")) / self._digit)
        decimals = min(_MOST_DIGITS - digits, fitting)
        return decimals if decimals > 0 and digits + decimals >= _FEWEST_DIGITS else 0

    def in_column(self, value: float, room: int, whole: str, sign: str = "") -> str:
        """Return a number with as many decimals as the others of its column, so that the points are aligned.

        ``whole`` is the longest that stands before a point there, with its sign. Numbers of which so many
        decimals would show less than two digits have exponents, where there is room for them.
        """
        decimals, size = self._decimals(room, whole), abs(value)
        if not decimals:
            return self.text(value, room, even=True, sign=sign)
        if size == 0.0:
            return self.aligned("0", decimals, room)
        usual = localised(f"{sign}{value:.{decimals}f}".replace("-", MINUS))
        if size >= 10.0 ** (1 - decimals):
            return usual
        digits = range(_MOST_DIGITS, 0, -1)
        texts = (sign + steady(value, count, plain_from=math.inf) for count in digits)
        return first_fitting(chain(texts, (usual,)), self._width_of, room)

    def text(self, value: float, room: int, *, even: bool = False, sign: str = "") -> str:
        """Return a number after a sign, as it fits into ``room`` pixels; "…" where not even one digit does.

        ``even`` is for numbers that change many times a second, or stand below others: they keep trailing
        zeros, those of a usual size have equally many decimals, and smaller ones have exponents, but for
        those of which there is room for as many digits as sentences give them.
        """
        decimals, size = self._decimals(room) if even else 0, abs(value)
        if decimals and _ENOUGH * 10.0**-decimals <= size < _ONE_DIGIT:
            return localised(f"{sign}{value:.{decimals}f}".replace("-", MINUS))
        if decimals and _PLAIN_IN_SENTENCES <= size < _LOWEST_PLAIN:
            for digits in range(_MOST_DIGITS, _AS_IN_SENTENCES - 1, -1):
                text = sign + steady(value, digits)
                if self._width_of(text) <= room:
                    return text
        plain_from = _LOWEST_PLAIN if decimals else _SMALL
        written = partial(steady, plain_from=plain_from) if even else rounded
        text = sign + written(value)
        excess = self._width_of(text) - room
        if excess <= 0:
            return text
        if _LOWEST_PLAIN <= size < _HIGHEST_USUAL or 0.0 < size < plain_from:
            # A digit less makes the text narrower by the width of a digit, but for rounding.
            for digits in range(_MOST_DIGITS - max(1, math.ceil((excess - 1.0) / self._digit)), 1, -1):
                text = sign + written(value, digits)
                if self._width_of(text) <= room:
                    return text
        most = max(1, _MOST_DIGITS + 1 - int(excess / self._digit))  # an exponent may save one
        texts = (sign + text for text in shortened(value, even=even, most=most))
        text = first_fitting(texts, self._width_of, room)
        # A number that is cut off would read as another number.
        return text if self._width_of(text) <= room else _NO_ROOM

    def aligned(self, text: str, decimals: int, room: int) -> str:
        """Return a number with blanks after it, as if it had so many decimals, as far as there is room.

        So numbers that stand below each other have their points below each other, with no zeros that nobody
        has typed.
        """
        if "e" in text or text == _NO_ROOM:
            return text
        _, point, fraction = text.partition(chosen_language().decimal_sign)
        blanks = ("" if point else _AS_POINT) + _AS_DIGIT * (decimals - len(fraction))
        while blanks and self._width_of(text + blanks + _END) > room:
            blanks = blanks[:-1]
        return text + blanks + _END if decimals > len(fraction) else text


def read_value(text: str, domain: Domain, label: str) -> Value:
    """Return the number of a domain that a person wrote.

    Raises `Refused` with a sentence that begins with ``label``.
    """
    try:
        return domain.check(read_typed(text))
    except UnclearNumber as fault:
        reason = str(fault)
    except NotANumber:
        reason = said("must be {words}, not {value}", words=domain.in_plain_words, value=quoted(text))
    except InvalidValue as fault:
        reason = fault.reason
        if _is_beyond_floats(read_typed(text)):
            too_large = tr("must be {0}; {1} is too large")
            reason = too_large.format(domain.in_words, _short(text))
    raise Refused(f"{capitalized(label)} {with_true_minuses(reason)}.")


def _short(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) <= _LONGEST_QUOTE else f"{plain[:_LONGEST_QUOTE]}…"


def _is_beyond_floats(number: float) -> bool:
    try:
        return math.isinf(float(number))
    except OverflowError:
        return True
