"""Rules and schedules by id: those of the catalogue, and those of the libraries, loaded on first use."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Protocol

from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import SCHEDULES, ScheduleKind
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from gdsim.core.settings import unknown_value

if TYPE_CHECKING:
    from gdsim.core.rules.libraries.library_rule import LibraryRule
    from gdsim.core.rules.libraries.library_schedule import LibrarySchedule

# The names of the libraries, by the first part of their ids.
LIBRARIES = {"torch": "PyTorch", "keras": "Keras", "optax": "Optax"}


@cache
def library_rules(library: str) -> "Mapping[str, LibraryRule]":
    """Return the optimizers of "torch", "keras" or "optax", by their ids."""
    return _module(library).OPTIMIZERS


@cache
def library_schedules(library: str) -> "Mapping[str, LibrarySchedule]":
    """Return the schedules of "torch", "keras" or "optax", by their ids."""
    return _module(library).SCHEDULES


def _module(library: str) -> "_Module":
    # Loading all three takes a tenth of a second, which should not delay the start of the program.
    from gdsim.core.rules.libraries import keras, optax, torch  # noqa: PLC0415

    modules: dict[str, _Module] = {"torch": torch, "keras": keras, "optax": optax}
    return modules[library]


class _Module(Protocol):
    OPTIMIZERS: "dict[str, LibraryRule]"
    SCHEDULES: "dict[str, LibrarySchedule]"


def find_rule(id_: object, own: Iterable[Rule] = ()) -> Rule:
    """Return the rule with an id, which may be one of ``own``; raises `InvalidValue` if there is none."""
    others = {rule.id: rule for rule in own}
    library, dot, _ = id_.partition(".") if isinstance(id_, str) else ("", "", "")
    of_library = bool(dot) and library in LIBRARIES
    rest: Mapping[str, Rule] = library_rules(library) if of_library else RULES | SECOND_ORDER_RULES
    known = {**rest, **others}
    if not isinstance(id_, str) or id_ not in known:
        raise unknown_value({**others, **rest}, id_)
    return known[id_]


def find_schedule(id_: object) -> "ScheduleKind | LibrarySchedule":
    """Return the learning rate schedule with an id; raises `InvalidValue` if there is none."""
    library = id_.partition(".")[0] if isinstance(id_, str) else ""
    known: Mapping[str, ScheduleKind | LibrarySchedule]
    known = library_schedules(library) if library in LIBRARIES else SCHEDULES
    if not isinstance(id_, str) or id_ not in known:
        raise unknown_value(known, id_)
    return known[id_]
