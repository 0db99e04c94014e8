"""The lowest loss that is known over the points of a document."""

import math

import numpy as np

from gdsim.core.model.objective import Objective
from gdsim.core.model.points import PointSet
from gdsim.session.session import Session


class KnownLowest:
    """Asks the surface of a session, or its runs; what was known once holds as long as the points do."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: tuple[tuple[PointSet, Objective] | None, float] = (None, 0.0)

    def find(self) -> float:
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
