"""A worked step to be copied: as plain text, as Markdown, and as LaTeX."""

import re
from collections.abc import Iterator

from gdsim.core.analysis.worked import WorkedLine, WorkedRate, WorkedStep, worked
from gdsim.core.formulas.formula_writer import IN_LATEX
from gdsim.core.formulas.symbols import HAT

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_text(step: WorkedStep) -> str:
    """Return a worked step as plain text, one line for each stage of each line of the rule."""
    lines = [_title(step), ""]
    lines += [_rate_text(rate) for rate in step.rates]
    for parameter in step.parameters:
        lines += ["", parameter.name]
        for line in parameter.lines:
            lines += [f"  {text}" for text in _stages(step, line)]
    lines += ["", _unknown_loss(step) or f"L = {step.loss_before} → {step.loss_after}, it {step.trend}"]
    return "\n".join(lines) + "\n"


def as_markdown(step: WorkedStep) -> str:
    """Return a worked step as Markdown: a table with a row for each line of the rule."""
    lines = [f"**{_escaped(_title(step))}**", ""]
    lines += [f"- {_escaped(_rate_text(rate))}" for rate in step.rates]
    lines += ["", "| | rule | with numbers | result |", "|---|---|---|---|"]
    for parameter in step.parameters:
        for line in parameter.lines:
            numbers = line.numbers or _sum_of(step)
            cells = (parameter.name, _escaped(line.symbols), _escaped(numbers), f"**{line.result}**")
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", _unknown_loss(step) or f"L = {step.loss_before} → **{step.loss_after}**, it {step.trend}"]
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
    lines.append(f"% {unknown}" if unknown else rf"\[ L = {step.loss_before} \to {step.loss_after} \]")
    return "\n".join(lines) + "\n"


def _title(step: WorkedStep) -> str:
    """Return the run's name and the two steps: ``"Momentum, step 74 → 75"``."""
    name = " ".join(step.update.run.name.split())  # without whatever would break a line
    return f"{name}, step {step.update.t - 1} → {step.update.t}"


def _unknown_loss(step: WorkedStep) -> str:
    """Return a sentence when the loss is not known; an empty text when it is."""
    return "" if step.has_losses else "L was not computed at this step."


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
    # A hat stands above its letter and takes no room of its own.
    indent = " " * sum(letter != HAT for letter in left)
    numbers = line.numbers or _sum_of(step)
    return line.symbols, f"{indent} = {numbers}", f"{indent} = {line.result}"


def _sum_of(step: WorkedStep) -> str:
    points = len(step.update.rows)
    return f"the sum over {points} {'point' if points == 1 else 'points'}"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
