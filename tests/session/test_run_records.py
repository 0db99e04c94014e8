"""How a run is computed in pieces, what an edit computes again, and what it leaves; without any thread."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from gdsim.core.engine.trajectory import RunStop, StopReason
from gdsim.core.model import edits
from gdsim.core.model.plane import in_plane
from gdsim.core.model.points import PointSet
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.session.frame import Frame
from gdsim.session.run_records import FIRST_CHUNK, GrowingRecord, RunRecords
from tests.core.records import changed
from tests.every import every


@pytest.fixture
def records(experiment):
    """Return the records of the experiment, complete."""
    made = RunRecords(experiment).revised(experiment)
    for record in made.each:
        finish(record)
    return made


def finish(record):
    record.trajectory.grow(*run_to_end(record.compute()))


def begun(records, old=None):
    """Return the runs that have to be computed."""
    kept = old.each if old else ()
    return [one.run for one in records.each if one not in kept]


def test_all_runs_are_computed_at_first(records, experiment):
    assert begun(RunRecords(experiment).revised(experiment)) == list(experiment.runs)
    assert [record.clock.per_epoch for record in records.each] == [1, 3, 2]
    assert [record.total for record in records.each] == [40, 90, 20]


@pytest.mark.parametrize("values", [{"hidden": True}, {"name": "Another"}, {"colour": "#123456"}])
def test_looks_are_not_computed(records, experiment, values):
    assert records.revised(changed(experiment, 1, **values)).each == records.each


def test_how_a_run_looks_is_worked_out_once_and_not_in_each_frame(records, experiment):
    named = changed(experiment, 1, name="New")
    of_it = records.revised(named)
    shown = [of_it.views(named.runs, step, by_epoch=False)[1].run for step in (1, 2)]
    assert shown[0] is shown[1]
    assert shown[0].name == "New"
    assert of_it.views(experiment.runs, 1, by_epoch=False)[1].run is experiment.runs[1]


def test_only_the_run_that_changed_is_computed(records, experiment):
    edited = changed(experiment, 1, epochs=31)
    new = records.revised(edited)
    assert begun(new, records) == [edited.runs[1]]
    assert (new.each[0], new.each[2]) == (records.each[0], records.each[2])
    assert len(new.each[1].trajectory) == 0


def test_runs_are_kept_wherever_they_go(records, experiment):
    new = records.revised(replace(experiment, runs=experiment.runs[:0:-1]))
    assert new.each == records.each[:0:-1]


def test_equal_runs_share_a_record(records, experiment):
    new = records.revised(edits.duplicate_run(experiment, 1))
    assert new.each[1] is new.each[2]
    assert not begun(new, records)
    twins = replace(edits.duplicate_run(experiment, 1), points=PointSet(np.array([1.0]), np.array([1.0])))
    other = records.revised(twins)
    assert other.each[1] is other.each[2]
    assert len(begun(other, records)) == len(experiment.runs) + 1


def test_points_change_all_runs(records, experiment):
    assert len(begun(records.revised(edits.move_point(experiment, 0, (0.6,), 0.2)), records)) == 3


def test_the_window_changes_none(records, experiment):
    wider = replace(experiment, view_range=experiment.view_range._replace(w_max=9.0))
    assert records.revised(wider).each == records.each


def test_validation_points_change_the_runs_that_look_at_them(experiment):
    held_out = replace(experiment, validation=PointSet(np.array([0.0]), np.array([0.5])))
    old = changed(held_out, 0, schedule=SCHEDULES["validation"]())
    records = RunRecords(old).revised(old)
    new = edits.move_point(old, len(old.points), (0.1,), 0.5)
    assert begun(records.revised(new), records) == [new.runs[0]]


def test_a_complete_record_is_as_long_as_its_longest_run(records):
    assert records.complete
    assert records.length(by_epoch=False) == 90
    assert records.length(by_epoch=True) == 40
    assert records.progress == 1.0


def test_a_growing_record_is_as_long_as_every_growing_run(records, experiment):
    new = records.revised(changed(experiment, 1, seed=3))
    assert (new.complete, new.length(by_epoch=False)) == (False, 0)
    finish(new.each[1])
    new.each[1].trajectory.stop = None
    assert (new.complete, new.length(by_epoch=False)) == (False, 90)
    assert new.progress == 1.0


def test_progress_is_the_share_of_all_steps(records, experiment):
    assert records.revised(changed(experiment, 1, seed=3)).progress == pytest.approx(60 / 150)


def test_an_epoch_that_was_cut_short_counts_when_the_run_is_over(records):
    record = records.each[1]
    trajectory, stop = record.trajectory, record.trajectory.stop
    assert record.last(by_epoch=True) == 30
    trajectory.grow(90, stop)  # one step short of its epoch
    assert record.last(by_epoch=True) == 30
    trajectory.grow(90)
    assert record.last(by_epoch=True) == 29


@pytest.mark.parametrize(("by_epoch", "steps"), [(False, [25, 25, 20]), (True, [25, 75, 20])])
def test_views_stand_at_the_cursor_or_at_their_end(records, experiment, by_epoch, steps):
    views = records.views(experiment.runs, 25, by_epoch=by_epoch)
    assert [view.step for view in views] == steps
    assert [view.run for view in views] == list(experiment.runs)
    for view in views:
        whole = view.trajectory.whole
        np.testing.assert_array_equal(view.p, whole.p[view.step])
        np.testing.assert_array_equal(view.path, whole.p[: view.step + 1])
        assert view.loss == whole.loss[view.step]
        assert len(view.whole.loss) == len(whole.loss)


def test_an_old_record_is_that_of_the_old_run(records, experiment):
    edited = replace(experiment.runs[1], optimizer=RULES["adam"](), name="New", colour="#123456")
    view = records.views((experiment.runs[0], edited, experiment.runs[2]), 5, by_epoch=False)[1]
    assert view.run.computes_like(experiment.runs[1])
    assert (view.run.name, view.run.colour) == ("New", "#123456")
    assert not view.run.computes_like(edited)


def test_there_are_no_views_until_all_starts_are_known(records, experiment):
    new = records.revised(changed(experiment, 1, seed=3))
    assert new.views(new.experiment.runs, 0, by_epoch=False) == ()


def test_no_runs(experiment):
    none = RunRecords(experiment).revised(replace(experiment, runs=()))
    assert none.complete
    assert none.length(by_epoch=True) == 0
    assert none.progress == 1.0
    assert none.views((), 0, by_epoch=False) == ()


def test_a_frame_shows_the_selected_run_last_and_hidden_ones_not_at_all(records, experiment):
    runs = (*experiment.runs[:2], replace(experiment.runs[2], hidden=True))
    frame = Frame(5, 90, by_epoch=False, views=records.views(runs, 5, by_epoch=False), selected=0)
    assert [index for index, _ in frame.shown] == [1, 0]
    assert frame.current is frame.views[0]
    assert replace(frame, views=()).current is None


def test_the_plane_is_the_first_weight_and_the_bias():
    p = np.arange(8.0).reshape(2, 4)
    np.testing.assert_array_equal(in_plane(p), [[0.0, 3.0], [4.0, 7.0]])


@every("axes", [*permutations(range(4), 2), (0, -1), (-1, 2)])
def test_any_two_parameters_are_taken_without_a_copy(axes):
    p = np.arange(12.0).reshape(3, 4)
    for some in (p, p[0]):
        drawn = in_plane(some, axes)
        np.testing.assert_array_equal(drawn, some[..., list(axes)])
        assert np.shares_memory(drawn, p)


def test_the_reason_of_a_stop_is_kept(records):
    assert {record.trajectory.stop.reason for record in records.each} == {StopReason.FINISHED}


def test_a_long_record_never_moves_while_it_grows(experiment):
    """To copy it into larger room would hold up whoever draws it."""
    long = changed(experiment, 0, epochs=1_000_000)
    trajectory = RunRecords(long).revised(long).each[0].trajectory
    trajectory.grow(1)
    first = trajectory.until(0).p
    trajectory.grow(1_000_001)
    assert np.shares_memory(first, trajectory.until(1_000_000).p)


def test_a_view_knows_how_often_the_loss_is_computed(experiment):
    many = replace(experiment, points=PointSet(np.zeros(100_000), np.zeros(100_000)))
    batch, single, _ = RunRecords(many).revised(many).each
    assert (batch.loss_interval, single.loss_interval) == (1, 128)


def test_steps_over_very_many_points_do_not_hold_up_a_clock_of_steps(experiment):
    many = replace(experiment, points=PointSet(np.zeros(5000), np.zeros(5000)))
    made = RunRecords(many).revised(many)
    batch, single, pairs = (record.trajectory for record in made.each)
    for trajectory, rows in ((batch, 3), (single, 9001), (pairs, 8001)):
        trajectory.grow(rows)
    assert made.length(by_epoch=False) == 8000
    assert made.length(by_epoch=True) == 1
    shown = made.views(many.runs, 8000, by_epoch=False)
    assert [view.step for view in shown] == [2, 8000, 8000]
    # Nor do they turn it back when the others are over.
    for trajectory in (single, pairs):
        trajectory.grow(len(trajectory) + 1, RunStop(StopReason.STOPPED, len(trajectory)))
    assert made.length(by_epoch=False) == 9001


def test_over_a_few_points_every_run_holds_up_the_clock(experiment):
    made = RunRecords(experiment).revised(experiment)
    for record, rows in zip(made.each, (3, 31, 7), strict=True):
        record.trajectory.grow(rows)
    assert made.length(by_epoch=False) == 2


# ------------------------------------------------------------------------------ computing a run


def test_its_rows_are_the_engine_s(experiment, reckon, assert_same):
    for index, run in enumerate(experiment.runs):
        record = GrowingRecord(experiment, run, experiment.total_steps(run) + 1)
        finish(record)
        assert_same(record.trajectory, reckon(experiment, index))


def test_its_pieces_grow_and_are_never_the_whole_run(long_experiment):
    pieces = GrowingRecord(long_experiment, long_experiment.runs[0], 1_000_000).compute()
    made = [next(pieces).made for _ in range(5)]
    assert np.diff([0, *made]).min() > 0
    assert made[-1] > 10 * FIRST_CHUNK


def test_of_very_many_points_few_steps_are_made_at_once(long_experiment):
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=500_000), rng.uniform(size=500_000))
    pieces = GrowingRecord(replace(long_experiment, points=points), long_experiment.runs[0], 1000).compute()
    assert next(pieces).made < FIRST_CHUNK


def test_it_is_stopped_where_it_is(long_experiment):
    record = GrowingRecord(long_experiment, long_experiment.runs[0], 1_000_000)
    pieces = record.compute()
    rows = next(pieces)
    record.stop()
    assert run_to_end(pieces) == (rows.made, RunStop(StopReason.STOPPED, rows.made - 1))


def test_it_ends_when_its_table_is_full(long_experiment):
    rows = run_to_end(GrowingRecord(long_experiment, long_experiment.runs[0], 300).compute())
    assert rows == (300, RunStop(StopReason.FULL, 299))
