"""One update worked out: its rates, and the lines of the rule in letters, with numbers, and with results."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.shown_numbers import measured, measured_apart, scheduled
from gdsim.core.analysis.update import Update
from gdsim.core.formulas.algebra import Term, product_of_factors, sum_of_terms, terms_of_sum
from gdsim.core.formulas.numerals import joined_numbers, precise
from gdsim.core.formulas.printing import PLAIN_TEXT, FormulaWriter
from gdsim.core.formulas.program import is_direction, is_gradient, is_norm
from gdsim.core.formulas.symbols import Symbol, letter_of, of_letter, of_name
from gdsim.core.formulas.syntax import Binary, Call, Formula, Name, Node, Number, substituted
from gdsim.core.language.texts import said, translated
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import LECTURE, SLOPE, FunctionObjective, Objective
from gdsim.core.rules.rule import Optimizer, symbols, symbols_of_line
from gdsim.core.rules.schedules import Schedule, ScheduleState
from gdsim.core.rules.searches import FIXED, Search
from gdsim.core.rules.update_rule import ETA, GAMMA, T

# Rounding may make a step look larger or smaller by this share of it.
_BLUR = 0.25
# The name for what points add to the slope of a function.
_SLOPE = "slope"
# The most numbers in a pair of parentheses; those of further parameters are left out.
MOST_IN_PLACE = 4
# A rate that falls at each rise is zero long before this many.
_MOST_RISES = 10_000


class WorkedLine(NamedTuple):
    part: str  # One of the parts of an update
    symbols: str  # The whole line in the lecture's letters: ``"vₜ = γ·vₜ₋₁ + η·∇wₜ"``
    # Its right side with the numbers of this step; empty for the gradient, which is a sum over points.
    numbers: str
    result: str
    value: float  # The result, unrounded


class WorkedParameter(NamedTuple):
    """All lines of one parameter: ``"w"`` or ``"w1"``, ``"w2"``, ..., and ``"b"``."""

    name: str
    lines: tuple[WorkedLine, ...]

    @property
    def letter(self) -> str:
        """The name as it is written: ``"w₁"``."""
        return letter_of(self.name)


class RateLine(NamedTuple):
    letter: str  # What it computes
    symbols: str  # The line in letters
    numbers: str  # Its right side with numbers; empty if nothing is computed
    result: str


class WorkedRate(NamedTuple):
    """A learning rate or a momentum at one step."""

    name: str  # ``"eta"`` or ``"gamma"``
    lines: tuple[RateLine, ...]  # Those of the schedule; the last one computes the rate
    value: float  # The rate, unrounded
    why: str  # In a few words

    @property
    def result(self) -> str:
        """The rate, with as many digits as the step is shown with."""
        return self.lines[-1].result


@dataclass(frozen=True, eq=False)
class WorkedStep:
    update: Update
    digits: int | None  # Significant digits of the numbers; None for all of them
    rates: tuple[WorkedRate, ...]
    parameters: tuple[WorkedParameter, ...]  # The weights, then the bias
    loss_before: str
    loss_after: str

    @property
    def has_losses(self) -> bool:
        """Whether the loss was computed before and after the update; see `sparse_loss`."""
        return not math.isnan(self.update.loss_before + self.update.loss_after)

    @property
    def trend(self) -> str:
        """What the loss did, in a word; meaningful only if `has_losses`."""
        before, after = self.update.loss_before, self.update.loss_after
        return "fell" if after < before else "rose" if after > before else "stayed the same"


def worked(update: Update, digits: int | None, writer: FormulaWriter = PLAIN_TEXT) -> WorkedStep:
    """Work an update out. The digits affect only what is written; everything is computed with all of them."""
    shared = shared_texts(update, digits)
    before, after = measured_apart(update.loss_before, update.loss_after, digits)
    names = parameter_names(len(update.before) - 1)
    return WorkedStep(
        update=update,
        digits=digits,
        rates=_rates(update, digits, writer),
        parameters=tuple(
            WorkedParameter(name, tuple(_lines(index, name, update, digits, shared, writer)))
            for index, name in enumerate(names)
        ),
        loss_before=writer.number(before),
        loss_after=writer.number(after),
    )


def shared_texts(update: Update, digits: int | None) -> dict[str, str]:
    """Return the numbers that are the same for every parameter, as they are written."""
    numbers = update.run.optimizer.numbers
    texts = {name: precise(value) for name, value in numbers.items()} | {T: str(update.counted)}
    for name, value in ((ETA, update.eta), (GAMMA, update.gamma)):
        texts[name] = precise(value) if value == numbers.get(name) else scheduled(value, digits)
    return texts


def _lines(
    index: int, name: str, update: Update, digits: int | None, shared: dict[str, str], writer: FormulaWriter
) -> Iterator[WorkedLine]:
    rule, values = update.rule, update.values[index]
    texts = shared | {one: measured(value, digits) for one, value in values.items() if one not in shared}
    letters = update_in_letters(update, name, writer)
    for line, part, text in zip(rule.program.lines, rule.parts, letters, strict=True):
        here, old = texts, rule.replaces(line.target)
        if old and Term("+", Name(old)) in terms_of_sum(line.node):  # the sum shows what is added
            both = measured_apart(values[old], values[line.target], digits, _BLUR)
            here = texts | dict(zip((old, line.target), both, strict=True))
        numbers = _in_numbers(update, line, name, here, digits, writer)
        yield WorkedLine(part, text, numbers, writer.number(here[line.target]), values[line.target])


def _in_numbers(
    update: Update, line: Formula, name: str, texts: dict[str, str], digits: int | None, writer: FormulaWriter
) -> str:
    """Return the right side of a line with numbers put in; for a norm, those of all parameters."""
    if is_gradient(line.node):
        return gradient_in_numbers(update, line.target, name, digits, writer)
    if is_direction(line.node):
        of = update.rule.directions[line.target]
        shown = [measured(value[of], digits) for value in update.values[:MOST_IN_PLACE]]
        more = ["…"] * (len(update.values) > MOST_IN_PLACE)
        return writer.numbers(line.node, {of: f"({joined_numbers((*shown, *more))})"})
    if not is_norm(line.node):
        return writer.numbers(line.node, texts)
    of = update.rule.norms[line.target]
    each = {f"{of}{index}": measured(value[of], digits) for index, value in enumerate(update.values)}
    squares = sum_of_terms([Term("+", Binary("**", Name(one), Number(2))) for one in each])
    return writer.numbers(Call("sqrt", (squares,)), each)


def gradient_in_numbers(
    update: Update, target: str, name: str, digits: int | None, writer: FormulaWriter = PLAIN_TEXT
) -> str:
    """Return the derivative of a function with numbers put in; empty if the gradient is a sum over points."""
    if not isinstance(update.objective, FunctionObjective):
        return ""
    place = update.rule.gradients[target]
    pairs = zip(("w", "b"), update.values, strict=True)
    texts = {one: measured(values[place], digits) for one, values in pairs}
    node = update.objective.lines.by(name)
    slope = float((update.points.x[update.rows, 0] if name == "w" else update.points.y[update.rows]).mean())
    if slope:
        node, texts = with_slope(node), texts | {_SLOPE: measured(slope, digits)}
    return writer.numbers(node, texts)


def with_slope(node: Node) -> Node:
    """Return the derivative of a function plus the slope that points add to it."""
    return Name(_SLOPE) if node == Number(0) else Binary("+", node, Name(_SLOPE))


def update_in_letters(update: Update, parameter: str, writer: FormulaWriter = PLAIN_TEXT) -> tuple[str, ...]:
    """Return the lines of an update's rule in letters, for one of the parameters."""
    return lines_in_letters(
        update.run.optimizer, parameter, writer, update.objective, adds_slopes=update.adds_slopes
    )


