"""What there is to say of an attempt: right, or where it goes wrong first, and the likely slip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Columns
from gdsim.core.exercises.check.attempt import Attempt
from gdsim.core.exercises.check.catalog import SLIPS
from gdsim.core.exercises.check.retrace import Place, Schedule, retrace
from gdsim.core.exercises.check.rounding_slip import rounding_slip
from gdsim.core.exercises.check.slip import Slip, unchanged
from gdsim.core.model.experiment import Experiment, Run
from gdsim.core.model.neuron import Neuron
from gdsim.core.progress import Pieces, completed

# A slip has to explain the first wrong step and so many rows after it.
_CONVINCING = 60
# Points that are looked at in one piece of the work, and as how many the rest of an update counts.
_PIECE, _OVERHEAD = 32_000, 500
# Slips that are tried in one piece of it: most are found not to fit at the first steps.
_TOGETHER = 8
# The share of the work after which pairs of them are.
_PAIRS = 0.6


@dataclass(frozen=True, eq=False)
class Verdict:
    """What there is to say of an attempt.

    Attributes
    ----------
    attempt : Attempt
        The rows that were compared: those that the run has steps for.
    expected : (m, d + 1) array
        Where each row should be, given the attempt's own values before it.
    wrong : int or None
        Index of the first row that is elsewhere; None when all are right.
    isolated : bool
        Whether every later step is right again, from the attempt's own values on: an arithmetic slip.
    reading : str
        How the table has to be read for all of it to be right; empty when that is not what is wrong.
    slips : tuple of tuple of Slip
        What explains the first wrong row and those after it: each entry does, alone or as two together.
    """

    attempt: Attempt
    expected: Array
    wrong: int | None = None
    isolated: bool = False
    reading: str = ""
    slips: tuple[tuple[Slip, ...], ...] = ()

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong is None


def mark(experiment: Experiment, run: Run, record: Columns, attempt: Attempt) -> Verdict:
    """Compare an attempt with a run, and look for the slip that explains what is wrong; see `marking`."""
    return completed(marking(experiment, run, record, attempt))


def marking(experiment: Experiment, run: Run, record: Columns, attempt: Attempt) -> Pieces[Verdict]:
    """Yield the share that is compared, and return the verdict at the end.

    Parameters
    ----------
    experiment : Experiment
        Holds the points.
    run : Run
    record : Columns
        The whole record of the run, or one step more than the attempt has; its rates are used.
    attempt : Attempt
        With the run's number of parameters.

    Raises
    ------
    ValueError
        If the attempt has another number of parameters, or no step of the run.
    """
    if attempt.p.shape[1] != record.p.shape[-1]:
        raise ValueError(f"a step of this run has {record.p.shape[-1]} parameters, not {attempt.p.shape[1]}")
    attempt = attempt.until(len(record.loss) - 1)
    if not len(attempt.steps):
        raise ValueError(f"this run has {len(record.loss) - 1} steps, and none of them is in the table")
    return (yield from _Marking(experiment, run, record, attempt).verdict())


class _Marking:
    """One attempt at work."""

    def __init__(self, experiment: Experiment, run: Run, record: Columns, attempt: Attempt) -> None:
        self._run = run
        self._points = len(experiment.points)
        self._data = Neuron.fitting(experiment.points)
        self._rates = Schedule(record.eta, record.gamma)
        self._attempt = attempt
        # Updates that take a few milliseconds together.
        self._piece = max(1, _PIECE // (run.regime.batch_size(self._points) + _OVERHEAD))

    def verdict(self) -> Pieces[Verdict]:
        truth: list[Place] = []
        for count, place in enumerate(self._retrace(self._attempt)):
            truth += [place] if place else []
            if count % self._piece == 0:
                yield 0.5 * len(truth) / len(self._attempt.steps)
        agrees = np.array([place.agrees for place in truth])
        verdict = Verdict(self._attempt, np.array([place.p for place in truth]))
        if agrees.all():
            return verdict
        wrong = int(np.argmin(agrees))
        verdict = replace(verdict, wrong=wrong)
        if self._is_start(wrong):
            return verdict
        reading = yield from self._reading()
        if reading:
            return replace(verdict, reading=reading)
        slips = yield from self._explanations(wrong)
        later = agrees[wrong + 1 :]
        return replace(verdict, slips=slips, isolated=bool(len(later) and later.all() and not slips))

    def _is_start(self, row: int) -> bool:
        return int(self._attempt.steps[row]) == 0

    def _retrace(self, attempt: Attempt, slip: Slip | None = None) -> Iterator[Place | None]:
        return retrace(self._run, self._data, self._rates, attempt, slip)

    def _agrees(self, attempt: Attempt, share: float, slip: Slip | None = None) -> Pieces[bool]:
        """Return whether every row of an attempt is where a slip leads; mostly the first ones tell."""
        for count, place in enumerate(self._retrace(attempt, slip)):
            if place and not place.agrees:
                return False
            if count % self._piece == self._piece - 1:
                yield share
        return True

    # ------------------------------------------------------------------ the table read otherwise

    def _reading(self) -> Pieces[str]:
        for words, attempt in self._readings():
            if (yield from self._agrees(attempt, 0.5)):
                return words
        return ""

    def _readings(self) -> Iterator[tuple[str, Attempt]]:
        now, last = self._attempt, len(self._rates.eta) - 1
        if now.p.shape[1] == 2:  # noqa: PLR2004 - w and b
            yield (
                "The columns of w and b are exchanged.",
                replace(now, p=now.p[:, ::-1], precision=now.precision[::-1]),
            )
        later = replace(now, steps=now.steps + 1)
        yield "The table is one step late: what stands at step k is the run's step k + 1.", later.until(last)
        if now.steps[0] > 0:
            yield (
                "The table is one step early: what stands at step k is the run's step k − 1.",
                replace(now, steps=now.steps - 1),
            )

    # ------------------------------------------------------------------ slips

    def _explanations(self, wrong: int) -> Pieces[tuple[tuple[Slip, ...], ...]]:
        """Return the slips that explain what is wrong; rounding, then pairs, only when none does alone."""
        upto = int(self._attempt.steps[min(wrong + _CONVINCING, len(self._attempt.steps) - 1)])
        rows = self._attempt.until(upto)
        fitting = [slip for slip in SLIPS if slip.fits(self._run, self._points)]
        alone = yield from self._explaining([(slip,) for slip in fitting], rows, 0.5)
        rounding = rounding_slip(self._attempt)
        if not alone and rounding.fits(self._run, self._points):
            alone = yield from self._explaining([(rounding,)], rows, _PAIRS)
        if alone:
            return alone
        changes = [slip for slip in fitting if slip.change is not unchanged]
        ways = [slip for slip in fitting if slip.change is unchanged]
        pairs = [*product(changes, ways), *((a, b) for i, a in enumerate(changes) for b in changes[i + 1 :])]
        return (yield from self._explaining(pairs, rows, _PAIRS))

    def _explaining(
        self, candidates: Sequence[tuple[Slip, ...]], rows: Attempt, share: float
    ) -> Pieces[tuple[tuple[Slip, ...], ...]]:
        """Return those of some slips, or pairs of them, that lead to an attempt's rows."""
        found = []
        for place, slips in enumerate(candidates):
            done = share + (0.1 if share < _PAIRS else 1.0 - share) * place / len(candidates)
            if (yield from self._agrees(rows, done, reduce(_both, slips))):
                found.append(slips)
            if place % _TOGETHER == 0 or self._piece == 1:
                yield done
        return tuple(found)


def _both(one: Slip, other: Slip) -> Slip:
    """Return two slips made in the same update."""
    return replace(other, change=lambda pending: other.change(one.change(pending)))
