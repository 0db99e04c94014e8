"""Lines of a worked step, in letters and with numbers put in: as plain text, and in LaTeX."""

from collections.abc import Mapping
from dataclasses import dataclass

from gdsim.core.formulas.language import Formula, Node
from gdsim.core.formulas.printing import (
    LATEX,
    LATEX_LETTERS,
    MINUS,
    TEXT,
    Piece,
    Printer,
    filled,
    latex_number,
    template,
)
from gdsim.core.formulas.symbols import ATOM, FACTOR, SUM, Symbol, Symbols, typeset


@dataclass(frozen=True)
class FormulaWriter:
    """Writes formulas and numbers: in LaTeX, with ``&=`` for signs that line up, or as text in Unicode."""

    is_latex: bool = False

    def line(self, formula: Formula, known: Symbols) -> str:
        """Return a formula in letters, such as ``"vₜ = γ·vₜ₋₁ + η·∇wₜ"``."""
        left, right = self.symbol(known[formula.target]), self.letters(formula.node, known)
        return f"{left} &= {right}" if self.is_latex else typeset(f"{left} = {right}")

    def letters(self, node: Node, known: Symbols) -> str:
        """Return a right side in letters; in plain text before `typeset`."""
        printer = LATEX_LETTERS if self.is_latex else TEXT
        return filled(template(node, printer), lambda name: Piece(self.symbol(known[name]), known[name].rank))

    def numbers(self, node: Node, texts: Mapping[str, str]) -> str:
        """Return a right side with numbers for its names, such as ``"0.9·(−0.0952) + 1·(−0.0034)"``."""
        printer: Printer = LATEX if self.is_latex else TEXT

        def piece(name: str) -> Piece:
            text = texts[name]
            return Piece(self.number(text), SUM if text.startswith("-") else FACTOR if "e" in text else ATOM)

        return filled(template(node, printer), piece)

    def number(self, text: str) -> str:
        """Return a number that stands for itself, with a true minus."""
        if self.is_latex:
            return latex_number(text)
        return MINUS + text[1:] if text.startswith("-") else text

    def symbol(self, symbol: Symbol) -> str:
        """Return a symbol."""
        return symbol.latex if self.is_latex else symbol.text


PLAIN_TEXT, IN_LATEX = FormulaWriter(), FormulaWriter(is_latex=True)
