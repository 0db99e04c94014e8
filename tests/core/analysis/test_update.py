"""An update taken apart holds the numbers of the record."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from gdsim.core.analysis.update import update_of
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.records import columns_of, one_run
from tests.core.strategies import rule_variants


def recorded(rule):
    rng = np.random.default_rng(3)
    points = PointSet(rng.normal(size=7), rng.uniform(size=7))
    run = Run(optimizer=RULES[rule](), batching=MINI_BATCH(size=3, shuffle=True), epochs=6)
    experiment = Experiment(points, PointSet.empty(), (run,))
    return experiment, run, columns_of(run, points)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("t", [1, 2, 7, 18])
def test_what_went_into_an_update_gives_what_came_out(rule, t):
    experiment, run, record = recorded(rule)
    update = update_of(experiment, run, record, t)
    batch = Neuron.fitting(experiment.points).rows(update.rows)
    np.testing.assert_allclose(batch.gradient(update.asked_at), update.gradient, rtol=1e-12)
    np.testing.assert_array_equal(update.after, record.p[t])
    assert update.epoch == (t - 1) // 3
    assert update.loss_before == record.loss[t - 1]
    assert np.isfinite(update.state_before).all()


def test_nesterov_looks_ahead_and_others_where_they_stand():
    for rule in RULES:
        experiment, run, record = recorded(rule)
        update = update_of(experiment, run, record, 5)
        assert np.array_equal(update.asked_at, update.before) != update.rule.looks_ahead
        if rule == "nesterov":
            np.testing.assert_allclose(update.asked_at, update.before - update.gamma * update.state_before[0])


@pytest.mark.parametrize("rule", rule_variants(), ids=str)
def test_the_numbers_of_the_lines_are_those_on_the_record(rule):
    """Each is computed from what the update started from, and none is read off the record."""
    for batching, schedule in product(
        (BATCH(), STOCHASTIC()), (SCHEDULES["constant"](), SCHEDULES["inverse"]())
    ):
        run = Run(rule, batching, schedule, epochs=9)
        record = columns_of(run)
        for t in (1, 2, 7):
            update = update_of(one_run(run), run, record, t)
            np.testing.assert_array_equal(update.at("w_next"), record.p[t])
            for place, letter in enumerate(update.rule.letters):
                np.testing.assert_array_equal(update.at(f"{letter}_t"), record.state[place, t])


def test_a_missing_update_is_refused():
    experiment, run, record = recorded("gd")
    for t in (0, 19):
        with pytest.raises(ValueError, match=f"no update {t}"):
            update_of(experiment, replace(run), record, t)
