"""Lengths over all parameters: ``n = norm(g)`` in the lines of a rule."""

import re
from dataclasses import replace

import numpy as np
import pytest

from gdsim.core.analysis.memory_weights import memory_of
from gdsim.core.analysis.update import update_of
from gdsim.core.analysis.worked import worked
from gdsim.core.engine.ensemble import Ensemble
from gdsim.core.formulas.printing import IN_LATEX
from gdsim.core.formulas.syntax import FormulaError
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import NeuronObjective
from gdsim.core.model.points import PointSet
from gdsim.core.model.run import Run
from gdsim.core.rules.catalogue import RULES
from tests.core.other_rules import rule_of
from tests.core.records import FIRST_NEURON, columns_of, computed, one_run, run_of
from tests.every import every

CLIPPED = "n = norm(g)\nh = min(1, beta / n)*g\nw_next = w - eta*h"


def test_a_norm_is_one_number_for_all_parameters():
    rule = rule_of(CLIPPED)().update_rule
    assert dict(rule.norms) == {"n": "g"}
    assert "n" in rule.shared
    assert rule.parts == ("gradient", "intermediate", "intermediate", "update")
    assert rule.never_negative == frozenset()
    assert rule.intervals["n"].low == 0.0
    assert not rule.has_own_rates
    unit = rule_of("n = norm(g)\nw_next = w - eta / n*g")().update_rule
    assert not unit.has_own_rates


@every("size", [2, 3, 60])
@every("dimension", [1, 3])
def test_a_gradient_is_clipped_by_its_length(size, dimension):
    """Against a loop that clips as libraries do; more than 50 points are added up by NumPy."""
    rng = np.random.default_rng(size)
    x, y = rng.normal(size=(size, dimension)), rng.uniform(0.1, 0.9, size)
    start = np.round(rng.normal(size=dimension + 1), 3)
    run = Run(rule_of(CLIPPED)(eta=0.7, beta=0.05), start=tuple(start.tolist()), epochs=100)
    record, p, clipped = columns_of(run, PointSet(x, y)), start, 0
    for step in range(1, 101):
        f = 1.0 / (1.0 + np.exp(-(x @ p[:-1] + p[-1])))
        pull = (f - y) * f * (1.0 - f)
        g = np.append(pull @ x, pull.sum())
        length = float(np.linalg.norm(g))
        clipped += length > 0.05
        p = p - 0.7 * g * min(1.0, 0.05 / length)
        np.testing.assert_allclose(record.p[step], p, rtol=1e-10)
    assert clipped >= 3


def test_a_norm_of_nothing_is_nothing():
    """A flat place: all gradients are exactly 0, and so is the way uphill."""
    run = Run(RULES["sam"](), start=(0.0, 800.0), epochs=3)
    record = columns_of(run, PointSet([1.0], [0.2]))
    np.testing.assert_array_equal(record.p, np.tile([0.0, 800.0], (4, 1)))


@every(
    ("lines", "reason"),
    [
        ("w_next = w - eta*g / norm(g)", "it needs a line of its own, as in n = norm(g)"),
        ("n = norm(eta)\nw_next = w - n*g", "eta is the same for all parameters"),
        ("v_t = norm(g)\nw_next = w - eta*v_t", "v_t needs one for each"),
        ("v_0 = norm(w)\nv_t = v + g\nw_next = w - v_t", "v_0 may depend only on w and settings"),
        ("v_0 = grad(w)\nv_t = v + g\nw_next = w - v_t", "v_0 may depend only on w and settings"),
        ("n = norm(h)\nh = 2*g\nw_next = w - n*h", "n uses h, which is not known yet"),
        ("norm = 2*g\nw_next = w - norm", "norm has a meaning of its own"),
        ("n = norm(2*g)\nw_next = w - n*g", "norm cannot be part of a formula"),
    ],
)
def test_a_norm_that_is_none_is_refused(lines, reason):
    with pytest.raises(FormulaError, match=re.escape(reason)):
        _ = rule_of(lines)().update_rule


def test_the_length_is_worked_out_of_the_gradients_of_all_parameters():
    points = PointSet([[0.5, -1.0], [2.5, 0.3]], [0.2, 0.9])
    run = Run(RULES["sam"](), start=(-2.0, 1.0, 0.5), epochs=5)
    experiment = one_run(run, points)
    update = update_of(experiment, run, columns_of(run, points), 3)
    for parameter in worked(update, 4).parameters:
        line = next(one for one in parameter.lines if one.symbols == "size = ‖∇ₜ‖")
        each = [
            float(text.replace("−", "-"))
            for text in re.findall(r"(−?[0-9.]+(?:e−[0-9]+)?)\)?²", line.numbers)
        ]
        assert len(each) == 3
        assert line.numbers.startswith("√(")
        assert line.value == pytest.approx(np.linalg.norm(each), rel=1e-3)
        assert line.value == pytest.approx(np.linalg.norm(Neuron.fitting(points).gradient(update.before)))
    first = worked(update, 4, IN_LATEX).parameters[0].lines[1]
    assert first.symbols == r"\mathrm{size} &= \|\nabla _{t}\|"
    assert first.numbers.startswith(r"\sqrt{")


def test_a_clipped_gradient_leaves_no_weights_of_past_gradients():
    rule = rule_of("n = norm(g)\nh = min(1, beta / n)*g\nv_t = beta*v + eta*h\nw_next = w - v_t")()
    once = np.ones(3)
    assert memory_of(rule, "v", 0.1 * once, np.nan * once, np.arange(1.0, 4.0)) is None


def test_of_many_runs_each_has_a_length_of_its_own():
    starts = np.array([[[-2.0, -2.0], [0.5, 1.0]], [[3.0, 1.0], [0.0, 0.0]], [[1.0, -1.0], [2.0, 2.0]]])
    run = run_of(RULES["sam"], eta=0.3, epochs=20)
    ensemble = Ensemble(run, Neuron.fitting(FIRST_NEURON), starts)
    for _ in range(20):
        ensemble.advance()
    for place in np.ndindex(3, 2):
        alone = columns_of(run_of(RULES["sam"], eta=0.3, epochs=20, start=tuple(starts[place].tolist())))
        np.testing.assert_allclose(ensemble.p[place], alone.p[-1], rtol=1e-9)


@every("dimension", [1, 6, 7, 12])
def test_squares_are_added_up_in_one_order_alone_and_among_others(dimension):
    rng = np.random.default_rng(dimension)
    points = PointSet(rng.normal(size=(5, dimension)), rng.uniform(size=5))
    data, starts = Neuron.fitting(points, NeuronObjective("identity")), rng.normal(size=(6, dimension + 1))
    run = Run(rule_of(CLIPPED)(eta=0.1, beta=0.05), start=(0.0,) * (dimension + 1), epochs=9)
    together, alone = (
        Ensemble(run, data, starts),
        [Ensemble(run, data, start[np.newaxis]) for start in starts],
    )
    for one in (together, *alone):
        for _ in range(9):
            one.advance()
    np.testing.assert_array_equal(together.p, np.concatenate([one.p for one in alone]))
    experiment = Experiment(
        points,
        PointSet.empty(dimension),
        tuple(replace(run, start=tuple(start), name=str(start)) for start in starts.tolist()),
        objective=data.objective,
    )
    np.testing.assert_array_equal(together.p, [record.whole.p[-1] for record in computed(experiment)])
