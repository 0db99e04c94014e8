"""The record that grows, the room for it, and the reasons for which it ends."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.engine.runs import filling_record
from gdsim.core.engine.trajectory import (
    RECORD_BYTES,
    RecordColumns,
    RunStop,
    RunTable,
    StopReason,
    Trajectory,
    row_bytes,
    rows_with_room,
    steps_with_room,
)
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from tests.core.records import one_run, same
from tests.every import every


def columns_of_steps(n, variables=1):
    """Return columns whose numbers tell their step."""
    columns = RecordColumns.room(n, 2, variables)
    steps = np.arange(n, dtype=np.float64)
    for column in columns._replace(state=columns.p):
        column[...] = steps.reshape((-1,) + (1,) * (column.ndim - 1))
    columns.state[...] = steps[:, np.newaxis]
    return columns


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_it_has_the_rows_it_has_been_told_of(sizes):
    columns = columns_of_steps(sum(sizes) + 1)
    trajectory, count = Trajectory(columns, 1), 1
    for size in sizes:
        count += size
        trajectory.grow(count)
        assert len(trajectory) == count
        assert trajectory.last_step == count - 1
        assert same(trajectory.until(10**9), columns.head(count))
        assert same(trajectory.until(count // 2), columns.head(min(count, count // 2 + 1)))


def test_a_prefix_never_changes_while_the_table_is_filled():
    run = Run(optimizer=RULES["adam"](), epochs=300)
    table = RunTable(run, 2, 301)
    work = filling_record(one_run(run), run, table)
    trajectory = Trajectory(table.columns(301), *next(work))
    trajectory.grow(*work.send(3))
    early = trajectory.until(2)
    kept = RecordColumns(*(column.copy() for column in early))
    while trajectory.stop is None:
        trajectory.grow(*work.send(17))
    assert same(early, kept)
    assert trajectory.last_step == 300
    assert trajectory.until(300).state.shape == (2, 301, 2)


def test_a_prefix_is_no_copy():
    trajectory = Trajectory.of(columns_of_steps(100))
    assert np.shares_memory(trajectory.until(3).p, trajectory.until(50).p)
    assert np.shares_memory(trajectory.until(3).state, trajectory.until(50).state)


def test_before_the_start_there_is_nothing():
    trajectory = Trajectory(columns_of_steps(5))
    assert len(trajectory) == 0
    assert trajectory.last_step == -1
    assert trajectory.stop is None
    with pytest.raises(ValueError, match="nothing is recorded yet"):
        trajectory.until(0)


def test_head_takes_the_first_rows_of_every_column():
    columns = columns_of_steps(7, variables=2).head(4)
    assert {len(column) for column in columns._replace(state=columns.p)} == {4}
    assert columns.state.shape == (2, 4, 2)
    assert len(columns.head(0).loss) == 0


# --------------------------------------------------------------------------------------- its limits


@every("rule", RULES)
@every("dimension", [1, 4])
def test_a_row_takes_what_the_table_of_a_record_takes(rule, dimension):
    run = Run(RULES[rule](), start=(0.1,) * (dimension + 1))
    assert RunTable(run, 3, 7).cells.nbytes == 7 * row_bytes(run, 3)


def test_runs_share_the_room_and_those_that_compute_alike_have_one_record():
    run = Run()
    experiment = one_run(run)
    alone = steps_with_room(experiment, run)
    assert alone == rows_with_room(experiment, run, 1) == RECORD_BYTES // row_bytes(run, 2)
    assert steps_with_room(replace(experiment, runs=(run, replace(run, name="again"))), run) == alone
    assert steps_with_room(replace(experiment, runs=(run, Run(epochs=5))), run) == alone // 2


@every(
    ("reason", "sentence"),
    [
        (StopReason.FINISHED, "Finished after 12 steps."),
        (StopReason.STOPPED, "Stopped after 12 steps."),
        (StopReason.DIVERGED, "Diverged at step 12: a number became infinite or undefined."),
        (StopReason.FULL, "Stopped after 12 steps: the record is full."),
    ],
)
def test_a_stop_is_a_sentence(reason, sentence):
    assert RunStop(reason, 12).sentence == sentence


def test_one_step_is_not_called_steps():
    assert RunStop(StopReason.FINISHED, 1).sentence == "Finished after 1 step."
    assert RunStop(StopReason.STOPPED, 0).sentence == "Stopped after 0 steps."


def test_every_reason_has_a_sentence_with_the_step():
    for reason in StopReason:
        sentence = RunStop(reason, 345).sentence
        assert "345" in sentence
        assert sentence.endswith(".")
        assert "{" not in sentence
