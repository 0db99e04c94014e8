"""Checking a submission: whether it is right, where it goes wrong first, and the mistakes that explain it."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.check.answer_sheet import MOST_BY_HAND, AnswerSheet, Submission
from gdsim.core.exercises.check.computation import Computation
from gdsim.core.exercises.check.gradients import RunGradients
from gdsim.core.exercises.check.mistakes import Mistake, mistakes, rounding
from gdsim.core.exercises.check.replay import Destination, replayed
from gdsim.core.formulas import numerals
from gdsim.core.formulas.numerals import exact, with_true_minus
from gdsim.core.formulas.symbols import letter_of
from gdsim.core.language.words import SaidError, counted, localised, said
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import in_plane
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import LECTURE_VIEW_RANGE, ViewRange
from gdsim.core.progress import Progress, part_of
from gdsim.core.surface.sampling import surface_of
from gdsim.core.surface.surface import LossSurface

# A mistake has to explain the first wrong step and so many rows after it.
_CONVINCING = 60
# A piece of the work looks at so many points; what else an update takes counts as so many more.
_PIECE, _OVERHEAD = 32_000, 500
# So many mistakes are tried in one piece: most are ruled out by the first steps.
_TOGETHER = 8
# Pairs of mistakes are tried after this share of the work.
_PAIRS = 0.6
# No more explanations than these are shown.
_MOST = 4
# So many mistakes that right work may hide are named, in tables of up to so many steps, where numbers differ
# by more than this share.
_MOST_HIDDEN, _HIDDEN_WITHIN, _TOLD = 3, 2000, 1e-11
# Rows that are away from where they should be by more than so many times half of their last decimal, and by
# more than this share of their numbers, can be right by rounding in between alone.
_LOOSE, _SEEN = 5.0, 1e-3
# Decimals are few when rounding leaves open more than this share of the largest step.
_COARSE = 0.1


@dataclass(frozen=True, eq=False)
class Verdict:
    """What there is to say of a submission."""

    submission: Submission  # The rows that were compared: those that the run has steps for
    expected: Array  # (m, d + 1): where each row should be, given the submission's own values before it
    wrong: int | None = None  # Index of the first row that is elsewhere; None when all are right
    # Whether each later step is right, given the submission's own values before it: a mistake of arithmetic.
    isolated: bool = False
    # How the table has to be read for all of it to be right; empty when that is not what is wrong.
    reading: str = ""
    # What explains the first wrong row and those after it: each entry does, alone or as two together.
    mistakes: tuple[tuple[Mistake, ...], ...] = ()
    # Mistakes that would lead to right rows too, since these have so few decimals; the likeliest ones alone.
    hidden: tuple[Mistake, ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong is None

    @property
    def loose(self) -> int | None:
        """Index of the right row that rounding in between has led the farthest; None where all are near."""
        if self.wrong is not None:
            return None
        with np.errstate(all="ignore"):
            near = np.maximum(_LOOSE * self.submission.precision, _SEEN * np.abs(self.expected))
            away = np.nan_to_num(np.abs(self.submission.p - self.expected) / near, posinf=0.0).max(axis=1)
        row = int(np.argmax(away))
        return row if away[row] > 1.0 else None

    @property
    def is_coarse(self) -> bool:
        """Whether there are too few decimals to see the steps well."""
        moves = np.abs(np.diff(self.expected, axis=0)).max(axis=0, initial=0.0)
        return len(self.expected) > 1 and bool((self.submission.precision > _COARSE * moves).any())


def judge(experiment: Experiment, run: Run, record: Columns, submission: Submission) -> Progress[Verdict]:
    """Compare a submission with a run, and look for the mistake that explains what is wrong.

    The record is that of the whole run, or has one step more than the submission. Raises `ValueError` if the
    submission has another number of parameters, or no step of the run.
    """
    wanted, given = record.p.shape[-1], submission.p.shape[1]
    if given != wanted:
        raise SaidError("a step of this run has {wanted} parameters, not {given}", wanted=wanted, given=given)
    submission = submission.until(len(record.loss) - 1).from_start(run.start)
    if not len(submission.steps):
        raise ValueError(
            counted(
                len(record.loss) - 1,
                "this run has {n} step, and it is not in the table",
                "this run has {n} steps, and none of them is in the table",
            )
        )
    return (yield from _Judgement(experiment, run, record, submission).verdict())


class _Judgement:
    def __init__(self, experiment: Experiment, run: Run, record: Columns, submission: Submission) -> None:
        self._run, self._points = run, len(experiment.points)
        self._last = len(record.loss) - 1
        self._last_update = int(submission.steps[-1])
        self._record, self._gradients = record, RunGradients(run, experiment.training)
        self._submission = submission
        # Updates that take a few milliseconds together.
        self._piece = max(1, _PIECE // (run.batching.batch_size(self._points) + _OVERHEAD))

    def verdict(self) -> Progress[Verdict]:
        truth: list[Destination] = []
        for count, place in enumerate(self._replayed(self._submission, self._gradients.right)):
            truth += [place] if place else []
            if count % self._piece == 0:
                yield 0.5 * len(truth) / len(self._submission.steps)
        agrees = np.array([place.agrees for place in truth])
        verdict = Verdict(self._submission, np.array([place.p for place in truth]))
        if agrees.all():
            return replace(verdict, hidden=(yield from self._hidden(verdict)))
        wrong = int(np.argmin(agrees))
        verdict = replace(verdict, wrong=wrong)
        reading = yield from self._reading()
        if reading or int(self._submission.steps[wrong]) == 0:
            return replace(verdict, reading=reading)
        later = agrees[wrong + 1 :]
        is_alone = bool(len(later) and later.all())
        found = yield from self._explanations(verdict, wrong, with_pairs=not is_alone)
        return replace(verdict, mistakes=found, isolated=is_alone and not found)

    def _replayed(self, submission: Submission, computation: Computation) -> Iterator[Destination | None]:
        return replayed(self._gradients, self._record, submission, computation)

    def _followed(self, submission: Submission, share: float, *made: Mistake) -> Progress[Array | None]:
        """Return where mistakes lead at each row; None at the first row that is elsewhere."""
        computation, found = self._gradients.right, []
        for mistake in made:
            computation = mistake.change(computation)
        for count, place in enumerate(self._replayed(submission, computation)):
            if place:
                if not place.agrees:
                    return None
                found.append(place.p)
            if count % self._piece == self._piece - 1:
                yield share
        return np.array(found)

    def _hidden(self, verdict: Verdict) -> Progress[tuple[Mistake, ...]]:
        """Return mistakes that right rows do not tell from the run, and with more decimals would."""
        found: list[Mistake] = []
        if verdict.is_coarse or self._last_update > _HIDDEN_WITHIN:
            return ()
        possible = tuple(mistakes(self._run, self._gradients.data))
        for place, mistake in enumerate(possible):
            done = 0.5 + 0.5 * place / len(possible)
            there = yield from self._followed(self._submission, done, mistake)
            if there is not None:
                size = _TOLD * (np.abs(verdict.expected) + np.abs(there))
                found += [mistake] if (np.abs(there - verdict.expected) > size).any() else []
            if len(found) == _MOST_HIDDEN:
                break
            if place % _TOGETHER == 0 or self._piece == 1:
                yield done
        return tuple(found)

    # ------------------------------------------------------------------ the table read otherwise

    def _reading(self) -> Progress[str]:
        for words, submission in self._readings():
            if (yield from self._followed(submission, 0.5)) is not None:
                return words
        return ""

    def _readings(self) -> Iterator[tuple[str, Submission]]:
        now = self._submission
        if now.p.shape[1] == 2:  # noqa: PLR2004 - w and b
            yield (
                said("The columns of w and b are exchanged."),
                replace(now, p=now.p[:, ::-1], precision=now.precision[::-1]),
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

    # --------------------------------------------------------------------------------- mistakes

    def _explanations(
        self, verdict: Verdict, wrong: int, *, with_pairs: bool
    ) -> Progress[tuple[tuple[Mistake, ...], ...]]:
        """Return the mistakes that explain what is wrong; rounding, then pairs, only when none does alone."""
        upto = int(self._submission.steps[min(wrong + _CONVINCING, len(self._submission.steps) - 1)])
        rows = self._submission.until(upto)
        off = _distance(rows.p, verdict.expected[: len(rows.p)])
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
        """Return those of some mistakes, or pairs of them, that lead to a submission's rows.

        Where a mistake makes a run depend on the last digit, rounding may lead it to any rows at all. So its
        own rows have to be nearer than the right ones, which are ``off`` by so much.
        """
        found = []
        for place, made in enumerate(candidates):
            done = share + (0.1 if share < _PAIRS else 1.0 - share) * place / len(candidates)
            there = yield from self._followed(rows, done, *made)
            if there is not None and _distance(rows.p, there) < off:
                found.append(made)
            if place % _TOGETHER == 0 or self._piece == 1:
                yield done
        return tuple(found)


def _distance(given: Array, there: Array) -> float:
    """Return how far rows are from given ones, all together: infinite where only one of both is a number."""
    with np.errstate(all="ignore"):
        away = np.abs(given - there)
        away[~np.isfinite(away)] = np.inf
        away[np.isnan(given) & ~np.isfinite(there)] = 0.0
        return float(np.hypot.reduce(away, axis=None))


# ------------------------------------------------------------------------------- what is drawn of it

# Samples along each side of a small map.
_GRID = 81
# The margin around what is drawn, and how far beyond the true run a submission may enlarge the map: as
# shares.
_MARGIN, _FARTHEST = 0.15, 3.0
_AROUND_START = 1.0
# The narrowest map, as a share of the numbers on it.
_NARROWEST = 1e-6
# So many losses of single points are computed at once.
_LOSSES = 200_000


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
    """Check a sheet, and draw it; raises what `judging_sheet` raises."""
    rows, run = len(sheet.submission().steps), experiment.runs[index]
    record, verdict = yield from part_of(judging_sheet(experiment, run, sheet), 0.0, 0.9)
    overlay = yield from part_of(_overlay(experiment, run, record, verdict), 0.9, 1.0)
    return Checked(verdict, overlay, rows - len(verdict.submission.steps))


def judging_sheet(experiment: Experiment, run: Run, sheet: AnswerSheet) -> Progress[tuple[Columns, Verdict]]:
    """Judge a sheet, and compute no more of the run than it needs; return the run's record, too.

    Raises `ValueError` if no row is complete, the run has no such step, or it does not begin at a start.
    """
    submission = sheet.submission()
    if run.beyond_lines:
        raise ValueError(run.beyond_lines.rstrip("."))
    if run.fork:
        raise SaidError(
            "“{name}” goes on from “{parent}” at step {step}; only a run from its start can be checked",
            name=run.shown_name,
            parent=run.fork.parent.shown_name,
            step=numerals.count(run.fork.step),
        )
    # One step more: the table may turn out to be one step late.
    computed = yield from part_of(first_steps(experiment, run, int(submission.steps[-1]) + 1), 0.0, 0.3)
    record = computed.whole
    return record, (yield from part_of(judge(experiment, run, record, submission), 0.3, 1.0))


def _overlay(experiment: Experiment, run: Run, record: Columns, verdict: Verdict) -> Progress[Overlay]:
    submission, data = verdict.submission, experiment.training
    record = record.head(int(submission.steps[-1]) + 1)
    loss = np.empty(len(submission.p))
    block = max(1, _LOSSES // len(data.targets))
    for first in range(0, len(loss), block):
        loss[first : first + block] = data.loss(submission.p[first : first + block])
        yield first / len(loss)
    yield 1.0
    plane = experiment.slice.plane(run.start)
    view_range = framed(in_plane(record.p, plane.axes), in_plane(submission.p, plane.axes))
    surface = surface_of(replace(experiment, view_range=view_range), plane, _GRID)
    return Overlay(record, loss, surface)


def framed(true: Array, given: Array) -> ViewRange:
    """Return the part of the plane that holds the true path (n, 2), and of a submission's what is near it."""
    low, high = true.min(axis=0), true.max(axis=0)
    if len(true) == 1:  # the start alone: there is no path yet that would set a scale
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


