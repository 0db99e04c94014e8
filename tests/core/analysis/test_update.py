from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.update import update_of
from gdsim.core.engine import flight
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.batching import MINI_BATCH
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES


def flown(rule):
    rng = np.random.default_rng(3)
    points = PointSet(rng.normal(size=7), rng.uniform(size=7))
    run = Run(optimizer=RULES[rule](), batching=MINI_BATCH(size=3, shuffle=True), epochs=6)
    experiment = Experiment(points, PointSet.empty(), (run,))
    record = Trajectory()
    for chunk in flight(experiment, 0):
        record.append(chunk)
    return experiment, run, record.until(record.last_step)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("t", [1, 2, 7, 18])
def test_what_went_into_an_update_gives_what_came_out(rule, t):
    experiment, run, record = flown(rule)
    update = update_of(experiment, run, record, t)
    batch = Neuron.fitting(experiment.points).rows(update.rows)
    np.testing.assert_allclose(batch.gradient(update.asked_at), update.gradient, rtol=1e-12)
    np.testing.assert_array_equal(update.after, record.p[t])
    assert update.epoch == (t - 1) // 3
    assert update.loss_before == record.loss[t - 1]
    assert np.isfinite(update.state_before).all()


def test_only_nesterov_looks_ahead():
    for rule in RULES:
        experiment, run, record = flown(rule)
        update = update_of(experiment, run, record, 5)
        assert np.array_equal(update.asked_at, update.before) == (rule != "nesterov")
        if rule == "nesterov":
            np.testing.assert_allclose(update.asked_at, update.before - update.gamma * update.state_before[0])


def test_a_missing_update_is_refused():
    experiment, run, record = flown("gd")
    for t in (0, 19):
        with pytest.raises(ValueError, match=f"no update {t}"):
            update_of(experiment, replace(run), record, t)
