"""A run as a task: in pieces of a few milliseconds."""

from dataclasses import replace

import numpy as np

from gdsim.core.engine.runs import FIRST_CHUNK
from gdsim.core.engine.trajectory import Stop, StopReason
from gdsim.core.model.points import PointSet
from gdsim.session.computing import RunComputation


def test_its_rows_are_the_engine_s(experiment, reckon, assert_same):
    for index, run in enumerate(experiment.runs):
        computation = RunComputation(experiment, index, experiment.total_steps(run) + 1)
        for rows in computation.pieces():
            computation.trajectory.grow(*rows)
        assert_same(computation.trajectory, reckon(experiment, index))


def test_its_pieces_grow_and_are_never_the_whole_run(long_experiment):
    pieces = RunComputation(long_experiment, 0, 1_000_000).pieces()
    made = [next(pieces).made for _ in range(5)]
    assert np.diff([0, *made]).min() > 0
    assert made[-1] > 10 * FIRST_CHUNK


def test_of_very_many_points_few_steps_are_made_at_once(long_experiment):
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=500_000), rng.uniform(size=500_000))
    pieces = RunComputation(replace(long_experiment, points=points), 0, 1000).pieces()
    assert next(pieces).made < FIRST_CHUNK


def test_it_is_stopped_where_it_is(long_experiment):
    computation = RunComputation(long_experiment, 0, 1_000_000)
    pieces = computation.pieces()
    rows = next(pieces)
    computation.stop()
    (last,) = pieces
    assert last == (rows.made, Stop(StopReason.STOPPED, rows.made - 1))


def test_it_ends_when_its_table_is_full(long_experiment):
    *_, rows = RunComputation(long_experiment, 0, 300).pieces()
    assert rows == (300, Stop(StopReason.FULL, 299))
