"""How much past gradients count: the weighted sums are the recorded state."""

import cProfile
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.analysis.memory_weights import memory_of, past_weights
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES, eta, gamma
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.rule import Rule
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.engine.lecture_loops import RULES as LOOPS
from tests.core.records import columns_of, scene
from tests.core.strategies import runs_with_points
from tests.every import every, pairs_of

REMEMBERING = [rule for rule in RULES.values() if rule().update_rule.letters]
EVERY_MEMORY = every("rule", REMEMBERING, ids=lambda rule: rule.id)


@lru_cache
def is_weighted_sum(optimizer, letter):
    """Tell whether a memory is one of gradients or of their squares, by what its plain loop makes of others.

    Not one are those of maxima, of steps, of places, and of what is added of w.
    """
    letters, settings = optimizer.update_rule.letters, dict(optimizer.items())

    def after(t, old, g, p=0.0, others=0.3):
        """Return the memory after update t, of a parameter at ``p``; ``others`` is in its other memories."""
        state = {name: [old if name == letter else others] for name in letters}
        _, made, _ = LOOPS[optimizer.id](settings, state, lambda _: [g], [p], 0.1, 0.9, t)
        return made[letter][0]

    for t, (old, g, p) in enumerate(np.random.default_rng(1).uniform(0.1, 2.0, (200, 3)).tolist(), 1):
        alone = after(t, 0.0, g)
        if after(t, 0.0, 2.0 * g) != pytest.approx(alone * (4.0 if after(t, 0.0, -g) == alone else 2.0)):
            return False
        if after(t, old, g) != pytest.approx(after(t, old, 0.0) + alone, rel=1e-12):
            return False
        if after(t, 2.0 * old, 0.0) != pytest.approx(2.0 * after(t, old, 0.0), rel=1e-12):
            return False
        if after(t, old, g, p, others=0.7) != after(t, old, g):
            return False
    return True


def check(run, record, t):
    """Compare the sum of weights times gradients with the record, for each state variable."""
    for variable, letter in enumerate(run.optimizer.update_rule.letters):
        weights = past_weights(run, record, t, letter, most=t)
        if weights is None:
            assert not is_weighted_sum(run.optimizer, letter), (run.optimizer.id, letter)
            continue
        assert weights.letter == letter
        assert len(weights.last) == t
        assert weights.rest == 0.0
        gathered = record.gradient[1 : t + 1] ** weights.power
        start = weights.start * np.array(run.start)  # of the only memories that do not start at zero
        # Against the sum of the sizes: what cancels in the sum was rounded before it did.
        size = np.abs(weights.last) @ np.abs(gathered) + np.abs(start)
        off = np.abs(weights.last @ gathered + start - record.state[variable, t])
        assert (off <= 1e-12 * size + 1e-300).all()
        few = past_weights(run, record, t, letter, most=7)
        np.testing.assert_allclose(few.last, weights.last[-7:], rtol=1e-12)
        assert few.total == pytest.approx(weights.total, rel=1e-11)
        assert few.size == pytest.approx(weights.size, rel=1e-11)


