"""Points as text: rows pasted from a spreadsheet, and rows copied to one."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from gdsim.core.numerals import NotANumber, may_part_thousands, precise, read_number
from gdsim.core.param import NUMBER, InvalidValue
from gdsim.core.points import PointsError, PointSet

_LINE_END = re.compile(r"\r\n|\r|\n")
# What may part the columns, the surest sign first. No other spaces: some part thousands.
_SEPARATORS = tuple(map(re.compile, (r"\t", r";", r" *, +", r" +")))
_COMMA = re.compile(r" *, *")
# Text that NumPy reads as we do, and a thousand times faster.
_PLAIN = re.compile(r"[0-9.eE+\-\t\n]*", re.ASCII)

Line = tuple[int, list[str]]


def parse_rows(text: str, dimension: int) -> PointSet:
    """Return the points of a pasted table: the inputs of a point, then its y, on each line.

    Columns are parted by tabs, semicolons, commas with a space, or spaces, whichever of these comes
    first in this order; by commas alone when the numbers have decimal points. Otherwise numbers may
    have a decimal comma. A first line of headings is left out, and so are empty lines.

    Raises
    ------
    PointsError
        With a sentence that names the line and the column.
    """
    quick = _parse_plain(text, dimension)
    if quick is not None:
        return quick
    lines = list(_cells(text))
    if lines and not any(_is_number(cell) for cell in lines[0][1]):
        lines = lines[1:]
    if not lines:
        raise PointsError("There are no numbers in the pasted text.")
    comma_is_decimal = _has_decimal_commas(lines)
    rows = [_numbers(line, dimension, comma_is_decimal=comma_is_decimal) for line in lines]
    table = np.array(rows, dtype=np.float64)
    return PointSet(table[:, :-1], table[:, -1])


def rows_text(points: PointSet) -> str:
    """Return points as tab-separated lines in full precision, which a spreadsheet and `parse_rows` read."""
    rows = np.column_stack([points.x, points.y]).tolist()
    return "".join("\t".join(map(precise, row)) + "\n" for row in rows)


def _parse_plain(text: str, dimension: int) -> PointSet | None:
    """Return the points of a table of plain numbers and tabs; None when it is anything else."""
    body = text.replace("\r\n", "\n").rstrip("\n")
    if not body or not _PLAIN.fullmatch(body):
        return None
    lines = body.split("\n")
    if any(line.count("\t") != dimension for line in lines):
        return None
    try:
        table = np.array(body.replace("\n", "\t").split("\t"), dtype=np.float64).reshape(-1, dimension + 1)
        return PointSet(table[:, :-1], table[:, -1])
    except (ValueError, OverflowError):  # PointsError is a ValueError: the slow way says where
        return None


def _cells(text: str) -> Iterator[Line]:
    """Yield the number and the cells of every line that holds anything."""
    lines = [line.strip(" \xa0") for line in _LINE_END.split(text.lstrip("\ufeff"))]
    otherwise = _COMMA if "." in text else _SEPARATORS[0]  # "1,5" alone may be one number or two
    separator = next((one for one in _SEPARATORS if any(map(one.search, lines))), otherwise)
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip().strip('"').strip() for cell in separator.split(line)]
        if any(cells):
            yield number, cells


def _has_decimal_commas(lines: Sequence[Line]) -> bool:
    """Return whether the text shows that its commas are decimal: one must be, and there are no points."""
    cells = [cell for _, line in lines for cell in line]
    return not any("." in cell for cell in cells) and any(
        "," in cell and _is_number(cell) and not may_part_thousands(cell) for cell in cells
    )


def _is_number(cell: str) -> bool:
    try:
        read_number(cell, comma_is_decimal=True)
    except NotANumber:
        return False
    return True


def _numbers(line: Line, dimension: int, *, comma_is_decimal: bool) -> list[float]:
    number, cells = line
    while len(cells) > dimension + 1 and not cells[-1]:  # a spreadsheet may end every line with a tab
        cells.pop()
    if len(cells) != dimension + 1:
        raise PointsError(_wrong_width(line, dimension))
    return [
        _number(cell, f"Line {number}, column {column}", comma_is_decimal=comma_is_decimal)
        for column, cell in enumerate(cells, start=1)
    ]


def _wrong_width(line: Line, dimension: int) -> str:
    number, cells = line
    if len(cells) == 1 and "," in cells[0]:
        return f"Line {number}, column 1: the comma is not clear. Part the columns with a tab or a semicolon."
    columns = "1 column" if len(cells) == 1 else f"{len(cells)} columns"
    names = "x and y" if dimension == 1 else f"x1 to x{dimension} and y"
    return f"Line {number} has {columns}, but a point has {dimension + 1}: {names}."


def _number(cell: str, place: str, *, comma_is_decimal: bool) -> float:
    if not cell:
        raise PointsError(f"{place} is empty.")
    try:
        return float(NUMBER.check(read_number(cell, comma_is_decimal=comma_is_decimal)))
    except NotANumber as fault:
        raise PointsError(f"{place} {fault}.") from fault
    except InvalidValue as fault:
        raise PointsError(f"{place} {fault.reason}.") from fault
