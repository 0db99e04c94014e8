"""A rule that is an optimizer of a library, with the library's own arguments."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from gdsim.core.formulas.program import condition_holds
from gdsim.core.language.texts import translated
from gdsim.core.rules.libraries.arguments import Arguments, read_arguments, write_arguments
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.update_rule import ETA
from gdsim.core.settings import Definition, InvalidValue, Value, check_arguments

# Switches that a library refuses in combination with other settings: switch, condition and message.
Refusals: TypeAlias = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, repr=False)
class LibraryRule(Rule):
    """An optimizer of a library, which takes the library's arguments with the library's defaults."""

    declared: Arguments = ()  # In the library's order
    refusals: Refusals = ()  # The lines ignore a refused switch

    __hash__ = Definition.__hash__

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.declared)

    @property
    def rate_argument(self) -> str:
        return next(one.name for one in self.declared if any(setting.name == ETA for setting in one.settings))

    def given(self, arguments: Mapping[str, Any]) -> Optimizer:
        check_arguments(self.id, self.arguments, arguments)
        values = read_arguments(self.id, self.declared, arguments)
        on = {name: bool(value) for name, value in values.items()}
        for name, condition, words in self.refusals:
            if condition_holds(condition, on):
                raise InvalidValue(name, translated(words))
        return self(**values)

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        on = {name: bool(value) for name, value in values.items()}
        refused = {name: False for name, condition, _ in self.refusals if condition_holds(condition, on)}
        return write_arguments(self.declared, {**values, **refused})


def library_rule(
    id_: str,
    library: str,
    summary: str,
    reference: str,
    declared: Arguments,
    lines: str,
    refusals: Refusals = (),
) -> LibraryRule:
    """Return the entry of an optimizer, whose settings are those of its arguments."""
    title = f"{library} {id_.rpartition('.')[2]}"
    settings = tuple(chain.from_iterable(one.settings for one in declared))
    return LibraryRule(id_, title, summary, settings, lines, reference, declared=declared, refusals=refusals)
