"""Poles: places at which a function divides by zero or takes its logarithm, and may fall without bound.

Such a place may lie unnoticed between two samples of a grid.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from gdsim.core.arrays import Array, Flags
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.syntax import Binary, Call, Negative, Node, Number, names_in, walk

# Bisections of the interval between two samples, after which floats no longer tell its ends apart.
_HALVINGS = 60
# A place and its neighbours in a grid.
_AROUND = np.array(list(product((-1.0, 0.0, 1.0), repeat=2)))
_MIDDLE = 4
# So many places at which a divisor is lowest are looked at.
_MOST = 50


def poles(function: Node, w: Array, b: Array) -> Array:
    """Return where a divisor may be 0: (m, 2).

    Places at which it changes sign are found on the lines of a grid, w (W,) and b (B,). Of one that keeps its
    sign, such as a sum of squares, they are those nearest to 0.
    """
    found = [np.empty((0, 2))]
    for divisor in dict.fromkeys(_divisors(function)):
        roots = [_roots(divisor, w, b), _roots(divisor, w, b, along_b=True)]
        found += roots if any(map(len, roots)) else [_nearest_to_zero(divisor, w, b)]
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


def _nearest_to_zero(divisor: Node, w: Array, b: Array) -> Array:
    """Return the few places in a grid where a formula is nearest to 0, each lower than around it: (m, 2)."""
    sizes = _size(divisor, np.stack(np.meshgrid(w, b, indexing="ij"), axis=-1))
    cells = sliding_window_view(np.pad(sizes, 1, constant_values=np.inf), (3, 3)).reshape(*sizes.shape, 9)
    lowest = np.argwhere((cells.argmin(axis=-1) == _MIDDLE) & np.isfinite(sizes))  # of equal ones the first
    i, j = lowest[np.argsort(sizes[tuple(lowest.T)], kind="stable")[:_MOST]].T
    place, step = np.stack([w[i], b[j]], axis=-1), np.array([w[1] - w[0], b[1] - b[0]])
    for _ in range(_HALVINGS):
        tried = place[:, np.newaxis] + step * _AROUND
        place = tried[np.arange(len(place)), _size(divisor, tried).argmin(axis=1)]
        step = 0.5 * step
    return np.asarray(place)


def _size(divisor: Node, place: Array) -> Array:
    """Return how far the values of a formula are from 0: infinite where it has none."""
    values = np.abs(_values(divisor, place))
    return np.where(np.isnan(values), np.inf, values)


def _is_above(divisor: Node, place: Array) -> Flags:
    return _values(divisor, place) > 0.0


def _values(formula: Node, place: Array) -> Array:
    with np.errstate(all="ignore"):
        values = evaluate_arrays(formula, {"w": place[..., 0], "b": place[..., 1]})
    return np.broadcast_to(values, place.shape[:-1])
