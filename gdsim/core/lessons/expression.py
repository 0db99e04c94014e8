"""Expressions in captions, such as ``{loss(Momentum, 40) / loss(gd, 40) :3}``.

Between the braces are a formula of `gdsim.core.formulas.syntax`, in which the quantities of an experiment
are functions, and the format of its value.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from gdsim.core.formulas import syntax
from gdsim.core.formulas.syntax import (
    MOST_LETTERS,
    PI,
    Binary,
    Call,
    FormulaError,
    Name,
    Node,
    Number,
    QuotedText,
    terms_of,
)
from gdsim.core.language.texts import said
from gdsim.core.lessons.quantities import QUANTITIES, STEP_NAMES, WORD_ARGUMENTS, ExpressionFault

_USUAL_DIGITS = 3
# An unquoted name of several words: the first of several arguments, or the only one with no word that begins
# with a digit.
_UNQUOTED = re.compile(r"\(\s*(?:([^\W\d]\w*(?: +\w+)+)\s*,|([^\W\d]\w*(?: +[^\W\d]\w*)+)\s*\))")
# A colon within quotes does not begin a format.
_PARTS = re.compile(r"(?P<formula>.*?)(?::(?P<format>[^:'\"]*))?", re.DOTALL)
_FORMAT = re.compile(r"([1-9])(%?)", re.ASCII)
# The names that are numbers themselves.
_NUMBERS = {PI, *(name for name, quantity in QUANTITIES.items() if not quantity.kinds)}
_ARITIES = {name: quantity.arity for name, quantity in QUANTITIES.items()}


@dataclass(frozen=True)
class Expression:
    """A formula to compute, and the format of its value."""

    source: str  # The text between the braces
    root: Node  # The formula, times 100 for a percentage
    digits: int = _USUAL_DIGITS  # Significant digits
    percent: bool = False


def read_caption_expression(source: str) -> Expression:
    """Parse the text between two braces.

    Raises `ExpressionFault` if it is not an expression or contains an unknown quantity.
    """
    if len(source) > MOST_LETTERS:
        raise ExpressionFault("must not be longer than {most_letters} letters", most_letters=MOST_LETTERS)
    parts = _PARTS.fullmatch(source)
    assert parts  # noqa: S101 - any text matches
    root, form = _root(parts["formula"].strip()), parts["format"]
    if form is None:
        return Expression(source, root)
    match = _FORMAT.fullmatch(form.strip())
    if not match:
        raise ExpressionFault("must end in a format such as :4 or :2%")
    percent = bool(match[2])
    return Expression(source, Binary("*", root, Number(100)) if percent else root, int(match[1]), percent)


def _root(formula: str) -> Node:
    try:
        root = syntax.read_expression(formula, _ARITIES)
    except FormulaError as fault:
        raise _reworded(fault, formula) from None
    _check(root)
    return root


def _reworded(fault: FormulaError, formula: str) -> ExpressionFault:
    """Return a fault of the formula language as the fault of an expression, which is quoted before it."""
    cause = fault.__cause__
    unquoted = _UNQUOTED.search(formula)
    if isinstance(cause, SyntaxError) and unquoted:
        name = unquoted[1] or unquoted[2]
        return ExpressionFault(
            "is not a formula: put a name with spaces in quotes, as in '{name}'", name=name
        )
    if isinstance(cause, SyntaxError):
        return ExpressionFault("is not a formula: {reason}", reason=syntax.syntax_reason(formula, cause))
    return ExpressionFault("cannot be read: {reason}", reason=fault)


def _check(node: Node, names: Collection[str] = ()) -> None:
    """Raise for names and texts where a number should be, and for numbers where a name should be."""
    match node:
        case Name(name) if name not in _NUMBERS and name not in names:
            raise ExpressionFault("has {text} where a number should be", text=name)
        case QuotedText(text):
            raise ExpressionFault("has {text} where a number should be", text=f"{text!r}")
        case Call(function, terms) if function in QUANTITIES:
            for kind, term in zip(QUANTITIES[function].kinds, terms, strict=False):
                if kind not in WORD_ARGUMENTS:
                    _check(term, STEP_NAMES if kind == "STEP" else ())
                elif not isinstance(term, (Name, QuotedText)):
                    found = term.value if isinstance(term, Number) else said("a formula")
                    raise ExpressionFault(
                        "has {found} where {function} takes a name; put a name with spaces or signs in "
                        "quotes",
                        found=found,
                        function=function,
                    )
        case _:
            for term in terms_of(node):
                _check(term, names)
