"""Sessions that end with their test, and small experiments to open in them."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.engine.engine import engine
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.batching import MiniBatch, Stochastic
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.optimizers.gd import GradientDescent
from gdsim.core.rules.optimizers.momentum import Momentum
from gdsim.core.rules.optimizers.nesterov import Nesterov
from gdsim.session.session import Session

LONG = 10_000_000


@pytest.fixture
def experiment():
    """Return three points and three short runs that differ in rule, regime and length."""
    return Experiment(
        points=PointSet(np.array([0.5, 2.5, -1.0]), np.array([0.2, 0.9, 0.4])),
        validation=PointSet.empty(),
        runs=(
            Run(GradientDescent(), epochs=40),
            Run(Momentum(), regime=Stochastic(shuffle=True), epochs=30),
            Run(Nesterov(), regime=MiniBatch(size=2), epochs=10, start=(1.0, 0.5)),
        ),
    )


@pytest.fixture
def long_experiment(experiment):
    """Return the same with runs that end in no test's time."""
    return replace(experiment, runs=tuple(replace(run, epochs=LONG) for run in experiment.runs))


@pytest.fixture
def make_session(qtbot):
    """Return a function that opens an experiment; all that it opened is closed after the test."""
    opened = []

    def make(experiment):
        session = Session(experiment)
        opened.append(session)
        return session

    yield make
    for session in opened:
        session.close()


@pytest.fixture
def settle(qtbot):
    """Return a function that waits until everything is computed."""

    def wait(session):
        qtbot.waitUntil(lambda: session.is_settled, timeout=20_000)
        return session

    return wait


@pytest.fixture
def settled(make_session, settle, experiment):
    """Return a session that has computed everything."""
    session = make_session(experiment)
    session.begin()
    return settle(session)


@pytest.fixture
def reckon():
    """Return a function that computes a run without any thread."""

    def fly(experiment, index):
        record = Trajectory()
        steps = engine.flight(experiment, index)
        chunk = next(steps)
        record.append(chunk)
        while not chunk.stop:
            chunk = steps.send(100)
            record.append(chunk)
        return record

    return fly


@pytest.fixture
def assert_same():
    """Return a function that compares two records number for number."""

    def compare(one, other):
        assert one.stop == other.stop
        assert len(one) == len(other)
        for a, b in zip(one.until(one.last_step), other.until(other.last_step), strict=True):
            np.testing.assert_array_equal(a, b)

    return compare
