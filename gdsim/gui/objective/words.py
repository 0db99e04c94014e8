"""The words that describe an objective."""

import numpy as np

from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import number
from gdsim.core.language.texts import translated
from gdsim.core.model.gallery import GalleryFunction, known_function
from gdsim.core.model.objective import LOSSES, FunctionObjective, Objective
from gdsim.core.model.objective_edits import spread_of
from gdsim.core.model.plane_function import ORIGIN, PlaneFunction
from gdsim.core.model.points import PointSet
from gdsim.gui.paint.words import places_text
from gdsim.gui.translation import tr


def loss_hint(objective: Objective) -> str:
    """Describe the loss in a few words; empty for the lecture's loss and for a function of w and b."""
    if isinstance(objective, FunctionObjective) or objective.is_lecture:
        return ""
    title = translated(LOSSES[objective.loss].title)
    words = [title, tr("convex")] if objective.is_convex else [title]
    if objective.l2:
        words.append(tr("penalty λ {0}").format(number(objective.l2, 6)))
    return ", ".join(words)


def shape_sentence(objective: Objective) -> str:
    """Say what the formulas of a neuron and its loss imply for the surface, whatever the points."""
    if isinstance(objective, FunctionObjective):
        return ""
    if objective.is_convex and objective.activation == "sigmoid":
        return tr(
            "The slope f·(1 − f) of the sigmoid cancels from the gradient: each point adds (f − y)·x, and "
            "bends the loss by f·(1 − f)·x², which is never negative. So the surface is convex: one bowl, "
            "without the plateau of the squared error."
        )
    if objective.is_convex:
        return tr(
            "f is linear in w and b, and the loss bends upwards in f, or is linear. So the surface is "
            "convex: one bowl, without plateaus or false valleys."
        )
    if objective.activation == "relu" and objective.l2:
        return tr(
            "Where w·x + b is below 0 at every point, ReLU is 0 and so is its slope: no point pulls the "
            "neuron back there, and the penalty pulls its weights to 0."
        )
    if objective.activation == "relu":
        return tr(
            "Where w·x + b is below 0 at every point, ReLU is 0 and so is its slope: the loss is level "
            "there, and no point pulls the neuron back."
        )
    words = tr(
        "The gradient has the slope {0} as a factor, which is near 0 where the neuron is saturated: the "
        "surface has plateaus, and may have false valleys."
    )
    if objective.l2:
        words = tr(
            "What the points add to the gradient has the slope {0} as a factor, which is near 0 where the "
            "neuron is saturated: there the penalty alone pulls, its weights to 0. The surface may have "
            "false valleys."
        )
    return words.format({"sigmoid": "f·(1 − f)", "tanh": "1 − f²"}[objective.activation])


def gallery_minima_words(function: GalleryFunction | None) -> str:
    """Say where a gallery function has its minima; empty for None."""
    if function is None:
        return ""
    if not function.minima:
        return tr("It has no minimum: it falls without end.")
    value, places = number(function.value, 6), places_text(function.minima)
    if len(function.minima) == 1:
        return tr("Its lowest value is {0}, at {1}.").format(value, places)
    words = tr("Its lowest value is {0}, at {1} places: {2}.")
    return words.format(value, len(function.minima), places)


def rate_words(objective: FunctionObjective) -> str:
    """Say below which rate gradient descent can settle at a known minimum; empty if none is known."""
    known = known_function(objective)
    if known is None or not known.minima:
        return ""
    with np.errstate(all="ignore"):
        hessian = PlaneFunction.over(ORIGIN, objective).hessian(np.array(known.minima))
    if not np.isfinite(hessian).all():
        return tr("It has a tip there, at which no fixed rate lets plain descent settle.")
    steepest = float(np.linalg.eigvalsh(hessian).max(axis=1).min())
    words = tr("Gradient descent can settle there with a rate below 2 divided by the curvature {0}: {1}.")
    return words.format(number(steepest, 4), number(2.0 / steepest, 4))


def noise_words(slopes: PointSet) -> str:
    if len(slopes) == 1:
        return tr("No noise: every update sees the function itself.")
    words = tr(
        "Noise σ = {0}: the mean of {1} tilted copies; an update that uses some of them follows their slopes."
    )
    return words.format(number(spread_of(slopes)), numerals.integer_text(len(slopes)))
