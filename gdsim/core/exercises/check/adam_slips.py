"""Slips in Adam: its two averages, and their correction."""

from collections.abc import Callable
from typing import cast

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.slip import Pending, Slip, Way, has_rule
from gdsim.core.model.experiment import Run
from gdsim.core.rules.optimizers.adam import Adam, Moments
from gdsim.core.rules.optimizers.base import AnyState

_ADAM = has_rule("adam")
_Averages = Callable[[Moments, Array, Adam], Moments]
# m̂ and v̂, from m and v, the rule and the number of the update.
_Corrected = Callable[[Moments, Adam, int], Moments]
_Divisor = Callable[[Array, Adam], Array]


def _with(
    averages: _Averages | None = None,
    corrected: _Corrected | None = None,
    divisor: _Divisor | None = None,
    *,
    keeps_corrected: bool = False,
) -> Way:
    def update(pending: Pending) -> tuple[Array, AnyState]:
        rule, g = cast("Adam", pending.run.optimizer), pending.gradient(pending.p)
        moments = (averages or _averages)(pending.state, g, rule)
        hats = (corrected or _corrected)(moments, rule, pending.rates.t)
        step = pending.rates.eta / (divisor or _divisor)(hats.v, rule) * hats.m
        return pending.p - step, hats if keeps_corrected else moments

    return update


def _averages(old: Moments, g: Array, rule: Adam) -> Moments:
    return Moments(_mix(old.m, g, rule.beta1), _mix(old.v, g * g, rule.beta2))


def _mix(old: Array, new: Array, beta: float) -> Array:
    return beta * old + (1.0 - beta) * new


def _corrected(moments: Moments, rule: Adam, t: int) -> Moments:
    return rule.corrected(moments, t)


def _divide(moments: Moments, by_m: float, by_v: float) -> Moments:
    return Moments(moments.m / by_m, moments.v / by_v)


def _divisor(v: Array, rule: Adam) -> Array:
    return np.sqrt(v + rule.eps)


def _exchanged_roles(pending: Pending) -> tuple[Array, AnyState]:
    """Divide by the root of m̂ and go along v̂."""
    rule = cast("Adam", pending.run.optimizer)
    moments = _averages(pending.state, pending.gradient(pending.p), rule)
    hats = rule.corrected(moments, pending.rates.t)
    return pending.p - pending.rates.eta / np.sqrt(np.abs(hats.m) + rule.eps) * hats.v, moments


def _is_corrected(run: Run, points: int) -> bool:
    return _ADAM(run, points) and bool(getattr(run.optimizer, "bias_correction", False))


def _is_not_corrected(run: Run, points: int) -> bool:
    return _ADAM(run, points) and not _is_corrected(run, points)


SLIPS = (
    Slip(
        "no-correction",
        "The bias correction is missing: m is divided by 1 − β₁ᵗ and v by 1 − β₂ᵗ.",
        _is_corrected,
        way=_with(corrected=lambda moments, _rule, _t: moments),
    ),
    Slip(
        "m-corrected-only",
        "Only m was corrected; v is divided by 1 − β₂ᵗ as well.",
        _is_corrected,
        way=_with(corrected=lambda moments, rule, t: _divide(moments, 1.0 - rule.beta1**t, 1.0)),
    ),
    Slip(
        "v-corrected-only",
        "Only v was corrected; m is divided by 1 − β₁ᵗ as well.",
        _is_corrected,
        way=_with(corrected=lambda moments, rule, t: _divide(moments, 1.0, 1.0 - rule.beta2**t)),
    ),
    Slip(
        "corrected-twice",
        "The bias correction was made twice: the corrected m̂ and v̂ were kept as the next m and v.",
        _is_corrected,
        way=_with(keeps_corrected=True),
    ),
    Slip(
        "divided-twice",
        "The bias correction was made twice: m and v are divided by 1 − βᵗ once.",
        _is_corrected,
        way=_with(
            corrected=lambda moments, rule, t: _divide(
                moments, (1.0 - rule.beta1**t) ** 2, (1.0 - rule.beta2**t) ** 2
            )
        ),
    ),
    Slip(
        "correction-without-power",
        "The bias correction divides by 1 − β at every step; it is 1 − βᵗ, which comes near 1.",
        _is_corrected,
        way=_with(corrected=lambda moments, rule, _t: rule.corrected(moments, 1)),
    ),
    Slip(
        "correction-ahead",
        "The bias correction counts the first update as t = 2; it is t = 1.",
        _is_corrected,
        way=_with(corrected=lambda moments, rule, t: rule.corrected(moments, t + 1)),
    ),
    Slip(
        "corrected-all-the-same",
        "The bias correction was made; this run switches it off.",
        _is_not_corrected,
        way=_with(
            corrected=lambda moments, rule, t: _divide(moments, 1.0 - rule.beta1**t, 1.0 - rule.beta2**t)
        ),
    ),
    Slip(
        "exchanged",
        "m and v are exchanged: the step goes along m, divided by the root of v.",
        _ADAM,
        way=_exchanged_roles,
    ),
    Slip(
        "betas-exchanged",
        "β₁ and β₂ are exchanged: β₁ belongs to m, β₂ to v.",
        _ADAM,
        way=_with(lambda old, g, rule: Moments(_mix(old.m, g, rule.beta2), _mix(old.v, g * g, rule.beta1))),
    ),
    Slip(
        "not-squared",
        "v averages the gradients; it averages their squares.",
        _ADAM,
        way=_with(lambda old, g, rule: Moments(_mix(old.m, g, rule.beta1), _mix(old.v, g, rule.beta2))),
    ),
    Slip(
        "size-not-square",
        "v averages the sizes |g| of the gradients; it averages their squares.",
        _ADAM,
        way=_with(
            lambda old, g, rule: Moments(_mix(old.m, g, rule.beta1), _mix(old.v, np.abs(g), rule.beta2))
        ),
    ),
    Slip(
        "no-accumulation",
        "m and v hold the last gradient alone: β·m and β·v of the step before are missing.",
        _ADAM,
        way=_with(lambda old, g, rule: _averages(Moments(0.0 * old.m, 0.0 * old.v), g, rule)),
    ),
    Slip(
        "no-m",
        "The step goes along the gradient; Adam goes along its average m.",
        _ADAM,
        way=_with(lambda old, g, rule: Moments(_mix(0.0 * old.m, g, 0.0), _mix(old.v, g * g, rule.beta2))),
    ),
    Slip(
        "no-root",
        "η was divided by v̂ + ε; it is divided by the square root √(v̂ + ε).",
        _ADAM,
        way=_with(divisor=lambda v, rule: v + rule.eps),
    ),
    Slip(
        "eps-outside",
        "ε stands outside the square root: √v̂ + ε. In the lecture it is √(v̂ + ε).",
        _ADAM,
        way=_with(divisor=lambda v, rule: np.sqrt(v) + rule.eps),
    ),
    Slip(
        "no-eps", "ε is missing under the square root.", _ADAM, way=_with(divisor=lambda v, _rule: np.sqrt(v))
    ),
)
