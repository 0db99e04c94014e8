"""Slips in the rules that scale each parameter's rate: AdaGrad and RMSProp."""

from collections.abc import Callable

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.slip import Pending, Slip, Way, has_rule
from gdsim.core.model.experiment import Run
from gdsim.core.rules.optimizers.base import AnyState, Optimizer

_BOTH, _ADAGRAD, _RMSPROP = has_rule("adagrad", "rmsprop"), has_rule("adagrad"), has_rule("rmsprop")
# The new v that follows from the old one, the gradient and the rule.
_Gathered = Callable[[Array, Array, Optimizer], Array]
# What η is divided by, from v and the rule.
_Divisor = Callable[[Array, Optimizer], Array]


def _with(gathered: _Gathered | None = None, divisor: _Divisor | None = None) -> Way:
    def update(pending: Pending) -> tuple[Array, AnyState]:
        rule, g = pending.run.optimizer, pending.gradient(pending.p)
        v = (gathered or _gathered)(pending.state.v, g, rule)
        return pending.p - pending.rates.eta / (divisor or _divisor)(v, rule) * g, type(pending.state)(v)

    return update


def _gathered(v: Array, g: Array, rule: Optimizer) -> Array:
    if rule.id == "adagrad":
        return v + g * g
    beta = _beta(rule)
    return beta * v + (1.0 - beta) * (g * g)


def _not_squared(v: Array, g: Array, rule: Optimizer) -> Array:
    if rule.id == "adagrad":
        return v + g
    beta = _beta(rule)
    return beta * v + (1.0 - beta) * g


def _size_not_square(v: Array, g: Array, rule: Optimizer) -> Array:
    return _not_squared(v, np.abs(g), rule)


def _last_only(v: Array, g: Array, rule: Optimizer) -> Array:
    return _gathered(np.zeros_like(v), g, rule)


def _divisor(v: Array, rule: Optimizer) -> Array:
    return np.sqrt(v + _eps(rule)) if getattr(rule, "root", True) else v + _eps(rule)


def _beta(rule: Optimizer) -> float:
    return float(getattr(rule, "beta", 0.0))


def _eps(rule: Optimizer) -> float:
    return float(getattr(rule, "eps", 0.0))


def _has_root(run: Run, points: int) -> bool:
    return _BOTH(run, points) and bool(getattr(run.optimizer, "root", True))


def _has_no_root(run: Run, points: int) -> bool:
    return _ADAGRAD(run, points) and not _has_root(run, points)


SLIPS = (
    Slip(
        "no-accumulation",
        "v holds the last gradient alone; it gathers all of them.",
        _BOTH,
        way=_with(_last_only),
    ),
    Slip("not-squared", "v gathers the gradients; it gathers their squares.", _BOTH, way=_with(_not_squared)),
    Slip(
        "size-not-square",
        "v gathers the sizes |g| of the gradients; it gathers their squares.",
        _BOTH,
        way=_with(_size_not_square),
    ),
    Slip(
        "no-root",
        "η was divided by v + ε; it is divided by the square root √(v + ε).",
        _has_root,
        way=_with(divisor=lambda v, rule: v + _eps(rule)),
    ),
    Slip(
        "root",
        "η was divided by √(v + ε); this run drops the square root.",
        _has_no_root,
        way=_with(divisor=lambda v, rule: np.sqrt(v + _eps(rule))),
    ),
    Slip(
        "eps-outside",
        "ε stands outside the square root: √v + ε. In the lecture it is √(v + ε).",
        _has_root,
        way=_with(divisor=lambda v, rule: np.sqrt(v) + _eps(rule)),
    ),
    Slip(
        "no-eps",
        "ε is missing under the square root.",
        _has_root,
        way=_with(divisor=lambda v, _rule: np.sqrt(v)),
    ),
    Slip(
        "no-decay",
        "v keeps all of the old v, as AdaGrad's does; RMSProp multiplies it by β.",
        _RMSPROP,
        way=_with(lambda v, g, _rule: v + g * g),
    ),
    Slip(
        "no-share",
        "The new square is added whole; RMSProp multiplies it by 1 − β.",
        _RMSPROP,
        way=_with(lambda v, g, rule: _beta(rule) * v + g * g),
    ),
    Slip(
        "shares-exchanged",
        "β and 1 − β are exchanged: β multiplies the old v.",
        _RMSPROP,
        way=_with(lambda v, g, rule: (1.0 - _beta(rule)) * v + _beta(rule) * (g * g)),
    ),
    Slip(
        "decay",
        "v is a running average, as RMSProp's is; AdaGrad's v is a plain sum.",
        _ADAGRAD,
        way=_with(lambda v, g, _rule: 0.9 * v + 0.1 * (g * g)),
    ),
)
