"""What an edit computes again, and what it leaves; without any thread."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Chunk, Columns
from gdsim.core.model import edits
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.session.frame import Frame, in_plane
from gdsim.session.run_records import Tracks


@pytest.fixture
def flights():
    """Return the list of what was submitted."""
    return []


@pytest.fixture
def submit(flights):
    def take(experiment, index):
        flights.append(experiment.runs[index])
        return len(flights)

    return take


@pytest.fixture
def tracks(experiment, submit, reckon):
    """Return the tracks of the experiment, complete."""
    made = Tracks(experiment).revised(experiment, submit)
    for index, track in enumerate(made.each):
        track.trajectory = reckon(experiment, index)
    return made


def changed(experiment, index, **values):
    return edits.replace_run(experiment, index, replace(experiment.runs[index], **values))


def test_all_runs_fly_at_first(tracks, experiment, flights):
    assert flights == list(experiment.runs)
    assert tracks.flights == {1, 2, 3}
    assert [track.per_epoch for track in tracks.each] == [1, 3, 2]
    assert [track.total for track in tracks.each] == [40, 90, 20]


@pytest.mark.parametrize("values", [{"hidden": True}, {"name": "Another"}, {"colour": "#123456"}])
def test_looks_are_not_computed(tracks, experiment, flights, submit, values):
    flights.clear()
    new = tracks.revised(changed(experiment, 1, **values), submit)
    assert new.each == tracks.each
    assert not flights


def test_only_the_run_that_changed_is_computed(tracks, experiment, flights, submit):
    flights.clear()
    edited = changed(experiment, 1, epochs=31)
    new = tracks.revised(edited, submit)
    assert flights == [edited.runs[1]]
    assert (new.each[0], new.each[2]) == (tracks.each[0], tracks.each[2])
    assert len(new.each[1].trajectory) == 0


def test_runs_are_kept_wherever_they_go(tracks, experiment, flights, submit):
    flights.clear()
    new = tracks.revised(replace(experiment, runs=experiment.runs[:0:-1]), submit)
    assert new.each == tracks.each[:0:-1]
    assert not flights


def test_equal_runs_share_a_track(tracks, experiment, flights, submit):
    flights.clear()
    new = tracks.revised(edits.duplicate_run(experiment, 1), submit)
    assert new.each[1] is new.each[2]
    assert not flights
    twins = replace(edits.duplicate_run(experiment, 1), points=PointSet(np.array([1.0]), np.array([1.0])))
    assert tracks.revised(twins, submit).each[1] is not tracks.each[1]
    assert len(flights) == len(experiment.runs)


def test_points_change_all_runs(tracks, experiment, flights, submit):
    flights.clear()
    tracks.revised(edits.move_point(experiment, 0, (0.6,), 0.2), submit)
    assert len(flights) == 3


def test_the_window_changes_none(tracks, experiment, flights, submit):
    flights.clear()
    tracks.revised(edits.set_window(experiment, experiment.window._replace(w_max=9.0)), submit)
    assert not flights


def test_validation_points_change_the_runs_that_look_at_them(experiment, flights, submit):
    held_out = replace(experiment, validation=PointSet(np.array([0.0]), np.array([0.5])))
    old = changed(held_out, 0, schedule=SCHEDULES["validation"]())
    tracks = Tracks(old).revised(old, submit)
    flights.clear()
    new = edits.move_point(old, len(old.points), (0.1,), 0.5)
    assert tracks.revised(new, submit).each[1:] == tracks.each[1:]
    assert flights == [new.runs[0]]


def test_tracks_stand_for_as_many_runs_of_as_many_inputs(tracks, experiment):
    assert tracks.can_show(edits.move_point(experiment, 0, (0.6,), 0.2))
    assert not tracks.can_show(edits.remove_run(experiment, 0))
    wider = replace(
        experiment,
        points=PointSet(np.ones((2, 2)), np.ones(2)),
        validation=PointSet.empty(2),
        runs=tuple(replace(run, start=(0.0, 0.0, 0.0)) for run in experiment.runs),
    )
    assert not tracks.can_show(wider)


def test_a_complete_record_is_as_long_as_its_longest_run(tracks):
    assert tracks.complete
    assert tracks.length(by_epoch=False) == 90
    assert tracks.length(by_epoch=True) == 40
    assert tracks.progress == 1.0


def test_a_growing_record_is_as_long_as_every_growing_run(tracks, experiment, submit, reckon):
    new = tracks.revised(changed(experiment, 1, seed=3), submit)
    assert (new.complete, new.length(by_epoch=False)) == (False, 0)
    new.each[1].trajectory = reckon(experiment, 1)
    new.each[1].trajectory.stop = None
    assert (new.complete, new.length(by_epoch=False)) == (False, 90)
    assert new.progress == 1.0


def test_progress_is_the_share_of_all_steps(tracks, experiment, submit):
    new = tracks.revised(changed(experiment, 1, seed=3), submit)
    assert new.progress == pytest.approx(60 / 150)


def test_an_epoch_that_was_cut_short_counts_when_the_run_is_over(tracks):
    track = tracks.each[1]
    whole = track.trajectory
    assert track.reach(by_epoch=True) == 30
    whole._count -= 1  # one step short of its epoch
    assert track.reach(by_epoch=True) == 30
    whole.stop = None
    assert track.reach(by_epoch=True) == 29


@pytest.mark.parametrize(("by_epoch", "steps"), [(False, [25, 25, 20]), (True, [25, 75, 20])])
def test_views_stand_at_the_cursor_or_at_their_end(tracks, experiment, by_epoch, steps):
    views = tracks.views(experiment.runs, 25, by_epoch=by_epoch)
    assert [view.step for view in views] == steps
    assert [view.run for view in views] == list(experiment.runs)
    for view in views:
        whole = view.trajectory.until(view.trajectory.last_step)
        np.testing.assert_array_equal(view.p, whole.p[view.step])
        np.testing.assert_array_equal(view.path, whole.p[: view.step + 1])
        assert view.loss == whole.loss[view.step]
        assert len(view.whole.loss) == len(whole.loss)


def test_an_old_record_is_that_of_the_old_run(tracks, experiment):
    edited = replace(experiment.runs[1], optimizer=RULES["adam"](), name="New", colour="#123456")
    view = tracks.views((experiment.runs[0], edited, experiment.runs[2]), 5, by_epoch=False)[1]
    assert view.run.computes_like(experiment.runs[1])
    assert (view.run.name, view.run.colour) == ("New", "#123456")
    assert not view.run.computes_like(edited)


def test_there_are_no_views_until_all_starts_are_known(tracks, experiment, submit):
    new = tracks.revised(changed(experiment, 1, seed=3), submit)
    assert new.views(new.experiment.runs, 0, by_epoch=False) == ()


def test_no_runs(experiment, submit):
    none = Tracks(experiment).revised(replace(experiment, runs=()), submit)
    assert none.complete
    assert none.length(by_epoch=True) == 0
    assert none.progress == 1.0
    assert none.views((), 0, by_epoch=False) == ()


def test_a_frame_shows_the_selected_run_last_and_hidden_ones_not_at_all(tracks, experiment):
    runs = (*experiment.runs[:2], replace(experiment.runs[2], hidden=True))
    frame = Frame(5, 90, by_epoch=False, views=tracks.views(runs, 5, by_epoch=False), selected=0)
    assert [index for index, _ in frame.shown] == [1, 0]
    assert frame.current is frame.views[0]
    assert replace(frame, views=()).current is None


def test_the_plane_is_the_first_weight_and_the_bias():
    p = np.arange(8.0).reshape(2, 4)
    np.testing.assert_array_equal(in_plane(p), [[0.0, 3.0], [4.0, 7.0]])
    flat = p[:, :2]
    assert in_plane(flat) is flat


def test_the_reason_of_a_stop_is_kept(tracks):
    assert {track.trajectory.stop.reason for track in tracks.each} == {StopReason.FINISHED}


def test_a_long_record_never_moves_while_it_grows(experiment, submit):
    """To copy it into larger room would hold up whoever draws it."""
    long = changed(experiment, 0, epochs=1_000_000)
    track = Tracks(long).revised(long, submit).each[0]
    columns = Columns.room(1, (2,), 0)
    for column in columns:
        column.fill(0.0)
    track.trajectory.append(Chunk(0, 0, columns))
    first = track.trajectory.until(0).p
    rest = Columns.room(1_000_000, (2,), 0)
    rest.loss.fill(1.0)
    track.trajectory.append(Chunk(0, 1, rest))
    assert np.shares_memory(first, track.trajectory.until(1_000_000).p)


def test_a_view_knows_how_often_the_loss_is_computed(experiment, submit):
    many = replace(experiment, points=PointSet(np.zeros(100_000), np.zeros(100_000)))
    batch, single, _ = Tracks(many).revised(many, submit).each
    assert (batch.loss_interval, single.loss_interval) == (1, 128)


def grow(track, rows, *, stop=None):
    columns = Columns.room(rows, (2,), len(track.run.optimizer.State._fields))
    track.trajectory.append(Chunk(0, len(track.trajectory), columns, stop))


def test_steps_over_very_many_points_do_not_hold_up_a_clock_of_steps(experiment, submit):
    many = replace(experiment, points=PointSet(np.zeros(5000), np.zeros(5000)))
    made = Tracks(many).revised(many, submit)
    batch, single, pairs = made.each
    for track, rows in ((batch, 3), (single, 9001), (pairs, 8001)):
        grow(track, rows)
    assert made.length(by_epoch=False) == 8000
    assert made.length(by_epoch=True) == 1
    shown = made.views(many.runs, 8000, by_epoch=False)
    assert [view.step for view in shown] == [2, 8000, 8000]
    # Nor do they turn it back when the others are over.
    for track in (single, pairs):
        grow(track, 1, stop=Stop(StopReason.STOPPED, track.trajectory.last_step + 1))
    assert made.length(by_epoch=False) == 9001


def test_over_a_few_points_every_run_holds_up_the_clock(experiment, submit):
    made = Tracks(experiment).revised(experiment, submit)
    for track, rows in zip(made.each, (3, 31, 7), strict=True):
        grow(track, rows)
    assert made.length(by_epoch=False) == 2
