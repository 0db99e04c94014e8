"""Finding a learning rate, as the lecture does."""

import numpy as np
import pytest

from gdsim.core.optimizers import OPTIMIZERS
from gdsim.core.optimizers.gd import GradientDescent
from gdsim.core.param import InvalidValue
from gdsim.core.points import PointSet
from gdsim.core.rate_ladder import LADDER, best, finer, trials
from tests.core.flights import FIRST_NEURON, columns_of, one_run, run_of


def test_the_ladder_and_the_finer_rates_are_the_lecture_s():
    assert LADDER == (0.0001, 0.001, 0.01, 0.1, 1.0)
    assert finer(0.1) == (0.05, 0.2, 0.3)


@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_each_trial_is_the_run_at_that_rate(rule):
    run = run_of(OPTIMIZERS[rule], epochs=200)
    tried = tuple(trials(one_run(run), run, LADDER, 50))
    assert [trial.rate for trial in tried] == list(LADDER)
    for trial in tried:
        alone = columns_of(run_of(OPTIMIZERS[rule], eta=trial.rate, epochs=50))
        assert np.array_equal(trial.loss, alone.loss)
        assert trial.last == alone.loss[-1]
    assert best(tried).last == min(trial.last for trial in tried)


def test_a_run_makes_no_more_steps_than_it_has():
    run = run_of(GradientDescent, epochs=5)
    assert [len(trial.loss) for trial in trials(one_run(run), run, (1.0,), 50)] == [6]


def test_a_rate_that_diverges_is_never_the_best():
    run = run_of(GradientDescent, start=(0.0, 0.0))
    wild = PointSet([1e80], [0.0])
    tried = tuple(trials(one_run(run, wild), run, (1e250, 0.1), 20))
    assert tried[0].diverged
    assert tried[0].last == np.inf
    assert best(tried) is tried[1]
    assert best(tried[:1]) is None


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf])
def test_a_rate_must_be_positive(rate):
    run = run_of(GradientDescent)
    with pytest.raises(InvalidValue, match="eta"):
        next(trials(one_run(run, FIRST_NEURON), run, (rate,), 5))
