"""Poles: places at which a function divides by zero or takes its logarithm, and may fall without bound.

Such a place may lie unnoticed between two samples of a grid.
"""

from collections.abc import Iterator

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.language import Binary, Call, Negative, Node, Number, names_in, walk

# Bisections of the interval between two samples, after which floats no longer tell its ends apart.
_HALVINGS = 60


def poles(function: Node, w: Array, b: Array) -> Array:
    """Return the places on the lines of a grid, w (W,) and b (B,), where a divisor changes sign: (m, 2)."""
    found = [np.empty((0, 2))]
    for divisor in dict.fromkeys(_divisors(function)):
        found += [_roots(divisor, w, b), _roots(divisor, w, b, along_b=True)]
    return np.concatenate(found)


def _divisors(function: Node) -> Iterator[Node]:
    for one in walk(function):
        match one:
            case Binary("/", _, below) | Call("log", (below,)) | Binary("**", below, Negative(_)):
                yield from _vanishing(below)


def _vanishing(node: Node) -> Iterator[Node]:
    """Yield the factors of a formula whose changes of sign show where it is 0."""
    match node:
        case Call("abs" | "sqrt", (inner,)) | Binary("**", inner, Number(_)):
            yield from _vanishing(inner)
        case Binary("*", left, right):
            yield from _vanishing(left)
            yield from _vanishing(right)
        case _ if names_in(node):
            yield node


def _roots(divisor: Node, w: Array, b: Array, *, along_b: bool = False) -> Array:
    """Return where a formula changes sign between neighbouring places of a grid: shape (m, 2)."""
    place = np.stack(np.meshgrid(w, b, indexing="ij"), axis=-1)
    low, high = (place[:, :-1], place[:, 1:]) if along_b else (place[:-1], place[1:])
    turns = _is_above(divisor, low) != _is_above(divisor, high)
    low, high = low[turns], high[turns]
    above = _is_above(divisor, low)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        same = (_is_above(divisor, middle) == above)[:, np.newaxis]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.asarray(high)


def _is_above(divisor: Node, place: Array) -> Flags:
    with np.errstate(all="ignore"):
        values = evaluate_arrays(divisor, {"w": place[..., 0], "b": place[..., 1]})
    return np.broadcast_to(values > 0.0, place.shape[:-1])
