"""The value of a formula: in plain floats, and where Python would raise, as IEEE arithmetic says."""

import math
import struct
from collections.abc import Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.language import Node
from gdsim.core.formulas.printing import LOOP, NUMPY, PythonPrinter, code


def sign(value: float) -> float:
    """Return -1, 0 or 1; NaN of what is no number."""
    return math.copysign(1.0, value) if abs(value) > 0.0 else value


def _maximum(one: Array, other: Array) -> Array:
    """Return the larger of two as Python's `max` does, which may leave out what is no number."""
    return np.where(other > one, other, one)


def _minimum(one: Array, other: Array) -> Array:
    return np.where(other < one, other, one)


# What the source of a formula on plain floats may call, by its local name. Unlike `abs`, `math.fabs` refuses
# the complex root of a negative number.
FLOAT_FUNCTIONS: dict[str, Any] = {
    name: getattr(math, name) for name in ("cos", "exp", "floor", "log", "log2", "sin", "sqrt", "tanh", "pi")
} | {"sign": sign, "abs": math.fabs, "max": max, "min": min, "float": float}
# What Python raises where IEEE arithmetic says infinite or NaN; a root of a negative number is complex.
RAISED = (ArithmeticError, ValueError, TypeError, struct.error)
_OF_FLOATS: dict[str, Any] = {"__builtins__": {}, **FLOAT_FUNCTIONS}
# What the source of a formula on arrays may call.
ARRAY_FUNCTIONS: dict[str, Any] = {"np": np, "_maximum": _maximum, "_minimum": _minimum}
_OF_ARRAYS: dict[str, Any] = {"__builtins__": {}, **ARRAY_FUNCTIONS}


def evaluate(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a formula with numbers for its names; raises `NameError` if one is missing."""
    try:
        return evaluate_floats(node, values)
    except RAISED:
        return float(evaluate_arrays(node, {name: np.float64(value) for name, value in values.items()}))


def evaluate_floats(node: Node, values: Mapping[str, float]) -> float:
    """Return the value of a formula as `evaluate` does, but raise one of `RAISED` where Python does."""
    return float(eval(_compiled(node, LOOP), _OF_FLOATS, values))  # noqa: S307 - our own tree, no names but ours


def evaluate_arrays(node: Node, values: Mapping[str, Any]) -> Array:
    """Return the value of a formula with arrays put in for its names, which broadcast against each other."""
    with np.errstate(all="ignore"):
        result: Array = eval(_compiled(node, NUMPY), _OF_ARRAYS, values)  # noqa: S307
    return result


@lru_cache(maxsize=2048)
def _compiled(node: Node, printer: PythonPrinter) -> CodeType:
    return compile(code(node, printer), "<formula>", "eval")
