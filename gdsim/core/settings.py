"""Settings: each declared once, with symbol, range and tooltip, for forms, files and the command line."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, Self, TypeAlias, TypeGuard, TypeVar

from gdsim.core.language.texts import localised, said, translated, with_parts

Value: TypeAlias = float | int | bool

# Limit for names, titles and other texts of a document.
_MOST_LETTERS = 10_000
# Limit for a value that a one-line message quotes.
_LONGEST_QUOTE = 40
# Numbers from `_LARGE` on whose text is longer than `_SHORT` are quoted with `_DIGITS` significant digits.
_LARGE, _DIGITS, _SHORT = 1e16, 6, 12


class InvalidValue(ValueError):  # noqa: N818 - reads as what it says
    """A value outside the domain of its setting.

    ``key`` is the name of the setting, or empty for a value without one; ``reason`` says what the value must
    be and what it was.
    """

    def __init__(self, key: str, sentence: str, /, **parts: object) -> None:
        self.key, self.reason = key, with_parts(sentence, parts)
        super().__init__(f"{key} {self.reason}".strip())


def unknown_value(known: Iterable[str], value: object, key: str = "") -> InvalidValue:
    return InvalidValue(
        key, "must be one of {known}, not {value}", known=", ".join(known), value=as_in_file(value)
    )


class Domain(NamedTuple):
    """The set of values that a setting may take, and its description."""

    words: str  # In English, with ``{low}`` and ``{high}`` as placeholders for the bounds
    kind: type[Value]
    low: float = -math.inf
    high: float = math.inf
    low_included: bool = True
    high_included: bool = True
    # plainly: the description for a value that is no number, where the bounds are too far away to help.
    plainly: str = ""

    def check(self, value: object, key: str = "") -> Value:
        """Return ``value`` as this domain's type.

        Raises `InvalidValue` if the value is of another type, not finite, or out of range.
        """
        if self.takes(value):
            return self.kind(value)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        words = self.in_words if is_number else self.in_plain_words
        raise InvalidValue(key, "must be {words}, not {value}", words=words, value=as_in_file(value))

    def takes(self, value: object) -> TypeGuard[Value]:
        """Return whether ``value`` is of this domain's type, finite and in range."""
        # True and False are ints to Python, but not numbers to a person.
        if isinstance(value, bool) or self.kind is bool:
            return isinstance(value, bool) and self.kind is bool
        return isinstance(value, (int, float)) and self._contains(value)

    @property
    def in_words(self) -> str:
        """What a value must be, in the chosen language."""
        return with_parts(self.words, {"low": _bound_text(self.low), "high": _bound_text(self.high)})

    @property
    def in_plain_words(self) -> str:
        """What a value must be, for a message about a value that is not a number."""
        return translated(self.plainly) or self.in_words

    @property
    def ends(self) -> tuple[float, float]:
        """The smallest and the largest float in the domain; infinite where it has no bound."""
        return (
            self.low if self.low_included else math.nextafter(self.low, math.inf),
            self.high if self.high_included else math.nextafter(self.high, -math.inf),
        )

    def _contains(self, value: float) -> bool:
        try:
            number = float(value)
        except OverflowError:  # an int too large for a float
            return False
        above = number >= self.low if self.low_included else number > self.low
        below = number <= self.high if self.high_included else number < self.high
        exact = self.kind is float or number.is_integer()
        return math.isfinite(number) and exact and above and below


def _bound_text(number: float) -> str:
    return localised(f"{number:.0f}" if number.is_integer() else f"{number:g}")


def between(low: float, high: float) -> Domain:
    """Return the domain of the numbers from ``low`` to ``high``, both included."""
    return Domain("a number from {low} to {high}", float, float(low), float(high))


def whole(low: float, high: float) -> Domain:
    """Return the domain of the whole numbers from ``low`` to ``high``, both included."""
    return Domain("a whole number from {low} to {high}", int, float(low), float(high))


