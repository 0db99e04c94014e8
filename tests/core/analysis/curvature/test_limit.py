"""The limits of the rules: as the formulas have them, and as runs hold them."""

import math
import tracemalloc
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gdsim.core.analysis.curvature.limit import growth_at, largest_growth, limit_of, limits_at
from gdsim.core.analysis.curvature.stability import stability
from gdsim.core.analysis.update import update_of
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.lookup import find_rule
from gdsim.core.rules.own_rule import own_rule
from tests.core.records import computed, one_run
from tests.every import every

VALLEY = PointSet([1.3, 2.4], [0.15, 0.9])
SOLUTION = (3.574386938840297, -6.381304075880492)
SOME = {
    "gamma": (0.0, 0.3, 0.5, 0.9, 0.99),
    "beta1": (0.0, 0.5, 0.9),
    "beta": (0.0, 0.5, 0.9, 0.999),
    "nu": (0.0, 0.3, 0.7, 1.0),
    "decay": (0.0, 0.01, 0.3),
}


def settings_of(rule):
    names = [name for name in rule.names if name in SOME]
    switches = [one.name for one in rule.settings if one.is_switch]
    values = product(*(SOME[name] for name in names), *((True, False) for _ in switches))
    return [dict(zip((*names, *switches), some, strict=True)) for some in values]


WITH_FORMULA = [rule for rule in RULES.values() if rule.limit]


@every("rule", WITH_FORMULA, ids=lambda rule: rule.id)
def test_a_formula_gives_what_the_lines_give_at_all_settings(rule):
    checked = 0
    for values in settings_of(rule):
        optimizer = rule(**values)
        if optimizer.limit_formula is None:
            continue
        formula = evaluate(optimizer.limit_formula, optimizer.numbers)
        assert limit_of(optimizer) == pytest.approx(formula, rel=1e-6), values
        checked += 1
    assert checked


def test_the_rules_of_the_lecture_all_have_a_formula():
    assert [rule.id for rule in WITH_FORMULA][:6] == [
        "gd",
        "momentum",
        "nesterov",
        "adagrad",
        "rmsprop",
        "adam",
    ]


@pytest.mark.parametrize("rule", ["lion", "sam"])
def test_a_step_along_a_sign_has_no_limit(rule):
    assert math.isnan(limit_of(RULES[rule]()))


def left_by_lookahead(x, k, alpha):
    """Return how far the loop of the rule is left at last, at each of some rates."""
    w = slow = np.ones_like(x)
    v = np.zeros_like(x)
    for t in range(1, 500 * k):
        v = 0.9 * v + x * w
        w = w - v
        if t % k == 0:
            w = slow = slow + alpha * (w - slow)
    return np.abs(w)


@every(("k", "alpha"), [(5, 0.5), (9, 0.245), (18, 0.309)])
def test_lookahead_is_limited_where_a_loop_of_its_own_first_leaves(k, alpha):
    """It diverges in bands of rate times curvature, and converges between them."""
    limit = limit_of(RULES["lookahead"](eta=1.0, k=k, alpha=alpha))
    left = left_by_lookahead(np.append(np.linspace(0.2, 0.999, 100), 1.01) * limit, k, alpha)
    assert left[:-1].max() < 1.0 < left[-1]


def growth_of_lookahead(x, k, alpha, gamma):
    """Return what k updates make of a distance at last, at each of some rates: the loop on unit vectors."""
    w, v, slow = np.tile(np.eye(3)[:, np.newaxis], (len(x), 1))
    for _ in range(k):
        v = gamma * v + x[:, np.newaxis] * w
        w = w - v
    slow = slow + alpha * (w - slow)
    return np.abs(np.linalg.eigvals(np.stack([slow, v, slow], axis=1))).max(axis=1)


@every(
    ("k", "alpha", "gamma", "next_band"),
    [
        (5, 0.645044, 0.9, 3.5194),
        (5, 0.9645, 0.99, 3.6936),
        (9, 0.71202, 0.99, 1.7364),
        (226, 0.5495936876730595, 0.9999871104886588, 0.0433),
    ],
)
def test_the_first_band_of_lookahead_is_found_though_it_is_narrow(k, alpha, gamma, next_band):
    limit = limit_of(RULES["lookahead"](k=k, alpha=alpha, gamma=gamma))
    assert limit < 0.8 * next_band
    below, beyond = growth_of_lookahead(limit * np.array([1.0 - 1e-6, 1.0 + 1e-6]), k, alpha, gamma)
    assert below < 1.0 < beyond
    # Hardly one rate of a thousand up to the next band shows it.
    rates = np.linspace(0.001, 0.99, 1000) * next_band
    assert np.count_nonzero(growth_of_lookahead(rates, k, alpha, gamma) > 1.0) <= 3


def test_the_limit_of_a_rule_of_very_many_updates_takes_little_memory():
    """The window asks for it as well: of 1000 updates it took gigabytes."""
    optimizer = RULES["lookahead"](k=400, alpha=0.4321)
    tracemalloc.start()
    limit = limit_of(optimizer)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert limit == pytest.approx(3.8, abs=0.1)
    assert most < 20e6


