"""Exported scripts, run on their own: their numbers are the engine's, and documents are no code."""

import dataclasses
import io
import json
import os
import subprocess
import sys
import tokenize
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.files.bundled import BUNDLED
from gdsim.core.files.scene import parse_scene
from gdsim.core.files.script.program import MOST_NUMBERS, lecture_code, shown_lines
from gdsim.core.files.script.writing import script_of, write_script
from gdsim.core.formulas.guards import GUARDS
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import ACTIVATIONS, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.schedules import (
    CONSTANT,
    CONSTANT_MOMENTUM,
    MOMENTUM_SCHEDULES,
    SCHEDULES,
    ScheduleKind,
)
from tests.core.files.script_kinds import (
    ADAMW,
    HOSTILE,
    MOMENTA_OF_OTHERS,
    REFUSED,
    RESTARTS,
    RULES_OF_OTHERS,
    SCHEDULES_OF_OTHERS,
    all_kinds,
    experiment_with,
    experiments_with,
    kinds_of,
    noisy_points,
    own_rule,
    short_experiments,
    some_kinds,
    some_of,
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
from tests.core.files.test_lecture_program import check as check_code
from tests.core.records import FIRST_NEURON, one_run, scene
from tests.core.strategies import rule_variants, runs_with_points
from tests.every import WHOLE, every

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


# How many points there are, with how many for validation, and which of the runs are taken, first of three.
@pytest.mark.parametrize(
    ("dimension", "points", "validation", "first"),
    [(1, 1, 52, 0), (1, 7, 3, 1), (1, 52, 3, 2), (3, 9, 52, 0), (3, 52, 3, 1)],
)
def test_every_rule_on_every_batching_and_schedule(dimension, points, validation, first):
    """Sums over some points are plain, over more they are NumPy's."""
    runs = some_kinds(dimension, first)
    assert len(runs) > 70
    for experiment in experiments_with(runs, dimension=dimension, points=points, validation=validation):
        check(experiment, runs_of(experiment))


def test_schedules_over_many_steps():
    """600 steps, in which the momentum rises twice, and the shuffling draws more than one block of orders."""
    more = {"epochs": 600, "momentum_schedule": MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.9), "seed": 7}
    runs = [
        Run(rule(eta=0.3), batching, schedule, **more)
        for rule in (RULES["momentum"], RULES["nesterov"])
        for batching in (BATCH(), MINI_BATCH(size=4, shuffle=True))
        for schedule in (
            SCHEDULES["step"](factor=0.9, every=50),
            SCHEDULES["exponential"](k=0.002),
            SCHEDULES["inverse"](k=0.01),
            SCHEDULES["validation"](),
        )
    ]
    experiment = experiment_with(*runs)
    check(experiment, runs_of(experiment))


def test_shuffling_goes_on_after_the_epochs_that_are_drawn_together():
    experiment = one_run(Run(batching=STOCHASTIC(shuffle=True), epochs=4100, seed=1), FIRST_NEURON)
    check(experiment, runs_of(experiment))


@every("name", BUNDLED)
def test_the_scenes(name):
    check(scene(name), runs_of(scene(name)))


