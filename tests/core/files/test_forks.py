"""Runs that leave others in files: scenes, the record, scripts and the code of the lecture."""

import csv
import io
import json
from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest

from gdsim.core.engine.runs import first_steps
from gdsim.core.files.checked_json import FileFault
from gdsim.core.files.library_code import library_code
from gdsim.core.files.record_csv import writing_record
from gdsim.core.files.scene import parse_scene, scene_text
from gdsim.core.files.script.writing import script_of
from gdsim.core.model import edits
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import MOST_FORKS, Fork, Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import SCHEDULES
from tests.core.files.script_runs import check_both, load, run_script
from tests.core.records import scene
from tests.core.strategies import rule_variants, variant_id
from tests.every import WHOLE, every

BATCHINGS = (BATCH(), STOCHASTIC(shuffle=True), MINI_BATCH(size=2), MINI_BATCH(size=2, shuffle=True))


def tree_of(experiment):
    return json.loads(scene_text(experiment))


def with_forks(run, dimension=1):
    """Return runs that leave a run and each other: as they are, with other batches, with another rule."""
    other = BATCHINGS[(BATCHINGS.index(run.batching) + 1) % len(BATCHINGS)]
    late = replace(run, fork=Fork(run, 16), name="late")  # with some batches: in the middle of an epoch
    adam = replace(
        run,
        optimizer=RULES["adam"](),
        schedule=SCHEDULES["exponential"](),
        momentum_schedule=Run().momentum_schedule,
        fork=Fork(late, 20, (0.1,) * (dimension + 1)),
        name="adam",
    )
    return (
        run,
        replace(run, fork=Fork(run, 15), name="early"),
        late,
        replace(run, fork=Fork(run, 16), batching=other, name="other batches"),
        replace(run, fork=Fork(run, 16, (), keeps_memory=False), name="cleared"),
        adam,
    )


def experiment_of(run, dimension=1):
    rng = np.random.default_rng(dimension)
    points = PointSet(rng.normal(size=(5, dimension)), rng.uniform(size=5))
    validation = PointSet(rng.normal(size=(3, dimension)), rng.uniform(size=3))
    return Experiment(points, validation, with_forks(run, dimension))


