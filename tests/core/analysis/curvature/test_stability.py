"""A run held against its limit, at one step and along all of them."""

import math
from functools import lru_cache

import numpy as np
import pytest

from gdsim.core.analysis.curvature.limit_curve import limit_curve
from gdsim.core.analysis.curvature.stability import stability
from gdsim.core.analysis.update import update_of
from gdsim.core.engine.runs import first_steps
from gdsim.core.files.bundled import BUNDLED_SCENES
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES
from tests.core.records import computed, one_run, scene
from tests.every import every, some_of

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])
SOLUTION = np.array([3.574386938840297, -6.381304075880492])


@lru_cache
def adam_forgets(eta=1.0, epochs=3000):
    run = Run(RULES["adam"](eta=eta), start=(0.0, 6.0), epochs=epochs)
    experiment = Experiment(VALLEY, PointSet.empty(1), (run,))
    record = computed(experiment, sizes=(4096,))[0].whole
    return experiment, record, run_to_end(limit_curve(point_loss(VALLEY), run, record))


@every(("eta", "epochs"), [(1.0, 3000), (0.5, 4500), (0.1, 7500)])
def test_the_gauge_is_red_long_before_adam_is_thrown_out(eta, epochs):
    _, record, curve = adam_forgets(eta, epochs)
    solved = int(np.argmax(record.loss < 1e-12))
    red = solved + int(np.argmax(curve.gauge[solved:] > 1.0))
    seen = solved + int(np.argmax(record.loss[solved:] > 1e-9))
    assert 60 <= seen - red <= 200


def test_the_curve_of_adam_is_what_a_plain_loop_gives():
    _, record, curve = adam_forgets()
    for step in (0, 1, 5, 40, 700, 2400, 2999):
        t = min(step + 1, 3000)
        v = record.state[1, t] / (1.0 - 0.999**t)
        p = (1.0 - 0.9**t) * np.sqrt(v + 1e-8)
        hessian = Neuron.fitting(VALLEY).hessian(record.p[step])
        values = np.linalg.eigvals(hessian / p[:, np.newaxis])
        assert curve.product[step] == pytest.approx(float(values.real.max()), rel=1e-6)
        assert curve.limit[step] == pytest.approx(38.0, rel=1e-8)


@every(("number", "name"), some_of(enumerate(BUNDLED_SCENES), 1, 2))
def test_the_curve_is_what_each_of_its_steps_says(number, name):
    experiment = scene(name)
    for run in some_of(experiment.runs, number, 3):
        record = run_to_end(first_steps(experiment, run, 400)).whole
        last = len(record.loss) - 1
        curve = run_to_end(limit_curve(experiment.training, run, record))
        for step in {0, 1, last // 2, last}:
            update = update_of(experiment, run, record, min(step + 1, last))
            here = stability(update, record.p[step])
            assert curve.limit[step] == pytest.approx(here.limit, rel=1e-6, nan_ok=True)
            assert curve.product[step] == pytest.approx(here.product, rel=1e-6, abs=1e-12, nan_ok=True)
            assert curve.curvature[step] == pytest.approx(
                float(np.linalg.eigvalsh(here.curvature.hessian)[-1]), rel=1e-9, abs=1e-15
            )


@every("rule", ("adam", "nadam", "schedule-free"))
def test_a_fork_with_nothing_changed_is_as_stable_as_the_run_that_it_leaves(rule):
    parent = Run(RULES[rule](), epochs=100)
    fork = Run(RULES[rule](), epochs=100, fork=Fork(parent, 50))
    experiment = Experiment(VALLEY, PointSet.empty(1), (parent, fork))
    (whole, rest), step = (one.whole for one in computed(experiment)), 52
    there = stability(update_of(experiment, parent, whole, step), whole.p[step])
    here = stability(update_of(experiment, fork, rest, step - 50), rest.p[step - 50])
    assert (here.product, here.limit) == (there.product, there.limit)


def test_the_curve_follows_a_schedule_of_the_momentum():
    schedule = MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.99)
    run = Run(RULES["momentum"](eta=1.0), momentum_schedule=schedule, start=(0.0, 6.0), epochs=600)
    experiment = one_run(run, VALLEY)
    record = computed(experiment)[0].whole
    curve = run_to_end(limit_curve(point_loss(VALLEY), run, record))
    assert len(np.unique(record.gamma[1:])) > 2
    assert curve.limit[:-1] == pytest.approx(2.0 * (1.0 + record.gamma[1:]), rel=1e-8)


