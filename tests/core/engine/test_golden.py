"""The engine against plain loops written from the lecture: every rule, batching and schedule, to 1e-12."""

import random
from itertools import product

import numpy as np

from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import CONSTANT, CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.engine import lecture_loops
from tests.core.engine.lecture_loops import compute, table_order
from tests.core.records import columns_of
from tests.every import WHOLE, every, pairs_of

STEPS = 200 if WHOLE else 40
WAYS = {
    "batch": BATCH(),
    "stochastic": STOCHASTIC(),
    "stochastic, shuffled": STOCHASTIC(shuffle=True),
    "mini-batch of 3": MINI_BATCH(size=3),
    "mini-batch of 3, shuffled": MINI_BATCH(size=3, shuffle=True),
    "mini-batch of more than all": MINI_BATCH(size=50),
}
# Every schedule that has a loop, with settings that change the rate within the steps; else with its defaults.
TRIED = {"step": {"factor": 0.7, "every": 3}, "exponential": {"k": 0.02}, "inverse": {"k": 0.1}}
FALLING = {
    name: SCHEDULES[name](**TRIED.get(name, {})) for name in lecture_loops.SCHEDULES if name != "constant"
}


def _points(dimension, n, seed):
    """Return noisy points near a sigmoid; 7 of them, so that no batch size but 1 and 7 divides N."""
    rng = random.Random(seed)
    xs = [[rng.uniform(-2.0, 3.0) for _ in range(dimension)] for _ in range(n)]
    return [(x, min(0.98, max(0.02, 0.5 + 0.2 * sum(x) + rng.gauss(0.0, 0.1)))) for x in xs]


RATES = {name: lecture_loops.RATES[rule] for name, rule in lecture_loops.RULES.items()}
RULES_WITH_A_LOOP = every("rule", [RULES[name] for name in RATES], ids=RATES)
DATA = {dimension: _points(dimension, 7, seed=dimension) for dimension in (1, 4)}
VALIDATION = {dimension: _points(dimension, 3, seed=10 + dimension) for dimension in (1, 4)}
START = {1: [-2.0, 1.5], 4: [-2.0, 0.5, 1.0, -1.0, 1.5]}
VALLEY = [([1.3], 0.15), ([2.4], 0.9)]


