"""The line searches of `search_source` for many runs at once, each along a direction of its own.

Each run makes the same tries in the same order as it would alone. A run whose search has ended waits for the
others.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.array_algebra import dots
from gdsim.core.engine.ensemble import ArraySums
from gdsim.core.engine.line_search import needs_descent
from gdsim.core.engine.search_source import EXACT, MARGIN, MOST_STAYS, MOST_TRIES, RESOLUTION, ROUNDING
from gdsim.core.rules.searches import MULTIPLES, Search

# All runs, or some of them by index.
Which: TypeAlias = Rows | slice
# The settings of a rule and its search by name, as arrays (m,) with one value per run.
Settings: TypeAlias = Mapping[str, Array]


class Tries(NamedTuple):
    """A tried step of each run: its length, the loss at its end, and the slope along the direction there."""

    t: Array
    loss: Array
    slope: Array = np.array(np.nan)  # NaN where it was not evaluated

    def of(self, which: Rows) -> "Tries":
        return Tries(*(one[which] for one in self))

    def replaced(self, which: Flags, others: "Tries") -> "Tries":
        """Return these tries, replaced by ``others`` where the mask is true."""
        return Tries(*(np.where(which, other, one) for one, other in zip(self, others, strict=True)))


class FoundSteps:
    """The steps of m runs: which are found, where they lead (d + 1, m), and what evaluations they took."""

    def __init__(self, p: Array) -> None:
        runs = p.shape[1]
        self.found = np.zeros(runs, bool)
        self.place, self.loss, self.gradient = p.copy(), np.full(runs, np.nan), np.zeros_like(p)
        self.gradients, self.losses, self.solves = np.zeros((3, runs), int)

    def find(self, rows: Which, place: Array, loss: Array, gradient: Array) -> None:
        self.found[rows] = True
        self.place[:, rows], self.loss[rows], self.gradient[:, rows] = place, loss, gradient


class Lines:
    """The loss along a direction (d + 1, m) from p (d + 1, m), for m runs that search for their steps.

    Steps and evaluations are recorded in ``steps``; ``rows`` are the indices of these runs there.
    """

    def __init__(
        self,
        sums: ArraySums,
        p: Array,
        direction: Array,
        start: Tries,
        settings: Settings,
        rows: Rows,
        steps: FoundSteps,
    ) -> None:
        self._sums, self._p, self._direction, self._settings = sums, p, direction, settings
        self.start, self.rows, self.steps = start, rows, steps
        self._where: Which = rows
        self._tried = p, start.loss, p  # the end of the last tried step, with its loss and gradient

    @classmethod
    def along(
        cls, sums: ArraySums, p: Array, here: tuple[Array, Array], direction: Array, settings: Settings
    ) -> "Lines":
        """Return the lines of all runs; ``here`` is the loss and the gradient at p."""
        loss, gradient = here
        start = Tries(np.zeros_like(loss), loss, dots(gradient, direction))
        lines = cls(sums, p, direction, start, settings, np.arange(len(loss)), FoundSteps(p))
        lines._where = np.s_[:]  # faster than an array of all indices
        return lines

    def __len__(self) -> int:
        return len(self.rows)

    def setting(self, name: str) -> Array:
        return self._settings[name][self._where]

    def of(self, which: Rows) -> "Lines":
        p, direction, start = self._p[:, which], self._direction[:, which], self.start.of(which)
        return Lines(self._sums, p, direction, start, self._settings, self.rows[which], self.steps)

    def resolution(self, t: Array) -> Array:
        """Return the least difference by which steps of up to length t lead to different places."""
        reach = np.abs(self._p).max(axis=0) / np.abs(self._direction).max(axis=0)
        least: Array = RESOLUTION * np.maximum(reach, t)
        return least

    def places(self, t: Array) -> Array:
        return self._p + t * self._direction

    def moved(self, places: Array) -> Flags:
        """Return for which runs the places differ from those where their lines begin."""
        moved: Flags = np.logical_or.reduce(places != self._p)
        return moved

    def loss(self, t: Array) -> Array:
        """Try a step of each run; return the losses at their ends."""
        self._evaluate(t)
        self.steps.losses[self._where] += 1
        return self._tried[1]

    def slope(self, counted: Flags | None = None) -> Array:
        """Return the slopes at the ends of the last tried steps.

        Each counts as a gradient evaluation for the runs where ``counted`` is true, by default for all.
        """
        self.steps.gradients[self._where if counted is None else self.rows[counted]] += 1
        return dots(self._tried[2], self._direction)

    def try_steps(self, t: Array) -> Tries:
        """Try a step of each run; return it with its loss and slope."""
        return Tries(t, self.loss(t), self.slope())

    def accept_tried(self, which: Flags) -> None:
        """Accept the last tried step of the runs in the mask."""
        some = np.flatnonzero(which)
        if len(some) == len(self):
            self.steps.find(self._where, *self._tried)
        elif len(some):
            place, loss, gradient = self._tried
            self.steps.find(self.rows[some], place[:, some], loss[some], gradient[:, some])

    def accept(self, t: Array) -> None:
        """Accept steps of length t, without counting evaluations of loss or gradient."""
        self._evaluate(t)
        self.steps.find(self._where, *self._tried)

    def _evaluate(self, t: Array) -> None:
        places = self.places(t)
        self._tried = places, *self._sums(places)


def finding_steps(search: Search, lines: Lines) -> Iterator[None]:
    """Search for the step of each run; yield after each joint try."""
    yield from _SEARCHES[search.id](lines)
    if needs_descent(search):
        lines.steps.found &= lines.moved(lines.steps.place)


# Conditions on a step.


def _decreases_enough(start: Tries, c1: Array, tried: Tries) -> Flags:
    """Return which steps satisfy the Armijo condition (sufficient decrease)."""
    return np.asarray(tried.loss <= start.loss + c1 * tried.t * start.slope)


def _is_flat_enough(start: Tries, c2: Array | float, tried: Tries) -> Flags:
    """Return which steps satisfy the curvature condition of strong Wolfe."""
    return np.asarray(np.abs(tried.slope) <= c2 * np.abs(start.slope))


def _is_lower(start: Tries, c1: Array, tried: Tries, before: Tries) -> Flags:
    """Return which steps satisfy the Armijo condition and, unless ``before`` is the start, are lower than it.

    If not, an acceptable step lies between the two. Both comparisons allow for rounding, because on a plateau
    losses differ by nothing else; there the slope decides.
    """
    room = ROUNDING * np.abs(start.loss)
    below = tried.loss <= start.loss + c1 * tried.t * start.slope + room
    return np.asarray(below & ((before.t == 0.0) | (tried.loss < before.loss + room)))


def _at_minimum(start: Tries, tried: Tries) -> Flags:
    """Return at which steps the slope is zero up to rounding and the loss no higher than at the start."""
    return _is_flat_enough(start, EXACT, tried) & (tried.loss <= start.loss)


def _leads_down(tried: Tries, before: Tries) -> Flags:
    """Return which steps end before the minimum, which otherwise lies between ``before`` and them."""
    return np.asarray((tried.slope < 0.0) & (tried.loss <= before.loss + ROUNDING * np.abs(before.loss)))


def _fixed(lines: Lines) -> Iterator[None]:
    lines.accept(lines.setting("eta"))
    yield


def _list(lines: Lines) -> Iterator[None]:
    lowest = np.full(len(lines), np.inf)
    for multiple in MULTIPLES:
        loss = lines.loss(lines.setting("eta") * multiple)
        # The shortest step wins among equal losses, and the first if no loss is finite.
        is_lower = np.isfinite(loss) & (loss < lowest)
        lines.accept_tried(is_lower | ~lines.steps.found)
        lowest = np.where(is_lower, loss, lowest)
        yield


def _polyak(lines: Lines) -> Iterator[None]:
    above = np.flatnonzero(lines.start.loss > lines.setting("lowest"))
    lines = lines.of(above) if len(above) < len(lines) else lines
    gap = lines.start.loss - lines.setting("lowest")
    # The quotient of an infinite loss may be NaN; fmin then returns η, as Python's min does.
    lines.accept(np.fmin(lines.setting("eta"), gap / -lines.start.slope))
    yield


def _armijo(lines: Lines) -> Iterator[None]:
    t = lines.setting("eta")
    for _ in range(MOST_TRIES):
        moved = np.flatnonzero(lines.moved(lines.places(t)))
        if len(moved) < len(lines):
            lines, t = lines.of(moved), t[moved]
        if not len(lines):
            return
        good = _decreases_enough(lines.start, lines.setting("c1"), Tries(t, lines.loss(t)))
        lines.accept_tried(good)
        left = np.flatnonzero(~good)
        lines, t = lines.of(left), (t * lines.setting("shrink"))[left]
        yield


def _wolfe(lines: Lines) -> Iterator[None]:
    """Lengthen the step until the last two tries bracket an acceptable one, then look between them (zoom)."""
    t, low, high = lines.setting("eta"), lines.start, lines.start
    bracketed, tries = np.zeros(len(lines), bool), np.zeros(len(lines), int)
    while len(lines):
        tries += 1
        start, c1, one = lines.start, lines.setting("c1"), Tries(t, lines.loss(t))
        above = ~_is_lower(start, c1, one, low)
        one = one._replace(slope=lines.slope(~above))
        good = ~above & _decreases_enough(start, c1, one) & _is_flat_enough(start, lines.setting("c2"), one)
        lines.accept_tried(good)
        # A step whose slope points back becomes one end of the bracket, and the low end before it the other.
        beyond = ~above & np.where(bracketed, one.slope * (high.t - low.t) >= 0.0, ~(one.slope < 0.0))
        high = high.replaced(beyond, low).replaced(above, one)
        low = low.replaced(~above, one)
        tries[(above | beyond) & ~bracketed] = 0
        bracketed |= above | beyond
        t = np.where(bracketed, _interpolated(low, high), 2.0 * t)
        stuck = bracketed & ((t == low.t) | (t == high.t))
        left = np.flatnonzero(~good & ~stuck & (tries < MOST_TRIES))
        if len(left) < len(lines):
            lines, t, low, high = lines.of(left), t[left], low.of(left), high.of(left)
            bracketed, tries = bracketed[left], tries[left]
        yield


def _interpolated(low: Tries, high: Tries) -> Array:
    """Return the minima of the parabolas with both losses and the slope at ``low``, apart from the ends."""
    width = high.t - low.t
    bend = 2.0 * (high.loss - low.loss - low.slope * width)
    share = np.where((bend > 0.0) & np.isfinite(bend), -low.slope * width / bend, 0.5)
    lowest: Array = low.t + width * np.clip(share, MARGIN, 1.0 - MARGIN)
    return lowest


def _exact(lines: Lines) -> Iterator[None]:
    """Lengthen the step until the last two tries bracket the first minimum, then narrow the bracket."""
    left, low = lines, lines.start
    t = np.minimum(left.setting("eta"), left.setting("most"))
    brackets: list[tuple[Rows, Tries, Tries]] = []
    while len(left):
        one = left.try_steps(t)
        good, down = _at_minimum(left.start, one), _leads_down(one, low)
        good |= down & (t == left.setting("most"))
        left.accept_tried(good)
        turned = np.flatnonzero(~(good | down))
        if len(turned):
            brackets.append((left.rows[turned], low.of(turned), one.of(turned)))
        goes_on = np.flatnonzero(down & ~good)
        left, low = (left.of(goes_on), one.of(goes_on)) if len(goes_on) < len(left) else (left, one)
        t = np.minimum(2.0 * low.t, left.setting("most"))
        yield
    if brackets:
        rows, lows, highs = zip(*brackets, strict=True)
        low, high = (Tries(*map(np.concatenate, zip(*some, strict=True))) for some in (lows, highs))
        yield from _bisecting(lines, np.concatenate(rows), low, high)


def _bisecting(whole: Lines, rows: Rows, low: Tries, high: Tries) -> Iterator[None]:
    """Find the minima between two steps of some runs; at the ``low`` ones the slope is negative."""
    lines, was_down, good = whole.of(rows), np.ones(len(rows), bool), np.zeros(len(rows), bool)
    # One array, so that a single indexing operation drops the runs that have ended.
    state = np.stack([*low, high.t, high.slope, lines.resolution(high.t), np.zeros(len(rows))])
    ends: list[tuple[Rows, Array]] = []
    for _ in range(2 * MOST_TRIES):
        first, first_loss, first_slope, last, last_slope, least, stays = state
        # The zero of the slope's secant; the slope at an end that stays is halved (Illinois method).
        straight = first - (last - first) * first_slope / (last_slope - first_slope)
        straight = np.minimum(np.maximum(straight, first + least), last - least)
        is_straight = (last_slope > 0.0) & (stays < MOST_STAYS)
        t = np.where(is_straight, straight, 0.5 * (first + last))
        goes_on = (last - first > least) & (first < t) & (t < last)
        ended = np.flatnonzero(~(goes_on | good))
        ends.append((lines.rows[ended], first[ended]))
        left = np.flatnonzero(goes_on & ~good)
        if not len(left):
            break
        if len(left) < len(lines):
            lines, was_down, t, state = lines.of(left), was_down[left], t[left], state[:, left]
            first, first_loss, first_slope, last, last_slope, least, stays = state
        one = lines.try_steps(t)
        good, down = _at_minimum(lines.start, one), _leads_down(one, Tries(first, first_loss, first_slope))
        lines.accept_tried(good)
        stays[:] = np.where(down == was_down, stays + 1.0, 0.0)
        state[[2, 4]] *= np.where(stays > 0.0, 0.5, 1.0)
        for end, value in zip(state[:3], one, strict=True):
            np.copyto(end, value, where=down)
        for end, value in zip(state[3:5], (one.t, one.slope), strict=True):
            np.copyto(end, value, where=~down)
        was_down = down
        yield
    else:
        ends.append((lines.rows[~good], state[0][~good]))
    rows, t = map(np.concatenate, zip(*ends, strict=True))
    moves = np.flatnonzero(t > 0.0)
    whole.of(rows[moves]).accept(t[moves])


_SEARCHES: Mapping[str, Callable[[Lines], Iterator[None]]] = {
    "fixed": _fixed,
    "list": _list,
    "exact": _exact,
    "armijo": _armijo,
    "wolfe": _wolfe,
    "polyak": _polyak,
}
