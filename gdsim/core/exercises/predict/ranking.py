"""Which of three runs gets lowest: three rates, or three rules."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gdsim.core.analysis.series import rises
from gdsim.core.engine.trajectory import RecordColumns
from gdsim.core.exercises.rate_ladder import at_rate, first_columns
from gdsim.core.formulas.numerals import exact, number, told_apart
from gdsim.core.language.texts import counted, said, translated
from gdsim.core.model.edits import change_optimizer
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import W_AND_B, Axes, in_plane
from gdsim.core.model.run import Run
from gdsim.core.model.view_range import ViewRange
from gdsim.core.progress import Progress, part_of
from gdsim.core.rules.catalogue import LECTURE_RULES

RATE_FACTORS = (0.1, 1.0, 10.0)
# The margin around paths on a map, as a share of their extent, and at least as a share of the whole map.
_AROUND, _LEAST = 0.15, 0.02


@dataclass(frozen=True, eq=False)
class Contender:
    label: str  # Its rate or its rule
    record: RecordColumns  # From the common start; it ends before the first step that is not finite
    diverged: bool

    @property
    def last(self) -> float:
        """The loss at its end; infinite if it diverged."""
        return float("inf") if self.diverged else float(self.record.loss[-1])


@dataclass(frozen=True, eq=False)
class Ranking:
    """The contenders after a number of steps."""

    each: tuple[Contender, ...]
    steps: int

    @property
    def order(self) -> tuple[int, ...]:
        """The indices of the contenders, lowest loss first."""
        return tuple(sorted(range(len(self.each)), key=lambda index: self.each[index].last))

    def is_right(self, order: Sequence[int]) -> bool:
        """Return whether an order is right; runs with equal losses may be in any order."""
        return self.pairs_right(order) == len(order) * (len(order) - 1) // 2

    def pairs_right(self, order: Sequence[int]) -> int:
        return sum(self.each[one].last <= self.each[other].last for one, other in combinations(order, 2))


def rates_to_rank(run: Run) -> tuple[tuple[str, Run], ...]:
    """Return a run at a smaller rate, its own and a larger one, each with a label."""
    rates = [float(f"{run.optimizer.eta * factor:.12g}") for factor in RATE_FACTORS]
    return tuple((f"η = {exact(rate)}", at_rate(run, rate)) for rate in rates)


def rules_to_rank(run: Run) -> tuple[tuple[str, Run], ...]:
    """Return a run with its own rule and with two others of the lecture, each with a label.

    The others are the first and the last that differ from its own, with their default settings.
    """
    others = [rule for rule in LECTURE_RULES.values() if rule.id != run.optimizer.id]
    rivals = (
        (translated(one.title), replace(change_optimizer(run, one()), name=""))
        for one in (others[0], others[-1])
    )
    return ((translated(run.optimizer.title), run), *rivals)


def ranking(
    experiment: Experiment, runs: Sequence[tuple[str, Run]], start: Sequence[float], steps: int
) -> Progress[Ranking]:
    """Compute labelled runs from the same start, yielding the share done, and return their ranking.

    All start at the parameters ``start`` (d + 1,) without any memory, and make ``steps`` steps, at least 1,
    even if their own epochs are fewer.
    """
    contenders = []
    for done, (label, run) in enumerate(runs):
        epochs = -(-steps // experiment.updates_per_epoch(run))
        alone = replace(run, start=tuple(start), epochs=epochs, fork=None)
        work = first_columns(experiment, alone, steps)
        record, diverged = yield from part_of(work, done / len(runs), (done + 1) / len(runs))
        contenders.append(Contender(label, record, diverged))
    return Ranking(tuple(contenders), steps)


def view_range_of_paths(result: Ranking, whole: ViewRange, axes: Axes = W_AND_B) -> ViewRange:
    """Return a view range with all paths, as far as one map size beyond each edge of the whole map."""
    paths = np.vstack([in_plane(one.record.p, axes) for one in result.each])
    low, high = whole.corners
    span = high - low
    paths = np.clip(paths, low - span, high + span)
    low, high = paths.min(axis=0), paths.max(axis=0)
    margin = np.maximum(_AROUND * (high - low), _LEAST * span)
    view_range = ViewRange.between(low - margin, high + margin)
    return whole if view_range.fault() else view_range


def ranking_words(result: Ranking, order: Sequence[int]) -> str:
    """Say what is right about an order."""
    names = ", ".join(result.each[index].label for index in result.order)
    pairs = len(order) * (len(order) - 1) // 2
    if result.is_right(order):
        return counted(
            result.steps,
            "Right: after {n} step, from the lowest loss up, {names}.",
            "Right: after {n} steps, from the lowest loss up, {names}.",
            names=names,
        )
    pairs_right = result.pairs_right(order)
    right = counted(
        pairs_right,
        "{n} of {pairs} pairs is in the right order",
        "{n} of {pairs} pairs are in the right order",
        pairs=pairs,
    )
    return said("{right}. From the lowest loss up: {names}.", right=right, names=names)


def why_they_rank(result: Ranking) -> tuple[str, ...]:
    """Say what each contender did, the best first."""
    best_first = [result.each[index] for index in result.order]
    first, *lasts = told_apart([float(best_first[0].record.loss[0]), *(one.last for one in best_first)], 4)
    return tuple(_what_it_did(one, first, last) for one, last in zip(best_first, lasts, strict=True))


def _what_it_did(one: Contender, first: str, last: str) -> str:
    loss = one.record.loss
    moves = np.hypot.reduce(np.diff(one.record.p, axis=0), axis=1)
    if one.diverged:
        return counted(
            len(moves),
            "{label}: diverged after {n} step, so it ranks last.",
            "{label}: diverged after {n} steps, so it ranks last.",
            label=one.label,
        )
    did = said(
        "{label}: L from {first} to {last}; a path {length} long, the longest step {longest}",
        label=one.label,
        first=first,
        last=last,
        length=number(float(moves.sum())),
        longest=number(float(moves.max(initial=0.0))),  # there is no step if a search finds none
    )
    if np.isnan(loss).any():  # with very many points, not every loss is computed
        return f"{did}."
    risen = int(rises(loss).sum())
    if not risen:
        return said("{did}; no step raised the loss.", did=did)
    return said("{did}; {risen} of {steps} steps raised the loss.", did=did, risen=risen, steps=len(moves))
