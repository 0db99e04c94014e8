"""The code of the lecture: as a program it prints the numbers of the engine; it reads as the lecture does."""

import contextlib
import dataclasses
import io
import re
import sys
from itertools import cycle

import numpy as np
import pytest
from hypothesis import given

from gdsim.core.analysis.code_margin import Margin
from gdsim.core.analysis.update import update_of
from gdsim.core.files.script.code_line import LOOP, SCHEDULE, Scope
from gdsim.core.files.script.program import lecture_code, program_of, shown_lines
from gdsim.core.formulas.guards import GUARDS
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import FunctionObjective, NeuronObjective
from gdsim.core.model.plane_function import ORIGIN
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.schedules import CONSTANT, MOMENTUM_SCHEDULES, SCHEDULES, STEP
from tests.core.files.script_kinds import (
    BATCHINGS,
    HOSTILE,
    MOMENTA_OF_OTHERS,
    REFUSED,
    RULES_OF_OTHERS,
    SCHEDULES_OF_OTHERS,
    all_kinds,
    experiments_with,
    kinds_of,
    neurons,
    noisy_points,
    own_rule,
    short_experiments,
    some_kinds,
    some_of,
    without_texts,
)
from tests.core.files.script_runs import load, run_alone
from tests.core.records import FIRST_NEURON, computed, one_run, scene
from tests.every import every


def printed(experiment, run):
    """Return what the program of a run prints, carried out here."""
    text = io.StringIO()
    with contextlib.redirect_stdout(text), np.errstate():
        load(program_of(experiment, run))
    return text.getvalue().splitlines()


def check(experiment, made=None):
    """Compare each number that the programs of the runs print with the record, bit by bit."""
    for run, record in zip(experiment.runs, made or computed(experiment), strict=True):
        head, *rows, end = printed(experiment, run)
        columns = record.whole
        d = columns.p.shape[1]
        letters = run.optimizer.update_rule.letters
        assert head.split("\t")[0] == "step"
        assert len(head.split("\t")) == 2 + d + d * len(letters)
        assert end == record.stop.sentence, run.name
        table = [[float(number) for number in row.split("\t")] for row in rows]
        first = run.fork.step if run.fork else 0
        assert [row[0] for row in table] == list(range(first, first + len(columns.p))), run.name
        found = np.array([row[1 : 2 + d] for row in table])
        wanted = np.column_stack([columns.p, columns.loss])
        # The engine does not compute each loss over very many points.
        np.testing.assert_array_equal(found[~np.isnan(wanted)], wanted[~np.isnan(wanted)], run.name)
        memory = np.array([row[2 + d :] for row in table[1:]]).reshape(len(table) - 1, len(letters), d)
        np.testing.assert_array_equal(memory.swapaxes(0, 1), columns.state[:, 1:], run.name)


# ------------------------------------------------------------------------------------ the numbers


# How many points there are, with how many for validation, and which of the runs are taken, first of three.
@pytest.mark.parametrize(
    ("dimension", "points", "validation", "first"),
    [(1, 1, 52, 0), (1, 7, 3, 1), (1, 6, 3, 2), (1, 52, 3, 1), (3, 9, 52, 0), (3, 52, 3, 2)],
)
def test_every_rule_on_every_batching_and_schedule(dimension, points, validation, first):
    for experiment in experiments_with(
        some_kinds(dimension, first), dimension=dimension, points=points, validation=validation
    ):
        check(experiment)


