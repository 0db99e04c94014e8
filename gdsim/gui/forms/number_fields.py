"""Fields for numbers of a domain, and the formatting of numbers to fit a width."""

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
    with_trailing_zeros,
    with_true_minuses,
)
from gdsim.core.language.texts import chosen_language, localised, said
from gdsim.core.settings import NUMBER, Domain, InvalidValue, Value, quoted
from gdsim.gui.forms.fields import CheckedField, Refused, first_fitting
from gdsim.gui.plain_text import capitalized
from gdsim.gui.translation import tr

# Cells and fields write exponents as e−5, not as ·10⁻⁵ like sentences and pictures, because e−5 can be typed
# and is a third shorter, which leaves more digits in a narrow column.
_MOST_DIGITS = 6
# Numbers in a column have equally many decimals if that shows at least this many digits of the largest.
_FEWEST_DIGITS = 4
# Limits within which equal decimals show at least three digits of a number, and one before the point.
_ENOUGH, _ONE_DIGIT = 100.0, 9.999
_LONGEST_QUOTE = 24
# Between these sizes an exponent makes no number shorter.
_LOWEST_USUAL, _HIGHEST_USUAL = 0.01, 999.0
# From this size on, an exponent is as long as the zeros that it replaces.
_LOWEST_PLAIN = 0.001
# Smaller numbers have an exponent, however many digits they have.
_SMALL = 9.9e-5
# From this size on, sentences write numbers without an exponent; so do tables if so many digits fit.
_PLAIN_IN_SENTENCES, _AS_IN_SENTENCES = 1e-4, 3
# Stands for a number of which not even one digit and the exponent fit.
_NO_ROOM = "\u2026"
# Spaces as wide as a point and as a digit, and a mark that keeps Qt from dropping trailing spaces.
_AS_POINT, _AS_DIGIT, _END = "\N{PUNCTUATION SPACE}", "\N{FIGURE SPACE}", "\N{WORD JOINER}"
# Keys of playback that cannot be part of a number.
_PLAYBACK_KEYS = frozenset({Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight})


class NumberField(CheckedField):
    foreign_keys = _PLAYBACK_KEYS | {Qt.Key.Key_Space}

    def __init__(
        self, label: str, help_: str, domain: Domain, value: Value, parent: QWidget | None = None
    ) -> None:
        self._domain = domain
        super().__init__(label, help_, value, parent)

    def set_domain(self, domain: Domain) -> None:
        """Set the domain, which must contain the current number."""
        self._domain = domain

    def read(self, text: str) -> Value:
        return read_value(text, self._domain, self._label)

    def written(self) -> str:
        return precise(self._value)

    def shorter(self) -> Iterator[str]:
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
        return (" ".join(texts) for texts in zip(*map(shortened, self._value), strict=True))


def shortened(value: float, *, even: bool = False, most: int = _MOST_DIGITS) -> Iterator[str]:
    """Yield a number with fewer and fewer digits, each time plain first and then with an exponent.

    ``even`` keeps trailing zeros, for numbers that change many times a second.
    """
    usual = with_trailing_zeros if even else rounded
    for digits in range(min(most, _MOST_DIGITS), 0, -1):
        text = usual(value, digits)
        yield text
        # Only where it shortens the number: -2 is not written as -2e0.
        if not _LOWEST_USUAL <= value < _HIGHEST_USUAL and not -_HIGHEST_USUAL < value <= -_LOWEST_USUAL:
            short = scientific(value, digits)
            text = short if len(short) < len(rounded(value, digits)) else text
        yield text


class NumberRoom:
    """Formatter of numbers with six significant digits, or with as many as fit a width."""

    def __init__(self, font: QFont) -> None:
        self._width_of = QFontMetrics(font).horizontalAdvance
        self._digit = self._width_of("0" * 10) / 10
        self._decimals = cache(self._decimals_in)

    def _decimals_in(self, room: int, whole: str = f"{MINUS}0") -> int:
        """Return how many decimals fit after an integer part; 0 if too few digits would be shown."""
        digits = len(whole.lstrip(f"+{MINUS}"))
        fitting = int((room - self._width_of(f"{whole}.")) / self._digit)
        decimals = min(_MOST_DIGITS - digits, fitting)
        return decimals if decimals > 0 and digits + decimals >= _FEWEST_DIGITS else 0

    def in_column(self, value: float, room: int, whole: str, sign: str = "") -> str:
        """Format a number with as many decimals as the others in its column, so that the points align.

        ``whole`` is the longest integer part in the column, with its sign. Numbers of which these decimals
        would show fewer than two digits get an exponent, if there is room for it.
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
        texts = (sign + with_trailing_zeros(value, count, plain_from=math.inf) for count in digits)
        return first_fitting(chain(texts, (usual,)), self._width_of, room)

    def text(self, value: float, room: int, *, even: bool = False, sign: str = "") -> str:
        """Format a number after a sign to fit ``room`` pixels; as "…" if not even one digit fits.

        ``even`` is for numbers that change many times a second or are in a column. They keep trailing zeros;
        those of usual size have equally many decimals, and smaller ones have exponents, unless there is
        room for as many digits without one as in sentences.
        """
        decimals, size = self._decimals(room) if even else 0, abs(value)
        if decimals and _ENOUGH * 10.0**-decimals <= size < _ONE_DIGIT:
            return localised(f"{sign}{value:.{decimals}f}".replace("-", MINUS))
        if decimals and _PLAIN_IN_SENTENCES <= size < _LOWEST_PLAIN:
            for digits in range(_MOST_DIGITS, _AS_IN_SENTENCES - 1, -1):
                text = sign + with_trailing_zeros(value, digits)
                if self._width_of(text) <= room:
                    return text
        plain_from = _LOWEST_PLAIN if decimals else _SMALL
        written = partial(with_trailing_zeros, plain_from=plain_from) if even else rounded
        text = sign + written(value)
        excess = self._width_of(text) - room
        if excess <= 0:
            return text
        if _LOWEST_PLAIN <= size < _HIGHEST_USUAL or 0.0 < size < plain_from:
            # Each digit less makes the text narrower by the width of a digit, apart from rounding.
            for digits in range(_MOST_DIGITS - max(1, math.ceil((excess - 1.0) / self._digit)), 1, -1):
                text = sign + written(value, digits)
                if self._width_of(text) <= room:
                    return text
        most = max(1, _MOST_DIGITS + 1 - int(excess / self._digit))  # an exponent may save a digit
        texts = (sign + text for text in shortened(value, even=even, most=most))
        text = first_fitting(texts, self._width_of, room)
        # A number that is cut off would read like another number.
        return text if self._width_of(text) <= room else _NO_ROOM

    def aligned(self, text: str, decimals: int, room: int) -> str:
        """Pad a number with spaces to the width of so many decimals, as far as there is room.

        In a column, the decimal points then align without zeros that nobody has typed.
        """
        if "e" in text or text == _NO_ROOM:
            return text
        _, point, fraction = text.partition(chosen_language().decimal_sign)
        blanks = ("" if point else _AS_POINT) + _AS_DIGIT * (decimals - len(fraction))
        while blanks and self._width_of(text + blanks + _END) > room:
            blanks = blanks[:-1]
        return text + blanks + _END if decimals > len(fraction) else text


def read_value(text: str, domain: Domain, label: str) -> Value:
    """Parse a number of a domain.

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
