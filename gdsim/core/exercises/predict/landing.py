"""Predicting where a run lands some steps later: how close a prediction came, and why."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.predict.why_step import why_step
from gdsim.core.formulas.numerals import number, percent, told_apart
from gdsim.core.language.texts import said
from gdsim.core.model.plane import W_AND_B, Axes, in_plane
from gdsim.core.model.view_range import ViewRange

# The number of rows in a path of one step.
_ONE_STEP = 2
# From this ratio on, a distance is told as a multiple of a length instead of a percentage.
_TIMES = 2.0
# A path is nearly straight if the distance between its ends is more than this share of its length.
_STRAIGHT = 0.98


@dataclass(frozen=True, eq=False)
class Landing:
    """A predicted landing place, and the true path."""

    path: Array  # (n + 1, 2): the true path of n steps in the drawn plane
    loss: Array  # (n + 1,)
    predicted: Array  # (2,)

    @property
    def distance(self) -> float:
        """The distance of the predicted place from the true one."""
        return float(np.hypot(*(self.predicted - self.path[-1])))

    @property
    def length(self) -> float:
        """The straight distance from the first place of the path to the last."""
        return float(np.hypot(*(self.path[-1] - self.path[0])))

    @property
    def steps(self) -> Array:
        """The lengths of the steps: shape (n,)."""
        lengths: Array = np.hypot(*np.diff(self.path, axis=0).T)
        return lengths

    @property
    def share(self) -> float | None:
        """The distance as a share of the length; None if the run did not move in the plane."""
        return self.distance / self.length if self.length > 0.0 else None


def landing(
    record: RecordColumns, step: int, ahead: int, predicted: tuple[float, float], axes: Axes = W_AND_B
) -> Landing:
    """Compare a place predicted ``ahead`` steps after ``step`` with the record of a run.

    ``ahead`` is at least 1, and the record reaches that far. The place is in the plane of the two drawn
    parameters.
    """
    rows = slice(step, step + ahead + 1)
    return Landing(in_plane(record.p[rows], axes), record.loss[rows], np.array(predicted))


def close_view_range(view_range: ViewRange, place: Array, reach: float) -> ViewRange:
    """Return a view range that reaches ``reach`` from a place to every side.

    The given one is returned if that would not be smaller, or would be too small to draw.
    """
    if not 2.0 * reach < min(view_range.extent):
        return view_range
    close = ViewRange.between(place - reach, place + reach)
    return view_range if close.fault() else close


def landing_words(result: Landing) -> str:
    off = said("Your mark is {distance} from where the run landed", distance=number(result.distance))
    if result.share is None:
        return said("{off}; on the map the run did not move.", off=off)
    share = (
        said("{share} of", share=percent(result.share))
        if result.share < _TIMES
        else said("{share} times", share=number(result.share))
    )
    length = number(result.length)
    if len(result.path) == _ONE_STEP:
        return said("{off}: {share} the step, which is {length} long.", off=off, share=share, length=length)
    return said(
        "{off}: {share} the straight line from start to end, which is {length} long.",
        off=off,
        share=share,
        length=length,
    )


def why_it_landed(result: Landing, update: Update) -> tuple[str, ...]:
    """Explain why the run landed there; ``update`` is the first update of the path."""
    return (*_along_which(update), *_why(result, update))


def _along_which(update: Update) -> Iterator[str]:
    if update.points.dimension > 1:
        first, second = update.drawn_names
        yield said(
            "Lengths and pairs of numbers are along {first} and {second}; the other parameters change, too.",
            first=first,
            second=second,
        )


def _why(result: Landing, update: Update) -> tuple[str, ...]:
    losses_at_ends = result.loss[[0, -1]].tolist()
    # With very many points, not every loss is computed.
    losses = []
    if not math.isnan(sum(losses_at_ends)):
        before, after = told_apart(losses_at_ends, 4)
        losses = [said("L went from {before} to {after}.", before=before, after=after)]
    if len(result.path) == _ONE_STEP:
        return (*why_step(update), *losses)
    steps, travelled = result.steps, float(result.steps.sum())
    ends = said(
        "the first is {steps} long, the last {steps2}",
        steps=number(float(steps[0])),
        steps2=number(float(steps[-1])),
    )
    path = said(
        "The {steps} steps make a path {travelled} long; {ends}.",
        steps=len(steps),
        travelled=number(travelled),
        ends=ends,
    )
    straightness = result.length / travelled if travelled > 0.0 else 1.0
    shape = said("The path is nearly straight.")
    if straightness <= _STRAIGHT:
        shape = said(
            "The path bends: its ends are {length} apart, {straightness} of its length.",
            length=number(result.length),
            straightness=percent(straightness),
        )
    return (path, shape, *losses)