# ---------------------------------------------------------------------------------------- in sentences


def report(checked: Checked, sheet: AnswerSheet, remarks: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return all there is to say of a sheet, and of how it was read, a sentence in each line."""
    lines = [*sentences(checked.verdict, tuple(map(letter_of, sheet.names)))]
    if checked.beyond:
        lines.append(
            counted(
                checked.beyond,
                "{beyond} row after step {last} is not checked: the run ends before it.",
                "{beyond} rows after step {last} are not checked: the run ends before them.",
                beyond=checked.beyond,
                last=int(checked.verdict.submission.steps[-1]),
            )
        )
    if sheet.unfinished:
        lines.append(said("Rows that lack a value are not checked."))
    return (*lines, *remarks)


def sentences(verdict: Verdict, letters: tuple[str, ...]) -> tuple[str, ...]:
    """Return what there is to say of a submission with these d + 1 parameters, the most important first."""
    rows = len(verdict.submission.steps)
    told = verdict.loose if verdict.wrong is None else verdict.wrong
    if told is None:
        right = counted(
            rows,
            "The one row is right, to the decimals given.",
            "All {rows} rows are right, to the decimals given.",
            rows=rows,
        )
        return (right, *_remarks(verdict))
    step = int(verdict.submission.steps[told])
    given = _values(verdict, verdict.submission.p[told], letters)
    expected = _values(verdict, verdict.expected[told], letters)
    if verdict.wrong is None:
        return (
            said(
                "Step {step} is at {expected}, not at {given}; rounding at every step may lead there. "
                "More digits would tell.",
                step=step,
                expected=expected,
                given=given,
            ),
        )
    if step == 0:
        start = said("The run starts at {expected}, not at {given}.", expected=expected, given=given)
        return (start, *filter(None, [verdict.reading]))
    where = said(
        "Step {step} is the first that differs: it should be {expected}, not {given}.",
        step=step,
        expected=expected,
        given=given,
    )
    if verdict.wrong:
        where += " " + said("What it should be follows from your own values in the rows before.")
    return (where, *_reasons(verdict))


def _remarks(verdict: Verdict) -> tuple[str, ...]:
    """Return what cannot be told of right work, since it has few decimals."""
    if verdict.is_coarse:
        return (said("With so few decimals no mistake can be pinned down; give more digits."),)
    if verdict.hidden:
        lead = said("With so few decimals these mistakes would not show; more digits would tell:")
        return (lead, *(mistake.sentence for mistake in verdict.hidden))
    return ()


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    if verdict.reading:
        return (verdict.reading,)
    if verdict.mistakes:
        is_one = len(verdict.mistakes) == 1
        lead = said("This explains it:") if is_one else said("One of these explains it:")
        return (lead, *(" ".join(mistake.sentence for mistake in made) for made in verdict.mistakes[:_MOST]))
    if verdict.isolated:
        return (said("Every later step follows from your values, so this one is a mistake of arithmetic."),)
    return (said("None of the usual mistakes explains it. Compare your step with the page “This step”."),)


def _values(verdict: Verdict, row: Array, letters: tuple[str, ...]) -> str:
    texts = map(_text, row.tolist(), verdict.submission.precision.tolist())
    return ", ".join(f"{letter} = {text}" for letter, text in zip(letters, texts, strict=True))


def _text(value: float, precision: float) -> str:
    """Return a value with the decimals of its column; all of them when these are many."""
    decimals = round(-math.log10(2.0 * precision))
    if decimals > MOST_BY_HAND or not math.isfinite(value):
        return exact(value)
    return localised(
        with_true_minus(f"{round(value, decimals) + 0.0:.{decimals}f}")
    )  # of the two zeros the plain one
