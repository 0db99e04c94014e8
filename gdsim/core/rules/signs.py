"""How the steps of a rule change when all gradients change their sign or are scaled."""

import math
from collections.abc import Mapping

from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.language import (
    Binary,
    Call,
    Name,
    Negative,
    Node,
    Number,
    names_in,
    terms_of,
)
from gdsim.core.formulas.program import DIRECTIONS, Program, is_direction, is_gradient, is_norm

# The factor of a value: -1, 1, or any number because the value is zero so far.
ODD, EVEN, ZERO = -1.0, 1.0, 0.0
# A sequence of trial gradients of both signs, small and large.
_GRADIENTS = (0.7, -1.3, 0.4, 0.02, 2.1, -0.6, 0.9, -0.1, -3.0, 0.5, 0.3, 0.8)


class Parity:
    """The factor of every name in some lines when all gradients change their sign."""

    def __init__(self, program: Program, letters: tuple[str, ...]) -> None:
        # w itself does not depend on the sign of the gradients, and must not decide the parity of a sum.
        self._known: dict[str, float | None] = {"w": ZERO, "w_next": ZERO, **dict.fromkeys(letters, ZERO)}
        # Memories begin at zero; what they accumulate determines their parity within a few rounds.
        for _ in range(len(letters) + 1):
            for line in program.lines:
                self._known[line.target] = ODD if is_gradient(line.node) else self.of(line.node)
            for letter in letters:
                self._known[letter] = self._known[f"{letter}_t"]

    def of(self, node: Node) -> float | None:
        """Return the factor of a formula, which may be `ZERO`; None if there is no such factor."""
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
                return _factor_of_power(self.of(base), float(value))
            case Binary("+" | "-", left, right):
                return _factor_of_sum(self.of(left), self.of(right))
            case Call(function, terms):
                return _factor_of_call(function, [self.of(term) for term in terms])
        return EVEN if all(self.of(term) == EVEN for term in terms_of(node)) else None


def _factor_of_call(function: str, factors: list[float | None]) -> float | None:
    first = factors[0]
    match function:
        case "sqrt":
            return _factor_of_power(first, 0.5)
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
            return _factor_of_sum(*factors[1:])
        case "max" | "min":
            joined = _factor_of_sum(*factors)
            return None if joined == ODD else joined
    return EVEN if all(one == EVEN for one in factors) else None


def _factor_of_power(base: float | None, exponent: float) -> float | None:
    if not base:
        return base
    try:
        factor = base**exponent
    except OverflowError:
        return None
    return factor if isinstance(factor, float) else None  # not the complex root of -1


def _factor_of_sum(one: float | None, other: float | None) -> float | None:
    if ZERO in (one, other):
        return other if one == ZERO else one
    return one if one is not None and other is not None and math.isclose(one, other) else None


def is_proportional(program: Program, starts: Mapping[str, Node], numbers: Mapping[str, float]) -> bool:
    """Return whether gradients scaled by c scale every step by c.

    This is tested numerically on one parameter, with a very small and a very large c, after subtracting the
    steps that are made without any gradient.
    """
    plain, none = (_path(program, starts, numbers, c) for c in (1.0, 0.0))
    for c in (1e-3, 1e3):
        for one, other, still in zip(_path(program, starts, numbers, c), plain, none, strict=True):
            if not math.isclose(one - still, c * (other - still), rel_tol=1e-6, abs_tol=1e-12):
                return False
    return True


def _path(
    program: Program, starts: Mapping[str, Node], numbers: Mapping[str, float], c: float
) -> list[float]:
    """Return the path of one parameter under the trial gradients, each scaled by c."""
    w, path = 0.3, []
    letters = [line.target.removesuffix("_t") for line in program.lines if line.target.endswith("_t")]
    memory = {z: evaluate(starts[z], {**numbers, "w": w}) if z in starts else 0.0 for z in letters}
    for t, gradient in enumerate(_GRADIENTS, 1):
        values = {**numbers, **memory, "w": w, "t": float(t)}
        asked = c * gradient
        for line in program.lines:
            if is_gradient(line.node):
                values[line.target], asked = asked, 1.2 * asked  # a different gradient at another place
            elif is_norm(line.node):
                (name,) = names_in(line.node)
                values[line.target] = abs(values[name])
            elif is_direction(line.node):  # a direction depends on all parameters, so take its sign only
                values[line.target] = math.copysign(1.0, asked)
            else:
                values[line.target] = evaluate(line.node, values)
        w, memory = values["w_next"], {z: values[f"{z}_t"] for z in letters}
        path.append(w)
    return path
