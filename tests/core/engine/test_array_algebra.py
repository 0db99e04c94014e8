"""Systems of equations, eigenvalues and curvatures of many runs, against those of one."""

import numpy as np
import pytest

from gdsim.core.engine.array_algebra import dots, eigen, solve_systems, with_damping
from gdsim.core.engine.array_directions import array_curvature
from gdsim.core.engine.line_search import Stopped, search_functions
from gdsim.core.engine.second_derivatives import hessian_of
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from tests.every import every

OF_ONE = search_functions(1)
RNG = np.random.default_rng(4)


def matrices(width):
    """Return symmetric matrices: random ones, diagonal ones, some with zeros, and one that is 0."""
    some = RNG.normal(size=(width, width, 60)) * 10.0 ** RNG.integers(-12, 6, 60)
    some[:, :, :20] *= RNG.integers(0, 2, (width, width, 20))
    some[:, :, 20:25] *= np.eye(width)[:, :, np.newaxis]
    some[:, :, 25] = 0.0
    return some + some.swapaxes(0, 1)


@every("width", [1, 2, 3, 4])
def test_each_is_computed_as_one_alone_to_the_last_bit(width):
    many, right = matrices(width), RNG.normal(size=(width, 60))
    damping = RNG.uniform(0.0, 1.0, 60)
    with np.errstate(all="ignore"):
        d, (values, vectors), damped = solve_systems(many, right), eigen(many), with_damping(many, damping)
    singular = 0
    for k in range(60):
        one = many[:, :, k].tolist()
        try:
            assert OF_ONE["solve"](one, right[:, k].tolist()) == d[:, k].tolist()
        except Stopped:
            singular += 1
            assert not np.isfinite(d[:, k]).all()
        assert OF_ONE["eigen"](one) == (values[:, k].tolist(), vectors[:, :, k].tolist())
        assert OF_ONE["damped"](one, float(damping[k])) == damped[:, :, k].tolist()
    assert 0 < singular < 30


@every("width", [2, 7, 8, 20])
def test_products_are_added_up_in_their_order_for_a_run_alone_and_among_others(width):
    one, other = RNG.normal(size=(2, width, 60))
    together = dots(one, other).tolist()
    assert together == [OF_ONE["dot"](*pair) for pair in zip(one.T.tolist(), other.T.tolist(), strict=True)]
    assert together == [dots(one[:, k : k + 1], other[:, k : k + 1]).item() for k in range(60)]


@every("without_outputs", [False, True])
def test_curvatures_are_those_of_a_run(without_outputs):
    for count in (2, 60):  # one after the other, and by NumPy
        points = PointSet(RNG.normal(size=(count, 2)), RNG.uniform(size=count))
        data, places = Neuron.fitting(points), RNG.normal(size=(3, 20))
        many = array_curvature(data, without_outputs=without_outputs)(places)
        one = hessian_of(data, without_outputs=without_outputs)
        for k, place in enumerate(places.T.tolist()):
            assert many[:, :, k].tolist() == pytest.approx(np.array(one(place)), rel=1e-12, abs=1e-15)