@lru_cache(maxsize=128)
def lines_in_letters(
    optimizer: Optimizer,
    parameter: str,
    writer: FormulaWriter,
    objective: Objective,
    *,
    adds_slopes: bool = False,
) -> tuple[str, ...]:
    """Return the lines of a rule in letters, for one of the parameters, with the gradient written out."""
    return tuple(
        _gradient_in_letters(optimizer, line.target, parameter, writer, objective, adds_slopes=adds_slopes)
        if is_gradient(line.node)
        else writer.line(line, symbols_of_line(optimizer, line, parameter))
        for line in optimizer.update_rule.program.lines
    )


def bias_has_own_slope(objective: Objective) -> bool:
    """Return whether the gradient along b differs from that along a weight whose input is 1."""
    return isinstance(objective, FunctionObjective) or objective.l2 > 0.0


def rule_in_letters(optimizer: Optimizer) -> tuple[str, ...]:
    """Return the lines of a rule in letters, for w, without those that only take a gradient."""
    texts = lines_in_letters(optimizer, "w", PLAIN_TEXT, LECTURE)
    lines = zip(optimizer.update_rule.program.lines, texts, strict=True)
    return tuple(text for line, text in lines if not is_gradient(line.node))


def _gradient_in_letters(
    optimizer: Optimizer,
    target: str,
    parameter: str,
    writer: FormulaWriter,
    objective: Objective,
    *,
    adds_slopes: bool,
) -> str:
    """Return the line of a gradient, such as ``"∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ"``."""
    symbol = symbols(optimizer, parameter)[target]
    place = optimizer.update_rule.gradients[target]
    if isinstance(objective, FunctionObjective):
        known = {name: symbols(optimizer, name)[place] for name in ("w", "b")}
        node = objective.lines.by(parameter)
        if not adds_slopes:
            return writer.equation(symbol, writer.letters(node, known))
        slope = of_name("x" if parameter == "w" else "y").below("i")
        text, last = writer.letters(with_slope(node), known | {_SLOPE: slope}), writer.symbol(slope)
        return writer.equation(symbol, f"{text.removesuffix(last)}{_share(writer)}{_sum(writer)} {last}")
    lines = objective.slope_program.by_target
    term = substituted(lines[SLOPE], {name: lines[name] for name in ("error",) if name in lines})
    whole = term if parameter == "b" else product_of_factors([term, Name("x")])
    text = sum_in_letters(symbol, whole, parameter, writer, mean=objective.shares(1, 1).mean)
    if objective.l2 and parameter != "b":
        here = writer.symbol(symbols(optimizer, parameter)[place])
        letter = writer.symbol(penalty_symbol(optimizer))
        share = (r"\frac{n}{N} \, " if writer.is_latex else "n/N·") if objective.is_penalty_shared else ""
        dot = r" \, " if writer.is_latex else "·"
        text += f" + {share}{letter}{dot}{here}"
    return text


