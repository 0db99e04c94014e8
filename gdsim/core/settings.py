"""Declaring a setting once: its symbol, its range, its sentence.

Forms, tooltips, scene files and the command line read these declarations; nobody repeats them.
"""

import math
from dataclasses import dataclass, field, fields
from typing import TypeAlias, TypeVar

Value: TypeAlias = "float | int | bool"
V = TypeVar("V", bound=Value)

# The longest piece of a file that a one-line message quotes.
_LONGEST_QUOTE = 40
# From here on numbers are quoted to some digits, with an exponent, when they are long.
_LARGE, _DIGITS, _SHORT = 1e16, 6, 12


class InvalidValue(ValueError):  # noqa: N818 - reads as what it says
    """A setting was given a value outside its domain.

    Attributes
    ----------
    key : str
        The setting's name, empty when the value stands for itself.
    reason : str
        What the value must be, and what it was.
    """

    def __init__(self, key: str, reason: str) -> None:
        super().__init__(f"{key} {reason}".strip())
        self.key = key
        self.reason = reason


@dataclass(frozen=True)
class Domain:
    """The set of values a setting may take, and the words for it."""

    words: str
    kind: type[Value]
    low: float = -math.inf
    high: float = math.inf
    low_included: bool = True
    high_included: bool = True

    def check(self, value: object, key: str = "") -> Value:
        """Return ``value`` as this domain's type.

        Raises
        ------
        InvalidValue
            If the value is of another type, not finite, or out of range.
        """
        # True and False are ints to Python, but not numbers to a person.
        if isinstance(value, bool):
            if self.kind is bool:
                return value
        elif isinstance(value, (int, float)) and self.kind is not bool and self._contains(value):
            return self.kind(value)
        raise InvalidValue(key, f"must be {self.words}, not {shown(value)}")

    def _contains(self, value: float) -> bool:
        try:
            number = float(value)
        except OverflowError:  # an int beyond every float
            return False
        above = number >= self.low if self.low_included else number > self.low
        below = number <= self.high if self.high_included else number < self.high
        exact = self.kind is float or number.is_integer()
        return math.isfinite(number) and exact and above and below


# Squares and products of numbers up to this size can still be represented.
LARGEST = 1e100
NUMBER = Domain("a number from -1e100 to 1e100", float, low=-LARGEST, high=LARGEST)
POSITIVE = Domain("a positive number", float, low=0.0, low_included=False)
NOT_NEGATIVE = Domain("a number of at least 0", float, low=0.0)
BELOW_ONE = Domain("a number of at least 0 and below 1", float, low=0.0, high=1.0, high_included=False)
COUNT = Domain("a whole number of at least 1", int, low=1.0)
SEED = Domain("a whole number from 0 to 4294967295", int, low=0.0, high=4294967295.0)
EPOCHS = Domain("a whole number from 1 to 10000000", int, low=1.0, high=1e7)
SWITCH = Domain("true or false", bool)


def shown(value: object) -> str:
    """Return ``value`` as a person would write it in a scene file, shortened when it is long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, (int, float)):
        return _numeral(value)
    text = f'"{printable(value)}"' if isinstance(value, str) else f"{value!r}"
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 4]}..."


def _numeral(value: float) -> str:
    try:
        large = abs(float(value)) >= _LARGE
    except OverflowError:  # an int beyond every float
        return "a huge number"
    text = repr(value)
    if large and len(text) > _SHORT:
        text = f"{float(value):.{_DIGITS}g}"
    return text.replace("e+", "e")


def printable(text: str) -> str:
    """Return ``text`` with whatever would break a line or steer a terminal written as an escape."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


@dataclass(frozen=True)
class Param:
    """One declared setting.

    Attributes
    ----------
    low, high : float
        The range of its slider; the domain may be wider.
    log : bool
        Whether the slider runs on a logarithmic scale.
    """

    name: str
    symbol: str
    label: str
    doc: str
    default: Value
    domain: Domain
    low: float
    high: float
    log: bool


def param(
    default: V,
    symbol: str,
    low: float = 0.0,
    high: float = 1.0,
    *,
    domain: Domain,
    label: str,
    doc: str,
    log: bool = False,
) -> V:
    """Declare a setting as the default of a dataclass field.

    Parameters
    ----------
    default : float, int or bool
    symbol : str
        The letter of the formula, such as ``"η"``.
    low, high : float
        The range of the slider.
    domain : Domain
        The values that are accepted.
    label, doc : str
        The setting's name, and the sentence of its tooltip.
    log : bool
        Whether the slider is logarithmic.
    """
    declared = {
        "symbol": symbol,
        "label": label,
        "doc": doc,
        "default": default,
        "domain": domain,
        "low": low,
        "high": high,
        "log": log,
    }
    return field(default=default, metadata={"param": declared})


class Declared:
    """A dataclass whose settings are declared with `param` and checked when it is made."""

    def __post_init__(self) -> None:
        for setting in params(type(self)):
            value = setting.domain.check(getattr(self, setting.name), setting.name)
            object.__setattr__(self, setting.name, value)


def params(declaring: type) -> tuple[Param, ...]:
    """Return the settings declared by a dataclass, in their order."""
    return tuple(
        Param(name=entry.name, **entry.metadata["param"])
        for entry in fields(declaring)
        if "param" in entry.metadata
    )
