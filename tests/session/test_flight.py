from dataclasses import replace

import numpy as np
import pytest
from gdsim.session.flight import Flight

from gdsim.core.engine import FIRST_CHUNK, LARGEST_CHUNK
from gdsim.core.engine.stopping import Stop, StopReason
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.points import PointSet


def test_chunks_join_to_the_engines_record(experiment, reckon, assert_same):
    flight = Flight(7, experiment, 1)
    record = Trajectory()
    record.append(flight.start)
    while not record.stop:
        record.append(flight.advance(1e-4))
    assert_same(record, reckon(experiment, 1))
    assert (flight.number, flight.rows) == (7, len(record))


def test_the_first_chunk_is_short_and_the_next_ones_grow(long_experiment):
    flight = Flight(1, long_experiment, 0)
    sizes = [len(flight.advance(60.0).columns.loss) for _ in range(3)]
    assert sizes == [FIRST_CHUNK, 4 * FIRST_CHUNK, 16 * FIRST_CHUNK]


def test_no_chunk_is_larger_than_the_engine_allows(long_experiment):
    flight = Flight(1, long_experiment, 0)
    flight._most = 10 * LARGEST_CHUNK
    assert len(flight.advance(60.0).columns.loss) == LARGEST_CHUNK


def test_a_chunk_has_a_row_however_short_the_time(long_experiment):
    flight = Flight(1, long_experiment, 0)
    assert len(flight.advance(0.0).columns.loss) == 1


def test_of_very_many_points_few_steps_are_made_at_once(long_experiment):
    rng = np.random.default_rng(0)
    points = PointSet(rng.normal(size=500_000), rng.uniform(size=500_000))
    flight = Flight(1, replace(long_experiment, points=points), 0)
    assert len(flight.advance(0.002).columns.loss) < FIRST_CHUNK


def test_one_slow_chunk_does_not_make_tiny_ones(long_experiment):
    flight = Flight(1, long_experiment, 0)
    flight.advance(60.0)
    flight.row_seconds = 1e6  # as if the machine had slept
    assert len(flight.advance(0.01).columns.loss) == 4


def test_a_flight_that_is_cut_ends_where_it_is(experiment):
    flight = Flight(1, experiment, 0)
    record = Trajectory()
    record.append(flight.start)
    record.append(flight.advance(60.0))
    record.append(flight.cut(StopReason.STOPPED))
    assert record.last_step == FIRST_CHUNK
    assert record.stop == Stop(StopReason.STOPPED, FIRST_CHUNK)


def test_the_size_is_that_of_the_record(experiment):
    flight = Flight(1, experiment, 0)
    columns = flight.advance(60.0).columns
    assert flight.size == pytest.approx(17 / 16 * sum(column.nbytes for column in columns))
