"""Where points are saturated along a path: the neuron is flat there, and steeper on the way to the target.

Only a sigmoid or tanh whose loss depends on f − y, without a penalty, has saturated points. In cross-entropy
the slope of the sigmoid cancels, and a penalty is a part of the loss that belongs to no point.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.formulas.evaluate import evaluate_arrays
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.objective import LOSSES, read_term
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.progress import Progress

# Sigmoids that may be computed for one diagnosis, and at once: about 200 ms and 10 ms.
_BUDGET = 1 << 22
_AT_ONCE = 1 << 17
# The least size of a sample of the points, with which shares are right within 2 or 3 %.
_LEAST_SAMPLE = 1024

# A point is saturated if the neuron's slope is below this share of the steepest slope on the way from its
# output to its target. At a tenth its gradient is a tenth of what it will be, and the curve looks flat.
FLAT_SLOPE = 0.1


class Flatness(NamedTuple):
    """The slope of an activation function that is flat far out."""

    words: str  # The slope as a formula of f
    middle: float  # The output where it is steepest
    steepest: float
    slope: Callable[[Array], Array]  # As a function of outputs


_FLATNESS = {
    "sigmoid": Flatness("f(1 − f)", 0.5, 0.25, lambda f: f * (1.0 - f)),
    "tanh": Flatness("1 − f²", 0.0, 1.0, lambda f: 1.0 - f * f),
}


def flatness_of(data: PointLoss) -> Flatness | None:
    """Return the slope of the neuron, if it is a factor of the gradient of each point, else None."""
    if not isinstance(data, Neuron) or data.objective.l2 or data.objective.loss == "cross-entropy":
        return None
    return _FLATNESS.get(data.objective.activation)


class Saturation(NamedTuple):
    """How far the points are saturated along the path."""

    picked: Rows  # (P,): the points that were examined; a sample if there are many
    data: PointLoss  # Over those points
    rows: Rows  # (R,): the rows of the record that were examined: every one, or every k-th
    stuck_share: Array  # (R,): the share of the loss that comes from saturated points


def saturated(output: Array, targets: Array, flatness: Flatness = _FLATNESS["sigmoid"]) -> Flags:
    """Return which outputs (..., P) are where the neuron is flat, with a steeper part before their target.

    A point that is fitted is not saturated, however flat the neuron is at its target.
    """
    middle = flatness.middle
    passes_the_middle = (output - middle) * (targets - middle) < 0.0
    steepest = np.where(passes_the_middle, flatness.steepest, flatness.slope(targets))
    return flatness.slope(output) < FLAT_SLOPE * steepest


def stuck_losses(neuron: Neuron, output: Array) -> Array:
    """Return what the saturated points (..., P) add to the loss, up to a factor; 0 for the others."""
    flatness = flatness_of(neuron)
    if flatness is None:
        return np.zeros(output.shape)
    return np.where(saturated(output, neuron.targets, flatness), _losses(neuron, output), 0.0)


def _losses(neuron: Neuron, output: Array) -> Array:
    objective, error = neuron.objective, output - neuron.targets
    if objective.loss == "squared":
        return error**2
    return evaluate_arrays(read_term(LOSSES[objective.loss], objective.delta), {"error": error})


def saturation_along(experiment: Experiment, record: RecordColumns) -> Progress[Saturation]:
    """Find out where the points are saturated; yield the share that is done, every 10 ms or so."""
    n, rows = len(experiment.points), len(record.loss)
    size = min(n, max(_LEAST_SAMPLE, _BUDGET // rows))
    index = np.arange(n)
    if size < n:
        index = np.sort(np.random.default_rng(0).choice(n, size, replace=False))
    data: PointLoss = experiment.training
    if isinstance(data, Neuron) and size < n:
        data = data.rows(index)
    looked = np.arange(0, rows, -(-rows * size // _BUDGET))
    share = np.zeros(len(looked))
    if not isinstance(data, Neuron) or flatness_of(data) is None:
        return Saturation(index, data, looked, share)
    block = max(1, _AT_ONCE // size)
    for first in range(0, len(looked), block):
        here = slice(first, first + block)
        with np.errstate(all="ignore"):
            share[here] = _stuck_share(data, record.p[looked[here]])
        yield first / len(looked)
    return Saturation(index, data, looked, share)


def _stuck_share(neuron: Neuron, p: Array) -> Array:
    output = neuron.output(p)
    total = _losses(neuron, output).sum(axis=-1)
    stuck = stuck_losses(neuron, output).sum(axis=-1)
    share: Array = np.divide(stuck, total, out=np.zeros_like(total), where=total > 0.0)
    return share