@given(runs_with_points())
def test_the_weighted_gradients_are_the_state(case):
    run, points, validation = case
    record = columns_of(run, points, validation)
    for t in {1, (len(record.loss)) // 2, len(record.loss) - 1} - {0}:
        check(run, record, t)


# A velocity that points downhill, so that the weights of its gradients are negative.
DOWNHILL = Rule("downhill", "Downhill", "", (eta(1.0), gamma()), "v_t = gamma*v - eta*g\nw_next = w + v_t")


@every("rule", [*(rule for rule in REMEMBERING if rule().has_momentum), DOWNHILL], ids=lambda rule: rule.id)
@every("t", [1030, 4200, 9000])
def test_thousands_of_updates_that_keep_nearly_all_are_all_counted(rule, t):
    """Each of the oldest still weighs so much that one left out, or counted twice, would be seen.

    Older gradients are added up in blocks of 4096: here one, two and three of them.
    """
    points = scene("first-neuron").points
    run = Run(rule(gamma=0.9999), schedule=SCHEDULES["exponential"](k=1e-5), epochs=9000)
    check(run, columns_of(run, points), t)


@every(
    ("rule", "batching", "schedule"),
    pairs_of(
        REMEMBERING,
        [MINI_BATCH(size=2, shuffle=True), STOCHASTIC()],
        [SCHEDULES["step"](every=7), SCHEDULES["exponential"](k=0.02), SCHEDULES["validation"]()],
    ),
    ids=lambda one: one.id,
)
def test_also_with_schedules_and_mini_batches(rule, batching, schedule):
    points = scene("mini-batch").points
    run = Run(rule(), batching, schedule, epochs=150)
    if rule().has_momentum:
        run = replace(run, momentum_schedule=MOMENTUM_SCHEDULES["sutskever"]())
    record = columns_of(run, points, points)
    check(run, record, 3)
    check(run, record, len(record.loss) - 1)


@every("t", [1, 2, 40])
def test_adam_s_weights_add_up_to_one_once_they_are_corrected(t):
    run = Run(RULES["adam"](), epochs=40)
    record = columns_of(run)
    m, v = record.state[:, t]
    for letter, beta, hat in (("m", 0.9, m / (1.0 - 0.9**t)), ("v", 0.999, v / (1.0 - 0.999**t))):
        weights = past_weights(run, record, t, letter)
        assert weights.corrected
        assert weights.total == pytest.approx(1.0 - beta**t, rel=1e-12)
        assert weights.correction * weights.total == pytest.approx(1.0, rel=1e-12)
        gathered = record.gradient[1 : t + 1] ** weights.power
        np.testing.assert_allclose(weights.correction * (weights.last @ gathered), hat, rtol=1e-10)
    off = replace(run, optimizer=RULES["adam"](bias_correction=False))
    assert not past_weights(off, record, t, "m").corrected
    assert past_weights(off, record, t, "m").correction == past_weights(run, record, t, "m").correction


def test_what_the_lecture_writes_out():
    momentum, record = (
        Run(RULES["momentum"](eta=1.0, gamma=0.9), epochs=60),
        columns_of(Run(RULES["momentum"](eta=1.0, gamma=0.9), epochs=60)),
    )
    weights = past_weights(momentum, record, 4, "v")
    np.testing.assert_allclose(weights.last, [0.9**3, 0.9**2, 0.9, 1.0], rtol=1e-14)
    # The last ten of sixty.
    weights = past_weights(momentum, record, 60, "v")
    assert weights.share(10) == pytest.approx((1 - 0.9**10) / (1 - 0.9**60), rel=1e-12)
    assert weights.length == pytest.approx(10.0)
    rmsprop = Run(RULES["rmsprop"](beta=0.9), epochs=5)
    last = past_weights(rmsprop, columns_of(rmsprop), 5, "v").last
    np.testing.assert_allclose(last, 0.1 * 0.9 ** np.arange(4, -1, -1), rtol=1e-14)
    adagrad = Run(RULES["adagrad"](), epochs=5)
    weights = past_weights(adagrad, columns_of(adagrad), 5, "v", most=2)
    assert (weights.last.tolist(), weights.rest, weights.length) == ([1.0, 1.0], 3.0, float("inf"))


@every(
    "line",
    [
        "max(v, abs(g))",
        "0.9*v + max(-5, min(5, g))",
        "0.9*v + where(abs(g) > 9, 9*sign(g), g)",
        "0.9*v + mod(g, 99)",
        "min(0.9*v, 50) + g",
    ],
)
def test_what_is_no_sum_of_gradients_has_no_weights(line):
    lines = f"v_t = {line}\nw_next = w - eta*g / (v_t + 1)"
    run = Run(replace(RULES["gd"], id="largest", lines=lines)(), epochs=3)
    assert past_weights(run, columns_of(run), 3, "v") is None


@every("schedule", ["constant", "exponential"])
@every("start", ["5", "w", "0"])
def test_a_start_other_than_zero_weighs_too(start, schedule):
    lines = f"v_0 = {start}\nv_t = 0.9*v + eta*g**2\nw_next = w - eta*g / sqrt(v_t**2 + 1)"
    rule = replace(RULES["gd"], id="started", lines=lines)
    run = Run(rule(), schedule=SCHEDULES[schedule](), start=(-1.5, 0.7), epochs=99)
    record = columns_of(run)
    begins = {"5": np.full(2, 5.0), "w": record.p[0], "0": np.zeros(2)}[start]
    for t, most in ((1, 60), (3, 60), (99, 60)):
        weights = past_weights(run, record, t, "v", most)
        assert weights.start == pytest.approx(0.0 if start == "0" else 0.9**t, rel=1e-9)
        if len(weights.last) == t:
            gathered = weights.last @ record.gradient[1 : t + 1] ** 2 + weights.start * begins
            np.testing.assert_allclose(gathered, record.state[0, t], rtol=1e-12)


def test_what_is_kept_more_than_once_grows_beyond_all_numbers():
    lines = "v_t = 1.5*v + g\nw_next = w - eta*v_t"
    run = Run(replace(RULES["gd"], id="growing", lines=lines)(), start=(0.0, 0.0), epochs=2500)
    record = columns_of(run, PointSet([0.0], [0.5]))  # where there is no slope
    weights = past_weights(run, record, 2500, "v")
    assert weights.last[-3:].tolist() == [2.25, 1.5, 1.0]
    assert (weights.total, weights.size, weights.share(60)) == (np.inf, np.inf, 0.0)


def test_weights_that_alternate_in_sign_are_shared_out_by_their_size():
    lines = "v_t = -0.5*v + g\nw_next = w - eta*v_t"
    run = Run(replace(RULES["gd"], id="alternating", lines=lines)(), epochs=9)
    weights = past_weights(run, columns_of(run), 9, "v", most=3)
    assert weights.last.tolist() == [0.25, -0.5, 1.0]
    assert weights.total == pytest.approx((1.0 - (-0.5) ** 9) / 1.5)
    assert weights.size == pytest.approx(2.0 * (1.0 - 0.5**9))
    assert weights.share(2) == pytest.approx(1.5 / weights.size)
    assert weights.length == 2.0


def test_a_momentum_of_zero_counts_the_newest_alone():
    run = Run(RULES["momentum"](eta=0.5, gamma=0.0), epochs=9)
    weights = past_weights(run, columns_of(run), 9, "v", most=3)
    assert (weights.last.tolist(), weights.rest) == ([0.0, 0.0, 0.5], 0.0)
    assert weights.share(1) == 1.0
    assert weights.share(0) == 0.0


@EVERY_MEMORY
def test_a_long_record_costs_no_more_than_a_short_one(rule):
    """Counted in calls, which are the same everywhere."""

    def calls(n):
        record = RecordColumns.room(n, 2, len(rule().update_rule.letters))
        record.eta[:], record.gamma[:] = 0.1, 0.99
        profile = cProfile.Profile()
        weights = profile.runcall(past_weights, Run(rule()), record, n - 1, rule().update_rule.letters[0])
        if weights is None:
            assert not is_weighted_sum(rule(), rule().update_rule.letters[0])
        else:
            assert len(weights.last) == 60
        return sum(entry.callcount for entry in profile.getstats())

    calls(100)  # what is kept from the first time on
    assert calls(200_001) <= 2 * calls(2000)


def test_a_memory_that_zero_makes_infinite_is_no_weighted_sum():
    rule = own_rule("Typed", "v_t = 0.9*v + boost / g**3\nw_next = w - eta*v_t")
    run = Run(rule(), epochs=5)
    assert past_weights(run, columns_of(run), 3, "v") is None


def test_what_gathers_no_gradient_is_no_weighted_sum():
    """A product of momenta, as torch.optim.NAdam keeps it: no gradient is ever put in."""
    rule = own_rule("Typed", "p_0 = 1\np_t = 0.9*p\nw_next = w - eta*p_t*g")
    run = Run(rule(), epochs=5)
    assert past_weights(run, columns_of(run), 3, "p") is None


def test_weights_of_which_four_times_are_no_floats_are_weights():
    rule = own_rule("Typed", "v_t = 0.5*v + 1e308*g\nw_next = w - eta*v_t")
    eta, gamma, t = np.ones(2), np.zeros(2), np.array([1.0, 2.0])
    memory = memory_of(rule(), "v", eta, gamma, t)
    assert memory.take.tolist() == [1e308, 1e308]
    assert memory.keep.tolist() == [0.5, 0.5]


@every("eta", [1e-300, 1e-12, 1e-9])
def test_at_a_tiny_rate_momentum_gathers_gradients_and_not_their_squares(eta):
    run = Run(RULES["momentum"](eta=eta, gamma=0.5), epochs=5)
    weights = past_weights(run, columns_of(run), 3, "v")
    assert weights.power == 1
    assert weights.last.tolist() == pytest.approx([0.25 * eta, 0.5 * eta, eta], rel=1e-12)
