"""AdaGrad: a learning rate for each parameter, which falls with every gradient it meets."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.formulas.formula import Line
from gdsim.core.rules.memory import Memory, Past
from gdsim.core.rules.optimizers.base import Gradient, Optimizer, Rates, eps_param, eta_param, switch_param


class SquareSum(NamedTuple):
    """v: the sum of all squared gradients so far."""

    v: Array


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """Divide each parameter's rate by the root of all its squared gradients so far.

    v_t = v_{t-1} + g_t²
    w ← w - η / √(v_t + ε) · g_t

    A parameter with a sparse feature keeps a high rate; a busy one slows down, for good.

    References
    ----------
    J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods", JMLR 12, 2011.
    """

    id: ClassVar[str] = "adagrad"
    title: ClassVar[str] = "AdaGrad"
    State: ClassVar[type[NamedTuple]] = SquareSum
    squares: ClassVar[frozenset[str]] = frozenset("v")
    eta: float = eta_param(0.1)
    eps: float = eps_param()
    root: bool = switch_param("√", "square root", "Without the root the rule divides by v + ε itself.")

    def init(self, p: Array) -> SquareSum:
        """v_0 = 0."""
        return SquareSum(np.zeros_like(p))

    def step(self, gradient: Gradient, p: Array, state: SquareSum, rates: Rates) -> tuple[Array, SquareSum]:
        """v = v + g², then w - η / √(v + ε) · g."""
        g = gradient(p)
        v = state.v + g * g
        return p - rates.eta / self._scale(v) * g, SquareSum(v)

    def effective_rate(self, state: SquareSum, eta: Array, t: Array) -> Array:  # noqa: ARG002
        """η / √(v + ε)."""
        return eta[:, np.newaxis] / self._scale(state.v)

    def _scale(self, v: Array) -> Array:
        return np.sqrt(v + self.eps) if self.root else v + self.eps

    def memories(self, past: Past) -> tuple[Memory, ...]:  # noqa: ARG002 - all updates alike
        """v keeps everything, and takes all of g²."""
        return (Memory(1.0, 1.0, power=2),)

    def work(self) -> tuple[Line, ...]:
        """Return the sum of squares, then the step."""
        scale = "sqrt(v_t + eps)" if self.root else "(v_t + eps)"
        return Line("memory", "v_t = v + g**2"), Line("update", f"w_next = w - eta / {scale} * g")
