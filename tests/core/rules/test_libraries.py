"""The optimizers and schedules of the libraries, against what the libraries themselves computed.

The record is made by packaging/record_libraries.py, where they are installed.
"""

import json

import numpy as np
import pytest

from gdsim.core.model.points import PointSet
from gdsim.core.rules.libraries.arguments import REQUIRED
from gdsim.core.rules.libraries.lookup import (
    LIBRARIES,
    find_rule,
    find_schedule,
    library_rules,
    library_schedules,
)
from gdsim.core.rules.schedules import ScheduleState
from gdsim.core.settings import InvalidValue
from tests.core.library_runs import name_of, record, recorded_run
from tests.core.records import columns_of
from tests.every import every

RECORD = record()
CLOSE = 1e-9


@every("case", RECORD["runs"], ids=name_of)
def test_it_goes_where_the_library_goes(case):
    data, run = RECORD["sets"][case["set"]], recorded_run(case, epochs=200)
    columns = columns_of(run, PointSet(data["x"], data["y"]))
    steps = [t for t in range(1, 201) if t <= 10 or t % 10 == 0]
    assert np.abs(columns.p[steps] - np.array(case["places"])).max() <= CLOSE
    assert np.abs(np.diff(case["places"], axis=0)).max() > 0.0


def test_the_record_has_every_optimizer_and_every_schedule():
    every = {id_ for one in LIBRARIES for id_ in (*library_rules(one), *library_schedules(one))}
    recorded = {case[key] for case in RECORD["runs"] for key in ("id", "schedule")} - {None}
    assert every == recorded == RECORD["signatures"].keys()


@every("id_", RECORD["signatures"])
def test_it_takes_what_the_library_takes_with_its_defaults(id_):
    declared = {one.name: one for one in _entry(id_).declared if one.name != "every"}
    theirs = {name: rest for name, *rest in RECORD["signatures"][id_]}
    assert declared.keys() == theirs.keys()
    by_position = [name for name, (keyword_only, *_) in theirs.items() if not keyword_only]
    assert [name for name, one in declared.items() if not one.keyword_only] == by_position
    for name, (_, *default) in theirs.items():
        ours = declared[name].default
        if default and declared[name].settings_for({}):
            assert ours == (tuple(default[0]) if isinstance(default[0], list) else default[0])
        elif not default:
            assert ours is REQUIRED


def _entry(id_):
    one = id_.partition(".")[0]
    return {**library_rules(one), **library_schedules(one)}[id_]


REFUSED = {
    "torch.optim.SGD": [
        (
            {"learning_rate": 0.1},
            "learning_rate is not an argument of torch.optim.SGD; it takes lr, momentum, ",
        ),
        ({"lr": "fast"}, 'lr must be a positive number, not "fast"'),
        ({"lr": -1}, "lr must be a positive number, not -1"),
        ({"nesterov": 1}, "nesterov must be true or false, not 1"),
        ({"nesterov": True}, "nesterov needs a momentum above 0"),
        ({"nesterov": True, "momentum": 0.5, "dampening": 0.1}, "nesterov needs a dampening of 0"),
        ({"maximize": True}, "maximize must be false here, not true"),
    ],
    "torch.optim.Adam": [
        ({"betas": 0.9}, "betas must be a pair of numbers, not 0.9"),
        ({"betas": [0.9]}, "betas must be a pair of numbers, not a list"),
        ({"betas": [0.9, 1.0]}, "betas must be a number of at least 0 and below 1, not 1.0"),
    ],
    "keras.optimizers.Adam": [
        ({"clipnorm": 1.0}, "clipnorm must be null here, not 1.0"),
        ({"weight_decay": -0.1}, "weight_decay must be a number of at least 0, not -0.1"),
    ],
    "optax.adam": [({}, "learning_rate is missing: optax.adam has no default for it")],
    "optax.adadelta": [({}, "learning_rate must be given: without one, Optax steps along the gradient")],
    "torch.optim.lr_scheduler.MultiStepLR": [
        ({}, "milestones is missing: torch.optim.lr_scheduler.MultiStepLR has no default for it"),
        ({"milestones": []}, "milestones must have 1 to 20 numbers, not 0"),
        ({"milestones": [1.5]}, "milestones must be a whole number of at least 1, not 1.5"),
        ({"milestones": [3], "every": "week"}, 'every must be "epoch" or "update", not "week"'),
    ],
    "keras.optimizers.schedules.PiecewiseConstantDecay": [
        ({"boundaries": [3, 5], "values": [1, 2]}, "values must have one number more than boundaries")
    ],
    "optax.piecewise_constant_schedule": [
        (
            {"boundaries_and_scales": {"soon": 0.5}},
            "boundaries_and_scales must be a whole number of at least 1",
        )
    ],
}


@every("id_", REFUSED)
def test_what_the_library_does_not_take_is_refused_in_a_sentence_that_names_it(id_):
    for arguments, words in REFUSED[id_]:
        with pytest.raises(InvalidValue) as refusal:
            _entry(id_).given(arguments)
        assert str(refusal.value).startswith(words)


ALIEN: tuple[object, ...] = (
    "fast",
    "0.1",
    [],
    {},
    [["a"]],
    {"a": 1},
    float("nan"),
    float("-inf"),
    1e400,
    object,
)


@every("id_", RECORD["signatures"])
def test_every_argument_refuses_what_is_no_value_of_it_in_one_sentence(id_):
    entry = _entry(id_)
    names = [one.name for one in entry.declared]
    for name in names:
        if name == "name":  # any text is one
            continue
        for alien in ALIEN:
            if name == "ema_momentum" and isinstance(alien, float):
                continue
            with pytest.raises(InvalidValue) as refusal:
                entry.given({name: alien})
            assert "\n" not in str(refusal.value)
            needed = [one for one in names if one != name and str(refusal.value).startswith(one)]
            assert str(refusal.value).startswith(name) or needed
    for unknown in ("nonsense", "learning rate", "__class__", "", "λ" * 300):
        with pytest.raises(InvalidValue, match="is not an argument of"):
            entry.given({unknown: 1.0})


@every("case", RECORD["runs"], ids=name_of)
def test_what_is_written_is_read_again(case):
    for key, arguments in (("id", "arguments"), ("schedule", "of_schedule")):
        if case[key]:
            made = _entry(case[key]).given(case[arguments])
            written = json.loads(json.dumps(made.arguments))
            assert _entry(case[key]).given(written) == made
            given = {name: value for name, value in case[arguments].items() if name in written}
            assert {name: written[name] for name in given} == given


def test_a_switch_that_a_library_would_refuse_is_not_written():
    sgd = find_rule("torch.optim.SGD")
    without = sgd(eta=0.5, nesterov=True)
    assert without.arguments["nesterov"] is False
    assert without.update_rule is sgd(eta=0.5).update_rule or [
        str(line) for line in without.update_rule.program.lines
    ] == [str(line) for line in sgd(eta=0.5).update_rule.program.lines]


def test_a_scheduler_is_called_after_every_epoch_or_after_every_update():
    state = ScheduleState(step=7, epoch=2, rises=0)
    halved = find_schedule("torch.optim.lr_scheduler.StepLR").given
    assert halved({"step_size": 2, "gamma": 0.5}).rate(1.0, state) == 0.5
    assert halved({"step_size": 2, "gamma": 0.5, "every": "update"}).rate(1.0, state) == 0.125
