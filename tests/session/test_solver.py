"""The solver in its real thread."""

from dataclasses import replace

import numpy as np
import pytest
from gdsim.session.solver import Solver
from PySide6.QtCore import QCoreApplication, QTimer

from gdsim.core.engine.stopping import StopReason
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.batching import BATCH, STOCHASTIC
from gdsim.core.model.experiment import Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.surface.surface import survey
from gdsim.session import worker
from tests.session.conftest import LONG


@pytest.fixture
def make_solver(qtbot):
    made = []

    def make():
        made.append(Solver())
        return made[-1]

    yield make
    for solver in made:
        solver.close()


@pytest.fixture
def solver(make_solver):
    solver = make_solver()
    solver.start()
    return solver


@pytest.fixture
def records(solver):
    """Return what every flight has made so far, by its number."""
    made = {}
    solver.chunk_ready.connect(lambda number, chunk: made.setdefault(number, Trajectory()).append(chunk))
    return made


@pytest.fixture
def land(records, qtbot):
    """Return a function that waits until flights are over."""

    def wait(*numbers):
        qtbot.waitUntil(lambda: all(number in records and records[number].stop for number in numbers))
        return [records[number] for number in numbers]

    return wait


def survey_of(solver, experiment):
    solver.survey(experiment.points, experiment.window, ())


def test_runs_are_what_the_engine_makes(solver, land, experiment, reckon, assert_same):
    numbers = [solver.submit(experiment, index) for index in range(3)]
    for index, record in enumerate(land(*numbers)):
        assert_same(record, reckon(experiment, index))


def test_the_surface_is_what_the_core_makes(solver, qtbot, experiment):
    with qtbot.waitSignal(solver.surface_ready) as told:
        survey_of(solver, experiment)
    wanted = survey(experiment.points, experiment.window)
    np.testing.assert_array_equal(told.args[0].loss, wanted.loss)
    assert told.args[0].minimum == wanted.minimum
    assert not solver.is_surveying


def test_requests_wait_for_the_thread(make_solver, qtbot, experiment):
    solver = make_solver()
    solver.submit(experiment, 0)
    with qtbot.waitSignal(solver.chunk_ready, check_params_cb=lambda _, chunk: chunk.stop):
        solver.start()


def test_chunks_that_are_no_longer_wanted_are_dropped(solver, records, land, long_experiment, experiment):
    old = solver.submit(long_experiment, 0)
    new = solver.submit(experiment, 1)
    solver.keep({new})
    land(new)
    assert old not in records


def test_a_flight_is_dropped_in_the_air(solver, records, land, qtbot, long_experiment, experiment):
    old = solver.submit(long_experiment, 0)
    qtbot.waitUntil(lambda: old in records and len(records[old]) > 100)
    solver.keep(())
    rows = len(records[old])
    land(solver.submit(experiment, 1))
    assert len(records[old]) == rows
    assert not solver._worker._flights


def test_stop_ends_all_flights_there_are(solver, records, land, qtbot, long_experiment):
    numbers = [solver.submit(long_experiment, index) for index in range(3)]
    qtbot.waitUntil(lambda: len(records) == 3 and all(len(record) > 50 for record in records.values()))
    solver.stop()
    for record in land(*numbers):
        assert record.stop == (StopReason.STOPPED, record.last_step)


def test_stop_is_not_lost_on_flights_that_have_not_begun(solver, land, long_experiment):
    numbers = [solver.submit(long_experiment, index) for index in range(3)]
    solver.stop()
    for record in land(*numbers):
        assert record.stop.reason is StopReason.STOPPED


def test_a_flight_after_a_stop_goes_on(solver, land, long_experiment, experiment):
    stopped = solver.submit(long_experiment, 0)
    solver.stop()
    later = solver.submit(experiment, 0)
    one, other = land(stopped, later)
    assert (one.stop.reason, other.stop.reason) == (StopReason.STOPPED, StopReason.FINISHED)


def test_records_are_cut_when_memory_is_full(solver, land, long_experiment, monkeypatch):
    monkeypatch.setattr(worker, "RECORD_BYTES", 300_000)
    numbers = [solver.submit(long_experiment, index) for index in range(3)]
    for record in land(*numbers):
        assert record.stop.reason is StopReason.FULL
        size = sum(column.nbytes for column in record.until(record.last_step))
        assert size >= 100_000


def test_flights_advance_together(solver, records, qtbot, long_experiment):
    # A stochastic step costs less than one over all points; the clock is the same for both.
    points = PointSet(np.linspace(-2.0, 2.0, 3000), np.linspace(0.1, 0.9, 3000))
    for index in range(2):
        solver.submit(replace(long_experiment, points=points), index)
    qtbot.waitUntil(lambda: len(records) == 2 and all(len(record) > 500 for record in records.values()))
    one, other = (len(record) for record in records.values())
    assert 0.3 < one / other < 3.0