@every("dimension", [1, 3])
def test_a_rule_and_schedules_of_others(dimension):
    rules = [rule() for rule in RULES_OF_OTHERS.values()]
    kinds = kinds_of(dimension, rules, [CONSTANT, *SCHEDULES_OF_OTHERS], MOMENTA_OF_OTHERS)
    for experiment in experiments_with(some_of(kinds, dimension // 2, 2), dimension=dimension, points=20):
        check(experiment)


@given(short_experiments())
def test_whatever_a_document_may_hold(experiment):
    check(experiment)


@every("name", REFUSED)
def test_a_run_goes_on_where_python_refuses(name):
    run = Run(own_rule(REFUSED[name])(), start=(-1.5, 0.7), epochs=40)
    experiment = one_run(run, noisy_points(1, 12, seed=1))
    check(experiment)
    assert len(printed(experiment, run)) == 43


@every(
    "lines",
    [
        # Of whole numbers 0·(−1) is 0, of floats −0: what is divided by it goes the other way.
        "v_t = 3 - t\nw_next = w - eta*max(1, (w - 9)/(v*v_t))*g",
        "v_t = where(t > 2, 0, 1)\nw_next = w - eta*max(1, 1/(v_t*(2 - t)))*g",
        "v_t = -(t - 2)\nw_next = w - eta*max(1, 1/v_t)*g",
        "w_next = w - eta*max(1, 1/mod(t - 2, -3))*g",
        # And their products have more digits than a float.
        "w_next = w - eta*(t + 9999)*(t + 99999)*(t + 9999999)*(t + 9999999)/1e30*g",
    ],
)
def test_the_number_of_an_update_counts_as_a_float(lines):
    check(one_run(Run(own_rule(lines)(), start=(-1.5, 0.7), epochs=12), noisy_points(1, 4, seed=1)))


@pytest.mark.parametrize("name", ["first-neuron", "mini-batch", "stochastic", "valley"])
def test_the_scenes(name):
    check(scene(name))


FUNCTIONS = [
    *map(FunctionObjective, ("w**2 + sin(b)*w", "abs(w) + max(b, w)**2/10", "where(w > b, w, exp(b))")),
    FunctionObjective("log(w)"),
]
OBJECTIVES = [
    *(
        NeuronObjective(activation, loss, reduction, l2, 1.0 if loss != "huber" or l2 == 0.0 else 0.4)
        for activation, loss, reduction, l2 in neurons((0.0, 0.3))
    ),
    *FUNCTIONS,
]


@every(
    ("objective", "points", "turned", "first"),
    list(zip(OBJECTIVES, cycle([7, 6, 60]), cycle([False, True, True, False]), cycle([0, 1, 1, 0, 1]))),
    ids=str,
)
def test_any_objective_on_every_batching(objective, points, turned, first):
    check(half_of(with_objective(objective, noisy_points(1, points, seed=points), turned=turned), first))


@pytest.mark.parametrize("objective", FUNCTIONS, ids=str)
def test_a_function_without_noise(objective):
    check(with_objective(objective, ORIGIN))


@every(
    ("objective", "points", "first"), list(zip(OBJECTIVES[:-4], cycle([9, 52]), cycle([0, 1, 1, 0]))), ids=str
)
def test_any_neuron_of_several_inputs(objective, points, first):
    check(half_of(with_objective(objective, noisy_points(3, points, seed=points), turned=points == 9), first))


def half_of(experiment, first):
    """Return an experiment with every second of its runs from the first on, or all in a whole run."""
    return dataclasses.replace(experiment, runs=some_of(experiment.runs, first, 2))


def with_objective(objective, points, *, turned=False):
    """Return runs of different rules, one on each batching, one with a schedule that asks for more points.

    Turned round, each rule has another batching.
    """
    dimension = points.dimension
    start = (*(0.5, -0.3, 0.2)[:dimension], 0.8)
    rules = [
        RULES["gd"](eta=0.1),
        RULES["nesterov"](eta=0.05),
        RULES["adam"](),
        RULES["sam"](),
        RULES["lookahead"](),
    ]
    runs = tuple(
        Run(rules[place % len(rules)], batching, start=start, epochs=5, seed=place)
        for place, batching in enumerate(BATCHINGS[::-1] if turned else BATCHINGS)
    )
    last = Run(RULES["gd"](eta=0.01), schedule=SCHEDULES["validation"](), start=start, epochs=5)
    held_out = noisy_points(dimension, 6, seed=9)
    return Experiment(points, held_out, (*runs, last), objective=objective)


def test_shuffling_goes_on_after_the_epochs_that_are_drawn_together():
    check(one_run(Run(batching=STOCHASTIC(shuffle=True), epochs=2100, seed=1), FIRST_NEURON))


def test_a_validation_loss_has_the_whole_penalty():
    """And not the share that an update over as many points sees."""
    objective = NeuronObjective("tanh", "cross-entropy", "sum", 0.3)
    check(with_objective(objective, noisy_points(3, 52, seed=52)))


def test_a_rate_that_is_halved_by_the_validation_loss():
    """So that the comparison above is one of rates that change."""
    held_out = PointSet([0.5, 2.5], [0.9, 0.2])  # the opposite of the points
    run = Run(RULES["momentum"](), epochs=200, schedule=SCHEDULES["validation"]())
    experiment = Experiment(FIRST_NEURON, held_out, (run,))
    check(experiment)
    assert computed(experiment)[0].whole.eta[-1] < 0.1


@pytest.mark.parametrize("points", [7, 60])
def test_a_program_runs_alone(points, tmp_path):
    run = Run(RULES["adam"](), MINI_BATCH(size=3, shuffle=True), SCHEDULES["validation"](), epochs=3)
    experiment = one_run(run, noisy_points(1, points, seed=0), noisy_points(1, points, seed=1))
    path = tmp_path / "program.py"
    path.write_text(program_of(experiment, run), encoding="utf-8")
    assert run_alone(path).splitlines() == printed(experiment, run)


def test_many_points_stand_in_the_program():
    run = Run(RULES["gd"](eta=1e-3), MINI_BATCH(size=500, shuffle=True), epochs=2)
    check(one_run(run, noisy_points(1, 3000, seed=0)))


@pytest.mark.parametrize(
    ("run", "x", "y", "step"),
    [
        (Run(schedule=SCHEDULES["step"](factor=1e60, every=1), epochs=50), 0.5, 0.2, 7),
        (Run(RULES["gd"](eta=1e300), STOCHASTIC(), epochs=50), 1e10, 0.9, 1),
        (Run(RULES["adagrad"](), epochs=50), 1e100, 1e100, 1),
    ],
    ids=["the rate", "the start", "the memory alone"],
)
def test_a_run_that_diverges_ends_where_the_engine_ends_it(run, x, y, step):
    run = dataclasses.replace(run, start=(0.0, 0.0))
    experiment = one_run(run, PointSet([x], [y]))
    check(experiment)
    assert printed(experiment, run)[-1].startswith(f"Diverged at step {step}:")


# ---------------------------------------------------------------------------------- how it reads


def text_of(run, points=FIRST_NEURON, validation=None):
    experiment = one_run(run, points, validation)
    return "\n".join(line.text for line in lecture_code(experiment, run).lines)


def test_the_lecture_s_first_algorithm():
    experiment = one_run(Run())
    lines = shown_lines(lecture_code(experiment, experiment.runs[0]))
    assert "\n".join(line.text for line in lines) == (
        """\
def do_gradient_descent():
    w, b, eta, max_epochs = -2.0, -2.0, 1.0, 1000
    show(w, b)
    for i in range(max_epochs):
        dw, db = 0.0, 0.0
        for x, y in zip(X, Y):
            dw += grad_w(w, b, x, y)
            db += grad_b(w, b, x, y)
        w = w - eta * dw
        b = b - eta * db
        show(w, b)


def f(w, b, x):  # sigmoid with parameters w, b
    return 1 / (1 + exp(-(w * x + b)))


def error(w, b):
    err = 0.0
    for x, y in zip(X, Y):
        fx = f(w, b, x)
        err += (fx - y) * (fx - y)
    return 0.5 * err


def grad_w(w, b, x, y):
    fx = f(w, b, x)
    return (fx - y) * fx * (1 - fx) * x


def grad_b(w, b, x, y):
    fx = f(w, b, x)
    return (fx - y) * fx * (1 - fx)"""
    )


def test_the_lecture_s_stochastic_momentum():
    assert text_of(Run(RULES["momentum"](), STOCHASTIC())) == (
        """\
def do_stochastic_momentum():
    w, b, eta, max_epochs = -2.0, -2.0, 1.0, 1000
    prev_v_w, prev_v_b, gamma = 0.0, 0.0, 0.9
    show(w, b)
    for i in range(max_epochs):
        for x, y in zip(X, Y):
            dw = grad_w(w, b, x, y)
            db = grad_b(w, b, x, y)
            v_w = gamma * prev_v_w + eta * dw
            v_b = gamma * prev_v_b + eta * db
            w = w - v_w
            b = b - v_b
            prev_v_w = v_w
            prev_v_b = v_b
            show(w, b, v_w, v_b)"""
    )


def test_the_lecture_s_adam_with_its_mini_batches():
    assert text_of(Run(RULES["adam"](), MINI_BATCH(size=10)), noisy_points(1, 20, seed=0)) == (
        """\
def do_mini_batch_adam():
    w, b, eta, max_epochs = -2.0, -2.0, 0.1, 1000
    m_w, m_b, v_w, v_b = 0.0, 0.0, 0.0, 0.0
    beta1, beta2, eps = 0.9, 0.999, 1e-08
    mini_batch_size, num_points_seen, step = 10, 0, 0
    show(w, b)
    for i in range(max_epochs):
        dw, db = 0.0, 0.0
        for x, y in zip(X, Y):
            dw += grad_w(w, b, x, y)
            db += grad_b(w, b, x, y)
            num_points_seen += 1
            if num_points_seen % mini_batch_size == 0:
                # seen one mini-batch
                m_w = beta1 * m_w + (1 - beta1) * dw
                m_b = beta1 * m_b + (1 - beta1) * db
                v_w = beta2 * v_w + (1 - beta2) * (dw * dw)
                v_b = beta2 * v_b + (1 - beta2) * (db * db)
                m_w_hat = m_w / (1 - beta1**(step + 1))
                m_b_hat = m_b / (1 - beta1**(step + 1))
                v_w_hat = v_w / (1 - beta2**(step + 1))
                v_b_hat = v_b / (1 - beta2**(step + 1))
                w = w - eta / math.sqrt(v_w_hat + eps) * m_w_hat
                b = b - eta / math.sqrt(v_b_hat + eps) * m_b_hat
                step += 1
                show(w, b, m_w, m_b, v_w, v_b)
                dw, db = 0.0, 0.0  # reset gradients"""
    )


def test_nesterov_with_the_last_batch_smaller_and_schedules():
    run = Run(
        RULES["nesterov"](),
        MINI_BATCH(size=2),
        SCHEDULES["exponential"](),
        momentum_schedule=MOMENTUM_SCHEDULES["sutskever"](),
    )
    assert text_of(run, noisy_points(1, 7, seed=0)) == (
        """\
def do_mini_batch_nesterov():
    w, b, eta0, max_epochs = -2.0, -2.0, 1.0, 1000
    prev_v_w, prev_v_b = 0.0, 0.0
    k, gamma_max = 0.01, 0.99
    mini_batch_size, step = 2, 0
    show(w, b)
    for i in range(max_epochs):
        dw, db, num_points_seen = 0.0, 0.0, 0
        for x, y in zip(X, Y):
            # Sutskever 2013
            gamma = min(1 - 2.0 ** (-1 - math.log2(math.floor(step / 250) + 1)), gamma_max)
            look_w = w - gamma * prev_v_w
            look_b = b - gamma * prev_v_b
            dw += grad_w(look_w, look_b, x, y)
            db += grad_b(look_w, look_b, x, y)
            num_points_seen += 1
            if num_points_seen % mini_batch_size == 0 or num_points_seen == len(X):
                # seen one mini-batch
                # exponential decay
                eta = eta0 * exp(-k * step)
                v_w = gamma * prev_v_w + eta * dw
                v_b = gamma * prev_v_b + eta * db
                w = w - v_w
                b = b - v_b
                prev_v_w = v_w
                prev_v_b = v_b
                step += 1
                show(w, b, v_w, v_b)
                dw, db = 0.0, 0.0  # reset gradients"""
    )


@pytest.mark.parametrize(("dimension", "points", "first"), [(1, 7, 0), (1, 60, 1), (2, 7, 1), (2, 60, 2)])
def test_what_is_read_is_a_part_of_the_program(dimension, points, first):
    for experiment in experiments_with(
        some_kinds(dimension, first), dimension=dimension, points=points, validation=60
    ):
        for run in experiment.runs:
            lines = shown_lines(lecture_code(experiment, run))
            assert "\n".join(line.text for line in lines) in program_of(experiment, run)


def test_the_code_has_no_guards_where_the_lecture_has_none():
    # Another rule may compare its rates, and need one with a schedule that can grow without end.
    for run in all_kinds(1):
        changes = run.schedule.definition.changes or run.momentum_schedule.definition.changes
        if changes and run.optimizer.id not in LECTURE_RULES:
            continue
        experiment = one_run(run, noisy_points(1, 7, seed=0), FIRST_NEURON)
        program = program_of(experiment, run)
        guards = [name for name in GUARDS if f"{name}(" in program]
        assert not guards, f"{run.optimizer.id}: nothing tells that {guards} cannot be refused; see signs.py"


@every("text", HOSTILE, ids=ascii)
def test_the_words_of_a_document_and_of_a_rule_are_no_code(text):
    def words_of(words):
        rule = dataclasses.replace(own_rule("w_next = w - eta*g"), title=words, summary=words)
        schedule = dataclasses.replace(SCHEDULES["inverse"], title=words)
        return one_run(Run(rule(), schedule=schedule(), epochs=2, name=words))

    experiment = words_of(text)
    check(experiment)
    source = program_of(experiment, experiment.runs[0])
    assert all(line.isprintable() for line in source.splitlines())
    assert len(source.split("\n")) == len(source.splitlines()) + 1
    name = lecture_code(experiment, experiment.runs[0]).name
    assert without_texts(source.replace(f"{name}()", "do_word()")) == without_texts(
        program_of(words_of("word"), words_of("word").runs[0])
    )


# ------------------------------------------------------------------------- its parts and its margin


def stops(lines, text):
    """Yield what the names at the margin stood for when each update was shown, as a debugger sees them."""
    head = lines[0].text
    first = text.splitlines().index(head) + 1
    seen, found = {}, []

    def trace(frame, event, _argument):
        if frame.f_code.co_name != head.removeprefix("def ").removesuffix("():"):
            return None
        last = None

        def on_line(frame, event, _argument):
            nonlocal last
            known = frame.f_locals
            if last is not None:
                for value in lines[last].values:
                    number = known[value.called]
                    seen[last, value.called] = list(number) if isinstance(number, list) else [number]
            last = frame.f_lineno - first if event == "line" else None
            if last is not None and lines[last].text.strip().startswith("show("):
                found.append(dict(seen))
            return on_line

        return on_line

    before = sys.gettrace()
    try:
        with contextlib.redirect_stdout(io.StringIO()), np.errstate():
            sys.settrace(trace)
            load(text)
    finally:
        sys.settrace(before)
    return found[1:]  # the first is the start


@pytest.mark.parametrize(("dimension", "points"), [(1, 7), (1, 6), (1, 60), (2, 7), (2, 60)])
def test_what_stands_at_the_margin_is_what_the_program_has_there(dimension, points):
    kinds = list(all_kinds(dimension))[::7]
    for experiment in experiments_with(kinds, dimension=dimension, points=points, validation=60):
        for run, record in zip(experiment.runs, computed(experiment), strict=True):
            code = lecture_code(experiment, run)
            found = stops(code.lines, program_of(experiment, run))
            assert len(found) == record.last_step
            for t in {1, 2, 5, record.last_step}.intersection(range(1, record.last_step + 1)):
                margin = Margin(code, update_of(experiment, run, record.whole, t))
                for place, line in enumerate(code.lines):
                    # Steps are counted after they are shown.
                    for value in (one for one in line.values if one.name != STEP):
                        wanted = found[t - 1][place, value.called]
                        assert list(margin.numbers(value)) == wanted, (run.name, t, line.text)


@every(("objective", "points"), list(zip(OBJECTIVES[1::4], cycle([7, 6, 60]))), ids=str)
def test_so_it_does_with_any_objective(objective, points):
    experiment = with_objective(objective, noisy_points(1, points, seed=points))
    for run, record in zip(experiment.runs, computed(experiment), strict=True):
        code = lecture_code(experiment, run)
        found = stops(code.lines, program_of(experiment, run))
        for t in {1, 3, record.last_step}.intersection(range(1, record.last_step + 1)):
            margin = Margin(code, update_of(experiment, run, record.whole, t))
            for place, line in enumerate(code.lines):
                for value in (one for one in line.values if one.name != STEP):
                    assert list(margin.numbers(value)) == found[t - 1][place, value.called], (
                        run.name,
                        line.text,
                    )


@pytest.mark.parametrize("points", [7, 60])
def test_every_part_of_the_update_has_its_lines(points):
    runs = [
        *all_kinds(1),
        *(Run(rule(), batching, epochs=1) for rule in RULES_OF_OTHERS.values() for batching in BATCHINGS),
    ]
    for run in runs:
        experiment = one_run(run, noisy_points(1, points, seed=0), FIRST_NEURON)
        code, rule = lecture_code(experiment, run), run.optimizer.update_rule
        parts = dict(zip(rule.program.by_target, rule.parts, strict=True))
        for part in {*rule.parts, LOOP, SCHEDULE, ""}:
            lines = [line for line in code.lines if line.part == part]
            named = {value.name for line in lines for value in line.values if value.scope is Scope.RULE}
            assert named == {target for target, of in parts.items() if of == part}, run.name
            for line in lines:  # a line that has a number at its margin gives it that name
                for value in line.values if part in rule.parts else ():
                    assert re.match(rf"[\w, ]*\b{value.called}\b[\w, ]* \+?= ", line.text), line.text
    assert {"look", "gradient2", "intermediate"} <= {
        line.part for run in runs for line in lecture_code(one_run(run, validation=FIRST_NEURON), run).lines
    }


def test_the_numbers_at_the_margin_are_written_as_on_the_step_s_page():
    experiment = one_run(Run(RULES["momentum"](), STOCHASTIC(), SCHEDULES["inverse"](k=0.5), epochs=5))
    run, record = experiment.runs[0], computed(experiment)[0]
    code = lecture_code(experiment, run)
    margin = Margin(code, update_of(experiment, run, record.whole, 4))
    texts = {value.called: margin.text(value, 4) for line in code.lines for value in line.values}
    assert {name: texts[name] for name in ("i", "x", "y", "step")} == {
        "i": "1", "x": "2.5", "y": "0.9", "step": "4"
    }  # fmt: skip
    assert texts["eta"] == "0.4"
    assert texts["v_w"] == f"{record.whole.state[0, 4, 0]:.4g}".replace("-", "\N{MINUS SIGN}")
    full = {value.called: margin.text(value, None) for line in code.lines for value in line.values}
    assert full["w"].replace("\N{MINUS SIGN}", "-") == repr(record.whole.p[4, 0].item())


def test_of_a_list_the_first_number_stands_there():
    experiment = one_run(Run(start=(1.5, -2.0, 0.5), epochs=3), noisy_points(2, 7, seed=0))
    run, record = experiment.runs[0], computed(experiment)[0]
    code = lecture_code(experiment, run)
    margin = Margin(code, update_of(experiment, run, record.whole, 1))
    (value,) = next(line.values for line in code.lines if line.part == "update")
    first, *rest = (f"{number:#.3g}".replace("-", "\N{MINUS SIGN}") for number in record.whole.p[1, :2])
    assert margin.text(value, 3) == f"{first}, …"
    assert margin.text(value, None).count(",") == len(rest)
