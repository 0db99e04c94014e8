"""The steps of a record at which the loss is known.

The loss over all N points costs N sigmoids, and an update of a few points next to nothing. With very many
points, a loss at every step would be nearly all the work, so it is computed (exactly) at some of the steps
only. At the others the record has NaN.
"""

from typing import NamedTuple

import numpy as np

from gdsim.core.arrays import Array, Flags
from gdsim.core.model.point_loss import PointLoss

# Up to this many points the loss is computed at every step, whatever the batch size.
ALWAYS_POINTS = 8192
# An update of a single point takes about as long as the loss over this many points.
_UPDATE_POINTS = 512
# How many rows to look back for a known loss at first.
_FIRST_REACH = 4096


class KnownLoss(NamedTuple):
    """The last loss that was computed at or before a step."""

    step: int
    value: float


def loss_interval(n: int, batch: int) -> int:
    """Return k, where the loss over ``n`` points is computed at every k-th step.

    k is a power of two for which the losses take about as long as the updates with ``batch`` points.
    """
    if n <= ALWAYS_POINTS:
        return 1
    return 1 << (max(1, n // (batch + _UPDATE_POINTS)).bit_length() - 1)


def steps_with_loss(steps: range, n: int, batch: int, total: int, epoch0: int) -> Flags:
    """Return at which of the steps the loss is computed.

    These are every k-th step, the end of each epoch, the last step ``total``, and the powers of two, because
    a run changes most in the beginning. Epochs are counted from the step ``epoch0``.
    """
    number = np.arange(steps.start, steps.stop)
    flags: Flags = number % loss_interval(n, batch) == 0
    flags |= (number - epoch0) % -(-n // batch) == 0
    flags |= (number & (number - 1)) == 0
    flags |= number == total
    return flags


def losses_at_some(data: PointLoss, p: Array, steps: range, batch: int, total: int, epoch0: int) -> Array:
    """Return the losses over all points at the parameters (n, d + 1) of the steps, NaN where not computed."""
    if loss_interval(len(data.targets), batch) == 1:
        return data.loss(p)
    known = steps_with_loss(steps, len(data.targets), batch, total, epoch0)
    loss = np.full(len(p), np.nan)
    loss[known] = data.loss(p[known])
    return loss


def last_known(loss: Array) -> KnownLoss:
    """Return the last computed loss of the losses (n,) from step 0 on; that of step 0 always is computed."""
    reach = _FIRST_REACH
    while True:
        first = max(0, len(loss) - reach)
        known = np.flatnonzero(~np.isnan(loss[first:]))
        if len(known):
            step = first + int(known[-1])
            return KnownLoss(step, float(loss[step]))
        if first == 0:
            return KnownLoss(0, float(loss[0]))
        reach *= 16


def forward_filled(loss: Array) -> Array:
    """Return the losses (n,), each NaN replaced by the last known loss before it."""
    unknown = np.isnan(loss)
    if not unknown.any():
        return loss
    places = np.where(unknown, 0, np.arange(len(loss)))
    return loss[np.maximum.accumulate(places)]
