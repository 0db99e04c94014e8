"""The lines of a rule's work: written once as text, read into formulas, and computed.

A line is written the way a rule's `step` computes it, in Python's notation::

    v_t = gamma * v + eta * g

Reading it gives a small tree, from which the number follows in plain float arithmetic, in the same
order as in `step`; `gdsim.core.formulas.formula_text` writes the same tree in letters, or with numbers in it.
"""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeAlias

# The parts of an update, in the order in which they happen.
PARTS = ("look", "gradient", "memory", "update")
_ALWAYS = {"gradient", "update"}


class Line(NamedTuple):
    """One line of a rule's work.

    Attributes
    ----------
    part : str
        Which of the `PARTS` it belongs to; ``"rate"`` for the line of a schedule.
    text : str
        Such as ``"v_t = gamma*v + eta*g"``. The parameter is ``w`` before the update and ``w_next`` after
        it, the gradient ``g``, and ``look`` is where a rule looks ahead. A letter of the state stands for
        its value before the update, the same letter with ``_t`` for the one after it, and with ``_hat``
        for a corrected one. Settings go by their names, and ``t`` is the number of the update.
    """

    part: str
    text: str


class Working(Protocol):
    """Something that declares the lines of its work."""

    def work(self) -> tuple[Line, ...]:
        """Return the lines, in the order in which they are computed."""


def parts(rule: Working) -> tuple[str, ...]:
    """Return the parts of a rule's update in their order; ``gradient`` and ``update`` are always there."""
    declared = {line.part for line in rule.work()} | _ALWAYS
    return tuple(part for part in PARTS if part in declared)


class FormulaError(ValueError):
    """A text that is no formula; it quotes what is wrong."""


class Number(NamedTuple):
    """A number that the rule itself holds, such as the 1 of ``1 - beta``."""

    value: int | float


class Name(NamedTuple):
    """A letter that a number is put in for."""

    name: str


class Binary(NamedTuple):
    """Two terms and the sign between them: ``+ - * / **``."""

    sign: str
    left: "Node"
    right: "Node"


class Negative(NamedTuple):
    """A term with a minus before it."""

    term: "Node"


class Call(NamedTuple):
    """A function of one or two terms."""

    function: str
    terms: tuple["Node", ...]


Node: TypeAlias = "Number | Name | Binary | Negative | Call"


@dataclass(frozen=True)
class Formula:
    """What is computed, and how."""

    target: str
    node: Node


_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
}


def _without_raising(function: Callable[..., float], *values: float) -> float:
    try:
        return function(*values)
    except OverflowError:
        return math.inf


def _exp(value: float) -> float:
    return _without_raising(math.exp, value)


def _floor(value: float) -> float:
    return float(math.floor(value)) if math.isfinite(value) else value


_FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {
    "sqrt": (1, math.sqrt),
    "exp": (1, _exp),
    "floor": (1, _floor),
    "log2": (1, math.log2),
    "min": (2, min),
}


@lru_cache(maxsize=256)
def read_formula(text: str) -> Formula:
    """Read a line such as ``"v_t = gamma*v + eta*g"``.

    Raises
    ------
    FormulaError
        If there is anything in it but names, numbers, ``+ - * / **``, and the functions sqrt, exp,
        floor, log2 and min.
    """
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise FormulaError(f'"{text}" is no formula: {error.msg}') from error
    match body:
        case [ast.Assign(targets=[ast.Name(id=target)], value=value)]:
            return Formula(target, _read(value))
    raise FormulaError(f'"{text}" must be one line of the form: name = formula')


def _read(node: ast.expr) -> Node:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return Number(value)
        case ast.Name(id=name):
            return Name(name)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _SIGNS:
            return Binary(_SIGNS[type(op)], _read(left), _read(right))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negative(_read(operand))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if _takes(name, len(args)):
            return Call(name, tuple(map(_read, args)))
    raise FormulaError(f'a formula cannot hold "{ast.unparse(node)}"')


def _takes(function: str, terms: int) -> bool:
    return function in _FUNCTIONS and _FUNCTIONS[function][0] == terms


def names_in(node: Node) -> set[str]:
    """Return the names that a formula needs numbers for."""
    match node:
        case Name(name):
            return {name}
        case Number():
            return set()
        case Binary(_, left, right):
            return names_in(left) | names_in(right)
        case Negative(term):
            return names_in(term)
        case Call(_, terms):
            return set().union(*map(names_in, terms))


def compute(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a formula with numbers put in for its names.

    The order is that of the formula, and the arithmetic that of NumPy: where Python would raise, the
    result is infinite or not a number.

    Raises
    ------
    KeyError
        If there is no number for one of the names.
    """
    match node:
        case Name(name):
            return values[name]
        case Number(value):
            return float(value)
        case Binary(sign, left, right):
            return _join(sign, left, right, values)
        case Negative(term):
            return -compute(term, values)
        case Call(function, terms):
            return _FUNCTIONS[function][1](*(compute(term, values) for term in terms))


def _join(sign: str, left: Node, right: Node, values: Mapping[str, float]) -> float:
    if sign == "**":
        return _raised(left, right, values)
    one, other = compute(left, values), compute(right, values)
    match sign:
        case "+":
            return one + other
        case "-":
            return one - other
        case "*":
            return one * other
    return one / other if other else one * math.copysign(math.inf, other)


def _raised(base: Node, exponent: Node, values: Mapping[str, float]) -> float:
    power = compute(exponent, values)
    if isinstance(base, Number) and base.value == 2:  # noqa: PLR2004 - rounds once, as `step` does
        return _without_raising(math.exp2, power)
    value = compute(base, values)
    # A rule's square is a product of two, which the general power does not always round to.
    if isinstance(exponent, Number) and exponent.value == 2:  # noqa: PLR2004
        return value * value
    return _without_raising(pow, value, power)
