"""The whole session with its real thread."""

from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QTimer

from gdsim.core.engine.trajectory import StopReason
from gdsim.core.model import edits
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.map_view import MapView
from gdsim.core.surface.sampling import sample_surface
from gdsim.core.surface.shared_points import EXACT_TERMS
from gdsim.session.session import Session
from gdsim.session.tasks import TaskQueue
from tests.clock import Clock
from tests.threads import running_threads


def trajectories(session):
    return [view.trajectory for view in session.frame().views]


def move(session, y, merge=""):
    session.edit(edits.move_point(session.experiment, 0, (0.5,), y), "Move point", merge)


def change(session, index, **values):
    run = replace(session.experiment.runs[index], **values)
    session.edit(edits.replace_run(session.experiment, index, run), "Change run")


@pytest.fixture
def heard():
    """Return a function that lists what a signal tells."""

    def listen(signal):
        told = []
        signal.connect(lambda *values: told.append(values if len(values) > 1 else values[0]))
        return told

    return listen


@pytest.fixture
def assert_true_to_engine(reckon, assert_same):
    """Return a function that checks all that a settled session shows against the core."""

    def check(session):
        experiment = session.experiment
        frame = session.frame()
        assert [view.run for view in frame.views] == list(experiment.runs)
        for index, trajectory in enumerate(trajectories(session)):
            assert_same(trajectory, reckon(experiment, index))
        np.testing.assert_array_equal(
            session.surface.loss, sample_surface(experiment.points, experiment.view_range).loss
        )

    return check


# ------------------------------------------------------------------------------------- computing


def test_everything_is_what_the_core_makes(settled, assert_true_to_engine):
    assert_true_to_engine(settled)
    head = settled.playhead
    assert (head.cursor, head.length, head.complete, head.playing) == (0, 90, True, False)


def test_frames_and_surfaces_are_told(make_session, settle, experiment, heard):
    session = make_session(experiment)
    frames, surfaces = heard(session.frame_changed), heard(session.surface_changed)
    progress = heard(session.progress_changed)
    session.begin()
    settle(session)
    assert frames[-1].length == 90
    assert [view.step for view in frames[-1].views] == [0, 0, 0]
    assert len(surfaces) == 1
    assert progress[-1] == 1.0
    assert progress == sorted(progress)


def test_nothing_is_computed_before_the_session_begins(make_session, experiment, settle):
    session = make_session(experiment)
    move(session, 0.3)
    assert session.frame().views == ()
    assert session.frame().is_waiting
    session.set_by_epoch(True)
    session.begin()
    settle(session)
    assert len(session.frame().views) == 3
    assert not session.frame().is_waiting


def test_of_no_run_nothing_is_awaited(make_session, experiment):
    assert not make_session(replace(experiment, runs=())).frame().is_waiting


def test_no_runs(make_session, settle, experiment):
    session = make_session(replace(experiment, runs=()))
    session.begin()
    settle(session)
    session.set_by_epoch(True)
    session.select(3)
    session.play(lambda head: head.play())
    frame = session.frame()
    assert (frame.views, frame.length, frame.current) == ((), 0, None)
    assert session.selected_run is None
    session.edit(edits.insert_run(session.experiment, 0, Run(RULES["momentum"]())), "Add run")
    settle(session)
    assert session.frame().length == 1000


def test_a_run_that_diverges_ends_there(make_session, settle, heard):
    points = PointSet(np.array([1e80, 0.5]), np.array([1e90, 0.2]))  # the squared gradient overflows
    runs = (Run(RULES["adagrad"](), start=(0.0, 0.0), epochs=100), Run(epochs=30))
    wild = Experiment(points=points, validation=PointSet.empty(), runs=runs)
    session = make_session(wild)
    session.begin()
    settle(session)
    stops = [trajectory.stop.reason for trajectory in trajectories(session)]
    assert session.playhead.complete
    assert stops == [StopReason.DIVERGED, StopReason.FINISHED]
    assert session.playhead.length == 30
    for view in session.frame().views:
        assert np.isfinite(view.whole.loss).all()


