"""The value behind the table of points."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.points import PointsError, PointSet, fair_sample
from gdsim.core.model.run import Run
from tests.core.strategies import point_sets
from tests.every import every

THREE = PointSet([1.0, 2.0, 3.0], [0.1, 0.2, 0.3])


def test_x_and_y_become_read_only_arrays():
    assert THREE.x.shape == (3, 1)
    assert THREE.y.dtype == np.float64
    for array in (THREE.x, THREE.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 5.0


def test_the_arrays_are_copies():
    x = np.array([[1.0]])
    points = PointSet(x, [0.5])
    x[0] = 9.0
    assert points.x[0, 0] == 1.0


@given(point_sets(2), point_sets(2))
def test_sets_compare_by_content(one, other):
    copy = PointSet(one.x.copy(), one.y.copy())
    assert one == copy
    assert hash(one) == hash(copy)
    assert (one == other) == (one.x.tolist() == other.x.tolist() and one.y.tolist() == other.y.tolist())
    assert one != "points"


def test_the_two_zeros_are_equal_and_hash_alike():
    assert PointSet([0.0], [0.0]) == PointSet([-0.0], [-0.0])
    assert hash(PointSet([0.0], [0.0])) == hash(PointSet([-0.0], [-0.0]))


@every(
    ("x", "y", "fault"),
    [
        ([1.0], [1.0, 2.0], "same length, not 1 and 2"),
        ([1.0, math.nan], [0.0, 0.0], "must be a number from -1e100 to 1e100"),
        ([1.0], [math.inf], "must be a number from -1e100 to 1e100"),
        ([1e101], [0.0], "must be a number from -1e100 to 1e100"),
        (np.empty((2, 0)), [1.0, 2.0], "at least one input"),
        (np.zeros((2, 2, 2)), [1.0, 2.0], "same length"),
    ],
)
def test_what_are_no_points_is_refused(x, y, fault):
    with pytest.raises(PointsError, match=fault):
        PointSet(x, y)


def test_edits_give_new_sets():
    moved = THREE.replaced(1, 9.0, 0.9)
    assert moved == PointSet([1.0, 9.0, 3.0], [0.1, 0.9, 0.3])
    assert THREE.without([0, 2]) == PointSet([2.0], [0.2])
    assert THREE.taken([2, 0]) == PointSet([3.0, 1.0], [0.3, 0.1])
    more = PointSet([7.0], [0.7])
    assert THREE.extended(more) == PointSet([1.0, 2.0, 3.0, 7.0], [0.1, 0.2, 0.3, 0.7])
    assert PointSet([1.0, 2.0, 3.0], [0.1, 0.2, 0.3]) == THREE


@given(st.integers(1, 4))
def test_an_empty_set_has_a_dimension(dimension):
    empty = PointSet.empty(dimension)
    assert len(empty) == 0
    assert empty.dimension == dimension


def test_a_point_is_moved_only_to_what_a_point_can_be():
    points = PointSet([1.0, 2.0], [0.1, 0.9])
    assert points.replaced(1, (3.0,), 0.5) == PointSet([1.0, 3.0], [0.1, 0.5])
    for x, y in (((np.nan,), 0.5), ((1.0,), np.inf), ((1e101,), 0.5)):
        with pytest.raises(PointsError):
            points.replaced(0, x, y)


def test_whatever_is_made_of_points_cannot_be_written_to():
    points = PointSet([1.0, 2.0, 3.0], [0.1, 0.9, 0.5])
    made = (
        points.replaced(0, (3.0,), 0.5), points.extended(points), points.without([1]), points.taken([2, 0]),
    )  # fmt: skip
    for one in made:
        assert not one.x.flags.writeable
        assert not one.y.flags.writeable
    assert made[2] == PointSet([1.0, 3.0], [0.1, 0.5])
    assert points.without([]) == points


# -------------------------------------------------------------------------------------- a few of many


@given(st.integers(0, 5000), st.integers(1, 300))
def test_a_sample_is_in_order_and_no_larger_than_wanted(n, most):
    rows = fair_sample(n, most)
    assert len(rows) <= most
    assert (np.diff(rows) > 0).all()
    assert ((rows >= 0) & (rows < n)).all()
    if n <= most:
        np.testing.assert_array_equal(rows, np.arange(n))
    else:
        assert 2 * len(rows) >= most


def test_a_table_that_repeats_itself_is_sampled_fairly():
    """Of points that alternate between two kinds, every tenth would be of one kind."""
    rows = fair_sample(1_000_000, 2000)
    assert 0.45 < (rows % 2).mean() < 0.55
    np.testing.assert_array_equal(rows, fair_sample(1_000_000, 2000))


def test_experiments_over_the_same_points_share_what_a_neuron_takes_of_them():
    """Each edit leaves an experiment in the history: a million points must not stay with every one."""
    experiment = Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), (Run(),))
    edited = replace(experiment, runs=(Run(epochs=7),), objective=NeuronObjective("tanh"))
    assert edited.training.inputs is experiment.training.inputs
    assert experiment.training.inputs.tolist() == [[0.5, 1.0], [2.5, 1.0]]
    with pytest.raises(ValueError, match="read-only"):
        experiment.training.inputs[0, 0] = 3.0
