"""Runs that leave others: they go on to the last bit; what differs from there is as loops have it."""

import time
import tracemalloc
from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.engine.beginning import Past, beginning, fork_row
from gdsim.core.engine.runs import filling_record, first_steps, run_steps
from gdsim.core.engine.trajectory import RunTable, StopReason
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.carried import carried_letters, counts_on
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from gdsim.core.rules.searches import SEARCHES
from tests.core.engine import lecture_loops as loops
from tests.core.records import FIRST_NEURON, one_run
from tests.core.strategies import batching_variants, rule_variants, runs_with_points
from tests.every import WHOLE, covering, every, some_of

POINTS = PointSet([0.5, 2.5, -1.0, 0.3, 1.2], [0.2, 0.9, 0.4, 0.7, 0.1])
VALIDATION = PointSet([0.1, -0.7, 2.0], [0.5, 0.6, 0.2])


def tabled(run, points=POINTS, validation=VALIDATION, past=None, size=37):
    """Return the table of a run, and how far it is."""
    experiment = Experiment(points, validation, (run,))
    table = RunTable(run, len(points), experiment.total_steps(run) + 1)
    work = filling_record(experiment, run, table, past)
    rows = next(work)
    while rows.stop is None:
        rows = work.send(size)
    return table, rows


def check_unchanged(run, step, points=POINTS, validation=VALIDATION):
    """Compare a fork that changes nothing with the run that it leaves, by a record and without one."""
    table, rows = tabled(run, points, validation)
    whole = table.columns(rows.made)
    for past in (None, Past(table, rows.made)):
        other, its = tabled(replace(run, fork=Fork(run, step)), points, validation, past)
        record = other.columns(its.made)
        assert (its.made, its.stop) == (rows.made - step, rows.stop)
        for name in ("p", "loss"):
            np.testing.assert_array_equal(getattr(record, name), getattr(whole, name)[step:])
        for name in ("gradient", "eta", "gamma"):
            np.testing.assert_array_equal(getattr(record, name)[1:], getattr(whole, name)[step + 1 :])
        np.testing.assert_array_equal(record.state[:, 1:], whole.state[:, step + 1 :])
    return other, its


KINDS = [
    (optimizer, batching, schedule, momentum, step)
    for optimizer, batching, schedule, step in product(
        rule_variants(),
        (*batching_variants(), MINI_BATCH(size=5, shuffle=True)),
        SCHEDULES.values(),
        (0, 1, 7, 12),
    )
    for momentum in (MOMENTUM_SCHEDULES.values() if optimizer.has_momentum else [CONSTANT_MOMENTUM])
]


@every(("optimizer", "batching", "schedule", "momentum", "step"), some_of(covering(KINDS), 0, 2), ids=str)
def test_an_unchanged_fork_is_its_parent_to_the_last_bit(optimizer, batching, schedule, momentum, step):
    run = Run(optimizer, batching, schedule(), momentum(), epochs=12, start=(1.0, -1.0), seed=3)
    check_unchanged(run, step)


@given(runs_with_points(), st.data())
def test_so_is_that_of_any_run_and_a_fork_of_it(drawn, data):
    run, points, validation = drawn
    table, rows = tabled(run, points, validation)
    step = data.draw(st.integers(0, rows.made - 1))
    other, its = check_unchanged(run, step, points, validation)
    fork = replace(run, fork=Fork(run, step))
    later = data.draw(st.integers(step, rows.made - 1))
    twice, made = tabled(replace(fork, fork=Fork(fork, later)), points, validation, Past(other, its.made))
    np.testing.assert_array_equal(twice.columns(made.made).p, table.columns(rows.made).p[later:])


def test_validation_losses_are_counted_on():
    """The rate of the parent is halved three times: before the forks, between them and after them."""
    run = Run(RULES["gd"](eta=60.0), MINI_BATCH(size=2), SCHEDULES["validation"](), epochs=40)
    eta = tabled(run)[0].columns(121).eta
    halved = np.flatnonzero(np.diff(eta[1:])) + 1
    assert len(halved) >= 3
    for step in range(max(0, halved[0] - 4), halved[-1] + 5):
        check_unchanged(run, int(step))


