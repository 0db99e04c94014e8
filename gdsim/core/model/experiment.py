"""The document: a frozen description of what to compute."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import count
from gdsim.core.language.catalogue import IN_ENGLISH
from gdsim.core.language.words import chosen_language, said, translated
from gdsim.core.model.batching import BATCH, Batching
from gdsim.core.model.drawn import NOTHING_DRAWN, Drawn
from gdsim.core.model.kept import NOTHING_KEPT, Kept
from gdsim.core.model.objective import LECTURE, FunctionObjective, Objective
from gdsim.core.model.plane import USUAL_SLICE, Plane, Slice
from gdsim.core.model.point_loss import PointLoss, point_loss
from gdsim.core.model.points import PointSet
from gdsim.core.model.searching import beyond_lines, check_combination, is_second_order, needs_points
from gdsim.core.rules.carried import counts_on
from gdsim.core.rules.catalogue import RULES
from gdsim.core.rules.own_rule import MOST_RULES, OwnRule
from gdsim.core.rules.rule import Optimizer
from gdsim.core.rules.schedules import CONSTANT, CONSTANT_MOMENTUM, Schedule
from gdsim.core.rules.searches import FIXED, Search
from gdsim.core.settings import EPOCHS, FORK_STEP, LARGEST, NUMBER, SEED, STYLE, InvalidValue, shown

LECTURE_START = -2.0
LECTURE_EPOCHS = 1000
_MOST_LETTERS = 10_000
# What tells names of runs from other texts in the catalogue of a language.
NAME_OF_RUN = "name of a run"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
# So many forks may begin one on another: a path of them is computed piece by piece.
MOST_FORKS = 20


class RunClock(NamedTuple):
    """How the steps of a run are counted. Those of a fork go on counting where its parent is left."""

    first: int = 0  # The step of the first row of its record: 0, or the one at which it leaves its parent
    per_epoch: int = 1  # Updates in one epoch
    epoch0: int = 0  # The step at which epoch 0 began; at its own batch size, if a fork has another
    t0: int = 0  # The step after which the rule counts its updates, from t = 1

    def epoch(self, step: int) -> int:
        """Return how many epochs are finished after a step."""
        return (step - self.epoch0) // self.per_epoch

    def end_of(self, epoch: int) -> int:
        """Return the step that ends an epoch, counted from 1; of 0 the step at which the first begins."""
        return self.epoch0 + epoch * self.per_epoch


@dataclass(frozen=True)
class Fork:
    """Where a run leaves another one, whose past it shares.

    It holds the whole of its parent, so that it is the same when the parent is renamed, moved or removed.
    """

    parent: "Run"
    step: int  # The last one they share
    nudge: tuple[float, ...] = ()  # d + 1 numbers: what is added to w and b there; empty for nothing
    keeps_memory: bool = True  # Whether the memory goes on, as far as both rules have the same

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
        """How many forks there are from the start to this one."""
        return 1 + (self.parent.fork.depth if self.parent.fork else 0)

    @property
    def computed(self) -> tuple[object, ...]:
        """What the numbers depend on: how long its parent goes on without it is no part of that."""
        return self.parent.at_any_length, self.step, self.nudge, self.keeps_memory


@dataclass(frozen=True)
class Run:
    """A run of gradient descent to compute."""

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
    fork: Fork | None = None  # Where it leaves another run; it has the start of that one, then
    search: Search = field(default_factory=FIXED)  # How long its steps are; η is fixed, or where it begins
    # Which colour, dash and marker of a theme it has; None until it is in a document, which gives it one. It
    # is no part of what a run is: two runs that differ in nothing else are equal.
    style: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "epochs", EPOCHS.check(self.epochs, "epochs"))
        set_(self, "seed", SEED.check(self.seed, "seed"))
        if self.style is not None:
            set_(self, "style", STYLE.check(self.style, "style"))
        # Of the two zeros the one without a sign: a sum may begin with the one or the other.
        if self.fork:
            set_(self, "start", self.fork.parent.start)
        set_(self, "start", tuple(float(NUMBER.check(value, "start")) + 0.0 for value in self.start))
        # On one line: lists have a row for it, and tables of other programs, too.
        set_(self, "name", " ".join(self.name.splitlines()) or self.optimizer.title)
        _check_text("name", self.name)
        if self.colour and not _COLOUR.fullmatch(self.colour):
            raise InvalidValue(
                "colour", 'must be a colour such as "#1b6ef3", not {colour}', colour=shown(self.colour)
            )
        if not self.optimizer.has_momentum and self.momentum_schedule.definition.changes:
            raise InvalidValue(
                "momentum_schedule", "does not go with {name}, which has no momentum", name=self.optimizer.id
            )
        check_combination(self.optimizer, self.search, self.batching, self.schedule)

    @property
    def is_named_by_rule(self) -> bool:
        """Whether its name is its rule's title, maybe with a number."""
        return _numbered(self.name, self.optimizer.title) is not None

    @property
    def shown_name(self) -> str:
        """The name on the screen: that of its rule, or one of a bundled scene, is translated.

        In files, tables and links it is the same in every language.
        """
        if chosen_language() is IN_ENGLISH:  # asked for in each frame
            return self.name
        title = self.optimizer.title
        number = _numbered(self.name, title)
        return translated(self.name, NAME_OF_RUN) if number is None else translated(title) + number

    def renamed(self, shown: str) -> "Run":
        """Return it with the name that a person typed, who sees `shown_name`."""
        title = self.optimizer.title
        number = _numbered(shown, translated(title))
        name = shown if number is None else title + number
        return self if shown == self.shown_name else replace(self, name=name)

    @property
    def lineage(self) -> Iterator["Run"]:
        """The run, the one that it left, the one that this had left, and so on."""
        yield self
        if self.fork:
            yield from self.fork.parent.lineage

    def computes_like(self, other: "Run") -> bool:
        """Return whether both runs give the same numbers, whatever they look like."""
        return self.computed == other.computed

    @cached_property
    def computed(self) -> tuple[object, ...]:
        """What the numbers depend on; kept, since of many runs each is compared with each."""
        return (*self.at_any_length, self.epochs)

    @cached_property
    def at_any_length(self) -> tuple[object, ...]:
        """What the numbers depend on, but for how many there are."""
        others = ("name", "colour", "hidden", "style", "epochs", "fork")
        own = tuple(getattr(self, one.name) for one in fields(self) if one.name not in others)
        return (*own, self.fork.computed if self.fork else None)

    def looking_like(self, other: "Run") -> "Run":
        """Return this run with the name, style and visibility of another."""
        return replace(self, name=other.name, colour=other.colour, hidden=other.hidden, style=other.style)

    @property
    def is_searched(self) -> bool:
        """Whether steps are looked for, or follow from the curvature: no line of a rule makes them."""
        return self.search.definition != FIXED or is_second_order(self.optimizer)

    @property
    def beyond_lines(self) -> str:
        """Why the lines of its rule alone do not tell what it does; empty when they do."""
        return beyond_lines(self.optimizer, self.search)

    @property
    def needs_validation(self) -> bool:
        """Whether its schedule, or that of a run that it goes on from, looks at the validation loss."""
        return self.schedule.needs_validation or bool(self.fork and self.fork.parent.needs_validation)

    def clock(self, points: int) -> RunClock:
        """Return how its steps are counted, over so many points."""
        per_epoch = self.batching.updates_per_epoch(points)
        if not self.fork:
            return RunClock(per_epoch=per_epoch)
        parent, first = self.fork.parent, self.fork.step
        before, epoch0, t0 = parent.clock(points), 0, first
        if self.takes_points_like(parent, points):
            epoch0 = before.epoch0
        else:  # a pass over the points begins here
            epoch0 = first - before.epoch(first) * per_epoch
        if self.fork.keeps_memory and counts_on(parent.optimizer.update_rule, self.optimizer.update_rule):
            t0 = before.t0
        return RunClock(first, per_epoch, epoch0, t0)

    def takes_points_like(self, other: "Run", points: int) -> bool:
        """Return whether the same ones of so many points feed the updates of both, in the same order."""
        shuffles = self.batching.shuffles
        return (
            self.batching.batch_size(points) == other.batching.batch_size(points)
            and shuffles == other.batching.shuffles
            and (not shuffles or self.seed == other.seed)
        )


