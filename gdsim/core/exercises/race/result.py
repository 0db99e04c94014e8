"""How a race ended: shares, quartiles, the profile curve, and what may be concluded of two rules."""

import math
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from gdsim.core.arrays import Array, Rows
from gdsim.core.engine.effort import evaluations_per_update, points_seen_at
from gdsim.core.exercises.race.plan import RacePlan
from gdsim.core.model.run import Run

# Of the normal distribution: 95 of 100 lie within so many standard deviations.
_Z95 = 1.959963984540054
QUARTILES = (0.25, 0.5, 0.75)
# Of two equal rules that are judged from fewer starts, chance alone makes one the faster, by these quartiles,
# more often than once in twenty races.
_FEWEST = 10


@dataclass(frozen=True, eq=False)
class EntryResult:
    """How the runs of one rule ended, with the setting that tuning found for it."""

    name: str
    run: Run  # with that setting
    evaluations: Array  # (starts,): gradients until it was solved; infinite where it was not
    loss: Array  # (starts,): where it was solved, or at the end; infinite where it diverged
    # losses, solves, (starts,): what a search asked for beside gradients until then; 0 for others.
    losses: Rows
    solves: Rows

    @property
    def starts(self) -> int:
        """The number of starts that the rule was judged from."""
        return len(self.evaluations)

    @cached_property
    def solved(self) -> int:
        """The number of starts from which it solved the problem."""
        return int(np.count_nonzero(np.isfinite(self.evaluations)))

    @property
    def diverged(self) -> int:
        """How many runs diverged."""
        return int(np.count_nonzero(np.isinf(self.loss)))

    @property
    def share(self) -> float:
        return self.solved / self.starts

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the share over all starts there might be; see `wilson`."""
        return wilson(self.solved, self.starts)

    @cached_property
    def quartiles(self) -> tuple[float, float, float]:
        """Within how many evaluations a quarter, half and three quarters are solved; infinite if never."""
        first, middle, last = (float(self.evaluations[self._rank(share)]) for share in QUARTILES)
        return first, middle, last

    @property
    def median_loss(self) -> float:
        return float(np.sort(self.loss)[_place(0.5, self.starts)])

    @property
    def median_beside(self) -> tuple[int, int]:
        """The medians of the losses and of the solves that were asked for."""
        place = _place(0.5, self.starts)
        return int(np.sort(self.losses)[place]), int(np.sort(self.solves)[place])

    @property
    def median_start(self) -> int:
        """The start of the run in the middle: half of the others are solved sooner, or end lower."""
        return self._rank(0.5)

    def profile(self) -> tuple[Array, Array]:
        """Return the corners of the profile curve: evaluations, and the share solved within so many."""
        known, counts = np.unique(self.evaluations[np.isfinite(self.evaluations)], return_counts=True)
        return known, np.cumsum(counts) / self.starts

    def solved_within(self, evaluations: float) -> float:
        """Return the share of the starts that it solves within so many evaluations."""
        return float(np.mean(self.evaluations <= evaluations))

    @cached_property
    def _order(self) -> Rows:
        """The starts, those solved soonest first; of those that are not, the lowest loss first."""
        return np.lexsort((self.loss, self.evaluations))

    def _rank(self, share: float) -> int:
        return int(self._order[_place(share, self.starts)])


@dataclass(frozen=True, eq=False)
class RaceResult:
    """How all rules of a race ended."""

    plan: RacePlan
    entries: tuple[EntryResult, ...]
    median_runs: tuple[Run, ...]  # the run in the middle of each entry's, for as long as the budget allows

    def points_seen(self, entry: EntryResult, evaluations: float) -> float:
        """Return over how many points gradients were taken within so many evaluations of an entry's."""
        if math.isinf(evaluations):
            return evaluations
        if entry.run.is_searched:  # each gradient is over all points
            return evaluations * len(self.plan.experiment.points)
        updates = evaluations // evaluations_per_update(entry.run.optimizer)  # the last may not be whole
        return points_seen_at(entry.run, updates, len(self.plan.experiment.points))


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (E. B. Wilson, 1927)."""
    share, square = successes / trials, _Z95**2
    middle = share + square / (2.0 * trials)
    around = _Z95 * math.sqrt(share * (1.0 - share) / trials + square / (4.0 * trials**2))
    whole = 1.0 + square / trials
    # At 0 and at 1 rounding would leave the ends beside them.
    low = 0.0 if successes == 0 else (middle - around) / whole
    return low, 1.0 if successes == trials else (middle + around) / whole


class Comparison(Enum):
    """What a race shows of two rules."""

    SOLVES_MORE = 1  # Their intervals do not overlap
    FASTER = 2  # They do, and three quarters of one's runs are solved sooner than a quarter of the other's
    NOTHING = 3


def compared(one: EntryResult, other: EntryResult) -> tuple[Comparison, EntryResult, EntryResult]:
    """Return what may be said of two rules, with the better one first where one is."""
    for better, worse in ((one, other), (other, one)):
        if better.interval[0] > worse.interval[1]:
            return Comparison.SOLVES_MORE, better, worse
    for better, worse in ((one, other), (other, one)) if one.starts >= _FEWEST else ():
        if better.quartiles[2] < worse.quartiles[0]:
            return Comparison.FASTER, better, worse
    return Comparison.NOTHING, one, other


def _place(share: float, count: int) -> int:
    """Return the place of a quantile among sorted values: the first up to which there is such a share."""
    return max(0, math.ceil(share * count) - 1)
