"""How far to go along a direction: the searches, each a function of the loss along a line.

Armijo and strong Wolfe are algorithms 3.1, 3.5 and 3.6 of Nocedal and Wright, Numerical optimization, 2006.
"""

import math
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from gdsim.core.engine.linear_algebra import dot
from gdsim.core.rules.searches import MULTIPLES, Search

Sums: TypeAlias = Callable[[Sequence[float]], tuple[float, ...]]
# Yields after each try, and returns how far to go; None where no step is accepted.
Finding: TypeAlias = Generator[None, None, float | None]

# A `Try` or a float of one run, or `Tries` or an array with a number for each of many; and whether something
# holds of it, or of each.
Tried: TypeAlias = Any
Numbers: TypeAlias = Any
Holds: TypeAlias = Any

# A step that is so many times halved, or doubled, moves nothing any more, or leaves all numbers.
MOST_TRIES = 100
# The part of an interval that is kept between a try and its ends.
MARGIN = 0.1
# The slope at the end of an exact step, as a share of that at its beginning.
EXACT = 1e-12
# Losses that differ by a smaller share may differ by how they are rounded alone.
ROUNDING = 1e-12
# Places that differ by a smaller share may be the same but for rounding.
RESOLUTION = 2.0**-51
# If one end of the interval stays for so many tries, the slope is far from a straight line, and the next
# try is halfway.
MOST_STAYS = 4


class Try(NamedTuple):
    """A step that was tried: its length as a multiple of the direction, the loss there, and the slope."""

    t: float
    loss: float
    slope: float = math.nan  # Along the direction; NaN where it was not asked for


class Line:
    """The loss along a direction d from a place p, and what was asked of it."""

    def __init__(
        self, sums: Sums, p: Sequence[float], direction: Sequence[float], here: Sequence[float]
    ) -> None:
        self._sums, self._p, self.direction = sums, p, list(direction)
        loss, *gradient = here
        self.start = Try(0.0, loss, dot(gradient, direction))
        self.tries: list[Try] = []  # In their order
        self.losses = self.gradients = 0
        self._last: tuple[float, tuple[float, ...]] = (0.0, tuple(here))

    def place(self, t: float) -> tuple[float, ...]:
        """Return where a step of this length leads: rounded as ``w + eta*d`` is."""
        return tuple(p + t * d for p, d in zip(self._p, self.direction, strict=True))

    def resolution(self, t: float) -> float:
        """Return by how much steps of up to this length must differ to lead to other places."""
        reach = max(map(abs, self._p)) / max(map(abs, self.direction))
        return RESOLUTION * max(reach, t)

    def loss(self, t: float) -> float:
        """Try a step: return the loss there."""
        here = self.sums_at(t)
        self.losses += 1
        self.tries.append(Try(t, here[0]))
        return here[0]

    def slope(self) -> float:
        """Return the slope where the last step led that was tried."""
        t, here = self._last
        self.gradients += 1
        slope = dot(here[1:], self.direction)
        self.tries[-1] = Try(t, here[0], slope)
        return slope

    def both(self, t: float) -> Try:
        """Try a step: return loss and slope."""
        self.loss(t)
        self.slope()
        return self.tries[-1]

    def sums_at(self, t: float) -> tuple[float, ...]:
        """Return loss and gradient at a step, without counting them."""
        if self._last[0] != t:
            self._last = t, self._sums(self.place(t))
        return self._last[1]

    def has_slope_at(self, t: float) -> bool:
        """Return whether the gradient there has been asked for."""
        return any(one.t == t and not math.isnan(one.slope) for one in self.tries)


def finding_step(search: Search, eta: float, line: Line) -> Finding:
    """Return how far to go along a line; None if no step is accepted, or none changes a parameter."""
    t = yield from _SEARCHES[search.id](line, eta, search)
    stays = t is not None and needs_descent(search) and line.place(t) == line.place(0.0)
    return None if stays else t


def needs_descent(search: Search) -> bool:
    """Return whether a search can only go along a direction that leads down."""
    return search.id not in ("fixed", "list")


# What a step has to fulfil, of one run or of each of many.


def enough(start: Tried, c1: Numbers, one: Tried) -> Holds:
    """Return whether a step fulfils Armijo's inequality: its loss is on or below the line of slope c1."""
    return one.loss <= start.loss + c1 * one.t * start.slope


def flat(start: Tried, c2: Numbers, one: Tried) -> Holds:
    """Return whether a step fulfils the inequality of strong Wolfe for the slope."""
    return abs(one.slope) <= c2 * abs(start.slope)


def lower(start: Tried, c1: Numbers, one: Tried, before: Tried) -> Holds:
    """Return whether the loss of a step is not too high, and lower than one before; else one is between.

    On a plateau all losses are the same but for how they are rounded. There it is the slope that tells.
    """
    room = ROUNDING * abs(start.loss)
    below = one.loss <= start.loss + c1 * one.t * start.slope + room
    return below & ((before.t == 0.0) | (one.loss < before.loss + room))


