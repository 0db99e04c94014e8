"""How a race ended: shares, quartiles, the performance profile, and what two rules' results show."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.effort import evaluations_per_update, points_seen_at
from gdsim.core.exercises.race.plan import RacePlan
from gdsim.core.model.run import Run

# 95 % of a normal distribution lie within this many standard deviations.
_Z95 = 1.959963984540054
QUARTILES = (0.25, 0.5, 0.75)
# With fewer starts, chance alone would make one of two equal rules "faster" by the quartiles in more than one
# race in twenty.
_FEWEST = 10


@dataclass(frozen=True, eq=False)
class EntryResult:
    """The judged runs of one rule, with the settings that tuning found."""

    name: str
    run: Run  # With these settings
    evaluations: Array  # (starts,): gradients until solved; infinite if unsolved
    loss: Array  # (starts,): at the solution or the end; infinite if diverged
    # losses, solves, (starts,): what a search evaluated besides gradients until then; 0 without a search.
    losses: Rows
    solves: Rows

    @property
    def starts(self) -> int:
        """The number of starts from which the rule was judged."""
        return len(self.evaluations)

    @cached_property
    def solved(self) -> int:
        """The number of solved runs."""
        return int(np.count_nonzero(np.isfinite(self.evaluations)))

    @property
    def diverged(self) -> int:
        """The number of diverged runs."""
        return int(np.count_nonzero(np.isinf(self.loss)))

    @property
    def share(self) -> float:
        return self.solved / self.starts

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the share over all possible starts; see `wilson`."""
        return wilson(self.solved, self.starts)

    @cached_property
    def quartiles(self) -> tuple[float, float, float]:
        """The evaluations within which 25, 50 and 75 % of the runs are solved; infinite if never."""
        first, middle, last = (float(self.evaluations[self._rank(share)]) for share in QUARTILES)
        return first, middle, last

    @property
    def median_loss(self) -> float:
        """The loss of the median run."""
        return float(self.loss[self.median_start])

    @property
    def median_beside(self) -> tuple[int, int]:
        """How many losses and solves the median run asked for."""
        return int(self.losses[self.median_start]), int(self.solves[self.median_start])

    @property
    def median_start(self) -> int:
        """The start of the median run, with runs ordered by evaluations and then by loss."""
        return self._rank(0.5)

    def profile(self) -> tuple[Array, Array]:
        """Return the corners of the performance profile: evaluations, and the share solved within them."""
        known, counts = np.unique(self.evaluations[np.isfinite(self.evaluations)], return_counts=True)
        return known, np.cumsum(counts) / self.starts

    def solved_within(self, evaluations: float) -> float:
        """Return the share of the runs solved within a number of evaluations."""
        return float(np.mean(self.evaluations <= evaluations))

    @cached_property
    def _order(self) -> Rows:
        """The starts, soonest solved first, then the unsolved ones, lowest loss first."""
        return np.lexsort((self.loss, self.evaluations))

    def _rank(self, share: float) -> int:
        return int(self._order[_place(share, self.starts)])


@dataclass(frozen=True, eq=False)
class RaceResult:
    plan: RacePlan
    entries: tuple[EntryResult, ...]
    median_runs: tuple[Run, ...]  # the median run of each entry, as long as the budget allows

    def points_seen(self, entry: EntryResult, evaluations: float) -> float:
        """Return the number of points that gradients were taken over within a number of evaluations."""
        if math.isinf(evaluations):
            return evaluations
        if entry.run.is_searched:  # each gradient is over all points
            return evaluations * len(self.plan.experiment.points)
        updates = evaluations // evaluations_per_update(entry.run.optimizer)  # the last may be partial
        return points_seen_at(entry.run, updates, len(self.plan.experiment.points))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a proportion (E. B. Wilson, 1927)."""
    share, square = successes / trials, _Z95**2
    middle = share + square / (2.0 * trials)
    around = _Z95 * math.sqrt(share * (1.0 - share) / trials + square / (4.0 * trials**2))
    whole = 1.0 + square / trials
    # At 0 and 1, rounding would miss the exact ends.
    low = 0.0 if successes == 0 else (middle - around) / whole
    return low, 1.0 if successes == trials else (middle + around) / whole


class Comparison(Enum):
    """What a race shows about two rules."""

    SOLVES_MORE = 1  # Their intervals do not overlap
    FASTER = 2  # Otherwise, three quarters of one's runs are solved before a quarter of the other's
    NOTHING = 3


def compared(one: EntryResult, other: EntryResult) -> tuple[Comparison, EntryResult, EntryResult]:
    """Return what can be concluded about two rules, and the rules, the better one first if there is one."""
    for better, worse in ((one, other), (other, one)):
        if better.interval[0] > worse.interval[1]:
            return Comparison.SOLVES_MORE, better, worse
    for better, worse in ((one, other), (other, one)) if one.starts >= _FEWEST else ():
        if better.quartiles[2] < worse.quartiles[0]:
            return Comparison.FASTER, better, worse
    return Comparison.NOTHING, one, other


def _place(share: float, count: int) -> int:
    """Return the index of a quantile in sorted values: the first with at least that share up to it."""
    return max(0, math.ceil(share * count) - 1)
