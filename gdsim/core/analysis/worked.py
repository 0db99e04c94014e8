"""One update worked out: its rates and the lines of the rule in letters, with numbers, and the results."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.update import Update
from gdsim.core.formulas.algebra import Term, sum_of, terms_of_sum, times
from gdsim.core.formulas.language import Binary, Call, Formula, Name, Node, Number, substituted
from gdsim.core.formulas.numerals import MINUS, precise, rounded, steady
from gdsim.core.formulas.printing import IN_LATEX, PLAIN_TEXT, FormulaWriter
from gdsim.core.formulas.program import is_direction, is_gradient, is_norm
from gdsim.core.formulas.symbols import HAT, Symbol, of_letter, of_name, parameter_symbol, typeset
from gdsim.core.language.words import counted, said, translated
from gdsim.core.model.neuron import parameter_names
from gdsim.core.model.objective import LECTURE, SLOPE, FunctionObjective, Objective
from gdsim.core.rules.rule import Optimizer, symbols, symbols_of_line
from gdsim.core.rules.schedules import Schedule, ScheduleState
from gdsim.core.rules.searches import FIXED
from gdsim.core.rules.update_rule import ETA, GAMMA, T

# As many digits tell any two floats apart.
_ALL = 17
# Rounding may make a step look larger or smaller by this part of it.
_BLUR = 0.25
# Numbers that stand in a pair of parentheses.
_MOST_IN_PLACE = 4
# A rate that falls at each rise is zero long before so many.
_MOST_RISES = 10_000


class WorkedLine(NamedTuple):
    """One line of the rule for one parameter."""

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


class RateLine(NamedTuple):
    """One line of a schedule."""

    letter: str  # What it computes
    symbols: str  # The line in letters
    numbers: str  # Its right side with numbers; empty when nothing is computed
    result: str


class WorkedRate(NamedTuple):
    """A learning rate or a momentum at one step."""

    name: str  # ``"eta"`` or ``"gamma"``
    lines: tuple[RateLine, ...]  # Those of the schedule; the last one is the rate's own
    value: float  # The rate, unrounded
    why: str  # In a few words

    @property
    def result(self) -> str:
        """The rate with as many digits as the step is shown with."""
        return self.lines[-1].result


@dataclass(frozen=True, eq=False)
class WorkedStep:
    """An update worked out."""

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
        """What the loss did, in a word; only when it has losses."""
        before, after = self.update.loss_before, self.update.loss_after
        return "fell" if after < before else "rose" if after > before else "stayed the same"


def worked(update: Update, digits: int | None, writer: FormulaWriter = PLAIN_TEXT) -> WorkedStep:
    """Work an update out. Whatever is written, it is computed with all digits."""
    shared = shared_texts(update, digits)
    before, after = told_apart(update.loss_before, update.loss_after, digits)
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


# ----------------------------------------------------------------------------- the lines of the rule


def shared_texts(update: Update, digits: int | None) -> dict[str, str]:
    """Return how the numbers are written that are the same for every parameter."""
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
    letters = lines_in_letters(update.run.optimizer, name, writer, update.objective)
    for line, part, text in zip(rule.program.lines, rule.parts, letters, strict=True):
        here, old = texts, rule.replaces(line.target)
        if old and Term("+", Name(old)) in terms_of_sum(line.node):  # what is added shows in the sum
            both = told_apart(values[old], values[line.target], digits, _BLUR)
            here = texts | dict(zip((old, line.target), both, strict=True))
        numbers = _in_numbers(update, line, name, here, digits, writer)
        yield WorkedLine(part, text, numbers, writer.number(here[line.target]), values[line.target])


def _in_numbers(
    update: Update,
    line: Formula,
    name: str,
    texts: dict[str, str],
    digits: int | None,
    writer: FormulaWriter,
) -> str:
    """Return a right side with numbers: of a norm those of all parameters."""
    if is_gradient(line.node):
        return gradient_in_numbers(update, line.target, name, digits, writer)
    if is_direction(line.node):
        of = update.rule.directions[line.target]
        shown = [measured(value[of], digits) for value in update.values[:_MOST_IN_PLACE]]
        more = ["…"] * (len(update.values) > _MOST_IN_PLACE)
        return writer.numbers(line.node, {of: f"({', '.join((*shown, *more))})"})
    if not is_norm(line.node):
        return writer.numbers(line.node, texts)
    of = update.rule.norms[line.target]
    each = {f"{of}{index}": measured(value[of], digits) for index, value in enumerate(update.values)}
    squares = sum_of([Term("+", Binary("**", Name(one), Number(2))) for one in each])
    return writer.numbers(Call("sqrt", (squares,)), each)


def gradient_in_numbers(
    update: Update, target: str, name: str, digits: int | None, writer: FormulaWriter = PLAIN_TEXT
) -> str:
    """Return the derivative of a function with numbers put in; empty for a sum over points."""
    if not isinstance(update.objective, FunctionObjective):
        return ""
    place = update.rule.gradients[target]
    pairs = zip(("w", "b"), update.values, strict=True)
    texts = {one: measured(values[place], digits) for one, values in pairs}
    right = writer.numbers(update.objective.lines.by(name), texts)
    slope = float((update.points.x[update.rows, 0] if name == "w" else update.points.y[update.rows]).mean())
    return f"{right} + {writer.number(measured(slope, digits))}" if slope else right


@lru_cache(maxsize=128)
def lines_in_letters(
    optimizer: Optimizer, parameter: str, writer: FormulaWriter, objective: Objective = LECTURE
) -> tuple[str, ...]:
    """Return the lines of a rule in letters, for one of the parameters; the gradient as a sum."""
    return tuple(
        _gradient_in_letters(optimizer, line.target, parameter, writer, objective)
        if is_gradient(line.node)
        else writer.line(line, symbols_of_line(optimizer, line, parameter))
        for line in optimizer.update_rule.program.lines
    )


def rule_in_letters(optimizer: Optimizer) -> tuple[str, ...]:
    """Return the lines of a rule in letters, for w; the gradient's place is told by its letter."""
    lines = zip(
        optimizer.update_rule.program.lines, lines_in_letters(optimizer, "w", PLAIN_TEXT), strict=True
    )
    return tuple(text for line, text in lines if not is_gradient(line.node))


