"""Runs that leave others while they are computed, and where they stand at the cursor; without any thread."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine.trajectory import RunStop, StopReason
from gdsim.core.model import edits, forks
from gdsim.core.progress import run_to_end
from gdsim.session.frame import Frame
from gdsim.session.run_records import RunRecords


@pytest.fixture
def forked(experiment):
    """Return an experiment with a fork of its second run, of 3 updates an epoch, at step 10."""
    return forks.add_fork(experiment, forks.fork_run(experiment, 1, 10))[0]


def begin(experiment):
    return RunRecords(experiment).revised(experiment)


def finish(record):
    record.trajectory.grow(*run_to_end(record.compute()))


def frame_at(records, cursor, *, by_epoch=False):
    views = records.views(records.experiment.runs, cursor, by_epoch=by_epoch)
    return Frame(cursor, records.length(by_epoch=by_epoch), by_epoch, views, 0)


def test_a_fork_waits_for_its_parent_and_stands_where_that_is(forked):
    records = begin(forked)
    fork, parent = records.each[2], records.each[1]
    assert (fork.parent, fork.waits, parent.waits) == (parent, True, False)
    for one in (records.each[0], records.each[3]):
        finish(one)
    parent.trajectory.grow(5)  # rows that are told of
    assert records.begun
    view = frame_at(records, 3).views[2]
    assert (view.borrowed, view.begun, view.trajectory) == (True, False, parent.trajectory)
    parent.trajectory.grow(11)
    assert not fork.waits


def test_the_past_is_read_from_the_parents_record(forked):
    records = begin(forked)
    for record in records.each:
        finish(record)
    whole, own = records.each[1].trajectory.whole, records.each[2].trajectory.whole
    np.testing.assert_array_equal(own.p, whole.p[10:])
    assert not np.shares_memory(own.p, whole.p)
    assert records.length(by_epoch=False) == 90
    assert records.progress == 1.0


def test_where_a_fork_stands(forked):
    records = begin(forked)
    for record in records.each:
        finish(record)
    before, at, after = (frame_at(records, cursor) for cursor in (9, 10, 12))
    assert [frame.views[2].begun for frame in (before, at, after)] == [False, True, True]
    assert [index for index, _ in before.begun] == [1, 3, 0]
    assert [index for index, _ in before.shown] == [1, 2, 3, 0]
    view = after.views[2]
    assert (view.step, view.number, view.clock.first, view.last_number) == (2, 12, 10, 90)
    np.testing.assert_array_equal(view.p, after.views[1].p)
    assert view.begins == tuple(records.each[1].trajectory.until(10).p[10])


@pytest.mark.parametrize("epoch", [0, 3, 4, 7, 30])
def test_epochs_are_those_of_its_parent(forked, epoch):
    records = begin(forked)
    for record in records.each:
        finish(record)
    frame = frame_at(records, epoch, by_epoch=True)
    fork, parent = frame.views[2], frame.views[1]
    assert fork.begun == (3 * epoch >= 10)
    if fork.begun:
        assert (fork.number, fork.epoch) == (parent.number, parent.epoch) == (3 * epoch, epoch)
        assert fork.place_of(float(fork.step), by_epoch=True) == epoch
        assert fork.row_at(epoch, by_epoch=True) == fork.step


def test_an_edit_that_is_no_number_of_the_parent_computes_nothing(forked):
    records = begin(forked)
    for record in records.each:
        finish(record)
    renamed = edits.replace_run(forked, 1, replace(forked.runs[1], name="Another", hidden=True))
    assert records.revised(renamed).each == records.each
    moved = edits.replace_run(forked, 1, replace(forked.runs[1], start=(0.5, 0.5)))
    new = records.revised(moved)
    assert [one in records.each for one in new.each] == [True, False, False, True]
    assert new.each[2].parent is new.each[1]


def test_without_its_parent_a_fork_computes_its_past(forked):
    records = begin(edits.remove_run(forked, 1))
    fork = records.each[1]
    assert (fork.parent, fork.waits) == (None, False)
    finish(fork)
    whole = begin(forked)
    finish(whole.each[1])
    np.testing.assert_array_equal(fork.trajectory.whole.p, whole.each[1].trajectory.whole.p[10:])


def test_while_its_past_is_computed_it_stands_at_no_place(forked):
    records = begin(edits.remove_run(forked, 1))
    for one in (records.each[0], records.each[2]):
        finish(one)
    assert records.begun
    view = frame_at(records, 5).views[1]
    assert (view.borrowed, view.begun, view.begins, np.isnan(view.loss)) == (True, False, None, True)
    assert [index for index, _ in frame_at(records, 5).shown] == [2, 0]


def test_a_parent_that_was_stopped_leaves_a_fork_without_a_step(forked):
    records = begin(forked)
    parent, fork = records.each[1], records.each[2]
    parent.trajectory.grow(5, RunStop(StopReason.STOPPED, 4))
    fork.stop()
    finish(fork)
    assert fork.trajectory.stop.reason is StopReason.STOPPED
    for one in (records.each[0], records.each[3]):
        finish(one)
    assert records.begun
    assert frame_at(records, 4).views[2].borrowed


def test_a_session_computes_forks_after_what_they_leave(make_session, forked, settle):
    twice = forks.add_fork(forked, forks.fork_run(forked, 2, 20))[0]
    turned = replace(twice, runs=twice.runs[::-1])  # children before their parents
    session = make_session(turned)
    session.begin()
    settle(session)
    views = {view.run.name: view for view in session.frame().views}
    depth = dict(zip((run.name for run in turned.runs), forks.depths(turned.runs), strict=True))
    parent = views["Momentum"].whole.p
    assert sorted(depth.values()) == [0, 0, 0, 1, 2]
    for name, view in views.items():
        if depth[name]:
            np.testing.assert_array_equal(view.whole.p, parent[view.clock.first :])
