"""How runs end: the classes of a map, and the class of a single run computed by the engine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.loop import gradient_at
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.maps.minima import Minimum, in_a_minimum
from gdsim.core.exercises.run_settings import setting_value, settings_of, with_setting
from gdsim.core.language.texts import to_say
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, Objective
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress
from gdsim.core.settings import InvalidValue

Kinds: TypeAlias = npt.NDArray[np.uint8]
Steps: TypeAlias = npt.NDArray[np.int32]

PLATEAU_SLOPE = 1e-5
"""An unsolved run is on a plateau if its gradient is shorter than this, and it is not in a minimum."""
# By default a run is solved when its loss is above the lowest known loss by less than this share: for a
# neuron, of the squared loss with an error of 1 at every point; for a function, of ½.
_SHARE, _OF_FUNCTION = 1e-4, 0.5
# Pixels take about equally many steps if the difference is at most 1 plus this share.
_ABOUT = 0.05


class Outcome(IntEnum):
    """How a run ends; if several apply, the first."""

    NOT_YET = 0  # its pixel has not been computed
    SOLVED = 1
    DIVERGED = 2
    RESTS = 3  # in a minimum, but its loss is too high
    PLATEAU = 4
    MOVING = 5
    STOPPED = 6  # a search found no further step

    @property
    def words(self) -> str:
        """The name of the class in English, as in files."""
        return _WORDS[self]


_WORDS = {
    Outcome.NOT_YET: to_say("not computed yet"),
    Outcome.SOLVED: to_say("solved"),
    Outcome.DIVERGED: to_say("diverged"),
    Outcome.RESTS: to_say("in another minimum"),
    Outcome.PLATEAU: to_say("on a plateau"),
    Outcome.MOVING: to_say("still moving"),
    Outcome.STOPPED: to_say("found no step"),
}


class Ending(NamedTuple):
    """The outcome of a single run."""

    kind: Outcome
    steps: int
    loss: float
    p: tuple[float, ...]


@dataclass(frozen=True)
class OutcomePlan:
    """The specification of a map: a run of an experiment, over the values of two settings."""

    experiment: Experiment
    run: Run
    x: MapAxis
    y: MapAxis
    steps: int
    solved_below: float  # A run is solved at its first step with a lower loss
    size: int = 256  # Pixels along each side

    def __post_init__(self) -> None:
        if self.size % max(STRIDES):
            raise ValueError(f"a map has a multiple of {max(STRIDES)} pixels along a side")

    @property
    def strides(self) -> tuple[int, ...]:
        """The pixel strides, coarse to fine; searched runs are slower, so they begin one stride coarser."""
        first = 2 * STRIDES[0]
        return STRIDES if self.size % first or not self.run.is_searched else (first, *STRIDES)

    def run_at(self, column: int, row: int) -> Run:
        """Return the run of a pixel; row 0 is at the bottom."""
        values = float(self.x.values(self.size)[column]), float(self.y.values(self.size)[row])
        return self.run_with(*values)

    def run_with(self, x: float, y: float) -> Run:
        return with_setting(with_setting(self.run, self.x.setting.name, x), self.y.setting.name, y)

    @property
    def subject(self) -> "OutcomePlan":
        """A canonical plan, equal for all plans of the same map.

        The run's own values of the two settings, its name and its looks do not matter.
        """
        run = self.run_with(self.x.low, self.y.low)
        return replace(self, run=replace(run, name="", colour="", hidden=False, style=None))

    @property
    def kind(self) -> tuple[str, str, str]:
        """What two maps must share for one to be shown for a moment in place of the other."""
        return self.run.name, self.x.setting.name, self.y.setting.name

    @property
    def values(self) -> tuple[float, float]:
        """The run's own values of the two settings."""
        return setting_value(self.run, self.x.setting.name), setting_value(self.run, self.y.setting.name)


