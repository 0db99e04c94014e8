"""The search for the step at the cursor, repeated at once for few points, else in a worker thread."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from gdsim.session.tasks import Task, TaskQueue

if TYPE_CHECKING:
    from gdsim.core.analysis.searched import SearchedStep
    from gdsim.core.analysis.update import Update

# Over more points a search takes longer than a frame, and is left out during playback.
_FEW = 4096


class StepSearch(QObject):
    """Repeater of the line search of one update, so that its tries can be shown."""

    found = Signal()  # the search of the last requested update is done

    def __init__(self, tasks: TaskQueue, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task | None = None  # repeats a search that is not known yet
        self._update: Update | None = None
        self._known: SearchedStep | None = None

    @property
    def is_busy(self) -> bool:
        return self._task is not None

    def of(self, update: "Update | None", *, playing: bool, at_once: bool) -> "SearchedStep | None":
        """Return the search for the step of an update; None if there was none, or it is not known yet.

        With ``at_once`` the search is repeated before returning, however long that takes.
        """
        if update is None or not update.run.is_searched:
            self.stop()
            return None
        from gdsim.core.analysis.searched import searched_step  # noqa: PLC0415 - few runs look for their steps

        few = at_once or len(update.points) <= _FEW
        if update is self._update and not (few and self.is_busy):
            return self._known
        self.stop()
        if few:
            self._update, self._known = update, searched_step(update)
        elif not playing:
            self._update = update
            self._task = self._tasks.submit(partial(searched_step, update), self._on_found)
        return self._known

    def stop(self) -> None:
        """Cancel the task and forget the last search."""
        if self._task is not None:
            self._task.cancel()
        self._task = self._update = self._known = None

    @Slot(object)
    def _on_found(self, search: "SearchedStep | None") -> None:
        self._task, self._known = None, search
        self.found.emit()