# Every rule with every batching and every schedule in a whole run, otherwise with two of them and one
# input or two.
PAIRS = list(zip(cycle(BATCHINGS), SCHEDULES.values(), strict=False))
KINDS = [
    (optimizer, dimension, PAIRS if WHOLE else PAIRS[(number // 2) % 4 + 1 :: 4])
    for number, optimizer in enumerate(rule_variants())
    for dimension in ((1, 2) if WHOLE else (1 + number % 2,))
]
NAMES = [f"{variant_id(optimizer)}, {dimension}" for optimizer, dimension, _ in KINDS]


def experiments_of(optimizer, dimension, pairs):
    for batching, schedule in pairs:
        start = (1.0,) * dimension + (-1.0,)
        run = Run(optimizer, batching, schedule(), epochs=14, start=start, seed=3)
        yield experiment_of(run, dimension)


def records_of(experiment):
    return [run_to_end(first_steps(experiment, run, 10**6)) for run in experiment.runs]


# ------------------------------------------------------------------------------------------- scenes


def test_a_parent_is_named_where_it_is_one_of_the_runs():
    experiment = scene("what-if")
    parents = [run["fork"]["parent"] for run in tree_of(experiment)["runs"][1:]]
    assert parents == ["Momentum", "Momentum"]
    assert all("start" not in run for run in tree_of(experiment)["runs"][1:])
    assert parse_scene(scene_text(experiment)) == experiment


def test_a_parent_that_is_gone_or_has_a_twin_is_written_whole():
    experiment = scene("what-if")
    gone = edits.remove_run(experiment, 0)
    assert tree_of(gone)["runs"][0]["fork"]["parent"]["start"] == {"w": 0.0, "b": 6.0}
    twins = edits.add_run(experiment, RULES["gd"], None)
    twins = edits.replace_run(twins, 3, replace(twins.runs[3], name="Momentum"))
    for one in (gone, twins):
        assert parse_scene(scene_text(one)) == one


def test_a_run_may_stand_before_the_one_that_it_leaves():
    experiment = scene("what-if")
    turned = replace(experiment, runs=experiment.runs[::-1])
    assert parse_scene(scene_text(turned)) == turned


@every(
    ("change", "fault"),
    [
        ({"parent": "Nobody", "step": 3}, "runs[1].fork.parent must be the name of a run, but no run has"),
        (
            {"parent": "Cleared", "step": 3},
            "runs[1].fork.parent must be a run that does not itself branch off",
        ),
        ({"parent": 3, "step": 3}, "runs[1].fork.parent must be an object, not 3"),
        ({"parent": "Momentum"}, "runs[1].fork.step is missing"),
        ({"parent": "Momentum", "step": -1}, "runs[1].fork.step must be a whole number from 0"),
        ({"parent": "Momentum", "step": 3, "memory": 1}, "runs[1].fork.memory must be true or false"),
        ({"parent": "Momentum", "step": 3, "nudge": {"w": "a"}}, "runs[1].fork.nudge.w must be a number"),
        ({"parent": "Momentum", "step": 3, "at": 1}, "runs[1].fork.at is not a known key"),
        ({"parent": {"algorithm": "no"}, "step": 3}, "runs[1].fork.parent.algorithm must be"),
    ],
)
def test_a_wrong_fork_is_refused_by_its_key(change, fault):
    tree = tree_of(scene("what-if"))
    tree["runs"][1]["fork"] = change
    with pytest.raises(FileFault) as refused:
        parse_scene(json.dumps(tree))
    assert str(refused.value).startswith(fault)


def test_two_runs_of_a_name_are_no_parent():
    tree = tree_of(scene("what-if"))
    tree["runs"][2]["name"] = "Momentum"
    with pytest.raises(FileFault, match="but two runs have the name"):
        parse_scene(json.dumps(tree))


def test_a_fork_has_no_start_of_its_own():
    tree = tree_of(scene("what-if"))
    tree["runs"][1]["start"] = {"w": 0, "b": 0}
    with pytest.raises(FileFault, match=r"runs\[1\]\.start does not go with a fork"):
        parse_scene(json.dumps(tree))


def test_an_endless_chain_of_forks_is_refused():
    run = {"algorithm": "gd"}
    for _ in range(MOST_FORKS + 30):
        run = {"algorithm": "gd", "fork": {"parent": run, "step": 1}}
    tree = {"gdsim": 1, "points": {"x": [1.0], "y": [0.5]}, "runs": [run]}
    with pytest.raises(FileFault, match=f"at most {MOST_FORKS} forks"):
        parse_scene(json.dumps(tree))


# ------------------------------------------------------------------------------------------- the record


def test_the_record_says_which_run_is_left_and_where(tmp_path):
    experiment = scene("what-if")
    for _ in writing_record(tmp_path / "record.csv", experiment):
        pass
    with (tmp_path / "record.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0])[-2:] == ["parent", "from"]
    own = [row for row in rows if row["run"] == "Cleared"]
    assert [row["step"] for row in own] == [str(step) for step in range(92, 201)]
    assert {(row["parent"], row["from"]) for row in own} == {("Momentum", "92")}
    assert {(row["parent"], row["from"]) for row in rows if row["run"] == "Momentum"} == {("", "")}
    left = next(row for row in rows if row["run"] == "Momentum" and row["step"] == "92")
    assert [own[0][name] for name in ("w", "b", "loss")] == [left[name] for name in ("w", "b", "loss")]
    assert (own[0]["v_w"], own[0]["eta"], own[0]["grad_w"]) == ("0.0", "", "")


def test_a_record_without_forks_has_no_column_for_them(tmp_path):
    for _ in writing_record(tmp_path / "record.csv", scene("valley")):
        pass
    assert (tmp_path / "record.csv").read_text(encoding="utf-8").splitlines()[0].endswith("m_b")


# -------------------------------------------------------------------------------------------- scripts


@every(("optimizer", "dimension", "pairs"), KINDS, ids=NAMES)
def test_scripts_and_the_code_go_on_from_a_step_to_the_last_bit(optimizer, dimension, pairs):
    for experiment in experiments_of(optimizer, dimension, pairs):
        firsts = [first for _, _, first, *_ in load(script_of(experiment))["RUNS"]]
        assert firsts == [experiment.clock(run).first for run in experiment.runs]
        check_both(experiment, records_of(experiment))


def test_a_script_prints_steps_as_the_window_counts_them(tmp_path):
    experiment = scene("what-if")
    rows = list(csv.reader(io.StringIO(run_script(experiment, tmp_path, "--csv"))))
    assert [row[1] for row in rows if row[0] == "Cleared"] == [str(step) for step in range(92, 201)]
    assert "Finished after 200 steps." in run_script(experiment, tmp_path)


def test_a_line_for_a_library_says_that_it_goes_on():
    run = scene("what-if").runs[2]
    assert "continues after step 92" in library_code(run, "torch", 1)
    assert "continues" not in library_code(scene("what-if").runs[0], "torch", 1)
