"""Exported scripts, run on their own: their numbers are the engine's, and documents are no code."""

import ast
import dataclasses
import io
import subprocess
import sys
import tokenize
from itertools import product

import numpy as np
import pytest
from gdsim.core.formulas.formula import Line
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.files.scene import BUNDLED
from gdsim.core.files.script import script_of
from gdsim.core.files.script.data_code import MOST_NUMBERS
from gdsim.core.files.script.files import write_script
from gdsim.core.files.script.update_code import NoScript, UpdateCode
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.points import PointSet
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.schedules import CONSTANT_MOMENTUM, MOMENTUM_SCHEDULES, SCHEDULES
from tests.core.files.script_runs import check, load, records, run_file, run_script, tables
from tests.core.records import FIRST_NEURON, one_run, scene
from tests.core.strategies import batching_variants, experiments, rule_variants

HOSTILE = [
    "'; import os; os.abort() #",
    '"""',
    "'''",
    '"""\nimport os\nos.abort()\n"""',
    "\\",
    '\\"',
    "'\"\\",
    "\\N{BULLET} \\x41 \\u0041 \\",
    "{1/0} {name!r} %s",
    "line\nline\r\nline\rline",
    "line\u2028line\u2029line\x85line\x0bline\x0cline\x1cline",
    "null\0null",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "# -*- coding: utf-7 -*-",
    "coding=rot13",
    "\x1b[31mred\x07",
    "\ufeffmark",
    "naïve Größe η 学习 😀",
    "a,b;c\td",
    " ",
]

NESTEROV = """
    v_w = v_b = 0.0
    step = 0
    yield w, b, v_w, v_b
    for order in islice(orders(seed), epochs):
        for x, y in batches(X[order], Y[order], size):
            # exponential decay
            eta = eta0 * math.exp(-k * step)
            look_w = w - gamma * v_w
            look_b = b - gamma * v_b
            dw, db = gradient(look_w, look_b, x, y)
            v_w = gamma * v_w + eta * dw
            v_b = gamma * v_b + eta * db
            w = w - v_w
            b = b - v_b
            step += 1
            yield w, b, v_w, v_b
"""


