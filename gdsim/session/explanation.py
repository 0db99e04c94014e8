"""The findings about the selected run, computed once its record is complete and no drag is in progress."""

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gdsim.core.model.experiment import Experiment
from gdsim.core.model.points import PointSet
from gdsim.core.progress import Progress
from gdsim.session.run_records import GrowingRecord
from gdsim.session.tasks import Task, TaskQueue

# A drag that pauses for this long is explained, even if it may continue.
_PAUSE_MS = 200


class Explanation(QObject):
    """Finder of the findings about one run at a time."""

    found = Signal(object)  # tuple of Finding, or None as soon as the last ones are out of date

    def __init__(self, experiment: Experiment, tasks: TaskQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._experiment, self._tasks = experiment, tasks
        self._task: Task | None = None
        self._subject: tuple[GrowingRecord, PointSet] | tuple[()] = ()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._begin)

    def want(self, experiment: Experiment, record: GrowingRecord | None, *, dragging: bool) -> None:
        """Explain the run of a complete record, unless it is explained already. None is for no such run."""
        self._experiment = experiment
        subject: tuple[GrowingRecord, PointSet] | tuple[()] = (record, experiment.points) if record else ()
        if subject == self._subject:
            return
        self._subject = subject
        if not self._pause.isActive():  # else None was emitted when the pause began
            self.found.emit(None)
        if self._task:
            self._task.cancel()
        if dragging:
            self._pause.start()
        else:
            self._begin()

    def end_drag(self) -> None:
        """Explain at once what was to be explained after a pause."""
        if self._pause.isActive():
            self._begin()

    def begin_again(self) -> None:
        """Forget the last run, so that the next one is explained even if it is the same."""
        self._subject = ()
        self.found.emit(None)

    def stop(self) -> None:
        """Cancel an explanation that was to follow after a pause."""
        self._pause.stop()

    @Slot()
    def _begin(self) -> None:
        self._pause.stop()
        if self._subject:
            work = partial(_diagnosing, self._experiment, self._subject[0])
            self._task = self._tasks.submit(work, self.found.emit)


def _diagnosing(experiment: Experiment, record: GrowingRecord) -> Progress[object]:
    from gdsim.core.analysis.diagnosis import diagnosing  # noqa: PLC0415 - the window's start needs no findings

    trajectory = record.trajectory
    return diagnosing(experiment, record.run, trajectory.whole, trajectory.stop)