def _gradient_in_letters(
    optimizer: Optimizer, target: str, parameter: str, writer: FormulaWriter, objective: Objective
) -> str:
    """Return such as ``"∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ"``."""
    symbol = symbols(optimizer, parameter)[target]
    place = optimizer.update_rule.gradients[target]
    if isinstance(objective, FunctionObjective):
        known = {name: symbols(optimizer, name)[place] for name in ("w", "b")}
        right = writer.letters(objective.lines.by(parameter), known)
        left = writer.symbol(symbol)
        return f"{left} &= {right}" if writer.is_latex else typeset(f"{left} = {right}")
    lines = objective.slope_program.by_target
    term = substituted(lines[SLOPE], {name: lines[name] for name in ("error",) if name in lines})
    whole = term if parameter == "b" else times(term, Name("x"))
    text = sum_in_letters(symbol, whole, parameter, writer, mean=objective.shares(1, 1).mean)
    if objective.l2 and parameter != "b":
        here = writer.symbol(symbols(optimizer, parameter)[place])
        letter = writer.symbol(of_letter("λ"))
        share = (r"\frac{n}{N} \, " if writer.is_latex else "n/N·") if objective.is_penalty_shared else ""
        dot = r" \, " if writer.is_latex else "·"
        text += f" + {share}{letter}{dot}{here if writer.is_latex else typeset(here)}"
    return text


def sum_in_letters(
    symbol: Symbol, term: Node, parameter: str, writer: FormulaWriter, *, mean: bool = False
) -> str:
    """Return a line that adds up a term for each point, of its f, x and y, and of their number n."""
    x = of_name("x")._replace(
        text=parameter.replace("w", "x"), latex=parameter_symbol(parameter).latex.replace("w", "x")
    )
    of_point = {name: of_name(name).below("i") for name in ("f", "y", "z", "q")}
    known = {**of_point, "x": x.below("i"), "n": of_name("n")}
    right, left = writer.letters(term, known), writer.symbol(symbol)
    if len(terms_of_sum(term)) > 1:
        right = f"({right})"
    share = (r"\frac{1}{n} " if writer.is_latex else "1/n·") if mean else ""
    if writer.is_latex:
        return f"{left} &= {share}\\sum_i {right}"
    return typeset(f"{left} = {share}Σ_i {right}")


