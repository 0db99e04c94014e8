"""A run: its rule and settings, where it starts, and how its steps are counted."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import NamedTuple

from gdsim.core.language.texts import chosen_language, translated
from gdsim.core.language.translations import IN_ENGLISH
from gdsim.core.model.batching import BATCH, Batching
from gdsim.core.model.search_checks import beyond_lines, check_combination, is_second_order
from gdsim.core.rules.carried import counts_on
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import CONSTANT, CONSTANT_MOMENTUM, Schedule
from gdsim.core.rules.searches import FIXED, Search
from gdsim.core.settings import EPOCHS, FORK_STEP, NUMBER, SEED, STYLE, InvalidValue, as_in_file, check_text

LECTURE_START = -2.0
LECTURE_EPOCHS = 1000
# The context of names of runs in the translation catalogues.
NAME_OF_RUN = "name of a run"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# The longest chain of forks; the path of a fork is computed piece by piece along its chain.
MOST_FORKS = 20


class RunClock(NamedTuple):
    """How the steps of a run are counted. A fork goes on counting at the step where it leaves its parent."""

    first: int = 0  # The step of the first row of the record: 0, or where a fork leaves its parent
    per_epoch: int = 1  # Updates in one epoch
    epoch0: int = 0  # The step at which epoch 0 began, or would have with the batch size of a fork
    t0: int = 0  # The step after which the rule counts its updates, from t = 1

    def epoch(self, step: int) -> int:
        """Return how many epochs are finished after a step."""
        return (step - self.epoch0) // self.per_epoch

    def end_of(self, epoch: int) -> int:
        """Return the step that ends an epoch, counted from 1; for 0, the step at which the first begins."""
        return self.epoch0 + epoch * self.per_epoch


@dataclass(frozen=True)
class Fork:
    """The point at which a run leaves its parent, whose past it shares.

    A fork holds the whole parent, so that it stays the same if the parent is renamed, moved or removed.
    """

    parent: "Run"
    step: int  # The last step that both share
    nudge: tuple[float, ...] = ()  # d + 1 numbers that are added to w and b there; empty for none
    keeps_memory: bool = True  # Whether memories that both rules have are carried over

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "step", FORK_STEP.check(self.step, "step"))
        nudge = tuple(float(NUMBER.check(one, "nudge")) + 0.0 for one in self.nudge)
        if nudge and len(nudge) != len(self.parent.start):
            wanted = len(self.parent.start)
            raise InvalidValue(
                "nudge", "must have {wanted} numbers, not {there}", wanted=wanted, there=len(nudge)
            )
        set_(self, "nudge", nudge if any(nudge) else ())
        began = self.parent.fork
        if began and began.step > self.step:
            raise InvalidValue("step", "must be at least {step}, where its parent begins", step=began.step)
        if self.depth > MOST_FORKS:
            raise InvalidValue(
                "parent", "must have at most {most_forks} forks before it", most_forks=MOST_FORKS
            )

    @property
    def depth(self) -> int:
        """The number of forks in the chain from the start to this one, included."""
        return 1 + (self.parent.fork.depth if self.parent.fork else 0)

    @property
    def computed(self) -> tuple[object, ...]:
        """What the numbers depend on, which does not include the length of the parent."""
        return self.parent.computed_but_for_length, self.step, self.nudge, self.keeps_memory


@dataclass(frozen=True)
class Run:
    optimizer: Optimizer = field(default_factory=next(iter(RULES.values())))
    batching: Batching = field(default_factory=BATCH)
    schedule: Schedule = field(default_factory=CONSTANT)
    momentum_schedule: Schedule = field(default_factory=CONSTANT_MOMENTUM)
    start: tuple[float, ...] = (LECTURE_START, LECTURE_START)  # d + 1 numbers: the weights, then the bias
    epochs: int = LECTURE_EPOCHS
    seed: int = 0
    name: str = ""
    colour: str = ""  # ``"#rrggbb"``, or empty for the colour of its style
    hidden: bool = False  # Computed, but not drawn
    fork: Fork | None = None  # Where it leaves another run, whose start it then has
    search: Search = field(default_factory=FIXED)  # The step-length search, which starts from η, or `FIXED`
    # The index of its colour, dash and marker in a theme; None until a document assigns one. Comparisons of
    # runs ignore it.
    style: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "epochs", EPOCHS.check(self.epochs, "epochs"))
        set_(self, "seed", SEED.check(self.seed, "seed"))
        if self.style is not None:
            set_(self, "style", STYLE.check(self.style, "style"))
        # Adding 0.0 turns -0.0 into 0.0, because a sum may begin with either zero.
        if self.fork:
            set_(self, "start", self.fork.parent.start)
        set_(self, "start", tuple(float(NUMBER.check(value, "start")) + 0.0 for value in self.start))
        # On one line, because lists and the tables of other programs have one row for a name.
        name = " ".join(self.name.splitlines())
        set_(self, "name", name if name.strip() else self.optimizer.title)
        check_text("name", self.name)
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise InvalidValue(
                "colour", 'must be a colour such as "#1b6ef3", not {colour}', colour=as_in_file(self.colour)
            )
        if not self.optimizer.has_momentum and self.momentum_schedule.definition.changes:
            raise InvalidValue(
                "momentum_schedule", "does not go with {name}, which has no momentum", name=self.optimizer.id
            )
        check_combination(self.optimizer, self.search, self.batching, self.schedule)

    @property
    def is_named_by_rule(self) -> bool:
        """Whether the name is the title of the rule, possibly with a number."""
        return _title_suffix(self.name, self.optimizer.title) is not None

    @property
    def shown_name(self) -> str:
        """The name for display, translated if it comes from the rule or from a bundled scene.

        ``name``, which files, tables and links have, is the same in every language.
        """
        if chosen_language() is IN_ENGLISH:  # a fast path, because every frame asks for it
            return self.name
        title = self.optimizer.title
        number = _title_suffix(self.name, title)
        return translated(self.name, NAME_OF_RUN) if number is None else translated(title) + number

    def renamed(self, shown: str) -> "Run":
        """Return the run with a name that the user typed, who sees `shown_name`."""
        title = self.optimizer.title
        number = _title_suffix(shown, translated(title))
        name = shown if number is None else title + number
        return self if shown == self.shown_name else replace(self, name=name)

    @property
    def lineage(self) -> Iterator["Run"]:
        """The run, its parent, the parent of that, and so on."""
        yield self
        if self.fork:
            yield from self.fork.parent.lineage

    def computes_like(self, other: "Run") -> bool:
        """Return whether both runs give the same numbers, whatever their names and styles."""
        return self.computed == other.computed

    @cached_property
    def computed(self) -> tuple[object, ...]:
        """What the numbers depend on; cached, because many runs are compared pairwise."""
        return (*self.computed_but_for_length, self.epochs)

    @cached_property
    def computed_but_for_length(self) -> tuple[object, ...]:
        """What the numbers depend on, apart from how many there are."""
        others = ("name", "colour", "hidden", "style", "epochs", "fork")
        own = tuple(getattr(self, one.name) for one in fields(self) if one.name not in others)
        return (*own, self.fork.computed if self.fork else None)

    def styled_like(self, other: "Run") -> "Run":
        """Return this run with the name, colour, style and visibility of another."""
        return replace(self, name=other.name, colour=other.colour, hidden=other.hidden, style=other.style)

    @property
    def is_searched(self) -> bool:
        """Whether steps come from a search or from the curvature, rather than from the lines of a rule."""
        return self.search.definition != FIXED or is_second_order(self.optimizer)

    @property
    def beyond_lines(self) -> str:
        """Why the lines of the rule do not fully describe the run; empty if they do."""
        return beyond_lines(self.optimizer, self.search)

    @property
    def needs_validation(self) -> bool:
        """Whether its schedule, or that of an ancestor, uses the validation loss."""
        return self.schedule.needs_validation or bool(self.fork and self.fork.parent.needs_validation)

    def clock(self, points: int) -> RunClock:
        """Return how the steps are counted if there are ``points`` points."""
        per_epoch = self.batching.updates_per_epoch(points)
        if not self.fork:
            return RunClock(per_epoch=per_epoch)
        parent, first = self.fork.parent, self.fork.step
        before, epoch0, t0 = parent.clock(points), 0, first
        if self.takes_points_like(parent, points):
            epoch0 = before.epoch0
        else:  # a new pass over the points begins here
            epoch0 = first - before.epoch(first) * per_epoch
        if self.fork.keeps_memory and counts_on(parent.optimizer.update_rule, self.optimizer.update_rule):
            t0 = before.t0
        return RunClock(first, per_epoch, epoch0, t0)

    def takes_points_like(self, other: "Run", points: int) -> bool:
        """Return whether the updates of both runs use the same points in the same order."""
        shuffles = self.batching.shuffles
        return (
            self.batching.batch_size(points) == other.batching.batch_size(points)
            and shuffles == other.batching.shuffles
            and (not shuffles or self.seed == other.seed)
        )


def lecture_start(dimension: int) -> tuple[float, ...]:
    return (LECTURE_START,) * (dimension + 1)


def _title_suffix(name: str, title: str) -> str | None:
    """Return the suffix of a title in a name, empty or ``" 2"``; None if the name is no such title."""
    rest = name[len(title) :]
    is_number = rest[:1] == " " and rest[1:].isdecimal()
    return rest if name.startswith(title) and (not rest or is_number) else None
