"""Flying experiments to their end, for tests that look at the record."""

from functools import lru_cache
from itertools import cycle

import numpy as np

from gdsim.core.engine.engine import chunks
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.files.scene import bundled_scenes, load_scene
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet

FIRST_NEURON = PointSet([0.5, 2.5], [0.2, 0.9])


def one_run(run, points=FIRST_NEURON, validation=None):
    """Return an experiment of a single run."""
    return Experiment(points, PointSet.empty(points.dimension) if validation is None else validation, (run,))


def fly(experiment, sizes=(500,)):
    """Return the trajectory of every run, computed in chunks of the given sizes in turn."""
    trajectories = [Trajectory() for _ in experiment.runs]
    sizes = cycle(sizes)
    generator = chunks(experiment)
    chunk = next(generator, None)
    while chunk is not None:
        trajectories[chunk.run].append(chunk)
        try:
            chunk = generator.send(next(sizes))
        except StopIteration:
            chunk = None
    return trajectories


def columns_of(run, points=FIRST_NEURON, validation=None, sizes=(500,)):
    """Return the whole record of a single run."""
    return whole(fly(one_run(run, points, validation), sizes)[0])


def whole(trajectory):
    return trajectory.until(trajectory.last_step)


@lru_cache
def scene(name):
    return load_scene(bundled_scenes()[name])


@lru_cache
def scene_records(name):
    """Return the record of every run of a bundled scene, by its name."""
    runs = scene(name).runs
    return {run.name: whole(flown) for run, flown in zip(runs, fly(scene(name)), strict=True)}


def same(one, other):
    """Return whether two records are equal, bit by bit."""
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def run_of(rule, **settings):
    """Return a run of a rule; settings of the rule and of the run may be mixed."""
    of_rule = {name: settings.pop(name) for name in list(settings) if name in rule.__dataclass_fields__}
    return Run(optimizer=rule(**of_rule), **settings)
