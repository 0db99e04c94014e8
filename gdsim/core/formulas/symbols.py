"""The letters of the lecture: how each name in a formula is written, in plain text and in LaTeX."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gdsim.core.settings import Setting

# Precedences: a piece of a formula gets parentheses where its own is lower than its place needs.
SUM, QUOTIENT, PRODUCT, FACTOR, ATOM = range(5)

HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
LATEX_LETTERS = {
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "ε": r"\varepsilon",
    "η": r"\eta",
    "θ": r"\theta",
    "κ": r"\kappa",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ν": r"\nu",
    "ρ": r"\rho",
    "σ": r"\sigma",
    "τ": r"\tau",
}
_GREEK = {latex[1:].removeprefix("var"): letter for letter, latex in LATEX_LETTERS.items()} | {"eps": "ε"}
_DIGITS, _LOWERED_DIGITS = "0123456789", "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_DIGITS = str.maketrans(_LOWERED_DIGITS, _DIGITS)
_SYMBOL = re.compile(r"(?P<letter>[^\W\d_₀-₉]+)(?:(?P<digits>[₀-₉]+)|_(?P<word>\w+))?")
_NAME = re.compile(r"([A-Za-z]+?)(\d*)(?:_(\w+))?")

_SUBSCRIPT = re.compile(r"_(?:\{([^}]*)\}|([A-Za-z0-9]+))")
# Not a number with a point, of which only a part has small letters.
_SUPERSCRIPT = re.compile(r"\^(?:\{([^}]*)\}|([A-Za-z0-9]+)(?!\.?[\d]))")
_LOWERED = dict(
    zip(f"{_DIGITS}+-=()aehijklmnoprstuvx", f"{_LOWERED_DIGITS}₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_RAISED = dict(zip(f"{_DIGITS}+-=()kmnt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵏᵐⁿᵗ", strict=True))


class Symbol(NamedTuple):
    """How one name is written."""

    text: str  # With ``_{...}`` for an index, as `typeset` takes it
    latex: str
    rank: int = ATOM  # Its precedence

    def below(self, index: str) -> "Symbol":
        """Return the symbol with an index below the line."""
        latex = index if len(index) == 1 or not index.isalpha() else rf"\mathrm{{{index}}}"
        return self._replace(text=f"{self.text}_{{{index}}}", latex=f"{self.latex}_{{{latex}}}")


Symbols = Mapping[str, Symbol]


def setting_symbols(settings: Iterable[Setting]) -> dict[str, Symbol]:
    """Return how declared settings are written."""
    return {setting.name: of_letter(setting.symbol) for setting in settings if not setting.is_switch}


def of_letter(symbol: str) -> Symbol:
    """Return a declared symbol, such as ``"β₁"``, ``"γ_max"`` or ``"factor"``, as text and as LaTeX."""
    match = _SYMBOL.fullmatch(symbol)
    if not match:
        return Symbol(symbol, symbol)
    letter, digits, word = match["letter"], match["digits"], match["word"]
    latex = LATEX_LETTERS.get(letter) or (letter if len(letter) == 1 else rf"\mathrm{{{letter}}}")
    if digits:
        latex += f"_{{{digits.translate(_PLAIN_DIGITS)}}}"
    elif word:
        latex += rf"_{{\mathrm{{{word}}}}}"
    return Symbol(symbol, latex)


def of_name(name: str) -> Symbol:
    """Return a name of the language as it is written: ``beta1`` as β₁, ``v`` and ``stair`` as they are."""
    match = _NAME.fullmatch(name)
    if not match:
        return of_letter(name)
    word, digits, index = match.groups()
    symbol = of_letter(_GREEK.get(word, word))
    return symbol.below("_".join(filter(None, (digits, index)))) if digits or index else symbol


def parameter_symbol(parameter: str) -> Symbol:
    """Return a parameter's own letter; the number of a weight is written above, as in the lecture."""
    return Symbol(parameter, parameter if len(parameter) <= 1 else f"{parameter[0]}^{{({parameter[1:]})}}")


def gradient_symbol(parameter: str, index: str) -> Symbol:
    """Return the gradient along a parameter, taken at a place."""
    letter = parameter_symbol(parameter)
    return Symbol(f"∇{letter.text}", rf"\nabla {letter.latex}", FACTOR).below(index)


def written(symbol: Symbol) -> str:
    """Return a symbol as plain text, with small letters below the line."""
    return typeset(symbol.text)


def typeset(formula: str) -> str:
    """Return a formula with small letters for what is written as ``v_{t-1}`` or ``β^t``.

    An index that has no small letters of its own stays as it is.
    """
    return _SUPERSCRIPT.sub(_small(_RAISED), _SUBSCRIPT.sub(_small(_LOWERED), formula.replace(" - ", " − ")))


def _small(letters: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def replacement(match: re.Match[str]) -> str:
        index = match[1] or match[2]
        return "".join(letters[one] for one in index) if set(index) <= letters.keys() else match[0]

    return replacement
