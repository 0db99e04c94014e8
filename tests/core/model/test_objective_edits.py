"""Changing what is made small."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model import edits, forks
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.gallery import GALLERY
from gdsim.core.model.objective import LECTURE, FunctionObjective, NeuronObjective
from gdsim.core.model.objective_edits import FUNCTION_NOISE, noisy_slopes, use_function, use_neuron
from gdsim.core.model.plane import Slice
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointsError, PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.standardising import standardise
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.rules.schedules import SCHEDULES
from tests.every import every

FOUR_INPUTS = Experiment(
    PointSet(np.ones((3, 4)), [0.1, 0.2, 0.3]),
    PointSet(np.ones((1, 4)), [0.4]),
    (Run(start=(1.0, 2.0, 3.0, 4.0, 5.0), schedule=SCHEDULES["validation"]()), Run(start=(0.0,) * 5)),
)
BOWL = FunctionObjective("w**2 + b**2")


@given(
    st.floats(0.0, 1e6) | st.sampled_from([5e-324, 1e-310, 1e-100]),
    st.integers(2, 300),
    st.integers(0, 5),
)
def test_the_noise_of_all_copies_together_is_nothing(spread, copies, seed):
    slopes = noisy_slopes(FUNCTION_NOISE(spread=spread, copies=copies, seed=seed))
    rng = np.random.default_rng(1)
    for column in (slopes.x[:, 0], slopes.y):
        assert float(np.mean(column)) == 0.0
        assert sum(rng.permutation(column).tolist()) == 0.0
    if spread >= 1e-100:
        assert len(slopes) == copies


def test_noise_is_as_wide_as_it_says_and_comes_again():
    for copies in (2, 5, 20):
        few = noisy_slopes(FUNCTION_NOISE(spread=3.0, copies=copies, seed=7))
        assert [float(few.x.std()), float(few.y.std())] == pytest.approx([3.0, 3.0], rel=1e-6)
    noise = FUNCTION_NOISE(spread=3.0, copies=5000, seed=7)
    slopes = noisy_slopes(noise)
    assert abs(np.corrcoef(slopes.x[:, 0], slopes.y)[0, 1]) < 0.05
    assert noisy_slopes(noise) == slopes
    assert noisy_slopes(noise.replace(seed=8)) != slopes
    assert noisy_slopes(FUNCTION_NOISE()) == ORIGIN


def test_a_function_takes_the_place_of_points_and_neuron():
    cut = replace(FOUR_INPUTS, slice=Slice((1, 2), (0.5, 1.0, 2.0)))
    made = use_function(cut, BOWL)
    assert made.slice == Slice()
    assert (made.points, len(made.validation), made.objective) == (ORIGIN, 0, BOWL)
    assert [run.start for run in made.runs] == [(1.0, 5.0), (0.0, 0.0)]
    assert [run.schedule.id for run in made.runs] == ["constant", "constant"]
    assert made.view_range == FOUR_INPUTS.view_range


def test_runs_that_would_start_out_of_sight_start_where_the_way_down_tells_most():
    known = GALLERY["rosenbrock"]
    made = use_function(FOUR_INPUTS, known.objective, ORIGIN, known.view_range, known.start)
    assert [run.start for run in made.runs] == [known.start, (0.0, 0.0)]
    assert made.view_range == known.view_range


def test_forks_follow_their_parents_to_a_function():
    known = GALLERY["rosenbrock"]
    first = forks.fork_run(FOUR_INPUTS, 0, 3)
    nudged = replace(first, fork=replace(first.fork, nudge=(0.1, 0.2, 0.3, 0.4, 0.5)))
    forked, index = forks.add_fork(FOUR_INPUTS, nudged)
    forked, _ = forks.add_fork(forked, forks.fork_run(forked, index, 5))
    made = use_function(forked, known.objective, ORIGIN, known.view_range, known.start)
    assert forks.depths(made.runs) == (0, 1, 2, 0)
    assert [run.start for run in made.runs] == [*[known.start] * 3, (0.0, 0.0)]
    assert made.runs[1].fork.nudge == (0.1, 0.5)


def test_the_way_back_to_a_neuron():
    squared, other = NeuronObjective("tanh"), NeuronObjective(loss="cross-entropy")
    assert use_neuron(FOUR_INPUTS, squared) == replace(FOUR_INPUTS, objective=squared)
    back = use_neuron(use_function(FOUR_INPUTS, BOWL, view_range=ViewRange(0, 1, 0, 1)), other)
    assert back.objective == other
    assert (back.points, back.view_range) == (new_experiment().points, LECTURE_VIEW_RANGE)


EDITS = {
    "add": edits.add_point,
    "add at": lambda one: edits.add_point_at(one, 0.0, 0.5),
    "paste over": lambda one: edits.overwrite_points(one, 0, PointSet([1.0], [1.0])),
    "validation": lambda one: edits.set_role(one, [0], validation=True),
    "standardise": standardise,
}


@every("name", EDITS)
def test_what_needs_points_is_refused_in_a_sentence(name):
    with pytest.raises(PointsError, match="has no points; choose a neuron first"):
        EDITS[name](use_function(new_experiment(), BOWL, noisy_slopes(FUNCTION_NOISE(spread=1.0))))


@pytest.mark.parametrize("replaces", [True, False])
def test_points_that_are_put_in_bring_the_neuron_back(replaces):
    run = Run(batching=STOCHASTIC(), start=(1.0, 2.0))
    function = use_function(
        replace(new_experiment(), runs=(run,)), BOWL, noisy_slopes(FUNCTION_NOISE(spread=1.0))
    )
    points = PointSet([[1.0, 2.0], [3.0, 4.0]], [0.1, 0.9])
    made = edits.put_points(function, points, PointSet.empty(2), replaces=replaces)
    assert (made.points, made.objective) == (points, LECTURE)
    assert [len(one.start) for one in made.runs] == [3]
