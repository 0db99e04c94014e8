"""The gradient all over a map, against differences of the loss."""

import numpy as np
import pytest

from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.view_range import ViewRange
from gdsim.core.surface import field as module
from gdsim.core.surface.field import gradient_field
from gdsim.core.surface.sampling import sample_surface
from tests.core.planes import of_w_and_b

POINTS = PointSet([0.5, 2.5, -1.0, 0.5], [0.2, 0.9, 0.4, 0.6])
VIEW = ViewRange(-6.0, 6.0, -4.0, 5.0)
PLACES = np.random.default_rng(1).uniform(-3.5, 4.5, (60, 2))


def test_it_is_the_gradient_of_the_neuron():
    found = gradient_field(sample_surface(POINTS, VIEW, grid=9), PLACES)
    assert found == pytest.approx(Neuron.fitting(POINTS).gradient(PLACES), abs=1e-12)


def test_of_four_inputs_it_is_that_of_the_plane_that_is_drawn():
    points = PointSet([[0.5, 1.0], [2.5, -1.0]], [0.2, 0.9])
    found = gradient_field(sample_surface(points, VIEW, of_w_and_b((0.7,)), grid=9), PLACES)
    whole = np.column_stack([PLACES[:, 0], np.full(len(PLACES), 0.7), PLACES[:, 1]])
    assert found == pytest.approx(Neuron.fitting(points).gradient(whole)[:, [0, 2]], abs=1e-12)


def test_of_very_many_terms_it_is_that_of_the_samples_around(monkeypatch):
    surface = sample_surface(POINTS, VIEW)
    exact = gradient_field(surface, PLACES)
    monkeypatch.setattr(module, "_MOST_PRODUCTS", 1)
    assert gradient_field(surface, PLACES) == pytest.approx(exact, abs=0.06)
    assert np.isnan(gradient_field(surface, np.array([[9.0, 0.0]]))).all()
