"""What is wanted: done, or refused in a sentence."""

from dataclasses import replace

import pytest

from gdsim.core.schedules import ValidationDecay
from gdsim.gui.intents import Intents
from gdsim.session.session import Session
from tests.gui.flights import scene


@pytest.fixture
def session(qtbot):
    session = Session(scene("first-neuron"))
    yield session
    session.close()


@pytest.fixture
def said(session):
    wishes, said = Intents(session), []
    wishes.refused.connect(said.append)
    wishes.done.connect(lambda: said.append("done"))
    return wishes, said


def test_a_run_is_named_in_a_refusal(session, said):
    wishes, sentences = said
    run = replace(session.experiment.runs[1], schedule=ValidationDecay())
    wishes.replace_run(1, run, "Change schedule")
    assert sentences == ["Momentum: the schedule needs validation points, and there are none."]


def test_other_refusals_are_sentences(said):
    wishes, sentences = said
    wishes.remove_points([0, 1])
    assert sentences == ["Points must not be empty."]


def test_a_success_is_told(said):
    wishes, sentences = said
    wishes.add_point()
    assert sentences == ["done"]


def test_undo_and_redo_are_told_so_that_a_refusal_goes(session, said):
    wishes, sentences = said
    wishes.add_point()
    wishes.remove_points([0, 1, 2])
    wishes.undo()
    wishes.redo()
    assert sentences == ["done", "Points must not be empty.", "done", "done"]
    assert len(session.experiment.points) == 3
