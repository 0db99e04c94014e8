"""The lowest place of a view range, and what it is: a minimum, or only the lowest that is in view.

The loss may have several minima, in valleys narrower than a cell of the grid. So a search starts from the
lowest samples of the grid and from places that the points name: where the neuron fits two of them, where its
step lies between two of them, and the same along the borders.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.model.neuron import sigmoid
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.binned_loss import LossTerms

_EPS = float(np.finfo(np.float64).eps)
_TINY = float(np.finfo(np.float64).tiny)
# Starts of the search that are taken from one set of places, and points that name places.
_STARTS, _NAMING = 6, 32
_SCALES = 18
# An activation beyond this is one of a saturated neuron.
_STEEP = 6.0
_MOST_MOVES = 120
# Lengths of a move that are tried, in Newton steps. The long ones leave exponential tails.
_LENGTHS = np.array([0.2, 1.0, 4.0, 32.0])[:, np.newaxis, np.newaxis]
_MOST_DAMPING = 1e9
# A move of this share of the view range no longer improves a place.
_STILL = 1e-15
# Sigmoids computed at once: that takes a few milliseconds.
_PIECE = 1 << 18
# Of more terms than these only one start is followed.
_MANY = 1 << 13
# The plane, as a multiple of what is drawn and of where the points put a minimum.
_FAR = 1e4
# A lower loss than this share of the bound is below it.
_BELOW = 1.0 - 1e-9


class LowestKind(Enum):
    """What the lowest place of a view range is."""

    MINIMUM = "minimum"  # The loss rises on all sides
    BORDER = "border"  # The loss falls on beyond the border, and there is a minimum somewhere outside
    ENDLESS = (
        "endless"  # At the border, and there is no lowest place anywhere: the loss falls towards a bound
    )
    LEVEL = "level"  # Somewhere beside it the loss is the same, to rounding


class LowestPlace(NamedTuple):
    """The lowest place of a view range."""

    w: float
    b: float
    loss: float
    kind: LowestKind = LowestKind.MINIMUM
    bound: float = 0.0  # What the loss comes as near as you like to, as w and b grow without end


class _Box(NamedTuple):
    low: Array  # (2,)
    high: Array  # (2,)

    @property
    def span(self) -> Array:
        return self.high - self.low

    def holds(self, places: Array) -> Flags:
        """Return which of the places (m, 2) are inside or on the border: shape (m,)."""
        inside: Flags = np.logical_and.reduce((places >= self.low) & (places <= self.high), axis=1)
        return inside


def finding_lowest(
    terms: LossTerms, w: Array, b: Array, loss: Array, exact: LossTerms | None = None
) -> Progress[LowestPlace]:
    """Find the lowest place within a grid of samples: w (W,), b (B,), loss (W, B).

    ``exact`` are the terms of the grid where these are very many, and ``terms`` is what comes near them.
    """
    box = _Box(np.array([w[0], b[0]]), np.array([w[-1], b[-1]]))
    lowest = np.unravel_index(np.argmin(loss), loss.shape)
    known = np.array([w[lowest[0]], b[lowest[1]]]), float(loss[lowest])
    named = yield from part_of(_named_places(terms, box), 0.0, 0.3)
    starts = np.concatenate([_lowest_samples(w, b, loss), *(_lowest_of(*one) for one in named)])
    place, value = yield from part_of(_descending(terms, starts, box), 0.3, 0.6 if exact else 0.9)
    if exact:
        terms = exact
        place, value = yield from part_of(_descending(terms, place[np.newaxis], box), 0.6, 0.9)
    if known[1] < value:
        place, value = known
    place, value = _polished(terms, place, value, box)
    kind, bound = LowestKind.MINIMUM, bound_far_out(terms)
    if _is_level(terms, place, value, box, len(w) - 1):
        kind = LowestKind.LEVEL
    elif ((place <= box.low) | (place >= box.high)).any():
        attained = yield from part_of(_falling_below(terms, bound, np.vstack([place, starts])), 0.9, 1.0)
        kind = LowestKind.BORDER if attained else LowestKind.ENDLESS
    return LowestPlace(float(place[0]), float(place[1]), value, kind, bound)


# --------------------------------------------------------------------------------------- where to begin


def _lowest_samples(w: Array, b: Array, loss: Array) -> Array:
    """Return the lowest of the samples that none of their neighbours is below: shape (m, 2)."""
    i, j = _dips(loss)
    return np.column_stack([w[i], b[j]])


def _dips(loss: Array) -> tuple[Rows, Rows]:
    """Return the rows and columns of the lowest heights among those that no neighbour is below."""
    edged = np.pad(loss, 1, constant_values=np.inf)
    along = np.minimum(np.minimum(edged[:-2], edged[1:-1]), edged[2:])
    around = np.minimum(np.minimum(along[:, :-2], along[:, 1:-1]), along[:, 2:])
    i, j = np.nonzero(loss <= around)
    order = np.argsort(loss[i, j], kind="stable")[:_STARTS]
    return i[order], j[order]


def _named_places(terms: LossTerms, box: _Box) -> Progress[list[tuple[Array, Array]]]:
    """Return sets of places inside a box, each with its losses: (m, 2) and (m,)."""
    found = []
    for places in _places_of_points(terms, box):
        inside = places[box.holds(places)]
        losses = np.empty(len(inside))
        block = max(1, _PIECE // len(terms.x))
        for first in range(0, len(inside), block):
            here = slice(first, first + block)
            losses[here] = terms.loss(inside[here, 0], inside[here, 1])
            yield 0.0
        found.append((inside, losses))
    return found


def _places_of_points(terms: LossTerms, box: _Box) -> Iterator[Array]:
    chosen = np.unique(np.linspace(0, len(terms.x) - 1, _NAMING).astype(np.intp))
    some = np.argsort(terms.x, kind="stable")[chosen] if len(terms.x) > _NAMING else slice(None)
    x, offset = terms.x[some], terms.offset[some]
    target = np.clip(terms.target[some], *sigmoid(np.array([-_STEEP, _STEEP])))
    z = np.log(target / (1.0 - target)) - offset  # a point lies on the curve where w x + b is this
    x, z = np.atleast_1d(x), np.atleast_1d(z)
    middle = float(np.median(offset))
    with np.errstate(all="ignore"):
        i, j = np.triu_indices(len(x), 1)
        w = (z[i] - z[j]) / (x[i] - x[j])
        yield np.column_stack([w, z[i] - w * x[i]])
        sorted_x = np.unique(x)
        steps = 0.5 * (sorted_x[1:] + sorted_x[:-1])
        x, z = np.concatenate([x, steps]), np.concatenate([z, np.full(len(steps), -middle)])
        for side in (box.low, box.high):
            yield np.column_stack([np.full(len(x), side[0]), z - side[0] * x])
            yield np.column_stack([(z - side[1]) / x, np.full(len(x), side[1])])
        yield from _steps(sorted_x, steps, middle, box)


def _steps(x: Array, middles: Array, middle: float, box: _Box) -> Iterator[Array]:
    """Yield the places whose step lies among the points x, from as steep as they tell to almost flat."""
    width = float(x[-1] - x[0]) or max(abs(float(x[0])), 1.0)
    gap = float(np.diff(x).min(initial=width))
    scales = np.geomspace(max(gap, 1e-4 * width) / 12.0, 4.0 * width, _SCALES)
    at = np.concatenate(
        [x, middles, x[0] - width * np.array([0.3, 1.0, 3.0]), x[-1] + width * np.array([0.3, 1.0, 3.0])]
    )
    for sign in (-1.0, 1.0):
        w = np.repeat(sign / scales, len(at))
        yield np.column_stack([w, -w * np.tile(at, _SCALES) - middle])
    # All points on one side of the step, and a neuron that does not look at x.
    level = np.linspace(-_STEEP, _STEEP, 25) - middle
    yield np.column_stack([np.zeros(len(level)), np.clip(level, box.low[1], box.high[1])])


def _lowest_of(places: Array, losses: Array) -> Array:
    return places[np.argsort(losses, kind="stable")[:_STARTS]]


# ------------------------------------------------------------------------------------------- the descent


def _descending(terms: LossTerms, starts: Array, box: _Box) -> Progress[tuple[Array, float]]:
    """Follow the loss down from all starts (m, 2) at once by damped Newton steps; return the lowest end."""
    span = box.span
    place = np.clip(starts, box.low, box.high)
    value = terms.loss(place[:, 0], place[:, 1])
    if len(terms.x) > _MANY:
        best = np.argmin(value)
        place, value = place[best : best + 1], value[best : best + 1]
    damping = np.full(len(place), 1e-3)
    going = np.arange(len(place))
    for move in range(_MOST_MOVES):
        yield move / _MOST_MOVES
        here = place[going]
        tried = np.clip(here + _LENGTHS * _newton(terms, here, damping[going], box), box.low, box.high)
        values = terms.loss(tried[..., 0], tried[..., 1])
        values[np.isnan(values)] = np.inf
        best = np.argmin(values, axis=0)
        columns = np.arange(len(going))
        end, reached = tried[best, columns], values[best, columns]
        lower = reached < value[going]
        still = (np.abs(end - here) <= _STILL * span).all(axis=1)
        value[going] = np.where(lower, reached, value[going])
        place[going] = np.where(lower[:, np.newaxis], end, here)
        damping[going] *= np.where(lower, 0.1, 10.0)
        going = going[~still & (damping[going] < _MOST_DAMPING)]
        if not len(going):
            break
    best = np.argmin(value)
    return place[best], float(value[best])


def _newton(terms: LossTerms, place: Array, damping: Array, box: _Box) -> Array:
    """Return a move downwards from each place (m, 2), along the border where the loss falls beyond it."""
    span = box.span
    gradient, (ww, wb, bb) = _derivatives(terms, place)
    with np.errstate(all="ignore"):
        g = gradient * span
        a, c, d = ww * span[0] ** 2, wb * span[0] * span[1], bb * span[1] ** 2
        held = ((place <= box.low) & (g > 0.0)) | ((place >= box.high) & (g < 0.0))
        g[held] = 0.0
        c = np.where(held.any(axis=1), 0.0, c)
        large, small, along = _axes(np.where(held[:, 0], 0.0, a), c, np.where(held[:, 1], 0.0, d))
        across = np.stack([-along[:, 1], along[:, 0]], axis=1)
        softened = damping * np.maximum(np.abs(large), np.abs(small)) + _TINY
        first = -(g * along).sum(axis=1) / (np.abs(large) + softened)
        second = -(g * across).sum(axis=1) / (np.abs(small) + softened)
        move: Array = (first[:, np.newaxis] * along + second[:, np.newaxis] * across) * span
    move[held] = 0.0
    move[~np.isfinite(move)] = 0.0
    return move


def _axes(a: Array, c: Array, d: Array) -> tuple[Array, Array, Array]:
    """Return the eigenvalues of matrices [[a, c], [c, d]], and the unit vectors (m, 2) of the first ones."""
    half, spread = 0.5 * (a + d), np.hypot(0.5 * (a - d), c)
    angle = 0.5 * np.arctan2(2.0 * c, a - d)
    return half + spread, half - spread, np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _derivatives(terms: LossTerms, place: Array) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return the gradient (m, 2) and the three second derivatives (m,) at places (m, 2)."""
    with np.errstate(all="ignore"):
        output = sigmoid(np.multiply.outer(place[:, 0], terms.x) + terms.offset + place[:, 1:])
        slope = output * (1.0 - output)
        error = output - terms.target
        first = error * slope * terms.weight
        second = (slope + error * (1.0 - 2.0 * output)) * slope * terms.weight
        x = terms.x
        bent = second @ np.stack([x * x, x, np.ones_like(x)], axis=1)
    return np.stack([first @ x, first.sum(axis=1)], axis=1), (bent[:, 0], bent[:, 1], bent[:, 2])


