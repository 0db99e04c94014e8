"""What is said of a neuron and its loss, against measurements."""

import numpy as np
import pytest

from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import ACTIVATIONS, LECTURE, LOSSES, FunctionObjective, NeuronObjective
from gdsim.core.model.objective_words import (
    loss_formula,
    neuron_formula,
    reach_of,
    unreachable_targets,
)
from gdsim.core.model.points import PointSet
from tests.every import every

ALL = [NeuronObjective(activation, loss) for activation in ACTIVATIONS for loss in LOSSES]
FORMULAS = {
    NeuronObjective(): ("f(x) = σ(w·x + b)", "L = ½ Σ (f − y)²"),
    NeuronObjective(reduction="sum"): ("f(x) = σ(w·x + b)", "L = Σ (f − y)²"),
    NeuronObjective("tanh", reduction="mean", l2=0.1): (
        "f(x) = tanh(w·x + b)",
        "L = 1/N Σ (f − y)² + ½ 0.1 Σ w²",
    ),
    NeuronObjective("relu", "absolute"): ("f(x) = max(0, w·x + b)", "L = Σ |f − y|"),
    NeuronObjective("identity", "huber", delta=0.5): (
        "f(x) = w·x + b",
        "L = Σ h(f − y); h(e) = ½ e² up to |e| = 0.5, then 0.5 (|e| − 0.25)",
    ),
    NeuronObjective(loss="cross-entropy"): (
        "f(x) = σ(w·x + b)",
        "L = −Σ (y ln f + (1 − y) ln(1 − f))",
    ),
    NeuronObjective("identity", "cross-entropy", "mean"): (
        "q(x) = σ(w·x + b)",
        "L = −1/N Σ (y ln q + (1 − y) ln(1 − q)); q = σ(f)",
    ),
    FunctionObjective("w**2 + b"): ("L(w, b) = w**2 + b", "L(w, b) = w**2 + b"),
}


@every("objective", FORMULAS, ids=str)
def test_formulas_are_written_as_on_paper(objective):
    assert (neuron_formula(objective), loss_formula(objective)) == FORMULAS[objective]


@every("objective", ALL, ids=str)
def test_a_surface_is_called_convex_where_no_middle_lies_above_its_ends(objective):
    rng = np.random.default_rng(3)

    def is_above():
        points = PointSet(rng.normal(scale=2.0, size=5), rng.uniform(size=5))
        neuron = Neuron.fitting(points, objective)
        one, other = rng.normal(scale=4.0, size=(2, 400, 2))
        ends = (neuron.loss(one) + neuron.loss(other)) / 2.0
        return (neuron.loss((one + other) / 2.0) > ends * (1.0 + 1e-12)).any()

    assert objective.is_convex != any(is_above() for _ in range(60))


# ------------------------------------------------------------------------- values out of reach


@pytest.mark.parametrize("y", [[], [0.0, 0.5, 1.0]])
def test_there_is_nothing_to_say_of_values_within_reach(y):
    for objective in ALL:
        assert unreachable_targets(np.array(y), objective) == ""


def test_one_value_out_of_reach_is_explained():
    words = "1 value of y lies outside 0 to 1. A sigmoid cannot go there, so the loss cannot fall below "
    assert unreachable_targets(np.array([0.5, 1.5]), LECTURE) == words + "0.125."


def test_several_values_out_of_reach_are_explained():
    words = "2 values of y lie outside 0 to 1. A sigmoid cannot go there, so the loss cannot fall below "
    assert unreachable_targets(np.array([-1.0, 0.5, 3.0]), LECTURE) == words + "2.5."


@every("objective", [one for one in ALL if one.loss != "cross-entropy"], ids=str)
@every("reduction", ["sum", "mean"])
def test_the_loss_comes_as_near_to_what_is_told_as_it_can(objective, reduction):
    objective = NeuronObjective(objective.activation, objective.loss, reduction)
    points = PointSet([1.0, 1.0], [-3.0, -3.0])
    told = unreachable_targets(points.y, objective)
    least = float(Neuron.fitting(points, objective).loss(np.array([[-60.0, -60.0], [0.0, -3.0]])).min())
    if objective.activation == "identity":
        assert not told
        assert least == pytest.approx(0.0)
    else:
        assert told.startswith(f"2 values of y lie {reach_of(objective).words}. A ")
        assert float(told.rpartition(" ")[2].rstrip(".")) == pytest.approx(least, rel=1e-2)


def test_cross_entropy_wants_probabilities():
    objective = NeuronObjective("identity", "cross-entropy")
    words = unreachable_targets(np.array([0.0, 2.0]), objective)
    assert words.startswith("1 value of y lies outside 0 to 1. Cross-entropy takes y as a probability")
    neuron = Neuron.fitting(PointSet([0.0], [2.0]), objective)
    assert neuron.loss(np.array([0.0, 1e6])) < -1e5  # as low as you like
