"""The plan of a race: rules with the ranges of their settings, a budget, and starts drawn from one seed."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count
from zlib import crc32

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.engine.effort import evaluations_per_update
from gdsim.core.exercises.maps.axes import MapAxis
from gdsim.core.exercises.run_settings import rates_of, starts_of, with_setting
from gdsim.core.model.batching import BATCH, Batching
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.kept_windows import KeptAxis, KeptEntry, RaceTerms
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run
from gdsim.core.model.search_checks import needs_points
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.searches import FIXED, Search
from gdsim.core.rules.update_rule import ETA, GAMMA
from gdsim.core.settings import Setting

# Drawn values are rounded to this many digits, to be readable and the same on every system.
_DIGITS = 4
# Each purpose has its own random stream of the same seed.
_TUNING, _JUDGING = 1, 2
# Where the starts for tuning and for judging lie in each cell of a grid, as shares of its sides.
_IN_CELL = {_TUNING: 0.25, _JUDGING: 0.75}


@dataclass(frozen=True)
class RaceEntry:
    """A rule in a race with its step search, and the ranges within which its settings are tuned.

    The other settings keep their values.
    """

    optimizer: Optimizer
    ranges: tuple[MapAxis, ...] = ()
    search: Search = field(default_factory=FIXED)

    @classmethod
    def of(cls, rule: Rule) -> "RaceEntry":
        """Return an entry whose rate and momentum are tuned within their usual ranges."""
        optimizer = rule()
        axes = (MapAxis.of(one) for one in rates_of(Run(optimizer)) if one.name in (ETA, GAMMA))
        return cls(optimizer, tuple(axes))

    @property
    def run(self) -> Run:
        """A run of the rule with the fixed values of its settings."""
        return Run(self.optimizer, search=self.search)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """The settings that can be tuned."""
        return rates_of(self.run)

    def with_search(self, search: Search) -> "RaceEntry":
        """Return the entry with another search; ranges of settings outside the rule are dropped."""
        kept = (axis for axis in self.ranges if axis.setting.name in self.optimizer)
        return replace(self, search=search, ranges=tuple(kept))

    def with_setting(self, key: str, value: float) -> "RaceEntry":
        run = self.run_with({key: value})
        return replace(self, optimizer=run.optimizer, search=run.search)

    def with_range(self, setting: Setting, axis: MapAxis | None) -> "RaceEntry":
        """Return the entry with a range in which a setting is tuned; None fixes the setting again."""
        axes: dict[str, MapAxis | None] = {one.setting.name: one for one in self.ranges}
        axes[setting.name] = axis
        return replace(self, ranges=tuple(filter(None, (axes.get(one.name) for one in self.settings))))

    @classmethod
    def of_kept(cls, kept: KeptEntry) -> "RaceEntry":
        """Restore an entry from a document, without ranges that its settings may not have."""
        bare = cls(kept.optimizer, (), kept.search)
        settings = {one.name: one for one in bare.settings}
        axes = (
            replace(MapAxis.of(settings[one.setting]), low=one.low, high=one.high)
            for one in kept.ranges
            if one.setting in settings
        )
        return replace(bare, ranges=tuple(axis for axis in axes if not axis.fault()))

    @property
    def kept(self) -> KeptEntry:
        """The entry as saved in a document."""
        axes = (KeptAxis(axis.setting.name, axis.low, axis.high) for axis in self.ranges)
        return KeptEntry(self.optimizer, tuple(axes), self.search)

    def trials(self, count: int, rng: np.random.Generator) -> dict[str, Array]:
        """Return a Latin hypercube sample: values (count,) for each tuned setting, one in each slice."""
        return {axis.setting.name: _drawn(axis, _sliced(count, rng)) for axis in self.ranges}

    def run_with(self, values: Mapping[str, float]) -> Run:
        """Return a run of the rule with the given values of settings."""
        run = self.run
        for key, value in values.items():
            run = with_setting(run, key, value)
        return run


@dataclass(frozen=True)
class RacePlan:
    """A race over the points of an experiment, from starts in its view range."""

    experiment: Experiment
    entries: tuple[RaceEntry, ...]
    terms: RaceTerms
    batching: Batching

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the entries; a rule that is entered again gets a number behind its title."""
        return numbered_names([entry_title(entry) for entry in self.entries])

    @property
    def is_searched(self) -> bool:
        """Whether any entry searches for its steps."""
        return any(entry.run.is_searched for entry in self.entries)

    def updates(self, entry: RaceEntry) -> int:
        """Return the most updates within the budget; searched steps may cost more than one evaluation."""
        if entry.run.is_searched:
            return self.terms.budget
        return self.terms.budget // evaluations_per_update(entry.optimizer)

    def batching_of(self, entry: RaceEntry) -> Batching:
        """Return the batching of an entry; a step search needs all points in each update."""
        return BATCH() if entry.run.is_searched else self.batching

    @property
    def unfit(self) -> RaceEntry | None:
        """The first entry whose rule does not apply to the objective; None if all do."""
        of_function = isinstance(self.experiment.objective, FunctionObjective)
        return next((one for one in self.entries if of_function and needs_points(one.optimizer)), None)

    def trials_of(self, place: int) -> dict[str, Array]:
        """Return the values (trials,) of each setting to try for the entry at ``place``.

        They depend on the seed, the rule, and how often the rule was entered before, but not on other rules.
        """
        ids = [entry.optimizer.id for entry in self.entries[: place + 1]]
        rng = self._rng(crc32(ids[-1].encode()), ids.count(ids[-1]))
        return self.entries[place].trials(self.terms.trials, rng)

    @cached_property
    def tuning_starts(self) -> Array:
        """The starts (starts, d + 1) from which every trial runs."""
        return self._starts(_TUNING)

    @cached_property
    def judging_starts(self) -> Array:
        """The starts (starts, d + 1), different ones, from which the best trial of each rule is judged."""
        return self._starts(_JUDGING)

    def _starts(self, purpose: int) -> Array:
        axes = [MapAxis.of(one) for one in starts_of(self.experiment)]
        if self.terms.on_grid:
            side = grid_side(self.terms.starts, len(axes))
            shares = (np.arange(side) + _IN_CELL[purpose]) / side
            columns = [_drawn(axis, grid) for axis, grid in zip(axes, _grid(shares, len(axes)), strict=True)]
        else:
            rng = self._rng(purpose)
            columns = [_drawn(axis, _sliced(self.terms.starts, rng)) for axis in axes]
        return np.stack(columns, axis=-1)

    def _rng(self, *purpose: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self.terms.seed, *purpose]))


