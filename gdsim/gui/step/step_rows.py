"""The numbers of a step as lines of text, wrapped and aligned so that they stay put as numbers change."""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from textwrap import wrap
from typing import NamedTuple, TypeAlias

from gdsim.core.analysis.worked import WorkedParameter, WorkedRate, WorkedStep
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.formulas import numerals
from gdsim.gui.translation import tr

# Lines may break before a sign between spaces, before the dot of a product, and after a comma.
_BREAKS = re.compile(r"(?= [+−/] )|(?=·)|(?<=,)(?= )")
# The cost of each further line, and of a break before a sign, before a factor, and inside parentheses.
_LINE, _SIGN, _FACTOR, _INNER = 4, 1, 3, 9


class Segment(NamedTuple):
    """A piece of a line. Its role is ``""``, ``"label"``, ``"strong"``, ``"muted"`` or ``"fault"``."""

    text: str
    role: str = ""


StyledLine: TypeAlias = tuple[Segment, ...]


class StepRow(NamedTuple):
    """A label, a formula with numbers filled in (or an empty text), and its result."""

    label: str
    numbers: str
    result: str


def rows_of_line(parameters: Sequence[WorkedParameter], line: int) -> list[StepRow]:
    """Return the rows of one line of a rule, one for each parameter."""
    return [StepRow(each.letter, each.lines[line].numbers, each.lines[line].result) for each in parameters]


def rate_rows(rate: WorkedRate) -> list[StepRow]:
    return [StepRow(f"{line.letter} =", line.numbers, line.result) for line in rate.lines]


class RowLayout:
    """Breaks rows of the same formula at the same places, so that their equal signs line up.

    It remembers the widest numbers so far. Room is never given back while only numbers change, so that the
    lines below do not move up and down during playback.
    """

    def __init__(self, gap: int = 2) -> None:
        self._gap = gap
        self._key: tuple[int, ...] = ()
        self._widths: list[int] = []
        self._breaks: list[int] = []
        self._equals = 0  # the column of the equal signs

    def forget(self) -> None:
        self._key = ()

    def lines(self, rows: Sequence[StepRow], columns: int) -> list[StyledLine]:
        """Return the lines of the rows, none of them longer than ``columns`` characters."""
        indent = max((len(row.label) for row in rows), default=0) + self._gap
        tokens = _aligned(
            [
                [*_BREAKS.split(row.numbers), f" = {row.result}"] if row.numbers else [row.result]
                for row in rows
            ]
        )
        self._make_room(tokens, max(columns - indent, 1))
        equals = self._equals if len(rows) > 1 else 0
        return [
            short
            for row, pieces in zip(rows, tokens, strict=True)
            for line in self._row(row, pieces, indent, equals)
            for short in split_line(line, columns, indent)
        ]

    def _make_room(self, tokens: Sequence[Sequence[str]], room: int) -> None:
        widths = [max(map(len, column)) for column in zip(*tokens, strict=True)]
        key = (room, len(widths))
        if key != self._key:
            self._key, self._widths, self._breaks = key, [0] * len(widths), []
        if any(new > old for new, old in zip(widths, self._widths, strict=True)):
            self._widths = list(map(max, widths, self._widths))
            breaks = _best_breaks(
                self._widths, _costs(max(tokens, key=lambda row: sum(map(bool, row)))), room
            )
            if breaks != self._breaks:
                self._breaks, self._equals = breaks, 0
        last = self._breaks[-1]
        self._equals = max(self._equals, *(len("".join(row[last:-1]).lstrip()) for row in tokens))

    def _row(self, row: StepRow, tokens: Sequence[str], indent: int, equals_at: int) -> list[StyledLine]:
        labels = [row.label.ljust(indent), *[" " * indent] * (len(self._breaks) - 1)]
        *firsts, last = self._breaks
        made: list[StyledLine] = [
            (Segment(label, "label"), Segment("".join(tokens[first:end]).strip()))
            for label, first, end in zip(labels, firsts, self._breaks[1:], strict=False)
        ]
        before = "".join(tokens[last:-1]).lstrip().ljust(equals_at)
        equals = f"{before} = ".lstrip() if len(tokens) > 1 else ""
        return [*made, (Segment(labels[-1], "label"), Segment(equals), Segment(row.result, "strong"))]


def split_line(line: StyledLine, columns: int, indent: int = 0) -> list[StyledLine]:
    """Cut a line into pieces of at most ``columns`` characters, without regard to words."""
    if sum(map(len, [segment.text for segment in line])) <= columns:
        return [line]
    made: list[StyledLine] = []
    current: list[Segment] = []
    room = columns
    for text, role in line:
        rest = text
        while len(rest) > room:
            made.append((*current, Segment(rest[:room], role)))
            rest, current, room = rest[room:], [Segment(" " * indent)], max(columns - indent, 1)
        current.append(Segment(rest, role))
        room -= len(rest)
    return [*made, tuple(current)]


def _aligned(rows: Sequence[list[str]]) -> list[list[str]]:
    """Pad rows to the same number of tokens; the two slopes of a function have different formulas."""
    most = max(map(len, rows), default=0)
    return [[*row[:-1], *[""] * (most - len(row)), row[-1]] for row in rows]


def _costs(tokens: Sequence[str]) -> list[int]:
    """Return the cost of beginning a line with each of the tokens."""
    depths = accumulate((token.count("(") - token.count(")") for token in tokens), initial=0)
    costs = [
        (_SIGN if token.startswith((" +", " −")) else _FACTOR) + _INNER * depth
        for token, depth in zip(tokens, depths, strict=False)
    ]
    return [0, *costs[1:-1], 0] if len(costs) > 1 else [0]


