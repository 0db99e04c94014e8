"""What an update rule says of itself in its docstring: a sentence, and its formulas."""

import inspect
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

_SIGNS_OF_A_FORMULA = re.compile(r" [=←] ")
_SUBSCRIPT = re.compile(r"_(?:\{([^}]*)\}|([A-Za-z0-9]+))")
_SUPERSCRIPT = re.compile(r"\^(?:\{([^}]*)\}|([A-Za-z0-9]+))")
_LOWERED = dict(zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_RAISED = dict(zip("0123456789+-=()kmnt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵏᵐⁿᵗ", strict=True))


class RuleText(NamedTuple):
    """The text that stands beside a rule.

    Attributes
    ----------
    summary : str
        One sentence.
    formulas : tuple of str
        One line each.
    """

    summary: str
    formulas: tuple[str, ...]


def rule_text(rule: type) -> RuleText:
    """Return the first sentence of a rule's docstring, and the lines of it that are formulas."""
    lines = inspect.cleandoc(rule.__doc__ or "").splitlines()
    formulas = (typeset(line) for line in lines[1:] if _SIGNS_OF_A_FORMULA.search(line))
    return RuleText(lines[0] if lines else "", tuple(formulas))


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