def penalty_symbol(optimizer: Optimizer) -> Symbol:
    """Return the symbol of the penalty's λ, with an index if the lines of the rule have a λ of their own."""
    is_taken = any("λ" in line for line in rule_in_letters(optimizer))
    return of_letter("λ_L" if is_taken else "λ")


def sum_in_letters(
    symbol: Symbol, term: Node, parameter: str, writer: FormulaWriter, *, mean: bool = False
) -> str:
    """Return a line that adds up a term over all points; it may use their f, x and y, and their number n."""
    of_point = {name: of_name(name).below("i") for name in ("f", "y", "z", "q")}
    known = {**of_point, "x": of_name(parameter.replace("w", "x")).below("i"), "n": of_name("n")}
    of_each = writer.letters(term, known)
    if len(terms_of_sum(term)) > 1:
        of_each = f"({of_each})"
    return writer.equation(symbol, f"{_share(writer) if mean else ''}{_sum(writer)} {of_each}")


def _share(writer: FormulaWriter) -> str:
    return r"\frac{1}{n} " if writer.is_latex else "1/n·"


def _sum(writer: FormulaWriter) -> str:
    return r"\sum_i" if writer.is_latex else "Σᵢ"


def schedule_state(update: Update) -> ScheduleState:
    """Return the state from which the schedules computed the rates of an update."""
    run, now = update.run, ScheduleState(update.step - 1, update.epoch, 0)
    return now._replace(rises=_rises(run.schedule, run.optimizer.eta, update.eta, now))


def _rates(update: Update, digits: int | None, writer: FormulaWriter) -> tuple[WorkedRate, ...]:
    run, now = update.run, schedule_state(update)
    if run.search.definition != FIXED:
        return (_found_rate(update, digits, writer),)
    schedules = [(run.schedule, run.optimizer.eta)]
    if run.optimizer.has_momentum:
        schedules.append((run.momentum_schedule, run.optimizer.number(GAMMA)))
    return tuple(_rate(schedule, initial, now, digits, writer) for schedule, initial in schedules)


def _found_rate(update: Update, digits: int | None, writer: FormulaWriter) -> WorkedRate:
    letter, result = writer.symbol(of_letter("η")), writer.number(measured(update.eta, digits))
    return WorkedRate(ETA, (RateLine(letter, letter, "", result),), update.eta, found_by(update.run.search))


def found_by(search: Search) -> str:
    """Return the explanation of a learning rate that a search chose."""
    return said("found by the search: {title}", title=translated(search.title))


def _rate(
    schedule: Schedule, initial: float, now: ScheduleState, digits: int | None, writer: FormulaWriter
) -> WorkedRate:
    kind, numbers = schedule.definition, schedule.numbers(initial, now)
    computed = kind.program.by_target if kind.changes else {}
    texts = {
        name: scheduled(number, digits) if name in computed else precise(number)
        for name, number in numbers.items()
    }

    def lines() -> Iterator[RateLine]:
        for line in kind.program.lines:
            with_numbers = writer.numbers(line.node, texts) if kind.changes else ""
            in_letters, result = writer.line(line, kind.symbols), writer.number(texts[line.target])
            yield RateLine(writer.symbol(kind.symbols[line.target]), in_letters, with_numbers, result)

    return WorkedRate(kind.target, tuple(lines()), numbers[kind.target], schedule.explanation(now))


def _rises(schedule: Schedule, initial: float, rate: float, now: ScheduleState) -> int:
    """Return how often the validation loss rose, inferred from the rate because the record has no count."""
    if not schedule.needs_validation:
        return 0
    counts = np.arange(min(now.epoch, _MOST_RISES) + 1.0)
    rates = schedule.rates(initial, now, counts)
    return int(np.argmax(np.isclose(rates, rate, rtol=1e-12, atol=0.0)))
