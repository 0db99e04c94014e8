"""The terms of the gradient as a text table, laid out for the available width."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gdsim.core.analysis.shown_numbers import measured, scheduled
from gdsim.core.analysis.update import GradientTerms
from gdsim.core.formulas import numerals
from gdsim.core.formulas.printing import PLAIN_TEXT
from gdsim.core.model.neuron import written_names
from gdsim.gui.step.step_rows import Segment, StyledLine, split_line
from gdsim.gui.translation import tr

_GAP = 2
_ROW_CELLS = 3  # in a row of a point
# The two rows of a point with one input: f and its factors, then x and the products.
_PARTS = (0, 1)
_SPREAD = 2  # how much wider gaps may be if there is room
_LABEL, _STRONG = "label", "strong"


class _Cell(NamedTuple):
    name: str
    text: str
    role: str = ""


_BLANK = _Cell("", "")


class _TermRow(NamedTuple):
    label: str
    cells: list[_Cell]


class _TermTable(NamedTuple):
    headings: list[_TermRow]
    rows: list[_TermRow]
    sums: Sequence[tuple[str, Sequence[_TermRow]]] = ()

    @property
    def all_rows(self) -> list[_TermRow]:
        return [*self.headings, *self.rows, *(row for _, rows in self.sums for row in rows)]


def term_lines(
    terms: GradientTerms, gradient: Sequence[float], digits: int | None, columns: int
) -> list[StyledLine]:
    """Return the table as lines of at most ``columns`` characters, if possible.

    The numbers of a point stand on one line, or in two tables one below the other, or on a line each. With
    several inputs, a point has a line for each weight. The ``gradient`` (d + 1,) is the sum that the update
    used, because adding the terms in another order may round differently.
    """
    names = written_names(terms.x.shape[1])
    points = [_point(terms, place, names, digits) for place in range(len(terms.rows))]
    sums = _sums(terms, gradient, names, digits)
    for tables in _layouts(points, sums):
        laid = [_aligned(table, columns) for table in tables]
        if all(laid):
            return [line for place, lines in enumerate(laid) for line in ([()] if place else []) + lines]
    labels = [row.label for rows in [*points, *(rows for _, rows in sums)] for row in rows]
    indent = max(map(len, labels), default=1) + 1
    return [
        short for line in _one_a_line(points, sums, indent) for short in split_line(line, columns, indent)
    ]


def _layouts(
    points: Sequence[list[_TermRow]], sums: Sequence[tuple[str, list[_TermRow]]]
) -> Iterator[tuple[_TermTable, ...]]:
    """Yield the possible layouts of the numbers in tables, the widest first."""
    if any(len(rows) > len(_PARTS) for rows in points):
        yield (_TermTable(_headings(points[0]), [row for rows in points for row in rows], sums),)
        return
    whole = [_on_one_line(rows) for rows in points]
    padded = [(label, [_on_one_line([_TermRow("", [_BLANK] * _ROW_CELLS), *rows])]) for label, rows in sums]
    yield (_TermTable(_headings(whole[:1]), whole, padded),)
    parts = [[_TermRow(rows[0].label, rows[part].cells) for rows in points] for part in _PARTS]
    first, second = (_TermTable(_headings(rows[:1]), rows) for rows in parts)
    yield first, second._replace(sums=sums)


def _point(terms: GradientTerms, place: int, names: Sequence[str], digits: int | None) -> list[_TermRow]:
    """Return the numbers of one point in rows of three cells."""
    first_row = [
        _Cell("f", _text(terms.output[place], digits)),
        *(
            _Cell(letters, _text(factor[place], digits))
            for letters, factor in zip(terms.letters(PLAIN_TEXT), terms.factors, strict=True)
        ),
    ]
    first_row += [_BLANK] * (_ROW_CELLS - len(first_row))
    inputs = [
        _Cell(name.replace("w", "x"), PLAIN_TEXT.number(scheduled(float(x), digits)))
        for name, x in zip(names[:-1], terms.x[place], strict=True)
    ]
    products = _products(terms.products[place], names, digits)
    label = str(terms.rows[place] + 1)
    if len(inputs) == 1:
        return [_TermRow(label, first_row), _TermRow("", [*inputs, *products])]
    pairs = zip(names, [*inputs, _BLANK], products, strict=True)
    return [_TermRow(label, first_row), *(_TermRow(f" {name}", [_BLANK, x, term]) for name, x, term in pairs)]


def _sums(
    terms: GradientTerms, gradient: Sequence[float], names: Sequence[str], digits: int | None
) -> list[tuple[str, list[_TermRow]]]:
    """Return the labelled rows below the terms: the sum of those left out, the penalty, the whole sum."""

    def under(values: Iterable[float]) -> list[_TermRow]:
        products = _products(values, names, digits)
        if len(names) == 2:
            return [_TermRow("", [_BLANK, *products])]
        return [
            _TermRow(f" {name}", [_BLANK, _BLANK, term]) for name, term in zip(names, products, strict=True)
        ]

    ends = [(tr("sum"), under(gradient))]
    if terms.penalty.any():
        ends.insert(0, (tr("penalty"), under(terms.penalty)))
    if not terms.others:
        return ends
    more = tr("and 1 more term, sum") if terms.others == 1 else tr("and {0} more terms, sum")
    return [(more.format(numerals.integer_text(terms.others)), under(terms.others_sum)), *ends]


def _products(values: Iterable[float], names: Sequence[str], digits: int | None) -> list[_Cell]:
    pairs = zip(names, values, strict=True)
    return [_Cell(tr("∇{0} term").format(name), _text(value, digits), _STRONG) for name, value in pairs]


def _text(value: float, digits: int | None) -> str:
    return PLAIN_TEXT.number(measured(float(value), digits))


def _on_one_line(rows: Sequence[_TermRow]) -> _TermRow:
    return _TermRow(rows[0].label, [cell for row in rows for cell in row.cells])


def _headings(rows: Sequence[_TermRow]) -> list[_TermRow]:
    first, *others = ([cell.name for cell in row.cells] for row in rows)
    if len(others) > 1:  # one row for each parameter
        others = [["", "x", tr("term")]]
    named = [[_Cell("", name, _LABEL) for name in names] for names in (first, *others)]
    return [_TermRow("i" if row is named[0] else "", row) for row in named]


def _aligned(table: _TermTable, columns: int) -> list[StyledLine]:
    """Return the lines of a table; an empty list if it is wider than ``columns`` characters."""
    indent = max(len(row.label) for row in table.all_rows) + 1
    cells = zip(*(row.cells for row in table.all_rows), strict=True)
    widths = [max(len(cell.text) for cell in column) for column in cells]
    gap = min(_GAP + _SPREAD, (columns - indent - sum(widths)) // len(widths))
    if gap < _GAP:
        return []
    widths = [width + gap for width in widths]
    lines = [_line(row.label, row.cells, indent, widths) for row in (*table.headings, *table.rows)]
    return [*lines, *(line for each in table.sums for line in _sum_lines(*each, indent, widths))]


def _sum_lines(
    label: str, rows: Sequence[_TermRow], indent: int, widths: Sequence[int]
) -> Iterator[StyledLine]:
    """Yield a sum with its label before it, or above it if the label is too long."""
    first = rows[0]
    blanks = next(place for place, cell in enumerate(first.cells) if cell.text)
    before = indent + sum(widths[:blanks])
    if first.label or len(label) >= before:
        yield (Segment(label, _LABEL),)
        yield from (_line(row.label, row.cells, indent, widths) for row in rows)
    else:
        yield _line(label, first.cells[blanks:], before, widths[blanks:])


def _line(label: str, cells: Sequence[_Cell], indent: int, widths: Sequence[int]) -> StyledLine:
    return Segment(label.ljust(indent), _LABEL), *(
        Segment(cell.text.rjust(width), cell.role) for cell, width in zip(cells, widths, strict=True)
    )


def _one_a_line(
    points: Sequence[Sequence[_TermRow]], sums: Sequence[tuple[str, Sequence[_TermRow]]], indent: int
) -> Iterator[StyledLine]:
    cells = [[cell for row in rows for cell in row.cells if cell.text] for rows in points]
    width = max((len(cell.name) for each in cells for cell in each), default=0) + _GAP
    for rows, each in zip(points, cells, strict=True):
        yield from _column(rows[0].label, each, indent, width)
    for label, rows in sums:
        yield (Segment(label, _LABEL),)
        yield from _column("", [cell for row in rows for cell in row.cells if cell.text], indent, width)


def _column(label: str, cells: Sequence[_Cell], indent: int, width: int) -> Iterator[StyledLine]:
    for cell in cells:
        heading = (label if cell is cells[0] else "").ljust(indent) + cell.name.ljust(width)
        yield Segment(heading, _LABEL), Segment(cell.text, cell.role)