def _best_breaks(widths: Sequence[int], costs: Sequence[int], room: int) -> list[int]:
    """Return the indices of the tokens that begin a line, such that the total cost is least."""
    best: list[tuple[int, list[int]]] = [(0, [])]
    for end in range(1, len(widths) + 1):
        fitting = [first for first in range(end) if sum(widths[first:end]) <= room] or [end - 1]
        best.append(min((best[at][0] + _LINE + costs[at], [*best[at][1], at]) for at in fitting))
    return best[-1][1]


def rate_lines(
    rates: Sequence[WorkedRate], layouts: Mapping[int, RowLayout], columns: int
) -> list[StyledLine]:
    """Return the lines of the rates of an update; ``layouts`` are kept from step to step."""
    made: list[StyledLine] = []
    for place, (rate, row) in enumerate((one, row) for one in rates for row in rate_rows(one)):
        made += layouts[place].lines([row], columns)
        if row.label != f"{rate.lines[-1].letter} =":
            continue
        room = columns - sum(len(segment.text) for segment in made[-1])
        if not row.numbers and len(rate.why) + 2 <= room:
            made[-1] = (*made[-1], Segment(" " * 2 + rate.why, "muted"))
        else:
            indent = " " * (len(row.label) + 1)
            made += [(Segment(line, "muted"),) for line in _wrapped(rate.why, columns, indent)]
    return made


def loss_lines(step: WorkedStep, columns: int) -> list[StyledLine]:
    if not step.has_losses:
        return _absent_loss(step, columns)
    role = "fault" if step.trend == "rose" else ""
    label, word = Segment("L  ", "label"), Segment(f"  {_trend(step)}", role)
    before, after = Segment(f"{step.loss_before} → "), Segment(step.loss_after, "strong")
    lines: list[StyledLine] = [(label, before, after, word)]
    if sum(len(segment.text) for segment in lines[0]) > columns:
        lines = [(label, Segment(step.loss_before)), (Segment("   → "), after, word)]
    used, points = len(step.update.rows), len(step.update.points)
    if used < points:
        note = tr("over all {0} points; the update used {1}").format(
            numerals.integer_text(points), numerals.integer_text(used)
        )
        lines += [(Segment(text, "muted"),) for text in _wrapped(note, columns, " " * 3)]
    return [short for line in lines for short in split_line(line, columns, 3)]


def _trend(step: WorkedStep) -> str:
    match step.trend:
        case "fell":
            return tr("fell")
        case "rose":
            return tr("rose")
    return tr("stayed the same")


def step_sentence(step: WorkedStep) -> str:
    """Describe a step in words for a screen reader."""
    update = step.update
    said = [
        tr("{0}, step {1} to {2}.").format(
            update.run.shown_name, numerals.integer_text(update.step - 1), numerals.integer_text(update.step)
        )
    ]
    names = {"eta": tr("Learning rate"), "gamma": tr("Momentum")}
    said += [f"{names[rate.name]} {rate.result}, {rate.why}." for rate in step.rates]
    targets = (line.target for line in update.rule.program.lines)
    for row, (line, target) in enumerate(zip(step.parameters[0].lines, targets, strict=True)):
        values = ", ".join(f"{each.letter} {each.lines[row].result}" for each in step.parameters)
        is_place = target in update.rule.gradients.values()
        said.append(f"{_spoken_name(line.part, line.symbols, is_place=is_place)}: {values}.")
    if not step.has_losses:
        said.append(_interval_words(step))
        return " ".join(said)
    said.append(tr("The loss {0} from {1} to {2}.").format(_trend(step), step.loss_before, step.loss_after))
    return " ".join(said)


def _absent_loss(step: WorkedStep, columns: int) -> list[StyledLine]:
    first, *more = _wrapped(_interval_words(step), columns, " " * 3)
    lines: list[StyledLine] = [(Segment("L  ", "label"), Segment(first[3:], "muted"))]
    return lines + [(Segment(text, "muted"),) for text in more]


def _interval_words(step: WorkedStep) -> str:
    """Say at which steps the loss is computed."""
    points, run = len(step.update.points), step.update.run
    interval = loss_interval(points, run.batching.batch_size(points))
    words = tr("Over all {0} points the loss is computed every {1} steps.")
    return words.format(numerals.integer_text(points), numerals.integer_text(interval))


def part_kind(part: str) -> str:
    """Return a part without its number, which is one of `PARTS`: ``"memory"`` for ``"memory2"``."""
    return part.rstrip("0123456789")


def _spoken_name(part: str, symbols: str, *, is_place: bool) -> str:
    """Name a line; ``is_place`` says whether the rule takes a gradient at its value."""
    kind, left = part_kind(part), symbols.partition(" = ")[0]
    if kind == "intermediate" or (kind == "look" and not is_place):
        return left
    if kind == "memory":
        return left[0] + (tr(" corrected") if "\N{COMBINING CIRCUMFLEX ACCENT}" in left else "")
    return {"look": tr("Looks ahead to"), "gradient": tr("Gradient"), "update": tr("New")}[kind]


def _wrapped(text: str, columns: int, indent: str) -> list[str]:
    return wrap(text, max(columns, len(indent) + 10), initial_indent=indent, subsequent_indent=indent)
