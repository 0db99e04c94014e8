"""One update as arrows in the plane that is drawn: what went into the step, and the step itself."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.evaluate import evaluate
from gdsim.core.formulas.syntax import Binary, Name, Node, names_in
from gdsim.core.rules.update_rule import NEW, W_NEXT, UpdateRule, W

if TYPE_CHECKING:
    from gdsim.core.analysis.update import Update

# While a picture waits, another gradient is computed over at most this many points; over more it is left out.
_MOST_POINTS = 20_000


class ArrowKind(StrEnum):
    """What an arrow shows; `RATES` stands for a `RateEllipse`."""

    LOOK = "look"
    GRADIENT = "gradient"
    CARRIED = "carried"
    AVERAGE = "average"
    STEP = "step"
    RATES = "rates"
    PLAIN = "plain"
    CORRECTION = "correction"
    UPHILL = "uphill"


@dataclass(frozen=True, eq=False)
class Arrow:
    kind: ArrowKind
    part: str  # The part of the update that it belongs to
    # start, end, (2,): along the two parameters that are drawn.
    start: Array
    end: Array
    ghost: bool = False  # Not part of the update's path: shown for comparison, or because it adds up
    raw: bool = False  # A gradient itself, not a distance on the map; its length is the slope of the surface

    @property
    def vector(self) -> Array:
        """From start to end: shape (2,)."""
        return self.end - self.start

    def between(self, start: Array, end: Array) -> "Arrow":
        return Arrow(self.kind, self.part, start, end, self.ghost, self.raw)


@dataclass(frozen=True, eq=False)
class RateEllipse:
    """The rates of a rule that has one for each parameter, as an ellipse around a place."""

    center: Array  # (2,)
    rates: Array  # (2,): the factor by which the rule multiplies each component of a gradient: η / √(v + ε)
    # (2,): the rates times the length of the gradient that they act on, so that any gradient of this length
    # leads to a point of the ellipse.
    radii: Array


def kinds_of(rule: UpdateRule) -> tuple[ArrowKind, ...]:
    """Return the kinds of arrows that the updates of a rule have, in the order of its lines."""
    if steps_from_look_ahead(rule):
        pulls = ArrowKind.CARRIED, ArrowKind.GRADIENT, ArrowKind.UPHILL
        return *pulls, ArrowKind.PLAIN, ArrowKind.CORRECTION, ArrowKind.STEP
    look = (ArrowKind.LOOK,) if rule.looks_ahead else ()
    if rule.velocity:
        return *look, ArrowKind.GRADIENT, ArrowKind.UPHILL, ArrowKind.CARRIED, ArrowKind.STEP
    average = (ArrowKind.AVERAGE,) if rule.average else ()
    rates = (ArrowKind.RATES,) if rule.has_own_rates else ()
    return *look, ArrowKind.GRADIENT, ArrowKind.UPHILL, *average, *rates, ArrowKind.STEP


def is_raw(rule: UpdateRule) -> bool:
    """Return whether a rule's gradient is drawn unscaled, because no single rate makes its steps of it."""
    return not rule.velocity and (rule.has_own_rates or rule.direction != Name(rule.last_gradient))


@lru_cache(maxsize=64)
def takes_average(rule: UpdateRule) -> bool:
    """Return whether the memory that the rates act on is an average, with weights that add up to 1."""
    node = rule.inlined(Name(rule.average + NEW)) if rule.average else Name(W)
    # A different number for each name, but 1 for the memory and for what it gathers.
    given = {name: math.sin(number) for number, name in enumerate(sorted(names_in(node)), 1)}
    ones = dict.fromkeys((rule.average, *rule.gradients), 1.0)
    return bool(rule.average) and math.isclose(evaluate(node, given | ones), 1.0)


@lru_cache(maxsize=64)
def steps_from_look_ahead(rule: UpdateRule) -> bool:
    """Return whether the gradient is taken where the velocity alone would lead, as in Nesterov's rule."""
    if not rule.velocity or not rule.looks_ahead:
        return False
    place = rule.inlined(Name(rule.gradients[rule.last_gradient]))
    carried = rule.inlined(Binary("-", Name(W), rule.subtracted_velocity))
    # A different number for each name, and 0 for the gradient.
    names = enumerate(sorted(names_in(place) | names_in(carried)), 1)
    given = {name: math.sin(number) for number, name in names} | {rule.last_gradient: 0.0}
    return math.isclose(evaluate(place, given), evaluate(carried, given))


def arrows(update: "Update") -> tuple[Arrow, ...]:
    """Return the arrows of an update, in the order of the rule's lines.

    For plain descent and the rules with momentum the gradient is drawn times the learning rate, so that
    what is carried on and this pull add up to the step. For the other rules it is the gradient itself,
    beside the step that they make of it. Arrows that cannot be drawn are left out; see `has_length`.
    """
    rule = update.rule
    with np.errstate(all="ignore"):
        if steps_from_look_ahead(rule):
            made = _looking_ahead(update)
        elif rule.velocity:
            made = [*_looks(update), _pull(update), *_carried(update)]
        else:
            made = [*_looks(update), _pull(update), *_average(update)]
        made.append(_arrow(update, ArrowKind.STEP, W_NEXT, update.before, update.after))
        return tuple(arrow for arrow in made if has_length(arrow))


