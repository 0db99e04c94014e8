"""Following a loss down to its lowest place within a part of the plane, from many places at once."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.progress import Progress
from gdsim.core.surface.plane_loss import PlaneLoss

_TINY = float(np.finfo(np.float64).tiny)
# Lengths of a move that are tried, in Newton steps. The long ones leave exponential tails.
_LENGTHS = np.array([0.2, 1.0, 4.0, 32.0])[:, np.newaxis, np.newaxis]
_MOST_MOVES = 120
# The damping at first and after a move that led nowhere lower, and the most that is tried.
_DAMPING, _MOST_DAMPING = 1e-3, 1e4
# Who nears an end, in whole steps, that lies higher than another one is left: it gains less than this share.
_GAIN, _WHOLE_STEPS = 1e-3, 1e-5
# Who is as near to another one, as a share of the view range, ends where that one does.
_MET = 1e-6
_POLISHES = 6
# A move of this share of the view range no longer improves a place.
_STILL = 1e-15
# A place within this share of the view range of its border is on it.
_AT_BORDER = 1e-9
# Higher than any loss; differences from it are finite.
HIGHEST = 1e307
# Looking around: the first step as a share of the view range, how often, and where to.
_FIRST_LOOK, _MOST_LOOKS = 1e-2, 200
COMPASS = np.array([[x, y] for x in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) if x or y])


class Box(NamedTuple):
    """A part of the plane, borders included."""

    low: Array  # (2,)
    high: Array  # (2,)

    @property
    def span(self) -> Array:
        """Its sides: shape (2,)."""
        return self.high - self.low

    def holds(self, places: Array) -> Flags:
        """Return which of the places (m, 2) are inside or on the border: shape (m,)."""
        inside: Flags = np.logical_and.reduce((places >= self.low) & (places <= self.high), axis=1)
        return inside

    def borders(self, place: Array) -> bool:
        """Return whether a place (2,) is on the border, or so near that rounding may have moved it."""
        room = _AT_BORDER * self.span
        return bool(((place <= self.low + room) | (place >= self.high - room)).any())


def descending(terms: PlaneLoss, starts: Array, box: Box) -> Progress[tuple[Array, Array]]:
    """Follow the loss down from starts (m, 2) by damped Newton steps; return the ends, and their losses."""
    span = box.span
    place = np.clip(starts, box.low, box.high)
    value = _known(terms.loss(place[:, 0], place[:, 1]))
    damping = np.full(len(place), _DAMPING)
    going = np.arange(len(place))
    for move in range(_MOST_MOVES):
        yield move / _MOST_MOVES
        here = place[going]
        with np.errstate(over="ignore"):  # where nothing bends, a step is endless, and the box ends it
            moved = here + _LENGTHS * _newton(terms, here, damping[going], box)
        tried = np.clip(moved, box.low, box.high)
        values = _known(terms.loss(tried[..., 0], tried[..., 1]))
        best = np.argmin(values, axis=0)
        columns = np.arange(len(going))
        end, reached = tried[best, columns], values[best, columns]
        lower, gain = reached < value[going], value[going] - reached
        still = (np.abs(end - here) <= _STILL * span).all(axis=1)
        value[going] = np.where(lower, reached, value[going])
        place[going] = np.where(lower[:, np.newaxis], end, here)
        damping[going] = np.where(lower, 0.1 * damping[going], np.maximum(10.0 * damping[going], _DAMPING))
        ends_higher = (gain < _GAIN * (value[going] - value.min())) & (damping[going] < _WHOLE_STEPS)
        going = going[~still & ~ends_higher & (damping[going] < _MOST_DAMPING)]
        going = _apart(going, place, value, _MET * span)
        if not len(going):
            break
    return place, value


def _apart(going: Rows, place: Array, value: Array, cell: Array) -> Rows:
    """Return which rows go on: of places (m, 2) in one cell (2,) the one with the lowest value."""
    ordered = going[np.argsort(value[going], kind="stable")]
    across, up = np.rint(place[ordered] / cell).T
    _, lowest = np.unique(across + 1j * up, return_index=True)
    return ordered[lowest]


def _known(values: Array) -> Array:
    """Return losses with a very high one where there is none."""
    return np.where(np.isfinite(values), values, HIGHEST)


def _newton(terms: PlaneLoss, place: Array, damping: Array, box: Box) -> Array:
    """Return a move downwards from each place (m, 2), along the border where the loss falls beyond it."""
    span = box.span
    gradient, (ww, wb, bb) = terms.derivatives(place)
    with np.errstate(all="ignore"):
        g = gradient * span
        a, c, d = ww * span[0] ** 2, wb * span[0] * span[1], bb * span[1] ** 2
        held = ((place <= box.low) & (g > 0.0)) | ((place >= box.high) & (g < 0.0))
        g[held] = 0.0
        c = np.where(held.any(axis=1), 0.0, c)
        large, small, along = axes(np.where(held[:, 0], 0.0, a), c, np.where(held[:, 1], 0.0, d))
        across = np.array([-along[:, 1], along[:, 0]]).T
        softened = damping * np.maximum(np.abs(large), np.abs(small)) + _TINY
        first = -(g * along).sum(axis=1) / (np.abs(large) + softened)
        second = -(g * across).sum(axis=1) / (np.abs(small) + softened)
        move: Array = (first[:, np.newaxis] * along + second[:, np.newaxis] * across) * span
    move[held] = 0.0
    move[~np.isfinite(move)] = 0.0
    return move


def axes(a: Array, c: Array, d: Array) -> tuple[Array, Array, Array]:
    """Return the eigenvalues of matrices [[a, c], [c, d]], and the unit vectors (m, 2) of the first ones."""
    half, spread = 0.5 * (a + d), np.hypot(0.5 * (a - d), c)
    angle = 0.5 * np.arctan2(2.0 * c, a - d)
    return half + spread, half - spread, np.array([np.cos(angle), np.sin(angle)]).T


def polished(terms: PlaneLoss, place: Array, value: float, box: Box) -> Progress[tuple[Array, float]]:
    """Follow the gradient where the loss no longer tells: whole Newton steps while it shrinks."""
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


def settled(terms: PlaneLoss, place: Array, value: float, box: Box) -> Progress[tuple[Array, float]]:
    """Look around a place in ever smaller steps: where the loss has an edge no derivative tells the way."""
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
            if step < _STILL:
                break
    return place, value
