"""The numbers of a step as rows of text: broken to a width, aligned, and steady while they change."""

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from gdsim.core.analysis.worked import WorkedParameter, WorkedRate

# Before a sign with room around it, before the dot of a product, after a comma.
_PLACES = re.compile(r"(?= [+−/] )|(?=·)|(?<=,)(?= )")
# How ugly a further line is, and one that begins before a sign, with a factor, or inside parentheses.
_LINE, _SIGN, _FACTOR, _INNER = 4, 1, 3, 9


class Segment(NamedTuple):
    """A piece of a line. Its role is ``""``, ``"label"``, ``"strong"``, ``"muted"`` or ``"fault"``."""

    text: str
    role: str = ""


StyledLine: TypeAlias = tuple[Segment, ...]


class StepRow(NamedTuple):
    """A label, a formula with numbers in it (or nothing), and its result."""

    label: str
    numbers: str
    result: str


def rows_of(parameters: Sequence[WorkedParameter], line: int) -> list[StepRow]:
    """Return one line of a rule: a row for each parameter."""
    return [StepRow(each.name, each.lines[line].numbers, each.lines[line].result) for each in parameters]


def rate_rows(rate: WorkedRate) -> list[StepRow]:
    """Return a row for each line of a rate's schedule."""
    return [StepRow(f"{line.letter} =", line.numbers, line.result) for line in rate.lines]


class RowLayout:
    """Breaks rows of the same formula alike, so that their equal signs line up.

    It remembers the widest numbers it has met. While only numbers change, room is never given back:
    lines that shrink and grow as the numbers pass by would make everything below them jump.
    """

    def __init__(self, gap: int = 2) -> None:
        self._gap = gap
        self._key: tuple[int, ...] = ()
        self._widths: list[int] = []
        self._breaks: list[int] = []
        self._equals = 0  # where the equal signs stand

    def forget(self) -> None:
        """Begin anew with the next rows."""
        self._key = ()

    def lines(self, rows: Sequence[StepRow], columns: int) -> list[StyledLine]:
        """Return the lines of the rows, none of them longer than ``columns`` letters."""
        indent = max((len(row.label) for row in rows), default=0) + self._gap
        tokens = [_tokens(row) for row in rows]
        self._make_room(tokens, max(columns - indent, 1))
        return [
            short
            for row, pieces in zip(rows, tokens, strict=True)
            for line in self._row(row, pieces, indent)
            for short in cut(line, columns, indent)
        ]

    def _make_room(self, tokens: Sequence[Sequence[str]], room: int) -> None:
        widths = [max(map(len, column)) for column in zip(*tokens, strict=True)]
        key = (room, len(widths))
        if key != self._key:
            self._key, self._widths, self._breaks = key, [0] * len(widths), []
        if any(new > old for new, old in zip(widths, self._widths, strict=True)):
            self._widths = list(map(max, widths, self._widths))
            breaks = _best_breaks(self._widths, _costs(tokens[0]), room)
            if breaks != self._breaks:
                self._breaks, self._equals = breaks, 0
        last = self._breaks[-1]
        self._equals = max(self._equals, *(len("".join(row[last:-1]).lstrip()) for row in tokens))

    def _row(self, row: StepRow, tokens: Sequence[str], indent: int) -> list[StyledLine]:
        labels = [row.label.ljust(indent), *[" " * indent] * (len(self._breaks) - 1)]
        *firsts, last = self._breaks
        made: list[StyledLine] = [
            (Segment(label, "label"), Segment("".join(tokens[first:end]).strip()))
            for label, first, end in zip(labels, firsts, self._breaks[1:], strict=False)
        ]
        before = "".join(tokens[last:-1]).lstrip().ljust(self._equals)
        equals = f"{before} = ".lstrip() if len(tokens) > 1 else ""
        return [*made, (Segment(labels[-1], "label"), Segment(equals), Segment(row.result, "strong"))]


def cut(line: StyledLine, columns: int, indent: int = 0) -> list[StyledLine]:
    """Return a line in pieces of at most ``columns`` letters: for what has no better place to break."""
    if sum(len(segment.text) for segment in line) <= columns:
        return [line]
    made: list[StyledLine] = []
    now: list[Segment] = []
    room = columns
    for text, role in line:
        rest = text
        while len(rest) > room:
            made.append((*now, Segment(rest[:room], role)))
            rest, now, room = rest[room:], [Segment(" " * indent)], max(columns - indent, 1)
        now.append(Segment(rest, role))
        room -= len(rest)
    return [*made, tuple(now)]


def _tokens(row: StepRow) -> list[str]:
    return [*_PLACES.split(row.numbers), f" = {row.result}"] if row.numbers else [row.result]


def _costs(tokens: Sequence[str]) -> list[int]:
    """Return how ugly it is to begin a line with each of the tokens."""
    depths = accumulate((token.count("(") - token.count(")") for token in tokens), initial=0)
    costs = [
        (_SIGN if token.startswith((" +", " −")) else _FACTOR) + _INNER * depth
        for token, depth in zip(tokens, depths, strict=False)
    ]
    return [0, *costs[1:-1], 0] if len(costs) > 1 else [0]


def _best_breaks(widths: Sequence[int], costs: Sequence[int], room: int) -> list[int]:
    """Return the tokens that begin a line, so that there are few lines, broken where it hurts least."""
    best: list[tuple[int, list[int]]] = [(0, [])]
    for end in range(1, len(widths) + 1):
        fitting = [first for first in range(end) if sum(widths[first:end]) <= room] or [end - 1]
        best.append(min((best[at][0] + _LINE + costs[at], [*best[at][1], at]) for at in fitting))
    return best[-1][1]
