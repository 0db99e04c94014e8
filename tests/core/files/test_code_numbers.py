"""Scripts and the code of the lecture, carried out here: their numbers are the engine's, bit by bit."""

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.files.scene import parse_scene
from gdsim.core.files.script.writing import script_of
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES, eta
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import CONSTANT, MOMENTUM_SCHEDULES, SCHEDULES, ScheduleKind
from gdsim.core.settings import COUNT, Setting
from tests.core.files.script_kinds import (
    FUNCTIONS,
    MOMENTA_OF_OTHERS,
    NEURONS,
    REFUSED,
    RULES_OF_OTHERS,
    SCHEDULES_OF_OTHERS,
    all_kinds,
    experiment_with,
    experiments_with,
    kinds_of,
    noisy_points,
    own_rule,
    short_experiments,
    with_objective,
)
from tests.core.files.script_runs import check_both, check_code
from tests.core.records import FIRST_NEURON, computed, one_run, scene
from tests.core.strategies import rule_variants, runs_with_points
from tests.every import every, in_turn, pairs_of, some_of

SIZES = [(1, 1, 52), (1, 7, 3), (1, 6, 3), (1, 52, 3), (2, 60, 60), (3, 9, 52), (3, 52, 3)]


@every(("first", "dimension", "points", "validation"), [(first, *sizes) for first, sizes in enumerate(SIZES)])
def test_every_rule_on_every_batching_and_schedule(first, dimension, points, validation):
    """Sums over some points are plain, over more they are NumPy's; each kind is of one size, or of all."""
    runs = some_of(all_kinds(dimension), first, len(SIZES))
    for experiment in experiments_with(runs, dimension=dimension, points=points, validation=validation):
        check_both(experiment)


def test_schedules_over_many_steps():
    """600 steps, in which the momentum rises twice, and the shuffling draws more than one block of orders."""
    more = {"epochs": 600, "momentum_schedule": MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.9), "seed": 7}
    schedules = (
        SCHEDULES["step"](factor=0.9, every=50),
        SCHEDULES["exponential"](k=0.002),
        SCHEDULES["inverse"](k=0.01),
        SCHEDULES["validation"](),
    )
    batchings = (BATCH(), MINI_BATCH(size=4, shuffle=True))
    runs = [
        Run(RULES[rule](eta=0.3), batching, schedule, **more)
        for rule, batching, schedule in pairs_of(("momentum", "nesterov"), batchings, schedules)
    ]
    check_both(experiment_with(*runs))


def test_shuffling_goes_on_after_the_epochs_that_are_drawn_together():
    check_both(one_run(Run(batching=STOCHASTIC(shuffle=True), epochs=2100, seed=1), FIRST_NEURON))


@every("name", ["first-neuron", "mini-batch", "stochastic", "valley"])
def test_the_scenes(name):
    """Of the others the self-test carries out the scripts."""
    check_both(scene(name))


def test_the_validation_schedule_halves_the_rate():
    """So that the comparison above is one of rates that change."""
    held_out = PointSet([0.5, 2.5], [0.9, 0.2])  # the opposite of the points
    run = Run(RULES["momentum"](), epochs=200)
    halving = dataclasses.replace(run, schedule=SCHEDULES["validation"]())
    experiment = Experiment(FIRST_NEURON, held_out, (halving, run))
    made = computed(experiment)
    check_both(experiment, made)
    assert made[0].whole.eta[-1] < 0.1 < made[1].whole.eta[-1]


STARTS = [(0.0, -800.0), (-900.0, 0.0), (0.0, 800.0), (1e100, -1e100), (-0.0, -800.0)]


@every(("number", "start", "points"), [(*one, n) for one, n in in_turn(enumerate(STARTS), [2, 60])])
def test_a_start_where_the_neuron_is_saturated(number, start, points):
    """Where e^-z is too large for the computer, f(x) is 0."""
    runs = [
        Run(rule, batching, start=start, epochs=5)
        for rule in rule_variants()
        for batching in (BATCH(), STOCHASTIC(shuffle=True), MINI_BATCH(size=55))
    ]
    for experiment in experiments_with(some_of(runs, number, 5), points=points):
        check_both(experiment)


@given(short_experiments())
def test_whatever_a_document_may_hold(experiment):
    check_both(experiment)


@given(runs_with_points())
def test_whatever_stays_finite(computed):
    check_both(one_run(*computed))


def test_many_points_stand_in_the_program():
    run = Run(RULES["gd"](eta=1e-3), MINI_BATCH(size=500, shuffle=True), epochs=2)
    check_code(one_run(run, noisy_points(1, 3000, seed=0)))


