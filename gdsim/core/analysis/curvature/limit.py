"""The limit of a rule: the largest rate times curvature at which it settles, by its matrix on a parabola."""

import math
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.polynomial.chebyshev import chebpts1, chebroots, chebtrim, chebvander

from gdsim.core.analysis.curvature.linear_step import LATE, linear_step
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.rules.rule import Optimizer

# Rates times curvature that are tried, before the first one that is too large is narrowed down.
_TRIED = np.geomspace(1e-4, 1e8, 289)
# Each round divides what is left into this many parts and keeps one.
_PARTS, _ROUNDS = 8, 14
# A rule that repeats itself after several updates may grow in narrow bands, which are found in another way.
# So one in this many rates is enough for such a rule.
_PERIODIC_STRIDE = 8
# The ends of its bands are roots of polynomials: one polynomial for this many updates, up to this degree,
# without terms below this share of its largest one.
_UPDATES, _DEGREE, _LEAST_TERM = 32, 96, 1e-12
# A root that exceeds 1 by less is 1 to rounding, which is this large for equal roots, because it is a square
# root that is rounded.
_ROUNDING = 1e-9
# A smaller rate, to which a schedule may decay, counts as this one. The limit of rate times curvature is the
# same, but a curvature of limit / rate would overflow.
_LEAST_RATE = 1e-9
# Matrices that are examined together, each at all rates that are tried.
_BATCH = 128
Roots: TypeAlias = npt.NDArray[np.complex128]
_cache: "OrderedDict[bytes, float]" = OrderedDict()
_CACHE_SIZE = 4096


def limit_of(optimizer: Optimizer) -> float:
    """Return the largest rate times curvature at which the rule settles, with its settings as they are.

    It holds late in a run, when corrections of memories for their start are over. Infinite if there is no
    limit; NaN if the step is not proportional to the gradients, or if the rule never settles.
    """
    return limits_of([optimizer])[0]


def limits_of(optimizers: Sequence[Optimizer]) -> list[float]:
    """Return `limit_of` for each of several rules, in less time than one after the other."""
    found, alike = [math.nan] * len(optimizers), defaultdict[tuple[int, ...], list[tuple[int, Array]]](list)
    for place, one in enumerate(optimizers):
        now = np.array([one.eta]), np.array([one.gamma]), np.array([float(LATE)])
        matrices = matrices_at(one, *now)
        if matrices is not None:
            alike[matrices.shape].append((place, matrices))
    for pairs in alike.values():
        values = limits(np.concatenate([matrices for _, matrices in pairs])).tolist()
        for (place, _), value in zip(pairs, values, strict=True):
            found[place] = value
    return found


def limits_at(optimizer: Optimizer, eta: Array, gamma: Array, t: Array) -> Array:
    """Return the limits of a rule at updates (n,) with their own rates and numbers t: shape (n,)."""
    first, which = _distinct(optimizer, eta, gamma, t)
    matrices = matrices_at(optimizer, eta[first], gamma[first], t[first])
    return np.full(len(t), np.nan) if matrices is None else limits(matrices)[which]


def growth_at(optimizer: Optimizer, eta: Array, gamma: Array, t: Array, x: Array) -> Array:
    """Return the spectral radius of updates (n,), each at its rate times curvature x; NaN if not linear."""
    first, which = _distinct(optimizer, eta, gamma, t)
    matrices = matrices_at(optimizer, eta[first], gamma[first], t[first])
    if matrices is None:
        return np.full(len(x), np.nan)
    parts = (slice(begin, begin + _BATCH) for begin in range(0, len(x), _BATCH))
    return np.concatenate([largest_growth(matrices[which[one]], x[one, np.newaxis])[:, 0] for one in parts])


