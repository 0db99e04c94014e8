"""The curvature that directions are made of, against differences and arrays; small systems against NumPy."""

import tracemalloc
from itertools import product

import numpy as np
import pytest

from gdsim.core.engine.line_search import Stopped, search_functions
from gdsim.core.engine.loop import sum_function
from gdsim.core.engine.second_derivatives import hessian_of
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.point_loss import point_loss
from tests.core.files.script_kinds import noisy_points
from tests.every import every, in_turn

OBJECTIVES = [
    *(
        NeuronObjective(activation, loss, reduction, l2, 0.4 if loss == "huber" else 1.0)
        for activation, loss in product(ACTIVATIONS, LOSSES)
        for reduction in NeuronObjective.reductions_of(loss)
        for l2 in (0.0, 0.3)
    ),
    FunctionObjective("w**2 + sin(b)*w"),
    FunctionObjective("(1 - w)**2 + 100*(b - w**2)**2"),
]


@every(("objective", "size"), in_turn(OBJECTIVES, [(1, 7), (3, 60), (3, 7), (1, 60)]), ids=str)
def test_the_curvature_is_that_of_arrays(objective, size):
    dimension, points = size
    if dimension > 1 and isinstance(objective, FunctionObjective):
        return
    data = point_loss(noisy_points(dimension, points, seed=1), objective)
    for p in np.random.default_rng(2).normal(size=(4, dimension + 1)):
        found = np.array(hessian_of(data)(p.tolist()))
        np.testing.assert_allclose(found, data.hessian(p), rtol=1e-11, atol=1e-13)
        np.testing.assert_array_equal(found, found.T)


def test_many_points_of_many_inputs_take_no_more_room_than_the_points():
    data, p = point_loss(noisy_points(40, 3000, seed=1)), np.random.default_rng(2).normal(0.0, 0.1, 41)
    curvature = hessian_of(data)
    curvature(p.tolist())  # what is compiled or loaded, is by now
    tracemalloc.start()
    try:
        found = curvature(p.tolist())
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 5 * data.inputs.nbytes
    np.testing.assert_allclose(found, data.hessian(p), rtol=1e-9, atol=1e-9)


@every("points", [7, 60])
@every("activation", ACTIVATIONS)
def test_without_the_bend_of_outputs_it_is_made_of_their_slopes(activation, points):
    """Half the sum of squares has G = JᵀJ, where J are the slopes of the outputs."""
    data = point_loss(noisy_points(3, points, seed=1), NeuronObjective(activation))
    p, small = np.array([0.4, -0.7, 0.2, 0.3]), 1e-6
    columns = [data.output(p + small * way) - data.output(p - small * way) for way in np.eye(4)]
    slopes = np.stack(columns, axis=-1) / (2.0 * small)
    found = hessian_of(data, without_outputs=True)(p.tolist())
    np.testing.assert_allclose(found, slopes.T @ slopes, rtol=1e-7, atol=1e-8)


def test_a_curvature_is_infinite_or_no_number_where_python_refuses():
    data = point_loss(noisy_points(1, 3, seed=1), FunctionObjective("log(w) + exp(b)"))
    (ww, _), (_, bb) = hessian_of(data)([0.0, 800.0])
    assert (ww, bb) == (-np.inf, np.inf)
    assert sum_function(data)([0.0, 800.0])[2] == np.inf


@every("width", [2, 3, 8, 40])
def test_small_systems_are_solved(width):
    rng, functions = np.random.default_rng(width), search_functions(width)
    for _ in range(50):
        matrix = rng.normal(size=(width, width)) * 10.0 ** rng.uniform(-3.0, 3.0, (width, 1))
        right = rng.normal(size=width)
        np.testing.assert_allclose(
            functions["solve"](matrix.tolist(), right.tolist()), np.linalg.solve(matrix, right), rtol=1e-7
        )
        both = matrix + matrix.T
        values, vectors = functions["eigen"](both.tolist())
        np.testing.assert_allclose(sorted(values), np.linalg.eigvalsh(both), atol=1e-12 * np.abs(both).max())
        turned = np.array(vectors).T @ np.diag(values) @ np.array(vectors)
        np.testing.assert_allclose(turned, both, atol=1e-12 * np.abs(both).max())


@every("matrix", [[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[np.nan, 0.0], [0.0, 1.0]]])
def test_what_has_no_solution_is_refused(matrix):
    with pytest.raises(Stopped):
        search_functions(2)["solve"](matrix, [1.0, 1.0])