def test_many_points_whose_losses_are_sparse():
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=9000), rng.uniform(size=9000))
    run = Run(RULES["momentum"](), STOCHASTIC(shuffle=True), epochs=1)
    experiment = Experiment(points, PointSet.empty(), (run, replace(run, fork=Fork(run, 1000))))
    whole, fork = (run_to_end(first_steps(experiment, one, 3000)).whole for one in experiment.runs)
    np.testing.assert_array_equal(fork.p[:2001], whole.p[1000:])
    np.testing.assert_array_equal(fork.loss[1:2001], whole.loss[1001:])
    assert np.isnan(whole.loss[1000])
    assert not np.isnan(fork.loss[0])  # it is always known where a record begins


# ------------------------------------------------------------------------------- what differs from there


def by_hand(first, second, step, steps, *, keeps=True, nudge=0.0, restart=False):
    """Return the places of two rules one after the other, as plain loops have them: (rule, settings) each."""
    points = [([x], y) for x, y in zip((0.5, 2.5), (0.2, 0.9), strict=True)]
    p, state, places = [0.0, 6.0], {}, [[0.0, 6.0]]
    for t in range(steps):
        rule, given = first if t < step else second
        if t == step:
            p = [value + nudge for value in p]
            places[-1] = p
            state = state if keeps else {}
        count = t + 1 - (step if restart and t >= step else 0)
        p, state, _ = loops.RULES[rule](
            given, state, lambda q: loops.gradient(points, q), p, given["eta"], given.get("gamma"), count
        )
        places.append(p)
    return np.array(places)


def leaving(first, second, step, steps, **fork):
    rule, given = first
    parent = Run(RULES[rule](**given), start=(0.0, 6.0), epochs=steps)
    rule, given = second
    run = replace(parent, optimizer=RULES[rule](**given), fork=Fork(parent, step, **fork))
    return run_to_end(first_steps(one_run(run, FIRST_NEURON), run, steps)).whole


MOMENTUM = ("momentum", {"eta": 1.0, "gamma": 0.9})
SLOW = ("momentum", {"eta": 0.1, "gamma": 0.5})
ADAM = ("adam", {"eta": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8})
FAST_ADAM = ("adam", {"eta": 0.3, "beta1": 0.8, "beta2": 0.99, "eps": 1e-8})
NESTEROV = ("nesterov", {"eta": 1.0, "gamma": 0.9})


@every(
    ("first", "second", "fork", "hand"),
    [
        (MOMENTUM, SLOW, {}, {}),
        (MOMENTUM, SLOW, {"nudge": (0.25, 0.25)}, {"nudge": 0.25}),
        (MOMENTUM, SLOW, {"keeps_memory": False}, {"keeps": False}),
        (MOMENTUM, NESTEROV, {}, {}),
        (ADAM, FAST_ADAM, {}, {}),
        (ADAM, FAST_ADAM, {"keeps_memory": False}, {"keeps": False, "restart": True}),
        (MOMENTUM, ADAM, {}, {"keeps": False, "restart": True}),
        (ADAM, MOMENTUM, {}, {"keeps": False}),
    ],
)
def test_another_rate_or_rule_from_a_step_is_what_a_plain_loop_has(first, second, fork, hand):
    record = leaving(first, second, 40, 100, **fork)
    expected = by_hand(first, second, 40, 100, **hand)[40:]
    np.testing.assert_allclose(record.p, expected, rtol=1e-12, atol=1e-13)


def test_letters_go_on_where_they_stand_for_the_same():
    rules = {name: rule().update_rule for name, rule in RULES.items()}
    kept = {
        ("momentum", "nesterov"): ("v",),  # both times a step
        ("momentum", "rmsprop"): (),  # a velocity is no average of squares
        ("adam", "momentum"): (),
        ("gd", "adam"): (),
        ("adam", "adamw"): ("m", "v"),
        ("lion", "adam"): (),  # m alone: both averages are corrected for one start
    }
    for (old, new), letters in kept.items():
        assert carried_letters(rules[old], rules[new]) == letters, (old, new)
        assert counts_on(rules[old], rules[new]) == (set(letters) == set(rules[new].letters)), (old, new)


