"""Where a run has come down to a minimum, up to a millionth of the fall and a hundredth of the way."""

import numpy as np

from gdsim.core.analysis.curvature.curvature import curvature_at
from gdsim.core.analysis.diagnosis.evidence import ARRIVED, MOST_SIGMOIDS, Evidence, Finding, FindingKind
from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import integer_text, number, told_apart
from gdsim.core.language.texts import said, to_say
from gdsim.core.model.point_loss import PointLoss

# Near a minimum each step of Newton's method is shorter than this share of the one before; towards a level
# place, such as 0 of w³, it is half as long. Then the most steps, and the relative length of the last one.
_SHORTER, _STEPS, _LAST_STEP = 0.4, 40, 1e-9
# The least curvature is more than rounding if it exceeds this share of the largest, and if it accounts for
# more than this share of what the run has lost over a distance as long as the parameters are large.
_LEVEL = 1e-9
# If two losses differ by less than this share of them, none is said to fall to the other.
_LEAST_FALL = 1e-9
# A least loss below this share of the fall is 0 up to rounding; no distance below this one is given.
_ZERO, _LEAST_DISTANCE = 1e-15, 1e-6
# At most this share of the way to the minimum is left. From a steep start a run soon has lost all but a
# millionth, and may then creep along the floor of a valley for long.
_NEAR = 0.01


def convergences(evidence: Evidence) -> tuple[Finding, ...]:
    """Find the step from which almost all of the way down is done, if the path ends at a minimum."""
    loss, data = evidence.record.loss, evidence.experiment.training
    if evidence.has_kinks or _STEPS * len(data.targets) > MOST_SIGMOIDS:
        return ()
    minimum = _minimum_near(data, evidence.record.p[-1], abs(float(loss[0] - loss[-1])))
    if minimum is None:
        return ()
    begun, left = np.linalg.norm(evidence.record.p[[0, -1]] - minimum, axis=1)
    if not left <= _NEAR * begun:
        return ()
    least = float(data.loss(minimum))
    fall = float(loss[0]) - least
    if not fall > max(evidence.noise, _LEAST_FALL * (abs(least) + abs(float(loss[0])))):
        return ()
    first = int(np.flatnonzero(~(loss - least <= ARRIVED * fall))[-1]) + 1
    return (_convergence(evidence, first, minimum, least),) if first < evidence.last else ()


def _minimum_near(data: PointLoss, place: Array, lost: float) -> Array | None:
    """Return the minimum to which Newton's method leads straight from a place, or None."""
    before = np.inf
    for _ in range(_STEPS):
        here = curvature_at(data, place)
        if not here.is_finite or (bottom := here.bottom) is None:
            return None
        curvatures, _ = here.axes
        size = max(1.0, float(np.linalg.norm(place)))
        length = float(np.linalg.norm(bottom - place))
        is_level = curvatures[0] <= _LEVEL * max(curvatures[-1], lost / size / size)
        if is_level or not length <= _SHORTER * before:
            return None
        place, before = bottom, length
        if length <= _LAST_STEP * size:
            return place
    return None


def _convergence(evidence: Evidence, first: int, minimum: Array, least: float) -> Finding:
    record = evidence.record
    before, distance = float(record.loss[0]), float(np.linalg.norm(record.p[-1] - minimum))
    if abs(least) <= _ZERO * (before - least):
        least = 0.0
    numbers = {
        said("loss at step {step}", step=integer_text(evidence.first)): before,
        to_say("loss at the minimum"): least,
    }
    before_it, lowest = told_apart([before, least])
    towards = said(
        "The loss falls from {before} at step {start} towards {least} at a minimum",
        before=before_it,
        start=integer_text(evidence.first),
        least=lowest,
    )
    if where := evidence.place_text(minimum, number):
        towards = f"{towards}, {where}"
    if distance < _LEAST_DISTANCE:
        far = said("less than {distance}", distance=number(_LEAST_DISTANCE))
    else:
        far = number(distance)
        numbers[to_say("distance at the end")] = distance
    left = said(
        "From step {first} on less than a millionth of this fall is left, and the run ends {far} away.",
        first=integer_text(evidence.first + first),
        far=far,
    )
    return Finding(FindingKind.CONVERGENCE, first, evidence.last, f"{towards}. {left}", numbers)