def lecture_start(dimension: int) -> tuple[float, ...]:
    """Return where the lecture's runs start, with so many inputs."""
    return (LECTURE_START,) * (dimension + 1)


# Every run is drawn in every pane, and has a line in the list of runs.
MOST_RUNS = 50
# Each has a column in the table of points, and in that of a step.
MOST_INPUTS = 100

# Ends that are closer, as a share of their size, are one place to a picture.
_NARROWEST = 1e-9


class ViewRange(NamedTuple):
    """The part of the (w, b) plane that is drawn; the lecture draws -6 to 6."""

    w_min: float = -6.0
    w_max: float = 6.0
    b_min: float = -6.0
    b_max: float = 6.0

    @classmethod
    def between(cls, low: Array, high: Array) -> "ViewRange":
        """Return the range from one corner (w, b) to the opposite one."""
        (w_min, b_min), (w_max, b_max) = low.tolist(), high.tolist()
        return cls(w_min, w_max, b_min, b_max)

    @property
    def extent(self) -> tuple[float, float]:
        """How much of w and of b it shows."""
        return self.w_max - self.w_min, self.b_max - self.b_min

    def fault(self) -> str:
        """Return why no surface can be drawn over it, or an empty string."""
        for name, low, high in (("w", self.w_min, self.w_max), ("b", self.b_min, self.b_max)):
            if not (abs(low) <= LARGEST and abs(high) <= LARGEST):
                return said("{name} must have ends from -1e100 to 1e100", name=name)
            if not low < high:
                return said(
                    "{name} must go from a smaller to a larger number, not from {low} to {high}",
                    name=name,
                    low=f"{low:g}",
                    high=f"{high:g}",
                )
            if high - low < _NARROWEST * max(1e-3, abs(low), abs(high)):
                return said(
                    "{name} must have ends that can be told apart, not {low} and {high}",
                    name=name,
                    low=f"{low!r}",
                    high=f"{high!r}",
                )
        return ""

    def holds(self, w: float, b: float) -> bool:
        """Return whether a place is in it, borders included."""
        return self.w_min <= w <= self.w_max and self.b_min <= b <= self.b_max


