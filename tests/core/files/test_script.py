"""Exported scripts, run on their own: their numbers are the engine's, and documents are no code."""

import dataclasses
import io
import json
import os
import subprocess
import sys
import tokenize

import numpy as np
import pytest

from gdsim.core.files.scene import parse_scene
from gdsim.core.files.script.run_program import MOST_NUMBERS, program_of
from gdsim.core.files.script.writing import script_of, write_script
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import (
    SCHEDULES,
)
from tests.core.files.script_kinds import (
    HOSTILE,
    RESTARTS,
    all_kinds,
    experiment_with,
    experiments_with,
    noisy_points,
    own_rule,
    without_texts,
)
from tests.core.files.script_runs import (
    check,
    load,
    records,
    run_alone,
    run_file,
    run_script,
    runs_of,
    tables,
)
from tests.core.other_rules import ADAMW
from tests.core.records import FIRST_NEURON, one_run, scene
from tests.every import every, some_of

ADAM = """
def do_adam():
    \"""Step along the average gradient, scaled by the root of the average squared gradient.

    mₜ = β₁·mₜ₋₁ + (1 − β₁)·∇wₜ
    vₜ = β₂·vₜ₋₁ + (1 − β₂)·(∇wₜ)²
    m̂ₜ = mₜ / (1 − β₁ᵗ)
    v̂ₜ = vₜ / (1 − β₂ᵗ)
    wₜ₊₁ = wₜ − (η/√(v̂ₜ + ε))·m̂ₜ

    and the same for b.
    \"""
    w, b, eta, max_epochs = -2.0, -2.0, 0.1, 1000
    m_w, m_b, v_w, v_b = 0.0, 0.0, 0.0, 0.0
"""


# ------------------------------------------------------------------------------------ the numbers


def test_a_script_runs_alone(tmp_path):
    (path,) = write_script(scene("mini-batch"), tmp_path / "script.py")
    check(scene("mini-batch"), tables(run_alone(path, "--csv")))
    assert run_alone(path) == run_file(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of no broken pipe")
@pytest.mark.parametrize(
    ("program", "arguments"),
    [(script_of, ()), (script_of, ("--csv",)), (lambda scene_: program_of(scene_, scene_.runs[0]), ())],
    ids=["script", "csv", "run"],
)
def test_a_reader_may_have_seen_enough(program, arguments, tmp_path):
    path = tmp_path / "script.py"
    path.write_bytes(program(scene("first-neuron")).encode())
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-I", str(path), *arguments], stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("run", "x", "y", "step"),
    [
        (Run(schedule=SCHEDULES["step"](factor=1e60, every=1), epochs=50), 0.5, 0.2, 7),
        (Run(RULES["gd"](eta=1e300), STOCHASTIC(), epochs=50), 1e10, 0.9, 1),
        (
            Run(RULES["momentum"](eta=1e200), schedule=SCHEDULES["step"](factor=1e40, every=2), epochs=50),
            1e10,
            0.9,
            7,
        ),
        (Run(RULES["adagrad"](), epochs=50), 1e100, 1e100, 1),
    ],
    ids=["the rate", "the start", "the velocity", "the memory alone"],
)
def test_a_run_that_diverges_ends_where_the_engine_ends_it(run, x, y, step, tmp_path):
    runs = (dataclasses.replace(run, start=(0.0, 0.0)), Run(epochs=2))
    experiment = Experiment(PointSet([x], [y]), PointSet.empty(), runs)
    check(experiment, tables(run_script(experiment, tmp_path, "--csv")))
    assert len(records(experiment)[0][1]) == step
    printed = run_script(experiment, tmp_path)
    assert f"Diverged at step {step}: a number became infinite or undefined.\n" in printed
    assert printed.endswith("Finished after 2 steps.\n")


def test_a_script_of_one_step_ends_in_the_engine_s_words(tmp_path):
    experiment = Experiment(PointSet([0.5], [0.2]), PointSet.empty(), (Run(epochs=1),))
    assert run_script(experiment, tmp_path).endswith("Finished after 1 step.\n")


# ------------------------------------------------------------------- rules and schedules of others


def test_a_script_is_plain_where_nothing_can_be_refused_or_the_run_ends_there():
    lines = "h = g/v\nv_t = v + 0.1*g**0.5\nw_next = w - eta*h/sqrt(g**2 + 1)/(1 + abs(log(t)))"
    text = script_of(one_run(Run(own_rule(lines)())))
    assert "w = w - eta * h_w / math.sqrt(dw * dw + 1) / (1 + math.fabs(math.log((i + 1))))" in text
    assert "h_w = dw / v_w" in text


