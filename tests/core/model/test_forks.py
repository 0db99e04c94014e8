"""Runs that leave others, as edits have them: parents are followed, moved, renamed and removed."""

from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.model import edits, forks
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import MOST_FORKS, Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from gdsim.core.settings import InvalidValue
from tests.core.records import changed
from tests.every import every


@pytest.fixture
def tree():
    """Return gradient descent, a fork of it at step 40, a fork of that at step 60, and momentum."""
    experiment = edits.add_run(new_experiment(), RULES["momentum"], None)
    experiment, place = forks.add_fork(experiment, forks.fork_run(experiment, 0, 40))
    return forks.add_fork(experiment, forks.fork_run(experiment, place, 60))[0]


def test_forks_stand_below_their_parents(tree):
    assert forks.depths(tree.runs) == (0, 1, 2, 0)
    assert [run.name for run in tree.runs] == [
        "Gradient descent", "Gradient descent 2", "Gradient descent 3", "Momentum",
    ]  # fmt: skip
    later, place = forks.add_fork(tree, forks.fork_run(tree, 0, 10))
    assert (place, forks.depths(later.runs)) == (3, (0, 1, 2, 1, 0))


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Another"},
        {"start": (0.0, 3.0)},
        {"optimizer": RULES["adam"]()},
        {"hidden": True},
        {"colour": "#123456"},
        {"epochs": 30},
    ],
)
def test_whatever_becomes_of_a_parent_its_forks_follow(tree, values):
    new = changed(tree, 0, **values)
    assert forks.depths(new.runs) == (0, 1, 2, 0)
    assert new.runs[2].fork.parent.fork.parent == new.runs[0]
    assert new.runs[1].start == new.runs[0].start


def test_what_a_parent_looks_like_changes_no_number(tree):
    new = changed(tree, 0, name="Another", hidden=True, colour="#123456", epochs=30)
    assert new.runs[2].computes_like(tree.runs[2])
    assert not changed(tree, 0, seed=1).runs[2].computes_like(tree.runs[2])


def test_a_fork_keeps_the_past_of_a_parent_that_is_removed(tree):
    new = edits.remove_run(tree, 0)
    assert forks.depths(new.runs) == (0, 1, 0)
    assert new.runs[0] == tree.runs[1]
    assert new.runs[0].fork.parent == tree.runs[0]


def test_order_is_nothing_to_forks(tree):
    new = replace(tree, runs=tree.runs[::-1])
    assert forks.depths(new.runs) == (0, 2, 1, 0)
    assert forks.depths(changed(new, 3, name="Another").runs) == (0, 2, 1, 0)


def test_of_two_equal_runs_the_first_is_the_parent(tree):
    twins = edits.insert_run(tree, 4, tree.runs[0])
    assert changed(twins, 4, name="Another").runs[1] == tree.runs[1]
    assert changed(twins, 0, name="Another").runs[1].fork.parent.name == "Another"


def test_a_parent_cannot_begin_after_a_fork_of_it(tree):
    late = replace(tree.runs[1].fork, step=61)
    with pytest.raises(InvalidValue, match=r"step must be at least 61, where its parent begins"):
        changed(tree, 1, fork=late)


def test_points_with_other_inputs_give_all_runs_as_many_weights(tree):
    nudged = changed(tree, 1, fork=replace(tree.runs[1].fork, nudge=(0.5, 0.25)))
    points = PointSet(np.ones((3, 3)), [0.1, 0.2, 0.3])
    new = edits.put_points(nudged, points, PointSet.empty(3), replaces=True)
    assert new.runs[1].fork.nudge == (0.5, 0.0, 0.0, 0.25)
    assert {len(run.start) for run in new.runs} == {4}
    assert forks.depths(new.runs) == (0, 1, 2, 0)
    back = edits.put_points(new, nudged.points, nudged.validation, replaces=True)
    assert back.runs[1].fork.nudge == (0.5, 0.25)


def test_a_past_may_need_validation_points():
    parent = Run(schedule=SCHEDULES["validation"]())
    run = replace(parent, schedule=SCHEDULES["constant"](), fork=Fork(parent, 3))
    with pytest.raises(InvalidValue, match="validation points"):
        Experiment(PointSet([1.0], [0.5]), PointSet.empty(), (run,))


def test_a_chain_of_forks_has_an_end():
    run = Run()
    for _ in range(MOST_FORKS):
        run = replace(run, fork=Fork(run, 1))
    with pytest.raises(InvalidValue, match=f"at most {MOST_FORKS}"):
        Fork(run, 1)


@every("step", [-1, 0.5, True, 2 * 10**9])
def test_a_step_is_a_whole_number(step):
    with pytest.raises(InvalidValue, match=r"step must be a whole number"):
        Fork(Run(), step)


def test_a_nudge_has_a_number_for_each_parameter():
    with pytest.raises(InvalidValue, match=r"nudge must have 2 numbers, not 3"):
        Fork(Run(), 1, (0.0, 1.0, 2.0))
    assert Fork(Run(), 1, (0.0, -0.0)) == Fork(Run(), 1)


def test_a_drag_adds_to_the_nudge(tree):
    once = forks.set_fork_nudge(tree, 1, 0.5, -0.25)
    twice = forks.set_fork_nudge(once, 1, 0.25, 0.0)
    assert twice.runs[1].fork.nudge == (0.75, -0.25)


def test_changed_settings_go_into_the_fork_and_its_name_follows_the_rule(tree):
    run = forks.forked(tree, 3, 20, replace(tree.runs[3], optimizer=RULES["adam"](), hidden=True))
    assert (run.name, run.fork, run.hidden, run.style) == ("Adam", Fork(tree.runs[3], 20), False, None)
