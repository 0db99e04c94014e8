"""Minimisation of a loss within a box of the plane, from many starts at once."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.progress import Progress
from gdsim.core.surface.plane_loss import PlaneLoss

_TINY = float(np.finfo(np.float64).tiny)
# The lengths of a move that are tried, in Newton steps. The long ones escape from exponential tails.
_LENGTHS = np.array([0.2, 1.0, 4.0, 32.0])[:, np.newaxis, np.newaxis]
_MOST_MOVES = 120
# The initial damping, which is also the least after a move that did not lower the loss, and the damping at
# which a search is given up.
_DAMPING, _MOST_DAMPING = 1e-3, 1e4
# A search that converges above the lowest value of all is dropped, which shows when a move gains less than
# this share of the difference although the damping is so small that Newton steps are whole.
_GAIN, _WHOLE_STEPS = 1e-3, 1e-5
# Searches that are this close to each other, as a share of the box, go on as one.
_SAME_PLACE = 1e-6
_POLISHES = 6
# A move of less than this share of the box no longer improves a place.
_NO_MOVE = 1e-15
# A place counts as on the border if it is this close to it, as a share of the box.
_AT_BORDER = 1e-9
# Stands for a loss that is not finite: so high that no other is higher, but differences from it are finite.
HIGHEST = 1e307
# Pattern search: the first step as a share of the box, the most iterations, and the directions.
_FIRST_LOOK, _MOST_LOOKS = 1e-2, 200
COMPASS = np.array([[x, y] for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) if x or y])


class DescentBox(NamedTuple):
    """A rectangle in the plane, borders included."""

    low: Array  # (2,)
    high: Array  # (2,)

    @property
    def span(self) -> Array:
        """The lengths of the sides: shape (2,)."""
        return self.high - self.low

    def holds(self, places: Array) -> Flags:
        """Return which of the places (m, 2) are inside or on the border: shape (m,)."""
        inside: Flags = np.logical_and.reduce((places >= self.low) & (places <= self.high), axis=1)
        return inside

    def borders(self, place: Array) -> bool:
        """Return whether a place (2,) is on the border, up to rounding."""
        room = _AT_BORDER * self.span
        return bool(((place <= self.low + room) | (place >= self.high - room)).any())


def descending(terms: PlaneLoss, starts: Array, box: DescentBox) -> Progress[tuple[Array, Array]]:
    """Follow the loss down from starts (m, 2) by damped Newton steps; return the ends and their losses."""
    span = box.span
    place = np.clip(starts, box.low, box.high)
    value = _known(terms.loss(place[:, 0], place[:, 1]))
    damping = np.full(len(place), _DAMPING)
    active = np.arange(len(place))
    for move in range(_MOST_MOVES):
        yield move / _MOST_MOVES
        here = place[active]
        with np.errstate(over="ignore"):  # without curvature a step may overflow; the box clips it
            moved = here + _LENGTHS * _newton(terms, here, damping[active], box)
        tried = np.clip(moved, box.low, box.high)
        values = _known(terms.loss(tried[..., 0], tried[..., 1]))
        best = np.argmin(values, axis=0)
        columns = np.arange(len(active))
        end, reached = tried[best, columns], values[best, columns]
        lower, gain = reached < value[active], value[active] - reached
        still = (np.abs(end - here) <= _NO_MOVE * span).all(axis=1)
        value[active] = np.where(lower, reached, value[active])
        place[active] = np.where(lower[:, np.newaxis], end, here)
        damping[active] = np.where(lower, 0.1 * damping[active], np.maximum(10.0 * damping[active], _DAMPING))
        ends_higher = (gain < _GAIN * (value[active] - value.min())) & (damping[active] < _WHOLE_STEPS)
        active = active[~still & ~ends_higher & (damping[active] < _MOST_DAMPING)]
        active = _merged(active, place, value, _SAME_PLACE * span)
        if not len(active):
            break
    return place, value


def _merged(active: Rows, place: Array, value: Array, cell: Array) -> Rows:
    """Return the active rows, reduced to the one of lowest value in each cell (2,) of places (m, 2)."""
    ordered = active[np.argsort(value[active], kind="stable")]
    across, up = np.rint(place[ordered] / cell).T
    _, lowest = np.unique(across + 1j * up, return_index=True)
    return ordered[lowest]


def _known(values: Array) -> Array:
    """Return losses with `HIGHEST` in place of those that are not finite."""
    return np.where(np.isfinite(values), values, HIGHEST)


def _newton(terms: PlaneLoss, place: Array, damping: Array, box: DescentBox) -> Array:
    """Return a damped Newton step down from each place (m, 2); it never leads across the border."""
    span = box.span
    gradient, (ww, wb, bb) = terms.derivatives(place)
    with np.errstate(all="ignore"):
        g = gradient * span
        a, c, d = ww * span[0] ** 2, wb * span[0] * span[1], bb * span[1] ** 2
        held = ((place <= box.low) & (g > 0.0)) | ((place >= box.high) & (g < 0.0))
        g[held] = 0.0
        c = np.where(held.any(axis=1), 0.0, c)
        large, small, along = eigen_axes(np.where(held[:, 0], 0.0, a), c, np.where(held[:, 1], 0.0, d))
        across = np.array([-along[:, 1], along[:, 0]]).T
        # Where the loss hardly bends, the slope limits the move, to 1 / damping of the box.
        size = np.max([np.abs(large), np.abs(small), np.hypot(g[:, 0], g[:, 1])], axis=0)
        softened = damping * size + _TINY
        first = -(g * along).sum(axis=1) / (np.abs(large) + softened)
        second = -(g * across).sum(axis=1) / (np.abs(small) + softened)
        move: Array = (first[:, np.newaxis] * along + second[:, np.newaxis] * across) * span
    move[held] = 0.0
    move[~np.isfinite(move)] = 0.0
    return move


def eigen_axes(a: Array, c: Array, d: Array) -> tuple[Array, Array, Array]:
    """Return the larger and smaller eigenvalues of [[a, c], [c, d]], and unit eigenvectors of the larger."""
    half, spread = 0.5 * (a + d), np.hypot(0.5 * (a - d), c)
    angle = 0.5 * np.arctan2(2.0 * c, a - d)
    return half + spread, half - spread, np.array([np.cos(angle), np.sin(angle)]).T


def polished(terms: PlaneLoss, place: Array, value: float, box: DescentBox) -> Progress[tuple[Array, float]]:
    """Finish a descent by full Newton steps, led by the gradient where the loss is level to rounding."""
    size, room = np.inf, terms.rounding(place)
    for attempt in range(_POLISHES):
        yield attempt / _POLISHES
        with np.errstate(all="ignore"):
            gradient = np.abs(terms.derivatives(place[np.newaxis])[0][0] * box.span)
        free = gradient[(place > box.low) & (place < box.high)].max(initial=0.0)
        if free >= size:
            break
        size = free
        move = _newton(terms, place[np.newaxis], np.zeros(1), box)[0]
        tried = np.clip(place + move, box.low, box.high)
        reached = float(terms.loss(tried[0], tried[1]))
        if not -np.inf < reached <= value + room:
            break
        place, value = tried, min(value, reached)
    return place, value


def pattern_search(
    terms: PlaneLoss, place: Array, value: float, box: DescentBox
) -> Progress[tuple[Array, float]]:
    """Refine a minimum by pattern search, for losses with edges, along which no derivative shows the way."""
    step = _FIRST_LOOK
    for look in range(_MOST_LOOKS):
        yield look / _MOST_LOOKS
        tried = np.clip(place + step * box.span * COMPASS, box.low, box.high)
        values = _known(terms.loss(tried[:, 0], tried[:, 1]))
        best = int(np.argmin(values))
        if values[best] < value:
            place, value = tried[best], float(values[best])
        else:
            step *= 0.5
            if step < _NO_MOVE:
                break
    return place, value
