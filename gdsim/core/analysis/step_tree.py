"""A worked step as data for other programs: every line's letters, its numbers, and its unrounded value."""

import math

from gdsim.core.analysis.worked import WorkedLine, WorkedRate, WorkedStep


def step_tree(step: WorkedStep) -> dict[str, object]:
    """Return a worked step as JSON has it. A value that is no finite number is None.

    ``points`` are the rows of the table that fed the update, counted from 1 in their order.
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
