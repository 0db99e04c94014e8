"""Checking somebody's own work: planted slips are named, and right work passes."""

from dataclasses import asdict

import numpy as np
import pytest

from gdsim.core.exercises.check import SLIPS, Attempt, mark
from gdsim.core.exercises.check.words import sentences
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.exercises.check.traces import trace
from tests.core.records import columns_of, one_run, run_of

STEPS = 12
# Small gradients, so that it can be seen where eps stands.
POINTS = PointSet([3.5, 0.35, 3.2, -2.0, 1.5], [0.5, 0.5, 0.5, 0.5, 0.1])
PAIRS = list(zip(POINTS.x[:, 0].tolist(), POINTS.y.tolist(), strict=True))
START = (-2.0, -2.0)
BATCHINGS = {"batch": (BATCH(), 5), "stochastic": (STOCHASTIC(), 1), "mini-batch": (MINI_BATCH(size=2), 2)}
CASES = [
    (rule, regime, slip.id)
    for rule, kind in RULES.items()
    for regime, (regime_of, _) in BATCHINGS.items()
    for slip in SLIPS
    if slip.fits(run_of(kind, batching=regime_of, eta=0.7), len(POINTS))
]


def flown(rule, batching="batch", **settings):
    run = run_of(RULES[rule], batching=BATCHINGS[regime][0], eta=0.7, start=START, epochs=30, **settings)
    return one_run(run, POINTS), run, columns_of(run, POINTS)


def worked(rule, regime, slip=""):
    """Return somebody's own values: a plain loop with one slip in it."""
    run = flown(rule, regime)[1]
    rows = trace(rule, asdict(run.optimizer), PAIRS, START, BATCHINGS[regime][1], STEPS, slip)
    return np.array(rows)


def marked(rule, regime, p, first=0, **settings):
    return mark(*flown(rule, regime, **settings), Attempt.of(np.arange(first, first + len(p)), p))


def named(verdict):
    return {slip.id for slips in verdict.slips if len(slips) == 1 for slip in slips}


@pytest.mark.parametrize("decimals", [17, 6, 4, 3, 2])
@pytest.mark.parametrize("regime", BATCHINGS)
@pytest.mark.parametrize("rule", RULES)
def test_right_work_passes_however_it_is_rounded(rule, regime, decimals):
    verdict = marked(rule, regime, np.round(worked(rule, regime), decimals))
    assert verdict.is_right
    first, *remarks = sentences(verdict, ("w", "b"))
    assert first == "All 13 rows are right, to the decimals given."
    assert not remarks or decimals < 4


@pytest.mark.parametrize(("rule", "regime", "slip"), CASES)
def test_a_planted_slip_is_named(rule, regime, slip):
    verdict = marked(rule, regime, worked(rule, regime, slip))
    assert not verdict.is_right
    assert slip in named(verdict)
    assert len(named(verdict)) <= 2


@pytest.mark.parametrize(("rule", "regime", "slip"), CASES)
def test_a_slip_in_rounded_values_is_named_or_cannot_be_seen(rule, regime, slip):
    verdict = marked(rule, regime, np.round(worked(rule, regime, slip), 6))
    assert verdict.is_right or slip in named(verdict)


def test_work_that_rounds_every_number_on_the_way_passes():
    """Momentum by hand with four decimals: gradient, velocity and parameters, each rounded."""
    _, run, _ = flown("momentum")
    w, b = START
    v_w, v_b, rows = 0.0, 0.0, [START]
    for _ in range(STEPS):
        f = 1.0 / (1.0 + np.exp(-(w * POINTS.x[:, 0] + b)))
        slope = np.round((f - POINTS.y) * f * (1.0 - f), 4)
        v_w = round(0.9 * v_w + 0.7 * round(float(slope @ POINTS.x[:, 0]), 4), 4)
        v_b = round(0.9 * v_b + 0.7 * round(float(slope.sum()), 4), 4)
        w, b = round(w - v_w, 4), round(b - v_b, 4)
        rows.append((w, b))
    assert run.optimizer["gamma"] == 0.9
    assert marked("momentum", "batch", np.array(rows)).is_right