def test_runs_of_very_different_lengths(make_session, settle, experiment):
    short, long = replace(experiment.runs[0], epochs=3), replace(experiment.runs[0], epochs=3000)
    session = make_session(replace(experiment, runs=(short, long)))
    session.begin()
    settle(session)
    session.play(lambda head: head.seek(2000))
    assert session.playhead.length == 3000
    assert [view.step for view in session.frame().views] == [3, 2000]


def test_the_clock_goes_as_far_as_every_growing_run(make_session, qtbot, long_experiment, heard):
    session = make_session(long_experiment)
    session.begin()
    qtbot.waitUntil(lambda: session.playhead.length > 500)
    for frame in heard(session.frame_changed):
        assert frame.length == min(view.trajectory.last_step for view in frame.views)


# ----------------------------------------------------------------------------------------- edits


def test_points_change_everything(settled, settle, assert_true_to_engine):
    before = trajectories(settled)
    move(settled, 0.7)
    settle(settled)
    assert not set(map(id, before)) & set(map(id, trajectories(settled)))
    assert_true_to_engine(settled)


def test_a_run_changes_itself_only(settled, settle, assert_true_to_engine):
    before = trajectories(settled)
    surface = settled.surface
    change(settled, 1, optimizer=RULES["momentum"](eta=0.3))
    settle(settled)
    after = trajectories(settled)
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True]
    assert settled.surface is surface
    assert_true_to_engine(settled)


@pytest.mark.parametrize("values", [{"hidden": True}, {"name": "Another"}, {"colour": "#123456"}])
def test_looks_change_no_numbers(settled, qtbot, values):
    before = trajectories(settled)
    with qtbot.waitSignal(settled.frame_changed) as told:
        change(settled, 1, **values)
    assert [view.trajectory for view in told.args[0].views] == before
    assert told.args[0].views[1].run == settled.experiment.runs[1]
    assert settled.is_settled


def test_the_window_changes_the_surface_only(settled, settle, assert_true_to_engine):
    before = trajectories(settled)
    window = settled.experiment.view_range._replace(w_max=9.0)
    settled.edit(replace(settled.experiment, view_range=window), "Change window")
    settle(settled)
    assert trajectories(settled) == before
    assert settled.surface.view_range == window
    assert_true_to_engine(settled)


def test_undo_and_redo_compute(settled, settle, assert_true_to_engine):
    first = settled.experiment
    move(settled, 0.7)
    settled.edit(edits.remove_run(settled.experiment, 0), "Remove run")
    edited = settled.experiment
    settled.document.undo()
    settled.document.undo()
    assert settled.experiment == first
    settle(settled)
    assert_true_to_engine(settled)
    settled.document.redo()
    settled.document.redo()
    assert settled.experiment == edited
    settle(settled)
    assert_true_to_engine(settled)


def test_the_weights_that_are_not_drawn_follow_the_selected_run(make_session, settle, heard):
    points = PointSet(np.array([[0.5, 1.0], [2.5, -1.0]]), np.array([0.2, 0.9]))
    runs = tuple(Run(start=(0.0, other, 0.0), epochs=5) for other in (1.0, 2.0))
    session = make_session(Experiment(points=points, validation=PointSet.empty(2), runs=runs))
    session.begin()
    settle(session)
    assert session.surface.plane.held == (1.0,)
    session.select(1)
    settle(session)
    assert session.surface.plane.held == (2.0,)
    session.edit(replace(session.experiment, runs=()), "Remove runs")
    settle(session)
    assert session.surface.plane.held == (0.0,)


def test_another_experiment_is_opened_at_its_start(settled, settle, experiment, assert_true_to_engine):
    settled.play(lambda head: head.seek(50).play())
    settled.select(2)
    other = replace(experiment, runs=(Run(epochs=20),), title="Other")
    settled.open(other)
    assert (settled.selected, settled.playhead.position, settled.playhead.playing) == (0, 0.0, False)
    settle(settled)
    assert settled.playhead.length == 20
    assert_true_to_engine(settled)
    settled.document.undo()
    assert settled.experiment == other


