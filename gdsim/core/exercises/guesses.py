"""Guess work: a neuron that is moved by hand, the guesses that are kept, and descent that competes."""

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import LECTURE_RULES

# The curve follows the mouse up to this near 0 and 1, which would need infinite weights.
_FLATTEST = 1e-3
# A drag this near the middle of the points, as a share of half their width, shifts the curve; others tilt it.
_SHIFTED_SHARE = 0.25
# The margin around guesses that lie outside the view range, as a share of the new one.
_MARGIN = 0.08


class Guess(NamedTuple):
    """Parameters that were written down, and the loss over all points that they give."""

    w: float
    b: float
    loss: float


def guess_at(loss: PointLoss, w: float, b: float) -> Guess:
    """Return a guess with the loss of exactly these parameters, for points with one input."""
    return Guess(w, b, float(loss.loss(np.array([w, b]))))


@dataclass(frozen=True)
class Guesses:
    """What was written down, in order."""

    each: tuple[Guess, ...] = ()

    def with_guess(self, guess: Guess) -> "Guesses":
        return Guesses((*self.each, guess))

    def without(self, index: int) -> "Guesses":
        """Return the guesses without one of them; the others keep their order."""
        return Guesses((*self.each[:index], *self.each[index + 1 :]))

    @property
    def best(self) -> int | None:
        """Index of the guess with the lowest loss, the first one of equal ones; None when there is none."""
        losses = [guess.loss for guess in self.each]
        return losses.index(min(losses)) if losses else None

    def record(self) -> Columns:
        """Return the guesses as the record of a run that went from one to the next.

        Nothing led from guess to guess, so rates and gradients are NaN.
        """
        path = np.array([(one.w, one.b) for one in self.each]).reshape(-1, 2)
        return Columns.of_path(path, np.array([one.loss for one in self.each]))


class Hand(NamedTuple):
    """How the sigmoid of one input follows the mouse."""

    pivot: float  # The x around which it tilts: the middle of the points
    reach: float  # Half the width of the points

    @classmethod
    def over(cls, points: PointSet) -> "Hand":
        """Return how the curve follows the mouse over these points: it tilts around their middle."""
        low, high = float(points.x[:, 0].min()), float(points.x[:, 0].max())
        return cls((low + high) / 2.0, max((high - low) / 2.0, 0.5))

    def shifts(self, x: float) -> bool:
        """Return whether a curve taken at ``x`` is shifted, not tilted."""
        return abs(x - self.pivot) < _SHIFTED_SHARE * self.reach

    def moved(self, w: float, b: float, taken: float, to: tuple[float, float]) -> tuple[float, float]:
        """Return the w, b whose curve goes through where the mouse is now, at (x, y).

        The curve of w, b was taken hold of at x = ``taken``. While it tilts it keeps its height at the pivot,
        so x stays on the side at which it was taken.
        """
        height = min(max(to[1], _FLATTEST), 1.0 - _FLATTEST)
        wanted = math.log(height / (1.0 - height))
        if self.shifts(taken):
            return w, wanted - w * to[0]
        nearest = _SHIFTED_SHARE * self.reach
        away = to[0] - self.pivot
        away = max(away, nearest) if taken > self.pivot else min(away, -nearest)
        kept = w * self.pivot + b
        tilted = (wanted - kept) / away
        return tilted, kept - tilted * self.pivot


def label_sides(guesses: Guesses) -> tuple[int, ...]:
    """Return on which side of each guess its number stands: away from the guess that is nearest to it.

    -1 for smaller w, 1 for larger.
    """
    return tuple(_side(index, guesses.each) for index in range(len(guesses.each)))


def _side(index: int, each: tuple[Guess, ...]) -> int:
    here = each[index]
    others = [place for place in range(len(each)) if place != index]
    if not others:
        return -1
    nearest = min(others, key=lambda place: math.hypot(each[place].w - here.w, each[place].b - here.b))
    return -1 if (here.w, index) < (each[nearest].w, nearest) else 1


def view_range_around(view_range: ViewRange, guesses: Guesses) -> ViewRange:
    """Return the view range, made larger where guesses lie outside, unless they are too far for a picture."""
    if not guesses.each:
        return view_range
    p = guesses.record().p
    low, high = view_range.corners
    lowest, highest = np.minimum(low, p.min(axis=0)), np.maximum(high, p.max(axis=0))
    margin = _MARGIN * (highest - lowest)
    larger = ViewRange.between(
        np.where(lowest == low, low, lowest - margin), np.where(highest == high, high, highest + margin)
    )
    return view_range if larger.fault() else larger


def race(experiment: Experiment, guesses: Guesses, *, all_rules: bool) -> Experiment:
    """Return the experiment in which descent starts where the first guess was made.

    There is at least one guess. Of the experiment the points and the view range stay. Descent follows the
    first rule of the lecture; with ``all_rules`` its others start there too, with their usual settings.
    """
    first = guesses.each[0]
    rules = LECTURE_RULES.values() if all_rules else (next(iter(LECTURE_RULES.values())),)
    runs = tuple(Run(rule(), start=(first.w, first.b)) for rule in rules)
    view_range = view_range_around(experiment.view_range, guesses)
    validation = PointSet.empty(experiment.points.dimension)
    return replace(experiment, validation=validation, runs=runs, view_range=view_range)


def steps_to_beat(loss: Array, target: float) -> int | None:
    """Return the first step at which a run's loss (n,) is below ``target``; None when it never is."""
    below = np.flatnonzero(loss < target)
    return int(below[0]) if len(below) else None
