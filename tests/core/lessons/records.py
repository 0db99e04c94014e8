"""Records of whole runs, which captions are compared with."""

from functools import lru_cache

from gdsim.core.engine.runs import first_steps
from gdsim.core.files.scene import bundled_scenes, load_scene
from gdsim.core.model.experiment import Experiment
from gdsim.core.progress import run_to_end


@lru_cache
def scene(name):
    return load_scene(bundled_scenes()[name])


@lru_cache
def scene_records(name):
    """Return the record of every run of a bundled scene, by its name."""
    return {run.name: record(scene(name), index) for index, run in enumerate(scene(name).runs)}


def record(experiment, index=0):
    steps = experiment.total_steps(experiment.runs[index])
    return run_to_end(first_steps(experiment, index, steps)).until(steps)


def record_of(run, points):
    return record(Experiment(points, type(points).empty(points.dimension), (run,)))
