"""Computing a race: every rule is tuned from some starts, and judged from others."""

import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from gdsim.core.arrays import Array, Flags, Rows
from gdsim.core.engine.effort import evaluations_per_update
from gdsim.core.engine.ensemble import Ensemble, RunEnd
from gdsim.core.engine.run_blocks import RunBlock, Runs, advancing, block_count, worker_count
from gdsim.core.engine.runs import first_steps
from gdsim.core.engine.searched_ensemble import SearchedEnsemble
from gdsim.core.exercises.race.plan import RaceEntry, RacePlan
from gdsim.core.exercises.race.result import EntryResult, RaceResult
from gdsim.core.exercises.run_settings import differences_in
from gdsim.core.model.run import Run
from gdsim.core.progress import Progress, part_of

# Tuning compares mean losses rounded to this many digits.
_DIGITS = 3


def racing(plan: RacePlan, cores: int | None = None) -> Progress[RaceResult]:
    """Tune and judge every rule, yielding the share done.

    The result depends neither on the number of cores nor on how the work is divided.
    """
    workers = cores or worker_count(len(plan.experiment.points))
    tuned = [
        _EntryRuns(plan, entry, plan.trials_of(place), plan.tuning_starts)
        for place, entry in enumerate(plan.entries)
    ]
    # The median run of each entry is computed once more.
    judged = (len(plan.judging_starts) + 1) * sum(map(plan.updates, plan.entries))
    total, done = max(1, judged + sum(runs.size for runs in tuned)), 0
    with ThreadPoolExecutor(workers) as pool:
        for work_done in advancing([one for runs in tuned for one in runs.blocks()], pool, workers):
            done += work_done
            yield done / total
        judged_runs = [runs.of_trial(runs.best()) for runs in tuned]
        for work_done in advancing([one for runs in judged_runs for one in runs.blocks()], pool, workers):
            done += work_done
            yield done / total
    entries = tuple(runs.result(name) for name, runs in zip(plan.names, judged_runs, strict=True))
    medians = []
    for runs, entry in zip(judged_runs, entries, strict=True):
        work = _within_budget(plan, runs.run_from(entry.median_start), entry.name)
        medians.append((yield from part_of(work, done / total, (done + runs.updates) / total)))
        done += runs.updates
        yield done / total
    return RaceResult(plan, entries, tuple(medians))


def _within_budget(plan: RacePlan, run: Run, name: str) -> Progress[Run]:
    """Return a run with a name, and with as many epochs as the budget allows."""
    experiment, updates = plan.experiment, plan.terms.budget // evaluations_per_update(run.optimizer)
    if run.is_searched:  # the cost of its updates is known only afterwards
        longest = replace(run, epochs=plan.terms.budget)
        record = yield from first_steps(experiment, longest, plan.terms.budget)
        updates = int(np.searchsorted(record.whole.cost[:, 0], plan.terms.budget, side="right")) - 1
    epochs = math.ceil(updates / run.batching.updates_per_epoch(len(experiment.points)))
    return replace(run, name=name, epochs=max(1, epochs))


class _EntryRuns:
    """The runs of one entry, with each trial's settings from each start."""

    def __init__(self, plan: RacePlan, entry: RaceEntry, values: Mapping[str, Array], starts: Array) -> None:
        self.plan, self.entry, self.values, self.starts = plan, entry, values, starts
        trials = len(next(iter(values.values()))) if values else 1
        self.updates = plan.updates(entry)
        # (trials, starts): gradient evaluations until solved, and the loss at the end
        self.evaluations = np.full((trials, len(starts)), np.inf)
        self.loss = np.full((trials, len(starts)), np.inf)
        # What a search evaluated besides gradients until then.
        self.losses, self.solves = np.zeros((2, trials, len(starts)), int)

    @property
    def size(self) -> int:
        """The most updates there are to make."""
        return self.loss.size * self.updates

    def of_trial(self, trial: int) -> "_EntryRuns":
        """Return the runs with the settings of one trial, from the starts for judging."""
        values = {key: values[[trial]] for key, values in self.values.items()}
        return _EntryRuns(self.plan, self.entry, values, self.plan.judging_starts)

    def result(self, name: str) -> EntryResult:
        """Return the result of the only trial."""
        columns = (self.evaluations, self.loss, self.losses, self.solves)
        return EntryResult(name, self.run_from(0), *(column[0] for column in columns))

    def run_from(self, start: int) -> Run:
        """Return the run with the settings of the first trial, from one of the starts."""
        run = self._run_with({key: float(values[0]) for key, values in self.values.items()})
        return replace(run, start=tuple(self.starts[start].tolist()))

    def _run_with(self, values: Mapping[str, float]) -> Run:
        batching = self.plan.batching_of(self.entry)
        return replace(self.entry.run_with(values), batching=batching, seed=self.plan.terms.seed)

    def blocks(self) -> Iterator[RunBlock]:
        rows, below = np.arange(self.loss.size), self.plan.terms.solved_below
        for part in np.array_split(rows, block_count(len(rows), len(self.plan.experiment.points))):
            yield RunBlock(part, self.updates, below, self._runs, self._store_ends)

    def _runs(self, rows: Rows) -> Runs:
        """Return the runs of the given rows, which are numbered trial by trial."""
        trials, starts = np.divmod(rows, len(self.starts))
        # A rule may leave out lines if a setting is 0, so all runs share the lines for the largest values.
        run = self._run_with({axis.setting.name: axis.high for axis in self.entry.ranges})
        differences = differences_in({key: values[trials] for key, values in self.values.items()})
        data, places = self.plan.experiment.training, self.starts[starts]
        if run.is_searched:
            return SearchedEnsemble(run, data, places, differences, self.plan.terms.budget)
        return Ensemble(run, data, places, differences)

    def _store_ends(self, runs: Runs, which: Flags, rows: Rows, end: RunEnd) -> None:
        gradients = np.array(runs.done * evaluations_per_update(self.entry.optimizer))
        if isinstance(runs, SearchedEnsemble):
            gradients, self.losses.flat[rows], self.solves.flat[rows] = runs.cost[:, which]
        if end is not RunEnd.DIVERGED:
            self.loss.flat[rows] = runs.loss[which]
        if end is RunEnd.SOLVED:
            self.evaluations.flat[rows] = gradients

    def best(self) -> int:
        """Return the trial that solves the most starts.

        Ties are broken by the fewest evaluations, and then by the lowest mean loss.
        """
        is_solved = np.isfinite(self.evaluations)
        evaluations = np.where(is_solved, self.evaluations, 0.0).sum(axis=1)
        losses = [float(f"{value:.{_DIGITS}g}") for value in self.loss.mean(axis=1).tolist()]
        return int(np.lexsort((np.array(losses), evaluations, -is_solved.sum(axis=1)))[0])