def test_other_numbers_of_inputs_may_be_opened_in_the_middle_of_it(settled, settle):
    move(settled, 0.7)
    points = PointSet(np.array([[0.5, 1.0], [2.5, -1.0]]), np.array([0.2, 0.9]))
    runs = tuple(Run(start=(0.0, 1.0, 0.0), epochs=5) for _ in range(3))
    settled.open(Experiment(points=points, validation=PointSet.empty(2), runs=runs))
    settle(settled)
    assert all(view.p.shape == (3,) for view in settled.frame().views)


# ------------------------------------------------------------------------------------- selection


def test_selecting_is_told_once_and_kept_in_range(settled, heard):
    told = heard(settled.selected_changed)
    for index in (2, 2, 99, -5):
        settled.select(index)
    assert told == [2, 0]


def test_the_selected_run_stays_selected(settled, heard):
    settled.select(2)
    told = heard(settled.selected_changed)
    chosen = settled.selected_run
    settled.edit(edits.remove_run(settled.experiment, 0), "Remove run")
    assert (settled.selected, settled.selected_run) == (1, chosen)
    settled.document.undo()
    assert (settled.selected, settled.selected_run) == (2, chosen)
    assert told == [1, 2]


def test_there_is_a_selected_run_while_the_edit_is_told(settled):
    settled.select(2)
    seen = []
    settled.experiment_changed.connect(lambda *_: seen.append(settled.selected_run))
    settled.edit(edits.remove_run(settled.experiment, 2), "Remove run")
    assert seen == [settled.experiment.runs[1]]
    settled.edit(replace(settled.experiment, runs=()), "Remove runs")
    assert seen[1] is None


# -------------------------------------------------------------------------------------- dragging


def test_frames_always_match_the_runs(settled, qtbot, settle):
    seen = []

    def check(frame):
        seen.append(frame)
        runs = settled.experiment.runs
        assert [view.run for view in frame.views] == list(runs)

    settled.frame_changed.connect(check)
    steps = iter(
        [
            lambda e: edits.insert_run(e, len(e.runs), Run(RULES["momentum"]())),
            lambda e: edits.move_point(e, 0, (0.5,), 0.3),
            lambda e: edits.duplicate_run(e, 0),
            lambda e: edits.remove_run(e, 1),
            lambda e: replace(e, runs=()),
            lambda e: edits.insert_run(e, len(e.runs), Run(RULES["momentum"]())),
            lambda e: edits.move_point(e, 0, (0.5,), 0.4),
        ]
    )
    timer = QTimer()

    def edit():
        step = next(steps, None)
        if step:
            settled.edit(step(settled.experiment), "Edit")
        else:
            timer.stop()

    timer.timeout.connect(edit)
    timer.start(5)
    with qtbot.captureExceptions() as exceptions:
        qtbot.waitUntil(lambda: not timer.isActive())
        settle(settled)
    assert not exceptions
    assert seen


@pytest.fixture
def drag(qtbot):
    """Return a function that drags a point, with an edit every other millisecond, until enough was seen."""

    def drag_point(session, is_enough):
        timer = QTimer()
        edits_made = count(1)
        timer.timeout.connect(lambda: move(session, 0.2 + 0.6 * (next(edits_made) % 100) / 100.0, "drag"))
        timer.start(2)
        qtbot.waitUntil(is_enough, timeout=20_000)
        timer.stop()

    return drag_point


def shown_first(frames):
    """Return the records of the first run that were shown, each once."""
    return {
        id(view.trajectory): view.trajectory for view in (frame.views[0] for frame in frames if frame.views)
    }


def test_the_picture_follows_a_drag_and_never_jumps(settled, drag, settle, heard, assert_true_to_engine):
    settled.play(lambda head: head.seek(80))
    frames, surfaces = heard(settled.frame_changed), heard(settled.surface_changed)
    drag(settled, lambda: len(surfaces) > 5 and len(shown_first(frames)) > 3)
    assert {frame.cursor for frame in frames} == {80}
    settle(settled)
    assert_true_to_engine(settled)
    settled.document.undo()
    assert settled.document.history.undo_name == ""