# ------------------------------------------------------------------------------------------ the rates


def schedule_state(update: Update) -> ScheduleState:
    """Return what the schedules looked at for an update."""
    run, now = update.run, ScheduleState(update.step - 1, update.epoch, 0)
    return now._replace(rises=_rises(run.schedule, run.optimizer.eta, update.eta, now))


def _rates(update: Update, digits: int | None, writer: FormulaWriter) -> tuple[WorkedRate, ...]:
    """Return the learning rate, and the momentum of a rule that has one."""
    run, now = update.run, schedule_state(update)
    if run.search.definition != FIXED:
        return (_found_rate(update, digits, writer),)
    schedules = [(run.schedule, run.optimizer.eta)]
    if run.optimizer.has_momentum:
        schedules.append((run.momentum_schedule, run.optimizer.number(GAMMA)))
    return tuple(_rate(schedule, initial, now, digits, writer) for schedule, initial in schedules)


def _found_rate(update: Update, digits: int | None, writer: FormulaWriter) -> WorkedRate:
    """Return a learning rate that a search chose."""
    symbol, result = writer.symbol(of_letter("η")), writer.number(measured(update.eta, digits))
    letter = symbol if writer.is_latex else typeset(symbol)
    line = RateLine(letter, letter, "", result)
    return WorkedRate(
        ETA,
        (line,),
        update.eta,
        said("found by the search: {title}", title=translated(update.run.search.title)),
    )


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
            letter = writer.symbol(kind.symbols[line.target])
            yield RateLine(letter if writer.is_latex else typeset(letter), in_letters, with_numbers, result)

    return WorkedRate(kind.target, tuple(lines()), numbers[kind.target], schedule.explanation(now))


def _rises(schedule: Schedule, initial: float, rate: float, now: ScheduleState) -> int:
    """Return how often the validation loss rose, as far as the rate tells: the record holds nothing else."""
    if not schedule.needs_validation:
        return 0
    counts = np.arange(min(now.epoch, _MOST_RISES) + 1.0)
    rates = schedule.rates(initial, now, counts)
    return int(np.argmax(np.isclose(rates, rate, rtol=1e-12, atol=0.0)))


# ------------------------------------------------------------------------------------ numbers as text


def measured(value: float, digits: int | None) -> str:
    """Return a number that changes from step to step, always to as many digits; None for all of them."""
    value += 0.0  # of the two zeros the plain one
    if digits is None or not math.isfinite(value):
        return _unbounded(value) or precise(value)
    return steady(value, digits)


def told_apart(one: float, other: float, digits: int | None, blur: float = math.inf) -> tuple[str, str]:
    """Return two numbers with as many more digits as it takes to see that they differ.

    Rounding may make their difference look larger or smaller by so large a part of it as ``blur``.
    """
    change = other - one
    if change != 0.0 and math.isfinite(change):
        while digits is not None and not _tells(one, other, digits, blur * abs(change)):
            digits = digits + 1 if digits < _ALL else None
    return measured(one, digits), measured(other, digits)


def _tells(one: float, other: float, digits: int, most: float) -> bool:
    """Return whether two numbers as written differ, by as much as they do or up to ``most`` beside it."""
    before, after = steady(one, digits, ascii_only=True), steady(other, digits, ascii_only=True)
    return before != after and abs(float(after) - float(before) - (other - one)) <= most


def scheduled(value: float, digits: int | None) -> str:
    """Return a rate that a schedule made, without zeros at its end."""
    return _unbounded(value) or (precise(value) if digits is None else rounded(value, digits))