def in_dimensions(things):
    """Pair every rule with each of some things, with one input or four in turn; with both in a whole run."""
    things = list(things)
    pairs = list(product(RATES, things))
    if WHOLE:
        return [(*pair, dimension) for pair in pairs for dimension in START]
    turns = [(1, 4)[(number // len(things) + number) % 2] for number in range(len(pairs))]
    return [(*pair, turn) for pair, turn in zip(pairs, turns, strict=True)]


def _point_set(points):
    return PointSet([x for x, _ in points], [y for _, y in points])


def _settings(thing):
    return dict(thing.items())


def _batches(run, n, steps):
    """Return the rows of every update: recorded ones if shuffled, else in the lecture's order."""
    if run.batching.shuffles:
        return [run.batching.rows(n, step, run.seed).tolist() for step in range(1, steps + 1)]
    return table_order(n, run.batching.batch_size(n), steps)[:steps]


def _check(dimension, optimizer, batching=WAYS["batch"], steps=STEPS, **schedules):
    start = START[dimension]
    run = Run(optimizer=optimizer, batching=batching, start=tuple(start), epochs=steps, seed=5, **schedules)
    _compare(DATA[dimension], VALIDATION[dimension], start, run, steps)


def _compare(points, held_out, start, run, steps):
    columns = columns_of(run, _point_set(points), _point_set(held_out) if held_out else None).head(steps + 1)
    rows = compute(
        run.optimizer.id,
        _settings(run.optimizer),
        points,
        start,
        _batches(run, len(points), steps),
        schedule={"kind": run.schedule.id, **_settings(run.schedule)},
        momentum_schedule={"kind": run.momentum_schedule.id, **_settings(run.momentum_schedule)},
        validation=held_out,
    )
    _close(columns.p, [row.p for row in rows])
    _close(columns.loss, [row.loss for row in rows])
    _close(columns.gradient[1:], [row.gradient for row in rows[1:]])
    _close(columns.eta[1:], [row.eta for row in rows[1:]])
    _close(columns.gamma[1:], [np.nan if row.gamma is None else row.gamma for row in rows[1:]])
    for name, variable in zip(run.optimizer.update_rule.letters, columns.state, strict=True):
        _close(variable[1:], [row.state[name] for row in rows[1:]])


def _close(measured, expected):
    """Compare to 1e-12 of each number; of the column's largest where terms cancel, as at a minimum."""
    expected = np.array(expected)
    for one, other in zip(
        measured.reshape(len(measured), -1).T, expected.reshape(len(expected), -1).T, strict=True
    ):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-12 * np.nanmax(np.abs(other), initial=0.0))


@every(
    ("catalogue", "loops", "place"),
    [
        (RULES, lecture_loops.RULES, "RATES"),
        (SCHEDULES, lecture_loops.SCHEDULES, "SCHEDULES"),
        (MOMENTUM_SCHEDULES, lecture_loops.MOMENTUM_SCHEDULES, "MOMENTUM_SCHEDULES"),
    ],
    ids=["rules", "schedules", "momentum schedules"],
)
def test_every_entry_of_a_catalogue_has_a_loop(catalogue, loops, place):
    """The one test that a new entry fails until somebody has written it down a second time."""
    missing = ", ".join(sorted(catalogue.keys() - loops.keys()))
    where = f"tests/core/engine/lecture_loops.py, and list it in {place} there"
    assert not missing, f"write {missing} as plain Python in {where}; this file then compares the numbers"


@every(("rule", "batching", "dimension"), in_dimensions(WAYS.values()), ids=str)
def test_every_rule_in_every_way_of_batching(rule, batching, dimension):
    _check(dimension, RULES[rule](eta=RATES[rule]), batching)


@every("batching", [BATCH(), STOCHASTIC()], ids=["batch", "stochastic"])
@RULES_WITH_A_LOOP
def test_every_rule_with_the_lecture_s_data_and_settings(rule, batching):
    _compare(
        VALLEY,
        (),
        [0.0, 6.0],
        Run(optimizer=rule(), batching=batching, start=(0.0, 6.0), epochs=STEPS),
        STEPS,
    )


@every(("rule", "schedule", "dimension"), in_dimensions(FALLING.values()), ids=str)
def test_every_rule_on_every_schedule(rule, schedule, dimension):
    batching = MINI_BATCH(size=3) if dimension == 1 else STOCHASTIC(shuffle=True)
    _check(dimension, RULES[rule](eta=RATES[rule]), batching, schedule=schedule)


@every("schedule", [CONSTANT(), *FALLING.values()], ids=["constant", *FALLING])
@every("rule", ["momentum", "nesterov"])
def test_sutskever_s_momentum_goes_with_every_schedule(rule, schedule):
    """600 steps, so that the momentum rises twice: at 250 and at 500."""
    _check(
        1,
        RULES[rule](eta=0.1),
        MINI_BATCH(size=3),
        steps=600,
        schedule=schedule,
        momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.7),
    )


SWITCHES = [(rule.id, one.name) for rule in RULES.values() for one in rule.settings if one.is_switch]


@every(("switch", "batching", "dimension"), pairs_of(SWITCHES, WAYS.values(), [1, 4]), ids=str)
def test_rules_with_a_part_switched_off(switch, dimension, batching):
    rule, switch = switch
    _check(dimension, RULES[rule](eta=0.2 * RATES[rule], **{switch: False}), batching)


def test_other_settings_than_the_defaults():
    _check(1, RULES["momentum"](eta=0.25, gamma=0.0), momentum_schedule=CONSTANT_MOMENTUM())
    _check(1, RULES["nesterov"](eta=0.3, gamma=0.5))
    _check(1, RULES["adagrad"](eta=3.0, eps=1e-3))
    _check(1, RULES["rmsprop"](eta=0.01, beta=0.99, eps=1e-12))
    _check(1, RULES["adam"](eta=0.5, beta1=0.5, beta2=0.9, eps=0.1))
    _check(1, RULES["radam"](beta2=0.9))
    _check(1, RULES["adamw"](eta=0.05, decay=0.3))
    _check(
        1, RULES["lookahead"](eta=0.1, k=3, alpha=0.8), momentum_schedule=MOMENTUM_SCHEDULES["sutskever"]()
    )
    _check(1, RULES["lookahead"](eta=0.1, gamma=0.0, k=1, alpha=1.0))
    _check(1, RULES["amsgrad"](eta=0.01, beta1=0.5, beta2=0.9, eps=1e-3))
    _check(1, RULES["nadam"](eta=0.01, beta1=0.5, beta2=0.9, eps=1e-3))
    _check(1, RULES["adadelta"](eta=3.0, rho=0.5, eps=1e-3))
    _check(1, RULES["adamax"](eta=0.005, beta1=0.5, beta2=0.9, eps=1e-3))
    _check(1, RULES["lion"](eta=0.03, beta1=0.5, beta2=0.5))
    _check(1, RULES["sam"](eta=0.1, rho=0.5))
    _check(1, RULES["sam"](eta=0.3, rho=0.0))
    _check(1, RULES["schedule-free"](eta=0.3, beta=0.5))
    _check(1, RULES["qhm"](eta=0.3, beta=0.5, nu=1.0))
    _check(1, RULES["qhm"](eta=0.3, beta=0.5, nu=0.0))
