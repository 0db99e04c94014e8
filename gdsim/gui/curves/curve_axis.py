"""The horizontal axis of the curves, which counts steps or epochs like playback, or the cost of a run."""

import math
from collections.abc import Callable
from enum import Enum
from typing import Any, NamedTuple

from gdsim.core.engine.effort import (
    counted_evaluations_at,
    evaluations_at,
    points_seen_at,
    row_of_counted,
    step_after_evaluations,
    step_after_points,
)
from gdsim.core.formulas import numerals
from gdsim.gui.paint.words import place_text
from gdsim.gui.translation import tr
from gdsim.session.frame import ClockPlace, Frame, RunView


class AxisUnit(Enum):
    """The unit of the horizontal axis."""

    CLOCK = "clock"  # Steps or epochs, like playback
    POINTS = "points"  # Points whose gradient was evaluated
    EVALUATIONS = "evaluations"  # Gradients evaluated by the lines of a rule, or by a search


class CurveAxis(NamedTuple):
    """The axis for a frame. A step's cost differs between runs, so the cursor follows the selected run."""

    frame: Frame
    unit: AxisUnit = AxisUnit.CLOCK

    @property
    def counts_like_playback(self) -> bool:
        return self.unit is AxisUnit.CLOCK or self.frame.current is None

    def place_of(self, view: RunView, row: ClockPlace) -> ClockPlace:
        """Return the place on the axis of a row of a run's record."""
        if self.counts_like_playback:
            return view.place_of(row, by_epoch=self.frame.by_epoch)
        if view.run.is_searched:
            return self._before(view) + self._cost_of_gradient(view) * counted_evaluations_at(view.whole, row)
        place: ClockPlace = self._cost(view.run, view.clock.first + row, view.points) - self._shortfall(view)
        return place

    def row_at(self, view: RunView, place: float) -> float:
        """Return the row of a run's record that is, or would be, at a place."""
        if self.counts_like_playback:
            return view.row_at(place, by_epoch=self.frame.by_epoch)
        if view.run.is_searched:
            return row_of_counted(view.whole, (place - self._before(view)) / self._cost_of_gradient(view))
        step = step_after_evaluations if self.unit is AxisUnit.EVALUATIONS else step_after_points
        return step(view.run, place + self._shortfall(view), view.points) - view.clock.first

    @property
    def _cost(self) -> Callable[..., Any]:
        """The function that gives the cost up to a step if every step evaluates equally many gradients."""
        return evaluations_at if self.unit is AxisUnit.EVALUATIONS else points_seen_at

    def _before(self, view: RunView) -> float:
        """Return the recorded cost of the steps before a fork's first row."""
        return float(view.whole.spent[0, 0 if self.unit is AxisUnit.EVALUATIONS else 1])

    def _shortfall(self, view: RunView) -> float:
        """Return by how much the recorded cost of a fork's past falls short of its cost without a search."""
        if view.run.fork is None:
            return 0.0
        return float(self._cost(view.run, float(view.clock.first), view.points)) - self._before(view)

    def _cost_of_gradient(self, view: RunView) -> int:
        """Return how much one gradient over all points adds to the axis."""
        return 1 if self.unit is AxisUnit.EVALUATIONS else view.points

    def place_of_step(self, step: int) -> float:
        """Return the place of a step of the selected run."""
        view = self.frame.current
        return step if view is None else self.place_of(view, float(step - view.clock.first))

    def step_at(self, place: float) -> float:
        """Return the step of the selected run at a place."""
        view = self.frame.current
        return place if view is None else view.clock.first + self.row_at(view, place)

    def place_of_clock(self, cursor: float) -> float:
        """Return the place of a step or epoch of playback."""
        view = self.frame.current
        if view is None or self.counts_like_playback:
            return cursor
        return self.place_of(view, view.row_at(cursor, by_epoch=self.frame.by_epoch))

    def clock_at(self, place: float) -> int:
        """Return the step or epoch of playback nearest to a place."""
        view = self.frame.current
        if view is not None and not self.counts_like_playback:
            place = view.place_of(self.row_at(view, place), by_epoch=self.frame.by_epoch)
        return max(0, round(place))

    @property
    def cursor(self) -> float:
        """The place of the playback position."""
        return self.place_of_clock(self.frame.cursor)

    @property
    def length(self) -> float:
        """The last place that any visible run has reached so far."""
        if self.counts_like_playback:
            return self.frame.length
        ends = (self.place_of(view, float(view.trajectory.last_step)) for _, view in self.frame.shown)
        return max(ends, default=0.0)

    def beside(self, place: float, way: int) -> float:
        """Return the place ``way`` steps or epochs of playback after a place; before it if negative."""
        return self.place_of_clock(self.clock_at(place) + way)

    def name(self) -> str:
        if not self.counts_like_playback:
            return {AxisUnit.POINTS: tr("points seen"), AxisUnit.EVALUATIONS: tr("gradient evaluations")}[
                self.unit
            ]
        return tr("epoch") if self.frame.by_epoch else tr("step")

    def place_words(self, place: float) -> str:
        """Describe a place: ``"step 74, update 2 of 3 in epoch 25"``, ``"148 points seen"``."""
        if self.counts_like_playback:
            return place_text(self.frame, round(place))
        return f"{numerals.integer_text(math.floor(place))} {self.name()}"

    def clock_words(self, place: float) -> str:
        """Name the step or epoch of playback at a place: ``"step 1,200"``."""
        where = tr("epoch {0}") if self.frame.by_epoch else tr("step {0}")
        return where.format(numerals.integer_text(self.clock_at(place)))

    def part_words(self, first: float, last: float) -> str:
        """Describe the visible part of the axis: ``"steps 20 to 40 of 1,000"``."""
        if not self.counts_like_playback:
            words = tr("{unit} {0} to {1} of {2}")
        elif self.frame.by_epoch:
            words = tr("epochs {0} to {1} of {2}")
        else:
            words = tr("steps {0} to {1} of {2}")
        return words.format(*map(numerals.integer_text, (first, last, self.length)), unit=self.name())
