"""Rounding every number on the way: harmless to a plain step, ruin to the squares of small gradients."""

from dataclasses import replace

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.exercises.check.attempt import Attempt
from gdsim.core.exercises.check.slip import Pending, Slip
from gdsim.core.model.experiment import Run
from gdsim.core.rules.optimizers.adam import Adam
from gdsim.core.rules.optimizers.base import AnyState

# This close to the middle between two rounded numbers, in units of the last decimal, either will do.
_TIE = 1e-6


def rounding_slip(attempt: Attempt) -> Slip:
    """Return the slip of keeping every number with no more decimals than an attempt's own."""
    # Units of the last decimal in 1, of each column.
    units = np.round(0.5 / attempt.precision)

    def update(pending: Pending) -> tuple[Array, AnyState]:
        return _rounded_update(pending, units)

    return Slip("rounded", _sentence(units), _has_squares, way=update)


def _has_squares(run: Run, _points: int) -> bool:
    return bool(run.optimizer.squares)


def _sentence(units: Array) -> str:
    decimals = sorted({round(float(number)) for number in np.log10(units)})
    if len(decimals) > 1:
        return "Every number on the way seems rounded to the decimals given; small squares need more."
    plural = "decimal" if decimals == [1] else "decimals"
    return f"Every number on the way seems rounded to {decimals[0]} {plural}; small squares need more."


def _rounded_update(pending: Pending, units: Array) -> tuple[Array, AnyState]:
    """Round the gradient, then every state variable, then what Adam corrects of them."""
    rule, rates = pending.run.optimizer, pending.rates
    p, before = _rounded(pending.p, units), _all_rounded(pending.state, units)
    g = _rounded(pending.gradient(p), units, 0)
    after = _all_rounded(rule.step(lambda _: g, p, before, rates)[1], units)
    along, scaled_by = g, after
    if isinstance(rule, Adam):
        scaled_by = _all_rounded(rule.corrected(after, rates.t), units)
        along, rule = scaled_by.m, replace(rule, bias_correction=False)  # it is made already
    eta, t = np.array([rates.eta], dtype=np.float64), np.array([rates.t])
    return p - rule.effective_rate(scaled_by, eta, t) * along, after


def _all_rounded(state: AnyState, units: Array) -> AnyState:
    return type(state)(*(_rounded(variable, units, kind) for kind, variable in enumerate(state, 1)))


def _rounded(value: Array, units: Array, kind: int | None = None) -> Array:
    """Return rounded numbers; ties, as people break them either way, in each lane in its own way.

    Parameters
    ----------
    value : (lanes, d + 1) array
    units : (d + 1,) array
        Units of the last decimal in 1.
    kind : int, optional
        Which of the numbers of an update it is: all lanes together break the ties of each kind up and down in
        every combination. Without it, all round alike.
    """
    lean = np.zeros((len(value), 1))
    if kind is not None:
        lean[1:, 0] = np.where(np.arange(len(value) - 1) >> kind & 1, _TIE, -_TIE)
    nearest: Array = np.round(value * units + lean) / units
    return nearest
