"""The arguments of a library's constructors: their names and defaults, and the settings they stand for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gdsim.core.language.texts import to_say, translated
from gdsim.core.rules.catalogue import OF_G, OF_SQUARES
from gdsim.core.settings import (
    BELOW_ONE,
    COUNT,
    NOT_NEGATIVE,
    POSITIVE,
    Domain,
    InvalidValue,
    Setting,
    Value,
    as_in_file,
    switch,
)

REQUIRED: Final = object()
"""Marks an argument without a default."""


@dataclass(frozen=True)
class Argument:
    """An argument of a constructor, which may stand for settings."""

    name: str
    default: object = REQUIRED
    keyword_only: bool = False

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The settings that the argument stands for: none, one, or several."""
        return ()

    def settings_for(self, values: Mapping[str, Value]) -> tuple[Setting, ...]:
        """Return the settings that the argument stands for if these are the values of all settings."""
        del values
        return self.settings

    def values(self, given: object) -> dict[str, Value]:
        """Return the values of its settings; raises `InvalidValue` if what is given is not possible."""
        del given
        return {}

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        """Return the argument, by name, with what gives these values; empty if it can be left out."""
        del values
        return {}


@dataclass(frozen=True)
class UnusedArgument(Argument):
    """An argument that does not affect the numbers, so that any value of the right type is accepted."""

    kinds: tuple[type, ...] = (bool,)
    wanted: str = to_say("true, false or null")

    def values(self, given: object) -> dict[str, Value]:
        if given is not None and type(given) not in self.kinds:
            raise InvalidValue(
                self.name,
                "must be {words}, not {value}",
                words=translated(self.wanted),
                value=as_in_file(given),
            )
        return {}


@dataclass(frozen=True)
class FixedArgument(Argument):
    """An argument that must have its default value."""

    def values(self, given: object) -> dict[str, Value]:
        if given is not self.default and given != self.default:
            raise InvalidValue(
                self.name,
                "must be {only} here, not {value}",
                only=as_in_file(self.default),
                value=as_in_file(given),
            )
        return {}


@dataclass(frozen=True)
class SettingArgument(Argument):
    setting: Setting = field(kw_only=True)
    absent: Value | None = None  # The value that a default of None stands for
    without: str = ""  # Why None is not accepted, as a phrase

    @property
    def settings(self) -> tuple[Setting, ...]:
        return (self.setting,)

    def values(self, given: object) -> dict[str, Value]:
        setting = self.setting
        if given is None and self.default is None and self.absent is not None:
            return {setting.name: self.absent}
        if given is None and self.without:
            raise InvalidValue(self.name, translated(self.without))
        return {setting.name: setting.domain.check(given, self.name)}

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        value = values[self.setting.name]
        return {} if self.default is None and value == self.absent else {self.name: value}


@dataclass(frozen=True)
class PairArgument(Argument):
    pair: tuple[Setting, Setting] = field(kw_only=True)

    @property
    def settings(self) -> tuple[Setting, ...]:
        return self.pair

    def values(self, given: object) -> dict[str, Value]:
        if not isinstance(given, (list, tuple)) or len(given) != len(self.pair):
            raise InvalidValue(self.name, "must be a pair of numbers, not {value}", value=as_in_file(given))
        return {
            one.name: one.domain.check(value, self.name) for one, value in zip(self.pair, given, strict=True)
        }

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        return {self.name: [values[one.name] for one in self.pair]}


MOST_LISTED = 20


@dataclass(frozen=True)
class ListArgument(Argument):
    """An argument that is a list of numbers, each of which is a setting: ``b1``, ``b2``, ..."""

    item: Setting = field(kw_only=True)  # The setting without its number
    more: int = 0  # How many more numbers it has than the other lists of the same schedule

    def settings_for(self, values: Mapping[str, Value]) -> tuple[Setting, ...]:
        numbers = range(1, _count_of(self.item, values) + 1)
        return tuple(_numbered(self.item, n, f"{self.name}[{n - 1}]") for n in numbers)

    def values(self, given: object) -> dict[str, Value]:
        if not isinstance(given, (list, tuple)):
            raise InvalidValue(self.name, "must be a list of numbers, not {value}", value=as_in_file(given))
        least, most = 1 + self.more, MOST_LISTED + self.more
        if not least <= len(given) <= most:
            raise InvalidValue(
                self.name,
                "must have {least} to {most} numbers, not {there}",
                least=least,
                most=most,
                there=len(given),
            )
        return {
            f"{self.item.name}{n}": self.item.domain.check(value, self.name)
            for n, value in enumerate(given, 1)
        }

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        return {self.name: [values[one.name] for one in self.settings_for(values)]}


