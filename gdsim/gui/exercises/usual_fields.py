"""Fields whose values follow the document until the user types one."""

import math

import numpy as np

from gdsim.core.exercises.maps.outcome import usual_tolerance
from gdsim.core.model.objective import Objective
from gdsim.core.model.points import PointSet
from gdsim.core.settings import LOSS, Domain, Value
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.translation import tr
from gdsim.session.session import Session


class UsualField(NumberField):
    """Field that shows a default for the document until the user types a number."""

    def __init__(self, label: str, help_: str, domain: Domain, value: Value) -> None:
        super().__init__(label, help_, domain, value)
        self.is_typed = False
        self.committed.connect(self._on_typed)

    def show_usual(self, value: Value) -> None:
        if not self.is_typed:
            self.set_value(value)

    def set_typed(self, value: Value) -> None:
        """Show a number as if the user had typed it."""
        self.is_typed = True
        self.set_value(value)

    def _on_typed(self) -> None:
        self.is_typed = True


class SolvedBelow(UsualField):
    """The loss below which a run counts as solved, by default slightly above the lowest known loss.

    The lowest loss is that of the session's surface, or, with several inputs, of its runs. It never rises
    while the points and the objective stay the same.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(
            tr("solved below"), tr("A run is solved at the first step whose loss is lower."), LOSS, 1e-4
        )
        self._session = session
        self._known: tuple[tuple[PointSet, Objective] | None, float] = (None, 0.0)

    def follow(self) -> None:
        now = self._session.experiment
        self.show_usual(usual_tolerance(now.objective, len(now.points), self._find_lowest()))

    def _find_lowest(self) -> float:
        """Return the lowest loss of the surface, or of the runs; 0 if nothing is known yet."""
        experiment, surface = self._session.experiment, self._session.surface
        subject = experiment.points, experiment.objective
        known = [self._known[1]] if self._known[0] == subject else []
        if experiment.points.dimension > 1:
            views = self._session.frame().views if self._session.is_settled else ()
            losses = [view.whole.loss for view in views]
            known += [float(np.min(loss, initial=np.inf, where=np.isfinite(loss))) for loss in losses]
        elif surface is not None:
            known += [surface.lowest.loss, surface.lowest.bound]
        known = list(filter(math.isfinite, known))
        if not known:
            return 0.0
        self._known = subject, min(known)
        return self._known[1]
