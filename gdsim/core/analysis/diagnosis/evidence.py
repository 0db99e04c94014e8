"""What the diagnoses are based on: the record of one run, and what is measured of it once for all of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gdsim.core.analysis.curvature.limit_curve import LimitCurve, limit_curve
from gdsim.core.analysis.diagnosis.probes import LastFall, StuckEnd, Twin, last_fall, twin_of, what_would_help
from gdsim.core.analysis.diagnosis.saturation import Saturation, saturation_along
from gdsim.core.analysis.memory_weights import Memory, recorded_memory
from gdsim.core.analysis.recorded import RecordedLines
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.trajectory import RecordColumns, RunStop, StopReason
from gdsim.core.formulas.numerals import integer_text, number, told_apart
from gdsim.core.formulas.syntax import Call, walk
from gdsim.core.language.texts import said
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.neuron import written_names
from gdsim.core.model.objective import FunctionObjective
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, part_of
from gdsim.core.rules.searches import FIXED
from gdsim.core.surface.valley import Walls, across_valley, walls_along

# A run that has lost all but this share of its highest loss has arrived; what it does then is not explained.
ARRIVED = 1e-6
# An output is rounded to about 1e-16; nothing can be said about a loss below the square of a few of these.
_ROUNDING = 4e-15
# Activation functions whose outputs are rounded like their largest value, 1, however large the targets are.
_BOUNDED = ("sigmoid", "tanh")
# Functions that may give a loss of w and b an edge.
_KINKED = ("abs", "floor", "max", "min", "mod", "sign", "where")
# Until the walls are measured.
_NO_WALLS = Walls(np.zeros(0), np.zeros(0))
# Sigmoids that may be computed for one finding, which takes some milliseconds.
MOST_SIGMOIDS = 1 << 17
# Rows, and rows times points, up to which the limit is measured, which takes some tenths of a second.
_MOST_ROWS, _MOST_PRODUCTS = 1 << 15, 1 << 21
# A place with more parameters is not written out.
_FEW_PARAMETERS = 4
# More marks of one kind than this cannot be told apart on a timeline, so the nearest ones are joined.
MOST_SPANS = 15


@dataclass(frozen=True, eq=False)
class Evidence:
    """A run, and what was measured of it."""

    experiment: Experiment
    run: Run
    record: RecordColumns  # Rows 0 to n
    stop: RunStop | None  # Why the run ended; None if it has not, or if the reason is unknown
    saturation: Saturation
    # (d + 1,): the direction across the valley, a unit vector, or zeros if it is unknown.
    across: Array
    walls: Walls  # At every row
    rest: StuckEnd | None  # The end of the run, if saturated points hold it up there
    twin: Twin | None
    last_fall: LastFall | None = None  # The end of the run, if it made all its steps and its loss still falls
    # At every row; None if steps use only some of the points, or if there are too many rows and points.
    limit: LimitCurve | None = None

    @cached_property
    def first(self) -> int:
        """The step of row 0, at which a fork leaves its parent."""
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
        return RecordedLines(self.run.optimizer, self.record, slice(update, update + 1))

    def gradients_at(self, rows: Rows) -> Array | None:
        """Return the gradients over all points at the places of the run, for rows before the last.

        Return None if they are not on the record and too many to be computed.
        """
        if self.uses_all_points and not self.run.optimizer.update_rule.looks_ahead:
            return self.record.gradient[rows + 1]
        if len(rows) * len(self.experiment.points) > MOST_SIGMOIDS:
            return None
        return self.experiment.training.gradient(self.record.p[rows])

    def gathering(self, letter: str, update: int) -> Memory | None:
        """Return how an update gathered its gradient in a letter, or None if that is no sum of gradients."""
        memory = recorded_memory(self.run, self.record, letter, update, update) if letter else None
        return memory if memory and memory.power == 1 else None

    @cached_property
    def per_epoch(self) -> int:
        """The number of updates in an epoch."""
        return self.experiment.updates_per_epoch(self.run)

    @property
    def joining_gap(self) -> int:
        """The most steps that may lie between two events that count as one.

        It is 0 if every update uses all points. Otherwise it is two epochs, because what happens in between
        comes from the points taking turns.
        """
        return 0 if self.uses_all_points else 2 * self.per_epoch

    @property
    def written_names(self) -> tuple[str, ...]:
        return written_names(self.experiment.points.dimension)

    def place_text(self, place: Array, written: Callable[[float], str]) -> str:
        """Return a place such as ``"w = 1.79, b = −2.28"``; empty if it has many parameters."""
        if len(place) > _FEW_PARAMETERS:
            return ""
        named = zip(self.written_names, place.tolist(), strict=True)
        return ", ".join(f"{name} = {written(value)}" for name, value in named)

    @property
    def is_sampled(self) -> bool:
        """Whether only a sample of the points was examined."""
        return len(self.saturation.picked) < len(self.experiment.points)

    @property
    def uses_all_points(self) -> bool:
        return self.per_epoch == 1

    @property
    def is_searched(self) -> bool:
        """Whether the length of each step is searched for."""
        return self.run.search.definition != FIXED

    @cached_property
    def noise(self) -> float:
        """The loss below which there is only rounding."""
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
        """The level from which losses are measured: 0 if none is below it, else the lowest recorded loss."""
        return 0.0 if self.has_floor else float(self.record.loss.min())

    @cached_property
    def has_floor(self) -> bool:
        """Whether no loss can be below 0."""
        objective, y = self.experiment.objective, self.experiment.points.y
        if isinstance(objective, FunctionObjective):
            return False
        return objective.loss != "cross-entropy" or bool(y.min() >= 0.0 and y.max() <= 1.0)

    @cached_property
    def has_kinks(self) -> bool:
        """Whether the loss may have edges, where its gradient says nothing about the other side."""
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
        """For each row, whether the run had not arrived yet."""
        return self.record.loss > self.arrived_below


def gathering_evidence(
    experiment: Experiment, run: Run, record: RecordColumns, stop: RunStop | None
) -> Progress[Evidence]:
    """Measure what the diagnoses are based on; yield the share that is done, every 10 ms or so."""
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


def _limit_of(experiment: Experiment, run: Run, record: RecordColumns) -> Progress[LimitCurve | None]:
    rows, points = len(record.loss), len(experiment.points)
    affordable = rows <= _MOST_ROWS and rows * points <= _MOST_PRODUCTS
    if not affordable or experiment.updates_per_epoch(run) > 1:
        return None
    return (yield from limit_curve(experiment.training, run, record))


# ------------------------------------------------------------------ from flags to spans of the record


class RowSpan(NamedTuple):
    """Rows ``first`` to ``last``, both included."""

    first: int
    last: int


def ends_of_true(flags: Flags) -> tuple[Rows, Rows]:
    """Return the rows at which runs of true flags begin, and the first rows after each of them."""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return changes[::2], changes[1::2]


def spans(flags: Flags, gap: int = 0) -> list[RowSpan]:
    """Return the runs of true flags, joined where at most ``gap`` false flags are between them.

    If there are very many, more are joined; see `joined`. So not all flags of a span need be true.
    """
    begins, ends = ends_of_true(flags)
    return joined(begins, ends - 1, gap)


def joined(firsts: Rows, lasts: Rows, gap: int) -> list[RowSpan]:
    """Return spans, given by their ends in order, joined across gaps of up to ``gap`` rows.

    Never more than `MOST_SPANS`; beyond that the smallest gaps are closed too.
    """
    if len(firsts) == 0:
        return []
    gaps = firsts[1:] - lasts[:-1] - 1
    if (gaps > gap).sum() >= MOST_SPANS:
        # The widest gap that has to be closed; equal ones are too, so that equal gaps are treated alike.
        gap = int(np.partition(gaps, -MOST_SPANS)[-MOST_SPANS])
    parted = np.flatnonzero(gaps > gap)
    begins = firsts[np.concatenate([[0], parted + 1])]
    ends = lasts[np.concatenate([parted, [len(lasts) - 1]])]
    return [RowSpan(int(first), int(last)) for first, last in zip(begins, ends, strict=True)]


# ----------------------------------------------------------------------------------------------- what is said


def what_the_loss_does(loss: Array) -> str:
    """Return a sentence on the losses of some steps: where they begin and end, or that they stay there."""
    steps = integer_text(len(loss) - 1)
    low, high = number(float(loss.min())), number(float(loss.max()))
    if low == high:
        start = number(float(loss[0]))
        return said("In these {steps} steps the loss stays at {start}.", steps=steps, start=start)
    start, end = told_apart(loss[[0, -1]].tolist())
    if start == end:
        return said(
            "In these {steps} steps the loss lies between {low} and {high}, and ends where it began, at "
            "{start}.",
            steps=steps,
            low=low,
            high=high,
            start=start,
        )
    return said(
        "In these {steps} steps the loss goes from {start} to {end}.", steps=steps, start=start, end=end
    )


class FindingKind(Enum):
    """What a run can be found doing; the value is its display name."""

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
    STOPPED = "No further step"


@dataclass(frozen=True)
class Finding:
    """Something a run does over some of its steps, and why."""

    kind: FindingKind
    # first, last: the stretch of the path that it is about, from step to step. What a single update does
    # spans two steps: the one before it, from which it can be watched, and the one after it.
    first: int
    last: int
    sentence: str  # With the numbers
    # What was measured, by name, in the order in which it is shown; counts are int.
    numbers: dict[str, float] = field(default_factory=dict, hash=False)

    def covers(self, step: int) -> bool:
        return self.first <= step <= self.last
