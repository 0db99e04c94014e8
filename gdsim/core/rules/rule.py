"""A rule as an entry of the catalogue, and an optimizer: a rule with values for its hyperparameters."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from gdsim.core.formulas.program import conditions_in, is_direction, is_norm, read_program, wanted_lines
from gdsim.core.formulas.symbols import (
    HAT,
    Symbol,
    gradient_symbol,
    of_name,
    setting_symbols,
)
from gdsim.core.formulas.syntax import Formula, FormulaError, Node, read_formula
from gdsim.core.rules.update_rule import CORRECTED, ETA, GAMMA, NEW, W_NEXT, UpdateRule, W
from gdsim.core.settings import Configured, Definition, Value, check_arguments

Switches = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, repr=False)
class Rule(Definition):
    """An update rule, defined by its lines: all else that the program knows about it follows from them.

    Rules are elementwise: each line is computed for every weight and for the bias alike; only a norm involves
    all of them.
    """

    # In the language of `gdsim.core.formulas.program.read_program`; `UpdateRule` says what the names mean. A
    # condition may also name a number, and holds unless it is 0.
    lines: str = ""
    reference: str = ""
    # A formula, in terms of the settings, of the largest η times curvature at which the rule converges on a
    # parabola, if the rate of each parameter stays fixed. A condition may follow as in the lines. Empty if
    # there is no known formula.
    limit: str = ""

    __hash__ = Definition.__hash__

    def __post_init__(self) -> None:
        if ETA not in self.names:
            raise ValueError(f"{self.id} needs a setting {ETA}, its learning rate")

    def __call__(self, **values: Value) -> "Optimizer":
        return Optimizer(self, self.checked(values))

    def given(self, arguments: Mapping[str, Any]) -> "Optimizer":
        check_arguments(self.id, self.arguments, arguments)
        return self(**arguments)

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The names of the settings in conditions of lines: switches, and numbers, of which 0 is off.

        Raises `FormulaError` if a condition names anything but settings.
        """
        wanted_lines(self.lines, dict.fromkeys(self.names, True))
        return conditions_in(self.lines)

    @property
    def rate_argument(self) -> str:
        """The name of the learning rate among the arguments of `given`."""
        return ETA

    def limit_formula(self, switches: Switches) -> Node | None:
        """Return the formula of `limit` for a setting of the switches; None if there is none."""
        wanted = wanted_lines(self.limit, dict(switches))
        return read_formula(f"limit = {wanted[0].text}").node if wanted else None

    def update_rule(self, switches: Switches) -> UpdateRule:
        """Return the lines for a setting of the switches. They are read on first use, and cached.

        Raises `FormulaError` if the lines are not those of a rule.
        """
        return _update_rule(self, switches)


@lru_cache(maxsize=256)
def _update_rule(rule: Rule, switches: Switches) -> UpdateRule:
    try:
        return UpdateRule.of(read_program(rule.lines, switches), rule.settings)
    except FormulaError as error:
        raise FormulaError(f"the rule {rule.id}: {error}", at=error.span, about=error.name) from error


class Optimizer(Configured[Rule]):
    @cached_property
    def update_rule(self) -> UpdateRule:
        return self.definition.update_rule(self._conditions)

    @cached_property
    def limit_formula(self) -> Node | None:
        """The formula of `Rule.limit`, with the switches as they are set; None if there is none."""
        return self.definition.limit_formula(self._conditions)

    @property
    def _conditions(self) -> Switches:
        return tuple((name, bool(self[name])) for name in self.definition.conditions)

    @property
    def eta(self) -> float:
        """The learning rate at which a schedule starts."""
        return self.number(ETA)

    @property
    def gamma(self) -> float:
        """The momentum at which a schedule starts; NaN for a rule without momentum."""
        return self.number(GAMMA) if self.has_momentum else math.nan

    @property
    def has_momentum(self) -> bool:
        return GAMMA in self

    @property
    def numbers(self) -> dict[str, float]:
        """The values of the settings that are numbers, by name."""
        named = zip(self.definition.settings, self.values, strict=True)
        return {setting.name: float(value) for setting, value in named if not setting.is_switch}


@lru_cache(maxsize=128)
def symbols(optimizer: Optimizer, parameter: str = "w") -> Mapping[str, Symbol]:
    """Return the symbols of the names in a rule's lines, for a parameter such as ``"b"`` or ``"w2"``.

    An empty name gives the symbols for all parameters together.
    """
    rule, here = optimizer.update_rule, of_name(parameter)
    known = {line.target: of_name(line.target) for line in rule.program.lines}
    known |= setting_symbols(optimizer.definition.settings)
    known |= {"t": Symbol("t", "t"), ETA: of_name(ETA), GAMMA: of_name(GAMMA)}
    for letter in rule.letters:
        symbol = of_name(letter)
        known[letter], known[letter + NEW] = symbol.below("t-1"), symbol.below("t")
        hat = Symbol(symbol.text + HAT, rf"\hat{{{symbol.latex}}}")
        known[letter + CORRECTED] = hat.below("t")
    for place in set(rule.gradients.values()) - {W}:
        known[place] = here.below(place)
    for name, place in rule.gradients.items():
        known[name] = gradient_symbol(parameter, "t" if place == W else place)
    if not parameter:
        here = Symbol("(w, b)", "(w, b)")
    return known | {W: here.below("t"), W_NEXT: here.below("t+1")}


def symbols_of_line(optimizer: Optimizer, line: Formula, parameter: str = "w") -> Mapping[str, Symbol]:
    """Return the symbols of the names in one line; in a norm or a direction, for all parameters together."""
    of_all = is_norm(line.node) or is_direction(line.node)
    return symbols(optimizer, "" if of_all else parameter)