def test_a_script_runs_alone(tmp_path):
    (path,) = write_script(scene("mini-batch"), tmp_path / "script.py")
    check(scene("mini-batch"), tables(run_alone(path, "--csv")))
    assert run_alone(path) == run_file(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows tells of no broken pipe")
@pytest.mark.parametrize("arguments", [(), ("--csv",)])
def test_a_reader_may_have_seen_enough(arguments, tmp_path):
    path = tmp_path / "script.py"
    path.write_bytes(script_of(scene("valley")).encode())
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-I", str(path), *arguments], stdout=pipe, stderr=subprocess.PIPE, check=False
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_validation_schedule_halves_the_rate():
    """So that the comparison above is one of rates that change."""
    held_out = PointSet([0.5, 2.5], [0.9, 0.2])  # the opposite of the points
    run = Run(RULES["momentum"](), epochs=200)
    halving = dataclasses.replace(run, schedule=SCHEDULES["validation"]())
    experiment = Experiment(FIRST_NEURON, held_out, (halving, run))
    found = runs_of(experiment)
    check(experiment, found)
    assert not np.allclose(found[0][1][-1], found[1][1][-1])


STARTS = [(0.0, -800.0), (-900.0, 0.0), (0.0, 800.0), (1e100, -1e100), (-0.0, -800.0)]


@every(("number", "start"), list(enumerate(STARTS)))
@every("points", [2, 60])
def test_a_start_where_the_neuron_is_saturated(number, start, points):
    """Where e^-z is too large for the computer, f(x) is 0."""
    runs = [
        Run(rule, batching, start=start, epochs=5)
        for rule in rule_variants()
        for batching in (BATCH(), STOCHASTIC(shuffle=True), MINI_BATCH(size=55))
    ]
    # Of each rule with one of the batchings.
    for experiment in experiments_with(some_of(runs, number + points // 60, 3), points=points):
        check(experiment, runs_of(experiment))


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


@given(short_experiments())
def test_whatever_a_document_may_hold(experiment):
    check(experiment, runs_of(experiment))


@given(runs_with_points())
def test_whatever_stays_finite(computed):
    experiment = one_run(*computed)
    check(experiment, runs_of(experiment))


# ------------------------------------------------------------------- rules and schedules of others


@every("dimension", [1, 3])
@every("rule", RULES_OF_OTHERS.values(), ids=RULES_OF_OTHERS)
def test_a_rule_and_schedules_of_others(rule, dimension):
    kinds = kinds_of(dimension, [rule()], [CONSTANT, *SCHEDULES_OF_OTHERS], MOMENTA_OF_OTHERS)
    for experiment in experiments_with(some_of(kinds, dimension // 2, 2), dimension=dimension, points=20):
        check(experiment, runs_of(experiment))


@every("points", [2, 12, 60])
@every("name", REFUSED)
def test_a_run_goes_on_where_python_refuses(name, points):
    run = Run(own_rule(REFUSED[name])(), start=(-1.5, 0.7), epochs=40)
    experiment = one_run(run, noisy_points(1, points, seed=1))
    check(experiment, runs_of(experiment))
    assert len(runs_of(experiment)[0][1]) == 41
    if name.isidentifier():
        assert f"def {name}(" in script_of(experiment)


def test_an_update_in_which_something_is_refused_is_computed_as_in_the_script():
    lines = "w_next = w - eta*exp(g)*abs(g)**0.3/(1 + 0.01/v)*sin(g) - 0.001*exp(g)\nv_t = v + g**2"
    starts = np.random.default_rng(0).normal(size=(80, 4))
    runs = [Run(own_rule(lines)(), start=tuple(start), epochs=2) for start in starts.tolist()]
    for experiment in experiments_with(runs, dimension=3):
        check(experiment, runs_of(experiment))


@pytest.mark.parametrize(
    "line", ["eta = min(1, eta0*(step - 2)**-0.5)", "rate = eta0/step\neta = min(0.1, rate)"], ids=str
)
def test_a_schedule_goes_on_where_python_refuses(line):
    kind = ScheduleKind("own", "own", "", (), line)
    experiment = one_run(Run(own_rule("w_next = w - eta*g")(), schedule=kind(), start=(-1.5, 0.7), epochs=9))
    check(experiment, runs_of(experiment))


def test_a_script_is_plain_where_nothing_can_be_refused_or_the_run_ends_there():
    lines = "h = g/v\nv_t = v + 0.1*g**0.5\nw_next = w - eta*h/sqrt(g**2 + 1)/(1 + abs(log(t)))"
    text = script_of(one_run(Run(own_rule(lines)())))
    assert "w = w - eta * h_w / math.sqrt(dw * dw + 1) / (1 + math.fabs(math.log((i + 1))))" in text
    assert "h_w = dw / v_w" in text
    for rule in rule_variants():
        # A rule that compares its rates may well need one with a schedule that can grow without end.
        schedules, momenta = [CONSTANT], [CONSTANT_MOMENTUM]
        if rule.id in LECTURE_RULES:
            schedules = SCHEDULES.values()
            momenta = MOMENTUM_SCHEDULES.values() if rule.has_momentum else momenta
        for schedule, momentum in product(schedules, momenta):
            run = Run(rule, schedule=schedule(), momentum_schedule=momentum())
            text = script_of(one_run(run, validation=FIRST_NEURON))
            guards = [name for name in GUARDS if f"def {name}(" in text]
            assert not guards, f"{rule.id}: nothing tells that {guards} cannot be refused; see signs.py"


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


@pytest.mark.parametrize("name", ["step", "epoch", "rises", "eta0", "gamma0", "every", "i", "points"])
def test_a_setting_may_be_called_as_what_schedules_count(name):
    rule = {
        "id": "mine",
        "lines": [f"v_t = gamma*v + eta*g*{name}", "w_next = w - v_t"],
        "settings": [{"name": name, "values": "positive", "default": 0.7}],
    }
    stairs = {
        "schedule": {"kind": "step", "factor": 0.5, "every": 2},
        "momentum_schedule": {"kind": "sutskever", "gamma_max": 0.3},
    }
    falling = {"schedule": {"kind": "inverse", "k": 0.3}}
    runs = [
        {"algorithm": "mine", "epochs": 6, "regime": {"kind": kind}, **more}
        for kind, more in product(
            ("batch", "stochastic"), ({}, stairs, falling, {"schedule": {"kind": "validation"}})
        )
    ]
    points = {"x": [0.5, 2.5], "y": [0.2, 0.9]}
    tree = {"gdsim": 1, "points": points, "validation": points, "rules": [rule], "runs": runs}
    experiment = parse_scene(json.dumps(tree))
    check(experiment, runs_of(experiment))
    check_code(experiment)


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


@pytest.mark.parametrize(("dimension", "points"), [(1, 7), (1, 60), (2, 7)])
def test_the_code_of_every_run_is_the_one_on_the_page(dimension, points):
    for experiment in experiments_with(some_kinds(dimension, 1), dimension=dimension, points=points):
        script = script_of(experiment)
        for run in experiment.runs:
            head, *lines = (line.text for line in shown_lines(lecture_code(experiment, run)))
            shown = "\n".join(lines)
            code, *called = shown.split("\n\n\n")
            assert head.removesuffix("():") in script
            assert all(text in script for text in (code, *called))


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


@pytest.mark.parametrize("dimension", [1, 2])
def test_the_script_is_clean(dimension, tmp_path):
    kinds = [dataclasses.replace(run, name="") for run in all_kinds(dimension)]
    for points in (7, 60):
        experiments = experiments_with(kinds, dimension=dimension, points=points, validation=60)
        for number, experiment in enumerate(experiments):
            (tmp_path / f"kinds{points}_{number}.py").write_text(script_of(experiment), encoding="utf-8")
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
    name = " ".join(text.splitlines())  # of a run it is on one line
    unseen = "" if text.isprintable() else "\n" if name.isprintable() else "\x07"
    twin = "word" + "ä" * (not text.isascii()) + unseen
    assert without_texts(source) == without_texts(script_of(document(twin)))
    assert [one for one, *_ in load(source)["RUNS"]] == [name, name]
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
    assert names == [" ".join(text.splitlines()) for text in HOSTILE]


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


OBJECTIVES = [
    *(NeuronObjective(activation, loss, l2=0.2) for activation in ACTIVATIONS for loss in LOSSES),
    NeuronObjective(reduction="mean"),
    NeuronObjective(reduction="sum", l2=0.125),
    NeuronObjective("tanh", "huber", "mean", 0.25, 0.5),
    FunctionObjective("(1 - w)**2 + 100*(b - w**2)**2"),
    FunctionObjective("20 + w**2 - 10*cos(2*pi*w) + b**2 - 10*cos(2*pi*b)"),
    FunctionObjective("log1p(w**2) + where(b > 0, b**3, abs(b)) + sign(w)*max(w, 0.5)"),
]


SIZES = [(2, 2), (5, 2), (12, 12), (60, 60), (60, 7), (120, 60)]
# Each with plain sums and with NumPy's.
SIZED = [
    (objective, *sizes)
    for number, objective in enumerate(OBJECTIVES)
    for sizes in (SIZES if WHOLE else SIZES[number % 2 :: 2])
]


@every(("objective", "points", "size"), SIZED, ids=str)
def test_the_script_of_any_objective_has_its_numbers(objective, points, size):
    rng = np.random.default_rng(points)
    data = PointSet(rng.normal(size=points), rng.uniform(size=points))
    batching = BATCH() if size == points else MINI_BATCH(size=size)
    runs = tuple(Run(RULES[rule](eta=0.001), batching, epochs=6, name=rule) for rule in ("nesterov", "adam"))
    experiment = Experiment(data, PointSet.empty(), runs, objective=objective)
    check(experiment, runs_of(experiment))


@every("objective", OBJECTIVES[:18], ids=str)
def test_the_script_of_several_inputs_has_the_numbers_of_any_neuron(objective):
    rng = np.random.default_rng(9)
    for points in (4, 30, 70):
        data = PointSet(rng.normal(size=(points, 3)), rng.uniform(size=points))
        run = Run(RULES["momentum"](eta=0.01), start=(0.1, 0.2, 0.3, 0.4), epochs=5)
        experiment = Experiment(data, PointSet.empty(3), (run,), objective=objective)
        check(experiment, runs_of(experiment))


@every(
    ("function", "plain"),
    [
        ("-w*b", False),
        ("-w - b", False),
        ("w**3 - b**2", False),
        ("-cos(w)*cos(b)*exp(-w**2 - b**2)", False),
        ("(w**2 + 10*b**2)/2", True),
        ("0.26*(w**2 + b**2) - 0.48*w*b", True),
        ("abs(w) + exp(b)", True),
    ],
)
def test_of_the_two_zeros_the_script_prints_that_of_the_engine(function, plain):
    starts = (0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (-1e-200, -1e-200), (40.0, 1.0)
    runs = tuple(Run(RULES["gd"](eta=0.1), start=start, epochs=2) for start in starts)
    for slopes in (PointSet([0.5, -0.5], [-1.0, 1.0]), ORIGIN):
        experiment = Experiment(slopes, slopes, runs, objective=FunctionObjective(function))
        check(experiment, runs_of(experiment))
    assert ("+ 0.0" not in script_of(experiment)) is plain


# Where runs start the first three have no value; in the next two Python refuses what is lost on the way.
FUNCTIONS = ["log(w) + exp(b)", "sqrt(w*b)", "w**0.5 + b**2"]
FUNCTIONS += ["where(b < 1/(w + 2), w**2 + b**2, b)", "max(1, w**0.5)*b**2", "w**2 + b**2"]


@every("function", FUNCTIONS)
def test_a_function_may_refuse_where_a_run_starts(function):
    runs = (Run(start=(-2.0, 1.0), epochs=3), Run(RULES["adam"](), MINI_BATCH(size=2), start=(-2.0, 1.0)))
    experiment = Experiment(
        noisy_points(1, 5, seed=2), PointSet.empty(), runs, objective=FunctionObjective(function)
    )
    check(experiment, runs_of(experiment))
    check_code(experiment)
