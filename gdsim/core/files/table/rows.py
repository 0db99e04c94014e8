"""Rows of cells from lines of text; and lines in blocks, each read in a moment."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

from gdsim.core.files.table.table import TableFault

COMMENT = "#"
# Some thousand rows: read in a few milliseconds, so that a window stays alive beside it.
_BLOCK = 1 << 18
_LONGEST_LINE = 100_000
_LONGEST_CELL_LINES = 1000


class Block(NamedTuple):
    """Some whole rows of a text.

    Attributes
    ----------
    first : int
        Number of the first line, counted from 1.
    lines : list of str
        Each with its line feed.
    """

    first: int
    lines: list[str]

    def after(self, line: int) -> "Block":
        """Return the block from a line on."""
        return Block(line, self.lines[line - self.first :])


class Row(NamedTuple):
    """A row that holds something: the line it begins on, and its cells."""

    line: int
    cells: list[str]


def blocks(stream: TextIO) -> Iterator[Block]:
    """Yield a text in blocks. A quoted cell of several lines is never cut.

    Raises
    ------
    TableFault
        If a line is so long, or a quoted cell has so many lines, that this is no table.
    """
    first = 1
    while lines := stream.readlines(_BLOCK):
        if _opens_a_quote(lines):
            _close_quote(lines, stream, first)
        longest = max(range(len(lines)), key=lambda place: len(lines[place]))
        if len(lines[longest]) > _LONGEST_LINE:
            raise TableFault(f"has more than {_LONGEST_LINE:,} characters", first + longest)
        yield Block(first, lines)
        first += len(lines)


def rows(block: Block, delimiter: str) -> Iterator[Row]:
    """Yield the rows that hold anything. Lines that begin with # are comments."""
    spaced = delimiter == " "
    reader = csv.reader(_code_lines(block.lines, spaced=spaced), delimiter=delimiter, skipinitialspace=True)
    while True:
        line = block.first + reader.line_num
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            raise TableFault("has a cell that is too long for a table", line) from None
        if any(cells):
            yield Row(line, cells)


def is_comment(line: str) -> bool:
    """Return whether a line is for people only."""
    return line.startswith(COMMENT)


def _code_lines(lines: Iterable[str], *, spaced: bool) -> Iterator[str]:
    """Yield an empty line for each comment, so that the lines can be counted."""
    for line in lines:
        if is_comment(line):
            yield "\n"
        else:
            yield line.strip(" \n\xa0") + "\n" if spaced else line


def _opens_a_quote(lines: Iterable[str]) -> bool:
    return sum(line.count('"') for line in lines if not is_comment(line)) % 2 == 1


def _close_quote(lines: list[str], stream: TextIO, first: int) -> None:
    """Add the lines up to the end of the quoted cell that is open at the end of a block."""
    beginning = len(lines)
    while line := stream.readline():
        lines.append(line)
        if line.count('"') % 2 == 1:
            return
        if len(lines) > beginning + _LONGEST_CELL_LINES:
            break
    place = max(place for place in range(beginning) if lines[place].count('"') % 2 == 1)
    raise TableFault("has a quotation mark that is never closed", first + place)
