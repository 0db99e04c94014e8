"""Binned losses: exact for few inputs, interpolated within a stated error for many."""

import numpy as np
import pytest

from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.surface.plane_loss import loss_on_plane
from gdsim.core.surface.shared_points import EXACT_TERMS, NODES, SIDE_NODES
from tests.core.planes import of_w_and_b
from tests.every import every

N = 20_000
W, B = np.linspace(-6.0, 6.0, 13), np.linspace(-6.0, 6.0, 9)


def _noisy(x, seed=0):
    rng = np.random.default_rng(seed)
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(1.0 - 2.0 * x)) + rng.normal(0.0, 0.1, len(x))


def _inputs(kind):
    rng = np.random.default_rng(3)
    if kind == "even":
        return rng.uniform(-3.0, 3.0, N)
    if kind == "bell":
        return rng.normal(0.0, 1.5, N)
    if kind == "two clusters":
        return np.where(rng.uniform(size=N) < 0.5, rng.normal(-2.0, 0.01, N), rng.normal(50.0, 1.0, N))
    if kind == "outliers":
        return rng.standard_cauchy(N)
    return np.concatenate([rng.normal(0.0, 1.0, N - 3), [1e3, -1e6, 1e100]])


def _worst(points, terms, fixed=()):
    grid = np.stack(np.broadcast_arrays(W[:, None], *fixed, B), axis=-1)
    exact = Neuron.fitting(points).loss(grid)
    return float(np.abs(terms.on_grid(W, B) - exact).max()), float(np.ptp(exact))


# Shares of the range of heights. Measured: 3e-7, 4e-7, 4e-8, 2e-6 and 3e-5.
@every(
    ("kind", "share"),
    [("even", 1e-6), ("bell", 1e-6), ("two clusters", 1e-5), ("outliers", 1e-5), ("three far away", 1e-4)],
)
def test_many_inputs_are_interpolated_within_the_stated_error(kind, share):
    x = _inputs(kind)
    points = PointSet(x, _noisy(x))
    terms = loss_on_plane(points)
    assert len(terms.x) <= NODES
    worst, height = _worst(points, terms)
    bound = terms.error.at(6.0)
    assert 0.0 < worst <= bound
    assert worst < share * height
    assert bound < 0.05 * height
    assert terms.weight.sum() == pytest.approx(N)


def test_many_points_in_many_dimensions_are_interpolated_within_the_stated_error():
    rng = np.random.default_rng(4)
    points = PointSet(rng.normal(size=(N, 3)), rng.uniform(size=N))
    terms = loss_on_plane(points, plane=of_w_and_b((1.0, -2.0)))
    assert len(terms.x) <= SIDE_NODES**2
    worst, height = _worst(points, terms, (1.0, -2.0))
    assert 0.0 < worst <= terms.error.at(6.0)
    assert worst < 2e-3 * height
    # Without the other weights there is one direction again, and all nodes go there.
    assert len(loss_on_plane(points, plane=of_w_and_b((0.0, 0.0))).x) > SIDE_NODES**2 / 4
    worst, height = _worst(points, loss_on_plane(points, plane=of_w_and_b((0.0, 0.0))), (0.0, 0.0))
    assert worst < 1e-6 * height


def test_an_input_that_is_constant_is_no_trouble():
    rng = np.random.default_rng(5)
    points = PointSet(np.column_stack([np.full(N, 2.0), rng.normal(size=N)]), rng.uniform(size=N))
    worst, height = _worst(points, loss_on_plane(points, plane=of_w_and_b((0.7,))), (0.7,))
    assert worst < 2e-3 * height
    swapped = PointSet(points.x[:, ::-1], points.y)
    worst, height = _worst(swapped, loss_on_plane(swapped, plane=of_w_and_b((0.7,))), (0.7,))
    assert worst < 2e-3 * height


@every("target", [0.0, 1.0, 1.7])
@every("drawn", [True, False])
def test_the_bound_is_no_larger_than_it_has_to_be(target, drawn):
    """While all activations are about the one where the loss bends most, nearly all of it is used."""
    x, none = np.linspace(-1.0, 1.0, N), np.zeros(N)
    points = PointSet(np.column_stack([x, none] if drawn else [none, x]), np.full(N, target))
    fixed, w = ((0.0,), 0.05) if drawn else ((0.05,), 1.0)
    terms = loss_on_plane(points, plane=of_w_and_b(fixed))
    b = np.linspace(-4.0, 4.0, 81)
    exact = Neuron.fitting(points).loss(np.stack(np.broadcast_arrays(w, *fixed, b), axis=-1))
    worst = np.abs(terms.loss(np.array(w), b) - exact).max()
    assert 0.9 * terms.error.at(w) < worst <= terms.error.at(w)


# However far a point is moved, its loss stays between y^2 / 2 and (1 - y)^2 / 2, or has 0 as the least.
@every(("highest", "swing"), [(1.0, 0.5), (0.3, 0.5), (3.0, 4.5 - 2.0)])
def test_the_bound_ends_where_every_point_is_wrong_by_all_it_can_be(highest, swing):
    x = _inputs("bell")
    y = np.linspace(0.0, highest, N)
    error = loss_on_plane(PointSet(x, y)).error
    bounds = [error.at(w) for w in (0.0, 1e-3, 1.0, 1e6, 1e100)]
    assert bounds == sorted(bounds)
    assert bounds[0] == 0.0
    assert 0.95 * swing * N < bounds[-1] <= swing * N


def test_few_different_inputs_are_exact():
    rng = np.random.default_rng(6)
    places = rng.normal(size=EXACT_TERMS)
    x = np.concatenate([places, places])
    terms = loss_on_plane(PointSet(x, rng.uniform(size=len(x))))
    assert len(terms.x) == EXACT_TERMS
    assert terms.error.at(1e100) == 0.0
    assert (terms.weight == 2.0).all()


def test_the_points_in_several_dimensions_are_exact_when_few():
    rng = np.random.default_rng(7)
    points = PointSet(rng.normal(size=(50, 4)), rng.uniform(size=50))
    worst, _ = _worst(points, loss_on_plane(points, plane=of_w_and_b((0.1, 2.0, -1.0))), (0.1, 2.0, -1.0))
    assert worst < 1e-12


def test_a_loss_at_many_places_takes_no_more_memory_than_a_block():
    rng = np.random.default_rng(8)
    points = PointSet(rng.normal(size=2000), rng.uniform(size=2000))
    w, b = rng.normal(size=(2, 3000))
    losses = loss_on_plane(points).loss(w, b)
    np.testing.assert_allclose(losses, Neuron.fitting(points).loss(np.stack([w, b], axis=-1)), rtol=1e-12)


def test_where_an_activation_is_infinite_the_neuron_says_0_or_1():
    """And nothing is said of it on the terminal."""
    terms = loss_on_plane(PointSet([1e100, -1e100], [0.25, 0.5]))
    w, b = np.array([1e300, -1e300]), np.zeros(2)
    np.testing.assert_allclose(terms.loss(w, b), [0.5 * (0.75**2 + 0.5**2), 0.5 * (0.25**2 + 0.5**2)])
