"""What becomes of steps when all gradients are turned round or are larger; what can never be negative."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.language import (
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    is_number,
    names_in,
    terms_of,
)
from gdsim.core.formulas.program import DIRECTIONS, Program, is_direction, is_gradient, is_norm
from gdsim.core.settings import Setting

# By what a value is multiplied: by -1, by 1, or by any number, since it is zero so far.
ODD, EVEN, ZERO = -1.0, 1.0, 0.0
# Gradients that are tried one after the other: of either sign, small and large.
_GRADIENTS = (0.7, -1.3, 0.4, 0.02, 2.1, -0.6, 0.9, -0.1, -3.0, 0.5, 0.3, 0.8)


class Parity:
    """By what every name in some lines is multiplied when all gradients are turned round."""

    def __init__(self, program: Program, letters: tuple[str, ...]) -> None:
        # What is added of w itself takes no direction from the gradients.
        self._known: dict[str, float | None] = {"w": ZERO, "w_next": ZERO, **dict.fromkeys(letters, ZERO)}
        # A memory begins at zero; what it gathers settles what it is, in a few rounds.
        for _ in range(len(letters) + 1):
            for line in program.lines:
                self._known[line.target] = ODD if is_gradient(line.node) else self.of(line.node)
            for letter in letters:
                self._known[letter] = self._known[f"{letter}_t"]

    def of(self, node: Node) -> float | None:
        """Return the factor, which may be `ZERO`; None when there is no such factor."""
        match node:
            case Name(name):
                return self._known.get(name, EVEN)
            case Number(value):
                return EVEN if value else ZERO
            case Negative(term):
                return self.of(term)
            case Binary("*" | "/" as sign, left, right):
                one, other = self.of(left), self.of(right)
                if one is None or other is None:
                    return None
                return one / other if sign == "/" and other else one * other
            case Binary("**", base, Number(value)):
                return _power(self.of(base), float(value))
            case Binary("+" | "-", left, right):
                return _joined(self.of(left), self.of(right))
            case Call(function, terms):
                return _of_call(function, [self.of(term) for term in terms])
        return EVEN if all(self.of(term) == EVEN for term in terms_of(node)) else None


def _of_call(function: str, factors: list[float | None]) -> float | None:
    first = factors[0]
    match function:
        case "sqrt":
            return _power(first, 0.5)
        case "abs" | "norm":
            return None if first is None else abs(first)
        case _ if function in DIRECTIONS:
            return None
        case "sign":
            return None if first is None else math.copysign(EVEN, first) if first else ZERO
        case "tanh" | "sin" if first in (ODD, EVEN, ZERO):
            return first
        case "cos" if first in (ODD, EVEN, ZERO):
            return EVEN
        case "where" if first == EVEN:
            return _joined(*factors[1:])
        case "max" | "min":
            joined = _joined(*factors)
            return None if joined == ODD else joined
    return EVEN if all(one == EVEN for one in factors) else None


def _power(base: float | None, exponent: float) -> float | None:
    if not base:
        return base
    try:
        factor = base**exponent
    except OverflowError:
        return None
    return factor if isinstance(factor, float) else None  # a root of -1 is complex


def _joined(one: float | None, other: float | None) -> float | None:
    if ZERO in (one, other):
        return other if one == ZERO else one
    return one if one is not None and other is not None and math.isclose(one, other) else None


def is_proportional(program: Program, starts: Mapping[str, Node], numbers: Mapping[str, float]) -> bool:
    """Return whether gradients that are c times as large make c times as much of every step.

    It is tried on one parameter, with very small and very large c, beside the steps without any gradient.
    """
    plain, none = (_steps(program, starts, numbers, c) for c in (1.0, 0.0))
    for c in (1e-3, 1e3):
        for one, other, still in zip(_steps(program, starts, numbers, c), plain, none, strict=True):
            if not math.isclose(one - still, c * (other - still), rel_tol=1e-6, abs_tol=1e-12):
                return False
    return True


def _steps(
    program: Program, starts: Mapping[str, Node], numbers: Mapping[str, float], c: float
) -> list[float]:
    """Return where some gradients lead, each c times as large."""
    w, path = 0.3, []
    letters = [line.target.removesuffix("_t") for line in program.lines if line.target.endswith("_t")]
    memory = {z: evaluate(starts[z], {**numbers, "w": w}) if z in starts else 0.0 for z in letters}
    for t, gradient in enumerate(_GRADIENTS, 1):
        values = {**numbers, **memory, "w": w, "t": float(t)}
        asked = c * gradient
        for line in program.lines:
            if is_gradient(line.node):
                values[line.target], asked = asked, 1.2 * asked  # another one at another place
            elif is_norm(line.node):
                (name,) = names_in(line.node)
                values[line.target] = abs(values[name])
            elif is_direction(line.node):  # of no one parameter alone
                values[line.target] = math.copysign(1.0, asked)
            else:
                values[line.target] = evaluate(line.node, values)
        w, memory = values["w_next"], {z: values[f"{z}_t"] for z in letters}
        path.append(w)
    return path


class Interval(NamedTuple):
    """The numbers from ``low`` to ``high``; a float that is excluded gives way to the next one."""

    low: float
    high: float

    @property
    def has_zero(self) -> bool:
        """Whether 0 lies in the interval."""
        return self.low <= 0.0 <= self.high


ALL, FROM_ZERO = Interval(-math.inf, math.inf), Interval(0.0, math.inf)


def intervals_of_settings(settings: tuple[Setting, ...]) -> dict[str, Interval]:
    """Return the numbers that settings may have, by their names."""
    intervals = {}
    for one in settings:
        low, high = one.domain.low, one.domain.high
        intervals[one.name] = Interval(
            low if one.domain.low_included else math.nextafter(low, math.inf),
            high if one.domain.high_included else math.nextafter(high, -math.inf),
        )
    return intervals


def intervals_of(
    program: Program, letters: tuple[str, ...], settings: tuple[Setting, ...]
) -> Mapping[str, Interval]:
    """Return the numbers that every name in the lines of a rule may have.

    By induction: a memory that is not negative before an update, and starts so, is none after it.
    """
    known = intervals_of_settings(settings)
    known |= {"t": Interval(1.0, math.inf), "eta": FROM_ZERO, "gamma": Interval(0.0, 1.0)}
    starts = {line.target: interval_of(line.node, known) for line in program.starts}
    assumed = set(letters)
    while True:
        intervals = known | {z: FROM_ZERO if z in assumed else ALL for z in letters}
        for line in program.lines:
            intervals[line.target] = ALL if is_gradient(line.node) else interval_of(line.node, intervals)
        failed = {z for z in assumed if intervals[f"{z}_t"].low < 0.0 or starts.get(z, FROM_ZERO).low < 0.0}
        if not failed:
            return intervals
        assumed -= failed


def interval_of(node: Node, known: Mapping[str, Interval]) -> Interval:
    """Return the numbers that a formula may have; any number of a name that is not known."""
    match node:
        case Name(name):
            return known.get(name, ALL)
        case Number(value):
            return Interval(float(value), float(value))
        case Negative(term):
            one = interval_of(term, known)
            return Interval(-one.high, -one.low)
        case Binary(sign, left, right):
            return _of_two(sign, left, right, known)
        case Call(function, terms):
            return _interval_of_call(function, [interval_of(term, known) for term in terms])
    return ALL


def _interval_of_call(function: str, terms: list[Interval]) -> Interval:
    one, other = terms[0], terms[-1]
    match function:
        case "sqrt":
            return Interval(math.sqrt(max(one.low, 0.0)), math.inf)
        case "abs" | "norm" | "exp":
            return FROM_ZERO
        case "floor" if one.low >= 0.0:
            return FROM_ZERO
        case "log" | "log2" if one.low >= 1.0:
            return FROM_ZERO
        case "log1p" if one.low >= 0.0:
            return FROM_ZERO
        case "max" | "min":
            choose = max if function == "max" else min
            return Interval(choose(one.low, other.low), choose(one.high, other.high))
        case "where":
            _, one, other = terms
            return Interval(min(one.low, other.low), max(one.high, other.high))
    return ALL


def _of_two(sign: str, left: Node, right: Node, known: Mapping[str, Interval]) -> Interval:
    if sign == "**" and is_number(right, 2):
        return FROM_ZERO
    one, other = interval_of(left, known), interval_of(right, known)
    match sign:
        case "+":
            return Interval(one.low + other.low, one.high + other.high)
        case "-":
            return Interval(one.low - other.high, one.high - other.low)
        case "*" if one.low >= 0.0 and other.low >= 0.0:
            # Nothing times infinitely much is nothing: the ends are of numbers, which are finite.
            high = 0.0 if 0.0 in (one.high, other.high) else one.high * other.high
            return Interval(one.low * other.low if math.inf not in (one.low, other.low) else 0.0, high)
        case "/" if one.low >= 0.0 and other.low >= 0.0:
            return FROM_ZERO
        case "**" if one.low >= 0.0:
            if one.high <= 1.0 <= other.low:
                return Interval(0.0, one.high)
            return Interval(0.0, 1.0) if one.high <= 1.0 and other.low >= 0.0 else FROM_ZERO
    return ALL
