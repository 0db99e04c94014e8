"""RMSProp: AdaGrad with a memory that fades."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.optimizers.base import Gradient, Optimizer, Rates, beta_param, eps_param, eta_param


class SquareAverage(NamedTuple):
    """v: the running average of the squared gradients."""

    v: Array


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """Divide each parameter's rate by the root of the running average of its squared gradients.

    v_t = β·v_{t-1} + (1 - β)·g_t²
    w ← w - η / √(v_t + ε) · g_t

    References
    ----------
    T. Tieleman, G. Hinton, Lecture 6.5 of "Neural networks for machine learning", 2012.
    """

    id: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSProp"
    State: ClassVar[type[NamedTuple]] = SquareAverage
    squares: ClassVar[frozenset[str]] = frozenset("v")
    eta: float = eta_param(0.1)
    beta: float = beta_param(0.9, "β", "How much of the old average of g² is kept at each step.")
    eps: float = eps_param()

    def init(self, p: Array) -> SquareAverage:
        """v_0 = 0."""
        return SquareAverage(np.zeros_like(p))

    def step(
        self, gradient: Gradient, p: Array, state: SquareAverage, rates: Rates
    ) -> tuple[Array, SquareAverage]:
        """v = β·v + (1 - β)·g², then w - η / √(v + ε) · g."""
        g = gradient(p)
        v = self.beta * state.v + (1.0 - self.beta) * (g * g)
        return p - rates.eta / np.sqrt(v + self.eps) * g, SquareAverage(v)

    def memories(self, past: Past) -> tuple[Memory, ...]:  # noqa: ARG002 - all updates alike
        """v keeps β of the old v, and takes 1 - β of g²."""
        return (Memory(self.beta, 1.0 - self.beta, power=2),)

    def work(self) -> tuple[Line, ...]:
        """Return the average of squares, then the step."""
        return (
            Line("memory", "v_t = beta*v + (1 - beta)*g**2"),
            Line("update", "w_next = w - eta / sqrt(v_t + eps) * g"),
        )

    def effective_rate(self, state: SquareAverage, eta: Array, t: Array) -> Array:  # noqa: ARG002
        """η / √(v + ε)."""
        return eta[:, np.newaxis] / np.sqrt(state.v + self.eps)