def uphill_arrow(pull: Arrow, gradient: Array) -> Arrow:
    """Return the arrow along a gradient (2,), as long as its pull, which usually points the other way."""
    ways = (way / np.abs(way).max() for way in (pull.vector, gradient))  # large ones would overflow
    turned = float(np.dot(*ways)) <= 0.0
    return replace(pull, kind=ArrowKind.UPHILL, end=2.0 * pull.start - pull.end if turned else pull.end)


def has_length(arrow: Arrow) -> bool:
    """Return whether an arrow can be drawn: it has a length, and its ends are finite."""
    finite = np.isfinite([arrow.start, arrow.end, arrow.vector]).all()
    return bool(finite) and bool((arrow.start != arrow.end).any())


def rate_ellipse(update: "Update") -> RateEllipse | None:
    """Return the rates of an update as an ellipse, if its rule has one per parameter and they are finite."""
    direction = update.rule.direction
    if not update.rule.has_own_rates or direction is None:
        return None
    with np.errstate(all="ignore"):
        rates = update.drawn(update.value(update.rule.rate))
        radii = rates * np.hypot(*update.drawn(update.value(direction)))
    made = RateEllipse(update.drawn(update.before), rates, radii)
    return made if np.isfinite([made.center, made.radii]).all() else None


def pull_rate(update: "Update") -> float:
    """Return the factor by which an update's gradient is multiplied in pictures; 1 if it is unscaled."""
    if is_raw(update.rule):
        return 1.0
    if not update.rule.velocity:
        return float(update.value(update.rule.rate)[0])
    with_gradient, without = (_velocity(update, np.full_like(update.gradient, g)) for g in (1.0, 0.0))
    return float(with_gradient[0] - without[0])


def _arrow(
    update: "Update",
    kind: ArrowKind,
    line: str,
    start: Array,
    end: Array,
    *,
    ghost: bool = False,
    raw: bool = False,
) -> Arrow:
    """Return an arrow between parameters (d + 1,) that shows the result of a line of the rule."""
    targets = [one.target for one in update.rule.program.lines]
    part = update.rule.parts[targets.index(line)]
    return Arrow(kind, part, update.drawn(start), update.drawn(end), ghost=ghost, raw=raw)


def _pull(update: "Update") -> Arrow:
    """Return the gradient where it was taken: unscaled, or as it moves the run."""
    rule, pull = update.rule, update.gradient
    if rule.velocity:
        pull = update.value(rule.subtracted_velocity) - _velocity(update, np.zeros_like(pull))
    elif not is_raw(rule):
        pull = update.value(rule.rate) * pull
    at = update.gradient_place
    return _arrow(update, ArrowKind.GRADIENT, rule.last_gradient, at, at - pull, raw=is_raw(rule))


def _looks(update: "Update") -> list[Arrow]:
    """Return the arrows to the places where gradients are taken, other than where the run is."""
    computed = update.rule.program.by_target
    # A place may be a memory, which no line of this update computes.
    lines = {place: place if place in computed else name for name, place in update.rule.gradients.items()}
    lines.pop(W, None)
    return [
        _arrow(update, ArrowKind.LOOK, line, update.before, update.at(place)) for place, line in lines.items()
    ]


def _average(update: "Update") -> list[Arrow]:
    letter, direction, at = update.rule.average, update.rule.direction, update.before
    if not letter or direction is None:
        return []
    end = at - update.value(direction)
    return [_arrow(update, ArrowKind.AVERAGE, letter + NEW, at, end, raw=True)]


def _carried(update: "Update") -> list[Arrow]:
    at, memory = update.before, update.rule.velocity + NEW
    tip = at - _velocity(update, np.zeros_like(at))
    made = [_arrow(update, ArrowKind.CARRIED, memory, at, tip)]
    if (update.drawn(tip) != update.drawn(at)).any():
        # The pull again, where it adds up with what is carried on.
        made.append(_arrow(update, ArrowKind.GRADIENT, memory, tip, update.after, ghost=True))
    return made


def _looking_ahead(update: "Update") -> list[Arrow]:
    rule, at, look, end = update.rule, update.before, update.gradient_place, update.after
    memory = rule.velocity + NEW
    made = [
        _arrow(update, ArrowKind.CARRIED, rule.gradients[rule.last_gradient], at, look),
        _arrow(update, ArrowKind.GRADIENT, rule.last_gradient, look, end),
    ]
    # Left out for rules with norms, because another gradient would have another norm.
    if (update.drawn(look) != update.drawn(at)).any() and len(update.rows) <= _MOST_POINTS and not rule.norms:
        plain = at - _velocity(update, update.gradient_elsewhere(at))
        made.append(_arrow(update, ArrowKind.PLAIN, memory, at, plain, ghost=True))
        made.append(_arrow(update, ArrowKind.CORRECTION, memory, plain, end))
    return made


def _velocity(update: "Update", gradient: Array) -> Array:
    """Return what the velocity would subtract from w with another gradient; with 0, what is carried on."""
    node: Node = update.rule.inlined(update.rule.subtracted_velocity)
    given = zip(update.values, gradient.tolist(), strict=True)
    return np.array([evaluate(node, {**one, update.rule.last_gradient: g}) for one, g in given])
