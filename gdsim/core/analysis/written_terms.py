"""The terms of a gradient as a table to be copied: plain text, Markdown, LaTeX."""

from collections.abc import Iterable

from gdsim.core.analysis.shown_numbers import measured, scheduled
from gdsim.core.analysis.update import GradientTerms, Update
from gdsim.core.formulas.numerals import count
from gdsim.core.formulas.printing import IN_LATEX, PLAIN_TEXT, FormulaWriter
from gdsim.core.language.words import said
from gdsim.core.model.neuron import parameter_names


def terms_as_text(update: Update, terms: GradientTerms, digits: int | None) -> str:
    """Return the terms as lines with aligned columns; the last one is the gradient that was used."""
    table = [_headings(terms), *_rows(update, terms, digits, PLAIN_TEXT)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = ("  ".join(map(str.rjust, row, widths)).rstrip() for row in table)
    return "\n".join([said("Terms of the gradient"), *lines]) + "\n"


def terms_as_markdown(update: Update, terms: GradientTerms, digits: int | None) -> str:
    """Return the terms as a table with a row for each point."""
    headings = _headings(terms)
    ruler = ["---:"] * len(headings)
    table = [headings, ruler, *_rows(update, terms, digits, PLAIN_TEXT)]
    lines = (f"| {' | '.join(row)} |" for row in table)
    return "\n".join([f"**{said('Terms of the gradient')}**", "", *lines]) + "\n"


def terms_as_latex(update: Update, terms: GradientTerms, digits: int | None) -> str:
    """Return the terms as an ``array``, of LaTeX itself."""
    names = parameter_names(terms.x.shape[1])
    inputs = [_indexed(name.replace("w", "x")) for name in names[:-1]]
    headings = ["i", *inputs, "f", *terms.letters(IN_LATEX), *(rf"\nabla {_indexed(name)}" for name in names)]
    rows = [
        [rf"\text{{{cell}}}" if cell[:1].isalpha() and cell != "NaN" else cell for cell in row]
        for row in _rows(update, terms, digits, IN_LATEX)
    ]
    lines = [" & ".join(row) + r" \\" for row in (headings, *rows)]
    lines[0] += r" \hline"
    lines[-2] += r" \hline"
    array = "r|" + "r" * (len(headings) - 1)
    return "\n".join([r"\[", rf"\begin{{array}}{{{array}}}", *lines, r"\end{array}", r"\]"]) + "\n"


def _headings(terms: GradientTerms) -> list[str]:
    names = parameter_names(terms.x.shape[1])
    inputs = [name.replace("w", "x") for name in names[:-1]]
    products = [said("∇{name} term", name=name) for name in names]
    return ["i", *inputs, "f", *terms.letters(PLAIN_TEXT), *products]


def _rows(update: Update, terms: GradientTerms, digits: int | None, writer: FormulaWriter) -> list[list[str]]:
    def measures(values: Iterable[float]) -> list[str]:
        return [writer.number(measured(float(value), digits)) for value in values]

    rows = [
        [
            str(point + 1),
            *(writer.number(scheduled(float(one), digits)) for one in x),
            *measures([output, *factors, *products]),
        ]
        for point, x, output, factors, products in zip(
            terms.rows, terms.x, terms.output, zip(*terms.factors, strict=True), terms.products, strict=True
        )
    ]
    blanks = [""] * (terms.x.shape[1] + 1 + len(terms.factors))
    if terms.others:
        rows.append([said("and {n} more", n=count(terms.others)), *blanks, *measures(terms.others_sum)])
    if terms.penalty.any():
        rows.append([said("penalty"), *blanks, *measures(terms.penalty)])
    return [*rows, [said("sum"), *blanks, *measures(update.gradient)]]


def _indexed(name: str) -> str:
    return name if len(name) == 1 else f"{name[0]}_{{{name[1:]}}}"
