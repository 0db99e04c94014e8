"""Slips in the velocity of momentum, and in Nesterov's look-ahead."""

from collections.abc import Callable

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.slip import Pending, Slip, Way, has_rule
from gdsim.core.rules.optimizers.base import AnyState

_EITHER = has_rule("momentum", "nesterov")
_NESTEROV = has_rule("nesterov")
# The velocity that follows from the old one, the rates and a gradient.
_Velocity = Callable[[Array, Array, Pending], Array]


def _with(velocity: _Velocity, look: Callable[[Pending], Array] | None = None) -> Way:
    """Return the rule with another velocity, and another place to look at."""

    def update(pending: Pending) -> tuple[Array, AnyState]:
        place = (look or _look)(pending)
        v = velocity(pending.state.v, pending.gradient(place), pending)
        return pending.p - v, type(pending.state)(v)

    return update


def _look(pending: Pending) -> Array:
    """Return where the rule takes its gradient."""
    if pending.run.optimizer.id == "nesterov":
        return _ahead(pending)
    return pending.p


def _ahead(pending: Pending) -> Array:
    place: Array = pending.p - pending.rates.gamma * pending.state.v
    return place


def _velocity(v: Array, g: Array, at: Pending) -> Array:
    return at.rates.gamma * v + at.rates.eta * g


def _twice_ahead(pending: Pending) -> tuple[Array, AnyState]:
    """Step from the look-ahead place instead of from where the run stands."""
    look = _look(pending)
    v = _velocity(pending.state.v, pending.gradient(look), pending)
    return look - v, type(pending.state)(v)


def _added(pending: Pending) -> tuple[Array, AnyState]:
    v = _velocity(pending.state.v, pending.gradient(_look(pending)), pending)
    return pending.p + v, type(pending.state)(v)


SLIPS = (
    Slip(
        "no-momentum",
        "Nothing is carried over: γ·v of the step before is missing in v.",
        _EITHER,
        way=_with(lambda _v, g, at: at.rates.eta * g),
    ),
    Slip(
        "no-gamma",
        "The old v is carried over whole: it must be multiplied by γ.",
        _EITHER,
        way=_with(lambda v, g, at: v + at.rates.eta * g),
    ),
    Slip(
        "gamma-on-gradient",
        "γ multiplies the gradient; it belongs to the old v.",
        _EITHER,
        way=_with(lambda v, g, at: v + at.rates.gamma * at.rates.eta * g),
    ),
    Slip(
        "rates-exchanged",
        "η and γ are exchanged: γ multiplies the old v, η the gradient.",
        _EITHER,
        way=_with(lambda v, g, at: at.rates.eta * v + at.rates.gamma * g),
    ),
    Slip(
        "averaged",
        "The gradient was multiplied by 1 − γ, as in an average; the lecture's v takes all of η·g.",
        _EITHER,
        way=_with(lambda v, g, at: at.rates.gamma * v + (1.0 - at.rates.gamma) * at.rates.eta * g),
    ),
    Slip(
        "gradient-here",
        "The gradient was taken where the run stands; Nesterov takes it at the look-ahead place w − γ·v.",
        _NESTEROV,
        way=_with(_velocity, lambda pending: pending.p),
    ),
    Slip(
        "look-back",
        "The look-ahead went the wrong way: it is w − γ·v, not w + γ·v.",
        _NESTEROV,
        way=_with(_velocity, lambda pending: pending.p + pending.rates.gamma * pending.state.v),
    ),
    Slip(
        "look-too-far",
        "The look-ahead went the whole old step: it is w − γ·v, not w − v.",
        _NESTEROV,
        way=_with(_velocity, lambda pending: pending.p - pending.state.v),
    ),
    Slip(
        "step-from-look",
        "The step was made from the look-ahead place; it starts where the run stands.",
        _NESTEROV,
        way=_twice_ahead,
    ),
    Slip("added", "v was added; it is subtracted.", _EITHER, way=_added),
)
