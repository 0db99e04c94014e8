"""A worked step as text to be copied (plain, Markdown or LaTeX), or as data for other programs."""

import math
import re
from collections.abc import Iterator

from gdsim.core.analysis.worked import WorkedLine, WorkedParameter, WorkedRate, WorkedStep, worked
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.formulas.symbols import HAT
from gdsim.core.language.texts import counted, said
from gdsim.core.model.objective import FunctionObjective, Objective

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def as_text(step: WorkedStep) -> str:
    """Return a worked step as plain text, one line for each stage of each line of the rule."""
    lines = [_title(step), ""]
    lines += [_rate_text(rate) for rate in step.rates]
    for parameter in step.parameters:
        lines += ["", parameter.letter]
        for line in parameter.lines:
            lines += [f"  {text}" for text in _stages(step, parameter, line)]
    lines += ["", _unknown_loss(step) or f"L = {step.loss_before} → {step.loss_after}, {_trend(step)}"]
    return "\n".join(lines) + "\n"


def as_markdown(step: WorkedStep) -> str:
    """Return a worked step as Markdown: a table with a row for each line of the rule."""
    lines = [f"**{_escaped(_title(step))}**", ""]
    lines += [f"- {_escaped(_rate_text(rate))}" for rate in step.rates]
    lines += ["", f"| | {said('rule')} | {said('with numbers')} | {said('result')} |", "|---|---|---|---|"]
    for parameter in step.parameters:
        for line in parameter.lines:
            numbers = line.numbers or _of_points(step, parameter)
            cells = (parameter.letter, _escaped(line.symbols), _escaped(numbers), f"**{line.result}**")
            lines.append(f"| {' | '.join(cells)} |")
    lines += ["", _unknown_loss(step) or f"L = {step.loss_before} → **{step.loss_after}**, {_trend(step)}"]
    return "\n".join(lines) + "\n"


def as_latex(step: WorkedStep) -> str:
    """Return a worked step as LaTeX: an ``align*`` of the package amsmath for each parameter."""
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
    name = " ".join(step.update.run.shown_name.split())  # without line breaks
    return said("{name}, step {step} → {step2}", name=name, step=step.update.step - 1, step2=step.update.step)


def _trend(step: WorkedStep) -> str:
    words = {"fell": said("it fell"), "rose": said("it rose")}
    return words.get(step.trend, said("it stayed the same"))


def _unknown_loss(step: WorkedStep) -> str:
    """Return a sentence if the loss is not known, else an empty string."""
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


def _stages(step: WorkedStep, parameter: WorkedParameter, line: WorkedLine) -> tuple[str, ...]:
    left = line.symbols.partition(" = ")[0]
    # A hat is drawn above its letter and takes no room of its own.
    indent = " " * sum(letter != HAT for letter in left)
    numbers = line.numbers or _of_points(step, parameter)
    return line.symbols, f"{indent} = {numbers}", f"{indent} = {line.result}"


def _of_points(step: WorkedStep, parameter: WorkedParameter) -> str:
    return sum_over(len(step.update.rows), step.update.objective, parameter.name)


def sum_over(points: int, objective: Objective, parameter: str) -> str:
    """Return what is written in place of the numbers of a gradient: "the sum over 2 points"."""
    of_neuron = None if isinstance(objective, FunctionObjective) else objective
    if of_neuron and of_neuron.shares(1, 1).mean:
        text = counted(points, "the mean over 1 point", "the mean over {n} points")
    else:
        text = counted(points, "the sum over 1 point", "the sum over {n} points")
    if of_neuron and of_neuron.l2 and parameter != "b":
        return said("{sum}, and the penalty", sum=text)
    return text


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


# ------------------------------------------------------------------------------------------- as data


def as_tree(step: WorkedStep) -> dict[str, object]:
    """Return a worked step as data for JSON, with None for values that are not finite.

    ``points`` are the rows of the table that fed the update, in their order and counted from 1.
    """
    update = step.update
    return {
        "run": update.run.name,
        "algorithm": update.run.optimizer.id,
        "step": update.step,
        "epoch": update.epoch,
        "points": (update.rows + 1).tolist(),
        "rates": [_rate_tree(rate) for rate in step.rates],
        "parameters": [
            {
                "name": parameter.name,
                "before": _number(before),
                "after": _number(after),
                "lines": [_line_tree(line) for line in parameter.lines],
            }
            for parameter, before, after in zip(
                step.parameters, update.before.tolist(), update.after.tolist(), strict=True
            )
        ],
        "loss_before": _number(update.loss_before),
        "loss_after": _number(update.loss_after),
    }


def _rate_tree(rate: WorkedRate) -> dict[str, object]:
    lines = [{"symbols": one.symbols, "numbers": one.numbers, "result": one.result} for one in rate.lines]
    return {"name": rate.name, "value": _number(rate.value), "why": rate.why, "lines": lines}


def _line_tree(line: WorkedLine) -> dict[str, object]:
    return line._asdict() | {"value": _number(line.value)}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
