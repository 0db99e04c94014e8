"""Schedules of libraries, whose arguments determine their lines and the lengths of their lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from gdsim.core.formulas.program import conditions_in, wanted_lines
from gdsim.core.rules.libraries.arguments import (
    Argument,
    Arguments,
    ListArgument,
    MapArgument,
    read_arguments,
    write_arguments,
)
from gdsim.core.rules.schedules import Schedule, ScheduleKind
from gdsim.core.settings import (
    NOT_NEGATIVE,
    POSITIVE,
    Definition,
    InvalidValue,
    Value,
    as_in_file,
    check_arguments,
)

_EVERY = {"epoch": False, "update": True}
# The lines, or a function that makes them from the length of the lists.
ScheduleLines: TypeAlias = str | Callable[[int], str]


@dataclass(frozen=True, repr=False)
class LibraryScheduleKind(ScheduleKind):
    """A schedule of a library with the lines that its arguments selected; see `LibrarySchedule`."""

    declared: Arguments = ()
    chosen: tuple[tuple[str, Value], ...] = ()  # Settings that selected the lines and do not occur in them

    __hash__ = Definition.__hash__

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.declared)

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        return write_arguments(self.declared, {**dict(self.chosen), **values})


@dataclass(frozen=True)
class FirstRateArgument(Argument):
    """The argument for the initial rate of a schedule, which here is the learning rate of the rule."""


@dataclass(frozen=True)
class SchedulerInterval(Argument):
    """How often a program calls ``scheduler.step()``: after every epoch, or after every update."""

    name: str = "every"
    default: object = "epoch"
    keyword_only: bool = True

    def values(self, given: object) -> dict[str, Value]:
        if not isinstance(given, str) or given not in _EVERY:
            raise InvalidValue(self.name, 'must be "epoch" or "update", not {value}', value=as_in_file(given))
        return {"by_update": _EVERY[given]}

    def written(self, values: Mapping[str, Value]) -> dict[str, object]:
        return {self.name: "update"} if values["by_update"] else {}


@dataclass(frozen=True)
class LibrarySchedule:
    """A schedule of a library without values for its arguments; `given` makes a `Schedule` from them.

    The lines may have conditions on switches, and on numbers, which hold unless the number is 0. If there are
    lists among the arguments, the lines are made for the length of the lists.
    """

    id: str
    title: str
    summary: str
    declared: Arguments
    lines: ScheduleLines

    @property
    def arguments(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.declared)

    def given(self, arguments: Mapping[str, Any]) -> Schedule:
        """Return the schedule with arguments as the library takes them.

        Raises `InvalidValue` if an argument is unknown, missing or not possible.
        """
        check_arguments(self.id, self.arguments, arguments)
        begun = {one.name: None for one in self.declared if isinstance(one, FirstRateArgument)}
        values = read_arguments(self.id, self.declared, {**begun, **arguments})
        kind = self._kind(values, self._listed(values))
        return kind(**{name: values[name] for name in kind.names})

    def first_rate(self, arguments: Mapping[str, Any]) -> tuple[str, object] | None:
        """Return the argument for the initial rate and its value; None if the rate starts at the rule's."""
        begins = (one.name for one in self.declared if isinstance(one, FirstRateArgument))
        return next(((name, arguments[name]) for name in begins if arguments.get(name) is not None), None)

    def _listed(self, values: Mapping[str, Value]) -> int:
        """Return the length of the lists and mappings, or 0; raises `InvalidValue` if they do not match."""
        lists = [one for one in self.declared if isinstance(one, ListArgument)]
        counts = [len(one.settings_for(values)) - one.more for one in lists]
        if len(set(counts)) > 1:
            first, second = lists
            raise InvalidValue(second.name, "must have one number more than {name}", name=first.name)
        mapped = [len(one.settings_for(values)) // 2 for one in self.declared if isinstance(one, MapArgument)]
        return max([*counts, *mapped], default=0)

    def _kind(self, values: Mapping[str, Value], listed: int) -> LibraryScheduleKind:
        settings = [setting for one in self.declared for setting in one.settings_for(values)]
        text = self.lines if isinstance(self.lines, str) else self.lines(listed)
        deciding = conditions_in(text)
        wanted = wanted_lines(text, {name: bool(values[name]) for name in deciding})
        lines = "\n".join(line.text for line in wanted)
        # A non-zero number in a condition stays a setting, but must not become 0.
        numbers = {one.name for one in settings if not one.is_switch and values[one.name]}
        chosen = tuple((name, values[name]) for name in deciding if name not in numbers)
        kept = tuple(
            one._replace(domain=POSITIVE) if one.name in deciding and one.domain == NOT_NEGATIVE else one
            for one in settings
            if one.name not in dict(chosen)
        )
        return LibraryScheduleKind(
            self.id, self.title, self.summary, kept, lines, declared=self.declared, chosen=chosen
        )
