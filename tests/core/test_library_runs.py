"""What the program says and writes of the libraries' optimizers follows from their lines."""

import json

import numpy as np
import pytest

from gdsim.core.analysis.arrows import arrows
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.exercises.check.wrong_rules import wrong_rules
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.record_csv import header
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.model.batching import BATCH, MINI_BATCH
from gdsim.core.model.experiment import MOST_RUNS, Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from tests.core.analysis.diagnosis.test_any_run import check as check_findings
from tests.core.files.script_runs import check_both
from tests.core.library_runs import library_runs
from tests.core.records import computed, diagnose
from tests.every import every, some_of

POINTS = PointSet([0.5, 2.5, -1.0], [0.2, 0.9, 0.4])


def experiments(number, batching=None, epochs=12):
    """Return experiments with every second of the runs, from this one on, or in a whole run with all."""
    runs = some_of(library_runs(batching=batching or BATCH(), epochs=epochs), number, 2)
    for first in range(0, len(runs), MOST_RUNS):
        yield Experiment(POINTS, PointSet.empty(), runs[first : first + MOST_RUNS])


@every(("number", "batching"), [(0, BATCH()), (1, MINI_BATCH(size=2, shuffle=True))], ids=str)
def test_scripts_print_the_engine_s_numbers(number, batching):
    for experiment in experiments(number, batching):
        check_both(experiment)


def test_a_scene_holds_them():
    for experiment in (*experiments(0), *experiments(1)):
        assert parse_scene(scene_text(experiment)) == experiment


def test_a_step_is_worked_out_to_the_engine_s_numbers():
    for experiment in experiments(0):
        for run, trajectory in zip(experiment.runs, computed(experiment), strict=True):
            for t in (1, 2, 12):
                update = update_of(experiment, run, trajectory.whole, t)
                last = [parameter.lines[-1] for parameter in worked(update, 4).parameters]
                assert all(line.result for line in last)
                worked(update, None, IN_LATEX)
                after = [line.value for line in last]
                np.testing.assert_allclose(after, trajectory.whole.p[t], rtol=1e-12)
                assert arrows(update)


def test_no_line_computes_what_is_written_like_the_bias_or_the_number_of_points():
    rules = [run.optimizer.update_rule for run in library_runs()]
    rules += [rule().update_rule for rule in RULES.values()]
    for rule in rules:
        assert not {line.target.removesuffix("_t") for line in rule.program.lines} & {"b", "n"}


def test_they_are_diagnosed():
    for experiment in experiments(1, epochs=30):
        for run, trajectory in zip(experiment.runs, computed(experiment), strict=True):
            found = diagnose(experiment, run, trajectory.whole, trajectory.stop)
            check_findings(found, trajectory.last_step)


def test_mistakes_are_those_of_the_lines_that_are_in_use():
    run = next(
        run for run in library_runs() if run.optimizer.id == "torch.optim.SGD" and run.optimizer["nesterov"]
    )
    assert any("u" in one.rule.letters for one in wrong_rules(run.optimizer))


def scene_with(**run):
    tree = {"gdsim": 1, "points": {"x": [0.5, 2.5], "y": [0.2, 0.9]}, "runs": [run]}
    return parse_scene(json.dumps(tree)).runs[0]


def test_a_run_is_given_as_the_library_writes_it():
    given = {"lr": 0.1, "betas": [0.9, 0.99], "amsgrad": True}
    run = scene_with(algorithm="torch.optim.Adam", hyperparameters=given)
    assert (run.optimizer.eta, run.optimizer["beta2"], run.optimizer["amsgrad"]) == (0.1, 0.99, True)
    assert run.name == "PyTorch Adam"


def test_the_rate_may_stand_in_the_schedule_alone():
    schedule = {"kind": "optax.cosine_decay_schedule", "init_value": 0.3, "decay_steps": 9}
    run = scene_with(algorithm="optax.sgd", schedule=schedule)
    assert run.optimizer.eta == 0.3
    assert scene_with(algorithm="gd", hyperparameters={"eta": 0.3}, schedule=schedule).optimizer.eta == 0.3


@every(
    ("run", "words"),
    [
        ({"algorithm": "torch.optim.Adm"}, "runs[0].algorithm must be one of torch.optim.SGD, "),
        ({"algorithm": "adm"}, "runs[0].algorithm must be one of gd, "),
        (
            {"algorithm": "optax.sgd"},
            "runs[0].hyperparameters.learning_rate is missing: optax.sgd has no default",
        ),
        (
            {"algorithm": "torch.optim.Adam", "hyperparameters": {"momentum": 0.9}},
            "runs[0].hyperparameters.momentum is not a known key; the known keys are lr, betas, ",
        ),
        (
            {"algorithm": "torch.optim.SGD", "hyperparameters": {"nesterov": True}},
            "runs[0].hyperparameters.nesterov needs a momentum above 0",
        ),
        (
            {"algorithm": "gd", "schedule": {"kind": "torch.optim.lr_scheduler.StepLR"}},
            "runs[0].schedule.step_size is missing",
        ),
        (
            {"algorithm": "gd", "schedule": {"kind": "torch.optim.lr_scheduler.Step"}},
            "runs[0].schedule.kind must be one of torch.optim.lr_scheduler.StepLR, ",
        ),
        (
            {
                "algorithm": "gd",
                "hyperparameters": {"eta": 0.5},
                "schedule": {"kind": "optax.cosine_decay_schedule", "init_value": 0.3, "decay_steps": 9},
            },
            "runs[0].hyperparameters has eta 0.5, and the schedule init_value 0.3: they must agree",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_key(run, words):
    with pytest.raises(FileFault) as refusal:
        scene_with(**run)
    assert str(refusal.value).startswith(words)


def test_the_record_has_a_column_for_what_it_remembers():
    run = scene_with(algorithm="torch.optim.NAdam")
    names = header(Experiment(POINTS, PointSet.empty(), (run,)))
    assert {"m_w", "v_b", "p_w"} <= set(names)
