"""What the diagnoses look at: the record of one run, and what is measured of it once for all of them."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Columns, Stop
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron, parameter_names
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.valley import Valley, valley_along

# Sigmoids that may be computed for one diagnosis, and at once: about 200 ms and 10 ms.
_BUDGET = 1 << 22
_AT_ONCE = 1 << 17
# A sample of the points is at least so large: shares are then right within 2 or 3 %.
_LEAST_SAMPLE = 1024

# A point is saturated where the sigmoid's slope is below this part of the steepest slope on the way from
# its output to its target. A tenth: there its pull is a tenth of what it will be, and "flat" to the eye.
_FLAT_SLOPE = 0.1
# A run that has lost all but this part of its highest loss has arrived: what it still does is nobody's why.
_ARRIVED = 1e-6
# An output is rounded to some 1e-16; of a loss below the square of a few of these nothing can be said.
_ROUNDING = 4e-15


class PointLook(NamedTuple):
    """How far the points are saturated along the path.

    Attributes
    ----------
    picked : (P,) array
        The points that were looked at; a sample, when there are many.
    neuron : Neuron
        Those points.
    rows : (R,) array
        The rows of the record that were looked at: every one, or every k-th.
    stuck_share : (R,) array
        The share of the loss that lies with saturated points.
    """

    picked: Rows
    neuron: Neuron
    rows: Rows
    stuck_share: Array


@dataclass(frozen=True, eq=False)
class Evidence:
    """One run, and what is known of it.

    Attributes
    ----------
    experiment : Experiment
    run : Run
    record : Columns
        Rows 0 to n.
    stop : Stop or None
        Why the run ended; None when it has not, or nobody knows.
    look : PointLook
    valley : Valley
        At every row.
    """

    experiment: Experiment
    run: Run
    record: Columns
    stop: Stop | None
    look: PointLook
    valley: Valley

    @property
    def last(self) -> int:
        """The last recorded step, n."""
        return len(self.record.loss) - 1

    @cached_property
    def moves(self) -> Array:
        """The n steps: shape (n, d + 1). Row k is made by update k + 1."""
        return np.diff(self.record.p, axis=0)

    @cached_property
    def lines(self) -> RecordedLines:
        """The rule's lines at every row."""
        return RecordedLines(self.run.optimizer, self.record, slice(0, self.last + 1))

    @cached_property
    def per_epoch(self) -> int:
        """Updates in one epoch."""
        return self.experiment.updates_per_epoch(self.run)

    @property
    def wiggle(self) -> int:
        """How many steps may lie between two things that are one.

        None, when every update sees all points. Else two passes over the data: what happens in between is
        the points' taking turns.
        """
        return 0 if self.uses_all_points else 2 * self.per_epoch

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of the weights and of the bias."""
        return parameter_names(self.experiment.points.dimension)

    @property
    def is_sampled(self) -> bool:
        """Whether only a sample of the points was looked at."""
        return len(self.look.picked) < len(self.experiment.points)

    @property
    def uses_all_points(self) -> bool:
        """Whether every update uses all points."""
        n = len(self.experiment.points)
        return self.run.batching.batch_size(n) == n

    @cached_property
    def arrived_below(self) -> float:
        """The loss below which the run has arrived."""
        noise = 0.5 * len(self.experiment.points) * _ROUNDING**2
        return max(_ARRIVED * float(self.record.loss.max()), noise)

    @cached_property
    def under_way(self) -> Flags:
        """Whether the run had not arrived: one flag for each row."""
        return self.record.loss > self.arrived_below


def gather(experiment: Experiment, run: Run, record: Columns, stop: Stop | None) -> Progress[Evidence]:
    """Measure what the diagnoses look at; yield the share that is done, every 10 ms or so."""
    look = yield from part_of(_look_at_points(experiment, record), 0.0, 0.5)
    valley = yield from part_of(valley_along(look.neuron, record.p), 0.5, 1.0)
    return Evidence(experiment, run, record, stop, look, valley)


def saturated(output: Array, targets: Array) -> Flags:
    """Return which outputs (..., P) stand where the sigmoid is flat, and have a steeper way to go.

    A point that is fitted is not saturated, however flat the sigmoid is at its target.
    """
    slope = output * (1.0 - output)
    passes_the_middle = (output - 0.5) * (targets - 0.5) < 0.0
    steepest = np.where(passes_the_middle, 0.25, targets * (1.0 - targets))
    return slope < _FLAT_SLOPE * steepest


def _look_at_points(experiment: Experiment, record: Columns) -> Progress[PointLook]:
    n, rows = len(experiment.points), len(record.loss)
    size = min(n, max(_LEAST_SAMPLE, _BUDGET // rows))
    index = np.arange(n)
    if size < n:
        index = np.sort(np.random.default_rng(0).choice(n, size, replace=False))
    neuron = Neuron.fitting(experiment.points.taken(index) if size < n else experiment.points)
    looked = np.arange(0, rows, -(-rows * size // _BUDGET))
    share = np.zeros(len(looked))
    block = max(1, _AT_ONCE // size)
    for first in range(0, len(looked), block):
        here = slice(first, first + block)
        with np.errstate(all="ignore"):
            share[here] = _stuck_share(neuron, record.p[looked[here]])
        yield first / len(looked)
    return PointLook(index, neuron, looked, share)


def _stuck_share(neuron: Neuron, p: Array) -> Array:
    output = neuron.output(p)
    squares = (output - neuron.targets) ** 2
    total = squares.sum(axis=-1)
    stuck = np.where(saturated(output, neuron.targets), squares, 0.0).sum(axis=-1)
    share: Array = np.divide(stuck, total, out=np.zeros_like(total), where=total > 0.0)
    return share
