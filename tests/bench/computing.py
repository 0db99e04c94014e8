"""How fast the core computes, against NumPy without any frills."""

from statistics import median

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine import flight, simulate
from gdsim.core.model.experiment import LECTURE_WINDOW, Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.surface import GRID, survey
from tests.bench.timing import ratio, seconds

ETA, GAMMA = 0.1, 0.9
STEPS, CHUNK = 4000, 1000
RUNS, RUNS_STEPS = 10_000, 16
MOST_POINTS = 1_000_000
START = np.array([-2.0, -2.0])
RUN = Run(RULES["momentum"](eta=ETA, gamma=GAMMA), epochs=STEPS)


def points(n: int) -> PointSet:
    """Return points scattered around a sigmoid; no two share an x."""
    rng = np.random.default_rng(n)
    x = rng.normal(0.0, 2.0, n)
    return PointSet(x, 1.0 / (1.0 + np.exp(1.0 - 2.0 * x)) + rng.normal(0.0, 0.05, n))


def engine_ratio(n: int) -> float:
    """Return our steps a second, as a multiple of a bare loop's: one run, momentum, ``n`` points."""
    data = points(n)
    experiment = Experiment(data, PointSet.empty(), (RUN,))
    x, y = data.x[:, 0], data.y
    _must_agree(_fly(experiment), _bare_run(x, y))
    return ratio(lambda: _bare_run(x, y), lambda: _fly(experiment), rounds=15)


def _fly(experiment: Experiment) -> Array:
    steps = flight(experiment, 0)
    chunk = next(steps)
    while not chunk.stop:
        chunk = steps.send(CHUNK)
    last: Array = chunk.columns.p[-1]
    return last


def _bare_run(x: Array, y: Array) -> Array:
    """Do the same arithmetic: gradient, loss and update of every step; and record nothing."""
    exp, ones = np.exp, np.ones_like(x)
    w, b = START
    v_w = v_b = 0.0
    for _ in range(STEPS):
        f = 1.0 / (1.0 + exp(-(w * x + b)))
        error = f - y
        _loss = 0.5 * (error @ error)
        slope = error * f * (1.0 - f)
        v_w = GAMMA * v_w + ETA * (slope @ x)
        v_b = GAMMA * v_b + ETA * (slope @ ones)
        w = w - v_w
        b = b - v_b
    return np.array([w, b])


def ensemble_ratio(n: int) -> float:
    """Return the same for many runs that are one array."""
    data = Neuron.fitting(points(n))
    starts = np.random.default_rng(1).uniform(-6.0, 6.0, (RUNS, 2))
    x, y = data.inputs[:, 0], data.targets
    _must_agree(_fly_many(data, starts), _bare_runs(x, y, starts))
    return ratio(lambda: _bare_runs(x, y, starts), lambda: _fly_many(data, starts), rounds=7)


def _fly_many(data: Neuron, starts: Array) -> Array:
    record = simulate(RUN, data, Neuron.fitting(PointSet.empty()), starts)
    next(record)
    columns, _ = record.send(RUNS_STEPS)
    last: Array = columns.p[-1]
    return last


def _bare_runs(x: Array, y: Array, starts: Array) -> Array:
    inputs = np.column_stack([x, np.ones_like(x)])
    p, v = starts, np.zeros_like(starts)
    for _ in range(RUNS_STEPS):
        f = 1.0 / (1.0 + np.exp(-(p[:, :1] * x + p[:, 1:])))
        error = f - y
        _loss = 0.5 * np.einsum("ij,ij->i", error, error)
        v = GAMMA * v + ETA * ((error * f * (1.0 - f)) @ inputs)
        p = p - v
    return p


def _must_agree(ours: Array, theirs: Array) -> None:
    if not np.allclose(ours, theirs, rtol=1e-6, atol=1e-9):
        raise AssertionError("the loop that the engine is measured against computes something else")


def surface_ratio(n: int) -> float:
    """Return the time of a surface with its contours and minimum, in times of the plain formula."""
    data = points(n)
    ours, theirs = survey(data, LECTURE_WINDOW).loss, _plain_surface(data)
    _must_agree(ours, theirs)
    return ratio(lambda: survey(data, LECTURE_WINDOW), lambda: _plain_surface(data), rounds=25)


def _plain_surface(data: PointSet) -> Array:
    w = np.linspace(LECTURE_WINDOW.w_min, LECTURE_WINDOW.w_max, GRID)
    b = np.linspace(LECTURE_WINDOW.b_min, LECTURE_WINDOW.b_max, GRID)
    f = 1.0 / (1.0 + np.exp(-(w[:, None, None] * data.x[:, 0] + b[:, None])))
    loss: Array = 0.5 * ((f - data.y) ** 2).sum(axis=-1)
    return loss


def surface_million_s() -> float:
    """Return the seconds that a surface of a million points takes."""
    data = points(MOST_POINTS)
    return median(seconds(lambda: survey(data, LECTURE_WINDOW)) for _ in range(3))