def entry_title(entry: RaceEntry, translate: Callable[[str], str] = str) -> str:
    """Return the title of an entry's rule, with its search if it has one; English without ``translate``."""
    rule, search = translate(entry.optimizer.title), translate(entry.search.title)
    return rule if entry.search.definition == FIXED else f"{rule} ({search.partition(' (')[0]})"


def grid_side(starts: int, parameters: int) -> int:
    """Return the number of starts along each side of a grid with about ``starts`` in all."""
    return max(1, round(math.pow(starts, 1.0 / parameters)))


def numbered_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return the names, with numbers appended to repeated ones."""
    unique: list[str] = []
    for name in names:
        free = (f"{name} {number}" for number in count(2))
        unique.append(next(one for one in chain([name], free) if one not in unique))
    return tuple(unique)


def _sliced(count: int, rng: np.random.Generator) -> Array:
    """Return random shares, one in each of ``count`` equal slices, in random order."""
    return (rng.permutation(count) + rng.random(count)) / count


def _grid(shares: Array, sides: int) -> list[Array]:
    return [one.ravel() for one in np.meshgrid(*[shares] * sides, indexing="ij")]


def _drawn(axis: MapAxis, shares: Array) -> Array:
    """Return the values at shares of an axis, rounded to a few digits."""
    width = axis.high - axis.low
    values = []
    for value in axis.at(shares).tolist():
        # Near 0 on a linear axis, the width of the range limits the digits.
        size = abs(value) if axis.log else max(abs(value), width / 10.0)
        digits = _DIGITS - 1 - math.floor(math.log10(size)) if size > 0.0 else 0
        values.append(min(max(round(value, digits), axis.low), axis.high))
    return np.array(values)
