"""One update worked out: every line of the rule in letters, with its numbers, and what comes of them."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked_numbers import chosen, measured, told_apart
from gdsim.core.analysis.worked_rates import WorkedRate, rate_text, worked_rates
from gdsim.core.formulas.formula import Line, compute, read_formula
from gdsim.core.formulas.notation import symbols
from gdsim.core.formulas.writing import PLAIN_TEXT, Writing
from gdsim.core.model.neuron import parameter_names
from gdsim.core.rules.optimizers.base import Optimizer
from gdsim.core.settings import SWITCH, params


class WorkedLine(NamedTuple):
    """One line for one parameter.

    Attributes
    ----------
    part : str
        One of the parts of an update.
    symbols : str
        The whole line in the lecture's letters: ``"vₜ = γ·vₜ₋₁ + η·∇wₜ"``.
    numbers : str
        Its right side with the numbers of this step; empty for the gradient, which is a sum over points.
    result : str
    value : float
        The result, unrounded.
    """

    part: str
    symbols: str
    numbers: str
    result: str
    value: float


class WorkedParameter(NamedTuple):
    """All lines of one parameter: ``"w"`` or ``"w1"``, ``"w2"``, ..., and ``"b"``."""

    name: str
    lines: tuple[WorkedLine, ...]


@dataclass(frozen=True, eq=False)
class WorkedStep:
    """An update worked out.

    Attributes
    ----------
    update : Update
    digits : int or None
        Significant digits of the numbers; None for all of them.
    rates : tuple of WorkedRate
    parameters : tuple of WorkedParameter
        The weights, then the bias.
    loss_before, loss_after : str
    """

    update: Update
    digits: int | None
    rates: tuple[WorkedRate, ...]
    parameters: tuple[WorkedParameter, ...]
    loss_before: str
    loss_after: str

    @property
    def has_losses(self) -> bool:
        """Whether the loss was computed before and after the update; see `known_loss`."""
        return not math.isnan(self.update.loss_before + self.update.loss_after)

    @property
    def trend(self) -> str:
        """What the loss did, in a word; only when it has losses."""
        before, after = self.update.loss_before, self.update.loss_after
        return "fell" if after < before else "rose" if after > before else "stayed the same"


def worked(update: Update, digits: int | None, writing: Writing = PLAIN_TEXT) -> WorkedStep:
    """Work an update out.

    Parameters
    ----------
    update : Update
    digits : int or None
        Significant digits of the numbers that are written; None for all of them. Whatever is written,
        it is computed with all of them.
    writing : Writing
    """
    shared = _known_to_all(update, digits)
    before, after = told_apart(update.loss_before, update.loss_after, digits)
    names = parameter_names(len(update.before) - 1)
    return WorkedStep(
        update=update,
        digits=digits,
        rates=worked_rates(update, digits, writing),
        parameters=tuple(
            _parameter(index, name, update, _Sheet(digits, *shared), writing)
            for index, name in enumerate(names)
        ),
        loss_before=writing.number(before),
        loss_after=writing.number(after),
    )


class _Sheet:
    """The numbers of one parameter that are known so far, and how each is written."""

    def __init__(self, digits: int | None, values: dict[str, float], texts: dict[str, str]) -> None:
        self._digits = digits
        self.values, self.texts = dict(values), dict(texts)

    def put(self, name: str, value: float) -> None:
        """Add a number that changes from step to step."""
        self.values[name] = value
        self.texts[name] = measured(value, self._digits)


def _known_to_all(update: Update, digits: int | None) -> tuple[dict[str, float], dict[str, str]]:
    """Return the numbers that are the same for every parameter, and how they are written."""
    rule = update.run.optimizer
    values: dict[str, float] = {
        setting.name: getattr(rule, setting.name)
        for setting in params(type(rule))
        if setting.domain is not SWITCH
    }
    values["t"] = update.t
    texts = {name: chosen(value) for name, value in values.items()}
    for name, value in (("eta", update.eta), ("gamma", update.gamma)):
        as_chosen = value == values.get(name)
        values[name] = value
        texts[name] = rate_text(value, digits, as_chosen=as_chosen)
    return values, texts


def _parameter(index: int, name: str, update: Update, sheet: _Sheet, writing: Writing) -> WorkedParameter:
    rule = update.run.optimizer
    letters = _in_letters(rule, name, writing)
    sheet.put("w", float(update.before[index]))
    sheet.put("g", float(update.gradient[index]))
    for letter, row in zip(rule.State._fields, update.state_before, strict=True):
        sheet.put(letter, float(row[index]))
    lines = [_line(line, text, sheet, writing) for line, text in zip(rule.work(), letters[1:], strict=True)]
    gradient = WorkedLine("gradient", letters[0], "", writing.number(sheet.texts["g"]), sheet.values["g"])
    lines.insert(sum(line.part == "look" for line in lines), gradient)
    return WorkedParameter(name, tuple(lines))


def _line(line: Line, letters: str, sheet: _Sheet, writing: Writing) -> WorkedLine:
    formula = read_formula(line.text)
    numbers = writing.numbers(formula, sheet.texts)
    value = compute(formula.node, sheet.values)
    sheet.put(formula.target, value)
    return WorkedLine(line.part, letters, numbers, writing.number(sheet.texts[formula.target]), value)


@lru_cache(maxsize=128)
def _in_letters(rule: Optimizer, parameter: str, writing: Writing) -> tuple[str, ...]:
    """Return the gradient and the lines of a rule in letters, which are the same at every step."""
    known = symbols(rule, parameter)
    lines = (writing.letters(read_formula(line.text), known) for line in rule.work())
    return writing.gradient(parameter, known), *lines
