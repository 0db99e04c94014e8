"""The error surface of an open document, sampled in the background when what it is made from has changed."""

from enum import Enum, auto
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from gdsim.core.model.experiment import Experiment, ViewRange
from gdsim.core.model.objective import Objective
from gdsim.core.model.plane import Plane
from gdsim.core.model.points import PointSet
from gdsim.core.surface.map_view import MapPlan, MapView, plan_of
from gdsim.core.surface.surface import GRID, MOST_TERMS, LossSurface, SurfaceSampler, sampling_exactly
from gdsim.session.tasks import Task, TaskQueue

# While a slice follows a run, or a point is dragged, one surface comes no sooner than this after another,
# and takes no more than a share of the time. In a drag the maps are not painted more often anyway.
_PLAYING_MS, _DRAGGING_MS, _SHARE = 80, 200, 0.15


class Pace(Enum):
    """How fast one surface comes after another."""

    AT_ONCE = auto()
    PLAYING = auto()  # a slice follows the run
    DRAGGING = auto()


class _Request(NamedTuple):
    """The arguments of the functions that sample."""

    points: PointSet
    view_range: ViewRange
    plane: Plane
    plan: MapPlan
    objective: Objective


class Surfaces(QObject):
    """The surface that was sampled last, and the tasks that sample others.

    Signals
    -------
    sampled(LossSurface or None, LossSurface)
        The surface before and the new one.
    due()
        It is time for a surface that was put off: `update` is to be called.
    exact_progress(float)
        Share of the exact surface that is done; 1 when none is in work.
    """

    sampled = Signal(object, object)
    due = Signal()
    exact_progress = Signal(float)

    def __init__(self, tasks: TaskQueue, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: LossSurface | None = None
        self.map_view = MapView()
        self._tasks = tasks
        self._sampler = SurfaceSampler()
        self._requested: _Request | None = None
        self._task: Task | None = None
        self._exact_task: Task | None = None
        self._since, self._took = QElapsedTimer(), 0  # the last was begun, and so many ms later there
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer)

    @property
    def is_sampling(self) -> bool:
        """Whether a surface is still to come."""
        return self._task is not None or self._timer.isActive()

    def update(self, experiment: Experiment, plane: Plane, pace: Pace) -> None:
        """Sample the surface if it is another one than the last that was asked for, now or soon."""
        wanted = self._request(experiment, plane)
        if wanted == self._requested:
            return
        self.stop_exact()  # that was of another surface
        if self._task is not None:  # this one is asked for when that one is there
            return
        left = self._left(wanted, pace)
        if left > 0:
            self._timer.start(left)
            return
        self._timer.stop()
        self._since.start()
        self._requested = wanted
        self._task = self._tasks.submit(partial(self._sampler.sample, *wanted), self._on_sampled)

    def sample_slice(self, experiment: Experiment, plane: Plane) -> None:
        """Sample a slice here and now, as for a picture that cannot wait for the next one."""
        wanted = self._request(experiment, plane)
        if plane.is_all or wanted == self._requested or len(wanted.points) > MOST_TERMS:
            return
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._timer.stop()
        self._requested = wanted
        self._take(self._sampler.sample(*wanted))

    def sample_exactly(self, experiment: Experiment, plane: Plane) -> None:
        """Compute the surface over all points without approximation."""
        self.stop_exact()
        self.exact_progress.emit(0.0)
        work = partial(sampling_exactly, *self._request(experiment, plane))
        self._exact_task = self._tasks.submit(work, self._on_exact, progressed=self.exact_progress.emit)

    def stop_exact(self) -> None:
        """Compute no exact surface any more."""
        if self._exact_task:
            self._exact_task.cancel()
            self._exact_task = None
            self.exact_progress.emit(1.0)

    def stop(self) -> None:
        """Sample nothing that was put off."""
        self._timer.stop()

    def _request(self, experiment: Experiment, plane: Plane) -> _Request:
        plan = plan_of(experiment.view_range, self.map_view, GRID, log=experiment.log_height)
        return _Request(experiment.points, experiment.view_range, plane, plan, experiment.objective)

    def _left(self, wanted: _Request, pace: Pace) -> int:
        """Return for how many milliseconds the next surface is put off."""
        is_another = self._requested is None or wanted[:2] != self._requested[:2]
        if not self._since.isValid() or pace is Pace.AT_ONCE or (pace is Pace.PLAYING and is_another):
            return 0
        apart = _DRAGGING_MS if pace is Pace.DRAGGING else _PLAYING_MS
        return max(apart, int(self._took / _SHARE)) - int(self._since.elapsed())

    @Slot()
    def _on_timer(self) -> None:
        self._since.invalidate()
        self.due.emit()

    def _on_sampled(self, surface: LossSurface) -> None:
        self._task, self._took = None, int(self._since.elapsed())
        self._take(surface)

    def _on_exact(self, surface: LossSurface) -> None:
        self._exact_task = None
        self.exact_progress.emit(1.0)
        self._take(surface)

    def _take(self, surface: LossSurface) -> None:
        before, self.last = self.last, surface
        self.sampled.emit(before, surface)
