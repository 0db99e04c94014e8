"""Guess work: a neuron moved by hand, the guesses kept, and gradient descent as a competitor."""

import math
from dataclasses import replace
from typing import NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.rules.catalogue import LECTURE_RULES

# The curve follows the mouse only this close to 0 and 1, which would need infinite weights.
_FLATTEST = 1e-3
# A drag closer than this to the middle of the points, as a share of half their width, shifts the curve;
# any other tilts it.
_SHIFTED_SHARE = 0.25
# The margin around guesses outside the view range, as a share of the enlarged range.
_MARGIN = 0.08


class Guess(NamedTuple):
    """Parameters that a student wrote down, and their loss over all points."""

    w: float
    b: float
    loss: float


def guess_at(loss: PointLoss, w: float, b: float) -> Guess:
    """Return the guess (w, b) with its loss, for points with one input."""
    return Guess(w, b, float(loss.loss(np.array([w, b]))))


# The guesses written down, in order.
Guesses: TypeAlias = tuple[Guess, ...]


def best_of(guesses: Guesses) -> int | None:
    """Return the index of the guess with the lowest loss, the first of equals; None if there is none."""
    losses = [guess.loss for guess in guesses]
    return losses.index(min(losses)) if losses else None


def record_of_guesses(guesses: Guesses) -> RecordColumns:
    """Return guesses, at least one, as the record of a run that went from one to the next.

    No rule led from guess to guess, so rates and gradients are NaN.
    """
    path = np.array([(one.w, one.b) for one in guesses])
    return RecordColumns.of_path(path, np.array([one.loss for one in guesses]))


class CurveGrip(NamedTuple):
    """The way in which the curve of a neuron with one input follows the mouse."""

    pivot: float  # The x around which it tilts: the middle of the points
    reach: float  # Half the width of the points

    @classmethod
    def over(cls, points: PointSet) -> "CurveGrip":
        """Return the hand for these points: the curve tilts around their middle."""
        low, high = float(points.x[:, 0].min()), float(points.x[:, 0].max())
        return cls((low + high) / 2.0, max((high - low) / 2.0, 0.5))

    def shifts(self, x: float) -> bool:
        """Return whether a drag that begins at ``x`` shifts the curve instead of tilting it."""
        return abs(x - self.pivot) < _SHIFTED_SHARE * self.reach

    def moved(self, w: float, b: float, taken: float, to: tuple[float, float]) -> tuple[float, float]:
        """Return the w and b whose curve goes through the mouse at ``to``, an (x, y).

        The drag began with the curve of w, b at x = ``taken``. A tilt keeps the height of the curve at the
        pivot, so the x of the mouse is kept on the side of the pivot where the drag began.
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
    """Return the side of each guess on which its label stands, away from the nearest other guess.

    -1 is the side of smaller w, 1 that of larger w.
    """
    return tuple(_side(index, guesses) for index in range(len(guesses)))


def _side(index: int, guesses: Guesses) -> int:
    here = guesses[index]
    others = [place for place in range(len(guesses)) if place != index]
    if not others:
        return -1
    nearest = min(others, key=lambda place: math.hypot(guesses[place].w - here.w, guesses[place].b - here.b))
    return -1 if (here.w, index) < (guesses[nearest].w, nearest) else 1


def view_range_around(view_range: ViewRange, guesses: Guesses) -> ViewRange:
    """Return the view range, enlarged to hold all guesses, unless that would be too large to draw."""
    if not guesses:
        return view_range
    p = record_of_guesses(guesses).p
    low, high = view_range.corners
    lowest, highest = np.minimum(low, p.min(axis=0)), np.maximum(high, p.max(axis=0))
    margin = _MARGIN * (highest - lowest)
    larger = ViewRange.between(
        np.where(lowest == low, low, lowest - margin), np.where(highest == high, high, highest + margin)
    )
    return view_range if larger.fault() else larger


def race(experiment: Experiment, guesses: Guesses, *, all_rules: bool) -> Experiment:
    """Return an experiment in which gradient descent starts at the first guess, of at least one.

    It has no validation points, and its view range holds the guesses. Descent follows the first rule of the
    lecture; with ``all_rules``, the other rules start there too, with their default settings.
    """
    first = guesses[0]
    rules = LECTURE_RULES.values() if all_rules else (next(iter(LECTURE_RULES.values())),)
    runs = tuple(Run(rule(), start=(first.w, first.b)) for rule in rules)
    view_range = view_range_around(experiment.view_range, guesses)
    validation = PointSet.empty(experiment.points.dimension)
    return replace(experiment, validation=validation, runs=runs, view_range=view_range)


def steps_to_beat(loss: Array, target: float) -> int | None:
    """Return the first step at which the loss (n,) is below ``target``; None if it never is."""
    below = np.flatnonzero(loss < target)
    return int(below[0]) if len(below) else None
