"""The code of the lecture: as a program it prints the numbers of the engine; it reads as the lecture does."""

import contextlib
import dataclasses
import io
import re
import sys
from itertools import cycle

import numpy as np
import pytest

from gdsim.core.analysis.code_margin import Margin
from gdsim.core.analysis.update import update_of
from gdsim.core.files.script.code_line import LOOP, SCHEDULE, Scope
from gdsim.core.files.script.run_program import lecture_code, program_of, shown_lines
from gdsim.core.files.script.writing import script_of
from gdsim.core.formulas.guards import GUARDS
from gdsim.core.model.batching import MINI_BATCH, STOCHASTIC
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import LECTURE_RULES, RULES
from gdsim.core.rules.schedules import MOMENTUM_SCHEDULES, SCHEDULES, STEP
from tests.core.files.script_kinds import (
    BATCHINGS,
    FUNCTIONS,
    HOSTILE,
    NEURONS,
    RULES_OF_OTHERS,
    all_kinds,
    experiments_with,
    noisy_points,
    own_rule,
    with_objective,
    without_texts,
)
from tests.core.files.script_runs import check_code, load, printed, run_alone
from tests.core.records import FIRST_NEURON, computed, one_run
from tests.every import every, some_of


@pytest.mark.parametrize("points", [7, 60])
def test_a_program_runs_alone(points, tmp_path):
    run = Run(RULES["adam"](), MINI_BATCH(size=3, shuffle=True), SCHEDULES["validation"](), epochs=3)
    experiment = one_run(run, noisy_points(1, points, seed=0), noisy_points(1, points, seed=1))
    path = tmp_path / "program.py"
    path.write_text(program_of(experiment, run), encoding="utf-8")
    assert run_alone(path).splitlines() == printed(experiment, run)


@every(
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
    check_code(experiment)
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


@every(("first", "dimension", "points"), [(0, 1, 7), (1, 1, 60), (2, 2, 7), (3, 2, 60)])
def test_what_is_read_is_a_part_of_the_program_and_of_the_script(first, dimension, points):
    runs = some_of(all_kinds(dimension), first, 24)
    for experiment in experiments_with(runs, dimension=dimension, points=points, validation=60):
        script = script_of(experiment)
        for run in experiment.runs:
            lines = [line.text for line in shown_lines(lecture_code(experiment, run))]
            assert "\n".join(lines) in program_of(experiment, run)
            assert lines[0].removesuffix("():") in script
            assert all(text in script for text in "\n".join(lines[1:]).split("\n\n\n"))


def test_the_code_has_no_guards_where_the_lecture_has_none():
    # Another rule may compare its rates, and need one with a schedule that can grow without end.
    for run in all_kinds(1):
        changes = run.schedule.definition.changes or run.momentum_schedule.definition.changes
        if changes and run.optimizer.id not in LECTURE_RULES:
            continue
        experiment = one_run(run, noisy_points(1, 7, seed=0), FIRST_NEURON)
        program = program_of(experiment, run)
        guards = [name for name in GUARDS if f"{name}(" in program]
        assert not guards, f"{run.optimizer.id}: {guards} could be left out; see intervals.py"


@every("text", HOSTILE, ids=ascii)
def test_the_words_of_a_document_and_of_a_rule_are_no_code(text):
    def words_of(words):
        rule = dataclasses.replace(own_rule("w_next = w - eta*g"), title=words, summary=words)
        schedule = dataclasses.replace(SCHEDULES["inverse"], title=words)
        return one_run(Run(rule(), schedule=schedule(), epochs=2, name=words))

    experiment = words_of(text)
    check_code(experiment)
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


@every(("first", "dimension", "points"), [(0, 1, 7), (1, 1, 6), (2, 1, 60), (3, 2, 7), (4, 2, 60)])
def test_what_stands_at_the_margin_is_what_the_program_has_there(first, dimension, points):
    runs = some_of(all_kinds(dimension), first, 40)
    for experiment in experiments_with(runs, dimension=dimension, points=points, validation=60):
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


@every(("objective", "points"), list(zip([*NEURONS, *FUNCTIONS][1::12], cycle([7, 6, 60]))), ids=str)
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


def test_every_part_of_the_update_has_its_lines():
    runs = [
        *some_of(all_kinds(1), 0, 3),
        *(Run(rule(), batching, epochs=1) for rule in RULES_OF_OTHERS.values() for batching in BATCHINGS),
    ]
    found = set()
    for run, points in zip(runs, cycle([7, 60]), strict=False):
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
        found.update(line.part for line in code.lines)
    assert {"look", "gradient2", "intermediate"} <= found


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
