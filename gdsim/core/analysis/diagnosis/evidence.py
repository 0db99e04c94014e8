"""What the diagnoses look at: the record of one run, and what is measured of it once for all of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.limit_curve import LimitCurve, limit_curve
from gdsim.core.analysis.diagnosis.probes import LastFall, Rest, Twin, last_fall, twin_of, what_would_help
from gdsim.core.analysis.diagnosis.saturation import Saturation, saturation_along
from gdsim.core.analysis.memory_weights import Memory, recorded_memory
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import Columns, RunStop, StopReason
from gdsim.core.formulas.language import Call, walk
from gdsim.core.formulas.numerals import number
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_names
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, part_of
from gdsim.core.rules.searches import FIXED
from gdsim.core.surface.valley import Walls, across_valley, walls_along

# A run that has lost all but this part of its highest loss has arrived: what it does then is not explained.
ARRIVED = 1e-6
# An output is rounded to some 1e-16; of a loss below the square of a few of these nothing can be said.
_ROUNDING = 4e-15
# Outputs that are as exact as their largest value, 1, however large the targets are.
_BOUNDED = ("sigmoid", "tanh")
# What may give a function of w and b an edge.
_KINKED = ("abs", "floor", "max", "min", "mod", "sign", "where")
# Until the walls are measured.
_NO_WALLS = Walls(np.zeros(0), np.zeros(0))
# Sigmoids that may be computed for one finding: some milliseconds.
MOST_SIGMOIDS = 1 << 17
# Rows, and rows times points, up to which the limit is measured: some tenths of a second.
_MOST_ROWS, _MOST_PRODUCTS = 1 << 15, 1 << 21
# A place with more parameters is not written out.
_FEW_PARAMETERS = 4
# More marks of one kind than this cannot be told apart on a timeline: the nearest ones are joined.
MOST_SPANS = 15


@dataclass(frozen=True, eq=False)
class Evidence:
    """One run, and what is known of it."""

    experiment: Experiment
    run: Run
    record: Columns  # Rows 0 to n
    stop: RunStop | None  # Why the run ended; None when it has not, or nobody knows
    saturation: Saturation
    # (d + 1,): the direction across the valley, a unit vector, or zeros where there is none to be known.
    across: Array
    walls: Walls  # At every row
    rest: Rest | None  # The end of the run, when saturated points hold it up there
    twin: Twin | None
    last_fall: LastFall | None = None  # Where it ends with all its steps made, and its loss still falls
    # At every row; None where steps use some of the points, or there are too many rows and points for it.
    limit: LimitCurve | None = None

    @cached_property
    def first(self) -> int:
        """The step of row 0: that at which a fork leaves its parent."""
        return self.experiment.clock(self.run).first

    @property
    def last(self) -> int:
        """The last row, n."""
        return len(self.record.loss) - 1

    @cached_property
    def moves(self) -> Array:
        """The n steps: shape (n, d + 1). Row k is made by update k + 1."""
        return np.diff(self.record.p, axis=0)

    def lines(self, update: int) -> RecordedLines:
        """Return the numbers of the rule's lines at one update."""
        return RecordedLines(self.run.optimizer, self.record, slice(update, update + 1))

    def gradients_at(self, rows: Rows) -> Array | None:
        """Return the gradients over all points at the run's own places, at rows before the last.

        None where they are not on the record and are too many to be computed.
        """
        if self.uses_all_points and not self.run.optimizer.update_rule.looks_ahead:
            return self.record.gradient[rows + 1]
        if len(rows) * len(self.experiment.points) > MOST_SIGMOIDS:
            return None
        return self.experiment.training.gradient(self.record.p[rows])

    def gathering(self, letter: str, update: int) -> Memory | None:
        """Return how one update gathered its gradient in a letter; None when that is no sum of gradients."""
        memory = recorded_memory(self.run, self.record, letter, update, update) if letter else None
        return memory if memory and memory.power == 1 else None

    @cached_property
    def per_epoch(self) -> int:
        """Updates in one epoch."""
        return self.experiment.updates_per_epoch(self.run)

    @property
    def wiggle(self) -> int:
        """How many steps may lie between two things that are one.

        None, when every update uses all points. Else two epochs: what happens in between comes of the points'
        taking turns.
        """
        return 0 if self.uses_all_points else 2 * self.per_epoch

    @property
    def written_names(self) -> tuple[str, ...]:
        return written_names(self.experiment.points.dimension)

    def place_text(self, place: Array, written: Callable[[float], str]) -> str:
        """Return a place such as ``"w = 1.79, b = −2.28"``; nothing where it has many parameters."""
        if len(place) > _FEW_PARAMETERS:
            return ""
        named = zip(self.written_names, place.tolist(), strict=True)
        return ", ".join(f"{name} = {written(value)}" for name, value in named)

    @property
    def is_sampled(self) -> bool:
        """Whether only a sample of the points was looked at."""
        return len(self.saturation.picked) < len(self.experiment.points)

    @property
    def uses_all_points(self) -> bool:
        """Whether every update uses all points."""
        return self.per_epoch == 1

    @property
    def is_searched(self) -> bool:
        """Whether each step has a length of its own, which is looked for."""
        return self.run.search.definition != FIXED

    @cached_property
    def noise(self) -> float:
        """The loss below which roundings are all that is seen."""
        objective, points = self.experiment.objective, len(self.experiment.points)
        if isinstance(objective, FunctionObjective):
            return -math.inf
        if objective.activation in _BOUNDED:
            rounding = _ROUNDING
        else:
            rounding = _ROUNDING * max(1.0, float(np.abs(self.experiment.points.y).max()))
        term = {"squared": rounding**2, "huber": 0.5 * rounding**2}.get(objective.loss, rounding)
        return objective.factor(points) * points * term

    @cached_property
    def lowest(self) -> float:
        """From where a loss is measured: 0, where none is below; else the lowest one that is recorded."""
        return 0.0 if self.has_floor else float(self.record.loss.min())

    @cached_property
    def has_floor(self) -> bool:
        """Whether no loss is below 0."""
        objective, y = self.experiment.objective, self.experiment.points.y
        if isinstance(objective, FunctionObjective):
            return False
        return objective.loss != "cross-entropy" or bool(y.min() >= 0.0 and y.max() <= 1.0)

    @cached_property
    def has_kinks(self) -> bool:
        """Whether the loss may have edges, where its gradient tells nothing of the other side."""
        objective = self.experiment.objective
        if isinstance(objective, FunctionObjective):
            return any(
                isinstance(one, Call) and one.function in _KINKED for one in walk(objective.lines.value)
            )
        return objective.loss == "absolute" or objective.activation == "relu"

    @cached_property
    def arrived_below(self) -> float:
        highest = float(self.record.loss.max()) - self.lowest
        return max(self.lowest + ARRIVED * highest, self.noise)

    @cached_property
    def under_way(self) -> Flags:
        """Whether the run had not arrived: one flag for each row."""
        return self.record.loss > self.arrived_below