def at_minimum(start: Tried, one: Tried) -> Holds:
    """Return whether the slope of a step is zero, to rounding, and its loss no higher than at the start."""
    return flat(start, EXACT, one) & (one.loss <= start.loss)


def leads_down(one: Tried, before: Tried) -> Holds:
    """Return whether the minimum is beyond a step, and not between a shorter one and it."""
    return (one.slope < 0.0) & (one.loss <= before.loss + ROUNDING * abs(before.loss))


def _fixed(line: Line, eta: float, search: Search) -> Finding:
    del line, search
    yield
    return eta


def _list(line: Line, eta: float, search: Search) -> Finding:
    del search
    losses = []
    for multiple in MULTIPLES:
        losses.append((line.loss(eta * multiple), eta * multiple))
        yield
    finite = [one for one in losses if math.isfinite(one[0])]
    return min(finite or losses[:1])[1]


def _polyak(line: Line, eta: float, search: Search) -> Finding:
    yield
    # Of gradient descent, where d = -g, that is the gap over |g|².
    gap = line.start.loss - search.number("lowest")
    return min(eta, gap / -line.start.slope) if gap > 0.0 else None


def _armijo(line: Line, eta: float, search: Search) -> Finding:
    t, c1, shrink = eta, search.number("c1"), search.number("shrink")
    for _ in range(MOST_TRIES):
        if line.place(t) == line.place(0.0):
            return None
        if enough(line.start, c1, Try(t, line.loss(t))):
            return t
        yield
        t *= shrink
    return None


def _wolfe(line: Line, eta: float, search: Search) -> Finding:
    c1, c2 = search.number("c1"), search.number("c2")
    last, t = line.start, eta
    for _ in range(MOST_TRIES):
        one = Try(t, line.loss(t))
        yield
        if not lower(line.start, c1, one, last):
            return (yield from _zoom(line, c1, c2, last, one))
        one = one._replace(slope=line.slope())
        if enough(line.start, c1, one) and flat(line.start, c2, one):
            return t
        if not one.slope < 0.0:
            return (yield from _zoom(line, c1, c2, one, last))
        last, t = one, 2.0 * t
    return None


def _zoom(line: Line, c1: float, c2: float, low: Try, high: Try) -> Finding:
    """Look for a step between two: the one with the lower loss, whose slope leads to the other."""
    for _ in range(MOST_TRIES):
        t = _between(low, high)
        if t in (low.t, high.t):
            return None
        one = Try(t, line.loss(t))
        yield
        if not lower(line.start, c1, one, low):
            high = one
            continue
        one = one._replace(slope=line.slope())
        if enough(line.start, c1, one) and flat(line.start, c2, one):
            return t
        if one.slope * (high.t - low.t) >= 0.0:
            high = low
        low = one
    return None


def _between(low: Try, high: Try) -> float:
    """Return where the parabola with the slope at ``low`` and both losses is lowest, away from the ends."""
    width = high.t - low.t
    bend = 2.0 * (high.loss - low.loss - low.slope * width)
    share = -low.slope * width / bend if bend > 0.0 and math.isfinite(bend) else 0.5
    return low.t + width * min(max(share, MARGIN), 1.0 - MARGIN)


def _exact(line: Line, eta: float, search: Search) -> Finding:
    """Look for the first minimum: the slope is zero there, or changes its sign where places hardly differ."""
    most = search.number("most")
    low, t = line.start, min(eta, search.number("most"))
    while True:
        high = line.both(t)
        yield
        if at_minimum(line.start, high):
            return t
        if not leads_down(high, low):
            return (yield from _bisected(line, low, high))
        if t == most:
            return t
        low, t = high, min(2.0 * t, most)


def _bisected(line: Line, low: Try, high: Try) -> Finding:
    """Look for a minimum between two steps; the slope at the shorter one leads down."""
    slopes, kept, stays, least = [low.slope, high.slope], 0, 0, line.resolution(high.t)
    for _ in range(2 * MOST_TRIES):
        t = 0.5 * (low.t + high.t)
        # Where a straight slope would be zero; an end that stays has its slope halved (Illinois).
        if slopes[1] > 0.0 and stays < MOST_STAYS:
            t = low.t - (high.t - low.t) * slopes[0] / (slopes[1] - slopes[0])
            t = min(max(t, low.t + least), high.t - least)
        if high.t - low.t <= least or not low.t < t < high.t:
            break
        one = line.both(t)
        yield
        if at_minimum(line.start, one):
            return t
        end = 0 if leads_down(one, low) else 1
        low, high = (one, high) if end == 0 else (low, one)
        slopes[end] = one.slope
        stays = stays + 1 if end == kept else 0
        if stays:
            slopes[1 - end] *= 0.5
        kept = end
    return low.t or None


_SEARCHES: Mapping[str, Callable[[Line, float, Search], Finding]] = {
    "fixed": _fixed,
    "list": _list,
    "exact": _exact,
    "armijo": _armijo,
    "wolfe": _wolfe,
    "polyak": _polyak,
}
