"""What there is to say of a submission: right, or where it goes wrong first, and the likely mistake."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.check.answer_sheet import Submission
from gdsim.core.exercises.check.mistakes import Mistake, mistakes, rounding
from gdsim.core.exercises.check.replay import Destination, Replay
from gdsim.core.formulas.numerals import precise
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Progress

# A mistake has to explain the first wrong step and so many rows after it.
_CONVINCING = 60
# Points that are looked at in one piece of the work, and as how many the rest of an update counts.
_PIECE, _OVERHEAD = 32_000, 500
# Mistakes that are tried in one piece of it: most are found not to fit at the first steps.
_TOGETHER = 8
# The share of the work after which pairs of them are.
_PAIRS = 0.6
# With more decimals than these a number is shown whole.
_FEW = 10
# More explanations than these are no explanation.
_MOST = 4
# Decimals are few when what they leave open is more than this share of the largest step.
_COARSE = 0.1


@dataclass(frozen=True, eq=False)
class Verdict:
    """What there is to say of a submission."""

    submission: Submission  # The rows that were compared: those that the run has steps for
    expected: Array  # (m, d + 1): where each row should be, given the submission's own values before it
    wrong: int | None = None  # Index of the first row that is elsewhere; None when all are right
    # Whether every later step is right again, from the submission's own values on: a mistake of arithmetic.
    isolated: bool = False
    # How the table has to be read for all of it to be right; empty when that is not what is wrong.
    reading: str = ""
    # What explains the first wrong row and those after it: each entry does, alone or as two together.
    mistakes: tuple[tuple[Mistake, ...], ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong is None


def judge(experiment: Experiment, run: Run, record: Columns, submission: Submission) -> Progress[Verdict]:
    """Compare a submission with a run, and look for the mistake that explains what is wrong.

    Yield the share that is compared, and return the verdict at the end.

    Parameters
    ----------
    record : Columns
        The whole record of the run, or one step more than the submission has; its rates are used.

    Raises
    ------
    ValueError
        If the submission has another number of parameters, or no step of the run.
    """
    wanted, given = record.p.shape[-1], submission.p.shape[1]
    if given != wanted:
        raise ValueError(f"a step of this run has {wanted} parameters, not {given}")
    submission = submission.until(len(record.loss) - 1)
    if not len(submission.steps):
        raise ValueError(f"this run has {len(record.loss) - 1} steps, and none of them is in the table")
    return (yield from _Judgement(experiment, run, record, submission).verdict())


class _Judgement:
    def __init__(self, experiment: Experiment, run: Run, record: Columns, submission: Submission) -> None:
        self._run, self._points = run, len(experiment.points)
        self._last = len(record.loss) - 1
        self._replay = Replay(run, Neuron.fitting(experiment.points), record)
        self._submission = submission
        # Updates that take a few milliseconds together.
        self._piece = max(1, _PIECE // (run.batching.batch_size(self._points) + _OVERHEAD))

    def verdict(self) -> Progress[Verdict]:
        truth: list[Destination] = []
        for count, place in enumerate(self._replay.places(self._submission, self._replay.right)):
            truth += [place] if place else []
            if count % self._piece == 0:
                yield 0.5 * len(truth) / len(self._submission.steps)
        agrees = np.array([place.agrees for place in truth])
        verdict = Verdict(self._submission, np.array([place.p for place in truth]))
        if agrees.all():
            return verdict
        wrong = int(np.argmin(agrees))
        verdict = replace(verdict, wrong=wrong)
        if int(self._submission.steps[wrong]) == 0:
            return verdict
        reading = yield from self._reading()
        if reading:
            return replace(verdict, reading=reading)
        later = agrees[wrong + 1 :]
        is_alone = bool(len(later) and later.all())
        found = yield from self._explanations(wrong, with_pairs=not is_alone)
        return replace(verdict, mistakes=found, isolated=is_alone and not found)

    def _agrees(self, submission: Submission, share: float, *made: Mistake) -> Progress[bool]:
        """Return whether every row of a submission is where mistakes lead; mostly the first ones tell."""
        computation = self._replay.right
        for mistake in made:
            computation = mistake.change(computation)
        for count, place in enumerate(self._replay.places(submission, computation)):
            if place and not place.agrees:
                return False
            if count % self._piece == self._piece - 1:
                yield share
        return True

    # ------------------------------------------------------------------ the table read otherwise

    def _reading(self) -> Progress[str]:
        for words, submission in self._readings():
            if (yield from self._agrees(submission, 0.5)):
                return words
        return ""

    def _readings(self) -> Iterator[tuple[str, Submission]]:
        now = self._submission
        if now.p.shape[1] == 2:  # noqa: PLR2004 - w and b
            yield (
                "The columns of w and b are exchanged.",
                replace(now, p=now.p[:, ::-1], precision=now.precision[::-1]),
            )
        later = replace(now, steps=now.steps + 1)
        yield (
            "The table is one step late: its step k is the run's step k + 1.",
            later.until(self._last),
        )
        if now.steps[0] > 0:
            yield (
                "The table is one step early: its step k is the run's step k − 1.",
                replace(now, steps=now.steps - 1),
            )

    # --------------------------------------------------------------------------------- mistakes

    def _explanations(self, wrong: int, *, with_pairs: bool) -> Progress[tuple[tuple[Mistake, ...], ...]]:
        """Return the mistakes that explain what is wrong; rounding, then pairs, only when none does alone."""
        upto = int(self._submission.steps[min(wrong + _CONVINCING, len(self._submission.steps) - 1)])
        rows = self._submission.until(upto)
        possible = tuple(mistakes(self._run, self._points))
        alone = yield from self._explaining([(one,) for one in possible], rows, 0.5)
        rounded = rounding(self._run, rows.precision)
        if not alone and rounded:
            alone = yield from self._explaining([(rounded,)], rows, _PAIRS)
        if alone or not with_pairs:
            return alone
        pairs = [pair for pair in combinations(possible, 2) if not all(one.is_in_rule for one in pair)]
        return (yield from self._explaining(pairs, rows, _PAIRS))

    def _explaining(
        self, candidates: Sequence[tuple[Mistake, ...]], rows: Submission, share: float
    ) -> Progress[tuple[tuple[Mistake, ...], ...]]:
        """Return those of some mistakes, or pairs of them, that lead to a submission's rows."""
        found = []
        for place, made in enumerate(candidates):
            done = share + (0.1 if share < _PAIRS else 1.0 - share) * place / len(candidates)
            if (yield from self._agrees(rows, done, *made)):
                found.append(made)
            if place % _TOGETHER == 0 or self._piece == 1:
                yield done
        return tuple(found)