def test_one_wrong_step_is_told_from_the_steps_that_follow_it():
    p = worked("gd", "batch")
    p = np.vstack([p[:5], np.array(trace("gd", {"eta": 0.7}, PAIRS, (p[4, 0] + 0.1, p[4, 1]), 5, 7))])
    verdict = marked("gd", "batch", p)
    assert verdict.attempt.steps[verdict.wrong] == 5
    assert verdict.isolated
    assert "slip of arithmetic" in sentences(verdict, ("w", "b"))[-1]


def test_two_slips_at_once_are_named_together():
    p = [START]
    w, b = START
    v_w, v_b = 0.0, 0.0
    for _ in range(STEPS):  # a mean instead of a sum, and the old velocity carried over whole
        f = 1.0 / (1.0 + np.exp(-(w * POINTS.x[:, 0] + b)))
        slope = (f - POINTS.y) * f * (1.0 - f)
        v_w, v_b = v_w + 0.7 * np.mean(slope * POINTS.x[:, 0]), v_b + 0.7 * np.mean(slope)
        w, b = w - v_w, b - v_b
        p.append((w, b))
    verdict = marked("momentum", "batch", np.array(p))
    assert [{slip.id for slip in pair} for pair in verdict.slips] == [{"mean", "no-gamma"}]


def test_the_table_may_be_shifted_or_its_columns_exchanged():
    p = worked("adam", "batch")
    assert "one step early" in marked("adam", "batch", p[:-1], first=1).reading
    assert "exchanged" in marked("nesterov", "batch", worked("nesterov", "batch")[1:, ::-1], first=1).reading


def test_a_table_that_leaves_out_the_first_step_is_one_step_late():
    p = worked("momentum", "batch")
    assert "one step late" in marked("momentum", "batch", p[2:], first=1).reading


def test_another_start_is_told():
    verdict = marked("gd", "batch", np.array([[0.0, 6.0]]))
    assert sentences(verdict, ("w", "b")) == ("The run starts at w = -2, b = -2, not at w = 0, b = 6.",)


def test_only_some_steps_need_be_given():
    p = worked("rmsprop", "batch")
    some = np.array([0, 3, 4, 10])
    assert mark(*flown("rmsprop"), Attempt.of(some, p[some])).is_right


@pytest.mark.parametrize(
    ("schedule", "slip"),
    [
        (SCHEDULES["exponential"](k=0.1), "no-schedule"),
        (SCHEDULES["exponential"](k=0.1), "schedule-from-one"),
        (SCHEDULES["step"](every=1), "schedule-in-steps"),
    ],
)
def test_slips_in_a_schedule_are_named(schedule, slip):
    regime = "stochastic" if slip == "schedule-in-steps" else "batch"
    rates = {
        "no-schedule": lambda t: 0.7,
        "schedule-from-one": lambda t: 0.7 * np.exp(-0.1 * t),
        "schedule-in-steps": lambda t: 0.7 * 0.5 ** (t - 1),
    }[slip]
    rows = [START]
    for t in range(1, STEPS + 1):
        point = [PAIRS[(t - 1) % len(PAIRS)]] if regime == "stochastic" else PAIRS
        rows.append(trace("gd", {"eta": rates(t)}, point, rows[-1], len(point), 1)[1])
    assert slip in named(marked("gd", regime, np.array(rows), schedule=schedule))


def test_what_cannot_be_compared_is_refused():
    experiment, run, record = flown("gd")
    with pytest.raises(ValueError, match="2 parameters, not 3"):
        mark(experiment, run, record, Attempt.of(np.array([1]), np.zeros((1, 3))))
    with pytest.raises(ValueError, match="has 30 steps"):
        mark(experiment, run, record, Attempt.of(np.array([31]), np.zeros((1, 2))))
    for steps in ([], [-1], [2, 1], [1, 1]):
        with pytest.raises(ValueError, match="step"):
            Attempt.of(np.array(steps, dtype=int), np.zeros((len(steps), 2)))


def test_values_of_few_decimals_are_told_to_be_of_little_use():
    verdict = marked("gd", "batch", np.round(worked("gd", "batch"), 1))
    assert verdict.is_right
    assert "few decimals" in sentences(verdict, ("w", "b"))[1]


def test_the_precision_is_that_of_the_longest_value_of_a_column():
    attempt = Attempt.of(np.arange(3), np.array([[1.0, 0.25], [1.5, 1e-7], [np.nan, 120.0]]))
    assert attempt.precision.tolist() == [0.05, 0.5e-7]
