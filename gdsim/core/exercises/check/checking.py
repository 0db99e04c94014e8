"""From a sheet of own values to what there is to say and to draw of it."""

from dataclasses import dataclass

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.check.answer_sheet import AnswerSheet
from gdsim.core.exercises.check.verdict import Verdict, judge
from gdsim.core.model.experiment import LECTURE_VIEW_RANGE, Experiment, Run, ViewRange
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.surface import LossSurface, sample_surface

# Samples along each side of a small map.
_GRID = 81
# Around what is drawn, as a share of it; and how far beyond the true run a submission may draw the map out.
_MARGIN, _FARTHEST = 0.15, 3.0
# The narrowest map, as a share of the numbers on it.
_NARROWEST = 1e-6
# Losses of points that are computed in one piece.
_PIECE = 200_000


@dataclass(frozen=True, eq=False)
class Overlay:
    """What is drawn of a submission over the true run."""

    record: Columns  # The true run from its start to the submission's last step
    loss: Array  # (m,): over all points, at the submission's rows
    surface: LossSurface


@dataclass(frozen=True, eq=False)
class Checked:
    """What there is to say and to draw of a sheet."""

    verdict: Verdict
    overlay: Overlay
    beyond: int  # Rows that are not checked, since the run ends before them

    @property
    def wrong_step(self) -> int | None:
        """The first step that is wrong."""
        wrong = self.verdict.wrong
        return None if wrong is None else int(self.verdict.submission.steps[wrong])

    @property
    def expected(self) -> Array | None:
        """Where the first wrong row should be: shape (d + 1,)."""
        return None if self.verdict.wrong is None else self.verdict.expected[self.verdict.wrong]


def check(experiment: Experiment, index: int, sheet: AnswerSheet) -> Progress[Checked]:
    """Yield the share that is checked; at the end return what there is to say of a sheet.

    Only as much of the run is computed as the sheet reaches. Raises `ValueError` if no row is whole, or the
    run has no such step.
    """
    run, submission = experiment.runs[index], sheet.submission()
    # One step more: the table may turn out to be one step late.
    computed = yield from part_of(first_steps(experiment, index, int(submission.steps[-1]) + 1), 0.0, 0.3)
    record = computed.until(computed.last_step)
    verdict = yield from part_of(judge(experiment, run, record, submission), 0.3, 0.9)
    overlay = yield from part_of(_overlay(experiment, run, record, verdict), 0.9, 1.0)
    return Checked(verdict, overlay, len(submission.steps) - len(verdict.submission.steps))


def _overlay(experiment: Experiment, run: Run, record: Columns, verdict: Verdict) -> Progress[Overlay]:
    submission, data = verdict.submission, Neuron.fitting(experiment.points)
    record = record.head(int(submission.steps[-1]) + 1)
    loss = np.empty(len(submission.p))
    block = max(1, _PIECE // len(data.targets))
    for first in range(0, len(loss), block):
        loss[first : first + block] = data.loss(submission.p[first : first + block])
        yield first / len(loss)
    yield 1.0
    view_range = framed(record.p[:, [0, -1]], submission.p[:, [0, -1]])
    return Overlay(record, loss, sample_surface(experiment.points, view_range, run.start[1:-1], _GRID))


def framed(true: Array, given: Array) -> ViewRange:
    """Return the part of the plane that holds a path (n, 2), and another one as far as it stays near."""
    low, high = true.min(axis=0), true.max(axis=0)
    given = given[np.isfinite(given).all(axis=1)]
    if len(given):
        # Where the true run hardly moves, the submission says how large things are.
        reach = np.maximum(_FARTHEST * (high - low), np.abs(given[0] - low) + _NARROWEST)
        low = np.maximum(np.minimum(low, given.min(axis=0)), low - reach)
        high = np.minimum(np.maximum(high, given.max(axis=0)), high + reach)
    span = np.maximum(high - low, _NARROWEST * np.maximum(1.0, np.maximum(np.abs(low), np.abs(high))))
    (w_min, b_min), (w_max, b_max) = (low - _MARGIN * span).tolist(), (high + _MARGIN * span).tolist()
    view_range = ViewRange(w_min, w_max, b_min, b_max)
    return LECTURE_VIEW_RANGE if view_range.fault() else view_range