@dataclass(frozen=True)
class MapArgument(Argument):
    """An argument that maps steps to numbers; each step and each number is a setting."""

    key: Setting = field(kw_only=True)
    item: Setting = field(kw_only=True)

    def settings_for(self, values: Mapping[str, Value]) -> tuple[Setting, ...]:
        numbers = range(1, _count_of(self.item, values) + 1)
        return tuple(_numbered(one, n, f"{one.label} {n}") for one in (self.key, self.item) for n in numbers)

    def values(self, given: object) -> dict[str, Value]:
        if not isinstance(given, Mapping):
            raise InvalidValue(
                self.name, "must map steps to numbers, not be {value}", value=as_in_file(given)
            )
        if not 1 <= len(given) <= MOST_LISTED:
            raise InvalidValue(
                self.name, "must have 1 to {most} steps, not {there}", most=MOST_LISTED, there=len(given)
            )
        values: dict[str, Value] = {}
        for n, (step, number_) in enumerate(given.items(), 1):
            # The keys of an object in a JSON file are strings.
            whole = int(step) if isinstance(step, str) and step.isdecimal() else step
            values[f"{self.key.name}{n}"] = self.key.domain.check(whole, self.name)
            values[f"{self.item.name}{n}"] = self.item.domain.check(number_, self.name)
        return values

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        numbers, key, item = range(1, _count_of(self.item, values) + 1), self.key.name, self.item.name
        return {self.name: {str(values[f"{key}{n}"]): values[f"{item}{n}"] for n in numbers}}


def _count_of(item: Setting, values: Iterable[str]) -> int:
    return sum(1 for one in values if one.startswith(item.name) and one.removeprefix(item.name).isdigit())


def _numbered(one: Setting, n: int, argument: str) -> Setting:
    return one._replace(name=f"{one.name}{n}", symbol=f"{one.symbol}_{n}", argument=argument)


Arguments = tuple[Argument, ...]


def read_arguments(owner: str, arguments: Sequence[Argument], given: Mapping[str, Any]) -> dict[str, Value]:
    """Return the values of all settings, from the given arguments and the defaults of the others.

    Raises `InvalidValue` if an argument is missing or not possible.
    """
    values: dict[str, Value] = {}
    for one in arguments:
        if one.name not in given and one.default is REQUIRED:
            raise InvalidValue(one.name, "is missing: {owner} has no default for it", owner=owner)
        values |= one.values(given.get(one.name, one.default))
    return values


def write_arguments(arguments: Iterable[Argument], values: Mapping[str, Value]) -> dict[str, object]:
    """Return values of settings as arguments; the inverse of `read_arguments`."""
    return {name: value for one in arguments for name, value in one.written(values).items()}


# ------------------------------------------------------------------------------- common arguments


def number_argument(  # noqa: PLR0913 - what a setting is
    name: str,
    symbol: str,
    label: str,
    doc: str,
    default: object,
    domain: Domain = NOT_NEGATIVE,
    low: float = 0.0,
    high: float = 1.0,
    *,
    log: bool = False,
    inner: str = "",
    absent: Value | None = None,
) -> SettingArgument:
    """Declare an argument that is a number; ``inner`` is its name in the lines, if that differs."""
    start = default if isinstance(default, (int, float)) else absent if absent is not None else low
    setting = Setting(inner or name, symbol, label, doc, domain.kind(start), domain, low, high, log, name)
    return SettingArgument(name, default, setting=setting, absent=absent)


def flag_argument(
    name: str, doc: str, *, default: bool = False, keyword_only: bool = False
) -> SettingArgument:
    setting = switch(name, name, doc, default=default)._replace(argument=name)
    return SettingArgument(name, default, keyword_only, setting=setting)


def rate(name: str, default: object, absent: Value | None = None) -> SettingArgument:
    doc = "How far to go for each unit of gradient."
    start = 0.1 if default is REQUIRED else absent if default is None else default
    made = number_argument(
        name, "η", "learning rate", doc, start, POSITIVE, 1e-5, 100.0, log=True, inner="eta"
    )
    return replace(made, default=default, absent=absent)


def decay_rate(name: str, symbol: str, default: float, doc: str, inner: str = "") -> SettingArgument:
    return number_argument(name, symbol, "decay rate", doc, default, BELOW_ONE, 0.0, 0.9999, inner=inner)