def test_updates_that_are_alike_are_worked_out_once():
    """A run of ten thousand updates at one rate took half a minute, and half a gigabyte."""
    optimizer, x = RULES["lookahead"](k=100, alpha=0.4321, eta=0.5), np.linspace(0.1, 5.0, 10_000)
    now = np.full(len(x), 0.5), np.full(len(x), 0.9), np.arange(1.0, len(x) + 1.0)
    tracemalloc.start()
    limits, growth = limits_at(optimizer, *now), growth_at(optimizer, *now, x)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50e6
    assert set(limits) == {limit_of(optimizer)}
    some = [0, 3000, 9999]
    assert growth[some] == pytest.approx(growth_of_lookahead(x[some], 100, 0.4321, 0.9), rel=1e-9)


@every("rule", ["momentum", "nesterov", "schedule-free", "lookahead"])
def test_a_rate_that_a_schedule_takes_to_zero_has_the_limit_of_the_others(rule):
    optimizer = RULES[rule]()
    eta = np.array([1.0, 1e-12, 1e-200, 5e-324, 0.0])
    found = limits_at(optimizer, eta, np.full(5, optimizer.gamma), np.full(5, 1e9))
    np.testing.assert_allclose(found, limit_of(optimizer), rtol=1e-9)


def test_decay_within_the_gradient_counts_as_curvature():
    optimizer = find_rule("torch.optim.SGD").given({"lr": 0.5, "weight_decay": 0.2})
    assert limit_of(optimizer) == pytest.approx(2.0 - 0.5 * 0.2, rel=1e-8)


def test_adam_is_tighter_while_its_average_is_corrected():
    steps = np.array([1.0, 2.0, 10.0, 1000.0])
    found = limits_at(RULES["adam"](), np.full(4, 0.1), np.full(4, np.nan), steps)
    assert found == pytest.approx(38.0 * (1.0 - 0.9**steps), rel=1e-6)


@pytest.mark.parametrize("name", ["torch.optim.NAdam", "keras.optimizers.Nadam"])
def test_a_memory_of_the_time_alone_is_no_part_of_the_parabola(name):
    """The product of the momenta so far: at each update it is a number, as the momentum is."""
    times = np.array([1.0, 2.0, 5.0, 30.0, 1e9])
    found = limits_at(find_rule(name)(), np.full(5, 0.1), np.full(5, np.nan), times)
    decay = 0.004 if name.startswith("torch") else 1.0
    for t, limit in zip(times.tolist(), found.tolist(), strict=True):
        momenta = [0.9 * (1.0 - 0.5 * 0.96 ** (k * decay)) for k in range(1, min(int(t), 5000) + 2)]
        momenta[-1] = 0.9 * (1.0 - 0.5 * 0.96 ** ((t + 1.0) * decay))
        so_far = math.prod(momenta[:-1])
        mu = 0.9 * (1.0 - 0.5 * 0.96 ** (t * decay))
        of_g, of_m = (1.0 - mu) / (1.0 - so_far), momenta[-1] / (1.0 - so_far * momenta[-1])
        # Where a root of the matrix of w and m is -1.
        assert limit == pytest.approx(2.0 * 1.9 / (1.9 * of_g + 0.1 * of_m), rel=1e-6)


def limits_with(memory, share, times):
    """Return the limits at some updates of a rule that adds so large a share of the gradient."""
    count = len(times)
    rule = own_rule("One", f"{memory}v_t = 0.9*v + g\nw_next = w - eta*(v_t + g*{share})")
    return limits_at(rule(), np.full(count, 0.1), np.full(count, np.nan), np.array(times, float))


@pytest.mark.parametrize(
    ("memory", "values"),
    [
        ("where(t > 99, 0, 0.1*k + 0.1)", {1: 0.1, 2: 0.11, 50: 1 / 9, 99: 1 / 9, 100: 0.0, 1e9: 0.0}),
        ("where(mod(t, 10) < 1, min(k + 1, 5), k)", {9: 0.0, 10: 1.0, 29: 2.0, 30: 3.0, 77: 5.0, 1e9: 5.0}),
    ],
)
def test_a_memory_of_the_time_that_rests_for_a_while_is_followed(memory, values):
    found = limits_with(f"k_t = {memory}\n", "k_t", list(values))
    assert found == pytest.approx([limits_with("", repr(value), [1])[0] for value in values.values()])


def test_a_memory_of_the_time_that_follows_from_another_one_is_followed_with_it():
    found = limits_with("h_t = min(h + 0.25, 1)\nk_t = h\n", "k", [1, 3, 4, 1e9])
    assert found == pytest.approx([limits_with("", share, [1])[0] for share in ("0", "0.25", "0.5", "1")])


def test_of_a_memory_of_the_time_that_never_rests_nothing_is_said():
    assert np.isnan(limits_with("k_t = where(t > 900, k + 1, k)\n", "k_t", [1, 950])).all()


def test_a_rule_that_takes_one_of_two_steps_has_its_limit():
    assert limit_of(find_rule("optax.radam")()) == pytest.approx(limit_of(RULES["radam"]()), rel=1e-6)


