"""The rates of an update worked out: which η, which γ, and why."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked_numbers import chosen, scheduled
from gdsim.core.formulas.formula_writer import FormulaWriter
from gdsim.core.rules.schedules import Schedule, ScheduleState


class RateLine(NamedTuple):
    """One line of a schedule.

    Attributes
    ----------
    letter : str
        What it computes.
    symbols : str
        The line in letters.
    numbers : str
        Its right side with numbers; empty when nothing is computed.
    result : str
    """

    letter: str
    symbols: str
    numbers: str
    result: str


class WorkedRate(NamedTuple):
    """A learning rate or a momentum at one step.

    Attributes
    ----------
    name : str
        ``"eta"`` or ``"gamma"``.
    lines : tuple of RateLine
        Those of the schedule; the last one is the rate's own.
    value : float
        The rate, unrounded.
    why : str
        In a few words.
    """

    name: str
    lines: tuple[RateLine, ...]
    value: float
    why: str

    @property
    def result(self) -> str:
        """The rate."""
        return self.lines[-1].result


def worked_rates(update: Update, digits: int | None, writer: FormulaWriter) -> tuple[WorkedRate, ...]:
    """Return the learning rate, and the momentum of a rule that has one."""
    run = update.run
    now = ScheduleState(update.t - 1, update.epoch, _rises(run.optimizer.eta, update.eta))
    schedules = [(run.schedule, run.optimizer.eta)]
    if run.optimizer.has_momentum:
        schedules.append((run.momentum_schedule, run.optimizer.number("gamma")))
    return tuple(_rate(schedule, initial, now, digits, writer) for schedule, initial in schedules)


def _rate(
    schedule: Schedule, initial: float, now: ScheduleState, digits: int | None, writer: FormulaWriter
) -> WorkedRate:
    kind, numbers = schedule.definition, schedule.numbers(initial, now)
    computed = kind.program.by_target
    texts = {
        name: rate_text(number, digits, as_chosen=name not in computed or not kind.changes)
        for name, number in numbers.items()
    }

    def lines() -> Iterator[RateLine]:
        for line in kind.program.lines:
            with_numbers = writer.numbers(line.node, texts) if kind.changes else ""
            symbols, result = writer.line(line, kind.symbols), writer.number(texts[line.target])
            yield RateLine(writer.symbol(kind.symbols[line.target]), symbols, with_numbers, result)

    return WorkedRate(kind.target, tuple(lines()), numbers[kind.target], schedule.explanation(now))


def rate_text(value: float, digits: int | None, *, as_chosen: bool) -> str:
    """Return a rate as the person wrote it, or to some digits when a schedule made it."""
    return chosen(value) if as_chosen else scheduled(value, digits)


def _rises(eta0: float, eta: float) -> int:
    """Return how often the rate was halved, if halving is what its schedule does.

    The record holds the rate itself; a product with a power of two loses nothing, so it can be undone.
    """
    if not 0.0 <= eta < eta0:
        return 0
    smallest = -1076.0  # where halving ends at zero
    return round(math.log2(eta0) - (math.log2(eta) if eta else smallest))
