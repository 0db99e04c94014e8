"""Adam: RMSProp's scaling on a running average of the gradient, both corrected for their start at zero."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.optimizers.base import (
    Gradient,
    Optimizer,
    Rates,
    beta_param,
    eps_param,
    eta_param,
    switch_param,
)


class Moments(NamedTuple):
    """m: the running average of the gradients. v: that of the squared gradients."""

    m: Array
    v: Array


@dataclass(frozen=True)
class Adam(Optimizer):
    """Step along the average gradient, scaled by the root of the average squared gradient.

    m_t = β₁·m_{t-1} + (1 - β₁)·g_t
    v_t = β₂·v_{t-1} + (1 - β₂)·g_t²
    m̂ = m_t / (1 - β₁^t),  v̂ = v_t / (1 - β₂^t)
    w ← w - η / √(v̂ + ε) · m̂

    The averages start at zero: without the correction the first steps are wrong.

    References
    ----------
    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015.
    """

    id: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    State: ClassVar[type[NamedTuple]] = Moments
    squares: ClassVar[frozenset[str]] = frozenset({"v", "v̂"})
    eta: float = eta_param(0.1)
    beta1: float = beta_param(0.9, "β₁", "How much of the old average of g is kept at each step.")
    beta2: float = beta_param(0.999, "β₂", "How much of the old average of g² is kept at each step.")
    eps: float = eps_param()
    bias_correction: bool = switch_param(
        "^", "bias correction", "Divides m by 1 - β₁^t and v by 1 - β₂^t, since both start at zero."
    )

    def init(self, p: Array) -> Moments:
        """m_0 = v_0 = 0."""
        return Moments(np.zeros_like(p), np.zeros_like(p))

    def step(self, gradient: Gradient, p: Array, state: Moments, rates: Rates) -> tuple[Array, Moments]:
        """m = β₁·m + (1 - β₁)·g; v = β₂·v + (1 - β₂)·g²; then w - η / √(v̂ + ε) · m̂."""
        g = gradient(p)
        m = self.beta1 * state.m + (1.0 - self.beta1) * g
        v = self.beta2 * state.v + (1.0 - self.beta2) * (g * g)
        moments = Moments(m, v)
        m_hat, v_hat = self.corrected(moments, rates.t)
        return p - rates.eta / np.sqrt(v_hat + self.eps) * m_hat, moments

    def effective_rate(self, state: Moments, eta: Array, t: Array) -> Array:
        """η / √(v̂ + ε)."""
        return eta[:, np.newaxis] / np.sqrt(self.corrected(state, t[:, np.newaxis]).v + self.eps)

    def remembered(self, state: Moments, t: Array) -> dict[str, Array]:
        """m and v, and when the correction is on, m̂ and v̂."""
        if not self.bias_correction:
            return {"m": state.m, "v": state.v}
        m_hat, v_hat = self.corrected(state, t[:, np.newaxis])
        return {"m": state.m, "m̂": m_hat, "v": state.v, "v̂": v_hat}

    def corrected(self, moments: Moments, t: int | Array) -> Moments:
        """Return m̂ and v̂ of update ``t``: m and v themselves when the correction is off."""
        if not self.bias_correction:
            return moments
        return Moments(moments.m / (1.0 - self.beta1**t), moments.v / (1.0 - self.beta2**t))

    def memories(self, past: Past) -> tuple[Memory, ...]:
        """m keeps β₁ of the old m and takes 1 - β₁ of g; v does the same with β₂ and g²."""
        return tuple(
            Memory(beta, 1.0 - beta, power, 1.0 / (1.0 - beta**past.t), corrected=self.bias_correction)
            for beta, power in ((self.beta1, 1), (self.beta2, 2))
        )

    def work(self) -> tuple[Line, ...]:
        """Return both averages, their corrections if any, then the step."""
        averages = (
            Line("memory", "m_t = beta1*m + (1 - beta1)*g"),
            Line("memory", "v_t = beta2*v + (1 - beta2)*g**2"),
        )
        if not self.bias_correction:
            return *averages, Line("update", "w_next = w - eta / sqrt(v_t + eps) * m_t")
        return (
            *averages,
            Line("memory", "m_hat = m_t / (1 - beta1**t)"),
            Line("memory", "v_hat = v_t / (1 - beta2**t)"),
            Line("update", "w_next = w - eta / sqrt(v_hat + eps) * m_hat"),
        )
