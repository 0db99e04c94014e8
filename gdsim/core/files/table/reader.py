"""Reading a table: fast where everything is valid, cell by cell where a fault has to be located."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.files.checked_json import FileFault, read_bytes
from gdsim.core.files.table.outline import (
    ROLES,
    columns_in_words,
    is_number_cell,
    outlined,
    parts_thousands,
    without_thousands,
)
from gdsim.core.files.table.rows import COMMENT, Block, TableRow, is_comment, rows
from gdsim.core.files.table.table import ColumnKind, Outline, RequestedFormat, Table, TableFault
from gdsim.core.formulas.numerals import NotANumber, integer_text, read_number
from gdsim.core.language.texts import said
from gdsim.core.progress import Progress, run_to_end
from gdsim.core.settings import LARGEST, NUMBER, InvalidValue, quoted

_DETECT_ALL = RequestedFormat()


class _ReadRows(NamedTuple):
    """Some rows of a table: (n, k) numbers, and (n,) flags for validation."""

    numbers: Array
    held_out: Flags


def read_table(content: bytes | str, wish: RequestedFormat = _DETECT_ALL) -> Table:
    """Return the table in a text; see `reading_table`."""
    return run_to_end(reading_table(content, wish))


def reading_table(content: bytes | str, wish: RequestedFormat = _DETECT_ALL) -> Progress[Table]:
    """Yield the share of a text read so far every few milliseconds, and return the table at the end.

    Accepts tabs, semicolons, commas and spaces between columns, decimal commas, a row of names, quoted cells,
    empty lines, comments after #, and every kind of line break. Raises `TableFault` at the first faulty cell:
    a table is read completely or not at all.
    """
    outline, blocks = outlined(content, wish)
    parts = []
    yield 0.0
    try:
        for block, share in blocks:
            parts.append(_quick(block, outline) or _exact(block, outline))
            yield share
    except TableFault as fault:
        fault.outline = outline
        raise
    numbers = np.concatenate([part.numbers for part in parts])
    numbers.flags.writeable = False
    held_out = (
        np.concatenate([part.held_out for part in parts]) if outline.of_kind(ColumnKind.ROLES) else None
    )
    return Table(outline, numbers, held_out)


def reading_table_file(path: Path, wish: RequestedFormat = _DETECT_ALL) -> Progress[Table]:
    """Read a file as `reading_table` does; raises the faults of `content_of`, too."""
    return (yield from reading_table(content_of(path), wish))


def content_of(path: Path) -> bytes:
    """Return the bytes of a file; raises `TableFault` if it cannot be read or is larger than 200 MB."""
    try:
        return read_bytes(path, said("is a folder, not a table"), said("does not exist"))
    except FileFault as fault:
        raise TableFault(str(fault)) from None


# ------------------------------------------------------------------------------- fast, column by column


def _quick(block: Block, outline: Outline) -> _ReadRows | None:
    """Return the rows of a block, or None if anything in it needs `_exact`."""
    cells = _plain_cells(block, outline)
    if cells is None:
        return None
    width = len(outline.columns)
    n = len(cells) // width
    numbers = np.empty((n, len(outline.of_kind(ColumnKind.NUMBERS))))
    held_out = np.zeros(n, dtype=np.bool_)
    try:
        for place, column in enumerate(outline.of_kind(ColumnKind.NUMBERS)):
            texts = _with_points(cells[column::width], outline.dialect.decimal)
            numbers[:, place] = np.fromiter(map(float, texts), np.float64, n)
        for column in outline.of_kind(ColumnKind.ROLES):
            roles = (ROLES[cell.strip().lower()] for cell in cells[column::width])
            held_out[:] = np.fromiter(roles, np.bool_, n)
    except (ValueError, KeyError):
        return None
    if any(cell.strip() for column in outline.of_kind(ColumnKind.EMPTY) for cell in cells[column::width]):
        return None
    return _ReadRows(numbers, held_out) if (np.abs(numbers) <= LARGEST).all() else None  # NaN fails, too


def _plain_cells(block: Block, outline: Outline) -> list[str] | None:
    """Return the cells row by row, or None if the rows differ in length or a cell might be misread.

    Python's `float` accepts digits of other scripts and digits separated by underscores, which a table must
    not contain.
    """
    text, delimiter, width = "".join(block.lines), outline.dialect.delimiter, len(outline.columns)
    if "_" in text or not text.isascii():
        return None
    if '"' in text or delimiter == " ":
        found = [row.cells for row in rows(block, delimiter)]
        return list(chain.from_iterable(found)) if all(len(row) == width for row in found) else None
    blank = f"{delimiter} \t\n"
    lines: Iterable[str] = (line for line in block.lines if line.strip(blank))
    if COMMENT in text:
        lines = (line for line in lines if not is_comment(line))
    kept = list(lines)
    if any(line.count(delimiter) != width - 1 for line in kept):
        return None
    return delimiter.join(kept).split(delimiter) if kept else []


def _with_points(cells: list[str], decimal: str) -> list[str]:
    """Return numbers with decimal points; a number with the wrong mark becomes unreadable."""
    if decimal == ".":
        return cells
    return "\0".join(cells).replace(".", "?").replace(",", ".").split("\0")


# ------------------------------------------------------------------------------- exact, cell by cell


def _exact(block: Block, outline: Outline) -> _ReadRows:
    of_numbers, of_roles, of_nothing = map(
        outline.of_kind, (ColumnKind.NUMBERS, ColumnKind.ROLES, ColumnKind.EMPTY)
    )
    numbers: list[list[float]] = []
    held_out: list[bool] = []
    for row in rows(block, outline.dialect.delimiter):
        cells = _fitted(row, outline)
        numbers.append([number_in(row.line, place, cells[place], outline) for place in of_numbers])
        held_out.append(any(_role(row.line, place, cells[place], outline) for place in of_roles))
        for place in of_nothing:
            if cells[place]:
                reason = said("holds {cells}, but was empty before", cells=quoted(cells[place]))
                raise fault_at(row.line, place, outline, reason)
    array = np.array(numbers, dtype=np.float64).reshape(-1, len(of_numbers))
    return _ReadRows(array, np.array(held_out, dtype=np.bool_))


def _fitted(row: TableRow, outline: Outline) -> list[str]:
    """Return the cells of a row, one per column: extra empty cells are dropped, missing empty ones added."""
    width, cells = len(outline.columns), list(row.cells)
    while len(cells) > width and not cells[-1]:
        cells.pop()
    while len(cells) < width and outline.columns[len(cells)].kind is ColumnKind.EMPTY:
        cells.append("")
    if len(cells) != width:
        raise TableFault(
            "has {columns_in_words}, but the table has {width}",
            columns_in_words=columns_in_words(len(cells)),
            width=integer_text(width),
            line=row.line,
        )
    return cells


def number_in(line: int, column: int, cell: str, outline: Outline) -> float:
    """Return the number in a cell; raises `TableFault` if it is none or has the wrong decimal mark."""
    comma = outline.dialect.decimal == ","
    if not cell:
        raise fault_at(line, column, outline, "is empty")
    plain, wrong = cell, "." if comma else ","
    if outline.columns[column].has_thousands or parts_thousands(cell, outline.dialect.decimal):
        plain = without_thousands(cell, outline.dialect.decimal)
    if wrong in plain and is_number_cell(cell):
        hint = said("with a decimal comma") if comma else said("with a decimal point or without the comma")
        reason = said("must be written {hint}, not as {cell}", hint=hint, cell=quoted(cell))
        raise fault_at(line, column, outline, reason, unclear=True)
    try:
        return float(NUMBER.check(read_number(plain, comma_is_decimal=comma)))
    except NotANumber as fault:
        raise fault_at(line, column, outline, str(fault)) from None
    except InvalidValue:
        raise fault_at(
            line,
            column,
            outline,
            "must be {words}, not {value}",
            words=NUMBER.in_words,
            value=quoted(cell),
        ) from None


def _role(line: int, column: int, cell: str, outline: Outline) -> bool:
    try:
        return ROLES[cell.lower()]
    except KeyError:
        raise fault_at(
            line, column, outline, 'must be "train" or "val", not {cell}', cell=quoted(cell)
        ) from None


def fault_at(
    line: int, column: int, outline: Outline, reason: str, /, *, unclear: bool = False, **parts: object
) -> TableFault:
    """Return the fault of a cell at a line and a column, which is counted from 0."""
    name = outline.columns[column].name
    return TableFault(reason, line=line, column=column + 1, named=name, unclear=unclear, **parts)
