"""The records of an experiment's runs, and what an edit leaves of them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from gdsim.core.engine.engine import LARGEST_CHUNK
from gdsim.core.engine.record_limit import rows_with_room
from gdsim.core.engine.sparse_loss import loss_interval
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.experiment import Experiment, Run
from gdsim.session.frame import RunView

# A step of so many times as many points is much more work than one of a few.
_MUCH_MORE_WORK = 1000


@dataclass(eq=False)
class Track:
    """A run and the record it grows into.

    Attributes
    ----------
    run : Run
        As it was when it took off; its name and colour may have changed since.
    per_epoch, total : int
        Its steps in one epoch, and in all of them.
    flight : int
        The number under which its chunks arrive.
    batch : int
        How many points feed a step.
    loss_interval : int
        How many steps lie between two losses on its record.
    trajectory : Trajectory
    """

    run: Run
    per_epoch: int
    total: int
    flight: int
    batch: int = 1
    loss_interval: int = 1
    trajectory: Trajectory = field(default_factory=Trajectory)

    def reach(self, *, by_epoch: bool) -> int:
        """Return the last step or epoch there is; an epoch cut short counts when the run is over."""
        last = max(self.trajectory.last_step, 0)
        if not by_epoch:
            return last
        return -(-last // self.per_epoch) if self.trajectory.stop else last // self.per_epoch

    def view(self, run: Run, cursor: int, *, by_epoch: bool) -> RunView:
        """Return the track's own run, looking like ``run``, as it stands at the cursor.

        For a moment after an edit ``run`` may compute something else than what is on the record.
        """
        step = cursor * self.per_epoch if by_epoch else cursor
        step = min(step, self.trajectory.last_step)
        own = run if run is self.run else self.run.looking_like(run)
        return RunView(own, self.trajectory, step, self.per_epoch, self.loss_interval)


@dataclass(frozen=True, eq=False)
class Tracks:
    """One track for each run of an experiment. Runs that give the same numbers share theirs.

    Attributes
    ----------
    experiment : Experiment
        What they were computed for.
    each : tuple of Track
    """

    experiment: Experiment
    each: tuple[Track, ...] = ()

    def revised(self, new: Experiment, submit: Callable[[Experiment, int], int]) -> "Tracks":
        """Return the tracks of ``new``: what still holds is kept, ``submit`` computes the rest.

        Parameters
        ----------
        new : Experiment
        submit : callable
            Given an experiment and the index of a run, it returns the number of the flight.
        """
        old = self.experiment
        kept = self.each if old.points == new.points else ()
        same_validation = old.validation == new.validation
        each: list[Track] = []
        for index, run in enumerate(new.runs):
            holds = same_validation or not run.schedule.needs_validation
            usable = (*kept, *each) if holds else each
            track = next((one for one in usable if one.run.computes_like(run)), None)
            if track is None:
                track = _take_off(new, run, submit(new, index))
            each.append(track)
        return Tracks(new, tuple(each))

    def can_show(self, experiment: Experiment) -> bool:
        """Return whether these tracks can stand for those of ``experiment`` for a moment."""
        same_inputs = self.experiment.points.dimension == experiment.points.dimension
        return same_inputs and len(self.each) == len(experiment.runs)

    @property
    def flights(self) -> frozenset[int]:
        """The numbers of all flights."""
        return frozenset(track.flight for track in self.each)

    def of_flight(self, number: int) -> Track | None:
        """Return the track that grows from a flight."""
        return next((track for track in self.each if track.flight == number), None)

    @property
    def begun(self) -> bool:
        """Whether the starts of all tracks are known."""
        return all(len(track.trajectory) for track in self.each)

    @property
    def complete(self) -> bool:
        """Whether no track grows any more."""
        return all(track.trajectory.stop for track in self.each)

    def length(self, *, by_epoch: bool) -> int:
        """Return the last step or epoch that can be shown: as far as every growing track has come.

        A track whose steps are so much more work that others make thousands meanwhile does not hold up a
        clock that counts steps. It is shown as far as it has come.
        """
        lightest = min((track.batch for track in self.each), default=1)
        most = math.inf if by_epoch else _MUCH_MORE_WORK * lightest
        growing = [track for track in self.each if track.trajectory.stop is None and track.batch <= most]
        reaches = [track.reach(by_epoch=by_epoch) for track in growing or self.each]
        return (min if growing else max)(reaches, default=0)

    @property
    def progress(self) -> float:
        """The share of all steps that is computed; 1 when none is left."""
        total = sum(track.total for track in self.each)
        left = sum(
            track.total - track.reach(by_epoch=False) for track in self.each if track.trajectory.stop is None
        )
        return 1.0 - left / total if left else 1.0

    def views(self, runs: tuple[Run, ...], cursor: int, *, by_epoch: bool) -> tuple[RunView, ...]:
        """Return every run at the cursor; nothing until all of their starts are known."""
        if len(runs) != len(self.each) or not self.begun:
            return ()
        return tuple(
            track.view(run, cursor, by_epoch=by_epoch) for run, track in zip(runs, self.each, strict=True)
        )


def _take_off(experiment: Experiment, run: Run, number: int) -> Track:
    """Return the track of a flight that has just been asked for."""
    total, points = experiment.total_steps(run), len(experiment.points)
    batch = run.regime.batch_size(points)
    return Track(
        run,
        experiment.updates_per_epoch(run),
        total,
        number,
        batch,
        loss_interval(points, batch),
        Trajectory(min(total + 1, _most_rows(run, len(experiment.runs)))),
    )


def _most_rows(run: Run, runs: int) -> int:
    """Return how long the record of one of some runs may become, so that there is room for it at once."""
    return rows_with_room(run, runs) + LARGEST_CHUNK
