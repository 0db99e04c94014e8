"""The Hessian against differences, and the step on its parabola."""

import math
import tracemalloc
from decimal import Decimal, localcontext
from operator import mul

import numpy as np
import pytest

from gdsim.core.analysis.curvature.curvature import MOST_SAMPLED_POINTS, alpha_of_step, curvature_at
from gdsim.core.engine.second_derivatives import hessian_of
from gdsim.core.files.bundled import BUNDLED_SCENES
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.point_loss import point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from tests.core.records import scene
from tests.every import WHOLE, every


def differences(neuron, p, h=1e-3):
    """Return the derivatives of the gradient by central differences of the sixth order."""
    columns = []
    for way in np.eye(len(p)):
        slope = np.zeros(len(p))
        for times, weight in ((1, 45.0), (2, -9.0), (3, 1.0)):
            ahead, behind = (neuron.gradient(p + sign * times * h * way) for sign in (1.0, -1.0))
            slope += weight * (ahead - behind)
        columns.append(slope / (60.0 * h))
    return np.stack(columns, axis=1)


def test_the_hessian_is_that_of_differences_in_many_states():
    rng = np.random.default_rng(5)
    for _ in range(1000 if WHOLE else 200):
        n, d = int(rng.integers(1, 8)), int(rng.integers(1, 4))
        points = PointSet(rng.normal(0.0, 1.5, (n, d)), rng.uniform(0.0, 1.0, n))
        neuron, p = Neuron.fitting(points), rng.normal(0.0, 1.5, d + 1)
        exact = neuron.hessian(p)
        assert np.abs(exact - differences(neuron, p)).max() <= 1e-7 * np.abs(exact).max()


def exact_gradient(points, activation, p):
    """Return the gradient of half the sum of squares, in decimals."""
    *weights, bias = p
    gradient = [Decimal(0)] * len(p)
    for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True):
        inputs = [*map(Decimal, x), Decimal(1)]
        z = sum(map(mul, weights, inputs), bias)
        shrunk = (-z if activation == "sigmoid" else -2 * z).exp()
        q = 1 / (1 + shrunk)
        f, df = (q, q * q * shrunk) if activation == "sigmoid" else (2 * q - 1, 4 * q * q * shrunk)
        gradient = [total + (f - Decimal(y)) * df * one for total, one in zip(gradient, inputs, strict=True)]
    return gradient


def exact_hessian(points, activation, place):
    """Return the Hessian by central differences of `exact_gradient`, to more than forty digits."""
    with localcontext(prec=150):
        p, h, rows = [Decimal(one) for one in place.tolist()], Decimal("1e-30"), []
        for i in range(len(p)):
            ahead, behind = (
                exact_gradient(points, activation, [*p[:i], p[i] + sign * h, *p[i + 1 :]]) for sign in (1, -1)
            )
            rows.append([float((a - c) / (2 * h)) for a, c in zip(ahead, behind, strict=True)])
    return np.array(rows)


@every("activation", ("sigmoid", "tanh"))
def test_the_hessian_keeps_its_digits_where_the_neuron_is_saturated(activation):
    rng = np.random.default_rng(8)
    objective = NeuronObjective(activation, reduction="half-sum")
    scenes = [one for one in map(scene, BUNDLED_SCENES) if isinstance(one.objective, NeuronObjective)]
    saturated = PointSet([1.3, 2.4, -0.5], [0.0, 1.0, -1.0]), ViewRange(-30.0, 30.0, -40.0, 40.0)
    # Alone, a point that is reached has no other one whose larger part would hide what is lost of its own.
    reached = PointSet([1.3], [1.0]), ViewRange(10.0, 30.0, 0.0, 20.0)
    grounds = [(one.points, one.view_range) for one in scenes if len(one.points) <= 12]
    places, least = 0, 1000 if WHOLE else 60
    for points, view in [*grounds, saturated, reached]:
        for _ in range(-(-least // len(grounds))):
            weights = rng.uniform(view.w_min, view.w_max, points.dimension)
            place = np.array([*weights, rng.uniform(view.b_min, view.b_max)])
            neuron, expected = Neuron.fitting(points, objective), exact_hessian(points, activation, place)
            np.testing.assert_allclose(neuron.hessian(place), expected, rtol=1e-7)
            np.testing.assert_allclose(hessian_of(neuron)(place.tolist()), expected, rtol=1e-7)
            places += 1
    assert places >= least


def test_many_places_are_each_as_one():
    rng = np.random.default_rng(6)
    neuron = Neuron.fitting(PointSet(rng.normal(size=(7, 2)), rng.uniform(size=7)))
    places = rng.normal(size=(4, 5, 3))
    many = neuron.hessian(places)
    assert many.shape == (4, 5, 3, 3)
    assert many[2, 3] == pytest.approx(neuron.hessian(places[2, 3]), rel=1e-13)


@every("reduction", ("half-sum", "mean"))
def test_many_points_of_many_inputs_take_no_more_room_than_the_points(reduction):
    rng = np.random.default_rng(7)
    points = PointSet(rng.normal(size=(3000, 40)), rng.uniform(size=3000))
    neuron, place = Neuron.fitting(points, NeuronObjective(reduction=reduction, l2=0.5)), rng.normal(size=41)
    tracemalloc.start()
    try:
        found = neuron.hessian(place)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5 * neuron.inputs.nbytes
    assert np.abs(found - differences(neuron, place)).max() <= 1e-7 * np.abs(found).max()


def test_the_parabola_at_the_solution_has_its_bottom_there():
    points = PointSet([1.3, 2.4], [0.15, 0.9])
    near = np.array([3.574386938840297 + 1e-5, -6.381304075880492])
    bottom = curvature_at(point_loss(points), near).bottom
    assert bottom == pytest.approx([3.574386938840297, -6.381304075880492], abs=1e-8)


def test_a_saddle_has_no_bottom():
    found = curvature_at(point_loss(PointSet([1.3, 2.4], [0.15, 0.9])), np.array([0.0, 6.0]))
    assert found.axes[0][0] < 0.0
    assert found.bottom is None


def test_of_very_many_points_a_sample_stands_for_all():
    x = np.linspace(-2.0, 2.0, 3 * MOST_SAMPLED_POINTS)
    points = PointSet(x, 1.0 / (1.0 + np.exp(-x)))
    found = curvature_at(point_loss(points), np.array([0.5, 0.2]))
    assert found.is_sampled
    whole = Neuron.fitting(points).hessian(np.array([0.5, 0.2]))
    assert found.hessian == pytest.approx(whole, rel=1e-3)


@every(("share", "alpha"), [(0.5, -0.5), (1.0, 0.0), (1.5, 0.5), (2.0, 1.0)])
def test_alpha_tells_where_on_its_parabola_a_step_ends(share, alpha):
    points = PointSet([1.3, 2.4], [0.15, 0.9])
    solution = np.array([3.574386938840297, -6.381304075880492])
    before = solution + np.array([1e-5, 0.0])
    after = before + share * (solution - before)
    assert alpha_of_step(point_loss(points), before, after) == pytest.approx(alpha, abs=1e-3)


def test_a_step_uphill_has_no_alpha():
    points = PointSet([1.3, 2.4], [0.15, 0.9])
    place = np.array([3.6, -6.4])
    uphill = place + 0.1 * Neuron.fitting(points).gradient(place)
    assert math.isnan(alpha_of_step(point_loss(points), place, uphill))
