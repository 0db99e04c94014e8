"""What stands around the formulas of a step: its rates above them, the loss below, and all as a sentence."""

from collections.abc import Sequence
from textwrap import wrap

from PySide6.QtCore import QCoreApplication

from gdsim.core.analysis.worked import WorkedRate, WorkedStep
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.gui.step.step_rows import RowLayout, Segment, StyledLine, cut, rate_rows

_GAP = 2


def _tr(text: str) -> str:
    return QCoreApplication.translate("StepNotes", text)


def rate_lines(rates: Sequence[WorkedRate], layouts: Sequence[RowLayout], columns: int) -> list[StyledLine]:
    """Return which rates an update used, each with its reason."""
    made: list[StyledLine] = []
    rows = [(rate, row) for rate in rates for row in rate_rows(rate)]
    for (rate, row), layout in zip(rows, layouts, strict=False):
        made += layout.lines([row], columns)
        if row.label != f"{rate.lines[-1].letter} =":
            continue
        room = columns - sum(len(segment.text) for segment in made[-1])
        if not row.numbers and len(rate.why) + _GAP <= room:
            made[-1] = (*made[-1], Segment(" " * _GAP + rate.why, "muted"))
        else:
            indent = " " * (len(row.label) + 1)
            made += [(Segment(line, "muted"),) for line in _wrapped(rate.why, columns, indent)]
    return made


def loss_lines(step: WorkedStep, columns: int) -> list[StyledLine]:
    """Return the loss before and after, and a word on it."""
    if not step.has_losses:
        return _absent_loss(step, columns)
    role = "fault" if step.trend == "rose" else ""
    trend = {"fell": _tr("fell"), "rose": _tr("rose")}.get(step.trend, _tr("stayed the same"))
    label, word = Segment("L  ", "label"), Segment(f"  {trend}", role)
    before, after = Segment(f"{step.loss_before} → "), Segment(step.loss_after, "strong")
    lines: list[StyledLine] = [(label, before, after, word)]
    if sum(len(segment.text) for segment in lines[0]) > columns:
        lines = [(label, Segment(step.loss_before)), (Segment("   → "), after, word)]
    used, points = len(step.update.rows), len(step.update.points)
    if used < points:
        note = _tr("over all {0} points; the update used {1}").format(f"{points:,}", f"{used:,}")
        lines += [(Segment(text, "muted"),) for text in _wrapped(note, columns, " " * 3)]
    return [short for line in lines for short in cut(line, columns, 3)]


def sentence(step: WorkedStep) -> str:
    """Return a step in words, for a screen reader."""
    update = step.update
    said = [_tr("{0}, step {1} to {2}.").format(update.run.name, update.t - 1, update.t)]
    names = {"eta": _tr("Learning rate"), "gamma": _tr("Momentum")}
    said += [f"{names[rate.name]} {rate.result}, {rate.why}." for rate in step.rates]
    for place, line in enumerate(step.parameters[0].lines):
        values = ", ".join(f"{each.name} {each.lines[place].result}" for each in step.parameters)
        said.append(f"{_spoken(line.part, line.symbols)}: {values}.")
    if not step.has_losses:
        said.append(_every(step))
        return " ".join(said)
    said.append(_tr("The loss {0} from {1} to {2}.").format(step.trend, step.loss_before, step.loss_after))
    return " ".join(said)


def _absent_loss(step: WorkedStep, columns: int) -> list[StyledLine]:
    first, *more = _wrapped(_every(step), columns, " " * 3)
    lines: list[StyledLine] = [(Segment("L  ", "label"), Segment(first[3:], "muted"))]
    return lines + [(Segment(text, "muted"),) for text in more]


def _every(step: WorkedStep) -> str:
    """Return at which steps the loss is computed."""
    points, run = len(step.update.points), step.update.run
    interval = loss_interval(points, run.batching.batch_size(points))
    words = _tr("Over all {0} points the loss is computed every {1} steps.")
    return words.format(f"{points:,}", f"{interval:,}")


def _spoken(part: str, symbols: str) -> str:
    """Return the name of what a line computes."""
    if part == "memory":
        left = symbols.partition(" = ")[0]
        return left[0] + (_tr(" corrected") if "\N{COMBINING CIRCUMFLEX ACCENT}" in left else "")
    return {"look": _tr("Looks ahead to"), "gradient": _tr("Gradient"), "update": _tr("New")}[part]


def _wrapped(text: str, columns: int, indent: str) -> list[str]:
    return wrap(text, max(columns, len(indent) + 10), initial_indent=indent, subsequent_indent=indent)