def test_what_a_drag_has_passed_by_is_computed_no_further(make_session, qtbot, long_experiment, heard):
    session = make_session(long_experiment)
    session.begin()
    frames = heard(session.frame_changed)
    # Each is seen before the next comes: a busy machine would not show any of many in a row.
    for seen, y in enumerate((0.3, 0.4, 0.5, 0.6)):
        qtbot.waitUntil(lambda seen=seen: len(shown_first(frames)) > seen)
        move(session, y, "drag")
    qtbot.waitUntil(lambda: len(shown_first(frames)) > 4)
    *old, last = shown_first(frames).values()
    lengths = [len(trajectory) for trajectory in old]
    reached = len(last)
    qtbot.waitUntil(lambda: len(last) > reached + 20_000)
    assert [len(trajectory) for trajectory in old] == lengths


def test_a_drag_over_long_runs_is_shown_too(make_session, qtbot, long_experiment, drag, heard):
    session = make_session(long_experiment)
    session.begin()
    qtbot.waitUntil(lambda: session.playhead.length > 1000)
    session.play(lambda head: head.seek(1000))
    frames = heard(session.frame_changed)
    drag(session, lambda: len(shown_first(frames)) >= 2)
    qtbot.waitUntil(lambda: session.playhead.cursor == 1000)


def test_the_last_picture_stays_until_an_edit_has_come_to_the_cursor(
    make_session, settle, heard, experiment, monkeypatch
):
    # On a machine however slow; usually a frame is shown after a quarter of a second, whatever it has.
    monkeypatch.setattr("gdsim.session.session._KEEP_PICTURE_MS", 60_000)
    slow = replace(experiment.runs[0], epochs=60_000)
    session = make_session(replace(experiment, runs=(slow,)))
    session.begin()
    settle(session)
    session.play(lambda head: head.seek(59_000))
    settle(session)
    frames = heard(session.frame_changed)
    move(session, 0.7)
    settle(session)
    assert {frame.cursor for frame in frames} == {59_000}


def test_frames_tell_of_a_drag_until_it_ends(settled, settle, heard, qtbot):
    frames, told = heard(settled.frame_changed), heard(settled.findings_changed)
    for y in (0.3, 0.4, 0.5):
        settled.edit(edits.move_point(settled.experiment, 0, (0.5,), y), "Move point", "drag", dragging=True)
        assert settled.is_dragging
    assert all(frame.dragging for frame in frames)
    assert told.count(None) == 1  # said once, and explained when the drag pauses
    assert told[-1] is None
    settled.end_gesture()
    qtbot.waitUntil(lambda: not frames[-1].dragging)
    qtbot.waitUntil(lambda: told[-1] is not None)
    settle(settled)
    assert settled.document.history.undo_name
    settled.document.undo()
    assert settled.document.history.undo_name == ""


def test_a_drag_that_pauses_is_explained(settled, heard, qtbot):
    told = heard(settled.findings_changed)
    settled.edit(edits.move_point(settled.experiment, 0, (0.5,), 0.3), "Move point", "drag", dragging=True)
    qtbot.waitUntil(lambda: len(told) > 1 and told[-1] is not None)
    assert settled.is_dragging


def test_a_surface_of_a_drag_comes_now_and_then_and_at_its_end(settled, settle, heard):
    surfaces = heard(settled.surface_changed)
    for place in range(30):
        point = edits.move_point(settled.experiment, 0, (0.5,), 0.2 + place / 100)
        settled.edit(point, "Move point", "drag", dragging=True)
    assert len(surfaces) < 12
    settled.end_gesture()
    settle(settled)
    wanted = sample_surface(settled.experiment.points, settled.experiment.view_range)
    np.testing.assert_array_equal(surfaces[-1].loss, wanted.loss)


