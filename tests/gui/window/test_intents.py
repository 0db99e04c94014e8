"""What is wanted: done, or refused in a sentence."""

from dataclasses import replace

import pytest

from gdsim.core.model.points import PointSet
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.gui.actions import Intents
from gdsim.session.session import Session
from tests.gui.frames import scene


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
    run = replace(session.experiment.runs[1], schedule=SCHEDULES["validation"]())
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


@pytest.mark.parametrize("replaces", [True, False])
def test_what_is_said_of_a_scene_of_the_lecture_goes_with_its_points(qtbot, replaces):
    valley = scene("valley")
    session = Session(valley)
    intents = Intents(session)
    intents.put_points(PointSet([1.0], [0.5]), PointSet.empty(1), replaces, "Import points")
    told = session.experiment.title, session.experiment.about
    assert told == (("", "") if replaces else (valley.title, valley.about))
    intents.undo()
    assert session.experiment == valley
    session.close()


def test_an_own_title_stays_with_other_points(qtbot):
    session = Session(replace(scene("valley"), title="My plants", about="grown in May"))
    Intents(session).put_points(PointSet([1.0], [0.5]), PointSet.empty(1), True, "Import points")
    assert (session.experiment.title, session.experiment.about) == ("My plants", "grown in May")
    session.close()
