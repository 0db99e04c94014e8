"""Which of three runs has the lowest loss after some steps, and what each of them did."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from gdsim.core.analysis.series import rises
from gdsim.core.analysis.words import count, number
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.trajectory import Columns, StopReason
from gdsim.core.exercises.rate_ladder import at_rate, with_last_loss
from gdsim.core.formulas.numerals import precise
from gdsim.core.model.edits import change_optimizer
from gdsim.core.model.experiment import Experiment, Run, ViewRange
from gdsim.core.progress import Progress, part_of
from gdsim.core.rules.catalogue import RULES

RATE_FACTORS = (0.1, 1.0, 10.0)
# The rules that a run's own is ranked with, the first two that are not its own.
_RIVALS = ("gd", "momentum", "adam")

# Around the ways on a map, as a share of what they take; and at least this share of the whole map.
_AROUND, _LEAST = 0.15, 0.02


@dataclass(frozen=True, eq=False)
class Contender:
    """A run that is ranked."""

    label: str  # What sets it apart: its rate, or its rule
    record: Columns  # From where all of them start; it ends before the first step that is not finite
    diverged: bool

    @property
    def last(self) -> float:
        """The loss at its end; infinite when it diverged."""
        return float("inf") if self.diverged else float(self.record.loss[-1])


@dataclass(frozen=True, eq=False)
class Ranking:
    """Contenders after so many steps."""

    each: tuple[Contender, ...]
    steps: int

    @property
    def order(self) -> tuple[int, ...]:
        """Their indices, the lowest loss first."""
        return tuple(sorted(range(len(self.each)), key=lambda index: self.each[index].last))

    def is_right(self, order: Sequence[int]) -> bool:
        """Return whether an order is right; equal losses may come either way round."""
        return self.pairs_right(order) == len(order) * (len(order) - 1) // 2

    def pairs_right(self, order: Sequence[int]) -> int:
        """Return how many pairs of an order stand the right way round."""
        return sum(self.each[one].last <= self.each[other].last for one, other in combinations(order, 2))


def rates_to_rank(run: Run) -> tuple[tuple[str, Run], ...]:
    """Return a run at a smaller rate, at its own, and at a larger one, with labels."""
    rates = [float(f"{run.optimizer.eta * factor:.12g}") for factor in RATE_FACTORS]
    return tuple((f"η = {precise(rate)}", at_rate(run, rate)) for rate in rates)


def rules_to_rank(run: Run) -> tuple[tuple[str, Run], ...]:
    """Return a run by its own rule and by two others, those with their usual settings, with labels."""
    rivals = [RULES[name] for name in _RIVALS if name != run.optimizer.id][:2]
    others = ((rule.title, replace(change_optimizer(run, rule()), name="")) for rule in rivals)
    return ((run.optimizer.title, run), *others)


def ranking(
    experiment: Experiment, runs: Sequence[tuple[str, Run]], start: Sequence[float], steps: int
) -> Progress[Ranking]:
    """Yield the share that is done; at the end return how some runs rank that begin at one place.

    Parameters
    ----------
    start : d + 1 floats
        Where all of them start, without a memory of earlier steps.
    steps : int
        From 1. A run makes them all, however few epochs it has.
    """
    contenders = []
    for done, (label, run) in enumerate(runs):
        epochs = -(-steps // experiment.updates_per_epoch(run))
        alone = replace(experiment, runs=(replace(run, start=tuple(start), epochs=epochs),))
        work = first_steps(alone, 0, steps)
        record = yield from part_of(work, done / len(runs), (done + 1) / len(runs))
        diverged = record.stop is not None and record.stop.reason is StopReason.DIVERGED
        columns = with_last_loss(record.until(steps), experiment.points)
        contenders.append(Contender(label, columns, diverged))
    return Ranking(tuple(contenders), steps)


def view_range_of_paths(result: Ranking, whole: ViewRange) -> ViewRange:
    """Return the part of the plane that holds all ways, as far as they stay near the whole map.

    A way may draw the picture out by as much as the map is wide, to every side.
    """
    ways = np.vstack([one.record.p[:, [0, -1]] for one in result.each])
    low, high = np.array([whole[0::2], whole[1::2]])
    span = high - low
    ways = np.clip(ways, low - span, high + span)
    low, high = ways.min(axis=0), ways.max(axis=0)
    margin = np.maximum(_AROUND * (high - low), _LEAST * span)
    (w_min, b_min), (w_max, b_max) = (low - margin).tolist(), (high + margin).tolist()
    view_range = ViewRange(w_min, w_max, b_min, b_max)
    return whole if view_range.fault() else view_range


def ranking_words(result: Ranking, order: Sequence[int]) -> str:
    """Return what is right about an order."""
    names = ", ".join(result.each[index].label for index in result.order)
    pairs = len(order) * (len(order) - 1) // 2
    if result.is_right(order):
        return f"Right: after {result.steps} steps, from the lowest loss up, {names}."
    right = f"{result.pairs_right(order)} of {pairs} pairs are the right way round"
    return f"{right}. From the lowest loss up: {names}."


def why_they_rank(result: Ranking) -> tuple[str, ...]:
    """Return what each contender did, the best one first."""
    return tuple(_what_it_did(result.each[index]) for index in result.order)


def _what_it_did(one: Contender) -> str:
    loss = one.record.loss
    moves = np.hypot(*np.diff(one.record.p[:, [0, -1]], axis=0).T)
    if one.diverged:
        return f"{one.label}: diverged after {count(len(moves))} steps, so it ranks last."
    way = f"a way of {number(float(moves.sum()))} units, the longest step {number(float(moves.max()))}"
    did = f"{one.label}: L from {number(float(loss[0]), 4)} to {number(one.last, 4)}; {way}"
    if np.isnan(loss).any():  # over very many points not every loss is computed
        return f"{did}."
    risen = int(rises(loss).sum())
    return f"{did}; {f'{risen} of {len(moves)} steps' if risen else 'no step'} raised the loss."