def test_a_scene_with_a_rule_and_a_schedule_of_others(monkeypatch, tmp_path):
    monkeypatch.setitem(RULES, "decayed", ADAMW)
    monkeypatch.setitem(SCHEDULES, "restarts", RESTARTS)
    run = {"algorithm": "decayed", "schedule": {"kind": "restarts", "period": 7.5}, "epochs": 30}
    points = {"x": [0.5, 2.5], "y": [0.2, 0.9]}
    experiment = parse_scene(json.dumps({"gdsim": 1, "points": points, "runs": [run]}))
    check(experiment, tables(run_script(experiment, tmp_path, "--csv")))
    assert (
        "        # cosine with restarts\n"
        "        cycle = math.floor(i / period)\n"
        "        place = i % period / period\n"
        "        eta = k + (eta0 - k) * (1 + math.cos(math.pi * place)) / 2 / (1 + cycle)\n"
    ) in script_of(experiment)


def test_two_rules_of_one_title_are_two_functions():
    other = own_rule("w_next = w - 2*eta*g")
    experiment = experiment_with(Run(own_rule("w_next = w - eta*g")(), epochs=2), Run(other(), epochs=2))
    check(experiment, runs_of(experiment))
    text = script_of(experiment)
    assert ("def do_own_rule(" in text, "def do_own_rule_2(" in text) == (True, True)


@every("text", HOSTILE, ids=ascii)
def test_the_words_of_a_rule_are_no_code(text):
    def words_of(words):
        rule = dataclasses.replace(own_rule("w_next = w - eta*g"), title=words, summary=words)
        schedule = dataclasses.replace(RESTARTS, title=words)
        return one_run(Run(rule(), schedule=schedule(), epochs=2, name="plain"))

    experiment = words_of(text)
    check(experiment, runs_of(experiment))
    source = script_of(experiment)
    assert without_texts(source) == without_texts(script_of(words_of("word")))
    assert all(line.isprintable() for line in source.splitlines())
    assert len(source.split("\n")) == len(source.splitlines()) + 1


# --------------------------------------------------------------------------------- what it prints


def test_it_prints_the_first_and_the_last_steps_and_the_end(tmp_path):
    printed = run_script(scene("valley"), tmp_path)
    title, *runs = printed.split("\n\n")
    assert title == scene("valley").title
    for text, (name, table, end) in zip(runs, records(scene("valley")), strict=True):
        lines = text.splitlines()
        assert lines[:2] == [name, lines[1]]
        assert lines[1].split() == ["step", "w", "b", "loss"]
        assert lines[7].strip() == "..."
        shown = [line.split() for line in lines[2:7] + lines[8:13]]
        assert [int(step) for step, *_ in shown] == [0, 1, 2, 3, 4, 96, 97, 98, 99, 100]
        numbers = [[float(number) for number in row[1:]] for row in shown]
        assert numbers == table[[0, 1, 2, 3, 4, 96, 97, 98, 99, 100]].tolist()
        assert lines[13:] == [end] == ["Finished after 100 steps."]


def test_a_short_run_is_printed_whole(tmp_path):
    printed = run_script(one_run(Run(epochs=9)), tmp_path)
    assert "..." not in printed
    assert [line.split()[0] for line in printed.splitlines()[3:13]] == list("0123456789")


def test_a_document_without_runs(tmp_path):
    experiment = Experiment(FIRST_NEURON, PointSet.empty())
    assert run_script(experiment, tmp_path) == ""
    assert run_script(experiment, tmp_path, "--csv").splitlines() == ["run,step,w,b,loss"]


# ---------------------------------------------------------------------------------- how it reads


def test_the_code_of_a_run_says_what_its_rule_does():
    assert ADAM in script_of(one_run(Run(RULES["adam"]())))


def test_only_what_is_used_is_there():
    text = script_of(one_run(Run(epochs=5)))
    for name in (
        "numpy",
        "np.",
        "array",
        "batches",
        "shuffled",
        "VALIDATION",
        "itertools",
        "Path",
        "reconfigure",
    ):
        assert name not in text, name
    for name in ("math.sqrt", "sign", "gamma", "v_w"):
        assert name not in text, name


def test_numpy_is_there_for_shuffling_and_for_many_points():
    plain, shuffled = Run(batching=STOCHASTIC()), Run(batching=STOCHASTIC(shuffle=True))
    assert "np.seterr" not in script_of(experiment_with(shuffled))
    assert "import numpy as np" in script_of(experiment_with(shuffled))
    assert "numpy" not in script_of(experiment_with(plain, points=50))
    assert "def array_loss(" in script_of(experiment_with(plain, points=51))


