"""Where two runs first differ: the step is found by looking at every row, the line by its numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.analysis.first_difference import DifferenceKind, first_difference
from gdsim.core.formulas.numerals import exact, number
from gdsim.core.model.batching import STOCHASTIC
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import LECTURE, FunctionObjective
from gdsim.core.model.run import Fork, Run
from gdsim.core.progress import run_to_end
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.second_order import SECOND_ORDER_RULES
from tests.core.records import computed, one_run, scene
from tests.core.strategies import runs_with_points

MOMENTUM = scene("valley").runs[1]


def difference(one, other, points=None, objective=LECTURE):
    valley = scene("valley")
    experiment = Experiment(
        *(points or (valley.points, valley.validation)), (one, other), objective=objective
    )
    records = tuple(record.whole for record in computed(experiment))
    return run_to_end(first_difference(experiment, experiment.runs, records)), records


def leaving(step=40, nudge=(), keeps=True, **values):
    return replace(MOMENTUM, fork=Fork(MOMENTUM, step, nudge, keeps), **values)


def test_another_rate_is_named_with_both_numbers():
    found, (whole, fork) = difference(MOMENTUM, leaving(optimizer=RULES["momentum"](eta=0.1)))
    assert (found.kind, found.step, found.parameter) == (DifferenceKind.LINE, 41, "w")
    assert found.lines == ("vₜ = γ·vₜ₋₁ + η·∇wₜ",) * 2
    assert found.results == (whole.state[0, 41, 0], fork.state[0, 1, 0])
    assert [(one.letter, one.values) for one in found.causes] == [("η", (1.0, 0.1))]


def test_a_memory_that_was_cleared_is_named():
    found, (whole, _) = difference(MOMENTUM, leaving(keeps=False))
    assert (found.kind, found.step) == (DifferenceKind.LINE, 41)
    assert [(one.letter, one.values) for one in found.causes] == [("vₜ₋₁", (whole.state[0, 40, 0], 0.0))]


def test_a_setting_of_a_second_order_method_is_named_though_its_line_does_not_show_it():
    run = Run(SECOND_ORDER_RULES["damped-newton"](), start=(3.0, -5.0), epochs=3)
    other = replace(run, name="other", optimizer=run.optimizer.replace(damping=1.0))
    found, _ = difference(run, other)
    assert (found.kind, found.step) == (DifferenceKind.LINE, 1)
    assert [(one.letter, one.values) for one in found.causes] == [("λ", (0.1, 1.0))]


def test_another_rule_is_named_by_the_line_that_is_another():
    found, _ = difference(MOMENTUM, leaving(optimizer=RULES["adam"]()))
    assert (found.kind, found.step) == (DifferenceKind.RULE, 41)
    assert found.lines[0] == "vₜ = γ·vₜ₋₁ + η·∇wₜ"
    assert found.lines[1].startswith("vₜ = β₂·vₜ₋₁")


def test_a_line_that_only_one_rule_has():
    found, _ = difference(leaving(optimizer=RULES["gd"]()), MOMENTUM)
    assert found.kind is DifferenceKind.RULE
    assert found.lines == ("wₜ₊₁ = wₜ − η·∇wₜ", "wₜ₊₁ = wₜ − vₜ")


def test_lines_written_otherwise_that_give_the_same_numbers_are_no_difference():
    """AdamW calls the gradient h, in its first line and in those of its memory."""
    adam, adamw = (leaving(name=name, optimizer=RULES[name](), keeps=False) for name in ("adam", "adamw"))
    found, _ = difference(adam, adamw)
    assert found.kind is DifferenceKind.RULE
    assert found.lines[0].startswith("wₜ₊₁ = wₜ − ")
    assert found.lines[1].startswith("wₜ₊₁ = shrunk − ")
    assert found.results[0] != found.results[1]
    found, _ = difference(adamw, adam)
    assert found.lines == ("shrunk = (1 − η·λ)·wₜ", "")


def test_the_line_of_a_gradient_is_that_of_the_scene_s_loss():
    plain = Run(RULES["gd"](), start=(3.0, -5.0), epochs=3)
    nesterov = replace(plain, name="other", optimizer=RULES["nesterov"]())
    found, _ = difference(plain, nesterov, objective=FunctionObjective("w**2 + b**2"))
    letters = [line.split(" = 2·(")[0] for line in found.lines]
    assert letters == ["∇wₜ = 2·wₜ + 1/n·Σᵢ xᵢ", "∇wₗₒₒₖ = 2·wₗₒₒₖ + 1/n·Σᵢ xᵢ"]


def test_the_line_of_a_function_s_gradient_has_what_its_points_add_to_it():
    run = Run(RULES["gd"](), STOCHASTIC(), start=(3.0, -5.0), epochs=3)
    nesterov = replace(run, name="other", optimizer=RULES["nesterov"]())
    found, (record, _) = difference(run, nesterov, objective=FunctionObjective("w**2 + b"))
    w = float(record.p[found.step - 1, 0])
    slope = found.results[0] - 2.0 * w
    assert found.lines[0] == f"∇wₜ = 2·wₜ + 1/n·Σᵢ xᵢ = 2·({exact(w)}) + {number(slope)}"
    assert number(slope) in [number(x) for x in scene("valley").points.x[:, 0].tolist()]


def test_a_nudge_is_a_difference_before_any_update():
    found, (whole, fork) = difference(MOMENTUM, leaving(nudge=(0.0, 0.5)))
    assert (found.kind, found.step, found.parameter) == (DifferenceKind.PLACE, 40, "b")
    assert found.results == (whole.p[40, 1], fork.p[0, 1])


def test_other_points_are_named():
    found, _ = difference(MOMENTUM, leaving(batching=STOCHASTIC()))
    assert (found.kind, found.step, found.rows) == (DifferenceKind.POINTS, 41, ((0, 1), (0,)))


def test_runs_that_never_meet_have_nothing_to_compare():
    found, _ = difference(replace(MOMENTUM, epochs=20), leaving())
    assert (found.kind, found.step) == (DifferenceKind.APART, 40)


@pytest.mark.parametrize("first", ["gd", "adam"])
def test_two_runs_from_one_start(first):
    one = replace(MOMENTUM, optimizer=RULES[first]())
    found, records = difference(one, replace(one, optimizer=RULES[first](eta=0.01)))
    assert (found.kind, found.step) == (DifferenceKind.LINE, 1)
    assert [cause.letter for cause in found.causes] == ["η"]
    assert found.results == (records[0].p[1, 0], records[1].p[1, 0])


@given(runs_with_points(), st.data())
def test_the_step_is_the_first_whose_row_is_another(drawn, data):
    run, points, validation = drawn
    steps = len(computed(one_run(run, points, validation))[0]) - 1
    step = data.draw(st.integers(0, steps))
    optimizer = run.optimizer.replace(eta=run.optimizer.eta * data.draw(st.sampled_from([1.0, 0.5])))
    fork = replace(run, optimizer=optimizer, fork=Fork(run, step))
    found, (whole, own) = difference(run, fork, (points, validation))
    rows = min(len(whole.loss) - step, len(own.loss))
    differs = (whole.p[step : step + rows] != own.p[:rows]).any(axis=1)
    for letter in range(len(run.optimizer.update_rule.letters)):
        rest = whole.state[letter, step + 1 : step + rows] != own.state[letter, 1:rows]
        differs[1:] |= rest.any(axis=1)
    if not differs.any():
        assert (found.kind, found.step) == (DifferenceKind.NONE, step + rows - 1)
        return
    assert found.step == step + int(np.argmax(differs))
    assert found.kind is DifferenceKind.LINE
    assert found.results[0] != found.results[1]
    assert found.causes
    assert not any(math.isclose(*cause.values, rel_tol=0.0, abs_tol=0.0) for cause in found.causes)


def test_runs_may_be_in_any_order():
    fork = leaving(optimizer=RULES["momentum"](eta=0.1))
    there, back = difference(MOMENTUM, fork)[0], difference(fork, MOMENTUM)[0]
    assert (there.step, there.results) == (back.step, back.results[::-1])


def test_without_a_common_past_places_are_told():
    found, _ = difference(MOMENTUM, Run(RULES["gd"](), start=(1.0, 6.0)))
    assert (found.kind, found.step, found.results) == (DifferenceKind.PLACE, 0, (0.0, 1.0))
