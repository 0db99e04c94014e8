"""Two ways to write a worked step down: as plain text, and in LaTeX."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from gdsim.core.formulas.formula import Formula
from gdsim.core.formulas.formula_text import (
    LATEX,
    LATEX_LETTERS,
    MINUS,
    TEXT,
    Piece,
    Script,
    filled,
    template,
)
from gdsim.core.formulas.notation import ATOM, FACTOR, SUM, Symbols
from gdsim.core.formulas.rule_text import typeset


class Writing(ABC):
    """A way to write formulas and numbers."""

    @abstractmethod
    def letters(self, formula: Formula, known: Symbols) -> str:
        """Return a formula in the lecture's letters."""

    @abstractmethod
    def numbers(self, formula: Formula, texts: Mapping[str, str]) -> str:
        """Return the right side of a formula with numbers for its names."""

    @abstractmethod
    def number(self, text: str) -> str:
        """Return a number that stands for itself."""

    @abstractmethod
    def gradient(self, parameter: str, known: Symbols) -> str:
        """Return the sum over points that is the gradient of a parameter."""


class PlainText(Writing):
    """Plain text with Unicode signs."""

    def letters(self, formula: Formula, known: Symbols) -> str:
        """Return such as ``"vₜ = γ·vₜ₋₁ + η·∇wₜ"``."""
        right = filled(template(formula.node, TEXT), lambda name: Piece(known[name].text, known[name].rank))
        return typeset(f"{known[formula.target].text} = {right}")

    def numbers(self, formula: Formula, texts: Mapping[str, str]) -> str:
        """Return such as ``"0.9·(−0.0952) + 1·(−0.0034)"``."""
        return _with_numbers(self, TEXT, formula, texts)

    def number(self, text: str) -> str:
        """Return a number with a true minus; the hyphen of an exponent stays."""
        return MINUS + text[1:] if text.startswith("-") else text

    def gradient(self, parameter: str, known: Symbols) -> str:
        """Return such as ``"∇wₜ = Σᵢ (fᵢ − yᵢ)·fᵢ·(1 − fᵢ)·xᵢ"``."""
        x = "" if parameter == "b" else f"·{parameter.replace('w', 'x')}_i"
        return typeset(f"{known['g'].text} = Σ_i (f_i - y_i)·f_i·(1 - f_i){x}")


class Latex(Writing):
    """LaTeX, with ``&=`` for the signs that line up."""

    def letters(self, formula: Formula, known: Symbols) -> str:
        r"""Return such as ``"v_{t} &= \gamma \, v_{t-1} + \eta \, \nabla w_{t}"``."""
        places = template(formula.node, LATEX_LETTERS)
        right = filled(places, lambda name: Piece(known[name].latex, known[name].rank))
        return f"{known[formula.target].latex} &= {right}"

    def numbers(self, formula: Formula, texts: Mapping[str, str]) -> str:
        r"""Return such as ``"0.9 \cdot (-0.0952) + 1 \cdot (-0.0034)"``."""
        return _with_numbers(self, LATEX, formula, texts)

    def number(self, text: str) -> str:
        """Return a number with its power of ten written out."""
        text = text.replace("∞", r"\infty").replace("NaN", r"\mathrm{NaN}")
        mantissa, _, exponent = text.partition("e")
        if not exponent:
            return text
        power = f"10^{{{int(exponent)}}}"
        sign = {"1": "", "-1": "-"}.get(mantissa)
        return rf"{mantissa} \cdot {power}" if sign is None else sign + power

    def gradient(self, parameter: str, known: Symbols) -> str:
        """Return the sum with a sigma."""
        number = f"^{{({parameter[1:]})}}" if parameter[1:] else ""
        x = "" if parameter == "b" else rf" \, x{number}_i"
        return rf"{known['g'].latex} &= \sum_i (f_i - y_i) \, f_i \, (1 - f_i){x}"


PLAIN_TEXT, IN_LATEX = PlainText(), Latex()


def _with_numbers(writing: Writing, script: Script, formula: Formula, texts: Mapping[str, str]) -> str:
    def piece(name: str) -> Piece:
        text = texts[name]
        return Piece(writing.number(text), _rank(text))

    return filled(template(formula.node, script), piece)


def _rank(text: str) -> int:
    if text.startswith("-"):
        return SUM
    return FACTOR if "e" in text else ATOM