def holds(rule, settings, eta):
    """Return whether a run from beside the solution of the valley is at it after 40,000 steps."""
    start = (SOLUTION[0] + 1e-4, SOLUTION[1])
    run = Run(RULES[rule](eta=eta, **settings), start=start, epochs=40_000)
    record = computed(one_run(run, VALLEY), sizes=(4096,))[0].whole
    end = record.p[-1]
    return float(np.linalg.norm(Neuron.fitting(VALLEY).gradient(end))) < 1e-10 and record.loss[-1] < 1e-8


@every(
    ("rule", "settings", "known"),
    [
        ("gd", {}, 20.6526),
        ("momentum", {"gamma": 0.5}, 30.9789),
        ("momentum", {"gamma": 0.9}, 39.2399),
        ("nesterov", {"gamma": 0.5}, 15.4895),
        ("nesterov", {"gamma": 0.9}, 14.0143),
    ],
)
def test_a_run_holds_the_valley_up_to_the_limit_and_not_beyond(rule, settings, known):
    steepest = np.linalg.eigvalsh(Neuron.fitting(VALLEY).hessian(np.array(SOLUTION)))[-1]
    limit = limit_of(RULES[rule](**settings)) / steepest
    assert limit == pytest.approx(known, abs=1e-4)
    assert holds(rule, settings, limit * (1.0 - 5e-4))
    assert not holds(rule, settings, limit * (1.0 + 5e-4))


def test_growth_of_which_the_square_is_no_float():
    matrix = np.array([[3e200, 1e200], [2e200, -4e199]])
    growth = largest_growth(matrix.reshape(1, 1, 1, 2, 2), np.ones((1, 1)))
    assert growth == pytest.approx(np.abs(np.linalg.eigvals(matrix)).max(), rel=1e-12)


@every(
    ("lines", "limit"),
    [
        ("look = w - eta*g\nh = grad(look)\nw_next = w - eta*h", 1.0),
        # (1 - x + 3/8 x²) reaches 1 at 8/3.
        ("look = w - eta*g/2\nh = grad(look)\nw_next = w - eta*(g + 3*h)/4", 8.0 / 3.0),
        ("look = w - eta*m\nh = grad(look)\nm_t = h\nw_next = w - eta*m_t", 2.0 / 3.0),
        ("w_next = w - eta*g/4", 8.0),
        ("w_next = w - 1*eta*g", 2.0),
        # Over two updates: |1 - x| |1 - 3x| reaches 1 at 4/3.
        ("w_next = w - eta*g*(1 + 2*mod(t, 2))", 4.0 / 3.0),
        ("r = eta/(1 + eta)\nw_next = w - r*g", 2.2),
    ],
)
def test_the_limit_of_typed_lines_is_one_of_eta(lines, limit):
    optimizer = own_rule("Mine", lines)(eta=0.1)
    assert limit_of(optimizer) == pytest.approx(limit, rel=1e-6)
    for x, settles in ((0.98 * limit, True), (1.02 * limit, False)):
        run = Run(optimizer, start=(1e-3, -1e-3), epochs=3000)
        curvature = x / 0.1
        bowl = FunctionObjective(f"{curvature!r}*(w**2 + b**2)/2")
        (record,) = computed(replace(one_run(run), points=ORIGIN, objective=bowl))
        assert bool(record.last_step == 3000 and abs(record.whole.p[-1, 0]) < 1e-3) is settles


def test_a_memory_of_its_own_length_is_not_one_of_the_time():
    rule = own_rule("Mine", "n = norm(k)\nk_t = 0.5*n + 1\nw_next = w - eta*(g + k_t)")
    assert math.isnan(limit_of(rule()))


def test_what_follows_from_a_gradient_is_no_period():
    rule = own_rule("Mine", "v_t = gamma*v + mod(t, g)\nw_next = w - eta*v_t")
    assert math.isnan(limit_of(rule()))


@every("period", [0.5, 0.0, -3.0, 2.5])
def test_what_is_no_number_of_updates_is_no_period(period):
    rule = own_rule("Mine", "v_t = gamma*v + g*(1 + mod(t, period))\nw_next = w - eta*v_t")
    assert math.isnan(limit_of(rule(period=period)))


def test_a_rate_that_all_parameters_share_is_held_where_it_depends_on_the_path():
    rule = own_rule("Mine", "n = norm(g)\nw_next = w - eta*g/n")
    run = Run(rule(eta=0.1), start=(0.03, 0.04), epochs=1)
    bowl = FunctionObjective("(w**2 + 3*b**2)/2")
    experiment = replace(one_run(run), points=ORIGIN, objective=bowl)
    (record,) = computed(experiment)
    found = stability(update_of(experiment, run, record.whole, 1), np.array(run.start))
    assert found.product == pytest.approx(0.1 / math.hypot(0.03, 0.12) * 3.0)
    assert found.limit == pytest.approx(2.0)
    assert found.own_rates is not None  # so that the curvature is said to be that of P⁻¹H
