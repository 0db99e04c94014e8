"""The records of an experiment's runs, and what an edit leaves of them."""

import math
from dataclasses import dataclass

from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.trajectory import Trajectory, rows_with_room
from gdsim.core.model.experiment import Experiment, Run
from gdsim.session.computing import RunComputation
from gdsim.session.frame import RunView
from gdsim.session.tasks import Task

# A step of so many times as many points is much more work than one of a few.
_MUCH_MORE_WORK = 1000


@dataclass(eq=False)
class RunRecord:
    """A run, and its record while it is computed.

    Attributes
    ----------
    run : Run
        As it was when it was begun; its name and colour may have changed since.
    per_epoch, total : int
        Its steps in one epoch, and in all of them.
    batch_size : int
        How many points feed a step.
    loss_interval : int
        How many steps lie between two losses on its record.
    computation : RunComputation
    task : Task or None
        What fills the record.
    """

    run: Run
    per_epoch: int
    total: int
    batch_size: int
    loss_interval: int
    computation: RunComputation
    task: Task | None = None

    @classmethod
    def of(cls, experiment: Experiment, index: int) -> "RunRecord":
        """Return the empty record of one run."""
        run, runs = experiment.runs[index], len(experiment.runs)
        total, points = experiment.total_steps(run), len(experiment.points)
        batch_size = run.batching.batch_size(points)
        return cls(
            run,
            experiment.updates_per_epoch(run),
            total,
            batch_size,
            loss_interval(points, batch_size),
            RunComputation(experiment, index, min(total + 1, rows_with_room(experiment, run, runs))),
        )

    @property
    def trajectory(self) -> Trajectory:
        """What is recorded so far."""
        return self.computation.trajectory

    def last(self, *, by_epoch: bool) -> int:
        """Return the last step or epoch there is; an epoch cut short counts when the run is over."""
        last = max(self.trajectory.last_step, 0)
        if not by_epoch:
            return last
        return -(-last // self.per_epoch) if self.trajectory.stop else last // self.per_epoch

    def view(self, run: Run, cursor: int, *, by_epoch: bool) -> RunView:
        """Return the run at the cursor, with the name and colour of ``run``."""
        step = min(cursor * self.per_epoch if by_epoch else cursor, self.trajectory.last_step)
        own = run if run is self.run else self.run.looking_like(run)
        return RunView(own, self.trajectory, step, self.per_epoch, self.loss_interval)


@dataclass(frozen=True, eq=False)
class RunRecords:
    """A record for each run of an experiment. Runs that give the same numbers share theirs.

    Attributes
    ----------
    experiment : Experiment
    each : tuple of RunRecord
    """

    experiment: Experiment
    each: tuple[RunRecord, ...] = ()

    def revised(self, new: Experiment) -> "RunRecords":
        """Return the records of ``new``: what still holds is kept, the rest is empty, and has no task."""
        old = self.experiment
        kept = self.each if old.points == new.points else ()
        same_validation = old.validation == new.validation
        each: list[RunRecord] = []
        for index, run in enumerate(new.runs):
            holds = same_validation or not run.schedule.needs_validation
            usable = (*kept, *each) if holds else each
            record = next((one for one in usable if one.run.computes_like(run)), None)
            each.append(record or RunRecord.of(new, index))
        return RunRecords(new, tuple(each))

    @property
    def begun(self) -> bool:
        """Whether the starts of all runs are known."""
        return all(len(record.trajectory) for record in self.each)

    @property
    def complete(self) -> bool:
        """Whether no record grows any more."""
        return all(record.trajectory.stop for record in self.each)

    def length(self, *, by_epoch: bool) -> int:
        """Return the last step or epoch that can be shown: as far as every growing record has come.

        A run whose steps are so much more work that others make thousands meanwhile does not hold up a clock that
        counts steps. It is shown as far as it has come.
        """
        fewest = min((record.batch_size for record in self.each), default=1)
        most = math.inf if by_epoch else _MUCH_MORE_WORK * fewest
        growing = [one for one in self.each if one.trajectory.stop is None and one.batch_size <= most]
        lasts = [record.last(by_epoch=by_epoch) for record in growing or self.each]
        return (min if growing else max)(lasts, default=0)

    @property
    def progress(self) -> float:
        """The share of all steps that is computed; 1 when none is left."""
        total = sum(record.total for record in self.each)
        left = sum(
            record.total - record.last(by_epoch=False)
            for record in self.each
            if record.trajectory.stop is None
        )
        return 1.0 - left / total if left else 1.0

    def views(self, runs: tuple[Run, ...], cursor: int, *, by_epoch: bool) -> tuple[RunView, ...]:
        """Return every run at the cursor; nothing until all of their starts are known."""
        if len(runs) != len(self.each) or not self.begun:
            return ()
        return tuple(
            record.view(run, cursor, by_epoch=by_epoch) for run, record in zip(runs, self.each, strict=True)
        )
