"""The letters of the lecture: how each name in a formula is written, in plain text and in LaTeX."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gdsim.core.language.words import translated
from gdsim.core.settings import Setting

# Precedences: a piece of a formula gets parentheses where its own is lower than its place needs. A number
# with a power of ten is a factor as it stands, but no divisor: 1/2·10⁻⁷ would be half of 10⁻⁷.
SUM, QUOTIENT, PRODUCT, SCALED, FACTOR, ATOM = range(6)

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
    "ψ": r"\psi",
}
_GREEK = {latex[1:].removeprefix("var"): letter for letter, latex in LATEX_LETTERS.items()}
_GREEK |= {"eps": "ε", "lam": "λ"}  # lambda is a word of Python, and no name in lines
_DIGITS, _LOWERED_DIGITS = "0123456789", "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_DIGITS = str.maketrans(_LOWERED_DIGITS, _DIGITS)
_SYMBOL = re.compile(r"(?P<letter>[^\W\d_₀-₉]+)(?:(?P<digits>[₀-₉]+)|_(?P<word>\w+))?")
_NAME = re.compile(r"([A-Za-z]+?)(\d*)(?:_(\w+))?")
# A letter of LaTeX with an index.
_INDEXED = re.compile(r"([^_]*)_\{((?:[^{}]|\\mathrm\{[^{}]*\})*)\}")

_SUBSCRIPT = re.compile(r"_(?:\{([^}]*)\}|([A-Za-z0-9]+))")
# Not a number with a decimal sign, of which only a part has small letters.
_SUPERSCRIPT = re.compile(r"\^(?:\{([^}]*)\}|\((−\d+)\)|([A-Za-z0-9]+)(?![.,]?\d))")
_LOWERED = dict(
    zip(f"{_DIGITS}+-=()aehijklmnoprstuvx", f"{_LOWERED_DIGITS}₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
_RAISED = dict(zip(f"{_DIGITS}+-−=()kmnt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵏᵐⁿᵗ", strict=True))


class Symbol(NamedTuple):
    """How one name is written."""

    text: str  # With ``_{...}`` for an index, as `typeset` takes it
    latex: str
    rank: int = ATOM  # Its precedence

    def below(self, index: str) -> "Symbol":
        """Return the symbol with an index below the line, behind the one that it has."""
        is_word = len(index) > 1 and index.replace("_", "").isalnum()
        latex = rf"\mathrm{{{index.replace('_', ',')}}}" if is_word else index
        match = _INDEXED.fullmatch(self.latex)
        letter, before = match.groups() if match else (self.latex, "")
        return self._replace(
            text=f"{self.text}_{{{index}}}",
            latex=f"{letter}_{{{before},{latex}}}" if before else f"{letter}_{{{latex}}}",
        )


Symbols = Mapping[str, Symbol]


def setting_symbols(settings: Iterable[Setting]) -> dict[str, Symbol]:
    """Return how declared settings are written."""
    return {setting.name: of_letter(setting.symbol) for setting in settings if not setting.is_switch}


def setting_letter(setting: Setting) -> str:
    """Return the letter of a setting, or the word that stands for one; of one without, its label."""
    return translated(typeset(setting.symbol) or setting.label)


def setting_name(setting: Setting) -> str:
    """Return the label of a setting with its letter, where that is another text."""
    label, letter = translated(setting.label), setting_letter(setting)
    return label if letter == label else f"{label} {letter}"


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


def letter_of(name: str) -> str:
    """Return the letter of a setting by its name: "β₁" of ``beta1``, "γ_max" of ``gamma_max``."""
    match = _NAME.fullmatch(name)
    if not match:
        return name
    word, digits, index = match.groups()
    lowered = digits.translate(str.maketrans(_DIGITS, _LOWERED_DIGITS))
    return _GREEK.get(word, word) + (f"_{digits}{index}" if index else lowered)


def gradient_symbol(parameter: str, index: str) -> Symbol:
    """Return the gradient along a parameter, taken at a place."""
    letter = of_name(parameter)
    return Symbol(f"∇{letter.text}", rf"\nabla {letter.latex}", FACTOR).below(index)


def written(symbol: Symbol) -> str:
    """Return a symbol as plain text, with small letters below the line."""
    return typeset(symbol.text)


def typeset(formula: str) -> str:
    """Return a formula with small letters for what is written as ``v_{t-1}``, ``β^t`` or ``w^(−2)``.

    An index that has no small letters of its own stays as it is.
    """
    lowered = _SUBSCRIPT.sub(_small(_LOWERED, "_"), formula.replace(" - ", " − "))
    return _SUPERSCRIPT.sub(_small(_RAISED), lowered)


def _small(letters: Mapping[str, str], sign: str = "") -> Callable[[re.Match[str]], str]:
    """Return what writes an index small; one that cannot be stays, after the sign if there is one."""

    def replacement(match: re.Match[str]) -> str:
        index = match[match.lastindex or 0]
        if set(index) <= letters.keys():
            return "".join(letters[one] for one in index)
        return f"{sign}{index}" if sign else match[0]

    return replacement
