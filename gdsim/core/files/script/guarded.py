"""Where a script needs guards: functions for operations that raise in Python, such as a division by zero.

In gdsim such an operation gives infinity or NaN, and the run ends once a parameter or the memory is not
finite. A script ends its run when Python raises. The result is the same unless the non-finite value would
vanish before it reached a parameter or the memory, as in ``1 / (1 + x)`` or in a comparison. Only there, and
only where the operation can raise at all, a script has a guard.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gdsim.core.formulas.guards import GUARDED_BY, GUARDS
from gdsim.core.formulas.program import NORM, Program, is_gradient
from gdsim.core.formulas.syntax import (
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
from gdsim.core.rules.intervals import Interval, interval_of

# The functions whose value is not finite wherever their argument is not.
_PROPAGATING = {"abs", "log", "log1p", "log2", "sqrt", "floor", "sin", "cos", NORM}


def vanishing_in(program: Program, ends: AbstractSet[str]) -> frozenset[str]:
    """Return the names that may be infinite or NaN without ending a run.

    A run ends as soon as a name in ``ends`` is not finite.
    """
    used, vanishing = set[str](), set[str]()
    for line in reversed(program.lines):
        if line.target not in ends | used:
            vanishing.add(line.target)
        used |= names_in(line.node)
        # The gradient of a neuron may be finite where the parameters are not.
        hides_all = is_gradient(line.node) or line.target in vanishing
        vanishing |= (names_in(line.node) if hides_all else _vanishing(line.node)) - ends
    return frozenset(vanishing)


def guarded_lines(
    program: Program, intervals: Mapping[str, Interval], vanishing: AbstractSet[str], finite: AbstractSet[str]
) -> Mapping[str, Node]:
    """Return the right side of each line by its target, with guards where they are needed.

    The names in ``finite`` are known to be finite.
    """
    guard = _Guard(intervals, finite)
    return {
        line.target: guard.guarded(line.node, vanishes=line.target in vanishing) for line in program.lines
    }


def guarded_everywhere(node: Node) -> Node:
    """Return a formula with guards wherever Python may raise, whatever the values of its names."""
    return _Guard({}, frozenset()).guarded(node, vanishes=True)


def guarded_where_hidden(node: Node) -> Node:
    """Return a formula of finite w and b with guards only where a non-finite value may vanish within it."""
    return _Guard({}, frozenset({"w", "b"})).guarded(node, vanishes=False)


def _vanishing(node: Node) -> frozenset[str]:
    """Return the names that may be infinite or NaN while the value of the formula is finite."""
    match node:
        case Name():
            return frozenset()
        case Binary("+" | "-" | "*", left, right):
            return _vanishing(left) | _vanishing(right)
        case Binary("/", left, right):
            return _vanishing(left) | names_in(right)
        case Negative(term) | Binary("**", term, Number(2)):
            return _vanishing(term)
        case Call(function, (term,)) if function in _PROPAGATING:
            return _vanishing(term)
    return names_in(node)


class _Guard:
    """A rewriter of formulas that puts guards in the place of operations that may raise in Python."""

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
        if function == "where":  # Python evaluates only the chosen branch
            condition, *branches = terms
            chosen = (self.guarded(one, vanishes=vanishes) for one in branches)
            return Call(function, (self.guarded(condition, vanishes=True), *chosen))
        within = vanishes or function not in _PROPAGATING
        inner = tuple(self.guarded(one, vanishes=within) for one in terms)
        return Call(self._guard(function, terms, inner) if vanishes else function, inner)

    def _guard(self, function: str, terms: tuple[Node, ...], inner: tuple[Node, ...]) -> str:
        """Return the name of the guard for a function, or the function's own name if it cannot raise."""
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
        """Return whether a formula contains only finite names and no guards."""
        refused = any(isinstance(one, Call) and one.function in GUARDS for one in walk(guarded))
        return not refused and names_in(term) <= self._finite