LECTURE_VIEW_RANGE = ViewRange()

# What a person types as formulas.
Typed: TypeAlias = OwnRule | FunctionObjective


@dataclass(frozen=True)
class Experiment:
    """Points, the runs to compute on them, and the part of the plane to draw.

    Its ``rules`` are those that a person typed; a run brings its own along. Of more than two parameters
    ``slice`` says which plane is drawn, and ``log_height`` whether its heights are logarithms; ``drawn`` is
    what is drawn over it beside the runs. What is ``kept`` is of the windows beside the main one.
    """

    points: PointSet
    validation: PointSet
    runs: tuple[Run, ...] = ()
    view_range: ViewRange = LECTURE_VIEW_RANGE
    title: str = ""
    about: str = ""
    objective: Objective = LECTURE
    rules: tuple[OwnRule, ...] = ()
    slice: Slice = USUAL_SLICE
    log_height: bool = False
    drawn: Drawn = NOTHING_DRAWN
    kept: Kept = NOTHING_KEPT

    def __post_init__(self) -> None:
        followed = (one.optimizer.definition for run in self.runs for one in run.lineage)
        rules = dict.fromkeys((*self.rules, *(one for one in followed if isinstance(one, OwnRule))))
        object.__setattr__(self, "rules", tuple(rules))
        self._check_points()
        if self.view_range.fault():
            raise InvalidValue("view_range", self.view_range.fault())
        self.slice.check(self.points.dimension)
        if len(self.runs) > MOST_RUNS:
            words = said("must be at most {most}, not {there}", most=MOST_RUNS, there=count(len(self.runs)))
            raise InvalidValue("runs", words)
        _check_text("title", self.title)
        _check_text("about", self.about)
        if len(rules) > MOST_RULES:
            words = said("must be at most {most}, not {there}", most=MOST_RULES, there=len(rules))
            raise InvalidValue("rules", words)
        if len({rule.id for rule in rules}) < len(rules):
            raise InvalidValue("rules", "must have ids of their own")
        for index, run in enumerate(self.runs):
            self._check_run(run, f"runs[{index}]")

    def _check_points(self) -> None:
        if len(self.points) == 0:
            raise InvalidValue("points", "must not be empty")
        if self.points.dimension > MOST_INPUTS:
            raise InvalidValue(
                "points",
                "must have at most {most_inputs} inputs, not {dimension}",
                most_inputs=MOST_INPUTS,
                dimension=count(self.points.dimension),
            )
        if self.validation.dimension != self.points.dimension:
            raise InvalidValue("validation", "must have as many inputs as the points")
        if isinstance(self.objective, FunctionObjective) and self.points.dimension != 1:
            raise InvalidValue("points", "must have one input: they are slopes of the function of w and b")

    def _check_run(self, run: Run, key: str) -> None:
        wanted = self.points.dimension + 1
        if len(run.start) != wanted:
            raise InvalidValue(
                f"{key}.start", "must have {wanted} numbers, not {there}", wanted=wanted, there=len(run.start)
            )
        for one in run.lineage:
            if needs_points(one.optimizer) and isinstance(self.objective, FunctionObjective):
                words = said("needs a loss that is a sum over points, and there is a function of w and b")
                raise InvalidValue(f"{key}.algorithm", words)
        if run.needs_validation and len(self.validation) == 0:
            raise InvalidValue(f"{key}.schedule", "needs validation points, and there are none")

    @cached_property
    def training(self) -> PointLoss:
        """The loss over the points."""
        return point_loss(self.points, self.objective)

    @cached_property
    def held_out(self) -> PointLoss:
        """The loss over the validation points."""
        return point_loss(self.validation, self.objective)

    def plane(self, selected: int, place: Array | None = None) -> Plane:
        """Return the plane that is drawn while the selected run stands at a place (d + 1,).

        Without one, or where it is too far out to be drawn, that for the start of the run; without runs that
        through 0.
        """
        if self.runs and place is not None and (np.abs(place) <= LARGEST).all():  # false for NaN too
            return self.slice.plane(place.tolist())
        start = self.runs[selected].start if self.runs else (0.0,) * (self.points.dimension + 1)
        return self.slice.plane(start)

    @property
    def typed(self) -> tuple[Typed, ...]:
        """What in it was typed as formulas: its rules, and its function."""
        function = (self.objective,) if isinstance(self.objective, FunctionObjective) else ()
        return (*self.rules, *function)

    def without_look(self) -> "Experiment":
        """Return the same with the surface as it is usually seen, and nothing drawn over it but the runs."""
        return replace(self, **_USUAL_LOOK)

    def says_like(self, other: "Experiment") -> bool:
        """Return whether both are the same but for what is drawn of the surface, and how."""
        return all(getattr(self, name) == getattr(other, name) for name in _SAID)

    def updates_per_epoch(self, run: Run) -> int:
        return run.batching.updates_per_epoch(len(self.points))

    def clock(self, run: Run) -> RunClock:
        """Return how the steps of ``run`` are counted."""
        return run.clock(len(self.points))

    def total_steps(self, run: Run) -> int:
        """Return how many updates ``run`` makes when nothing stops it; a fork since it left its parent."""
        clock = self.clock(run)
        return max(0, clock.end_of(run.epochs) - clock.first)


