"""Whether a formula changes its sign with the gradients, and what can never be negative."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from gdsim.core.formulas.language import Binary, Call, Name, Negative, Node, Number, terms_of
from gdsim.core.formulas.program import Program, is_gradient
from gdsim.core.settings import Setting

# It changes its sign, keeps it, is zero so far (and so both), or neither.
ODD, EVEN, EITHER, NEITHER = -1, 1, 0, None


class Parity:
    """Of every name in some lines, whether it changes its sign when all gradients do."""

    def __init__(self, program: Program, letters: tuple[str, ...]) -> None:
        self._known: dict[str, int | None] = dict.fromkeys((*letters, "w", "w_next"), EITHER)
        # A memory begins at zero; what it gathers settles what it is, in a few rounds.
        for _ in range(len(letters) + 1):
            for line in program.lines:
                self._known[line.target] = ODD if is_gradient(line.node) else self.of(line.node)
            for letter in letters:
                self._known[letter] = self._known[f"{letter}_t"]

    def of(self, node: Node) -> int | None:
        """Return `ODD`, `EVEN`, `EITHER` or `NEITHER`."""
        match node:
            case Name(name):
                return self._known.get(name, EVEN)
            case Number(value):
                return EVEN if value else EITHER
            case Negative(term):
                return self.of(term)
            case Binary("*" | "/", left, right):
                one, other = self.of(left), self.of(right)
                return NEITHER if one is None or other is None else one * other
            case Binary("**", base, Number(value)) if float(value).is_integer():
                one = self.of(base)
                return one if value % 2 or one is None else one * one
            case Binary("+" | "-", left, right):
                return _joined(self.of(left), self.of(right))
            case Call("abs" | "cos", (term,)):
                one = self.of(term)
                return NEITHER if one is None else EVEN
            case Call("sign" | "tanh" | "sin", (term,)):
                return self.of(term)
            case Call("max" | "min", terms):
                one = _joined(*map(self.of, terms))
                return one if one in (EVEN, EITHER) else NEITHER
        return EVEN if all(self.of(term) == EVEN for term in terms_of(node)) else NEITHER


def _joined(one: int | None, other: int | None) -> int | None:
    if EITHER in (one, other):
        return other if one == EITHER else one
    return one if one == other else NEITHER


class _Range(NamedTuple):
    """The numbers from ``low`` to ``high``."""

    low: float
    high: float


_ALL, _FROM_ZERO = _Range(-math.inf, math.inf), _Range(0.0, math.inf)


def never_negative(
    program: Program, letters: tuple[str, ...], settings: tuple[Setting, ...]
) -> frozenset[str]:
    """Return which memories, and which corrected ones, can only be zero or more.

    By induction: a memory that is not negative before an update, and starts so, is none after it.
    """
    known = {one.name: _Range(one.domain.low, one.domain.high) for one in settings}
    known |= {"t": _Range(1.0, math.inf), "eta": _FROM_ZERO, "gamma": _Range(0.0, 1.0)}
    assumed = set(letters)
    while True:
        ranges = known | {z: _FROM_ZERO if z in assumed else _ALL for z in letters}
        for line in program.lines:
            ranges[line.target] = _ALL if is_gradient(line.node) else _range(line.node, ranges)
        starts = {line.target: _range(line.node, known) for line in program.starts}
        failed = {z for z in assumed if ranges[f"{z}_t"].low < 0.0 or starts.get(z, _FROM_ZERO).low < 0.0}
        if not failed:
            hats = {f"{z}_hat" for z in letters if ranges.get(f"{z}_hat", _ALL).low >= 0.0}
            return frozenset(assumed | hats)
        assumed -= failed


def _range(node: Node, known: Mapping[str, _Range]) -> _Range:
    match node:
        case Name(name):
            return known.get(name, _ALL)
        case Number(value):
            return _Range(float(value), float(value))
        case Negative(term):
            one = _range(term, known)
            return _Range(-one.high, -one.low)
        case Binary(sign, left, right):
            return _of_two(sign, left, right, known)
        case Call("abs" | "sqrt" | "exp", _):
            return _FROM_ZERO
        case Call("max" | "min" as function, (left, right)):
            one, other = _range(left, known), _range(right, known)
            choose = max if function == "max" else min
            return _Range(choose(one.low, other.low), choose(one.high, other.high))
        case Call("where", (_, left, right)):
            one, other = _range(left, known), _range(right, known)
            return _Range(min(one.low, other.low), max(one.high, other.high))
    return _ALL


def _of_two(sign: str, left: Node, right: Node, known: Mapping[str, _Range]) -> _Range:
    if sign == "**" and right == Number(2):
        return _FROM_ZERO
    one, other = _range(left, known), _range(right, known)
    match sign:
        case "+":
            return _Range(one.low + other.low, one.high + other.high)
        case "-":
            return _Range(one.low - other.high, one.high - other.low)
        case "*" if one.low >= 0.0 and other.low >= 0.0:
            # Nothing times infinitely much is nothing: the ends are of numbers, which are finite.
            high = 0.0 if 0.0 in (one.high, other.high) else one.high * other.high
            return _Range(one.low * other.low if math.inf not in (one.low, other.low) else 0.0, high)
        case "/" if one.low >= 0.0 and other.low >= 0.0:
            return _FROM_ZERO
        case "**" if one.low >= 0.0:
            return _Range(0.0, 1.0) if one.high <= 1.0 and other.low >= 0.0 else _FROM_ZERO
    return _ALL
