"""Symbolic derivatives of formulas: the sum, product, quotient, power and chain rules."""

import math
import sys
from functools import lru_cache

from gdsim.core.formulas.syntax import Binary, Call, FormulaError, Name, Negative, Node, Number, names_in

_ZERO, _ONE, _TWO = Number(0), Number(1), Number(2)
# Piecewise constant functions: their derivative is 0 wherever they have one.
_PIECEWISE_CONSTANT = ("floor", "sign")


@lru_cache(maxsize=1024)
def derivative(node: Node, name: str) -> Node:
    """Return the derivative of a formula by one of its names.

    Where the formula has a kink or a jump, such as ``abs`` at 0, the derivative is that of one of the two
    sides. Raises `FormulaError` if the formula calls a function that has no derivative.
    """
    if name not in names_in(node):
        return _ZERO
    match node:
        case Name():
            return _ONE
        case Negative(term):
            return minus(derivative(term, name))
        case Binary("+" | "-" as sign, left, right):
            return plus(derivative(left, name), derivative(right, name), sign)
        case Binary("*", left, right):
            return plus(times(derivative(left, name), right), times(left, derivative(right, name)))
        case Binary("/", left, right):
            first = over(derivative(left, name), right)
            return plus(first, over(times(left, derivative(right, name)), power(right, _TWO)), "-")
        case Binary("**", base, exponent):
            return _power_derivative(node, base, exponent, name)
        case Call("where", (condition, true, false)):
            return Call("where", (condition, derivative(true, name), derivative(false, name)))
        case Call(function, terms):
            return _call_derivative(node, function, terms, name)
    raise FormulaError("this formula has no derivative")


def _power_derivative(node: Node, base: Node, exponent: Node, name: str) -> Node:
    if name not in names_in(exponent):
        below = power(base, _one_less(exponent))
        return times(times(exponent, below), derivative(base, name))
    grown = times(node, times(derivative(exponent, name), Call("log", (base,))))
    if name not in names_in(base):
        return grown
    return plus(grown, times(times(exponent, power(base, _one_less(exponent))), derivative(base, name)))


def _one_less(exponent: Node) -> Node:
    match exponent:
        case Number(value):
            return _number(value - 1)
        case Negative(Number(value)):
            return _number(-value - 1)
    return Binary("-", exponent, _ONE)


def _call_derivative(node: Node, function: str, terms: tuple[Node, ...], name: str) -> Node:
    if function in _PIECEWISE_CONSTANT:
        return _ZERO
    if function in ("max", "min"):
        one, other = terms
        # Choose as Python's max and min do: the first term, unless the other one is beyond it.
        beyond = Binary(">" if function == "max" else "<", other, one)
        return Call("where", (beyond, derivative(other, name), derivative(one, name)))
    if function == "mod":
        value, divisor = terms
        whole = Call("floor", (over(value, divisor),))
        return plus(derivative(value, name), times(whole, derivative(divisor, name)), "-")
    (inner,) = terms
    return times(_outer_derivative(node, function, inner), derivative(inner, name))


def _outer_derivative(node: Node, function: str, inner: Node) -> Node:
    """Return the derivative of a function by its only argument."""
    match function:
        case "exp":
            return node
        case "log":
            return over(_ONE, inner)
        case "log1p":
            return over(_ONE, plus(_ONE, inner))
        case "log2":
            return over(_ONE, times(inner, Number(math.log(2.0))))
        case "sqrt":
            return over(_ONE, times(_TWO, node))
        case "sin":
            return Call("cos", (inner,))
        case "cos":
            return minus(Call("sin", (inner,)))
        case "tanh":
            return plus(_ONE, power(node, _TWO), "-")
        case "abs":
            return Call("sign", (inner,))
    raise FormulaError("{function} has no derivative here", function=function)


def _number(value: float) -> Node:
    return Number(value) if value >= 0 else Negative(Number(-value))


def _is_representable(value: float) -> bool:
    """Return whether a number is within the range of floats; others are left as unevaluated formulas."""
    return abs(value) <= sys.float_info.max


# ------------------------------------------------------------- sums and products without zeros and ones


def plus(left: Node, right: Node, sign: str = "+") -> Node:
    """Return the simplified sum, or with ``"-"`` the difference."""
    match left, right:
        case Number(one), Number(other) if _is_representable(one + other):
            return _number(one + other if sign == "+" else one - other)
        case _, Number(0):
            return left
        case Number(0), _:
            return right if sign == "+" else minus(right)
        case _, Negative(term):
            return Binary("-" if sign == "+" else "+", left, term)
    return Binary(sign, left, right)


def minus(node: Node) -> Node:
    """Return the simplified negation of a term."""
    match node:
        case Number(0):
            return node
        case Negative(term):
            return term
    return Negative(node)


def times(left: Node, right: Node) -> Node:
    """Return the simplified product, with its sign and its number first."""
    match left, right:
        case Number(one), Number(other) if _is_representable(one * other):
            return Number(one * other)
        case (Number(0), _) | (_, Number(0)):
            return _ZERO
        case Number(1), _:
            return right
        case _, Number(1):
            return left
        case Negative(term), _:
            return minus(times(term, right))
        case _, Negative(term):
            return minus(times(left, term))
    return _with_number_first(left, right)


def _with_number_first(left: Node, right: Node) -> Node:
    match left, right:
        case _, Number() if not isinstance(left, Number):
            return times(right, left)
        case Number(one), Binary("*", Number(other), rest) if _is_representable(one * other):
            return times(Number(one * other), rest)
        case Binary("*", Number() as number, first), other:
            return times(number, times(first, other))
        case one, Binary("*", Number() as number, rest) if not isinstance(one, Number):
            return times(number, times(one, rest))
    return Binary("*", left, right)


def over(left: Node, right: Node) -> Node:
    """Return the simplified ``left / right``: no 0 or minus above, no 1 below, and a common 2 cancelled."""
    match left, right:
        case Number(0), _:
            return _ZERO
        case _, Number(1):
            return left
        case Negative(term), _:
            return minus(over(term, right))
        case Binary("*", Number(one), rest), Number(2 as other) if one % other == 0:
            return times(Number(one // other), rest)  # exact, because half of an even float is a float
    return Binary("/", left, right)


def power(base: Node, exponent: Node) -> Node:
    """Return ``base ** exponent``, simplified for the exponents 0 and 1."""
    match exponent:
        case Number(0):
            return _ONE
        case Number(1):
            return base
    return Binary("**", base, exponent)
