"""The letters of the lecture: how each name in a formula is written, in plain text and in LaTeX."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from gdsim.core.formulas.rule_text import typeset
from gdsim.core.rules.optimizers.base import Optimizer
from gdsim.core.settings import Declared, params

# How tightly a piece of a formula holds together; what holds less than its place asks for gets parentheses.
SUM, QUOTIENT, PRODUCT, FACTOR, ATOM = range(5)

_HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
_LATEX_LETTERS = {
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
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_SYMBOL = re.compile(r"(?P<letter>[^\W\d_₀-₉]+)(?:(?P<digits>[₀-₉]+)|_(?P<word>\w+))?")


class Symbol(NamedTuple):
    """How one name is written.

    Attributes
    ----------
    text : str
        With ``_{...}`` for what stands below the line, as `typeset` takes it.
    latex : str
    rank : int
        How tightly it holds together.
    """

    text: str
    latex: str
    rank: int = ATOM


Symbols = Mapping[str, Symbol]


def symbols(rule: Optimizer, parameter: str = "w") -> dict[str, Symbol]:
    """Return how the names in a rule's lines are written, for one of the parameters.

    Parameters
    ----------
    rule : Optimizer
    parameter : str
        ``"w"`` or ``"b"``; ``"w1"``, ``"w2"``, ... where there are several weights.
    """
    looks = any(line.part == "look" for line in rule.work())
    here, at = _letter(parameter), "look" if looks else "t"
    nabla = _below(_letter(f"∇{parameter}"), at)
    known = {
        "w": _below(here, "t"),
        "w_next": _below(here, "t+1"),
        "look": _below(here, "look"),
        "g": nabla._replace(rank=FACTOR),
        "t": Symbol("t", "t"),
        "eta": Symbol("η", r"\eta"),
        "gamma": Symbol("γ", r"\gamma"),
    }
    for letter in rule.State._fields:
        known[letter] = _below(Symbol(letter, letter), "t-1")
        known[f"{letter}_t"] = _below(Symbol(letter, letter), "t")
        known[f"{letter}_hat"] = _below(Symbol(letter + _HAT, rf"\hat{{{letter}}}"), "t")
    return setting_symbols(rule) | known


def setting_symbols(declaring: Declared) -> dict[str, Symbol]:
    """Return how the declared settings of a rule or a schedule are written."""
    return {setting.name: of_letter(setting.symbol) for setting in params(type(declaring))}


def of_letter(symbol: str) -> Symbol:
    """Return a declared symbol, such as ``"β₁"``, ``"γ_max"`` or ``"factor"``, as text and as LaTeX."""
    match = _SYMBOL.fullmatch(symbol)
    if not match:
        return Symbol(symbol, symbol)
    letter, digits, word = match["letter"], match["digits"], match["word"]
    latex = _LATEX_LETTERS.get(letter) or (letter if len(letter) == 1 else rf"\mathrm{{{letter}}}")
    if digits:
        latex += f"_{{{digits.translate(_LOWERED)}}}"
    elif word:
        latex += rf"_{{\mathrm{{{word}}}}}"
    return Symbol(symbol, latex)


def written(symbol: Symbol) -> str:
    """Return a symbol as plain text, with small letters below the line."""
    return typeset(symbol.text)


def _letter(parameter: str) -> Symbol:
    """Return a parameter's own letter; the number of a weight stands above, as in the lecture."""
    nabla = r"\nabla " if parameter.startswith("∇") else ""
    name = parameter.removeprefix("∇")
    latex = name if len(name) == 1 else f"{name[0]}^{{({name[1:]})}}"
    return Symbol(parameter, nabla + latex)


def _below(symbol: Symbol, index: str) -> Symbol:
    latex = rf"\mathrm{{{index}}}" if index == "look" else index
    return Symbol(f"{symbol.text}_{{{index}}}", f"{symbol.latex}_{{{latex}}}")
