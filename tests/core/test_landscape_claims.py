"""What the scenes of other losses and functions claim, measured: one test for each scene."""

import numpy as np
import pytest

from gdsim.core.files.bundled import LANDSCAPE_SCENES
from gdsim.core.model.gallery import GALLERY, known_function
from gdsim.core.surface.sampling import sample_surface
from tests.core.records import scene, scene_records

CLAIMED = ("cross-entropy", "dead-relu", "rosenbrock", "himmelblau")


def test_every_scene_is_measured_here():
    assert CLAIMED == LANDSCAPE_SCENES


def lowest(experiment):
    return sample_surface(experiment.points, experiment.view_range, objective=experiment.objective).lowest


def test_cross_entropy_is_down_where_the_squared_error_has_hardly_moved():
    valley, other = scene("valley"), scene("cross-entropy")
    assert other.points == valley.points
    assert other.runs[0] == valley.runs[0]
    gone = {}
    for name in ("valley", "cross-entropy"):
        loss = scene_records(name)["Gradient descent"].loss
        gone[name] = (loss[0] - loss[100]) / (loss[0] - lowest(scene(name)).loss)
    assert gone["valley"] < 0.02
    assert gone["cross-entropy"] > 0.99
    rng = np.random.default_rng(0)
    assert np.linalg.eigvalsh(other.training.hessian(rng.normal(scale=9.0, size=(1000, 2)))).min() > -1e-12


def test_a_dead_relu_never_moves_again():
    records, relu = scene_records("dead-relu"), scene("dead-relu").training
    assert records["Rate 0.1"].loss[-1] < 2e-4
    dead = records["Rate 0.2"].p
    assert (dead[2:] == dead[2]).all()
    assert not (dead[1] == dead[0]).any()
    assert not relu.output(dead[-1]).any()
    assert not relu.gradient(dead[-1]).any()


def test_the_bent_valley_is_quickly_entered_and_slowly_followed():
    curvatures = np.linalg.eigvalsh(scene("rosenbrock").training.hessian(np.array([1.0, 1.0])))
    assert curvatures[1] / curvatures[0] == pytest.approx(2508.0, abs=1.0)
    records = scene_records("rosenbrock")
    for record in records.values():
        w, b = record.p[:60].T
        assert np.abs(b - w**2).min() < 0.1
        assert record.loss[:60].min() < 5.0
    assert records["Gradient descent"].loss[-1] > 0.05
    for name in ("Momentum", "Nesterov", "Adam"):
        assert 500 < int(np.flatnonzero(records[name].loss < 1e-4)[0]) < 900


def test_each_run_finds_another_of_four_minima():
    experiment = scene("himmelblau")
    known = known_function(experiment.objective)
    assert known is GALLERY["himmelblau"]
    starts = [run.start for run in experiment.runs]
    assert starts[0] == starts[1]
    ends = np.array([record.p[-1] for record in scene_records("himmelblau").values()])
    distances = np.linalg.norm(ends[:, np.newaxis] - np.array(known.minima), axis=-1)
    assert sorted(distances.argmin(axis=1)) == [0, 1, 2, 3]
    assert distances.min(axis=1).max() < 1e-5