def _distinct(optimizer: Optimizer, eta: Array, gamma: Array, t: Array) -> tuple[Rows, Rows]:
    """Return indices of updates with distinct matrices, and for every update (n,) which of them it shares."""
    if linear_step(optimizer.update_rule).period:  # a late update stands for all
        t = np.zeros_like(t)
    numbers = np.nan_to_num(np.stack([eta, gamma, t], axis=1))
    _, first, which = np.unique(numbers, axis=0, return_index=True, return_inverse=True)
    return first, which.reshape(-1)


def matrices_at(optimizer: Optimizer, eta: Array, gamma: Array, t: Array) -> Array | None:
    """Return the matrices of updates as polynomials; see `LinearStep.matrices`."""
    with np.errstate(all="ignore"):
        made = linear_step(optimizer.update_rule).matrices(optimizer, np.maximum(eta, _LEAST_RATE), gamma, t)
    return made if made is not None and np.isfinite(made).all() else None


def limits(matrices: Array) -> Array:
    """Return for each matrix the largest x up to which its powers do not grow: shape (n,)."""
    flat = matrices.reshape(len(matrices), -1)
    with np.errstate(divide="ignore"):
        digits = 12 - np.floor(np.log10(np.abs(flat).max(axis=0, initial=1e-300)))
    scale = 10.0 ** np.clip(digits, -300.0, 300.0)
    _, first, place = np.unique(np.round(flat * scale), axis=0, return_index=True, return_inverse=True)
    chosen = matrices[first]
    keys = [one.tobytes() for one in chosen]
    # Other threads use the cache as well.
    found = {key: value for key in keys if (value := _cache.get(key)) is not None}
    missing = np.array([index for index, key in enumerate(keys) if key not in found], dtype=np.intp)
    for begin in range(0, len(missing), _BATCH):
        some = missing[begin : begin + _BATCH]
        for index, value in zip(some.tolist(), _limits(chosen[some]).tolist(), strict=True):
            _cache[keys[index]] = found[keys[index]] = value
    while len(_cache) > _CACHE_SIZE:
        _cache.popitem(last=False)
    return np.array([found[key] for key in keys])[place.reshape(-1)]


def _limits(matrices: Array) -> Array:
    n, repeats = len(matrices), matrices.shape[1] > 1
    rows, tried = np.arange(n), _TRIED[::_PERIODIC_STRIDE] if repeats else _TRIED
    too_large = _grows(matrices, np.broadcast_to(tried, (n, len(tried))))
    first = np.argmax(too_large, axis=1)
    found = _first_between(matrices, tried[np.maximum(first - 1, 0)], tried[first])
    if repeats:
        for row in np.flatnonzero(first > 0).tolist():
            found[row] = _lowest_band(matrices[row : row + 1], float(found[row]))
    found = np.where(too_large[rows, first], found, np.inf)
    return np.where(too_large[:, 0], np.nan, found)


def _first_between(matrices: Array, low: Array, high: Array) -> Array:
    """Return the x at which each matrix begins to grow, between ``low``, where it does not, and ``high``."""
    n = len(matrices)
    rows = np.arange(n)
    for _ in range(_ROUNDS):
        ends = np.linspace(low, high, _PARTS + 1, axis=1)
        grows = np.ones((n, _PARTS), bool)  # at the end of the last part they all grow
        grows[:, :-1] = _grows(matrices, ends[:, 1:-1])
        part = np.argmax(grows, axis=1)
        low, high = ends[rows, part], ends[rows, part + 1]
    return high