# Squares and products of numbers up to this size can still be represented.
LARGEST = 1e100
NUMBER = Domain("a number from -1e100 to 1e100", float, low=-LARGEST, high=LARGEST, plainly="a number")
LOSS = Domain("a number", float)  # May exceed `LARGEST`: targets may be as large as that
POSITIVE = Domain("a positive number", float, low=0.0, low_included=False)
NOT_NEGATIVE = Domain("a number of at least 0", float, low=0.0)
BELOW_ONE = Domain("a number of at least 0 and below 1", float, low=0.0, high=1.0, high_included=False)
UP_TO_ONE = Domain("a number from 0 to 1", float, low=0.0, high=1.0)
SHARE = Domain("a number above 0 and up to 1", float, low=0.0, high=1.0, low_included=False)
FRACTION = Domain(
    "a number above 0 and below 1", float, low=0.0, high=1.0, low_included=False, high_included=False
)
COUNT = Domain("a whole number of at least 1", int, low=1.0)
SEED = whole(0, 2**32 - 1)
STYLE = whole(0, 1e6)
EPOCHS = whole(1, 1e7)
FORK_STEP = whole(0, 1e9)
SWITCH = Domain("true or false", bool)


class Setting(NamedTuple):
    """One setting of something in a catalogue."""

    name: str  # Used in files, in formulas and on the command line
    symbol: str  # The letter of the formula, such as ``"η"``; empty for a switch
    # label, doc: the name shown to the user, and the sentence of the tooltip.
    label: str
    doc: str
    default: Value
    domain: Domain
    # low, high: the range of the slider; the domain may be wider.
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    argument: str = ""  # Its name in the library that it comes from, such as ``"betas[0]"``

    @property
    def is_switch(self) -> bool:
        return self.domain.kind is bool


def switch(name: str, label: str, doc: str, *, default: bool = True) -> Setting:
    return Setting(name, "", label, doc, default, SWITCH)


@dataclass(frozen=True, repr=False)
class Definition:
    """An entry of a catalogue: something that has settings.

    Calling it with values for some of the settings returns it `Configured`; the others have their defaults.
    """

    id: str  # Used in files and on the command line
    title: str
    summary: str
    settings: tuple[Setting, ...] = ()

    def __hash__(self) -> int:
        return hash(self.id)  # unique in a catalogue; hashing the long texts would be slow

    def __repr__(self) -> str:
        return f"<{self.id}>"

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(setting.name for setting in self.settings)

    def __call__(self, **values: Value) -> "Configured[Self]":
        """Return the entry with values for its settings.

        Raises `InvalidValue` if a value is outside its setting's domain, and `TypeError` if there is no such
        setting.
        """
        return Configured(self, self.checked(values))

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments that `given` takes."""
        return self.names

    def given(self, arguments: Mapping[str, Any]) -> "Configured[Definition]":
        """Return the entry with arguments as they stand in files.

        Raises `InvalidValue` if an argument is unknown or its value is not possible.
        """
        check_arguments(self.id, self.arguments, arguments)
        return self(**arguments)

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        """Return the values of the settings as arguments for a file; the inverse of `given`."""
        return dict(values)

    def checked(self, values: dict[str, Value]) -> tuple[Value, ...]:
        """Return a value for each setting: the given one, which is checked, or the default."""
        unknown = values.keys() - set(self.names)
        if unknown:
            raise TypeError(said("{name} has no setting {unknown}", name=self.id, unknown=min(unknown)))
        return tuple(
            one.domain.check(values[one.name], one.name) if one.name in values else one.default
            for one in self.settings
        )


def check_arguments(owner: str, known: Collection[str], given: Iterable[str]) -> None:
    """Raise `InvalidValue` if one of the given arguments is not among the known ones of ``owner``."""
    for name in given:
        if name not in known:
            words = said(
                "is not an argument of {name}; it takes {arguments}", name=owner, arguments=", ".join(known)
            )
            raise InvalidValue(printable(name), words)


D_co = TypeVar("D_co", bound=Definition, covariant=True)


class _WithId(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_WithId)


def by_id(entries: Iterable[E]) -> dict[str, E]:
    """Return the entries of a catalogue by id; raises `ValueError` if two have the same id."""
    catalogue: dict[str, E] = {}
    for entry in entries:
        if entry.id in catalogue:
            raise ValueError(f'two entries have the id "{entry.id}"')
        catalogue[entry.id] = entry
    return catalogue


@dataclass(frozen=True)
class Configured(Generic[D_co]):
    """An entry of a catalogue with values for its settings."""

    definition: D_co
    values: tuple[Value, ...]  # In the order of the settings

    def __getitem__(self, name: str) -> Value:
        return self.values[self.definition.names.index(name)]

    def __contains__(self, name: object) -> bool:
        return name in self.definition.names

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def title(self) -> str:
        return self.definition.title

    def items(self) -> Iterator[tuple[str, Value]]:
        return zip(self.definition.names, self.values, strict=True)

    @property
    def arguments(self) -> dict[str, object]:
        """The settings as arguments for a file."""
        return self.definition.written(dict(self.items()))

    def replace(self, **values: Value) -> Self:
        return type(self)(self.definition, self.definition.checked(dict(self.items()) | values))

    def number(self, name: str) -> float:
        return float(self[name])

    def switches(self) -> dict[str, bool]:
        """Return whether each switch is on, by name."""
        named = zip(self.definition.settings, self.values, strict=True)
        return {setting.name: bool(value) for setting, value in named if setting.is_switch}


def as_in_file(value: object) -> str:
    """Return ``value`` as it would be written in a scene file, shortened if long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return said("an object")
    if isinstance(value, (list, tuple)):
        return said("a list")
    if isinstance(value, (int, float)):
        return _numeral(value)
    text = f'"{printable(value)}"' if isinstance(value, str) else f"{value!r}"
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 4]}..."


