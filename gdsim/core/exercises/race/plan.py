"""What is raced: rules with the ranges of their settings, a budget, starts; all drawn from one seed."""

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
from gdsim.core.model.searching import needs_points
from gdsim.core.rules.rule import Optimizer, Rule
from gdsim.core.rules.searches import FIXED, Search
from gdsim.core.rules.update_rule import ETA, GAMMA
from gdsim.core.settings import Setting

# Values that are drawn have so many digits: they can be read, and are the same on every system.
_DIGITS = 4
# What is drawn from a seed is drawn apart for each purpose.
_TUNING, _JUDGING = 1, 2
# Of a grid of starts, one in each cell: those for tuning and those for judging, as shares of its sides.
_IN_CELL = {_TUNING: 0.25, _JUDGING: 0.75}


@dataclass(frozen=True)
class Entry:
    """A rule in a race with the search of its steps, and the ranges that its settings are tuned in.

    The other settings keep their values.
    """

    optimizer: Optimizer
    ranges: tuple[MapAxis, ...] = ()
    search: Search = field(default_factory=FIXED)

    @classmethod
    def of(cls, rule: Rule) -> "Entry":
        """Return a rule with its rate and its momentum to be tuned in their usual ranges."""
        optimizer = rule()
        axes = (MapAxis.of(one) for one in rates_of(Run(optimizer)) if one.name in (ETA, GAMMA))
        return cls(optimizer, tuple(axes))

    @property
    def run(self) -> Run:
        """A run of the rule, with the values of its settings that are not tuned."""
        return Run(self.optimizer, search=self.search)

    @property
    def settings(self) -> tuple[Setting, ...]:
        """What may be tuned."""
        return rates_of(self.run)

    def with_search(self, search: Search) -> "Entry":
        """Return it with another search; what of the old one was tuned is tuned no more."""
        kept = (axis for axis in self.ranges if axis.setting.name in self.optimizer)
        return replace(self, search=search, ranges=tuple(kept))

    def with_setting(self, key: str, value: float) -> "Entry":
        run = self.run_with({key: value})
        return replace(self, optimizer=run.optimizer, search=run.search)

    def with_range(self, setting: Setting, axis: MapAxis | None) -> "Entry":
        """Return it with a range in which a setting is tuned, or with one value of it for None."""
        axes: dict[str, MapAxis | None] = {one.setting.name: one for one in self.ranges}
        axes[setting.name] = axis
        return replace(self, ranges=tuple(filter(None, (axes.get(one.name) for one in self.settings))))

    @classmethod
    def of_kept(cls, kept: KeptEntry) -> "Entry":
        """Return a rule as a document keeps it, without ranges that its settings may not have."""
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
        """The rule and its ranges as a document keeps them."""
        axes = (KeptAxis(axis.setting.name, axis.low, axis.high) for axis in self.ranges)
        return KeptEntry(self.optimizer, tuple(axes), self.search)

    def trials(self, count: int, rng: np.random.Generator) -> dict[str, Array]:
        """Return values (count,) for each setting that is tuned: a Latin hypercube, one in each slice."""
        return {axis.setting.name: _drawn(axis, _sliced(count, rng)) for axis in self.ranges}

    def run_with(self, values: Mapping[str, float]) -> Run:
        """Return a run of the rule with values for the settings that are tuned."""
        run = self.run
        for key, value in values.items():
            run = with_setting(run, key, value)
        return run


@dataclass(frozen=True)
class RacePlan:
    """A race over the points of an experiment, from starts in the range that its window draws."""

    experiment: Experiment
    entries: tuple[Entry, ...]
    terms: RaceTerms
    batching: Batching

    @cached_property
    def names(self) -> tuple[str, ...]:
        """A name for each entry: a rule that is entered again has a number behind its title."""
        return numbered([entry_title(entry) for entry in self.entries])

    @property
    def is_searched(self) -> bool:
        """Whether runs of an entry look for their steps."""
        return any(entry.run.is_searched for entry in self.entries)

    def updates(self, entry: Entry) -> int:
        """Return how many updates the budget allows, at most: one that is looked for may ask for more."""
        if entry.run.is_searched:
            return self.terms.budget
        return self.terms.budget // evaluations_per_update(entry.optimizer)

    def batching_of(self, entry: Entry) -> Batching:
        """Return which points feed an update: all of them, where steps are looked for."""
        return BATCH() if entry.run.is_searched else self.batching

    @property
    def unfit(self) -> Entry | None:
        """The first entry whose rule has no meaning for the objective; None if there is none."""
        of_function = isinstance(self.experiment.objective, FunctionObjective)
        return next((one for one in self.entries if of_function and needs_points(one.optimizer)), None)

    def trials_of(self, place: int) -> dict[str, Array]:
        """Return the values (trials,) of the settings that are tried for an entry.

        They depend on the seed, the rule, and how often it was entered before: not on the others.
        """
        ids = [entry.optimizer.id for entry in self.entries[: place + 1]]
        rng = self._rng(crc32(ids[-1].encode()), ids.count(ids[-1]))
        return self.entries[place].trials(self.terms.trials, rng)

    @cached_property
    def tuning_starts(self) -> Array:
        """Where every setting is tried from: (starts, d + 1)."""
        return self._starts(_TUNING)

    @cached_property
    def judging_starts(self) -> Array:
        """Where the best setting of each rule is judged from: (starts, d + 1), all others."""
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


def entry_title(entry: Entry, translate: Callable[[str], str] = str) -> str:
    """Return the rule of an entry, with its search where it has one; in English, if it is not translated."""
    rule, search = translate(entry.optimizer.title), translate(entry.search.title)
    return rule if entry.search.definition == FIXED else f"{rule} ({search.partition(' (')[0]})"


def grid_side(starts: int, parameters: int) -> int:
    """Return how many starts a grid of about so many has along each side."""
    return max(1, round(math.pow(starts, 1.0 / parameters)))


def numbered(names: Sequence[str]) -> tuple[str, ...]:
    """Return names of which no two are the same."""
    made: list[str] = []
    for name in names:
        free = (f"{name} {number}" for number in count(2))
        made.append(next(one for one in chain([name], free) if one not in made))
    return tuple(made)


def _sliced(count: int, rng: np.random.Generator) -> Array:
    """Return shares, one in each of equally wide slices, in a random order."""
    return (rng.permutation(count) + rng.random(count)) / count


def _grid(shares: Array, sides: int) -> list[Array]:
    return [one.ravel() for one in np.meshgrid(*[shares] * sides, indexing="ij")]


def _drawn(axis: MapAxis, shares: Array) -> Array:
    """Return the values of an axis at shares of it, with few digits."""
    width = axis.high - axis.low
    values = []
    for value in axis.at(shares).tolist():
        # Near 0 it is the range that says how small a digit may be.
        size = abs(value) if axis.log else max(abs(value), width / 10.0)
        digits = _DIGITS - 1 - math.floor(math.log10(size)) if size > 0.0 else 0
        values.append(min(max(round(value, digits), axis.low), axis.high))
    return np.array(values)
