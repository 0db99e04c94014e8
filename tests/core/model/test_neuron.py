"""The objective: sigmoid, loss and gradient."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.neuron import Neuron, parameter_names, sigmoid
from gdsim.core.model.points import PointSet
from tests.core.engine.lecture_loops import gradient, loss
from tests.core.strategies import TAME, point_sets
from tests.every import every

TARGETS = st.floats(0.0, 1.0)


@every(("dimension", "names"), [(1, ("w", "b")), (2, ("w1", "w2", "b")), (4, ("w1", "w2", "w3", "w4", "b"))])
def test_the_names_of_the_parameters(dimension, names):
    assert parameter_names(dimension) == names


@every(
    ("z", "expected"),
    [(0.0, 0.5), (1e308, 1.0), (-1e308, 0.0), (math.inf, 1.0), (-math.inf, 0.0), (-800.0, 0.0), (800.0, 1.0)],
)
def test_the_sigmoid_far_out(z, expected):
    assert sigmoid(np.array(z)) == expected
    assert sigmoid(np.full((2, 3), z)).shape == (2, 3)


def test_the_sigmoid_of_what_is_no_number_is_none():
    assert np.isnan(sigmoid(np.array(np.nan)))


@given(st.floats(-700.0, 700.0))
def test_the_sigmoid_is_the_formula(z):
    assert sigmoid(np.array(z)) == pytest.approx(1.0 / (1.0 + math.exp(-z)), rel=1e-15)


def test_the_sigmoid_leaves_its_argument_alone():
    z = np.array([1.0, -2.0])
    sigmoid(z)
    np.testing.assert_array_equal(z, [1.0, -2.0])


@st.composite
def _places(draw):
    dimension = draw(st.integers(1, 3))
    points = draw(point_sets(dimension, x=TAME, y=TARGETS))
    return points, np.array([draw(TAME) for _ in range(dimension + 1)])


@given(_places())
def test_loss_and_gradient_are_the_lecture_s(place):
    points, p = place
    pairs = list(zip(points.x.tolist(), points.y.tolist(), strict=True))
    neuron = Neuron.fitting(points)
    assert float(neuron.loss(p)) == pytest.approx(loss(pairs, p.tolist()), rel=1e-12, abs=1e-30)
    np.testing.assert_allclose(neuron.gradient(p), gradient(pairs, p.tolist()), rtol=1e-12, atol=1e-15)


@given(_places())
def test_the_gradient_is_the_slope_of_the_loss(place):
    points, p = place
    neuron, h = Neuron.fitting(points), 1e-5
    steps = h * np.eye(len(p))
    slopes = (neuron.loss(p + steps) - neuron.loss(p - steps)) / (2.0 * h)
    np.testing.assert_allclose(neuron.gradient(p), slopes, rtol=1e-6, atol=1e-8)


@given(_places(), st.integers(1, 5))
def test_a_batch_has_the_losses_of_its_members_to_the_bit(place, count):
    points, p = place
    neuron = Neuron.fitting(points)
    many = p + np.arange(count)[:, np.newaxis]
    np.testing.assert_array_equal(neuron.loss(many), [neuron.loss(one) for one in many])
    assert neuron.loss(many[:, np.newaxis]).shape == (count, 1)
    np.testing.assert_allclose(
        neuron.gradient(many), [neuron.gradient(one) for one in many], rtol=1e-12, atol=1e-15
    )
    assert neuron.output(many).shape == (count, len(points))


def test_no_points_no_loss():
    neuron = Neuron.fitting(PointSet.empty(2))
    assert neuron.loss(np.zeros(3)) == 0.0
    np.testing.assert_array_equal(neuron.gradient(np.zeros((4, 3))), np.zeros((4, 3)))


def test_many_places_are_computed_in_blocks():
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=3000), rng.uniform(size=3000))
    neuron, places = Neuron.fitting(points), rng.normal(size=(100, 2))
    np.testing.assert_array_equal(neuron.loss(places), [neuron.loss(place) for place in places])


def test_the_loss_of_huge_numbers_overflows_in_silence():
    neuron = Neuron.fitting(PointSet([1e100], [1e100]))
    assert neuron.loss(np.array([1e308, 1e308])) == pytest.approx(5e199)
