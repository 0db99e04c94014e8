"""The largest rate times curvature that a rule bears: found from its matrix on a parabola."""

import math
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gdsim.core.analysis.curvature.linear_step import LATE, linear_step
from gdsim.core.arrays import Array
from gdsim.core.rules.rule import Optimizer

# Rates times curvature that are tried, before the first one that is too large is narrowed down.
_TRIED = np.geomspace(1e-4, 1e8, 289)
_ROUNDS = 60
# Where a rule repeats itself after several updates, it may grow in narrow bands, which these find.
_IN_BANDS = 2048
# What is above 1 by less is 1, to rounding: of equal roots, to that of a square root.
_ROUNDING = 1e-9
# So many matrices are looked at together, each with all rates that are tried.
_TOGETHER = 128
Roots: TypeAlias = npt.NDArray[np.complex128]
_known: "OrderedDict[bytes, float]" = OrderedDict()
_MOST_KNOWN = 4096


def limit_of(optimizer: Optimizer) -> float:
    """Return the largest rate times curvature at which the rule settles, with its settings as they are.

    Corrections of memories for their start are over. Infinite if there is no limit, NaN if there is none to
    be told: the step is not proportional to the gradients, or the rule never settles.
    """
    return limits_of([optimizer])[0]


def limits_of(optimizers: Sequence[Optimizer]) -> list[float]:
    """Return the same for each of several, in less time than one after the other."""
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
    """Return the same for some updates (n,), at their rates and with their numbers t: shape (n,)."""
    matrices = matrices_at(optimizer, eta, gamma, t)
    return np.full(len(t), np.nan) if matrices is None else limits(matrices)


def matrices_at(optimizer: Optimizer, eta: Array, gamma: Array, t: Array) -> Array | None:
    """Return the matrices of updates as polynomials; see `LinearStep.matrices`."""
    with np.errstate(all="ignore"):
        made = linear_step(optimizer.update_rule).matrices(optimizer, eta, gamma, t)
    return made if made is not None and np.isfinite(made).all() else None


def limits(matrices: Array) -> Array:
    """Return the largest x up to which no power of a matrix grows, for each of n: shape (n,)."""
    flat = matrices.reshape(len(matrices), -1)
    with np.errstate(divide="ignore"):
        digits = 12 - np.floor(np.log10(np.abs(flat).max(axis=0, initial=1e-300)))
    scale = 10.0 ** np.clip(digits, -300.0, 300.0)
    _, first, place = np.unique(np.round(flat * scale), axis=0, return_index=True, return_inverse=True)
    chosen = matrices[first]
    keys = [one.tobytes() for one in chosen]
    # Other threads ask as well.
    found = {key: value for key in keys if (value := _known.get(key)) is not None}
    missing = np.array([index for index, key in enumerate(keys) if key not in found], dtype=np.intp)
    for begin in range(0, len(missing), _TOGETHER):
        some = missing[begin : begin + _TOGETHER]
        for index, value in zip(some.tolist(), _limits(chosen[some]).tolist(), strict=True):
            _known[keys[index]] = found[keys[index]] = value
    while len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)
    return np.array([found[key] for key in keys])[place.reshape(-1)]


def _limits(matrices: Array) -> Array:
    n = len(matrices)
    rows = np.arange(n)
    each, tried = np.repeat(matrices, len(_TRIED), axis=0), np.tile(_TRIED, n)
    growth = largest_growth(each, tried).reshape(n, len(_TRIED))
    too_large = growth > 1.0 + _ROUNDING
    first = np.argmax(too_large, axis=1)
    low, high = _TRIED[np.maximum(first - 1, 0)], _TRIED[first]
    if matrices.shape[1] > 1:
        for row in np.flatnonzero(first > 0).tolist():
            low[row], high[row] = _lowest_band(matrices[row : row + 1], float(high[row]))
    for _ in range(_ROUNDS):
        middle = np.sqrt(low * high)
        beyond = largest_growth(matrices, middle) > 1.0 + _ROUNDING
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    found = np.where(too_large[rows, first], high, np.inf)
    return np.where(too_large[:, 0], np.nan, found)


def _lowest_band(matrix: Array, high: float) -> tuple[float, float]:
    """Return two places, of which the second is the first one up to ``high`` at which a matrix grows."""
    places = np.linspace(0.0, high, _IN_BANDS + 1)[1:]
    grows = largest_growth(np.repeat(matrix, _IN_BANDS, axis=0), places) > 1.0 + _ROUNDING
    first = int(np.argmax(grows))
    return float(places[first - 1]) if first else float(_TRIED[0]), float(places[first])


def largest_growth(matrices: Array, x: Array) -> Array:
    """Return the spectral radius of each matrix at its own x, over its whole period: shape (n,)."""
    return np.asarray(np.abs(roots_at(matrices, x)).max(axis=-1))


def roots_at(matrices: Array, x: Array) -> Roots:
    """Return the eigenvalues of each matrix at its own x, over its whole period: shape (n, k)."""
    powers = x[:, np.newaxis] ** np.arange(matrices.shape[2])
    with np.errstate(all="ignore"):
        each = np.einsum("nd,npdij->npij", powers, matrices)
        whole = each[:, 0]
        for later in range(1, each.shape[1]):
            whole = each[:, later] @ whole
    finite = np.isfinite(whole).all(axis=(1, 2))
    roots = _eigenvalues(np.where(finite[:, np.newaxis, np.newaxis], whole, 0.0))
    return np.where(finite[:, np.newaxis], roots, np.inf)


def _eigenvalues(matrices: Array) -> Roots:
    if matrices.shape[-1] == 1:
        return matrices[:, :, 0].astype(np.complex128)
    if matrices.shape[-1] > 2:  # noqa: PLR2004 - for two there is a formula
        return np.linalg.eigvals(matrices).astype(np.complex128)
    # In parts of its largest entry, of which the squares are floats as well.
    scale = np.abs(matrices).max(axis=(1, 2))
    a, b, c, d = (matrices / np.where(scale > 0.0, scale, 1.0)[:, np.newaxis, np.newaxis]).reshape(-1, 4).T
    half = 0.5 * (a + d)
    root = np.sqrt((0.25 * (a - d) ** 2 + b * c).astype(np.complex128))
    with np.errstate(over="ignore"):
        return np.stack([scale * (half - root), scale * (half + root)], axis=-1)
