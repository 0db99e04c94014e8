"""Sums and products as lists of their terms and factors, and trees built from such lists."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import NamedTuple

from gdsim.core.formulas.syntax import Binary, Call, Negative, Node, Number, replaced

ONE = Number(1)
OPPOSITE = {"+": "-", "-": "+"}


class Term(NamedTuple):
    """A term of a sum, with the sign before it."""

    sign: str
    node: Node

    @property
    def negated(self) -> "Term":
        return Term(OPPOSITE[self.sign], self.node)


def terms_of_sum(node: Node, sign: str = "+") -> list[Term]:
    """Return the terms of a sum; a node that is no sum is its only term."""
    match node:
        case Binary("+" | "-" as between, left, right):
            after = sign if between == "+" else OPPOSITE[sign]
            return [*terms_of_sum(left, sign), *terms_of_sum(right, after)]
        case Negative(term):
            return terms_of_sum(term, OPPOSITE[sign])
    return [Term(sign, node)]


def sum_of_terms(terms: Iterable[Term]) -> Node:
    first, *others = terms
    start: Node = first.node if first.sign == "+" else Negative(first.node)
    return reduce(lambda left, term: Binary(term.sign, left, term.node), others, start)


def factors_of_product(node: Node) -> list[Node]:
    """Return the factors of a product; a divisor x is the factor 1/x."""
    match node:
        case Binary("*", left, right):
            return [*factors_of_product(left), *factors_of_product(right)]
        case Binary("/", left, right) if left != ONE:
            return [*factors_of_product(left), Binary("/", ONE, right)]
    return [node]


def product_of_factors(factors: Sequence[Node]) -> Node:
    """Return the product of the factors, in order and without ones; 1 if there are none."""
    start: Node = ONE
    return reduce(_times, factors, start)


def _times(left: Node, right: Node) -> Node:
    match left, right:
        case (Number(1), _):
            return right
        case (_, Number(1)):
            return left
        case (_, Binary("/", Number(1), below)):
            return Binary("/", left, below)
    return Binary("*", left, right)


def root_of(node: Node) -> Node | None:
    """Return the node under a square root; None for any other node."""
    match node:
        case Call("sqrt", (inner,)):
            return inner
        case Binary("**", inner, Number(0.5) | Binary("/", Number(1), Number(2))):
            return inner
    return None


def square_of(node: Node) -> Node | None:
    """Return the base of a square; None for any other node."""
    match node:
        case Binary("**", base, Number(2)):
            return base
        case Binary("*", left, right) if left == right:
            return left
    return None


def replaced_everywhere(node: Node, old: Node, new: Node) -> Node:
    """Return the tree with every ``old`` replaced by ``new``."""
    return replaced(node, lambda one: new if one == old else None)