def plans_of(
    experiment: Experiment,
    runs: Sequence[Run],
    axes: tuple[MapAxis, MapAxis],
    steps: int,
    solved_below: float,
    size: int,
) -> tuple[OutcomePlan, ...]:
    """Return a plan for each run that may have all values of both settings.

    If any run has an exact line search, which takes ten times as long, all maps have half as many pixels
    along each side. A fork of another run is taken as if it began at its own start.
    """
    # Leave out other runs and the view, on which a map does not depend.
    bare = Experiment(experiment.points, experiment.validation, objective=experiment.objective)
    plans = []
    size = size // 2 if any(run.search.id == "exact" for run in runs) else size
    for run in (replace(one, fork=None) for one in runs):
        known = settings_of(experiment, run)
        x, y = (axis.of_setting(known.get(axis.setting.name)) for axis in axes)
        if x is not None and y is not None:
            run_steps = min(steps, experiment.total_steps(run))
            plans.append(OutcomePlan(bare, run, x, y, run_steps, solved_below, size))
    return tuple(plans)


# A map is computed at every 8th pixel along each side first, then at every 4th, and so on.
STRIDES = (8, 4, 2, 1)


def usual_tolerance(objective: Objective, points: int, lowest: float) -> float:
    """Return the default loss below which a run is solved, given the ``lowest`` known loss."""
    by_one = _OF_FUNCTION if isinstance(objective, FunctionObjective) else objective.factor(points) * points
    above = _SHARE * by_one
    return round(lowest + above, 1 - math.floor(math.log10(above)))


