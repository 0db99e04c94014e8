"""Schedules, defined by lines: how the learning rate and the momentum change from step to step."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.evaluate import evaluate, evaluate_arrays
from gdsim.core.formulas.program import Program, read_program
from gdsim.core.formulas.symbols import Symbol, of_name, setting_symbols
from gdsim.core.formulas.syntax import Call, Name
from gdsim.core.language.texts import counted, said, translated
from gdsim.core.rules.intervals import FROM_ZERO, Interval, interval_of, intervals_of_settings
from gdsim.core.settings import (
    BELOW_ONE,
    COUNT,
    NOT_NEGATIVE,
    POSITIVE,
    Configured,
    Definition,
    Setting,
    Value,
    by_id,
    check_arguments,
)

# The names that the lines of a schedule may use, besides settings and the initial rate.
STEP, EPOCH, RISES = "step", "epoch", "rises"
# A validation loss has risen if it is more than this factor times the one before. A smaller change may be
# rounding error of the sum alone, and would keep lowering the rate of a run that has converged.
RISE = 1.0 + 1e-12
_SYMBOLS = {
    STEP: Symbol("t", "t"),
    EPOCH: Symbol("epoch", r"\mathrm{epoch}"),
    RISES: Symbol("n", "n"),
    "eta0": Symbol("η_0", r"\eta_0"),
    "gamma0": Symbol("γ_0", r"\gamma_0"),
}


class ScheduleState(NamedTuple):
    """How far a run is when an update begins."""

    step: int  # Updates made so far: 0 for the first
    epoch: int  # Finished epochs
    rises: int  # Finished epochs whose validation loss was more than `RISE` times that of the epoch before


@dataclass(frozen=True, repr=False)
class ScheduleKind(Definition):
    """A schedule without values for its settings.

    Its lines compute ``eta`` from ``eta0``, or ``gamma`` from ``gamma0``, the settings, and the names of a
    `ScheduleState`.
    """

    lines: str = ""

    __hash__ = Definition.__hash__

    @cached_property
    def program(self) -> Program:
        """The lines, which are read on first use."""
        return read_program(self.lines)

    def __call__(self, **values: Value) -> "Schedule":
        return Schedule(self, self.checked(values))

    def given(self, arguments: Mapping[str, Any]) -> "Schedule":
        check_arguments(self.id, self.arguments, arguments)
        return self(**arguments)

    def first_rate(self, arguments: Mapping[str, Any]) -> tuple[str, object] | None:
        """Return the argument for the initial rate and its value; None if the rate starts at the rule's."""
        del arguments  # only schedules of libraries have such an argument
        return None

    @property
    def target(self) -> str:
        """What the schedule computes: ``"eta"`` or ``"gamma"``."""
        return self.program.lines[-1].target

    @cached_property
    def changes(self) -> bool:
        """Whether the rate ever differs from the initial one."""
        return self.program.lines[-1].node != Name(f"{self.target}0")

    def looks_at(self, name: str) -> bool:
        """Return whether the lines use a name, which is `STEP`, `EPOCH` or `RISES`."""
        return name in self.program.free

    @property
    def intervals(self) -> Mapping[str, Interval]:
        intervals = dict.fromkeys((STEP, EPOCH, RISES, "eta0", "gamma0"), FROM_ZERO)
        intervals |= intervals_of_settings(self.settings)
        for line in self.program.lines:
            intervals[line.target] = interval_of(line.node, intervals)
        return intervals

    @property
    def symbols(self) -> Mapping[str, Symbol]:
        own = {line.target: of_name(line.target) for line in self.program.lines}
        return _SYMBOLS | own | setting_symbols(self.settings)

    @property
    def cap(self) -> str:
        """The setting that caps the rate, if the last line is ``min(..., cap)``; otherwise empty."""
        match self.program.lines[-1].node:
            case Call("min", (_, Name(name))) if name in self.names:
                return name
        return ""


