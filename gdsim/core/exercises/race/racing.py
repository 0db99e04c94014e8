"""Computing a race: every rule is tuned on some starts, and judged on others."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from gdsim.core.analysis.effort import evaluations_per_update
from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.ensemble import Differences, Ensemble
from gdsim.core.engine.run_blocks import RunBlock, RunEnd, advancing, block_count, core_count
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
        _Heat(plan, entry, plan.trials_of(place), plan.tuning_starts)
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
            EntryResult(name, heat.run_of(0), int(tuning.solved[place]), heat.evaluations[0], heat.loss[0])
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

    @property
    def size(self) -> int:
        """How many updates there are to make, at most."""
        return self.loss.size * self.updates

    def of_trial(self, trial: int) -> "_Heat":
        """Return the runs at the settings of one trial, from the starts that are judged."""
        values = {key: values[[trial]] for key, values in self.values.items()}
        return _Heat(self.plan, self.entry, values, self.plan.judging_starts)

    def run_of(self, trial: int) -> Run:
        """Return a run with the settings of a trial."""
        run = self.entry.run_with({key: float(values[trial]) for key, values in self.values.items()})
        start = tuple(self.starts[0].tolist())
        return replace(run, batching=self.plan.batching, seed=self.plan.seed, start=start)

    def blocks(self, points: int) -> Iterator["_Block"]:
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
