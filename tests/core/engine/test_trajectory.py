"""The record that grows, and the reasons for which it ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.engine import flight
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk, Columns, Trajectory
from gdsim.core.model.experiment import Run
from gdsim.core.rules.catalogue import RULES
from tests.core.records import FIRST_NEURON, one_run, same, whole


def _chunk(first, n, stop=None, variables=1):
    """Return a chunk whose numbers tell their step."""
    columns = Columns.room(n, (2,), variables)
    steps = np.arange(first, first + n, dtype=np.float64)
    for column in columns[:-1]:
        column[...] = steps.reshape((-1,) + (1,) * (column.ndim - 1))
    columns.state[...] = steps[:, np.newaxis]
    return Chunk(0, first, columns, stop)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_rows_are_kept_however_they_come(sizes):
    trajectory, count = Trajectory(), 0
    for size in sizes:
        trajectory.append(_chunk(count, size))
        count += size
        assert len(trajectory) == count
        assert trajectory.last_step == count - 1
    columns = trajectory.until(10**9)
    np.testing.assert_array_equal(columns.loss, np.arange(count))
    np.testing.assert_array_equal(columns.p[:, 1], np.arange(count))
    np.testing.assert_array_equal(columns.state[0, :, 1], np.arange(count))


def test_a_prefix_never_changes_while_the_record_grows():
    trajectory = Trajectory()
    trajectory.append(_chunk(0, 3))
    early = trajectory.until(1)
    kept = Columns(*(column.copy() for column in early))
    for first in range(3, 300, 3):
        trajectory.append(_chunk(first, 3))
    assert same(early, kept)
    assert len(early.loss) == 2


def test_a_prefix_is_no_copy():
    trajectory = Trajectory()
    trajectory.append(_chunk(0, 100))
    assert np.shares_memory(trajectory.until(3).p, trajectory.until(50).p)
    assert np.shares_memory(trajectory.until(3).state, trajectory.until(50).state)


def test_growth_is_cheap():
    """The store is copied some ten times for a thousand chunks, not a thousand times."""
    trajectory, stores = Trajectory(), set()
    for first in range(1000):
        trajectory.append(_chunk(first, 1))
        stores.add(trajectory.until(0).loss.__array_interface__["data"][0])
    assert len(stores) < 25


def test_rows_that_are_missing_or_come_twice_are_refused():
    trajectory = Trajectory()
    with pytest.raises(ValueError, match="expected step 0, not 1"):
        trajectory.append(_chunk(1, 1))
    trajectory.append(_chunk(0, 5))
    with pytest.raises(ValueError, match="expected step 5, not 3"):
        trajectory.append(_chunk(3, 5))
    assert len(trajectory) == 5


def test_before_the_start_there_is_nothing():
    trajectory = Trajectory()
    assert len(trajectory) == 0
    assert trajectory.last_step == -1
    assert trajectory.stop is None
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        trajectory.until(0)


def test_the_stop_comes_with_the_last_chunk_even_if_that_has_no_rows():
    trajectory = Trajectory()
    trajectory.append(_chunk(0, 5))
    trajectory.append(_chunk(5, 0, Stop(StopReason.DIVERGED, 5)))
    assert trajectory.stop == (StopReason.DIVERGED, 5)
    assert len(trajectory) == 5


def test_a_real_flight_in_a_trajectory():
    record = flight(one_run(Run(optimizer=RULES["adam"](), epochs=50), FIRST_NEURON), 0)
    trajectory = Trajectory()
    for chunk in record:
        trajectory.append(chunk)
    assert trajectory.last_step == 50
    assert whole(trajectory).state.shape == (2, 51, 2)


def test_head_takes_the_first_rows_of_every_column():
    columns = _chunk(0, 7, variables=2).columns.head(4)
    assert [len(column) for column in columns[:-1]] == [4] * 5
    assert columns.state.shape == (2, 4, 2)
    assert len(columns.head(0).loss) == 0


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (StopReason.FINISHED, "Finished after 12 steps."),
        (StopReason.STOPPED, "Stopped after 12 steps."),
        (StopReason.DIVERGED, "Diverged at step 12: a number grew too large for the computer."),
        (StopReason.FULL, "Stopped after 12 steps: the record is full."),
    ],
)
def test_a_stop_is_a_sentence(reason, sentence):
    assert Stop(reason, 12).sentence == sentence


def test_one_step_is_not_called_steps():
    assert Stop(StopReason.FINISHED, 1).sentence == "Finished after 1 step."
    assert Stop(StopReason.STOPPED, 0).sentence == "Stopped after 0 steps."


def test_every_reason_has_a_sentence_with_the_step():
    for reason in StopReason:
        sentence = Stop(reason, 345).sentence
        assert "345" in sentence
        assert sentence.endswith(".")
        assert "{" not in sentence
