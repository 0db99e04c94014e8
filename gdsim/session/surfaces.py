"""The error surface of an open document, sampled in the background when any of its inputs changes."""

import math
import time
from collections.abc import Callable
from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.objective import Objective
from gdsim.core.model.plane import Plane
from gdsim.core.model.points import PointSet
from gdsim.core.surface.map_view import MapView, map_plan_of
from gdsim.core.surface.surface import GRID, MOST_TERMS, LossSurface, SurfaceRequest
from gdsim.session.tasks import Task, TaskQueue

if TYPE_CHECKING:
    from gdsim.core.surface.plane_loss import PlaneLoss

# While a slice follows a run, or a point is dragged, surfaces take no more than this share of the time. In a
# drag the share is for sampling alone, because painting in turns has a share of its own.
_TIME_SHARE = 0.12
# The least time between two surfaces in a drag, during which maps are not painted more often anyway.
_DRAG_SECONDS = 0.2


class Pace(Enum):
    """When the next surface is sampled: at once, or after a pause."""

    AT_ONCE = auto()
    PLAYING = auto()  # a slice follows the run
    DRAGGING = auto()


class SurfaceSampler:
    """Sampler of one surface at a time, with a cache of the loss function for the last points and plane."""

    def __init__(self) -> None:
        self._known: tuple[PointSet, Objective, Plane, PlaneLoss] | None = None

    def sample(self, wanted: SurfaceRequest) -> LossSurface:
        # Imported with the first surface, when the window is already there.
        from gdsim.core.surface.plane_loss import loss_on_plane  # noqa: PLC0415
        from gdsim.core.surface.sampling import sample_terms  # noqa: PLC0415

        points, view_range, plane, plan, objective = wanted
        known = self._known
        if known is None or known[0] is not points or known[1:3] != (objective, plane):
            known = self._known = points, objective, plane, loss_on_plane(points, objective, plane)
        return sample_terms(known[3], view_range, plane, plan=plan)


class Surfaces(QObject):
    """The surface that was sampled last, and the tasks that sample new ones.

    Signals
    -------
    sampled(LossSurface)
    due()
        It is time for a surface that was put off, so `update` should be called.
    exact_progress(float)
        Share of the exact surface that is done; 1 when none is being computed.
    """

    sampled = Signal(object)
    due = Signal()
    exact_progress = Signal(float)

    def __init__(
        self, tasks: TaskQueue, parent: QObject | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        super().__init__(parent)
        self.last: LossSurface | None = None
        self.map_view = MapView()
        self._tasks = tasks
        self._sampler = SurfaceSampler()
        self._requested: SurfaceRequest | None = None
        self._task: Task | None = None
        self._exact_task: Task | None = None
        self._clock = clock
        self._requested_at = -math.inf  # when the last one was requested
        self._sampling = self._painting = 0.0  # seconds that each took last
        self._painting_began = 0.0
        # Fires once the panes have painted, because Qt handles paint events before this timer.
        self._painted = QTimer(self, singleShot=True)
        self._painted.timeout.connect(self._on_painted)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.due)

    @property
    def is_sampling(self) -> bool:
        """Whether a surface is being sampled or was put off."""
        return self._task is not None or self._timer.isActive()

    def update(self, experiment: Experiment, plane: Plane, pace: Pace) -> None:
        """Sample the surface, now or soon, unless it is the one that was last requested."""
        wanted = self._request(experiment, plane)
        if wanted == self._requested:
            return
        self.stop_exact()  # it belongs to an earlier surface
        if self._task is not None:  # this surface is requested again when that one is done
            return
        left = self._delay(wanted, pace)
        if left > 0:
            self._timer.start(left)
            return
        self._timer.stop()
        self._requested_at = self._clock()
        self._requested = wanted
        self._task = self._tasks.submit(partial(self._sampler.sample, wanted), self._on_sampled)

    def sample_slice(self, experiment: Experiment, plane: Plane) -> None:
        """Sample a slice in this thread, for a picture that cannot wait, unless there are too many points."""
        wanted = self._request(experiment, plane)
        if plane.is_all or wanted == self._requested or len(wanted.points) > MOST_TERMS:
            return
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._timer.stop()
        self._requested = wanted
        self._set_last(self._sampler.sample(wanted))

    def time_painting(self) -> None:
        """Measure how long it takes to paint a surface. Call this when the panes are given the surface."""
        self._painting_began = self._clock()
        self._painted.start(0)

    def sample_exactly(self, experiment: Experiment, plane: Plane) -> None:
        from gdsim.core.surface.sampling import sampling_exactly  # noqa: PLC0415 - as above

        self.stop_exact()
        self.exact_progress.emit(0.0)
        work = partial(sampling_exactly, self._request(experiment, plane))
        self._exact_task = self._tasks.submit(work, self._on_exact, progressed=self.exact_progress.emit)

    def stop_exact(self) -> None:
        if self._exact_task:
            self._exact_task.cancel()
            self._exact_task = None
            self.exact_progress.emit(1.0)

    def stop(self) -> None:
        """Cancel a surface that was put off."""
        self._timer.stop()

    def _request(self, experiment: Experiment, plane: Plane) -> SurfaceRequest:
        plan = map_plan_of(experiment.view_range, self.map_view, GRID, log=experiment.log_height)
        return SurfaceRequest(experiment.points, experiment.view_range, plane, plan, experiment.objective)

    def _delay(self, wanted: SurfaceRequest, pace: Pace) -> int:
        """Return the delay of the next surface in milliseconds."""
        is_another = self._requested is None or wanted[:2] != self._requested[:2]
        if pace is Pace.AT_ONCE or (pace is Pace.PLAYING and is_another):
            return 0
        if pace is Pace.DRAGGING:
            apart = max(self._sampling / _TIME_SHARE, _DRAG_SECONDS)
        else:
            apart = (self._sampling + self._painting) / _TIME_SHARE
        return math.ceil(1000.0 * max(0.0, self._requested_at + apart - self._clock()))

    @Slot()
    def _on_painted(self) -> None:
        self._painting = self._clock() - self._painting_began

    def _on_sampled(self, surface: LossSurface) -> None:
        self._task = None
        self._sampling = self._clock() - self._requested_at
        self._set_last(surface)

    def _on_exact(self, surface: LossSurface) -> None:
        self._exact_task = None
        self.exact_progress.emit(1.0)
        self._set_last(surface)

    def _set_last(self, surface: LossSurface) -> None:
        self.last = surface
        self.sampled.emit(surface)