class Schedule(Configured[ScheduleKind]):
    """A learning rate or a momentum as a function of the `ScheduleState` of a run."""

    @property
    def needs_validation(self) -> bool:
        return self.definition.looks_at(RISES)

    def numbers(self, initial: float, state: ScheduleState) -> dict[str, float]:
        """Return the values of all names in the lines, both given and computed."""
        given = {**dict(self.items()), **state._asdict(), f"{self.definition.target}0": initial}
        values = {name: float(value) for name, value in given.items()}
        for line in self.definition.program.lines:
            values[line.target] = evaluate(line.node, values)
        return values

    def rate(self, initial: float, state: ScheduleState) -> float:
        if not self.definition.changes:
            return initial
        return self.numbers(initial, state)[self.definition.target]

    def rates(
        self,
        initial: float | Array,
        now: ScheduleState,
        rises: Array,
        settings: Mapping[str, Array] = MappingProxyType({}),
    ) -> Array:
        """Return the rate for each number of ``rises``; ``settings`` are arrays of the same shape."""
        kind = self.definition
        values: dict[str, Any] = {
            **dict(self.items()),
            **settings,
            **now._asdict(),
            f"{kind.target}0": initial,
            RISES: rises,
        }
        for line in kind.program.lines:
            values[line.target] = evaluate_arrays(line.node, values)
        return np.broadcast_to(values[kind.target], rises.shape)

    def explanation(self, state: ScheduleState) -> str:
        """Explain in a few words why the rate is what it is."""
        kind = self.definition
        if not kind.changes:
            return said("constant")
        parts = [translated(kind.title)]
        if kind.looks_at(RISES):
            rises = counted(
                state.rises, "n = {n} rise of the validation loss", "n = {n} rises of the validation loss"
            )
            parts.append(rises)
        if kind.looks_at(EPOCH):
            parts.append(counted(state.epoch, "{n} epoch finished", "{n} epochs finished"))
        if kind.looks_at(STEP):
            parts.append(said("t = {step} counts from 0", step=state.step))
        if kind.cap:
            reached = self.numbers(math.nan, state)[kind.target] == self.number(kind.cap)
            parts.append(said("at the cap") if reached else said("below the cap"))
        return ", ".join(parts)


_FALLS = "How fast the rate falls with the step number."
_STAIR = "η is multiplied by this number at each change."
_DECAY = Setting("k", "k", "decay", _FALLS, 0.01, NOT_NEGATIVE, 1e-5, 1.0, log=True)
_FACTOR = Setting("factor", "factor", "factor", _STAIR, 0.5, POSITIVE, 0.05, 1.0)
_EVERY = Setting("every", "every", "every", "Epochs from one change to the next.", 5, COUNT, 1, 100)
_HIGHEST = "The momentum never rises above this."
_CAP = Setting("gamma_max", "γ_max", "cap", _HIGHEST, 0.99, BELOW_ONE, 0.0, 0.999)

CONSTANT = ScheduleKind("constant", "constant", "The learning rate stays as set.", (), "eta = eta0")
_SCHEDULES = (
    CONSTANT,
    ScheduleKind(
        "step",
        "step decay",
        "The learning rate is multiplied by a factor every few epochs.",
        (_FACTOR, _EVERY),
        "eta = eta0*factor**floor(epoch/every)",
    ),
    ScheduleKind(
        "validation",
        "halve when validation loss rises",
        "The learning rate is halved after every epoch whose validation loss is above that of the epoch "
        "before, by more than rounding (1e-12 of it).",
        (),
        "eta = eta0*0.5**rises",
    ),
    ScheduleKind(
        "exponential",
        "exponential decay",
        "The learning rate falls by the same share at every step.",
        (_DECAY,),
        "eta = eta0*exp(-(k*step))",
    ),
    ScheduleKind(
        "inverse",
        "1/t decay",
        "The learning rate falls as one divided by the step number.",
        (_DECAY,),
        "eta = eta0 / (1 + k*step)",
    ),
)
CONSTANT_MOMENTUM = ScheduleKind("constant", "constant", "The momentum stays as set.", (), "gamma = gamma0")
_MOMENTUM_SCHEDULES = (
    CONSTANT_MOMENTUM,
    ScheduleKind(
        "sutskever",
        "Sutskever 2013",
        "The momentum rises in stairs of 250 steps, up to a cap.",
        (_CAP,),
        "gamma = min(1 - 2**(-1 - log2(floor(step/250) + 1)), gamma_max)",
    ),
)
SCHEDULES = by_id(_SCHEDULES)
MOMENTUM_SCHEDULES = by_id(_MOMENTUM_SCHEDULES)
