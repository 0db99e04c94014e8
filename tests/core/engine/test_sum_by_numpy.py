"""Sums by NumPy over many points, against those of the model."""

import numpy as np

from gdsim.core.engine.sum_by_numpy import SumByNumpy
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.points import PointSet
from tests.core.files.script_kinds import neurons
from tests.every import every


def random_neuron(n, dimension, *objective):
    rng = np.random.default_rng(n)
    points = PointSet(rng.normal(size=(n, dimension)), rng.uniform(size=n))
    return Neuron.fitting(points, *objective), rng.normal(size=(5, dimension + 1)) * 3.0


@every("n", [51, 64, 129, 1000, 20_000])
@every("dimension", [1, 3])
def test_the_loss_with_a_gradient_is_the_loss_to_the_bit(n, dimension):
    data, places = random_neuron(n, dimension)
    evaluate = SumByNumpy(data)
    assert [evaluate(*p)[0] for p in places.tolist()] == data.loss(places).tolist()


@every(("activation", "loss", "reduction", "l2"), neurons((0.0, 0.3)))
def test_loss_and_gradient_are_those_of_the_model(activation, loss, reduction, l2):
    data, places = random_neuron(60, 2, NeuronObjective(activation, loss, reduction, l2))
    evaluate = SumByNumpy(data)
    found = np.array([evaluate(*p) for p in places.tolist()])
    np.testing.assert_allclose(found, np.column_stack([data.loss(places), data.gradient(places)]), rtol=1e-12)


@every("dimension", [1, 7, 8, 20])
def test_the_penalty_of_many_weights_is_the_same_to_the_bit(dimension):
    """Over many points one sum is on the record of a run, the other where a fork of it begins."""
    data, _ = random_neuron(60, dimension, NeuronObjective(l2=0.3))
    places = np.random.default_rng(1).normal(size=(200, dimension + 1))
    evaluate = SumByNumpy(data)
    assert [evaluate(*p)[0] for p in places.tolist()] == data.loss(places).tolist()
