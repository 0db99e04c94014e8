"""The searches of `line_search` for many runs at once, each along a direction of its own.

They make the same tries in the same order; a run that has found its step, or none, waits for the others.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import Sums
from gdsim.core.engine.line_search import EXACT, MARGIN, MOST_TRIES, ROUNDING, needs_descent
from gdsim.core.rules.searches import MULTIPLES, Search

# All runs, or some by their numbers.
Which: TypeAlias = Rows | slice
# The settings of a rule and its search, by their names: a number for each of m runs.
Settings: TypeAlias = Mapping[str, Array]
# Yields after each try of all runs together, and returns how far they go.
Finding: TypeAlias = Generator[None, None, Array]


class Tries(NamedTuple):
    """A step of each of some runs: its length, the loss there, and the slope; NaN where it is not known."""

    t: Array
    loss: Array
    slope: Array

    def put(self, rows: Rows, others: "Tries", which: Flags | slice = np.s_[:]) -> None:
        """Put others in the place of the tries of some runs: those of ``others`` that a mask takes."""
        for mine, theirs in zip(self, others, strict=True):
            mine[rows] = theirs[which]

    def of(self, rows: Rows | Flags) -> "Tries":
        """Return the tries of some runs."""
        return Tries(*(one[rows] for one in self))


class Lines:
    """The loss along directions (d + 1, m) from places (d + 1, m), and what was asked of it."""

    def __init__(self, sums: Sums, p: Array, direction: Array, loss: Array, gradient: Array) -> None:
        self._sums, self._p, self._direction = sums, p, direction
        self.loss, self.slope = loss, dots(gradient, direction)
        self.losses, self.gradients = np.zeros((2, len(loss)), int)
        # The step that was tried last, where it leads, and loss and gradient there.
        self._t, self._place = np.zeros(len(loss)), p.copy()
        self._loss_there, self._gradient_there = loss.copy(), gradient.copy()

    def __len__(self) -> int:
        return len(self.loss)

    @property
    def start(self) -> Tries:
        """Where they begin."""
        return Tries(np.zeros(len(self)), self.loss.copy(), self.slope.copy())

    def places(self, rows: Rows, t: Array) -> Array:
        """Return where steps of some runs lead."""
        return self._of(self._p, rows) + t * self._of(self._direction, rows)

    def moved(self, rows: Rows, places: Array) -> Flags:
        """Return which runs are elsewhere at such places than where they were."""
        moved: Flags = np.logical_or.reduce(places != self._of(self._p, rows))
        return moved

    def try_losses(self, rows: Rows, t: Array, places: Array | None = None) -> Array:
        """Try a step of some runs, and return the losses there; the places where they lead may be known."""
        loss = self._go(rows, t, self.places(rows, t) if places is None else places)
        self.losses[rows] += 1
        return loss

    def slopes(self, rows: Rows) -> Array:
        """Return the slopes where the last steps led that were tried."""
        self.gradients[rows] += 1
        return dots(self._of(self._gradient_there, rows), self._of(self._direction, rows))

    def both(self, rows: Rows, t: Array) -> Tries:
        """Try a step of some runs; return losses and slopes."""
        return Tries(t, self.try_losses(rows, t), self.slopes(rows))

    def at(self, t: Array) -> tuple[Array, Array, Array]:
        """Return places (d + 1, m), losses (m,) and gradients (d + 1, m) at steps, without counting them.

        Of steps that are NaN they are those of the last try.
        """
        others = np.flatnonzero((self._t != t) & ~np.isnan(t))
        if len(others):
            self._go(others, t[others], self.places(others, t[others]))
        return self._place, self._loss_there, self._gradient_there

    def _go(self, rows: Rows, t: Array, places: Array) -> Array:
        loss, gradient = self._sums(places)
        if len(rows) == len(self):
            self._t, self._place, self._loss_there, self._gradient_there = (
                t.copy(),
                places,
                loss.copy(),
                gradient,
            )
        else:
            self._t[rows], self._place[:, rows] = t, places
            self._loss_there[rows], self._gradient_there[:, rows] = loss, gradient
        return loss

    def _of(self, values: Array, rows: Rows) -> Array:
        """Return the columns of some runs, whose numbers rise; to take all of them costs nothing."""
        return values if len(rows) == len(self) else values[:, rows]


def dots(one: Array, other: Array) -> Array:
    """Return the sums of the products over the parameters, added up in their order."""
    total: Array = (one * other).sum(axis=0)
    return total


def finding_steps(search: Search, settings: Settings, lines: Lines) -> Finding:
    """Return how far to go along each line; NaN where the search accepts no step, or none moves anything."""
    t = yield from _SEARCHES[search.id](lines, settings)
    if needs_descent(search):
        t[~lines.moved(np.arange(len(lines)), lines.at(t)[0])] = np.nan
    return t


def _fixed(lines: Lines, settings: Settings) -> Finding:
    del lines
    yield
    return settings["eta"].copy()


def _list(lines: Lines, settings: Settings) -> Finding:
    rows = np.arange(len(lines))
    steps = [settings["eta"] * multiple for multiple in MULTIPLES]
    tried = []
    for t in steps:
        tried.append(lines.try_losses(rows, t))
        yield
    losses = np.stack(tried)
    losses[~np.isfinite(losses)] = np.inf
    # Of those that are equal the shortest, as of a list.
    taken: Array = np.stack(steps)[np.argmin(losses, axis=0), rows]
    return taken


def _polyak(lines: Lines, settings: Settings) -> Finding:
    gap = lines.loss - settings["lowest"]
    yield
    # Of an infinite loss the quotient may be NaN: then it is η, as Python's min has it.
    return np.where(gap > 0.0, np.fmin(settings["eta"], gap / -lines.slope), np.nan)


def _armijo(lines: Lines, settings: Settings) -> Finding:
    t, found, rows = settings["eta"].copy(), np.full(len(lines), np.nan), np.arange(len(lines))
    for _ in range(MOST_TRIES):
        places = lines.places(rows, t[rows])
        moved = lines.moved(rows, places)
        rows, length = rows[moved], t[rows][moved]
        if not len(rows):
            break
        loss = lines.try_losses(rows, length, places[:, moved])
        good = loss <= lines.loss[rows] + settings["c1"][rows] * length * lines.slope[rows]
        found[rows[good]] = length[good]
        rows = rows[~good]
        t[rows] *= settings["shrink"][rows]
        yield
    return found


def _wolfe(lines: Lines, settings: Settings) -> Finding:
    """Lengthen the step until one is between two, then look between them (zoom)."""
    c1, c2 = settings["c1"], settings["c2"]
    low, high, found = lines.start, lines.start, np.full(len(lines), np.nan)
    between, tries = np.zeros(len(lines), bool), np.zeros(len(lines), int)
    t, rows = settings["eta"].copy(), np.arange(len(lines))
    while len(rows):
        inside = rows[between[rows]]
        t[inside] = _between(low.of(inside), high.of(inside))
        stuck = between[rows] & ((t[rows] == low.t[rows]) | (t[rows] == high.t[rows]))
        rows = rows[~stuck & (tries[rows] < MOST_TRIES)]
        tries[rows] += 1
        one = Tries(t[rows], lines.try_losses(rows, t[rows]), np.full(len(rows), np.nan))
        most = lines.loss[rows] + c1[rows] * one.t * lines.slope[rows]
        room = ROUNDING * np.abs(lines.loss[rows])
        above = ~(one.loss <= most + room) | ((low.t[rows] != 0.0) & (one.loss >= low.loss[rows] + room))
        one.slope[~above] = lines.slopes(rows[~above])
        flat = np.abs(one.slope) <= c2[rows] * np.abs(lines.slope[rows])
        good = ~above & (one.loss <= most) & flat
        found[rows[good]] = one.t[good]
        high.put(rows[above], one, above)
        # A step whose slope leads back is the one end, and the one before it the other.
        beyond = np.where(between[rows], one.slope * (high.t - low.t)[rows] >= 0.0, ~(one.slope < 0.0))
        turned, goes_on = rows[~above & beyond], ~above & ~good
        high.put(turned, low.of(turned))
        low.put(rows[goes_on], one, goes_on)
        enters = rows[(above | beyond) & ~between[rows]]
        between[enters], tries[enters] = True, 0
        rows = rows[~good]
        t[rows] = np.where(between[rows], t[rows], 2.0 * t[rows])
        yield
    return found


def _between(low: Tries, high: Tries) -> Array:
    """Return where the parabolas with the slope at ``low`` and both losses are lowest, away from the ends."""
    width = high.t - low.t
    bend = 2.0 * (high.loss - low.loss - low.slope * width)
    share = np.where((bend > 0.0) & np.isfinite(bend), -low.slope * width / bend, 0.5)
    lowest: Array = low.t + width * np.clip(share, MARGIN, 1.0 - MARGIN)
    return lowest


def _exact(lines: Lines, settings: Settings) -> Finding:
    """Lengthen the step until the first minimum is between two, then come near it."""
    most, level = settings["most"], EXACT * np.abs(lines.slope)
    low, high, found = lines.start, lines.start, np.full(len(lines), np.nan)
    t, rows = np.minimum(settings["eta"], most), np.arange(len(lines))
    bracketed = [rows[:0]]
    while len(rows):
        one = lines.both(rows, t[rows])
        good = (np.abs(one.slope) <= level[rows]) & (one.loss <= lines.loss[rows])
        down = _lead_down(one, low.of(rows))
        good |= down & (one.t == most[rows])
        found[rows[good]] = one.t[good]
        high.put(rows[~good], one, ~good)
        bracketed.append(rows[~good & ~down])
        goes_on = ~good & down
        rows = rows[goes_on]
        low.put(rows, one, goes_on)
        t[rows] = np.minimum(2.0 * t[rows], most[rows])
        yield
    yield from _bisecting(lines, np.sort(np.concatenate(bracketed)), low, high, level, found)
    return found


def _lead_down(one: Tries, low: Tries) -> Flags:
    """Return where the minimum is beyond a step, and not between a shorter one and it."""
    down: Flags = (one.slope < 0.0) & (one.loss <= low.loss + ROUNDING * np.abs(low.loss))
    return down


def _bisecting(
    lines: Lines, rows: Rows, low: Tries, high: Tries, level: Array, found: Array
) -> Iterator[None]:
    """Find minima between two steps of some runs; the slope at the shorter ones leads down."""
    slopes, kept = np.stack([low.slope, high.slope]), np.zeros(len(lines), int)
    for turn in range(2 * MOST_TRIES):
        if not len(rows):
            return
        first, last = low.t[rows], high.t[rows]
        t = 0.5 * (first + last)
        if turn < MOST_TRIES:  # where a straight slope would be zero
            here, there = slopes[:, rows]
            t = np.where(there > 0.0, first - (last - first) * here / (there - here), t)
        is_inside = (first < t) & (t < last)
        _take_low(rows[~is_inside], low, found)
        rows = rows[is_inside]
        one = lines.both(rows, t[is_inside])
        good = (np.abs(one.slope) <= level[rows]) & (one.loss <= lines.loss[rows])
        found[rows[good]] = one.t[good]
        rows, one = rows[~good], one.of(~good)
        down = _lead_down(one, low.of(rows))
        low.put(rows[down], one, down)
        high.put(rows[~down], one, ~down)
        end = np.where(down, 0, 1)
        slopes[end, rows] = one.slope
        again = end == kept[rows]
        slopes[1 - end[again], rows[again]] *= 0.5  # an end that stays (Illinois)
        kept[rows] = end
        yield
    _take_low(rows, low, found)


def _take_low(rows: Rows, low: Tries, found: Array) -> None:
    found[rows] = np.where(low.t[rows] > 0.0, low.t[rows], np.nan)


_SEARCHES: Mapping[str, Callable[[Lines, Settings], Finding]] = {
    "fixed": _fixed,
    "list": _list,
    "exact": _exact,
    "armijo": _armijo,
    "wolfe": _wolfe,
    "polyak": _polyak,
}
