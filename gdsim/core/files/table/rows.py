"""From the bytes of a file to rows of cells: its encoding, blocks of lines, and delimiters."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TextIO

from gdsim.core.files.checked_json import PACKED
from gdsim.core.files.table.table import TableFault
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.language.texts import to_say, translated

COMMENT = "#"
# Cells that begin with #, too: the name of a column with row numbers, and the error values of spreadsheets.
_CELL = re.compile(r"#(?:[\t;,]|[A-Z0-9/]+[!?]|(?:N/A|NV)\b)")
# Some thousand rows, which are read in a few milliseconds, so that the window stays responsive.
_BLOCK = 1 << 18
_LONGEST_LINE = 100_000
_LONGEST_CELL_LINES = 1000
_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", to_say("UTF-8 with a byte order mark")),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def open_table_text(content: bytes | str) -> tuple[TextIO, str]:
    """Return a stream of the text, with line feeds as line breaks, and the name of its encoding."""
    if isinstance(content, str):
        return io.StringIO(content.removeprefix("\ufeff"), newline=None), ""
    if content.startswith(_WORKBOOKS):
        raise TableFault("is a workbook, not a text file; save the sheet as CSV and use that")
    if content.startswith(PACKED):
        raise TableFault("is a packed file; unpack it first")
    codec, name = _encoding(content)
    return io.TextIOWrapper(io.BytesIO(content), encoding=codec, newline=None), name


def _encoding(content: bytes) -> tuple[str, str]:
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            if _decodes(content, codec):
                return codec, name
            raise TableFault("begins like a text in {name}, but cannot be read as one", name=translated(name))
    if b"\0" in content:
        raise TableFault("is not text, or is in UTF-16 without a byte order mark; save it as CSV in UTF-8")
    for codec, name in (("utf-8", "UTF-8"), ("cp1252", "Windows-1252")):
        if _decodes(content, codec):
            return codec, name
    raise TableFault("is not text in UTF-8, UTF-16 or Windows-1252; save it as CSV in UTF-8")


def _decodes(content: bytes, codec: str) -> bool:
    # In chunks, so that other threads can run in between.
    decoder = codecs.getincrementaldecoder(codec)()
    view = memoryview(content)
    try:
        for start in range(0, len(view), _CHUNK):
            decoder.decode(view[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


# ------------------------------------------------------------------------------------------- rows


class Block(NamedTuple):
    """Some complete rows of a text: the number of the first line, from 1, and the lines with their breaks."""

    first: int
    lines: list[str]

    def after(self, line: int) -> "Block":
        """Return the rest of the block from line number ``line`` on."""
        return Block(line, self.lines[line - self.first :])


class TableRow(NamedTuple):
    """A row that is not empty: the number of its first line, and its cells."""

    line: int
    cells: list[str]


def text_blocks(stream: TextIO) -> Iterator[Block]:
    """Yield a text in blocks, which never split a quoted cell of several lines.

    Raises `TableFault` if a line is too long or a quoted cell has too many lines for the text to be a table.
    """
    first = 1
    while lines := stream.readlines(_BLOCK):
        if _opens_a_quote(lines):
            _close_quote(lines, stream, first)
        longest = max(range(len(lines)), key=lambda place: len(lines[place]))
        if len(lines[longest]) > _LONGEST_LINE:
            raise TableFault(
                "has more than {longest_line} characters",
                longest_line=integer_text(_LONGEST_LINE),
                line=first + longest,
            )
        yield Block(first, lines)
        first += len(lines)


def rows(block: Block, delimiter: str) -> Iterator[TableRow]:
    """Yield the rows that are not empty. Lines that begin with # are comments."""
    spaced = delimiter == " "
    lines = _without_comments(block.lines, spaced=spaced)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    while True:
        line = block.first + reader.line_num
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            raise TableFault("has a cell that is too long for a table", line=line) from None
        if any(cells):
            yield TableRow(line, cells)


def is_comment(line: str) -> bool:
    return line.startswith(COMMENT) and not _CELL.match(line)


def _without_comments(lines: Iterable[str], *, spaced: bool) -> Iterator[str]:
    """Yield the lines, with an empty line for each comment so that line numbers stay right."""
    for line in lines:
        if is_comment(line):
            yield "\n"
        else:
            yield line.strip(" \n\xa0") + "\n" if spaced else line


def _opens_a_quote(lines: Iterable[str]) -> bool:
    return sum(line.count('"') for line in lines if not is_comment(line)) % 2 == 1


def _close_quote(lines: list[str], stream: TextIO, first: int) -> None:
    """Append lines up to the end of the quoted cell that is still open at the end of a block."""
    beginning = len(lines)
    while line := stream.readline():
        lines.append(line)
        if line.count('"') % 2 == 1:
            return
        if len(lines) > beginning + _LONGEST_CELL_LINES:
            break
    place = max(place for place in range(beginning) if lines[place].count('"') % 2 == 1)
    raise TableFault("has a quotation mark that is never closed", line=first + place)
