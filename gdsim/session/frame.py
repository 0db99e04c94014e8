"""Frames, which the panes draw: the cursor, and a prefix of every run's record."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from gdsim.core.arrays import Array
from gdsim.core.engine.sparse_loss import KnownLoss, last_known
from gdsim.core.engine.trajectory import RecordColumns, Trajectory
from gdsim.core.model.experiment import Experiment
from gdsim.core.model.plane import USUAL_PLANE, W_AND_B, Axes, Plane, in_plane
from gdsim.core.model.run import Run, RunClock

if TYPE_CHECKING:
    from gdsim.core.analysis.searched import SearchedStep
    from gdsim.core.analysis.update import Update

ClockPlace = TypeVar("ClockPlace", float, Array)
CachedT = TypeVar("CachedT")


class Cached(Generic[CachedT]):
    """A `functools.cached_property` without the lock that it has before Python 3.12.

    Its users belong to one thread.
    """

    def __init__(self, compute: Callable[[Any], CachedT]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: object, owner: type | None = None) -> CachedT:
        value = instance.__dict__[self._name] = self._compute(instance)
        return value


@dataclass(frozen=True, eq=False)
class RunView:
    """The state of a run at the cursor."""

    run: Run  # The run recorded; for a moment after an edit, as it was before the edit
    trajectory: Trajectory  # Has at least one row, the start
    # The row of its record at the cursor: its last row if it ended earlier, and its first if it is a fork
    # that has not begun. This equals the step, except in a fork; `number` is the step of any run.
    step: int
    clock: RunClock
    loss_interval: int = 1  # The number of steps from one loss on its record to the next
    begun: bool = True  # Whether the cursor has reached its first row
    borrowed: bool = False  # Whether it has no row yet, and this is its parent's record
    points: int = 1  # The number of points that it is computed over
    axes: Axes = W_AND_B  # The two parameters that are drawn

    @classmethod
    def at(cls, experiment: Experiment, run: Run, trajectory: Trajectory, step: int) -> "RunView":
        """Return the view of a run of an experiment at a row of its record."""
        clock, points = experiment.clock(run), len(experiment.points)
        return cls(run, trajectory, step, clock, points=points, axes=experiment.slice.axes)

    @classmethod
    def at_end(cls, run: Run, record: RecordColumns, axes: Axes = W_AND_B) -> "RunView":
        """Return the view of a run, outside of the window's experiment, at the end of its record."""
        trajectory = Trajectory.of(record)
        return cls(run, trajectory, trajectory.last_step, RunClock(), axes=axes)

    @Cached
    def begins(self) -> tuple[float, ...] | None:
        """Return the parameters at which it starts, or is forked; None as long as they are unknown."""
        if self.run.fork is None:
            return self.run.start
        return None if self.borrowed else tuple(self.trajectory.until(0).p[0].tolist())

    @property
    def number(self) -> int:
        """The step at the cursor; in a fork, counted from the start of its first ancestor."""
        return self.clock.first + self.step

    @property
    def last_number(self) -> int:
        """The last step computed so far, counted like `number`."""
        return self.clock.first + self.trajectory.last_step

    @property
    def epoch(self) -> int:
        return self.epoch_at(self.number)

    def epoch_at(self, step: int) -> int:
        """Return the number of epochs finished at a step, counted like `number`."""
        return max(0, self.clock.epoch(step))

    def row_at(self, place: float, *, by_epoch: bool) -> float:
        """Return the row of its record at a step or an epoch; the row need not exist."""
        clock = self.clock
        return (clock.epoch0 + place * clock.per_epoch if by_epoch else place) - clock.first

    def place_of(self, row: ClockPlace, *, by_epoch: bool) -> ClockPlace:
        """Return the step or the epoch of a row of its record."""
        number = row + self.clock.first
        return (number - self.clock.epoch0) / self.clock.per_epoch if by_epoch else number

    def clock_within(self, first: int, last: int, *, by_epoch: bool) -> int:
        """Return the first step or epoch in a range of steps; the epoch before if none ends in the range."""
        if not by_epoch:
            return first
        after = -(-(first - self.clock.epoch0) // self.clock.per_epoch)
        return after if self.clock.end_of(after) <= last else self.epoch_at(first)

    # Cached, because every pane asks for the same values.
    @Cached
    def past(self) -> RecordColumns:
        """Rows 0 to ``step``, without copying."""
        return self.trajectory.until(self.step)

    @property
    def whole(self) -> RecordColumns:
        """All rows recorded so far, without copying."""
        return self.trajectory.whole

    @Cached
    def p(self) -> Array:
        """Return the parameters at the cursor: shape (d + 1,)."""
        return self.trajectory.at(self.step)[0]

    @Cached
    def place(self) -> tuple[float, float]:
        """Return the parameters at the cursor, in the plane that is drawn."""
        w, b = in_plane(self.p, self.axes).tolist()
        return w, b

    @Cached
    def loss(self) -> float:
        """Return the loss at the cursor; NaN if it was not computed there."""
        return self.trajectory.at(self.step)[1]

    @Cached
    def known_loss(self) -> KnownLoss:
        """Return the last loss that was computed up to the cursor."""
        known = KnownLoss(self.step, self.loss)
        return last_known(self.past.loss) if math.isnan(known.value) else known

    @property
    def path(self) -> Array:
        """The path so far in the plane that is drawn: shape (step + 1, 2)."""
        return in_plane(self.past.p, self.axes)


@dataclass(frozen=True, eq=False)
class Frame:
    """The state of all runs at one moment of playback."""

    cursor: int  # The step shown, or the epoch if ``by_epoch``
    length: int  # The last step or epoch so far
    by_epoch: bool
    # One for each run of the experiment, hidden ones included; empty until the starts are known.
    views: tuple[RunView, ...]
    selected: int
    # The selected run's update that begins at the cursor; at the end of the run, its last one.
    update: "Update | None" = None
    part: str = ""  # The part of that update that is highlighted; empty for all of it
    # Whether the next frame follows at once, so that there is no time for work that can wait.
    playing: bool = False
    dragging: bool = False  # Whether a point or a start is being dragged by the mouse
    plane: Plane = USUAL_PLANE  # The plane drawn; runs may lie outside of it
    follows: bool = False  # Whether the plane goes through the selected run; while playing it lags a little
    is_waiting: bool = False  # Whether there are runs whose starts are not all known yet
    # The search for the step of the update, if there was one; over very many points it lags a little.
    search: "SearchedStep | None" = None

    def distance(self, view: RunView) -> float:
        return 0.0 if self.plane.is_all else float(self.plane.distance(view.p))

    def is_beside(self, view: RunView) -> bool:
        """Return whether a run is outside of the plane, and not just ahead of a plane that follows it."""
        return not (self.follows and self.playing and view is self.current) and self.distance(view) != 0.0

    @Cached
    def complete(self) -> bool:
        """Return whether no record grows any more."""
        return all(view.trajectory.stop for view in self.views)

    @Cached
    def looks(self) -> tuple[object, ...]:
        """Return what the frame shows, to compare frames: rows beyond the cursor make no difference."""
        runs = [(view.trajectory, view.run, view.step) for view in self.views]
        drawn = self.plane, self.follows, self.playing, self.dragging
        return self.cursor, self.by_epoch, runs, self.selected, self.update, self.part, self.search, drawn

    @Cached
    def shown(self) -> tuple[tuple[int, RunView], ...]:
        """Return the visible runs with their indices, the selected one last, so that it is painted on top."""
        visible = [
            (index, view) for index, view in enumerate(self.views) if not (view.run.hidden or view.borrowed)
        ]
        others = [pair for pair in visible if pair[0] != self.selected]
        return (*others, *(pair for pair in visible if pair[0] == self.selected))

    @Cached
    def begun(self) -> tuple[tuple[int, RunView], ...]:
        """Return the visible runs with their indices, except forks that begin after the cursor."""
        return tuple([pair for pair in self.shown if pair[1].begun])  # faster than a generator

    @Cached
    def current(self) -> RunView | None:
        """Return the selected run; None if there is none."""
        return self.views[self.selected] if self.selected < len(self.views) else None
