"""Interval arithmetic: bounds for the values of names in the lines of a rule or a schedule, for any run."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from gdsim.core.formulas.program import Program, is_gradient
from gdsim.core.formulas.syntax import Binary, Call, Name, Negative, Node, Number, is_number
from gdsim.core.settings import Setting


class Interval(NamedTuple):
    """The floats from ``low`` to ``high``, both included."""

    low: float
    high: float

    @property
    def has_zero(self) -> bool:
        return self.low <= 0.0 <= self.high


ALL, FROM_ZERO = Interval(-math.inf, math.inf), Interval(0.0, math.inf)


def intervals_of_settings(settings: tuple[Setting, ...]) -> dict[str, Interval]:
    return {one.name: Interval(*one.domain.ends) for one in settings}


def intervals_of(
    program: Program, letters: tuple[str, ...], settings: tuple[Setting, ...]
) -> Mapping[str, Interval]:
    """Return an interval for every name in the lines of a rule.

    All memories are first assumed to be never negative. A memory is dropped from the assumption if its start
    or its new value could be negative, until the rest holds by induction over the updates.
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
    """Return the interval of the values of a formula; a name that is not ``known`` may have any value."""
    match node:
        case Name(name):
            return known.get(name, ALL)
        case Number(value):
            return Interval(float(value), float(value))
        case Negative(term):
            one = interval_of(term, known)
            return Interval(-one.high, -one.low)
        case Binary(sign, left, right):
            return _interval_of_binary(sign, left, right, known)
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
        case "max" | "min":
            choose = max if function == "max" else min
            return Interval(choose(one.low, other.low), choose(one.high, other.high))
        case "where":
            _, one, other = terms
            return Interval(min(one.low, other.low), max(one.high, other.high))
    return ALL


def _interval_of_binary(sign: str, left: Node, right: Node, known: Mapping[str, Interval]) -> Interval:
    if sign == "**" and is_number(right, 2):
        return FROM_ZERO
    one, other = interval_of(left, known), interval_of(right, known)
    match sign:
        case "+":
            return Interval(one.low + other.low, one.high + other.high)
        case "-":
            return Interval(one.low - other.high, one.high - other.low)
        case "*" if one.low >= 0.0 and other.low >= 0.0:
            # 0 times inf is 0 here: an infinite end only bounds the numbers, which are themselves finite.
            high = 0.0 if 0.0 in (one.high, other.high) else one.high * other.high
            return Interval(one.low * other.low if math.inf not in (one.low, other.low) else 0.0, high)
        case "/" if one.low >= 0.0 and other.low >= 0.0:
            return FROM_ZERO
        case "**" if one.low >= 0.0:
            if one.high <= 1.0 <= other.low:
                return Interval(0.0, one.high)
            return Interval(0.0, 1.0) if one.high <= 1.0 and other.low >= 0.0 else FROM_ZERO
    return ALL
