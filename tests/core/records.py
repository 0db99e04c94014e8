"""Experiments computed to their end, for tests that look at their records."""

from dataclasses import replace
from functools import lru_cache
from itertools import cycle

import numpy as np

from gdsim.core.analysis.diagnosis import diagnosing
from gdsim.core.engine.runs import filling_record
from gdsim.core.engine.trajectory import RunTable, Trajectory
from gdsim.core.files.bundled import bundled_scenes
from gdsim.core.files.scene import load_scene
from gdsim.core.model import edits
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.progress import run_to_end

# The rules of the lecture, which come first in the catalogue.
LECTURE = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
FIRST_NEURON = PointSet([0.5, 2.5], [0.2, 0.9])


def one_run(run, points=FIRST_NEURON, validation=None):
    """Return an experiment with a single run."""
    return Experiment(points, PointSet.empty(points.dimension) if validation is None else validation, (run,))


def computed(experiment, sizes=(500,)):
    """Return the record of every run, computed in chunks of the given sizes in turn."""
    return [_computed(experiment, run, cycle(sizes)) for run in experiment.runs]


def _computed(experiment, run, sizes):
    room = experiment.total_steps(run) + 1
    table = RunTable(run, len(experiment.points), room)
    work = filling_record(experiment, run, table)
    rows = next(work)
    while rows.stop is None:
        rows = work.send(min(next(sizes), room - rows.made))
    return Trajectory(table.columns(room), *rows)


def diagnose(experiment, run, record, stop=None):
    """Return the findings about a run."""
    return run_to_end(diagnosing(experiment, run, record, stop))


def columns_of(run, points=FIRST_NEURON, validation=None, sizes=(500,)):
    """Return all columns of the record of a single run."""
    return computed(one_run(run, points, validation), sizes)[0].whole


@lru_cache
def scene(name):
    return load_scene(bundled_scenes()[name])


@lru_cache
def scene_records(name):
    """Return all columns of the record of every run of a bundled scene, by the run's name."""
    runs = scene(name).runs
    return {run.name: record.whole for run, record in zip(runs, computed(scene(name)), strict=True)}


def repeated(columns, rows):
    """Return columns with their rows repeated from the beginning, up to ``rows`` rows."""
    again = np.arange(rows) % len(columns.loss)
    axes = {"state": 1}
    longer = {name: column.take(again, axes.get(name, 0)) for name, column in columns._asdict().items()}
    return columns._replace(**longer)


def same(first, second):
    """Return whether all columns of two records are equal, where NaN equals NaN."""
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(first, second, strict=True))


def run_of(rule, **settings):
    """Return a run of a rule; ``settings`` may be settings of the rule and fields of the run."""
    of_rule = {name: settings.pop(name) for name in list(settings) if name in rule.names}
    return Run(optimizer=rule(**of_rule), **settings)


def many_points(n, dimension=1):
    rng = np.random.default_rng(n)
    return PointSet(rng.normal(size=(n, dimension)), rng.uniform(size=n))


def changed(experiment, index, **values):
    """Return an experiment with some fields of a run replaced."""
    return edits.replace_run(experiment, index, replace(experiment.runs[index], **values))
