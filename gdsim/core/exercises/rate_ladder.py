"""Finding a learning rate by trying a run at one rate after another."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.loop import loss_at
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import RecordColumns, StopReason
from gdsim.core.formulas.numerals import told_apart
from gdsim.core.language.texts import to_say
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress

# The lecture tries these rates first, then some around the best of them.
LADDER = (0.0001, 0.001, 0.01, 0.1, 1.0)
_AROUND = (0.5, 2.0, 3.0)
# A loss hardly moves if it never differs from its first value by more than the first share; it goes up and
# down if the sum of its rises is more than the second share of the sum of its falls.
_HARDLY, _UNEVEN = 0.01, 0.1
_DIGITS = 4  # of a loss, if these tell the losses apart


class RateOutcome(Enum):
    """How the loss of a run at one rate developed; the values are English phrases."""

    DIVERGED = to_say("diverges")
    HIGHER = to_say("ends higher than it began")
    NO_LOWER = to_say("ends no lower than it began")
    STILL = to_say("hardly moves")
    UNEVEN = to_say("falls, up and down")
    FALLS = to_say("falls")


@dataclass(frozen=True, eq=False)
class Trial:
    """A run at one learning rate."""

    run: Run
    # (n,): the loss over all points after 0, 1, ... steps, while it is finite; NaN where it was not computed.
    loss: Array
    diverged: bool

    @property
    def rate(self) -> float:
        """The learning rate, before any schedule."""
        return self.run.optimizer.eta

    @property
    def steps(self) -> int:
        return len(self.loss) - 1

    @property
    def outcome(self) -> RateOutcome:
        """How the loss developed."""
        first, last = float(self.loss[0]), float(self.loss[-1])
        if self.diverged:
            return RateOutcome.DIVERGED
        known = self.loss[np.isfinite(self.loss)]
        little = _HARDLY * abs(first)  # the loss of a function may be negative
        if bool(((first - little <= known) & (known <= first + little)).all()):
            return RateOutcome.STILL
        if not last < first:  # they may be equal, or the first may be NaN
            return RateOutcome.HIGHER if last > first else RateOutcome.NO_LOWER
        moves = np.diff(known / np.abs(known).max())  # scaled so that the sums cannot overflow
        risen, fallen = moves[moves > 0.0].sum(), -moves[moves < 0.0].sum()
        return RateOutcome.UNEVEN if risen > _UNEVEN * fallen else RateOutcome.FALLS

    @property
    def rise_at_end(self) -> float:
        """How far the loss ends above its minimum, as a share of its fall to that minimum."""
        known = self.loss[np.isfinite(self.loss)]
        fall = float(known[0] - known.min())
        return float(known[-1] - known.min()) / fall if fall > 0.0 else 0.0

    @property
    def last(self) -> float:
        """The loss at its end; infinite if it diverged."""
        return float("inf") if self.diverged else float(self.loss[-1])


def rates_around(rate: float) -> tuple[float, ...]:
    """Return rates around a good one, as the lecture goes on from 0.1 to 0.05, 0.2 and 0.3."""
    return tuple(float(f"{rate * factor:.12g}") for factor in _AROUND)


def written_losses(trials: Iterable[Trial]) -> list[str]:
    """Return the last loss of each trial, with enough digits to tell the losses apart."""
    return told_apart([float(trial.loss[-1]) for trial in trials], _DIGITS)


def best_trial(trials: Iterable[Trial]) -> Trial | None:
    """Return the trial with the lowest loss at its end; None if all diverged."""
    finite = [trial for trial in trials if not trial.diverged]
    return min(finite, key=lambda trial: trial.last, default=None)


def best_lowering_trial(trials: Iterable[Trial]) -> Trial | None:
    """Return the best trial; None if no trial ends lower than it began."""
    found = best_trial(trials)
    return found if found is not None and found.last < found.loss[0] else None


def trying(experiment: Experiment, run: Run, rate: float, steps: int) -> Progress[Trial]:
    """Compute the first ``steps`` of a run at another rate, at least one; raises what `at_rate` raises."""
    run = at_rate(run, rate)
    record, diverged = yield from first_columns(experiment, run, steps)
    return Trial(run, record.loss.copy(), diverged)


def first_columns(experiment: Experiment, run: Run, steps: int) -> Progress[tuple[RecordColumns, bool]]:
    """Compute the first ``steps`` of a run; return their record, and whether the run diverged.

    The last loss is always computed, even if the engine leaves out losses.
    """
    computed = yield from first_steps(experiment, run, steps)
    record = computed.until(steps)
    if np.isnan(record.loss[-1]):
        last = loss_at(experiment.training, record.p[-1].tolist())
        record = record._replace(loss=np.append(record.loss[:-1], last))
    return record, computed.stop is not None and computed.stop.reason is StopReason.DIVERGED


def at_rate(run: Run, rate: float) -> Run:
    """Return the run at another learning rate; raises `InvalidValue` if it is not a positive number."""
    return replace(run, optimizer=run.optimizer.replace(eta=rate))
