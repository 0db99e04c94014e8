"""How fast the core computes, compared with bare Python and NumPy loops."""

import math
from dataclasses import replace
from functools import partial
from statistics import median

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.ensemble import Ensemble
from gdsim.core.engine.loop_source import compiled_loop
from gdsim.core.engine.runs import LARGEST_CHUNK, filling_record
from gdsim.core.engine.trajectory import RunTable
from gdsim.core.exercises.maps.map_computation import computing_maps
from gdsim.core.exercises.maps.outcome import plans_of
from gdsim.core.exercises.maps.ranges import STARTS, usual_range
from gdsim.core.files.bundled import find_scene
from gdsim.core.files.scene import load_scene
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.surface import GRID
from tests.bench.timing import ratio, seconds

ETA, GAMMA = 0.1, 0.9
BETA1, BETA2, EPS = 0.9, 0.999, 1e-8
STEPS, LONG_STEPS = 1000, 100_000
RUNS, RUNS_STEPS = 10_000, 16
MOST_POINTS = 1_000_000
MAP_SIDE, MAP_STEPS = 128, 200
START = np.array([-2.0, -2.0])
MOMENTUM = RULES["momentum"](eta=ETA, gamma=GAMMA)
ADAM = RULES["adam"](eta=ETA, beta1=BETA1, beta2=BETA2, eps=EPS)
FIRST_NEURON = PointSet([0.5, 2.5], [0.2, 0.9])


def points(n: int) -> PointSet:
    """Return points scattered around a sigmoid, no two with the same x."""
    rng = np.random.default_rng(n)
    x = rng.normal(0.0, 2.0, n)
    return PointSet(x, 1.0 / (1.0 + np.exp(1.0 - 2.0 * x)) + rng.normal(0.0, 0.05, n))


# ------------------------------------------------------------------------------------------ one run


def engine_ratio(steps: int) -> float:
    """Return our steps per second as a multiple of a bare loop's, for Adam on two points.

    Our time includes the record, and the compilation of the loop.
    """
    experiment = _experiment(FIRST_NEURON, Run(ADAM, epochs=steps))
    x, y = FIRST_NEURON.x[:, 0].tolist(), FIRST_NEURON.y.tolist()
    _must_agree(_last(experiment), np.array(_bare_adam(x, y, steps)))

    def ours() -> None:
        compiled_loop.cache_clear()
        _last(experiment)

    return ratio(lambda: _bare_adam(x, y, steps), ours, rounds=51 if steps < LONG_STEPS else 9)


def typed_ratio() -> float:
    """Return the steps per second of typed rules relative to the same bundled rules; the lowest of four."""
    found = []
    for name in ("gd", "momentum", "adagrad", "adam"):
        rule = RULES[name]
        typed = own_rule(f"{rule.title} typed", rule.lines, rule.settings)
        built_in, own = (
            _experiment(FIRST_NEURON, Run(definition(), epochs=20 * STEPS)) for definition in (rule, typed)
        )
        _must_agree(_last(own), _last(built_in))
        found.append(ratio(partial(_last, built_in), partial(_last, own), rounds=15))
    return min(found)


def _bare_adam(x: list[float], y: list[float], steps: int) -> tuple[float, float]:
    """Do the same arithmetic on Python floats, as written by hand, without recording anything."""
    exp, sqrt = math.exp, math.sqrt
    w, b = START.tolist()
    m_w = m_b = v_w = v_b = 0.0
    for t in range(1, steps + 1):
        g_w = g_b = loss = 0.0
        for x_i, y_i in zip(x, y, strict=True):
            f = 1.0 / (1.0 + exp(-(w * x_i + b)))
            error = f - y_i
            loss += error * error
            slope = error * f * (1.0 - f)
            g_w += slope * x_i
            g_b += slope
        loss *= 0.5
        m_w = BETA1 * m_w + (1.0 - BETA1) * g_w
        m_b = BETA1 * m_b + (1.0 - BETA1) * g_b
        v_w = BETA2 * v_w + (1.0 - BETA2) * (g_w * g_w)
        v_b = BETA2 * v_b + (1.0 - BETA2) * (g_b * g_b)
        m_hat, v_hat = 1.0 - BETA1**t, 1.0 - BETA2**t
        w -= ETA / sqrt(v_w / v_hat + EPS) * (m_w / m_hat)
        b -= ETA / sqrt(v_b / v_hat + EPS) * (m_b / m_hat)
    return w, b


def numpy_speedup(n: int) -> float:
    """Return our steps per second as a multiple of a bare NumPy loop's, for momentum on ``n`` points."""
    data, steps = points(n), 4000
    experiment = _experiment(data, Run(MOMENTUM, epochs=steps))
    x, y = data.x[:, 0], data.y
    _must_agree(_last(experiment), _bare_numpy(x, y, steps))
    return ratio(lambda: _bare_numpy(x, y, steps), lambda: _last(experiment), rounds=15)