def _polished(terms: LossTerms, place: Array, value: float, box: _Box) -> tuple[Array, float]:
    """Follow the gradient where the loss no longer tells: whole Newton steps while it shrinks."""
    size, room = np.inf, _rounding(terms, place)
    for _ in range(6):
        with np.errstate(all="ignore"):
            gradient = np.abs(_derivatives(terms, place[np.newaxis])[0][0] * box.span)
        free = gradient[(place > box.low) & (place < box.high)].max(initial=0.0)
        if free >= size:
            break
        size = free
        move = _newton(terms, place[np.newaxis], np.zeros(1), box)[0]
        tried = np.clip(place + move, box.low, box.high)
        reached = float(terms.loss(tried[0], tried[1]))
        if not reached <= value + room:
            break
        place, value = tried, min(value, reached)
    return place, value


# --------------------------------------------------------------------------------------------- what it is


def _is_level(terms: LossTerms, place: Array, value: float, box: _Box, cells: int) -> bool:
    """Return whether the loss is the same, to rounding, on the way to a place one cell of the grid away."""
    _, (ww, wb, bb) = _derivatives(terms, place[np.newaxis])
    cell = box.span / cells
    with np.errstate(all="ignore"):
        _, _, along = _axes(ww * cell[0] ** 2, wb * cell[0] * cell[1], bb * cell[1] ** 2)
    (across, up), room = np.nan_to_num(along[0]), _rounding(terms, place)
    ways = np.array([[across, up], [-up, across], [1.0, 0.0], [0.0, 1.0]])
    ways = np.concatenate([ways, -ways]) * cell
    whole, half = place + ways, place + 0.5 * ways
    inside = box.holds(whole)
    level = np.ones(len(ways), dtype=bool)
    for there in (whole, half):
        level &= terms.loss(there[:, 0], there[:, 1]) - value <= room
    return bool((level & inside).any())


