"""Where a script needs guards: functions for what Python refuses, such as a division by zero.

In the program such a result is infinite or no number, and ends the run once a parameter or the memory is no
finite number. So does a script when Python refuses: it stays plain where such a result cannot vanish on its
way there, as it does in ``1 / (1 + x)`` or in a comparison, and where there can be no such result.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gdsim.core.formulas.guards import GUARDED_BY, GUARDS
from gdsim.core.formulas.language import (
    COMPARISONS,
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    is_number,
    names_in,
    walk,
)
from gdsim.core.formulas.program import NORM, Program, is_gradient
from gdsim.core.rules.intervals import Interval, interval_of

# What is not finite where their term is not.
_LET_THROUGH = {"abs", "log", "log1p", "log2", "sqrt", "floor", "sin", "cos", NORM}


def vanishing_in(program: Program, ends: AbstractSet[str]) -> frozenset[str]:
    """Return the names that may be infinite or no number without ending a run.

    Those in ``ends`` end it.
    """
    used, vanishing = set[str](), set[str]()
    for line in reversed(program.lines):
        if line.target not in ends | used:
            vanishing.add(line.target)
        used |= names_in(line.node)
        # The neuron is finite wherever it is.
        at_all = is_gradient(line.node) or line.target in vanishing
        vanishing |= (names_in(line.node) if at_all else _vanishing(line.node)) - ends
    return frozenset(vanishing)


def guarded_lines(
    program: Program, intervals: Mapping[str, Interval], vanishing: AbstractSet[str], finite: AbstractSet[str]
) -> Mapping[str, Node]:
    """Return the right sides by what they compute, with the functions of a script where they are needed.

    The names in ``finite`` are known to be so.
    """
    guard = _Guard(intervals, finite)
    return {
        line.target: guard.guarded(line.node, vanishes=line.target in vanishing) for line in program.lines
    }


def everywhere(node: Node) -> Node:
    """Return a formula that is infinite or no number wherever Python refuses, whatever its names are."""
    return _Guard({}, frozenset()).guarded(node, vanishes=True)


def where_it_vanishes(node: Node) -> Node:
    """Return a formula of w and b, which are finite, that is so where such a result may vanish within it."""
    return _Guard({}, frozenset({"w", "b"})).guarded(node, vanishes=False)


def _vanishing(node: Node) -> frozenset[str]:
    """Return the names that may be infinite or no number without a formula being so."""
    match node:
        case Name():
            return frozenset()
        case Binary("+" | "-" | "*", left, right):
            return _vanishing(left) | _vanishing(right)
        case Binary("/", left, right):
            return _vanishing(left) | names_in(right)
        case Negative(term) | Binary("**", term, Number(2)):
            return _vanishing(term)
        case Call(function, (term,)) if function in _LET_THROUGH:
            return _vanishing(term)
    return names_in(node)


class _Guard:
    """Puts functions of a script in the place of what Python may refuse."""

    def __init__(self, intervals: Mapping[str, Interval], finite: AbstractSet[str]) -> None:
        self._intervals, self._finite = intervals, finite

    def guarded(self, node: Node, *, vanishes: bool) -> Node:
        match node:
            case Negative(term):
                return Negative(self.guarded(term, vanishes=vanishes))
            case Binary(sign, left, right):
                return self._of_two(sign, left, right, vanishes=vanishes)
            case Call(function, terms):
                return self._call(function, terms, vanishes=vanishes)
        return node

    def _of_two(self, sign: str, left: Node, right: Node, *, vanishes: bool) -> Node:
        in_power = sign == "**" and not is_number(right, 2)
        first = self.guarded(left, vanishes=vanishes or in_power or sign in COMPARISONS)
        second = self.guarded(right, vanishes=vanishes or sign not in "+-*")
        if vanishes and sign == "/" and interval_of(right, self._intervals).has_zero:
            return Call("divide", (first, second))
        if vanishes and in_power and not self._is_plain_power(left, right):
            return Call("power", (first, second))
        return Binary(sign, first, second)

    def _is_plain_power(self, base: Node, exponent: Node) -> bool:
        one, other = interval_of(base, self._intervals), interval_of(exponent, self._intervals)
        return (one.low >= 0.0 and one.high <= 1.0 and other.low >= 0.0) or (
            one.low >= 1.0 and other.high <= 0.0
        )

    def _call(self, function: str, terms: tuple[Node, ...], *, vanishes: bool) -> Node:
        if function == "where":  # Python computes only the branch that is chosen
            condition, *branches = terms
            chosen = (self.guarded(one, vanishes=vanishes) for one in branches)
            return Call(function, (self.guarded(condition, vanishes=True), *chosen))
        within = vanishes or function not in _LET_THROUGH
        inner = tuple(self.guarded(one, vanishes=within) for one in terms)
        return Call(self._guard(function, terms, inner) if vanishes else function, inner)

    def _guard(self, function: str, terms: tuple[Node, ...], inner: tuple[Node, ...]) -> str:
        """Return the name of the function that takes the place of one, or its own name."""
        last = interval_of(terms[-1], self._intervals)
        match function:
            case "sqrt":
                refuses = last.low < 0.0
            case "log" | "log2":
                refuses = last.low <= 0.0
            case "log1p":
                refuses = last.low <= -1.0
            case "mod":
                refuses = last.has_zero
            case "floor" | "sin" | "cos":
                refuses = not self._is_finite(terms[0], inner[0])
            case _:
                refuses = False
        return GUARDED_BY[function] if refuses else function

    def _is_finite(self, term: Node, guarded: Node) -> bool:
        """Return whether a formula is of finite names alone, and nothing in it is refused."""
        refused = any(isinstance(one, Call) and one.function in GUARDS for one in walk(guarded))
        return not refused and names_in(term) <= self._finite
