"""Edits of the objective; see `gdsim.core.model.edits`."""

import math
from dataclasses import replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane import Slice
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.rules.schedules import CONSTANT
from gdsim.core.settings import SEED, Configured, Definition, Setting, between, whole

COPIES = whole(2, 1e4)
NOISE_SPREAD = between(0, 1e6)
FUNCTION_NOISE = Definition(
    "noise",
    "Noise",
    "The function as the mean of tilted copies of it: an update over some of them sees noise.",
    (
        Setting(
            "spread", "σ", "noise", "How far the slopes of the copies are spread; 0 for none.",
            0.0, NOISE_SPREAD, 0.0, 10.0,
        ),
        Setting(
            "copies", "N", "copies", "How many copies: so many updates by one copy each are an epoch.",
            20, COPIES, 2, 1000, log=True,
        ),
        Setting("seed", "seed", "seed", "The same seed gives the same copies again.", 0, SEED, 0, 100),
    ),
)  # fmt: skip
# The slopes are whole multiples of a power of two, about `_GRAIN` times σ, so that their sum is exactly 0 in
# any order.
_GRAIN, _LEAST = 2.0**-30, 2.0**-1000


def noisy_slopes(noise: Configured[Definition]) -> PointSet:
    """Return random slopes of tilted copies, with a mean of exactly 0 and a standard deviation of σ."""
    spread = noise.number("spread")
    if not spread:
        return ORIGIN
    rng = np.random.default_rng(int(noise["seed"]))
    drawn = rng.standard_normal((int(noise["copies"]), 2))
    drawn /= drawn.std(axis=0)
    _, exponent = math.frexp(spread)
    x, y = (_centred(column, spread, max(_GRAIN * 2.0**exponent, _LEAST)) for column in drawn.T)
    return PointSet(x, y)


def spread_of(slopes: PointSet) -> float:
    """Return the noise σ of tilted copies with these slopes: the mean of both standard deviations."""
    return float((slopes.x.std() + slopes.y.std()) / 2.0)


def _centred(drawn: Array, spread: float, grain: float) -> Array:
    counts = np.rint(spread * drawn / grain)
    counts -= np.floor(counts.mean())
    # The remaining sum is less than one per slope; sums of whole numbers are exact.
    counts[: int(counts.sum())] -= 1.0
    return counts * grain


def use_neuron(experiment: Experiment, objective: NeuronObjective) -> Experiment:
    """Minimise the loss of a neuron over the same points; after a function, over the lecture's points."""
    if isinstance(experiment.objective, FunctionObjective):
        return replace(
            experiment,
            points=new_experiment().points,
            validation=PointSet.empty(),
            view_range=LECTURE_VIEW_RANGE,
            objective=objective,
            log_height=False,
        )
    return replace(experiment, objective=objective)


def use_function(
    experiment: Experiment,
    objective: FunctionObjective,
    slopes: PointSet = ORIGIN,
    view_range: ViewRange | None = None,
    start: tuple[float, float] | None = None,
    *,
    log_height: bool | None = None,
) -> Experiment:
    """Minimise a function of w and b, which replaces the points and their neuron.

    Runs that would start outside a given ``view_range`` start at ``start``. Schedules that use the validation
    loss become constant, because there is none. The ancestors of forks are changed alike.
    """
    runs = tuple(_on_plane(run, view_range, start) for run in experiment.runs)
    return replace(
        experiment,
        points=slopes,
        validation=PointSet.empty(),
        runs=runs,
        view_range=view_range or experiment.view_range,
        objective=objective,
        slice=Slice(),
        log_height=experiment.log_height if log_height is None else log_height,
    )


def _on_plane(run: Run, view_range: ViewRange | None, start: tuple[float, float] | None) -> Run:
    if run.schedule.needs_validation:
        run = replace(run, schedule=CONSTANT())
    fork = run.fork
    if fork:
        nudge = (fork.nudge[0], fork.nudge[-1]) if fork.nudge else ()
        parent = _on_plane(fork.parent, view_range, start)
        return replace(run, fork=Fork(parent, fork.step, nudge, fork.keeps_memory))
    place = run.start[0], run.start[-1]
    if view_range is not None and start is not None and not view_range.holds(*place):
        place = start
    return replace(run, start=place)


def check_has_neuron(experiment: Experiment) -> None:
    """Raise `PointsError` if the objective is a function, which has no points."""
    if isinstance(experiment.objective, FunctionObjective):
        raise PointsError(
            "a function of w and b has no points; choose a neuron first, or import or generate "
            "points, which brings the neuron back"
        )