def test_flights_rest_while_the_window_paints(solver, records, qtbot, long_experiment):
    number = solver.submit(long_experiment, 0)
    qtbot.waitUntil(lambda: number in records and len(records[number]) > 100)
    with solver.resting():
        with qtbot.waitSignal(solver.surface_ready):  # comes after what was on its way
            survey_of(solver, long_experiment)
        rows = len(records[number])
        with qtbot.assertNotEmitted(solver.chunk_ready, wait=20):
            pass
    assert solver.owed_ms > 0
    qtbot.waitUntil(lambda: len(records[number]) > rows)
    qtbot.waitUntil(lambda: solver.owed_ms == 0)


def test_flights_get_on_however_much_is_painted(solver, records, qtbot, long_experiment):
    number = solver.submit(long_experiment, 0)

    def paint():
        with solver.resting():
            pass

    timer = QTimer()
    timer.timeout.connect(paint)
    timer.start(1)
    qtbot.waitUntil(lambda: number in records and len(records[number]) > 3000)
    timer.stop()


def test_of_many_surfaces_asked_for_at_once_the_last_one_comes(solver, qtbot, experiment):
    surfaces = []
    solver.surface_ready.connect(surfaces.append)
    windows = [experiment.window._replace(w_max=7.0 + shift) for shift in range(50)]
    for window in windows:
        solver.survey(experiment.points, window, ())
    assert solver.is_surveying
    qtbot.waitUntil(lambda: not solver.is_surveying)
    assert [surface.window for surface in surfaces] == [windows[0], windows[-1]]


def test_surfaces_keep_coming_while_requests_do(solver, qtbot, experiment):
    surfaces = []
    solver.surface_ready.connect(surfaces.append)

    def ask_again():
        shift = len(surfaces)
        solver.survey(experiment.points, experiment.window._replace(w_max=7.0 + shift), ())
        solver.survey(experiment.points, experiment.window._replace(w_max=7.5 + shift), ())

    solver.surface_ready.connect(ask_again)
    ask_again()
    qtbot.waitUntil(lambda: len(surfaces) > 5)


def test_nothing_is_told_after_closing(make_solver, qtbot, experiment, long_experiment):
    solver = make_solver()
    told = []
    solver.chunk_ready.connect(lambda number, _: told.append(number))
    solver.surface_ready.connect(told.append)
    solver.start()
    solver.submit(long_experiment, 0)
    survey_of(solver, experiment)
    solver.close()
    assert solver._thread.isFinished()
    solver.close()
    solver.submit(experiment, 0)
    survey_of(solver, experiment)
    QCoreApplication.processEvents()
    assert not told


@pytest.fixture
def crowd():
    rng = np.random.default_rng(1)
    return PointSet(rng.normal(size=6000), rng.uniform(size=6000))


def test_an_exact_surface_comes_with_its_progress(solver, experiment, crowd, qtbot):
    shares = []
    solver.exact_progress.connect(shares.append)
    with qtbot.waitSignal(solver.exact_ready, timeout=20_000) as ready:
        solver.survey_exactly(crowd, experiment.window, ())
    surface = ready.args[0]
    assert surface.error_bound == 0.0
    assert survey(crowd, experiment.window).error_bound > 0.0
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) > 5


def test_an_exact_surface_that_nobody_waits_for_does_not_come(solver, experiment, crowd, qtbot):
    made, shares = [], []
    solver.exact_ready.connect(made.append)
    solver.exact_progress.connect(shares.append)
    solver.survey_exactly(crowd, experiment.window, ())
    qtbot.waitUntil(lambda: shares[-1] > 0.0)
    solver.forget_exact()
    assert shares[-1] == 1.0
    # What is asked for now is answered after anything that was still to come.
    with qtbot.waitSignal(solver.surface_ready):
        survey_of(solver, experiment)
    assert (made, shares[-1]) == ([], 1.0)


def test_a_run_over_very_many_points_leaves_others_their_time(solver, records, experiment, qtbot):
    """A step of a batch takes as long as thousands of one point; both get half of the time."""
    rng = np.random.default_rng(2)
    many = PointSet(rng.normal(size=300_000), rng.uniform(size=300_000))
    runs = Run(RULES["gd"](eta=1e-7), BATCH(), epochs=LONG), Run(RULES["gd"](), STOCHASTIC(), epochs=LONG)
    crowded = replace(experiment, points=many, runs=runs)
    batch, single = solver.submit(crowded, 0), solver.submit(crowded, 1)
    qtbot.waitUntil(lambda: batch in records and len(records[batch]) > 20, timeout=20_000)
    assert len(records[single]) > 50 * len(records[batch])
    first = len(records[batch])
    qtbot.waitUntil(lambda: len(records[batch]) > first + 5, timeout=20_000)
