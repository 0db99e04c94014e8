"""The rates of an update worked out: which η, which γ, and why."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked_numbers import chosen, scheduled
from gdsim.core.formulas.formula import Line, Name, compute, read_formula
from gdsim.core.formulas.notation import Symbol, setting_symbols
from gdsim.core.formulas.writing import Writing
from gdsim.core.rules.optimizers.base import MomentumRule
from gdsim.core.rules.schedules import Moment
from gdsim.core.settings import Declared, params

_LETTERS = {
    "step": Symbol("t", "t"),
    "epoch": Symbol("epoch", r"\mathrm{epoch}"),
    "rises": Symbol("n", "n"),
    "eta": Symbol("η", r"\eta"),
    "eta0": Symbol("η_0", r"\eta_0"),
    "gamma": Symbol("γ", r"\gamma"),
    "gamma0": Symbol("γ_0", r"\gamma_0"),
}


class WorkedRate(NamedTuple):
    """A learning rate or a momentum at one step.

    Attributes
    ----------
    name : str
        ``"eta"`` or ``"gamma"``.
    letter : str
    symbols : str
        The schedule's line in letters.
    numbers : str
        Its right side with numbers; empty when nothing is computed.
    result : str
    value : float
        The result, unrounded.
    why : str
        In a few words.
    """

    name: str
    letter: str
    symbols: str
    numbers: str
    result: str
    value: float
    why: str


def worked_rates(update: Update, digits: int | None, writing: Writing) -> tuple[WorkedRate, ...]:
    """Return the learning rate, and the momentum of a rule that has one."""
    run, rule = update.run, update.run.optimizer
    now = Moment(update.t - 1, update.epoch, _rises(rule.eta, update.eta))
    moment = {"step": now.step, "epoch": now.epoch, "rises": int(now.rises)}

    def work_out(schedule: Declared, line: Line, why: str, **initial: float) -> WorkedRate:
        settings = {setting.name: getattr(schedule, setting.name) for setting in params(type(schedule))}
        return _rate(schedule, line, moment | settings | initial, digits, why, writing)

    (line,) = run.schedule.work()
    found = [work_out(run.schedule, line, run.schedule.why(now), eta0=rule.eta)]
    if isinstance(rule, MomentumRule):
        (line,) = run.momentum_schedule.work()
        found.append(work_out(run.momentum_schedule, line, run.momentum_schedule.why(now), gamma0=rule.gamma))
    return tuple(found)


def _rate(
    schedule: Declared,
    line: Line,
    values: Mapping[str, float],
    digits: int | None,
    why: str,
    writing: Writing,
) -> WorkedRate:
    formula = read_formula(line.text)
    known = setting_symbols(schedule) | _LETTERS
    value = compute(formula.node, values)
    unchanged = isinstance(formula.node, Name)
    texts = {name: chosen(number) for name, number in values.items()}
    return WorkedRate(
        name=formula.target,
        letter=known[formula.target].text,
        symbols=writing.letters(formula, known),
        numbers="" if unchanged else writing.numbers(formula, texts),
        result=writing.number(rate_text(value, digits, as_chosen=unchanged)),
        value=value,
        why=why,
    )


def rate_text(value: float, digits: int | None, *, as_chosen: bool) -> str:
    """Return a rate as the person wrote it, or to some digits when a schedule made it."""
    return chosen(value) if as_chosen else scheduled(value, digits)


def _rises(eta0: float, eta: float) -> float:
    """Return how often the rate was halved, if halving is what its schedule does.

    The record holds the rate itself; a product with a power of two loses nothing, so it can be undone.
    """
    if not 0.0 <= eta < eta0:
        return 0.0
    smallest = -1076.0  # where halving ends at zero
    return float(round(math.log2(eta0) - (math.log2(eta) if eta else smallest)))
