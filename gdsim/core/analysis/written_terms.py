"""The terms of a gradient as a table to be copied: plain text, Markdown or LaTeX."""

from collections.abc import Iterable

from gdsim.core.analysis.shown_numbers import measured, scheduled
from gdsim.core.analysis.update import GradientTerms, Update
from gdsim.core.formulas.numerals import integer_text
from gdsim.core.formulas.printing import IN_LATEX, PLAIN_TEXT, FormulaWriter
from gdsim.core.formulas.symbols import of_name
from gdsim.core.language.texts import said
from gdsim.core.language.translations import THOUSANDS
from gdsim.core.model.neuron import input_names, parameter_names, written_inputs, written_names


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
    """Return the terms as an ``array`` of LaTeX, which needs no package."""
    dimension = terms.x.shape[1]
    inputs = [of_name(name).latex for name in input_names(dimension)]
    slopes = [rf"\nabla {of_name(name).latex}" for name in parameter_names(dimension)]
    headings = ["i", *inputs, "f", *terms.letters(IN_LATEX), *slopes]
    rows = [
        [rf"\mbox{{{cell}}}" if cell[:1].isalpha() and cell != "NaN" else cell for cell in row]
        for row in _rows(update, terms, digits, IN_LATEX)
    ]
    lines = [" & ".join(row) + r" \\" for row in (headings, *rows)]
    lines[0] += r" \hline"
    lines[-2] += r" \hline"
    array = "r|" + "r" * (len(headings) - 1)
    text = "\n".join([r"\[", rf"\begin{{array}}{{{array}}}", *lines, r"\end{array}", r"\]"]) + "\n"
    return text.replace(THOUSANDS, r"\,")


def _headings(terms: GradientTerms) -> list[str]:
    dimension = terms.x.shape[1]
    products = [said("∇{name} term", name=name) for name in written_names(dimension)]
    return ["i", *written_inputs(dimension), "f", *terms.letters(PLAIN_TEXT), *products]


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
        rows.append(
            [said("and {n} more", n=integer_text(terms.others)), *blanks, *measures(terms.others_sum)]
        )
    if terms.penalty.any():
        rows.append([said("penalty"), *blanks, *measures(terms.penalty)])
    return [*rows, [said("sum"), *blanks, *measures(update.gradient)]]