def _noisy_points(dimension, n, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(-2.0, 3.0, (n, dimension)), rng.uniform(0.05, 0.95, n)
    return PointSet(x.round(3), y.round(3))


def _experiment(*runs, dimension=1, **more):
    validation = _noisy_points(dimension, 3, seed=dimension)
    return Experiment(_noisy_points(dimension, 7, seed=10 * dimension), validation, runs, **more)


def _all_kinds(dimension):
    """Return a run of every rule in every regime on every schedule."""
    kinds = product(
        rule_variants(), [*batching_variants(), MINI_BATCH(size=3), MINI_BATCH(size=50)], SCHEDULES.values()
    )
    start = tuple(np.linspace(-2.0, 1.0, dimension + 1).tolist())
    for number, (rule, regime, schedule) in enumerate(kinds):
        run = Run(rule, regime, schedule(), start=start, epochs=12, seed=number)
        for momentum in MOMENTUM_SCHEDULES.values() if run.has_momentum else [CONSTANT_MOMENTUM]:
            name = f"{rule}, {regime}, {schedule.id}, {momentum.id}"
            yield dataclasses.replace(run, momentum_schedule=momentum(), name=name)


# ------------------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_every_rule_in_every_regime_on_every_schedule(dimension, tmp_path):
    experiment = _experiment(*_all_kinds(dimension), dimension=dimension)
    assert len(experiment.runs) > 200
    check(experiment, tables(run_script(experiment, tmp_path, "--csv")))


def test_schedules_over_many_steps(tmp_path):
    """600 steps, in which the momentum rises twice, and the shuffling draws more than one block of orders."""
    more = {"epochs": 600, "momentum_schedule": MOMENTUM_SCHEDULES["sutskever"](gamma_max=0.9), "seed": 7}
    runs = [
        Run(rule(eta=0.3), regime, schedule, **more)
        for rule in (RULES["momentum"], RULES["nesterov"])
        for regime in (BATCH(), MINI_BATCH(size=4, shuffle=True))
        for schedule in (
            SCHEDULES["step"](factor=0.9, every=50),
            SCHEDULES["exponential"](k=0.002),
            SCHEDULES["inverse"](k=0.01),
            SCHEDULES["validation"](),
        )
    ]
    experiment = _experiment(*runs)
    check(experiment, tables(run_script(experiment, tmp_path, "--csv")))


def test_shuffling_goes_on_after_the_epochs_that_are_drawn_together(tmp_path):
    experiment = one_run(Run(batching=STOCHASTIC(shuffle=True), epochs=4100, seed=1), FIRST_NEURON)
    check(experiment, tables(run_script(experiment, tmp_path, "--csv")))


@pytest.mark.parametrize("name", BUNDLED)
def test_the_scenes(name, tmp_path):
    check(scene(name), tables(run_script(scene(name), tmp_path, "--csv")))


def test_the_validation_schedule_halves_the_rate(tmp_path):
    """So that the comparison above is one of rates that change."""
    held_out = PointSet([0.5, 2.5], [0.9, 0.2])  # the opposite of the points
    runs = [
        Run(RULES["momentum"](), schedule=SCHEDULES["validation"](), epochs=200),
        Run(RULES["momentum"](), epochs=200),
    ]
    experiment = Experiment(FIRST_NEURON, held_out, tuple(runs))
    found = tables(run_script(experiment, tmp_path, "--csv"))
    check(experiment, found)
    assert not np.allclose(found[0][1][-1], found[1][1][-1])


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
    assert f"Diverged at step {step}: a number grew too large for the computer.\n" in printed
    assert printed.endswith("Finished after 2 steps.\n")


def test_a_script_of_one_step_ends_in_the_engine_s_words(tmp_path):
    experiment = Experiment(PointSet([0.5], [0.2]), PointSet.empty(), (Run(epochs=1),))
    assert run_script(experiment, tmp_path).endswith("Finished after 1 step.\n")


@st.composite
def _short_experiments(draw):
    drawn = draw(experiments())
    runs = [dataclasses.replace(run, epochs=draw(st.integers(1, 6))) for run in drawn.runs]
    return dataclasses.replace(drawn, runs=tuple(runs))


@given(_short_experiments())
def test_whatever_a_document_may_hold(experiment):
    with np.errstate(all="ignore"):
        script = load(script_of(experiment))
        found = [(name, np.array(script["fly"](steps)[0])) for name, steps in script["runs"]()]
    check(experiment, found)


# --------------------------------------------------------------------------------- what it prints


def test_it_prints_the_first_and_the_last_steps_and_the_end(tmp_path):
    printed = run_script(scene("valley"), tmp_path)
    title, *runs = printed.split("\n\n")
    assert title == scene("valley").title
    for text, (name, table) in zip(runs, records(scene("valley")), strict=True):
        lines = text.splitlines()
        assert lines[:2] == [name, lines[1]]
        assert lines[1].split() == ["step", "w", "b", "loss"]
        assert lines[7].strip() == "..."
        shown = [line.split() for line in lines[2:7] + lines[8:13]]
        assert [int(step) for step, *_ in shown] == [0, 1, 2, 3, 4, 96, 97, 98, 99, 100]
        numbers = [[float(number) for number in row[1:]] for row in shown]
        np.testing.assert_allclose(numbers, table[[0, 1, 2, 3, 4, 96, 97, 98, 99, 100]], rtol=1e-12)
        assert lines[13:] == ["Finished after 100 steps."]


def test_a_short_run_is_printed_whole(tmp_path):
    printed = run_script(one_run(Run(epochs=9)), tmp_path)
    assert "..." not in printed
    assert [line.split()[0] for line in printed.splitlines()[3:13]] == list("0123456789")


def test_a_document_without_runs(tmp_path):
    experiment = Experiment(FIRST_NEURON, PointSet.empty())
    assert run_script(experiment, tmp_path) == ""
    assert run_script(experiment, tmp_path, "--csv").splitlines() == ["run,step,w,b,loss"]


# ---------------------------------------------------------------------------------- how it reads


@pytest.mark.parametrize("rule", rule_variants(), ids=str)
def test_every_rule_of_the_catalog_has_a_function(rule):
    text = "\n".join(UpdateCode(Run(rule), points=2).definition())
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    assert ast.get_docstring(function)


def test_the_code_of_a_run():
    run = Run(
        RULES["nesterov"](), MINI_BATCH(size=2, shuffle=True), SCHEDULES["exponential"](), seed=3, epochs=5
    )
    text = script_of(one_run(run, _noisy_points(1, 7, seed=0)))
    assert NESTEROV in text


def test_only_what_is_used_is_there():
    text = script_of(one_run(Run(epochs=5)))
    for name in (
        "batches",
        "orders",
        "math",
        "VALIDATION",
        "itertools",
        "Path",
        "reconfigure",
        "gamma",
        "v_w",
    ):
        assert name not in text, name


def test_runs_of_one_kind_share_a_function():
    text = script_of(
        _experiment(Run(epochs=1), Run(RULES["gd"](eta=0.3), start=(1.0, 1.0)), Run(RULES["adam"]()))
    )
    assert text.count("def do_") == 2
    assert text.count("do_gradient_descent(") == 3


def test_a_batch_of_all_points_is_plain_descent_unless_it_is_shuffled():
    """Shuffled points add up in another order, and so to another last digit."""
    everything = [Run(batching=MINI_BATCH(size=7)), Run(batching=MINI_BATCH(size=9)), Run(batching=BATCH())]
    shuffled = [Run(batching=MINI_BATCH(size=size, shuffle=True)) for size in (3, 7)]
    text = script_of(_experiment(*everything, *shuffled))
    assert text.count("def do_") == 2
    assert text.count("do_gradient_descent(w=") == 3
    assert text.count("do_shuffled_mini_batch_gradient_descent(\n") == 2


@pytest.mark.parametrize("dimension", [1, 2])
def test_the_script_is_clean(dimension, tmp_path):
    kinds = [dataclasses.replace(run, name="") for run in _all_kinds(dimension)]
    text = script_of(_experiment(*kinds, dimension=dimension))
    (tmp_path / "kinds.py").write_text(text, encoding="utf-8")
    for name in ("valley", "mini-batch"):
        (tmp_path / f"{name}.py").write_text(script_of(scene(name)), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    rules = "E,W,F,I,B,A,C4,UP,SIM,RET,PIE,NPY,ISC,D1"
    for verb in (["check", "--select", rules, "--ignore", "E501,B905"], ["format", "--check"]):
        command = [*ruff, *verb, "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_numbers_are_there_in_full():
    numbers = [0.1, 1 / 3, 5e-324, -1e100, 1e16, -0.0, 123456789.123456789, 2.0]
    points = PointSet([[x, -x] for x in numbers], numbers)
    script = load(script_of(one_run(Run(start=(1 / 3, 1e-17, -0.1)), points)))
    assert script["X"].tobytes() == points.x.tobytes()
    assert script["Y"].tobytes() == points.y.tobytes()
    ((_, steps),) = script["runs"]()
    assert [list(part) if np.ndim(part) else part for part in next(steps)] == [[1 / 3, 1e-17], -0.1]


# ------------------------------------------------------------------------------- hostile documents


def _without_texts(source):
    """Return the tree of a script with every text in it made empty: what is left is code."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_names_are_no_code(text):
    def document(words):
        runs = (Run(epochs=2, name=words), Run(RULES["adam"](), epochs=1, name=words))
        return Experiment(FIRST_NEURON, PointSet.empty(), runs, title=words, about=f"{words} {words}")

    source = script_of(document(text))
    # Printed in the same way, and otherwise harmless.
    twin = "word" + "ä" * (not text.isascii()) + "\n" * (not text.isprintable())
    assert _without_texts(source) == _without_texts(script_of(document(twin)))
    names = [ast.literal_eval(node.value.elts[0]) for node in ast.walk(ast.parse(source)) if _is_run(node)]
    assert names == [text, text]
    code = source.encode()  # no half of a surrogate pair
    assert tokenize.detect_encoding(io.BytesIO(code).readline)[0] == "utf-8"
    assert all(line.isprintable() for line in source.splitlines())
    assert len(source.split("\n")) == len(source.splitlines()) + 1


def _is_run(node):
    return isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and _is_text(node.value.elts[0])


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_hostile_names_are_printed_and_steer_no_terminal(tmp_path):
    runs = tuple(Run(epochs=1, name=text) for text in HOSTILE)
    experiment = Experiment(FIRST_NEURON, PointSet.empty(), runs, title=HOSTILE[2], about="".join(HOSTILE))
    printed = run_script(experiment, tmp_path)
    assert all(line.isprintable() for line in printed.split("\n"))
    names = [name for name, _ in tables(run_script(experiment, tmp_path, "--csv"))]
    assert names == list(HOSTILE)


def test_visible_names_are_printed_as_they_are(tmp_path):
    experiment = Experiment(FIRST_NEURON, PointSet.empty(), (Run(epochs=1, name="η = 1, größer"),))
    assert run_script(experiment, tmp_path).splitlines()[1] == "η = 1, größer"


# ------------------------------------------------------------------------------------ many points


def _many(*runs, n=MOST_NUMBERS, dimension=1):
    return Experiment(_noisy_points(dimension, n, seed=0), _noisy_points(dimension, n, seed=1), runs)


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
    assert len(written[0].read_text(encoding="utf-8")) < 6000
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


# ------------------------------------------------------------------------ rules that cannot be told


class _StartsAtOne(RULES["momentum"]):
    def init(self, p):
        return super().init(p)._replace(v=np.ones_like(p))


class _LooksBack(RULES["momentum"]):
    def work(self):
        return Line("memory", "v_t = gamma*v + eta*g"), Line("update", "w_next = w - v_t - v")


@pytest.mark.parametrize(("rule", "why"), [(_StartsAtOne, "start at zero"), (_LooksBack, "its old v")])
def test_a_rule_that_a_function_would_get_wrong_is_refused(rule, why):
    with pytest.raises(NoScript, match=why):
        script_of(one_run(Run(rule())))


def test_no_rule_of_the_catalog_is_refused():
    assert {code.name for code in (UpdateCode(Run(rule()), 2) for rule in RULES.values())} == {
        "do_gradient_descent",
        "do_momentum",
        "do_nesterov",
        "do_adagrad",
        "do_rmsprop",
        "do_adam",
    }