def at_solution(rule, eta, **settings):
    run = Run(RULES[rule](eta=eta, **settings), start=(SOLUTION[0] + 1e-4, SOLUTION[1]), epochs=3)
    experiment = one_run(run, VALLEY)
    return stability(update_of(experiment, run, computed(experiment)[0].whole, 1), SOLUTION)


def test_modes_of_momentum_are_the_roots_of_its_polynomial():
    found = at_solution("momentum", 5.0, gamma=0.9)
    for mode in found.modes:
        # Goh, Why momentum really works, Distill 2017.
        roots = np.roots([1.0, -(1.0 + 0.9 - mode.product), 0.9])
        largest = roots[np.argmax(np.abs(roots))]
        assert mode.growth == pytest.approx(abs(largest))
        assert mode.swing == pytest.approx(2.0 * math.pi / abs(np.angle(largest)), rel=1e-6)


def test_modes_of_descent_shrink_slowly_swing_and_grow():
    slow, fast = at_solution("gd", 15.0).modes
    assert (slow.growth, slow.swing) == (pytest.approx(1.0 - slow.product), math.inf)
    assert fast.growth == pytest.approx(abs(1.0 - fast.product))
    assert fast.swing == pytest.approx(2.0)
    assert at_solution("gd", 15.0).gauge < 1.0 < at_solution("gd", 21.0).gauge
    assert at_solution("gd", 21.0).modes[-1].growth > 1.0


def test_directions_are_those_of_the_hessian_where_all_rates_are_one():
    found = at_solution("gd", 1.0)
    values, vectors = np.linalg.eigh(Neuron.fitting(VALLEY).hessian(SOLUTION))
    for mode, value, vector in zip(found.modes, values, vectors.T, strict=True):
        assert mode.product == pytest.approx(value)
        assert abs(float(mode.direction @ vector)) == pytest.approx(1.0)


def test_the_limit_is_written_in_letters_and_in_numbers():
    assert at_solution("momentum", 1.0, gamma=0.9).formula == ("2·(1 + γ)", "2·(1 + 0.9)")
    assert at_solution("lookahead", 1.0).formula == ("", "")


@every("rule", ["gd", "momentum", "adam"])
def test_a_level_direction_has_no_curvature_not_even_that_of_rounding(rule):
    """One point gives w and b one condition: along the valley of its solutions nothing curves."""
    run = Run(RULES[rule](), start=(3.0, 3.0), epochs=60)
    point = PointSet([1.3], [0.15])
    experiment = one_run(run, point)
    record = computed(experiment)[0].whole
    curve = run_to_end(limit_curve(point_loss(point), run, record))
    downward = 0
    for step in range(60):
        update = update_of(experiment, run, record, step + 1)
        found = stability(update, update.before)
        assert 0.0 in [mode.product for mode in found.modes]
        assert found.product == pytest.approx(curve.product[step], rel=1e-12)
        if found.modes[0].product < 0.0:
            downward += 1
            assert found.product == found.gauge == curve.gauge[step] == 0.0
    assert downward > 10


def test_a_direction_that_hardly_curves_does():
    """With inputs of 1000 one curvature is a million times the other, and the small one is not rounding."""
    run = Run(RULES["gd"](eta=1e-6), start=(0.0, 0.0), epochs=2)
    experiment = one_run(run, PointSet([1000.0, 1001.0], [0.15, 0.9]))
    update = update_of(experiment, run, computed(experiment)[0].whole, 1)
    found = stability(update, update.before)
    assert all(mode.product != 0.0 for mode in found.modes)


def test_a_rule_that_steps_along_signs_has_no_gauge():
    found = at_solution("lion", 0.1)
    assert math.isnan(found.limit)
    assert math.isnan(found.gauge)
    assert all(math.isnan(mode.growth) for mode in found.modes)
