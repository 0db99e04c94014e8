"""What the scenes of further rules claim, measured: one test for each scene."""

import numpy as np
import pytest

from gdsim.core.model.neuron import Neuron
from tests.core.records import scene, scene_records


def steps_below(name, loss):
    """Return the first step of each run of a scene at which its loss is below a number."""
    return {run: int(np.flatnonzero(record.loss < loss)[0]) for run, record in scene_records(name).items()}


def test_amsgrad_stays_where_adam_is_thrown_out():
    records = scene_records("amsgrad")
    below = {name: record.loss < 1e-4 for name, record in records.items()}
    adam = int(np.flatnonzero(below["Adam"])[0])
    assert records["Adam"].loss[adam:].max() > 0.2
    own = int(np.flatnonzero(below["AMSGrad"])[0])
    assert records["AMSGrad"].loss[own + 400 :].max() < 1e-20
    paper = records["AMSGrad of the paper"]
    assert not below["AMSGrad of the paper"].any()
    neuron, end = Neuron.fitting(scene("amsgrad").points), paper.p[-1]
    assert np.linalg.norm(neuron.gradient(end)) < 1e-6
    first = {name: np.abs(np.diff(record.p[:20], axis=0)).max() for name, record in records.items()}
    assert first["AMSGrad of the paper"] > 1.5 * first["AMSGrad"]


def test_how_adam_s_relatives_begin_and_end():
    low, lowest = steps_below("adam-relatives", 1e-2), steps_below("adam-relatives", 1e-4)
    for name in ("NAdam", "AdaMax"):
        assert lowest[name] / lowest["Adam"] == pytest.approx(0.2, abs=0.05)
    assert low["RAdam"] / low["Adam"] == pytest.approx(4.0, abs=0.6)
    records = scene_records("adam-relatives")
    for name in ("Adam", "NAdam", "RAdam"):
        assert records[name].loss[600:].min() < 1e-10
        assert records[name].loss[600:].max() > 1e-2
    assert records["AdaMax"].loss[600:].max() < 1e-20


def test_decay_within_the_gradient_leads_further_away_than_beside_the_step():
    records = scene_records("weight-decay")
    rest = records["Adam"].p[-1]
    away = {name: float(np.linalg.norm(record.p[-1] - rest)) for name, record in records.items()}
    assert records["Adam"].loss[-1] < 1e-20
    assert away["AdamW"] < 1.1
    assert away["Adam with L2"] > 6.0
    assert 1e-4 < records["AdamW"].loss[-1] < 0.01 * records["Adam with L2"].loss[-1]


def test_lion_crosses_the_plateau_as_fast_as_the_valley_and_cannot_rest():
    steps = steps_below("lion", 1e-4)
    assert steps["Lion"] < 0.1 * steps["Gradient descent"]
    record = scene_records("lion")["Lion"]
    np.testing.assert_allclose(np.abs(np.diff(record.p, axis=0)), 0.1, rtol=1e-9)
    assert record.loss[-1] > 10.0 * record.loss.min()
    assert np.linalg.norm(record.p[-1] - record.p[steps["Lion"]]) > 10.0


def test_the_cautious_ones_need_ten_times_the_steps_of_momentum():
    steps = steps_below("cautious", 1e-4)
    momentum = steps.pop("Momentum")
    assert len(steps) == 4
    assert min(steps.values()) > 10 * momentum


# --------------------------------------------------------------------------------------- what if


def test_a_cleared_memory_saves_what_a_lower_rate_does_not():
    records = scene_records("what-if")
    loss, cleared, slow = (records[name].loss for name in ("Momentum", "Cleared", "A tenth of η"))
    assert loss[92] == cleared[0] == slow[0] < 5e-6
    assert loss[92:150].max() > 5 * loss[92]  # the velocity carries it past
    assert cleared.max() == cleared[0]
    assert cleared[-1] < loss[-1] / 25
    assert slow.max() > loss[92:].max()
    assert slow[-1] > 15 * loss[-1]