@every("batching", [STOCHASTIC(), MINI_BATCH(size=2, shuffle=True), BATCH()])
def test_other_batches_begin_a_pass_of_their_own_and_epochs_go_on(batching):
    parent = Run(RULES["gd"](), MINI_BATCH(size=3), SCHEDULES["step"](every=1), epochs=20)
    run = replace(parent, batching=batching, fork=Fork(parent, 7))  # in the middle of epoch 4
    clock = run.clock(len(POINTS))
    assert clock.epoch(7) == 3
    assert clock.end_of(3) == 7
    assert clock.end_of(20) == 7 + 17 * batching.updates_per_epoch(len(POINTS))
    experiment = Experiment(POINTS, VALIDATION, (run,))
    record = run_to_end(first_steps(experiment, run, 10**6)).whole
    epochs = [clock.epoch(step) for step in range(7, 7 + len(record.loss) - 1)]
    np.testing.assert_array_equal(record.eta[1:], 0.5 ** np.array(epochs))
    neuron = Neuron.fitting(POINTS)
    for row in range(1, len(record.loss)):
        rows = batching.rows(len(POINTS), 7 + row - clock.epoch0, run.seed)
        gradient = neuron.rows(rows).gradient(record.p[row - 1])
        np.testing.assert_allclose(record.gradient[row], gradient, rtol=1e-12)


def test_a_fork_of_a_run_that_diverged_before_says_so():
    parent = Run(RULES["momentum"](eta=1e308, gamma=0.9999), epochs=100)
    table, rows = tabled(parent)
    assert rows.made > 3
    assert rows.stop.reason is StopReason.DIVERGED
    run = replace(parent, fork=Fork(parent, 50))
    other, its = tabled(run)
    assert (its.made, its.stop) == (1, rows.stop)
    np.testing.assert_array_equal(other.columns(1).p[0], table.columns(rows.made).p[-1])


def test_a_fork_goes_on_though_its_parent_is_made_shorter():
    parent = Run(RULES["momentum"](), epochs=60)
    run = replace(parent, fork=Fork(replace(parent, epochs=10), 50))
    np.testing.assert_array_equal(tabled(run)[0].columns(11).p, tabled(parent)[0].columns(61).p[50:])


def test_a_fork_at_the_end_has_no_step():
    parent = Run(RULES["gd"](), epochs=5)
    run = replace(parent, fork=Fork(parent, 5))
    chunks = list(run_steps(one_run(run), run))
    assert [(chunk.first, len(chunk.columns.loss)) for chunk in chunks] == [(0, 1)]
    assert (chunks[0].stop.reason, chunks[0].stop.step) == (StopReason.FINISHED, 5)


def test_at_a_million_steps_a_row_is_read_and_nothing_is_copied():
    steps = 1_000_000 if WHOLE else 200_000
    parent = Run(RULES["adam"](), schedule=SCHEDULES["inverse"](), epochs=steps)
    began = time.thread_time()
    table, rows = tabled(parent, FIRST_NEURON, FIRST_NEURON, size=4096)
    whole = time.thread_time() - began
    assert rows.made == steps + 1
    run = replace(parent, optimizer=RULES["adam"](eta=0.01), fork=Fork(parent, steps - 8))
    data = Neuron.fitting(FIRST_NEURON)
    assert fork_row(run.fork, 2) == steps - 8
    work = filling_record(
        one_run(run, FIRST_NEURON, FIRST_NEURON), run, RunTable(run, 2, 9), Past(table, rows.made)
    )
    tracemalloc.start()
    began = time.thread_time()
    begins = run_to_end(beginning(run, data, data, Past(table, rows.made)))
    first = next(work)
    seconds = time.thread_time() - began
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert first.made == 1
    np.testing.assert_array_equal(begins.p, table.columns(rows.made).p[steps - 8])
    assert seconds < 0.1 * whole
    assert most < 1_000_000


@every("search", ["fixed", "armijo", "wolfe"])
def test_what_the_past_asked_for_is_the_same_from_a_record_and_without_one(search):
    parent = Run(RULES["gd"](), search=SEARCHES[search](), start=(-2.0, -2.0), epochs=12)
    later = Run(RULES["sam"](), MINI_BATCH(size=2), epochs=9, fork=Fork(parent, 6), start=(-2.0, -2.0))
    for run, step in ((parent, 5), (later, 8)):
        table, rows = tabled(run, POINTS, VALIDATION)
        fork, data = replace(run, fork=Fork(run, step)), Neuron.fitting(POINTS)
        spent = [
            run_to_end(beginning(fork, data, data, past)).spent for past in (None, Past(table, rows.made))
        ]
        assert spent[0] == spent[1]
        assert spent[0][0] >= step