def _rounding(terms: LossTerms, place: Array) -> float:
    """Return by how much the loss at a place may be wrong, since it is computed in floats."""
    with np.errstate(all="ignore"):
        size = np.abs(place[0] * terms.x) + np.abs(terms.offset) + np.abs(place[1])
        output = sigmoid(place[0] * terms.x + terms.offset + place[1])
        wrong = _EPS * output * (1.0 + (1.0 - output) * size)
        error = np.abs(output - terms.target)
        total = terms.weight @ ((error + wrong) * wrong) + _EPS * (
            terms.weight @ (error * error) + terms.constant
        )
    return float(np.nan_to_num(total)) if np.isfinite(total) else 0.0


def bound_far_out(terms: LossTerms) -> float:
    """Return what the loss comes as near as you like to as w and b grow without end, at its lowest.

    There the neuron is a step: 0 on one side of an input and 1 on the other; only at the step itself is its
    output of free choice.
    """
    order = np.argsort(terms.x, kind="stable")
    x, target, weight = terms.x[order], terms.target[order], 0.5 * terms.weight[order]
    zeros, ones = weight * target**2, weight * (1.0 - target) ** 2
    first = np.flatnonzero(np.r_[True, np.diff(x) > 0.0])  # of each group of one input
    at_step = _at_step(terms.offset[order], target, weight, first)
    lowest = np.inf
    for before, after in ((zeros, ones), (ones, zeros)):
        left = np.r_[0.0, np.cumsum(np.add.reduceat(before, first))]
        right = np.r_[np.cumsum(np.add.reduceat(after, first)[::-1])[::-1], 0.0]
        lowest = min(lowest, float((left[:-1] + at_step + right[1:]).min()))
    return lowest + terms.constant