# ------------------------------------------------------------------- rules and schedules of others


@every("dimension", [1, 3])
def test_a_rule_and_schedules_of_others(dimension):
    rules = [rule() for rule in RULES_OF_OTHERS.values()]
    kinds = kinds_of(dimension, rules, [CONSTANT, *SCHEDULES_OF_OTHERS], MOMENTA_OF_OTHERS)
    for experiment in experiments_with(some_of(kinds, dimension // 2, 3), dimension=dimension, points=20):
        check_both(experiment)


@every(("name", "points"), in_turn(REFUSED, [2, 12, 60]))
def test_a_run_goes_on_where_python_refuses(name, points):
    run = Run(own_rule(REFUSED[name])(), start=(-1.5, 0.7), epochs=40)
    experiment = one_run(run, noisy_points(1, points, seed=1))
    made = computed(experiment)
    check_both(experiment, made)
    assert made[0].last_step == 40
    if name.isidentifier():
        assert f"def {name}(" in script_of(experiment)


def test_an_update_in_which_something_is_refused_is_computed_as_in_the_script():
    lines = "w_next = w - eta*exp(g)*abs(g)**0.3/(1 + 0.01/v)*sin(g) - 0.001*exp(g)\nv_t = v + g**2"
    starts = np.random.default_rng(0).normal(size=(40, 4))
    runs = [Run(own_rule(lines)(), start=tuple(start), epochs=2) for start in starts.tolist()]
    for experiment in experiments_with(runs, dimension=3):
        check_both(experiment)


@pytest.mark.parametrize(
    "line", ["eta = min(1, eta0*(step - 2)**-0.5)", "rate = eta0/step\neta = min(0.1, rate)"], ids=str
)
def test_a_schedule_goes_on_where_python_refuses(line):
    kind = ScheduleKind("own", "own", "", (), line)
    experiment = one_run(Run(own_rule("w_next = w - eta*g")(), schedule=kind(), start=(-1.5, 0.7), epochs=9))
    check_both(experiment)


@every(
    "lines",
    [
        # Of whole numbers 0·(−1) is 0, of floats −0: what is divided by it goes the other way.
        "v_t = 3 - t\nw_next = w - eta*max(1, (w - 9)/(v*v_t))*g",
        "v_t = where(t > 2, 0, 1)\nw_next = w - eta*max(1, 1/(v_t*(2 - t)))*g",
        "v_t = -(t - 2)\nw_next = w - eta*max(1, 1/v_t)*g",
        "w_next = w - eta*max(1, 1/mod(t - 2, -3))*g",
        # And their products have more digits than a float.
        "w_next = w - eta*(t + 9999)*(t + 99999)*(t + 9999999)*(t + 9999999)/1e30*g",
    ],
)
def test_the_number_of_an_update_counts_as_a_float(lines):
    check_both(one_run(Run(own_rule(lines)(), start=(-1.5, 0.7), epochs=12), noisy_points(1, 4, seed=1)))


# Formulas with a setting that counts, and how the code writes its value.
COUNTING = {
    "t/every": "7",
    "min(1, mod(t, every) + 0.5)": "7",
    "where(mod(t, every) == 0, 0.5, 1)": "7",
    "1/(t + every)": "7",
    "1/(every + 0.5)**3": "7",
    # Here the number of the update is a float.
    "1/(t + every)**300": "7",
    "max(1, 1/((every - 7)*(2 - t)))": "7",
    # Where integers would have more digits than a float, or no negative zero.
    "every**300/1e200": "7.0",
    "max(1, 1/(-(every - 7)))": "7.0",
    "every": "7",
}


@every(("formula", "value", "dimension"), [(*one, n) for one, n in in_turn(COUNTING.items(), (1, 2))])
def test_a_setting_that_counts_is_written_as_a_whole_number(formula, value, dimension):
    counting = Setting("every", "every", "", "", 7, COUNT)
    lines = f"w_next = w - 0.1*eta*g*({formula})"
    rule = Rule("own", "Own rule", "A rule of one's own.", (eta(0.3), counting), lines=lines)
    run = Run(rule(), epochs=12, start=(*[-1.5] * dimension, 0.7))
    experiment = one_run(run, noisy_points(dimension, 4, seed=1))
    check_both(experiment)
    assert f"every = {value}\n" in script_of(experiment)


@every("name", ["step", "epoch", "rises", "eta0", "gamma0", "every", "i", "points"])
def test_a_setting_may_be_called_as_what_schedules_count(name):
    rule = {
        "id": "mine",
        "lines": [f"v_t = gamma*v + eta*g*{name}", "w_next = w - v_t"],
        "settings": [{"name": name, "values": "positive", "default": 0.7}],
    }
    stairs = {
        "schedule": {"kind": "step", "factor": 0.5, "every": 2},
        "momentum_schedule": {"kind": "sutskever", "gamma_max": 0.3},
    }
    falling = {"schedule": {"kind": "inverse", "k": 0.3}}
    runs = [
        {"algorithm": "mine", "epochs": 6, "regime": {"kind": kind}, **more}
        for more, kind in in_turn(
            ({}, stairs, falling, {"schedule": {"kind": "validation"}}), ("batch", "stochastic")
        )
    ]
    points = {"x": [0.5, 2.5], "y": [0.2, 0.9]}
    tree = {"gdsim": 1, "points": points, "validation": points, "rules": [rule], "runs": runs}
    experiment = parse_scene(json.dumps(tree))
    check_both(experiment)


# --------------------------------------------------------------------------------- other objectives


@every(
    ("number", "objective", "points"),
    [(number, *one) for number, one in enumerate(in_turn([*NEURONS, *FUNCTIONS], [7, 6, 60]))],
    ids=str,
)
def test_any_objective_on_every_batching(number, objective, points):
    whole = with_objective(objective, noisy_points(1, points, seed=points), turned=number % 4 in (1, 2))
    check_both(dataclasses.replace(whole, runs=some_of(whole.runs, number, 9)))


@every(
    ("number", "objective", "points"),
    [(number, *one) for number, one in enumerate(in_turn(NEURONS, [9, 52]))],
    ids=str,
)
def test_any_neuron_of_several_inputs(number, objective, points):
    whole = with_objective(objective, noisy_points(3, points, seed=points), turned=points == 9)
    check_both(dataclasses.replace(whole, runs=some_of(whole.runs, number, 9)))


@every("objective", FUNCTIONS, ids=str)
def test_a_function_without_noise(objective):
    check_both(with_objective(objective, ORIGIN))


def test_a_validation_loss_has_the_whole_penalty():
    """And not the share that an update over as many points sees."""
    objective = NeuronObjective("tanh", "cross-entropy", "sum", 0.3)
    check_both(with_objective(objective, noisy_points(3, 52, seed=52)))


@every(
    ("function", "plain"),
    [
        ("-w*b", False),
        ("-w - b", False),
        ("w**3 - b**2", False),
        ("-cos(w)*cos(b)*exp(-w**2 - b**2)", False),
        ("(w**2 + 10*b**2)/2", True),
        ("0.26*(w**2 + b**2) - 0.48*w*b", True),
        ("abs(w) + exp(b)", True),
    ],
)
def test_of_the_two_zeros_the_script_prints_that_of_the_engine(function, plain):
    starts = (0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (-1e-200, -1e-200), (40.0, 1.0)
    runs = tuple(Run(RULES["gd"](eta=0.1), start=start, epochs=2) for start in starts)
    for slopes in (PointSet([0.5, -0.5], [-1.0, 1.0]), ORIGIN):
        experiment = Experiment(slopes, slopes, runs, objective=FunctionObjective(function))
        check_both(experiment)
    assert ("of the two zeros" not in script_of(experiment)) is plain


# Where runs start the first three have no value; in the next two Python refuses what is lost on the way.
NO_VALUES = ["log(w) + exp(b)", "sqrt(w*b)", "w**0.5 + b**2"]
NO_VALUES += ["where(b < 1/(w + 2), w**2 + b**2, b)", "max(1, w**0.5)*b**2", "w**2 + b**2"]


@every("function", NO_VALUES)
def test_a_function_may_refuse_where_a_run_starts(function):
    runs = (Run(start=(-2.0, 1.0), epochs=3), Run(RULES["adam"](), MINI_BATCH(size=2), start=(-2.0, 1.0)))
    experiment = Experiment(
        noisy_points(1, 5, seed=2), PointSet.empty(), runs, objective=FunctionObjective(function)
    )
    check_both(experiment)


@every(
    "function",
    ["1/sign(-w)", "1/floor(-w)", "1/(-w)**0.5", "1/w + b", "log(w) + b**2", "exp(1000*b) + w", "b**400"],
)
def test_the_loss_at_the_start_may_be_infinite(function):
    run = Run(start=(0.0, 10.0), epochs=3)
    experiment = Experiment(ORIGIN, PointSet.empty(), (run,), objective=FunctionObjective(function))
    (made,) = computed(experiment)
    check_both(experiment, [made])
    start = {"w": np.array([0.0]), "b": np.array([10.0])}
    on_arrays = evaluate_arrays(experiment.objective.lines.value, start)
    assert np.isinf(on_arrays)
    assert made.whole.loss[0] == on_arrays
