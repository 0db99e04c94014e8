"""Computing a race: every rule is tuned on some starts, and judged on others."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from gdsim.core.analysis.effort import evaluations_per_update
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import Differences, Ensemble
from gdsim.core.engine.run_blocks import (
    Block,
    RunBlock,
    RunEnd,
    SearchedBlock,
    SearchEnd,
    advancing,
    block_count,
    core_count,
)
from gdsim.core.exercises.race.plan import Entry, RacePlan
from gdsim.core.exercises.race.result import EntryResult, RaceResult
from gdsim.core.model.experiment import Run
from gdsim.core.progress import Progress

# Losses that are equal to so many digits are equal where tuning has to choose.
_DIGITS = 3


def racing(plan: RacePlan, cores: int | None = None) -> Progress[RaceResult]:
    """Tune every rule, and judge it; yield the share that is done.

    The result does not depend on the number of cores, nor on how the work is cut.
    """
    points, workers = len(plan.experiment.points), cores or core_count()
    tuned = [
        heat_of(plan, entry, plan.trials_of(place), plan.tuning_starts)
        for place, entry in enumerate(plan.entries)
    ]
    judged = len(plan.judging_starts) * sum(map(plan.updates, plan.entries))
    total, done = max(1, judged + sum(heat.size for heat in tuned)), 0
    with ThreadPoolExecutor(workers) as pool:
        for made in advancing([one for heat in tuned for one in heat.blocks(points)], pool, workers):
            done += made
            yield done / total
        best = [heat.best() for heat in tuned]
        heats = [heat.of_trial(trial) for heat, trial in zip(tuned, best, strict=True)]
        for made in advancing([one for heat in heats for one in heat.blocks(points)], pool, workers):
            done += made
            yield done / total
    return RaceResult(
        plan,
        tuple(
            EntryResult(
                name,
                heat.run_of(0),
                int(tuning.solved[place]),
                heat.evaluations[0],
                heat.loss[0],
                heat.losses[0],
                heat.solves[0],
            )
            for name, heat, tuning, place in zip(plan.names, heats, tuned, best, strict=True)
        ),
    )


class _Heat:
    """Runs of one rule: at each of some settings, from each of some starts."""

    def __init__(self, plan: RacePlan, entry: Entry, values: Mapping[str, Array], starts: Array) -> None:
        self.plan, self.entry, self.values, self.starts = plan, entry, values, starts
        trials = len(next(iter(values.values()))) if values else 1
        self.updates = plan.updates(self.entry)
        # (trials, starts): evaluations until it was solved, and the loss at its end
        self.evaluations = np.full((trials, len(starts)), np.inf)
        self.loss = np.full((trials, len(starts)), np.inf)
        # What a search asked for beside gradients until then.
        self.losses, self.solves = np.zeros((2, trials, len(starts)), int)

    @property
    def size(self) -> int:
        """How many updates there are to make, at most."""
        return self.loss.size * self.updates

    def of_trial(self, trial: int) -> "_Heat":
        """Return the runs at the settings of one trial, from the starts that are judged."""
        values = {key: values[[trial]] for key, values in self.values.items()}
        return heat_of(self.plan, self.entry, values, self.plan.judging_starts)

    def run_of(self, trial: int) -> Run:
        """Return a run with the settings of a trial, from the first of the starts."""
        return self.run_from(trial, 0)

    def run_from(self, trial: int, start: int) -> Run:
        """Return the run with the settings of a trial, from one of the starts."""
        run = self.entry.run_with({key: float(values[trial]) for key, values in self.values.items()})
        place, batching = tuple(self.starts[start].tolist()), self.plan.batching_of(self.entry)
        return replace(run, batching=batching, seed=self.plan.seed, start=place)

    def blocks(self, points: int) -> Iterator[Block]:
        """Return the runs in pieces."""
        rows = np.arange(self.loss.size)
        return (_Block(self, part) for part in np.array_split(rows, block_count(len(rows), points)))

    def ensemble(self, rows: Rows) -> Ensemble:
        """Return some of the runs: those of the first trial come first."""
        trials, starts = np.divmod(rows, len(self.starts))
        # The lines may leave out what a setting of 0 does not need: all runs have those of the largest one.
        ends = {axis.setting.key: axis.high for axis in self.entry.ranges}
        run = replace(self.entry.run_with(ends), batching=self.plan.batching, seed=self.plan.seed)
        differences = Differences({key: values[trials] for key, values in self.values.items()})
        return Ensemble(run, self.plan.experiment.training, self.starts[starts], differences)

    def note(self, runs: Ensemble, which: Flags, rows: Rows, end: RunEnd) -> None:
        if end is not RunEnd.DIVERGED:
            self.loss.flat[rows] = runs.loss[which]
        if end is RunEnd.SOLVED:
            self.evaluations.flat[rows] = runs.done * evaluations_per_update(self.entry.optimizer)

    @property
    def solved(self) -> Rows:
        """How many starts each trial solves."""
        counts: Rows = np.count_nonzero(np.isfinite(self.evaluations), axis=1)
        return counts

    def best(self) -> int:
        """Return the trial that solves most starts.

        Of several the one with the fewest evaluations for that, then with the lowest loss in the mean.
        """
        evaluations = np.where(np.isfinite(self.evaluations), self.evaluations, 0.0).sum(axis=1)
        losses = [float(f"{value:.{_DIGITS}g}") for value in self.loss.mean(axis=1).tolist()]
        return int(np.lexsort((np.array(losses), evaluations, -self.solved))[0])


class _SearchedHeat(_Heat):
    """Runs whose steps are looked for: each is made on its own."""

    def blocks(self, points: int) -> Iterator[Block]:
        del points
        return iter([_SearchedBlock(self)])

    def take(self, row: int, ended: SearchEnd) -> None:
        """Take note of how a run ended."""
        gradients, losses, solves = ended.cost
        self.losses.flat[row], self.solves.flat[row] = losses, solves
        if ended.end is not RunEnd.DIVERGED:
            self.loss.flat[row] = ended.loss
        if ended.end is RunEnd.SOLVED:
            self.evaluations.flat[row] = gradients


def heat_of(plan: RacePlan, entry: Entry, values: Mapping[str, Array], starts: Array) -> _Heat:
    """Return the runs of an entry at some values of its settings, from some starts."""
    return (_SearchedHeat if entry.run.is_searched else _Heat)(plan, entry, values, starts)


class _SearchedBlock(SearchedBlock):
    """All runs of a heat whose steps are looked for."""

    def __init__(self, heat: _SearchedHeat) -> None:
        plan, rows = heat.plan, np.arange(heat.loss.size)
        super().__init__(rows, heat.updates, plan.solved_below, plan.experiment.training, plan.budget)
        self._heat = heat

    def run_of(self, row: int) -> Run:
        return self._heat.run_from(*divmod(row, len(self._heat.starts)))

    def note(self, row: int, ended: SearchEnd) -> None:
        self._heat.take(row, ended)


class _Block(RunBlock):
    """Some runs of a heat, made as one array."""

    def __init__(self, heat: _Heat, rows: Rows) -> None:
        plan = heat.plan
        super().__init__(rows, heat.updates, plan.solved_below, len(plan.experiment.points))
        self._heat = heat

    def make(self, rows: Rows) -> Ensemble:
        return self._heat.ensemble(rows)

    def note(self, runs: Ensemble, which: Flags, rows: Rows, end: RunEnd) -> None:
        self._heat.note(runs, which, rows, end)
