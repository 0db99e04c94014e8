"""The words for what is made small."""

from collections.abc import Iterable

import numpy as np

from gdsim.core.formulas.numerals import rounded
from gdsim.core.model.gallery import GalleryFunction, Place, known_function
from gdsim.core.model.objective import LOSSES, MEAN, SUM, FunctionObjective, Objective
from gdsim.core.model.plane_function import ORIGIN, PlaneFunction
from gdsim.core.model.points import PointSet
from gdsim.gui.translation import translate


def reduction_name(reduction: str) -> str:
    """Return how the terms of the points are put together."""
    return {SUM: translate("Objective", "Sum"), MEAN: translate("Objective", "Mean: sum divided by N")}.get(
        reduction, translate("Objective", "Half the sum")
    )


def loss_hint(objective: Objective) -> str:
    """Return what loss is drawn, in a few words; nothing of the lecture's, or of a function."""
    if isinstance(objective, FunctionObjective) or objective.is_lecture:
        return ""
    title = LOSSES[objective.loss].title
    words = [title, translate("Objective", "convex")] if objective.is_convex else [title]
    if objective.l2:
        words.append(f"λ {rounded(objective.l2)}")
    return ", ".join(words)


def minima_words(function: GalleryFunction | None) -> str:
    """Return where a known function is lowest, as a sentence; nothing of one that is not known."""
    if function is None:
        return ""
    if not function.minima:
        return translate("Objective", "It has no minimum: it falls without end.")
    value, places = rounded(function.value), _places(function.minima)
    if len(function.minima) == 1:
        return translate("Objective", "Its lowest value is {0}, at {1}.").format(value, places)
    words = translate("Objective", "Its lowest value is {0}, at {1} places: {2}.")
    return words.format(value, len(function.minima), places)


def _places(places: Iterable[Place]) -> str:
    return ", ".join(f"({rounded(w, 4)}, {rounded(b, 4)})" for w, b in places)


def rate_words(objective: FunctionObjective) -> str:
    """Return up to which rate plain descent settles at a known minimum; nothing where none is known."""
    known = known_function(objective)
    if known is None or not known.minima:
        return ""
    with np.errstate(all="ignore"):
        hessian = PlaneFunction.over(ORIGIN, objective).hessian(np.array(known.minima))
    if not np.isfinite(hessian).all():
        return translate("Objective", "It has a tip there, at which no fixed rate lets plain descent settle.")
    steepest = float(np.linalg.eigvalsh(hessian).max(axis=1).min())
    words = translate(
        "Objective",
        "Gradient descent can settle there with a rate below 2 divided by the curvature {0}: {1}.",
    )
    return words.format(rounded(steepest, 4), rounded(2.0 / steepest, 4))


def noise_words(slopes: PointSet) -> str:
    """Return what noise the slopes of a function make, as a sentence."""
    if len(slopes) == 1:
        return translate("Objective", "No noise: every update sees the function itself.")
    spread = np.hypot(slopes.x[:, 0], slopes.y).mean() / np.sqrt(np.pi / 2.0)
    words = translate(
        "Objective",
        "Noise: the mean of {0} copies, tilted by slopes of about {1}; an update sees some of them.",
    )
    return words.format(f"{len(slopes):,}", rounded(float(spread), 2))
