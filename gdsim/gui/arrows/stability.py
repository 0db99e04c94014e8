"""The stability of the selected run as a frame shows it."""

import math
from functools import lru_cache
from typing import NamedTuple

from gdsim.core.analysis.curvature.curvature import alpha_of_step
from gdsim.core.analysis.curvature.stability import Stability, stability
from gdsim.core.analysis.update import Update
from gdsim.gui.style.theme import Theme
from gdsim.session.frame import Frame

# Above this share of the limit, a run is near the limit.
NEAR = 0.9


def stability_of(frame: Frame) -> Stability | None:
    """Return the stability of the selected run's next update at its position; None without an update.

    At the end of a run, which has no next update, the rates are those of its last update.
    """
    current, update = frame.current, frame.update
    return None if current is None or update is None else _cached_stability(update, current.step)


# Cached because the map and the page Limit ask for the same, one after the other.
@lru_cache(maxsize=2)
def _cached_stability(update: Update, step: int) -> Stability:
    return stability(update, update.after if step >= update.t else update.before)


class LastStep(NamedTuple):
    """The step that led to the position of the selected run."""

    step: int  # the number of the step at which it ended
    alpha: float  # see `alpha_of_step`
    moved: bool  # whether it ended in another place than it began


def last_step_of(frame: Frame) -> LastStep | None:
    """Return the last step that was taken; None at the start."""
    current, update = frame.current, frame.update
    if current is None or update is None or current.step < 1:
        return None
    before, after = current.past.p[-2:]
    return LastStep(current.number, alpha_of_step(update.data, before, after), bool((after != before).any()))


def stability_verdict(gauge: float) -> str:
    """Return ``"beyond"``, ``"near"`` or ``"below"``; an empty text for NaN."""
    if math.isnan(gauge):
        return ""
    return "beyond" if gauge > 1.0 else "near" if gauge > NEAR else "below"


def stability_colour(gauge: float, theme: Theme) -> str:
    colours = {"beyond": theme.fault, "near": theme.caution, "below": theme.settled}
    return colours.get(stability_verdict(gauge), theme.muted)