def test_the_script_is_clean(tmp_path):
    for first, (dimension, points) in enumerate([(1, 7), (1, 60), (2, 60), (2, 7)]):
        kinds = [dataclasses.replace(run, name="") for run in some_of(all_kinds(dimension), first, 12)]
        experiments = experiments_with(kinds, dimension=dimension, points=points, validation=60)
        for number, experiment in enumerate(experiments):
            (tmp_path / f"kinds{first}_{number}.py").write_text(script_of(experiment), encoding="utf-8")
    # The loops are the lecture's own: they count points, and epochs that nothing looks at.
    rules = ["--select", "E,W,F,I,B,A,C4,UP,SIM,RET,PIE,NPY,ISC", "--ignore", "E501,B905,B007,SIM113"]
    done = _ruff("check", *rules, str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_script_is_laid_out_as_formatters_do(tmp_path):
    for name in ("valley", "mini-batch", "four-inputs", "himmelblau", "validation", "what-if", "sparse"):
        text = script_of(scene(name)).replace("**(", " ** (")
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    done = _ruff("format", "--check", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def _ruff(*arguments):
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_numbers_are_there_in_full():
    numbers = [0.1, 1 / 3, 5e-324, -1e100, 1e16, -0.0, 123456789.123456789, 2.0]
    points = PointSet([[x, -x] for x in numbers], numbers)
    script = load(script_of(one_run(Run(start=(1 / 3, 1e-17, -0.1)), points)))
    assert np.array(script["X"]).tobytes() == points.x.tobytes()
    assert np.array(script["Y"]).tobytes() == points.y.tobytes()
    ((_, *run),) = script["RUNS"]
    assert script["record"](*run)[0][0][:3] == [1 / 3, 1e-17, -0.1]


# ------------------------------------------------------------------------------- hostile documents


@every("text", HOSTILE, ids=ascii)
def test_names_are_no_code(text):
    def document(words):
        runs = (Run(epochs=2, name=words), Run(RULES["adam"](), epochs=1, name=words))
        return Experiment(FIRST_NEURON, PointSet.empty(), runs, title=words, about=f"{words} {words}")

    source = script_of(document(text))
    # Printed in the same way, and otherwise harmless.
    names = [run.name for run in document(text).runs]
    name = names[0]
    unseen = "" if text.isprintable() else "\n" if name.isprintable() else "\x07"
    twin = "word" + "ä" * (not text.isascii()) + unseen
    assert without_texts(source) == without_texts(script_of(document(twin)))
    assert [one for one, *_ in load(source)["RUNS"]] == names
    code = source.encode()  # no half of a surrogate pair
    assert tokenize.detect_encoding(io.BytesIO(code).readline)[0] == "utf-8"
    assert all(line.isprintable() for line in source.splitlines())
    assert len(source.split("\n")) == len(source.splitlines()) + 1


def test_hostile_names_are_printed_and_steer_no_terminal(tmp_path):
    runs = tuple(Run(epochs=1, name=text) for text in HOSTILE)
    experiment = Experiment(FIRST_NEURON, PointSet.empty(), runs, title=HOSTILE[2], about="".join(HOSTILE))
    printed = run_script(experiment, tmp_path)
    assert all(line.isprintable() for line in printed.split("\n"))
    names = [name for name, _ in tables(run_script(experiment, tmp_path, "--csv"))]
    assert names == [run.name for run in runs]


def test_names_are_printed_in_an_encoding_that_lacks_their_letters(tmp_path):
    (path,) = write_script(one_run(Run(epochs=1, name="學")), tmp_path / "script.py")
    assert run_alone(path).splitlines()[1] == "學"


def test_visible_names_are_printed_as_they_are(tmp_path):
    experiment = Experiment(FIRST_NEURON, PointSet.empty(), (Run(epochs=1, name="η = 1, größer"),))
    assert run_script(experiment, tmp_path).splitlines()[1] == "η = 1, größer"


# ------------------------------------------------------------------------------------ many points


def _many(*runs, n=MOST_NUMBERS, dimension=1):
    return Experiment(noisy_points(dimension, n, seed=0), noisy_points(dimension, n, seed=1), runs)


@pytest.mark.parametrize("dimension", [1, 2])
def test_many_points_stand_in_files_beside_the_script(dimension, tmp_path):
    start = (0.5,) * (dimension + 1)
    run = Run(RULES["gd"](eta=1e-3), MINI_BATCH(size=500, shuffle=True), start=start, epochs=3)
    plain, halving = (
        _many(run, dimension=dimension),
        dataclasses.replace(run, schedule=SCHEDULES["validation"]()),
    )
    written = write_script(plain, tmp_path / "a b'\\c.py" if sys.platform != "win32" else tmp_path / "a b.py")
    assert [path.name.removeprefix(written[0].stem) for path in written] == [".py", "-points.tsv"]
    check(plain, tables(run_file(written[0], "--csv")))
    both = _many(run, halving, dimension=dimension)
    written = write_script(both, tmp_path / "both.py")
    assert sorted(path.name for path in tmp_path.glob("both*")) == [
        "both-points.tsv",
        "both-validation.tsv",
        "both.py",
    ]
    assert len(written[0].read_text(encoding="utf-8")) < 7000
    check(both, tables(run_file(written[0], "--csv")))


def test_as_many_points_as_a_text_may_hold(tmp_path):
    experiment = _many(Run(RULES["gd"](eta=1e-3), epochs=2), n=MOST_NUMBERS // 2)
    (path,) = write_script(experiment, tmp_path / "script.py")
    check(experiment, tables(run_file(path, "--csv")))


def test_old_files_are_kept_when_one_of_the_new_ones_cannot_be_written(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("old")
    (tmp_path / "script-points.tsv").mkdir()
    with pytest.raises(OSError, match="folder"):
        write_script(_many(Run()), script)
    assert script.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["script-points.tsv", "script.py"]
