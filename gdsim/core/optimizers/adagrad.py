"""AdaGrad: a learning rate for each parameter, which falls with every gradient it meets."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from gdsim.core.arrays import Array
from gdsim.core.optimizers.base import Gradient, Optimizer, Rates, eps_param, eta_param, switch_param


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
        scale = np.sqrt(v + self.eps) if self.root else v + self.eps
        return p - rates.eta / scale * g, SquareSum(v)
