"""Edits of the rules of a document."""

from dataclasses import replace

import pytest

from gdsim.core.model.edits import add_run, duplicate_run, remove_run
from gdsim.core.model.experiment import Experiment, new_experiment
from gdsim.core.model.rule_edits import change_rule, remove_rule, runs_of_rule
from gdsim.core.model.run import Run
from gdsim.core.rules.own_rule import own_rule
from gdsim.core.rules.own_settings import made_setting
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES
from gdsim.core.settings import BELOW_ONE, NUMBER, POSITIVE, InvalidValue

HEAVY = own_rule("Heavy", "v_t = gamma*v + eta*g\nw_next = w - boost*v_t")


@pytest.fixture
def with_rule():
    return add_run(new_experiment(), HEAVY, Run(start=(1.0, 2.0), epochs=7))


def test_a_rule_comes_with_a_run_of_it(with_rule):
    assert with_rule.rules == (HEAVY,)
    run = with_rule.runs[-1]
    assert (run.optimizer, run.name, run.start, run.epochs) == (HEAVY(), "Heavy", (1.0, 2.0), 7)
    assert runs_of_rule(with_rule, HEAVY) == [run]


def test_a_rule_stays_without_its_runs(with_rule):
    assert remove_run(with_rule, 1).rules == (HEAVY,)


def test_a_run_brings_its_rule_along():
    now = new_experiment()
    assert Experiment(now.points, now.validation, (Run(HEAVY()),)).rules == (HEAVY,)


def test_two_rules_of_one_id_cannot_be():
    other = replace(HEAVY, lines="w_next = w - eta*g", settings=HEAVY.settings[:1])
    with pytest.raises(InvalidValue, match="rules must each have an id of their own"):
        replace(new_experiment(), rules=(HEAVY, other))


def test_runs_follow_a_changed_rule_with_the_values_that_it_takes(with_rule):
    run = with_rule.runs[-1]
    chosen = run.optimizer.replace(eta=0.3, gamma=0.5, boost=7.0)
    run = replace(run, optimizer=chosen, momentum_schedule=MOMENTUM_SCHEDULES["sutskever"]())
    now = replace(with_rule, runs=(Run(), run, replace(run, name="Mine"), replace(run, name="Heavy 2")))
    boost = made_setting("boost", BELOW_ONE, 0.25, 0.0, 0.9)
    new = own_rule("Light", "w_next = w - eta*boost*g", [boost], HEAVY.id)
    changed = change_rule(now, HEAVY, new)
    assert changed.rules == (new,)
    assert [one.name for one in changed.runs] == ["Gradient descent", "Light", "Mine", "Light 2"]
    assert changed.runs[0] == now.runs[0]
    for one in changed.runs[1:]:
        assert one.optimizer == new(eta=0.3, boost=0.25)
        assert not one.momentum_schedule.definition.changes


def test_a_new_default_is_that_of_runs_that_had_the_old_one(with_rule):
    settings = [made_setting("eta", POSITIVE, 0.2, 0.1, 1.0), made_setting("boost", NUMBER, 3.0, 0.0, 5.0)]
    changed = change_rule(with_rule, HEAVY, own_rule(HEAVY.title, HEAVY.lines, settings, HEAVY.id))
    assert dict(changed.runs[-1].optimizer.items()) == {"eta": 0.2, "gamma": 0.9, "boost": 3.0}


def test_a_rule_goes_with_its_runs(with_rule):
    removed = remove_rule(duplicate_run(with_rule, 1), HEAVY)
    assert removed == new_experiment()
