"""Which points feed which update."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.model.batching import BATCH, BATCHINGS, MINI_BATCH, STOCHASTIC, shuffled_rows
from gdsim.core.settings import InvalidValue
from tests.core.strategies import batchings
from tests.every import every

SEEDS = st.integers(0, 4294967295)


def test_the_lecture_s_ways_of_batching_come_first():
    assert list(BATCHINGS)[:3] == ["batch", "stochastic", "mini-batch"]


@every(
    ("batching", "n", "updates"),
    [
        (BATCH(), 7, 1),
        (STOCHASTIC(), 7, 7),
        (MINI_BATCH(size=2), 7, 4),
        (MINI_BATCH(size=7), 7, 1),
        (MINI_BATCH(size=10**9), 7, 1),
        (MINI_BATCH(size=3), 6, 2),
        (STOCHASTIC(), 1, 1),
    ],
)
def test_updates_in_one_epoch(batching, n, updates):
    assert batching.updates_per_epoch(n) == updates


def test_points_are_taken_in_table_order_and_the_last_batch_may_be_smaller():
    rows = [MINI_BATCH(size=2).rows(5, step, 0).tolist() for step in range(1, 5)]
    assert rows == [[0, 1], [2, 3], [4], [0, 1]]


@given(batchings(), st.integers(1, 30), st.integers(0, 5), SEEDS)
def test_every_point_comes_once_in_an_epoch(batching, n, epoch, seed):
    per_epoch = batching.updates_per_epoch(n)
    rows = [batching.rows(n, epoch * per_epoch + one, seed).tolist() for one in range(1, per_epoch + 1)]
    assert sorted(row for batch in rows for row in batch) == list(range(n))
    assert all(len(batch) == batching.batch_size(n) for batch in rows[:-1])
    assert 1 <= len(rows[-1]) <= batching.batch_size(n)


@given(st.integers(1, 50), st.integers(0, 10_000), SEEDS)
def test_a_shuffled_epoch_is_a_permutation_that_the_seed_determines(n, epoch, seed):
    rows = shuffled_rows(n, epoch, seed)
    assert sorted(rows) == list(range(n))
    np.testing.assert_array_equal(rows, shuffled_rows(n, epoch, seed))


def test_every_epoch_has_an_order_of_its_own():
    orders = {tuple(shuffled_rows(6, epoch, 0)) for epoch in range(2000)}
    assert len(orders) > 600  # of 720
    assert (shuffled_rows(100, 0, 0) != shuffled_rows(100, 0, 1)).any()
    assert (shuffled_rows(100, 0, 0) != shuffled_rows(100, 5000, 0)).any()


def test_each_point_comes_first_as_often_as_any_other():
    first = np.bincount([shuffled_rows(5, epoch, 7)[0] for epoch in range(5000)])
    assert (np.abs(first - 1000) < 150).all()


def test_a_large_table_is_shuffled_too():
    assert sorted(shuffled_rows(10_000, 3, 1)) == list(range(10_000))


@every("bad", [0, -1, 1.5, True, "2", float("nan")])
def test_a_batch_holds_at_least_one_point(bad):
    with pytest.raises(InvalidValue, match="size must be a whole number of at least 1, not"):
        MINI_BATCH(size=bad)
