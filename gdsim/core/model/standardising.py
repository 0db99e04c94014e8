"""Standardised inputs: each with mean 0 and standard deviation 1 over the training points."""

import sys
from dataclasses import dataclass, replace

import numpy as np

from gdsim.core.arrays import Array, Flags, frozen
from gdsim.core.formulas import numerals
from gdsim.core.language.texts import said
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_inputs
from gdsim.core.model.objective_edits import check_has_neuron
from gdsim.core.model.points import PointSet

# A standard deviation below this fraction of the largest value is rounding error, not spread.
_SPREAD = 1e-12
_ROUNDING = 1e-9
_MOST_NAMED = 4


@dataclass(frozen=True, eq=False)
class Scaling:
    """The shift and the divisor of each of d inputs, which is shifted first and then divided."""

    shift: Array  # (d,): minus the mean of the training points
    divisor: Array  # (d,): their standard deviation; 1 for a constant input
    spreads: Flags  # (d,): whether an input is not constant

    @property
    def is_nothing(self) -> bool:
        """Whether the inputs are standardised already, up to rounding."""
        moved, stretched = np.abs(self.shift) > _ROUNDING, np.abs(self.divisor - 1.0) > _ROUNDING
        return not (moved.any() or stretched.any())

    def applied(self, points: PointSet) -> PointSet:
        return PointSet((points.x + self.shift) / self.divisor, points.y)

    @property
    def sentence(self) -> str:
        """What will be done, as a sentence with six significant digits."""
        d = len(self.shift)
        parts = [
            said(
                "{name} will be shifted by {shift} and divided by {divisor}",
                name=name,
                shift=numerals.number(shift, 6),
                divisor=numerals.number(divisor, 6),
            )
            for name, shift, divisor in zip(
                written_inputs(d), self.shift.tolist(), self.divisor.tolist(), strict=True
            )
        ]
        more = said("; and {d} more in the same way", d=d - _MOST_NAMED) if d > _MOST_NAMED else ""
        return "; ".join(parts[:_MOST_NAMED]) + more + "."


def scaling(points: PointSet) -> Scaling:
    """Return the scaling that gives each input of the points mean 0 and standard deviation 1.

    The standard deviation is that of the points themselves, with the divisor N, not N - 1.
    """
    largest = np.abs(points.x).max(axis=0)
    unit = np.where(largest > 0.0, largest, 1.0)
    x = points.x / unit  # squares of huge or tiny numbers would overflow or underflow
    mean, deviation = x.mean(axis=0), x.std(axis=0)
    spread = deviation * unit  # a subnormal number has few digits left, or none
    spreads = (deviation > _SPREAD) & (spread >= sys.float_info.min)
    return Scaling(frozen(-mean * unit), frozen(np.where(spreads, spread, 1.0)), spreads)


def standardise(experiment: Experiment) -> Experiment:
    """Return the experiment with standardised inputs; validation points are scaled like training points."""
    check_has_neuron(experiment)
    one = scaling(experiment.points)
    points, validation = one.applied(experiment.points), one.applied(experiment.validation)
    return replace(experiment, points=points, validation=validation)