def test_playback_goes_on_through_a_drag(make_session, settle, experiment, drag):
    runs = tuple(replace(run, epochs=600) for run in experiment.runs)
    session = make_session(replace(experiment, runs=runs))
    session.begin()
    settle(session)
    session.play(lambda head: head.seek(100).play()._replace(speed=500.0))
    drag(session, lambda: session.playhead.position > 180)
    assert session.playhead.playing
    assert session.playhead.position < 300
    session.play(lambda head: head.pause())


def test_playback_keeps_its_place_over_an_edit(settled, settle):
    settled.play(lambda head: head.seek(60))
    move(settled, 0.7)
    assert settled.playhead.position == 60.0
    settle(settled)
    assert settled.playhead.cursor == 60


def test_runs_that_become_shorter_are_met_at_their_end(settled, settle):
    settled.play(lambda head: head.seek(85))
    change(settled, 1, epochs=10)
    settle(settled)
    assert (settled.playhead.cursor, settled.playhead.length) == (40, 40)


def test_frames_come_no_faster_than_they_can_be_seen(settled, qtbot, heard):
    frames = heard(settled.frame_changed)
    for step in range(50):
        settled.play(lambda head, step=step: head.seek(step))
    qtbot.waitUntil(lambda: bool(frames) and frames[-1].cursor == 49)
    assert len(frames) == 1


# -------------------------------------------------------------------------------------- stopping


def test_computing_is_stopped(make_session, qtbot, settle, long_experiment):
    session = make_session(long_experiment)
    session.begin()
    qtbot.waitUntil(lambda: session.playhead.length > 100)
    session.stop_computing()
    settle(session)
    stops = [trajectory.stop for trajectory in trajectories(session)]
    assert {stop.reason for stop in stops} == {StopReason.STOPPED}
    assert session.playhead.length == max(stop.step for stop in stops)
    assert session.playhead.complete


def test_the_playhead_is_told_what_has_come_of_an_edit_alone(
    make_session, settle, heard, experiment, monkeypatch
):
    # However slow this machine is, all of it comes in one piece, and is waited for.
    monkeypatch.setattr("gdsim.session.session._EDIT_SECONDS", 60.0)
    monkeypatch.setattr("gdsim.session.session._BURST_SECONDS", 60.0)
    monkeypatch.setattr("gdsim.session.run_records._REPORT_SECONDS", 60.0)
    session = make_session(experiment)
    session.begin()
    settle(session)
    told = heard(session.playhead_changed)
    move(session, 0.7)
    assert session.playhead.complete
    assert not told


def test_an_edit_after_a_stop_computes_what_it_changed(make_session, settle, long_experiment):
    session = make_session(long_experiment)
    session.begin()
    session.stop_computing()
    change(session, 1, epochs=20)
    settle(session)
    stops = [trajectory.stop.reason for trajectory in trajectories(session)]
    assert stops == [StopReason.STOPPED, StopReason.FINISHED, StopReason.STOPPED]


def test_a_stop_in_the_middle_of_a_drag_counts_for_the_last_edit(make_session, settle, long_experiment):
    session = make_session(long_experiment)
    session.begin()
    for y in (0.3, 0.4, 0.5):
        move(session, y, "drag")
    session.stop_computing()
    settle(session)
    assert {trajectory.stop.reason for trajectory in trajectories(session)} == {StopReason.STOPPED}


# --------------------------------------------------------------------------------- steps or epochs


def test_the_clock_counts_epochs(settled):
    settled.play(lambda head: head.seek(14))
    settled.select(1)  # three steps in an epoch
    settled.set_by_epoch(True)
    frame = settled.frame()
    assert (frame.by_epoch, frame.cursor, frame.length) == (True, 4, 40)
    assert [view.step for view in frame.views] == [4, 12, 8]
    settled.set_by_epoch(False)
    frame = settled.frame()
    assert (frame.cursor, frame.length) == (12, 90)
    assert [view.step for view in frame.views] == [12, 12, 12]


