"""Sessions that are closed after their test, and small experiments to open in them."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.session.session import Session
from tests.core.records import computed

LONG = 10_000_000


@pytest.fixture
def experiment():
    """Return three points and three short runs that differ in rule, batching and length."""
    return Experiment(
        points=PointSet(np.array([0.5, 2.5, -1.0]), np.array([0.2, 0.9, 0.4])),
        validation=PointSet.empty(),
        runs=(
            Run(RULES["gd"](), epochs=40),
            Run(RULES["momentum"](), batching=STOCHASTIC(shuffle=True), epochs=30),
            Run(RULES["nesterov"](), batching=MINI_BATCH(size=2), epochs=10, start=(1.0, 0.5)),
        ),
    )


@pytest.fixture
def long_experiment(experiment):
    """Return the same experiment with runs too long to end during a test."""
    return replace(experiment, runs=tuple(replace(run, epochs=LONG) for run in experiment.runs))


@pytest.fixture
def make_session(qtbot):
    """Return a function that opens an experiment in a session, which is closed after the test."""
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
    """Return a function that computes a run without a thread."""

    return lambda experiment, index: computed(experiment)[index]


@pytest.fixture
def assert_same():
    """Return a function that asserts that two records are equal, number for number."""

    def compare(one, other):
        assert one.stop == other.stop
        assert len(one) == len(other)
        for a, b in zip(one.whole, other.whole, strict=True):
            np.testing.assert_array_equal(a, b)

    return compare
