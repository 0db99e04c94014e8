"""Detecting the format of a table from its first rows."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice

from gdsim.core.files.table.rows import Block, TableRow, open_table_text, rows, text_blocks
from gdsim.core.files.table.table import (
    DECIMALS,
    DELIMITERS,
    Column,
    ColumnKind,
    Dialect,
    Outline,
    RequestedFormat,
    TableFault,
)
from gdsim.core.formulas.numerals import NotANumber, integer_text, may_part_thousands, read_number
from gdsim.core.language.texts import chosen_language, counted, to_say
from gdsim.core.settings import quoted

# The number of rows that are examined and shown.
SAMPLED_ROWS = 100
_MOST_COLUMNS = 1000
_NO_NUMBER = to_say(
    "has no cell that is a number; cells are separated by a tab, a semicolon, a comma or a space"
)
# Tabs rarely occur within numbers or words; commas and spaces often do.
_SURENESS = {"\t": 3.0, ";": 2.0, ",": 1.0, " ": 1.0}
# The thousands separator that goes with each decimal mark, and the numbers in which it is one or may be one.
_SEPARATORS = {",": ".", ".": ","}
_GROUPED = {
    decimal: re.compile(
        rf"[+\-\u2212]?[1-9]\d{{0,2}}(?:{re.escape(mark)}\d{{3}})+(?:{re.escape(decimal)}\d+)?", re.ASCII
    )
    for decimal, mark in _SEPARATORS.items()
}
ROLES = {"train": False, "training": False, "val": True, "validation": True}


def outlined(content: bytes | str, wish: RequestedFormat) -> tuple[Outline, Iterator[tuple[Block, float]]]:
    """Return the outline of a table, and its blocks, each with the share of the text read so far.

    The delimiter is the one for which the most rows have equal length and the most cells are numbers; for the
    decimal mark see `_decimal`. The first row holds names if none of its cells is a number; a title above it
    is skipped. Columns without numbers are ignored. Raises `TableFault` if there are no rows, fewer than two
    columns of numbers, or names that do not fit the columns.
    """
    stream, encoding = open_table_text(content)
    supply = text_blocks(stream)
    block, wish = _declared_delimiter(next(supply, Block(1, [])), wish)
    choices = DELIMITERS if wish.delimiter is None else (wish.delimiter,)
    samples = {one: _sample(block, one) for one in choices}
    if not any(samples.values()):
        raise TableFault("holds no numbers")
    delimiter = max(choices, key=lambda one: _SURENESS[one] * _fitness(samples[one]))
    sample = samples[delimiter] if wish.header is False else _without_title(samples[delimiter])
    decimal = wish.decimal or _decimal(sample)
    header = not any(map(is_number_cell, sample[0].cells)) if wish.header is None else wish.header
    sure = wish.delimiter is not None or delimiter != "," or not _may_be_decimal(sample)
    dialect = Dialect(delimiter, decimal, header, sure)
    outline = _columns(sample, dialect, encoding, block.first, wish.left_out)
    _check(outline, sample)
    return outline, _with_shares(chain([block.after(outline.body_line)], supply), len(content))


def _with_shares(supply: Iterable[Block], length: int) -> Iterator[tuple[Block, float]]:
    done = 0
    for block in supply:
        done += sum(map(len, block.lines))
        yield block, min(1.0, done / length)


def is_number_cell(cell: str) -> bool:
    """Return whether a cell is a number with any decimal mark, possibly with thousands separators."""
    return _is_plain_number(cell) or any(parts_thousands(cell, decimal) for decimal in DECIMALS)


def _is_plain_number(cell: str) -> bool:
    try:
        read_number(cell, comma_is_decimal=True)
    except NotANumber:
        return False
    return True


def parts_thousands(cell: str, decimal: str) -> bool:
    """Return whether a number has marks that can only be thousands separators, as in ``1.234,5``."""
    is_grouped = _GROUPED[decimal].fullmatch(cell) is not None
    return is_grouped and (decimal in cell or cell.count(_SEPARATORS[decimal]) > 1)


def without_thousands(cell: str, decimal: str) -> str:
    """Return a number without its thousands separators, if it has any."""
    return cell.replace(_SEPARATORS[decimal], "") if _GROUPED[decimal].fullmatch(cell) else cell


def _declared_delimiter(block: Block, wish: RequestedFormat) -> tuple[Block, RequestedFormat]:
    """Apply a first line such as ``sep=;``, by which spreadsheets declare the delimiter, and drop it."""
    first = block.lines[0].strip("\n") if block.lines else ""
    if not (first.lower().startswith("sep=") and first[4:] in DELIMITERS):
        return block, wish
    return block.after(block.first + 1), replace(wish, delimiter=wish.delimiter or first[4:])


def _sample(block: Block, delimiter: str) -> list[TableRow]:
    try:
        return list(islice(rows(block, delimiter), SAMPLED_ROWS + 1))
    except TableFault:  # with the wrong delimiter a cell may be too long
        return []


def _without_title(sample: list[TableRow]) -> list[TableRow]:
    """Drop a title, as measuring programs write it: a first row with one cell above a row of names."""
    if len(sample) <= 2:  # noqa: PLR2004 - title, names and numbers
        return sample
    title, names = ([cell for cell in row.cells if cell] for row in sample[:2])
    is_title = len(title) == 1 < len(names) and not any(map(is_number_cell, title + names))
    return sample[1:] if is_title else sample


def _fitness(sample: Sequence[TableRow]) -> float:
    """Return how well a delimiter fits: the share of equally long rows times the share of numbers."""
    body = sample[1:] or sample
    if not body:
        return 0.0
    width, count = Counter(len(row.cells) for row in body).most_common(1)[0]
    cells = [cell for row in body for cell in row.cells if cell]
    if width < 2 or not cells:  # noqa: PLR2004 - x and y
        return 0.0
    return count / len(body) * sum(map(is_number_cell, cells)) / len(cells)


def _decimal(sample: Sequence[TableRow]) -> str:
    """Return the decimal mark.

    It is known if some number has thousands separators. Else it is a comma if no number has a point and one
    has a comma that cannot separate thousands, or any comma if the chosen language has a decimal comma.
    """
    cells = [cell for row in sample for cell in row.cells]
    known = [one for one in DECIMALS if any(parts_thousands(cell, one) for cell in cells)]
    if len(known) == 1:
        return known[0]
    numbers = list(filter(_is_plain_number, cells))
    if any("." in cell for cell in numbers):
        return "."
    is_usual = chosen_language().decimal_sign == ","
    is_comma = any("," in cell and (is_usual or not may_part_thousands(cell)) for cell in numbers)
    return "," if is_comma else "."


def _may_be_decimal(sample: Sequence[TableRow]) -> bool:
    """Return whether every row could also be read as one number with a decimal comma, such as ``1,5``."""
    return all(len(row.cells) == 2 and _is_plain_number(",".join(row.cells)) for row in sample)  # noqa: PLR2004


def _columns(
    sample: Sequence[TableRow], dialect: Dialect, encoding: str, first: int, left_out: frozenset[int]
) -> Outline:
    body = sample[1:] if dialect.header else sample
    if not body:
        raise TableFault(_NO_NUMBER)
    width = Counter(len(row.cells) for row in body).most_common(1)[0][0]
    if width > _MOST_COLUMNS:
        raise TableFault(
            "has {width} columns; at most {most_columns} can be read",
            width=integer_text(width),
            most_columns=integer_text(_MOST_COLUMNS),
            line=body[0].line,
        )
    names = sample[0].cells if dialect.header else []
    names = [*names, *[""] * (width - len(names))]
    filled = [[row.cells[place] for row in body if place < len(row.cells)] for place in range(width)]
    kinds = (
        ColumnKind.WORDS if place in left_out else _kind(name, cells)
        for place, (name, cells) in enumerate(zip(names[:width], filled, strict=True))
    )
    columns = tuple(
        Column(name, kind, any(parts_thousands(cell, dialect.decimal) for cell in cells))
        for name, kind, cells in zip(names[:width], kinds, filled, strict=True)
    )
    shown = tuple(tuple(row.cells[:width]) for row in body[:SAMPLED_ROWS])
    body_line = sample[1].line if dialect.header else first
    return Outline(dialect, encoding, columns, shown, body_line)


def _kind(name: str, cells: Sequence[str]) -> ColumnKind:
    if any(map(is_number_cell, cells)):
        return ColumnKind.NUMBERS
    if not any(cells):
        return ColumnKind.EMPTY
    if name.lower() == "role" and all(cell.lower() in ROLES for cell in cells):
        return ColumnKind.ROLES
    return ColumnKind.WORDS


def _check(outline: Outline, sample: Sequence[TableRow]) -> None:
    try:
        if outline.dialect.header:
            _check_names(outline, sample[0])
        _check_columns(outline, sample)
    except TableFault as fault:
        fault.outline = outline
        raise


def _check_names(outline: Outline, names: TableRow) -> None:
    """Raise if the names may belong to other columns than those below them."""
    filled = [place for place, name in enumerate(names.cells) if name]
    named, width = (filled[-1] + 1 if filled else 0), len(outline.columns)
    short_of = len(names.cells) < width and any(
        column.kind is not ColumnKind.EMPTY for column in outline.columns[len(names.cells) :]
    )
    if named > width or short_of:
        raise TableFault(
            "has {columns_in_words}, but line {body_line} has {width}",
            columns_in_words=columns_in_words(named),
            body_line=outline.body_line,
            width=width,
            line=names.line,
        )


def _check_columns(outline: Outline, sample: Sequence[TableRow]) -> None:
    numbers = outline.of_kind(ColumnKind.NUMBERS)
    if len(numbers) >= 2:  # noqa: PLR2004 - x and y
        return
    body = sample[1:] if outline.dialect.header else sample
    words = outline.of_kind(ColumnKind.WORDS)
    if not numbers:
        raise TableFault(_NO_NUMBER)
    if words and words[0] < len(body[0].cells):
        cell, name = body[0].cells[words[0]], outline.columns[words[0]].name
        raise TableFault(
            "must be a number, not {text}",
            text=quoted(cell),
            line=body[0].line,
            column=words[0] + 1,
            named=name,
        )
    raise TableFault("has 1 column of numbers, but at least 2 are needed", line=body[0].line)


def columns_in_words(columns: int) -> str:
    return counted(columns, "1 column", "{n} columns")
