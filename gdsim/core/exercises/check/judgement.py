"""Judging a submission: whether it is right, where it first goes wrong, and which mistakes explain that."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.check.answer_sheet import AnswerSheet, Submission
from gdsim.core.exercises.check.computation import Computation
from gdsim.core.exercises.check.gradients import RunGradients
from gdsim.core.exercises.check.mistakes import Mistake, mistakes, rounding
from gdsim.core.exercises.check.replay import Destination, replayed
from gdsim.core.formulas import numerals
from gdsim.core.language.texts import SaidError, counted, said
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, part_of

# A mistake has to explain the first wrong row and this many rows after it.
_CONVINCING = 60
# The number of points evaluated between two yields; the overhead of an update counts as this many more.
_PIECE, _OVERHEAD = 32_000, 500
# How many mistakes are tried between two yields; few, because most are ruled out within the first steps.
_TOGETHER = 8
# The share of the work that is done when pairs of mistakes are tried.
_PAIRS = 0.6
# The most hidden mistakes that are named, and the last step up to which tables are searched for them.
# A mistake counts only if it changes a number by more than the last share.
_MOST_HIDDEN, _HIDDEN_WITHIN, _TOLD = 3, 2000, 1e-11
# A right row is loose if it is off by more than this many half units of its last decimal, and by more than
# this share of its values: only intermediate rounding explains it.
_LOOSE, _SEEN = 5.0, 1e-3
# Another reading of the table has to bring the first wrong row closer than this share of its distance.
_NEARER = 0.5
# Tables are not taken to count epochs that have more steps than this, which take long to compute.
_LONGEST_EPOCH = 10_000
# There are too few decimals if the rounding error is more than this share of the largest step.
_COARSE = 0.1


@dataclass(frozen=True, eq=False)
class Judgement:
    submission: Submission  # The rows compared: those for which the run has a step
    expected: Array  # (m, d + 1): the right values, given the submission's own values one row before
    wrong: int | None = None  # Index of the first wrong row; None if all are right
    # Whether no mistake explains the wrong row, but every later row follows from the submission's own values:
    # then it is a slip of arithmetic.
    isolated: bool = False
    # How the table has to be read for all of it to be right; empty if no other reading helps.
    reading: str = ""
    # Each entry explains the first wrong row and the rows after it: one mistake, or two together.
    mistakes: tuple[tuple[Mistake, ...], ...] = ()
    # The likeliest mistakes that would give the same rows, because these have so few decimals.
    hidden: tuple[Mistake, ...] = ()

    @property
    def is_right(self) -> bool:
        return self.wrong is None

    @property
    def loose(self) -> int | None:
        """Index of the right row that intermediate rounding took farthest; None if all are close enough."""
        if self.wrong is not None:
            return None
        with np.errstate(all="ignore"):
            near = np.maximum(_LOOSE * self.submission.precision, _SEEN * np.abs(self.expected))
            away = np.nan_to_num(np.abs(self.submission.p - self.expected) / near, posinf=0.0).max(axis=1)
        row = int(np.argmax(away))
        return row if away[row] > 1.0 else None

    @property
    def is_coarse(self) -> bool:
        """Whether the values have too few decimals to tell steps apart."""
        moves = np.abs(np.diff(self.expected, axis=0)).max(axis=0, initial=0.0)
        return len(self.expected) > 1 and bool(
            (self.submission.precision.max(axis=0) > _COARSE * moves).any()
        )


def judge_submission(
    experiment: Experiment, run: Run, record: RecordColumns, submission: Submission
) -> Progress[Judgement]:
    """Compare a submission with a run, and look for the mistake that explains what is wrong.

    ``record`` holds the whole run, or some steps more than the submission. Raises `ValueError` if the
    submission has the wrong number of parameters, or no step of the run.
    """
    wanted, given = record.p.shape[-1], submission.p.shape[1]
    if given != wanted:
        raise SaidError("a step of this run has {wanted} parameters, not {given}", wanted=wanted, given=given)
    submission = submission.until(len(record.loss) - 1)
    submission = submission.from_start(run.start, record.p[submission.steps])
    if not len(submission.steps):
        raise ValueError(
            counted(
                len(record.loss) - 1,
                "this run has {n} step, and it is not in the table",
                "this run has {n} steps, and none of them is in the table",
            )
        )
    return (yield from _Judge(experiment, run, record, submission).judgement())


def judging_sheet(
    experiment: Experiment, run: Run, sheet: AnswerSheet
) -> Progress[tuple[RecordColumns, Judgement]]:
    """Compute as much of the run as the sheet needs, judge the sheet, and return the run's record as well.

    Raises `ValueError` if no row is complete, if the run has none of the steps, if the lines of its rule do
    not determine it (`Run.beyond_lines`), or if it is a fork of another run.
    """
    submission = sheet.submission()
    if run.beyond_lines:
        raise ValueError(run.beyond_lines.rstrip("."))
    if run.fork:
        raise SaidError(
            "“{name}” continues from “{parent}” at step {step}; only a run from its start can be checked",
            name=run.shown_name,
            parent=run.fork.parent.shown_name,
            step=numerals.integer_text(run.fork.step),
        )
    # One epoch more, because the table may turn out to be one step late, or to count epochs.
    more = min(experiment.updates_per_epoch(run), _LONGEST_EPOCH)
    computed = yield from part_of(first_steps(experiment, run, int(submission.steps[-1]) + more), 0.0, 0.3)
    record = computed.whole
    return record, (yield from part_of(judge_submission(experiment, run, record, submission), 0.3, 1.0))


class _Judge:
    def __init__(
        self, experiment: Experiment, run: Run, record: RecordColumns, submission: Submission
    ) -> None:
        self._run, self._points = run, len(experiment.points)
        self._last = len(record.loss) - 1
        self._last_update = int(submission.steps[-1])
        self._record, self._gradients = record, RunGradients(run, experiment.training)
        self._submission = submission
        # The number of updates between two yields, a few milliseconds of work.
        self._updates_per_piece = max(1, _PIECE // (run.batching.batch_size(self._points) + _OVERHEAD))

    def judgement(self) -> Progress[Judgement]:
        truth: list[Destination] = []
        for count, place in enumerate(self._replayed(self._submission, self._gradients.right)):
            truth += [place] if place else []
            if count % self._updates_per_piece == 0:
                yield 0.5 * len(truth) / len(self._submission.steps)
        agrees = np.array([place.agrees for place in truth])
        judgement = Judgement(self._submission, np.array([place.p for place in truth]))
        if agrees.all():
            return replace(judgement, hidden=(yield from self._hidden(judgement)))
        wrong = int(np.argmin(agrees))
        judgement = replace(judgement, wrong=wrong)
        reading = yield from self._reading(wrong, judgement.expected)
        if reading or int(self._submission.steps[wrong]) == 0:
            return replace(judgement, reading=reading)
        later = agrees[wrong + 1 :]
        is_alone = bool(len(later) and later.all())
        found = yield from self._explanations(judgement, wrong, with_pairs=not is_alone)
        return replace(judgement, mistakes=found, isolated=is_alone and not found)

    def _replayed(self, submission: Submission, computation: Computation) -> Iterator[Destination | None]:
        return replayed(self._gradients, self._record, submission, computation)

    def _destinations(self, submission: Submission, share: float, *made: Mistake) -> Progress[Array | None]:
        """Return the parameters that the mistakes lead to at each row; None if a row does not agree."""
        computation, found = self._gradients.right, []
        for mistake in made:
            computation = mistake.change(computation)
        for count, place in enumerate(self._replayed(submission, computation)):
            if place:
                if not place.agrees:
                    return None
                found.append(place.p)
            if count % self._updates_per_piece == self._updates_per_piece - 1:
                yield share
        return np.array(found)

    def _hidden(self, judgement: Judgement) -> Progress[tuple[Mistake, ...]]:
        """Return mistakes that would give the same rounded rows, but would show with more decimals."""
        found: list[Mistake] = []
        if judgement.is_coarse or self._last_update > _HIDDEN_WITHIN:
            return ()
        possible = tuple(mistakes(self._run, self._gradients.data))
        for place, mistake in enumerate(possible):
            done = 0.5 + 0.5 * place / len(possible)
            there = yield from self._destinations(self._submission, done, mistake)
            if there is not None:
                size = _TOLD * (np.abs(judgement.expected) + np.abs(there))
                found += [mistake] if (np.abs(there - judgement.expected) > size).any() else []
            if len(found) == _MOST_HIDDEN:
                break
            if place % _TOGETHER == 0 or self._updates_per_piece == 1:
                yield done
        return tuple(found)

    # --------------------------------------------------------------- other readings of the table

    def _reading(self, wrong: int, expected: Array) -> Progress[str]:
        """Return how the table has to be read to be right; empty if no other reading clearly helps."""
        row = slice(wrong, wrong + 1)
        near = _NEARER * _distance(self._submission.p[row], expected[row])
        for words, submission in self._readings():
            if len(submission.steps) <= wrong:
                continue
            there = yield from self._destinations(submission, 0.5)
            if there is not None and _distance(submission.p[row], there[row]) < near:
                return words
        return ""

    def _readings(self) -> Iterator[tuple[str, Submission]]:
        now = self._submission
        if now.p.shape[1] == 2:  # noqa: PLR2004 - w and b
            yield (
                said("The columns of w and b are swapped."),
                replace(now, p=now.p[:, ::-1], precision=now.precision[:, ::-1]),
            )
        later = replace(now, steps=now.steps + 1)
        if now.steps[0] < self._last:
            yield (
                said("The table is one step late: its step k is the run's step k + 1."),
                later.until(self._last),
            )
        if now.steps[0] > 0:
            yield (
                said("The table is one step early: its step k is the run's step k − 1."),
                replace(now, steps=now.steps - 1),
            )
        per_epoch = self._run.batching.updates_per_epoch(self._points)
        if per_epoch > 1:
            yield (
                said(
                    "The table counts epochs: its step k is the run's step {per_epoch}·k.",
                    per_epoch=numerals.integer_text(per_epoch),
                ),
                replace(now, steps=now.steps * per_epoch).until(self._last),
            )

    # --------------------------------------------------------------------------------- mistakes

    def _explanations(
        self, judgement: Judgement, wrong: int, *, with_pairs: bool
    ) -> Progress[tuple[tuple[Mistake, ...], ...]]:
        """Return the mistakes that explain the wrong rows; if none does, try rounding, and then pairs."""
        upto = int(self._submission.steps[min(wrong + _CONVINCING, len(self._submission.steps) - 1)])
        rows = self._submission.until(upto)
        off = _distance(rows.p, judgement.expected[: len(rows.p)])
        possible = tuple(mistakes(self._run, self._gradients.data))
        alone = yield from self._explaining([(one,) for one in possible], rows, off, 0.5)
        rounded = rounding(self._run, rows.precision)
        if not alone and rounded:
            alone = yield from self._explaining([(rounded,)], rows, off, _PAIRS)
        if alone or not with_pairs:
            return alone
        several = [one for one in possible if not one.is_alone]
        pairs = [pair for pair in combinations(several, 2) if not all(one.is_in_rule for one in pair)]
        return (yield from self._explaining(pairs, rows, off, _PAIRS))

    def _explaining(
        self, candidates: Sequence[tuple[Mistake, ...]], rows: Submission, off: float, share: float
    ) -> Progress[tuple[tuple[Mistake, ...], ...]]:
        """Return the candidates, single mistakes or pairs, that lead to the submission's rows.

        A mistake that makes the run depend on the last digit may agree with any rows, because rounding can
        lead it anywhere. So its exact rows must also be closer than the right ones, which are ``off`` away.
        """
        found = []
        for place, made in enumerate(candidates):
            done = share + (0.1 if share < _PAIRS else 1.0 - share) * place / len(candidates)
            there = yield from self._destinations(rows, done, *made)
            if there is not None and _distance(rows.p, there) < off:
                found.append(made)
            if place % _TOGETHER == 0 or self._updates_per_piece == 1:
                yield done
        return tuple(found)


def _distance(given: Array, there: Array) -> float:
    """Return the Euclidean distance over all rows; infinite if exactly one of two values is a number."""
    with np.errstate(all="ignore"):
        away = np.abs(given - there)
        away[~np.isfinite(away)] = np.inf
        away[np.isnan(given) & ~np.isfinite(there)] = 0.0
        return float(np.hypot.reduce(away, axis=None))
