"""Fields for numbers of a domain."""

from PySide6.QtWidgets import QWidget

from gdsim.core.numerals import NotANumber, precise, read_number, rounded
from gdsim.core.param import Domain, InvalidValue, Value
from gdsim.gui.forms.fields import CheckedField, Refused

_LONGEST_SYMBOL = 2


class NumberField(CheckedField):
    """A field for one number of a domain."""

    def __init__(
        self, label: str, help_: str, domain: Domain, value: Value, parent: QWidget | None = None
    ) -> None:
        self._domain = domain
        super().__init__(label, help_, value, parent)

    def read(self, text: str) -> Value:
        """Return the number."""
        return read_value(text, self._domain, self._label)

    def written(self, digits: int | None = None) -> str:
        """Return the number as text."""
        return precise(self._value) if digits is None else rounded(self._value, digits)


class NumbersField(CheckedField):
    """A field for several numbers, parted by spaces."""

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

    def written(self, digits: int | None = None) -> str:
        """Return the numbers as text."""
        return " ".join(precise(one) if digits is None else rounded(one, digits) for one in self._value)


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
    raise Refused(f"{_capitalized(label)} {reason}.")


def _capitalized(label: str) -> str:
    # A letter of the formula stays what it is: x is not X.
    return label if len(label) <= _LONGEST_SYMBOL or label[-1].isdigit() else label[:1].upper() + label[1:]
