"""The rate times the curvature of a run at every step, and the limit of its rule there."""

from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.curvature import (
    MOST_SAMPLED_POINTS,
    row_blocks,
    sampled_points,
    without_rounding,
)
from gdsim.core.analysis.curvature.limit import limits_at
from gdsim.core.analysis.curvature.linear_step import LATE, linear_step
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array, Flags
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress


class LimitCurve(NamedTuple):
    """How close a run is to its limit. Row k belongs to update k + 1, which begins at step k.

    The last row has the rates of the last update.
    """

    # curvature, product, limit, (n,): the largest curvature of the loss over all points; the largest rate
    # times curvature, of P⁻¹H if parameters have rates of their own; the limit. NaN if not known.
    curvature: Array
    product: Array
    limit: Array

    @property
    def gauge(self) -> Array:
        """The products as shares of the limit; 0 where the loss curves up in no direction."""
        with np.errstate(all="ignore"):
            share: Array = np.maximum(self.product, 0.0) / self.limit
        return share


def limit_curve(data: PointLoss, run: Run, record: RecordColumns) -> Progress[LimitCurve]:
    """Compute the limit curve of a record; yield the share that is done, every few milliseconds."""
    n = len(record.loss)
    made = LimitCurve(*np.full((3, n), np.nan))
    if n < 2:  # noqa: PLR2004 - there is no update
        return made
    for here in row_blocks(n, min(len(data.targets), MOST_SAMPLED_POINTS)):
        for column, part in zip(made, limits_on(data, run, record, here), strict=True):
            column[here] = part
        yield here.stop / n
    return made


def limits_on(data: PointLoss, run: Run, record: RecordColumns, here: slice) -> LimitCurve:
    """Return some rows of the limit curve of a record, which must have at least one update."""
    few = sampled_points(data)
    with np.errstate(all="ignore"):
        hessian = few.points_represented * few.hessian(record.p[here])
        return LimitCurve(largest_curvatures(hessian), *_products(run, record, here, hessian))


def _products(run: Run, record: RecordColumns, here: slice, hessian: Array) -> tuple[Array, Array]:
    """Return the largest products and the limits at some steps."""
    last, rule = len(record.loss) - 1, run.optimizer.update_rule
    updates = slice(min(here.start + 1, last), min(here.stop, last) + 1)
    t = np.arange(updates.start, updates.stop, dtype=np.float64) + record.counted[updates]
    eta, gamma = record.eta[updates], record.gamma[updates]
    holds_rate = linear_step(rule).holds_rate
    own = holds_rate and rule.rate_follows_gradients
    limit = limits_at(run.optimizer, eta, gamma, np.full(len(t), float(LATE)) if own else t)
    rates = eta[:, np.newaxis]
    if holds_rate:
        known = rule.has_recorded_rate
        rates = (
            RecordedLines(run.optimizer, record, updates).rate() if known else np.full(rates.shape, np.nan)
        )
    if own:  # corrections for the start count as part of the rates, so that the limit stays the same
        times = limit / limits_at(run.optimizer, eta, gamma, t)
        rates = rates * np.where(np.isnan(times), 1.0, times)[:, np.newaxis]
    # The update that begins at each step; at the last step, the last update.
    of_step = np.minimum(np.arange(here.start + 1, here.stop + 1), last) - updates.start
    root = np.sqrt(np.broadcast_to(rates, (len(t), hessian.shape[-1]))[of_step])
    return largest_curvatures(root[:, :, np.newaxis] * hessian * root[:, np.newaxis, :]), limit[of_step]


def largest_curvatures(hessian: Array) -> Array:
    """Return the largest eigenvalue of each matrix (n, k, k): shape (n,); NaN if a matrix is not finite."""
    if hessian.shape[-1] == 2:  # noqa: PLR2004 - for two there is a formula
        a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
        middle, half = 0.5 * (a + c), np.hypot(0.5 * (a - c), b)
        return without_rounding(middle + half, np.abs(middle) + half, 2)
    finite: Flags = np.asarray(np.isfinite(hessian).all(axis=(1, 2)))
    values = np.linalg.eigvalsh(np.where(finite[:, np.newaxis, np.newaxis], hessian, 0.0))
    largest = without_rounding(values[:, -1], np.abs(values).max(axis=1), hessian.shape[-1])
    return np.where(finite, largest, np.nan)
