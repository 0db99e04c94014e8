"""One update worked out: every line of the rule in letters, with its numbers, and what comes of them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from gdsim.core.analysis.update import Update
from gdsim.core.analysis.worked_numbers import chosen, measured, told_apart
from gdsim.core.analysis.worked_rates import WorkedRate, rate_text, worked_rates
from gdsim.core.formulas.formula_writer import PLAIN_TEXT, FormulaWriter
from gdsim.core.formulas.language import Binary, Name, substituted
from gdsim.core.formulas.program import is_gradient
from gdsim.core.formulas.symbols import Symbol, of_name, parameter_symbol, typeset
from gdsim.core.model.neuron import NEURON, parameter_names
from gdsim.core.rules.rule import Optimizer, symbols
from gdsim.core.rules.update_rule import ETA, GAMMA, T


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


def worked(update: Update, digits: int | None, writer: FormulaWriter = PLAIN_TEXT) -> WorkedStep:
    """Work an update out.

    Parameters
    ----------
    update : Update
    digits : int or None
        Significant digits of the numbers that are written; None for all of them. Whatever is written,
        it is computed with all of them.
    writer : FormulaWriter
    """
    shared = _texts_for_all(update, digits)
    before, after = told_apart(update.loss_before, update.loss_after, digits)
    names = parameter_names(len(update.before) - 1)
    return WorkedStep(
        update=update,
        digits=digits,
        rates=worked_rates(update, digits, writer),
        parameters=tuple(
            WorkedParameter(name, tuple(_lines(index, name, update, digits, shared, writer)))
            for index, name in enumerate(names)
        ),
        loss_before=writer.number(before),
        loss_after=writer.number(after),
    )


def _texts_for_all(update: Update, digits: int | None) -> dict[str, str]:
    """Return how the numbers are written that are the same for every parameter."""
    numbers = update.run.optimizer.numbers
    texts = {name: chosen(value) for name, value in numbers.items()}
    texts[T] = chosen(update.t)
    for name, value in ((ETA, update.eta), (GAMMA, update.gamma)):
        texts[name] = rate_text(value, digits, as_chosen=value == numbers.get(name))
    return texts


def _lines(
    index: int, name: str, update: Update, digits: int | None, shared: dict[str, str], writer: FormulaWriter
) -> Iterator[WorkedLine]:
    """Yield the lines of one parameter."""
    rule, values = update.rule, update.values[index]
    texts = shared | {one: measured(value, digits) for one, value in values.items() if one not in shared}
    letters = lines_in_letters(update.run.optimizer, name, writer)
    for line, part, text in zip(rule.program.lines, rule.parts, letters, strict=True):
        numbers = "" if is_gradient(line.node) else writer.numbers(line.node, texts)
        yield WorkedLine(part, text, numbers, writer.number(texts[line.target]), values[line.target])


@lru_cache(maxsize=128)
def lines_in_letters(optimizer: Optimizer, parameter: str, writer: FormulaWriter) -> tuple[str, ...]:
    """Return the lines of a rule in letters, for one of the parameters; the gradient as a sum."""
    known = symbols(optimizer, parameter)
    return tuple(
        _gradient_in_letters(known[line.target], parameter, writer)
        if is_gradient(line.node)
        else writer.line(line, known)
        for line in optimizer.update_rule.program.lines
    )


def rule_in_letters(optimizer: Optimizer, writer: FormulaWriter = PLAIN_TEXT) -> tuple[str, ...]:
    """Return the lines of a rule in letters, for w; the gradient's place is told by its letter."""
    lines = zip(optimizer.update_rule.program.lines, lines_in_letters(optimizer, "w", writer), strict=True)
    return tuple(text for line, text in lines if not is_gradient(line.node))


def _gradient_in_letters(symbol: Symbol, parameter: str, writer: FormulaWriter) -> str:
    """Return such as ``"∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ"``."""
    term = substituted(NEURON.by_target["slope"], {"error": NEURON.by_target["error"]})
    x = of_name("x")._replace(
        text=parameter.replace("w", "x"), latex=parameter_symbol(parameter).latex.replace("w", "x")
    )
    known = {"f": of_name("f").below("i"), "y": of_name("y").below("i"), "x": x.below("i")}
    right = writer.letters(term if parameter == "b" else Binary("*", term, Name("x")), known)
    left = writer.symbol(symbol)
    return rf"{left} &= \sum_i {right}" if writer.is_latex else typeset(f"{left} = Σ_i {right}")
