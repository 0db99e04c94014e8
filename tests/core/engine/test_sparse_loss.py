"""Which losses are computed over very many points, and that those are the true ones."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.diagnosis import FindingKind
from gdsim.core.engine.sparse_loss import ALWAYS_POINTS, KnownLoss, last_known, loss_interval, steps_with_loss
from gdsim.core.engine.trajectory import StopReason
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from tests.core.records import computed, diagnose, one_run

MANY = 3 * ALWAYS_POINTS


@pytest.fixture(scope="module")
def crowd():
    rng = np.random.default_rng(5)
    x = rng.normal(0.0, 2.0, MANY)
    return PointSet(x, 1.0 / (1.0 + np.exp(1.0 - 2.0 * x)))


def record_of(points, run, *sizes):
    return computed(one_run(run, points), sizes)[0]


def exact_loss(points, p):
    """Return the lecture's loss, written anew."""
    f = 1.0 / (1.0 + np.exp(-(p[0] * points.x[:, 0] + p[1])))
    return 0.5 * float(((f - points.y) ** 2).sum())


@given(st.integers(1, ALWAYS_POINTS), st.integers(1, ALWAYS_POINTS))
def test_over_few_points_every_loss_is_computed(n, batch):
    assert loss_interval(n, min(batch, n)) == 1
    assert steps_with_loss(range(1, 50), n, min(batch, n), 60, epoch0=0).all()


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_the_losses_take_no_longer_than_the_updates(n, batch):
    batch = min(n, batch)
    interval = loss_interval(n, batch)
    assert interval & (interval - 1) == 0
    if n > ALWAYS_POINTS:
        # Work for the losses, a point each, against that of the updates and what an update costs anyway.
        assert n / interval <= 2 * (batch + 512)
    assert loss_interval(n, n) == 1


def test_the_end_of_an_epoch_and_of_the_run_are_known():
    n, batch, total = 1_000_000, 32, 70_000
    known = np.flatnonzero(steps_with_loss(range(total + 1), n, batch, total, epoch0=0))
    assert {31_250, 62_500, total, 1, 2, 4, 1024, 2048} <= set(known.tolist())
    assert np.diff(known).max() == loss_interval(n, batch) == 1024


def test_the_end_of_an_epoch_is_known_where_a_fork_counts_its_epochs_anew(crowd):
    parent = Run(RULES["gd"](eta=1e-4), MINI_BATCH(size=100), epochs=2, name="parent")
    fork = replace(parent, batching=MINI_BATCH(size=70), fork=Fork(parent, 45), name="fork")
    experiment = one_run(parent, crowd)
    experiment = replace(experiment, runs=(parent, fork))
    clock = experiment.clock(fork)
    assert clock.epoch0 == 45
    _, record = computed(experiment)
    ends = [clock.end_of(epoch) - clock.first for epoch in (1, 2)]
    assert np.isfinite(record.whole.loss[ends]).all()


def test_a_loss_that_is_computed_is_the_exact_one(crowd):
    record = record_of(crowd, Run(RULES["momentum"](eta=0.05, gamma=0.5), STOCHASTIC(), epochs=1), 500)
    columns = record.whole
    known = np.flatnonzero(~np.isnan(columns.loss))
    np.testing.assert_array_equal(
        known,
        np.flatnonzero(
            steps_with_loss(range(MANY + 1), MANY, 1, MANY, epoch0=0) | (np.arange(MANY + 1) == 0)
        ),
    )
    assert known[-1] == MANY == record.last_step
    for step in known[::97]:
        assert columns.loss[step] == pytest.approx(exact_loss(crowd, columns.p[step]), rel=1e-12)


def test_what_is_known_does_not_depend_on_the_chunks(crowd):
    run = Run(RULES["gd"](eta=0.05), MINI_BATCH(size=32, shuffle=True), epochs=2)
    one, other = record_of(crowd, run, 4096), record_of(crowd, run, 7, 1, 300)
    for a, b in zip(one.whole, other.whole, strict=True):
        np.testing.assert_array_equal(a, b)


def test_every_step_over_all_points_has_its_loss(crowd):
    record = record_of(crowd, Run(RULES["gd"](eta=1e-5), BATCH(), epochs=5), 3)
    assert not np.isnan(record.until(5).loss).any()


def test_a_run_that_diverges_between_two_losses_is_stopped(crowd):
    record = record_of(
        crowd, Run(RULES["momentum"](eta=1.7e308, gamma=0.99), STOCHASTIC(), epochs=1, start=(0.1, 0.2)), 100
    )
    assert record.stop.reason is StopReason.DIVERGED
    assert np.isfinite(record.whole.p).all()


def test_the_last_known_loss_is_found_however_far_back():
    loss = np.full(300_000, np.nan)
    loss[0], loss[5] = 3.0, 2.0
    assert last_known(loss) == KnownLoss(5, 2.0)
    assert last_known(loss[:5]) == KnownLoss(0, 3.0)
    loss[-1] = 1.0
    assert last_known(loss) == KnownLoss(299_999, 1.0)


def test_of_losses_with_gaps_no_overshoot_is_told(crowd):
    """Which of the steps raised the loss is not known, so nothing is said of it."""
    run = Run(RULES["momentum"](eta=3.0, gamma=0.9), STOCHASTIC(), epochs=1)
    experiment = Experiment(crowd, PointSet.empty(), (run,))
    record = record_of(crowd, run, 4096)
    found = diagnose(experiment, run, record.whole, record.stop)
    assert FindingKind.OVERSHOOT not in {finding.kind for finding in found}
    few = crowd.taken(np.arange(500))
    dense = record_of(few, run, 4096)
    found = diagnose(replace(experiment, points=few), run, dense.whole, dense.stop)
    assert FindingKind.OVERSHOOT in {finding.kind for finding in found}
