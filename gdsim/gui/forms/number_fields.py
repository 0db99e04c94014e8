"""Fields for numbers of a domain."""

import math
from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from gdsim.core.formulas.numerals import NotANumber, precise, read_number, rounded, scientific, steady
from gdsim.core.settings import Domain, InvalidValue, Value
from gdsim.gui.forms.fields import CheckedField, Refused

_LONGEST_SYMBOL = 2
_MOST_DIGITS = 6
_LONGEST_QUOTE = 24
# The player's, and no part of any number.
_PLAYERS = frozenset({Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight})


class NumberField(CheckedField):
    """A field for one number of a domain."""

    foreign_keys = _PLAYERS | {Qt.Key.Key_Space}

    def __init__(
        self, label: str, help_: str, domain: Domain, value: Value, parent: QWidget | None = None
    ) -> None:
        self._domain = domain
        super().__init__(label, help_, value, parent)

    def read(self, text: str) -> Value:
        """Return the number."""
        return read_value(text, self._domain, self._label)

    def written(self) -> str:
        """Return the number as text, in full."""
        return precise(self._value)

    def shorter(self) -> Iterator[str]:
        """Return the number to fewer and fewer digits."""
        return shortened(self._value)


class NumbersField(CheckedField):
    """A field for several numbers, parted by spaces."""

    foreign_keys = _PLAYERS

    def __init__(
        self, label: str, help_: str, domain: Domain, value: tuple[float, ...], parent: QWidget | None = None
    ) -> None:
        self._domain = domain
        super().__init__(label, help_, value, parent)

    def read(self, text: str) -> tuple[float, ...]:
        """Return the numbers."""
        words = text.replace(";", " ").split()
        if len(words) != len(self._value):
            sentence = self.tr("{0} must have {1} numbers with spaces between them, not {2}.")
            raise Refused(sentence.format(_capitalized(self._label), len(self._value), len(words)))
        return tuple(float(read_value(word, self._domain, self._label)) for word in words)

    def written(self) -> str:
        """Return the numbers as text, in full."""
        return " ".join(map(precise, self._value))

    def shorter(self) -> Iterator[str]:
        """Return the numbers to fewer and fewer digits."""
        return (" ".join(texts) for texts in zip(*map(shortened, self._value), strict=True))


def shortened(value: float, *, even: bool = False) -> Iterator[str]:
    """Return a number to fewer and fewer digits, each time as it is usual and then with an exponent.

    Parameters
    ----------
    value : float
    even : bool
        Whether trailing zeros are kept, for numbers that change many times a second.
    """
    usual = steady if even else rounded
    for digits in range(_MOST_DIGITS, 0, -1):
        text, short = usual(value, digits), scientific(value, digits)
        yield text
        # An exponent is for what is long without one: -2 is not written as -2e0.
        yield short if len(short) < len(rounded(value, digits)) else text


def read_value(text: str, domain: Domain, label: str) -> Value:
    """Return the number of a domain that a person wrote.

    Raises
    ------
    Refused
        With a sentence that begins with ``label``.
    """
    try:
        return domain.check(read_number(text))
    except NotANumber as fault:
        reason = str(fault).replace("a number", domain.words, 1)
    except InvalidValue as fault:
        reason = fault.reason
        if _is_beyond_floats(read_number(text)):
            too_large = QCoreApplication.translate("NumberField", "must be {0}; {1} is too large")
            reason = too_large.format(domain.words, shown_short(text))
    raise Refused(f"{_capitalized(label)} {reason}.")


def shown_short(text: str) -> str:
    """Return a number as it was typed, shortened when it is long."""
    plain = text.strip()
    return plain if len(plain) <= _LONGEST_QUOTE else f"{plain[:_LONGEST_QUOTE]}…"


def _is_beyond_floats(number: float) -> bool:
    try:
        return math.isinf(float(number))
    except OverflowError:
        return True


def _capitalized(label: str) -> str:
    # A letter of the formula stays what it is: x is not X.
    return label if len(label) <= _LONGEST_SYMBOL or label[-1].isdigit() else label[:1].upper() + label[1:]
