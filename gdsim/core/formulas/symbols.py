"""Symbols: how each name in a formula is written, in plain text and in LaTeX."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from gdsim.core.language.texts import translated
from gdsim.core.settings import Setting

# Precedences: a piece of a formula gets parentheses where its precedence is lower than its place requires. A
# number with a power of ten may be a factor without them, but no divisor: 1/2·10⁻⁷ would be half of 10⁻⁷.
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
_GREEK |= {"eps": "ε", "lam": "λ"}  # lambda is a keyword of Python, and no name in lines
_DIGITS, _LOWERED_DIGITS = "0123456789", "₀₁₂₃₄₅₆₇₈₉"
_PLAIN_DIGITS = str.maketrans(_LOWERED_DIGITS, _DIGITS)
_SYMBOL = re.compile(r"(?P<letter>[^\W\d_₀-₉]+)(?:(?P<digits>[₀-₉]+)|_(?P<word>\w+))?")
_NAME = re.compile(r"([A-Za-z]+?)(\d*)(?:_(\w+))?")
# A LaTeX letter with an index.
_INDEXED = re.compile(r"([^_]*)_\{((?:[^{}]|\\mathrm\{[^{}]*\})*)\}")

_SUBSCRIPT = re.compile(r"_(?:\{([^}]*)\}|([A-Za-z0-9]+))")
_LOWERED = dict(
    zip(f"{_DIGITS}+-=()aehijklmnoprstuvx", f"{_LOWERED_DIGITS}₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)
# Not a number with a decimal sign, nor a letter with an index: there are no superscripts for these.
_SUPERSCRIPT = re.compile(
    rf"\^(?:\{{([^}}]*)\}}|\((−\d+)\)|([A-Za-z0-9]++)(?![.,]?\d|[_{''.join(_LOWERED.values())}]))"
)
_RAISED = dict(zip(f"{_DIGITS}+-−=()kmnt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵏᵐⁿᵗ", strict=True))


class Symbol(NamedTuple):
    """How a name is written."""

    text: str  # With ``_{...}`` for an index, as `typeset` takes it
    latex: str
    rank: int = ATOM  # Its precedence

    def below(self, index: str) -> "Symbol":
        """Return the symbol with a subscript, after the one that it has."""
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
    """Return the symbols of declared settings by name, without those of switches."""
    return {setting.name: of_letter(setting.symbol) for setting in settings if not setting.is_switch}


def setting_letter(setting: Setting) -> str:
    """Return the letter of a setting, or the word in its place; without either, its label."""
    return translated(typeset(setting.symbol) or setting.label)


def setting_name(setting: Setting) -> str:
    """Return the label of a setting, followed by its letter if the two differ."""
    label, letter = translated(setting.label), setting_letter(setting)
    return label if letter == label else f"{label} {letter}"


def of_letter(symbol: str) -> Symbol:
    """Return the symbol for a declared text, such as ``"β₁"``, ``"γ_max"`` or ``"factor"``."""
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
    """Return the symbol for a name of the language: β₁ for ``beta1``; ``v`` and ``stair`` unchanged."""
    match = _NAME.fullmatch(name)
    if not match:
        return of_letter(name)
    word, digits, index = match.groups()
    symbol = of_letter(_GREEK.get(word, word))
    return symbol.below("_".join(filter(None, (digits, index)))) if digits or index else symbol


def letter_of(name: str) -> str:
    """Return the letter of a setting for its name: "β₁" for ``beta1``, "γ_max" for ``gamma_max``."""
    match = _NAME.fullmatch(name)
    if not match:
        return name
    word, digits, index = match.groups()
    lowered = digits.translate(str.maketrans(_DIGITS, _LOWERED_DIGITS))
    return _GREEK.get(word, word) + (f"_{digits}{index}" if index else lowered)


def gradient_symbol(parameter: str, index: str) -> Symbol:
    """Return the symbol for the gradient by a parameter, with an index for where it is evaluated."""
    letter = of_name(parameter)
    return Symbol(f"∇{letter.text}", rf"\nabla {letter.latex}", FACTOR).below(index)


def symbol_text(symbol: Symbol) -> str:
    """Return a symbol as plain text, with subscript letters."""
    return typeset(symbol.text)


def typeset(formula: str) -> str:
    """Return a formula with subscript and superscript letters for ``v_{t-1}``, ``β^t`` or ``w^(−2)``.

    An index stays as it is if Unicode lacks one of its letters in that form.
    """
    lowered = _SUBSCRIPT.sub(_small_letters(_LOWERED, "_"), formula.replace(" - ", " − "))
    return _SUPERSCRIPT.sub(_small_letters(_RAISED), lowered)


def _small_letters(letters: Mapping[str, str], sign: str = "") -> Callable[[re.Match[str]], str]:
    """Return a replacement function for matched indices, in the small ``letters`` if all are among them.

    Any other index stays as it is, or is written after ``sign`` if that is given.
    """

    def replacement(match: re.Match[str]) -> str:
        index = match[match.lastindex or 0]
        if set(index) <= letters.keys():
            return "".join(letters[one] for one in index)
        return f"{sign}{index}" if sign else match[0]

    return replacement
