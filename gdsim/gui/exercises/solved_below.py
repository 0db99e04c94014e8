"""The loss below which a run counts as solved, in a field."""

import math

import numpy as np

from gdsim.core.exercises.maps.outcome import usual_tolerance
from gdsim.core.model.objective import Objective
from gdsim.core.model.points import PointSet
from gdsim.core.settings import NUMBER
from gdsim.gui.forms.number_fields import NumberField
from gdsim.gui.translation import translate
from gdsim.session.session import Session


class SolvedBelow(NumberField):
    """Shows a little more than the lowest loss that is known, until a person types a number.

    The lowest loss is that of the surface of a session, or of its runs; what was known once holds as long as
    the points do.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(
            translate("Exercise", "solved below"),
            translate("Exercise", "A run is solved at the first step whose loss is lower."),
            NUMBER,
            1e-4,
        )
        self._session = session
        self._known: tuple[tuple[PointSet, Objective] | None, float] = (None, 0.0)
        self.is_typed = False
        self.committed.connect(self._on_typed)

    def follow(self) -> None:
        """Show what goes with the points of the document, unless another number was typed."""
        if not self.is_typed:
            self.set_value(usual_tolerance(len(self._session.experiment.points), self._find_lowest()))

    def _on_typed(self) -> None:
        self.is_typed = True

    def _find_lowest(self) -> float:
        """Return the lowest loss of the surface, or of the runs; 0 as long as nothing is known."""
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
