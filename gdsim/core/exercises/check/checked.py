"""A checked submission: its judgement, and what is drawn of it over the true run."""

from dataclasses import dataclass, replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.check.answer_sheet import AnswerSheet
from gdsim.core.exercises.check.judgement import Judgement, judging_sheet
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import in_plane
from gdsim.core.model.point_loss import PointLoss
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.sampling import surface_of
from gdsim.core.surface.surface import LossSurface

# Samples along each side of a small map.
_GRID = 81
# As shares of the extent of the true run: the margin around what is drawn, and how far a submission may
# enlarge the map.
_MARGIN, _FARTHEST = 0.15, 3.0
_AROUND_START = 1.0
# The narrowest map, as a share of the size of its coordinates.
_NARROWEST = 1e-6
# How many losses of single points are computed at once.
_LOSSES = 200_000


@dataclass(frozen=True, eq=False)
class CheckedSheet:
    """The result of checking a sheet: what to say about it, and what to draw."""

    judgement: Judgement
    beyond: int  # Rows that are not checked because the run ends before them
    record: RecordColumns  # The true run from its start to the submission's last step
    loss: Array  # (m,): over all points, at the submission's rows
    surface: LossSurface  # To draw both on

    @property
    def wrong_step(self) -> int | None:
        """The first wrong step; None if all are right."""
        wrong = self.judgement.wrong
        return None if wrong is None else int(self.judgement.submission.steps[wrong])


def check_sheet(experiment: Experiment, index: int, sheet: AnswerSheet) -> Progress[CheckedSheet]:
    """Judge a sheet, and compute what is drawn of it; raises what `judging_sheet` raises."""
    rows, run = len(sheet.submission().steps), experiment.runs[index]
    record, judgement = yield from part_of(judging_sheet(experiment, run, sheet), 0.0, 0.9)
    submission = judgement.submission
    record = record.head(int(submission.steps[-1]) + 1)
    loss = yield from part_of(_losses(experiment.training, submission.p), 0.9, 1.0)
    plane = experiment.slice.plane(run.start)
    view_range = view_range_of_check(in_plane(record.p, plane.axes), in_plane(submission.p, plane.axes))
    surface = surface_of(replace(experiment, view_range=view_range), plane, _GRID)
    return CheckedSheet(judgement, rows - len(submission.steps), record, loss, surface)


def _losses(data: PointLoss, p: Array) -> Progress[Array]:
    loss = np.empty(len(p))
    block = max(1, _LOSSES // len(data.targets))
    for first in range(0, len(p), block):
        loss[first : first + block] = data.loss(p[first : first + block])
        yield first / len(p)
    yield 1.0
    return loss


def view_range_of_check(true: Array, given: Array) -> ViewRange:
    """Return the view range that holds the true path (n, 2), and the nearby part of the given one (m, 2)."""
    low, high = true.min(axis=0), true.max(axis=0)
    if len(true) == 1:  # the start alone: there is no path yet to set a scale
        low, high = low - _AROUND_START, high + _AROUND_START
    given = given[np.isfinite(given).all(axis=1)]
    if len(given):
        # Where the true run hardly moves, the submission sets the scale.
        reach = np.maximum(_FARTHEST * (high - low), np.abs(given[0] - low) + _NARROWEST)
        low = np.maximum(np.minimum(low, given.min(axis=0)), low - reach)
        high = np.minimum(np.maximum(high, given.max(axis=0)), high + reach)
    span = np.maximum(high - low, _NARROWEST * np.maximum(1.0, np.maximum(np.abs(low), np.abs(high))))
    view_range = ViewRange.between(low - _MARGIN * span, high + _MARGIN * span)
    return LECTURE_VIEW_RANGE if view_range.fault() else view_range
