"""Where points are saturated along a path: where the sigmoid is flat, and steeper before the target.

Of other neurons and losses than the lecture's none is: what is flat there, and what comes of it, differs.
"""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Columns
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import Neuron
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.progress import Progress
from gdsim.core.surface.valley import is_lecture_neuron

# Sigmoids that may be computed for one diagnosis, and at once: about 200 ms and 10 ms.
_BUDGET = 1 << 22
_AT_ONCE = 1 << 17
# A sample of the points is at least so large: shares are then right within 2 or 3 %.
_LEAST_SAMPLE = 1024

# A point is saturated where the sigmoid's slope is below this part of the steepest slope on the way from
# its output to its target. A tenth: there its gradient is a tenth of what it will be, and "flat" to the eye.
FLAT_SLOPE = 0.1
# The slope of the sigmoid in its middle.
STEEPEST = 0.25


class PointLook(NamedTuple):
    """How far the points are saturated along the path."""

    picked: Rows  # (P,): the points that were looked at; a sample, when there are many
    data: PointLoss  # Over those points
    rows: Rows  # (R,): the rows of the record that were looked at: every one, or every k-th
    stuck_share: Array  # (R,): the share of the loss that lies with saturated points


def saturated(output: Array, targets: Array) -> Flags:
    """Return which outputs (..., P) are where the sigmoid is flat, with a steeper part before their target.

    A point that is fitted is not saturated, however flat the sigmoid is at its target.
    """
    slope = output * (1.0 - output)
    passes_the_middle = (output - 0.5) * (targets - 0.5) < 0.0
    steepest = np.where(passes_the_middle, STEEPEST, targets * (1.0 - targets))
    return slope < FLAT_SLOPE * steepest


def stuck_losses(neuron: Neuron, output: Array) -> Array:
    """Return the squared errors (..., P) of the saturated points; 0 for the others."""
    losses: Array = np.where(saturated(output, neuron.targets), (output - neuron.targets) ** 2, 0.0)
    return losses


def look_at_points(experiment: Experiment, record: Columns) -> Progress[PointLook]:
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
    if not is_lecture_neuron(data):
        return PointLook(index, data, looked, share)
    block = max(1, _AT_ONCE // size)
    for first in range(0, len(looked), block):
        here = slice(first, first + block)
        with np.errstate(all="ignore"):
            share[here] = _stuck_share(data, record.p[looked[here]])
        yield first / len(looked)
    return PointLook(index, data, looked, share)


def _stuck_share(neuron: Neuron, p: Array) -> Array:
    output = neuron.output(p)
    total = ((output - neuron.targets) ** 2).sum(axis=-1)
    stuck = stuck_losses(neuron, output).sum(axis=-1)
    share: Array = np.divide(stuck, total, out=np.zeros_like(total), where=total > 0.0)
    return share