def _numeral(value: float) -> str:
    try:
        large = abs(float(value)) >= _LARGE
    except OverflowError:  # an int too large for a float
        return said("a huge number")
    text = repr(value)
    if large and len(text) > _SHORT:
        text = f"{float(value):.{_DIGITS}g}"
    return text.replace("e+", "e")


def one_line(text: str, most: int | None = None) -> str:
    """Return ``text`` on one line, printable, and shortened to ``most`` characters."""
    line = printable(" ".join(text.split()))
    return line if most is None or len(line) <= most else f"{line[: most - 3]}..."


def quoted(text: str, most: int = 24) -> str:
    """Return a text in quotation marks, on one line, printable, and shortened to ``most`` characters."""
    return f'"{one_line(text, most)}"'


def elided(text: str, most: int = 60) -> str:
    """Return ``text`` printable, without its middle if it is longer than ``most`` characters."""
    line = printable(text)
    half = most // 2
    return line if len(line) <= most else f"{line[:half]}…{line[-half:]}"


def shown_name(path: Path) -> str:
    """Return a file's name for a message: printable and of moderate length."""
    return elided(path.name or str(path))


def printable(text: str) -> str:
    """Return ``text`` with line breaks, terminal control codes and other unprintable characters escaped."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )


def check_count(key: str, there: int, most: int) -> None:
    """Raise `InvalidValue` for a list with more than ``most`` entries."""
    if there > most:
        raise InvalidValue(
            key, "must have at most {most} entries, not {there}", most=most, there=localised(f"{there:,}")
        )


def check_text(key: str, text: str) -> None:
    """Raise `InvalidValue` for text that is too long to show, or has a lone surrogate, as pasted text may."""
    if len(text) > _MOST_LETTERS:
        most, there = localised(f"{_MOST_LETTERS:,}"), localised(f"{len(text):,}")
        raise InvalidValue(key, "must have at most {most} letters, not {there}", most=most, there=there)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValue(
            key, "must be text that can be written in UTF-8, not {text}", text=as_in_file(text)
        ) from None
