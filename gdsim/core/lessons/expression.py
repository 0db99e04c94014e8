"""The numbers of a caption, as they are asked for: ``{loss Momentum 40 / loss gd 40 :3}``.

A small language of its own: names of quantities with their arguments, numbers, and five operators that stand
between spaces. It is read by hand and knows nothing but what is listed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

_TOKEN = re.compile(r"'[^']*'|[()]|[^\s'()]+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", re.ASCII)
_FORMAT = re.compile(r":([1-9])(%?)", re.ASCII)
_USUAL_DIGITS = 3
_OPERATORS = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}
_DEEPEST = 20
_LONGEST = 200


class ExpressionFault(ValueError):  # noqa: N818 - reads as what it says
    """An expression that cannot be read or computed; its text is what is wrong."""


@dataclass(frozen=True)
class Constant:
    """A number that was typed."""

    value: float


@dataclass(frozen=True)
class Asked:
    """A quantity with its arguments, as they were typed."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Combined:
    """Two numbers and an operator."""

    operator: str
    left: "Node"
    right: "Node"


Node: TypeAlias = Constant | Asked | Combined


@dataclass(frozen=True)
class Expression:
    """A number to be computed, and how it is written.

    Attributes
    ----------
    source : str
        What stands between the braces.
    root : Node
    digits : int
        Significant ones.
    percent : bool
    """

    source: str
    root: Node
    digits: int = _USUAL_DIGITS
    percent: bool = False


def read_expression(source: str, arities: Mapping[str, tuple[int, int]]) -> Expression:
    """Return what stands between two braces.

    Parameters
    ----------
    source : str
    arities : mapping
        How many arguments each known quantity takes: at least, at most.

    Raises
    ------
    ExpressionFault
        If it is no expression, or names a quantity that is not known.
    """
    if len(source) > _LONGEST:
        raise ExpressionFault(f"must not be longer than {_LONGEST} letters")
    tokens = _TOKEN.findall(source)
    if "".join(tokens) != "".join(_outside_quotes(source)):
        raise ExpressionFault("has a quote without its partner")
    digits, percent = _USUAL_DIGITS, False
    if tokens and tokens[-1].startswith(":"):
        match = _FORMAT.fullmatch(tokens.pop())
        if not match:
            raise ExpressionFault("must end in a format such as :4 or :2%")
        digits, percent = int(match[1]), bool(match[2])
    return Expression(source, _Reader(tokens, arities).whole(), digits, percent)


def _outside_quotes(source: str) -> list[str]:
    """Return the source without its spaces; those in quotes are kept."""
    return [
        part if part.startswith("'") else "".join(part.split()) for part in re.split(r"('[^']*')", source)
    ]


class _Reader:
    def __init__(self, tokens: list[str], arities: Mapping[str, tuple[int, int]]) -> None:
        self._tokens = tokens
        self._arities = arities
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        node = self._level(1)
        if self._peek():
            raise ExpressionFault(f"has {self._peek()} where it should end")
        return node

    def _peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._at += 1
        return token

    def _level(self, level: int) -> Node:
        """Read operators that bind at least as tightly as ``level``; powers from the right."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ExpressionFault("is nested too deeply")
        node = self._atom()
        while _OPERATORS.get(self._peek(), 0) >= level:
            operator = self._take()
            binds = _OPERATORS[operator]
            node = Combined(operator, node, self._level(binds if operator == "^" else binds + 1))
        self._depth -= 1
        return node

    def _atom(self) -> Node:
        word = self._take()
        if word == "(":
            node = self._level(1)
            if self._take() != ")":
                raise ExpressionFault("has a parenthesis without its partner")
            return node
        if _NUMBER.fullmatch(word):
            return Constant(float(word))
        return self._asked(word)

    def _asked(self, name: str) -> Asked:
        if name not in self._arities:
            known = ", ".join(self._arities)
            raise ExpressionFault(f"has {name or 'nothing'} where a number or one of {known} should be")
        arguments = []
        while (following := self._peek()) and following not in _OPERATORS and following not in "()":
            arguments.append(self._take().strip("'"))
        least, most = self._arities[name]
        if not least <= len(arguments) <= most:
            wanted = str(least) if least == most else f"{least} or {most}"
            raise ExpressionFault(f"gives {name} {len(arguments)} arguments instead of {wanted}")
        return Asked(name, tuple(arguments))


def evaluate(node: Node, ask: Callable[[Asked], float]) -> float:
    """Return the number of an expression.

    Parameters
    ----------
    node : Node
    ask : callable
        Computes a quantity.

    Raises
    ------
    ExpressionFault
        If something is divided by zero, or is too large.
    """
    match node:
        case Constant():
            return node.value
        case Asked():
            return ask(node)
    left, right = evaluate(node.left, ask), evaluate(node.right, ask)
    try:
        value = _OPERATIONS[node.operator](left, right)
    except ZeroDivisionError:
        raise ExpressionFault("divides by zero") from None
    except OverflowError:
        raise ExpressionFault("gives a number that is too large") from None
    if isinstance(value, complex):
        raise ExpressionFault("takes a root of a negative number")
    return value


_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "^": lambda left, right: left**right,
}
