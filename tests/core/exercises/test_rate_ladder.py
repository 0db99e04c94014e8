"""Finding a learning rate, as the lecture does."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.exercises.rate_ladder import (
    LADDER,
    RateOutcome,
    Trial,
    best_lowering_trial,
    best_trial,
    rates_around,
    trying,
    written_losses,
)
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.settings import InvalidValue
from tests.core.records import FIRST_NEURON, columns_of, one_run, run_of
from tests.every import every


def test_the_ladder_and_the_finer_rates_are_the_lecture_s():
    assert LADDER == (0.0001, 0.001, 0.01, 0.1, 1.0)
    assert rates_around(0.1) == (0.05, 0.2, 0.3)


def tried(run, rates, steps, points=FIRST_NEURON):
    """Return the trials of a run that is not the first one of its experiment."""
    alone = one_run(run, points)
    experiment = replace(alone, runs=(run_of(RULES["gd"], epochs=1), run))
    return tuple(run_to_end(trying(experiment, experiment.runs[1], rate, steps)) for rate in rates)


@every("rule", RULES)
def test_each_trial_is_the_run_at_that_rate(rule):
    trials = tried(run_of(RULES[rule], epochs=200), LADDER, 50)
    assert [trial.rate for trial in trials] == list(LADDER)
    for trial in trials:
        alone = columns_of(run_of(RULES[rule], eta=trial.rate, epochs=50))
        assert np.array_equal(trial.loss, alone.loss)
        assert trial.last == alone.loss[-1]
        assert trial.steps == 50
    assert best_trial(trials).last == min(trial.last for trial in trials)


def test_a_run_makes_no_more_steps_than_it_has():
    assert tried(run_of(RULES["gd"], epochs=5), (1.0,), 50)[0].steps == 5


def test_a_rate_that_diverges_is_never_the_best():
    run = run_of(RULES["gd"], start=(0.0, 0.0))
    trials = tried(run, (1e250, 0.1), 20, PointSet([1e80], [0.0]))
    assert trials[0].outcome is RateOutcome.DIVERGED
    assert trials[0].last == np.inf
    assert best_trial(trials) is trials[1]
    assert best_trial(trials[:1]) is None


@every("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_must_be_positive(rate):
    with pytest.raises(InvalidValue, match="eta"):
        tried(run_of(RULES["gd"]), (rate,), 5)


def test_losses_that_differ_are_written_with_digits_that_tell_them_apart():
    run = run_of(RULES["gd"])
    lasts = (0.12345678, 0.12345111, 0.12345111, 0.3, 7.0)
    trials = [Trial(run, np.array([0.5, last]), diverged=last > 1.0) for last in lasts]
    assert written_losses(trials) == ["0.12346", "0.12345", "0.12345", "0.3", "7"]
    assert written_losses(trials[1:]) == ["0.1235", "0.1235", "0.3", "7"]


def test_outcomes_are_told_as_the_lecture_sees_them():
    """On its first neuron small rates stay on the plateau; at 1 descent falls."""
    trials = tried(run_of(RULES["gd"]), (0.0001, 1.0), 100)
    assert [trial.outcome for trial in trials] == [RateOutcome.STILL, RateOutcome.FALLS]
    assert trials[1].last == pytest.approx(0.0177, abs=1e-4)
    wiggling = Trial(run_of(RULES["gd"]), np.array([1.0, 0.5, 0.7, 0.4, 0.6, 0.3]), diverged=False)
    assert wiggling.outcome is RateOutcome.UNEVEN
    assert replace(wiggling, loss=np.array([1.0, 0.5, 1.2])).outcome is RateOutcome.HIGHER
    unseen = 1.0 - np.repeat(np.linspace(0.0, 0.5, 20), 2) + np.tile([0.0, 1e-9], 20)
    assert replace(wiggling, loss=unseen).outcome is RateOutcome.FALLS
    rebounds = np.array([0.48, 0.12, 0.06, 0.34, *np.linspace(0.34, 0.338, 40)])
    assert replace(wiggling, loss=rebounds).outcome is RateOutcome.UNEVEN
    rounded = 0.5 + 1e-16 * np.tile([1.0, 0.0], 20)
    assert replace(wiggling, loss=np.array([1.0, *rounded])).outcome is RateOutcome.FALLS


@every(
    ("loss", "outcome"),
    [
        ([0.0, 0.0, 0.0], RateOutcome.STILL),
        ([-9.0, -8.99, -8.95], RateOutcome.STILL),
        ([-9.0, -9.5, -12.0], RateOutcome.FALLS),
        ([-9.0, -8.0, -6.0], RateOutcome.HIGHER),
        ([np.inf, 5.0, 2.0], RateOutcome.FALLS),
        ([1.0, 0.5, 1.0], RateOutcome.NO_LOWER),
        ([np.nan, 5.0, 2.0], RateOutcome.NO_LOWER),
    ],
)
def test_losses_of_0_and_below_have_their_outcomes(loss, outcome):
    trial = Trial(run_of(RULES["gd"]), np.array(loss), diverged=False)
    assert trial.outcome is outcome
    assert (best_lowering_trial([trial]) is trial) is (loss[-1] < loss[0])


def test_a_rate_that_throws_a_run_from_one_plateau_to_another_does_not_hardly_move():
    """In the scene of the valley the loss of η 100 goes up and down, and ends 0.6 % higher than it began."""
    run, valley = run_of(RULES["gd"], start=(0.0, 6.0)), PointSet([1.3, 2.4], [0.15, 0.9])
    (thrown,) = tried(run, (100.0,), 100, valley)
    assert thrown.loss[0] < thrown.last < 1.01 * thrown.loss[0]
    assert np.ptp(thrown.loss) > 0.1 * thrown.loss[0]
    assert thrown.outcome is RateOutcome.HIGHER


def test_a_trial_of_many_points_can_be_stopped_between_its_steps():
    run, many = (run_of(RULES["gd"], epochs=30), PointSet(np.linspace(-1, 1, 30_000), np.full(30_000, 0.5)))
    shares = list(trying(one_run(run, many), run, 1e-6, 20))
    assert shares == [step / 20 for step in range(20)]


def test_over_very_many_points_the_end_of_a_trial_is_known():
    """The engine does not compute every loss there; the one that trials are compared by always is."""
    many = PointSet(np.linspace(-1, 1, 20_000), np.full(20_000, 0.5))
    run = run_of(RULES["gd"], batching=STOCHASTIC(), epochs=1)
    (trial,) = tried(run, (0.01,), 101, many)
    assert np.isnan(trial.loss).any()
    assert trial.steps == 101
    w, b = -2.0, -2.0
    for x in np.linspace(-1, 1, 20_000)[:101]:
        f = 1.0 / (1.0 + np.exp(-(w * x + b)))
        slope = (f - 0.5) * f * (1.0 - f)
        w, b = w - 0.01 * slope * x, b - 0.01 * slope
    f = 1.0 / (1.0 + np.exp(-(w * np.linspace(-1, 1, 20_000) + b)))
    assert trial.last == pytest.approx(0.5 * np.sum((f - 0.5) ** 2), rel=1e-9)
    assert trial.outcome is RateOutcome.STILL