def _lowest_band(matrix: Array, high: float) -> float:
    """Return the first x at which a matrix begins to grow; ``high`` is one of them.

    A root of the matrix crosses the unit circle at 1, at -1, or together with its conjugate, when their
    product is 1. Between two such crossings the matrix grows everywhere or nowhere, so one test is enough.
    """
    _, period, terms, size, _ = matrix.shape
    one, other = np.triu_indices(size, 1)

    def conditions(x: Array) -> Array:
        (roots,) = roots_at(matrix, x[np.newaxis])
        crosses = (roots, -roots, roots[:, one] * roots[:, other])
        return np.stack([(1.0 - values).prod(axis=1).real for values in crosses], axis=1)

    # Bands are denser towards both ends, as the extrema of a polynomial are.
    angles = np.linspace(0.0, math.pi, 1 + math.ceil(period * (terms - 1) / _UPDATES))
    pieces = _between(-np.cos(angles), 0.0, high)
    places, degree = [pieces], min(period * (terms - 1) * size, _DEGREE)
    nodes = chebpts1(degree + 1)
    # Turns the values of a polynomial at the nodes into its coefficients.
    to_terms = chebvander(nodes, degree).T * (2.0 / len(nodes))
    to_terms[0] *= 0.5
    for piece in pairwise(pieces.tolist()):
        for polynomial in (to_terms @ conditions(_between(nodes, *piece))).T:
            roots = chebroots(chebtrim(polynomial, _LEAST_TERM * np.abs(polynomial).max())).real
            places.append(_between(roots[np.abs(roots) < 1.0], *piece))
    ends = np.sort(np.concatenate(places))
    middles = 0.5 * (ends[1:] + ends[:-1])
    (grows,) = _grows(matrix, middles[np.newaxis])
    if not grows.any():
        return high
    first = int(np.argmax(grows))
    low = middles[first - 1 : first] if first else np.zeros(1)
    return float(_first_between(matrix, low, middles[first : first + 1])[0])


def _between(x: Array, low: float, high: float) -> Array:
    """Map x linearly from the interval -1 to 1 to that from ``low`` to ``high``."""
    return low + 0.5 * (high - low) * (1.0 + x)


def _grows(matrices: Array, x: Array) -> Flags:
    return np.asarray(largest_growth(matrices, x) > 1.0 + _ROUNDING)


def largest_growth(matrices: Array, x: Array) -> Array:
    """Return the spectral radius of each matrix at its own places x, over its whole period: shape (n, m)."""
    return np.asarray(np.abs(roots_at(matrices, x)).max(axis=-1))


def roots_at(matrices: Array, x: Array) -> Roots:
    """Return the eigenvalues of each matrix at its own places x, over its whole period: shape (n, m, k)."""
    n, period, terms, size, _ = matrices.shape
    powers = x[..., np.newaxis] ** np.arange(terms)
    # Most updates of a period are equal, so that their product is a power.
    changes = (matrices[:, 1:] != matrices[:, :-1]).any(axis=(0, 2, 3, 4))
    begins = [0, *(np.flatnonzero(changes) + 1).tolist(), period]
    whole = np.eye(size)
    with np.errstate(all="ignore"):
        for begin, end in pairwise(begins):
            each = (powers @ matrices[:, begin].reshape(n, terms, -1)).reshape(*x.shape, size, size)
            whole = np.linalg.matrix_power(each, end - begin) @ whole
    finite: Flags = np.asarray(np.isfinite(whole).all(axis=(2, 3), keepdims=True))
    roots = _eigenvalues(np.where(finite, whole, 0.0).reshape(-1, size, size))
    return np.where(finite[..., 0], roots.reshape(*x.shape, size), np.inf)


def _eigenvalues(matrices: Array) -> Roots:
    if matrices.shape[-1] == 1:
        return matrices[:, :, 0].astype(np.complex128)
    if matrices.shape[-1] > 2:  # noqa: PLR2004 - for two there is a formula
        return np.linalg.eigvals(matrices).astype(np.complex128)
    # Relative to the largest entry, so that squares do not overflow.
    scale = np.abs(matrices).max(axis=(1, 2))
    a, b, c, d = (matrices / np.where(scale > 0.0, scale, 1.0)[:, np.newaxis, np.newaxis]).reshape(-1, 4).T
    half = 0.5 * (a + d)
    root = np.sqrt((0.25 * (a - d) ** 2 + b * c).astype(np.complex128))
    with np.errstate(over="ignore"):
        return np.stack([scale * (half - root), scale * (half + root)], axis=-1)