# How the surface is drawn, and with what over it beside the runs; all else is what an experiment says.
_USUAL_LOOK: dict[str, Any] = {
    "view_range": LECTURE_VIEW_RANGE,
    "slice": USUAL_SLICE,
    "log_height": False,
    "drawn": NOTHING_DRAWN,
}
_SAID = [field.name for field in fields(Experiment) if field.name not in _USUAL_LOOK]


def new_experiment() -> Experiment:
    """Return what a new document holds: the lecture's two points, and gradient descent over them."""
    return Experiment(PointSet([0.5, 2.5], [0.2, 0.9]), PointSet.empty(), (Run(),))


def _numbered(name: str, title: str) -> str | None:
    """Return what follows a title in a name, nothing or ``" 2"``; None for any other name."""
    rest = name[len(title) :]
    is_number = rest[:1] == " " and rest[1:].isdecimal()
    return rest if name.startswith(title) and (not rest or is_number) else None


def _check_text(key: str, text: str) -> None:
    """Raise for text that is too long to be shown, or no file can hold: a paste may bring half a letter."""
    if len(text) > _MOST_LETTERS:
        most, there = count(_MOST_LETTERS), count(len(text))
        raise InvalidValue(key, "must have at most {most} letters, not {there}", most=most, there=there)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidValue(
            key, "must be text that can be written in UTF-8, not {text}", text=shown(text)
        ) from None
