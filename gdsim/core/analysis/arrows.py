"""One update as arrows in the plane that is drawn: what went into the step, and the step."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gdsim.core.analysis.update import Update
from gdsim.core.arrays import Array
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.language import Name
from gdsim.core.rules.update_rule import NEW, UpdateRule

# One more gradient over so many points is asked for while a picture waits; over more it is left out.
_MOST_POINTS = 20_000
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


def kinds_of(rule: UpdateRule) -> tuple[Kind, ...]:
    """Return what can be drawn of a rule's updates, in the order of its work."""
    if rule.velocity and rule.looks_ahead:
        return Kind.CARRIED, Kind.GRADIENT, Kind.PLAIN, Kind.CORRECTION, Kind.STEP
    if rule.velocity:
        return Kind.GRADIENT, Kind.CARRIED, Kind.STEP
    average = (Kind.AVERAGE,) if rule.average else ()
    rates = (Kind.RATES,) if rule.has_own_rates else ()
    return Kind.GRADIENT, *average, *rates, Kind.STEP


def is_raw(rule: UpdateRule) -> bool:
    """Return whether a rule's gradient is drawn as it is: its steps are not made of it times the rate."""
    return rule.has_own_rates


def arrows(update: Update) -> tuple[Arrow, ...]:
    """Return the arrows of an update, in the order of the rule's work.

    For plain descent and the rules with momentum the gradient comes times the learning rate: what is
    carried on and this pull add up to the step. For the other rules it is the gradient itself, beside
    the step that they make of it. What has no length, or is not a number, is left out.
    """
    rule = update.rule
    with np.errstate(all="ignore"):
        made = [_pull(update)]
        if rule.velocity and rule.looks_ahead:
            made = _looking_ahead(update)
        elif rule.velocity:
            made += _carried(update)
        elif rule.average:
            at = _plane(update.before)
            average = at - _plane(_direction(update))
            made.append(Arrow(Kind.AVERAGE, Part.MEMORY, at, average, raw=rule.has_own_rates))
        made.append(Arrow(Kind.STEP, Part.UPDATE, _plane(update.before), _plane(update.after)))
        return tuple(arrow for arrow in made if has_length(arrow))


def has_length(arrow: Arrow) -> bool:
    """Return whether there is something to draw of an arrow: it has a length, and its ends are numbers."""
    finite = np.isfinite([arrow.start, arrow.end, arrow.way]).all()
    return bool(finite) and bool((arrow.start != arrow.end).any())


def scale(update: Update) -> Scale | None:
    """Return the rates of an update, if its rule has one for each parameter, and they are numbers."""
    if not update.rule.has_own_rates:
        return None
    with np.errstate(all="ignore"):
        rates = _plane(update.value(update.rule.rate))
        made = Scale(_plane(update.before), rates, rates * np.hypot(*_plane(_direction(update))))
    return made if np.isfinite([made.center, made.radii]).all() else None


def _pull(update: Update) -> Arrow:
    """Return the gradient where it was asked for: as it is, or as it moves the run."""
    at, way, raw = _plane(update.asked_at), _plane(update.gradient), is_raw(update.rule)
    if update.rule.velocity:
        way = _plane(
            update.at(update.rule.velocity + NEW) - _velocity(update, np.zeros_like(update.gradient))
        )
    elif not raw:
        way = update.eta * way
    return Arrow(Kind.GRADIENT, Part.GRADIENT, at, at - way, raw=raw)


def _carried(update: Update) -> list[Arrow]:
    at = _plane(update.before)
    tip = at - _plane(_velocity(update, np.zeros_like(update.gradient)))
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
        plain = at - _plane(_velocity(update, update.gradient_elsewhere(update.before)))
        made.append(Arrow(Kind.PLAIN, Part.MEMORY, at, plain, ghost=True))
        made.append(Arrow(Kind.CORRECTION, Part.MEMORY, plain, end))
    return made


def _velocity(update: Update, gradient: Array) -> Array:
    """Return what the velocity would be with another gradient; without one, it is what is carried on."""
    node, name = update.rule.inlined(Name(update.rule.velocity + NEW)), update.rule.last_gradient
    given = zip(update.values, gradient.tolist(), strict=True)
    return np.array([evaluate(node, {**one, name: g}) for one, g in given])


def _direction(update: Update) -> Array:
    """Return what the rates act on: the gradient, or what the rule makes of the gradients."""
    direction = update.rule.direction
    return update.gradient if direction is None else update.value(direction)


def _plane(p: Array) -> Array:
    """Return the first weight and the bias."""
    plane: Array = p[_PLANE]
    return plane
