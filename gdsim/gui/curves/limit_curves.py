"""How close the runs come to their stability limits at every step, computed in the background."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from gdsim.core.arrays import Array
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.point_loss import PointLoss
from gdsim.session.frame import RunView
from gdsim.session.tasks import Task, TaskQueue

if TYPE_CHECKING:
    from gdsim.core.analysis.curvature.limit_curve import LimitCurve


class LimitCurves(QObject):
    """The limit curves of complete records; a record that still grows has none."""

    changed = Signal()  # a curve has been computed
    progressed = Signal(float)  # from 0 to 1

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = TaskQueue(self)
        self._known: WeakKeyDictionary[Trajectory, LimitCurve] = WeakKeyDictionary()
        self._asked: dict[Trajectory, Task] = {}

    @property
    def is_busy(self) -> bool:
        return bool(self._asked)

    def ask(self, data: PointLoss, views: Iterable[RunView]) -> None:
        """Compute the curves of these runs, and cancel those of all others."""
        from gdsim.core.analysis.curvature.limit_curve import limit_curve  # noqa: PLC0415 - seldom needed

        wanted = {view.trajectory: view for view in views if view.trajectory.stop is not None}
        for trajectory in self._asked.keys() - wanted.keys():
            self._asked.pop(trajectory).cancel()
        for trajectory, view in wanted.items():
            if trajectory not in self._known and trajectory not in self._asked:
                work = partial(limit_curve, data, view.run, view.whole)
                done = partial(self._on_done, trajectory)
                self._asked[trajectory] = self._tasks.submit(work, done, progressed=self.progressed.emit)

    def gauge(self, view: RunView) -> Array | None:
        """Return the share of the limit at every step, shape (n,); None if it is not known yet."""
        known = self._known.get(view.trajectory)
        return None if known is None else known.gauge

    def _on_done(self, trajectory: Trajectory, curve: "LimitCurve") -> None:
        self._asked.pop(trajectory, None)
        self._known[trajectory] = curve
        self.changed.emit()
