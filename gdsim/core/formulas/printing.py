"""Formulas as text for people: with letters or with numbers, in Unicode or in LaTeX."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import ClassVar, NamedTuple, TypeAlias

from gdsim.core.formulas.numerals import MINUS, machine_readable, with_power, with_true_minus
from gdsim.core.formulas.symbols import (
    ATOM,
    FACTOR,
    PRODUCT,
    QUOTIENT,
    SCALED,
    SUM,
    Symbol,
    Symbols,
    symbol_text,
    typeset,
)
from gdsim.core.formulas.syntax import (
    COMPARISONS,
    PI,
    Binary,
    Call,
    Formula,
    Name,
    Negative,
    Node,
    Number,
    QuotedText,
    is_number,
)
from gdsim.core.language.texts import localised

# The multiplication sign in LaTeX between numbers.
_DOT = r" \cdot "
# A comparison has a lower precedence than a sum.
_COMPARISON = SUM - 1
_COMMA = re.compile(r"(?<=\d),(?=\d)", re.ASCII)
_EXPONENT = re.compile(r"(\d[\d.,]*)e(-?\d+)", re.ASCII)


class Piece(NamedTuple):
    """The text that is written for a name, and its precedence."""

    text: str
    rank: int


class Slot(NamedTuple):
    """A placeholder for a name; a text with a precedence below ``least`` gets parentheses there."""

    name: str
    least: int


class Numeral(str):
    """A number in a template, in English, because templates are cached across changes of the language."""

    __slots__ = ()


class LatexNumeral(Numeral):
    """A number in a LaTeX template, where a decimal comma needs braces to have no space after it."""

    __slots__ = ()


# A formula with slots for its names; and a template with the precedence of its outermost operation.
Template: TypeAlias = tuple[str | Slot, ...]
Ranked: TypeAlias = tuple[Template, int]


class Printer:
    """Printer of formulas as plain text with Unicode signs; ``times`` is the multiplication sign."""

    plus, minus, negative, pi = " + ", f" {MINUS} ", MINUS, "π"
    comparisons: ClassVar = dict(zip(COMPARISONS, ("<", "≤", ">", "≥", "=", "≠"), strict=True))
    # The text before and after the arguments of a function, and the precedence of the whole.
    _calls: ClassVar[Mapping[str, tuple[str, str, int]]] = {
        "floor": ("⌊", "⌋", ATOM),
        "abs": ("|", "|", ATOM),
        "norm": ("‖", "‖", ATOM),
        "exp": ("e^(", ")", FACTOR),
        "sqrt": ("√(", ")", ATOM),
        "log1p": ("ln(1 + ", ")", ATOM),
        "log2": ("log₂(", ")", ATOM),
        "log": ("ln(", ")", ATOM),
        "newton": ("−H⁻¹·", "", PRODUCT),
        "damped_newton": ("−(H + λI)⁻¹·", "", PRODUCT),
        "saddle_free_newton": ("−|H|⁻¹·", "", PRODUCT),
        "gauss_newton": ("−G⁻¹·", "", PRODUCT),
        "levenberg_marquardt": ("−(G + μI)⁻¹·", "", PRODUCT),
        "bfgs": ("−B·", "", PRODUCT),
        "conjugate_gradient": ("β·dₜ₋₁ − ", "", SUM),
    }

    def __init__(self, times: str = "·") -> None:
        self._times = times

    def written(self, node: Node, least: int = _COMPARISON) -> Template:
        """Return a formula as a template, in parentheses if its precedence is below ``least``."""
        if isinstance(node, Name) and node.name != PI:
            return (Slot(node.name, least),)
        template, rank = self._ranked(node)
        return template if rank >= least else ("(", *template, ")")

    def _ranked(self, node: Node) -> Ranked:
        match node:
            case Number(value):
                return self._number(value)
            case Name():
                return (self.pi,), ATOM
            case QuotedText(text):
                return (repr(text),), ATOM
            case Binary(sign, left, right):
                return self._binary(sign, left, right)
            case Negative(term):
                return (self.negative, *self.written(term, PRODUCT)), SUM
            case Call("where", (condition, true, false)):
                return self._choice(condition, true, false)
            case Call(function, terms):
                return self._call(function, terms)

    def _binary(self, sign: str, left: Node, right: Node) -> Ranked:
        match sign:
            case "*":
                factor = self.written(right, SCALED)
                return (*self.written(left, PRODUCT), self._times_before(factor), *factor), PRODUCT
            case "/":
                return self._quotient(left, right)
            case "**":
                return self._power(left, right)
            case "+" | "-":
                between = self.plus if sign == "+" else self.minus
                return (*self.written(left, SUM), between, *self.written(right, QUOTIENT)), SUM
        between = f" {self.comparisons[sign]} "
        return (*self.written(left, SUM), between, *self.written(right, SUM)), _COMPARISON

    def _times_before(self, factor: Template) -> str:  # noqa: ARG002 - for LaTeX
        return self._times

    def _number(self, value: float) -> Ranked:
        text = str(value) if isinstance(value, int) else with_true_minus(machine_readable(value))
        return (Numeral(text),), ATOM

    def _quotient(self, left: Node, right: Node) -> Ranked:
        # The rank gives a quotient parentheses within a product, so that it is not misread.
        below = self.written(right, FACTOR)
        bar = " / " if below[0] == "(" else "/"
        return (*self.written(left, PRODUCT), bar, *below), QUOTIENT

    def _power(self, base: Node, exponent: Node) -> Ranked:
        if is_number(exponent, 2):
            return (*self.written(base, ATOM), "²"), FACTOR
        return (*self.written(base, ATOM), "^", *self.written(exponent, ATOM)), FACTOR

    def _choice(self, condition: Node, true: Node, false: Node) -> Ranked:
        # A nested choice in the first branch gets parentheses, so that it is not misread.
        first, last = self.written(true, SUM), self.written(false)
        return (*first, " if ", *self.written(condition), " else ", *last), _COMPARISON

    def _call(self, function: str, terms: tuple[Node, ...]) -> Ranked:
        before, after, rank = self._calls.get(function) or (self._name(function) + "(", ")", ATOM)
        if function == "log1p":  # its argument is a term of a sum
            return (before, *self.written(terms[0], QUOTIENT), after), rank
        return (before, *self._listed(terms), after), rank

    def _name(self, function: str) -> str:
        return function

    def _listed(self, terms: tuple[Node, ...]) -> Template:
        first, *others = map(self.written, terms)
        return first + tuple(piece for other in others for piece in (", ", *other))


class LatexPrinter(Printer):
    """Printer of LaTeX, with numbers times powers of ten, and quotients as fractions."""

    minus, negative, pi = " - ", "-", r"\pi"
    comparisons: ClassVar = dict(zip(COMPARISONS, ("<", r"\le", ">", r"\ge", "=", r"\ne"), strict=True))
    _calls: ClassVar[Mapping[str, tuple[str, str, int]]] = {
        "abs": ("|", "|", ATOM),
        "norm": (r"\|", r"\|", ATOM),
        "exp": ("e^{", "}", FACTOR),
        "sqrt": (r"\sqrt{", "}", ATOM),
        "log1p": (r"\ln(1 + ", ")", ATOM),
        "log2": (r"\log_2(", ")", ATOM),
        "log": (r"\ln(", ")", ATOM),
        "newton": (r"-H^{-1} \, ", "", PRODUCT),
        "damped_newton": (r"-(H + \lambda I)^{-1} \, ", "", PRODUCT),
        "saddle_free_newton": (r"-|H|^{-1} \, ", "", PRODUCT),
        "gauss_newton": (r"-G^{-1} \, ", "", PRODUCT),
        "levenberg_marquardt": (r"-(G + \mu I)^{-1} \, ", "", PRODUCT),
        "bfgs": (r"-B \, ", "", PRODUCT),
        "conjugate_gradient": (r"\beta \, d_{t-1} - ", "", SUM),
    }

    def _times_before(self, factor: Template) -> str:
        # Before a number a thin space is too little: 0.5 2^t looks like 0.52^t.
        return _DOT if isinstance(factor[0], Numeral) else self._times

    def _number(self, value: float) -> Ranked:
        text = str(value) if isinstance(value, int) else machine_readable(value)
        return (LatexNumeral(latex_number(text)),), SCALED if "e" in text else ATOM

    def _quotient(self, left: Node, right: Node) -> Ranked:
        return (r"\frac{", *self.written(left), "}{", *self.written(right), "}"), FACTOR

    def _power(self, base: Node, exponent: Node) -> Ranked:
        return (*self.written(base, ATOM), "^{", *self.written(exponent), "}"), FACTOR

    def _choice(self, condition: Node, true: Node, false: Node) -> Ranked:
        # Cases within a formula get parentheses, because a brace marks only where they begin.
        above = (*self.written(true), r" & ", *self.written(condition))
        below = (*self.written(false), r" & \mathrm{else}")
        return (r"\begin{cases} ", *above, r" \\ ", *below, r" \end{cases}"), _COMPARISON

    def _call(self, function: str, terms: tuple[Node, ...]) -> Ranked:
        if function == "floor":
            return (r"\lfloor ", *self._inline(terms[0]), r" \rfloor"), ATOM
        return super()._call(function, terms)

    def _name(self, function: str) -> str:
        return rf"\mathrm{{{function}}}" if function in ("mod", "sign") else rf"\{function}"

    def _inline(self, node: Node) -> Template:
        """Return a formula with a slash in place of a fraction, if it is a quotient."""
        if isinstance(node, Binary) and node.sign == "/":
            return (*self.written(node.left, PRODUCT), "/", *self.written(node.right, FACTOR))
        return self.written(node)


def latex_number(text: str) -> str:
    """Return a text of one or more numbers in LaTeX, with exponents written as powers of ten.

    A comma between digits gets braces, so that it has no space after it.
    """
    for letters, latex in ((MINUS, "-"), ("∞", r"\infty"), ("…", r"\dots"), ("NaN", r"\mathrm{NaN}")):
        text = text.replace(letters, latex)
    return _COMMA.sub("{,}", _EXPONENT.sub(_latex_power, text))


def _latex_power(found: re.Match[str]) -> str:
    power = f"10^{{{int(found[2])}}}"
    return power if found[1] == "1" else rf"{found[1]} \cdot {power}"


TEXT = Printer()
LATEX = LatexPrinter(times=_DOT)
# Between letters there is no sign, only a thin space.
_LATEX_SYMBOLS = LatexPrinter(times=r" \, ")


@lru_cache(maxsize=4096)
def template(node: Node, printer: Printer) -> Template:
    """Return a formula as a printer writes it, with slots for its names. Results are cached."""
    return printer.written(node)


def filled_template(places: Template, piece_of: Callable[[str], Piece]) -> str:
    """Return the text of a template, with ``piece_of`` called for the name of each slot."""
    return "".join(
        _fitted(piece, piece_of(piece.name)) if isinstance(piece, Slot) else in_language(piece)
        for piece in places
    )


def in_language(piece: str) -> str:
    """Return a piece of a template; a number gets the decimal sign of the language."""
    if isinstance(piece, LatexNumeral):
        return localised(piece).replace(",", "{,}")
    return localised(piece) if isinstance(piece, Numeral) else piece


def _fitted(slot: Slot, piece: Piece) -> str:
    return piece.text if piece.rank >= slot.least else f"({piece.text})"


# ------------------------------------------------------------------------------------- lines of a worked step


class FormulaWriter(NamedTuple):
    """Writer of formulas and numbers, in LaTeX with ``&=`` for alignment, or as Unicode text."""

    is_latex: bool = False

    def line(self, formula: Formula, known: Symbols) -> str:
        """Return a formula with symbols, such as ``"vₜ = γ·vₜ₋₁ + η·∇wₜ"``."""
        return self.equation(known[formula.target], self.letters(formula.node, known))

    def equation(self, symbol: Symbol, right: str) -> str:
        """Return a formula for a symbol, given the text of its right-hand side."""
        return f"{self.symbol(symbol)} {'&=' if self.is_latex else '='} {right}"

    def letters(self, node: Node, known: Symbols) -> str:
        """Return a right-hand side with symbols."""
        if self.is_latex:
            places = template(node, _LATEX_SYMBOLS)
            return filled_template(places, lambda name: Piece(known[name].latex, known[name].rank))
        return typeset(
            filled_template(template(node, TEXT), lambda name: Piece(known[name].text, known[name].rank))
        )

    def numbers(self, node: Node, texts: Mapping[str, str]) -> str:
        """Return a right-hand side with numbers for its names, such as ``"0.9·(−0.0952) + 1·(−0.0034)"``.

        As text, integer exponents are superscripts, as with symbols: ``"1 − 0.9³"``.
        """
        printer: Printer = LATEX if self.is_latex else TEXT

        def piece(name: str) -> Piece:
            text = texts[name]
            return Piece(
                self.number(text), SUM if text.startswith(MINUS) else SCALED if "e" in text else ATOM
            )

        text = filled_template(template(node, printer), piece)
        return text if self.is_latex else typeset(text)

    def number(self, text: str) -> str:
        """Return a number by itself, given its text, with a power of ten for an exponent."""
        if self.is_latex:
            return latex_number(text)
        return with_power(text)

    def symbol(self, symbol: Symbol) -> str:
        return symbol.latex if self.is_latex else symbol_text(symbol)


PLAIN_TEXT, IN_LATEX = FormulaWriter(), FormulaWriter(is_latex=True)