@dataclass(frozen=True, eq=False)
class OutcomeMap:
    """The outcomes of runs as arrays (rows, columns), with row 0 at the bottom."""

    plan: OutcomePlan
    kind: Kinds  # `Outcome` values
    steps: Steps  # steps until solved or diverged; otherwise the steps made
    loss: Array  # the loss where the run was solved, or at its end
    p: Array  # (rows, columns, d + 1): the place with that loss
    minima: tuple[Minimum, ...] = ()  # the minima that runs end in, the lowest first
    # Lines along which the rule's limit is reached at the lowest minimum: (n, 2) shares of the sides.
    limits: tuple[Array, ...] = ()

    @property
    def side(self) -> int:
        """Pixels along each side."""
        return len(self.kind)

    @property
    def is_finest(self) -> bool:
        """Whether every pixel of the plan is computed."""
        return self.side == self.plan.size

    def at(self, axis: MapAxis) -> Array:
        """Return the values of one of the plan's axes at the pixels of this map."""
        return axis.values(self.plan.size)[:: self.plan.size // self.side]

    @cached_property
    def basin(self) -> Kinds:
        """The number of the minimum nearest to each solved or resting run, from 1; all 0 with one minimum."""
        basin = np.zeros(self.kind.shape, np.uint8)
        if len(self.minima) > 1:
            ends = (self.kind == Outcome.SOLVED) | (self.kind == Outcome.RESTS)
            places = np.array([one.place for one in self.minima])
            away = np.linalg.norm(self.p[ends][:, np.newaxis] - places, axis=-1)
            basin[ends] = 1 + np.argmin(away, axis=-1)
        return basin

    @cached_property
    def classes(self) -> Kinds:
        """One number per class with its own colour, combined from the outcome and the basin."""
        return self.kind + np.uint8(16) * self.basin

    def pixel_at(self, plan: OutcomePlan, across: float, up: float) -> tuple[int, int] | None:
        """Return the row and column of this map at a place of a plan, given as shares of the plan's sides.

        The plan may show another part of the same axes; None if the place is outside this map.
        """
        pairs = ((self.plan.y, plan.y, up), (self.plan.x, plan.x, across))
        shares = [
            own.share(float(seen.at(np.array(share)))) if own != seen else share for own, seen, share in pairs
        ]
        if not all(0.0 <= share < 1.0 for share in shares):
            return None
        row, column = (int(share * self.side) for share in shares)
        return row, column

    def ending_at(self, row: int, column: int) -> Ending:
        kind, steps, loss, p = (
            one[row, column].tolist() for one in (self.kind, self.steps, self.loss, self.p)
        )
        return Ending(Outcome(kind), steps, loss, tuple(p))

    def count(self, kind: Outcome) -> int:
        return int(np.count_nonzero(self.kind == kind))

    @cached_property
    def agreeing(self) -> Flags:
        """The pixels whose neighbours all end in the same class after about as many steps."""
        classes, steps = _with_neighbours(self.classes), _with_neighbours(self.steps)
        agree = (classes == self.classes) & (np.abs(steps - self.steps) <= 1.0 + _ABOUT * self.steps)
        return np.asarray(agree.all(axis=0))

    def steps_around(self, row: int, column: int) -> tuple[int, int] | None:
        """Return the fewest and most steps of a pixel and its neighbours; None if their classes differ."""
        around = np.s_[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        if (self.classes[around] != self.classes[row, column]).any():
            return None
        return int(self.steps[around].min()), int(self.steps[around].max())


def _with_neighbours(values: Array | Kinds | Steps) -> Array:
    """Return the values (rows, columns) of each pixel and its neighbours: shape (9, rows, columns)."""
    padded = np.pad(values, 1, mode="edge")
    shifts = [(up, across) for up in range(3) for across in range(3)]
    return np.stack([padded[up:, across:][: len(values), : values.shape[1]] for up, across in shifts])


def computing_ending(plan: OutcomePlan, run: Run) -> Progress[Ending]:
    """Compute a run with the engine, and return its ending as a map would classify it."""
    record = yield from first_steps(plan.experiment, run, plan.steps)
    columns, stop = record.whole, record.stop
    below = np.flatnonzero(columns.loss < plan.solved_below)
    step = int(below[0]) if len(below) else record.last_step
    p = columns.p[step]
    data = plan.experiment.training
    if len(below):
        kind = Outcome.SOLVED
    elif stop is not None and stop.reason is StopReason.DIVERGED:
        kind, step = Outcome.DIVERGED, stop.step
    else:
        is_stopped = stop is not None and stop.reason is not StopReason.FINISHED
        gradient = np.array([gradient_at(data, p.tolist())])
        kind = Outcome(int(unsolved(data, p[np.newaxis], gradient, is_stopped=is_stopped)[0]))
    return Ending(kind, step, float(columns.loss[min(step, record.last_step)]), tuple(p.tolist()))


def unsolved(data: PointLoss, p: Array, gradient: Array, *, is_stopped: bool) -> Kinds:
    """Classify the ends p (m, d + 1) of runs that are neither solved nor diverged.

    ``is_stopped`` says that a search found no further step.
    """
    kinds = np.full(len(p), Outcome.STOPPED if is_stopped else Outcome.MOVING, np.uint8)
    with np.errstate(all="ignore"):  # far out, squares overflow
        flat = np.flatnonzero(np.linalg.norm(gradient, axis=-1) < PLATEAU_SLOPE)
        kinds[flat] = Outcome.PLATEAU
        kinds[flat[in_a_minimum(data, p[flat])]] = Outcome.RESTS
    return kinds


def last_bit_decides(plan: OutcomePlan, run: Run) -> Progress[bool]:
    """Return whether changing the last bit of a setting changes the outcome, or the steps by more than one.

    Each of the map's two settings is replaced by the next smaller and the next larger float.
    """
    first = yield from computing_ending(plan, run)
    for axis in (plan.x, plan.y):
        value = setting_value(run, axis.setting.name)
        for direction in (-np.inf, np.inf) if axis.setting.domain.kind is float else ():
            try:
                changed = with_setting(run, axis.setting.name, float(np.nextafter(value, direction)))
            except InvalidValue:  # outside the domain of the setting
                continue
            other = yield from computing_ending(plan, changed)
            if other.kind is not first.kind or abs(other.steps - first.steps) > 1:
                return True
    return False
