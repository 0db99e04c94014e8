"""What is wanted: done, or refused in a sentence."""

from dataclasses import replace
from functools import partial

import pytest

from gdsim.core.lessons.files import load_lesson
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.gui.actions import UserActions
from gdsim.gui.forms.fields import CheckedField
from gdsim.session.session import Session
from tests.gui.frames import scene
from tests.gui.shared_window import shared
from tests.gui.windows import focus

pytestmark = pytest.mark.usefixtures("all_undressed")

TWO_INPUTS, NO_INPUTS = PointSet([[1.0, 2.0]], [0.5]), PointSet.empty(2)


@pytest.fixture
def session(qtbot):
    session = Session(scene("first-neuron"))
    yield session
    session.close()


@pytest.fixture
def said(session):
    user_actions, said = UserActions(session), []
    user_actions.refused.connect(said.append)
    user_actions.done.connect(lambda: said.append("done"))
    return user_actions, said


def test_a_run_is_named_in_a_refusal(session, said):
    user_actions, sentences = said
    run = replace(session.experiment.runs[1], schedule=SCHEDULES["validation"]())
    user_actions.replace_run(1, run, "Change schedule")
    assert sentences == ["Momentum: the schedule needs validation points, but there are none."]


def test_other_refusals_are_sentences(said):
    user_actions, sentences = said
    user_actions.remove_points([0, 1])
    assert sentences == ["At least one training point must remain."]


def test_a_success_is_told(said):
    user_actions, sentences = said
    user_actions.add_point()
    assert sentences == ["done"]


def test_undo_and_redo_are_told_so_that_a_refusal_goes(session, said):
    user_actions, sentences = said
    user_actions.add_point()
    user_actions.remove_points([0, 1, 2])
    user_actions.undo()
    user_actions.redo()
    assert sentences == ["done", "At least one training point must remain.", "done", "done"]
    assert len(session.experiment.points) == 3


def test_a_number_that_is_being_typed_is_that_of_the_run_it_is_typed_for(qtbot):
    window, session = shared(qtbot, scene("first-neuron"), painted=False)
    runs = window.cards.runs
    field = window.cards.editor.make().kinds["optimizer"].form.editors["eta"].findChild(CheckedField)
    typed, momentum, nesterov = ("gd", 0.5), ("momentum", 1.0), ("nesterov", 1.0)
    for act, there in (
        (window.commands["next_run"].trigger, [typed, momentum, nesterov]),
        (window.commands["duplicate_run"].trigger, [typed, typed, momentum, nesterov]),
        (partial(runs.duplicate_requested.emit, 0), [typed, typed, momentum, nesterov]),
        (partial(runs.add_requested.emit, "momentum"), [typed, momentum, nesterov, momentum]),
        (partial(runs.remove_requested.emit, 0), [momentum, nesterov]),
    ):
        session.open(scene("first-neuron"))
        session.select(0)
        focus(qtbot, field)
        field.selectAll()
        qtbot.keyClicks(field, "0.5")
        act()
        window.body.setFocus()
        assert [(run.optimizer.id, run.optimizer.eta) for run in session.experiment.runs] == there


def test_nothing_that_was_typed_for_a_run_goes_to_another_one(qtbot):
    window, session = shared(qtbot, scene("first-neuron"), painted=False)
    field = window.cards.editor.make().kinds["optimizer"].form.editors["eta"].findChild(CheckedField)
    stops = [stop for stop in load_lesson("lecture").stops if stop.experiment.runs]
    for scene_of in (stops[0].experiment, replace(scene("valley"), runs=scene("valley").runs[1:])):
        session.open(scene("first-neuron"))
        session.select(0)
        focus(qtbot, field)
        field.selectAll()
        qtbot.keyClicks(field, "0.5")
        session.open(scene_of)  # as a button of a lesson does
        window.body.setFocus()
        assert session.experiment == scene_of


def test_what_is_being_typed_is_undone_first_and_takes_no_undo_back(qtbot):
    window, session = shared(qtbot, scene("first-neuron"), painted=False)
    session.select(0)
    editor, undo = window.cards.editor.make(), window.header.buttons["undo"]
    shuffled = replace(session.selected_run, batching=STOCHASTIC(shuffle=True))
    for name, change in (
        ("learning rate", partial(window.user_actions.replace_run, 0, replace(shuffled, seed=3), "Change")),
        ("seed", partial(window.user_actions.replace_run, 0, shuffled, "Change")),
        ("start weight w₂", partial(window.user_actions.put_points, TWO_INPUTS, NO_INPUTS, True, "Import")),
    ):
        before = session.experiment
        change()
        after = session.experiment
        field = next(
            one
            for one in editor.findChildren(CheckedField)
            if one.isVisible() and one.accessibleName() == name
        )
        focus(qtbot, field)
        field.selectAll()
        qtbot.keyClicks(field, "7")
        undo.click()
        assert session.experiment == after
        undo.click()
        window.body.setFocus()
        assert session.experiment == before
        assert not window.notice.isVisible()


@pytest.mark.parametrize("replaces", [True, False])
def test_what_is_said_of_a_scene_of_the_lecture_goes_with_its_points(qtbot, replaces):
    valley = scene("valley")
    session = Session(valley)
    user_actions = UserActions(session)
    user_actions.put_points(PointSet([1.0], [0.5]), PointSet.empty(1), replaces, "Import points")
    assert (session.experiment.title, session.experiment.about) == ("" if replaces else valley.title, "")
    user_actions.undo()
    assert session.experiment == valley
    session.close()


def test_the_sentence_of_a_scene_goes_with_other_points(qtbot):
    """It may count them, and says what comes of them."""
    neuron = scene("first-neuron")
    session = Session(neuron)
    user_actions = UserActions(session)
    for change in (
        user_actions.add_point,
        partial(user_actions.add_point_at, 1.0, 0.5),
        partial(user_actions.overwrite_points, 1, PointSet([1.0, 2.0], [0.5, 0.6])),
        partial(user_actions.remove_points, [0]),
        partial(user_actions.move_point, 0, [1.0], 0.5, ""),
        partial(user_actions.drag_point, 0, 1.0, 0.5),
        partial(user_actions.set_role, [0], True),
    ):
        change()
        assert (session.experiment.title, session.experiment.about) == (neuron.title, "")
        user_actions.undo()
        assert session.experiment == neuron
    session.close()


def test_an_own_title_stays_with_other_points(qtbot):
    session = Session(replace(scene("valley"), title="My plants", about="grown in May"))
    UserActions(session).put_points(PointSet([1.0], [0.5]), PointSet.empty(1), True, "Import points")
    assert (session.experiment.title, session.experiment.about) == ("My plants", "grown in May")
    session.close()
