"""How the length of a step was searched for: the loss along its direction, and the tries in order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.numerals import MINUS, number
from gdsim.core.language.texts import counted, said

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update
    from gdsim.core.engine.line_search import TriedStep


@dataclass(frozen=True, eq=False)
class SearchedStep:
    """A step whose length was searched for, or that a second-order rule made."""

    before: Array  # (d + 1,): where it begins
    direction: Array  # (d + 1,): the direction d
    start: "TriedStep"  # The beginning, where the slope is g·d
    tries: "tuple[TriedStep, ...]"  # In their order; empty if the length is fixed
    accepted: float  # The t of the step that was made
    # c1, c2: the shares of the slope that the search requires; NaN if it requires none.
    c1: float
    c2: float

    @property
    def length(self) -> float:
        """The length of the direction, not of the step."""
        return float(np.linalg.norm(self.direction))

    @property
    def places(self) -> Array:
        """Where the tries led: shape (n, d + 1)."""
        t = np.array([one.t for one in self.tries])
        return self.before + t[:, np.newaxis] * self.direction

    @property
    def losses(self) -> Array:
        """The losses of the tries: shape (n,)."""
        return np.array([one.loss for one in self.tries])

    @property
    def taken(self) -> int | None:
        """The index of the try that became the step, or None if none did."""
        return next((place for place, one in enumerate(self.tries) if one.t == self.accepted), None)

    @property
    def climbs(self) -> bool:
        """Whether the loss rises at first along the direction."""
        return self.start.slope > 0.0

    @property
    def sentence(self) -> str:
        """A sentence on the slope along the direction and on the length that was found."""
        sign = "+" if self.start.slope > 0.0 else MINUS
        t = number(self.accepted)
        slope = f"g·d = {sign}{number(abs(self.start.slope))}"
        if self.start.slope == 0.0:
            return said("The loss is level along the direction: g·d = 0; the step ends at t = {t}.", t=t)
        if self.climbs:
            return said("The direction leads uphill: {slope}; the step ends at t = {t}.", slope=slope, t=t)
        if not self.tries:
            return said("The direction leads downhill: {slope}; the step ends at t = {t}.", slope=slope, t=t)
        return counted(
            len(self.tries),
            "The direction leads downhill: {slope}; t = {accepted} after 1 try.",
            "The direction leads downhill: {slope}; t = {accepted} after {n} tries.",
            slope=slope,
            accepted=t,
        )


def searched_step(update: "Update") -> SearchedStep | None:
    """Return how a step was searched for, or None for a rule whose lines alone make its steps."""
    run = update.run
    if not run.is_searched:
        return None
    from gdsim.core.engine.search_loop import tries_of  # noqa: PLC0415 - not before the first run that searches

    direction = update.direction if len(update.direction) else -update.gradient
    line, _ = tries_of(run, update.data, update.before, direction)
    shares = {name: run.search.number(name) if name in run.search else np.nan for name in ("c1", "c2")}
    return SearchedStep(update.before, direction, line.first, tuple(line.tries), update.eta, **shares)