@pytest.mark.parametrize(("step", "epoch", "back"), [(10, 10, 10), (25, 21, 23), (80, 40, 80)])
def test_a_fork_with_other_batches_keeps_its_place_when_the_clock_changes(
    make_session, settle, experiment, step, epoch, back
):
    """One step of its parent, and three steps of its own, are an epoch."""
    parent = experiment.runs[0]
    fork = replace(parent, batching=STOCHASTIC(), fork=Fork(parent, 20))
    session = make_session(replace(experiment, runs=(parent, fork)))
    session.begin()
    settle(session)
    session.select(1)
    session.play(lambda head: head.seek(step))
    session.set_by_epoch(True)
    assert session.playhead.cursor == epoch
    session.set_by_epoch(False)
    assert session.playhead.cursor == back


def test_counting_as_before_changes_nothing(settled, heard):
    told = heard(settled.playhead_changed)
    settled.set_by_epoch(False)
    assert not told


def test_the_place_is_kept_when_the_clock_changes_in_the_middle_of_an_edit(settled, settle):
    settled.play(lambda head: head.seek(24))
    settled.select(2)
    move(settled, 0.7)
    settled.set_by_epoch(True)
    settle(settled)
    assert settled.playhead.cursor == 12


# --------------------------------------------------------------------------------------- the end


def test_closing_stops_everything_and_can_be_done_twice(make_session, qtbot, long_experiment, heard):
    session = make_session(long_experiment)
    session.begin()
    qtbot.waitUntil(lambda: session.playhead.length > 100)
    session.play(lambda head: head.play())
    session.close()
    session.close()
    frames = heard(session.frame_changed)
    assert not session.playhead.playing
    move(session, 0.7)  # such as from an editor that loses the focus
    session.stop_computing()
    assert all(not frame.views for frame in frames)


def test_a_closed_session_begins_no_work_whatever_it_is_told(make_session, qtbot, experiment):
    session = make_session(experiment)
    session.begin()
    qtbot.waitUntil(lambda: session.is_settled)
    session.close()
    session.emit_all()  # as a window does that is still told of frames until it is deleted
    session.show_frame()
    session.sample_exactly()
    assert running_threads() == []


def test_a_session_that_never_began_is_closed(qtbot, experiment):
    session = Session(experiment)
    session.close()
    assert not session.playhead.playing


def test_the_selected_run_is_explained_once_it_is_whole(qtbot):
    from gdsim.core.analysis.diagnosis import FindingKind
    from gdsim.core.files.bundled import find_scene
    from gdsim.core.files.scene import load_scene

    session = Session(load_scene(find_scene("valley")))
    told = []
    session.findings_changed.connect(told.append)
    session.begin()
    try:
        session.select(1)
        qtbot.waitUntil(lambda: FindingKind.U_TURN in {one.kind for one in (told[-1:] or [None])[0] or ()})
        session.select(0)
        with qtbot.waitSignal(session.findings_changed, check_params_cb=bool) as changed:
            pass
        assert FindingKind.U_TURN not in {one.kind for one in changed.args[0]}
    finally:
        session.close()


def test_for_edits_that_come_in_a_burst_it_does_not_wait_one_by_one(settled, settle, monkeypatch):
    clock, waits = Clock(), []

    def wait(_queue, _is_enough, seconds):
        waits.append(seconds)
        clock.now += max(0.0, seconds)

    monkeypatch.setattr("gdsim.session.session.time", SimpleNamespace(perf_counter=clock))
    with monkeypatch.context() as patch:
        patch.setattr(TaskQueue, "wait", wait)
        for burst in (1, 2):  # the second when the window has taken the first
            for number in range(8):
                move(settled, 0.1 * burst + 0.01 * number, "")
            first, *_, last = waits
            assert first == 0.03
            assert sum(waits) == pytest.approx(0.1)
            assert last <= 0.0
            waits.clear()
            QCoreApplication.processEvents()
    settle(settled)