def _bare_numpy(x: Array, y: Array, steps: int) -> Array:
    """Compute gradient, loss and update of every step, without recording anything."""
    exp, ones = np.exp, np.ones_like(x)
    w, b = START
    v_w = v_b = 0.0
    for _ in range(steps):
        f = 1.0 / (1.0 + exp(-(w * x + b)))
        error = f - y
        _loss = 0.5 * (error @ error)
        slope = error * f * (1.0 - f)
        v_w = GAMMA * v_w + ETA * (slope @ x)
        v_b = GAMMA * v_b + ETA * (slope @ ones)
        w = w - v_w
        b = b - v_b
    return np.array([w, b])


def _experiment(data: PointSet, run: Run) -> Experiment:
    return Experiment(data, PointSet.empty(), (run,))


def _last(experiment: Experiment) -> Array:
    """Compute a run with its whole record, and return its final parameters."""
    (run,) = experiment.runs
    rows = run.epochs + 1
    table = RunTable(run, len(experiment.points), rows)
    work = filling_record(experiment, run, table)
    made = next(work)
    while made.stop is None:
        made = work.send(min(LARGEST_CHUNK, rows - made.made))
    last: Array = table.columns(rows).p[-1]
    return last


# ----------------------------------------------------------------------------------------- many runs


def ensemble_ratio(n: int) -> float:
    """Return our steps per second as a multiple of a bare NumPy loop's, for many runs in one array."""
    data = Neuron.fitting(points(n))
    starts = np.random.default_rng(1).uniform(-6.0, 6.0, (RUNS, 2))
    x, y = data.inputs[:, 0], data.targets
    run = Run(MOMENTUM, epochs=RUNS_STEPS)

    def ours() -> Array:
        ensemble = Ensemble(run, data, starts)
        for _ in range(RUNS_STEPS):
            ensemble.advance()
            _ = ensemble.loss
        return ensemble.p

    _must_agree(ours(), _bare_runs(x, y, starts))
    return ratio(lambda: _bare_runs(x, y, starts), ours, rounds=7)


def _bare_runs(x: Array, y: Array, starts: Array, steps: int = RUNS_STEPS) -> Array:
    inputs = np.column_stack([x, np.ones_like(x)])
    p, v = starts, np.zeros_like(starts)
    for _ in range(steps):
        f = 1.0 / (1.0 + np.exp(-(p[:, :1] * x + p[:, 1:])))
        error = f - y
        _loss = 0.5 * np.einsum("ij,ij->i", error, error)
        v = GAMMA * v + ETA * ((error * f * (1.0 - f)) @ inputs)
        p = p - v
    return p


def map_ratio() -> float:
    """Return the time of a map of starts, divided by that of a bare loop over as many complete runs."""
    valley = load_scene(find_scene("valley"))
    run = Run(MOMENTUM, epochs=MAP_STEPS)
    experiment = replace(valley, runs=(run,))
    axes = usual_range(experiment, run, STARTS).seen
    plans = plans_of(experiment, [run], axes, MAP_STEPS, 1e-4, MAP_SIDE)
    x, y = valley.points.x[:, 0], valley.points.y
    starts = np.random.default_rng(1).uniform(-6.0, 6.0, (MAP_SIDE**2, 2))
    return ratio(
        lambda: run_to_end(computing_maps(plans, cores=1)),
        lambda: _bare_runs(x, y, starts, MAP_STEPS),
        rounds=3,
    )


def _must_agree(ours: Array, theirs: Array) -> None:
    if not np.allclose(ours, theirs, rtol=1e-6, atol=1e-9):
        raise AssertionError("the loop that the engine is measured against computes something else")


# ------------------------------------------------------------------------------------------- surface


def surface_ratio(n: int) -> float:
    """Return the time of a surface with its contours and minimum, divided by that of the plain formula."""
    data = points(n)
    ours, theirs = sample_surface(data, LECTURE_VIEW_RANGE).loss, _plain_surface(data)
    _must_agree(ours, theirs)
    return ratio(lambda: sample_surface(data, LECTURE_VIEW_RANGE), lambda: _plain_surface(data), rounds=25)


def _plain_surface(data: PointSet) -> Array:
    w = np.linspace(LECTURE_VIEW_RANGE.w_min, LECTURE_VIEW_RANGE.w_max, GRID)
    b = np.linspace(LECTURE_VIEW_RANGE.b_min, LECTURE_VIEW_RANGE.b_max, GRID)
    f = 1.0 / (1.0 + np.exp(-(w[:, None, None] * data.x[:, 0] + b[:, None])))
    loss: Array = 0.5 * ((f - data.y) ** 2).sum(axis=-1)
    return loss


def surface_million_s() -> float:
    data = points(MOST_POINTS)
    return median(seconds(lambda: sample_surface(data, LECTURE_VIEW_RANGE)) for _ in range(3))
