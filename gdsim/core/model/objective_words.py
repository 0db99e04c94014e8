"""The formulas of a neuron and its loss as text, and the targets that are out of reach."""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.formulas.numerals import number
from gdsim.core.language.texts import counted, said, to_say, translated
from gdsim.core.model.objective import (
    LOSSES,
    MEAN,
    SUM,
    FunctionObjective,
    NeuronObjective,
    Objective,
    read_term,
)

_OUTPUTS = {
    "sigmoid": "σ(w·x + b)",
    "identity": "w·x + b",
    "tanh": "tanh(w·x + b)",
    "relu": "max(0, w·x + b)",
}
_TERMS = {"squared": "(f − y)²", "absolute": "|f − y|", "huber": "h(f − y)"}
_PROBABILITY = "(y ln {0} + (1 − y) ln(1 − {0}))"


def neuron_formula(objective: Objective) -> str:
    """Return the formula of what is computed at an input: ``"f(x) = σ(w·x + b)"``."""
    if isinstance(objective, FunctionObjective):
        return f"L(w, b) = {objective.formula}"
    output = _OUTPUTS[objective.activation]
    return f"q(x) = σ({output})" if objective.answers_probability else f"f(x) = {output}"


def loss_formula(objective: Objective) -> str:
    """Return the formula of the loss over all points: ``"L = ½ Σ (f − y)²"``."""
    if isinstance(objective, FunctionObjective):
        return neuron_formula(objective)
    probability = _PROBABILITY.format("q" if objective.answers_probability else "f")
    term = _TERMS.get(objective.loss, probability)
    share = {SUM: "", MEAN: "1/N "}.get(objective.reduction, "½ ")
    penalty = f" + ½ {number(objective.l2, 6)} Σ w²" if objective.l2 else ""
    notes = []
    if objective.answers_probability:
        notes.append("q = σ(f)")
    if objective.loss == "huber":
        delta = number(objective.delta, 6)
        half = number(objective.delta / 2.0, 6)
        notes.append(
            said("h(e) = ½ e² up to |e| = {delta}, then {delta} (|e| − {half})", delta=delta, half=half)
        )
    sign = "−" if objective.loss == "cross-entropy" else ""
    return "; ".join([f"L = {sign}{share}Σ {term}{penalty}", *notes])


# ---------------------------------------------------------------------------------------- out of reach


class Reach(NamedTuple):
    """The interval in which targets can be fitted."""

    low: float
    high: float
    words: str  # Where targets out of reach lie
    name: str  # What cannot reach them


_REACHES = {
    "sigmoid": Reach(0.0, 1.0, to_say("outside 0 to 1"), to_say("A sigmoid")),
    "tanh": Reach(-1.0, 1.0, to_say("outside −1 to 1"), to_say("A tanh")),
    "relu": Reach(0.0, np.inf, to_say("below 0"), to_say("A ReLU")),
    "identity": Reach(-np.inf, np.inf, "", ""),
}


def unreachable_targets(y: Array, objective: NeuronObjective) -> str:
    """Return a sentence about the values y (N,) that no output can reach; empty if there are none.

    Each such value adds at least the loss of its distance from the reachable interval.
    """
    reach = reach_of(objective)
    # A fast path: a million values that are all within reach take a millisecond.
    if len(y) == 0 or (y.min() >= reach.low and y.max() <= reach.high):
        return ""
    distance = np.maximum(np.maximum(reach.low - y, y - reach.high), 0.0)
    beyond = int(np.count_nonzero(distance))
    where = translated(reach.words)
    there = counted(beyond, "{n} value of y lies {where}.", "{n} values of y lie {where}.", where=where)
    if objective.loss == "cross-entropy":
        return f"{there} {said('Cross-entropy takes y as a probability, and may then have no minimum.')}"
    terms = evaluate_arrays(read_term(LOSSES[objective.loss], objective.delta), {"error": distance})
    least = number(objective.factor(len(y)) * float(terms.sum()), 3)
    return f"{there} " + said(
        "{name} cannot go there, so the loss cannot fall below {least}.",
        name=translated(reach.name),
        least=least,
    )


def reach_of(objective: NeuronObjective) -> Reach:
    # The targets of cross-entropy are probabilities, whatever the activation.
    return _REACHES["sigmoid" if objective.loss == "cross-entropy" else objective.activation]
