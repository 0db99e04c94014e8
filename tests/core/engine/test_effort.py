"""What steps cost: compared with gradients that count how often they are asked for, and over what."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdsim.core.engine.effort import (
    evaluations_at,
    evaluations_per_update,
    points_seen_at,
    step_after_evaluations,
    step_after_points,
)
from gdsim.core.engine.ensemble import array_step, memory_at_start
from gdsim.core.model.batching import BATCH, MINI_BATCH, STOCHASTIC
from gdsim.core.model.run import Fork, Run
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.libraries.lookup import LIBRARIES, library_rules
from gdsim.core.rules.own_rule import own_rule
from tests.core.engine import lecture_loops
from tests.core.strategies import batchings, rule_variants, variant_id
from tests.every import every

POINTS = [([float(x)], 0.1 * x) for x in range(5)]


@pytest.mark.parametrize("rule", lecture_loops.RULES)
@pytest.mark.parametrize("size", [1, 2, 5])
def test_counts_are_those_of_an_instrumented_gradient(rule, size, monkeypatch):
    asked = []
    true_gradient = lecture_loops.gradient

    def counting(points, p):
        asked.append(len(points))
        return true_gradient(points, p)

    monkeypatch.setattr(lecture_loops, "gradient", counting)
    run = Run(RULES[rule](), MINI_BATCH(size=size), epochs=3)
    batches = lecture_loops.table_order(len(POINTS), size, 3)
    lecture_loops.compute(rule, dict(run.optimizer.items()), POINTS, [0.5, -0.5], batches)
    assert evaluations_at(run, len(batches), len(POINTS)) == len(asked)
    assert points_seen_at(run, len(batches), len(POINTS)) == sum(asked)


@every(
    "optimizer",
    [*rule_variants(), *(rule() for library in LIBRARIES for rule in library_rules(library).values())],
    ids=variant_id,
)
def test_counts_of_every_rule_are_those_of_its_array_step(optimizer):
    asked = []

    def counting(p):
        asked.append(p)
        return p

    rule, p = optimizer.update_rule, np.ones((2, 3))
    settings = optimizer.numbers | {"eta": optimizer.eta, "gamma": optimizer.gamma}
    array_step(rule)(counting, p, memory_at_start(rule, settings, p), settings, 1)
    assert evaluations_per_update(optimizer) == len(asked)


def test_a_typed_rule_costs_what_its_lines_ask_for():
    rule = own_rule("Twice", "look = w - eta*g\nh = grad(look)\nw_next = w - eta*(g + h)/2")
    assert evaluations_per_update(rule()) == 2


@given(batchings(), st.integers(1, 7), st.integers(0, 60), st.sampled_from(["momentum", "sam"]))
def test_steps_are_found_again_from_what_they_cost(batching, points, step, rule):
    run = Run(RULES[rule](), batching)
    rows = [len(batching.rows(points, one, run.seed)) for one in range(1, step + 1)]
    assert points_seen_at(run, float(step), points) == sum(rows) * evaluations_per_update(run.optimizer)
    assert step_after_points(run, points_seen_at(run, float(step), points), points) == step
    assert step_after_evaluations(run, evaluations_at(run, float(step), points), points) == step


def test_arrays_cost_what_their_numbers_do():
    run, steps = Run(batching=MINI_BATCH(size=2)), np.arange(0.0, 12.0, 0.25)
    for cost in (evaluations_at, points_seen_at):
        assert cost(run, steps, 5).tolist() == [float(cost(run, float(step), 5)) for step in steps]


@every("step", [0, 1, 3, 5, 9])
def test_a_fork_has_what_its_parent_has_cost(step):
    parent = Run(RULES["sam"](), STOCHASTIC())
    child = Run(RULES["gd"](), BATCH(), fork=Fork(parent, step))
    assert evaluations_at(child, step, 4) == 2 * step
    assert evaluations_at(child, step + 3, 4) == 2 * step + 3
    assert points_seen_at(child, step + 3, 4) == 2 * step + 3 * 4
    same = Run(RULES["sam"](), STOCHASTIC(), fork=Fork(parent, step))
    assert points_seen_at(same, step + 3, 4) == points_seen_at(parent, step + 3, 4)
    for run in (child, same):
        assert step_after_points(run, points_seen_at(run, step + 3, 4), 4) == step + 3
