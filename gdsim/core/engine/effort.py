"""The cost of a run up to a step: gradient evaluations, and points that gradients were summed over."""

from typing import TypeVar

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.model.batching import Batching
from gdsim.core.model.run import Run
from gdsim.core.rules.rule import Optimizer

FloatOrArray = TypeVar("FloatOrArray", float, Array)


def evaluations_per_update(optimizer: Optimizer) -> int:
    """Return how many gradients the lines of a rule evaluate in one update."""
    return len(optimizer.update_rule.gradients)


def evaluations_at(run: Run, step: FloatOrArray, points: int) -> FloatOrArray:
    """Return the number of gradient evaluations up to a step, those before the run was forked included."""
    first = run.clock(points).first
    before = evaluations_at(run.fork.parent, float(first), points) if run.fork else 0.0
    return before + (step - first) * evaluations_per_update(run.optimizer)


def points_seen_at(run: Run, step: FloatOrArray, points: int) -> FloatOrArray:
    """Return how many points gradients were summed over up to a step; a point counts each time."""
    clock = run.clock(points)
    before = points_seen_at(run.fork.parent, float(clock.first), points) if run.fork else 0.0
    since = _fed(run.batching, step - clock.epoch0, points) - _fed(
        run.batching, float(clock.first - clock.epoch0), points
    )
    return before + since * evaluations_per_update(run.optimizer)


def spent_in(run: Run, rows: int, points: int, counted: float) -> tuple[float, float]:
    """Return the gradient evaluations of a run's first rows, and the points they were summed over.

    Those of the runs it was forked from are left out. ``counted`` is the number of gradients that a run with
    a search has counted itself.
    """
    if run.is_searched:
        return counted, counted * points
    ends = [float(run.clock(points).first + row) for row in (0, rows)]
    evaluations = [evaluations_at(run, end, points) for end in ends]
    seen = [points_seen_at(run, end, points) for end in ends]
    return evaluations[1] - evaluations[0], seen[1] - seen[0]


def counted_evaluations_at(record: RecordColumns, row: FloatOrArray) -> FloatOrArray:
    """Return the number of gradient evaluations at a row of the record of a run with a search.

    The count begins with the run's own first step, also in a fork.
    """
    return np.interp(row, np.arange(len(record.cost)), record.cost[:, 0])


def row_of_counted(record: RecordColumns, evaluations: float) -> float:
    """Return the fractional row of such a record at which this many gradients have been evaluated."""
    return float(np.interp(evaluations, record.cost[:, 0], np.arange(len(record.cost))))


def step_after_evaluations(run: Run, evaluations: float, points: int) -> float:
    """Return the fractional step of a run at which this many gradients have been evaluated."""
    first = run.clock(points).first
    before = evaluations_at(run, float(first), points)
    return first + (evaluations - before) / evaluations_per_update(run.optimizer)


def step_after_points(run: Run, seen: float, points: int) -> float:
    """Return the fractional step of a run at which gradients have been summed over this many points."""
    clock = run.clock(points)
    new = (seen - points_seen_at(run, float(clock.first), points)) / evaluations_per_update(run.optimizer)
    fed = _fed(run.batching, float(clock.first - clock.epoch0), points) + new
    epochs = fed // points
    rest = fed - epochs * points
    size = run.batching.batch_size(points)
    whole = rest // size
    last = min(size, points - whole * size)
    return clock.epoch0 + epochs * clock.per_epoch + whole + (rest - whole * size) / last


def _fed(batching: Batching, updates: FloatOrArray, points: int) -> FloatOrArray:
    """Return how many points this many updates use, counted from the beginning of an epoch."""
    per_epoch, size = batching.updates_per_epoch(points), batching.batch_size(points)
    epochs = updates // per_epoch
    rest = updates - epochs * per_epoch
    whole = rest // 1.0
    # The last batch of an epoch may be smaller.
    last = np.minimum(size, points - whole * size)
    fed: FloatOrArray = epochs * points + whole * size + (rest - whole) * last
    return fed