def _unbounded(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "" if math.isfinite(value) else "∞" if value > 0 else f"{MINUS}∞"


# --------------------------------------------------------------------------------- a worked step to be copied


_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_text(step: WorkedStep) -> str:
    """Return a worked step as plain text, one line for each stage of each line of the rule."""
    lines = [_title(step), ""]
    lines += [_rate_text(rate) for rate in step.rates]
    for parameter in step.parameters:
        lines += ["", parameter.name]
        for line in parameter.lines:
            lines += [f"  {text}" for text in _stages(step, line)]
    lines += [
        "",
        _unknown_loss(step) or f"L = {step.loss_before} → {step.loss_after}, {_trend(step)}",
    ]
    return "\n".join(lines) + "\n"


def as_markdown(step: WorkedStep) -> str:
    """Return a worked step as Markdown: a table with a row for each line of the rule."""
    lines = [f"**{_escaped(_title(step))}**", ""]
    lines += [f"- {_escaped(_rate_text(rate))}" for rate in step.rates]
    lines += ["", f"| | {said('rule')} | {said('with numbers')} | {said('result')} |", "|---|---|---|---|"]
    for parameter in step.parameters:
        for line in parameter.lines:
            numbers = line.numbers or sum_over(len(step.update.rows))
            cells = (parameter.name, _escaped(line.symbols), _escaped(numbers), f"**{line.result}**")
            lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        _unknown_loss(step) or f"L = {step.loss_before} → **{step.loss_after}**, {_trend(step)}",
    ]
    return "\n".join(lines) + "\n"


def as_latex(step: WorkedStep) -> str:
    """Return a worked step as LaTeX: an ``align*`` for each parameter, of the package amsmath."""
    step = worked(step.update, step.digits, IN_LATEX)
    lines = [f"% {_title(step).replace('→', '->')}"]
    for rate in step.rates:
        lines += [rf"\[ {one} \]" for one in _rate_stages(rate)]
        lines[-1] += f"  % {rate.why}"
    for parameter in step.parameters:
        lines += [r"\begin{align*}", *_joined(parameter.lines), r"\end{align*}"]
    unknown = _unknown_loss(step)
    lines.append(f"% {unknown}" if unknown else f"\\[ L = {step.loss_before} \\to {step.loss_after} \\]")
    return "\n".join(lines) + "\n"


def _title(step: WorkedStep) -> str:
    """Return the run's name and the two steps: ``"Momentum, step 74 → 75"``."""
    name = " ".join(step.update.run.name.split())  # without whatever would break a line
    return said("{name}, step {step} → {step2}", name=name, step=step.update.step - 1, step2=step.update.step)


def _trend(step: WorkedStep) -> str:
    words = {"fell": said("it fell"), "rose": said("it rose")}
    return words.get(step.trend, said("it stayed the same"))


def _unknown_loss(step: WorkedStep) -> str:
    """Return a sentence when the loss is not known; an empty text when it is."""
    return "" if step.has_losses else said("L was not computed at this step.")


def _joined(lines: tuple[WorkedLine, ...]) -> Iterator[str]:
    for line in lines:
        numbers = f" \\\\\n  &= {line.numbers}" if line.numbers else ""
        end = "" if line is lines[-1] else r" \\"
        yield f"  {line.symbols}{numbers} \\\\\n  &= {line.result}{end}"


def _rate_text(rate: WorkedRate) -> str:
    return f"{'; '.join(_rate_stages(rate))}, {rate.why}"


def _rate_stages(rate: WorkedRate) -> Iterator[str]:
    """Yield each line of a schedule with its numbers and its result."""
    for line in rate.lines:
        left = line.symbols.replace("&=", "=")
        yield f"{left} = {line.numbers} = {line.result}" if line.numbers else f"{line.letter} = {line.result}"


def _stages(step: WorkedStep, line: WorkedLine) -> tuple[str, ...]:
    left = line.symbols.partition(" = ")[0]
    # A hat is drawn above its letter and takes no room of its own.
    indent = " " * sum(letter != HAT for letter in left)
    numbers = line.numbers or sum_over(len(step.update.rows))
    return line.symbols, f"{indent} = {numbers}", f"{indent} = {line.result}"


def sum_over(points: int) -> str:
    """Return what stands in the place of the numbers of a gradient: that it is a sum over points."""
    return counted(points, "the sum over 1 point", "the sum over {points} points", points=points)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
