"""One update as arrows in the plane that is drawn: what went into the step, and the step."""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import parts
from gdsim.core.model.neuron import Neuron
from gdsim.core.rules.optimizers.base import AnyState, MomentumRule, Optimizer

# One more gradient over so many points is asked for while a picture waits; over more it is left out.
_MOST_POINTS = 20_000
# The letters of a running average of the gradients, and of the average corrected for its start at zero.
_AVERAGE, _CORRECTED = "m", "m̂"
# The first weight and the bias.
_PLANE = np.array([0, -1])


class Kind(StrEnum):
    """What an arrow means."""

    GRADIENT = "gradient"
    CARRIED = "carried"
    AVERAGE = "average"
    STEP = "step"
    RATES = "rates"
    PLAIN = "plain"
    CORRECTION = "correction"


class Part(StrEnum):
    """The parts of a rule's work, by which an arrow is lit."""

    LOOK = "look"
    GRADIENT = "gradient"
    MEMORY = "memory"
    UPDATE = "update"


@dataclass(frozen=True, eq=False)
class Arrow:
    """An arrow from one place of the plane to another.

    Attributes
    ----------
    kind : Kind
    part : Part
        Of the rule's work, which it shows.
    start, end : (2,) arrays
        First weight and bias.
    ghost : bool
        Not on the way of this update: only there to compare, or to add up.
    raw : bool
        A gradient as it is, not a way over the map: its length is the surface's steepness.
    """

    kind: Kind
    part: Part
    start: Array
    end: Array
    ghost: bool = False
    raw: bool = False

    @property
    def way(self) -> Array:
        """From start to end: shape (2,)."""
        way: Array = self.end - self.start
        return way


@dataclass(frozen=True, eq=False)
class Scale:
    """The rates of a rule that has one for each parameter, as an ellipse around a place.

    Attributes
    ----------
    center : (2,) array
    rates : (2,) array
        What the rule multiplies each component of a gradient with: η / √(v + ε).
    radii : (2,) array
        The rates, times the length of the gradient that they act on: a gradient of this length, in
        whatever direction, would lead to the ellipse, and this one does.
    """

    center: Array
    rates: Array
    radii: Array


@lru_cache(maxsize=64)
def kinds_of(rule: Optimizer) -> tuple[Kind, ...]:
    """Return what can be drawn of a rule's updates, in the order of its work."""
    if not isinstance(rule, MomentumRule):
        rates = rule.effective_rate(rule.init(np.zeros((1, 2))), np.ones(1), np.ones(1))
        average = (Kind.AVERAGE,) if _AVERAGE in rule.State._fields else ()
        return Kind.GRADIENT, *average, *([Kind.RATES] if rates.shape[-1] > 1 else ()), Kind.STEP
    if Part.LOOK in parts(rule):
        return Kind.CARRIED, Kind.GRADIENT, Kind.PLAIN, Kind.CORRECTION, Kind.STEP
    return Kind.GRADIENT, Kind.CARRIED, Kind.STEP


def is_raw(rule: Optimizer) -> bool:
    """Return whether a rule's gradient is drawn as it is: its steps are not made of it times the rate."""
    return Kind.RATES in kinds_of(rule)


def arrows(update: Update) -> tuple[Arrow, ...]:
    """Return the arrows of an update, in the order of the rule's work.

    For plain descent and the rules with momentum the gradient comes times the learning rate: what is
    carried on and this pull add up to the step. For the other rules it is the gradient itself, beside
    the step that they make of it. What has no length, or is not a number, is left out.
    """
    kinds = kinds_of(update.run.optimizer)
    with np.errstate(all="ignore"):
        if Kind.CORRECTION in kinds:
            made = _looking_ahead(update)
        elif Kind.CARRIED in kinds:
            made = [_pull(update), *_carried(update)]
        else:
            made = [_pull(update)]
        if Kind.AVERAGE in kinds:
            at = _plane(update.before)
            average = at - _plane(_direction(update))
            made.append(Arrow(Kind.AVERAGE, Part.MEMORY, at, average, raw=Kind.RATES in kinds))
        made.append(Arrow(Kind.STEP, Part.UPDATE, _plane(update.before), _plane(update.after)))
        return tuple(arrow for arrow in made if has_length(arrow))


def has_length(arrow: Arrow) -> bool:
    """Return whether there is something to draw of an arrow: it has a length, and its ends are numbers."""
    finite = np.isfinite([arrow.start, arrow.end, arrow.way]).all()
    return bool(finite) and bool((arrow.start != arrow.end).any())


def scale(update: Update) -> Scale | None:
    """Return the rates of an update, if its rule has one for each parameter, and they are numbers."""
    rule = update.run.optimizer
    if Kind.RATES not in kinds_of(rule):
        return None
    with np.errstate(all="ignore"):
        every = rule.effective_rate(_state_after(update), np.array([update.eta]), np.array([update.t]))
        rates = _plane(every[0])
        made = Scale(_plane(update.before), rates, rates * np.hypot(*_plane(_direction(update))))
    return made if np.isfinite([made.center, made.radii]).all() else None


def _pull(update: Update) -> Arrow:
    """Return the gradient where it was asked for: as it is, or as it moves the run."""
    at, g, raw = _plane(update.asked_at), _plane(update.gradient), is_raw(update.run.optimizer)
    return Arrow(Kind.GRADIENT, Part.GRADIENT, at, at - (g if raw else update.eta * g), raw=raw)


def _carried(update: Update) -> list[Arrow]:
    at = _plane(update.before)
    tip = at - update.gamma * _plane(update.state_before[0])
    made = [Arrow(Kind.CARRIED, Part.MEMORY, at, tip)]
    if (tip != at).any():
        # The pull once more, where it adds up with what is carried on.
        made.append(Arrow(Kind.GRADIENT, Part.MEMORY, tip, _plane(update.after), ghost=True))
    return made


def _looking_ahead(update: Update) -> list[Arrow]:
    at, look, end = _plane(update.before), _plane(update.asked_at), _plane(update.after)
    made = [
        Arrow(Kind.CARRIED, Part.LOOK, at, look),
        Arrow(Kind.GRADIENT, Part.GRADIENT, look, end),
    ]
    if (look != at).any() and len(update.rows) <= _MOST_POINTS:
        here = Neuron.fitting(update.points.taken(update.rows)).gradient(update.before)
        plain = look - update.eta * _plane(here)
        made.append(Arrow(Kind.PLAIN, Part.MEMORY, at, plain, ghost=True))
        made.append(Arrow(Kind.CORRECTION, Part.MEMORY, plain, end))
    return made


def _direction(update: Update) -> Array:
    """Return what the rates act on: the gradient, or the average that the rule makes of the gradients."""
    rule = update.run.optimizer
    if _AVERAGE not in rule.State._fields:
        return update.gradient
    letters = rule.remembered(_state_after(update), np.array([update.t]))
    average: Array = letters.get(_CORRECTED, letters[_AVERAGE])[0]
    return average


def _state_after(update: Update) -> AnyState:
    """Return the rule's state, as a batch of one."""
    return update.run.optimizer.State(*update.state_after[:, np.newaxis])


def _plane(p: Array) -> Array:
    """Return the first weight and the bias."""
    plane: Array = p[_PLANE]
    return plane
