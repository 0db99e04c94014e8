"""The update at the cursor, taken apart once for as long as it is looked at."""

from typing import NamedTuple

from gdsim.core.analysis.update import Update, update_of
from gdsim.core.engine.trajectory import Trajectory
from gdsim.core.model.experiment import Experiment, Run
from gdsim.session.frame import RunView


class _Known(NamedTuple):
    """An update that was taken apart, and what it belongs to."""

    t: int
    record: Trajectory
    run: Run
    update: Update


class UpdateCache:
    """Remembers the update that was asked for last.

    Attributes
    ----------
    part : str
        Which part of it is highlighted; empty for all of it.
    """

    def __init__(self) -> None:
        self.part = ""
        self._known: _Known | None = None

    def update(self, experiment: Experiment, view: RunView) -> Update | None:
        """Return the update that begins at the cursor; at the end of the run, its last one."""
        t = min(view.step + 1, view.trajectory.last_step)
        if t < 1:
            return None
        known = self._known
        if known is None or known.t != t or known.record is not view.trajectory or known.run != view.run:
            update = update_of(experiment, view.run, view.whole, t)
            known = self._known = _Known(t, view.trajectory, view.run, update)
        return known.update

    def next_part(self, run: Run) -> str:
        """Return the part after the one that is highlighted; empty after the last one."""
        names = ("", *dict.fromkeys(run.optimizer.update_rule.parts), "")
        place = names.index(self.part) if self.part in names else 0
        return names[place + 1]