def gather(experiment: Experiment, run: Run, record: Columns, stop: RunStop | None) -> Progress[Evidence]:
    """Measure what the diagnoses look at; yield the share that is done, every 10 ms or so."""
    saturation = yield from part_of(saturation_along(experiment, record), 0.0, 0.3)
    evidence = Evidence(experiment, run, record, stop, saturation, np.zeros(0), _NO_WALLS, None, None)
    across = np.zeros(record.p.shape[-1])
    if not evidence.has_kinks:
        across = across_valley(saturation.data, record.p, record.loss)
    walls = yield from part_of(walls_along(saturation.data, record.p, across, evidence.lowest), 0.3, 0.5)
    twin = yield from part_of(twin_of(experiment, run, record), 0.5, 0.6)
    limit = yield from part_of(_limit_of(experiment, run, record), 0.6, 0.7)
    evidence = replace(evidence, across=across, walls=walls, twin=twin, limit=limit)
    if stop is not None and stop.reason is StopReason.FINISHED:
        floor = evidence.lowest if evidence.has_floor else -math.inf
        falls = yield from part_of(last_fall(experiment, run, record, floor), 0.7, 0.8)
        evidence = replace(evidence, last_fall=falls)
    if not evidence.under_way[-1]:
        return evidence
    rest = yield from part_of(what_would_help(experiment, run, record, saturation), 0.8, 1.0)
    return replace(evidence, rest=rest)