def _at_step(offset: Array, target: Array, weight: Array, first: Rows) -> Array:
    """Return the least that each group of points with one input adds when the step lies there."""
    least = weight * (target - np.clip(target, 0.0, 1.0)) ** 2
    sums: Array = np.add.reduceat(least, first)
    ends = np.r_[first[1:], len(target)]
    for group in np.flatnonzero(ends - first > 1):
        here = slice(first[group], ends[group])
        inside = np.clip(target[here], 1e-9, 1.0 - 1e-9)
        z = np.log(inside / (1.0 - inside)) - offset[here]
        tried = np.linspace(z.min() - 1.0, z.max() + 1.0, 257)
        error = sigmoid(tried[:, np.newaxis] + offset[here]) - target[here]
        sums[group] = ((error * error) @ weight[here]).min()
    return sums


def _falling_below(terms: LossTerms, bound: float, starts: Array) -> Progress[bool]:
    """Return whether some place of the plane has a loss below a bound; then there is a lowest one."""
    if (terms.x == terms.x[0]).all():  # only w x + b counts, and it is finite at a curve or nowhere
        both = (float(terms.weight @ (terms.target - end) ** 2) for end in (0.0, 1.0))
        return bound < (0.5 * min(both) + terms.constant) * _BELOW
    limit = bound * _BELOW
    if (terms.loss(starts[:, 0], starts[:, 1]) < limit).any():
        return True
    far = _FAR * (1.0 + np.abs(starts).max(axis=0))
    everywhere = _Box(-far, far)
    named = yield from part_of(_named_places(terms, everywhere), 0.0, 0.3)
    more = np.concatenate([starts, *(_lowest_of(*one) for one in named)])
    _, value = yield from part_of(_descending(terms, more, everywhere), 0.3, 1.0)
    return value < limit