def betas() -> PairArgument:
    """Declare PyTorch's pair of decay rates."""
    first = decay_rate("betas[0]", "β₁", 0.9, OF_G, "beta1")
    second = decay_rate("betas[1]", "β₂", 0.999, OF_SQUARES, "beta2")
    return PairArgument("betas", (0.9, 0.999), pair=(first.setting, second.setting))


def epsilon_argument(name: str, default: float, where: str = "It is added to the root.") -> SettingArgument:
    """Declare the small number that keeps a divisor away from zero."""
    doc = f"Prevents division by zero. {where}"
    return number_argument(
        name, "ε", "epsilon", doc, default, NOT_NEGATIVE, 1e-12, 1.0, log=True, inner="eps"
    )


def momentum(default: object = 0.0, absent: Value | None = None) -> SettingArgument:
    """Declare the momentum of SGD and RMSprop."""
    doc = "The share of the velocity that is carried into the next step; 0 for none."
    return number_argument("momentum", "μ", "momentum", doc, default, NOT_NEGATIVE, 0.0, 0.999, absent=absent)


def weight_decay(default: object = 0.0, doc: str = "", absent: Value | None = None) -> SettingArgument:
    return number_argument(
        "weight_decay", "λ", "weight decay", doc or L2, default, NOT_NEGATIVE, 0.0, 0.1, absent=absent
    )


def count_argument(
    name: str, symbol: str, label: str, doc: str, default: object = REQUIRED, inner: str = ""
) -> SettingArgument:
    """Declare a number of steps."""
    start = 100 if default is REQUIRED else default
    made = number_argument(name, symbol, label, doc, start, COUNT, 1, 1000, log=True, inner=inner)
    return replace(made, default=default)


def steps_item(name: str, symbol: str, label: str, doc: str) -> Setting:
    """Declare the setting for each number of steps in a list."""
    return Setting(name, symbol, label, doc, 100, COUNT, 1, 1000, log=True)


def without_default(made: SettingArgument) -> SettingArgument:
    """Drop the default of an argument that has none in the library; a form still starts with it."""
    return replace(made, default=REQUIRED)


def start_of_v(name: str, default: float) -> SettingArgument:
    """Declare the initial value of a sum of squared gradients."""
    return number_argument(name, "s", "start of v", "What v begins with.", default)


def last_rate(
    name: str, default: object, doc: str = "The rate at the end.", absent: Value | None = None
) -> SettingArgument:
    """Declare the rate at the end of a schedule."""
    return number_argument(name, "η_end", "last rate", doc, default, inner="last", high=0.1, absent=absent)


AMSGRAD = flag_argument("amsgrad", "Divides by the root of the largest v so far.")
CENTERED = flag_argument("centered", "Subtracts the square of the average gradient from the average square.")
STAIRCASE = flag_argument("staircase", "Change the rate in stairs, not smoothly.")
DECAY_FACTOR = without_default(
    number_argument(
        "decay_rate", "r", "decay rate", "How much the rate falls in that time.", 0.5, POSITIVE, inner="r"
    )
)
LOWEST_SHARE = number_argument(
    "alpha", "α", "lowest share", "The share of the rate that is left at the end.", 0.0
)
POWER = number_argument(
    "power", "q", "power", "The power of the time left.", 1.0, POSITIVE, 0.5, 5.0, inner="degree"
)

OF_STEPS = "How much of the old averages of g² and of squared steps is kept at each step."
L2 = "λ times the parameter is added to the gradient."
DECOUPLED = (
    "At each step every parameter loses η times λ of itself, in addition to the step along the gradient."
)


def with_decoupled_decay(lines: str, where_on: str = "") -> str:
    """Return lines in which each ``w_next = w ...`` has a second form that also subtracts η·λ·w.

    The second form holds if the weight decay is not 0 and, if ``where_on`` names a switch, that switch is on.
    """
    shrinks = [f"weight_decay and {where_on}" if where_on else "weight_decay"]
    stays = ["not weight_decay", *([f"weight_decay and not {where_on}"] if where_on else [])]
    rows: list[str] = []
    for row in filter(None, map(str.strip, lines.splitlines())):
        if not row.startswith("w_next = w "):
            rows.append(row)
            continue
        formula, _, condition = row.partition(" if ")
        shrunk = formula.replace("w_next = w ", "w_next = w - eta*weight_decay*w ", 1)
        also = f" and {condition.strip()}" if condition else ""
        rows += [f"{shrunk} if {one}{also}" for one in shrinks]
        rows += [f"{formula} if {one}{also}" for one in stays]
    return "\n".join(rows)