# ---------------------------------------------------------------------------------------- in sentences


def sentences(verdict: Verdict, letters: tuple[str, ...]) -> tuple[str, ...]:
    """Return what there is to say of a submission, the most important first.

    The letters are the names of its d + 1 parameters.
    """
    rows = len(verdict.submission.steps)
    if verdict.wrong is None:
        counted = "The one row is" if rows == 1 else f"All {rows} rows are"
        return (f"{counted} right, to the decimals given.", *_coarse(verdict))
    step = int(verdict.submission.steps[verdict.wrong])
    given = _values(verdict, verdict.submission.p[verdict.wrong], letters)
    expected = _values(verdict, verdict.expected[verdict.wrong], letters)
    if step == 0:
        return (f"The run starts at {expected}, not at {given}.",)
    where = f"Step {step} is the first that differs: it should be {expected}, not {given}."
    if verdict.wrong:
        where += " This goes on from your own values before it."
    return (where, *_reasons(verdict))


def _coarse(verdict: Verdict) -> tuple[str, ...]:
    """Return a remark when the decimals do not even show the steps well."""
    submission = verdict.submission
    if len(submission.p) > 1:
        moves = np.abs(np.diff(verdict.expected, axis=0)).max(axis=0)
        if (submission.precision > _COARSE * moves).any():
            return ("With so few decimals no mistake can be pinned down; give more digits.",)
    return ()


def _reasons(verdict: Verdict) -> tuple[str, ...]:
    if verdict.reading:
        return (verdict.reading,)
    if verdict.mistakes:
        lead = "This explains it: " if len(verdict.mistakes) == 1 else "One of these explains it: "
        return (lead, *(" ".join(mistake.sentence for mistake in made) for made in verdict.mistakes[:_MOST]))
    if verdict.isolated:
        return ("Every later step follows from your values, so this one is a mistake of arithmetic.",)
    return ("None of the usual mistakes explains it. Compare your step with the page “This step”.",)


def _values(verdict: Verdict, row: Array, letters: tuple[str, ...]) -> str:
    texts = map(_text, row.tolist(), verdict.submission.precision.tolist())
    return ", ".join(f"{letter} = {text}" for letter, text in zip(letters, texts, strict=True))


def _text(value: float, precision: float) -> str:
    """Return a value with the decimals of its column; all of them when these are many."""
    decimals = round(-math.log10(2.0 * precision))
    return precise(value) if decimals > _FEW or not math.isfinite(value) else f"{value:.{decimals}f}"
