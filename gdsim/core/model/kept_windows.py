"""What a document stores about maps and about a race: ranges and terms."""

from dataclasses import dataclass, field

from gdsim.core.language.texts import localised, said
from gdsim.core.model.search_checks import check_search
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.searches import FIXED, Search
from gdsim.core.settings import LOSS, NUMBER, SEED, InvalidValue, check_count, whole

# The steps of each run of a map, and the gradient evaluations allowed to each run of a race.
MAP_STEPS = BUDGET = whole(1, 1e5)
TRIALS = whole(1, 512)
STARTS = whole(2, 1024)
# Prefix of the names of settings that belong to the search.
SEARCH = "search."
MOST_ENTRIES, _MOST_RANGES, _MOST_BESIDE, _LONGEST_NAME = 12, 12, 3, 200


@dataclass(frozen=True)
class KeptAxis:
    """A setting of a run and its range; for a map, also the visible part and the scale."""

    setting: str  # Named as in `gdsim.core.exercises.maps.axes`
    low: float
    high: float
    seen: tuple[float, float] | None = None  # None for the whole range
    log: bool = False

    def __post_init__(self) -> None:
        if not 0 < len(self.setting) <= _LONGEST_NAME:
            raise InvalidValue("setting", "must be the name of a setting")
        for key, ends in (("range", (self.low, self.high)), ("seen", self.seen)):
            if ends is None:
                continue
            low, high = (float(NUMBER.check(end, key)) for end in ends)
            if not low < high:
                raise InvalidValue(
                    key,
                    "must go from a smaller to a larger number, not from {low} to {high}",
                    low=localised(f"{low:g}"),
                    high=localised(f"{high:g}"),
                )
            if self.log and low <= 0.0:
                raise InvalidValue(key, "must be above 0 on a logarithmic scale")


@dataclass(frozen=True)
class KeptMap:
    """The maps that are shown: that of the selected run, and those beside it."""

    x: KeptAxis
    y: KeptAxis
    steps: int
    solved_below: float
    beside: tuple[str, ...] = ()  # The names of runs with a map of their own

    def __post_init__(self) -> None:
        MAP_STEPS.check(self.steps, "steps")
        LOSS.check(self.solved_below, "solved_below")
        if self.x.setting == self.y.setting:
            raise InvalidValue("y", "must be a setting other than x")
        check_count("beside", len(self.beside), _MOST_BESIDE)


@dataclass(frozen=True)
class KeptEntry:
    """A rule in a race, with its step-length search and the ranges in which its settings are tuned."""

    optimizer: Optimizer
    ranges: tuple[KeptAxis, ...] = ()
    search: Search = field(default_factory=FIXED)

    def __post_init__(self) -> None:
        check_search(self.optimizer, self.search)
        check_count("ranges", len(self.ranges), _MOST_RANGES)


@dataclass(frozen=True)
class RaceTerms:
    """How much is tried and measured in a race, and when a run counts as solved."""

    budget: int  # Gradient evaluations of each run
    trials: int  # Combinations of settings that are tried for each rule
    starts: int  # Starts of each trial; the best trial is judged from as many others
    on_grid: bool  # Whether the starts form a grid of about that size; else they are random
    seed: int
    solved_below: float  # A run is solved at the first step whose loss is lower

    def __post_init__(self) -> None:
        for key, domain in (("budget", BUDGET), ("trials", TRIALS), ("starts", STARTS), ("seed", SEED)):
            domain.check(getattr(self, key), key)
        LOSS.check(self.solved_below, "solved_below")


@dataclass(frozen=True)
class KeptRace:
    """The entries and terms of a race; its table is computed from them."""

    entries: tuple[KeptEntry, ...]
    terms: RaceTerms

    def __post_init__(self) -> None:
        if not 0 < len(self.entries) <= MOST_ENTRIES:
            words = said("must be from 1 to {most}, not {count}", most=MOST_ENTRIES, count=len(self.entries))
            raise InvalidValue("rules", words)