def _limit_of(experiment: Experiment, run: Run, record: Columns) -> Progress[LimitCurve | None]:
    rows, points = len(record.loss), len(experiment.points)
    affordable = rows <= _MOST_ROWS and rows * points <= _MOST_PRODUCTS
    if not affordable or experiment.updates_per_epoch(run) > 1:
        return None
    return (yield from limit_curve(experiment.training, run, record))


# ------------------------------------------------------------------ from flags to spans of the record


class Span(NamedTuple):
    """Rows ``first`` to ``last``, both included."""

    first: int
    last: int


def edges(flags: Flags) -> tuple[Rows, Rows]:
    """Return where runs of true flags begin, and where each is over: the first row behind it."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return changes[::2], changes[1::2]


def spans(flags: Flags, gap: int = 0) -> list[Span]:
    """Return the runs of true flags; those with at most ``gap`` false ones between them are one.

    Where there are very many, more are: see `joined`. A span is no proof that all of its flags are true.
    """
    begins, ends = edges(flags)
    return joined(begins, ends - 1, gap)


def joined(firsts: Rows, lasts: Rows, gap: int) -> list[Span]:
    """Return spans, given by their ends in order, with the gaps up to a size closed.

    Never more than `MOST_SPANS`: beyond that the smallest gaps are closed too.
    """
    if len(firsts) == 0:
        return []
    gaps = firsts[1:] - lasts[:-1] - 1
    if (gaps > gap).sum() >= MOST_SPANS:
        # As wide as the gaps that stay open, so that what looks alike is treated alike.
        gap = int(np.partition(gaps, -MOST_SPANS)[-MOST_SPANS])
    parted = np.flatnonzero(gaps > gap)
    begins = firsts[np.concatenate([[0], parted + 1])]
    ends = lasts[np.concatenate([parted, [len(lasts) - 1]])]
    return [Span(int(first), int(last)) for first, last in zip(begins, ends, strict=True)]


# ----------------------------------------------------------------------------------------------- what is said


def reads_alike(loss: Array) -> bool:
    """Return whether some losses are all written with the same digits."""
    return number(float(loss.min())) == number(float(loss.max()))


class FindingKind(Enum):
    """What a run can be found doing; the value is its name for a person."""

    PLATEAU = "Plateau"
    FALSE_VALLEY = "False valley"
    DEAD = "Dead neuron"
    OVERSHOOT = "Overshoot"
    U_TURN = "U-turn"
    DIVERGENCE = "Divergence"
    DECAYED_RATE = "Decayed rate"
    HOVERING = "Hovering"
    FIRST_STEPS = "First steps"
    MOMENTUM_CAP = "Momentum at its cap"
    ROUNDING = "Rounding"
    BEYOND_LIMIT = "Beyond the limit"
    LIMIT_CAME = "The limit came closer"
    UPHILL = "Uphill"
    CONVERGENCE = "Convergence"
    STILL_FALLING = "Still falling"


@dataclass(frozen=True)
class Finding:
    """Something a run does over some of its steps, and why."""

    kind: FindingKind
    # first, last: the stretch of the path it is about, from step to step. What a single update does spans two
    # steps: the one before it, where it can be watched, and the one after it.
    first: int
    last: int
    sentence: str  # With the numbers
    # What was measured, each by its name, in the order to be shown; counts as int.
    numbers: dict[str, float] = field(default_factory=dict, hash=False)

    def covers(self, step: int) -> bool:
        """Return whether it is about what is seen at a step."""
        return self.first <= step <= self.last