@pytest.fixture
def crowd(settled):
    rng = np.random.default_rng(1)
    points = PointSet(rng.normal(size=EXACT_TERMS + 1), rng.uniform(size=EXACT_TERMS + 1))
    return replace(settled.experiment, points=points, runs=())


def test_the_exact_surface_takes_the_place_of_the_approximation(settled, settle, crowd, qtbot):
    settled.open(crowd, "Open")
    settle(settled)
    assert settled.surface.error_bound > 0.0
    with qtbot.waitSignal(settled.surface_changed, timeout=20_000):
        settled.sample_exactly()
    assert settled.surface.error_bound == 0.0
    assert settled.surface.view_range == crowd.view_range


def test_an_exact_surface_of_another_window_is_not_waited_for(settled, settle, crowd, qtbot, heard):
    settled.open(crowd, "Open")
    settle(settled)
    shares, surfaces = heard(settled.surfaces.exact_progress), heard(settled.surface_changed)
    settled.sample_exactly()
    settled.edit(replace(crowd, view_range=crowd.view_range._replace(w_max=9.0)), "Change window")
    assert shares[-1] == 1.0
    qtbot.waitUntil(lambda: bool(surfaces))
    settle(settled)
    assert settled.surface.view_range.w_max == 9.0
    assert all(surface.error_bound > 0.0 for surface in surfaces)


def test_playback_draws_each_step_once_and_nothing_between(settled, heard, qtbot):
    frames = heard(settled.frame_changed)
    settled.play(lambda head: head.seek(0).at_speed(25.0).play())
    qtbot.waitUntil(lambda: settled.playhead.cursor >= 6)
    settled.play(lambda head: head.pause())
    qtbot.waitUntil(lambda: not frames[-1].playing)
    assert len(frames) <= 6 + 3  # a first one as it starts to play, and one as it stops


def test_who_is_not_watched_draws_nothing_and_catches_up(settled, heard, qtbot):
    frames = heard(settled.frame_changed)
    settled.set_watched(False)
    settled.play(lambda head: head.seek(0).at_speed(200.0).play())
    qtbot.waitUntil(lambda: settled.playhead.cursor >= 10)
    assert frames == []
    settled.play(lambda head: head.pause())
    settled.set_watched(True)
    assert [frame.cursor for frame in frames] == [settled.playhead.cursor]
    settled.set_watched(True)
    assert len(frames) == 1


def test_a_map_of_equal_axes_is_sampled_around_the_view_range(qtbot, heard):
    session = Session(Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(1), (Run(epochs=3),)))
    try:
        session.begin()
        qtbot.waitUntil(lambda: session.is_settled)
        shown = heard(session.surface_changed)
        plain = session.surface
        session.set_map_view(MapView(1.45))
        qtbot.waitUntil(lambda: bool(shown) and session.is_settled)
        ground = session.surface.ground
        assert ground.view_range.w_min <= -8.7
        assert ground.view_range.w_max >= 8.7
        assert ground.view_range[2:] == plain.view_range[2:]
        np.testing.assert_array_equal(session.surface.loss, plain.loss)
        # A few pixels more or less ask for nothing new.
        session.set_map_view(MapView(1.451))
        assert session.is_settled
        session.set_map_view(MapView(1.45, low_lines=True))
        qtbot.waitUntil(lambda: session.surface.step == 0.0)
        steps = np.diff([contour.level for contour in session.surface.contours])
        assert steps[0] < 0.5 * steps.max()
    finally:
        session.close()


def test_a_document_of_several_inputs_can_be_begun_in_a_second_session(qtbot):
    runs = (Run(RULES["gd"](), epochs=3, start=(0.0, 0.5, 1.0)),)
    points = PointSet([[1.0, 2.0], [0.5, -1.0]], [0.2, 0.9])
    first = Session(Experiment(points, PointSet.empty(2), runs))
    second = Session(first.experiment)  # where nothing is left to be put in order
    second.begin()
    qtbot.waitUntil(lambda: second.is_settled)
    assert second.surface.plane.dimension == 2
    for session in (first, second):
        session.close()
