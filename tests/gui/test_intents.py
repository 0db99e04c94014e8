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


def test_the_name_of_a_file_is_left_as_it_is(said, tmp_path):
    wishes, sentences = said
    broken = tmp_path / "broken.json"
    broken.write_text('{"gdsim": 2}')
    wishes.open(broken)
    assert "broken.json: gdsim must be 1" in sentences[0]
    assert sentences[0][0] == str(broken)[0] or sentences[0].startswith("broken.json")


def test_a_success_is_told(said):
    wishes, sentences = said
    wishes.add_point()
    assert sentences == ["done"]
