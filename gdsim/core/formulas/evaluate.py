"""The value of a formula: in plain floats, following IEEE 754 where Python would raise, or on arrays."""

import math
import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.code_printing import GUARDED, LOOP, NUMPY, PythonPrinter, source_of
from gdsim.core.formulas.guards import GUARDS
from gdsim.core.formulas.syntax import (
    COMPARISONS,
    Binary,
    Name,
    Node,
    names_in,
    node_count,
    replaced,
    terms_of,
)

_LARGEST_EXPONENT = 709.782712893384


def sign(value: float) -> float:
    """Return -1, 0 or 1, never -0 as for arrays; NaN for NaN."""
    return math.copysign(1.0, value) if abs(value) > 0.0 else value + 0.0


def guarded_exp(value: float) -> float:
    """Return e^value, infinity where `math.exp` raises."""
    return math.inf if value > _LARGEST_EXPONENT else math.exp(value)


def length(values: Iterable[float]) -> float:
    """Return the Euclidean norm, with the squares summed in order."""
    total = 0.0
    for value in values:
        total += value * value
    return math.sqrt(total)


def lengths(values: Array, axis: int = -1) -> Array:
    """Return the Euclidean norms along an axis, with the squares summed in order.

    The axis is kept, with length 1.
    """
    total: Array = np.sqrt(np.take(np.add.accumulate(values * values, axis=axis), [-1], axis=axis))
    return total


def _maximum(one: Array, other: Array) -> Array:
    """Return the larger of two as Python's `max` does, which ignores NaN as its second argument."""
    return np.where(other > one, other, one)


def _minimum(one: Array, other: Array) -> Array:
    return np.where(other < one, other, one)


def _floor(values: Array) -> Array:
    """Return numbers rounded down, never -0, which Python's integers lack."""
    return np.floor(values) + 0.0


# The functions that source on plain floats may call, by name. Unlike `abs`, `math.fabs` raises for the
# complex root of a negative number.
FLOAT_FUNCTIONS: dict[str, Any] = {
    name: getattr(math, name)
    for name in ("cos", "exp", "floor", "log", "log1p", "log2", "sin", "sqrt", "tanh", "pi")
} | {"sign": sign, "abs": math.fabs, "max": max, "min": min, "float": float}
# What Python raises where IEEE 754 gives infinity or NaN; TypeError comes from a complex root.
RAISED = (ArithmeticError, ValueError, TypeError, struct.error)
_FLOAT_SCOPE: dict[str, Any] = {"__builtins__": {}, **FLOAT_FUNCTIONS}
# The functions that guarded source may call; a script contains the same guards.
GUARDED_FUNCTIONS: dict[str, Any] = {**FLOAT_FUNCTIONS, "exp": guarded_exp}
_GUARDS: dict[str, Any] = {"math": math}
exec("\n\n".join(GUARDS.values()), _GUARDS)  # noqa: S102 - our own text
GUARDED_FUNCTIONS |= {name: _GUARDS[name] for name in GUARDS}
_GUARDED_SCOPE: dict[str, Any] = {"__builtins__": {}, **GUARDED_FUNCTIONS}
# The functions that source on arrays may call.
ARRAY_FUNCTIONS: dict[str, Any] = {
    "_np": np,
    "_maximum": _maximum,
    "_minimum": _minimum,
    "_floor": _floor,
    "_length": lengths,
}
_ARRAY_SCOPE: dict[str, Any] = {"__builtins__": {}, **ARRAY_FUNCTIONS}


def evaluate(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a formula with numbers for its names; raises `NameError` if one is missing."""
    try:
        return evaluate_floats(node, values)
    except RAISED:
        floats = {name: float(value) for name, value in values.items()}
        return float(eval(_compiled(node, GUARDED), _GUARDED_SCOPE, floats))  # noqa: S307


def evaluate_floats(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a formula like `evaluate`, but raise one of `RAISED` where Python does."""
    return float(eval(_compiled(node, LOOP), _FLOAT_SCOPE, values))  # noqa: S307 - our own tree, no names but ours


def evaluate_arrays(node: Node, values: Mapping[str, Any]) -> Array:
    """Return the value of a formula with arrays for its names, which are broadcast against each other."""
    source = _compiled(node, NUMPY)
    with np.errstate(all="ignore"):
        try:
            result: Array = eval(source, _ARRAY_SCOPE, values)  # noqa: S307
        except ArithmeticError:  # from Python's numbers among the values; NumPy's never raise
            result = eval(source, _ARRAY_SCOPE, _as_arrays(values))  # noqa: S307
    return result


def _as_arrays(values: Mapping[str, Any]) -> dict[str, Array]:
    return {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}


def evaluate_together(nodes: tuple[Node, ...], values: Mapping[str, Any]) -> tuple[Array, ...]:
    """Return the values of several formulas as `evaluate_arrays` does.

    Common subexpressions are computed once.
    """
    try:
        return _evaluated(*_with_common_lines(nodes), dict(values))
    except ArithmeticError:  # as in `evaluate_arrays`
        return _evaluated(*_with_common_lines(nodes), _as_arrays(values))


def _evaluated(
    lines: list[tuple[str, CodeType]], results: list[CodeType], known: dict[str, Any]
) -> tuple[Array, ...]:
    with np.errstate(all="ignore"):
        for name, source in lines:
            known[name] = eval(source, _ARRAY_SCOPE, known)  # noqa: S307
        return tuple(eval(source, _ARRAY_SCOPE, known) for source in results)  # noqa: S307


@lru_cache(maxsize=64)
def _with_common_lines(nodes: tuple[Node, ...]) -> tuple[list[tuple[str, CodeType]], list[CodeType]]:
    """Return lines that compute the common subexpressions of formulas, and the formulas in terms of these."""
    uses = Counter(nodes)
    todo = list(uses)
    while todo:
        node = todo.pop()
        terms = terms_of(node)
        if isinstance(node, Binary) and node.sign == "**":  # a square is written as a product
            terms = (node.left, *terms)
        todo += [term for term in dict.fromkeys(terms) if term not in uses]
        uses.update(terms)
    repeated = [node for node, count in uses.items() if count > 1 and _can_stand_alone(node)]
    names: dict[Node, str] = {}
    lines: list[tuple[str, CodeType]] = []

    def shortened(node: Node) -> Node:
        """Return a node with the subexpressions that are already computed replaced by their names."""
        return replaced(node, lambda part: Name(names[part]) if part in names else None)

    for node in sorted(repeated, key=node_count):
        name = f"_{len(lines)}"
        lines.append((name, _compiled(shortened(node), NUMPY)))
        names[node] = name
    return lines, [_compiled(shortened(node), NUMPY) for node in nodes]


def _can_stand_alone(node: Node) -> bool:
    # A constant would be a number of Python's, whose powers raise or are complex where NumPy's are not.
    is_comparison = isinstance(node, Binary) and node.sign in COMPARISONS
    return bool(terms_of(node) and names_in(node)) and not is_comparison


@lru_cache(maxsize=2048)
def _compiled(node: Node, printer: PythonPrinter) -> CodeType:
    return compile(source_of(node, printer), "<formula>", "eval")
