"""Standardised inputs: an explicit edit that says what it did, never done on the quiet."""

from dataclasses import dataclass, replace

import numpy as np

from gdsim.core.arrays import Array, frozen
from gdsim.core.formulas.numerals import rounded
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet

# A deviation that is smaller than this share of the largest value is rounding, not spread.
_SPREAD = 1e-12
_ROUNDING = 1e-9
_MOST_NAMED = 4


@dataclass(frozen=True, eq=False)
class Scaling:
    """What is done to each of d inputs: shifted first, then divided."""

    shift: Array  # (d,): minus the mean of the training points
    divisor: Array  # (d,): their standard deviation; 1 for an input that is the same in all of them

    @property
    def is_nothing(self) -> bool:
        """Whether the inputs are standardised already, but for rounding."""
        moved, stretched = np.abs(self.shift) > _ROUNDING, np.abs(self.divisor - 1.0) > _ROUNDING
        return not (moved.any() or stretched.any())

    def applied(self, points: PointSet) -> PointSet:
        """Return the points with other inputs; y stays."""
        return PointSet((points.x + self.shift) / self.divisor, points.y)

    def sentence(self, verb: str = "was") -> str:
        """Return what "was" or "will be" done, as a sentence with six significant digits."""
        d = len(self.shift)
        names = ["x"] if d == 1 else [f"x{place}" for place in range(1, d + 1)]
        parts = [
            f"{name} {verb} shifted by {rounded(shift)} and divided by {rounded(divisor)}"
            for name, shift, divisor in zip(names, self.shift.tolist(), self.divisor.tolist(), strict=True)
        ]
        more = f"; and {d - _MOST_NAMED} more in the same way" if d > _MOST_NAMED else ""
        return "; ".join(parts[:_MOST_NAMED]) + more + "."


def scaling(points: PointSet) -> Scaling:
    """Return what makes each input of the points have mean 0 and standard deviation 1.

    The deviation is that of the points themselves: its squares are divided by N, not by N - 1.
    """
    largest = np.abs(points.x).max(axis=0)
    unit = np.where(largest > 0.0, largest, 1.0)
    x = points.x / unit  # squares of huge or tiny numbers would leave the floats
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    divisor = np.where(deviation > _SPREAD, deviation * unit, 1.0)
    return Scaling(frozen(-mean * unit), frozen(divisor))


def standardise(experiment: Experiment) -> Experiment:
    """Return the experiment with standardised inputs; validation points are scaled as the training points."""
    one = scaling(experiment.points)
    points, validation = one.applied(experiment.points), one.applied(experiment.validation)
    return replace(experiment, points=points, validation=validation)
