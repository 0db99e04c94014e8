"""The records of an experiment's runs: how they are computed, and which of them survive an edit."""

import math
import time
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.trajectory import (
    RecordColumns,
    RunStop,
    RunTable,
    StopReason,
    Trajectory,
    rows_with_room,
)
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import W_AND_B, Axes
from gdsim.core.model.run import Run, RunClock
from gdsim.session.frame import RunView
from gdsim.session.tasks import Task

if TYPE_CHECKING:
    from gdsim.core.engine.runs import RowsMade

# The time between two progress reports of a run: long enough to be worth one, and too short to be noticed.
_REPORT_SECONDS = 0.004
FIRST_CHUNK = 64  # The most steps
# The largest factors by which the number of steps per chunk grows and shrinks, so that a delay by something
# else does not make the chunks tiny.
_GROWTH, _SHRINKAGE = 4, 16
# A step over this many times as many points as another run's is held to be much more work.
_MUCH_MORE_WORK = 1000


class GrowingRecord:
    """A run with its record, which is being computed and has room for ``rows`` rows."""

    def __init__(self, experiment: Experiment, run: Run, rows: int) -> None:
        points = len(experiment.points)
        self.run = run  # As it was when computing began; its name and colour may have changed since
        self._requested = self._shown = run  # The run that was last requested, and how it is shown
        self.clock, self.total = experiment.clock(run), experiment.total_steps(run)
        self.parent: GrowingRecord | None = None  # For a fork the record of its parent, if there is one
        self.points = points
        self.batch_size = run.batching.batch_size(points)
        self.loss_interval = loss_interval(points, self.batch_size)  # In steps
        self.task: Task | None = None  # Fills the record
        self._experiment, self._room = experiment, rows
        self.table = RunTable(run, points, rows)
        # The worker thread, in `compute`, writes its rows; the GUI thread counts them.
        self.trajectory = Trajectory(self.table.columns(rows))
        self._is_stopped = False

    @classmethod
    def of(cls, experiment: Experiment, run: Run) -> "GrowingRecord":
        """Return an empty record for a run, with room for all steps if the memory suffices."""
        room = rows_with_room(experiment, run, len(experiment.runs))
        return cls(experiment, run, min(experiment.total_steps(run) + 1, room))

    @property
    def waits(self) -> bool:
        """Whether it is a fork without a task, and its parent has not been computed up to the fork yet."""
        if self.parent is None or self.task is not None:
            return False
        row = self.clock.first - self.parent.clock.first
        return self.parent.trajectory.stop is None and len(self.parent.trajectory) <= row

    @property
    def is_behind(self) -> bool:
        """Whether it is a fork that has no row yet, and is shown by its parent's record."""
        return self.run.fork is not None and not len(self.trajectory)

    def stop(self) -> None:
        """Compute no further steps. May be called from another thread."""
        self._is_stopped = True

    def compute(self) -> "Generator[RowsMade, None, RowsMade]":
        """Compute the run, as the work of a task.

        Yield the number of rows written every few milliseconds, and return it at the end.
        """
        # Imported in the worker thread, so that the window need not wait for the engine.
        from gdsim.core.engine.beginning import Past  # noqa: PLC0415
        from gdsim.core.engine.runs import LARGEST_CHUNK, filling_record  # noqa: PLC0415

        began = time.perf_counter()
        parent = self.parent
        past = Past(parent.table, len(parent.trajectory)) if parent else None
        steps = filling_record(self._experiment, self.run, self.table, past)
        rows = next(steps)
        # The start takes longer than a step of a small data set, and about as long as one of a large one.
        size = most = max(1, min(int(_REPORT_SECONDS / (time.perf_counter() - began)), FIRST_CHUNK))
        while rows.stop is None:
            if (self._is_stopped and (rows.made or self.parent)) or rows.made == self._room:
                reason = StopReason.STOPPED if self._is_stopped else StopReason.FULL
                rows = rows._replace(stop=RunStop(reason, self.clock.first + max(0, rows.made - 1)))
                break
            chunk_began, before = time.perf_counter(), rows.made
            rows = steps.send(min(size, self._room - rows.made))
            if not rows.made:  # the past of a fork is being computed
                yield rows
                continue
            now = time.perf_counter()
            most = min(most * _GROWTH, LARGEST_CHUNK)
            fitting = int(_REPORT_SECONDS * max(1, rows.made - before) / (now - chunk_began))
            size = max(min(fitting, most), size // _SHRINKAGE, 1)
            # Report if another chunk would exceed that time.
            if now - began > 0.5 * _REPORT_SECONDS and rows.stop is None:
                yield rows
                began = time.perf_counter()
        return rows

    def last(self, *, by_epoch: bool) -> int:
        """Return the last step or epoch; an epoch cut short counts once the run is over."""
        last = self.clock.first + max(self.trajectory.last_step, 0)
        if not by_epoch:
            return last
        clock = self.clock
        return -((clock.epoch0 - last) // clock.per_epoch) if self.trajectory.stop else clock.epoch(last)

    def view(self, run: Run, cursor: int, *, by_epoch: bool, axes: Axes = W_AND_B) -> RunView:
        """Return the run at the cursor, with the name and colour of ``run``."""
        if self.is_behind:  # shown by its parent's record until then
            clock = RunClock(per_epoch=self.clock.per_epoch)
            view = (
                self.parent.view(self.parent.run, cursor, by_epoch=by_epoch, axes=axes)
                if self.parent
                else RunView(run, _only_start(run), 0, clock, points=self.points, axes=axes)
            )
            return replace(view, begun=False, borrowed=True)
        clock, last = self.clock, self.trajectory.last_step
        row = (clock.end_of(cursor) if by_epoch else cursor) - clock.first
        if run is not self._requested:  # once per run, not in each frame
            self._requested, self._shown = run, run if run is self.run else self.run.styled_like(run)
        return RunView(
            self._shown,
            self.trajectory,
            min(max(row, 0), last),
            clock,
            self.loss_interval,
            begun=row >= 0,
            points=self.points,
            axes=axes,
        )


def _only_start(run: Run) -> Trajectory:
    """Return a record of a run's start alone, for a fork whose past is being computed."""
    columns = RecordColumns.room(1, len(run.start), len(run.optimizer.update_rule.letters))
    columns.p[0] = run.start
    return Trajectory.of(columns)


@dataclass(frozen=True, eq=False)
class RunRecords:
    """The records of all runs of an experiment. Runs with the same numbers share a record."""

    experiment: Experiment
    each: tuple[GrowingRecord, ...] = ()

    def revised(self, new: Experiment) -> "RunRecords":
        """Return the records for ``new``: records that are still valid, and empty ones without a task."""
        old = self.experiment
        kept = self.each if (old.points, old.objective) == (new.points, new.objective) else ()
        same_validation = old.validation == new.validation
        each: list[GrowingRecord] = []
        for run in new.runs:
            holds = same_validation or not run.needs_validation
            usable = (*kept, *each) if holds else each
            record = next((one for one in usable if one.run.computes_like(run)), None)
            each.append(record or GrowingRecord.of(new, run))
        for record in each:
            parent = record.run.fork.parent.computed if record.run.fork else None
            record.parent = next((one for one in each if one.run.computed == parent), None)
        return RunRecords(new, tuple(each))

    @property
    def begun(self) -> bool:
        """Whether the start of every run is known, or it is a fork shown by its parent's record."""
        # A plain loop, here and below, because each frame asks twice.
        for record in self.each:  # noqa: SIM110
            if record.trajectory.last_step < 0 and not record.is_behind:
                return False
        return True

    @property
    def complete(self) -> bool:
        for record in self.each:  # noqa: SIM110
            if not record.trajectory.stop:
                return False
        return True

    def length(self, *, by_epoch: bool) -> int:
        """Return the last step or epoch that can be shown: the last one that every growing record has.

        When steps are counted, a run whose steps are much more work than those of others is left out, so that
        the others need not wait; it is shown as far as it is computed.
        """
        fewest = min([record.batch_size for record in self.each], default=1)
        most = math.inf if by_epoch else _MUCH_MORE_WORK * fewest
        growing = [
            one
            for one in self.each
            if one.trajectory.stop is None and one.batch_size <= most and not one.is_behind
        ]
        lasts = [record.last(by_epoch=by_epoch) for record in growing or self.each if not record.is_behind]
        return (min if growing else max)(lasts, default=0)

    @property
    def progress(self) -> float:
        """The share of all steps that is computed; 1 when nothing is left to compute."""
        left = [
            record.total - max(0, record.trajectory.last_step)
            for record in self.each
            if record.trajectory.stop is None
        ]
        return 1.0 - sum(left) / sum(record.total for record in self.each) if any(left) else 1.0

    def views(
        self, runs: tuple[Run, ...], cursor: int, *, by_epoch: bool, axes: Axes = W_AND_B
    ) -> tuple[RunView, ...]:
        """Return the views of all runs at the cursor; none until all their starts are known."""
        if len(runs) != len(self.each) or not self.begun:
            return ()
        views = [
            record.view(run, cursor, by_epoch=by_epoch, axes=axes)
            for run, record in zip(runs, self.each, strict=True)
        ]
        return tuple(views)
